// Texts that a command takes: as words, as the lines of a file, or as the lines that are piped in.
import { usageError } from "./failures.js";
import { textFile } from "./input-file.js";
import { isPiped, readAll } from "./input.js";

/** @import { Given } from "./command.js" */

/**
 * One text an argument, or a line; lines without anything are none.
 * @param {Given} given @param {string} name @returns {Promise<string[]>}
 */
export async function linesGiven({ positionals, values, stdin, signal }, name) {
  if (positionals.length > 0 && values.file !== undefined) throw usageError(`${name} or --file, not both`);
  if (positionals.length > 0) return positionals;
  const text = values.file !== undefined ? await textFile(values.file, "--file") : isPiped(stdin) ? await readAll(stdin, signal) : undefined;
  const lines = text?.split(/\r?\n/).filter((line) => line.trim() !== "");
  if (!lines || lines.length === 0) throw usageError(`${name} is missing: as arguments, as lines of --file FILE, or piped in`);
  return lines;
}
