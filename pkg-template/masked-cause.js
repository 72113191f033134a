// What the platform threw, without the key: there are fetches that put the headers they refuse into their message.
import { withoutKey } from "./errors.js";

/** Causes of causes, fields of fields. */
const DEEPEST = 4;
const MOST_FIELDS = 100;

/**
 * The same object where no key is in it, so that it can be compared and its class is known; else a copy of the same shape.
 * @param {unknown} cause @param {string} secret @param {number} [depth]
 * @returns {unknown}
 */
export function maskedCause(cause, secret, depth = 0) {
  if (typeof cause === "string") return withoutKey(cause, secret);
  if (typeof cause !== "object" || cause === null) return cause;
  const masked = fieldsOf(cause).map(([name, value]) => [name, depth < DEEPEST ? maskedCause(value, secret, depth + 1) : undefined, value]);
  if (masked.every(([, now, before]) => Object.is(now, before))) return cause;
  if (Array.isArray(cause)) return masked.map(([, now]) => now);
  /** @type {any} */
  const copy = cause instanceof Error ? new Error() : {};
  for (const [name, value] of masked) Object.defineProperty(copy, /** @type {string} */ (name), { value, configurable: true, writable: true, enumerable: Object.keys(cause).includes(/** @type {string} */ (name)) });
  return copy;
}

/** Own fields, and of errors those that are hidden or inherited. @param {object} object @returns {[string, unknown][]} */
function fieldsOf(object) {
  const isError = object instanceof Error || (typeof DOMException !== "undefined" && object instanceof DOMException);
  const names = new Set([...(isError ? ["name", "message", "stack", "cause"] : []), ...Object.keys(object).slice(0, MOST_FIELDS)]);
  /** @type {[string, unknown][]} */
  const fields = [];
  for (const name of names) {
    try {
      const value = /** @type {any} */ (object)[name];
      if (value !== undefined && value !== object) fields.push([name, value]);
    } catch {
      // A getter that throws shows nothing to a log either.
    }
  }
  return fields;
}
