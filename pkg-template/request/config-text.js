// OpenClaw's configuration files are JSON5. The library is bundled into this module when the package is built, so that the package
// depends on none; a reader in the engine would be five times its size.
import parse from "json5/lib/parse.js";
import { describe, invalidRequest } from "../first-part.js";

/**
 * Strings, comments and names are passed over as they are. What is left of `digit_digit` is a separator, as JavaScript has it and as
 * OpenClaw's own documentation writes it; JSON5 knows none.
 */
const SEPARATOR = /"(?:[^"\\]|\\[^])*"|'(?:[^'\\]|\\[^])*'|\/\/.*|\/\*[^]*?\*\/|[$_\p{L}][$\w\p{L}]*|(\d)_(?=\d)/gu;

/** JSON5 text as JSON text. @param {string} text */
export function jsonOf(text) {
  let value;
  try {
    value = parse(text.replace(SEPARATOR, (all, digit) => digit ?? all));
  } catch (cause) {
    const { lineNumber, columnNumber, message } = /** @type {any} */ (cause);
    throw invalidRequest(`config: line ${lineNumber}, column ${columnNumber}: ${message.replace(/^JSON5: /, "").replace(/ at \d+:\d+$/, "")}`, cause);
  }
  try {
    return JSON.stringify(value, (key, inner) => {
      if (typeof inner === "number" && !Number.isFinite(inner)) throw new TypeError(`${key} is ${inner}`);
      return inner;
    });
  } catch (cause) {
    throw invalidRequest(`config: cannot be read: ${cause instanceof Error ? cause.message : describe(cause)}`, cause);
  }
}
