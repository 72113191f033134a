// The gateway in one process: who may ask, what it costs him, what goes out and what comes back.
import assert from "node:assert/strict";
import { test } from "node:test";
import OpenAI, { toFile } from "openai";
import { createGateway, createSimulator, HELLO, hashToken, KEY, chunksOf, contentOf, MODEL, OpenRouter, standing, until } from "./support.js";

test("a chat goes through streamed as it came, and whole", async () => {
  const { simulator, chat, sent } = standing();
  simulator.enqueue({ text: ["one ", "two"], reasoning: "hm" });
  const streamed = await chat({ stream: true });
  assert.equal(streamed.status, 200);
  assert.match(streamed.headers.get("content-type"), /^text\/event-stream/);
  const text = await streamed.text();
  assert.equal(contentOf(text), "one two");
  // A field that this package has no name for.
  assert.ok("native_finish_reason" in chunksOf(text).at(-1).choices[0]);
  assert.ok(text.endsWith("data: [DONE]\n\n"));
  simulator.enqueue({ text: "at once" });
  const whole = await (await chat()).json();
  assert.deepEqual([whole.object, whole.choices[0].message.content, whole.usage.cost > 0], ["chat.completion", "at once", true]);
  assert.deepEqual(sent().map(({ body }) => body.stream ?? false), [true, false]);
});

test("the openai package streams, calls a tool, and gets its own error classes", async () => {
  const { simulator, gateway } = standing();
  const openai = new OpenAI({ apiKey: "alice", baseURL: "https://gateway.example/v1", maxRetries: 0, fetch: (url, init) => gateway.fetch(new Request(url, init)) });
  const tools = [{ type: "function", function: { name: "weather", parameters: { type: "object", properties: { city: { type: "string" } } } } }];
  simulator.enqueue({ toolCalls: [{ name: "weather", arguments: { city: "Rome" } }] });
  const stream = openai.chat.completions.stream({ model: MODEL, messages: HELLO, tools });
  const { choices } = await stream.finalChatCompletion();
  assert.equal(choices[0].message.tool_calls[0].function.arguments, '{"city":"Rome"}');
  assert.ok((await openai.models.list()).data.some(({ id }) => id === MODEL));
  const stranger = new OpenAI({ apiKey: "nobody", baseURL: "https://gateway.example/v1", maxRetries: 0, fetch: (url, init) => gateway.fetch(new Request(url, init)) });
  await assert.rejects(stranger.chat.completions.create({ model: MODEL, messages: HELLO }), OpenAI.AuthenticationError);
  simulator.enqueue({ status: 429, headers: { "Retry-After": "90" } });
  await assert.rejects(openai.chat.completions.create({ model: MODEL, messages: HELLO }), OpenAI.RateLimitError);
});

test("what fails before the first byte has its status and OpenAI's form", async () => {
  for (const [script, status, code] of [[{ status: 401 }, 401, "auth"], [{ status: 402 }, 402, "payment-required"], [{ status: 404 }, 404, "not-found"], [{ status: 429, headers: { "Retry-After": "90" } }, 429, "rate-limit"], [{ error: { afterChunks: 0, error: { code: 502, message: "no" } } }, 502, "stream-error"]]) {
    for (const stream of [true, false]) {
      const { simulator, chat, usage, settled } = standing({ budget: { maxUsd: 1 } });
      for (let attempt = 0; attempt < 3; attempt += 1) simulator.enqueue(script);
      const response = await chat({ stream });
      const { error } = await response.json();
      assert.equal(response.status, status, `${JSON.stringify(script)} ${stream}`);
      assert.deepEqual([typeof error.message, typeof error.type, stream || status !== 502 ? error.code : code], ["string", "string", code]);
      assert.equal(response.headers.get("retry-after"), status === 429 ? "90" : null);
      await settled();
      const { spentUsd, heldUsd } = await usage();
      assert.deepEqual([spentUsd, heldUsd], [0, 0], "what was held is released");
    }
  }
});

