// Errors of the package's own class: whoever catches them knows them by it.
import { OpenRouterError, redact } from "../index.js";
import { NEVER_SENT } from "../media/billed-statuses.js";

/** Its constructor is no part of the public types. @type {new (fields: import("../errors.js").ErrorFields, more?: { cause?: unknown }) => OpenRouterError} */
const Fault = /** @type {any} */ (OpenRouterError);

/** What is wrong with an option. @param {string} message */
export const invalid = (message) => new Fault({ code: "invalid-request", message });

/** @param {import("../errors.js").ErrorFields} fields @param {{ cause?: unknown }} [more] */
export const fault = (fields, more) => new Fault(fields, more);

/** What was thrown, in words: a plain object by its fields. @param {unknown} thrown */
export function wordsOf(thrown) {
  if (thrown instanceof Error || typeof thrown !== "object") return thrown instanceof Error ? thrown.message : String(thrown);
  try {
    return redact(JSON.stringify(thrown)).slice(0, 300);
  } catch {
    return "something that says nothing of itself";
  }
}

/** The error of a getter in the options, or of a revoked proxy, is told as what it is. @template T @param {() => T} read @returns {T} */
export function readingOptions(read) {
  try {
    return read();
  } catch (cause) {
    if (OpenRouterError.isInstance(cause)) throw cause;
    throw invalid(`options: cannot be read: ${cause instanceof Error ? cause.message : "they throw when they are looked at"}`);
  }
}

/** Whether a connection was never made, by the words of the platform. @param {unknown} cause */
export function isNeverSent(cause) {
  let words = "";
  try {
    for (let inner = /** @type {any} */ (cause), depth = 0; inner && depth < 4; inner = inner.cause, depth += 1) words += ` ${inner.code} ${wordsOf(inner)}`;
  } catch {
    // A getter that throws: it says no more.
  }
  return NEVER_SENT.test(words);
}
