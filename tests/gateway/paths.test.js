// The other paths, and callers by JWT.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { exportSPKI, generateKeyPair, exportJWK, SignJWT } from "jose";
import { createSimulator, HELLO, KEY, memoryStorage, MODEL, OpenRouter, standing, until } from "./support.js";

/** An upstream for paths that the simulator does not play. @param {(path: string, body: any) => Response} answer */
function playing(answer) {
  const simulator = createSimulator({ delayMs: 0, apiKeys: [KEY] });
  /** @type {{ path: string, body: any, headers: Headers }[]} */
  const seen = [];
  const send = async (/** @type {any} */ input, /** @type {any} */ init) => {
    const request = new Request(input, init);
    const path = new URL(request.url).pathname.replace("/api/v1", "");
    if (path === "/models" || path === "/generation") return simulator.fetch(input, init);
    const type = request.headers.get("content-type") ?? "";
    const body = type.startsWith("multipart/") ? Object.fromEntries(await request.formData()) : await request.json();
    seen.push({ path, body, headers: request.headers });
    return answer(path, body);
  };
  return { ...standing({ fetch: send, budget: { maxUsd: 10 } }), seen };
}
const stream = (/** @type {object[]} */ events) => new Response(events.map((event) => `event: ${/** @type {any} */ (event).type}\ndata: ${JSON.stringify(event)}\n\n`).join(""), { headers: { "content-type": "text/event-stream", "x-generation-id": "gen-1-a", "set-cookie": "a=b" } });

const ROWS = [
  ["/embeddings", { model: "openai/text-embedding-3-small", input: ["a", "b"], provider: { order: [] } }, () => Response.json({ object: "list", data: [{ embedding: [1], index: 0 }], usage: { prompt_tokens: 2, total_tokens: 2, cost: 0.000004 } }), 0.000004],
  ["/responses", { model: MODEL, input: "x", max_output_tokens: 5, tools: [{ type: "function", name: "f" }, { type: "web_search_preview" }], store: true }, () => Response.json({ id: "resp_1", model: MODEL, output: [], usage: { input_tokens: 3, output_tokens: 4, cost: 0.0002 } }), 0.0002],
  ["/responses", { model: MODEL, input: "x", stream: true }, () => stream([{ type: "response.created", response: { id: "gen-1-a" } }, ...Array.from({ length: 900 }, () => ({ type: "response.output_text.delta", delta: "x".repeat(100) })), { type: "response.completed", response: { id: "resp_1", model: MODEL, usage: { input_tokens: 3, output_tokens: 4, cost: 0.003 } } }]), 0.003],
  ["/messages", { model: "anthropic/claude-sonnet-4.5", max_tokens: 5, messages: HELLO, stream: true }, () => stream([{ type: "message_start", message: { id: "gen-1-a", model: "anthropic/claude-sonnet-4.5", usage: { input_tokens: 7, output_tokens: 1 } } }, { type: "message_delta", usage: { output_tokens: 9, cost: 0.0005 } }, { type: "message_stop" }]), 0.0005],
];
for (const [path, body, answer, cost] of ROWS) {
  test(`${path}${body.stream ? ", streamed," : ""} goes through, metered by what it says`, async () => {
    const { ask, usage, settled, seen, records } = playing(answer);
    const response = await ask(`/v1${path}`, { body, headers: { "anthropic-version": "2023-06-01", "x-evil": "1" } });
    assert.equal(response.status, 200);
    assert.equal(await response.text(), await answer().text());
    assert.equal(response.headers.get("set-cookie"), null);
    await settled();
    const { spentUsd, heldUsd } = await usage();
    assert.deepEqual([spentUsd, heldUsd], [cost, 0]);
    assert.deepEqual([records[0].costSource, records[0].costUsd], ["reported", cost]);
    const [sent] = seen;
    assert.ok(!("provider" in sent.body) && !("store" in sent.body));
    if (body.tools) assert.deepEqual(sent.body.tools, [{ type: "function", name: "f" }]);
    assert.deepEqual([sent.headers.get("authorization"), sent.headers.get("x-evil"), sent.headers.get("anthropic-version")], [`Bearer ${KEY}`, null, path === "/messages" ? "2023-06-01" : null]);
  });
}

