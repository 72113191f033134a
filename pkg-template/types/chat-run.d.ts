// A run, and what it comes to.
import type { CostMeter } from "./account.js";
import type { ChatEvent, FinishReason, Usage, Verdict } from "./events.js";
import type { ImageResult } from "./media.js";
import type { AssistantTurn, ChatMessage, ReasoningDetail, SignedThinkingBlock } from "./messages.js";
import type { AbortSignal, AsyncDisposal, ByteStream, HeaderList, Response } from "./platform.js";
import type { RunState } from "./run-state.js";
import type { Checkpoint, RunResponseOptions } from "./runs.js";
import type { PendingCall, Tool } from "./tools.js";
import type { Change } from "./transcripts.js";

/** The model's message; ready to be part of the next request. */
export interface AssistantMessage extends AssistantTurn {
  /** The text. `null` when there is none. */
  content: string | null;
  /** Reasoning of the model, as text. */
  reasoning?: string;
  /** The same with signatures: the model needs them in the next turn. */
  reasoning_details?: ReasoningDetail[];
  /** The same in Anthropic's own form, where the server speaks that (LiteLLM): it takes them back by this name alone. */
  thinking_blocks?: SignedThinkingBlock[];
  /** Why the model refused. */
  refusal?: string;
  /** Sources and parsed files, as they came. */
  annotations?: object[];
  /** Images that the model made, mostly as data URLs. */
  images?: { type: "image_url"; image_url: { url: string } }[];
  /** Sound that the model made: base64, and what it says. */
  audio?: { id?: string; data: string; transcript: string; expires_at?: number };
}

/** One answer of a run. */
export interface StepResult {
  /** Why the answer ended. */
  reason: FinishReason;
  /** The provider's own word for `reason`. */
  nativeReason?: string;
  /** Tokens of this answer. */
  usage?: Usage;
  /** The model's message. */
  message: AssistantMessage;
  /** The messages that answered its calls, when tools have run. */
  toolResults?: ChatMessage[];
}

/** Result of a run. */
export interface ChatResult<Value = any> {
  /** The model's last message. */
  message: AssistantMessage;
  /** Value of the answer by the `schema` of the request, checked; undefined without one, or while calls are pending. */
  object: Value;
  /** Calls that wait for the caller: answer them in the next request, or go on with `run.state()` and `client.resume`. */
  pending: PendingCall[];
  /** The request's messages and what the run added: the next request's transcript. */
  messages: ChatMessage[];
  /** Of all steps together. */
  usage?: Usage;
  /** The answers, one a request. */
  steps: StepResult[];
  /** Why the last answer ended. */
  reason: FinishReason;
  /** How the run ended. */
  verdict: Verdict;
  /** Cost of the run in USD, by step and in total. */
  cost: CostMeter;
  /** The model and provider that answered. */
  model?: string;
  /** The provider that answered. */
  provider?: string;
  /** The generation id. */
  id?: string;
  /** Changes made in the request before it was sent. */
  changes: Change[];
  /** Warnings about the request and its answers. */
  warnings: Change[];
  /** Report of OpenRouter's response cache; pages cannot read it (CORS). */
  cache?: { status: string; ageSeconds?: number; ttlSeconds?: number; sourceId?: string };
  /** `openrouter_metadata`, when it was asked for. */
  metadata?: Record<string, unknown>;
}

/** Partial answer of a run that failed, or of one that goes on. */
export interface PartialAnswer {
  /** The message so far. */
  message: AssistantMessage;
  /** Tokens, as far as they were told. */
  usage?: Usage;
  /** The generation id. */
  id?: string;
  /** The model that answers. */
  model?: string;
  /** The provider that answered. */
  provider?: string;
  /** The provider's own word for `reason`. */
  nativeReason?: string;
  /** Of a run of several steps: the transcript as far as it is whole, and the steps. */
  messages?: ChatMessage[];
  /** The answers that were whole. */
  steps?: StepResult[];
  /** Calls that had begun; none of them may run. */
  toolCalls?: { id: string; name: string; arguments: string; truncated: true }[];
  /** Of several images asked for at once: those that came, and are billed. */
  images?: ImageResult["images"];
}

/**
 * - `text`: the text alone (`text/plain`); an error breaks the stream.
 * - `events`: one JSON event a line (`application/x-ndjson`), without `partial` and `data`; an error is a last line `{"type":"error","error":{...}}`.
 * - `sse`: OpenAI chat chunks (`text/event-stream`), for any OpenAI client; an error is a chunk with `error`. Reasoning goes out as
 *   text; its signatures (`reasoning_details`) do not: take `events` where the next turn is sent from the other end.
 * - `ui-message`: the AI SDK's UI message stream (`text/event-stream`), for `useChat`; usage and cost are the message's metadata. Sound is not
 *   part of that protocol.
 */
