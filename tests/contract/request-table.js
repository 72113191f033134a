// Requests for every rule of the way out, by what they are about. `shows` holds what must be found in the bodies that come of them: a group
// whose rule did not act proves nothing.
import { api, BASE, HELLO, PNG, simulate, WEATHER_TOOL } from "./support.js";

/** @import { ChatRequest, ClientOptions } from "openrouter-wasm" */
/** @import { Script } from "openrouter-wasm/simulator" */

/**
 * @typedef {object} Group
 * @property {[request: ChatRequest, options?: ClientOptions][]} requests
 * @property {string[]} shows  JSON text
 */

const LEVELS = [undefined, "off", "minimal", "low", "medium", "high", "xhigh", "max", "adaptive", true, false];
/** What can be known of how a model reasons. @type {[string, object | boolean | undefined][]} */
const KINDS = [
  ["a/unknown", undefined],
  ["a/reasons", true],
  ["a/does-not", false],
  ["a/efforts", { supported_efforts: ["low", "medium", "high"], mandatory: false }],
  ["a/mandatory", { supported_efforts: ["low", "high"], mandatory: true }],
  ["a/all", { supported_efforts: null, mandatory: false }],
  ["a/switch", { supported_efforts: [], mandatory: false }],
  ["a/always", { supported_efforts: [], mandatory: true }],
  ["deepseek/deepseek-v4-pro", undefined],
  ["deepseek/deepseek-v4-flash:free", { supported_efforts: ["high", "xhigh"], mandatory: false }],
  ["openrouter/auto", undefined],
  ["openrouter/hunter-alpha", true],
  ["x-ai/grok-4", true],
];

const SYSTEM = "You are terse.\n<!-- OPENCLAW_CACHE_BOUNDARY -->\nToday is Saturday.";
const OTHER_TOOL = { ...WEATHER_TOOL, function: { ...WEATHER_TOOL.function, name: "a_tool", strict: true }, cache_control: { type: /** @type {const} */ ("ephemeral") } };
const call = (/** @type {string} */ id, args = '{"city":"Lisbon"}') => ({ id, type: /** @type {const} */ ("function"), function: { name: "get_weather", arguments: args } });
const signed = { type: "reasoning.text", text: "hm", signature: "c2ln", format: "anthropic-claude-v1", index: 0 };
const encrypted = { type: "reasoning.encrypted", data: "ZW5j", id: "rs_1", format: "google-gemini-v1", index: 0 };
/** Calls, results, reasoning, and what goes wrong with them. @type {any[]} */
const TALK = [
  { role: "developer", content: SYSTEM },
  { role: "user", content: [{ type: "text", text: "Weather?", cache_control: { type: "ephemeral" } }, { type: "text", text: "" }] },
  { role: "assistant", content: null, reasoning: "hm", reasoning_details: [signed], tool_calls: [call("call_1|a"), call("call_2|b", "")] },
  { role: "tool", tool_call_id: "call_2|b", name: "get_weather", content: "" },
  { role: "user", content: "And?" },
  { role: "assistant", content: "Rain.", reasoning_content: "well" },
  { role: "tool", tool_call_id: "call_9", content: "of nobody" },
  { role: "user", content: "Thanks" },
];
/** The same in OpenClaw's block form. @type {any[]} */
const BLOCKS = [
  { role: "user", content: [{ type: "text", text: "look" }, { type: "image", data: PNG, mimeType: "image/png" }] },
  {
    role: "assistant", provider: "openrouter", api: "openai-completions", model: "google/gemini-3-pro", stopReason: "toolUse",
    content: [
      { type: "thinking", thinking: "hm", thinkingSignature: "reasoning_content" },
      { type: "text", text: "on it" },
      { type: "toolCall", id: "call_1|x", name: "read", arguments: { path: "a" }, thoughtSignature: JSON.stringify({ ...encrypted, id: "call_1|x" }) },
      { type: "toolCall", id: "call_2|x", name: "read", arguments: {} },
    ],
  },
  { role: "toolResult", toolCallId: "call_1|x", toolName: "read", content: [{ type: "text", text: "here" }, { type: "image", data: PNG, mimeType: "image/png" }], isError: false },
  { role: "user", content: "well?" },
  { role: "assistant", content: [{ type: "text", text: "half" }], stopReason: "aborted" },
  { role: "assistant", content: [{ type: "redacted_thinking", data: "x" }, { type: "text", text: "fine" }], stopReason: "stop", model: "other/model" },
  { role: "user", content: "go on" },
];
const FAMILIES = ["openai/gpt-5", "anthropic/claude-sonnet-4.5", "~anthropic/claude-opus-latest", "google/gemini-3-pro", "mistralai/mistral-small", "x-ai/grok-4", "deepseek/deepseek-v4-pro", "moonshotai/kimi-k2.6", "openrouter/auto"];
/** @type {("none" | "short" | "long" | undefined)[]} */
const RETENTIONS = [undefined, "none", "short", "long"];

