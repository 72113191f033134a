// The stock SDKs in front of the gateway as it is deployed (www/worker), in workerd, over a port: every kind of call that they have. Chats with tools
// by each SDK are in ../contract/frameworks.test.js.
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { OpenRouter as OpenRouterSdk } from "@openrouter/sdk";
import OpenAI, { toFile } from "openai";
import { createSimulator, hashToken, HELLO, KEY, MODEL, serve, until } from "./support.js";
import { fetchOnce, startGateway } from "./workerd.js";

const VIDEO_MODEL = "google/veo-3.1-fast";
let simulator, upstream, worker, openai, openrouter;
before(async () => {
  simulator = createSimulator({ delayMs: 0, apiKeys: [KEY] });
  upstream = await serve({ port: 0, simulator: { ...simulator, handler: async (request) => (await ownAnswer(request)) ?? simulator.handler(request) } });
  const callers = { [await hashToken("token")]: { id: "anna", budget: { maxUsd: 50 } } };
  worker = await startGateway({ OPENROUTER_API_KEY: KEY, OPENROUTER_BASE_URL: `${upstream.url}/api/v1`, CALLERS: JSON.stringify(callers) });
  openai = new OpenAI({ apiKey: "token", baseURL: `${worker.url}/v1`, maxRetries: 0 });
  openrouter = new OpenRouterSdk({ apiKey: "token", serverURL: `${worker.url}/v1`, retryConfig: { strategy: "none" } });
});
after(async () => {
  await worker?.close();
  await upstream?.close();
});
beforeEach(() => simulator.reset());

/** What the simulator has no answer to, by path. @type {Map<string, (body: any) => Response>} */
const answers = new Map();
/** @param {Request} request */
async function ownAnswer(request) {
  const answer = answers.get(new URL(request.url).pathname.replace(/^.*\/v1/, ""));
  return answer && request.method === "POST" ? answer(await request.json()) : undefined;
}
beforeEach(() => answers.clear());

const usage = async () => (await fetchOnce(`${worker.url}/v1/usage`, { headers: { authorization: "Bearer token" } })).json();
/** What a call has cost, once nothing is held for it any more. @param {() => Promise<unknown>} call */
async function costOf(call) {
  await until(async () => (await usage()).heldUsd === 0, "nothing is held", 30_000);
  const { spentUsd } = await usage();
  await call();
  await until(async () => (await usage()).heldUsd === 0, "it is settled", 30_000);
  return (await usage()).spentUsd - spentUsd;
}

test("openai: chats whole and streamed, with the usage at the end; a refused one is its own error class", async () => {
  for (let at = 0; at < 2; at += 1) simulator.enqueue({ text: ["It is ", "sunny."] });
  assert.ok(await costOf(async () => {
    assert.equal((await openai.chat.completions.create({ model: MODEL, messages: HELLO })).choices[0].message.content, "It is sunny.");
    const texts = [];
    let last;
    for await (const chunk of await openai.chat.completions.create({ model: MODEL, messages: HELLO, stream: true, stream_options: { include_usage: true } })) {
      if (chunk.choices[0]?.delta.content) texts.push(chunk.choices[0].delta.content);
      last = chunk;
    }
    assert.deepEqual([texts, last.usage.total_tokens > 0], [["It is ", "sunny."], true]);
  }) > 0);
  for (const [script, kind] of [[{ status: 402 }, OpenAI.APIError], [{ status: 404 }, OpenAI.NotFoundError], [{ status: 429, headers: { "Retry-After": "900" } }, OpenAI.RateLimitError], [{ status: 400 }, OpenAI.BadRequestError]]) {
    for (const stream of [true, false]) {
      simulator.enqueue(script);
      await assert.rejects(openai.chat.completions.create({ model: MODEL, messages: HELLO, stream }), (error) => error instanceof kind && error.status === script.status && error.message.length > 4);
    }
  }
  const stranger = new OpenAI({ apiKey: "nobody", baseURL: `${worker.url}/v1`, maxRetries: 0 });
  await assert.rejects(stranger.chat.completions.create({ model: MODEL, messages: HELLO }), OpenAI.AuthenticationError);
  // An error in mid-answer is thrown behind what came.
  simulator.enqueue({ text: ["a ", "b ", "c "], error: { afterChunks: 2, error: { code: 502, message: "the provider is gone" } } });
  let heard = "";
  await assert.rejects(async () => {
    for await (const chunk of await openai.chat.completions.create({ model: MODEL, messages: HELLO, stream: true })) heard += chunk.choices[0]?.delta.content ?? "";
  }, /the provider is gone/);
  assert.ok(heard.startsWith("a "), heard);
});

