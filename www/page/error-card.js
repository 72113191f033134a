// A run that failed: what happened, what had arrived, and what can be done.
import { element, icon } from "./dom.js";
import { duration, plural } from "./format.js";

/** @import { OpenRouterError } from "openrouter-wasm" */

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
};

/** A Worker that relays an answer can tell of a failure only inside the stream: the number says which one it was. @type {Record<number, string>} */
const CODES_IN_STREAM = { 401: "auth", 402: "payment-required", 403: "forbidden", 404: "not-found", 429: "rate-limit", 503: "overloaded", 529: "overloaded" };

/** @param {Pick<OpenRouterError, "code" | "status">} error */
export function headline({ code, status = 0 }) {
  const known = code === "stream-error" ? (CODES_IN_STREAM[status] ?? code) : code;
  return HEADLINES[known] ?? "The run failed";
}

/**
 * @param {OpenRouterError} error
 * @param {string} [title] of what was no chat: nothing can have arrived of that
 */
export function errorCard(error, title) {
  const facts = [
    ["code", [error.code, error.status].filter((part) => part !== undefined).join(" · ")],
    ["received", title === undefined ? received(error) : undefined],
    ["retry after", error.retryAfterMs === undefined ? undefined : duration(error.retryAfterMs)],
    ["worth retrying", error.isRetryable ? "yes" : "no"],
    ["request id", error.requestId],
  ];
  const list = element("dl", { class: "fields" });
  for (const [name, value] of facts) if (value) list.append(element("div", {}, element("dt", {}, name ?? ""), element("dd", {}, value)));
  const card = element(
    "section",
    { class: "card error", "aria-label": "Error" },
    element("header", {}, icon("alert"), element("strong", {}, title ?? headline(error))),
    element("p", {}, error.message),
    list,
  );
  if (error.upstream !== undefined) {
    const text = typeof error.upstream === "string" ? error.upstream : JSON.stringify(error.upstream, null, 2);
    card.append(element("details", {}, element("summary", {}, "What the other side said"), element("pre", { tabindex: 0 }, text)));
  }
  return card;
}

/** @param {OpenRouterError} error */
function received({ partial }) {
  if (!partial) return "nothing";
  const { content, reasoning } = partial.message;
  const parts = [
    typeof content === "string" && content !== "" && `${plural(content.length, "character")} of text`,
    reasoning && `${plural(reasoning.length, "character")} of reasoning`,
    partial.toolCalls?.length && `${plural(partial.toolCalls.length, "tool call")}, not to be run`,
  ];
  return parts.filter(Boolean).join(", ") || "nothing";
}
