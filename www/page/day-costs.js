// What was spent today, by connection, in all tabs of this page; and the limit that the visitor has set for a day.
import { readLocal, writeLocal } from "./local-value.js";

/** @typedef {{ day: string, usd: Record<string, number> }} Spent */

export class DayCosts {
  /** @param {() => Date} [now] */
  constructor(now = () => new Date()) {
    this.now = now;
  }

  /** @param {string} connection */
  of(connection) {
    return this.#read().usd[connection] ?? 0;
  }

  /** @param {string} connection @param {number} usd */
  add(connection, usd) {
    const spent = this.#read();
    spent.usd[connection] = (spent.usd[connection] ?? 0) + usd;
    writeLocal("spent", spent);
  }

  /** @returns {number | undefined} USD; undefined: no limit */
  get limitUsd() {
    const limit = readLocal("day-limit", 0);
    return limit > 0 ? limit : undefined;
  }

  set limitUsd(usd) {
    writeLocal("day-limit", usd ?? 0);
  }

  /** @returns {Spent} */
  #read() {
    const now = this.now();
    // The visitor's day, not London's.
    const day = `${now.getFullYear()}-${String(now.getMonth() + 1).padStart(2, "0")}-${String(now.getDate()).padStart(2, "0")}`;
    const spent = readLocal("spent", /** @type {Spent} */ ({ day: "", usd: {} }));
    return spent.day === day && spent.usd && typeof spent.usd === "object" ? spent : { day, usd: {} };
  }
}

/**
 * How much the next answer may cost, by all limits together.
 * @param {{ limitUsd: number | undefined, spentUsd: number, what: string }[]} limits
 * @returns {{ leftUsd: number, what: string } | undefined} the tightest; undefined: there is no limit
 */
export function tightest(limits) {
  return limits
    .flatMap(({ limitUsd, spentUsd, what }) => (limitUsd === undefined ? [] : [{ leftUsd: limitUsd - spentUsd, what }]))
    .sort((a, b) => a.leftUsd - b.leftUsd)[0];
}
