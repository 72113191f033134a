/**
 * The simulator keeps OpenRouter's contract: its answers pass the schemas of OpenRouter's SDK, those of OpenRouter's own OpenAPI document, and hold
 * no field that no recorded answer has. The document and the recordings lie beside the repository; without them these tests say that they are skipped.
 */

import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { before, describe, test } from "node:test";
import Ajv from "ajv/dist/2020.js";
import { ChatResult$inboundSchema } from "@openrouter/sdk/models/chatresult";
import { ChatStreamChunk$inboundSchema } from "@openrouter/sdk/models/chatstreamchunk";
import { ModelsListResponse$inboundSchema } from "@openrouter/sdk/models/modelslistresponse";
import { ImageGenCompletedEvent$inboundSchema } from "@openrouter/sdk/models/imagegencompletedevent";
import { ImageGenPartialImageEvent$inboundSchema } from "@openrouter/sdk/models/imagegenpartialimageevent";
import { ImageGenStreamErrorEvent$inboundSchema } from "@openrouter/sdk/models/imagegenstreamerrorevent";
import { ImageGenerationResponse$inboundSchema } from "@openrouter/sdk/models/imagegenerationresponse";
import { ImageModelEndpointsResponse$inboundSchema } from "@openrouter/sdk/models/imagemodelendpointsresponse";
import { ImageModelsListResponse$inboundSchema } from "@openrouter/sdk/models/imagemodelslistresponse";
import { STTResponse$inboundSchema } from "@openrouter/sdk/models/sttresponse";
import { VideoGenerationResponse$inboundSchema } from "@openrouter/sdk/models/videogenerationresponse";
import { VideoModelsListResponse$inboundSchema } from "@openrouter/sdk/models/videomodelslistresponse";
import { call, json } from "./media-support.js";
import { BASE, HELLO, WEATHER_TOOL, chat, chunksOf, quickSimulator } from "./support.js";

const SHARED = new URL("../../../shared/", import.meta.url);
const DOCUMENT = new URL("data/openrouter-openapi.json", SHARED);
const RECORDINGS = new URL("recordings/index.json", SHARED);
const withoutDocument = existsSync(DOCUMENT) ? false : `not checked: ${DOCUMENT.pathname} is not there`;
const withoutRecordings = existsSync(RECORDINGS) ? false : `not checked: ${RECORDINGS.pathname} is not there`;

const TOOL_TALK = [
  { role: "user", content: "get_weather in Lisbon" },
  { role: "assistant", content: null, tool_calls: [{ id: "call_1", type: "function", function: { name: "get_weather", arguments: "{}" } }] },
  { role: "tool", tool_call_id: "call_1", content: "Sunny" },
];

const REQUESTS = {
  "a greeting": { messages: HELLO },
  "a request for reasoning": { messages: HELLO, model: "anthropic/claude-sonnet-4.5", reasoning: { effort: "high" } },
  "mandatory reasoning": { messages: HELLO, model: "openai/gpt-5-mini" },
  "a tool call": { messages: TOOL_TALK.slice(0, 1), tools: [WEATHER_TOOL] },
  "a tool call after reasoning": { messages: TOOL_TALK.slice(0, 1), tools: [WEATHER_TOOL], model: "openai/gpt-5-mini" },
  "a tool result": { messages: TOOL_TALK, tools: [WEATHER_TOOL] },
  "a free model": { messages: HELLO, model: "meta-llama/llama-3.3-70b-instruct:free" },
  "an alias": { messages: HELLO, model: "~anthropic/claude-sonnet-latest" },
  "an answer cut short": { messages: HELLO, max_tokens: 4 },
  "routing metadata": { messages: HELLO, metadata: true },
};
const MEDIA_REQUESTS = {
  "an image": { messages: HELLO, model: "google/gemini-2.5-flash-image", modalities: ["image", "text"] },
  "a tone": { messages: HELLO, model: "openai/gpt-audio-mini", modalities: ["text", "audio"], audio: { format: "pcm16" }, stream: true },
  "a song": { messages: HELLO, model: "google/lyria-3-pro-preview", modalities: ["text", "audio"], audio: { format: "wav" }, stream: true },
};
const ERRORS = {
  "no key": [401, {}, { headers: { Authorization: "" } }],
  "an unknown model": [400, { model: "no/such" }],
  "no messages": [400, { messages: [] }],
  "no tools": [404, { model: "deepseek/deepseek-r1:free", tools: [WEATHER_TOOL] }],
};
for (const status of [400, 401, 402, 403, 404, 408, 413, 422, 429, 500, 502, 503, 524, 529]) {
  ERRORS[`scripted ${status}`] = [status, { simulator: { status } }];
}

