/** `POST /embeddings` and `GET /embeddings/models`. Texts that share words get vectors that are near each other, so that a search over them finds something. */

import { COMMON_FIELDS, checkedBody, isRecord, integerFrom, oneOf, text } from "./body-check.js";
import { houseOf } from "./catalog.js";
import { ApiError } from "./errors.js";
import { hashText } from "./ids.js";
import { base64 } from "./media-samples.js";
import { countTokens, usd } from "./prices.js";

/** @import { App } from "./router.js" */
/** @import { State } from "./state.js" */

const DEFAULT_DIMENSIONS = 1536;
const MOST_DIMENSIONS = 8192;
const MOST_INPUTS = 2048;

/** @param {any} value */
const isTokens = (value) => Array.isArray(value) && value.length > 0 && value.every(Number.isInteger);
/** @param {any} value */
const isText = (value) => typeof value === "string" && value !== "";
/** @param {any} value */
const isParts = (value) => isRecord(value) && Array.isArray(value.content) && value.content.length > 0 && value.content.every((/** @type {any} */ part) => typeof part?.type === "string");

const RULES = {
  ...COMMON_FIELDS,
  input: {
    is: "a string, an array of strings, tokens, arrays of tokens or objects with content",
    fits: (/** @type {any} */ value) => isText(value) || isTokens(value) || (Array.isArray(value) && value.length > 0 && [isText, isTokens, isParts].some((fits) => value.every(fits))),
    required: true,
  },
  dimensions: integerFrom(1, MOST_DIMENSIONS),
  encoding_format: oneOf(["float", "base64"]),
  input_type: text,
};

/**
 * @param {App} app
 * @param {State} state
 */
export function embeddingsRoutes(app, state) {
  app.get("/embeddings/models", (context) => {
    const data = state.catalog.rows.filter((row) => row.architecture.output_modalities.includes("embeddings"));
    return context.env.exchange.json(200, { data, total_count: data.length, links: { next: null } });
  });

  app.post("/embeddings", (context) => {
    const { exchange } = context.env;
    const key = state.requireKey(context.req.raw.headers);
    const body = checkedBody(exchange.entry.body, RULES);
    const row = state.catalog.maker(body.model, "embeddings");
    const inputs = isText(body.input) || isTokens(body.input) ? [body.input] : body.input;
    if (inputs.length > MOST_INPUTS) throw new ApiError(400, `Invalid request: input: at most ${MOST_INPUTS} entries`);
    const tokens = inputs.reduce((/** @type {number} */ sum, /** @type {any} */ input) => sum + tokensOf(input), 0);
    if (row.context_length && Math.max(...inputs.map(tokensOf)) > row.context_length) {
      throw new ApiError(400, `This model's maximum context length is ${row.context_length} tokens`);
    }
    state.requireBudget(key);
    const created = Math.floor(Date.now() / 1000);
    const id = state.ids.generation(created).replace("gen-", "gen-emb-");
    const cost = usd(tokens * Number(row.pricing.prompt));
    const usage = { prompt_tokens: tokens, total_tokens: tokens, cost };
    state.rememberMedia({ id, model: row.id, cost, usage, apiType: "embeddings", requestHeaders: exchange.entry.headers }, key);
    const data = inputs.map((/** @type {any} */ input, /** @type {number} */ index) => {
      const vector = vectorOf(wordsOf(input), body.dimensions ?? DEFAULT_DIMENSIONS);
      return { object: "embedding", embedding: body.encoding_format === "base64" ? base64(new Uint8Array(vector.buffer)) : [...vector], index };
    });
    return exchange.json(200, { object: "list", data, model: row.id.split("/").at(-1), usage, provider: houseOf(row.id).provider, id });
  });
}

/** @param {any} input */
function tokensOf(input) {
  return Array.isArray(input) ? input.length : isRecord(input) ? input.content.reduce((/** @type {number} */ sum, /** @type {any} */ part) => sum + (part.text ? countTokens(part.text) : 258), 0) : countTokens(input);
}

/** @param {any} input @returns {string[]} */
function wordsOf(input) {
  if (Array.isArray(input)) return input.map(String);
  const words = isRecord(input) ? input.content.map((/** @type {any} */ part) => part.text ?? JSON.stringify(part)).join(" ") : input;
  return words.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [words];
}

/**
 * Each word points somewhere of its own; a text is the sum of its words, of length one.
 * @param {string[]} words
 * @param {number} dimensions
 */
function vectorOf(words, dimensions) {
  const vector = new Float32Array(dimensions);
  for (const word of words) {
    for (let part = 0; part < 4; part++) {
      const hash = hashText(`${word} ${part}`);
      vector[hash % dimensions] = /** @type {number} */ (vector[hash % dimensions]) + (hash & 0x10000 ? 1 : -1);
    }
  }
  const length = Math.hypot(...vector) || 1;
  return vector.map((value) => value / length);
}
