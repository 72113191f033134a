// Whether a usage says anything.

/** @import { Usage } from "../index.js" */

export const COUNTS = /** @type {const} */ (["inputTokens", "outputTokens", "cacheReadTokens", "cacheWriteTokens", "reasoningTokens", "totalTokens"]);

/** Whether it says what an answer cost, or of how many tokens it was: some servers send one of zeros. @param {Usage | undefined} usage */
export function isTelling(usage) {
  return usage !== undefined && (usage.cost !== undefined || COUNTS.some((name) => usage[name] > 0));
}
