/** The fields of a script, what each may hold, and which exclude each other. A typo in a test must fail the test, not silently change nothing. */

/** @import { Script } from "../simulator.d.ts" */

/**
 * @typedef {object} Rule
 * @property {string} is completes the sentence "script.x must be …"
 * @property {(value: any) => boolean} fits
 * @property {Record<string, Rule>} [fields] rules for the fields of an object
 * @property {Rule} [each] the rule for the entries of an array
 */

/** @param {unknown} value */
const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);
/** @param {unknown} value */
const isCount = (value) => Number.isInteger(value) && Number(value) >= 0;

/** @type {Rule} */
const text = { is: "a string", fits: (value) => typeof value === "string" };
/** @type {Rule} */
const textOrNull = { is: "a string or null", fits: (value) => value === null || typeof value === "string" };
/** @type {Rule} */
const flag = { is: "true or false", fits: (value) => typeof value === "boolean" };
/** @type {Rule} */
const count = { is: "a whole number, 0 or more", fits: isCount };
/** @type {Rule} */
const positive = { is: "a whole number, 1 or more", fits: (value) => isCount(value) && value > 0 };
/** @type {Rule} */
const milliseconds = { is: "a number of milliseconds, 0 or more", fits: (value) => Number.isFinite(value) && value >= 0 };
/** @type {Rule} */
const everyMs = { is: "a number of milliseconds above 0", fits: (value) => Number.isFinite(value) && value > 0 };
/** @type {Rule} */
const object = { is: "an object", fits: isObject };
/** @type {Rule} */
const deltas = {
  is: "a string, or an array of strings (one a delta)",
  fits: (value) => typeof value === "string" || (Array.isArray(value) && value.every((entry) => typeof entry === "string")),
};
/** @type {Rule} */
const textOrObject = { is: "a string or an object", fits: (value) => typeof value === "string" || isObject(value) };
/**
 * @param {...string} names
 * @returns {Rule}
 */
const oneOf = (...names) => ({ is: names.map((name) => JSON.stringify(name)).join(" or "), fits: (value) => names.includes(value) });
/**
 * @param {Rule} each
 * @param {string} is
 * @returns {Rule}
 */
const arrayOf = (each, is) => ({ is, fits: Array.isArray, each });

/** @type {Record<keyof Script, Rule>} */
export const SCRIPT_FIELDS = {
  status: { is: "a whole number from 200 to 599", fits: (value) => isCount(value) && value >= 200 && value <= 599 },
  headers: {
    is: "an object of valid header names and string values",
    fits: (value) => isObject(value) && Object.values(value).every((entry) => typeof entry === "string") && areHeaders(value),
  },
  body: textOrObject,
  contentType: text,
  text: deltas,
  reasoning: deltas,
  reasoningDetails: arrayOf(
    { is: "an object (one detail) or an array of objects (the details of one delta)", fits: (value) => isObject(value) || isObjects(value) },
    "an array of details",
  ),
  reasoningField: oneOf("reasoning", "reasoning_content", "reasoning_text"),
  toolCalls: arrayOf({ ...object, fields: { id: text, name: text, arguments: textOrObject, deltaBytes: count } }, "an array of tool calls"),
  images: arrayOf(text, "an array of URLs"),
  audio: { ...object, fields: { data: text, transcript: text, id: text, expiresAt: count } },
  annotations: arrayOf(object, "an array of annotations"),
  citations: arrayOf(text, "an array of URLs"),
  refusal: text,
  finishReason: textOrNull,
  nativeFinishReason: textOrNull,
  usage: { is: "an object or null", fits: (value) => value === null || isObject(value) },
  usageChoices: oneOf("empty", "filled"),
  finishTwice: flag,
  model: text,
  provider: text,
  id: text,
  comments: {
    is: "a whole number or {count, everyMs, text}",
    fits: (value) => isCount(value) || isObject(value),
    fields: { count, everyMs, text },
  },
  error: {
    ...object,
    fields: { afterChunks: count, error: object, where: oneOf("top", "choice"), withUsage: flag, finishReason: textOrNull, done: flag },
  },
  chunks: arrayOf(textOrObject, "an array of strings and objects"),
  raw: { is: "a string or a Uint8Array", fits: (value) => typeof value === "string" || value instanceof Uint8Array },
  lineEnding: { is: '"\\n", "\\r\\n" or "\\r"', fits: (value) => ["\n", "\r\n", "\r"].includes(value) },
  bom: flag,
  doneToken: textOrNull,
  chunkBytes: {
    is: '"event", a whole number above 0, or an array of such numbers',
    fits: (value) => value === "event" || positive.fits(value) || (Array.isArray(value) && value.length > 0 && value.every(positive.fits)),
  },
  delayMs: milliseconds,
  chunkDelayMs: milliseconds,
  stallAfterBytes: count,
  stallAfterChunks: count,
  stallWithComments: everyMs,
  cutAfterBytes: count,
  cutAfterChunks: count,
  endAfterBytes: count,
  endAfterChunks: count,
  json: flag,
  networkError: flag,
};

/** @param {unknown} value */
function isObjects(value) {
  return Array.isArray(value) && value.every(isObject);
}

/** @param {Record<string, string>} value */
function areHeaders(value) {
  try {
    return Boolean(new Headers(value));
  } catch {
    return false;
  }
}

/** The kinds of values that the fields of other families have too. */
export const KINDS = { text, textOrNull, flag, count, positive, milliseconds, object, oneOf, arrayOf };

/** What the answer says. A script with none of these lets the simulator speak for itself. */
export const CONTENT_FIELDS = /** @type {const} */ ([
  "text", "reasoning", "reasoningDetails", "toolCalls", "images", "audio", "annotations", "refusal", "chunks", "raw",
]);

/** Ways a body may stop before its end: at most one of them. */
export const STOP_FIELDS = /** @type {const} */ ([
  "stallAfterBytes", "stallAfterChunks", "cutAfterBytes", "cutAfterChunks", "endAfterBytes", "endAfterChunks",
]);
