// The engine's memory never shrinks, so what passes through it is counted here.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { enginesOf, memoryBytesOf } from "./engines.js";
import { installPackage } from "./install.js";
import { oneRun } from "../soak/one-run.js";

/** @type {ReturnType<typeof installPackage>} */
let app;
/** @type {Record<string, any>} */
let engines;
/** @type {(script: object, messages: object[], options?: object) => any} */
let chat;

before(async () => {
  app = installPackage();
  const [{ OpenRouter }, { createSimulator }] = await Promise.all([app.load("openrouter-wasm"), app.load("openrouter-wasm/simulator")]);
  engines = await enginesOf(app);
  chat = (script, messages, options) => {
    const server = createSimulator({ delayMs: 0 });
    server.enqueue(script);
    return new OpenRouter({ apiKey: "k", fetch: server.fetch, ...options }).chat({ messages });
  };
  // Starts the engine.
  await chat({ text: "x" }, [{ role: "user", content: "hi" }]).result();
});
after(() => app?.remove());

const SSE = { headers: { "content-type": "text/event-stream" } };
/** @param {object} delta @param {string | null} [reason] */
const event = (delta, reason = null) => new TextEncoder().encode(`data: ${JSON.stringify({ id: "gen-1", choices: [{ index: 0, delta, finish_reason: reason }] })}\n\n`);
/** A client whose answers are pulled. @param {(controller: ReadableStreamDefaultController) => void} pull @param {any} options */
const streaming = (pull, { OpenRouter, ...options }) => new OpenRouter({ apiKey: "k", fetch: async () => new Response(new ReadableStream({ pull }, { highWaterMark: 0 }), SSE), ...options });

const memoryBytes = () => memoryBytesOf(engines);
const MIB = 1 << 20;

test("a 10 MiB image in a request grows the engine's memory by less than 1 MiB", async () => {
  const url = `data:image/png;base64,${"A".repeat(10 * MIB)}`;
  const before = memoryBytes();
  await chat({ text: "seen" }, [{ role: "user", content: [{ type: "image_url", image_url: { url } }] }]).result();
  assert.ok(memoryBytes() - before < MIB, `${memoryBytes() - before} bytes`);
});

test("a thousand answers leave the memory as large as ten did", async () => {
  const answer = () => chat({ text: ["some ", "words"], toolCalls: [{ name: "f", arguments: { a: "x".repeat(500) } }] }, [{ role: "user", content: "hi" }]).result();
  for (let number = 0; number < 10; number++) await answer();
  const before = memoryBytes();
  for (let number = 0; number < 1000; number++) await answer();
  assert.ok(memoryBytes() - before <= MIB / 4, `${memoryBytes() - before} bytes`);
});

test("an answer of 60 MiB and its thoughts leave the memory as they found it", async () => {
  const { OpenRouter } = await app.load("openrouter-wasm");
  const pieces = { content: event({ content: "x".repeat(8000) }), reasoning: event({ reasoning: "y".repeat(8000) }) };
  let left = Math.floor((60 * MIB) / 8200);
  const pull = (/** @type {ReadableStreamDefaultController} */ controller) => {
    left -= 1;
    if (left > 0) return controller.enqueue(left % 4 === 0 ? pieces.reasoning : pieces.content);
    controller.enqueue(event({}, "stop"));
    controller.close();
  };
  const client = streaming(pull, { OpenRouter });
  const before = memoryBytes();
  const { message } = await client.chat({ messages: [{ role: "user", content: "hi" }] }).result();
  assert.ok(message.content.length > 40 * MIB && message.reasoning.length > 10 * MIB, "all of it");
  assert.ok(memoryBytes() - before <= MIB, `${memoryBytes() - before} bytes`);
});

test("an answer of 128 MiB goes through in the memory that one of 4 MiB takes", async () => {
  const api = await app.load("openrouter-wasm");
  const small = await oneRun(api, memoryBytes, 4);
  const { verdict, isWhole, before, most, after } = await oneRun(api, memoryBytes, 128);
  assert.deepEqual([small.verdict, small.isWhole, verdict, isWhole], ["complete", true, "complete", true]);
  assert.ok(most - before <= MIB / 4 && after - before <= MIB / 4, `${before} bytes before, ${most} at most, ${after} after`);
});

