// What calls that are no chat spend of the client's budget: an estimate is held before, the bill counts after, and where neither is known
// that is told.
import { servicesEngine } from "../engine/services.js";
import { engineBudget } from "../first-part.js";
import { Hold } from "./hold.js";

/** @import { Budget } from "../index.js" */
/** @import { Ledger } from "./ledger.js" */

/** How much of what a call is about to use, by the names of src/call_budget.rs. @typedef {{ prompt?: number, completion?: number, audio?: number, audioOutput?: number, imageOutput?: number, request?: number }} Units */

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
  await servicesEngine.start();
  // From here on nothing waits: two calls at once do not both get what is left for one.
  const { clientUsd, requirePrice } = limits;
  const call = { clientUsd, requirePrice, spentPico: ledger?.total ?? 0, model, pricing: priceOf(model), atMs: Date.now(), units, usd };
  const read = servicesEngine.askNow((glue) => glue.admitCall(JSON.stringify(call)));
  return new Hold(ledger, read.estimatePico, read.warning);
}
