// The gateway as it is deployed (www/worker), in workerd with its Durable Objects, R2 and KV, in front of a simulator behind a port.
import assert from "node:assert/strict";
import { connect } from "node:net";
import { after, before, beforeEach, test } from "node:test";
import { contentOf, createSimulator, hashToken, HELLO, KEY, MODEL, OpenRouter, serve, until } from "./support.js";
import { fetchOnce, startGateway } from "./workerd.js";

const CALLERS = Array.from({ length: 100 }, (_, at) => `caller-${at}`);
const STREAMS = 200, REQUESTS = Number(process.env.OPENROUTER_WASM_REQUESTS ?? 2_000), AT_A_TIME = 40;
const WORDS = Array.from({ length: 60 }, (_, at) => `w${at} `);

let simulator, upstream, worker;
before(async () => {
  simulator = createSimulator({ delayMs: 0, apiKeys: [KEY] });
  // Answers that have to differ from request to request go by its own words; a script cannot.
  upstream = await serve({ port: 0, simulator: { ...simulator, handler: async (request) => (await ownAnswer(request)) ?? simulator.handler(request) } });
  const callers = Object.fromEntries(await Promise.all(CALLERS.map(async (id) => [await hashToken(`token-of-${id}`), { id, budget: { maxUsd: 5, perDay: 5 } }])));
  worker = await startGateway({ OPENROUTER_API_KEY: KEY, OPENROUTER_BASE_URL: `${upstream.url}/api/v1`, CALLERS: JSON.stringify(callers), MODELS: `${MODEL},google/veo-3.1-fast`, ORIGINS: "https://app.example" });
});
after(async () => {
  await worker?.close();
  await upstream?.close();
});
beforeEach(() => {
  simulator.reset();
  answerTo = undefined;
});

/** @type {((content: string) => { words: string[], cost: number, pauseMs: number }) | undefined} */
let answerTo;

/** @param {Request} request @returns {Promise<Response | undefined>} */
async function ownAnswer(request) {
  if (!answerTo || !request.url.endsWith("/chat/completions")) return undefined;
  const { stream, messages } = await request.json();
  const { words, cost, pauseMs } = answerTo(messages[0].content);
  const usage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2, cost };
  const head = { id: "gen-1-x", model: MODEL, provider: "OpenAI", created: 1 };
  if (!stream) return Response.json({ ...head, object: "chat.completion", choices: [{ index: 0, finish_reason: "stop", message: { role: "assistant", content: words.join("") } }], usage });
  const chunk = (delta, more = {}) => `data: ${JSON.stringify({ ...head, object: "chat.completion.chunk", choices: [{ index: 0, delta, finish_reason: null }], ...more })}\n\n`;
  const encoder = new TextEncoder();
  let at = 0;
  return new Response(new ReadableStream({ async pull(controller) {
    if (pauseMs > 0) await new Promise((resolve) => setTimeout(resolve, pauseMs));
    if (at < words.length) return controller.enqueue(encoder.encode(chunk({ content: words[at++] })));
    controller.enqueue(encoder.encode(`${chunk({}, { choices: [{ index: 0, delta: {}, finish_reason: "stop" }], usage })}data: [DONE]\n\n`));
    controller.close();
  } }), { headers: { "content-type": "text/event-stream" } });
}

/** @param {string} path @param {{ caller?: string, body?: unknown, headers?: Record<string, string>, signal?: AbortSignal }} [init] */
const ask = (path, { caller = CALLERS[0], body, headers, signal } = {}) =>
  fetchOnce(`${worker.url}${path}`, { method: body === undefined ? "GET" : "POST", headers: { authorization: `Bearer ${`token-of-${caller}`}`, ...(body !== undefined && { "content-type": "application/json" }), ...headers }, ...(body !== undefined && { body: JSON.stringify(body) }), ...(signal && { signal }) });
const chat = (body = {}, init = {}) => ask("/v1/chat/completions", { body: { model: MODEL, messages: HELLO, ...body }, ...init });
const usage = async (caller) => (await ask("/v1/usage", { caller })).json();
const settled = (caller) => until(async () => (await usage(caller)).heldUsd === 0, `${caller} holds nothing`, 30_000);

