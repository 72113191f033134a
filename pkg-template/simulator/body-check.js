/** Request bodies of the media routes, checked as OpenRouter does: what is wrong is 400 and names the field; what nobody knows is let pass. */

import { ApiError } from "./errors.js";

/**
 * @typedef {object} FieldRule
 * @property {string} is completes "expected …"
 * @property {(value: any) => boolean} fits
 * @property {boolean} [required]
 * @property {FieldRule} [each] the rule for the entries of an array
 */

/** @param {unknown} value */
export const isRecord = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

/** @type {FieldRule} */
export const text = { is: "a string", fits: (value) => typeof value === "string" };
/** @type {FieldRule} */
export const flag = { is: "a boolean", fits: (value) => typeof value === "boolean" };
/** @type {FieldRule} */
export const integer = { is: "an integer", fits: Number.isInteger };
/** @type {FieldRule} */
export const record = { is: "an object", fits: isRecord };
/** @type {FieldRule} */
export const imagePart = { is: '{"type":"image_url","image_url":{"url":string}}', fits: (value) => value?.type === "image_url" && isUrlHolder(value.image_url) };

/** @type {Record<string, FieldRule>} */
export const COMMON_FIELDS = {
  model: { ...filledText(), required: true },
  user: textUpTo(256),
  session_id: textUpTo(256),
  provider: record,
  trace: record,
};

/** @returns {FieldRule} */
export function filledText() {
  return { is: "a string that is not empty", fits: (value) => typeof value === "string" && value.trim() !== "" };
}

/**
 * @param {number} length
 * @returns {FieldRule}
 */
function textUpTo(length) {
  return { is: `a string of at most ${length} characters`, fits: (value) => typeof value === "string" && value.length <= length };
}

/**
 * @param {readonly string[]} values
 * @returns {FieldRule}
 */
export function oneOf(values) {
  return { is: `one of ${values.join(", ")}`, fits: (value) => values.includes(value) };
}

/**
 * @param {number} lowest
 * @param {number} highest
 * @returns {FieldRule}
 */
export function integerFrom(lowest, highest = Infinity) {
  const range = highest === Infinity ? `of at least ${lowest}` : `from ${lowest} to ${highest}`;
  return { is: `an integer ${range}`, fits: (value) => Number.isInteger(value) && value >= lowest && value <= highest };
}

/**
 * @param {FieldRule} each
 * @param {number} [most]
 * @returns {FieldRule}
 */
export function listOf(each, most = Infinity) {
  const is = most === Infinity ? "an array" : `an array of at most ${most} entries`;
  return { is, fits: (value) => Array.isArray(value) && value.length <= most, each };
}

/** @param {unknown} value */
export function isUrlHolder(value) {
  return isRecord(value) && typeof (/** @type {any} */ (value).url) === "string" && /** @type {any} */ (value).url !== "";
}

/**
 * @param {unknown} body
 * @param {Record<string, FieldRule>} rules
 * @returns {Record<string, any>}
 */
export function checkedBody(body, rules) {
  if (!isRecord(body)) throw new ApiError(400, "The request body is not a JSON object");
  const fields = /** @type {Record<string, any>} */ (body);
  for (const [name, rule] of Object.entries(rules)) {
    const value = fields[name];
    // A null means that the field is not set.
    if (value === undefined || value === null) {
      if (rule.required) throw new ApiError(400, `Invalid request: ${name}: required, expected ${rule.is}`);
      continue;
    }
    checkValue(value, rule, name);
  }
  return fields;
}

/**
 * @param {unknown} value
 * @param {FieldRule} rule
 * @param {string} path
 */
function checkValue(value, rule, path) {
  if (!rule.fits(value)) throw new ApiError(400, `Invalid request: ${path}: expected ${rule.is}`);
  const { each } = rule;
  if (each && Array.isArray(value)) value.forEach((entry, at) => checkValue(entry, each, `${path}.${at}`));
}