/** @type {any[]} */
const MEDIA = [{
  role: "user",
  content: [
    { type: "text", text: "what is this?" },
    { type: "image_url", image_url: { url: `data:image/png;base64,${PNG}`, detail: "low" } },
    { type: "image_url", image_url: { url: "https://example.com/a.webp" } },
    { type: "input_audio", input_audio: { data: "UklGRg==", format: "wav" } },
    { type: "file", file: { filename: "a.pdf", file_data: "data:application/pdf;base64,JVBERg==" } },
    { type: "video_url", video_url: { url: "https://example.com/a.mp4", processing: "static" } },
  ],
}];

/** @type {Record<string, Group>} */
export const GROUPS = {
  "every thinking level for every kind of model": {
    requests: KINDS.flatMap(([model, reasoning]) => LEVELS.map((thinking) => /** @type {any} */ ([{ model, thinking, messages: HELLO }, { models: { [model]: { ...(reasoning !== undefined && { reasoning }) } } }]))),
    shows: ['"effort":"none"', '"effort":"minimal"', '"effort":"xhigh"', '"effort":"max"', '"enabled":true', '"enabled":false'],
  },
  "reasoning in the body's own and older words": {
    requests: [
      { reasoning: { effort: "low", summary: "concise" } }, { reasoning: { max_tokens: 2000, exclude: true } }, { reasoning: { enabled: true } }, { reasoning: {} },
      { reasoning_effort: "minimal" }, { include_reasoning: true }, { include_reasoning: false }, { reasoning_effort: null, reasoning: { effort: null } },
    ].flatMap((more) => ["openai/gpt-5", "deepseek/deepseek-v4-pro"].map((model) => /** @type {any} */ ([{ model, messages: HELLO, ...more }]))),
    shows: ['"effort":"minimal"', '"exclude":true', '"max_tokens":2000'],
  },
  "sampling, limits and formats": {
    requests: [
      [{ messages: HELLO, max_tokens: 50, stop: "END", temperature: 0.5, top_p: 0.9, top_k: 40, min_p: 0.1, top_a: 0.1, seed: 1, frequency_penalty: 1, presence_penalty: -1, repetition_penalty: 1.1, logprobs: true, top_logprobs: 3, logit_bias: { 50256: -100 } }],
      [{ messages: HELLO, params: { maxTokens: 9, topP: 0.5, temperature: 0, frequencyPenalty: 0.1, presencePenalty: 0.1, seed: 3, stop: ["a", "b"], responseFormat: { type: "json_object" }, parallelToolCalls: true } }],
      [{ messages: HELLO }, { models: { "openrouter/auto": { maxTokens: 1000, contextWindow: 900 } } }],
      [{ messages: HELLO, stream: false, temperature: null, stop: null, max_tokens: null, seed: null, tools: [], models: undefined }],
      ...[{ type: "text" }, { type: "json_object" }, { type: "grammar", grammar: "root ::= x" }, { type: "python" }, { type: "json_schema", json_schema: { name: "answer", strict: true, description: "d", schema: { type: "object", properties: { some_name: { type: "string" } } } } }]
        .map((format) => /** @type {any} */ ([{ messages: HELLO, response_format: format, structured_outputs: undefined }])),
    ],
    shows: ['"max_completion_tokens":50', '"max_completion_tokens":9', '"stop":["END"]', '"stream":false', '"type":"grammar"', '"strict":true'],
  },
  "OpenAI's own fields": {
    // Fields that OpenRouter has too go out, the rest is left out.
    requests: /** @type {any} */ ([[{ messages: HELLO, store: true, stream_options: { include_usage: true }, service_tier: "flex", user: "u", metadata: { a: "b" }, prompt_cache_key: "k", verbosity: "low", text: {}, usage: { include: true }, extraBody: { store: true, user: "me", verbosity: "high", metadata: { a: "b" }, service_tier: "priority" } }], [{ messages: HELLO, serviceTier: "flex", user: "u", metadata: { a: "b" }, promptCacheKey: "k", prompt_cache_options: { mode: "explicit" }, verbosity: "low", sessionId: "a conversation" }]]),
    shows: ['"user":"me"', '"service_tier":"priority"', '"service_tier":"flex"', '"prompt_cache_key":"k"', '"session_id":"'],
  },
  "cache markers of every retention, with and without the boundary line": {
    requests: ["anthropic/claude-sonnet-4.5", "~anthropic/claude-opus-latest"].flatMap((model) => RETENTIONS.flatMap((cacheRetention) => [
      [{ role: "system", content: SYSTEM }, { role: "user", content: "x" }],
      [{ role: "system", content: [{ type: "text", text: "a" }, { type: "text", text: "b", cache_control: { type: "ephemeral", ttl: "1h" } }], cache_control: { type: "ephemeral" } }, { role: "user", content: [{ type: "text", text: "x" }, { type: "image_url", image_url: { url: "https://example.com/a.png" } }] }],
      [{ role: "system", content: "" }, { role: "user", content: [{ type: "image_url", image_url: { url: "https://example.com/a.png" } }] }],
      TALK,
    ].map((messages) => /** @type {any} */ ([{ model, messages, tools: [WEATHER_TOOL, OTHER_TOOL] }, { params: { ...(cacheRetention && { cacheRetention }) } }])))),
    shows: ['"cache_control":{"type":"ephemeral"}', '"cache_control":{"type":"ephemeral","ttl":"1h"}'],
  },
  "tools of the short form, the wire form and OpenRouter's own": {
    requests: [
      [{ messages: HELLO, tools: [{ name: "short", description: "d", parameters: { type: "object", properties: { some_name: { type: "string" } } }, execute: () => 1, strict: true }, { name: "bare" }, OTHER_TOOL] }],
      [{ messages: HELLO, tools: [WEATHER_TOOL], tool_choice: { type: "function", function: { name: "get_weather" } }, parallel_tool_calls: false }],
      [{ messages: HELLO, tools: [WEATHER_TOOL], tool_choice: { type: "function", function: { name: "gone" } } }],
      [{ messages: HELLO, tools: [WEATHER_TOOL], params: { toolChoice: "required" } }],
      [{ messages: HELLO, tools: [{ type: "openrouter:web_search", parameters: { engine: "exa", max_results: 3, allowed_domains: ["example.com"] } }, { type: "openrouter:datetime", parameters: { timezone: "Europe/Lisbon" } }, { type: "openrouter:web_fetch" }, WEATHER_TOOL] }],
      [{ messages: TALK, tools: [WEATHER_TOOL] }, { models: { "openrouter/auto": { supportsTools: false, input: ["text"] } } }],
      [{ model: "moonshotai/kimi-k2.6", messages: HELLO, tools: [{ name: "f", parameters: { type: "object", properties: { a: { type: "string", anyOf: [{ const: "x" }, { enum: ["y"] }] } } } }] }],
    ],
    shows: ['"name":"short"', '"tool_choice":{"type":"function"', '"tool_choice":"required"', '"type":"openrouter:web_search"', '"anyOf":[{"const":"x","type":"string"'],
  },
  "one transcript for every family, under every policy": {
    requests: FAMILIES.flatMap((model) => [undefined, "auto", "classic", "off"].flatMap((transcriptPolicy) => [
      // A result of no call, and a call without a result, are what `off` leaves to the caller.
      { model, transcriptPolicy, messages: TALK, thinking: "off" }, { model, transcriptPolicy, messages: TALK, thinking: "high" },
    ]).map((request) => /** @type {any} */ ([request]))),
    shows: ['"role":"system"', '"reasoning_details":[{"type":"reasoning.text"', '"tool_call_id":"call1a"', '"content":"(no output)"'],
  },
  "a transcript in OpenClaw's block form for every family": {
    requests: FAMILIES.flatMap((model) => [[{ model, messages: BLOCKS }], [{ model, messages: BLOCKS, transcriptPolicy: "classic" }], [{ model, messages: BLOCKS }, { models: { [model]: { input: ["text"], supportsTools: false } } }]].map((one) => /** @type {any} */ (one))),
    shows: ['"reasoning_details":[{"type":"reasoning.encrypted"', '"image_url":{"url":"data:image/png;base64,', '"content":"here"', "Image(s) from tool result #1 (read):", "model does not support images"],
  },
  "DeepSeek V4's replay and Anthropic's prefill": {
    requests: ["deepseek/deepseek-v4-pro", "deepseek-v4-flash", "anthropic/claude-sonnet-4.5"].flatMap((model) => ["off", "high", undefined].map((thinking) => /** @type {any} */ ([
      { model, thinking, messages: [...HELLO, { role: "assistant", content: "Hi", reasoning_content: "hm" }, ...HELLO, { role: "assistant", content: "I was" }, { role: "assistant", content: "going" }] },
    ]))),
    shows: ['"reasoning_content":""', '"model":"deepseek/deepseek-v4-flash"', '"content":"going"'],
  },
  "provider routing, plugins and whatever else goes through the extra body": {
    requests: [
      [{ messages: HELLO, params: { provider: { order: ["openai"], require_parameters: true } } }, { params: { provider: { sort: "price", data_collection: "deny", allow_fallbacks: false, zdr: true, quantizations: ["fp8"], max_price: { prompt: "1", completion: "2" }, ignore: ["azure"], only: ["openai"], preferred_max_latency: { p50: 1 }, preferred_min_throughput: 10 } } }],
      [{ messages: HELLO, provider: { sort: { by: "throughput", partition: "none" } }, session_id: "s", trace: { trace_id: "t" }, debug: { echo_upstream_body: true } }],
      [{ model: "openrouter/fusion", messages: [{ role: "system", content: "x" }, ...HELLO], extra_body: { plugins: [{ id: "fusion", analysis_models: ["a/b"], model: "c/d" }] } }],
      [{ messages: HELLO, plugins: [{ id: "web", max_results: 2 }, { id: "file-parser", pdf: { engine: "native" } }, { id: "response-healing" }], extraBody: { top_k: 3, model: "e/f" } }],
      [{ messages: HELLO, params: { chatTemplateKwargs: { thinking: true }, extraBody: { messages: [{ role: "user", content: "instead" }] } } }],
    ],
    shows: ['"sort":"price"', '"order":["openai"]', '"id":"fusion"', "Analysis models: a/b.", '"model":"e/f"', '"content":"instead"'],
  },
  "images, sound, files and video": {
    requests: [
      ...FAMILIES.map((model) => /** @type {[ChatRequest]} */ ([{ model, messages: MEDIA }])),
      [{ messages: MEDIA }, { models: { "openrouter/auto": { input: ["text"] } } }],
      [{ messages: [{ role: "user", content: [{ type: "image_url", image_url: { url: "data:image/png;base64,!!" } }] }] }],
      [{ messages: HELLO, model: "google/gemini-2.5-flash-image", modalities: ["image", "text"], image_config: { aspect_ratio: "1:1" } }],
      [{ messages: [...HELLO, { role: "assistant", content: "a dot", images: [{ type: "image_url", image_url: { url: `data:image/png;base64,${PNG}` } }], audio: { id: "audio_1", data: "UklGRg==", transcript: "x", expires_at: 1 }, annotations: [{ type: "url_citation", url_citation: { url: "https://example.com" } }], refusal: null }, ...HELLO] }],
    ],
    shows: ['"input_audio"', '"file_data"', '"video_url"', '"detail":"low"', "model does not support images", '"image_config"', '"images"'],
  },
  "models by reference, alias, list, preset and variant": {
    requests: [
      [{ messages: HELLO, model: "openrouter/Anthropic/Claude-Sonnet-4.5:thinking" }], [{ messages: HELLO, model: "auto" }], [{ messages: HELLO, model: "openrouter/openrouter/auto" }],
      [{ messages: HELLO, models: ["openrouter/a/b", "c/d:nitro"] }], [{ messages: HELLO, model: "a/b", models: ["c/d"] }], [{ messages: HELLO, model: "@preset/mine" }], [{ messages: HELLO, model: "a/b@preset/mine", preset: "mine" }],
      [{ messages: HELLO, model: "opus" }, { models: { "anthropic/claude-opus-5": { alias: "Opus" } } }],
    ],
    shows: ['"model":"anthropic/claude-sonnet-4.5:thinking"', '"models":["a/b","c/d:nitro"]', '"model":"@preset/mine"', '"model":"anthropic/claude-opus-5"'],
  },
};

