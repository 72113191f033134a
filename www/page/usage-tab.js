// Usage: who is signed in, what the account and the key have left, and what this page has spent.
import { button, element } from "./dom.js";
import { amount, dollars, plural } from "./format.js";
import { codeButton, failure, sheetHead } from "./task.js";

/** @import { AccountUsage } from "openrouter-wasm" */
/** @import { SessionCosts } from "./session-costs.js" */
/** @import { TabContext } from "./tab-loader.js" */

/** @param {HTMLElement} host @param {TabContext} context */
export function fill(host, context) {
  const { client, connection, costs, signal } = context;
  const shown = element("div", { class: "tiles", "aria-live": "polite", "aria-busy": "false" });
  const spent = element("div");
  const refresh = button("Refresh", "plain", () => load(true));
  /** @type {import("./wire-log.js").WireRequest | undefined} */
  let sent;
  const code = codeButton(() => ({ method: "usage", options: {} }), () => sent);
  let request = 0;

  const load = async (asked = false) => {
    const mine = ++request;
    if (!(await connection.hasKey())) {
      shown.replaceChildren(element("p", { class: "aside" }, "Sign in to see what your account has left."));
      if (asked) await context.maySend();
      return;
    }
    refresh.disabled = true;
    shown.setAttribute("aria-busy", "true");
    if (!shown.hasChildNodes()) shown.append(element("p", { class: "aside" }, "Loading the account"));
    const wire = connection.wire.listen();
    try {
      const usage = await client.usage({ signal });
      if (mine === request) shown.replaceChildren(...tiles(usage));
      if (asked) context.say(usage.summary ?? "The account is up to date.");
    } catch (error) {
      if (mine === request && !signal.aborted) shown.replaceChildren(failure(error, undefined));
    } finally {
      wire.stop();
      sent = wire.heard.findLast(({ url }) => new URL(url).pathname.endsWith("/key")) ?? sent;
      refresh.disabled = false;
      shown.setAttribute("aria-busy", "false");
    }
  };

  const { account } = connection;
  host.append(
    sheetHead("Usage", "What is left, of the account, the key and the day, and what this page has spent."),
    ...(account ? [element("section", { class: "card", "aria-label": "Account" }, context.account(account, signal))] : []),
    element("section", { class: "block" }, element("header", { class: "row" }, element("h2", {}, "Account and key"), element("span", { class: "row" }, code, refresh)), shown),
    element("section", { class: "block" }, element("header", { class: "row" }, element("h2", {}, "This session")), spent),
  );
  signal.addEventListener("abort", costs.subscribe(() => spent.replaceChildren(session(costs))), { once: true });
  // A sign-in or sign-out makes the visitor somebody else.
  if (account) {
    signal.addEventListener("abort", account.subscribe(() => void load()), { once: true });
    document.getElementById("key")?.addEventListener("change", () => void load(), { signal });
  } else void load();
  // What has been spent since the tab was last looked at.
  context.onShown(() => void load());
}

/** @param {AccountUsage} usage */
function tiles({ balance, spend, budget, free, budgets = [], summary, plan, isFreeTier, expiresAt, warnings }) {
  return [
    balance === undefined ? undefined : tile("Credits", dollars(balance), spend === undefined ? undefined : `${dollars(spend)} spent in all`),
    budget
      ? tile("Key budget", `${dollars(budget.remaining)} left`, `${dollars(budget.used)} of ${dollars(budget.limit)}${budget.period ? `, ${budget.period}` : ""}`, budget.limit > 0 ? budget.used / budget.limit : undefined)
      : tile("Key budget", "no limit", "The key may spend what the account has."),
    free ? tile("Free requests today", `${amount(free.remaining)} left`, `${amount(free.used)} of ${amount(free.limit)}`, free.limit > 0 ? free.used / free.limit : undefined) : undefined,
    ...budgets.map((each) => tile(`Budget: ${each.scope}`, `${dollars(each.remainingUsd)} left`, `${dollars(each.spendUsd)} of ${dollars(each.limitUsd)}${each.resetInterval ? `, ${each.resetInterval}` : ""}`, each.limitUsd > 0 ? each.spendUsd / each.limitUsd : undefined)),
    // A chat's key may not ask for them: no tile without a number.
    balance === undefined ? element("p", { class: "aside wide" }, "The credits of the account are at ", element("a", { href: "https://openrouter.ai/settings/credits", target: "_blank", rel: "noopener noreferrer" }, "openrouter.ai/settings/credits"), ": a key for chats may not ask for them.") : undefined,
    element(
      "p",
      { class: "aside wide" },
      [plan && `Key ${plan}`, isFreeTier === undefined ? undefined : isFreeTier ? "free tier" : "paid tier", expiresAt && `until ${expiresAt.slice(0, 10)}`, summary].filter(Boolean).join(" · "),
    ),
    // That the key may not ask for the balance is said above.
    ...warnings.filter((warning) => balance !== undefined || !/balance/i.test(warning)).map((warning) => element("p", { class: "notice wide" }, warning)),
  ].filter((node) => node !== undefined);
}

/** @param {string} name @param {string} value @param {string} [note] @param {number} [part] that is used */
function tile(name, value, note, part) {
  return element(
    "section",
    { class: "tile", "aria-label": name },
    element("h3", {}, name),
    element("p", { class: "value" }, value),
    part === undefined ? undefined : element("meter", { min: 0, max: 1, low: 0.7, high: 0.9, optimum: 0, value: Math.min(1, part), "aria-label": `${name}: used` }),
    note ? element("p", { class: "aside" }, note) : undefined,
  );
}

/** @param {SessionCosts} costs */
function session({ lines }) {
  if (lines.length === 0) return element("p", { class: "aside" }, "Nothing was sent yet.");
  const total = lines.reduce((sum, { usd }) => sum + usd, 0);
  const calls = lines.reduce((sum, line) => sum + line.calls, 0);
  const untold = lines.reduce((sum, line) => sum + line.untold, 0);
  const row = (/** @type {"th" | "td"} */ kind, /** @type {string} */ what, /** @type {number} */ count, /** @type {number} */ usd, /** @type {number} */ missing) =>
    element("tr", {}, element("th", { scope: "row" }, what), element(kind, { class: "number" }, amount(count)), element(kind, { class: "number" }, usd === 0 && missing === count && count > 0 ? "not reported" : dollars(usd)));
  return element(
    "div",
    {},
    element(
      "table",
      { class: "costs" },
      element("thead", {}, element("tr", {}, ...["What", "Calls", "Cost"].map((name) => element("th", { scope: "col" }, name)))),
      element("tbody", {}, ...lines.map(({ what, calls: count, usd, untold: missing }) => row("td", what, count, usd, missing))),
      element("tfoot", {}, row("td", "Together", calls, total, untold)),
    ),
    untold > 0 && element("p", { class: "aside" }, `Of ${plural(untold, "call")} the cost was not reported, so it is not in the sum.`),
  );
}