test("what fails on the way releases what was held, and is told with its status", async () => {
  for (const [answer, status] of [[() => Response.json({ error: { code: 429, message: `slow down ${KEY}` } }, { status: 429, headers: { "retry-after": "3" } }), 429], [() => new Response("<html>", { status: 502 }), 502], [() => new Response(null, { status: 302, headers: { location: "https://evil.example" } }), 502], [() => { throw new TypeError("fetch failed"); }, 502]]) {
    const { ask, usage } = playing(answer);
    const response = await ask("/v1/embeddings", { body: { model: "m/x", input: "a" } });
    const text = await response.text();
    assert.deepEqual([response.status, Object.keys(JSON.parse(text).error).sort()], [status, ["code", "message", "type"]]);
    assert.ok(!text.includes(KEY.slice(9)));
    assert.equal(response.headers.get("retry-after"), status === 429 ? "3" : null);
    assert.deepEqual([(await usage()).heldUsd, (await usage()).spentUsd], [0, 0]);
  }
});

const ASKED = /** @type {[string, any][]} */ ([
  ["/responses", { model: MODEL, input: "x" }], ["/messages", { model: MODEL, messages: HELLO, max_tokens: 5 }], ["/embeddings", { model: "m/x", input: "a" }], ["/images/generations", { prompt: "x" }], ["/audio/speech", { input: "x", voice: "v" }],
  ["/audio/transcriptions", () => {
    const form = new FormData();
    form.append("file", new File([new Uint8Array(9)], "a.mp3", { type: "audio/mpeg" }));
    return form;
  }],
]);
const sse = (/** @type {string} */ text) => () => new Response(text, { headers: { "content-type": "text/event-stream" } });
const WRONG = /** @type {[string, () => Response, number, string, string?][]} */ ([
  ["a numeric code", () => Response.json({ error: { code: 429, message: `slow down ${KEY}`, metadata: { retry_after_seconds: 7 } } }), 429, "upstream_error", "7"],
  ["a code as text", () => Response.json({ error: { code: "503", message: "busy" } }, { headers: { "retry-after": "4" } }), 503, "upstream_error", "4"],
  ["OpenAI's words", () => Response.json({ error: { code: "rate_limit_exceeded", type: "requests", message: "slow" } }), 429, "rate_limit_exceeded"],
  ["Anthropic's words", () => Response.json({ type: "error", error: { type: "overloaded_error", message: "busy" } }), 503, "overloaded_error"],
  ["a text", () => Response.json({ error: "no credits" }), 502, "upstream_error"],
  ["padding in front", () => new Response(`${" ".repeat(40_000)}\n\n{"error":{"code":402,"message":"no money"}}`, { headers: { "content-type": "application/json" } }), 402, "upstream_error"],
  ["a first event", sse(': OPENROUTER PROCESSING\n\ndata: {"error":{"code":401,"message":"who"}}\n\ndata: [DONE]\n\n'), 401, "upstream_error"],
  ["a first event of Anthropic's", sse('event: error\r\ndata: {"type":"error","error":{"type":"invalid_request_error","message":"no"}}\r\n\r\n'), 400, "invalid_request_error"],
  ["a first event of the Responses API", sse('event: error\ndata: {"type":"error","code":"server_error","message":"no"}\n\n'), 500, "server_error"],
  ["an event that does not end", sse('data: {"error":{"code":404,"message":"none"}}'), 404, "upstream_error"],
]);
for (const [name, answer, status, code, retryAfter = null] of WRONG) {
  test(`an error inside a 200 has its status before the first byte, and nothing is booked for it: ${name}`, async () => {
    for (const [path, body] of ASKED) {
      const { ask, usage, settled, records } = playing(answer);
      const response = await ask(`/v1${path}`, { body: typeof body === "function" ? body() : body });
      const text = await response.text();
      assert.deepEqual([response.status, JSON.parse(text).error.code, response.headers.get("content-type"), response.headers.get("retry-after")], [status, code, "application/json", retryAfter], `${path}: ${text}`);
      assert.ok(!text.includes(KEY.slice(9)));
      await settled();
      const { heldUsd, spentUsd } = await usage();
      assert.deepEqual([heldUsd, spentUsd, records[0].status, records[0].verdict], [0, 0, status, "error"], path);
    }
  });
}

