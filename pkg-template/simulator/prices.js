/** Token counts and what they cost, from the model's own price row. */

/** @import { Model, Usage } from "../simulator.d.ts" */

/**
 * The rule of thumb of four characters a token: exact counts would need each model's tokenizer.
 * @param {string} text
 */
export function countTokens(text) {
  return Math.ceil(text.length / 4);
}

/**
 * @typedef {object} TokenCounts
 * @property {number} prompt
 * @property {number} completion everything the model wrote, the next three included
 * @property {number} reasoning
 * @property {number} image
 * @property {number} audio
 */

/**
 * @param {TokenCounts} tokens
 * @param {Model["pricing"]} pricing
 * @returns {Usage}
 */
export function usageOf(tokens, pricing) {
  const price = pricesFor(pricing, tokens.prompt);
  const share = 1 - (pricing.discount ?? 0);
  const written = tokens.completion - tokens.image - tokens.audio;
  const promptCost = usd((tokens.prompt * price("prompt") + price("request")) * share);
  const completionCost = usd(
    (written * price("completion") + tokens.image * (price("image_output") || price("completion")) +
      tokens.audio * (price("audio_output") || price("completion"))) * share,
  );
  const cost = usd(promptCost + completionCost);
  return {
    prompt_tokens: tokens.prompt,
    completion_tokens: tokens.completion,
    total_tokens: tokens.prompt + tokens.completion,
    cost,
    is_byok: false,
    prompt_tokens_details: { cached_tokens: 0, cache_write_tokens: 0, audio_tokens: 0, video_tokens: 0 },
    cost_details: {
      upstream_inference_cost: cost,
      upstream_inference_prompt_cost: promptCost,
      upstream_inference_completions_cost: completionCost,
    },
    completion_tokens_details: { reasoning_tokens: tokens.reasoning, image_tokens: tokens.image, audio_tokens: tokens.audio },
  };
}

/**
 * Overrides by prompt length only (strictly greater, later entries win a key); overrides by time of day would make answers depend on the clock.
 * @param {Model["pricing"]} pricing
 * @param {number} promptTokens
 * @returns {(key: string) => number} USD a unit; a router's "-1" counts as nothing
 */
function pricesFor(pricing, promptTokens) {
  /** @type {Record<string, unknown>} */
  let row = { ...pricing };
  for (const override of pricing.overrides ?? []) {
    if (override.utc_start !== undefined || override.utc_days !== undefined) continue;
    if (promptTokens > (override.min_prompt_tokens ?? -1)) row = { ...row, ...override };
  }
  return (key) => Math.max(0, Number(row[key] ?? 0));
}

/**
 * Sums of decimal prices in binary leave dust in the 17th digit; nothing on the price list is finer than 1e-12 USD a token.
 * @param {number} amount
 */
export function usd(amount) {
  return Math.round(amount * 1e12) / 1e12;
}
