// Standard output and error: written in order, waited for, and silent once nobody reads.
import { BrokenPipe, CliError, fileFault } from "./failures.js";
import { hasColours, styleOf, withoutControls } from "./style.js";

/** @import { Style } from "./style.js" */

export class Output {
  #stream;
  /** Why nothing is written any more. @type {BrokenPipe | CliError | undefined} */
  failure;
  /** Whether the last thing written ended its line. */
  isAtLineStart = true;
  isTerminal;
  columns;
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
    this.columns = stream.columns ?? 80;
    this.style = styleOf(hasColours(stream, env));
    stream.on("error", (/** @type {NodeJS.ErrnoException} */ error) => {
      this.failure ??= error.code === "EPIPE" ? new BrokenPipe() : new CliError(`standard output: ${fileFault(error)}`, undefined, { cause: error });
      onFailure?.(this.failure);
    });
  }

  /** Waits while the reader is slow: a model is faster than many pipes. @param {string | Uint8Array} data */
  async write(data) {
    if (this.failure || data.length === 0) return;
    this.isAtLineStart = typeof data === "string" ? data.endsWith("\n") : data.at(-1) === 10;
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

  /** Text of others: a terminal is not to obey it, a file gets it as it is. @param {string} text */
  async writeForeign(text) {
    await this.write(this.isTerminal ? withoutControls(text) : text);
  }

  /** @param {string} text */
  async line(text) {
    await this.write(`${text}\n`);
  }

  /** @param {unknown} value */
  async json(value) {
    await this.line(JSON.stringify(value, null, 2));
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
