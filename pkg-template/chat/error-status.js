// What an error is in HTTP: a status, and a body in OpenAI's form.
import { OpenRouterError } from "../first-part.js";
import { mayRepeat } from "./may-repeat.js";

/** @type {Partial<Record<import("../index.js").ErrorCode, number>>} */
const STATUS = {
  "invalid-request": 400, "context-overflow": 400, auth: 401, "payment-required": 402, budget: 402, forbidden: 403, "not-found": 404, "rate-limit": 429,
  overloaded: 503, timeout: 504, engine: 500, tool: 500, "max-steps": 500, "already-consumed": 500,
};
/** What a server says of an answer that it could not get. */
const BAD_GATEWAY = 502;
/** Nobody waits any more; nginx's word for it. */
const CLIENT_CLOSED = 499;
/** OpenAI's words, which its SDKs know. @type {Record<number, string>} */
const TYPES = { 401: "authentication_error", 402: "insufficient_quota", 403: "permission_error", 404: "not_found_error", 429: "rate_limit_error" };

/** `isFinal`: not to be sent again by the status alone, as SDKs do. @param {unknown} error */
export function describeError(error) {
  if (!OpenRouterError.isInstance(error)) {
    const message = error instanceof Error ? error.message : typeof error === "object" ? "aborted" : String(error);
    return { status: CLIENT_CLOSED, body: { error: { message, type: "aborted", code: "aborted" } } };
  }
  const { code, message, retryAfterMs } = error;
  const told = error.status !== undefined && error.status >= 400 && error.status <= 599 ? error.status : undefined;
  const status = told ?? STATUS[code] ?? BAD_GATEWAY;
  const type = TYPES[status] ?? (status < 500 ? "invalid_request_error" : "server_error");
  return { status, body: { error: { message, type, code } }, retryAfterMs, isFinal: !mayRepeat(error) };
}
