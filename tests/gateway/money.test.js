// What is held and what is booked: by prices where they are known, and never by a number that no answer comes to.
import assert from "node:assert/strict";
import { test } from "node:test";
import { HELLO, MODEL, OpenRouter, standing, until } from "./support.js";

const VIDEO_MODELS = { data: [{ id: "google/veo-3.1-fast", name: "Veo", supported_durations: [4, 6, 8], pricing_skus: { duration_seconds_with_audio: "0.12", duration_seconds_with_audio_720p: "0.10" } }, { id: "acme/by-the-frame", name: "Acme", pricing_skus: { frames: "1" } }] };

/** A gateway in front of what answers each path by a text. @param {(path: string, body: any) => string | Response | undefined} answer @param {any} [options] */
function before(answer, options = {}) {
  /** @type {{ path: string, body: any }[]} */
  const seen = [], held = { usd: 0 };
  const send = async (/** @type {any} */ input, /** @type {any} */ init) => {
    const request = new Request(input, init), { pathname } = new URL(request.url);
    const path = pathname.replace(/^\/api\/v1/, "");
    const body = request.method === "POST" ? await request.json() : undefined;
    seen.push({ path, body });
    if (body) held.usd = (await gateway.usage()).heldUsd;
    const said = answer(path, body);
    if (said instanceof Response) return said;
    if (said !== undefined) return new Response(said, { headers: { "content-type": said.startsWith("data:") ? "text/event-stream" : "application/json" } });
    if (path === "/videos/models") return Response.json(VIDEO_MODELS);
    if (path === "/models") return Response.json({ data: [{ id: MODEL, name: "Mini", context_length: 128_000, pricing: { prompt: "0.00000015", completion: "0.0000006" }, architecture: { input_modalities: ["text"], output_modalities: ["text"] } }] });
    return Response.json({ error: { code: 400, message: `there is no ${path} here` } }, { status: 400 });
  };
  const gateway = standing({ fetch: send, budget: { maxUsd: 100 }, ...options });
  return { ...gateway, seen, held };
}

/** Claims as JSON: numbers that no double has, too. `costs`: what of the cost is believed. */
const CLAIMS = [
  ['{"prompt_tokens":3,"completion_tokens":4,"cost":-1}', undefined], ['{"prompt_tokens":3,"completion_tokens":4,"cost":1e308}', undefined], ['{"prompt_tokens":3,"completion_tokens":4,"cost":1e400}', undefined],
  ['{"prompt_tokens":3,"completion_tokens":4,"cost":"0.5"}', undefined], ['{"prompt_tokens":1e308,"completion_tokens":4}', undefined], ['{"prompt_tokens":3,"completion_tokens":1e400}', undefined],
  ['{"prompt_tokens":-5,"completion_tokens":-5}', undefined], ['{"prompt_tokens":1.5,"completion_tokens":4}', undefined], ['{"prompt_tokens":3,"completion_tokens":4,"total_tokens":18446744073709551615,"cost":0.25}', 0.25],
  ['{"prompt_tokens":-3,"completion_tokens":1e308,"cost":0.25}', 0.25],
];
const asStream = (/** @type {string} */ usage) => `data: {"id":"gen-1-a","model":"${MODEL}","choices":[{"index":0,"delta":{"content":"hi"},"finish_reason":"stop"}],"usage":${usage}}\n\ndata: [DONE]\n\n`;
const anthropic = (/** @type {string} */ usage) => usage.replaceAll("prompt_tokens", "input_tokens").replaceAll("completion_tokens", "output_tokens");
/** @type {Record<string, { path: string, body: any, answer: (usage: string) => string }>} */
const ANSWERS = {
  "a chat, streamed": { path: "/chat/completions", body: { model: MODEL, messages: HELLO, stream: true }, answer: asStream },
  "a chat, whole": { path: "/chat/completions", body: { model: MODEL, messages: HELLO }, answer: (usage) => `{"id":"gen-1-a","model":"${MODEL}","object":"chat.completion","choices":[{"index":0,"finish_reason":"stop","message":{"role":"assistant","content":"hi"}}],"usage":${usage}}` },
  "/responses, streamed": { path: "/responses", body: { model: MODEL, input: "x", stream: true }, answer: (usage) => `data: {"type":"response.completed","response":{"id":"gen-1-a","model":"${MODEL}","usage":${anthropic(usage)}}}\n\n` },
  "/messages": { path: "/messages", body: { model: MODEL, messages: HELLO, max_tokens: 5 }, answer: (usage) => `{"id":"gen-1-a","model":"${MODEL}","content":[],"usage":${anthropic(usage)}}` },
  "/embeddings": { path: "/embeddings", body: { model: MODEL, input: "x" }, answer: (usage) => `{"id":"gen-1-a","model":"${MODEL}","data":[],"usage":${usage}}` },
};
const BILLS = { "the bill is there": [0.125, 0.125], "the bill says nonsense, too": [-7, undefined], "there is no bill": [undefined, undefined] };
for (const [name, { path, body, answer }] of Object.entries(ANSWERS)) {
  for (const [which, [billed, believed]] of Object.entries(BILLS)) {
    test(`what ${name}, claims and cannot be is not booked, and is told to the log; ${which}`, async () => {
      for (const [usage, cost] of CLAIMS) {
        const bill = () => (billed === undefined ? Response.json({ error: { code: 403, message: "no" } }, { status: 403 }) : JSON.stringify({ data: { id: "gen-1-a", total_cost: billed } }));
        const gateway = before((asked) => (asked === path ? answer(usage) : asked === "/generation" ? bill() : undefined));
        const response = await gateway.ask(`/v1${path}`, { body });
        assert.equal(response.status, 200, usage);
        await response.text();
        await gateway.settled();
        const after = await gateway.usage(), [record] = gateway.records;
        const wanted = cost ?? believed;
        assert.deepEqual([after.heldUsd, record.costUsd, gateway.records.length], [0, after.spentUsd, 1], usage);
        if (wanted !== undefined) assert.deepEqual([after.spentUsd, record.costSource], [wanted, cost === undefined ? "recovered" : "reported"], usage);
        else {
          assert.deepEqual([after.spentUsd, record.costSource], [gateway.held.usd, "held"], usage);
          assert.ok(gateway.held.usd > 0);
        }
        assert.match(record.implausible, /(?:tokens|cost): /, usage);
        assert.ok(after.tokens < 1000 && Number.isInteger(after.tokens) && after.tokens >= 0, `${usage}: ${after.tokens}`);
      }
    });
  }
}