test(`${STREAMS} streams at once, each whole and its own`, async () => {
  answerTo = (content) => ({ words: WORDS.map((word) => `${content}:${word}`), cost: 0.000001, pauseMs: 3 });
  const texts = await Promise.all(Array.from({ length: STREAMS }, async (_, at) => {
    const response = await chat({ stream: true, messages: [{ role: "user", content: `s${at}` }] }, { caller: CALLERS[at % 100] });
    assert.equal(response.status, 200);
    return contentOf(await response.text());
  }));
  texts.forEach((text, at) => assert.equal(text, WORDS.map((word) => `s${at}:${word}`).join("")));
});

test(`${REQUESTS} requests of ${CALLERS.length} callers: the books are exact`, async () => {
  // The requests of an earlier test are settled a moment after its answer.
  await Promise.all(CALLERS.map(settled));
  const before = await Promise.all(CALLERS.map(usage));
  // Costs that no binary fraction is.
  const costOf = (at) => (at % 997) * 1e-12 + 0.0000001;
  answerTo = (content) => ({ words: ["x"], cost: costOf(Number(content)), pauseMs: 0 });
  const expected = CALLERS.map(() => 0n);
  let next = 0;
  const client = async () => {
    for (let at = next++; at < REQUESTS; at = next++) {
      const caller = at % CALLERS.length;
      const response = await chat({ messages: [{ role: "user", content: String(at) }], max_tokens: 10, stream: at % 2 === 0 }, { caller: CALLERS[caller] });
      assert.equal(response.status, 200, await response.clone().text());
      await response.text();
      expected[caller] += BigInt(Math.round(costOf(at) * 1e12));
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, client));
  await Promise.all(CALLERS.map(settled));
  const after = await Promise.all(CALLERS.map(usage));
  const pico = (usd) => BigInt(Math.round(usd * 1e12));
  assert.deepEqual(after.map(({ spentUsd }, at) => pico(spentUsd) - pico(before[at].spentUsd)), expected);
  assert.ok(after.every(({ requests }, at) => requests - before[at].requests === REQUESTS / CALLERS.length));
});

test("a caller who leaves in mid-answer ends the request to OpenRouter, and pays what is billed", async () => {
  const caller = CALLERS[50];
  const { spentUsd } = await usage(caller);
  simulator.enqueue({ text: "word ".repeat(400), chunkDelayMs: 20 });
  const leaving = new AbortController();
  const response = await chat({ stream: true }, { caller, signal: leaving.signal });
  await response.body.getReader().read();
  leaving.abort();
  await until(() => simulator.requests.some(({ aborted, path }) => aborted && path === "/chat/completions"), "the simulator has noticed");
  await settled(caller);
  assert.ok((await usage(caller)).spentUsd > spentUsd);
});

test("a durable run outlives its reader, is read by two tabs and by number, and by the package's own client", async () => {
  const caller = CALLERS[1];
  simulator.enqueue({ text: WORDS, chunkDelayMs: 15 });
  const client = new OpenRouter({ apiKey: `token-of-${caller}`, baseURL: `${worker.url}/v1`, model: MODEL });
  const run = client.chat({ messages: HELLO, durable: true });
  let parts = 0;
  for await (const event of run) if (event.type === "text-delta" && (parts += 1) === 5) break;
  const { after: position, message } = run.checkpoint;
  const [rest, whole] = await Promise.all([client.resumeRun(run.id, { after: position }).result(), client.resumeRun(run.id).result()]);
  assert.equal(message.content + rest.message.content, WORDS.join(""));
  assert.equal(whole.message.content, WORDS.join(""));
  assert.equal(simulator.requests.filter(({ path }) => path === "/chat/completions").length, 1);
  await settled(caller);
});

