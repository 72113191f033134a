// What is not supposed to happen: the engine panics, and nobody is left waiting.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { enginesOf } from "./engines.js";
import { installPackage } from "./install.js";

/** @type {ReturnType<typeof installPackage>} */
let app;
/** @type {any} */
let api;
/** @type {Record<string, any>} */
let engines;
/** @type {any} */
let glue;
/** @type {any} */
let createSimulator;

before(async () => {
  app = installPackage();
  api = await app.load("openrouter-wasm");
  ({ createSimulator } = await app.load("openrouter-wasm/simulator"));
  engines = await enginesOf(app);
  glue = engines.chat.startNow().glue;
});
after(() => app?.remove());

const messages = [{ role: "user", content: "hello" }];

/** @param {object} script */
function chat(script) {
  const server = createSimulator({ delayMs: 0 });
  server.enqueue(script);
  return new api.OpenRouter({ apiKey: "k", fetch: server.fetch }).chat({ messages });
}

test("a panic rejects every run that waits, and the next call works", async () => {
  for (let round = 0; round < 3; round++) {
    const waiting = [1, 2, 3].map(() => chat({ text: ["a", "b"], stallAfterChunks: 2 }));
    const outcomes = waiting.map((run) => run.result().then(() => "resolved", (/** @type {any} */ error) => error));
    const resting = chat({ text: ["a", "b", "c"] });
    const iterator = resting[Symbol.asyncIterator]();
    await iterator.next();
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.throws(() => glue.provokePanic(), WebAssembly.RuntimeError);
    for (const error of await Promise.all(outcomes)) {
      assert.equal(error.code, "engine");
      assert.match(error.message, /provoked/);
    }
    // One that nobody was pulling from hears of it at its next pull.
    await assert.rejects(async () => {
      while (!(await iterator.next()).done);
    }, { code: "engine" });
    assert.equal((await chat({ text: ["works ", "again"] }).result()).message.content, "works again");
  }
});

test("a panic while an answer is being sent for settles that run too", async () => {
  let answer = (/** @type {any} */ _) => {};
  const client = new api.OpenRouter({ apiKey: "k", fetch: () => new Promise((resolve) => (answer = resolve)) });
  const outcome = client.chat({ messages }).result().catch((/** @type {any} */ error) => error);
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.throws(() => glue.provokePanic());
  assert.equal((await outcome).code, "engine");
  // The answer that comes too late harms nobody.
  answer(new Response("data: [DONE]\n\n", { headers: { "content-type": "text/event-stream" } }));
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal((await chat({ text: "fine" }).result()).message.content, "fine");
});

test("a panic of the services ends their calls, and no chat that streams beside them", async () => {
  const run = chat({ text: ["one ", "two ", "three"] });
  const iterator = run[Symbol.asyncIterator]();
  await iterator.next();
  /** @type {Promise<any>} */
  let listing = Promise.resolve();
  await new Promise((asked) => {
    const client = new api.OpenRouter({ apiKey: "k", fetch: () => new Promise(() => asked(undefined)) });
    listing = client.models.list().catch((/** @type {any} */ error) => error);
  });
  const { glue: services } = engines.services.startNow();
  assert.throws(() => services.provokePanic(), WebAssembly.RuntimeError);
  assert.equal((await listing).code, "engine");
  while (!(await iterator.next()).done);
  assert.equal((await run.result()).message.content, "one two three");
  const { fetch } = createSimulator({ delayMs: 0 });
  assert.ok((await new api.OpenRouter({ apiKey: "k", fetch }).models.list()).length > 0, "and the next call works");
});

test("a panic of the repairs ends no chat, and the next transcript is repaired", async () => {
  const broken = [{ role: "user", content: "hello" }, { role: "tool", tool_call_id: "x", content: "lost" }];
  const { fetch } = createSimulator({ delayMs: 0 });
  const client = new api.OpenRouter({ apiKey: "k", fetch });
  for (let round = 0; round < 2; round++) {
    const { changes } = await client.chat({ messages: broken }).result();
    assert.deepEqual(changes.map((/** @type {any} */ change) => change.path), ["messages[1]"]);
    assert.throws(() => engines.transcript.startNow().glue.provokePanic(), WebAssembly.RuntimeError);
    assert.equal((await chat({ text: "fine" }).result()).message.content, "fine");
  }
});
