// What an answer claims to have cost, as far as it can be: the books take no number that no answer comes to, and the record says what was claimed.
import { isUsd } from "../money/amounts.js";

/** Beyond any answer: the widest windows have 10 million. */
const MOST_TOKENS = 20_000_000;
/** The names of OpenAI's paths and of Anthropic's. */
const INPUT = ["prompt_tokens", "input_tokens"], OUTPUT = ["completion_tokens", "output_tokens"], TOTAL = ["total_tokens"];

/** @typedef {{ usd?: number, inputTokens?: number, outputTokens?: number, implausible?: string }} Claim  `implausible`: names and values that are not believed */

/** @param {unknown} value */
export const isCount = (value) => typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= MOST_TOKENS;

/** @param {any} usage  as the answer has it; none: nothing is claimed @returns {Claim} */
export function claimOf(usage) {
  if (typeof usage !== "object" || usage === null) return {};
  /** @type {string[]} */
  const odd = [];
  const read = (/** @type {string[]} */ names, /** @type {(value: unknown) => boolean} */ isBelieved) => {
    const name = names.find((name) => usage[name] !== undefined && usage[name] !== null);
    if (name === undefined) return undefined;
    if (isBelieved(usage[name])) return /** @type {number} */ (usage[name]);
    odd.push(`${name}: ${String(usage[name]).slice(0, 40)}`);
    return undefined;
  };
  const claim = { usd: read(["cost"], isUsd), inputTokens: read(INPUT, isCount), outputTokens: read(OUTPUT, isCount) };
  read(TOTAL, isCount);
  return odd.length > 0 ? { ...claim, implausible: odd.join(", ") } : claim;
}
