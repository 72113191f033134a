// What the platform threw, without the key: there are fetches that put the headers they refuse into their message, and the request beside it.
import { withoutKey } from "./errors.js";

/** Causes of causes, fields of fields, and fields of one object. */
const DEEPEST = 8;
const MOST_FIELDS = 100;
/** Of all together: a proxy can make up new ones for ever. */
const MOST_OBJECTS = 2000;
/** Of errors, whether they are fields of their own or of their class. */
const OF_ERRORS = ["name", "message", "stack", "cause"];

/**
 * The same object where no key is in it, so that it can be compared and its class is known; else a copy of the same shape. What cannot be looked
 * into (a socket, the state of somebody's class) is replaced by the name of its class.
 * @param {unknown} cause @param {string} secret
 * @returns {unknown}
 */
export function maskedCause(cause, secret) {
  try {
    return isClean(cause, secret, new Set(), 0) ? cause : copyOf(cause, secret, new Map(), 0);
  } catch {
    // A revoked proxy cannot even be asked what it is.
    return "[Object]";
  }
}

/**
 * Why a text is no JSON, for `cause`: engines quote a few characters of it, which may be half of a key.
 * @param {string} text @param {string} [secret]
 * @returns {unknown}
 */
export function jsonFault(text, secret = "") {
  try {
    JSON.parse(withoutKey(text, secret));
  } catch (cause) {
    return cause;
  }
  return undefined;
}

/** @param {unknown} value @param {string} secret @param {Set<unknown>} seen @param {number} depth @returns {boolean} */
function isClean(value, secret, seen, depth) {
  if (typeof value === "string") return withoutKey(value, secret) === value;
  if (typeof value === "symbol") return isClean(value.description ?? "", secret, seen, depth);
  if (typeof value === "function") return false;
  if (typeof value !== "object" || value === null || seen.has(value)) return true;
  seen.add(value);
  const parts = depth < DEEPEST && seen.size < MOST_OBJECTS ? partsOf(value) : undefined;
  return parts !== undefined && !parts.isCut && parts.items.every((part) => isClean(part, secret, seen, depth + 1));
}

/** @param {any} value @param {string} secret @param {Map<unknown, unknown>} copies @param {number} depth @returns {unknown} */
function copyOf(value, secret, copies, depth) {
  if (typeof value === "string") return withoutKey(value, secret);
  if (typeof value === "symbol") return isClean(value, secret, new Set(), 0) ? value : Symbol(withoutKey(value.description ?? "", secret));
  if (typeof value === "function") return "[Function]";
  if (typeof value !== "object" || value === null) return value;
  if (copies.has(value)) return copies.get(value);
  const parts = depth < DEEPEST && copies.size < MOST_OBJECTS ? partsOf(value) : undefined;
  if (parts === undefined) return withoutKey(`[${classOf(value)}]`, secret);
  const inner = (/** @type {unknown} */ part) => copyOf(part, secret, copies, depth + 1);
  if (value instanceof URL) return withoutKey(value.href, secret);
  if (value instanceof Date) return value;
  /** @type {any} */
  const copy = value instanceof Map ? new Map() : value instanceof Set ? new Set() : Array.isArray(value) ? [] : isError(value) ? new Error() : {};
  copies.set(value, copy);
  if (copy instanceof Map) for (const [key, item] of value) copy.set(inner(key), inner(item));
  else if (copy instanceof Set) for (const item of value) copy.add(inner(item));
  for (const [name, field, isShown] of fieldsOf(value).slice(0, MOST_FIELDS)) {
    if (Array.isArray(copy) && name === "length") continue;
    Object.defineProperty(copy, /** @type {any} */ (inner(name)), { value: inner(field), configurable: true, writable: true, enumerable: isShown });
  }
  return copy;
}

/**
 * Everything that can be seen in an object; nothing of what is foreign.
 * @param {any} value @returns {{ items: unknown[], isCut: boolean } | undefined}
 */
function partsOf(value) {
  // Fields of their own are somebody's additions.
  if (value instanceof Date || value instanceof URL) return Reflect.ownKeys(value).length > 0 ? undefined : { items: [/** @type {any} */ (value).href], isCut: false };
  const isMap = value instanceof Map || value instanceof Set;
  if (isForeign(value) && !isMap) return undefined;
  const fields = fieldsOf(value);
  const entries = isMap ? [...value].flat() : [];
  return { items: [...fields.slice(0, MOST_FIELDS).flatMap(([name, field]) => [name, field]), ...entries], isCut: fields.length > MOST_FIELDS };
}

/** Neither an error nor plain: what it holds may be private to it. @param {object} value */
function isForeign(value) {
  if (isError(value) || Array.isArray(value)) return false;
  const above = Object.getPrototypeOf(value);
  // Of another realm too.
  return above !== null && Object.getPrototypeOf(above) !== null;
}

/** @param {object} value */
const isError = (value) => value instanceof Error || Object.prototype.toString.call(value) === "[object Error]" || (typeof DOMException !== "undefined" && value instanceof DOMException);

/** @param {object} value */
function classOf(value) {
  const name = /** @type {any} */ (value).constructor?.name;
  return typeof name === "string" && name !== "" ? name : "Object";
}

/** Own fields, and of errors those that are inherited. @param {any} object @returns {[name: string | symbol, value: unknown, isShown: boolean][]} */
function fieldsOf(object) {
  const names = new Set([...(isError(object) ? OF_ERRORS : []), ...Reflect.ownKeys(object)]);
  /** @type {[string | symbol, unknown, boolean][]} */
  const fields = [];
  for (const name of names) {
    try {
      const value = object[name];
      if (value !== undefined && value !== object) fields.push([name, value, Object.prototype.propertyIsEnumerable.call(object, name)]);
    } catch {
      // A getter that throws shows nothing to a log either.
    }
  }
  return fields;
}
