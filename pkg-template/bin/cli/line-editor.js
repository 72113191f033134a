// A line of a person at a terminal: edited, with history and completion, by Node's own readline.
import { mkdir, readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { createInterface } from "node:readline";
import { Writable } from "node:stream";
import { withoutControls } from "../../terminal-text.js";
import { writeWhole } from "./whole-file.js";

/** @import { Given } from "./command.js" */

const MOST_LINES = 1000;
/** Lines that come so quickly after each other were pasted: they are one text. */
const PASTE_MS = 30;

export class LineEditor {
  #editor;
  #out;
  /** While an answer comes, what is typed is not drawn into it; it stands on the next line. */
  #isMuted = false;
  /** @type {string[]} */
  #lines = [];
  #isOver = false;
  /** Whoever waits for a line. @type {(() => void) | undefined} */
  #wake;
  /** What a Ctrl-C does now. @type {() => void} */
  onInterrupt = () => {};

  /**
   * @param {Pick<Given, "stdin" | "out" | "signal">} given
   * @param {{ history?: readonly string[], complete?: (line: string) => string[] }} [options]  the last line first
   */
  constructor({ stdin, out, signal }, { history = [], complete = () => [] } = {}) {
    this.#out = out;
    const drawn = new Writable({
      decodeStrings: false,
      write: (text, _, done) => {
        if (this.#isMuted) return done();
        out.draw(String(text)).then(() => done(), done);
      },
    });
    Object.defineProperty(drawn, "columns", { get: () => out.columns });
    this.#editor = createInterface({
      input: stdin, output: drawn, terminal: true, history: [...history], historySize: MOST_LINES, removeHistoryDuplicates: true,
      completer: (/** @type {string} */ line) => [complete(line), line],
    });
    this.#editor.on("line", (line) => {
      this.#lines.push(line);
      this.#wake?.();
    });
    this.#editor.on("SIGINT", () => this.onInterrupt());
    const over = () => {
      this.#isOver = true;
      this.#wake?.();
    };
    this.#editor.on("close", over);
    signal.addEventListener("abort", over, { once: true });
  }

  /** What was typed before, the last line first. @param {(history: string[]) => void} listener */
  onHistory(listener) {
    this.#editor.on("history", listener);
  }

  /** A line, or several that were pasted; `undefined` at the end (Ctrl-D). @param {string} prompt @returns {Promise<string | undefined>} */
  async next(prompt) {
    this.#isMuted = false;
    await this.#out.endLine();
    this.#editor.setPrompt(prompt);
    if (this.#lines.length === 0 && !this.#isOver) this.#editor.prompt(true);
    while (this.#lines.length === 0 && !this.#isOver) await new Promise((/** @type {(value?: unknown) => void} */ resolve) => (this.#wake = () => resolve()));
    if (this.#lines.length === 0) return undefined;
    for (let seen = 0; seen < this.#lines.length; ) {
      seen = this.#lines.length;
      await new Promise((resolve) => setTimeout(resolve, PASTE_MS));
    }
    const text = this.#lines.splice(0).join("\n");
    this.#isMuted = true;
    this.#out.isAtLineStart = true;
    return text;
  }

  /** Whether there was something to throw away. */
  clear() {
    const hadText = this.#editor.line !== "";
    this.#editor.write(null, { ctrl: true, name: "e" });
    this.#editor.write(null, { ctrl: true, name: "u" });
    return hadText;
  }

  /** The prompt again, under what was written meanwhile. */
  again() {
    this.#editor.prompt(true);
  }

  close() {
    this.#editor.close();
  }
}

/** @param {string} path */
export async function readHistory(path) {
  // A history that cannot be read is an empty one: nothing else depends on it.
  const text = await readFile(path, "utf8").catch(() => "");
  return text.split("\n").map(withoutControls).filter((line) => line !== "").slice(0, MOST_LINES);
}

/** @param {string} path @param {readonly string[]} lines */
export async function writeHistory(path, lines) {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await writeWhole(path, `${lines.slice(0, MOST_LINES).join("\n")}\n`, { force: true, mode: 0o600 });
}
