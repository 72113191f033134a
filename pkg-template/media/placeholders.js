// Files travel around the engine and not through it: its memory grows by what passes and never shrinks. It is told how a file begins and
// writes a placeholder where the file belongs; of an answer it gets what is left when the files are taken out.

/** Letters of a file that the engine sees: enough to tell its kind. */
const HEAD_LETTERS = 96;
/** Strings from this length on are taken out of an answer if they are base64. */
const MIN_LENGTH = 1024;
/** Bodies from this length on go as a Blob: no copy of the whole as one string and then once more as bytes. */
const MIN_BLOB_LENGTH = 65_536;
const NO_LETTER = /[^A-Za-z0-9+/=_-]/g;

/** The files of one call. */
export class Placeholders {
  // Not to be guessed, so that no text of anybody's can be taken for a placeholder.
  #prefix = `@media-${Array.from(crypto.getRandomValues(new Uint32Array(2)), (word) => word.toString(36)).join("")}:`;
  /** @type {string[]} */
  #texts = [];
  /** @type {Map<string, number>} */
  #numbers = new Map();

  /** @param {string} base64  nothing in it that JSON would escape */
  put(base64) {
    // The same image twice is the same placeholder, by which the engine knows it.
    const number = this.#numbers.get(base64) ?? this.#texts.push(base64) - 1;
    this.#numbers.set(base64, number);
    return { placeholder: `${this.#prefix}${number}.`, head: base64.slice(0, HEAD_LETTERS) };
  }

  /**
   * A body with the files in the places of their placeholders.
   * @param {string} text
   * @returns {string | Blob}
   */
  bodyOf(text) {
    const pieces = text.split(this.#prefix);
    const parts = [pieces[0]];
    let length = 0;
    for (const piece of pieces.slice(1)) {
      const end = piece.indexOf(".");
      const file = this.#texts[Number(piece.slice(0, end))];
      length += file.length;
      parts.push(file, piece.slice(end + 1));
    }
    return length < MIN_BLOB_LENGTH ? parts.join("") : new Blob(parts);
  }

  /** JSON without its files, for the engine. @param {unknown} value */
  takeOut(value) {
    return JSON.stringify(value, (_, inner) => (typeof inner === "string" ? this.#replaced(inner) : inner));
  }

  /** The file that a text of the engine's stands for. @param {string} text */
  fileOf(text) {
    const at = text.indexOf(this.#prefix);
    return at < 0 ? text : this.#texts[Number(text.slice(at + this.#prefix.length, -1))];
  }

  /** @param {string} text */
  #replaced(text) {
    if (text.includes(";base64,")) {
      let out = "", from = 0;
      for (let at = text.indexOf(";base64,"); at >= 0; at = text.indexOf(";base64,", from)) {
        const start = at + 8;
        NO_LETTER.lastIndex = start;
        const end = NO_LETTER.exec(text)?.index ?? text.length;
        out += text.slice(from, start) + (end > start ? this.#withHead(text.slice(start, end)) : "");
        from = end;
      }
      return out + text.slice(from);
    }
    return text.length >= MIN_LENGTH && !/[^A-Za-z0-9+/_\s-]/.test(text.slice(0, MIN_LENGTH / 2)) ? this.#withHead(text) : text;
  }

  /** @param {string} base64 */
  #withHead(base64) {
    const { placeholder, head } = this.put(base64);
    return head + placeholder;
  }
}
