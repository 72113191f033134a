// The names inside what a request has beside its messages and its routing: tools, plugins, the smaller objects. JavaScript's spelling becomes
// the wire's; what is no name is told, with the one that was meant, by the engine, which finds that. Loaded by requests that have such fields, or a
// number that may be odd.
import { invalidRequest } from "../first-part.js";
import { nameTree } from "../name-tree.js";
import { checkParamWords, checkValues, snake } from "./field-values.js";
import { tellOddValues } from "./odd-values.js";
import { checkTool } from "./tool-values.js";

/** @import { Known } from "../name-tree.js" */

const REASONING = "reasoning{effort max_tokens}", CACHE = "cache_control{type=ephemeral ttl}";
const LOCATION = "user_location{type=approximate city country region timezone}";
const X_SEARCH = "x_search{allowed_x_handles excluded_x_handles enable_image_understanding enable_video_understanding from_date to_date}";
const WEB_SEARCH = `engine mode max_results max_total_results max_characters max_uses search_context_size allowed_domains excluded_domains ${LOCATION} ${X_SEARCH}`;
const FUNCTION = "name description parameters{*} strict defer_loading";
const SHORT = `{type ${FUNCTION} ${CACHE} execute ~types}`;
const WIRE = `{type function{${FUNCTION}} ${CACHE} defer_loading execute}`;
/** What OpenRouter runs, by type: its parameters. @type {Record<string, string>} */
const SERVER_TOOLS = {
  "openrouter:web_search": WEB_SEARCH,
  "openrouter:web_fetch": "engine allowed_domains blocked_domains max_content_tokens max_uses",
  "openrouter:datetime": "timezone",
  "openrouter:image_generation": "*",
  "openrouter:fusion": `analysis_models model max_completion_tokens max_tool_calls ${REASONING} temperature ${CACHE} tools{*}`,
  "openrouter:advisor": `name model instructions forward_transcript max_completion_tokens ${REASONING} stream temperature`,
  "openrouter:subagent": `name model instructions max_tool_calls max_completion_tokens ${REASONING} temperature tools{*} inherit_functions inherited_function_names`,
  "openrouter:bash": "engine environment{type=container_auto|container_reference container_id file_ids network_policy{type=disabled|allowlist allowed_domains}}",
  "openrouter:files": "",
  "openrouter:experimental__search_models": "max_results",
};
const WEB_SHORTHAND = /^web_search(_|$)/;
/** By id. @type {Record<string, string>} */
const PLUGINS = {
  "auto-router": "enabled allowed_models excluded_models cost_tier cost_quality_tradeoff pin_model",
  "auto-beta-router": "enabled allowed_models excluded_models cost_tier cost_quality_tradeoff",
  moderation: "",
  web: `enabled engine max_results max_uses mode search_prompt include_domains exclude_domains ${LOCATION} ${X_SEARCH}`,
  "web-fetch": "allowed_domains blocked_domains max_content_tokens max_uses",
  "file-parser": "enabled pdf{engine}",
  "response-healing": "enabled",
  "context-compression": "enabled engine",
  "pareto-router": "enabled max_price min_coding_score price_source",
  fusion: "enabled analysis_models model preset max_tool_calls tools{*}",
  "switchyard-router": "algorithm judge_model",
  "jev-router": "models allowed_models excluded_models cost_tier",
  alignment: "rules{rule watch} mode instruct max_retries threshold",
  armor: "enabled classifier_context{*} evaluate_native_tools mode on_error output_mode use_cc_style_default_rules",
};
/** @type {Record<string, string>} */
const OTHERS = {
  tool_choice: "{type function{name}}",
  stop_server_tools_when: "{type=step_count_is|has_tool_call|max_tokens_used|max_cost|finish_reason_is step_count tool_name max_tokens max_cost_in_dollars reason}",
  deferred_tools: "{protocol profile validation search{type=regex|bm25|custom max_results tool_id result_key}}",
  prediction: "{type=content content{type=text text}}",
  audio: "{voice format}",
  web_search_options: `{search_context_size=low|medium|high user_location{type=approximate approximate{*} city country region timezone}}`,
  debug: "{echo_upstream_body}",
  cache_control: "{type=ephemeral ttl}",
  prompt_cache_options: "{mode=explicit ttl}",
};

