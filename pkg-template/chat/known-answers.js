// The fields and words that answers are known to have: OpenRouter's schema, and what its providers send beside it. What is none of them is
// counted once an answer; loaded when somebody asks for it.
import { nameTree } from "../name-tree.js";

/** @import { Drift as DriftRow } from "../index.js" */
/** @import { Known } from "../name-tree.js" */

/** A server may send new names for ever. */
const MOST_KINDS = 200;
const MOST_CHARS = 120;

const PROMPT_DETAILS = "{cached_tokens cache_write_tokens audio_tokens video_tokens image_tokens file_tokens text_tokens}";
const USAGE = `{prompt_tokens completion_tokens total_tokens input_tokens output_tokens reasoning_tokens cost is_byok service_tier speed iterations{*} seconds search_units
  cache_discount prompt_tokens_details${PROMPT_DETAILS} input_tokens_details${PROMPT_DETAILS}
  completion_tokens_details{reasoning_tokens image_tokens audio_tokens text_tokens accepted_prediction_tokens rejected_prediction_tokens} output_tokens_details{reasoning_tokens}
  cost_details{upstream_inference_cost upstream_inference_prompt_cost upstream_inference_completions_cost server_tool_cost}
  server_tool_use{web_search_requests tool_calls_requested tool_calls_executed} server_tool_use_details{web_search_requests tool_calls_requested tool_calls_executed}
  cache_creation{ephemeral_5m_input_tokens ephemeral_1h_input_tokens} cache_creation_input_tokens cache_read_input_tokens}`;
const ERROR = `{code message type param metadata{error_type=context_length_exceeded|max_tokens_exceeded|token_limit_exceeded|string_too_long|authentication|permission_denied|payment_required|rate_limit_exceeded|provider_overloaded|provider_unavailable|invalid_request|invalid_prompt|not_found|precondition_failed|payload_too_large|unprocessable|content_policy_violation|refusal|invalid_image|image_too_large|image_too_small|unsupported_image_format|image_not_found|image_download_failed|server|timeout|unmapped
  provider_code provider_name raw reasons flagged_input model_slug is_byok headers{*} retry_after retry_after_seconds previous_errors{*} patterns limit remaining reset}}`;
const DETAIL = `{type=reasoning.text|reasoning.summary|reasoning.encrypted|reasoning.server_tool_call
  format=unknown|openai-responses-v1|azure-openai-responses-v1|bedrock-openai-responses-v1|bedrock-xai-responses-v1|xai-responses-v1|meta-responses-v1|anthropic-claude-v1|google-gemini-v1
  id index text signature summary data arguments result tool_call_id tool_name}`;
const PART = `{type=text|image_url|input_audio|input_video|video_url|file|refusal|thinking|reasoning text refusal thinking{*} reasoning summary signature cache_control{*} prompt_cache_breakpoint{*}
  image_url{url detail} input_audio{data format} video_url{url processing} file{filename file_data file_id}}`;
const MESSAGE = `{role=assistant content${PART} refusal reasoning reasoning_content reasoning_text reasoning_details${DETAIL} thinking_blocks{*}
  tool_calls{id index type=function function{name arguments} extra_content{*}} function_call{name arguments} extra_content{*} provider_specific_fields{*}
  images{type=image_url index image_url{url detail}} audio{id data transcript expires_at} model name
  annotations{type=url_citation|file url_citation{url title content start_index end_index} file{hash name content{*}} start_index end_index}}`;
const METADATA = `{attempt attempts{*} endpoints{*} generation_time is_byok params{*} pipeline{type=guardrail|plugin|server_tools|response_healing|context_compression name summary data{*} cost_usd guardrail_id guardrail_scope}
  region requested strategy=direct|auto|free|latest|alias|fallback|pareto|bodybuilder|fusion summary}`;
const CHAT = `{id object=chat.completion|chat.completion.chunk|error|text_completion created model provider system_fingerprint service_tier type usage${USAGE} error${ERROR} user_id
  openrouter_metadata${METADATA} alignment{*} safeguard_results{*} debug{*}
  choices{index finish_reason=stop|length|tool_calls|function_call|content_filter|error native_finish_reason stop_reason text matched_stop token_ids logprobs{*} error${ERROR} usage${USAGE} delta${MESSAGE} message${MESSAGE}}}`;
const MODEL = `{id canonical_slug name created description context_length knowledge_cutoff expiration_date hugging_face_id alias_target{*} links{*} benchmarks{*} supported_voices
  architecture{modality tokenizer instruct_type input_modalities=text|image|file|audio|video output_modalities=text|image|embeddings|audio|video|rerank|decisions|speech|transcription}
  pricing{prompt completion request image image_output image_token audio audio_output web_search internal_reasoning discount input_audio_cache input_cache_read input_cache_write input_cache_write_1h overrides{*}}
  top_provider{context_length max_completion_tokens is_moderated} per_request_limits{*} supported_parameters default_parameters{*}
  reasoning{mandatory default_enabled default_effort supported_efforts=max|xhigh|high|medium|low|minimal|none supports_max_tokens} endpoint{*}}`;