test("the openai package makes images, speaks, hears, embeds and lists", async () => {
  const { simulator, gateway, usage, settled } = standing({ budget: { maxUsd: 10 } });
  const openai = new OpenAI({ apiKey: "alice", baseURL: "https://gateway.example/v1", maxRetries: 0, fetch: (/** @type {any} */ url, /** @type {any} */ init) => gateway.fetch(new Request(url, init)) });
  const { data: [image] } = await openai.images.generate({ model: "google/gemini-2.5-flash-image", prompt: "a ball", n: 1 });
  assert.ok(image.b64_json.length > 100);
  const speech = await openai.audio.speech.create({ model: "hexgrad/kokoro-82m", input: "Hello", voice: "af_alloy" });
  const sound = new Uint8Array(await speech.arrayBuffer());
  const recording = async () => ({ model: "openai/whisper-large-v3-turbo", file: await toFile(sound, "speech.mp3") });
  const heard = await openai.audio.transcriptions.create({ ...(await recording()), response_format: "verbose_json", timestamp_granularities: ["word", "segment"] });
  assert.ok(heard.text.length > 5);
  const { data } = await openai.embeddings.create({ model: "openai/text-embedding-3-small", input: ["a", "b"] });
  assert.deepEqual([data.length, typeof data[0].embedding[0]], [2, "number"]);
  const ids = [];
  for await (const { id } of await openai.models.list()) ids.push(id);
  assert.ok(ids.includes(MODEL));
  assert.equal((await openai.models.retrieve(MODEL)).id, MODEL);
  await assert.rejects(openai.models.retrieve("nobody/none"), (/** @type {any} */ error) => error instanceof OpenAI.NotFoundError && error.code === "model_not_found");
  await settled();
  assert.deepEqual([(await usage()).heldUsd, (await usage()).spentUsd > 0], [0, true]);
  // What would be silent is refused.
  const sent = simulator.requests.length;
  await assert.rejects(async () => openai.audio.transcriptions.create({ ...(await recording()), stream: true }), { status: 400, code: "not_streamed" });
  await assert.rejects(openai.audio.speech.create({ model: "hexgrad/kokoro-82m", input: "Hello", voice: "af_alloy", stream_format: "sse" }), { status: 400, code: "not_streamed" });
  assert.equal(simulator.requests.length, sent);
});

test("a list in a form goes on as one", async () => {
  /** @type {FormData[]} */
  const sent = [];
  const { ask } = standing({ fetch: async (/** @type {any} */ url, /** @type {any} */ init) => (sent.push(init.body), Response.json({ text: "so", usage: { cost: 0 } })) });
  const form = new FormData();
  form.append("file", new File([new Uint8Array(9)], "a.mp3", { type: "audio/mpeg" }));
  for (const kind of ["word", "segment"]) form.append("timestamp_granularities[]", kind);
  form.append("__proto__[]", "x");
  assert.equal((await ask("/v1/audio/transcriptions", { body: form })).status, 200);
  assert.deepEqual([...sent[0].keys()].sort(), ["file", "model", "timestamp_granularities[]", "timestamp_granularities[]"]);
  assert.deepEqual(sent[0].getAll("timestamp_granularities[]"), ["word", "segment"]);
});

test("models: OpenRouter's filters narrow the list, and one that is wrong is named", async () => {
  const { ask, simulator } = standing();
  const list = async (/** @type {string} */ query) => (await (await ask(`/v1/models?${query}`)).json()).data;
  const all = await list("");
  for (const query of ["q=claude", "supported_parameters=tools,temperature", "model_authors=openai", "max_price=1", "context=500000", "output_modalities=image", "max_price=1&input_modalities=image"]) {
    const rows = await list(query);
    assert.ok(rows.length > 0, query);
    if (!query.startsWith("output")) assert.ok(rows.length < all.length, query);
  }
  assert.ok((await list("output_modalities=image")).every((/** @type {any} */ row) => row.output_modalities.includes("image")));
  assert.ok((await list("output_modalities=all")).length > all.length);
  assert.ok((await list("q=claude")).every((/** @type {any} */ { id, name }) => /claude/i.test(`${id} ${name}`)));
  for (const query of ["max_price=cheap", "context=0", "region=moon", "max_price="]) {
    const response = await ask(`/v1/models?${query}`);
    assert.deepEqual([response.status, (await response.json()).error.type], [400, "invalid_request_error"], query);
  }
  assert.ok(simulator.requests.length > 0);
});