function ask(body, init = {}) {
  const { metadata, ...rest } = body;
  const simulator = quickSimulator({ allowRequestScripts: true });
  return chat(simulator, rest, { ...init, headers: { ...(metadata && { "X-OpenRouter-Metadata": "enabled" }), ...init.headers } });
}
const streamOf = async (body) => chunksOf(await (await ask({ ...body, stream: true })).text());
const resultOf = async (body) => (await ask({ ...body, stream: false })).json();

/** The account's answers, after one chat request. */
async function accountAnswer(path) {
  const simulator = quickSimulator({ managementKeys: ["test-key"] });
  const { id } = await (await chat(simulator, { stream: false })).json();
  const response = await simulator.fetch(BASE + path.replace(":id", id), { headers: { Authorization: "Bearer test-key" } });
  assert.equal(response.status, 200);
  return response.json();
}

/** A video's books. */
async function videoGeneration() {
  const simulator = quickSimulator();
  simulator.onRequest("POST /videos", { video: { statuses: ["completed"] } });
  const { id } = await json(await call(simulator, "/videos", VIDEO));
  await call(simulator, `/videos/${id}`);
  return call(simulator, `/generation?id=${id}`);
}

const VIDEO = { model: "google/veo-3.1-fast", prompt: "A boat" };

/** One poll of a job whose state it is. */
async function videoIn(state) {
  const simulator = quickSimulator();
  simulator.onRequest("POST /videos", { video: { statuses: [state], signedUrls: true } });
  const { id } = await json(await call(simulator, "/videos", VIDEO));
  return call(simulator, `/videos/${id}`);
}

const IMAGE = { model: "google/gemini-3.1-flash-image-preview", prompt: "A boat" };

/** The events of streamed images, one that fails included */
async function imageEvents() {
  const simulator = quickSimulator();
  const whole = chunksOf(await (await call(simulator, "/images", { ...IMAGE, stream: true, n: 2 })).text());
  simulator.onRequest("/images", { images: { error: { message: "Refused", code: "server_error" } } });
  return [...whole, ...chunksOf(await (await call(simulator, "/images", { ...IMAGE, stream: true })).text())];
}
const EVENT_SCHEMAS = {
  "image_generation.partial_image": ImageGenPartialImageEvent$inboundSchema,
  "image_generation.completed": ImageGenCompletedEvent$inboundSchema,
  error: ImageGenStreamErrorEvent$inboundSchema,
};

const RECORDING = { model: "openai/whisper-large-v3-turbo", input_audio: { data: "AAAA", format: "wav" } };
const VERBOSE = { response_format: "verbose_json", diarize: true, timestamp_granularities: ["word", "segment"] };

