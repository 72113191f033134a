// Conditions for `stopWhen`.
import { invalidRequest } from "../errors.js";

/** @import { StopCondition } from "../index.js" */

/** So many requests were sent. @param {number} count @returns {StopCondition} */
export function stepCount(count) {
  if (!(Number.isInteger(count) && count >= 1)) throw invalidRequest("stepCount: must be a whole number from 1");
  return ({ steps }) => steps.length >= count;
}

/** The last answer called this tool. @param {string} name @returns {StopCondition} */
export function toolCalled(name) {
  if (typeof name !== "string" || name === "") throw invalidRequest("toolCalled: must be the name of a tool");
  return ({ steps }) => steps.at(-1)?.message.tool_calls?.some((call) => call.function.name === name) === true;
}

/** The run has cost more than this. @param {number} usd @returns {StopCondition} */
export function costAbove(usd) {
  if (!(typeof usd === "number" && usd >= 0)) throw invalidRequest("costAbove: must be a number of USD from 0");
  return ({ cost }) => cost.total > usd;
}