test("a gateway that would send its requests to itself says so at once", async (context) => {
  const told = context.mock.method(console, "error", () => {});
  // By another address of its own it is seen one request later.
  for (const [baseURL, most] of /** @type {[string, number][]} */ ([["https://gateway.example/v1", 0], ["https://gateway.example/v1/", 0], ["https://gateway.example", 1]])) {
    let depth = 0;
    /** @type {any} */
    const { gateway, ask } = standing({ baseURL, fetch: (/** @type {any} */ url, /** @type {any} */ init) => ((depth += 1), gateway.fetch(new Request(url, { ...init, headers: { ...Object.fromEntries(new Headers(init.headers)), authorization: "Bearer alice" } }))) });
    for (const [path, body] of /** @type {[string, any][]} */ ([["/v1/embeddings?x=1", { model: "m/x", input: "a" }], ["/v1/chat/completions", { model: MODEL, messages: HELLO, stream: true }]]).slice(0, 2 - most)) {
      depth = 0;
      const response = await ask(path, { body });
      assert.deepEqual([response.status, depth], [508, most], baseURL);
      assert.match((await response.json()).error.message, /set up to send its requests to itself/);
    }
    assert.equal((await ask("/health", { token: null })).status, 200);
  }
  assert.match(told.mock.calls[0].arguments.join(" "), /baseURL is the address of this gateway itself/);
});

test("a wait that does not fit into what is left of the time is answered at once, with what was told", async () => {
  for (const [status, code] of [[429, "rate-limit"], [503, "overloaded"]]) {
    for (const body of [{}, { stream: true }]) {
      const { simulator, chat, usage, settled } = standing({ limits: { timeoutMs: 20_000 }, budget: { maxUsd: 1 } });
      simulator.enqueue({ status, headers: { "Retry-After": "30" } });
      const response = await chat(body);
      assert.deepEqual([response.status, response.headers.get("retry-after"), (await response.json()).error.code, simulator.requests.filter(({ path }) => path === "/chat/completions").length], [status, "30", code, 1]);
      await settled();
      assert.deepEqual([(await usage()).spentUsd, (await usage()).heldUsd], [0, 0]);
    }
  }
  // What one request was told holds for the others: they do not sit it out either.
  const { simulator, gateway } = standing({ limits: { timeoutMs: 20_000 }, callers: { tokens: { alice: { id: "alice", limits: { timeoutMs: 60_000 } }, bob: { id: "bob" } } } });
  simulator.enqueue({ status: 429, headers: { "Retry-After": "30" } });
  const leaving = new AbortController();
  const ask = (/** @type {string} */ token, /** @type {any} */ signal) => gateway.fetch(new Request("https://gateway.example/v1/chat/completions", { method: "POST", headers: { authorization: `Bearer ${token}`, "content-type": "application/json" }, body: JSON.stringify({ model: MODEL, messages: HELLO }), signal }));
  const patient = ask("alice", leaving.signal);
  await until(() => simulator.requests.some(({ path }) => path === "/chat/completions"), "the first one was refused");
  await new Promise((resolve) => setTimeout(resolve, 50));
  const hasty = await ask("bob", undefined);
  assert.deepEqual([hasty.status, Number(hasty.headers.get("retry-after")) > 20, (await hasty.json()).error.code], [429, true, "rate-limit"]);
  leaving.abort();
  await patient;
});

test("callers by token, by the hash of one, by function, and nobody else", async () => {
  const hash = await hashToken("carol's token");
  const { ask, sent, chat } = standing({ callers: { tokens: [{ token: "alice", id: "alice" }, { hash, id: "carol" }] } });
  assert.equal((await (await ask("/v1/usage", { token: "carol's token".replace(" ", "%20") })).json()).error.code, "invalid_api_key");
  assert.equal((await ask("/v1/usage", { token: null, headers: { "x-api-key": "carol's token" } })).status, 200);
  for (const init of [{ token: null }, { token: "" }, { token: "alicE" }, { token: hash }, { token: null, headers: { authorization: "Basic YWxpY2U6" } }, { token: null, headers: { authorization: "alice" } }, { token: "x".repeat(20_000) }]) {
    const response = await chat({}, init);
    assert.deepEqual([response.status, (await response.json()).error.type], [401, "authentication_error"], JSON.stringify(init).slice(0, 80));
  }
  assert.equal(sent().length, 0);
  const byFunction = standing({ callers: async (request) => (request.headers.get("x-user") ? { id: request.headers.get("x-user") } : null) });
  assert.equal((await byFunction.chat({}, { token: null, headers: { "x-user": "dora" } })).status, 200);
  assert.equal((await byFunction.chat({}, { token: null })).status, 401);
  const broken = standing({ callers: () => { throw new Error("the database is away"); } });
  const failed = await broken.chat();
  assert.deepEqual([failed.status, (await failed.json()).error.code], [500, "internal_error"]);
});

