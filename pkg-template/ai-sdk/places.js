// What the converters refuse and what they note, each with its place in what the caller gave.
import { reading } from "../caller-objects.js";
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

/** A copy of the options: no getter is asked twice. @param {any} given @param {readonly string[]} names  that they may have @returns {any} */
export function checkedOptions(given, names) {
  if (typeof given !== "object" || given === null) throw invalidRequest("options: must be an object");
  const options = reading("options", () => ({ ...given }));
  const stray = Object.keys(options).find((name) => !names.includes(name) && options[name] !== undefined);
  if (stray !== undefined) throw invalidRequest(`${stray}: there is no such option here; these are: ${names.join(", ")}`);
  return options;
}

/**
 * Reads messages of the caller's, and asks functions of theirs: an error of a function stays what it is.
 * @template T
 * @param {(((...given: any[]) => any) | undefined)[]} functions @param {(...functions: any[]) => T} read  is given each of them
 * @returns {T}
 */
export function readingMessages(functions, read) {
  /** @type {{ thrown: unknown } | undefined} */
  let own;
  const noted = (/** @type {(...given: any[]) => any} */ call) => (/** @type {any[]} */ ...given) => {
    try {
      return call(...given);
    } catch (thrown) {
      own = { thrown };
      throw thrown;
    }
  };
  const outcome = reading("messages", () => {
    try {
      return { value: read(...functions.map((call) => call && noted(call))) };
    } catch (thrown) {
      if (own) return own;
      throw thrown;
    }
  });
  if ("thrown" in outcome) throw outcome.thrown;
  return outcome.value;
}
