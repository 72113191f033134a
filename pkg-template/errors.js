/** @import { ErrorCode, PartialAnswer, Verdict, VideoTicket } from "./index.js" */

const BRAND = Symbol.for("openrouter-wasm.error");

/** Every code, in one place. The engine's codes are checked against it by a test. */
export const ERROR_CODES = /** @type {const} */ ([
  "invalid-request", "auth", "payment-required", "forbidden", "not-found", "context-overflow", "rate-limit", "overloaded", "server", "network",
  "timeout", "bad-response", "stream-cut", "stream-error", "tool", "max-steps", "already-consumed", "limit", "budget", "engine",
]);

/**
 * @typedef {object} ErrorFields
 * @property {ErrorCode} code
 * @property {string} message
 * @property {number} [status]
 * @property {string} [requestId]
 * @property {number} [retryAfterMs]
 * @property {boolean} [isRetryable]
 * @property {string} [errorType]
 * @property {string} [upstream]
 * @property {string} [reason]
 * @property {string} [attempts]
 */

export class OpenRouterError extends Error {
  /**
   * @param {ErrorFields} fields
   * @param {{ cause?: unknown, verdict?: Verdict, partial?: PartialAnswer, ticket?: VideoTicket }} [more]
   */
  constructor(fields, more = {}) {
    super(fields.message, "cause" in more ? { cause: more.cause } : undefined);
    this.name = "OpenRouterError";
    this.code = fields.code;
    this.isRetryable = fields.isRetryable ?? false;
    if (fields.status !== undefined) this.status = fields.status;
    if (fields.requestId !== undefined) this.requestId = fields.requestId;
    if (fields.retryAfterMs !== undefined) this.retryAfterMs = fields.retryAfterMs;
    if (fields.errorType !== undefined) this.errorType = fields.errorType;
    if (fields.upstream !== undefined) this.upstream = parsed(fields.upstream);
    if (fields.reason !== undefined) this.reason = fields.reason;
    if (fields.attempts !== undefined) this.attempts = parsed(fields.attempts);
    if (more.verdict !== undefined) this.verdict = more.verdict;
    if (more.partial !== undefined) this.partial = more.partial;
    if (more.ticket !== undefined) this.ticket = more.ticket;
    Object.defineProperty(this, BRAND, { value: true });
  }

  /** What a log should hold: an error's message is no field of its own to JSON. The cause stays out, it may be anything. */
  toJSON() {
    const { name, code, message, status, requestId, retryAfterMs, isRetryable, errorType, reason, attempts, verdict, partial, ticket } = this;
    return { name, code, message, status, requestId, retryAfterMs, isRetryable, errorType, reason, attempts, verdict, partial, ticket };
  }

  /**
   * Works across copies of this package and across realms, where `instanceof` does not.
   * @param {unknown} value
   * @returns {value is OpenRouterError}
   */
  static isInstance(value) {
    return typeof value === "object" && value !== null && BRAND in value;
  }
}

/** The upstream object; one that was too long comes as the string of its beginning. @param {string} text */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** @param {string} message @param {unknown} [cause] */
export function invalidRequest(message, cause) {
  return new OpenRouterError({ code: "invalid-request", message }, cause === undefined ? {} : { cause });
}

/**
 * What the engine throws for a request that is refused: the fields of an error, or a trap.
 * @param {unknown} thrown
 */
export function fromEngine(thrown) {
  if (OpenRouterError.isInstance(thrown)) return thrown;
  if (typeof thrown === "object" && thrown !== null && "code" in thrown && "message" in thrown && !(thrown instanceof Error)) {
    return new OpenRouterError(/** @type {ErrorFields} */ (thrown));
  }
  return engineError(thrown);
}

/** @param {unknown} cause */
export function engineError(cause) {
  const message = cause instanceof Error ? cause.message : String(cause);
  return new OpenRouterError({ code: "engine", message: `the engine failed and was replaced: ${message}` }, { cause });
}

/** What the platform threw, in words; its own `cause` says more than "fetch failed". @param {unknown} cause @returns {string} */
export function describe(cause) {
  if (!(cause instanceof Error)) {
    const message = /** @type {any} */ (cause)?.message;
    if (typeof message === "string") return message;
    return typeof cause === "object" && cause !== null ? Object.prototype.toString.call(cause) : String(cause);
  }
  const inner = cause.cause instanceof Error ? ` (${/** @type {any} */ (cause.cause).code ?? cause.cause.message})` : "";
  return `${cause.message}${inner}`;
}

/** Whom a request was for: what is wrong with a connection is wrong with one host. @param {string} url */
export function hostOf(url) {
  try {
    return new URL(url).host;
  } catch {
    // A relative address is the page's own.
    return url;
  }
}

/** A text without a key, and without anything that looks like one of OpenRouter's. @param {string} text @param {string} secret */
export function withoutKey(text, secret) {
  const plain = secret.length >= 6 ? text.replaceAll(secret, "[redacted]") : text;
  return plain.replace(/sk-or-[\w-]{8,}/g, "[redacted]");
}
