// What an answer says of itself, in the AI SDK's words.
import { metadataOf } from "./call-options.js";

/** @import { ChatResult, Usage } from "../index.js" */

const REASONS = new Set(["stop", "length", "content-filter", "tool-calls"]);

/** @param {{ reason: string, nativeReason?: string }} end */
export function finishReasonOf({ reason, nativeReason }) {
  return { unified: /** @type {any} */ (REASONS.has(reason) ? reason : "other"), raw: nativeReason ?? reason };
}

/** @param {Usage | undefined} usage */
export function usageOf(usage) {
  if (!usage) return { inputTokens: { total: undefined, noCache: undefined, cacheRead: undefined, cacheWrite: undefined }, outputTokens: { total: undefined, text: undefined, reasoning: undefined } };
  const { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens, reasoningTokens, raw } = usage;
  return {
    inputTokens: { total: inputTokens + cacheReadTokens + cacheWriteTokens, noCache: inputTokens, cacheRead: cacheReadTokens, cacheWrite: cacheWriteTokens },
    outputTokens: { total: outputTokens, text: outputTokens - reasoningTokens, reasoning: reasoningTokens },
    raw,
  };
}

/** A call that was cut: it is none, and whoever watches may want to know. @typedef {{ id: string, name: string, arguments: string }} CutCall */

/**
 * What the SDK has no field for.
 * @param {ChatResult} result
 * @param {CutCall[]} [cutCalls]
 * @returns {Record<string, any>}
 */
export function providerMetadata(result, cutCalls = []) {
  const { id, model, provider, usage, changes, warnings, cache, metadata, message, cost } = result;
  const { raw: _, ...tokens } = usage ?? { raw: {} };
  const said = {
    id, model, provider, cost: cost.source === "unknown" ? undefined : cost.total, costSource: cost.source, usage: usage && tokens, changes, warnings, cache, metadata,
    reasoning_details: message.reasoning_details, annotations: message.annotations, refusal: message.refusal, cutCalls: cutCalls.length > 0 ? cutCalls : undefined,
  };
  return metadataOf(said);
}
