// A line on a terminal that tells how far it is, moves by itself while nothing is heard, and leaves nothing behind.
import { cell } from "./style.js";

/** @import { Output } from "./output.js" */

const BAR = 24;
const EVERY_MS = 80, TICK_MS = 200;
const SPINNER = ["|", "/", "-", "\\"];

export class Progress {
  #err;
  #isShown;
  #lastMs = 0;
  #startMs = 0;
  #ticks = 0;
  /** What was said last. */
  #text = "";
  #completed = 0;
  /** @type {number | undefined} */
  #total;
  /** While the line is there. @type {NodeJS.Timeout | undefined} */
  #timer;

  /** @param {Output} err @param {boolean} isQuiet */
  constructor(err, isQuiet) {
    this.#err = err;
    this.#isShown = err.isTerminal && !isQuiet;
  }

  /** @param {string} text @param {{ completed?: number, total?: number }} [measure] */
  async show(text, { completed = 0, total } = {}) {
    if (!this.#isShown) return;
    [this.#text, this.#completed, this.#total] = [text, completed, total];
    const now = Date.now();
    if (!this.#timer) {
      this.#startMs = now;
      this.#timer = setInterval(() => void this.#draw(), TICK_MS);
      this.#timer.unref();
    }
    const isLast = total !== undefined && completed >= total;
    if (now - this.#lastMs < EVERY_MS && !isLast) return;
    await this.#draw();
  }

  async #draw() {
    const now = Date.now();
    this.#lastMs = now;
    const total = this.#total;
    const filled = total ? Math.min(BAR, Math.round((this.#completed / total) * BAR)) : 0;
    const sign = total ? `[${"#".repeat(filled)}${"-".repeat(BAR - filled)}]` : SPINNER[this.#ticks++ % SPINNER.length];
    const line = `${sign} ${this.#text} · ${clock(now - this.#startMs)}`;
    await this.#err.redraw(cell(line, Math.max(10, this.#err.columns - 1)));
  }

  async clear() {
    if (!this.#timer) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
    await this.#err.clearLine();
  }
}

/** @param {number} ms */
function clock(ms) {
  const seconds = Math.floor(ms / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")} min`;
}
