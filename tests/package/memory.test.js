// The engine's memory never shrinks, so what passes through it is counted here.
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { installPackage } from "./install.js";

/** @type {ReturnType<typeof installPackage>} */
let app;
/** @type {any} */
let glue;
/** @type {(script: object, messages: object[], options?: object) => any} */
let chat;

before(async () => {
  app = installPackage();
  const [{ OpenRouter }, { createSimulator }] = await Promise.all([app.load("openrouter-wasm"), app.load("openrouter-wasm/simulator")]);
  glue = await import(pathToFileURL(join(app.package, "wasm/glue.js")).href);
  chat = (script, messages, options) => {
    const server = createSimulator({ delayMs: 0 });
    server.enqueue(script);
    return new OpenRouter({ apiKey: "k", fetch: server.fetch, ...options }).chat({ messages });
  };
  // Starts the engine.
  await chat({ text: "x" }, [{ role: "user", content: "hi" }]).result();
});
after(() => app?.remove());

const memoryBytes = () => glue.initSync(undefined).memory.buffer.byteLength;
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

test("an endless answer is held to its limit", async () => {
  const before = memoryBytes();
  const run = chat({ text: Array.from({ length: 2000 }, () => "x".repeat(1000)) }, [{ role: "user", content: "hi" }], { limits: { maxBodyBytes: MIB } });
  await assert.rejects(run.result(), { code: "limit" });
  assert.ok(memoryBytes() - before < 8 * MIB, `${memoryBytes() - before} bytes`);
});
