// What a command is and what it is given.

/** @import { ClientOptions, OpenRouter } from "../../index.js" */
/** @import { Option, Values } from "./arguments.js" */
/** @import { Output } from "./output.js" */
/** @import { Progress } from "./progress.js" */

/**
 * @typedef {object} Command
 * @property {string} name  one word or two
 * @property {string} summary
 * @property {string} usage  what follows the name
 * @property {string} [details]
 * @property {readonly string[]} examples
 * @property {Record<string, Option>} options
 * @property {(given: Given) => Promise<number | void>} run  gives the exit code when it is not 0
 */

/** Who takes a Ctrl-C in place of the program's end, while there is somebody. @typedef {{ handler?: () => void }} Interrupts */

/**
 * Everything that a command touches, so that a test can stand in for all of it.
 * @typedef {object} Given
 * @property {Values} values
 * @property {string[]} positionals
 * @property {(more?: ClientOptions) => Promise<OpenRouter>} client  made when it is asked for: not every command needs a key
 * @property {Output} out
 * @property {Output} err
 * @property {NodeJS.ReadStream} stdin
 * @property {Progress} progress
 * @property {(text: string) => Promise<void>} note  a line on stderr, unless --quiet
 * @property {AbortSignal} signal
 * @property {Interrupts} interrupts
 * @property {Record<string, string | undefined>} env
 * @property {string} platform
 * @property {string} folder  the user's own
 */

import { usageError } from "./failures.js";

/** @param {Given} given @param {number} most @param {string} what */
export function atMost({ positionals }, most, what) {
  if (positionals.length > most) throw usageError(`unexpected argument ${JSON.stringify(positionals[most])}: ${what}`);
}

/** @param {Given} given @param {string} name */
export function oneArgument(given, name) {
  atMost(given, 1, `one ${name} is taken`);
  const [value] = given.positionals;
  if (value === undefined || value.trim() === "") throw usageError(`${name} is missing`);
  return value;
}

/** Words without quotes around them are one text. @param {Given} given @param {string} name */
export function wordsOf(given, name) {
  const text = given.positionals.join(" ").trim();
  if (text === "") throw usageError(`${name} is missing`);
  return text;
}

/** Without the names whose value is not given. @template {object} T @param {T} object @returns {T} */
export function given(object) {
  return /** @type {T} */ (Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)));
}
