/** The simulator as a `fetch` and as a handler: options, matching, the log, paths, CORS, refusals. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createSimulator } from "../../pkg-template/simulator/index.js";
import { BASE, HELLO, WEATHER_TOOL, chat, joined, quickSimulator, streamedChunks } from "./support.js";

const said = async (response) => joined(await streamedChunks(response));

describe("fetch", () => {
  test("takes a string, a URL and a Request, and needs no this", async () => {
    const { fetch } = quickSimulator();
    for (const input of [`${BASE}/models`, new URL(`${BASE}/models`), new Request(`${BASE}/models`)]) {
      const response = await fetch(input);
      assert.equal(response.status, 200);
      assert.equal(response.url, `${BASE}/models`);
    }
  });

  test("a Request brings its own body, headers and signal", async () => {
    const { fetch, requests } = quickSimulator();
    const body = JSON.stringify({ model: "openai/gpt-4o-mini", messages: HELLO });
    const response = await fetch(new Request(`${BASE}/chat/completions`, { method: "POST", body, headers: { Authorization: "Bearer k" } }));
    assert.match((await response.json()).choices[0].message.content, /Hello there/);
    assert.deepEqual(requests[0].body.messages, HELLO);
    await assert.rejects(fetch(new Request(`${BASE}/models`, { signal: AbortSignal.abort("gone") })), (reason) => reason === "gone");
  });

  test("a bad URL rejects, as with a real fetch", async () => {
    await assert.rejects(quickSimulator().fetch("not a url"), TypeError);
  });

  test("handler answers a Request", async () => {
    const response = await quickSimulator().handler(new Request("http://localhost/api/v1/models"));
    assert.equal((await response.json()).data[0].id, "openrouter/auto");
  });
});

describe("scripts find their requests", () => {
  test("enqueued scripts are taken in order, then the simulator speaks for itself", async () => {
    const simulator = quickSimulator();
    simulator.enqueue({ text: "one" });
    simulator.enqueue({ text: "two" });
    const answers = [];
    for (let turn = 0; turn < 3; turn++) answers.push(await said(await chat(simulator)));
    assert.deepEqual(answers.slice(0, 2), ["one", "two"]);
    assert.match(answers[2], /Hello there/);
  });

  test("only well-formed chat requests with a key take a script from the queue", async () => {
    const simulator = quickSimulator();
    simulator.enqueue({ text: "mine" });
    await simulator.fetch(`${BASE}/models`);
    assert.equal((await chat(simulator, {}, { headers: { Authorization: "" } })).status, 401);
    assert.equal((await chat(simulator, {}, { body: "{" })).status, 400);
    assert.equal((await chat(simulator, { messages: [] })).status, 400);
    assert.equal(await said(await chat(simulator)), "mine");
  });

  const matches = {
    "a model id": ["openai/gpt-4o-mini", { model: "openai/gpt-4o-mini" }, { model: "openai/gpt-5-mini" }],
    "a pattern on the last user text": [
      /weather/g,
      { messages: [{ role: "user", content: [{ type: "text", text: "The weather" }] }] },
      { messages: [{ role: "user", content: "weather" }, { role: "assistant", content: "?" }, { role: "user", content: "never mind" }] },
    ],
    "a function of body and request": [
      (body, request) => body.temperature === 0 && request.headers.authorization === "Bearer test-key",
      { temperature: 0 },
      { temperature: 1 },
    ],
  };
  for (const [name, [match, hit, miss]] of Object.entries(matches)) {
    test(`on: ${name}, every time, until removed`, async () => {
      const simulator = quickSimulator();
      const remove = simulator.on(match, { text: "matched" });
      assert.equal(await said(await chat(simulator, hit)), "matched");
      assert.equal(await said(await chat(simulator, hit)), "matched");
      assert.notEqual(await said(await chat(simulator, miss)), "matched");
      remove();
      assert.notEqual(await said(await chat(simulator, hit)), "matched");
    });
  }

  test("the newest rule wins, and the queue goes before the rules", async () => {
    const simulator = quickSimulator();
    simulator.on(/./, { text: "old" });
    simulator.on(/./, { text: "new" });
    simulator.enqueue({ text: "first" });
    assert.deepEqual([await said(await chat(simulator)), await said(await chat(simulator))], ["first", "new"]);
  });

  test("a script is copied when it is handed over", async () => {
    const simulator = quickSimulator();
    const script = { text: ["kept"] };
    simulator.enqueue(script);
    script.text[0] = "changed";
    assert.equal(await said(await chat(simulator)), "kept");
  });

  test("a scripted request may name any model", async () => {
    const simulator = quickSimulator();
    simulator.enqueue({ text: "x" });
    const chunks = await streamedChunks(await chat(simulator, { model: "acme/unheard-of" }));
    assert.equal(chunks[0].model, "acme/unheard-of");
  });

  test("matches of other kinds are refused", () => {
    assert.throws(() => quickSimulator().on(5, {}), { name: "TypeError", message: /^match must be/ });
  });
});

describe("scripts in requests", () => {
  const header = { headers: { "x-simulator-script": JSON.stringify({ text: "from the header" }) } };

  test("header and body field are obeyed when allowed, before everything else", async () => {
    const simulator = quickSimulator({ allowRequestScripts: true });
    simulator.enqueue({ text: "queued" });
    assert.equal(await said(await chat(simulator, {}, header)), "from the header");
    assert.equal(await said(await chat(simulator, { simulator: { text: "from the body" } })), "from the body");
    assert.equal(await said(await chat(simulator)), "queued");
  });

  test("and ignored when not", async () => {
    assert.match(await said(await chat(quickSimulator(), { simulator: { text: "x" } }, header)), /Hello there/);
  });

  for (const [name, body, init] of [
    ["a typo", { simulator: { txet: "x" } }, {}],
    ["a header without JSON", {}, { headers: { "x-simulator-script": "text" } }],
  ]) {
    test(`${name} is answered with 400 and the reason`, async () => {
      const response = await chat(quickSimulator({ allowRequestScripts: true }), body, init);
      assert.equal(response.status, 400);
      assert.match((await response.json()).error.message, /script/);
    });
  }
});

describe("the log", () => {
  test("tells what arrived and what became of it", async () => {
    const simulator = quickSimulator();
    const before = Date.now();
    const sent = await (await chat(simulator, {}, { headers: { "X-Custom": "1" } })).arrayBuffer();
    const [entry] = simulator.requests;
    assert.deepEqual(
      [entry.method, entry.url, entry.path, entry.headers["x-custom"], entry.body.stream, entry.aborted, entry.finished, entry.bytesSent],
      ["POST", `${BASE}/chat/completions`, "/chat/completions", "1", true, false, true, sent.byteLength],
    );
    assert.equal(entry.bodyText, JSON.stringify(entry.body));
    assert.ok(entry.receivedAtMs >= before && entry.receivedAtMs <= Date.now());
  });

  test("a body that is no JSON is kept as text", async () => {
    const simulator = quickSimulator();
    await chat(simulator, {}, { body: "{not json" });
    assert.equal(simulator.requests[0].body, "{not json");
  });

  test("keeps the last thousand, in the same array", async () => {
    const simulator = quickSimulator();
    const { requests } = simulator;
    for (let turn = 0; turn < 1003; turn++) await simulator.fetch(`${BASE}/models/count?q=${turn}`);
    assert.equal(requests.length, 1000);
    assert.match(requests[0].url, /q=3$/);
    assert.equal(requests, simulator.requests);
  });

  test("reset forgets everything and starts the ids anew", async () => {
    const simulator = quickSimulator();
    const idOf = async () => (await chat(simulator)).headers.get("x-generation-id").split("-")[2];
    const first = await idOf();
    simulator.enqueue({ text: "x" });
    simulator.on(/./, { text: "y" });
    simulator.reset();
    assert.equal(simulator.requests.length, 0);
    assert.equal(await idOf(), first);
    assert.match(await said(await chat(simulator)), /Hello there/);
  });
});

describe("paths", () => {
  for (const prefix of ["/api/v1", "/v1", "", "/proxy/api/v1", "/v1/account/gateway/openrouter/v1"]) {
    test(`${prefix || "no prefix"} leads to the API`, async () => {
      const simulator = quickSimulator();
      assert.equal((await simulator.fetch(`https://host.test${prefix}/models?limit=1`)).status, 200);
      assert.equal(simulator.requests[0].path, "/models");
    });
  }

  test("an unknown path is 404, a known one with another method 405", async () => {
    const simulator = quickSimulator();
    const missing = await simulator.fetch(`${BASE}/nothing`);
    assert.deepEqual([missing.status, (await missing.json()).error.code], [404, 404]);
    const wrong = await simulator.fetch(`${BASE}/chat/completions`);
    assert.deepEqual([wrong.status, wrong.headers.get("allow"), (await wrong.json()).error.code], [405, "POST", 405]);
    assert.equal((await simulator.fetch(`${BASE}/models`, { method: "DELETE" })).status, 405);
  });
});

describe("CORS", () => {
  test("any page may call, and read two headers, of errors too", async () => {
    for (const response of [await chat(quickSimulator()), await chat(quickSimulator(), { model: "no/such" })]) {
      assert.equal(response.headers.get("access-control-allow-origin"), "*");
      assert.equal(response.headers.get("access-control-expose-headers"), "X-Generation-Id,cf-ray");
    }
  });

  test("a preflight is granted as asked, but for OpenAI-Beta", async () => {
    const response = await quickSimulator().fetch(`${BASE}/chat/completions`, {
      method: "OPTIONS",
      headers: { "Access-Control-Request-Headers": "authorization,content-type,openai-beta,x-simulator-script" },
    });
    assert.equal(response.status, 204);
    assert.equal(response.headers.get("access-control-allow-headers"), "authorization,content-type,x-simulator-script");
    assert.match(response.headers.get("access-control-allow-methods"), /POST/);
  });
});

describe("refusals", () => {
  const cases = [
    ["no key", {}, { headers: { Authorization: "" } }, {}, 401, "Missing Authentication header"],
    ["an empty key", {}, { headers: { Authorization: "Bearer " } }, {}, 401, "Missing Authentication header"],
    ["a key that is not on the list", {}, {}, { apiKeys: ["other"] }, 401, "User not found."],
    ["an unknown model", { model: "openai/gpt-nonexistent" }, {}, {}, 400, "openai/gpt-nonexistent is not a valid model ID"],
    ["a model that is not among the given ones", {}, {}, { models: ["acme/one"] }, 400, "openai/gpt-4o-mini is not a valid model ID"],
    ["no messages", { messages: undefined }, {}, {}, 400, /messages/],
    ["messages that are none", { messages: "hi" }, {}, {}, 400, /messages/],
    ["bad JSON", {}, { body: '{"model":' }, {}, 400, /JSON/],
    ["a body that is no object", {}, { body: "[]" }, {}, 400, /JSON/],
    ["tools for a model without them", { model: "deepseek/deepseek-r1:free", tools: [WEATHER_TOOL] }, {}, {}, 404, "No endpoints found that support tool use."],
    ["no reasoning from a model that must", { model: "openai/gpt-5-mini", reasoning: { effort: "none" } }, {}, {}, 400, /mandatory/],
    ["audio without a stream", { model: "openai/gpt-audio-mini", modalities: ["text", "audio"], stream: false }, {}, {}, 400, /stream/],
  ];
  for (const [name, body, init, options, status, message] of cases) {
    test(`${name}: ${status}`, async () => {
      const response = await chat(quickSimulator(options), body, init);
      const { error } = await response.json();
      assert.deepEqual([response.status, error.code], [status, status]);
      if (message instanceof RegExp) assert.match(error.message, message);
      else assert.equal(error.message, message);
      assert.equal(response.headers.get("content-type"), "application/json");
    });
  }

  test("a listed key is accepted, and /models asks for none", async () => {
    const simulator = quickSimulator({ apiKeys: ["test-key"] });
    assert.equal((await chat(simulator)).status, 200);
    assert.equal((await simulator.fetch(`${BASE}/models`, { headers: { Authorization: "Bearer wrong" } })).status, 200);
  });

  test("options: unknown and unfit ones are named", () => {
    assert.throws(() => createSimulator({ delay: 1 }), { name: "TypeError", message: /options\.delay is not an option/ });
    assert.throws(() => createSimulator({ apiKeys: "k" }), { name: "TypeError", message: /options\.apiKeys must be an array of strings/ });
    assert.throws(() => createSimulator({ delayMs: -1 }), { name: "TypeError", message: /options\.delayMs/ });
  });
});
