// The names inside what a request has beside its messages and its routing: tools, plugins, the smaller objects. JavaScript's spelling becomes
// the wire's; what is no name is told, with the one that was meant, by the engine, which finds that. Loaded by requests that have such fields, or a
// number that may be odd.
import { invalidRequest } from "../first-part.js";
import { nameTree } from "../name-tree.js";
import { checkParamWords, checkValues, snake } from "./field-values.js";
import { tellOddValues } from "./odd-values.js";
import { tellOddMessages } from "./message-values.js";
import { checkTool } from "./tool-values.js";

/** @import { Known } from "../name-tree.js" */

// A request that names its session comes here anyway.
export { hashedSession } from "./session-id.js";

const EFFORTS = "max|xhigh|high|medium|low|minimal|none", CACHING = "type!=ephemeral ttl=5m|1h";
const REASONING = `reasoning:o{effort=${EFFORTS} max_tokens:n}`, CACHE = `cache_control:o{${CACHING}}`, TIMES = "p50:n p75:n p90:n p99:n";
const PLACE = "city:s country:s region:s timezone:s", LOCATION = `user_location:o{type=approximate ${PLACE}}`;
const X_SEARCH = "x_search:o{allowed_x_handles:ls excluded_x_handles:ls enable_image_understanding:b enable_video_understanding:b from_date:s to_date:s}";
const MODE = "mode=instant|fast|auto|deep-lite|deep|deep-reasoning|turbo|basic|advanced";
const WEB_SEARCH = `engine=native|exa|parallel|firecrawl|perplexity|auto ${MODE} max_results:n max_total_results:n max_characters:n max_uses:n search_context_size=low|medium|high allowed_domains:ls excluded_domains:ls ${LOCATION} ${X_SEARCH}`;
const FUNCTION = "name description parameters{*} strict defer_loading:b";
const SHORT = `{type ${FUNCTION} ${CACHE} execute ~types}`;
const WIRE = `{type function{${FUNCTION}} ${CACHE} defer_loading:b execute}`;
const INNER_TOOLS = "tools:lo{type!:s parameters:o *}";
/** What OpenRouter runs, by type: its parameters. @type {Record<string, string>} */
const SERVER_TOOLS = {
  "openrouter:web_search": WEB_SEARCH,
  "openrouter:web_fetch": "engine=auto|native|openrouter|exa|parallel|firecrawl allowed_domains:ls blocked_domains:ls max_content_tokens:n max_uses:n",
  "openrouter:datetime": "timezone:s",
  "openrouter:image_generation": "model:s *",
  "openrouter:fusion": `analysis_models:ls model:s max_completion_tokens:n max_tool_calls:n ${REASONING} temperature:n ${CACHE} ${INNER_TOOLS}`,
  "openrouter:advisor": `name:s model:s instructions:s forward_transcript:b max_completion_tokens:n ${REASONING} stream:b temperature:n`,
  "openrouter:subagent": `name:s model:s instructions:s max_tool_calls:n max_completion_tokens:n ${REASONING} temperature:n ${INNER_TOOLS} inherit_functions:b inherited_function_names:ls`,
  "openrouter:bash": "engine=auto|native|openrouter environment:o{type!=container_auto|container_reference container_id:s file_ids:ls network_policy:o{type!=disabled|allowlist allowed_domains:ls}}",
  "openrouter:files": "",
  "openrouter:experimental__search_models": "max_results:n",
};
const WEB_SHORTHAND = /^web_search(_|$)/;
/** By id. @type {Record<string, string>} */
const PLUGINS = {
  "auto-router": "allowed_models:ls excluded_models:ls cost_tier=low|medium|high|xhigh|max cost_quality_tradeoff:n pin_model:b",
  "auto-beta-router": "allowed_models:ls excluded_models:ls cost_tier=low|medium|high|xhigh|max cost_quality_tradeoff:n",
  moderation: "",
  web: `engine=native|exa|firecrawl|parallel|perplexity max_results:n max_uses:n ${MODE} search_prompt:s include_domains:ls exclude_domains:ls ${LOCATION} ${X_SEARCH}`,
  "web-fetch": "allowed_domains:ls blocked_domains:ls max_content_tokens:n max_uses:n",
  "file-parser": "pdf:o{engine=mistral-ocr|native|cloudflare-ai|pdf-text}",
  "response-healing": "",
  "context-compression": "engine=middle-out",
  "pareto-router": "max_price:n min_coding_score:n price_source=prompt|weighted_avg",
  fusion: `analysis_models:ls model:s preset=general-high|general-budget|general-fast max_tool_calls:n ${INNER_TOOLS}`,
  "switchyard-router": "algorithm=capability|stage|auto|random|composite|passthrough judge_model:s",
  "jev-router": "models:ls allowed_models:ls excluded_models:ls cost_tier:s",
  alignment: "rules!:lo{rule!:s watch!:ls=content|tool_calls|refusal|images|audio} mode=enforce|audit instruct:b max_retries:n threshold:n",
  armor: `classifier_context:o{v!:n auto_mode:o{allow:lso hard_deny:lso soft_deny:lso environment:lso} *} evaluate_native_tools:b mode=enforce|audit on_error=log|block
    output_mode=text|custom_item|claude_code_compatibility use_cc_style_default_rules:b`,
};
/** By type. @type {Record<string, string>} */
const STOPS = {
  step_count_is: "step_count!:n",
  has_tool_call: "tool_name!:s",
  max_tokens_used: "max_tokens!:n",
  max_cost: "max_cost_in_dollars!:n",
  finish_reason_is: "reason!:s",
};
/** Of `response_format`, by type; which names are none the engine says. @type {Record<string, string>} */
const FORMATS = { json_schema: "json_schema!:o{name!:s description:s schema:o{*} strict:b *}", grammar: "grammar!:s" };
const NAMED = "{type! function!:o{name!:s}}";
const PRICE = "prompt:n,s completion:n,s request:n,s image:n,s audio:n,s";
/** @type {Record<string, string>} */
const OTHERS = {
  // What else may stand in these two the engine says.
  provider: `{order:ls only:ls ignore:ls quantizations:ls sort:s,o{by=price|throughput|latency|exacto partition=model|none *} max_price:o{${PRICE} *} preferred_min_throughput:n,o{${TIMES}} preferred_max_latency:n,o{${TIMES}} options:o{*} *}`,
  reasoning: "{max_tokens:n *}",
  tool_choice: "{type!:s function:o{name!:s}}",
  deferred_tools: "{protocol!=v1 profile!=portable validation!=runtime search!:o{type!=regex|bm25|custom max_results:n tool_id:s result_key:s}}",
  prediction: "{type!=content content!:s,lo{type!=text text!:s}}",
  audio: "{voice:s format:s}",
  web_search_options: `{search_context_size=low|medium|high user_location:o{type=approximate approximate{*} ${PLACE}}}`,
  debug: "{echo_upstream_body:b}",
  cache_control: `{${CACHING}}`,
  prompt_cache_options: "{mode!=explicit ttl=30m|12h}",
  // Any other name is a provider's, or the caller's own.
  image_config: "{aspect_ratio image_size *}",
  trace: "{trace_id:s trace_name:s span_name:s generation_name:s parent_span_id:s *}",
};

