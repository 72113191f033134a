// What this page has spent since it was opened, as the answers told it.

/** @typedef {{ what: string, calls: number, usd: number, untold: number }} CostLine */

export class SessionCosts {
  /** @type {Map<string, CostLine>} */
  #lines = new Map();
  /** Told of every cost but a chat's, which the conversation keeps itself. @type {((usd: number) => void) | undefined} */
  onCost;
  /** @type {Set<() => void>} */
  #subscribers = new Set();

  /**
   * @param {string} what in the plural: `Chats`
   * @param {number | undefined} usd undefined: the answer did not say
   */
  add(what, usd) {
    const line = this.#lines.get(what) ?? { what, calls: 0, usd: 0, untold: 0 };
    this.#lines.set(what, line);
    line.calls += 1;
    if (usd === undefined) line.untold += 1;
    else line.usd += usd;
    this.#tell(what, usd);
    this.#changed();
  }

  /** What a call that did not say has cost after all. @param {string} what @param {number} usd */
  correct(what, usd) {
    const line = this.#lines.get(what);
    if (!line || line.untold === 0) return;
    line.untold -= 1;
    line.usd += usd;
    this.#tell(what, usd);
    this.#changed();
  }

  /** @param {string} what @param {number | undefined} usd */
  #tell(what, usd) {
    if (usd && what !== "Chats") this.onCost?.(usd);
  }

  get lines() {
    return [...this.#lines.values()];
  }

  /** @param {() => void} onChange called now and after every change */
  subscribe(onChange) {
    this.#subscribers.add(onChange);
    onChange();
    return () => this.#subscribers.delete(onChange);
  }

  #changed() {
    for (const onChange of this.#subscribers) onChange();
  }
}
