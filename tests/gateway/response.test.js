// `run.response`, `pickRequest` and what survives a reader, against the simulator in process.
import assert from "node:assert/strict";
import { test } from "node:test";
import { contentOf, createSimulator, HELLO, KEY, MODEL, OpenRouter, pickRequest, standing, until } from "./support.js";

function clientOf(options = {}) {
  const simulator = createSimulator({ delayMs: 0 });
  const client = new OpenRouter({ apiKey: KEY, fetch: simulator.fetch, model: MODEL, maxRetries: 0, ...options });
  return { simulator, client, chat: (request = {}) => client.chat({ messages: HELLO, ...request }) };
}

const FAILURES = [
  [{ status: 400 }, 400, "invalid_request_error", "invalid-request"], [{ status: 401 }, 401, "authentication_error", "auth"], [{ status: 402 }, 402, "insufficient_quota", "payment-required"],
  [{ status: 403 }, 403, "permission_error", "forbidden"], [{ status: 404 }, 404, "not_found_error", "not-found"], [{ status: 429, headers: { "Retry-After": "7" } }, 429, "rate_limit_error", "rate-limit"],
  [{ status: 500 }, 500, "server_error", "server"], [{ status: 503 }, 503, "server_error", "overloaded"], [{ networkError: true }, 502, "server_error", "network"],
];
for (const format of ["sse", "json", "events", "ui-message", "text"]) {
  test(`response({format: "${format}"}) has the status that a failure earned`, async () => {
    for (const [script, status, type, code] of FAILURES) {
      const { simulator, chat } = clientOf();
      simulator.enqueue(script);
      const response = await chat().response({ format, headers: { "X-Mine": "1" } });
      assert.equal(response.status, status, JSON.stringify(script));
      const { error } = await response.json();
      assert.deepEqual([error.type, error.code, response.headers.get("x-mine"), response.headers.get("content-type")], [type, code, "1", "application/json"]);
      assert.equal(response.headers.get("retry-after"), status === 429 ? "7" : null);
    }
    const { chat } = clientOf();
    const wrong = await chat({ temperature: "hot", messages: [] }).response({ format });
    assert.deepEqual([wrong.status, (await wrong.json()).error.code], [400, "invalid-request"]);
  });

  test(`response({format: "${format}"}) gives the answer, with the caller's status and headers`, async () => {
    const { simulator, chat } = clientOf();
    simulator.enqueue({ text: ["so ", "be ", "it"], reasoning: "hm" });
    const run = chat();
    const response = await run.response({ format, status: 201, headers: { "X-Mine": "1" } });
    assert.deepEqual([response.status, response.headers.get("x-mine")], [201, "1"]);
    assert.match(await response.text(), format === "json" ? /"content":"so be it"/ : format === "text" ? /^so be it$/ : /so [^]*be [^]*it/);
    const { message, usage, cost } = await run.result();
    assert.deepEqual([message.content, run.verdict, usage.cost > 0, cost.source], ["so be it", "complete", true, "reported"]);
  });
}

test("what failed before the first output is tried again, and the one status is the last one's", async () => {
  const { simulator, chat } = clientOf({ maxRetries: 2 });
  simulator.enqueue({ status: 503, headers: { "Retry-After": "0" } });
  simulator.enqueue({ error: { afterChunks: 0, error: { code: 502, message: "away" } } });
  simulator.enqueue({ text: "third" });
  const run = chat();
  const response = await run.response();
  assert.deepEqual([response.status, contentOf(await response.text()), run.attempts], [200, "third", 3]);
});

