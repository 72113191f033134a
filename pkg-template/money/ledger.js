// What all runs of one client have spent and hold, in whole 10^-12 USD: sums of whole numbers do not drift.

/** What one run has spent and holds. @typedef {{ pico: number }} Entry */

export class Ledger {
  #total = 0;

  /** @returns {Entry} */
  open() {
    return { pico: 0 };
  }

  /** @param {Entry} entry @param {number} pico */
  set(entry, pico) {
    this.#total += pico - entry.pico;
    entry.pico = pico;
  }

  /** What all runs have spent and hold. */
  get total() {
    return this.#total;
  }

  /** What every other run has spent and holds. @param {Entry} entry */
  others(entry) {
    return this.#total - entry.pico;
  }
}