test("a text longer than JavaScript's longest is an error that says so, and keeps what there was", async () => {
  const { OpenRouter, OpenRouterError } = await app.load("openrouter-wasm");
  const piece = event({ content: "x".repeat(1 << 19) });
  let sent = 0;
  // Half a gigabyte, which is where V8's strings end, and some more: the text is put together many pieces at a time.
  const pull = (/** @type {ReadableStreamDefaultController} */ controller) => (sent++ < 1600 ? controller.enqueue(piece) : controller.close());
  const client = streaming(pull, { OpenRouter, limits: { maxBodyBytes: 2048 * MIB } });
  const run = client.chat({ messages: [{ role: "user", content: "hi" }] });
  await assert.rejects(run.result(), (/** @type {any} */ error) => OpenRouterError.isInstance(error) && error.code === "limit" && /longest string/.test(error.message));
  assert.equal(run.verdict, "error");
  assert.ok(run.partial.message.content.length > 100 * MIB, `${run.partial.message.content.length}`);
});

test("a thousand streams at once take less than 64 MiB of the engine, and end as one does", async () => {
  const { OpenRouter } = await app.load("openrouter-wasm");
  /** @type {() => void} */
  let letEnd = () => {};
  /** @type {Promise<void>} */
  const gate = new Promise((resolve) => (letEnd = resolve));
  const call = (/** @type {string} */ text, more = {}) => event({ tool_calls: [{ index: 0, ...more, function: { ...more, arguments: text } }] });
  const begin = [event({ content: "y".repeat(2000) }), event({ reasoning_details: [{ type: "reasoning.text", text: "x".repeat(2000), index: 0 }] }), call(`{"a":"${"z".repeat(500)}`, { id: "c", name: "f" })];
  let open = 0;
  const start = async (/** @type {ReadableStreamDefaultController} */ controller) => {
    for (const piece of begin) controller.enqueue(piece);
    open += 1;
    await gate;
    for (const piece of [call('"}'), event({}, "tool_calls")]) controller.enqueue(piece);
    controller.close();
  };
  const client = new OpenRouter({ apiKey: "k", fetch: async () => new Response(new ReadableStream({ start }), SSE) });
  const before = memoryBytes();
  const heard = Array.from({ length: 1000 }, () => 0);
  const results = heard.map(async (_, number) => {
    const run = client.chat({ messages: [{ role: "user", content: `question ${number} ${"q".repeat(1000)}` }] });
    for await (const { type } of run) if (type === "tool-call-start") heard[number] = 1;
    return run.result();
  });
  while (open < 1000 || heard.includes(0)) await new Promise((resolve) => setTimeout(resolve, 10));
  const most = memoryBytes();
  letEnd();
  for (const { verdict, message } of await Promise.all(results)) {
    assert.deepEqual([verdict, message.content.length, message.tool_calls[0].function.arguments.length], ["complete", 2000, 508]);
  }
  assert.ok(most - before < 64 * MIB, `${(most - before) / MIB} MiB`);
});

