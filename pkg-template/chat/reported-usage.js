// Whether a usage says anything.
import { oddUsage } from "../money/odd-usage.js";

/** @import { Usage } from "../index.js" */

export const COUNTS = /** @type {const} */ (["inputTokens", "outputTokens", "cacheReadTokens", "cacheWriteTokens", "reasoningTokens", "totalTokens"]);

/** Of those that are charged: thoughts are part of the answer's. */
const CHARGED = COUNTS.slice(0, 4);

/**
 * The usage, if it says what an answer cost, or of how many tokens it was: one of zeros says nothing, a cost of zero included, and neither does
 * one of counts that nobody can believe.
 * @param {Usage | undefined} usage
 */
export function reported(usage) {
  return usage && (/** @type {number} */ (usage.cost) > 0 || (CHARGED.some((name) => usage[name] > 0) && oddUsage(usage.raw).every(({ path }) => path === "usage.cost"))) ? usage : undefined;
}
