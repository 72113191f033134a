// Numbers outside the range that OpenRouter documents, and fields that contradict each other: told with what was written, and sent all the same,
// since a provider may take what OpenRouter's page does not say. Loaded with the inner names.
import { invalidRequest } from "../first-part.js";

/** @typedef {(place: string, reason: string) => void} Tell */

const TOKENS = { least: 1, isWhole: true };
/** By the wire's name. @type {Record<string, { least?: number, most?: number, isWhole?: boolean }>} */
const RANGES = {
  temperature: { least: 0, most: 2 },
  top_p: { least: 0, most: 1 },
  min_p: { least: 0, most: 1 },
  top_a: { least: 0, most: 1 },
  top_k: { least: 0, isWhole: true },
  frequency_penalty: { least: -2, most: 2 },
  presence_penalty: { least: -2, most: 2 },
  repetition_penalty: { least: 0, most: 2 },
  top_logprobs: { least: 0, most: 20, isWhole: true },
  seed: { isWhole: true },
  max_tokens: TOKENS,
  max_completion_tokens: TOKENS,
  max_tool_calls: TOKENS,
  max_results: TOKENS,
  max_total_results: TOKENS,
  max_characters: TOKENS,
  max_content_tokens: TOKENS,
  max_uses: TOKENS,
  step_count: TOKENS,
  max_cost_in_dollars: { least: 0 },
  cost_quality_tradeoff: { least: 0, most: 10, isWhole: true },
  max_price: { least: 0 },
  min_coding_score: { least: 0, most: 1 },
  preferred_min_throughput: { least: 0 },
  preferred_max_latency: { least: 0 },
};
/** Of `plugins` by id, where one has a range of its own. @type {Record<string, Record<string, { least?: number, most?: number, isWhole?: boolean }>>} */
const PLUGIN_RANGES = {
  fusion: { max_tool_calls: { least: 1, most: 16, isWhole: true } },
  alignment: { threshold: { least: 0.01, most: 1 }, max_retries: { least: 0, isWhole: true } },
};
/** Of what OpenRouter runs, by type. @type {Record<string, Record<string, { least?: number, most?: number, isWhole?: boolean }>>} */
const TOOL_RANGES = {
  "openrouter:fusion": { max_tool_calls: { least: 1, most: 16, isWhole: true } },
  "openrouter:subagent": { max_tool_calls: { least: 1, most: 25, isWhole: true } },
};
const BIAS = { least: -100, most: 100 };
/** Fields that say how many things a list holds at most. @type {Record<string, number>} */
const LENGTHS = { stop: 4, allowed_models: 1024, excluded_models: 1024, analysis_models: 8, rules: 128, watch: 5, file_ids: 20, allowed_x_handles: 20, excluded_x_handles: 20 };
const METADATA = { pairs: 16, name: 64, value: 512 };
/** Two lists of which OpenRouter takes one. */
const EITHER = [["allowed_domains", "excluded_domains"], ["include_domains", "exclude_domains"], ["allowed_x_handles", "excluded_x_handles"]];
/** No field that is documented stands deeper; what holds itself is refused by its place when the request is written. */
const MOST_LEVELS = 8;
/** What is free, or the caller's own. */
const FREE = new Set(["messages", "params", "steered", "parameters", "json_schema", "schema", "metadata", "trace", "image_config", "chat_template_kwargs", "extra_body", "simulator", "options", "function", "headers", "limits", "budget"]);

/** @param {any} request  of a chat, or the `params` of a client @param {string} below  `params.` of the latter @param {Tell} tell */
export function tellOddValues(request, below, tell) {
  if (typeof request !== "object" || request === null) return;
  for (const [name, value] of Object.entries(request)) {
    const wire = snake(name);
    if (!FREE.has(wire)) walk(value, wire, below + name, tell, undefined);
  }
  const written = wireView(request, below);
  tellMetadata(written.metadata, tell);
  tellSession(request.session_id, `${below}session_id`, tell);
  tellBias(written.logit_bias, tell);
  tellSearchTools(written, tell);
  tellContradictions(written, tell);
}

/**
 * @param {any} value @param {string} wire  the name of what holds it @param {string} place @param {Tell} tell
 * @param {Record<string, { least?: number, most?: number, isWhole?: boolean }> | undefined} own  ranges that count here alone
 * @param {number} [level]
 * @returns {void}
 */
