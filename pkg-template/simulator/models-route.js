/** `GET /models` and its relatives. No key is asked for, and a wrong one does not matter. */

import { ApiError } from "./errors.js";
import { houseOf } from "./catalog.js";

/** @import { Model } from "../simulator.d.ts" */
/** @import { App } from "./router.js" */
/** @import { State } from "./state.js" */

const CACHE = { "Cache-Control": "public, max-age=300, stale-while-revalidate=3600" };
const LARGEST_PAGE = 1000;

/**
 * @param {App} app
 * @param {State} state
 */
export function modelsRoutes(app, state) {
  app.get("/models", (context) => {
    const url = new URL(context.req.url);
    const { exchange } = context.env;
    const script = exchange.script.models ?? {};
    const kept = state.catalog.rows.filter((row) => passes(row, url.searchParams));
    if (script.shape === "2025-05") return exchange.json(200, { data: [...(script.rows ?? []), ...kept.filter(isChat).map(oldRow)] }, CACHE);
    const rows = [...(script.rows ?? []), ...kept];
    const offset = wholeNumber(url.searchParams, "offset", 0, Infinity) ?? 0;
    const limit = wholeNumber(url.searchParams, "limit", 1, LARGEST_PAGE) ?? script.pageSize ?? rows.length;
    const data = rows.slice(offset, offset + limit);
    const next = script.next === undefined ? nextPage(url, offset + limit, rows.length) : script.next;
    return exchange.json(200, { data, total_count: rows.length, links: { next } }, CACHE);
  });
  app.get("/models/count", (context) => {
    const { searchParams } = new URL(context.req.url);
    return context.env.exchange.json(200, { data: { count: state.catalog.rows.filter((row) => passes(row, searchParams)).length } }, CACHE);
  });
  app.get("/models/user", (context) => {
    state.requireKey(context.req.raw.headers);
    return context.env.exchange.json(200, { data: state.catalog.rows, total_count: state.catalog.rows.length, links: { next: null } });
  });
  app.get("/model/:author/:slug", (context) => {
    return context.env.exchange.json(200, { data: find(state, context.req.param("author"), context.req.param("slug")) });
  });
  app.get("/models/:author/:slug/endpoints", (context) => {
    const row = find(state, context.req.param("author"), context.req.param("slug"));
    return context.env.exchange.json(200, { data: endpointsOf(row) });
  });
}

/**
 * @param {State} state
 * @param {string} author
 * @param {string} slug
 */
function find(state, author, slug) {
  const row = state.catalog.find(`${author}/${slug}`);
  if (!row) throw new ApiError(404, `Model ${author}/${slug} not found`);
  return row;
}

/**
 * @param {Model} row
 * @param {URLSearchParams} query
 */
function passes(row, query) {
  const list = (/** @type {string} */ name) => query.get(name)?.split(",").filter(Boolean) ?? [];
  const outputs = query.has("output_modalities") ? list("output_modalities") : ["text"];
  const words = query.get("q")?.toLowerCase();
  const prices = (/** @type {string} */ name, /** @type {number} */ otherwise) => Number(query.get(name) ?? otherwise) / 1e6;
  const price = Number(row.pricing.prompt);
  const days = (Date.now() / 1000 - row.created) / 86_400;
  return (
    (query.get("zdr") !== "true" || isDiscreet(row)) &&
    days >= Number(query.get("min_age_days") ?? -Infinity) && days <= Number(query.get("max_age_days") ?? Infinity) &&
    (!query.has("model_authors") || list("model_authors").includes(row.id.replace(/^~/, "").split("/")[0] ?? "")) &&
    (outputs.includes("all") || outputs.some((kind) => row.architecture.output_modalities.includes(kind))) &&
    list("input_modalities").every((kind) => row.architecture.input_modalities.includes(kind)) &&
    list("supported_parameters").every((name) => row.supported_parameters.includes(name)) &&
    (words === undefined || `${row.id} ${row.name}`.toLowerCase().includes(words)) &&
    (row.context_length ?? 0) >= Number(query.get("context") ?? 0) &&
    price >= prices("min_price", -Infinity) && price <= prices("max_price", Infinity)
  );
}

/** Free models live of what is written to them. @param {Model} row */
function isDiscreet(row) {
  return !row.id.endsWith(":free");
}

/**
 * @param {URLSearchParams} query
 * @param {string} name
 * @param {number} lowest
 * @param {number} highest
 */
function wholeNumber(query, name, lowest, highest) {
  const text = query.get(name);
  if (text === null) return undefined;
  const number = Number(text);
  if (!Number.isInteger(number) || number < lowest || number > highest) throw new ApiError(400, `${name} must be a whole number from ${lowest}`);
  return number;
}

/**
 * @param {URL} url
 * @param {number} offset
 * @param {number} total
 */
function nextPage(url, offset, total) {
  if (offset >= total) return null;
  const next = new URL(url);
  next.searchParams.set("offset", String(offset));
  return next.pathname + next.search;
}

/** @param {Model} row */
function isChat(row) {
  return row.architecture.output_modalities.includes("text");
}

/** @param {Model} row */
function oldRow({ id, hugging_face_id, name, created, description, context_length, architecture, pricing, top_provider, per_request_limits, supported_parameters }) {
  const prices = { prompt: pricing.prompt, completion: pricing.completion, request: "0", image: "0", web_search: "0", internal_reasoning: "0" };
  return { id, hugging_face_id, name, created, description, context_length, architecture, pricing: prices, top_provider, per_request_limits, supported_parameters };
}

/** @param {Model} row */
function endpointsOf(row) {
  const { provider } = houseOf(row.id);
  const { id, name, created, description, architecture } = row;
  const tools = row.supported_parameters.includes("tool_choice");
  const endpoint = {
    name: `${provider} | ${row.canonical_slug}`,
    model_id: row.id,
    model_name: row.name,
    context_length: row.context_length ?? 0,
    pricing: row.pricing,
    provider_name: provider,
    tag: provider.toLowerCase(),
    service_tier: null,
    quantization: null,
    max_completion_tokens: row.top_provider.max_completion_tokens,
    max_prompt_tokens: null,
    supported_parameters: row.supported_parameters,
    supports_implicit_caching: false,
    supports_diarization: false,
    supports_tool_choice: { auto: tools, none: tools, required: tools, function: tools },
    native_tools: {},
    status: 0,
    uptime_last_30m: 100,
    uptime_last_5m: 100,
    uptime_last_1d: 100,
    latency_last_30m: null,
    throughput_last_30m: null,
  };
  return { id, name, created, description, architecture, endpoints: [endpoint] };
}
