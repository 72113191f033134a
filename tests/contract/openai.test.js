// The `openai` package through `client.fetch`: its requests arrive shaped by the rules, and it reads the answers as if nobody stood between.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import OpenAI from "openai";
import { api, BASE, dropIn, EPHEMERAL, HELLO, simulate, TIMED, until, WEATHER_TOOL } from "./support.js";

/** @import { ClientOptions } from "openrouter-wasm" */
/** @import { Script } from "openrouter-wasm/simulator" */

const APP = { url: "https://app.example", title: "An app" };

/**
 * @param {Script | Script[]} [scripts]
 * @param {ClientOptions} [options]
 */
function connect(scripts, options = { app: APP }) {
  const way = dropIn(scripts, options);
  return { ...way, openai: new OpenAI({ apiKey: "sk-sdk", baseURL: BASE, fetch: way.fetch, maxRetries: 0 }) };
}

/** @param {AsyncIterable<any>} stream */
async function collect(stream) {
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  return chunks;
}
/** @param {any[]} chunks */
const textOf = (chunks) => chunks.map((chunk) => chunk.choices[0]?.delta.content ?? "").join("");

/** A turn of an earlier model, with ids that Mistral and Gemini refuse. */
const CALLS = [
  { id: "call_Lisbon-0001", type: /** @type {const} */ ("function"), function: { name: "get_weather", arguments: '{"city":"Lisbon"}' } },
  { id: "call_Porto-00002", type: /** @type {const} */ ("function"), function: { name: "get_weather", arguments: '{"city":"Porto"}' } },
];
/** @type {import("openai").OpenAI.ChatCompletionMessageParam[]} */
const TOOL_TALK = [
  { role: "user", content: "Weather in Lisbon and Porto?" },
  { role: "assistant", content: null, tool_calls: CALLS },
  { role: "tool", tool_call_id: "call_Lisbon-0001", content: "sunny" },
  { role: "tool", tool_call_id: "call_Porto-00002", content: "rainy" },
];

