// A line on a terminal that tells how far it is, and that leaves nothing behind.
import { cell } from "./style.js";

/** @import { Output } from "./output.js" */

const BAR = 24;
const EVERY_MS = 80;

export class Progress {
  #err;
  #isShown;
  #lastMs = 0;
  #isOnScreen = false;

  /** @param {Output} err @param {boolean} isQuiet */
  constructor(err, isQuiet) {
    this.#err = err;
    this.#isShown = err.isTerminal && !isQuiet;
  }

  /** @param {string} text @param {{ completed?: number, total?: number }} [measure] */
  async show(text, { completed = 0, total } = {}) {
    const now = Date.now();
    const isLast = total !== undefined && completed >= total;
    if (!this.#isShown || (now - this.#lastMs < EVERY_MS && !isLast)) return;
    this.#lastMs = now;
    const filled = total ? Math.min(BAR, Math.round((completed / total) * BAR)) : 0;
    const bar = total ? `[${"#".repeat(filled)}${"-".repeat(BAR - filled)}] ` : "";
    this.#isOnScreen = true;
    await this.#err.redraw(cell(bar + text, Math.max(10, this.#err.columns - 1)));
  }

  async clear() {
    if (!this.#isOnScreen) return;
    this.#isOnScreen = false;
    await this.#err.clearLine();
  }
}