test("a relayed answer goes on byte for byte, and the run knows all of it", async () => {
  for (const words of [1, 40, 2000]) {
    const { simulator, client } = clientOf();
    /** @type {string[]} */
    const raw = [];
    const decoder = new TextDecoder();
    const seen = new OpenRouter({ apiKey: KEY, model: MODEL, fetch: async (...given) => {
      const response = await simulator.fetch(...given);
      return new Response(response.body.pipeThrough(new TransformStream({ transform(piece, controller) { raw.push(decoder.decode(piece, { stream: true })); controller.enqueue(piece); } })), response);
    } });
    const text = Array.from({ length: words }, (_, at) => `wörd${at} `);
    simulator.enqueue({ text, reasoning: "so" });
    const run = seen.chat({ messages: HELLO });
    const relayed = await (await run.response()).text();
    assert.equal(relayed, raw.join(""));
    const result = await run.result();
    assert.deepEqual([result.message.content, result.verdict, result.usage.cost === result.cost.total, result.messages.length], [text.join(""), "complete", true, 2]);
    assert.equal(client.ledger, undefined);
  }
});

test("how a relayed answer ended: length, a filter, an error in the middle, a cut", async () => {
  const long = Array.from({ length: 600 }, (_, at) => `word${at} `);
  for (const [script, verdict] of [[{ finishReason: "length" }, "length"], [{ finishReason: "content_filter" }, "content-filter"], [{ error: { afterChunks: 500, error: { code: 502, message: "fell over" } } }, "error"], [{ cutAfterChunks: 500 }, "cut"]]) {
    const { simulator, chat } = clientOf();
    simulator.enqueue({ text: long, ...script });
    const run = chat();
    const response = await run.response();
    const text = await response.text().catch(() => "");
    await run.result().catch(() => {});
    assert.equal(run.verdict, verdict, JSON.stringify(script));
    if (verdict === "error") {
      assert.match(text, /fell over/);
      assert.ok(run.partial.message.content.startsWith("word0 word1 "), "what had arrived is there");
      assert.ok(run.partial.message.content.length > 2000);
    }
  }
});

