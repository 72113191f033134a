// Models that failed a while ago, in the memory of one client. When one rests, and for how long, is the engine's decision.

export class CoolDowns {
  /** @type {Map<string, { untilMs: number, probedMs: number, failures: number }>} */
  #models = new Map();

  /** @param {string} model @param {number} ms  0: it is well again */
  note(model, ms) {
    if (ms === 0) {
      this.#models.delete(model);
      return;
    }
    const now = Date.now();
    const failures = (this.#models.get(model)?.failures ?? 0) + 1;
    this.#models.set(model, { untilMs: now + ms, probedMs: now, failures });
  }

  /** As the engine reads it. */
  list() {
    const now = Date.now();
    return [...this.#models].map(([model, { untilMs, probedMs, failures }]) => ({ model, ms: Math.max(0, untilMs - now), sinceProbeMs: now - probedMs, failures }));
  }
}
