// Whether a usage says anything.

/** @import { Usage } from "../index.js" */

export const COUNTS = /** @type {const} */ (["inputTokens", "outputTokens", "cacheReadTokens", "cacheWriteTokens", "reasoningTokens", "totalTokens"]);

/** The usage, if it says what an answer cost, or of how many tokens it was: one of zeros says nothing, a cost of zero included. @param {Usage | undefined} usage */
export function telling(usage) {
  return usage && (/** @type {number} */ (usage.cost) > 0 || usage.totalTokens > 0) ? usage : undefined;
}