test("a visitor's body is picked: what it says of headers, money, retries and providers stays here", async () => {
  const { chat, sent } = standing();
  const evil = { budget: 1e9, headers: { Authorization: "Bearer mine" }, params: { extraBody: { provider: { order: ["x"] } } }, maxRetries: 99, plugins: [{ id: "web" }], provider: { order: ["x"] }, models: ["openai/gpt-5-pro"], fallbackModels: ["openai/gpt-5-pro"], transforms: ["x"], timeoutMs: 1, n: 50, user: "x", extra_body: { a: 1 }, tools: [{ type: "openrouter:web_search" }], temperature: 0.5, __proto__: { polluted: true } };
  assert.equal((await chat(evil)).status, 200);
  const { body, headers } = sent()[0];
  assert.equal(body.temperature, 0.5);
  for (const name of ["budget", "headers", "params", "plugins", "provider", "models", "transforms", "n", "extra_body", "tools", "maxRetries", "user"]) assert.ok(!(name in body), name);
  assert.equal(headers.authorization, `Bearer ${KEY}`);
});

test("no caller's header reaches OpenRouter, and no header of OpenRouter's servers but the listed ones comes back", async () => {
  const { simulator, chat, ask, sent } = standing();
  const headers = { cookie: "session=1", "x-forwarded-for": "1.2.3.4", "http-referer": "https://evil.example", "x-title": "Evil", "openai-organization": "org", "x-stainless-lang": "js", "x-openrouter-cache": "true", "x-session-id": "s", "anthropic-beta": "x", "x-api-key": "k" };
  simulator.enqueue({ text: "x", headers: { "set-cookie": "a=b", "x-secret": "1" } });
  const response = await chat({}, { headers });
  for (const name of ["set-cookie", "x-secret", "server", "cf-ray"]) assert.equal(response.headers.get(name), null, name);
  await ask("/v1/embeddings", { body: { model: "openai/text-embedding-3-small", input: "x" }, headers });
  for (const { headers: out, path } of sent()) {
    const stray = Object.keys(out).filter((name) => name in headers);
    assert.deepEqual(stray, [], path);
  }
});

test("the key never leaves: not in errors, headers, records", async () => {
  const { simulator, chat, ask, records, settled } = standing({ baseURL: "https://openrouter.ai/api/v1" });
  simulator.enqueue({ status: 400, body: { error: { code: 400, message: `Wrong: Bearer ${KEY}` } } });
  const seen = [];
  for (const response of [await chat({ stream: true }), await ask("/v1/images/generations", { body: { prompt: 1 } }), await ask("/v1/usage"), await ask("/v1/nothing")]) seen.push(await response.text(), JSON.stringify([...response.headers]));
  await settled();
  assert.ok(![...seen, JSON.stringify(records)].join().includes(KEY.slice(9)));
});

const REFUSED = {
  "no JSON": [400, "{"],
  "JSON that is no object": [400, "[]"],
  "no messages": [400, {}],
  "an empty list of messages": [400, { messages: [] }],
  "a message that is none": [400, { messages: [null] }],
  "tools that are none": [400, { messages: HELLO, tools: "x" }],
  "a model that is no id": [400, { messages: HELLO, model: { id: 1 } }],
  "a model that is not on the list": [403, { messages: HELLO, model: "openai/gpt-5-pro" }],
  "a listed model with a variant that costs": [403, { messages: HELLO, model: `${MODEL}:online` }],
  "a preset": [403, { messages: HELLO, model: "@preset/mine" }],
  "a body that is too large": [413, { messages: [{ role: "user", content: "x".repeat(20_000) }] }],
  "a form of another site": [415, "messages=1", { headers: { "content-type": "text/plain" } }],
  "bytes that are no UTF-8": [400, new Uint8Array([0x22, 0xff, 0x22]), { headers: { "content-type": "application/json" } }],
  "a page of another site": [403, { messages: HELLO }, { headers: { origin: "https://evil.example" } }],
  "a page without an origin of its own": [403, { messages: HELLO }, { headers: { origin: "null" } }],
  "another method": [405, undefined, { method: "PUT" }],
  "a run id that is none": [400, { messages: HELLO, durable: true }, { headers: { "x-run-id": "../../x" } }],
  "a format that is none": [400, { messages: HELLO }, {}, "?format=xml"],
  "another path": [404, {}, {}, "/more"],
};
for (const [name, [status, body, init, more = ""]] of Object.entries(REFUSED)) {
  test(`refuses ${name}`, async () => {
    const { ask, sent } = standing({ models: [MODEL], limits: { maxBodyBytes: 10_000 } });
    const response = await ask(`/v1/chat/completions${more}`, { body, ...init });
    const { error } = await response.json();
    assert.equal(response.status, status, JSON.stringify(error));
    assert.deepEqual(Object.keys(error).sort(), ["code", "message", "type"]);
    assert.equal(sent().length, 0);
  });
}

