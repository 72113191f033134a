// Models that failed a while ago, in the memory of one client and of its other tabs. When one rests, and for how long, is the engine's decision.
import { openTabChannel } from "./models/tab-channel.js";

/** The engine's own limit: a longer rest is nobody's. */
const LONGEST_REST_MS = 3_600_000;

export class CoolDowns {
  /** @type {Map<string, { untilMs: number, probedMs: number, failures: number }>} */
  #models = new Map();
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

  /** @param {string} model @param {number} ms */
  #keep(model, ms) {
    if (ms === 0) {
      this.#models.delete(model);
      return;
    }
    const now = Date.now();
    const failures = (this.#models.get(model)?.failures ?? 0) + 1;
    this.#models.set(model, { untilMs: now + ms, probedMs: now, failures });
  }

  /** With the first request and not with the client: a client that sends nothing opens nothing. */
  #open() {
    if (this.#tabs === null && this.#name) {
      this.#tabs = openTabChannel(this.#name, (data) => {
        const { model, ms } = data ?? {};
        if (typeof model === "string" && typeof ms === "number" && ms >= 0 && ms <= LONGEST_REST_MS) this.#keep(model, ms);
      });
    }
    return this.#tabs;
  }
}