describe("what arrives at OpenRouter", () => {
  for (const stream of [true, false]) {
    test(`is the request in OpenRouter's words, ${stream ? "streamed" : "whole"}`, async () => {
      const { openai, simulator } = connect();
      const request = {
        model: "openrouter/openai/gpt-4o-mini",
        messages: [/** @type {const} */ ({ role: "developer", content: "be brief" }), ...HELLO],
        max_tokens: 100,
        temperature: 0.5,
        top_p: 0.9,
        stop: "END",
        seed: 7,
        store: true,
        user: "u",
        service_tier: /** @type {const} */ ("flex"),
        metadata: { a: "b" },
        prompt_cache_key: "k",
        verbosity: /** @type {const} */ ("low"),
        tools: [{ ...WEATHER_TOOL, function: { ...WEATHER_TOOL.function, strict: true } }, { ...WEATHER_TOOL, function: { ...WEATHER_TOOL.function, name: "a_tool" } }],
        parallel_tool_calls: false,
      };
      if (stream) await collect(await openai.chat.completions.create({ ...request, stream, stream_options: { include_usage: true } }));
      else await openai.chat.completions.create(request);
      const [{ body, url, headers }] = simulator.requests;
      assert.equal(url, `${BASE}/chat/completions`);
      assert.deepEqual(body, {
        model: "openai/gpt-4o-mini",
        messages: [{ role: "system", content: "be brief" }, ...HELLO],
        ...(stream && { stream }),
        tools: [{ ...WEATHER_TOOL, function: { ...WEATHER_TOOL.function, name: "a_tool" } }, { ...WEATHER_TOOL, function: { ...WEATHER_TOOL.function, strict: true } }],
        tool_choice: "auto",
        max_completion_tokens: 100,
        temperature: 0.5,
        top_p: 0.9,
        stop: ["END"],
        seed: 7,
        parallel_tool_calls: false,
        user: "u",
        service_tier: "flex",
        metadata: { a: "b" },
        prompt_cache_key: "k",
        verbosity: "low",
      });
      const { authorization, "http-referer": referer, "x-openrouter-title": title, "x-title": oldTitle, "content-type": type } = headers;
      assert.deepEqual({ authorization, referer, title, oldTitle, type }, { authorization: "Bearer sk-sdk", referer: APP.url, title: APP.title, oldTitle: APP.title, type: "application/json" });
    });
  }

  test("carries no header of the SDK that a page would pay a preflight for", async () => {
    const { openai, simulator } = connect();
    const marked = new OpenAI({ apiKey: "k", baseURL: BASE, organization: "org", project: "proj", fetch: openai["fetch"], defaultHeaders: { "x-own": "stays" } });
    await marked.chat.completions.create({ model: "openai/gpt-4o-mini", messages: HELLO });
    const names = Object.keys(simulator.requests[0].headers);
    assert.deepEqual(names.filter((name) => /^x-stainless|^user-agent$|^openai-/.test(name)), []);
    assert.equal(simulator.requests[0].headers["x-own"], "stays");
  });

  test("has Anthropic's cache markers on the last tool, the system message and the last turn, and nowhere else", async () => {
    const { openai, simulator } = connect();
    const other = { ...WEATHER_TOOL, function: { ...WEATHER_TOOL.function, name: "a_tool" } };
    await openai.chat.completions.create({ model: "anthropic/claude-sonnet-4.5", messages: [{ role: "system", content: "be brief" }, ...TOOL_TALK], tools: [WEATHER_TOOL, other] });
    const { messages, tools } = simulator.requests[0].body;
    assert.deepEqual(messages[0].content, [{ type: "text", text: "be brief", cache_control: EPHEMERAL }]);
    assert.deepEqual(messages.at(-1), { ...TOOL_TALK[3], content: [{ type: "text", text: "rainy", cache_control: EPHEMERAL }] });
    assert.deepEqual(messages.slice(1, -1), TOOL_TALK.slice(0, -1));
    assert.deepEqual(tools, [other, { ...WEATHER_TOOL, cache_control: EPHEMERAL }]);
  });

  for (const [model, pattern] of /** @type {[string, RegExp][]} */ ([["mistralai/mistral-small-3.2-24b-instruct", /^[a-zA-Z0-9]{9}$/], ["google/gemini-2.5-flash", /^[a-zA-Z0-9]{1,40}$/]])) {
    test(`has tool ids that ${model.split("/")[0]} takes, the same one in a call and its result`, async () => {
      const { openai, simulator } = connect({ text: "Take a coat." });
      await openai.chat.completions.create({ model, messages: TOOL_TALK, tools: [WEATHER_TOOL] });
      const [, { tool_calls: calls }, ...results] = simulator.requests[0].body.messages;
      const ids = calls.map((/** @type {any} */ call) => call.id);
      assert.deepEqual(results.map((/** @type {any} */ result) => [result.tool_call_id, result.content]), [[ids[0], "sunny"], [ids[1], "rainy"]]);
      assert.notEqual(ids[0], ids[1]);
      for (const id of ids) assert.match(id, pattern);
      assert.deepEqual(calls.map((/** @type {any} */ call) => call.function.arguments), CALLS.map((call) => call.function.arguments));
    });
  }

  test("keeps `strict` where it belongs to the answer's format and not to a tool", async () => {
    const { openai, simulator } = connect();
    const format = { type: /** @type {const} */ ("json_schema"), json_schema: { name: "answer", strict: true, schema: { type: "object", properties: { strict: { type: "boolean" } } } } };
    await openai.chat.completions.create({ model: "openai/gpt-4o-mini", messages: HELLO, response_format: format });
    assert.deepEqual(simulator.requests[0].body.response_format, format);
  });

  test("has the settings of the client where the SDK's request leaves them open", async () => {
    const params = { temperature: 0.2, responseCache: true, provider: { sort: /** @type {const} */ ("price") } };
    const { openai, simulator } = connect([], { params, models: { "openai/gpt-5-mini": { reasoning: true, params: { maxTokens: 500 } } } });
    await openai.chat.completions.create({ model: "openrouter/openai/gpt-5-mini", messages: HELLO, temperature: 1 });
    const { body, headers } = simulator.requests[0];
    assert.deepEqual(body, { model: "openai/gpt-5-mini", messages: HELLO, temperature: 1, max_completion_tokens: 500, provider: { sort: "price" }, reasoning: { effort: "high" } });
    assert.equal(headers["x-openrouter-cache"], "true");
  });

  test("is sent with the client's key where the SDK sends none, and to the client's own base alone", async () => {
    const { simulator, fetch } = dropIn([], { apiKey: "sk-own" });
    for (const baseURL of [BASE, "https://elsewhere.example/api/v1"]) {
      const openai = new OpenAI({ apiKey: "unused", baseURL, fetch, maxRetries: 0, defaultHeaders: { Authorization: null } });
      await openai.chat.completions.create({ model: "openai/gpt-4o-mini", messages: HELLO }).catch(() => {});
    }
    assert.deepEqual(simulator.requests.map(({ headers }) => headers.authorization), ["Bearer sk-own", undefined]);
  });
});