test("a durable run is read on from behind any of its events, before the runtime starts again and afterwards; nobody else reads or stops it", async () => {
  const caller = CALLERS[6], path = "/v1/runs/cut-run-0001";
  // The longest event is more than a row of the table holds.
  answerTo = () => ({ words: ["Grüße ", "🙂 ", "\n\nid: 3\ndata: [DONE]\n\n", "x".repeat(450_000), " end"], cost: 0.25, pauseMs: 1 });
  const whole = await (await chat({ durable: true }, { caller, headers: { "x-run-id": "cut-run-0001" } })).text();
  const events = whole.split(/(?<=\n\n)(?=id: \d+\ndata: )/);
  assert.equal(events.length, 7);
  const everyCut = async () => {
    for (let at = 0; at <= events.length; at += 1) {
      for (const response of await Promise.all([ask(`${path}?after=${at}`, { caller }), ask(path, { caller, headers: { "last-event-id": String(at) } })])) assert.ok((await response.text()) === events.slice(at).join(""), `from ${at} on`);
    }
  };
  await everyCut();
  await worker.restart();
  await everyCut();
  const client = new OpenRouter({ apiKey: `token-of-${caller}`, baseURL: `${worker.url}/v1`, model: MODEL });
  const behind = await client.resumeRun("cut-run-0001", { after: events.length }).result();
  assert.deepEqual([behind.message.content ?? "", behind.verdict], ["", "complete"]);
  for (const method of ["GET", "DELETE"]) assert.equal((await fetchOnce(`${worker.url}${path}`, { method, headers: { authorization: `Bearer token-of-${CALLERS[7]}` } })).status, 404, method);
  const foreign = new OpenRouter({ apiKey: `token-of-${CALLERS[7]}`, baseURL: `${worker.url}/v1`, model: MODEL });
  await assert.rejects(foreign.resumeRun("cut-run-0001", { after: 2 }).result(), { code: "not-found", status: 404 });
  await settled(caller);
});

test("the runtime is killed in the middle of a durable run: what came is there, the end is told, the bill is paid", async () => {
  const caller = CALLERS[2];
  simulator.enqueue({ text: "word ".repeat(300).split(/(?<= )/), chunkDelayMs: 20 });
  const run = await chat({ durable: true }, { caller, headers: { "x-run-id": "killed-run-1" } });
  const reader = run.body.getReader();
  let seen = "";
  while (contentOf(seen).length < 50) {
    const { done, value } = await reader.read();
    assert.ok(!done, seen);
    seen += new TextDecoder().decode(value);
  }
  assert.ok((await usage(caller)).heldUsd > 0);
  await worker.restart();
  await reader.cancel().catch(() => {});
  const text = await (await ask("/v1/runs/killed-run-1", { caller })).text();
  assert.ok(contentOf(text).startsWith("word word word "));
  assert.match(text, /"error":\{"code":502,"message":"the gateway was restarted in the middle of this answer"/);
  // A terminal error is an event like any other: it is there for whoever comes again.
  assert.equal(await (await ask("/v1/runs/killed-run-1", { caller })).text(), text);
  const rest = await (await ask("/v1/runs/killed-run-1?after=5", { caller })).text();
  assert.ok(text.endsWith(rest) && rest.startsWith("id: 6\n"));
  await settled(caller);
  assert.ok((await usage(caller)).spentUsd > 0);
});

test("a video is polled by alarms until it lies in R2, through a restart in the middle", async () => {
  const caller = CALLERS[3];
  const submitted = await ask("/v1/videos", { caller, body: { prompt: "a red ball", model: "google/veo-3.1-fast", seconds: "4" } });
  const job = await submitted.json();
  assert.deepEqual([submitted.status, job.object, job.status], [200, "video", "queued"]);
  assert.equal((await ask(`/v1/videos/${job.id}`, { caller: CALLERS[4] })).status, 404, "it is nobody else's");
  assert.equal((await ask(`/v1/videos/${job.id}/content`, { caller })).status, 409);
  await worker.restart();
  const polls = () => simulator.requests.filter(({ path, method }) => method === "GET" && /^\/videos\/(?!models$)[^/]+$/.test(path)).length;
  assert.equal(polls(), 0);
  // Nobody asks meanwhile: the alarm does it.
  await until(() => polls() > 0, "the alarm has gone off", 30_000);
  await until(async () => (await (await ask(`/v1/videos/${job.id}`, { caller })).json()).status === "completed", "the video is there", 60_000);
  const content = await ask(`/v1/videos/${job.id}/content`, { caller });
  const bytes = new Uint8Array(await content.arrayBuffer());
  assert.equal(content.headers.get("content-type"), "video/webm");
  assert.equal(Buffer.from(bytes.subarray(0, 4)).toString("hex"), "1a45dfa3");
  const part = await ask(`/v1/videos/${job.id}/content`, { caller, headers: { range: "bytes=1-3" } });
  assert.deepEqual([part.status, Buffer.from(await part.arrayBuffer()).toString("hex"), part.headers.get("content-range")], [206, "45dfa3", `bytes 1-3/${bytes.length}`]);
  await settled(caller);
  assert.ok((await usage(caller)).spentUsd > 0);
  await worker.restart();
  assert.equal((await ask(`/v1/videos/${job.id}/content`, { caller })).status, 200);
});

test("what was spent, and the catalog in KV, are there when the runtime has started again", async () => {
  const caller = CALLERS[5];
  simulator.enqueue({ text: "x", usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2, cost: 0.25 } });
  await (await chat({}, { caller })).text();
  await settled(caller);
  // The last minute goes on.
  const booked = async () => (({ spentUsd, heldUsd, requests, tokens }) => ({ spentUsd, heldUsd, requests, tokens }))(await usage(caller));
  const before = await booked();
  const listed = await (await ask("/v1/models", { caller })).json();
  const catalog = await worker.miniflare.getKVNamespace("GATEWAY_CATALOG");
  await until(async () => (await catalog.list()).keys.length > 0, "the catalog lies in KV");
  await worker.restart();
  simulator.reset();
  assert.deepEqual(await booked(), before);
  assert.ok(before.spentUsd >= 0.25);
  assert.deepEqual(await (await ask("/v1/models", { caller })).json(), listed);
  assert.deepEqual(simulator.requests.filter(({ path }) => path === "/models"), [], "OpenRouter is not asked for it again");
});