function walk(value, wire, place, tell, own, level = 0) {
  if (typeof value === "number") return tellRange(value, own?.[wire] ?? (Object.hasOwn(RANGES, wire) ? RANGES[wire] : undefined), place, tell);
  if (typeof value !== "object" || value === null || level === MOST_LEVELS) return;
  if (Array.isArray(value)) {
    if (Object.hasOwn(LENGTHS, wire) && value.length > LENGTHS[wire]) tell(place, `has ${value.length} entries: OpenRouter takes at most ${LENGTHS[wire]}`);
    return value.forEach((item, number) => walk(item, wire, `${place}[${number}]`, tell, undefined, level + 1));
  }
  for (const [left, right] of EITHER) {
    const [one, other] = [left, right].map((field) => Object.keys(value).find((name) => snake(name) === field && filled(value[name])));
    if (one && other) tell(`${place}.${other}`, `cannot be used with ${one}: OpenRouter takes one of them`);
  }
  const ranges = wire === "plugins" && Object.hasOwn(PLUGIN_RANGES, value.id) ? PLUGIN_RANGES[value.id] : level === 0 ? own : undefined;
  for (const [name, inner] of Object.entries(value)) {
    const below = snake(name);
    // A price or a latency for each kind.
    if (!FREE.has(below)) walk(inner, PER_KIND.has(wire) ? wire : below, `${place}.${name}`, tell, ranges, level + 1);
  }
}

const PER_KIND = new Set(["max_price", "preferred_min_throughput", "preferred_max_latency"]);

/** @param {number} value @param {{ least?: number, most?: number, isWhole?: boolean } | undefined} range @param {string} place @param {Tell} tell */
function tellRange(value, range, place, tell) {
  if (!range) return;
  // JSON has none of them: it would be left out without a word.
  if (!Number.isFinite(value)) throw invalidRequest(`${place}: must be a number, and is ${value}`);
  const { least = -Infinity, most = Infinity, isWhole } = range;
  if (value < least || value > most || (isWhole && !Number.isInteger(value))) tell(place, `is ${value}: OpenRouter takes ${rangeText(range)}`);
}

/** @param {{ least?: number, most?: number, isWhole?: boolean }} range */
export function rangeText({ least, most, isWhole }) {
  const bounds = least === undefined ? "" : most === undefined ? ` from ${least}` : ` from ${least} to ${most}`;
  return `${isWhole ? "whole numbers" : "numbers"}${bounds}`;
}

/** A field as it was written. @typedef {{ place: string, value: any } | undefined} Written */

/** The fields by their names on the wire; what says nothing is none. @param {any} request @param {string} below @returns {Record<string, Written>} */
function wireView(request, below) {
  const entries = Object.entries(request).filter(([, value]) => value !== undefined && value !== null);
  // The wire's own spelling counts.
  entries.sort(([left], [right]) => Number(left === snake(left)) - Number(right === snake(right)));
  return Object.fromEntries(entries.map(([name, value]) => [snake(name), { place: below + name, value }]));
}

/** OpenRouter takes so many characters. */
const SESSION_CHARS = 256;

/** The wire's own: what stands in `sessionId` is hashed. @param {any} session @param {string} place @param {Tell} tell */
function tellSession(session, place, tell) {
  if (session === undefined || session === null) return;
  if (typeof session !== "string") throw invalidRequest(`${place}: must be a string`);
  if (session.length > SESSION_CHARS) tell(place, `has ${session.length} characters: OpenRouter takes at most ${SESSION_CHARS}; sessionId takes any, and sends a hash`);
}

/** @param {Written} metadata @param {Tell} tell */
function tellMetadata(metadata, tell) {
  if (typeof metadata?.value !== "object") return;
  const { place, value } = metadata, pairs = Object.entries(value);
  if (pairs.length > METADATA.pairs) tell(place, `has ${pairs.length} pairs: OpenRouter takes at most ${METADATA.pairs}`);
  for (const [name, text] of pairs) {
    if (name.length > METADATA.name) tell(`${place}.${name}`, `has a name of ${name.length} characters: OpenRouter takes at most ${METADATA.name}`);
    if (typeof text !== "string") tell(`${place}.${name}`, "is no string: OpenRouter takes strings alone");
    else if (text.length > METADATA.value) tell(`${place}.${name}`, `has ${text.length} characters: OpenRouter takes at most ${METADATA.value}`);
  }
}

/** @param {Written} bias @param {Tell} tell */
function tellBias(bias, tell) {
  if (typeof bias?.value !== "object" || Array.isArray(bias.value)) return;
  for (const [token, value] of Object.entries(bias.value)) {
    if (!/^\d+$/.test(token)) tell(`${bias.place}.${token}`, "is the id of no token: ids are whole numbers");
    if (typeof value === "number") tellRange(value, BIAS, `${bias.place}.${token}`, tell);
    else tell(`${bias.place}.${token}`, `is no number: OpenRouter takes ${rangeText(BIAS)}`);
  }
}

/** A tool that OpenRouter runs has its numbers in `parameters`, which of a function are the caller's own. @param {Record<string, Written>} written @param {Tell} tell */
function tellSearchTools({ tools }, tell) {
  if (!Array.isArray(tools?.value)) return;
  tools.value.forEach((tool, number) => {
    if (typeof tool?.type === "string" && tool.type !== "function") walk(tool.parameters, "parameters", `${tools.place}[${number}].parameters`, tell, Object.hasOwn(TOOL_RANGES, tool.type) ? TOOL_RANGES[tool.type] : undefined);
  });
}

