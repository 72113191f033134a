/** @import { ErrorCode, PartialAnswer, Verdict, VideoTicket } from "./index.js" */

import { knownSecrets } from "./auth/known-secrets.js";

const BRAND = Symbol.for("openrouter-wasm.error");
const MASK = "[redacted]";
/** Characters of a thrown object that a message shows. */
const MOST_OF_OBJECT = 300;

/** Every code, in one place. The engine's codes are checked against it by a test. */
export const ERROR_CODES = /** @type {const} */ ([
  "invalid-request", "auth", "payment-required", "forbidden", "not-found", "context-overflow", "rate-limit", "overloaded", "server", "network",
  "timeout", "bad-response", "stream-cut", "stream-error", "tool", "max-steps", "already-consumed", "limit", "budget", "engine", "invalid-output",
]);

/**
 * @typedef {object} ErrorFields
 * @property {ErrorCode} code
 * @property {string} message
 * @property {number} [status]
 * @property {string} [requestId]
 * @property {number} [retryAfterMs]
 * @property {number} [affordableTokens]
 * @property {boolean} [isRetryable]
 * @property {string} [errorType]
 * @property {string} [upstream]
 * @property {string} [reason]
 * @property {string} [attempts]
 * @property {{ path: string, message: string }[]} [issues]  of an answer that does not fit its schema
 */

export class OpenRouterError extends Error {
  /**
   * @param {ErrorFields} fields
   * @param {{ cause?: unknown, verdict?: Verdict, partial?: PartialAnswer, ticket?: VideoTicket }} [more]
   */
  constructor(fields, more = {}) {
    // A server that has seen the key may say it anywhere, in spellings that the engine does not look for. What is refused here has words of our own,
    // which a key may be, too.
    super(fields.code === "invalid-request" && fields.status === undefined ? fields.message : withoutKey(fields.message, ""), "cause" in more ? { cause: more.cause } : undefined);
    this.name = "OpenRouterError";
    this.code = fields.code;
    this.isRetryable = fields.isRetryable ?? false;
    if (fields.status !== undefined) this.status = fields.status;
    if (fields.requestId !== undefined) this.requestId = withoutKey(fields.requestId, "");
    if (fields.retryAfterMs !== undefined) this.retryAfterMs = fields.retryAfterMs;
    if (fields.affordableTokens !== undefined) this.affordableTokens = fields.affordableTokens;
    if (fields.errorType !== undefined) this.errorType = withoutKey(fields.errorType, "");
    if (fields.upstream !== undefined) this.upstream = parsed(fields.upstream);
    if (fields.reason !== undefined) this.reason = fields.reason;
    if (fields.attempts !== undefined) this.attempts = parsed(fields.attempts);
    if (fields.issues !== undefined) this.issues = fields.issues;
    if (more.verdict !== undefined) this.verdict = more.verdict;
    if (more.partial !== undefined) this.partial = more.partial;
    if (more.ticket !== undefined) this.ticket = more.ticket;
    Object.defineProperty(this, BRAND, { value: true });
  }

  /** What a log should hold: an error's message is no field of its own to JSON. The cause stays out, it may be anything. */
  toJSON() {
    const { name, code, message, status, requestId, retryAfterMs, affordableTokens, isRetryable, errorType, reason, attempts, issues, verdict, partial, ticket } = this;
    return { name, code, message, status, requestId, retryAfterMs, affordableTokens, isRetryable, errorType, reason, attempts, issues, verdict, partial, ticket };
  }

  /**
   * Works across copies of this package and across realms, where `instanceof` does not.
   * @param {unknown} value
   * @returns {value is OpenRouterError}
   */
  static isInstance(value) {
    try {
      return typeof value === "object" && value !== null && BRAND in value;
    } catch {
      // A revoked proxy.
      return false;
    }
  }
}

/** The upstream object; one that was too long comes as the string of its beginning. @param {string} json */
function parsed(json) {
  const text = withoutKey(json, "");
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
  try {
    if (typeof thrown === "object" && thrown !== null && "code" in thrown && "message" in thrown && !(thrown instanceof Error)) {
      return new OpenRouterError(/** @type {ErrorFields} */ (thrown));
    }
  } catch {
    // What cannot be looked into is none of the engine's.
  }
  return engineError(thrown);
}

/** Whether the engine broke. Of what was thrown nothing is taken for granted, not even that it can be asked. @param {unknown} thrown */
export function isTrap(thrown) {
  try {
    return thrown instanceof WebAssembly.RuntimeError;
  } catch {
    return false;
  }
}

/** @param {unknown} cause */
export function engineError(cause) {
  const message = describe(cause);
  return new OpenRouterError({ code: "engine", message: `the engine failed and was replaced: ${message}` }, { cause });
}

/** What the platform threw, in words; its own `cause` says more than "fetch failed". @param {unknown} cause @returns {string} */
export function describe(cause) {
  try {
    return `${wordsOf(cause)}`;
  } catch {
    // A getter that throws, a revoked proxy, an object without a text.
    return "something that says nothing of itself";
  }
}

/** @param {unknown} cause @returns {string} */
function wordsOf(cause) {
  if (!(cause instanceof Error)) {
    const message = /** @type {any} */ (cause)?.message;
    if (typeof message === "string") return message;
    return typeof cause === "object" && cause !== null ? textOf(cause) : String(cause);
  }
  const inner = cause.cause instanceof Error ? ` (${/** @type {any} */ (cause.cause).code ?? cause.cause.message})` : "";
  return `${cause.message}${inner}`;
}

/** What a plain object says, by its fields; anything else that has none by its class. @param {object} thrown */
function textOf(thrown) {
  const text = withoutKey(JSON.stringify(thrown) ?? "{}", "");
  return text === "{}" ? Object.prototype.toString.call(thrown) : text.slice(0, MOST_OF_OBJECT);
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

/** A text without a key: the one that is named, those that are known, and anything that looks like one of OpenRouter's. @param {string} text @param {string} secret */
export function withoutKey(text, secret) {
  let plain = text;
  // The longest first: a short one must not cut a long one in pieces.
  const secrets = [secret, ...knownSecrets].filter((value) => value.length >= 6);
  const spellings = secrets.flatMap(spellingsOf).filter((value) => text.includes(value));
  for (const value of spellings.sort((left, right) => right.length - left.length)) plain = plain.replaceAll(value, MASK);
  const bare = secrets.length === 0 ? plain : plain.replace(/[\w+/-]{8,4096}/g, (run) => {
    const said = decodings(run);
    return secrets.some((value) => said.includes(value)) ? MASK : run;
  });
  return bare.replace(/sk-or-[\w-]{8,}/g, MASK);
}

/** What base64 says, also that of addresses, wherever in the run it begins and whatever stands in front of the key. @param {string} run */
function decodings(run) {
  const of = (/** @type {number} */ at) => {
    try {
      return atob(run.slice(at).replaceAll("-", "+").replaceAll("_", "/"));
    } catch {
      return "";
    }
  };
  return [0, 1, 2, 3].map(of).join("\n");
}

/** @param {string} value */
function spellingsOf(value) {
  if (/^[\w.~-]*$/.test(value)) return [value];
  const escaped = JSON.stringify(value).slice(1, -1);
  // Half a character has no percent-encoding.
  const encoded = encodeURIComponent(value.replace(/[\ud800-\udfff]/g, ""));
  // JSON in JSON, too: an error in an error.
  return [value, escaped, JSON.stringify(escaped).slice(1, -1), encoded, encoded.replace(/%../g, (hex) => hex.toLowerCase()), encoded.replaceAll("%20", "+")];
}