test("openai: a stream that its reader leaves ends the request to OpenRouter", async () => {
  simulator.enqueue({ text: "word ".repeat(80), chunkDelayMs: 20 });
  const stream = await openai.chat.completions.create({ model: MODEL, messages: HELLO, stream: true });
  for await (const chunk of stream) if (chunk.choices[0]?.delta.content) break;
  await until(() => simulator.requests.some(({ aborted, path }) => aborted && path === "/chat/completions"), "the simulator has noticed", 30_000);
  // Its bill is asked for, before the next test has forgotten it.
  await until(async () => (await usage()).heldUsd === 0, "it is settled", 30_000);
});

test("openai: images, speech, a recording as a form, embeddings, models", async () => {
  assert.ok(await costOf(async () => {
    const { data: images } = await openai.images.generate({ model: "google/gemini-2.5-flash-image", prompt: "a ball", n: 2, response_format: "b64_json" });
    assert.equal(images.length, 2);
    for (const { b64_json: base64 } of images) assert.ok(Buffer.from(base64, "base64").length > 50);
  }) > 0);
  let sound = new Uint8Array();
  assert.ok(await costOf(async () => {
    const speech = await openai.audio.speech.create({ model: "hexgrad/kokoro-82m", input: "Hello", voice: "af_alloy" });
    assert.equal(speech.headers.get("content-type"), "audio/mpeg");
    sound = new Uint8Array(await speech.arrayBuffer());
    assert.ok(sound.length > 100);
  }) > 0);
  assert.ok(await costOf(async () => {
    const heard = await openai.audio.transcriptions.create({ model: "openai/whisper-large-v3-turbo", file: await toFile(sound, "speech.mp3"), language: "en", response_format: "verbose_json", timestamp_granularities: ["word", "segment"] });
    assert.ok(heard.text.length > 5);
  }) > 0);
  assert.ok(await costOf(async () => {
    const { data } = await openai.embeddings.create({ model: "openai/text-embedding-3-small", input: ["a", "b"], dimensions: 16 });
    assert.deepEqual([data.map(({ index }) => index), data.map(({ embedding }) => embedding.length)], [[0, 1], [16, 16]]);
  }) > 0);
  const ids = [];
  for await (const { id } of await openai.models.list()) ids.push(id);
  assert.ok(ids.includes(MODEL));
  assert.equal((await openai.models.retrieve(MODEL)).id, MODEL);
  await assert.rejects(openai.models.retrieve("nobody/none"), OpenAI.NotFoundError);
});

