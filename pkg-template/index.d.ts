// The public types of openrouter-wasm. Times are milliseconds, sizes bytes, costs USD.

/** Where a client and its requests stand unless they say otherwise. */
export interface EngineOptions {
  /**
   * Retries before the first output; nothing is sent again once output was handed out (`retry` and `raw` are none). Default 2.
   * The wait is what the answer tells (body first, then headers), else 1 s doubled each time with jitter, at most 30 s.
   * A told wait of more than 60 s is not sat out: the error carries it as `retryAfterMs`.
   */
  maxRetries?: number;
  /** From the first send to the end, retries included. Default 1,800,000 (30 min). 0: no limit. */
  timeoutMs?: number;
  /** Liveness: between any two bytes, keep-alive comments included. Default 120,000. 0: no limit. */
  idleTimeoutMs?: number;
  /** Progress: between two pieces of data, keep-alive comments not counted. Default four times `idleTimeoutMs`. 0: no limit. */
  progressTimeoutMs?: number;
  /** From the send to the first output of an attempt. Default: `progressTimeoutMs`. 0: no limit. */
  firstTokenTimeoutMs?: number;
  /** Empty arguments make a tool call truncated instead of meaning `{}`. Default false. */
  strictToolCalls?: boolean;
  /** Also emit every event of the answer as it came (`raw`). Default false. */
  rawEvents?: boolean;
  /** What is kept in memory at most; beyond it the run fails with `limit`. */
  limits?: Limits;
}

export interface Limits {
  /** One line of the stream. Default 16 MiB. */
  maxLineBytes?: number;
  /** The data of one event of the stream. Default 16 MiB. */
  maxEventBytes?: number;
  /** A whole streamed answer. Default 64 MiB. */
  maxBodyBytes?: number;
  /** An answer in one JSON body. Default 16 MiB. */
  maxJsonBytes?: number;
  /** The arguments of one tool call. Default 256,000. */
  maxToolArgumentBytes?: number;
  /** The tool calls of one message. Default 128. */
  maxToolCalls?: number;
}

export interface ClientOptions extends EngineOptions {
  /**
   * The key, or a function that is asked for it before every send. It goes to `baseURL` alone and is masked in every error.
   * A key in a page is the visitor's to read: their own key, or a Worker that keeps yours.
   */
  apiKey?: string | (() => string | undefined | Promise<string | undefined>);
  /** Default `https://openrouter.ai/api/v1`. Plain http is refused except to this machine. */
  baseURL?: string;
  /** Who is asking, for OpenRouter's rankings. Left out, a page sends its origin; `null` sends nothing. */
  app?: { url?: string; title?: string; categories?: readonly string[] } | null;
  /** The model of requests that name none. Default `openrouter/auto`. */
  model?: string;
  /** Extra headers; they win over the package's own, `null` leaves one out. */
  headers?: HeadersInit | Record<string, string | null>;
  /** Used in place of the global `fetch`. */
  fetch?: typeof fetch;
}

/** Who OpenClaw says it is: pass it as `app` in a client that stands in for it. */
export declare const OPENCLAW_APP: { readonly url: string; readonly title: string; readonly categories: readonly string[] };

export declare class OpenRouter {
  /** Does no work: the engine starts with the first run. Throws `invalid-request` for options of the wrong kind. */
  constructor(options?: ClientOptions);
  /** A run that sends nothing before it is read. What is wrong with the request is told then, before anything is sent. */
  chat(request: ChatRequest): ChatRun;
}

/** Any field of OpenRouter's request body, as it is on the wire, and beside them the package's own. */
export interface ChatRequest extends EngineOptions {
  messages: ChatMessage[];
  model?: string;
  /** Default true. With false the events and the result are the same, in one piece. */
  stream?: boolean;
  tools?: Tool[];
  /** Aborts the run; it then fails with `signal.reason`. */
  signal?: AbortSignal | null;
  /** Headers for this request alone. */
  headers?: HeadersInit | Record<string, string | null>;
  [field: string]: unknown;
}

/** A function tool in short, or any tool in its wire form. */
export type Tool =
  | { name: string; description?: string; parameters?: object; strict?: boolean; type?: undefined }
  | { type: string; [field: string]: unknown };

export type Role = "system" | "developer" | "user" | "assistant" | "tool";

/** A message as OpenRouter takes and gives it. */
export interface ChatMessage {
  role: Role;
  content?: string | ContentPart[] | null;
  name?: string;
  tool_calls?: ToolCallPart[];
  tool_call_id?: string;
  reasoning?: string;
  reasoning_details?: object[];
  [field: string]: unknown;
}

export interface ContentPart {
  type: string;
  [field: string]: unknown;
}

export interface ToolCallPart {
  id: string;
  type: "function";
  /** `arguments` is JSON text. */
  function: { name: string; arguments: string };
}

/** The model's message; ready to be part of the next request. */
export interface AssistantMessage extends ChatMessage {
  role: "assistant";
  content: string | null;
  refusal?: string;
  annotations?: object[];
  images?: { type: "image_url"; image_url: { url: string } }[];
  audio?: { id?: string; data: string; transcript: string; expires_at?: number };
}