test("names that no run has, and no header can hold, are no run; a page that resumes has nothing to resume", async () => {
  const { ask } = standing();
  for (const name of ["%00", "%0d%0aX-Evil:1", "..%2f..%2fruns", "a".repeat(5000), "short", "%E0%A4%A", "%F0%9F%99%82%F0%9F%99%82%F0%9F%99%82"]) {
    for (const method of ["GET", "DELETE"]) {
      const response = await ask(`/v1/runs/${name}`, { method });
      assert.deepEqual([response.status, (await response.json()).error.code], [404, "run_not_found"], `${method} ${name}`);
    }
    assert.equal((await ask(`/v1/runs/${name}?format=ui-message`)).status, 204, name);
  }
});

test("a caller who was described wrongly is no fault of the visitor's, and is told to whoever runs the gateway", async (context) => {
  const told = context.mock.method(console, "error", () => {});
  for (const [caller, words] of [[{ id: "" }, /must have an id/], [{}, /must have an id/], [{ id: "x", models: "openai/*" }, /models must be an array/], [{ id: "x", budget: { perDay: -1 } }, /budget\.perDay/], [{ id: "x", limits: { maxOutputTokens: "5" } }, /limits\.maxOutputTokens/]]) {
    const { chat } = standing({ callers: () => caller });
    const response = await chat();
    assert.deepEqual([response.status, (await response.json()).error.message], [500, "The gateway failed"]);
    assert.match(told.mock.calls.at(-1).arguments.join(" "), words);
  }
  const { chat } = standing({ callers: () => { throw new Error(`no caller for ${KEY}`); } });
  assert.equal((await chat()).status, 500);
  assert.ok(!told.mock.calls.at(-1).arguments.join(" ").includes(KEY));
});

test("a body that comes too slowly is given up", async () => {
  const { gateway, sent } = standing({ limits: { bodyTimeoutMs: 50 } });
  const body = new ReadableStream({ start: (controller) => controller.enqueue(new TextEncoder().encode('{"messages":')) });
  const response = await gateway.fetch(new Request("https://gateway.example/v1/chat/completions", { method: "POST", headers: { authorization: "Bearer alice", "content-type": "application/json" }, body, duplex: "half" }));
  assert.deepEqual([response.status, (await response.json()).error.code], [408, "body_too_slow"]);
  assert.equal(sent().length, 0);
});

test("CORS by list, for errors too; preflights are cached", async () => {
  const { ask } = standing({ cors: { origins: ["https://app.example"], maxAgeSeconds: 600 } });
  const origin = { origin: "https://app.example" };
  const preflight = await ask("/v1/chat/completions", { method: "OPTIONS", token: null, headers: { ...origin, "access-control-request-method": "POST", "access-control-request-headers": "authorization, content-type, x-run-id" } });
  assert.deepEqual([preflight.status, preflight.headers.get("access-control-allow-origin"), preflight.headers.get("access-control-max-age"), preflight.headers.get("access-control-allow-headers")], [204, "https://app.example", "600", "authorization, content-type, x-run-id"]);
  for (const token of ["alice", "nobody"]) assert.equal((await ask("/v1/usage", { token, headers: origin })).headers.get("access-control-allow-origin"), "https://app.example", token);
  const other = await ask("/v1/chat/completions", { method: "OPTIONS", token: null, headers: { origin: "https://app.example.evil.example", "access-control-request-method": "POST" } });
  assert.deepEqual([other.status, other.headers.get("access-control-allow-origin")], [403, null]);
  const any = standing({ cors: "*" });
  assert.equal((await any.ask("/v1/usage", { headers: { origin: "https://x.example" } })).headers.get("access-control-allow-origin"), "*");
});

