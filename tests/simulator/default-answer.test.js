/** What the simulator says when no script tells it what to say. */

import assert from "node:assert/strict";
import { inflateSync } from "node:zlib";
import { describe, test } from "node:test";
import { BASE, HELLO, WEATHER_TOOL, chat, joined, payloads, quickSimulator, streamedChunks } from "./support.js";

const ask = (content) => ({ messages: [{ role: "user", content }] });
const result = async (body, options) => (await chat(quickSimulator(options), { stream: false, ...body })).json();

describe("words", () => {
  test("quote the last user message, in several deltas, and add up to the answer without streaming", async () => {
    const chunks = await streamedChunks(await chat(quickSimulator(), ask("Why is the sky blue?")));
    assert.ok(chunks.length > 20);
    assert.match(joined(chunks), /“Why is the sky blue\?”/);
    assert.equal((await result(ask("Why is the sky blue?"))).choices[0].message.content, joined(chunks));
  });

  test("are the same for the same seed and messages, whatever came before, and may differ for others", async () => {
    const say = async (seed, content) => (await result(ask(content), { seed })).choices[0].message.content;
    assert.equal(await say(7, "Hi"), await say(7, "Hi"));
    const texts = new Set();
    for (let seed = 0; seed < 12; seed++) texts.add(await say(seed, "Hi"));
    assert.ok(texts.size > 3);
  });

  test("react to attachments and to an empty message", async () => {
    const image = { type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } };
    assert.match((await result(ask([{ type: "text", text: "Look" }, image, image]))).choices[0].message.content, /2 images/);
    assert.match((await result(ask(""))).choices[0].message.content, /^Hello!/);
  });

  test("quote long messages in part, on one line, without splitting characters", async () => {
    const { content } = (await result(ask("👩‍👩‍👧🙂\n".repeat(200)))).choices[0].message;
    assert.ok(content.length < 1500);
    assert.doesNotMatch(content, /[\uD800-\uDBFF](?![\uDC00-\uDFFF])/);
  });

  test("stop at max_tokens, with finish reason length", async () => {
    const { choices, usage } = await result({ ...ask("Tell me a lot"), max_tokens: 5 });
    assert.equal(choices[0].finish_reason, "length");
    assert.equal(usage.completion_tokens, 5);
  });

  test("are JSON that fits the schema when that is asked for", async () => {
    const schema = {
      type: "object",
      properties: { city: { type: "string" }, tags: { type: "array", items: { enum: ["a", "b"] } }, place: { $ref: "#/$defs/place" } },
      required: ["city", "tags", "place"],
      $defs: { place: { type: "object", properties: { lat: { type: "number", minimum: 40 } }, required: ["lat"] } },
    };
    const body = { ...ask("Where is Lisbon?"), response_format: { type: "json_schema", json_schema: { name: "x", schema } } };
    assert.deepEqual(JSON.parse((await result(body)).choices[0].message.content), { city: "Lisbon", tags: ["a"], place: { lat: 40 } });
    assert.ok(JSON.parse((await result({ ...ask("Hi"), response_format: { type: "json_object" } })).choices[0].message.content).answer);
  });
});