export interface Usage {
  /** Prompt tokens that were neither read from nor written to a cache. */
  inputTokens: number;
  outputTokens: number;
  cacheReadTokens: number;
  cacheWriteTokens: number;
  /** Part of `outputTokens`. */
  reasoningTokens: number;
  totalTokens: number;
  /** What OpenRouter billed, in USD; missing when it did not say. */
  cost?: number;
  /** The usage object as it came. */
  raw: Record<string, unknown>;
}

/** `stop`, `length`, `tool-calls`, `content-filter`, and any other word of a provider, passed through. */
export type FinishReason = "stop" | "length" | "tool-calls" | "content-filter" | (string & {});

/** How a run ended, in one word. */
export type Verdict = "complete" | "length" | "content-filter" | "error" | "cut" | "aborted" | "timeout";

/** What every event has. */
interface EventBase {
  /** Which request of the run it belongs to, from 0. */
  step: number;
}

export interface ResponseStartEvent extends EventBase { type: "response-start"; id?: string; model?: string; provider?: string }
export interface TextDeltaEvent extends EventBase { type: "text-delta"; text: string }
export interface ReasoningDeltaEvent extends EventBase { type: "reasoning-delta"; text: string }
export interface RefusalDeltaEvent extends EventBase { type: "refusal-delta"; text: string }
export interface ToolCallStartEvent extends EventBase { type: "tool-call-start"; id: string; name: string; index: number }
export interface ToolCallDeltaEvent extends EventBase {
  type: "tool-call-delta";
  id: string;
  /** The piece of the arguments' JSON text. */
  text: string;
  /** The arguments so far: one live object that grows with the call (copy it to keep a moment), undefined before its `{`. */
  partial?: Record<string, any>;
}
/** A call, whole. Each call comes once, at the end of the message. */
export interface WholeToolCallEvent extends EventBase {
  type: "tool-call";
  id: string;
  name: string;
  /** The parsed arguments; integers beyond 2^53 - 1 are strings. */
  input: Record<string, any>;
  truncated: false;
}
/** A call that a limit cut or whose arguments are no JSON object. It must not run and is not in the message. */
export interface TruncatedToolCallEvent extends EventBase {
  type: "tool-call";
  id: string;
  name: string;
  input: undefined;
  truncated: true;
  /** What came of the arguments. */
  arguments: string;
}
export interface ImageEvent extends EventBase {
  type: "image";
  /** An https URL, or a data URL; of the latter also `data` and `mediaType`. */
  url: string;
  data?: Uint8Array;
  mediaType?: string;
}
export interface AudioDeltaEvent extends EventBase {
  type: "audio-delta";
  id?: string;
  /** A piece of base64, cut anywhere: join the pieces before decoding (the result's message has them joined). */
  data?: string;
  transcript?: string;
}
export interface CitationEvent extends EventBase { type: "citation"; url?: string; title?: string; content?: string; startIndex?: number; endIndex?: number }
/** An attempt failed before any output; the next one starts after `delayMs`. */
export interface RetryEvent extends EventBase { type: "retry"; attempt: number; delayMs: number; error: OpenRouterError }
export interface StepFinishEvent extends EventBase { type: "step-finish"; reason: FinishReason; nativeReason?: string; usage?: Usage; message: AssistantMessage }
/** The last event of a run that did not fail. */
export interface FinishEvent extends EventBase { type: "finish"; reason: FinishReason; nativeReason?: string; usage?: Usage; message: AssistantMessage }
/** The data of one event of the answer, as it came; only with `rawEvents`. */
export interface RawEvent extends EventBase { type: "raw"; data: string }

export type ChatEvent =
  | ResponseStartEvent | TextDeltaEvent | ReasoningDeltaEvent | RefusalDeltaEvent
  | ToolCallStartEvent | ToolCallDeltaEvent | WholeToolCallEvent | TruncatedToolCallEvent
  | ImageEvent | AudioDeltaEvent | CitationEvent
  | RetryEvent | StepFinishEvent | FinishEvent | RawEvent;

export interface StepResult { reason: FinishReason; nativeReason?: string; usage?: Usage; message: AssistantMessage }

export interface ChatResult {
  message: AssistantMessage;
  /** The request's messages and what the run added: the next request's transcript. */
  messages: ChatMessage[];
  usage?: Usage;
  steps: StepResult[];
  reason: FinishReason;
  verdict: Verdict;
  /** The model and provider that answered. */
  model?: string;
  provider?: string;
  /** The generation id. */
  id?: string;
  /** What was changed in the request's messages before they were sent. */
  changes: { rule: string; path: string; reason: string }[];
  /** `openrouter_metadata`, when it was asked for. */
  metadata?: Record<string, unknown>;
}