test("an error inside a 200 that was billed is booked, and an answer that is none is no 200", async () => {
  const billed = playing(() => Response.json({ error: { code: 502, message: "no" }, usage: { cost: 0.25 } }));
  assert.equal((await billed.ask("/v1/embeddings", { body: { model: "m/x", input: "a" } })).status, 502);
  await billed.settled();
  assert.deepEqual([(await billed.usage()).spentUsd, (await billed.usage()).heldUsd], [0.25, 0]);
  for (const text of ["", "oops", '{"data":[']) {
    const { ask, settled, usage } = playing(() => new Response(text, { headers: { "content-type": "application/json" } }));
    const response = await ask("/v1/embeddings", { body: { model: "m/x", input: "a" } });
    assert.deepEqual([response.status, (await response.json()).error.code], [502, "bad_response"], text);
    await settled();
    assert.equal((await usage()).heldUsd, 0);
  }
  // An answer in its own form that tells of a failure is one, and so is one with an error that is none.
  for (const body of [{ object: "response", status: "failed", error: { code: "server_error", message: "no" }, output: [] }, { object: "list", data: [], error: null }]) {
    const { ask } = playing(() => Response.json(body));
    const response = await ask("/v1/responses", { body: { model: MODEL, input: "x" } });
    assert.deepEqual([response.status, await response.json()], [200, body]);
  }
});

test("an object of the Responses API that failed is an answer of its own, which costs what it says; nothing where it says nothing", async () => {
  const of = (/** @type {any} */ more) => ({ id: "resp_1", object: "response", model: MODEL, output: [], error: null, usage: null, ...more });
  const failure = { code: "server_error", message: "no" };
  const incomplete = of({ status: "incomplete", incomplete_details: { reason: "max_output_tokens" }, usage: { input_tokens: 1, output_tokens: 2, cost: 0.25 } });
  const failed = of({ status: "failed", error: failure }), billed = of({ status: "failed", error: failure, usage: { input_tokens: 1, output_tokens: 2, cost: 0.25 } });
  for (const [object, usd, verdict, errorCode] of /** @type {[any, number, string, string?][]} */ ([[incomplete, 0.25, "complete"], [failed, 0, "error", "server_error"], [billed, 0.25, "error", "server_error"]])) {
    for (const stream of [false, true]) {
      const text = stream ? `event: response.created\ndata: ${JSON.stringify({ type: "response.created", response: of({ status: "in_progress" }) })}\n\nevent: response.${object.status}\ndata: ${JSON.stringify({ type: `response.${object.status}`, response: object })}\n\n` : JSON.stringify(object);
      const { ask, usage, settled, records } = playing(() => new Response(text, { headers: { "content-type": stream ? "text/event-stream" : "application/json" } }));
      const response = await ask("/v1/responses", { body: { model: MODEL, input: "x", stream } });
      assert.deepEqual([response.status, await response.text()], [200, text]);
      await settled();
      assert.deepEqual([(await usage()).spentUsd, (await usage()).heldUsd, records[0].verdict, records[0].errorCode], [usd, 0, verdict, errorCode], `${object.status} ${usd} ${stream}`);
    }
  }
});

test("images come as base64 alone: who asks for an address is told before anything is sent", async () => {
  const { ask, sent, usage } = standing({ budget: { maxUsd: 10 } });
  for (const response_format of ["url", "png", 1, {}]) {
    const response = await ask("/v1/images/generations", { body: { prompt: "a ball", response_format } });
    const { error } = await response.json();
    assert.deepEqual([response.status, error.type, error.code, error.message], [400, "invalid_request_error", "invalid_response_format", "response_format: this path gives b64_json alone: leave it out"]);
  }
  assert.deepEqual([sent(), (await usage()).heldUsd], [[], 0]);
  for (const response_format of ["b64_json", null, undefined]) assert.ok((await (await ask("/v1/images/generations", { body: { prompt: "a ball", response_format } })).json()).data[0].b64_json);
});

/** A video's order, and what is asked about it, each answered by its own. @param {{ submit?: () => Response, poll?: () => Response, content?: () => Response, bill?: () => Response }} answers */
const ordering = ({ submit = () => Response.json({ id: "job-1", polling_url: "https://openrouter.ai/api/v1/videos/job-1", status: "pending" }, { status: 202 }), poll, content, bill }) =>
  standing({ budget: { maxUsd: 50 }, fetch: async (url, init) => {
    const path = new URL(String(url instanceof Request ? url.url : url)).pathname.replace("/api/v1", "");
    if ((init?.method ?? "GET") === "POST") return submit();
    return (path === "/videos/job-1" ? poll : path.startsWith("/videos/job-1/content") ? content : path === "/generation" ? bill : undefined)?.() ?? Response.json({ data: [] });
  } });
