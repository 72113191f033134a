// Markdown on a terminal, while it comes: marks become bold and dim as soon as it is known what they are. Nothing is reflowed, so that what
// was printed stays.

/** @import { Style } from "./style.js" */

/** What a line may begin with, and not yet be told: a heading, a bullet, a fence, a quote, a number. */
const UNDECIDED = /^(?: {0,3}(?:#{1,6}|`{1,}|~{1,}|[-*+>]|\d{1,3}[.)]?)?| {4,})$/;
const FENCE = /^\s{0,3}(`{3,}|~{3,})/;

export class MarkdownPrinter {
  #style;
  #write;
  /** Of the line that has not been told apart from others, or a mark that may go on. */
  #held = "";
  #isAtStart = true;
  /** The marks of the code block that is open. */
  #fence = "";
  #isHeading = false;
  #isBold = false;
  #isCode = false;

  /** @param {Style} style @param {(text: string) => Promise<void>} write */
  constructor(style, write) {
    this.#style = style;
    this.#write = write;
  }

  /** @param {string} text */
  async add(text) {
    this.#held += text;
    await this.#write(this.#take(false));
  }

  async end() {
    await this.#write(this.#take(true));
  }

  /** What can be shown of what is held. @param {boolean} isLast */
  #take(isLast) {
    let shown = "";
    while (this.#held !== "") {
      const end = this.#held.indexOf("\n");
      const isWhole = end >= 0 || isLast;
      const line = end < 0 ? this.#held : this.#held.slice(0, end);
      if (this.#isAtStart) {
        // A fence's line counts whole: its language stands behind the marks.
        if (!isWhole && (UNDECIDED.test(line) || FENCE.test(line) || this.#fence !== "")) break;
        const fence = FENCE.exec(line)?.[1];
        if (this.#fence !== "" || fence) {
          shown += this.#block(line, fence) + (end < 0 ? "" : "\n");
          this.#held = end < 0 ? "" : this.#held.slice(end + 1);
          continue;
        }
        const rest = this.#begin(line);
        shown += rest.shown;
        this.#held = rest.left + (end < 0 ? "" : this.#held.slice(end));
        this.#isAtStart = false;
      }
      const { done, text } = this.#inline(isWhole);
      shown += text;
      if (!done) break;
    }
    return shown;
  }

  /** A line of a code block, or one that begins or ends it. @param {string} line @param {string | undefined} fence */
  #block(line, fence) {
    if (this.#fence === "") {
      this.#fence = /** @type {string} */ (fence);
      return this.#style.dim(line);
    }
    if (fence && fence[0] === this.#fence[0] && fence.length >= this.#fence.length && line.trim() === fence) {
      this.#fence = "";
      return this.#style.dim(line);
    }
    return this.#style.green(line);
  }

  /** @param {string} line */
  #begin(line) {
    const heading = /^ {0,3}(#{1,6}) +/.exec(line);
    if (heading) {
      this.#isHeading = true;
      return { shown: "", left: line.slice(heading[0].length) };
    }
    const bullet = /^(\s*)[-*+] +/.exec(line);
    if (bullet && !/^\s*([-*])(?: *\1){2,} *$/.test(line)) return { shown: `${bullet[1]}• `, left: line.slice(bullet[0].length) };
    const quote = /^ {0,3}> ?/.exec(line);
    if (quote) return { shown: this.#style.dim("│ "), left: line.slice(quote[0].length) };
    return { shown: "", left: line };
  }

  /** The rest of a line, as far as its marks are known. @param {boolean} isWhole */
  #inline(isWhole) {
    let text = "", run = "";
    const flush = () => {
      text += this.#paint(run);
      run = "";
    };
    let at = 0;
    const held = this.#held;
    for (; at < held.length; at++) {
      const character = held[at];
      if (character === "\n") {
        flush();
        this.#held = held.slice(at + 1);
        [this.#isAtStart, this.#isHeading, this.#isBold, this.#isCode] = [true, false, false, false];
        return { done: true, text: `${text}\n` };
      }
      if (character === "`" || (character === "*" && !this.#isCode)) {
        if (at + 1 === held.length && !isWhole) break;
        const isDouble = held[at + 1] === character;
        if (character === "`" && isDouble) {
          // A run of them is no mark that is painted.
          while (held[at] === "`") run += held[at++];
          at--;
          continue;
        }
        // A mark that this line does not close may be a mark of nothing: it is shown, and what follows is not painted.
        const isOpen = character === "`" ? this.#isCode : this.#isBold;
        if (character === "`" || isDouble) {
          const mark = character === "*" ? "**" : "`";
          const isClosed = isOpen || held.slice(at + mark.length).split("\n", 1)[0].includes(mark);
          if (!isClosed && !isWhole) break;
          if (isClosed) {
            flush();
            if (character === "*") this.#isBold = !this.#isBold;
            else this.#isCode = !this.#isCode;
            at += mark.length - 1;
            continue;
          }
        }
        run += character;
        continue;
      }
      run += character;
    }
    flush();
    this.#held = held.slice(at);
    return { done: false, text };
  }

  /** @param {string} text */
  #paint(text) {
    if (text === "") return "";
    if (this.#isCode) return this.#style.green(text);
    return this.#isHeading || this.#isBold ? this.#style.bold(text) : text;
  }
}
