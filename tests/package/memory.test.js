// The engine's memory never shrinks, so what passes through it is counted here.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { enginesOf, memoryBytesOf } from "./engines.js";
import { installPackage } from "./install.js";

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

const memoryBytes = () => memoryBytesOf(engines);
const MIB = 1 << 20;

test("a 10 MiB picture in a request grows the engine's memory by less than 1 MiB", async () => {
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
  const event = (/** @type {object} */ delta, /** @type {string | null} */ reason = null) => new TextEncoder().encode(`data: ${JSON.stringify({ id: "gen-1", choices: [{ index: 0, delta, finish_reason: reason }] })}\n\n`);
  const pieces = { content: event({ content: "x".repeat(8000) }), reasoning: event({ reasoning: "y".repeat(8000) }) };
  let left = Math.floor((60 * MIB) / 8200);
  const pull = (/** @type {ReadableStreamDefaultController} */ controller) => {
    left -= 1;
    if (left > 0) return controller.enqueue(left % 4 === 0 ? pieces.reasoning : pieces.content);
    controller.enqueue(event({}, "stop"));
    controller.close();
  };
  const client = new OpenRouter({ apiKey: "k", fetch: async () => new Response(new ReadableStream({ pull }, { highWaterMark: 0 }), { headers: { "content-type": "text/event-stream" } }) });
  const before = memoryBytes();
  const { message } = await client.chat({ messages: [{ role: "user", content: "hi" }] }).result();
  assert.ok(message.content.length > 40 * MIB && message.reasoning.length > 10 * MIB, "all of it");
  assert.ok(memoryBytes() - before <= MIB, `${memoryBytes() - before} bytes`);
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
  ["a picture that goes along", () => Response.json({ data: [{ b64_json: "AAAA" }] }), (client) => client.images.generate({ prompt: "x", inputs: [{ data: BYTES }] })],
  ["a picture that comes", () => Response.json({ data: [{ b64_json: BASE64 }] }), (client) => client.images.generate({ prompt: "x", maxBytes })],
  ["a picture in a stream", events([{ type: "image_generation.completed", b64_json: BASE64 }]), (client) => client.images.generate({ prompt: "x", stream: true, maxBytes })],
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