/** @param {Record<string, Written>} written @param {Tell} tell */
function tellContradictions(written, tell) {
  const { tools, tool_choice, parallel_tool_calls, logprobs, top_logprobs, stop_server_tools_when, max_tool_calls, audio, modalities, steered, max_repairs } = written;
  tellReasoning(written, tell);
  const choice = tool_choice?.value;
  // What steers a run may take the tools away for a step.
  if (!filled(tools?.value) && !steered) {
    if (tool_choice && (choice === "required" || typeof choice === "object")) tell(tool_choice.place, "asks for a call, and the request has no tools");
    if (parallel_tool_calls && tool_choice?.value !== "none") tell(parallel_tool_calls.place, "says nothing without tools");
  }
  const named = choice?.function?.name;
  if (named && filled(tools?.value) && !tools?.value.some((/** @type {any} */ tool) => (tool?.function ?? tool)?.name === named)) tell(`${tool_choice?.place}.function.name`, "is the name of no tool of the request");
  if (top_logprobs && logprobs?.value !== true) tell(top_logprobs.place, "says nothing without logprobs: true");
  if (stop_server_tools_when && max_tool_calls) tell(max_tool_calls.place, `counts for nothing beside ${stop_server_tools_when.place}`);
  if (audio && Array.isArray(modalities?.value) && !modalities.value.includes("audio")) tell(audio.place, `says nothing: ${modalities.place} asks for no audio`);
  const { formatBeside } = steered?.value ?? {};
  // Where there is a schema it is gone by now.
  if (max_repairs) tell(max_repairs.place, "says nothing without schema");
  if (formatBeside) tell(formatBeside, "counts for nothing beside schema, which asks for a format by itself");
  tellRouting(written.provider, tell);
}

/** @param {Record<string, Written>} written @param {Tell} tell */
function tellReasoning({ reasoning, reasoning_effort: older, include_reasoning: included }, tell) {
  const own = typeof reasoning?.value === "object" ? wireView(reasoning.value, `${reasoning.place}.`) : {};
  const { effort, max_tokens: limit, enabled, exclude } = own;
  if (effort && limit) tell(limit.place, `is ${limit.value} beside ${effort.place} ${JSON.stringify(effort.value)}: OpenRouter takes one of them`);
  const asked = limit ?? (effort?.value === "none" ? undefined : effort);
  if (enabled?.value === false && asked) tell(enabled.place, `is false, and ${asked.place} asks for reasoning`);
  if (enabled?.value === true && effort?.value === "none") tell(enabled.place, `is true, and ${effort.place} asks for none`);
  if (older && (limit || (effort && effort.value !== older.value))) tell(older.place, `counts for nothing beside ${(effort ?? limit)?.place}`);
  if (included && exclude && included.value === exclude.value) tell(included.place, `is ${included.value}, and ${exclude.place} is ${exclude.value}: they say the opposite of each other`);
}

/** @param {Written} provider @param {Tell} tell */
function tellRouting(provider, tell) {
  if (typeof provider?.value !== "object") return;
  const { only, ignore, order, sort } = wireView(provider.value, `${provider.place}.`);
  const slugs = (/** @type {Written} */ list) => (Array.isArray(list?.value) ? list.value.filter((slug) => typeof slug === "string") : []);
  /** A slug, and what stands before each slash in it. @param {string} slug */
  const heads = (slug) => slug.split("/").map((_, at, words) => words.slice(0, at + 1).join("/"));
  const [onlySlugs, ignoreSlugs] = [only, ignore].map((list) => new Set(slugs(list)));
  const onlyHeads = new Set(slugs(only).flatMap(heads));
  const covers = (/** @type {Set<string>} */ list, /** @type {string} */ slug) => heads(slug).some((head) => list.has(head));
  const both = slugs(only).filter((slug) => covers(ignoreSlugs, slug));
  if (ignore && both.length > 0) tell(ignore.place, `has ${both.join(", ")}, which ${only?.place} has too: no provider is in both`);
  const isOffered = (/** @type {string} */ slug) => !filled(only?.value) || covers(onlySlugs, slug) || onlyHeads.has(slug);
  const lost = slugs(order).filter((slug) => covers(ignoreSlugs, slug) || !isOffered(slug));
  if (order && lost.length > 0) tell(order.place, `has ${lost.join(", ")}, which the rest of ${provider.place} leaves out`);
  if (sort && filled(order?.value)) tell(sort.place, `counts where no order is given, and ${order?.place} gives one`);
}

/** Whether a list holds anything; what is no list does. @param {any} value */
function filled(value) {
  return value !== undefined && value !== null && !(Array.isArray(value) && value.length === 0);
}

/** @param {string} name */
const snake = (name) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
