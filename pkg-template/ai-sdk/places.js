// What the converters refuse and what they note, each with its place in what the caller gave.
import { invalidRequest } from "../errors.js";

/** @import { Change } from "../index.js" */

/**
 * Where a converter tells what it left out.
 * @typedef {(warning: Change) => void} Warn
 */

/** @param {unknown} value @param {string} place @returns {any[]} */
export function arrayAt(value, place) {
  if (!Array.isArray(value)) throw invalidRequest(`${place}: must be an array`);
  return value;
}

/** @param {any} value @param {string} place @returns {any} */
export function objectAt(value, place) {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw invalidRequest(`${place}: must be an object`);
  return value;
}

/** @param {any} value @param {string} place @returns {string} */
export function stringAt(value, place) {
  if (typeof value !== "string") throw invalidRequest(`${place}: must be a string`);
  return value;
}

/** @param {any} options @returns {Warn} */
export function warnOf(options) {
  const { onWarning } = options;
  if (onWarning !== undefined && typeof onWarning !== "function") throw invalidRequest("onWarning: must be a function");
  return onWarning ?? (() => {});
}

/** @param {any} options @param {readonly string[]} names  that it may have */
export function checkOptions(options, names) {
  if (typeof options !== "object" || options === null) throw invalidRequest("options: must be an object");
  const stray = Object.keys(options).find((name) => !names.includes(name) && options[name] !== undefined);
  if (stray !== undefined) throw invalidRequest(`${stray}: there is no such option here; these are: ${names.join(", ")}`);
}