const orderVideo = (/** @type {any} */ { ask }) => ask("/v1/videos", { body: { prompt: "a ball", model: "google/veo-3.1-fast", seconds: "4" } });

// In OpenRouter's form and OpenAI's; the wait is the one that stands in the error.
for (const [name, answer, status, code, retryAfter = null] of WRONG.filter(([name]) => !/event|Anthropic/.test(name)).map((row) => (row[0] === "a code as text" ? /** @type {typeof row} */ (row.slice(0, 4)) : row))) {
  test(`an error inside a 200 to a video's order has its status, and nothing is held or booked for it: ${name}`, async () => {
    const gateway = ordering({ submit: answer });
    const response = await orderVideo(gateway);
    const text = await response.text();
    const { error } = JSON.parse(text);
    assert.deepEqual([response.status, typeof error.type, typeof error.code, response.headers.get("retry-after")], [status, "string", "string", retryAfter], `${code}: ${text}`);
    assert.ok(!text.includes(KEY.slice(9)));
    await gateway.settled();
    assert.deepEqual([(await gateway.usage()).heldUsd, (await gateway.usage()).spentUsd], [0, 0]);
  });
}

test("errors inside a 200 to a poll or a download leave a paid job where it is, until it can be had", async () => {
  const limited = () => Response.json({ error: { code: 429, message: "slow down" } });
  const done = () => Response.json({ id: "job-1", generation_id: "gen-vid-1", status: "completed", unsigned_urls: ["https://openrouter.ai/api/v1/videos/job-1/content?index=0"], usage: { cost: 0.4 } });
  const polls = [limited, limited, done, done, done], contents = [() => Response.json({ error: { code: 503, message: "busy" } }), () => new Response(new Uint8Array(5000), { headers: { "content-type": "video/mp4" } })];
  const gateway = ordering({ poll: () => (polls.shift() ?? done)(), content: () => (contents.shift() ?? contents[0])() });
  const { id } = await (await orderVideo(gateway)).json();
  assert.ok((await gateway.usage()).heldUsd > 0);
  await until(async () => (await (await gateway.ask(`/v1/videos/${id}`)).json()).status === "completed", "it is there", 60_000);
  assert.equal((await (await gateway.ask(`/v1/videos/${id}/content`)).arrayBuffer()).byteLength, 5000);
  await until(async () => (await gateway.usage()).heldUsd === 0, "it is paid");
  assert.equal((await gateway.usage()).spentUsd, 0.4);
});

test("a video that failed costs nothing unless it says so", async () => {
  for (const [usage, usd] of /** @type {[any, number][]} */ ([[undefined, 0], [{ cost: 0.1 }, 0.1]])) {
    const gateway = ordering({ poll: () => Response.json({ id: "job-1", status: "failed", error: "unsafe", usage }) });
    const { id } = await (await orderVideo(gateway)).json();
    const status = async () => (await gateway.ask(`/v1/videos/${id}`)).json();
    await until(async () => (await status()).status === "failed", "it has failed", 30_000);
    assert.deepEqual((await status()).error, { code: "video_generation_failed", message: "unsafe" });
    assert.equal((await gateway.ask(`/v1/videos/${id}/content`)).status, 409);
    await until(async () => (await gateway.usage()).heldUsd === 0, "nothing is held");
    assert.equal((await gateway.usage()).spentUsd, usd);
  }
});

