// From words on the command line to values: Node's own parser tells them apart, what they may be is said here.
import { parseArgs } from "node:util";
import { usageError } from "./failures.js";

/**
 * @typedef {object} Option
 * @property {string} help
 * @property {string} [value]  what it takes, as help names it; without it the option is a switch
 * @property {string} [short]
 * @property {boolean} [multiple]
 * @property {keyof typeof NUMBERS} [number]
 * @property {readonly string[]} [choices]
 * @property {readonly string[]} [suggestions]  what a shell completes; other words are taken too
 * @property {boolean} [duration]  a time, in milliseconds when it is read
 */

/** @typedef {Record<string, any>} Values */

const NUMBERS = {
  number: { isRight: (/** @type {number} */ value) => Number.isFinite(value), words: "must be a number" },
  "at-least-zero": { isRight: (/** @type {number} */ value) => Number.isFinite(value) && value >= 0, words: "must be a number from 0 on" },
  positive: { isRight: (/** @type {number} */ value) => Number.isFinite(value) && value > 0, words: "must be > 0" },
  "positive-integer": { isRight: (/** @type {number} */ value) => Number.isSafeInteger(value) && value > 0, words: "must be a positive integer" },
  "one-to-ten": { isRight: (/** @type {number} */ value) => Number.isSafeInteger(value) && value >= 1 && value <= 10, words: "must be a whole number from 1 to 10" },
  "zero-to-one": { isRight: (/** @type {number} */ value) => value >= 0 && value <= 1, words: "must be from 0 to 1" },
  "zero-to-two": { isRight: (/** @type {number} */ value) => value >= 0 && value <= 2, words: "must be from 0 to 2" },
  integer: { isRight: (/** @type {number} */ value) => Number.isSafeInteger(value), words: "must be an integer" },
};

const UNITS_MS = /** @type {const} */ ({ "": 1, ms: 1, s: 1000, m: 60_000, min: 60_000, h: 3_600_000 });

/** `1500`, `500ms`, `30s`, `1.5m`, `1h`. @param {string} text */
function durationMs(text) {
  const [, amount, unit] = /^\s*(-?\d+(?:\.\d+)?)\s*(ms|s|m|min|h|)\s*$/i.exec(text) ?? [];
  return amount === undefined ? NaN : Number(amount) * UNITS_MS[/** @type {keyof typeof UNITS_MS} */ (unit.toLowerCase())];
}

/** Of every command. @type {Record<string, Option>} */
export const COMMON_OPTIONS = {
  "api-key-file": { value: "FILE", help: "read the key from this file (- for standard input)" },
  "auth-file": { value: "FILE", help: "read the key from an OpenClaw auth.json or auth-profiles.json" },
  "base-url": { value: "URL", help: "another base than https://openrouter.ai/api/v1 (or OPENROUTER_BASE_URL)" },
  config: { value: "FILE", help: "an OpenClaw configuration (JSON5) in place of the user's config.json" },
  timeout: { value: "MS", duration: true, help: "time limit: milliseconds, or 30s, 5m" },
  json: { help: "print JSON" },
  quiet: { short: "q", help: "nothing on stderr but errors" },
  debug: { help: "print the stack of an error" },
  help: { short: "h", help: "show this text" },
};

/**
 * @param {readonly string[]} words
 * @param {Record<string, Option>} options
 * @returns {{ values: Values, positionals: string[] }}
 */
export function readArguments(words, options) {
  const config = Object.fromEntries(
    Object.entries(options).map(([name, { value, short }]) => [name, { type: value ? /** @type {const} */ ("string") : /** @type {const} */ ("boolean"), ...(short && { short }) }]),
  );
  // Not strict: Node, Bun and Deno each word what is wrong in their own way, and none of them for a user.
  const { tokens } = parseArgs({ args: [...words], options: config, strict: false, allowPositionals: true, tokens: true });
  /** @type {Values} */
  const values = {};
  const positionals = [];
  for (const token of tokens) {
    if (token.kind === "positional") positionals.push(token.value);
    if (token.kind !== "option") continue;
    const { name, rawName } = token;
    const option = Object.hasOwn(options, name) ? options[name] : undefined;
    if (!option) throw usageError(`unknown option ${rawName}${nearest(name, Object.keys(options))}`);
    if (!option.value) {
      if (token.value !== undefined) throw usageError(`${rawName} takes no value`);
      values[name] = true;
      continue;
    }
    const { value } = token;
    // The next option is no value; a negative number is one, and "-" is standard input.
    if (value === undefined || (!token.inlineValue && /^-[^\d]/.test(value))) throw usageError(`a value is missing after ${rawName} (${option.value})`);
    const read = valueOf(name, value, option);
    if (option.multiple) (values[name] ??= []).push(read);
    else values[name] = read;
  }
  return { values, positionals };
}

/** @param {string} name @param {string} text @param {Option} option */
function valueOf(name, text, { number, choices, duration }) {
  if (duration) {
    const ms = durationMs(text);
    if (Number.isNaN(ms)) throw usageError(`--${name} must be a time: 1500 (milliseconds), 30s, 5m, 1h`);
    if (!(ms > 0)) throw usageError(`--${name} must be > 0`);
    return ms;
  }
  if (number) {
    const value = text.trim() === "" ? NaN : Number(text);
    if (!NUMBERS[number].isRight(value)) throw usageError(`--${name} ${NUMBERS[number].words}`);
    return value;
  }
  if (choices && !choices.includes(text)) throw usageError(`--${name} must be one of ${choices.join(", ")}`);
  return text;
}

/** What may have been meant. @param {string} word @param {readonly string[]} names @param {string} [dashes] */
export function nearest(word, names, dashes = "--") {
  const ranked = names.map((name) => ({ name, steps: distance(word, name) })).sort((left, right) => left.steps - right.steps);
  const best = ranked[0];
  return best && best.steps <= Math.ceil(word.length / 3) ? `; did you mean ${dashes}${best.name}?` : "";
}

/** Levenshtein's. @param {string} left @param {string} right */
export function distance(left, right) {
  let row = Array.from({ length: right.length + 1 }, (_, at) => at);
  for (let at = 1; at <= left.length; at++) {
    const next = [at];
    for (let to = 1; to <= right.length; to++) next.push(Math.min(next[to - 1] + 1, row[to] + 1, row[to - 1] + (left[at - 1] === right[to - 1] ? 0 : 1)));
    row = next;
  }
  return row[right.length];
}
