// What calls that are no chat spend of the client's budget: an estimate is held before, the bill counts after, and where neither is known
// that is told.
import { startEngine } from "../engine.js";
import { fromEngine, OpenRouterError } from "../errors.js";
import { isNeverSent } from "../media/submit.js";
import { engineBudget } from "./budget-options.js";

/** @import { Budget } from "../index.js" */
/** @import { Entry, Ledger } from "./ledger.js" */

/** How much of what a call is about to use, by the names of src/call_budget.rs. @typedef {{ prompt?: number, completion?: number, audio?: number, audioOutput?: number, imageOutput?: number, request?: number }} Units */

/** Failures without a status that leave open whether the call is billed: the request may have arrived. */
const OPEN = new Set(["network", "timeout", "stream-cut", "bad-response", "limit"]);

/**
 * Asks the client's budget, and holds what a call may come to. Without a budget nothing is held.
 * @param {{ budget: Budget | null | undefined, ledger: Ledger | undefined, priceOf: (apiId: string) => object | undefined }} client
 * @param {string} model  by its id on the wire
 * @param {{ units?: Units, usd?: string }} [size]  `usd`: an estimate that needs no price
 * @returns {Promise<Hold | undefined>}
 */
export async function admitCall({ budget, ledger, priceOf }, model, { units = {}, usd } = {}) {
  const limits = engineBudget(undefined, budget);
  if (!limits) return undefined;
  const { glue } = await startEngine();
  // From here on nothing waits: two calls at once do not both get what is left for one.
  const { clientUsd, requirePrice } = limits;
  const call = { clientUsd, requirePrice, spentPico: ledger?.total ?? 0, model, pricing: priceOf(model), atMs: Date.now(), units, usd };
  let read;
  try {
    read = JSON.parse(glue.admitCall(JSON.stringify(call)));
  } catch (thrown) {
    throw fromEngine(thrown);
  }
  return new Hold(ledger, read.estimatePico, read.warning);
}

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
   * The answer is there: its bill counts, else the estimate stands.
   * @param {number | undefined} cost  USD
   * @returns {string[]} what is to be told: that nobody knows what it cost
   */
  settle(cost) {
    if (typeof cost === "number" && cost >= 0) {
      this.#set(Math.ceil(cost * 1e12 - 1e-3));
      return [];
    }
    if (this.#estimate !== undefined) return [];
    return [`${this.warning ?? "budget: the price is not known"}, and the answer told no cost: unknown, it does not count`];
  }

  /** Nothing came of it that anybody bills, or nobody can say. @param {unknown} error */
  failed(error) {
    if (!OpenRouterError.isInstance(error)) return;
    const { code, status } = error;
    const isOpen = status === undefined ? OPEN.has(code) && !isNeverSent(error) : status < 300;
    if (!isOpen) this.#set(0);
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
