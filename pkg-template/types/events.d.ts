// Events of a run.
import type { AssistantMessage } from "./chat-run.js";
import type { OpenRouterError } from "./errors.js";
import type { Tool, ToolEvent } from "./tools.js";

/** Tokens of an answer, and what they cost. */
export interface Usage {
  /** Prompt tokens that were neither read from nor written to a cache. */
  inputTokens: number;
  /** Tokens of the answer, reasoning included. */
  outputTokens: number;
  /** Prompt tokens that a cache had. */
  cacheReadTokens: number;
  /** Prompt tokens that were put into a cache. */
  cacheWriteTokens: number;
  /** Part of `outputTokens`. */
  reasoningTokens: number;
  /** All of them together. */
  totalTokens: number;
  /** Cost that OpenRouter billed, in USD; missing when it did not say. */
  cost?: number;
  /** The usage object as it came. */
  raw: Record<string, unknown>;
}

/** `stop`, `length`, `tool-calls`, `content-filter`, and any other word of a provider, passed through. */
export type FinishReason = "stop" | "length" | "tool-calls" | "content-filter" | (string & {});

/** How a run ended, in one word. */
export type Verdict = "complete" | "length" | "content-filter" | "error" | "cut" | "aborted" | "timeout";

/** Fields of every event. */
interface EventBase {
  /** Which request of the run it belongs to, from 0. */
  step: number;
}

