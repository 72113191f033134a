// Usage of several steps in one.

/** @import { Usage } from "./index.js" */

const COUNTS = /** @type {const} */ (["inputTokens", "outputTokens", "cacheReadTokens", "cacheWriteTokens", "reasoningTokens", "totalTokens"]);

/** The sum; `raw` is that of the last step. @param {(Usage | undefined)[]} usages @returns {Usage | undefined} */
export function sumOfUsage(usages) {
  const known = usages.filter((usage) => usage !== undefined);
  if (known.length < 2) return known[0];
  /** @type {any} */
  const sum = {};
  for (const name of COUNTS) sum[name] = known.reduce((total, usage) => total + usage[name], 0);
  const costs = known.flatMap(({ cost }) => (cost === undefined ? [] : [cost]));
  // Half a bill is none: a sum of what some steps said would look like all of it.
  if (costs.length === known.length) sum.cost = costs.reduce((total, cost) => total + cost, 0);
  sum.raw = known[known.length - 1].raw;
  return sum;
}
