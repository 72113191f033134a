// What a failed call may have cost. Every call that is billed by being sent asks it: what may have been paid is never told to be
// retryable, since whoever retries without asking would pay twice.
import { describe, OpenRouterError } from "../first-part.js";
import { isOpenStatus, NEVER_SENT } from "./billed-statuses.js";

/** Without a status, by code: the others are refused here, before anything is sent. */
const OPEN_CODES = new Set(["network", "timeout", "stream-cut", "stream-error", "limit", "bad-response", "engine"]);

/** @param {OpenRouterError} error */
export function mayBeBilled({ code, status, upstream, cause }) {
  if (status === undefined) return OPEN_CODES.has(code) && !(code === "network" && isNeverSent(cause));
  return isOpenStatus(status, typeof upstream === "object" && upstream !== null);
}

/** Codes that say nothing of whether the request has arrived: their message does. An answer of the server has words of its own. */
const GUESSES = new Set(["network", "timeout", "stream-cut"]);
const GUESS = " (it may have been billed, and is not sent again)";

/**
 * The error of a call that is billed by being sent, not to be repeated where it may have been. A copy: an engine's end is one error for all who
 * wait.
 * @param {unknown} error @param {string} [words]  behind every such message
 */
export function billable(error, words) {
  if (!OpenRouterError.isInstance(error) || !mayBeBilled(error)) return error;
  const { name: _, code, message, isRetryable: __, cause, ...rest } = /** @type {any} */ (error);
  const more = words ?? (GUESSES.has(code) && error.status === undefined ? GUESS : "");
  const copy = new OpenRouterError({ code, message: message + more, isRetryable: false }, cause === undefined ? {} : { cause });
  return Object.assign(copy, rest);
}

/** @param {unknown} cause */
export function isNeverSent(cause) {
  let words = "";
  for (let inner = /** @type {any} */ (cause), depth = 0; inner && depth < 4; inner = inner.cause, depth += 1) words += ` ${inner.code} ${describe(inner)}`;
  return NEVER_SENT.test(words);
}