/** Of the client's own options, those with names inside. @type {Record<string, string>} */
const OPTIONS = {
  telemetry: "{tracer{*} recordContent:b}",
  app: "{url title categories{*}}",
  limits: "{maxLineBytes maxEventBytes maxBodyBytes maxJsonBytes maxToolArgumentBytes maxToolCalls}",
};

const MODEL = "{alias:s params{*} reasoning{*} supportsTools:b input:ls contextWindow:n maxTokens:n supportedParameters:ls pricing:o{*}}";

/**
 * @param {any} request @param {any} options  of the client
 * @returns {{ request: any, strange: string[] }}  the same request where every name is the wire's; of what is none the place, the name and what could stand there;
 *   of a value that is odd the place, no name, and why
 */
export function wireNames(request, options) {
  /** @type {string[]} */
  const strange = [];
  checkValues(request, (place, word, words) => note(strange, place, word, words));
  const tell = (/** @type {string} */ place, /** @type {string} */ reason) => note(strange, place, "", [reason]);
  tellOddValues(request, "", tell);
  tellOddMessages(request.messages, (value, tree, place) => fit(value, tree, place, strange), tell);
  const settings = Object.entries(options.models ?? {}).map(([model, { params } = {}]) => /** @type {const} */ ([`models["${model}"].params`, params]));
  for (const [place, params] of [/** @type {const} */ (["params", request.params]), /** @type {const} */ (["params", options.params]), ...settings]) {
    tellOddValues(params, `${place}.`, tell);
    checkParamWords(params, place, (path, word, words) => note(strange, path, word, words));
  }
  for (const [holder, name] of /** @type {[any, string][]} */ ([[options, "app"], [options, "limits"], [options, "telemetry"], [request, "limits"]])) {
    if (typeof holder[name] === "object" && holder[name] !== null) fit(holder[name], nameTree(OPTIONS[name]), name, strange);
  }
  for (const [model, settings] of Object.entries(options.models ?? {})) fit(settings, nameTree(MODEL), `models["${model}"]`, strange);
  let changed = request;
  for (const [name, value] of Object.entries(request)) {
    const reason = value === undefined || value === null ? undefined : ofAnotherPlace(name);
    if (reason === undefined) continue;
    if (changed === request) changed = { ...request };
    // No provider knows it, and a key is nobody's to read.
    delete changed[name];
    tell(name, reason);
  }
  for (const [name, value] of Object.entries(changed)) {
    if (typeof value !== "object" || value === null) continue;
    const wire = snake(name), tree = wire === "response_format" ? `{type! ${FORMATS[/** @type {any} */ (value).type] ?? ""} *}` : wire === "tool_choice" && /** @type {any} */ (value).type === "function" ? NAMED : OTHERS[wire];
    const fitted = Object.hasOwn(TREE_OF, wire) ? fitList(/** @type {keyof typeof TREE_OF} */ (wire), name, value, strange) : tree ? fit(value, nameTree(tree), name, strange) : value;
    if (fitted === value) continue;
    if (changed === request) changed = { ...request };
    changed[name] = fitted;
  }
  return { request: changed, strange };
}


