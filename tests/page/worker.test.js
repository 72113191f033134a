// www/worker in workerd, in front of a simulator behind a port.
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { startDemo } from "../../www/serve/demo-server.js";
import { until } from "./support.js";
import { hashToken } from "../gateway/support.js";
import { startWorker } from "./worker-runtime.js";

const KEY = "sk-or-v1-0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
const HELLO = [{ role: "user", content: "Hello" }];

let upstream, worker;
before(async () => {
  upstream = await startDemo({ simulator: { apiKeys: [KEY], delayMs: 2 } });
  worker = await startWorker({ OPENROUTER_API_KEY: KEY, OPENROUTER_BASE_URL: `${upstream.url}/api/v1`, VISITOR_USD_A_DAY: "1", VISITOR_REQUESTS_A_MINUTE: "1000", CALLERS: JSON.stringify({ [await hashToken("a token")]: { id: "alice" } }), MODELS: "openai/gpt-4o-mini, anthropic/claude-sonnet-4.5" });
});
after(async () => {
  await worker?.close();
  await upstream?.close();
});
beforeEach(() => upstream.simulator.reset());

function post(body, { headers, ...init } = {}) {
  return fetch(`${worker.url}/api/chat`, { method: "POST", headers: { "Content-Type": "application/json", ...headers }, body: typeof body === "string" ? body : JSON.stringify(body), ...init });
}

const chunksOf = (text) => text.split("\n\n").filter((line) => line.startsWith("data: {")).map((line) => JSON.parse(line.slice(6)));

test("relays an answer as chat chunks, and nothing of the key", async () => {
  upstream.simulator.enqueue({ reasoning: "A greeting.", text: "Hello from afar" });
  const response = await post({ messages: HELLO });
  assert.equal(response.status, 200);
  assert.match(response.headers.get("Content-Type"), /^text\/event-stream/);
  assert.equal(response.headers.get("Access-Control-Allow-Origin"), null);
  const text = await response.text();
  assert.ok(text.endsWith("data: [DONE]\n\n"));
  const chunks = chunksOf(text);
  assert.equal(chunks.map((chunk) => chunk.choices[0].delta.content ?? "").join(""), "Hello from afar");
  assert.equal(chunks.map((chunk) => chunk.choices[0].delta.reasoning ?? "").join(""), "A greeting.");
  assert.equal(chunks.at(-1).choices[0].finish_reason, "stop");
  assert.ok(chunks.at(-1).usage.total_tokens > 0);
  assert.ok(!JSON.stringify([text, ...response.headers]).includes(KEY.slice(9)));

  const sent = upstream.simulator.requests.find(({ path }) => path === "/chat/completions");
  assert.equal(sent.headers.authorization, `Bearer ${KEY}`);
  assert.equal(sent.body.model, "openai/gpt-4o-mini");
  assert.equal(sent.body.max_completion_tokens, 2048);
});

test("each event goes on when it comes", async () => {
  upstream.simulator.enqueue({ text: ["one ", "two ", "three ", "four ", "five "], chunkDelayMs: 150, comments: 0 });
  const response = await post({ messages: HELLO });
  const decoder = new TextDecoder();
  const arrivals = new Map();
  for await (const piece of response.body) {
    for (const word of decoder.decode(piece, { stream: true }).match(/"content":"\w+ "/g) ?? []) arrivals.set(word, performance.now());
  }
  assert.equal(arrivals.size, 5);
  const times = [...arrivals.values()];
  // The first waits for its status.
  times.slice(2).forEach((time, at) => assert.ok(time - times[at + 1] > 50, `event ${at + 2} came ${time - times[at + 1]} ms after the one before it`));
});

// In mid-answer alone: workerd notices that somebody has left when it writes, and before the first output there is nothing to write.
test("a visitor who leaves in mid-answer ends the request to OpenRouter", async () => {
  upstream.simulator.enqueue({ text: "a long answer of many words that goes on", chunkDelayMs: 60 });
  const leaving = new AbortController();
  const gone = post({ messages: HELLO }, { signal: leaving.signal }).then((response) => response.text());
  const chat = () => upstream.simulator.requests.find(({ path }) => path === "/chat/completions");
  await until(() => chat()?.bytesSent > 0, "the answer has begun");
  const request = chat();
  leaving.abort();
  await assert.rejects(gone, { name: "AbortError" });
  await until(() => request.aborted, "the simulator has noticed");
  assert.equal(request.finished, false);
});

test("what goes wrong at OpenRouter before the first byte has its status, later it is told in the stream", async () => {
  upstream.simulator.enqueue({ status: 402, body: { error: { code: 402, message: `No credits left for ${KEY}` } } });
  const refused = await post({ messages: HELLO });
  assert.equal(refused.status, 402);
  const { error } = await refused.json();
  assert.match(error.message, /credits/i);
  assert.ok(!error.message.includes(KEY));

  upstream.simulator.enqueue({ text: "Half of", error: { afterChunks: 1, error: { code: 502, message: "Provider said no" } } });
  const text = await (await post({ messages: HELLO })).text();
  assert.equal(chunksOf(text).at(-1).error.code, 502);
  assert.ok(!text.includes("[DONE]"));
});

test("only what a visitor may ask for is asked for", async () => {
  const body = { messages: HELLO, model: "anthropic/claude-sonnet-4.5", max_tokens: 1e6, tools: [{ type: "openrouter:web_search" }], plugins: [{ id: "web" }], provider: { order: ["x"] }, simulator: { status: 500 } };
  const response = await post(body);
  assert.equal(response.status, 200);
  await response.text();
  const sent = upstream.simulator.requests.find(({ path }) => path === "/chat/completions").body;
  assert.deepEqual([sent.model, sent.max_completion_tokens ?? sent.max_tokens], ["anthropic/claude-sonnet-4.5", 2048]);
  assert.ok(!("tools" in sent) && !("plugins" in sent) && !("provider" in sent) && !("simulator" in sent));
});

test("under /v1 it is an OpenAI-compatible server for whoever has a token; visitors are callers of their own", async () => {
  const usage = async (headers) => (await fetch(`${worker.url}/v1/usage`, { headers })).json();
  assert.equal((await usage({ Authorization: "Bearer a token".replace(" token", "%20token") })).error.code, "invalid_api_key");
  assert.match((await usage({})).caller, /^visitor-[0-9a-f]{16}$/);
  assert.equal((await fetch(`${worker.url}/health`)).status, 200);
});

const REFUSED = {
  "no JSON": [400, "{"],
  "no messages": [400, {}],
  "a JSON text that is no object": [400, "null"],
  "no message in messages": [400, { messages: [] }],
  "a message that is none": [400, { messages: [null] }],
  "a model that is not on the list": [403, { messages: HELLO, model: "openai/gpt-5-pro" }],
  "a model that is no id": [400, { messages: HELLO, model: { id: 1 } }],
  "a body that is too large": [413, { messages: [{ role: "user", content: "x".repeat(200_000) }] }],
  "a form of another site": [415, "messages=1", { headers: { "Content-Type": "application/x-www-form-urlencoded" } }],
  "a script of another site": [403, { messages: HELLO }, { headers: { Origin: "https://example.com" } }],
  "another method": [405, undefined, { method: "DELETE" }],
};
for (const [name, [status, body, init]] of Object.entries(REFUSED)) {
  test(`refuses ${name}`, async () => {
    const response = await post(body, init);
    assert.equal(response.status, status);
    assert.deepEqual(Object.keys((await response.json()).error).sort(), ["code", "message", "type"]);
    assert.equal(upstream.simulator.requests.filter(({ path }) => path === "/chat/completions").length, 0);
  });
}