test("what is spent is what OpenRouter bills, to the last digit; the budget ends with it", async () => {
  const { simulator, chat, usage, settled } = standing({ budget: { maxUsd: 0.01 } });
  for (const cost of [0.001234567891, 0.000000000001, 0.0087654321]) {
    simulator.enqueue({ text: "x", usage: { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7, cost } });
    const response = await chat({ stream: true });
    assert.equal(response.status, 200);
    await response.text();
    await settled();
  }
  assert.equal((await usage()).spentUsd, 0.009999999992);
  assert.equal((await usage()).tokens, 21);
  const over = await chat();
  assert.deepEqual([over.status, (await over.json()).error.code, over.headers.get("x-budget-used-percent")], [402, "budget_exceeded", "99.99"]);
  assert.equal((await chat({}, { token: "bob" })).status, 200, "the budget is each caller's own");
});

test("80 per cent are told in a header", async () => {
  const { simulator, chat, settled } = standing({ budget: { perDay: 1 } });
  const told = [];
  for (const cost of [0.5, 0.3, 0.05]) {
    simulator.enqueue({ text: "x", usage: { cost, prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 } });
    const response = await chat();
    told.push(response.headers.get("x-budget-used-percent"));
    await response.text();
    await settled();
  }
  assert.deepEqual([...told, (await chat()).headers.get("x-budget-used-percent")], [null, null, "80", "85"]);
});

test("of two requests that race for the last cent one goes, and no longer than the money lasts", async () => {
  const { simulator, chat, sent, settled, usage } = standing({ budget: { maxUsd: 0.0001 } });
  for (let at = 0; at < 2; at += 1) simulator.enqueue({ text: "x", delayMs: 200, usage: { cost: 0.0001, prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 } });
  const responses = await Promise.all([chat({ max_tokens: 4000 }), chat({ max_tokens: 4000 })]);
  assert.deepEqual(responses.map(({ status }) => status).sort(), [200, 402]);
  const [{ body }] = sent();
  const lowered = Number(responses.find(({ status }) => status === 200).headers.get("x-max-tokens-lowered"));
  assert.ok(lowered > 100 && lowered < 170 && body.max_completion_tokens === lowered, `${lowered}`);
  await settled();
  assert.ok((await usage()).spentUsd <= 0.0001);
  assert.equal(simulator.requests.filter(({ path }) => path === "/chat/completions").length, 1);
});

test("requests and tokens a minute, and requests at a time", async () => {
  const perMinute = standing({ limits: { requestsPerMinute: 2 } });
  const statuses = [];
  for (let at = 0; at < 3; at += 1) statuses.push((await perMinute.chat()).status);
  assert.deepEqual(statuses, [200, 200, 429]);
  const refused = await perMinute.chat();
  assert.ok(Number(refused.headers.get("retry-after")) > 50 && Number(refused.headers.get("retry-after")) <= 61);
  assert.equal((await refused.json()).error.type, "rate_limit_error");
  const tokens = standing({ limits: { tokensPerMinute: 100 } });
  tokens.simulator.enqueue({ text: "x", usage: { prompt_tokens: 60, completion_tokens: 60, total_tokens: 120, cost: 0 } });
  await (await tokens.chat()).text();
  await tokens.settled();
  assert.equal((await tokens.chat()).status, 429);
  const atATime = standing({ limits: { maxConcurrent: 1 } });
  atATime.simulator.enqueue({ text: "slow", chunkDelayMs: 100 });
  const first = atATime.chat({ stream: true });
  await until(() => atATime.sent().length === 1, "the first is under way");
  assert.equal((await atATime.chat()).status, 429);
  await (await first).text();
  await atATime.settled();
  assert.equal((await atATime.chat()).status, 200);
});

test("a reader who leaves ends the request, and the bill is asked for", async () => {
  const { simulator, chat, settled, usage, records } = standing({ budget: { maxUsd: 1 } });
  simulator.enqueue({ text: "word ".repeat(200), chunkDelayMs: 10 });
  const response = await chat({ stream: true });
  const reader = response.body.getReader();
  await reader.read();
  await reader.cancel();
  await until(() => simulator.requests.some(({ path, aborted }) => path === "/chat/completions" && aborted), "the simulator has noticed");
  await settled();
  const { heldUsd, spentUsd } = await usage();
  assert.equal(heldUsd, 0);
  assert.ok(spentUsd > 0);
  assert.deepEqual([records[0].verdict, records[0].costSource], ["aborted", "recovered"]);
});