test("openai: a video is submitted, looked after, and downloaded; one with an image as a form", { timeout: 120_000 }, async () => {
  const reference = await toFile(Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==", "base64"), "first.png", { type: "image/png" });
  assert.ok(await costOf(async () => {
    const jobs = [await openai.videos.create({ model: VIDEO_MODEL, prompt: "a ball", seconds: "4" }), await openai.videos.create({ model: VIDEO_MODEL, prompt: "a ball", seconds: "4", input_reference: reference })];
    for (const job of jobs) {
      assert.deepEqual([job.object, job.status, job.model, job.seconds, job.prompt, job.error], ["video", "queued", VIDEO_MODEL, "4", "a ball", null]);
      await assert.rejects(openai.videos.downloadContent(job.id), { status: 409 });
    }
    for (const job of jobs) {
      await until(async () => (await openai.videos.retrieve(job.id)).status === "completed", "the video is there", 90_000);
      const done = await openai.videos.retrieve(job.id);
      assert.deepEqual([done.progress, done.completed_at >= done.created_at], [100, true]);
      const content = await openai.videos.downloadContent(job.id);
      assert.equal(content.headers.get("content-type"), "video/webm");
      assert.ok((await content.arrayBuffer()).byteLength > 100);
    }
  }) > 0);
  await assert.rejects(openai.videos.retrieve("video_none0000000000"), OpenAI.NotFoundError);
});

test("openai: an error inside a 200 is its own error class, on every path", async () => {
  const refusal = () => Response.json({ error: { code: 429, message: "slow down", metadata: { retry_after_seconds: 900 } } });
  for (const path of ["/chat/completions", "/responses", "/embeddings", "/images", "/audio/speech", "/videos"]) answers.set(path, refusal);
  const calls = [
    () => openai.chat.completions.create({ model: MODEL, messages: HELLO, stream: true }), () => openai.chat.completions.create({ model: MODEL, messages: HELLO }), () => openai.responses.create({ model: MODEL, input: "x" }),
    () => openai.embeddings.create({ model: "m/x", input: "a" }), () => openai.images.generate({ prompt: "x" }), () => openai.audio.speech.create({ model: "hexgrad/kokoro-82m", input: "x", voice: "af_alloy" }), () => openai.videos.create({ model: VIDEO_MODEL, prompt: "a ball" }),
  ];
  assert.equal(await costOf(async () => {
    for (const call of calls) await assert.rejects(call, (error) => error instanceof OpenAI.RateLimitError && /slow down/.test(error.message) && error.headers.get("retry-after") === "900");
  }), 0);
  await assert.rejects(openai.images.generate({ prompt: "x", response_format: "url" }), (error) => error instanceof OpenAI.BadRequestError && error.code === "invalid_response_format");
});

test("openai: responses, streamed and whole, and one that failed", async () => {
  const of = (/** @type {any} */ more) => ({ id: "gen-1-response", object: "response", created_at: 1, model: MODEL, status: "completed", output: [], usage: { input_tokens: 1, output_tokens: 2, total_tokens: 3, cost: 0.25 }, error: null, ...more });
  const said = { type: "message", id: "msg_1", role: "assistant", status: "completed", content: [{ type: "output_text", text: "It is sunny.", annotations: [] }] };
  const events = (/** @type {any[]} */ ...list) => list.map((event, at) => `event: ${event.type}\ndata: ${JSON.stringify({ sequence_number: at, ...event })}\n\n`).join("");
  const failure = { code: "server_error", message: "the model fell over" };
  answers.set("/responses", ({ stream, input }) => {
    const last = input === "fail" ? of({ status: "failed", error: failure, usage: { ...of().usage, cost: 0 } }) : of({ output: [said] });
    if (!stream) return Response.json(last);
    const deltas = input === "fail" ? [] : ["It is ", "sunny."].map((delta) => ({ type: "response.output_text.delta", item_id: "msg_1", output_index: 0, content_index: 0, delta }));
    return new Response(events({ type: "response.created", response: of({ status: "in_progress", usage: null }) }, ...deltas, { type: `response.${last.status}`, response: last }), { headers: { "content-type": "text/event-stream" } });
  });
  const cost = await costOf(async () => {
    assert.equal((await openai.responses.create({ model: MODEL, input: "Hello" })).output_text, "It is sunny.");
    let text = "", last;
    for await (const event of await openai.responses.create({ model: MODEL, input: "Hello", stream: true })) {
      if (event.type === "response.output_text.delta") text += event.delta;
      last = event;
    }
    assert.deepEqual([text, last.type, last.response.status], ["It is sunny.", "response.completed", "completed"]);
  });
  assert.ok(Math.abs(cost - 0.5) < 1e-9, String(cost));
  // It is an object of its own, which says what has become of it, as OpenAI's API says it: with a status of 200.
  assert.equal(await costOf(async () => {
    const failed = await openai.responses.create({ model: MODEL, input: "fail" });
    assert.deepEqual([failed.status, failed.error], ["failed", failure]);
    const types = [];
    for await (const { type } of await openai.responses.create({ model: MODEL, input: "fail", stream: true })) types.push(type);
    assert.deepEqual(types, ["response.created", "response.failed"]);
  }), 0);
});

test("OpenRouter's own SDK: models, embeddings, a chat", async () => {
  const { result: { data: models } } = await openrouter.models.list();
  assert.ok(models.some(({ id }) => id === MODEL));
  simulator.enqueue({ text: "so" });
  const { choices } = await openrouter.chat.send({ chatRequest: { model: MODEL, messages: HELLO, stream: false } });
  assert.equal(choices[0].message.content, "so");
  const { data } = await openrouter.embeddings.generate({ requestBody: { model: "openai/text-embedding-3-small", input: ["a", "b"] } });
  assert.equal(data.length, 2);
});