/** Why a name says nothing in a request, where it says something elsewhere. @param {string} name */
function ofAnotherPlace(name) {
  if (/^(responseCache(TtlSeconds|Clear)?|cacheRetention)$/.test(name)) return `is no field of a request and was not sent: params.${name} is one`;
  if (/^(apiKey|baseURL|app|strict|fetch|logger|catalog(Cache|TtlMs)|media|telemetry|search)$/.test(name)) return "is an option of the client and was not sent";
  return /^(keepAliveMs|format)$/.test(name) ? "is an option of toResponse() and was not sent" : undefined;
}

/** Lists whose items say themselves what else they have. */
const TREE_OF = { tools: treeOfTool, plugins: treeOfPlugin, stop_server_tools_when: treeOfStop };
/** By what they do. @type {Record<string, string>} */
const TOLD_BY = { plugins: "id", stop_server_tools_when: "type" };

/** @param {keyof typeof TREE_OF} list @param {string} name  as it was written @param {any} items @param {string[]} strange */
function fitList(list, name, items, strange) {
  if (!Array.isArray(items)) return items;
  return mapped(items, (item, number) => {
    const place = `${name}[${number}]`, by = TOLD_BY[list];
    if (by && (typeof item !== "object" || item === null || typeof item[by] !== "string")) throw invalidRequest(`${place}: must be an object with ${by === "id" ? "an id" : "a type"}`);
    if (list === "tools") checkTool(item, place, (place, word, words) => note(strange, place, word, words));
    const fitted = fit(item, TREE_OF[list](item, place, strange), place, strange);
    return list === "tools" ? withoutOtherSchema(fitted) : fitted;
  });
}

/** A schema by another word, which was taken and told, does not go out a second time. @param {any} tool */
function withoutOtherSchema(tool) {
  const { inputSchema, input_schema, ...rest } = tool.function ?? tool;
  if (typeof rest.parameters !== "object" || (inputSchema === undefined && input_schema === undefined)) return tool;
  return tool.function ? { ...tool, function: rest } : rest;
}

/** @param {any} tool @param {string} place @param {string[]} strange */
function treeOfTool({ type, function: inner }, place, strange) {
  if (type === undefined || type === null || (type === "function" && inner === undefined)) return nameTree(SHORT);
  if (type === "function") return nameTree(WIRE);
  if (typeof type !== "string") return undefined;
  if (WEB_SHORTHAND.test(type)) return nameTree(`{type parameters:o{${WEB_SEARCH}} ${WEB_SEARCH}}`);
  if (Object.hasOwn(SERVER_TOOLS, type)) return nameTree(`{type parameters:o{${SERVER_TOOLS[type]}} ${CACHE}}`);
  note(strange, `${place}.type`, type, ["function", ...Object.keys(SERVER_TOOLS), "web_search"]);
  return undefined;
}