test("a signal that ends with the answer, as Deno's does, is no reader who left; one that ends before it is", async () => {
  for (const [path, body] of [["/v1/chat/completions", { model: MODEL, messages: HELLO, stream: true }], ["/v1/responses", { model: MODEL, input: "x", stream: true }]]) {
    const chunk = (more) => `data: ${JSON.stringify({ id: "gen-1-a", model: MODEL, ...more })}\n\n`;
    const text = `${Array.from({ length: 50 }, (_, at) => chunk({ choices: [{ index: 0, delta: { content: `w${at} ` } }] })).join("")}${chunk({ choices: [{ index: 0, delta: {}, finish_reason: "stop" }], usage: { prompt_tokens: 1, completion_tokens: 1, cost: 0.25 } })}data: [DONE]\n\n`;
    const { ask, records, settled, usage } = standing({ fetch: async () => new Response(text, { headers: { "content-type": "text/event-stream" } }), budget: { maxUsd: 1 } });
    const controller = new AbortController();
    const reader = (await ask(path, { body, signal: controller.signal })).body.getReader();
    let length = 0;
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) if ((length += piece.value.length) === text.length) controller.abort();
    await settled();
    assert.deepEqual([records[0].verdict, (await usage()).spentUsd, length], ["complete", 0.25, text.length], path);
  }
  /** @type {Array<() => void>} */
  const asked = [];
  const { ask, records, settled } = standing({ fetch: (_, { signal }) => new Promise((__, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason));
    asked.shift()();
  }) });
  for (const path of ["/v1/chat/completions", "/v1/responses"]) {
    const controller = new AbortController(), isAsked = new Promise((resolve) => void asked.push(resolve));
    const response = ask(path, { body: { model: MODEL, messages: HELLO, input: "x", stream: true }, signal: controller.signal });
    await isAsked;
    controller.abort();
    assert.ok((await response).status >= 400);
  }
  await settled();
  assert.equal(records.length, 2);
});

test("one record a request, without contents unless they are asked for, to a function, Analytics Engine and OpenTelemetry", async () => {
  const points = [], spans = [];
  const tracer = { startSpan: (name) => { const span = { name, attributes: {}, setAttribute: (key, value) => (span.attributes[key] = value), setStatus: () => {}, end: () => spans.push(span) }; return span; } };
  const { chat, records, settled } = standing({ telemetry: { tracer } });
  await (await chat({ stream: true, messages: [{ role: "user", content: "a secret of mine" }] })).text();
  await settled();
  const [record] = records;
  assert.deepEqual([record.callerId, record.model, record.provider, record.verdict, record.attempts, record.status, record.isCacheHit], ["alice", MODEL, "OpenAI", "complete", 1, 200, false]);
  assert.ok(record.costUsd > 0 && record.inputTokens > 0 && record.outputTokens > 0 && record.durationMs >= record.firstTokenMs);
  assert.ok(!JSON.stringify(records).includes("a secret"));
  assert.equal(spans[0].attributes["gen_ai.response.model"], MODEL);
  const analytics = standing({ log: { writeDataPoint: (point) => points.push(point) } });
  await (await analytics.chat()).text();
  await analytics.settled();
  assert.deepEqual([points[0].indexes, points[0].blobs[1]], [["alice"], MODEL]);
  const contents = [];
  const open = standing({ log: { write: (entry) => contents.push(entry), contents: true } });
  await (await open.chat()).text();
  await open.settled();
  assert.deepEqual(contents[0].request.messages, HELLO);
});

test("an answer out of OpenRouter's cache is told as that, and costs nothing", async () => {
  const { simulator, chat, records, settled, usage } = standing({ budget: { maxUsd: 1 } });
  for (const stream of [true, false]) {
    simulator.enqueue({ text: "again", headers: { "x-openrouter-cache-status": "HIT" }, usage: { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0, cost: 0 } });
    await (await chat({ stream })).text();
    await settled();
  }
  assert.deepEqual(records.map(({ isCacheHit, costUsd }) => [isCacheHit, costUsd]), [[true, 0], [true, 0]]);
  assert.deepEqual([(await usage()).spentUsd, (await usage()).heldUsd], [0, 0]);
});