test("a claim that can be is booked as it stands, without a word", async () => {
  const gateway = before((path) => (path === "/chat/completions" ? asStream('{"prompt_tokens":9000000,"completion_tokens":0,"cost":99.5,"total_tokens":null}') : undefined), { budget: { maxUsd: 1000 } });
  await (await gateway.chat({ stream: true })).text();
  await gateway.settled();
  assert.deepEqual([(await gateway.usage()).spentUsd, gateway.records[0].costSource, gateway.records[0].implausible], [99.5, "reported", undefined]);
});

/** A video that is submitted and never ready. */
const order = (/** @type {string} */ path) => (path === "/videos" ? '{"id":"job-1","polling_url":"/api/v1/videos/job-1","status":"pending"}' : path === "/videos/job-1" ? '{"id":"job-1","status":"pending"}' : undefined);
const video = (/** @type {any} */ gateway, /** @type {any} */ body) => gateway.ask("/v1/videos", { body: { prompt: "a ball", model: "google/veo-3.1-fast", ...body } });

test("a video holds what it comes to by its price, and leaves the rest of the money for other requests", async () => {
  const gateway = before((path) => order(path) ?? (path === "/chat/completions" ? asStream('{"prompt_tokens":1,"completion_tokens":1,"cost":0.001}') : undefined), { budget: { maxUsd: 1.5 } });
  assert.equal((await video(gateway, { seconds: "4", resolution: "720p" })).status, 200);
  assert.equal((await gateway.usage()).heldUsd, 0.4);
  // Without a resolution: the dearest.
  assert.equal((await video(gateway, { seconds: "8" })).status, 200);
  assert.equal((await gateway.usage()).heldUsd, 1.36);
  assert.equal((await gateway.chat()).status, 200);
  // What is left does not pay a third one: it is not sent.
  const refused = await video(gateway, { seconds: "4" });
  assert.deepEqual([refused.status, (await refused.json()).error.code], [402, "budget_exceeded"]);
  assert.equal(gateway.seen.filter(({ path }) => path === "/videos").length, 2);
});

test("a video whose price is not known holds a dear one's, at most what is left", async () => {
  for (const answer of [(/** @type {string} */ path) => order(path), (/** @type {string} */ path) => order(path) ?? (path === "/videos/models" ? Response.json({}, { status: 403 }) : undefined)]) {
    const gateway = before(answer, { budget: { maxUsd: 5 } });
    assert.equal((await video(gateway, { model: "acme/by-the-frame", seconds: "4" })).status, 200);
    assert.equal((await gateway.usage()).heldUsd, 3);
    assert.equal((await video(gateway, { model: "acme/by-the-frame", seconds: "4" })).status, 200);
    assert.equal((await gateway.usage()).heldUsd, 5);
    assert.equal((await video(gateway, { model: "acme/by-the-frame", seconds: "4" })).status, 402);
  }
});