/** @param {any} plugin @param {string} place @param {string[]} strange */
function treeOfPlugin({ id }, place, strange) {
  if (Object.hasOwn(PLUGINS, id)) return nameTree(`{id ${id === "moderation" ? "" : "enabled:b"} ${PLUGINS[id]}}`);
  note(strange, `${place}.id`, id, Object.keys(PLUGINS));
  return undefined;
}

/** @param {any} stop @param {string} place @param {string[]} strange */
function treeOfStop({ type }, place, strange) {
  if (Object.hasOwn(STOPS, type)) return nameTree(`{type ${STOPS[type]}}`);
  note(strange, `${place}.type`, type, Object.keys(STOPS));
  return undefined;
}

/** @type {Record<string, { text: string, fits: (value: any) => boolean }>} */
const KINDS = {
  s: { text: "a string", fits: (value) => typeof value === "string" },
  n: { text: "a number", fits: (value) => typeof value === "number" && Number.isFinite(value) },
  b: { text: "true or false", fits: (value) => typeof value === "boolean" },
  o: { text: "an object", fits: (value) => typeof value === "object" && !Array.isArray(value) },
  l: { text: "an array", fits: Array.isArray },
};

/** Refuses a value that no provider takes. @param {any} value @param {string} kinds @param {string} place */
function checkKinds(value, kinds, place) {
  const held = kinds.split(",").find(([kind]) => KINDS[kind].fits(value));
  if (held === undefined) throw invalidRequest(`${place}: must be ${kinds.split(",").map(([kind]) => KINDS[kind].text).join(" or ")}`);
  const items = [...held.slice(1)];
  if (held[0] !== "l" || items.length === 0) return;
  for (const [number, item] of value.entries()) {
    if (item === null || !items.some((kind) => KINDS[kind].fits(item))) throw invalidRequest(`${place}[${number}]: must be ${items.map((kind) => KINDS[kind].text).join(" or ")}`);
  }
}

/**
 * @param {any} value @param {Known | undefined} known @param {string} place @param {string[]} strange
 * @returns {any}  the same value where nothing changed
 */
function fit(value, known, place, strange) {
  const isOpen = known?.fields.has("*");
  if (!known || (isOpen && known.fields.size === 1)) return value;
  if (Array.isArray(value)) return mapped(value, (item, number) => fit(item, known, `${place}[${number}]`, strange));
  if (typeof value === "string" && known.words && !known.words.has(value)) note(strange, place, value, [...known.words]);
  // What has a class of its own, such as a schema, is not looked into.
  if (typeof value !== "object" || value === null || known.fields.size === 0) return value;
  let changed = value;
  for (const [name, inner] of Object.entries(value)) {
    if (inner === undefined || inner === null) continue;
    const wire = known.fields.has(name) ? name : snake(name);
    const below = known.fields.get(wire);
    if (!below) {
      if (!isOpen) note(strange, `${place}.${name}`, name, [...known.fields.keys()].filter((field) => field !== "~types"));
      continue;
    }
    if (below.kinds) checkKinds(inner, below.kinds, `${place}.${name}`);
    const fitted = fit(inner, below, `${place}.${name}`, strange);
    if (fitted === inner && wire === name) continue;
    if (changed === value) changed = { ...value };
    if (wire !== name) delete changed[name];
    // The wire's own spelling counts.
    if (wire === name || value[wire] === undefined || value[wire] === null) changed[wire] = fitted;
    else note(strange, `${place}.${name}`, "", [`counts for nothing beside ${wire}`]);
  }
  for (const [name, { isNeeded }] of known.fields) {
    if (isNeeded && (changed[name] === undefined || changed[name] === null)) note(strange, `${place}.${name}`, "", ["is missing: OpenRouter asks for it"]);
  }
  return changed;
}

/** @param {string[]} strange @param {string} path @param {string} name @param {string[]} names */
function note(strange, path, name, names) {
  // Bars and line breaks stand between them.
  strange.push([path, name, names.join(" ")].map((text) => text.replace(/[|\n]/g, " ")).join("|"));
}

/** `map` that gives the same array where nothing changes. @param {any[]} items @param {(item: any, number: number) => any} change */
function mapped(items, change) {
  const all = items.map(change);
  return all.every((item, number) => item === items[number]) ? items : all;
}