export type StreamFormat = "text" | "events" | "sse" | "ui-message";

/** It may be disposed of by `await using`, which cancels it. */
export interface ChatRun extends AsyncDisposal {}

/**
 * One chat: an async iterable of events. Nothing is sent before the first pull; a run is read once, in one of its forms.
 * Leaving the loop aborts the request. The result may be asked for beside the loop, even from inside it.
 */
export declare class ChatRun<Tools extends readonly unknown[] = readonly Tool[], Value = any> implements AsyncIterable<ChatEvent<Tools>> {
  private constructor();
  /** The events, one after the other. Leaving the loop aborts the request. */
  [Symbol.asyncIterator](): AsyncGenerator<ChatEvent<Tools>, undefined, undefined>;
  /**
   * Reads to the end. Rejects with an {@link OpenRouterError}, or with the reason of an abort.
   *
   * @example
   * ```js
   * const { message, usage, cost, messages } = await client.chat({ messages: [{ role: "user", content: "Hello!" }] }).result();
   * console.log(message.content, usage?.totalTokens, cost.total);
   * messages.push({ role: "user", content: "And once more, shorter." }); // the next request's transcript
   * ```
   */
  result(): Promise<ChatResult<Value>>;
  /**
   * The value of `schema` while it grows: one live value, given again each time more of it is there (copy it to keep a moment); what is whole in
   * it stays the same object. Not checked: `result.object` is. An answer that is asked for again begins a new one.
   *
   * @example
   * ```js
   * const run = client.chat({
   *   messages: [{ role: "user", content: "A city and its river, please." }],
   *   schema: { type: "object", properties: { city: { type: "string" }, river: { type: "string" } }, required: ["city", "river"] },
   * });
   * for await (const growing of run.objectStream) console.log(growing);
   * console.log((await run.result()).object);
   * ```
   */
  readonly objectStream: AsyncIterable<Partial<Value>>;
  /** State of a run that ended with `result.pending`, for `client.resume`. Signed when a `secret` is given. Reads the run to its end. */
  state(options?: { secret?: string | undefined }): Promise<RunState>;
  /**
   * The text as it comes, refusals included.
   *
   * @example
   * ```js
   * const run = client.chat({ messages: [{ role: "user", content: "Hello!" }] });
   * for await (const text of run.textStream) process.stdout.write(text);
   * ```
   */
  readonly textStream: AsyncIterable<string>;
  /** Bytes; default format `events`. */
  toReadableStream(options?: { format?: StreamFormat | undefined; keepAliveMs?: number | undefined }): ByteStream;
  /**
   * A response to hand on; default format `sse`: the answer as it comes, byte for byte, where it is one answer. With `keepAliveMs` given, and for runs
   * of several answers, it is written anew, with a comment every `keepAliveMs` (default 10,000, 0 for none) while the model is silent: proxies hold
   * the connection, and a Worker notices a client that has left only when it writes. In workerd the request for `sse` goes out at once.
   *
   * @example
   * ```js
   * const run = client.chat({ messages: [{ role: "user", content: "Hello!" }] });
   * const response = run.toResponse({ format: "sse" }); // what a Worker or a route returns
   * console.log(response.headers.get("Content-Type"), await response.text());
   * ```
   */
  toResponse(options?: { format?: StreamFormat | undefined; keepAliveMs?: number | undefined; status?: number | undefined; headers?: HeaderList | undefined }): Response;
  /**
   * A response whose status the run has earned: by its first output, or by what failed before it (`{error: {message, type, code}}` with OpenAI's
   * types, `Retry-After` where a wait was told). Resolves then; rejects with `already-consumed` and for a wrong `format` alone.
   */
  response(options?: RunResponseOptions): Promise<Response>;
  /** Of a durable run: for `client.resumeRun`. */
  readonly id: string | undefined;
  /** Checkpoint of the run so far, for `continueFrom`, and of a durable run for `resumeRun`. */
  readonly checkpoint: Checkpoint;
  /** Requests sent so far. */
  readonly attempts: number;
  /** Closes the connection and ends a durable run; the run fails with `reason`, by default an `AbortError`. Nothing happens once the run has ended. */
  cancel(reason?: unknown): void;
  /** How the run ended; undefined while it goes on. */
  readonly verdict: Verdict | undefined;
  /** Partial answer so far, at any time, also after an abort. */
  readonly partial: PartialAnswer;
  /** Cost of the run so far in USD, at any time. */
  readonly cost: CostMeter;
  /** After an abort or a cut: asks `/generation` for the bill of what was not reported, and gives the meter with it. */
  recoverCost(options?: { timeoutMs?: number | undefined; signal?: AbortSignal | null | undefined }): Promise<CostMeter>;
}