test("models: each caller sees and asks his own, and the first is the default", async () => {
  const { ask, chat, sent } = standing({ models: [MODEL, "anthropic/*"], callers: { tokens: { alice: { id: "alice" }, bob: { id: "bob", models: ["anthropic/*"] } } } });
  const ids = async (token) => (await (await ask("/v1/models", { token })).json()).data.map(({ id }) => id);
  assert.ok((await ids("alice")).includes(MODEL));
  assert.ok((await ids("bob")).length > 0 && (await ids("bob")).every((id) => id.startsWith("anthropic/")));
  assert.equal((await ask(`/v1/models/${MODEL}`, { token: "bob" })).status, 404);
  assert.equal((await (await ask(`/v1/models/${MODEL}`)).json()).id, MODEL);
  await chat({ model: undefined });
  assert.equal(sent().at(-1).body.model, MODEL);
  assert.equal((await chat({}, { token: "bob" })).status, 403);
  assert.equal((await chat({ model: "openrouter/anthropic/claude-sonnet-4.5" }, { token: "bob" })).status, 200);
});

test("models: OpenRouter's rows go on with OpenAI's fields, and the package's own client knows of them what it knows at OpenRouter", async () => {
  const { gateway, simulator, ask } = standing({ models: { [MODEL]: { pricing: { prompt: "0.5", inputCacheRead: "0.25" } }, "anthropic/claude-sonnet-4.5": {}, "openrouter/auto": {} } });
  const behind = await new OpenRouter({ apiKey: "alice", baseURL: "https://gateway.example/v1", fetch: (/** @type {any} */ url, /** @type {any} */ init) => gateway.fetch(new Request(url, init)) }).models.list();
  const direct = await new OpenRouter({ apiKey: KEY, fetch: simulator.fetch }).models.list();
  const known = (/** @type {any} */ models, /** @type {string} */ id) => {
    const { raw: _, ...model } = models.find((/** @type {any} */ one) => one.id === id);
    return model;
  };
  const claude = known(behind, "anthropic/claude-sonnet-4.5");
  assert.deepEqual(claude, known(direct, "anthropic/claude-sonnet-4.5"));
  assert.ok(claude.reasoning && claude.supportsTools && claude.input.includes("image") && claude.pricing.inputCacheWrite1h);
  // What the options say of a price holds.
  assert.deepEqual(known(behind, MODEL).pricing, { ...known(direct, MODEL).pricing, prompt: "0.5", inputCacheRead: "0.25" });
  const { data } = await (await ask("/v1/models")).json();
  for (const { id, object, created, owned_by: owner, architecture, top_provider: top, canonical_slug: slug, pricing } of data) {
    assert.deepEqual([object, typeof created, typeof owner, typeof architecture.modality, typeof top, typeof slug, typeof pricing], ["model", "number", "string", "string", "object", "string", "object"], id);
  }
});

test("options that are wrong are named", () => {
  const callers = () => null;
  for (const [options, place] of [[undefined, "options"], [{ callers }, "apiKey"], [{ apiKey: "k" }, "callers"], [{ apiKey: "k", callers: {} }, "callers"], [{ apiKey: "k", callers: { tokens: {} } }, "callers.tokens"], [{ apiKey: "k", callers, budget: { maxUsd: -1 } }, "budget.maxUsd"], [{ apiKey: "k", callers, budget: { daily: 1 } }, "budget.daily"], [{ apiKey: "k", callers, limits: { rpm: 1 } }, "limits.rpm"], [{ apiKey: "k", callers, cors: ["nonsense"] }, "cors"], [{ apiKey: "k", callers, models: [] }, "models"], [{ apiKey: "k", callers, media: { clips: true } }, "media.clips"], [{ apiKey: "k", callers, log: 1 }, "log"], [{ apiKey: "k", callers, nonsense: 1 }, "nonsense"]]) {
    assert.throws(() => createGateway(options), (error) => error.code === "invalid-request" && error.message.startsWith(place), place);
  }
});

test("without a waitUntil, in a plain server, everything is settled all the same", async () => {
  const simulator = createSimulator({ delayMs: 0 });
  const gateway = createGateway({ apiKey: KEY, callers: () => ({ id: "x" }), budget: { maxUsd: 1 }, fetch: simulator.fetch });
  const response = await gateway.fetch(new Request("http://localhost/v1/chat/completions", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ messages: HELLO, model: MODEL }) }));
  await response.text();
  await until(async () => (await (await gateway.fetch(new Request("http://localhost/v1/usage"))).json()).spentUsd > 0, "it is settled");
});
