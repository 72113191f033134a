// A line on a terminal that tells how far it is and how long it will take, moves by itself while nothing is heard, and leaves nothing behind.
import { cell } from "./style.js";

/** @import { Output } from "./output.js" */

const BAR = 24;
const EVERY_MS = 80, TICK_MS = 200;
/** Before that a rate is a guess. */
const LEAST_MS = 500;
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
  /** How long work of this kind takes, where that is known. @type {number | undefined} */
  #usualMs;
  /** When what is measured began: a download begins after a wait. */
  #measureStartMs = 0;
  /** While the line is there. @type {NodeJS.Timeout | undefined} */
  #timer;

  /** @param {Output} err @param {boolean} isQuiet */
  constructor(err, isQuiet) {
    this.#err = err;
    this.#isShown = err.isTerminal && !isQuiet;
  }

  /**
   * @param {string} text
   * @param {{ completed?: number, total?: number, usualMs?: number, sinceMs?: number }} [measure]  `usualMs` holds until the line is cleared; `sinceMs`: the work began earlier
   */
  async show(text, { completed = 0, total, usualMs, sinceMs } = {}) {
    if (!this.#isShown) return;
    const now = Date.now();
    if (total !== undefined && (this.#total === undefined || completed < this.#completed)) this.#measureStartMs = now;
    [this.#text, this.#completed, this.#total] = [text, completed, total];
    this.#usualMs = usualMs ?? this.#usualMs;
    if (sinceMs !== undefined) this.#startMs = sinceMs;
    if (!this.#timer) {
      this.#startMs = sinceMs ?? now;
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
    const line = `${sign} ${this.#text} · ${clock(now - this.#startMs)}${this.#estimate(now)}`;
    await this.#err.redraw(cell(line, Math.max(10, this.#err.columns - 1)));
  }

  /** @param {number} now */
  #estimate(now) {
    if (this.#total) {
      const passedMs = now - this.#measureStartMs;
      const [done, left] = [this.#completed, this.#total - this.#completed];
      return passedMs < LEAST_MS || done === 0 || left <= 0 ? "" : `, about ${clock((passedMs / done) * left, Math.ceil)} left`;
    }
    if (!this.#usualMs) return "";
    return now - this.#startMs <= this.#usualMs ? ` of about ${clock(this.#usualMs)}` : `, longer than the usual ${clock(this.#usualMs)}`;
  }

  async clear() {
    if (!this.#timer) return;
    clearInterval(this.#timer);
    this.#timer = this.#usualMs = this.#total = undefined;
    await this.#err.clearLine();
  }
}

/** @param {number} ms */
function clock(ms, round = Math.floor) {
  const seconds = round(ms / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")} min`;
}