/** Scripts of a loop: tools that answer with text, JSON, an image, nothing and an error. @type {Script[]} */
const LOOP = [
  { text: "Let me see.", reasoning: ["hm"], toolCalls: [{ id: "call_1-a", name: "look" }, { id: "call_2-b", name: "count", arguments: { some_name: 1 } }] },
  { reasoning: ["h", "m"], reasoningDetails: [[encrypted], []], toolCalls: [{ id: "call_3-c", name: "nothing" }, { id: "call_4-d", name: "fails" }, { id: "call_5-e", name: "unknown" }, { id: "call_6-f", name: "count", arguments: "[1" }] },
  { text: "Once more.", toolCalls: [{ id: "call_7-g", name: "look" }] },
  { text: "Done.", images: [`data:image/png;base64,${PNG}`] },
  { text: "You are welcome." },
];

/** What a tool loop over several steps and the turn after it sent. @param {string} model @param {ClientOptions} [options] */
async function loop(model, options) {
  const simulator = simulate();
  for (const script of LOOP) simulator.enqueue(script);
  const client = new api.OpenRouter({ apiKey: "k", fetch: simulator.fetch, ...options });
  const tools = [
    { name: "look", execute: () => [{ type: "text", text: "here" }, { type: "image_url", image_url: { url: `data:image/png;base64,${PNG}` } }] },
    { name: "count", parameters: { type: "object", properties: { some_name: { type: "number" } } }, execute: () => ({ some_name: 1 }) },
    { name: "nothing", execute: () => undefined },
    { name: "fails", execute: () => Promise.reject(new Error("disk full")) },
  ];
  const { messages } = await client.chat({ model, tools, messages: [{ role: "system", content: SYSTEM }, ...HELLO] }).result();
  await client.chat({ model, tools, messages: [...messages, ...HELLO] }).result();
  return simulator.requests.map((request) => request.bodyText);
}

