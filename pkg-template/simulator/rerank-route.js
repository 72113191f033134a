/** `POST /rerank`: by the words that a document shares with the query. */

import { COMMON_FIELDS, checkedBody, filledText, integerFrom, isRecord } from "./body-check.js";
import { houseOf } from "./catalog.js";
import { hashText } from "./ids.js";
import { countTokens, usd } from "./prices.js";

/** @import { App } from "./router.js" */
/** @import { State } from "./state.js" */

const RULES = {
  ...COMMON_FIELDS,
  query: { ...filledText(), required: true },
  documents: {
    is: "an array of at least one string or object with text or image",
    fits: (/** @type {any} */ value) => Array.isArray(value) && value.length > 0 && value.every(isDocument),
    required: true,
  },
  top_n: integerFrom(1),
};

/** @param {any} value */
function isDocument(value) {
  return typeof value === "string" || (isRecord(value) && (typeof value.text === "string" || typeof value.image === "string"));
}

/**
 * @param {App} app
 * @param {State} state
 */
export function rerankRoutes(app, state) {
  app.post("/rerank", (context) => {
    const { exchange } = context.env;
    const key = state.requireKey(context.req.raw.headers);
    const body = checkedBody(exchange.entry.body, RULES);
    const row = state.catalog.maker(body.model, "rerank");
    state.requireBudget(key);
    const wanted = new Set(wordsOf(body.query));
    const results = body.documents.map((/** @type {any} */ document, /** @type {number} */ index) => {
      const text = typeof document === "string" ? document : (document.text ?? "");
      const words = wordsOf(text);
      const shared = words.filter((word) => wanted.has(word)).length / Math.max(1, wanted.size);
      // Never the same for two texts: an order that is a matter of luck is none.
      const score = Math.min(0.99, shared * 0.9) + (hashText(text) % 1000) / 100_000;
      return { index, relevance_score: Math.round(score * 1e6) / 1e6, document: typeof document === "string" ? { text: document } : document };
    });
    results.sort((/** @type {any} */ left, /** @type {any} */ right) => right.relevance_score - left.relevance_score);
    const tokens = body.documents.reduce((/** @type {number} */ sum, /** @type {any} */ document) => sum + countTokens(typeof document === "string" ? document : (document.text ?? "")) + countTokens(body.query), 0);
    const cost = usd(tokens * Number(row.pricing.prompt) + Number(row.pricing.request ?? 0));
    const id = state.ids.generation(Math.floor(Date.now() / 1000)).replace("gen-", "gen-rerank-");
    state.rememberMedia({ id, model: row.id, cost, apiType: "rerank", requestHeaders: exchange.entry.headers }, key);
    const usage = { total_tokens: tokens, ...(Number(row.pricing.request ?? 0) > 0 && { search_units: 1 }), cost };
    return exchange.json(200, { id, model: row.id.split("/").at(-1), provider: houseOf(row.id).provider, results: results.slice(0, body.top_n ?? results.length), usage });
  });
}

/** @param {string} text @returns {string[]} */
function wordsOf(text) {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}
