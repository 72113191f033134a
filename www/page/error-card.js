// A run that failed: what happened, what had arrived, and what can be done.
import { element, icon } from "./dom.js";
import { amount, duration } from "./format.js";
import { storedError } from "./outcome.js";

/** @import { OpenRouterError } from "openrouter-wasm" */
/** @import { StoredError } from "./outcome.js" */

/** In the words of somebody who is not a developer; the message that follows is for those who are. @type {Record<string, string>} */
const HEADLINES = {
  "invalid-request": "The request is not right",
  auth: "The key was not accepted",
  "payment-required": "The credits are used up",
  forbidden: "Not permitted",
  "not-found": "There is no such model",
  "context-overflow": "The conversation is too long for this model",
  "rate-limit": "Too many requests",
  overloaded: "Nobody is free to answer",
  server: "The service failed",
  network: "No connection",
  timeout: "It took too long",
  "bad-response": "That was no chat answer",
  "stream-cut": "The connection broke before the end",
  "stream-error": "The provider failed in the middle",
  limit: "More than is kept in memory",
  budget: "The budget is used up",
  "invalid-output": "The answer does not fit the schema",
};

/** A Worker that relays an answer can tell of a failure only inside the stream: the number says which one it was. @type {Record<number, string>} */
const CODES_IN_STREAM = { 401: "auth", 402: "payment-required", 403: "forbidden", 404: "not-found", 429: "rate-limit", 503: "overloaded", 529: "overloaded" };

/** @param {Pick<StoredError, "code" | "status"> & { message?: string }} error */
export function headline(error) {
  if (isAboutModel(error)) return "There is no such model";
  const { code, status = 0 } = error;
  const known = code === "stream-error" ? (CODES_IN_STREAM[status] ?? code) : code;
  return HEADLINES[known] ?? "The run failed";
}

/**
 * Whether another model helps where the same request again cannot.
 * @param {Pick<StoredError, "code"> & { message?: string }} error
 */
export function isAboutModel({ code, message = "" }) {
  return code === "not-found" || (code === "invalid-request" && /not a valid model|no endpoints? found|model\b.*\b(does not exist|not found|unknown|invalid)|^model\b/i.test(message));
}

/**
 * The package speaks to programmers: the names of its options mean nothing to who reads here, and long numbers want separators.
 * @param {string} message
 */
export function inPlainWords(message) {
  const said = message
    .replace(/\b\w*[tT]imeoutMs \((\d+) ms\)/g, (_, ms) => duration(Number(ms)))
    .replace(/\bmaxTokens\b/g, "the longest answer")
    .replace(/\bmaxUsd\b/g, "the budget")
    .replace(/\b\d{4,}(?= (tokens|bytes|characters)\b)/g, (number) => amount(Number(number)));
  // A place is written as it is: `messages[0].role`.
  return /^\w+[.[]\w/.test(said) ? said : said.charAt(0).toUpperCase() + said.slice(1);
}

/**
 * @param {OpenRouterError | StoredError} thrown
 * @param {string} [title] of what was no chat: nothing can have arrived of that
 */
export function errorCard(thrown, title) {
  const error = thrown instanceof Error ? storedError(thrown) : thrown;
  const facts = [
    ["code", [error.code, error.status].filter((part) => part !== undefined).join(" · ")],
    ["received", title === undefined ? error.received : undefined],
    // Where the message has said it already, once is enough.
    ["retry after", error.retryAfterMs === undefined || /\b(retry|try|again|wait)\b[^.]*\d/i.test(error.message) ? undefined : duration(error.retryAfterMs)],
    ["worth retrying", error.isRetryable ? "yes" : "no"],
    ["request id", error.requestId],
  ];
  const list = element("dl", { class: "fields" });
  for (const [name, value] of facts) if (value) list.append(element("div", {}, element("dt", {}, name ?? ""), element("dd", {}, value)));
  const card = element(
    "section",
    { class: "card error", "aria-label": "Error" },
    element("header", {}, icon("alert"), element("strong", {}, title ?? headline(error))),
    element("p", {}, inPlainWords(error.message)),
    list,
  );
  if (error.upstream !== undefined) {
    const text = typeof error.upstream === "string" ? error.upstream : JSON.stringify(error.upstream, null, 2);
    card.append(element("details", {}, element("summary", {}, "What the other side said"), element("pre", { tabindex: 0 }, text)));
  }
  return card;
}