describe("streams", () => {
  test("begin with a comment, end with finish, finish and usage, and [DONE]", async () => {
    const response = await chat(quickSimulator());
    const text = await response.text();
    assert.match(text, /^: OPENROUTER PROCESSING\n\ndata: \{"id":"gen-/);
    assert.equal(payloads(text).at(-1), "[DONE]");
    const [finish, last] = payloads(text).slice(-3, -1).map((data) => JSON.parse(data));
    assert.deepEqual([finish.choices[0].finish_reason, finish.usage], ["stop", undefined]);
    assert.deepEqual([last.choices[0].finish_reason, last.choices[0].delta.content], ["stop", ""]);
    assert.deepEqual(Object.keys(finish), ["id", "object", "created", "model", "provider", "choices"]);
    assert.deepEqual(Object.keys(finish.choices[0]), ["index", "delta", "finish_reason", "native_finish_reason", "logprobs"]);
    assert.equal(response.headers.get("content-type"), "text/event-stream");
    assert.equal(response.headers.get("x-generation-id"), last.id);
    assert.match(last.id, /^gen-\d{10}-[0-9A-Za-z]{20}$/);
  });

  test("take about the pace they are told", async () => {
    const response = await chat(quickSimulator({ delayMs: 2 }), { ...ask("Hi"), max_tokens: 10 });
    const start = performance.now();
    const events = (await response.text()).split("\n\n").length;
    assert.ok(performance.now() - start >= (events - 2) * 1.5);
  });
});

describe("usage", () => {
  test("counts and prices by the model's row, with dust-free sums", async () => {
    const { usage } = await result({ model: "openai/gpt-4o-mini", ...ask("x".repeat(400)) });
    assert.equal(usage.prompt_tokens, 100);
    assert.equal(usage.total_tokens, usage.prompt_tokens + usage.completion_tokens);
    assert.equal(usage.cost, Number((100 * 0.15e-6 + usage.completion_tokens * 0.6e-6).toFixed(12)));
    assert.equal(usage.cost, usage.cost_details.upstream_inference_cost);
  });

  test("costs nothing on free models, and more above a price step", async () => {
    assert.equal((await result({ model: "meta-llama/llama-3.3-70b-instruct:free", ...ask("Hi") })).usage.cost, 0);
    const price = async (tokens) => (await result({ model: "anthropic/claude-sonnet-4.5", ...ask("x".repeat(tokens * 4)) })).usage.cost_details.upstream_inference_prompt_cost / tokens;
    assert.deepEqual([await price(200000), await price(200001)].map((usd) => Number(usd.toFixed(9))), [3e-6, 6e-6]);
  });

  test("is remembered: /generation, /key and, for a management key, /credits", async () => {
    const simulator = quickSimulator({ apiKeys: ["test-key"], managementKeys: ["boss"] });
    const get = (path, key = "test-key") => simulator.fetch(BASE + path, { headers: { Authorization: `Bearer ${key}` } });
    const answer = await (await chat(simulator, { stream: false, session_id: "s1" })).json();
    const generation = (await (await get(`/generation?id=${answer.id}`)).json()).data;
    assert.deepEqual(
      [generation.total_cost, generation.tokens_prompt, generation.streamed, generation.cancelled, generation.session_id],
      [answer.usage.cost, answer.usage.prompt_tokens, false, false, "s1"],
    );
    assert.equal((await (await get("/key")).json()).data.usage, answer.usage.cost);
    assert.equal((await get("/credits")).status, 403);
    assert.equal((await (await get("/credits", "boss")).json()).data.total_usage, answer.usage.cost);
    assert.equal((await get("/generation?id=gen-1-unknown")).status, 404);
    assert.equal((await get("/generation")).status, 400);
    assert.equal((await get("/key", "wrong")).status, 401);
  });

  test("a cancelled answer is remembered as such", async () => {
    const simulator = quickSimulator();
    const response = await chat(simulator);
    await response.body.cancel();
    const lookup = await simulator.fetch(`${BASE}/generation?id=${response.headers.get("x-generation-id")}`, { headers: { Authorization: "Bearer k" } });
    assert.equal((await lookup.json()).data.cancelled, true);
  });
});

describe("reasoning", () => {
  const thoughts = async (body) => joined(await streamedChunks(await chat(quickSimulator(), body)), "reasoning");
  const cases = [
    ["asked for by effort", { model: "anthropic/claude-sonnet-4.5", reasoning: { effort: "low" } }, true],
    ["asked for by budget", { model: "anthropic/claude-sonnet-4.5", reasoning: { max_tokens: 2000 } }, true],
    ["asked for in shorthand", { model: "anthropic/claude-sonnet-4.5", reasoning_effort: "high" }, true],
    ["asked for of the auto router", { model: "openrouter/auto", reasoning: { enabled: true } }, true],
    ["not asked for", { model: "anthropic/claude-sonnet-4.5" }, false],
    ["asked for, but excluded", { model: "anthropic/claude-sonnet-4.5", reasoning: { effort: "low", exclude: true } }, false],
    ["mandatory", { model: "deepseek/deepseek-r1:free" }, true],
    ["asked for of a model that cannot", { model: "openai/gpt-4o-mini", reasoning: { effort: "low" } }, false],
  ];
  for (const [name, body, shown] of cases) {
    test(`${name}: ${shown ? "shown" : "not shown"}`, async () => assert.equal((await thoughts(body)) !== "", shown));
  }

  test("counts even when it is not shown", async () => {
    const { usage } = await result({ model: "anthropic/claude-sonnet-4.5", reasoning: { effort: "low", exclude: true } });
    assert.ok(usage.completion_tokens_details.reasoning_tokens > 0);
  });
});

describe("tools", () => {
  const withTools = (content, more = {}) => ({ ...ask(content), tools: [WEATHER_TOOL, { type: "function", function: { name: "now" } }], ...more });
  const names = (answer) => (answer.choices[0].message.tool_calls ?? []).map((call) => call.function.name);

  test("are called when the user names them, with arguments that fit the schema", async () => {
    const answer = await result(withTools("Please get weather for Lisbon, 3 days"));
    const [call] = answer.choices[0].message.tool_calls;
    assert.equal(call.function.name, "get_weather");
    assert.deepEqual(JSON.parse(call.function.arguments), { city: "Lisbon", days: 3 });
    assert.deepEqual([answer.choices[0].finish_reason, answer.choices[0].message.content], ["tool_calls", null]);
  });

  const cases = [
    ["none named", "Hello", {}, []],
    ["two named", "get_weather and now", {}, ["get_weather", "now"]],
    ["two named, one allowed at a time", "get_weather and now", { parallel_tool_calls: false }, ["get_weather"]],
    ["part of another word", "I know", {}, []],
    ["named, but forbidden", "get_weather", { tool_choice: "none" }, []],
    ["required", "Hello", { tool_choice: "required" }, ["get_weather"]],
    ["one chosen", "Hello", { tool_choice: { type: "function", function: { name: "now" } } }, ["now"]],
  ];
  for (const [name, content, more, expected] of cases) {
    test(`${name}: ${expected.join(" and ") || "no call"}`, async () => assert.deepEqual(names(await result(withTools(content, more))), expected));
  }

  test("their results are reported, and not asked for again", async () => {
    const call = { id: "call_1", type: "function", function: { name: "get_weather", arguments: "{}" } };
    const messages = [
      { role: "user", content: "get_weather in Lisbon" },
      { role: "assistant", content: null, tool_calls: [call] },
      { role: "tool", tool_call_id: "call_1", content: "Sunny, 24 degrees" },
    ];
    const { message } = (await result({ messages, tools: [WEATHER_TOOL], tool_choice: "required" })).choices[0];
    assert.equal(message.tool_calls, undefined);
    assert.match(message.content, /`get_weather` said: Sunny, 24 degrees/);
  });
});

describe("models", () => {
  const answering = async (body) => (await result(body)).model;
  const cases = [
    ["the router leads to a concrete model", { model: "openrouter/auto" }, "anthropic/claude-sonnet-4.5"],
    ["no model at all is the router", { model: undefined }, "anthropic/claude-sonnet-4.5"],
    ["a preset alone too", { model: "@preset/mine" }, "anthropic/claude-sonnet-4.5"],
    ["the free router leads to a free one", { model: "openrouter/free" }, "deepseek/deepseek-r1:free"],
    ["an alias leads to its target", { model: "~anthropic/claude-sonnet-latest" }, "anthropic/claude-sonnet-4.5"],
    ["variants and presets are looked through", { model: "openai/gpt-4o-mini:online:nitro@preset/mine" }, "openai/gpt-4o-mini"],
    ["a canonical slug is an id", { model: "openai/gpt-5-mini-2025-08-07" }, "openai/gpt-5-mini"],
    ["the first known fallback answers", { model: "no/such", models: ["nor/this", "openai/gpt-4o-mini"] }, "openai/gpt-4o-mini"],
  ];
  for (const [name, body, expected] of cases) {
    test(name, async () => assert.equal(await answering(body), expected));
  }

  test("options.models are the only ones there are; missing fields are filled in", async () => {
    const simulator = quickSimulator({ models: ["acme/one", { id: "acme/two", pricing: { prompt: "1", completion: "0" } }] });
    const { data, total_count } = await (await simulator.fetch(`${BASE}/models`)).json();
    assert.deepEqual([data.map((row) => row.id), total_count], [["acme/one", "acme/two"], 2]);
    const answer = await (await chat(simulator, { model: "acme/two", stream: false })).json();
    assert.equal(answer.usage.cost, answer.usage.prompt_tokens);
  });

  test("the list: kinds of rows, paging, filters, single rows", async () => {
    const simulator = quickSimulator();
    const get = async (path) => (await simulator.fetch(BASE + path)).json();
    const { data, total_count, links } = await get("/models");
    assert.deepEqual([data.length, links.next], [total_count, null]);
    assert.equal(data.filter((row) => row.id.endsWith(":free")).length, 8);
    assert.equal(data.find((row) => row.id === "openrouter/auto").pricing.prompt, "-1");
    assert.equal(data.find((row) => row.id.startsWith("~")).alias_target.slug, "anthropic/claude-sonnet-4.5");
    assert.deepEqual((await get("/models/count")).data, { count: total_count });

    const page = await get("/models?offset=2&limit=3");
    assert.deepEqual([page.data.map((row) => row.id), page.links.next], [data.slice(2, 5).map((row) => row.id), "/api/v1/models?offset=5&limit=3"]);
    const ids = async (query) => (await get(`/models?${query}`)).data.map((row) => row.id);
    assert.deepEqual(await ids("output_modalities=audio"), ["openai/gpt-audio-mini", "google/lyria-3-pro-preview", "google/lyria-3-clip-preview"]);
    for (const kind of ["image", "speech", "transcription", "embeddings", "video"]) assert.ok((await ids(`output_modalities=${kind}`)).length > 0, kind);
    assert.deepEqual(await ids("q=llama"), ["meta-llama/llama-3.3-70b-instruct:free"]);
    assert.ok(!(await ids("supported_parameters=tools")).includes("deepseek/deepseek-r1:free"));
    assert.equal((await simulator.fetch(`${BASE}/models?limit=0`)).status, 400);

    assert.equal((await get("/model/deepseek/deepseek-r1:free")).data.id, "deepseek/deepseek-r1:free");
    assert.equal((await get("/models/~anthropic/claude-sonnet-latest/endpoints")).data.endpoints.length, 1);
    assert.equal((await simulator.fetch(`${BASE}/model/no/such`)).status, 404);
  });

  test("routing metadata stands on the last chunk when asked for", async () => {
    const chunks = await streamedChunks(await chat(quickSimulator(), { model: "openrouter/auto", messages: HELLO }, { headers: { "X-OpenRouter-Metadata": "enabled" } }));
    assert.deepEqual(chunks.filter((chunk) => chunk.openrouter_metadata).length, 1);
    assert.deepEqual([chunks.at(-1).openrouter_metadata.requested, chunks.at(-1).openrouter_metadata.strategy], ["openrouter/auto", "auto"]);
  });
});

describe("media", () => {
  test("an image model answers with words and a valid PNG", async () => {
    const { message } = (await result({ model: "openrouter/auto", modalities: ["image", "text"], ...ask("Draw") })).choices[0];
    const png = Buffer.from(message.images[0].image_url.url.split(",")[1], "base64");
    assert.equal(png.subarray(1, 4).toString(), "PNG");
    const data = png.indexOf("IDAT");
    assert.equal(inflateSync(png.subarray(data + 4, data + 4 + png.readUInt32BE(data - 4))).length, 64 * 65);
    assert.notEqual(message.content, "");
  });

  test("an audio model answers with a tone and a transcript", async () => {
    const body = { model: "openai/gpt-audio-mini", modalities: ["text", "audio"], audio: { voice: "alloy", format: "wav" }, ...ask("Speak") };
    const chunks = await streamedChunks(await chat(quickSimulator(), body));
    const parts = chunks.flatMap((chunk) => chunk.choices[0].delta.audio ?? []);
    const wav = Buffer.from(parts.map((part) => part.data ?? "").join(""), "base64");
    assert.equal(wav.subarray(0, 4).toString() + wav.subarray(8, 12).toString(), "RIFFWAVE");
    assert.equal(wav.readUInt32LE(40), wav.length - 44);
    assert.match(parts.map((part) => part.transcript ?? "").join(""), /tone/);
  });
});
