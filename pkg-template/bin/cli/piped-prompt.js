// A text for a model: the words of the command line, else what is piped in.
import { wordsOf } from "./command.js";
import { isPiped, readAll } from "./input.js";
import { usageError } from "./failures.js";

/** @import { Given } from "./command.js" */

/** @param {Given} given @param {string} name  for the error */
export async function promptOf(given, name) {
  if (given.positionals.length > 0 || !isPiped(given.stdin) || given.values["api-key-file"] === "-") return wordsOf(given, name);
  const text = (await readAll(given.stdin, given.signal)).trim();
  if (text === "") throw usageError(`${name} is missing: standard input is empty`);
  return text;
}