test("a video whose polls go on failing is given up with its ticket, and what was held for it counts, once", async () => {
  /** @type {any} */
  let held;
  const storage = { ...memoryStorage(), jobs: { put: async (/** @type {any} */ job, /** @type {any} */ work) => void (held = { job, work }), get: async () => held.job } };
  const fetch = async (/** @type {any} */ url, /** @type {any} */ init) => (init?.method === "POST" ? Response.json({ id: "job-1", polling_url: "https://openrouter.ai/api/v1/videos/job-1", status: "pending" }) : /job-1/.test(String(url)) ? Response.json({ error: { code: 403, message: "not now" } }) : Response.json({ data: [] }));
  const { ask, usage, records } = standing({ budget: { maxUsd: 50 }, storage, fetch });
  const { id } = await (await orderVideo({ ask })).json();
  const { heldUsd } = await usage();
  for (let poll = 0; poll < 14; poll += 1) held.job = await held.work.step(held.job);
  assert.deepEqual([held.job.status, held.job.isSettled, held.job.ticket.id], ["failed", true, "job-1"]);
  assert.match((await (await ask(`/v1/videos/${id}`)).json()).error.message, /^given up .*not now/);
  assert.deepEqual([(await usage()).heldUsd, (await usage()).spentUsd, records.length], [0, heldUsd, 1]);
  assert.ok(heldUsd > 0);
});

test("the package's own client makes a video behind a gateway, and pays what the gateway's job did", async () => {
  const { gateway, usage } = standing({ budget: { maxUsd: 50 } });
  const client = new OpenRouter({ apiKey: "alice", baseURL: "https://gateway.example/api/v1", fetch: (/** @type {any} */ url, /** @type {any} */ init) => gateway.fetch(new Request(url, init)) });
  const ticket = await client.videos.submit({ prompt: "a ball", durationSeconds: 4 });
  assert.match(ticket.id, /^video_/);
  const done = await client.videos.wait(ticket, { intervalMs: 100 });
  const { data } = await client.videos.download(done);
  assert.ok(data.length > 100);
  assert.ok((await client.videos.models()).some(({ id, pricingSkus }) => id === "google/veo-3.1-fast" && Object.keys(pricingSkus).length > 0));
  await until(async () => (await usage()).heldUsd === 0, "it is paid");
  assert.ok((await usage()).spentUsd > 0);
});

test("a limit that a caller's description leaves undefined is the gateway's", async () => {
  const { chat } = standing({ limits: { requestsPerMinute: 1 }, callers: () => ({ id: "x", limits: { requestsPerMinute: undefined, maxConcurrent: 9 } }) });
  assert.deepEqual([(await chat()).status, (await chat()).status], [200, 429]);
});

test("an answer that breaks, or does not go on, before its first event is told with a status", async () => {
  const broken = playing(() => new Response(new ReadableStream({ start: (controller) => void setTimeout(() => controller.error(new TypeError("terminated"))) }), { headers: { "content-type": "text/event-stream" } }));
  assert.equal((await broken.ask("/v1/responses", { body: { model: MODEL, input: "x", stream: true } })).status, 502);
  const silent = standing({ limits: { timeoutMs: 200 }, budget: { maxUsd: 10 }, fetch: async (url) => (String(url).endsWith("/responses") ? new Response(new ReadableStream({ start: (controller) => controller.enqueue(new TextEncoder().encode(": wait\n\n")) }), { headers: { "content-type": "text/event-stream" } }) : Response.json({ data: [] })) });
  // In this process nothing else keeps Node from ending.
  const alive = setInterval(() => {}, 1000);
  const response = await silent.ask("/v1/responses", { body: { model: MODEL, input: "x", stream: true } });
  clearInterval(alive);
  assert.deepEqual([response.status, (await response.json()).error.code], [504, "timeout"]);
  await silent.settled();
  assert.equal((await silent.usage()).heldUsd, 0);
});

test("images, speech, a recording as a form, as OpenAI's SDK sends them", async () => {
  const { ask, usage, settled, sent } = standing({ budget: { maxUsd: 10 } });
  const image = await (await ask("/v1/images/generations", { body: { model: "google/gemini-2.5-flash-image", prompt: "a ball", n: 1 } })).json();
  assert.ok(image.data[0].b64_json.length > 100);
  const speech = await ask("/v1/audio/speech", { body: { model: "hexgrad/kokoro-82m", input: "Hello", voice: "af_alloy" } });
  const bytes = new Uint8Array(await speech.arrayBuffer());
  assert.deepEqual([speech.headers.get("content-type"), bytes.length > 100], ["audio/mpeg", true]);
  const form = new FormData();
  form.append("model", "openai/whisper-large-v3-turbo");
  form.append("file", new File([bytes], "speech.mp3", { type: "audio/mpeg" }));
  form.append("prompt", "not on the list");
  const heard = await (await ask("/v1/audio/transcriptions", { body: form })).json();
  assert.ok(heard.text.length > 5);
  await settled();
  assert.ok((await usage()).spentUsd > 0);
  assert.equal((await usage()).heldUsd, 0);
  assert.deepEqual(sent().map(({ path }) => path).filter((path) => path !== "/generation"), ["/images", "/audio/speech", "/audio/transcriptions"]);
});

