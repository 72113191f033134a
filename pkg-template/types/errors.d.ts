// How something fails.
import type { PartialAnswer } from "./chat-run.js";
import type { Verdict } from "./events.js";
import type { VideoTicket } from "./media.js";
import type { Issue } from "./schema.js";

/** Kind of an error, in one word. */
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
  /** A tool failed (the `error` of `tool-result` events), or `approve` did (of the run). */
  | "tool"
  /** The tool loop took more steps than allowed. */
  | "max-steps"
  /** The run is being read already. */
  | "already-consumed"
  /** A limit on what is kept in memory was passed. */
  | "limit"
  /** The budget of the run or of the client is used up, or would be by the next request. */
  | "budget"
  /** The answer does not fit the `schema` of the request, also after `maxRepairs`; see `issues`. */
  | "invalid-output"
  /** The WebAssembly engine failed; the next run starts a fresh one. */
  | "engine";

/** Why another model is asked, in the words of OpenClaw's table. */
export type FailoverReason =
  | "billing" | "rate_limit" | "overloaded" | "server_error" | "auth" | "auth_permanent" | "timeout" | "tls" | "context_overflow" | "format"
  | "model_not_found" | "session_expired" | "unknown";

/**
 * Everything that fails, but for an abort: `code` says what to do about it, `partial` is what had arrived.
 *
 * @example
 * ```js
 * import { OpenRouter, OpenRouterError } from "openrouter-wasm";
 *
 * const client = new OpenRouter({ apiKey: process.env.OPENROUTER_API_KEY });
 * try {
 *   await client.chat({ messages: [] }).result();
 * } catch (error) {
 *   if (!OpenRouterError.isInstance(error)) throw error;
 *   console.log(error.code, error.message, error.partial?.message.content);
 * }
 * ```
 */
export declare class OpenRouterError extends Error {
  private constructor();
  /** Always `OpenRouterError`. */
  readonly name: "OpenRouterError";
  /** Code of the error: it says what to do about it. */
  readonly code: ErrorCode;
  /** The HTTP status, or the numeric code of an error inside the stream. */
  readonly status?: number;
  /** `X-Generation-Id` of the answer, else `X-Request-Id` or `cf-ray`. */
  readonly requestId?: string;
  /** How long to wait, as far as the answer tells. */
  readonly retryAfterMs?: number;
  /** Of a 402 that says so: the tokens of an answer that the credits are enough for, as a limit of the next request. */
  readonly affordableTokens?: number;
  /**
   * Whether the same request may succeed later. Of every call but a chat also that this one was not billed; the cost of a chat that broke off is in
   * `partial.usage`, and its caller decides.
   */
  readonly isRetryable: boolean;
  /** OpenRouter's `error_type`. */
  readonly errorType?: string;
  /** Why, in the words of the failover table. */
  readonly reason?: FailoverReason;
  /** Every attempt of the run, the last one this error. */
  readonly attempts?: { provider: string; model: string; status?: number; code: ErrorCode; reason: FailoverReason; message: string }[];
  /** Of `invalid-output`: the faults, with their places. */
  readonly issues?: Issue[];
  /** The upstream error object, keys masked; a string when it was longer than 8 KB. */
  readonly upstream?: unknown;
  /** How the run ended. */
  readonly verdict?: Verdict;
  /** Part of the answer that had arrived. */
  readonly partial?: PartialAnswer;
  /** Of a video that was submitted: the ticket to go on with it. */
  readonly ticket?: VideoTicket;
  /** Error of the platform: the same object, unless a key was in it; then a copy without. */
  readonly cause?: unknown;
  /** The fields above but `upstream` and `cause`, for logs. */
  toJSON(): Record<string, unknown>;
  /** Also true for errors of another copy of this package or of another realm. */
  static isInstance(value: unknown): value is OpenRouterError;
}