describe("the client's key and headers go to the client's own base alone", () => {
  const headers = { "X-Mine": "1", Authorization: "Bearer sk-header" };
  /** @type {[string | undefined, string, boolean][]} */
  const table = [
    [undefined, BASE, true],
    [undefined, "https://openrouter.ai/v1", true],
    [undefined, "https://openrouter.ai:443/api/v1", true],
    ["https://openrouter.ai/v1", BASE, true],
    [undefined, "https://openrouter.ai", false],
    [undefined, "https://openrouter.ai/other/path", false],
    [undefined, "https://openrouter.ai/api/v1x", false],
    [undefined, "https://openrouter.ai/api/v1/../../other", false],
    ["https://openrouter.ai/team/v1", BASE, false],
    [undefined, "https://elsewhere.example/api/v1", false],
    [undefined, "https://openrouter.ai.evil.example/api/v1", false],
    [undefined, "https://openrouter.ai:444/api/v1", false],
    [undefined, "https://eu.openrouter.ai/api/v1", false],
    ["https://proxy.example/mine/v1", "https://proxy.example/mine/v1", true],
    ["https://proxy.example/mine/v1/", "https://PROXY.example/mine/v1", true],
    ["https://proxy.example/mine/v1", "https://proxy.example/yours/v1", false],
    ["https://proxy.example/mine", "https://proxy.example/mine-too", false],
    ["https://proxy.example/mine", "https://proxy.example/mine/../yours", false],
    ["https://proxy.example/mine/v1", BASE, false],
    ["http://localhost:8080/v1", "http://localhost:8081/v1", false],
  ];
  for (const [baseURL, asked, isOwn] of table) {
    test(`${baseURL ?? "OpenRouter"}, asked at ${asked}: ${isOwn}`, async () => {
      for (const options of [{ apiKey: "sk-own", headers: { "X-Mine": "1" } }, { headers }]) {
        /** @type {any[]} */
        const sent = [];
        const fetch = /** @type {any} */ (async (/** @type {any} */ url, /** @type {any} */ init) => (sent.push([url, new Headers(init.headers)]), new Response("{}")));
        const client = new api.OpenRouter({ ...options, fetch, baseURL });
        await client.fetch(`${asked}/chat/completions`, { method: "POST", headers: { "X-Sdk": "1" }, body: JSON.stringify({ model: "m/x", messages: HELLO }) });
        const [, got] = sent[0];
        assert.deepEqual([got.get("authorization") !== null, got.get("x-mine"), got.get("x-sdk")], [isOwn, isOwn ? "1" : null, "1"]);
        // A header that the SDK itself brings along is the SDK's.
        await client.fetch(`${asked}/chat/completions`, { method: "POST", headers: { Authorization: "Bearer sk-sdk" }, body: JSON.stringify({ model: "m/x", messages: HELLO }) });
        assert.equal(sent[1][1].get("authorization"), "Bearer sk-sdk");
      }
    });
  }
});