const text = (/** @type {string} */ text) => new TextEncoder().encode(text);
/** A stream of so many MiB. @param {number} mebibytes @param {(number: number, isLast: boolean) => object} delta */
function* streamOf(mebibytes, delta) {
  const count = Math.ceil((mebibytes * MIB) / 8000);
  for (let number = 0; number < count; number++) yield event(delta(number, number === count - 1));
  yield event({}, "stop");
}
/** An answer in one piece of JSON, its message's text of so many MiB between the two. @param {number} mebibytes @param {string} begin @param {string} end */
function* jsonOf(mebibytes, begin, end) {
  yield text(`{"id":"gen-1","choices":[{"message":{"role":"assistant",${begin}`);
  for (let number = 0; number < Math.ceil((mebibytes * MIB) / 8000); number++) yield text("t".repeat(8000));
  yield text(`${end}},"finish_reason":"stop"}]}`);
}
const JSON_BODY = "application/json";
const details = () => ({ reasoning_details: [{ type: "reasoning.text", text: "t".repeat(8000), index: 0 }] });
const call = (/** @type {number} */ number, /** @type {boolean} */ isLast) => {
  const [index, place] = [Math.floor(number / 31), number % 31];
  return { tool_calls: [{ index, ...(place === 0 && { id: `c${index}` }), function: { ...(place === 0 && { name: "f" }), arguments: `${place === 0 ? '{"a":"' : ""}${"z".repeat(8000)}${place === 30 || isLast ? '"}' : ""}` } }] };
};
const MEBIBYTES = 24;
/** What is in the engine until its message is whole, its type, its pieces, and how much of it is there while it comes. @type {[string, string, () => Iterable<Uint8Array>, 0 | 1][]} */
const HELD = [
  ["thoughts in details", "text/event-stream", () => streamOf(MEBIBYTES, details), 1],
  ["arguments of a hundred calls", "text/event-stream", () => streamOf(MEBIBYTES, call), 1],
  // JavaScript keeps the body until it is whole. At its end it is there once, and what is read of it.
  ["a text in one piece of JSON", JSON_BODY, () => jsonOf(MEBIBYTES, '"content":"', '"'), 0],
  ["thoughts in one piece of JSON", JSON_BODY, () => jsonOf(MEBIBYTES, '"content":"x","reasoning":"', '"'), 0],
  ["a text in one piece of JSON that a stream was asked for", "text/event-stream", () => jsonOf(MEBIBYTES, '"content":"', '"'), 0],
];
/** As much as this beside the text: an engine that starts, its buffers, what the allocator rounds up. */
const BASE = 5 * MIB;
const chatMemory = () => engines.chat.startNow().memory.buffer.byteLength;
/** A fresh engine takes the place of the one that has grown. */
async function givenBack() {
  for (let tries = 0; chatMemory() > 2 * MIB; tries++) {
    assert.ok(tries < 1000, `${chatMemory() / MIB} MiB are kept`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** A run whose answer comes in these pieces, and then breaks off or ends; `most`: of the engine while they came. @param {string} type @param {Iterable<Uint8Array>} pieces @param {number} [breaksAt] */
async function held(type, pieces, breaksAt) {
  const { OpenRouter } = await app.load("openrouter-wasm");
  const left = pieces[Symbol.iterator]();
  const seen = { most: 0, count: 0 };
  const pull = (/** @type {ReadableStreamDefaultController} */ controller) => {
    seen.most = Math.max(seen.most, chatMemory());
    if (seen.count++ === breaksAt) return controller.error(new Error("reset"));
    const { value, done } = left.next();
    return done ? controller.close() : controller.enqueue(value);
  };
  const fetch = async () => new Response(new ReadableStream({ pull }, { highWaterMark: 0 }), { headers: { "content-type": type } });
  const client = new OpenRouter({ apiKey: "k", fetch, limits: { maxJsonBytes: 64 * MIB }, maxRetries: 0 });
  return { run: client.chat({ messages: [{ role: "user", content: "hi" }] }), seen };
}

for (const [name, type, pieces, isThere] of HELD) {
  test(`${name}, ${MEBIBYTES} MiB: at most twice as much in the engine, ${isThere ? "" : "nothing while it comes, "}and given back`, async () => {
    const { run, seen } = await held(type, pieces());
    const { verdict, message } = await run.result();
    const end = chatMemory();
    assert.equal(verdict, "complete");
    assert.ok(JSON.stringify(message).length > MEBIBYTES * MIB, "all of it");
    assert.ok(isThere ? seen.most > MEBIBYTES * MIB && seen.most <= 2 * MEBIBYTES * MIB : seen.most <= BASE, `${seen.most / MIB} MiB while it came`);
    assert.ok(end <= 2 * MEBIBYTES * MIB + BASE, `${end / MIB} MiB at its end`);
    await givenBack();
    // The run that was read can be asked, and the next one has an engine.
    assert.equal(run.partial.message.role, "assistant");
    assert.equal((await chat({ text: "next" }, [{ role: "user", content: "hi" }]).result()).message.content, "next");
  });
}

test("half of a JSON body takes nothing of the engine while it comes, what can be read of it is kept, and the memory is given back", async () => {
  const { OpenRouterError } = await app.load("openrouter-wasm");
  const { run, seen } = await held(JSON_BODY, jsonOf(MEBIBYTES, '"content":"', ""), 3000);
  await assert.rejects(run.result(), (/** @type {any} */ error) => OpenRouterError.isInstance(error) && error.verdict === "cut");
  assert.equal(run.partial.message.content.length, 2999 * 8000);
  assert.ok(seen.most <= BASE, `${seen.most / MIB} MiB`);
  await givenBack();
});

test("what an answer has grown the engine by is not taken from those that are under way", async () => {
  const { OpenRouter } = await app.load("openrouter-wasm");
  /** @type {ReadableStreamDefaultController | undefined} */
  let slow;
  const other = new OpenRouter({ apiKey: "k", fetch: async () => new Response(new ReadableStream({ start: (controller) => void (slow = controller).enqueue(event({ content: "first, " })) }), SSE) });
  const waiting = other.chat({ messages: [{ role: "user", content: "hi" }] });
  const events = waiting[Symbol.asyncIterator]();
  while ((await events.next()).value?.type !== "text-delta");
  let left = 3000;
  const pull = (/** @type {ReadableStreamDefaultController} */ controller) => {
    if (left-- > 0) return controller.enqueue(event({ reasoning_details: [{ type: "reasoning.text", text: "t".repeat(8000), index: 0 }] }));
    controller.enqueue(event({}, "stop"));
    controller.close();
  };
  await streaming(pull, { OpenRouter }).chat({ messages: [{ role: "user", content: "hi" }] }).result();
  await new Promise((resolve) => setTimeout(resolve, 50));
  const grown = engines.chat.startNow().memory.buffer.byteLength;
  slow?.enqueue(event({ content: "then" }, "stop"));
  slow?.close();
  assert.equal((await waiting.result()).message.content, "first, then");
  assert.ok(grown > 16 * MIB, `${grown / MIB} MiB`);
  await givenBack();
});

test("what a transcript has grown the engine of repairs by is given back", async () => {
  const { sanitizeTranscript } = await app.load("openrouter-wasm");
  const bytes = () => engines.transcript.startNow().memory.buffer.byteLength;
  const messages = Array.from({ length: 100_000 }, () => ({ role: "user", content: "x" }));
  for (let round = 0; round < 2; round++) {
    sanitizeTranscript(messages, { model: "google/gemini-3-pro" });
    const grown = bytes();
    assert.ok(grown > 16 * MIB, `${grown / MIB} MiB`);
    for (let tries = 0; bytes() > 4 * MIB; tries++) {
      assert.ok(tries < 1000, `${bytes() / MIB} MiB are kept`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
});

test("an endless answer is held to its limit", async () => {
  const before = memoryBytes();
  const run = chat({ text: Array.from({ length: 2000 }, () => "x".repeat(1000)) }, [{ role: "user", content: "hi" }], { limits: { maxBodyBytes: MIB } });
  await assert.rejects(run.result(), { code: "limit" });
  assert.ok(memoryBytes() - before < 8 * MIB, `${memoryBytes() - before} bytes`);
});

/** A client before one answer; bodies are read to the end, as a server would. @param {() => Response} answer */
async function answering(answer) {
  const { OpenRouter } = await app.load("openrouter-wasm");
  const fetch = async (/** @type {any} */ _, /** @type {any} */ init) => {
    await new Response(init.body).arrayBuffer();
    return answer();
  };
  return new OpenRouter({ apiKey: "k", fetch });
}

/** @param {object[]} events */
const events = (events) => () => new Response(`${events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join("")}data: [DONE]\n\n`, { headers: { "content-type": "text/event-stream" } });
const BASE64 = Buffer.concat([Buffer.from("iVBORw0KGgo=", "base64"), Buffer.alloc(10 * MIB)]).toString("base64");
const BYTES = new Uint8Array(Buffer.from(BASE64, "base64"));
const maxBytes = 16 * MIB;
const audio = (/** @type {string} */ data) => ({ choices: [{ delta: { audio: { data } } }] });

/** @type {[string, () => Response, (client: any) => Promise<any>][]} */
const MEDIA = [
  ["an image that goes along", () => Response.json({ data: [{ b64_json: "AAAA" }] }), (client) => client.images.generate({ prompt: "x", inputs: [{ data: BYTES }] })],
  ["an image that comes", () => Response.json({ data: [{ b64_json: BASE64 }] }), (client) => client.images.generate({ prompt: "x", maxBytes })],
  ["an image in a stream", events([{ type: "image_generation.completed", b64_json: BASE64 }]), (client) => client.images.generate({ prompt: "x", stream: true, maxBytes })],
  ["a recording", () => Response.json({ text: "hello" }), (client) => client.transcriptions.create({ audio: BYTES, mediaType: "audio/wav" })],
  ["a speech", () => new Response(BYTES, { headers: { "content-type": "audio/mpeg" } }), async (client) => (await client.speech.create({ input: "x" })).bytes()],
  ["music in many lines", events(BASE64.match(/.{1,16001}/g)?.map(audio) ?? []), (client) => client.music.generate({ prompt: "x" })],
  ["music in one line", events([audio(BASE64)]), (client) => client.music.generate({ prompt: "x" })],
];
for (const [name, answer, call] of MEDIA) {
  test(`${name}, 10 MiB, grows the engine's memory by less than 1 MiB`, async () => {
    const client = await answering(answer);
    const before = memoryBytes();
    const result = await call(client);
    assert.ok(memoryBytes() - before < MIB, `${memoryBytes() - before} bytes`);
    const came = result.data ?? result.images?.[0].data ?? result;
    if (came.length > MIB) assert.ok(Buffer.from(came).equals(BYTES), "and comes as it was");
  });
}