const JOB = `{id status=pending|in_progress|completed|failed|cancelled|expired generation_id model polling_url unsigned_urls urls error{*} expires_at created_at usage${USAGE}}`;
const GENERATION = `{api_type=completions|embeddings|rerank|decisions|video|tts|stt|image app_id cache_discount cancelled created_at data_region external_user finish_reason generation_time http_referer id is_byok latency
  model moderation_latency native_finish_reason native_tokens_cached native_tokens_completion native_tokens_completion_images native_tokens_prompt native_tokens_reasoning num_fetches num_input_audio_prompt
  num_media_completion num_media_prompt num_search_results origin preset_id provider_name provider_responses{*} request_id response_cache_source_id router service_tier session_id streamed tokens_completion
  tokens_prompt total_cost upstream_id upstream_inference_cost usage user_agent web_search_engine workspace_id}`;

/** By the end of the path that was asked. @type {[path: RegExp, name: string, known: string][]} */
const ANSWERS = [
  [/^chat$|\/chat\/completions$/, "", CHAT],
  [/\/embeddings$/, "embeddings", `{id object=list model provider data{object=embedding index embedding} usage${USAGE}}`],
  [/\/rerank$/, "rerank", `{id model provider results{index relevance_score document{text image}} usage${USAGE}}`],
  [/\/(systemone|decisions)$/, "decisions", `{id model provider answers{*} usage${USAGE}}`],
  [/\/images(\/generations)?$/, "images", `{created data{b64_json media_type url revised_prompt} model id usage${USAGE}}`],
  [/\/audio\/transcriptions$/, "transcriptions", `{text task language language_confidence duration confidence segments{*} words{*} entities{*} model usage${USAGE}}`],
  [/\/videos(\/[^/]+)?$/, "videos", JOB],
  [/\/generation$/, "generation", `{data${GENERATION}}`],
  [/\/models(\/user)?$/, "models", `{data${MODEL} links{*} total_count}`],
];

/** @param {{ of: string, pieces: unknown[] }} answer @param {Map<string, DriftRow>} rows  gets what is not known */
export function countUnknown({ of, pieces }, rows) {
  const path = of === "chat" ? of : pathOf(of);
  const [, name, known] = ANSWERS.find(([pattern]) => pattern.test(path)) ?? [];
  if (name === undefined || known === undefined) return;
  /** @type {Map<string, DriftRow>} */
  const found = new Map();
  for (const piece of pieces) look(valueOf(piece), nameTree(known), "", name, found);
  for (const [key, row] of found) {
    const held = rows.get(key);
    if (held) held.count += 1;
    else if (rows.size < MOST_KINDS) rows.set(key, row);
  }
}

/** @param {string} url */
function pathOf(url) {
  try {
    return new URL(url).pathname.replace(/\/+$/, "");
  } catch {
    return "";
  }
}

/** @param {unknown} value @param {Known} known @param {string} place @param {string} name @param {Map<string, DriftRow>} found */
function look(value, known, place, name, found) {
  if (Array.isArray(value)) {
    for (const item of value) look(item, known, place, name, found);
  } else if (typeof value === "object" && value !== null) {
    // A field that is told apart by nothing but being there, such as a text: what is in it is its own.
    if (known.fields.size === 0 || known.fields.has("*")) return;
    for (const [field, inner] of Object.entries(value)) {
      if (inner === null || inner === undefined) continue;
      const below = known.fields.get(field);
      const at = place === "" ? field : `${place}.${field}`;
      if (below) look(inner, below, at, name, found);
      else note(found, kindOf(at), withName(name, at));
    }
  } else if (known.words && typeof value === "string" && value !== "" && !known.words.has(value)) {
    const isReason = place.endsWith("choices.finish_reason");
    note(found, isReason ? "finish_reason" : "value", isReason ? value : withName(name, `${place}=${value}`));
  }
}

/** @param {string} place */
const kindOf = (place) => (/(^|\.)usage\./.test(place) ? "usage" : "answer");

/** A field of a usage is the same wherever that stands. @param {string} name @param {string} place */
function withName(name, place) {
  const usage = /(?:^|\.)usage\.(.*)/.exec(place)?.[1];
  return usage ?? (name === "" ? place : `${name}: ${place}`);
}

/** @param {Map<string, DriftRow>} found @param {DriftRow["kind"]} kind @param {string} text */
function note(found, kind, text) {
  const value = text.slice(0, MOST_CHARS);
  if (found.size < MOST_KINDS) found.set(`${kind} ${value}`, { kind, value, count: 1 });
}

/** One for all: to make one costs more than to read a chunk of an answer. */
const decoder = new TextDecoder();

/** @param {unknown} piece */
function valueOf(piece) {
  if (typeof piece !== "string" && !(piece instanceof Uint8Array)) return piece;
  const text = typeof piece === "string" ? piece : decoder.decode(piece);
  try {
    return JSON.parse(text);
  } catch {
    // The beginning of a long answer: its first row stands for the others. What is no JSON has no fields.
    const first = firstRow(text);
    return first && { data: [first] };
  }
}

/** The first object in the first list of a text that was cut. @param {string} text */
function firstRow(text) {
  const start = text.indexOf("[{") + 1;
  if (start === 0) return undefined;
  for (let end = text.indexOf("}", start); end > 0; end = text.indexOf("}", end + 1)) {
    try {
      return JSON.parse(text.slice(start, end + 1));
    } catch {
      // Not this bracket.
    }
  }
  return undefined;
}