/** What models sent of which each failed and gave way to the next. */
async function failover() {
  const simulator = simulate();
  for (const _ of FAMILIES.slice(1)) simulator.enqueue({ status: 503 });
  simulator.enqueue({ text: "at last" });
  const client = new api.OpenRouter({ apiKey: "k", fetch: simulator.fetch, maxRetries: 0, model: FAMILIES[0], fallbackModels: FAMILIES.slice(1) });
  await client.chat({ messages: TALK, tools: [WEATHER_TOOL] }).result();
  return simulator.requests.map((request) => request.bodyText);
}

/** The table's requests through `client.fetch`, as another SDK would write them. */
async function foreign() {
  /** @type {string[]} */
  const bodies = [];
  const client = new api.OpenRouter({ apiKey: "k", fetch: async (_, init) => (bodies.push(String(init?.body)), Response.json({})) });
  for (const messages of [TALK, MEDIA, BLOCKS]) {
    for (const model of FAMILIES) await client.fetch(`${BASE}/chat/completions`, { method: "POST", body: JSON.stringify({ model, messages, tools: [WEATHER_TOOL] }) });
  }
  return bodies;
}

async function probes() {
  /** @type {string[]} */
  const bodies = [];
  const row = { id: "a/b:free", architecture: { modality: "text+image->text" }, supported_parameters: ["tools", "structured_outputs", "reasoning"] };
  const fetch = /** @type {any} */ (async (/** @type {string} */ url, /** @type {any} */ init) => {
    if (url.endsWith("/models")) return Response.json({ data: [row] });
    bodies.push(init.body);
    return Response.json({ error: { code: 503, message: "busy" } }, { status: 503 });
  });
  await new api.OpenRouter({ apiKey: "k", fetch }).models.scan({ probe: ["tool", "json", "image", "reasoning"] });
  return bodies;
}