test("a limit of the output holds whatever a caller writes in its place", async () => {
  /** @type {any[]} */
  const sent = [];
  const { ask } = standing({ limits: { maxOutputTokens: 50 }, fetch: async (url, init) => (sent.push([new URL(url).pathname, JSON.parse(init.body)]), Response.json({ usage: { cost: 0 } })) });
  for (const asked of ["x", null, -1, 0, 1e400, 1e9, [], {}, "70", 49, undefined]) {
    await ask("/v1/responses", { body: { model: MODEL, input: "x", max_output_tokens: asked } });
    await ask("/v1/messages", { body: { model: MODEL, messages: HELLO, max_tokens: asked } });
  }
  const limits = sent.map(([path, body]) => (path.endsWith("responses") ? body.max_output_tokens : body.max_tokens));
  assert.deepEqual([limits.length, limits.filter((limit) => !(limit <= 50 && limit > 0))], [22, []]);
});

test("what a gateway does not offer is not there", async () => {
  const { ask } = standing({ media: { images: false, videos: false } });
  assert.equal((await ask("/v1/images/generations", { body: { prompt: "x" } })).status, 404);
  assert.equal((await ask("/v1/videos", { body: { prompt: "x" } })).status, 404);
  assert.equal((await ask("/v1/audio/speech", { body: { input: "x", voice: "af_alloy" } })).status, 200);
});

test("a video in one process: submitted, polled, served, paid; nobody else's", async () => {
  const { ask, usage } = standing({ budget: { maxUsd: 50 } });
  const job = await (await ask("/v1/videos", { body: { prompt: "a ball", model: "google/veo-3.1-fast", seconds: "4" } })).json();
  assert.deepEqual([job.object, job.status, job.error], ["video", "queued", null]);
  assert.ok((await usage()).heldUsd > 0);
  assert.equal((await ask(`/v1/videos/${job.id}`, { token: "bob" })).status, 404);
  await until(async () => (await (await ask(`/v1/videos/${job.id}`)).json()).status === "completed", "it is there", 40_000);
  const content = await ask(`/v1/videos/${job.id}/content`);
  assert.equal(Number(content.headers.get("content-length")), (await content.arrayBuffer()).byteLength);
  await until(async () => (await usage()).heldUsd === 0, "it is paid");
  assert.ok((await usage()).spentUsd > 0);
  for (const body of [{}, { prompt: "x", seconds: "-1" }]) assert.equal((await ask("/v1/videos", { body })).status, 400);
});

const SECRET = "a secret of at least thirty-two bytes";
let keys, other;
before(async () => {
  keys = await generateKeyPair("ES256", { extractable: true });
  other = await generateKeyPair("ES256", { extractable: true });
});
/** @param {any} claims @param {{ key?: any, alg?: string }} [options] */
const sign = ({ exp = "1h", ...claims }, { key = keys.privateKey, alg = "ES256" } = {}) => new SignJWT(claims).setProtectedHeader({ alg }).setIssuedAt().setExpirationTime(exp).sign(key);

test("callers by JWT: signature, time, issuer and audience hold; a forged one is nobody", async () => {
  const publicKey = await exportSPKI(keys.publicKey);
  const { ask } = standing({ callers: { jwt: { publicKey, algorithms: ["ES256"], issuer: "https://id.example", audience: "gateway" } } });
  const good = { sub: "dora", iss: "https://id.example", aud: "gateway" };
  const usage = async (token) => {
    const response = await ask("/v1/usage", { token });
    return response.status === 200 ? (await response.json()).caller : response.status;
  };
  assert.equal(await usage(await sign(good)), "dora");
  const unsigned = `${Buffer.from('{"alg":"none"}').toString("base64url")}.${Buffer.from(JSON.stringify(good)).toString("base64url")}.`;
  const confused = await sign(good, { key: new TextEncoder().encode(publicKey), alg: "HS256" });
  const token = await sign(good);
  const changed = token.replace(/\.[^.]+\./, `.${Buffer.from(JSON.stringify({ ...good, sub: "admin" })).toString("base64url")}.`);
  for (const forged of [await sign(good, { key: other.privateKey }), await sign({ ...good, exp: "-1h" }), await sign({ ...good, iss: "https://evil.example" }), await sign({ ...good, aud: "other" }), await sign({ iss: good.iss, aud: good.aud }), unsigned, confused, changed, "x.y.z", "nonsense"]) assert.equal(await usage(forged), 401);
});