describe("what the SDK reads", () => {
  test("are the bytes of the stream as OpenRouter sent them, whatever they are", async () => {
    const scripts = [
      {},
      { text: ["Grüße", " 🙂"], reasoning: ["h", "m"], chunkBytes: 1, lineEnding: /** @type {const} */ ("\r\n"), comments: 3, usageChoices: /** @type {const} */ ("empty") },
      { text: "Let me see.", toolCalls: [{ name: "get_weather", arguments: '{"city": "Zürich"}', deltaBytes: 3 }, { name: "get_weather", arguments: "{}" }] },
      { raw: `\ufeff: hi\n\nid: 1\nevent: x\ndata: {"choices":[{"index":0,"delta":{"content":"\\ud83d"}}],"big":12345678901234567890}\n\n\ndata: [DONE]\n\ntrailing` },
    ];
    const { openai, simulator, bytesSent, bytesReceived } = connect(scripts);
    const texts = [];
    for (const _ of scripts) texts.push(textOf(await collect(await openai.chat.completions.create({ model: "openai/gpt-4o-mini", messages: HELLO, stream: true }))));
    const [sent, received] = [await bytesSent(), await bytesReceived()];
    assert.equal(sent.length, scripts.length);
    assert.deepEqual(received, sent);
    assert.deepEqual(sent.map((bytes) => bytes.length), simulator.requests.map((request) => request.bytesSent));
    assert.match(texts[0], /Hello there/);
    assert.deepEqual(texts.slice(1), ["Grüße 🙂", "Let me see.", "\ud83d"]);
  });

  test("is a whole answer with its status and headers", async () => {
    const { openai, bytesSent } = connect();
    const { data, response } = await openai.chat.completions.create({ model: "openai/gpt-4o-mini", messages: HELLO }).withResponse();
    assert.deepEqual(data, JSON.parse(Buffer.from((await bytesSent())[0], "latin1").toString()));
    assert.match(data.choices[0].message.content ?? "", /Hello there/);
    assert.deepEqual([response.status, response.headers.get("x-generation-id"), response.headers.get("content-type")], [200, data.id, "application/json"]);
  });

  test("is enough for its own stream helper", async () => {
    const { openai } = connect({ text: "Let me see.", toolCalls: [{ name: "get_weather", arguments: { city: "Zürich" }, deltaBytes: 3 }] });
    const completion = await openai.chat.completions.stream({ model: "openai/gpt-4o-mini", messages: HELLO, tools: [WEATHER_TOOL] }).finalChatCompletion();
    const [{ finish_reason: reason, message }] = completion.choices;
    assert.deepEqual([reason, message.content], ["tool_calls", "Let me see."]);
    assert.deepEqual(message.tool_calls?.map((call) => call.type === "function" && call.function.arguments), ['{"city":"Zürich"}']);
  });

  test("is enough for its own tool loop, with a model whose ids are rewritten on every way out", async () => {
    const { openai, simulator } = connect([
      { toolCalls: [{ id: "call_number-1", name: "get_weather", arguments: { city: "Lisbon" } }] },
      { toolCalls: [{ id: "call_number-2", name: "get_weather", arguments: { city: "Porto" } }] },
      { text: "Sunny in both." },
    ]);
    const tool = { type: /** @type {const} */ ("function"), function: { ...WEATHER_TOOL.function, function: (/** @type {any} */ { city }) => `sunny in ${city}`, parse: JSON.parse } };
    const runner = openai.chat.completions.runTools({ model: "mistralai/mistral-small-3.2-24b-instruct", stream: true, messages: [{ role: "user", content: "Weather?" }], tools: [tool] });
    assert.equal(await runner.finalContent(), "Sunny in both.");
    const [, second, third] = simulator.requests.map((request) => request.body.messages);
    assert.equal(second[2].content, "sunny in Lisbon");
    assert.equal(third[4].content, "sunny in Porto");
    assert.deepEqual(third.slice(0, 3), second, "what was sent before is sent again as it was");
    assert.deepEqual([third[2].tool_call_id, third[4].tool_call_id], [third[1].tool_calls[0].id, third[3].tool_calls[0].id]);
    assert.match(third[1].tool_calls[0].id, /^[a-zA-Z0-9]{9}$/);
  });

  test("is the list of models, which nobody shapes", async () => {
    const { openai, simulator } = connect();
    const ids = [];
    for await (const model of openai.models.list()) ids.push(model.id);
    assert.ok(ids.includes("openrouter/auto"));
    assert.equal(simulator.requests[0].headers["x-stainless-lang"], "js", "as the SDK sent it");
  });
});

