/** `GET /key`, `/credits` and `/generation`: the books of what this simulator answered. */

import { ApiError } from "./errors.js";
import { usd } from "./prices.js";

/** @import { App } from "./router.js" */
/** @import { Generation, State } from "./state.js" */

const CREDITS = 25;
const FREE_REQUESTS_A_DAY = 1000;

/**
 * @param {App} app
 * @param {State} state
 */
export function accountRoutes(app, state) {
  app.get("/key", (context) => {
    const key = state.requireKey(context.req.raw.headers);
    return context.env.exchange.json(200, { data: keyOf(key, state) });
  });
  app.get("/credits", (context) => {
    const key = state.requireKey(context.req.raw.headers);
    if (!state.isManagementKey(key)) throw new ApiError(403, "Only management keys can fetch credits for an account");
    const used = [...state.spent.values()].reduce((sum, amount) => sum + amount, 0);
    return context.env.exchange.json(200, { data: { total_credits: CREDITS, total_usage: usd(used), ...state.options.credits } });
  });
  app.get("/generation", (context) => {
    state.requireKey(context.req.raw.headers);
    const id = context.req.query("id");
    if (!id || !/^gen-[0-9A-Za-z-]+$/.test(id)) throw new ApiError(400, "The query parameter id must be a generation id");
    const polls = state.generationPolls.get(id) ?? 0;
    state.generationPolls.set(id, polls + 1);
    const generation = state.generations.get(id);
    // The books are written after the answer: for a while nobody has heard of it.
    if (!generation || polls < (state.options.generationDelayPolls ?? 0)) throw new ApiError(404, `Generation ${id} not found`);
    return context.env.exchange.json(200, { data: describe(generation) });
  });
}

/**
 * @param {string} key
 * @param {State} state
 */
function keyOf(key, state) {
  const usage = state.spent.get(key) ?? 0;
  const free = [...state.generations.values()].filter(({ answer }) => answer.model.endsWith(":free")).length;
  const management = state.isManagementKey(key);
  const given = state.options.key ?? {};
  const limit = given.limit ?? null;
  return {
    label: labelOf(key),
    limit,
    limit_remaining: limit === null ? null : usd(Math.max(0, Number(limit) - usage)),
    limit_reset: null,
    include_byok_in_limit: false,
    usage,
    usage_daily: usage,
    usage_weekly: usage,
    usage_monthly: usage,
    byok_usage: 0,
    byok_usage_daily: 0,
    byok_usage_weekly: 0,
    byok_usage_monthly: 0,
    is_free_tier: false,
    is_management_key: management,
    is_provisioning_key: management,
    expires_at: null,
    creator_user_id: "user_simulator",
    organization_id: null,
    workspace_id: null,
    budgets: [],
    effective_budget: null,
    allowed_data_regions: ["global"],
    free_model_daily_requests: { used: free, limit: FREE_REQUESTS_A_DAY, remaining: Math.max(0, FREE_REQUESTS_A_DAY - free) },
    rate_limit: { requests: -1, interval: "10s", note: "This field is deprecated and safe to ignore." },
    ...given,
  };
}

/** @param {Generation} generation */
function describe({ answer, apiType, streamed, cancelled, requestHeaders, sessionId }) {
  const prompt = answer.usage?.prompt_tokens ?? 0;
  const completion = answer.usage?.completion_tokens ?? 0;
  const cost = Number(answer.usage?.cost ?? 0);
  return {
    id: answer.id,
    upstream_id: null,
    total_cost: cost,
    cache_discount: null,
    upstream_inference_cost: 0,
    provider_name: answer.provider,
    created_at: new Date(answer.created * 1000).toISOString(),
    model: answer.model,
    app_id: null,
    streamed,
    cancelled,
    latency: 200 + prompt,
    moderation_latency: null,
    generation_time: completion * 15,
    tokens_prompt: prompt,
    tokens_completion: completion,
    native_tokens_prompt: prompt,
    native_tokens_completion: completion,
    native_tokens_completion_images: answer.usage?.completion_tokens_details?.image_tokens ?? 0,
    native_tokens_reasoning: answer.usage?.completion_tokens_details?.reasoning_tokens ?? 0,
    native_tokens_cached: 0,
    num_media_prompt: null,
    num_input_audio_prompt: null,
    num_media_completion: null,
    num_search_results: null,
    num_fetches: null,
    web_search_engine: null,
    origin: requestHeaders["http-referer"] ?? "",
    http_referer: requestHeaders["http-referer"] ?? null,
    user_agent: requestHeaders["user-agent"] ?? null,
    usage: cost,
    is_byok: false,
    finish_reason: cancelled ? null : answer.finishReason,
    native_finish_reason: cancelled ? null : answer.nativeFinishReason,
    external_user: null,
    api_type: apiType,
    preset_id: null,
    router: null,
    provider_responses: null,
    service_tier: null,
    data_region: "global",
    workspace_id: null,
    session_id: sessionId,
    request_id: null,
    response_cache_source_id: null,
  };
}

/** As OpenRouter's own list shows a key; of a short one no more than a part. @param {string} key */
function labelOf(key) {
  const head = Math.min(9, Math.floor(key.length / 4)), tail = Math.min(3, Math.floor(key.length / 6));
  return `${key.slice(0, head)}...${key.slice(key.length - tail)}`;
}
