/** `POST /search`, which is Perplexity's own API (`https://api.perplexity.ai/search`) and not OpenRouter's. */

import { checkedBody, filledText, integerFrom, listOf, oneOf } from "./body-check.js";
import { sourcesFor } from "./web-sources.js";

/** @import { App } from "./router.js" */
/** @import { State } from "./state.js" */

const DEFAULT_RESULTS = 10;
const MOST_RESULTS = 20;
const MOST_DOMAINS = 20;

const day = { is: "a date as M/D/YYYY", fits: (/** @type {any} */ value) => typeof value === "string" && /^\d{1,2}\/\d{1,2}\/\d{4}$/.test(value) };
const twoLetters = { is: "two letters", fits: (/** @type {any} */ value) => typeof value === "string" && /^[A-Za-z]{2}$/.test(value) };

const RULES = {
  query: {
    is: "a string that is not empty, or an array of them",
    fits: (/** @type {any} */ value) => filledText().fits(value) || (Array.isArray(value) && value.length > 0 && value.every(filledText().fits)),
    required: true,
  },
  max_results: integerFrom(1, MOST_RESULTS),
  max_tokens: integerFrom(1, 1_000_000),
  max_tokens_per_page: integerFrom(1),
  country: twoLetters,
  search_domain_filter: listOf(filledText(), MOST_DOMAINS),
  search_language_filter: listOf(twoLetters),
  search_recency_filter: oneOf(["hour", "day", "week", "month", "year"]),
  search_after_date_filter: day,
  search_before_date_filter: day,
};

/**
 * @param {App} app
 * @param {State} state
 */
export function searchRoutes(app, state) {
  app.post("/search", (context) => {
    const { exchange } = context.env;
    state.requireKey(context.req.raw.headers);
    const body = checkedBody(exchange.entry.body, RULES);
    const queries = Array.isArray(body.query) ? body.query : [body.query];
    const results = queries.flatMap((query) => sourcesFor(query, body.max_results ?? DEFAULT_RESULTS));
    return exchange.json(200, { id: state.ids.alphanumeric(24), results: results.map((source) => ({ ...source, last_updated: source.date })) });
  });
}