test("callers by JWT: a token that names another algorithm than the key's is nobody; of a key set without names each key is tried", async () => {
  const [jwk, second] = await Promise.all([exportJWK(keys.publicKey), exportJWK(other.publicKey)]), third = await generateKeyPair("ES256"), rsa = await generateKeyPair("RS256"), pss = await generateKeyPair("PS256");
  const status = async (/** @type {any} */ jwt, /** @type {string} */ token) => (await standing({ callers: { jwt } }).ask("/v1/usage", { token })).status;
  const byRsa = await sign({ sub: "x" }, { key: rsa.privateKey, alg: "RS256" }), byPss = await sign({ sub: "x" }, { key: pss.privateKey, alg: "PS256" });
  for (const token of [byRsa, byPss]) {
    assert.equal(await status({ jwk }, token), 401);
    assert.equal(await status({ jwks: { keys: [jwk] } }, token), 401);
    assert.equal(await status({ publicKey: await exportSPKI(keys.publicKey), algorithms: ["ES256", "RS256", "PS256"] }, token), 401);
  }
  // A key without a word of its algorithm is taken for what it is.
  const spki = await exportSPKI(keys.publicKey);
  for (const jwt of [{ jwk }, { jwk: { ...jwk, alg: "ES256" } }, { publicKey: spki }, { publicKey: spki, algorithms: ["RS256", "ES256"] }]) assert.equal(await status(jwt, await sign({ sub: "x" })), 200);
  for (const jwt of [{ jwk, algorithms: ["RS256"] }, { publicKey: "no key" }]) assert.equal(await status(jwt, await sign({ sub: "x" })), 500);
  const jwks = { keys: [jwk, second] }, sets = [{ jwks }, { jwksUrl: "https://id.example/jwks.json", fetch: async () => Response.json(jwks) }];
  for (const set of sets) {
    for (const key of [keys.privateKey, other.privateKey]) assert.equal(await status(set, await sign({ sub: "x" }, { key })), 200);
    assert.equal(await status(set, await sign({ sub: "x" }, { key: third.privateKey })), 401);
    assert.equal(await status(set, await sign({ sub: "x", exp: "-1h" }, { key: other.privateKey })), 401);
  }
});

test("callers by JWT with a secret, a key set, and a caller of one's own making", async () => {
  const jwk = { ...(await exportJWK(keys.publicKey)), kid: "one", alg: "ES256" };
  const bySecret = standing({ callers: { jwt: { secret: SECRET } } });
  const token = await new SignJWT({ sub: "eve" }).setProtectedHeader({ alg: "HS256" }).sign(new TextEncoder().encode(SECRET));
  assert.equal((await (await bySecret.ask("/v1/usage", { token })).json()).caller, "eve");
  let fetched = 0;
  const jwks = async () => {
    fetched += 1;
    return Response.json({ keys: [jwk] });
  };
  const bySet = standing({ callers: { jwt: { jwksUrl: "https://id.example/jwks.json", fetch: jwks, caller: ({ sub, plan }) => (plan === "paid" ? { id: `user ${sub}`, budget: { maxUsd: 0 } } : null) } } });
  const paid = await new SignJWT({ sub: "f", plan: "paid" }).setProtectedHeader({ alg: "ES256", kid: "one" }).setExpirationTime("1h").sign(keys.privateKey);
  const free = await new SignJWT({ sub: "f" }).setProtectedHeader({ alg: "ES256", kid: "one" }).setExpirationTime("1h").sign(keys.privateKey);
  assert.equal((await bySet.chat({}, { token: paid })).status, 402);
  assert.equal((await bySet.chat({}, { token: free })).status, 401);
  assert.equal(fetched, 1);
  for (const jwt of [{}, { secret: "short" }, { secret: SECRET, jwk }, { secret: SECRET, caller: 1 }]) assert.throws(() => standing({ callers: { jwt } }), { code: "invalid-request", message: /^callers\.jwt/ });
});