/** What had arrived of a run that failed, or has arrived of one that goes on. */
export interface PartialAnswer {
  message: AssistantMessage;
  usage?: Usage;
  id?: string;
  model?: string;
  provider?: string;
  nativeReason?: string;
  /** Calls that had begun; none of them may run. */
  toolCalls?: { id: string; name: string; arguments: string; truncated: true }[];
}

/**
 * - `text`: the text alone (`text/plain`); an error breaks the stream.
 * - `events`: one JSON event a line (`application/x-ndjson`), without `partial` and `data`; an error is a last line `{"type":"error","error":{...}}`.
 * - `sse`: OpenAI chat chunks (`text/event-stream`), for any OpenAI client; an error is a chunk with `error`. Reasoning goes out as
 *   text; its signatures (`reasoning_details`) do not: take `events` where the next turn is sent from the other end.
 */
export type StreamFormat = "text" | "events" | "sse";

/**
 * One chat: an async iterable of events. Nothing is sent before the first pull; a run is read once, in one of its forms.
 * Leaving the loop aborts the request. The result may be asked for beside the loop, even from inside it.
 */
export declare class ChatRun implements AsyncIterable<ChatEvent> {
  private constructor();
  [Symbol.asyncIterator](): AsyncGenerator<ChatEvent, undefined, undefined>;
  /** Reads to the end. Rejects with an {@link OpenRouterError}, or with the reason of an abort. */
  result(): Promise<ChatResult>;
  /** The text as it comes, refusals included. */
  readonly textStream: AsyncIterable<string>;
  /** Bytes; default format `events`. */
  toReadableStream(options?: { format?: StreamFormat; keepAliveMs?: number }): ReadableStream<Uint8Array<ArrayBuffer>>;
  /**
   * A response to hand on; default format `sse`. While the model is silent `sse` gets a comment every `keepAliveMs` (default 10,000,
   * 0 for none): proxies hold the connection, and a Worker notices a client that has left only when it writes.
   */
  toResponse(options?: { format?: StreamFormat; keepAliveMs?: number; status?: number; headers?: HeadersInit }): Response;
  /** Closes the connection; the run fails with `reason`, by default an `AbortError`. Nothing happens once the run has ended. */
  cancel(reason?: unknown): void;
  /** How the run ended; undefined while it goes on. */
  readonly verdict: Verdict | undefined;
  /** What has arrived so far, at any time, also after an abort. */
  readonly partial: PartialAnswer;
  [Symbol.asyncDispose](): Promise<void>;
}

export type ErrorCode =
  /** The request is wrong: 400, 409, 412, 413, 422 and any 4xx not named below, or refused before it was sent; the message begins with the place. */
  | "invalid-request"
  /** No key, a wrong or revoked one: 401. */
  | "auth"
  /** Credits or a budget are used up: 402. */
  | "payment-required"
  /** Permission, moderation, guardrail or region: 403. */
  | "forbidden"
  /** No such model, endpoint or resource: 404, 405, 410. */
  | "not-found"
  /** The conversation is longer than the model's context. Never retried. */
  | "context-overflow"
  /** 429. */
  | "rate-limit"
  /** No capacity: 503, 529. */
  | "overloaded"
  /** Any other 5xx. */
  | "server"
  /** The connection could not be made, or broke before an answer; `cause` is the platform's error. */
  | "network"
  /** A time limit of the client passed, or 408, 504, 522, 524. */
  | "timeout"
  /** The answer is no chat answer: HTML, malformed JSON, a redirect. */
  | "bad-response"
  /** The answer ended without `[DONE]`, finish reason or error. */
  | "stream-cut"
  /** The provider reported an error inside the stream. */
  | "stream-error"
  /** A tool failed. */
  | "tool"
  /** The tool loop took more steps than allowed. */
  | "max-steps"
  /** The run is being read already. */
  | "already-consumed"
  /** A limit on what is kept in memory was passed. */
  | "limit"
  /** The WebAssembly engine failed; the next run starts a fresh one. */
  | "engine";

export declare class OpenRouterError extends Error {
  private constructor();
  readonly name: "OpenRouterError";
  readonly code: ErrorCode;
  /** The HTTP status, or the numeric code of an error inside the stream. */
  readonly status?: number;
  /** `X-Generation-Id` of the answer, else `X-Request-Id` or `cf-ray`. */
  readonly requestId?: string;
  /** How long to wait, as far as the answer tells. */
  readonly retryAfterMs?: number;
  /** Whether the same request may succeed later. */
  readonly isRetryable: boolean;
  /** OpenRouter's `error_type`. */
  readonly errorType?: string;
  /** The upstream error object, keys masked; a string when it was longer than 8 KB. */
  readonly upstream?: unknown;
  /** How the run ended. */
  readonly verdict?: Verdict;
  /** What had arrived. */
  readonly partial?: PartialAnswer;
  /** What the platform threw, untouched. */
  readonly cause?: unknown;
  /** The fields above but `upstream` and `cause`, for logs. */
  toJSON(): Record<string, unknown>;
  /** Also true for errors of another copy of this package or of another realm. */
  static isInstance(value: unknown): value is OpenRouterError;
}