/** What no client library sends. @param {string} text @returns {Promise<string>} */
function raw(text) {
  const { port } = new URL(worker.url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), "127.0.0.1", () => socket.write(text));
    let answer = "";
    const end = () => {
      socket.destroy();
      resolve(answer);
    };
    socket.on("data", (piece) => {
      answer += piece.toString("latin1");
      if (/\r\n\r\n/.test(answer)) setTimeout(end, 100);
    });
    socket.on("close", end).on("error", reject).setTimeout(5000, end);
  });
}

test("hostile callers: smuggled headers, forged tokens, broken and oversized bodies spend nothing and see no key", async () => {
  const token = `token-of-${CALLERS[0]}`;
  const body = JSON.stringify({ model: MODEL, messages: HELLO });
  const head = (more, auth = token) => `POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${auth}\r\nContent-Type: application/json\r\n${more}\r\n`;
  const answers = [
    await raw(head(`Content-Length: ${body.length}\r\nTransfer-Encoding: chunked\r\n`) + `0\r\n\r\nGET /v1/usage HTTP/1.1\r\nHost: x\r\n\r\n`),
    await raw(head(`Content-Length: 9999999999\r\n`) + body),
    await raw(head(`Content-Length: ${body.length}\r\n`, "forged") + body),
    await raw(head(`Content-Length: ${body.length}\r\n`, `${token}\tAuthorization: Bearer x`) + body),
    await raw(head(`Content-Length: ${body.length}\r\nOrigin: https://evil.example\r\n`) + body),
    await raw(head("Transfer-Encoding: chunked\r\n") + "zz\r\nnonsense\r\n0\r\n\r\n"),
    await raw("POST /v1/../v1/chat/completions%00 HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}"),
  ];
  for (const [at, answer] of answers.entries()) {
    assert.match(answer, /^HTTP\/1\.1 4\d\d/, `${at}: ${answer.slice(0, 200)}`);
    assert.ok(!answer.includes(KEY.slice(9)));
  }
  assert.equal(simulator.requests.filter(({ path }) => path === "/chat/completions").length, 0);
  // A line break in a header's value never is one.
  assert.throws(() => new Headers({ "x-run-id": "a\r\nAuthorization: Bearer x" }));
  const listed = await chat({}, { headers: { cookie: "a=b", "x-forwarded-for": "1.1.1.1", "cf-connecting-ip": "1.1.1.1", "x-openrouter-cache": "true", origin: "https://app.example" } });
  assert.deepEqual([listed.status, listed.headers.get("access-control-allow-origin")], [200, "https://app.example"]);
  const [{ headers }] = simulator.requests.filter(({ path }) => path === "/chat/completions");
  assert.deepEqual(Object.keys(headers).filter((name) => /cookie|forwarded|openrouter-cache|origin/.test(name)), []);
  assert.equal(headers.authorization, `Bearer ${KEY}`);
});