test("a video's order that is refused releases what was held", async () => {
  const gateway = before((path) => (path === "/videos" ? Response.json({ error: { code: 400, message: "no such size" } }, { status: 400 }) : undefined));
  assert.equal((await video(gateway, { seconds: "4" })).status, 400);
  assert.deepEqual([(await gateway.usage()).heldUsd, (await gateway.usage()).spentUsd], [0, 0]);
});

test("numbers that are beyond any order hold no less than what there is", async () => {
  const gateway = before(() => undefined, { budget: { maxUsd: 2 } });
  for (const seconds of ["1e300", "Infinity", "0", "-1", "x", 1e9]) assert.equal((await video(gateway, { seconds })).status, 400, String(seconds));
  for (const n of [1e21, 1e300, 9]) {
    gateway.held.usd = 0;
    await gateway.ask("/v1/images/generations", { body: { prompt: "x", n } });
    assert.equal(gateway.held.usd, 2, String(n));
  }
});

test("a client's own budget takes no such number either: the estimate stands, and the next call goes out", async () => {
  for (const cost of ["1e308", "1e400", "-5", '"x"', "10001"]) {
    const fetch = async () => new Response(`{"object":"list","model":"m/x","data":[{"index":0,"embedding":[1]}],"usage":{"prompt_tokens":1,"total_tokens":1,"cost":${cost}}}`, { headers: { "content-type": "application/json" } });
    const client = new OpenRouter({ apiKey: "k", fetch, budget: { maxUsd: 1 }, models: { "m/x": { pricing: { prompt: "0.1", completion: "0" } } } });
    const body = JSON.stringify({ model: "m/x", input: "four" });
    const ask = async () => (await client.fetch("https://openrouter.ai/api/v1/embeddings", { method: "POST", headers: { "content-type": "application/json" }, body })).text();
    const embed = () => client.embeddings.create({ model: "m/x", input: "four" });
    // Each is estimated at a tenth of a dollar or two.
    for (const call of [ask, embed]) await call();
    await assert.rejects(async () => { for (let at = 0; at < 12; at += 1) await embed(); }, { code: "budget" }, cost);
  }
});

test("a run that bears the name of a request on its way is held and booked by itself", async () => {
  let count = 0, finish = () => {};
  const encoder = new TextEncoder(), whole = (/** @type {number} */ usd) => asStream(`{"prompt_tokens":3,"completion_tokens":4,"cost":${usd}}`);
  const gateway = before((path) => {
    if (path !== "/chat/completions") return undefined;
    count += 1;
    if (count > 1) return whole(0.25);
    const body = new ReadableStream({
      start(controller) {
        controller.enqueue(encoder.encode(`data: {"id":"gen-1-b","model":"${MODEL}","choices":[{"index":0,"delta":{"content":"a"}}]}\n\n`));
        finish = () => {
          controller.enqueue(encoder.encode(whole(0.5)));
          controller.close();
        };
      },
    });
    return new Response(body, { headers: { "content-type": "text/event-stream" } });
  });
  const first = await gateway.chat({ stream: true });
  const second = await gateway.chat({ durable: true }, { headers: { "x-run-id": first.headers.get("x-request-id") } });
  assert.equal(second.status, 200);
  await second.text();
  finish();
  await first.text();
  await until(async () => (await gateway.usage()).heldUsd === 0, "both are settled");
  assert.equal((await gateway.usage()).spentUsd, 0.75);
});

test("models that may answer in place of the one that is asked are those that the caller may ask", async () => {
  const gateway = before(() => undefined, { models: [MODEL], allow: ["model", "models", "fallbackModels"] });
  for (const more of [{ models: ["openai/o1-pro"] }, { models: [MODEL, "openai/o1-pro"] }, { fallbackModels: ["openai/o1-pro"] }]) assert.equal((await gateway.chat(more)).status, 403, JSON.stringify(more));
  assert.equal((await gateway.chat({ models: [7] })).status, 400);
  assert.ok(gateway.seen.every(({ path }) => path !== "/chat/completions"));
});

test("a page of HTML in place of an answer goes no further, and nothing is booked for it", async () => {
  for (const [path, body] of /** @type {[string, any][]} */ ([["/embeddings", { model: MODEL, input: "x" }], ["/responses", { model: MODEL, input: "x", stream: true }], ["/audio/speech", { input: "x" }]])) {
    const gateway = before((asked) => (asked === "/models" ? undefined : new Response("<script>alert(1)</script>", { headers: { "content-type": "text/html; charset=utf-8" } })));
    const response = await gateway.ask(`/v1${path}`, { body }), { error } = await response.json();
    await gateway.settled();
    const { spentUsd, heldUsd } = await gateway.usage();
    assert.deepEqual([response.status, error.code, spentUsd, heldUsd], [502, "bad_response", 0, 0], path);
  }
});
