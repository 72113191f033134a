// Tools, typed: the input of a call, and its output.
import type { ChatMessage, CostMeter, Params, StepResult, ToolCallDeltaEvent, ToolCallStartEvent, ToolResultEvent, TruncatedToolCallEvent, WholeToolCallEvent } from "../index.js";
import type { CacheControl } from "./messages.js";
import type { AbortSignal } from "./platform.js";
import type { InputOf, OutputOf, Schema } from "./schema.js";
import type { ServerTool } from "./server-tools.js";

/** Context of `execute`, beside its input. */
export interface ToolContext {
  /** Aborted with the run. */
  signal: AbortSignal;
  /** The call's id. */
  toolCallId: string;
}

/**
 * Runs a call. Its result goes to the model: a string as it is, an array of `text` and `image_url` parts as content, anything else as
 * JSON. A thrown error goes to the model as one. An async generator tells how it goes on: its yields are `tool-progress` events, what
 * it returns is the result.
 */
export type ToolExecute = (input: any, context: ToolContext) => unknown;

/**
 * A function tool in short, or any tool in its wire form. With `execute` the run calls it, the calls of one step side by side, and goes on
 * with the results; arguments that do not fit `parameters` are told to the model with their places, and `execute` never sees them. Without,
 * the run ends with reason `tool-calls` and the call among `result.pending`. A name may hold anything: what the wire does not take (other
 * than letters, digits, `_`, `-`; more than 64 characters) is mapped and mapped back.
 */
export type Tool =
  | { name: string; description?: string | undefined; parameters?: Schema | object | undefined; execute?: ToolExecute | undefined; strict?: boolean | undefined; cache_control?: CacheControl | undefined; type?: undefined }
  | { type: "function"; function: { name: string; description?: string | undefined; parameters?: Schema | object | undefined; strict?: boolean | null | undefined; defer_loading?: boolean | undefined }; cache_control?: CacheControl | undefined; defer_loading?: boolean | undefined; execute?: ToolExecute | undefined; name?: undefined }
  | (ServerTool & { name?: undefined });

/** A tool of {@link tool}: `Input` is what the model writes, `Output` what `execute` gives. */
export interface TypedTool<Name extends string = string, Input = any, Output = unknown> {
  /** The tool's name. */
  name: Name;
  /** Description of the tool, for the model. */
  description?: string | undefined;
  /** Parameters of the tool: JSON Schema, or a Standard Schema. */
  parameters?: Schema | object | undefined;
  /** Whether the model is held to `parameters`, where the provider can. */
  strict?: boolean | undefined;
  /** Runs a call. */
  execute?: ToolExecute | undefined;
  type?: undefined;
  /** Only in types. */
  readonly "~types"?: { readonly input: Input; readonly output: Output };
}

/**
 * A tool whose `execute` knows its input: from `parameters`, a Standard Schema (zod, ArkType, Valibot by `toStandardJsonSchema`) or a JSON
 * Schema written out. At run time it gives back what it is given.
 *
 * @example
 * ```js
 * import { OpenRouter, tool } from "openrouter-wasm";
 *
 * const weather = tool({
 *   name: "weather",
 *   description: "The weather of a city.",
 *   parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
 *   execute: ({ city }) => `sunny in ${city}`,
 * });
 * const client = new OpenRouter({ apiKey: process.env.OPENROUTER_API_KEY });
 * const { message } = await client.chat({ messages: [{ role: "user", content: "Weather in Bern?" }], tools: [weather] }).result();
 * console.log(message.content);
 * ```
 */
export declare function tool<const Name extends string, const Parameters extends Schema, Output = unknown>(definition: {
  name: Name;
  /** Description of the tool, for the model. */
  description?: string | undefined;
  parameters: Parameters;
  strict?: boolean | undefined;
  /** Gets what the schema's own validation gives (defaults filled in, transforms done). Left out: the call is the caller's. */
  execute?: ((input: OutputOf<Parameters>, context: ToolContext) => Output) | undefined;
}): TypedTool<Name, InputOf<Parameters>, Output>;
/** A tool without parameters. */
export declare function tool<const Name extends string, Output = unknown>(definition: {
  name: Name;
  description?: string | undefined;
  parameters?: undefined;
  strict?: boolean | undefined;
  execute?: ((input: Record<string, any>, context: ToolContext) => Output) | undefined;
}): TypedTool<Name, Record<string, any>, Output>;

/** Progress of a call: one yield of its tool; its result comes later. */
export interface ToolProgressEvent<Name extends string = string, Output = unknown> {
  /** Which request of the run it belongs to, from 0. */
  step: number;
  /** Says which kind this is. */
  type: "tool-progress";
  /** The call's id. */
  id: string;
  /** The tool's name. */
  name: Name;
  /** Value that was yielded. */
  output: Output;
}

/** The events of a call, by the tools of the request: a `name` tells the type of `input` and `output`. */
export type ToolEvent<Tools extends readonly unknown[]> = IsPlain<Tools> extends true
  ? ToolCallStartEvent | ToolCallDeltaEvent | WholeToolCallEvent | TruncatedToolCallEvent | ToolProgressEvent | ToolResultEvent
  : ToolCallStartEvent | ToolCallDeltaEvent | TruncatedToolCallEvent | EventsOf<Tools[number]>;

