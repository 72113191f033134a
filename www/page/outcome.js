// How a run ended, in a form that can be stored: a reload shows the same receipt and the same error.
import { plural } from "./format.js";

/** @import { OpenRouterError, Usage } from "openrouter-wasm" */
/** @import { Outcome, Timing } from "./chat.js" */

/**
 * @typedef {object} StoredError
 * @property {string} code
 * @property {number} [status]
 * @property {string} message
 * @property {number} [retryAfterMs]
 * @property {boolean} isRetryable
 * @property {string} [requestId]
 * @property {unknown} [upstream]
 * @property {string} [received] in words; none where nothing can have arrived
 */

/**
 * @typedef {object} StoredOutcome
 * @property {string} verdict `left`: the page was left before the end
 * @property {string} [reason]
 * @property {Usage} [usage]
 * @property {string} [model]
 * @property {string} [provider]
 * @property {StoredError} [error]
 * @property {Timing} [timing]
 * @property {string[]} [warnings]
 * @property {{ cost?: number, inputTokens?: number, outputTokens?: number }} [bill] what was found out afterwards
 */

/** @param {Outcome} outcome @returns {StoredOutcome} */
export function storedOutcome({ verdict, reason, usage, model, provider, error, timing, warnings }) {
  return { verdict, reason, usage, model, provider, timing, ...(warnings?.length && { warnings }), ...(error && { error: storedError(error) }) };
}

/** @param {OpenRouterError} error @returns {StoredError} */
export function storedError(error) {
  const { code, status, message, retryAfterMs, isRetryable, requestId, upstream } = error;
  return { code, status, message, retryAfterMs, isRetryable, requestId, upstream: plain(upstream), received: received(error) };
}

/** What a structured clone takes. @param {unknown} value */
function plain(value) {
  if (value === undefined || typeof value === "string") return value;
  try {
    return JSON.parse(JSON.stringify(value));
  } catch {
    return String(value);
  }
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

/** @param {Outcome} outcome */
export function inWords({ verdict, error, usage, reason }) {
  if (verdict === "aborted") return "Stopped.";
  if (error) return `Error: ${error.message}`;
  if (reason === "tool-calls") return "The model wants to use a tool.";
  return `The answer is ${verdict === "complete" ? "complete" : `cut short: ${verdict}`}${usage ? `, ${plural(usage.outputTokens, "token")}` : ""}.`;
}
