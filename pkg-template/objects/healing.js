// The object in a text that was to be nothing but one. What can be told without guessing is, and said; what is missing is never made up.
import { jsonOf } from "../request/config-text.js";

/**
 * @typedef {object} Reading
 * @property {unknown} value
 * @property {string[]} healed  what had to be done for it, in words
 */

/** Texts beyond this are read as they are. */
const MAX_HEALED_CHARS = 4 << 20;
/** More of them are no answer. */
const MAX_VALUES = 16;

/**
 * The values that a text may mean: one, unless several stand in it. An empty list says that there is none.
 * @param {string} text
 * @param {{ isCut: boolean }} how  `isCut`: the answer broke off, so that nothing is closed and nothing taken out of it but a whole value
 * @returns {Reading[]}
 */
export function readingsOf(text, { isCut }) {
  const trimmed = text.replace(/^\ufeff/, "").trim();
  const whole = strict(trimmed);
  if (whole) return [unquoted(whole.value)];
  if (trimmed === "" || trimmed.length > MAX_HEALED_CHARS) return [];
  const fenced = [...trimmed.matchAll(/```[\w-]*[ \t]*\r?\n([^]*?)```/g)].map(([, inner]) => inner.trim());
  const inFences = fenced.flatMap((inner) => asOne(inner, ["it stood in a code fence"]));
  if (inFences.length > 0) return inFences;
  const opened = /^```[\w-]*[ \t]*\r?\n([^]*)$/.exec(trimmed);
  const outside = opened ? opened[1].trim() : trimmed;
  const first = outside.search(/[{[]/);
  if (first < 0) return [];
  const alone = asOne(outside, opened ? ["its code fence was never closed"] : []);
  if (alone.length > 0) return alone;
  const { found, isOpen } = valuesIn(outside);
  if (found.length > 0 && !(isCut && isOpen)) return found;
  // Of a cut answer nothing is closed; and what a broken value holds inside of it is not what was asked for.
  if (isCut || found.length > 0) return [];
  const closed = closeBrackets(outside.slice(first));
  if (closed === undefined) return [];
  return asOne(closed, [...(first > 0 ? ["there was text before it"] : []), "its closing brackets were missing"]);
}

/** @param {string} text */
function strict(text) {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

/** A whole JSON value that was written as a string of JSON. @param {unknown} value @returns {Reading} */
function unquoted(value) {
  if (typeof value !== "string" || !/^\s*[{[]/.test(value)) return { value, healed: [] };
  const inner = strict(value);
  return inner ? { value: inner.value, healed: ["it was written as a string of JSON"] } : { value, healed: [] };
}

/** A text that is one value, by JSON's grammar or nearly. @param {string} text @param {string[]} healed @returns {Reading[]} */
function asOne(text, healed) {
  const plain = strict(text);
  if (plain) return [{ value: plain.value, healed }];
  const escaped = escapeControls(text);
  const unbroken = escaped === text ? undefined : strict(escaped);
  if (unbroken) return [{ value: unbroken.value, healed: [...healed, "line breaks inside of strings were not escaped"] }];
  if (!/^[{[]/.test(text)) return [];
  try {
    return [{ value: JSON.parse(jsonOf(escaped)), healed: [...healed, "it was written as JavaScript, not as JSON (commas, quotes or comments)"] }];
  } catch {
    // Not that either: whoever asked goes on.
    return [];
  }
}

/**
 * Every outermost object or list of a text, in their order, and whether one of them does not end.
 * @param {string} text @returns {{ found: Reading[], isOpen: boolean }}
 */
function valuesIn(text) {
  /** @type {Reading[]} */
  const found = [];
  const bracket = /[{[]/g;
  for (let match = bracket.exec(text); match; match = bracket.exec(text)) {
    const start = match.index;
    const end = endOf(text, start);
    if (end === undefined) return { found, isOpen: true };
    const piece = text.slice(start, end);
    const [reading] = asOne(piece, ["there was text around it"]);
    // Brackets in prose are none; in what begins as JSON and is none, nothing is looked for.
    if (!reading && /^(\{\s*["}]|\[\s*[[{"\d\]])/.test(piece)) return { found: [], isOpen: false };
    if (reading) {
      found.push(reading);
      bracket.lastIndex = end;
    }
    if (found.length > MAX_VALUES) break;
  }
  return { found, isOpen: false };
}

/** Behind the bracket that closes the one at `start`. @param {string} text @param {number} start */
function endOf(text, start) {
  let depth = 0, inString = false;
  for (let at = start; at < text.length; at++) {
    const char = text[at];
    if (inString) {
      if (char === "\\") at++;
      else if (char === '"') inString = false;
    } else if (char === '"') inString = true;
    else if (char === "{" || char === "[") depth++;
    else if ((char === "}" || char === "]") && --depth === 0) return at + 1;
  }
  return undefined;
}

/** What is missing at the end, when that is brackets alone: a string, a key or a word that is open would be a guess. @param {string} text */
function closeBrackets(text) {
  /** @type {string[]} */
  const open = [];
  let inString = false, last = "";
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (inString) {
      if (char === "\\") at++;
      else if (char === '"') inString = false;
      continue;
    }
    if (char === '"') inString = true;
    else if (char === "{") open.push("}");
    else if (char === "[") open.push("]");
    else if (char === "}" || char === "]") {
      if (open.pop() !== char) return undefined;
      if (open.length === 0) return undefined;
    }
    if (!/\s/.test(char)) last = char;
  }
  if (inString || last === ":" || last === "," || open.length === 0) return undefined;
  const closed = text.trimEnd() + open.reverse().join("");
  // A word that broke off (`tru`) or a key without a value is no JSON still.
  return strict(escapeControls(closed)) ? closed : undefined;
}

/** Line breaks and tabs inside of strings, spelled out. @param {string} text */
function escapeControls(text) {
  if (!/[\n\r\t]/.test(text)) return text;
  return text.replace(/"(?:[^"\\]|\\[^])*"/g, (string) => string.replaceAll("\n", "\\n").replaceAll("\r", "\\r").replaceAll("\t", "\\t"));
}
