// A text that comes in small pieces.

/** Joined so many at a time: a string made by `+=` of a million pieces is a chain of a million links, eight times as long as the text. */
const PIECES = 512;

export class GrowingText {
  /** @type {string[]} */
  #pieces = [];
  #text = "";

  /** @param {string} piece */
  add(piece) {
    if (this.#pieces.push(piece) === PIECES) this.#join();
  }

  #join() {
    this.#text += this.#pieces.join("");
    this.#pieces.length = 0;
  }

  toString() {
    if (this.#pieces.length > 0) this.#join();
    return this.#text;
  }

  clear() {
    this.#pieces.length = 0;
    this.#text = "";
  }
}