/** Of the client's own options, those with names inside. @type {Record<string, string>} */
const OPTIONS = {
  app: "{url title categories{*}}",
  limits: "{maxLineBytes maxEventBytes maxBodyBytes maxJsonBytes maxToolArgumentBytes maxToolCalls}",
};

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
  const settings = Object.entries(options.models ?? {}).map(([model, { params } = {}]) => /** @type {const} */ ([`models["${model}"].params`, params]));
  for (const [place, params] of [/** @type {const} */ (["params", request.params]), /** @type {const} */ (["params", options.params]), ...settings]) {
    tellOddValues(params, `${place}.`, tell);
    checkParamWords(params, place, (path, word, words) => note(strange, path, word, words));
  }
  for (const [holder, name] of /** @type {[any, string][]} */ ([[options, "app"], [options, "limits"], [request, "limits"]])) {
    if (typeof holder[name] === "object" && holder[name] !== null) fit(holder[name], nameTree(OPTIONS[name]), name, strange);
  }
  let changed = request;
  for (const [name, value] of Object.entries(request)) {
    if (typeof value !== "object" || value === null) continue;
    const wire = snake(name);
    const fitted = wire === "tools" || wire === "plugins" ? fitList(wire, value, strange) : OTHERS[wire] ? fit(value, nameTree(OTHERS[wire]), name, strange) : value;
    if (fitted === value) continue;
    if (changed === request) changed = { ...request };
    changed[name] = fitted;
  }
  return { request: changed, strange };
}

/** @param {"tools" | "plugins"} list @param {any} items @param {string[]} strange */
function fitList(list, items, strange) {
  if (!Array.isArray(items)) return items;
  const treeOf = list === "tools" ? treeOfTool : treeOfPlugin;
  return mapped(items, (item, number) => {
    if (list === "plugins" && (typeof item !== "object" || item === null || typeof item.id !== "string")) throw invalidRequest(`plugins[${number}]: must be an object with an id`);
    if (list === "tools") checkTool(item, `tools[${number}]`, (place, word, words) => note(strange, place, word, words));
    return fit(item, treeOf(item, `${list}[${number}]`, strange), `${list}[${number}]`, strange);
  });
}

/** @param {any} tool @param {string} place @param {string[]} strange */
function treeOfTool({ type, function: inner }, place, strange) {
  if (type === undefined || type === null || (type === "function" && inner === undefined)) return nameTree(SHORT);
  if (type === "function") return nameTree(WIRE);
  if (typeof type !== "string") return undefined;
  if (WEB_SHORTHAND.test(type)) return nameTree(`{type parameters{${WEB_SEARCH}} ${WEB_SEARCH}}`);
  if (Object.hasOwn(SERVER_TOOLS, type)) return nameTree(`{type parameters{${SERVER_TOOLS[type]}} ${CACHE}}`);
  note(strange, `${place}.type`, type, ["function", ...Object.keys(SERVER_TOOLS), "web_search"]);
  return undefined;
}

/** @param {any} plugin @param {string} place @param {string[]} strange */
function treeOfPlugin({ id }, place, strange) {
  if (Object.hasOwn(PLUGINS, id)) return nameTree(`{id ${PLUGINS[id]}}`);
  note(strange, `${place}.id`, id, Object.keys(PLUGINS));
  return undefined;
}

/**
 * @param {any} value @param {Known | undefined} known @param {string} place @param {string[]} strange
 * @returns {any}  the same value where nothing changed
 */
function fit(value, known, place, strange) {
  if (!known || known.fields.has("*")) return value;
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
      note(strange, `${place}.${name}`, name, [...known.fields.keys()].filter((field) => field !== "~types"));
      continue;
    }
    const fitted = fit(inner, below, `${place}.${name}`, strange);
    if (fitted === inner && wire === name) continue;
    if (changed === value) changed = { ...value };
    if (wire !== name) delete changed[name];
    // The wire's own spelling counts.
    if (wire === name || value[wire] === undefined) changed[wire] = fitted;
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
