// A budget as it is written, checked.
import { invalidRequest } from "../errors.js";

/** @import { Budget } from "../index.js" */

const NAMES = ["maxUsd", "requirePrice"];

/** @param {Budget | null | undefined} budget @returns {{ maxUsd?: number, requirePrice?: boolean }} */
export function checkedBudget(budget) {
  if (budget === undefined || budget === null) return {};
  const options = typeof budget === "number" ? { maxUsd: budget } : budget;
  if (typeof options !== "object" || Array.isArray(options)) throw invalidRequest("budget: must be a number of USD or { maxUsd, requirePrice }");
  const unknown = Object.keys(options).find((name) => !NAMES.includes(name));
  if (unknown !== undefined) throw invalidRequest(`budget.${unknown}: is no part of a budget; there are maxUsd and requirePrice`);
  const { maxUsd, requirePrice } = options;
  // Infinity is how some write "no limit"; JSON has none.
  if (maxUsd !== undefined && !(typeof maxUsd === "number" && maxUsd >= 0)) {
    throw invalidRequest(`${typeof budget === "number" ? "budget" : "budget.maxUsd"}: must be a number of USD from 0`);
  }
  if (requirePrice !== undefined && typeof requirePrice !== "boolean") throw invalidRequest("budget.requirePrice: must be a boolean");
  return { ...(maxUsd !== undefined && maxUsd !== Infinity && { maxUsd }), ...(requirePrice && { requirePrice }) };
}

/**
 * Both budgets as the engine reads them; nothing when there is none.
 * @param {Budget | null | undefined} run @param {Budget | null | undefined} client
 * @returns {{ runUsd?: number, clientUsd?: number, requirePrice: boolean } | undefined}
 */
export function engineBudget(run, client) {
  const own = checkedBudget(run), shared = checkedBudget(client);
  const requirePrice = own.requirePrice ?? shared.requirePrice ?? false;
  if (own.maxUsd === undefined && shared.maxUsd === undefined && !requirePrice) return undefined;
  return { runUsd: own.maxUsd, clientUsd: shared.maxUsd, requirePrice };
}
