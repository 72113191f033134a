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

/** @param {() => unknown} condition */
async function until(condition) {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}

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
    await until(() => waiting.every((run) => run.partial.message.content === "ab"));
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
  /** @type {any} */
  let answer;
  const client = new api.OpenRouter({ apiKey: "k", fetch: () => new Promise((resolve) => (answer = resolve)) });
  const outcome = client.chat({ messages }).result().catch((/** @type {any} */ error) => error);
  await until(() => answer);
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

test("what had arrived when the engine ended is still there: text, id, usage, and what it cost", async () => {
  const usage = { prompt_tokens: 5, completion_tokens: 3, total_tokens: 8, cost: 0.25 };
  const runs = [
    chat({ id: "gen-1", model: "a/b", text: ["Half ", "of it"], stallAfterChunks: 2 }),
    chat({ id: "gen-2", chunks: [{ id: "gen-2", choices: [{ index: 0, delta: { content: "All" } }] }, { id: "gen-2", choices: [{ index: 0, delta: {} }], usage }, { id: "gen-2", choices: [] }], stallAfterChunks: 3 }),
    chat({ id: "gen-3", toolCalls: [{ id: "c", name: "f", arguments: '{"a": 1, "b": 2}', deltaBytes: 4 }], stallAfterChunks: 4 }),
  ];
  const outcomes = runs.map((run) => run.result().catch((/** @type {any} */ error) => error));
  await until(() => runs[0].partial.message.content === "Half of it" && runs[1].partial.usage && /"a": 1/.test(runs[2].partial.toolCalls?.[0].arguments ?? ""));
  assert.throws(() => glue.provokePanic());
  // A call at once starts a fresh engine, before anybody has heard of the end.
  assert.ok(api.parseModelRef("a/b"));
  const errors = await Promise.all(outcomes);
  assert.equal(new Set(errors).size, 3, "an error each");
  for (const [at, error] of errors.entries()) {
    assert.deepEqual([error.code, error.verdict, error.partial.id], ["engine", "error", `gen-${at + 1}`]);
    assert.deepEqual(error.partial, runs[at].partial);
    assert.equal(runs[at].verdict, "error");
  }
  assert.deepEqual([errors[0].partial.message.content, errors[0].partial.model], ["Half of it", "a/b"]);
  assert.deepEqual([errors[1].partial.message.content, errors[1].partial.usage.cost, runs[1].cost.total], ["All", 0.25, 0.25]);
  assert.match(JSON.stringify(errors[2].partial), /\\"a\\": 1/);
});

test("a trap that no panic told of retires its engine, and the next call works", async () => {
  const { memory } = engines.transcript.startNow();
  // All that it may ever have: what it asks for next it does not get.
  for (let pages = 32_768; pages >= 1; ) {
    try {
      memory.grow(pages);
    } catch {
      pages >>= 1;
    }
  }
  const large = Array.from({ length: 100_000 }, () => ({ role: "user", content: "word ".repeat(15) }));
  assert.throws(() => api.sanitizeTranscript(large, { model: "anthropic/claude-sonnet-4.5" }), (/** @type {any} */ error) => error.code === "engine" && error.isRetryable === false);
  assert.notEqual(engines.transcript.startNow().memory, memory);
  assert.equal((await chat({ text: "fine" }).result()).message.content, "fine");
  assert.equal(api.sanitizeTranscript([{ role: "user", content: "hi" }]).messages.length, 1);
});

test("every error of a run says how it ended", async () => {
  const client = new api.OpenRouter({ apiKey: () => { throw new Error("none"); }, fetch: createSimulator({ delayMs: 0 }).fetch });
  const none = new api.OpenRouter({ apiKey: "k", fetch: async () => 5 });
  const refused = chat({ status: 400 });
  for (const run of [client.chat({ messages }), none.chat({ messages, maxRetries: 0 }), refused, none.chat({ messages: 5 }), none.chat({ messages, temperature: 1n })]) {
    const error = await run.result().catch((/** @type {any} */ thrown) => thrown);
    assert.deepEqual([error.verdict, run.verdict], ["error", "error"], error.message);
  }
});

test("an engine that breaks in the last call of a run ends it all the same, and the next run has a fresh one", async () => {
  const { prototype } = glue.ChatSession;
  const refusal = { status: 400, body: { error: { code: 400, message: "no" } } };
  // An answer that is whole asks for its length before its end.
  for (const [name, scripts] of /** @type {[string, object[]][]} */ ([["outputBytes", [refusal]], ["free", [refusal, { text: ["a", "b"] }]]])) {
    for (const script of scripts) {
      const own = prototype[name];
      prototype[name] = () => {
        prototype[name] = own;
        throw new WebAssembly.RuntimeError("unreachable");
      };
      const outcome = await chat(script).result().then((/** @type {any} */ result) => result.message.content, (/** @type {any} */ error) => error.code);
      prototype[name] = own;
      assert.equal(outcome, "text" in script ? "ab" : "invalid-request", `${name} ${JSON.stringify(script)}`);
      assert.equal((await chat({ text: ["works ", "again"] }).result()).message.content, "works again");
    }
  }
});