/** [name, path in the document, method, status, answer, the SDK's schema] */
const OTHER_ANSWERS = [
  ["a submitted video", "/videos", "post", 202, () => call(quickSimulator(), "/videos", VIDEO), VideoGenerationResponse$inboundSchema],
  ...["pending", "in_progress", "completed", "failed", "cancelled", "expired"].map((state) => [
    `a video that is ${state}`, "/videos/{jobId}", "get", 200, () => videoIn(state), VideoGenerationResponse$inboundSchema,
  ]),
  ["video models", "/videos/models", "get", 200, () => call(quickSimulator(), "/videos/models"), VideoModelsListResponse$inboundSchema],
  ["the generation of a video", "/generation", "get", 200, videoGeneration],
  ["a limited key", "/key", "get", 200, () => call(quickSimulator({ key: { limit: 5, limit_reset: "monthly" } }), "/key")],
  ["two images", "/images", "post", 200, () => call(quickSimulator(), "/images", { ...IMAGE, n: 2 }), ImageGenerationResponse$inboundSchema],
  ["a refused image", "/images", "post", 400, () => call(quickSimulator(), "/images", { ...IMAGE, n: 0 })],
  ["image models", "/images/models", "get", 200, () => call(quickSimulator(), "/images/models"), ImageModelsListResponse$inboundSchema],
  ["a transcript", "/audio/transcriptions", "post", 200, () => call(quickSimulator(), "/audio/transcriptions", RECORDING), STTResponse$inboundSchema],
  ["a transcript at length", "/audio/transcriptions", "post", 200, () => call(quickSimulator(), "/audio/transcriptions", { ...RECORDING, ...VERBOSE }), STTResponse$inboundSchema],
  ["a refused recording", "/audio/transcriptions", "post", 400, () => call(quickSimulator(), "/audio/transcriptions", { ...RECORDING, language: 1 })],
  ["refused speech", "/audio/speech", "post", 400, () => call(quickSimulator(), "/audio/speech", { model: "hexgrad/kokoro-82m" })],
  [
    "the endpoints of an image model", "/images/models/{author}/{slug}/endpoints", "get", 200,
    () => call(quickSimulator(), "/images/models/bytedance-seed/seedream-4.5/endpoints"), ImageModelEndpointsResponse$inboundSchema,
  ],
  ["a refused request", "/videos", "post", 400, () => call(quickSimulator(), "/videos", { ...VIDEO, duration: 0 })],
  ["an unknown job", "/videos/{jobId}", "get", 404, () => call(quickSimulator(), "/videos/gen-vid-1-none")],
];

describe("the schemas of OpenRouter's SDK", () => {
  for (const [name, , , , answer, schema] of OTHER_ANSWERS) {
    if (schema) test(name, async () => void schema.parse(await json(await answer())));
  }
  for (const [name, body] of Object.entries({ ...REQUESTS, ...MEDIA_REQUESTS })) {
    test(`${name}, streamed`, async () => {
      for (const chunk of await streamOf(body)) ChatStreamChunk$inboundSchema.parse(chunk);
    });
    if (!body.stream) test(`${name}, whole`, async () => void ChatResult$inboundSchema.parse(await resultOf(body)));
  }
  test("streamed images", async () => {
    for (const event of await imageEvents()) EVENT_SCHEMAS[event.type].parse(event);
  });
  test("the list of models", async () => void ModelsListResponse$inboundSchema.parse(await accountAnswer("/models?output_modalities=all")));
});