/** The answer has begun. */
export interface ResponseStartEvent extends EventBase {
  /** Says which kind this is. */
  type: "response-start";
  /** The generation id. */
  id?: string;
  /** The model that answers. */
  model?: string;
  /** The provider that serves it. */
  provider?: string;
}
/** More text. */
export interface TextDeltaEvent extends EventBase {
  /** Says which kind this is. */
  type: "text-delta";
  /** The piece that is new. */
  text: string;
}
/** More reasoning. */
export interface ReasoningDeltaEvent extends EventBase {
  /** Says which kind this is. */
  type: "reasoning-delta";
  /** The piece that is new. */
  text: string;
}
/** More of a refusal. */
export interface RefusalDeltaEvent extends EventBase {
  /** Says which kind this is. */
  type: "refusal-delta";
  /** The piece that is new. */
  text: string;
}
/** A call has begun; its arguments follow. */
export interface ToolCallStartEvent extends EventBase {
  /** Says which kind this is. */
  type: "tool-call-start";
  /** The call's id. */
  id: string;
  /** The tool's name. */
  name: string;
  /** Which call of the message, from 0. */
  index: number;
}
/** More arguments of a call. */
export interface ToolCallDeltaEvent extends EventBase {
  /** Says which kind this is. */
  type: "tool-call-delta";
  /** The call's id. */
  id: string;
  /** The piece of the arguments' JSON text. */
  text: string;
  /** The arguments so far: one live object that grows with the call (copy it to keep a moment), undefined before its `{`. */
  partial?: Record<string, any>;
}
/** A call, whole. Each call comes once, at the end of the message. */
export interface WholeToolCallEvent<Name extends string = string, Input = Record<string, any>> extends EventBase {
  /** Says which kind this is. */
  type: "tool-call";
  /** The call's id. */
  id: string;
  /** The tool's name. */
  name: Name;
  /** The parsed arguments as the model wrote them, not yet checked; integers beyond 2^53 - 1 are strings. */
  input: Input;
  /** Always false: it is whole. */
  truncated: false;
}
/** A call that a limit cut or whose arguments are no JSON object. It must not run and is not in the message. */
export interface TruncatedToolCallEvent extends EventBase {
  /** Says which kind this is. */
  type: "tool-call";
  /** The call's id. */
  id: string;
  /** The tool's name. */
  name: string;
  input: undefined;
  /** Always true: it is cut. */
  truncated: true;
  /** Text of the arguments, as far as it came. */
  arguments: string;
}
/** An image has come. */
export interface ImageEvent extends EventBase {
  /** Says which kind this is. */
  type: "image";
  /** An https URL, or a data URL; of the latter also `data` and `mediaType`. */
  url: string;
  /** Its bytes, of a data URL. */
  data?: Uint8Array;
  /** Its type, of a data URL. */
  mediaType?: string;
}
/** More sound. */
export interface AudioDeltaEvent extends EventBase {
  /** Says which kind this is. */
  type: "audio-delta";
  /** The id of the sound. */
  id?: string;
  /** A piece of base64, cut anywhere: join the pieces before decoding (the result's message has them joined). */
  data?: string;
  /** The piece of the transcript that is new. */
  transcript?: string;
}
/** A source of the answer. */
export interface CitationEvent extends EventBase {
  /** Says which kind this is. */
  type: "citation";
  /** Its address. */
  url?: string;
  /** Its title. */
  title?: string;
  /** Quotation from the source. */
  content?: string;
  /** Start of the passage that it backs, an index into the answer's text. */
  startIndex?: number;
  /** End of that passage, an index as well. */
  endIndex?: number;
}
/** An attempt failed before any output; the next one starts after `delayMs`. */
export interface RetryEvent extends EventBase {
  /** Says which kind this is. */
  type: "retry";
  /** The number of the attempt that follows. */
  attempt: number;
  /** How long is waited before it. */
  delayMs: number;
  /** Why the attempt before failed. */
  error: OpenRouterError;
}
/** A model failed before any output; the next one is asked. */
export interface FallbackEvent extends EventBase {
  /** Says which kind this is. */
  type: "fallback";
  /** The model that failed. */
  from: string;
  /** The model that is asked next. */
  to: string;
  /** Why it failed. */
  error: OpenRouterError;
}
/** A tool has run: `output`, or the `error` that the model is told. Results come as they are there. */
export interface ToolResultEvent<Name extends string = string, Output = unknown> extends EventBase {
  /** Says which kind this is. */
  type: "tool-result";
  /** The call's id. */
  id: string;
  /** The tool's name. */
  name: Name;
  /** Output of `execute`. */
  output?: Output;
  /** Why there is no output. */
  error?: OpenRouterError;
}
/** One answer of the run has ended. */
export interface StepFinishEvent extends EventBase {
  /** Says which kind this is. */
  type: "step-finish";
  /** Why the answer ended. */
  reason: FinishReason;
  /** The provider's own word for `reason`. */
  nativeReason?: string;
  /** Tokens of this answer. */
  usage?: Usage;
  /** The message it added up to. */
  message: AssistantMessage;
}
/** The last event of a run that did not fail. */
export interface FinishEvent extends EventBase {
  /** Says which kind this is. */
  type: "finish";
  /** Why the answer ended. */
  reason: FinishReason;
  /** The provider's own word for `reason`. */
  nativeReason?: string;
  /** Tokens of all answers together. */
  usage?: Usage;
  /** The last message. */
  message: AssistantMessage;
}
/** A keep-alive comment of the stream; only with `processingEvents`. */
export interface ProcessingEvent extends EventBase {
  /** Says which kind this is. */
  type: "processing";
  /** The comment's text. */
  text: string;
}
/** The data of one event of the answer, as it came; only with `rawEvents`. */
export interface RawEvent extends EventBase {
  /** Says which kind this is. */
  type: "raw";
  /** The text behind `data:`. */
  data: string;
}

/** By the tools of the request, as far as their names and schemas are known to the compiler. */
export type ChatEvent<Tools extends readonly unknown[] = readonly Tool[]> =
  | ResponseStartEvent | TextDeltaEvent | ReasoningDeltaEvent | RefusalDeltaEvent
  | ToolEvent<Tools>
  | ImageEvent | AudioDeltaEvent | CitationEvent
  | RetryEvent | FallbackEvent | StepFinishEvent | FinishEvent | RawEvent | ProcessingEvent;

export {};
