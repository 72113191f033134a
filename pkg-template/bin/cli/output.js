// Standard output and error: written in order, waited for, silent once nobody reads. The one door of everything that is printed, names and
// words of strangers among it: what a terminal would obey stays out, whoever wrote it, also where a pipe or a log is what shows it in the end.
import { BrokenPipe, CliError, fileFault } from "./failures.js";
import { printableJson } from "../../terminal-text.js";
import { hasColours, printable, styleOf } from "./style.js";

/** @import { Style } from "./style.js" */

export class Output {
  #stream;
  /** Why nothing is written any more. @type {BrokenPipe | CliError | undefined} */
  failure;
  /** Whether the last thing written ended its line. */
  isAtLineStart = true;
  isTerminal;
  /** @type {Style} */
  style;

  /**
   * @param {NodeJS.WriteStream} stream
   * @param {Record<string, string | undefined>} env
   * @param {(reason: BrokenPipe | CliError) => void} [onFailure]
   */
  constructor(stream, env, onFailure) {
    this.#stream = stream;
    this.isTerminal = stream.isTTY === true;
    this.style = styleOf(hasColours(stream, env));
    stream.on("error", (/** @type {NodeJS.ErrnoException} */ error) => {
      this.failure ??= error.code === "EPIPE" ? new BrokenPipe() : new CliError(`standard output: ${fileFault(error)}`, undefined, { cause: error });
      onFailure?.(this.failure);
    });
  }

  /** As wide as the terminal is now. */
  get columns() {
    return this.#stream.columns || 80;
  }

  /** What the line editor draws: what the person types or pastes, and the moves of its own cursor. @param {string} text */
  async draw(text) {
    await this.#send(text.replace(/[\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g, ""));
    this.isAtLineStart = /[\r\n]$/.test(text);
  }

  /** A text for a reader, of whomever it is. @param {string} text */
  async write(text) {
    if (text !== "") this.isAtLineStart = text.endsWith("\n");
    await this.#send(printable(text));
  }

  /** What was asked for: a file gets an answer to its last character, a terminal what it can show; bytes go as they are. @param {string | Uint8Array} data */
  async data(data) {
    if (typeof data === "string" && this.isTerminal) return this.write(data);
    if (typeof data === "string" && data !== "") this.isAtLineStart = data.endsWith("\n");
    await this.#send(data);
  }

  /** Waits while the reader is slow: a model is faster than many pipes. @param {string | Uint8Array} data */
  async #send(data) {
    if (this.failure || data.length === 0) return;
    if (typeof data !== "string") this.isAtLineStart = data.at(-1) === 10;
    if (this.#stream.write(data)) return;
    const stream = this.#stream;
    await new Promise((/** @type {(value?: unknown) => void} */ resolve) => {
      const done = () => {
        for (const name of ["drain", "error", "close"]) stream.off(name, done);
        resolve();
      };
      for (const name of ["drain", "error", "close"]) stream.on(name, done);
    });
  }

  /** @param {string} text */
  async line(text) {
    await this.write(`${text}\n`);
  }

  /** @param {unknown} value */
  async json(value) {
    await this.line(printableJson(JSON.stringify(value, null, 2)));
  }

  /** In place of what the line of a terminal showed. @param {string} text */
  async redraw(text) {
    await this.#send(`\r${printable(text)}`);
    this.isAtLineStart = false;
  }

  async clearLine() {
    await this.#send("\r\u001b[2K");
    this.isAtLineStart = true;
  }

  /** The last character that was typed. */
  async erase() {
    await this.#send("\b \b");
  }

  async endLine() {
    if (!this.isAtLineStart) await this.write("\n");
  }

  /** Until everything has left: a process that exits forgets what it holds. */
  async flush() {
    if (!this.failure) {
      await new Promise((/** @type {(value?: unknown) => void} */ resolve) => {
        this.#stream.once("error", () => resolve());
        this.#stream.write("", () => resolve());
      });
    }
    // A failure is told one turn later than the write returns.
    await new Promise((resolve) => setImmediate(resolve));
  }
}
