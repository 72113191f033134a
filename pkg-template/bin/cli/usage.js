// `usage`: credits, key and budgets.
import { atMost, given as only } from "./command.js";
import { dollars } from "./style.js";

/** @import { AccountUsage } from "../../index.js" */
/** @import { Command, Given } from "./command.js" */

/** @type {Command} */
export const usage = {
  name: "usage",
  summary: "What the account has spent, and what is left",
  usage: "[options]",
  details: "The balance needs a management key; any key tells its own spending and limits.",
  examples: ["openrouter-wasm usage", "openrouter-wasm usage --json | jq .balance"],
  options: {},
  run,
};

/** @param {Given} given */
async function run(given) {
  atMost(given, 0, "usage takes none");
  const { values, out, note, signal } = given;
  const account = await (await given.client()).usage({ ...only({ timeoutMs: values.timeout }), signal });
  if (values.json) return out.json(account);
  for (const line of linesOf(account)) await out.line(line);
  for (const warning of account.warnings) await note(warning);
}

/** @param {AccountUsage} account */
export function linesOf({ balance, spend, budget, budgets = [], free, summary, plan, isFreeTier, expiresAt }) {
  const percent = (/** @type {number} */ value) => `${Number(value.toFixed(1))} %`;
  const lines = [
    ["Key", [plan, isFreeTier && "free tier", expiresAt && `until ${expiresAt}`].filter(Boolean).join(", ")],
    ["Balance", balance === undefined ? "" : `${dollars(balance)}${spend === undefined ? "" : `, ${dollars(spend)} spent in all`}`],
    ["Spent", summary ?? (balance === undefined && spend !== undefined ? dollars(spend) : "")],
    [budget?.label ?? "", budget ? `${dollars(budget.used)} of ${dollars(budget.limit)} (${percent(budget.usedPercent)}), ${dollars(budget.remaining)} left` : ""],
    ...budgets.map(({ scope, spendUsd, limitUsd, resetInterval }) => [`Budget (${scope})`, `${dollars(spendUsd)} of ${dollars(limitUsd)}${resetInterval ? ` ${resetInterval}` : ""}`]),
    ["Free models today", free ? `${free.used} of ${free.limit} requests` : ""],
  ].filter(([, text]) => text);
  const width = Math.max(0, ...lines.map(([name]) => name.length)) + 2;
  return lines.map(([name, text]) => `${`${name}:`.padEnd(width)}${text}`);
}
