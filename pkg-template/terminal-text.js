// What a terminal must not be told to do, whoever shows it a text: the command line, a server's log.

/** Embeddings, overrides and isolates of direction. */
const TURNS = /[\u202a-\u202e\u2066-\u2069]/g;

/** @param {string} character */
const codeOf = (character) => character.charCodeAt(0).toString(16).padStart(4, "0");

/**
 * A text from elsewhere, unable to move the cursor, rename the window or fill the clipboard: terminals obey what they are shown. What would turn
 * the direction of the letters behind it, so that a name or an address reads as another, is shown by its number; separators of lines and
 * paragraphs are blanks.
 * @param {string} text
 */
export function withoutControls(text) {
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, "").replace(/[\u2028\u2029]/g, " ").replace(TURNS, (turn) => `<U+${codeOf(turn).toUpperCase()}>`);
}

/** JSON text that shows nothing but itself: `JSON.stringify` escapes the controls below a blank alone. @param {string} json */
export function printableJson(json) {
  return json.replace(/[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g, (character) => `\\u${codeOf(character)}`);
}
