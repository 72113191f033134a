// What stands under an answer: how it ended, who gave it, what it took.
import { element } from "./dom.js";
import { amount, dollars, duration } from "./format.js";

/** @import { StoredOutcome } from "./outcome.js" */

/** @typedef {{ label: string, tone: "good" | "warn" | "bad" | "calm" }} Badge */

/** @type {Record<string, Badge>} */
const VERDICTS = {
  complete: { label: "complete", tone: "good" },
  length: { label: "cut by a limit", tone: "warn" },
  "content-filter": { label: "filtered", tone: "warn" },
  aborted: { label: "stopped", tone: "calm" },
  left: { label: "page was left", tone: "calm" },
  error: { label: "error", tone: "bad" },
  cut: { label: "cut", tone: "bad" },
  timeout: { label: "timeout", tone: "bad" },
};

/**
 * @param {StoredOutcome} outcome
 * @param {{ waits?: boolean, hasImages?: boolean }} [about] waits: for the visitor, who has to decide on a tool
 */
export function receipt({ verdict, reason, model, provider, usage, timing, bill }, { waits = false, hasImages = false } = {}) {
  const { label, tone } = waits ? { label: "waits for you", tone: "calm" } : (VERDICTS[verdict] ?? { label: verdict, tone: "calm" });
  const head = element("p", { class: "ending" }, element("span", { class: "badge verdict", "data-tone": tone, "data-verdict": verdict }, label));
  if (reason && reason !== "stop") head.append(element("span", {}, reason));
  if (model) head.append(element("span", { class: "model" }, model));
  if (provider) head.append(element("span", {}, provider));

  const list = element("dl", { class: "numbers" });
  const add = (/** @type {string} */ name, /** @type {string | undefined} */ value) => {
    if (value !== undefined) list.append(element("div", {}, element("dt", {}, name), element("dd", {}, value)));
  };
  if (usage) {
    // All that the model has read; how much of it came from a cache is said beside it.
    add("in", amount(usage.inputTokens + usage.cacheReadTokens + usage.cacheWriteTokens));
    add("out", amount(usage.outputTokens));
    add("reasoning", amount(usage.reasoningTokens));
    add("cached", amount(usage.cacheReadTokens));
  } else {
    add("in", bill?.inputTokens === undefined ? undefined : amount(bill.inputTokens));
    add("out", bill?.outputTokens === undefined ? undefined : amount(bill.outputTokens));
  }
  const cost = usage?.cost ?? bill?.cost;
  // A run that was turned away has cost nothing, and says so by saying nothing.
  if (usage || bill || model) add("cost", cost === undefined ? (bill ? "unknown" : usage ? "not reported" : "on its way") : dollars(cost));
  if (timing) {
    add("first token", timing.firstOutput === undefined ? undefined : duration(timing.firstOutput));
    // An image comes in one piece, and its tokens with it.
    add("tokens/s", hasImages ? undefined : speed(usage?.outputTokens ?? bill?.outputTokens, timing));
    add("total", duration(timing.total));
  }
  return element("footer", { class: "receipt" }, head, list);
}

/**
 * @param {number | undefined} tokens
 * @param {import("./chat.js").Timing} timing
 */
function speed(tokens, { firstOutput, total }) {
  if (!tokens || firstOutput === undefined) return undefined;
  const writing = total - firstOutput;
  // An answer in one piece has no speed.
  return writing < 50 ? undefined : amount(Math.round(tokens / (writing / 1000)));
}