test("toResponse() hands an answer on byte for byte, sends nothing before it is read, and the run knows all of it", async () => {
  const { simulator, chat } = clientOf();
  const text = Array.from({ length: 600 }, (_, at) => `wörd${at} `);
  simulator.enqueue({ text, reasoning: "so" });
  simulator.enqueue({ text, reasoning: "so" });
  const unread = chat().toResponse();
  assert.equal(simulator.requests.length, 0);
  const run = chat();
  const relayed = await run.toResponse({ format: "sse" }).text();
  const plain = await (await simulator.fetch("https://openrouter.ai/api/v1/chat/completions", { method: "POST", headers: { authorization: `Bearer ${KEY}` }, body: JSON.stringify(simulator.requests[0].body) })).text();
  const bare = (/** @type {string} */ stream) => stream.replaceAll(/"(?:id|created)":(?:"[^"]*"|\d+)/g, "");
  assert.equal(bare(relayed), bare(plain));
  const { message, verdict, usage, cost } = await run.result();
  assert.deepEqual([message.content, verdict, usage.cost === cost.total], [text.join(""), "complete", true]);
  await unread.body.cancel();
  assert.equal(simulator.requests.length, 2);
});

test("toResponse() tells in the stream what failed: before the first output, in the middle once, by a cut", async () => {
  const long = Array.from({ length: 600 }, (_, at) => `word${at} `);
  for (const [script, verdict, said] of [[{ status: 401 }, "error", /"code":401/], [{ networkError: true }, "error", /"code":"network"/], [{ text: long, error: { afterChunks: 500, error: { code: 502, message: "fell over" } } }, "error", /fell over/], [{ text: long, cutAfterChunks: 500 }, "cut", /"error":\{/]]) {
    const { simulator, chat } = clientOf();
    simulator.enqueue(script);
    const run = chat();
    const response = run.toResponse();
    const text = await response.text();
    assert.equal(response.status, 200);
    assert.match(text, said, JSON.stringify(script));
    assert.equal(text.match(/"error":\{/g).length, 1, JSON.stringify(script));
    await assert.rejects(run.result());
    assert.equal(run.verdict, verdict, JSON.stringify(script));
  }
});

test("a relayed answer that grows too dear is stopped where one that is read would be, and says so where it can", async () => {
  const dear = { budget: 0.5, models: { [MODEL]: { pricing: { prompt: "0", completion: "0.01" } } } };
  for (const way of ["toResponse", "response", "keep"]) {
    const { simulator, chat } = clientOf(dear);
    simulator.enqueue({ text: Array.from({ length: 4000 }, () => "four"), chunkDelayMs: 1 });
    const run = chat();
    const response = await (way === "toResponse" ? run.toResponse() : run.response({ keep: way === "keep" }));
    const text = await response.text().catch(() => "broken");
    const error = await run.result().catch((/** @type {any} */ thrown) => thrown);
    assert.deepEqual([error.code, run.verdict], ["budget", "error"], way);
    assert.ok(error.partial.message.content.length <= 400, `${way}: ${error.partial.message.content.length}`);
    assert.ok(run.cost.total >= 0.5 && run.cost.total < 1, `${way}: ${run.cost.total}`);
    await until(() => simulator.requests[0].aborted, "the connection closes");
    assert.match(text, way === "toResponse" ? /"code":"budget"/ : /^broken$/, way);
  }
});

test("what is written reaches the reader before anything else is written", async () => {
  const chunk = (/** @type {any} */ delta, more = {}) => `data: ${JSON.stringify({ id: "gen-1-h", model: MODEL, choices: [{ index: 0, delta }], ...more })}\n\n`;
  const answer = [chunk({ role: "assistant", content: "" }), ...["one ", "two ", "three "].map((content) => chunk({ content })), chunk({}, { choices: [{ index: 0, delta: {}, finish_reason: "stop" }], usage: { cost: 0 } }), "data: [DONE]\n\n"];
  /** @type {((fetch: typeof globalThis.fetch) => Promise<Response>)[]} */
  const ways = [
    (fetch) => new OpenRouter({ apiKey: KEY, fetch, maxRetries: 0 }).chat({ messages: HELLO, model: MODEL }).response(),
    async (fetch) => new OpenRouter({ apiKey: KEY, fetch, maxRetries: 0 }).chat({ messages: HELLO, model: MODEL }).toResponse(),
    (fetch) => standing({ fetch }).chat({ stream: true }),
    (fetch) => standing({ fetch }).chat({ durable: true }),
  ];
  for (const [at, way] of ways.entries()) {
    /** @type {ReadableStreamDefaultController<Uint8Array>} */
    let upstream;
    const write = (/** @type {string} */ text) => upstream.enqueue(new TextEncoder().encode(text));
    const fetch = async (/** @type {any} */ url) => (String(url).endsWith("/chat/completions") ? new Response(new ReadableStream({ start: (controller) => {
      upstream = controller;
      write(answer[0]);
      write(answer[1]);
    } }), { headers: { "content-type": "text/event-stream" } }) : Response.json({ data: [] }));
    const alive = setInterval(() => {}, 1000);
    const reader = (await way(/** @type {any} */ (fetch))).body.getReader(), decoder = new TextDecoder();
    let text = "";
    for (let next = 2; ; next += 1) {
      // The next one is not written before this one is here.
      while (!text.includes(JSON.parse(answer[next - 1].slice(6)).choices[0].delta.content)) {
        const { done, value } = await reader.read();
        assert.ok(!done, `${at}: ${text}`);
        text += decoder.decode(value);
      }
      if (next === 4) break;
      write(answer[next]);
    }
    for (const last of answer.slice(4)) write(last);
    upstream.close();
    while (!(await reader.read()).done);
    clearInterval(alive);
  }
});

test("tools that the run answers itself are no relay: the reader sees one answer", async () => {
  const { simulator, chat } = clientOf();
  simulator.enqueue({ toolCalls: [{ name: "now", arguments: {} }] });
  simulator.enqueue({ text: "noon" });
  const response = await chat({ tools: [{ name: "now", parameters: { type: "object" }, execute: () => "12:00" }] }).response();
  const text = await response.text();
  assert.ok(!text.includes("tool_calls\""), text);
  assert.equal(contentOf(text), "noon");
});

test("a reader of a relayed answer who leaves ends the request", async () => {
  const { simulator, chat } = clientOf();
  simulator.enqueue({ text: "word ".repeat(500), chunkDelayMs: 5 });
  const run = chat();
  const reader = (await run.response()).body.getReader();
  await reader.read();
  await reader.cancel();
  await until(() => simulator.requests[0].aborted, "the simulator has noticed");
  assert.equal(run.verdict, "aborted");
  await assert.rejects(run.response(), { code: "already-consumed" });
});

test("keep: false keeps nothing but how it ended", async () => {
  const { simulator, chat } = clientOf();
  simulator.enqueue({ text: Array.from({ length: 1000 }, () => "word ") });
  const run = chat();
  await (await run.response({ keep: false })).text();
  const { message, usage, verdict } = await run.result();
  assert.ok(message.content.length < 200);
  assert.deepEqual([usage.outputTokens, verdict], [1250, "complete"]);
});

test("pickRequest takes what describes a chat and leaves what runs it", () => {
  const body = JSON.parse('{"messages":[{"role":"user","content":"x"}],"model":"m","temperature":1,"max_tokens":null,"budget":9,"headers":{"Authorization":"x"},"params":{"extraBody":{}},"maxRetries":9,"plugins":[],"__proto__":{"a":1},"constructor":1,"tools":[{"type":"function","function":{"name":"f"}},{"type":"openrouter:web_search"},{"name":"g","execute":"x"}],"durable":true}');
  const picked = pickRequest(body);
  assert.deepEqual(picked, { messages: body.messages, model: "m", temperature: 1, tools: [{ type: "function", function: { name: "f" } }, { name: "g" }] });
  assert.deepEqual(pickRequest(body, { allow: ["temperature"] }), { messages: body.messages, temperature: 1 });
  assert.deepEqual(pickRequest(body, { allow: ["plugins", "tools", "serverTools"] }).tools.length, 3);
  assert.deepEqual(pickRequest({ ...body, tools: [{ type: "openrouter:web_search" }], tool_choice: "required" }).tool_choice, undefined);
  for (const [wrong, place] of [[null, "body"], [[], "body"], ["x", "body"], [{}, "messages"], [{ messages: [] }, "messages"], [{ messages: [{ role: "user" }, 1] }, "messages[1]"], [{ messages: [{ role: "user" }], tools: 1 }, "tools"], [{ messages: [{ role: "user" }], tools: [1] }, "tools[0]"]]) {
    assert.throws(() => pickRequest(wrong), (error) => error.code === "invalid-request" && error.message.startsWith(place), place);
  }
  for (const name of ["headers", "params", "signal", "extraBody"]) assert.throws(() => pickRequest(body, { allow: [name] }), new RegExp(name));
});

/** A client whose base is a gateway in this process. */
function throughGateway(options) {
  const behind = standing(options);
  const client = new OpenRouter({ apiKey: "alice", baseURL: "https://gateway.example/v1", model: MODEL, fetch: (url, init) => behind.gateway.fetch(new Request(url, init)) });
  return { ...behind, client };
}
const WORDS = Array.from({ length: 40 }, (_, at) => `w${at} `);

test("a durable run goes on when its reader leaves; who comes back gets the rest, each event once, through reloads and in two tabs", async () => {
  const { simulator, client, sent, usage } = throughGateway({ budget: { maxUsd: 1 } });
  simulator.enqueue({ text: WORDS, chunkDelayMs: 10 });
  const run = client.chat({ messages: HELLO, durable: true });
  let parts = 0;
  for await (const event of run) if (event.type === "text-delta" && (parts += 1) === 8) break;
  let checkpoint = JSON.parse(JSON.stringify(run.checkpoint));
  let text = checkpoint.message.content;
  assert.equal(checkpoint.id, run.id);
  const otherTab = client.resumeRun(run.id).result();
  for (let reload = 0; reload < 3; reload += 1) {
    const resumed = client.resumeRun(checkpoint.id, { after: checkpoint.after });
    let count = 0;
    for await (const event of resumed) if (event.type === "text-delta" && (count += 1) === 8) break;
    checkpoint = resumed.checkpoint;
    text += checkpoint.message.content;
  }
  const last = await client.resumeRun(checkpoint.id, { after: checkpoint.after }).result();
  assert.equal(text + last.message.content, WORDS.join(""));
  assert.equal((await otherTab).message.content, WORDS.join(""));
  assert.deepEqual([last.verdict, last.usage.cost > 0], ["complete", true]);
  // Long over, and still there.
  assert.equal((await client.resumeRun(run.id).result()).message.content, WORDS.join(""));
  assert.equal(sent().filter(({ path }) => path === "/chat/completions").length, 1);
  await until(async () => (await usage()).heldUsd === 0, "it is settled");
  assert.equal((await usage()).spentUsd, last.usage.cost);
});

test("Last-Event-ID, a second request of the same run, another caller, an unknown run", async () => {
  const { simulator, ask, chat, sent } = standing();
  simulator.enqueue({ text: WORDS, chunkDelayMs: 5 });
  const init = { headers: { "x-run-id": "my-run-0001" } };
  const [first, twin] = await Promise.all([chat({}, init), chat({}, init)]);
  const [text, same] = await Promise.all([first.text(), twin.text()]);
  assert.deepEqual([contentOf(text), same === text, sent().length], [WORDS.join(""), true, 1]);
  assert.match(text, /^id: 1\ndata: /);
  const rest = await (await ask("/v1/runs/my-run-0001", { headers: { "last-event-id": "30" } })).text();
  assert.ok(text.endsWith(rest) && rest.startsWith("id: 31\n"));
  assert.equal((await ask("/v1/runs/my-run-0001", { token: "bob" })).status, 404);
  assert.equal((await ask("/v1/runs/never-was-1")).status, 404);
  assert.equal((await ask("/v1/runs/never-was-1?format=ui-message")).status, 204);
  assert.equal((await ask("/v1/runs/my-run-0001?after=999")).status, 400);
  assert.equal((await ask("/v1/runs/my-run-0001?after=x")).status, 400);
  const forReact = await ask("/v1/runs/my-run-0001?format=ui-message");
  assert.equal(forReact.headers.get("x-vercel-ai-ui-message-stream"), "v1");
  assert.match(await forReact.text(), /"type":"text-delta"[^]*"delta":"w39 "/);
});

test("a durable run goes on behind its tools: each answer is a run of its own, and none is asked for twice", async () => {
  const { simulator, client, sent } = throughGateway({ budget: { maxUsd: 1 } });
  simulator.enqueue({ text: "Let me see. ", toolCalls: [{ id: "t1", name: "weather", arguments: { city: "Rome" } }] });
  simulator.enqueue({ text: "It is sunny" });
  const tools = [{ name: "weather", parameters: { type: "object", properties: { city: { type: "string" } } }, execute: () => "sunny" }];
  const run = client.chat({ messages: HELLO, durable: true, tools });
  const ids = new Set();
  for await (const event of run) if (event.type !== "tool-result") ids.add(run.id);
  const { message, steps } = await run.result();
  assert.deepEqual([message.content, steps.length, ids.size, sent().length], ["It is sunny", 2, 2, 2]);
  const [first, last] = ids;
  assert.equal(run.checkpoint.id, last);
  assert.equal((await client.resumeRun(first).result()).message.content, "Let me see. ");
  assert.equal((await client.resumeRun(last).result()).message.content, "It is sunny");
});

test("an object that is asked for again is another durable run; one that failed is not connected to again", async () => {
  const { simulator, client, sent } = throughGateway();
  simulator.enqueue({ text: "no JSON" });
  simulator.enqueue({ text: '{"a":1}' });
  const schema = { type: "object", properties: { a: { type: "number" } }, required: ["a"] };
  assert.deepEqual([(await client.chat({ messages: HELLO, durable: true, schema, maxRepairs: 1 }).result()).object, sent().length], [{ a: 1 }, 2]);
  simulator.enqueue({ text: WORDS, error: { afterChunks: 3, error: { code: 502, message: "Provider disconnected" } } });
  let gets = 0;
  const { gateway } = standing({ fetch: simulator.fetch });
  const counting = new OpenRouter({ apiKey: "alice", baseURL: "https://gateway.example/v1", model: MODEL, fetch: (url, init) => {
    if (init?.method !== "POST") gets += 1;
    return gateway.fetch(new Request(url, init));
  } });
  const run = counting.chat({ messages: HELLO, durable: true });
  await assert.rejects(run.result());
  await assert.rejects(counting.resumeRun(run.id).result());
  assert.equal(gets, 1);
});

test("a durable run in every form, begun and read again; a page's message has one id", async () => {
  const { simulator, ask, chat, sent } = standing();
  const init = (id) => ({ headers: { "x-run-id": id } });
  const whole = async (path, id) => (await ask(path, { body: { model: MODEL, messages: HELLO, stream: false }, ...init(id) })).json();
  simulator.enqueue({ text: WORDS });
  assert.equal((await whole("/v1/chat/completions", "form-json-1")).choices[0].message.content, WORDS.join(""));
  assert.equal((await whole("/v1/chat/completions", "form-json-1")).choices[0].message.content, WORDS.join(""));
  assert.equal((await (await ask("/v1/runs/form-json-1?format=text")).text()), WORDS.join(""));
  const startOf = async (response) => JSON.parse((await response.text()).split("\n")[0].slice(6));
  const page = (messages, id) => ask("/v1/chat/completions?format=ui-message", { body: { model: MODEL, messages }, ...init(id) });
  simulator.enqueue({ text: "hi" });
  const begun = await page(HELLO, "form-page-1");
  assert.deepEqual([begun.headers.get("x-vercel-ai-ui-message-stream"), await startOf(begun)], ["v1", { type: "start", messageId: "form-page-1" }]);
  assert.deepEqual(await startOf(await ask("/v1/runs/form-page-1?format=ui-message")), { type: "start", messageId: "form-page-1" });
  simulator.enqueue({ text: "hi" });
  const call = { role: "assistant", content: null, tool_calls: [{ id: "t1", type: "function", function: { name: "f", arguments: "{}" } }] };
  // It goes on with a message that the page has.
  const further = await page([...HELLO, call, { role: "tool", tool_call_id: "t1", content: "ok" }], "form-page-2");
  assert.deepEqual([await startOf(further), sent().length], [{ type: "start" }, 3]);
  for (const path of ["/v1/runs/form-page-1?format=xml", "/v1/chat/completions?format=xml"]) assert.equal((await ask(path, path.includes("runs") ? {} : { body: { messages: HELLO }, ...init("form-none-1") })).status, 400);
  assert.equal((await chat({ stream: false }, init("form-page-1"))).headers.get("content-type"), "application/json");
});

test("a durable run whose reader has left ends when its time is over, or its money, and that is told to who comes later", async () => {
  const late = throughGateway({ limits: { durableMs: 1500 }, budget: { maxUsd: 1 } });
  late.simulator.enqueue({ text: WORDS, stallAfterChunks: 5 });
  const run = late.client.chat({ messages: HELLO, durable: true });
  for await (const event of run) if (event.type === "text-delta") break;
  await until(() => late.simulator.requests.some(({ aborted }) => aborted), "its time is over");
  const error = await late.client.resumeRun(run.id).result().catch((thrown) => thrown);
  assert.match(error.message, /took longer than|timeout/i);
  assert.ok(error.partial.message.content.startsWith("w0 "));
  await until(async () => (await late.usage()).heldUsd === 0, "it is settled");
  // What the money does not pay does not go out: the answer gets the tokens that are left, and ends there.
  const poor = throughGateway({ budget: { maxUsd: 0.0001 } });
  poor.simulator.enqueue({ text: WORDS, finishReason: "length", usage: { prompt_tokens: 1, completion_tokens: 100, total_tokens: 101, cost: 0.0001 } });
  const short = poor.client.chat({ messages: HELLO, durable: true });
  for await (const event of short) if (event.type === "text-delta") break;
  assert.equal((await poor.client.resumeRun(short.id).result()).verdict, "length");
  const lowered = poor.sent()[0].body.max_completion_tokens;
  assert.ok(lowered > 100 && lowered < 170, `${lowered}`);
  await until(async () => (await poor.usage()).heldUsd === 0, "it is settled");
  await assert.rejects(poor.client.chat({ messages: HELLO, durable: true }).result(), { code: "payment-required" });
});

test("an explicit stop ends a durable run for everybody, and is told to who comes later", async () => {
  const { simulator, client } = throughGateway();
  simulator.enqueue({ text: WORDS, chunkDelayMs: 20 });
  const run = client.chat({ messages: HELLO, durable: true });
  for await (const event of run) if (event.type === "text-delta") break;
  const reader = client.resumeRun(run.id);
  for await (const event of reader) {
    if (event.type !== "text-delta") continue;
    reader.cancel();
    break;
  }
  await until(() => simulator.requests.some(({ aborted }) => aborted), "the request has ended");
  const error = await client.resumeRun(run.id).result().catch((thrown) => thrown);
  assert.match(error.message, /stopped/);
  assert.ok(error.partial.message.content.startsWith("w0 "));
});

test("a durable run that failed before its first output says so with its status, and may be asked again", async () => {
  const { simulator, chat, usage } = standing({ budget: { maxUsd: 1 } });
  for (let attempt = 0; attempt < 3; attempt += 1) simulator.enqueue({ status: 429, headers: { "Retry-After": "90" } });
  const init = { headers: { "x-run-id": "my-run-0002" } };
  assert.equal((await chat({}, init)).status, 429);
  assert.equal((await usage()).heldUsd, 0);
  simulator.reset();
  simulator.enqueue({ text: "now" });
  assert.equal(contentOf(await (await chat({}, init)).text()), "now");
});

test("a connection that breaks in the middle of an event is made anew, and no event comes twice", async () => {
  const { simulator, gateway } = standing();
  simulator.enqueue({ text: WORDS, chunkDelayMs: 2 });
  let breaks = 0;
  const client = new OpenRouter({ apiKey: "alice", baseURL: "https://gateway.example/v1", model: MODEL, fetch: async (url, init) => {
    const response = await gateway.fetch(new Request(url, init));
    if (breaks >= 4 || !response.headers.get("content-type")?.startsWith("text/event-stream")) return response;
    breaks += 1;
    let length = 0;
    const cutting = new TransformStream({ transform(piece, controller) {
      length += piece.length;
      if (length < 2500) return controller.enqueue(piece);
      controller.enqueue(piece.subarray(0, piece.length - 7));
      return controller.error(new TypeError("network error"));
    } });
    return new Response(response.body.pipeThrough(cutting), response);
  } });
  const { message } = await client.chat({ messages: HELLO, durable: true }).result();
  assert.deepEqual([message.content, breaks], [WORDS.join(""), 4]);
});

test("without a gateway: a checkpoint, and an answer that goes on from it, told as such", async () => {
  const { simulator, client, chat } = clientOf();
  simulator.enqueue({ text: WORDS, cutAfterChunks: 12 });
  const run = chat();
  await assert.rejects(run.result(), { code: "stream-cut" });
  const checkpoint = JSON.parse(JSON.stringify(run.checkpoint));
  assert.ok(checkpoint.message.content.startsWith("w0 w1 ") && checkpoint.id === undefined);
  simulator.enqueue({ text: "and the rest" });
  const { message, messages, changes } = await client.chat({ messages: HELLO, continueFrom: checkpoint }).result();
  assert.equal(message.content, `${checkpoint.message.content}and the rest`);
  assert.deepEqual(messages, [...HELLO, message]);
  assert.ok(changes.some(({ rule }) => rule === "continue-from"));
  assert.deepEqual(simulator.requests.at(-1).body.messages.map(({ role }) => role), ["user", "assistant", "user"]);
  await assert.rejects(client.chat({ messages: HELLO, continueFrom: {} }).result(), { code: "invalid-request" });
});
