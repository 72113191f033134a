// A text that comes in small pieces.
import { OpenRouterError } from "../errors.js";

/** Joined so many at a time: a string made by `+=` of a million pieces is a chain of a million links, eight times as long as the text. */
const PIECES = 512;

export class GrowingText {
  /** @type {string[]} */
  #pieces = [];
  #text = "";
  length = 0;

  /** @param {string} piece */
  add(piece) {
    this.length += piece.length;
    if (this.#pieces.push(piece) === PIECES) this.#join();
  }

  #join() {
    const pieces = this.#pieces;
    // A piece that does not fit any more is dropped, so that the text before it can still be asked for.
    this.#pieces = [];
    try {
      this.#text += pieces.join("");
    } catch {
      throw new OpenRouterError({ code: "limit", message: `the answer's text is longer than this runtime's longest string: it ends behind ${this.#text.length} characters` });
    }
  }

  /** Whether this is all of it once more, as nobody writes it: with no blank between the two. Of a few letters one piece may be it by chance. @param {string} text */
  isAgain(text) {
    const { length } = text;
    const isTelling = length >= 12 || (length >= 4 && (this.#pieces.length > 1 || this.#text !== ""));
    return length === this.length && isTelling && text.trim() === text && `${this}` === text;
  }

  toString() {
    if (this.#pieces.length > 0) this.#join();
    return this.#text;
  }

  clear() {
    this.#pieces.length = 0;
    this.#text = "";
    this.length = 0;
  }
}
