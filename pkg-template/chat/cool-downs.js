// Models that failed a while ago, and those that were told to be asked later, in the memory of one client and of its other tabs. When one
// rests, and for how long, is the engine's decision.
import { openTabChannel } from "../models/tab-channel.js";

/** The engine's own limit: a longer rest is nobody's. */
const LONGEST_REST_MS = 3_600_000;
/** The engine's, too: a longer wait is nobody's who waits. */
const LONGEST_WAIT_MS = 60_000;
/** Models that are kept in mind. */
const MOST_MODELS = 1000;

export class CoolDowns {
  /** @type {Map<string, { untilMs: number, probedMs: number, failures: number }>} */
  #models = new Map();
  /** Until when a rate limit lets nobody in, by the model's id on the wire. @type {Map<string, number>} */
  #waits = new Map();
  #name;
  /** @type {BroadcastChannel | undefined | null} */
  #tabs = null;

  /** @param {string | undefined} baseURL  clients of one base hear of each other's; without it this one is alone */
  constructor(baseURL) {
    this.#name = baseURL && `openrouter-wasm.cool-downs:${baseURL}`;
  }

  /** @param {string} model @param {number} ms  0: it is well again */
  note(model, ms) {
    this.#keep(model, ms);
    this.#open()?.postMessage({ model, ms });
  }

  /** As the engine reads it. */
  list() {
    this.#open();
    const now = Date.now();
    return [...this.#models].map(([model, { untilMs, probedMs, failures }]) => ({ model, ms: Math.max(0, untilMs - now), sinceProbeMs: now - probedMs, failures }));
  }

  /** Whether no model is waited for: most runs ask no further. */
  get isNoneWaited() {
    return this.#waits.size === 0;
  }

  /** A rate limit told a run how long to wait: the others need not be told by being refused. @param {string} model @param {number} ms */
  noteWait(model, ms) {
    this.#keepWait(model, ms);
    this.#open()?.postMessage({ model, waitMs: ms });
  }

  /** How long a run about to ask this model waits for what others were told. @param {string} model */
  waitMs(model) {
    const ms = (this.#waits.get(model) ?? 0) - Date.now();
    if (ms > 0) return ms;
    this.#waits.delete(model);
    return 0;
  }

  /** @param {string} model @param {number} ms */
  #keepWait(model, ms) {
    this.#waits.set(model, Math.max(this.#waits.get(model) ?? 0, Date.now() + Math.min(ms, LONGEST_WAIT_MS)));
  }

  /** @param {string} model @param {number} ms */
  #keep(model, ms) {
    if (ms === 0) {
      this.#models.delete(model);
      return;
    }
    const now = Date.now();
    const failures = (this.#models.get(model)?.failures ?? 0) + 1;
    // Each run is told of all of them: names that nobody asks again are forgotten, the oldest first.
    this.#models.delete(model);
    if (this.#models.size >= MOST_MODELS) this.#models.delete(/** @type {string} */ (this.#models.keys().next().value));
    this.#models.set(model, { untilMs: now + ms, probedMs: now, failures });
  }

  /** With the first request and not with the client: a client that sends nothing opens nothing. */
  #open() {
    if (this.#tabs === null && this.#name) {
      this.#tabs = openTabChannel(this.#name, (data) => {
        const { model, ms, waitMs } = data ?? {};
        if (typeof model !== "string") return;
        if (typeof ms === "number" && ms >= 0 && ms <= LONGEST_REST_MS) this.#keep(model, ms);
        if (typeof waitMs === "number" && waitMs >= 0) this.#keepWait(model, waitMs);
      });
    }
    return this.#tabs;
  }
}