describe("what goes wrong", () => {
  const ask = (/** @type {OpenAI} */ openai, /** @type {object} */ more = {}) => openai.chat.completions.create({ model: "openai/gpt-4o-mini", messages: HELLO, ...more });

  test("a request that the rules refuse is the SDK's BadRequestError, names the place, and is not sent, not even again", async () => {
    const { simulator, fetch } = dropIn();
    const openai = new OpenAI({ apiKey: "k", baseURL: BASE, fetch, maxRetries: 2 });
    const table = /** @type {[object, string][]} */ ([
      [{ messages: [{ role: "robot", content: "x" }] }, "messages[0].role: "],
      [{ messages: [] }, "messages: "],
      [{ tools: [WEATHER_TOOL, { type: "function", function: {} }] }, "tools[1].function.name: "],
      [{ model: 5 }, "model: "],
      [{ max_tokens: -1 }, "max_tokens: "],
    ]);
    for (const [more, place] of table) {
      for (const stream of [false, true]) {
        const error = await ask(openai, { stream, ...more }).then(() => assert.fail("it should have been refused"), (thrown) => thrown);
        assert.ok(error instanceof OpenAI.BadRequestError, String(error));
        assert.ok(error.message.startsWith(`400 ${place}`), error.message);
      }
    }
    assert.equal(simulator.requests.length, 0);
  });

  test("OpenRouter's errors are the SDK's own classes, with OpenRouter's words", async () => {
    const { openai, simulator, bytesSent, bytesReceived } = connect();
    const table = /** @type {[number, any][]} */ ([
      [400, OpenAI.BadRequestError], [401, OpenAI.AuthenticationError], [402, OpenAI.APIError], [403, OpenAI.PermissionDeniedError],
      [404, OpenAI.NotFoundError], [429, OpenAI.RateLimitError], [502, OpenAI.InternalServerError],
    ]);
    for (const [status, type] of table) {
      for (const stream of [false, true]) {
        simulator.enqueue({ status, body: { error: { code: status, message: `it is ${status}` } } });
        await assert.rejects(ask(openai, { stream }), (/** @type {any} */ error) => {
          assert.ok(error instanceof type, `${status}: ${error}`);
          assert.deepEqual([error.status, error.message], [status, `${status} it is ${status}`]);
          return true;
        });
      }
    }
    assert.deepEqual(await bytesReceived(), await bytesSent());
  });

  test("a connection that fails is the SDK's APIConnectionError", async () => {
    const { openai } = connect({ networkError: true });
    await assert.rejects(ask(openai), OpenAI.APIConnectionError);
  });

  test("the SDK's retries are its own: each is shaped anew, and the client adds none", async () => {
    const { openai, simulator } = connect([{ status: 429, headers: { "retry-after-ms": "1" } }, { text: "at last" }]);
    const answer = await openai.chat.completions.create({ model: "openrouter/openai/gpt-4o-mini", messages: HELLO }, { maxRetries: 1 });
    assert.equal(answer.choices[0].message.content, "at last");
    assert.deepEqual(simulator.requests.map(({ body }) => body.model), ["openai/gpt-4o-mini", "openai/gpt-4o-mini"]);
    const once = connect([{ status: 503 }, { text: "never" }]);
    await assert.rejects(ask(once.openai), OpenAI.InternalServerError);
    assert.equal(once.simulator.requests.length, 1);
  });

  test("an error in the middle of a stream comes after the text before it", async () => {
    const { openai } = connect({ text: ["a", "b", "c"], error: { afterChunks: 2, error: { code: 502, message: "Provider disconnected" } } });
    let text = "";
    await assert.rejects(async () => {
      for await (const chunk of await openai.chat.completions.create({ model: "openai/gpt-4o-mini", messages: HELLO, stream: true })) text += chunk.choices[0].delta.content;
    }, /Provider disconnected/);
    assert.equal(text, "ab");
  });

  for (const how of ["abort", "break"]) {
    test(`${how === "abort" ? "an abort" : "leaving the loop"} closes the stream at OpenRouter`, TIMED, async () => {
      // Without a copy of the bytes: a body that is read twice is closed only by both readers.
      const simulator = simulate();
      simulator.enqueue({ text: ["one", "two", "three"], stallAfterChunks: 2 });
      const client = new api.OpenRouter({ fetch: simulator.fetch });
      const openai = new OpenAI({ apiKey: "k", baseURL: BASE, fetch: client.fetch, maxRetries: 0 });
      const stream = await openai.chat.completions.create({ model: "openai/gpt-4o-mini", messages: HELLO, stream: true });
      for await (const chunk of stream) {
        if (chunk.choices[0].delta.content !== "one") continue;
        assert.equal(simulator.requests[0].aborted, false);
        if (how === "break") break;
        stream.controller.abort();
      }
      await until(() => simulator.requests[0].aborted, "the connection is closed");
    });
  }

  test("an abort before the answer has begun reaches OpenRouter", TIMED, async () => {
    const { openai, simulator } = connect({ delayMs: 10_000 });
    const controller = new AbortController();
    const answer = openai.chat.completions.create({ model: "openai/gpt-4o-mini", messages: HELLO }, { signal: controller.signal });
    answer.catch(() => {});
    await until(() => simulator.requests.length === 1, "the request has arrived");
    controller.abort();
    await assert.rejects(answer, OpenAI.APIUserAbortError);
    await until(() => simulator.requests[0].aborted, "the request is aborted");
  });
});
