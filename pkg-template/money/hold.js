// What one call holds of the client's budget, until its bill is there.
import { OpenRouterError } from "../first-part.js";
import { isNeverSent } from "../media/billed.js";
import { isUsd, picoOfUsd } from "./amounts.js";

/** @import { Entry, Ledger } from "./ledger.js" */

/** Failures without a status that leave open whether the call is billed: the request may have arrived. */
const OPEN = new Set(["network", "timeout", "stream-cut", "bad-response", "limit"]);

/** What one call holds of the budget. */
export class Hold {
  #ledger;
  /** @type {Entry | undefined} */
  #entry;
  #estimate;
  /** That the price is not known. */
  warning;

  /** @param {Ledger | undefined} ledger @param {number | undefined} estimatePico @param {string | undefined} warning */
  constructor(ledger, estimatePico, warning) {
    this.#ledger = ledger;
    this.#entry = ledger?.open();
    this.#estimate = estimatePico;
    this.warning = warning;
    this.#set(estimatePico ?? 0);
  }

  /**
   * The answer is there: its bill counts, if it can be one, else the estimate stands.
   * @param {number | undefined} cost  USD
   * @returns {string[]} what is to be told: that nobody knows what it cost
   */
  settle(cost) {
    if (isUsd(cost)) {
      this.#set(Number(picoOfUsd(cost)));
      return [];
    }
    if (this.#estimate !== undefined) return [];
    return [`${this.warning ?? "budget: the price is not known"}, and the answer told no cost: unknown, it does not count`];
  }

  /** Nothing came of it that anybody bills, or nobody can say. @param {unknown} error */
  failed(error) {
    if (!OpenRouterError.isInstance(error)) return;
    const { code, status } = error;
    const isOpen = status === undefined ? OPEN.has(code) && !(code === "network" && isNeverSent(error.cause)) : status < 300;
    if (!isOpen) this.#set(0);
  }

  /** There is no answer. The request may have arrived, unless the platform says that it did not, or it was refused here. @param {unknown} error */
  unanswered(error) {
    if (OpenRouterError.isInstance(error) || isNeverSent(error)) this.release();
  }

  /** It was refused, or never sent. */
  release() {
    this.#set(0);
  }

  /** @param {number} pico */
  #set(pico) {
    if (this.#entry) this.#ledger?.set(this.#entry, pico);
  }
}