/** Every body by its group. @returns {Promise<Map<string, { bodies: string[], shows: string[] }>>} */
export async function makeBodies() {
  const all = new Map();
  for (const [name, { requests, shows }] of Object.entries(GROUPS)) {
    const bodies = [];
    for (const [request, options] of requests) bodies.push((await new api.OpenRouter({ apiKey: "k", ...options }).prepare(request)).bodyText);
    all.set(name, { bodies, shows });
  }
  const loops = [];
  for (const model of FAMILIES) loops.push(...(await loop(model)));
  loops.push(...(await loop("openai/gpt-4o-mini", { models: { "openai/gpt-4o-mini": { input: ["text"] } } })));
  all.set(LATER[0], { bodies: loops, shows: ["Image(s) from tool result #1 (look):", "disk full", '"reasoning_details":[{', '"tool_call_id":"call1a"', "tool image omitted"] });
  all.set(LATER[1], { bodies: await failover(), shows: FAMILIES.map((model) => `"model":"${model}"`) });
  all.set(LATER[3], { bodies: await probes(), shows: ['"name":"ping"', '"json_schema"', '"image_url"', '"reasoning":{"effort":"low"}', '"tool_choice":"required"'] });
  all.set(LATER[2], { bodies: await foreign(), shows: ['"cache_control"', '"input_audio"', '"content":"here"'] });
  return all;
}
/** Groups whose bodies are caught on the way out. */
const LATER = ["tool loops over several steps, with images and failures, and the turn after them", "models that give way to each other", "requests of other SDKs", "probes of a scan"];
export const GROUP_NAMES = [...Object.keys(GROUPS), ...LATER];
