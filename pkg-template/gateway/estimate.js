// What a request may cost, before it is sent: its length by the rule of thumb, the model's prices, and the answer that it may get.
import { picoOfDecimal } from "../money/amounts.js";

const CHARS_PER_TOKEN = 4, TOKENS_PER_MEDIUM = 1000;
/** An answer to a request that sets no limit, as far as it is held for. */
const USUAL_OUTPUT_TOKENS = 4096;
/** Where nobody knows a price (a router, a model that the catalog does not have): a dear model's. */
const UNKNOWN_PRICING = { prompt: "0.000015", completion: "0.000075" };

/** @typedef {{ promptTokens: number, outputTokens: number, promptPico: bigint, outputPico: bigint, tokenPico: bigint }} Estimate */

/**
 * @param {any} body
 * @param {{ pricing?: any, maxOutputTokens?: number, modelMaxTokens?: number }} known
 * @returns {Estimate}
 */
export function estimateOf(body, { pricing, maxOutputTokens, modelMaxTokens }) {
  const promptTokens = tokensOf(body);
  const asked = [body.max_completion_tokens, body.max_tokens, body.max_output_tokens].find((value) => Number.isInteger(value) && value > 0);
  const limits = [asked ?? Math.min(USUAL_OUTPUT_TOKENS, modelMaxTokens ?? Infinity), maxOutputTokens].filter((limit) => limit !== undefined);
  const outputTokens = Math.min(.../** @type {number[]} */ (limits));
  const price = (/** @type {"prompt" | "completion" | "request"} */ name) => picoOfDecimal(pricing?.[name]);
  const prompt = price("prompt"), completion = price("completion");
  const isKnown = prompt !== undefined && completion !== undefined;
  const promptPrice = isKnown ? prompt : /** @type {bigint} */ (picoOfDecimal(UNKNOWN_PRICING.prompt));
  const tokenPico = isKnown ? completion : /** @type {bigint} */ (picoOfDecimal(UNKNOWN_PRICING.completion));
  const promptPico = BigInt(promptTokens) * promptPrice + (price("request") ?? 0n);
  return { promptTokens, outputTokens, promptPico, outputPico: BigInt(outputTokens) * tokenPico, tokenPico };
}

/** How many tokens of an answer so much money pays. @param {Estimate} estimate @param {bigint} heldPico @returns {number} */
export function affordableTokens({ promptPico, tokenPico }, heldPico) {
  if (tokenPico === 0n) return Infinity;
  return Number((heldPico - promptPico) / tokenPico);
}

/** @param {any} body */
function tokensOf(body) {
  let chars = 0, media = 0;
  const walk = (/** @type {unknown} */ value, /** @type {number} */ depth) => {
    if (typeof value === "string") {
      if (value.startsWith("data:")) media += 1;
      else chars += value.length;
    } else if (typeof value === "object" && value !== null && depth < 40) {
      const { type, data } = /** @type {any} */ (value);
      // Bytes of sound in base64.
      if (typeof data === "string" && typeof (/** @type {any} */ (value).format) === "string") media += 1;
      else if (type === "image_url" && typeof (/** @type {any} */ (value).image_url?.url) === "string") media += 1;
      else for (const [name, inner] of Object.entries(value)) {
        chars += Array.isArray(value) ? 1 : name.length + 4;
        walk(inner, depth + 1);
      }
    } else chars += 4;
  };
  for (const name of ["messages", "tools", "input", "prompt", "system", "instructions", "response_format"]) if (body[name] !== undefined) walk(body[name], 0);
  return Math.ceil(chars / CHARS_PER_TOKEN) + media * TOKENS_PER_MEDIUM;
}