/** Whether nothing is known of the tools beyond that they are tools. */
type IsPlain<Tools extends readonly unknown[]> = [Tools[number]] extends [never] ? true : [Tools[number]] extends [{ readonly name: infer Name extends string }] ? (string extends Name ? true : false) : true;

type EventsOf<One> = One extends { readonly name: infer Name extends string }
  ? One extends { readonly "~types"?: infer Types }
    ? WholeToolCallEvent<Name, PartOf<Types, "input">> | ToolProgressEvent<Name, YieldOf<PartOf<Types, "output">>> | ToolResultEvent<Name, ResultOf<PartOf<Types, "output">>>
    : WholeToolCallEvent<Name> | ToolProgressEvent<Name> | ToolResultEvent<Name>
  : never;

type PartOf<Types, Name extends "input" | "output"> = NonNullable<Types> extends { readonly [K in Name]: infer Value } ? Value : any;
type ResultOf<Output> = Output extends AsyncGenerator<any, infer Value, any> ? Value : Awaited<Output>;
type YieldOf<Output> = Output extends AsyncGenerator<infer Value, any, any> ? Value : never;

/** Asked after the tools of a step have run; true ends the run there. */
export type StopCondition = (state: { steps: StepResult[]; messages: ChatMessage[]; readonly cost: CostMeter }) => boolean | Promise<boolean>;

/**
 * For `stopWhen`: so many requests were sent (a whole number from 1).
 *
 * @example
 * ```js
 * import { OpenRouter, stepCount } from "openrouter-wasm";
 *
 * const client = new OpenRouter({ apiKey: process.env.OPENROUTER_API_KEY });
 * const { steps } = await client.chat({ messages: [{ role: "user", content: "Hello!" }], stopWhen: stepCount(3) }).result();
 * console.log(steps.length);
 * ```
 */
export declare function stepCount(count: number): StopCondition;
/** For `stopWhen`: the last answer called this tool, and it has run. */
export declare function toolCalled(name: string): StopCondition;
/** For `stopWhen`: the run has cost more than so many USD. */
export declare function costAbove(usd: number): StopCondition;

/** A call that would run. */
export interface ToolCallInfo {
  /** The call's id. */
  id: string;
  /** The tool's name. */
  name: string;
  /** The arguments, checked, as the schema's own validation gives them. */
  input: any;
}

/** Answer of `approve`: yes, no (`reason` or `deny` is told to the model), or a later decision: the run then ends with the call in `result.pending`. */
export type ToolApproval = boolean | "later" | { approved: boolean; reason?: string | undefined; deny?: undefined } | { deny: string; approved?: undefined; reason?: undefined };

/** Changes of the next request by `prepareStep`, and of that one alone; `params` merge with the request's. */
export interface StepChange {
  /** Another model. */
  model?: string | undefined;
  /** Other tools. */
  tools?: readonly Tool[] | undefined;
  /** As `tool_choice`. */
  toolChoice?: string | object | undefined;
  /** Other request fields. */
  params?: Params | undefined;
}

/** Options of a run with tools. */
export interface ToolLoopOptions {
  /**
   * Requests that a run with tools may send. Default 20. A model that asks for tools in the last of them fails the run with `max-steps`; the
   * error's `partial` has the whole transcript.
   */
  maxSteps?: number | undefined;
  /** End of a run that used them up: it fails (default), or its tools run and it is asked once more, without tools. */
  onMaxSteps?: "fail" | "answer" | undefined;
  /** Asked after the tools of a step have run; true ends the run there, with reason `tool-calls`. */
  stopWhen?: StopCondition | readonly StopCondition[] | undefined;
  /**
   * Asked before every call that would run, once its arguments fit. A call that is not approved is answered to the model as an error; `"later"` ends the run with the
   * call in `result.pending`, to go on with `run.state()` and `client.resume`.
   */
  approve?: ((call: ToolCallInfo, context: { signal: AbortSignal }) => ToolApproval | Promise<ToolApproval>) | undefined;
  /** Asked before every request, the first one (step 0) too: its answer holds for that request. Its error fails the run with `tool`. */
  prepareStep?: ((state: { step: number; steps: StepResult[]; messages: ChatMessage[] }) => StepChange | undefined | null | void | Promise<StepChange | undefined | null | void>) | undefined;
  /**
   * Mends what models get wrong about calls, each time told in `warnings`: arguments in stray characters (96 before, 3 behind), names that are
   * nearly right, calls written as text, arguments of x-ai's models that are escaped for HTML. Never what was cut off. Default false.
   */
  repairToolCalls?: boolean | undefined;
}

/** A call that waits for the caller. */
export interface PendingCall {
  /** The call's id. */
  id: string;
  /** The tool's name. */
  name: string;
  /** The parsed arguments. */
  input: any;
  /** `result`: the tool has no `execute`. `approval`: `approve` said `"later"`. */
  needs: "result" | "approval";
}

