// Usage of several steps in one.
import { COUNTS } from "./reported-usage.js";

/** @import { Usage } from "../index.js" */

/** The sum, of `raw` too. @param {(Usage | undefined)[]} usages @returns {Usage | undefined} */
export function sumOfUsage(usages) {
  const known = usages.filter((usage) => usage !== undefined);
  if (known.length < 2) return known[0];
  /** @type {any} */
  const sum = {};
  for (const name of COUNTS) sum[name] = known.reduce((total, usage) => total + usage[name], 0);
  const costs = known.flatMap(({ cost }) => (cost === undefined ? [] : [cost]));
  // Half a bill is none: a sum of what some steps said would look like all of it.
  if (costs.length === known.length) sum.cost = costs.reduce((total, cost) => total + cost, 0);
  sum.raw = known.map(({ raw }) => raw).reduce(added);
  return sum;
}

/** Numbers add up, at any depth; of anything else the later counts. @param {any} first @param {any} second @returns {any} */
function added(first, second) {
  if (typeof first === "number" && typeof second === "number") return first + second;
  if (typeof first !== "object" || typeof second !== "object" || first === null || second === null) return second ?? first;
  const sum = { ...first };
  for (const [name, value] of Object.entries(second)) sum[name] = name in sum ? added(sum[name], value) : value;
  return sum;
}
