// About what a video comes to, by the row of its model.

/** @import { VideoModel } from "../types/media.js" */

/** Where neither the request nor the row says how long a video is. */
const USUAL_SECONDS = 8;
/** Of a second, where tokens are counted: pixels times 24 frames by 1,024; what has no resolution is 720p. */
const TOKENS_PER_SECOND = { "480p": 9600, "720p": 21_600, "1080p": 48_600, "4k": 194_400 };

/**
 * USD as a decimal, at the dearest price that fits; nothing where the row has none that can be counted.
 * @param {VideoModel} row @param {{ duration?: unknown, resolution?: unknown }} body  as it goes out
 */
export function videoUsd({ pricingSkus, durations }, { duration, resolution }) {
  const wanted = typeof resolution === "string" ? resolution.toLowerCase() : "";
  const all = Object.entries(pricingSkus).flatMap(([name, price]) => {
    const rate = secondOf(name, wanted);
    return rate === undefined ? [] : [{ name, usd: rate * Number(price) }];
  });
  const fitting = all.filter(({ name }) => wanted !== "" && name.endsWith(wanted));
  const rates = (fitting.length > 0 ? fitting : all).map(({ usd }) => usd);
  const seconds = typeof duration === "number" && duration > 0 ? duration : Math.max(USUAL_SECONDS, ...durations);
  const least = Number(pricingSkus.minimum_cents_per_generation ?? 0) / 100;
  return rates.length > 0 ? Math.max(Math.max(...rates) * seconds, least).toFixed(12) : undefined;
}

/** How often a second has what a price is of; nothing for what is priced otherwise. @param {string} name @param {string} resolution */
function secondOf(name, resolution) {
  if (name.includes("video_tokens")) return TOKENS_PER_SECOND[/** @type {keyof typeof TOKENS_PER_SECOND} */ (resolution)] ?? TOKENS_PER_SECOND["720p"];
  if (!name.includes("second") || name.includes("megapixel")) return undefined;
  return name.includes("cents_per_") ? 0.01 : 1;
}