describe("OpenRouter's OpenAPI document", { skip: withoutDocument }, () => {
  let document;
  let ajv;
  before(() => {
    document = JSON.parse(readFileSync(DOCUMENT, "utf8"));
    ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true });
    ajv.addSchema(document, "openrouter");
  });
  const compiled = new Map();
  const check = (schema, value) => {
    const key = inDocument(schema);
    if (!compiled.has(key)) compiled.set(key, ajv.compile(JSON.parse(key)));
    const validate = compiled.get(key);
    assert.ok(validate(value), JSON.stringify({ errors: validate.errors, value }, null, 1).slice(0, 3000));
  };
  /** References in the document are relative to it. */
  const inDocument = (schema) => JSON.stringify(schema).replaceAll('"$ref":"#/', '"$ref":"openrouter#/');
  const named = (name) => ({ $ref: `#/components/schemas/${name}` });
  const answerSchema = (path, status, method = "get") => {
    const answer = document.paths[path][method].responses[status];
    return answer.content["application/json"].schema;
  };

  for (const [name, body] of Object.entries({ ...REQUESTS, ...MEDIA_REQUESTS })) {
    test(`${name}, streamed`, async () => {
      for (const chunk of await streamOf(body)) check(named("ChatStreamChunk"), chunk);
    });
    if (!body.stream) test(`${name}, whole`, async () => check(named("ChatResult"), await resultOf(body)));
  }
  for (const [name, [status, body, init]] of Object.entries(ERRORS)) {
    test(`${name}: ${status}`, async () => {
      const response = await ask(body, init);
      assert.equal(response.status, status);
      check(answerSchema("/chat/completions", String(status), "post"), await response.json());
    });
  }
  test("streamed images", async () => {
    const { schema } = document.paths["/images"].post.responses["200"].content["text/event-stream"];
    for (const data of await imageEvents()) check(schema, { data });
  });
  for (const [name, path, method, status, answer] of OTHER_ANSWERS) {
    test(name, async () => {
      const response = await answer();
      assert.equal(response.status, status);
      check(answerSchema(path, String(status), method), await json(response));
    });
  }
  for (const [request, path] of [
    ["/models", "/models"],
    ["/models?output_modalities=all&limit=2", "/models"],
    ["/models/count", "/models/count"],
    ["/models/user", "/models/user"],
    ["/model/openai/gpt-5-mini", "/model/{author}/{slug}"],
    ["/models/openai/gpt-5-mini/endpoints", "/models/{author}/{slug}/endpoints"],
    ["/key", "/key"],
    ["/credits", "/credits"],
    ["/generation?id=:id", "/generation"],
  ]) {
    test(request, async () => check(answerSchema(path, "200"), await accountAnswer(request)));
  }
});

/** `choices[].delta.content` and so on. */
function pathsIn(value, prefix = "", found = new Set()) {
  if (Array.isArray(value)) for (const entry of value) pathsIn(entry, `${prefix}[]`, found);
  else if (value && typeof value === "object") {
    for (const [name, inner] of Object.entries(value)) {
      found.add(`${prefix}.${name}`);
      pathsIn(inner, `${prefix}.${name}`, found);
    }
  }
  return found;
}

describe("recorded answers", { skip: withoutRecordings }, () => {
  const recorded = (kind, parse) => {
    const index = JSON.parse(readFileSync(RECORDINGS, "utf8"));
    const rows = (Array.isArray(index) ? index : Object.values(index).find(Array.isArray)).filter((row) => row.kind === kind && row.tier === "recorded");
    const found = new Set();
    for (const row of rows) for (const value of parse(readFileSync(new URL(row.file, RECORDINGS), "utf8"))) pathsIn(value, "", found);
    return found;
  };
  const strangers = (values, known) => [...new Set(values.flatMap((value) => [...pathsIn(value)]))].filter((path) => !known.has(path) && !path.startsWith(".openrouter_metadata"));

  test("have every field that the simulator's chunks have", async () => {
    const known = recorded("chat-stream", (text) => chunksOf(text.replaceAll("\r\n", "\n")));
    assert.ok(known.size > 20);
    for (const [name, body] of Object.entries(REQUESTS)) assert.deepEqual(strangers(await streamOf(body), known), [], name);
  });

  test("have every field that the simulator's results have", async () => {
    const known = recorded("chat-json", (text) => [JSON.parse(text)]);
    for (const [name, body] of Object.entries(REQUESTS)) assert.deepEqual(strangers([await resultOf(body)], known), [], name);
  });

  test("give errors the same shape", async () => {
    const error = await (await ask({ model: "no/such" })).json();
    const known = recorded("error", (text) => [JSON.parse(text)]);
    assert.deepEqual(strangers([error], known), []);
  });
});
