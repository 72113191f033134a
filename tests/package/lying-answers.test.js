// What a `fetch` of the caller's gives may throw wherever it is looked at, and may be anything: status, headers, body, reader, pieces. Each way ends
// the call with this package's error or with what could be read, in time, and no promise is left behind.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { installPackage } from "./install.js";

/** @type {ReturnType<typeof installPackage>} */
let app;
/** @type {any} */
let api;
before(async () => {
  app = installPackage();
  api = await app.load("openrouter-wasm");
});
after(() => app?.remove());

const MESSAGES = [{ role: "user", content: "hi" }];
const SSE = "text/event-stream";
const EVENTS = 'data: {"id":"gen-1","model":"m/x","choices":[{"index":0,"delta":{"content":"Hi"},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n';
const TICKET = { kind: "openrouter-video", version: 1, id: "job-1", pollingUrl: "https://openrouter.ai/api/v1/videos/job-1", baseURL: "https://openrouter.ai/api/v1", model: "m/x", submittedAtMs: 1, request: {}, status: "pending" };

const bomb = () => { throw new Error("bomb"); };
const trap = (/** @type {any} */ known = {}) => new Proxy(known, { get: (target, name) => (name in target ? target[name] : name === "then" ? undefined : bomb()) });
const revoked = () => { const { proxy, revoke } = Proxy.revocable({}, {}); revoke(); return proxy; };
const told = () => ({ get: (/** @type {string} */ name) => (name === "content-type" ? SSE : null) });
const bytes = () => new TextEncoder().encode(EVENTS);
const answer = (/** @type {any} */ body, more = {}) => ({ status: 200, headers: told(), body, ...more });
const withHeaders = (/** @type {any} */ headers) => ({ status: 200, headers, body: new Response(EVENTS).body });
const reading = (/** @type {any} */ read, /** @type {any} */ cancel = () => 5) => answer({ getReader: () => ({ read, cancel }) });
/** What fits first, then what does not. @param {any} then */
const firstWell = (then) => { let count = 0; return () => (count++ === 0 ? Promise.resolve({ done: false, value: bytes() }) : then()); };

/** @type {Record<string, () => any>} */
const answers = {
  "headers.get throws": () => withHeaders({ get: bomb }),
  "headers.get throws for what is no content type": () => withHeaders({ get: (/** @type {string} */ name) => (name === "content-type" ? SSE : bomb()) }),
  "headers.get gives a number": () => withHeaders({ get: () => 5 }),
  "headers.get gives an object": () => withHeaders({ get: () => ({}) }),
  "headers.get gives a promise": () => withHeaders({ get: async () => SSE }),
  "headers.get gives a symbol": () => withHeaders({ get: () => Symbol("x") }),
  "headers are revoked": () => withHeaders(revoked()),
  "headers throw": () => ({ status: 200, get headers() { return bomb(); }, body: null }),
  "headers throw the second time": () => { let count = 0; return { status: 200, get headers() { return count++ ? bomb() : told(); }, body: null }; },
  "no headers": () => ({ status: 200, body: null }),
  "status throws": () => ({ get status() { return bomb(); }, headers: told(), body: null }),
  "status throws the second time": () => { let count = 0; return { get status() { return count++ ? bomb() : 200; }, headers: told(), body: null }; },
  "status NaN": () => answer(null, { status: NaN }),
  "status -1": () => answer(null, { status: -1 }),
  "status 2e9": () => answer(null, { status: 2e9 }),
  "an answer revoked": revoked,
  "everything throws": () => trap(),
  "everything but the status throws": () => trap({ status: 200 }),
  "everything of the body throws": () => trap({ status: 200, headers: trap(told()), body: trap() }),
  "then throws": () => ({ get then() { return bomb(); } }),
  "body throws": () => ({ status: 200, headers: told(), get body() { return bomb(); } }),
  "body of a 500 throws": () => ({ status: 500, headers: told(), get body() { return bomb(); } }),
  "cancel of a 302 throws": () => answer({ cancel: bomb }, { status: 302 }),
  "cancel of a 302 gives a number": () => answer({ cancel: () => 5 }, { status: 302 }),
  "getReader throws": () => answer({ getReader: bomb }),
  "getReader gives null": () => answer({ getReader: () => null }),
  "getReader gives what cannot read": () => answer({ getReader: () => ({}) }),
  "read throws": () => reading(bomb, bomb),
  "read gives a number": () => reading(() => 5),
  "read gives nothing": () => reading(() => undefined),
  "read resolves to nothing": () => reading(async () => undefined),
  "read resolves to null": () => reading(async () => null),
  "read rejects with nothing": () => reading(() => Promise.reject(undefined), () => Promise.reject(undefined)),
  "read gives a then that throws": () => reading(() => ({ then: bomb })),
  "done throws": () => reading(async () => ({ get done() { return bomb(); } })),
  "value throws": () => reading(async () => ({ done: false, get value() { return bomb(); } })),
  "value is an object": () => reading(async () => ({ done: false, value: {} })),
  "value has lost its bytes": () => reading(async () => { const value = new Uint8Array(8); structuredClone(value, { transfer: [value.buffer] }); return { done: false, value }; }),
  "value only looks like bytes": () => reading(async () => ({ done: false, value: Object.create(Uint8Array.prototype) })),
  "pieces without end that are empty": () => reading(async () => ({ done: false, value: new Uint8Array() })),
  "empty texts without end": () => reading(async () => ({ done: false, value: "" })),
  "after the answer read throws": () => reading(firstWell(bomb), bomb),
  "after the answer read gives a number": () => reading(firstWell(() => 5), 5),
  "an iterator that throws": () => answer({ [Symbol.asyncIterator]: bomb }),
  "an iterator that is null": () => answer({ [Symbol.asyncIterator]: () => null }),
  "next gives nothing": () => answer({ [Symbol.asyncIterator]: () => ({ next() {}, return: bomb }) }),
  "next throws": () => answer({ [Symbol.asyncIterator]: () => ({ next: bomb, get return() { return bomb(); } }) }),
  "text throws": () => ({ status: 200, headers: told(), text: bomb }),
  "text gives a number": () => ({ status: 200, headers: told(), text: async () => 5 }),
  "arrayBuffer lies": () => ({ status: 200, headers: told(), arrayBuffer: async () => ({ byteLength: -1 }) }),
};
/** Nothing comes: the time limit is what ends them. */
const silent = /** @type {Record<string, () => any>} */ ({
  "a then that says nothing": () => ({ then() {} }),
  "a read that says nothing": () => reading(() => ({ then() {} }), () => ({ then: bomb })),
  "a text that never comes": () => ({ status: 200, headers: told(), text: () => new Promise(() => {}) }),
});

const LIMIT = { timeoutMs: 400 };
/** @type {Record<string, (client: any) => Promise<unknown>>} */
const calls = {
  chat: (client) => client.chat({ model: "m/x", messages: MESSAGES, ...LIMIT }).result(),
  "chat, read by events": async (client) => { for await (const _ of client.chat({ model: "m/x", messages: MESSAGES, ...LIMIT })); },
  "a durable chat": (client) => client.chat({ model: "m/x", messages: MESSAGES, durable: true, ...LIMIT }).result(),
  "a chat handed on": async (client) => (await client.chat({ model: "m/x", messages: MESSAGES, ...LIMIT }).response()).text().catch(() => {}),
  embeddings: (client) => client.embeddings.create({ model: "m", input: ["x"], ...LIMIT }),
  rankings: (client) => client.rerank({ model: "m", query: "q", documents: ["a"], ...LIMIT }),
  decisions: (client) => client.decide({ model: "m", state: "s", questions: { late: { type: "boolean", instructions: "Is it late?" } }, ...LIMIT }),
  "a description": (client) => client.images.describe({ image: "data:image/png;base64,iVBORw0KGgo=", prompt: "x", ...LIMIT }),
  "a transcription": (client) => client.transcriptions.create({ audio: new Uint8Array([1]), mediaType: "audio/wav", ...LIMIT }),
  endpoints: (client) => client.models.endpoints("a/b", LIMIT),
  images: (client) => client.images.generate({ model: "m", prompt: "x", ...LIMIT }),
  speech: (client) => client.speech.create({ model: "m", input: "x", voice: "v", ...LIMIT }),
  music: (client) => client.music.generate({ model: "m", prompt: "x", ...LIMIT }),
  "a video": (client) => client.videos.submit({ model: "m", prompt: "x", ...LIMIT }),
  "a poll": (client) => client.videos.poll(TICKET, LIMIT),
  "a download": (client) => client.videos.download({ ...TICKET, status: "completed" }, LIMIT),
  models: (client) => client.models.list(LIMIT),
  usage: (client) => client.usage(LIMIT),
  generation: (client) => client.generation("gen-1", LIMIT),
  search: (client) => client.search("x", LIMIT),
};

/** @param {Record<string, () => any>} table @param {Record<string, (client: any) => Promise<unknown>>} asked */
async function wrongOf(table, asked) {
  /** @type {string[]} */
  const wrong = [];
  const onRejection = (/** @type {unknown} */ reason) => void wrong.push(`unhandled: ${reason}`);
  process.on("unhandledRejection", onRejection);
  for (const [call, ask] of Object.entries(asked)) {
    await Promise.all(Object.entries(table).map(async ([name, give]) => {
      const client = new api.OpenRouter({ apiKey: "k", maxRetries: 0, fetch: async () => give() });
      /** @type {ReturnType<typeof setTimeout> | undefined} */
      let timer;
      const limit = new Promise((resolve) => (timer = setTimeout(() => resolve("too late"), 60_000)));
      try {
        if ((await Promise.race([ask(client), limit])) === "too late") wrong.push(`${call} <- ${name}: hangs`);
      } catch (thrown) {
        const error = /** @type {any} */ (thrown);
        if (!api.OpenRouterError.isInstance(error)) wrong.push(`${call} <- ${name}: not ours: ${error?.stack ?? error}`);
        else if (error.code === "engine") wrong.push(`${call} <- ${name}: ${error.message}`);
      } finally {
        clearTimeout(timer);
      }
    }));
  }
  process.off("unhandledRejection", onRejection);
  return wrong;
}

test("an answer that throws or lies ends every call with this package's error", async () => {
  assert.deepEqual(await wrongOf(answers, calls), []);
});

test("one that says nothing ends by the time limit", async () => {
  assert.deepEqual(await wrongOf(silent, calls), []);
});

test("what can be read of an answer is read, whatever its headers say", async () => {
  for (const name of ["headers.get gives a number", "headers.get gives a promise", "headers.get throws for what is no content type", "after the answer read throws"]) {
    const client = new api.OpenRouter({ apiKey: "k", maxRetries: 0, fetch: async () => answers[name]() });
    const { message } = await client.chat({ model: "m/x", messages: MESSAGES }).result();
    assert.equal(message.content, "Hi", name);
  }
});

test("everything that is waited for before the first send counts in timeoutMs", { timeout: 60_000 }, async () => {
  const never = () => new Promise(() => {});
  const ok = async () => new Response(EVENTS, { headers: { "content-type": SSE } });
  const silentCatalog = async (/** @type {any} */ url) => (/\/models/.test(String(url.url ?? url)) ? never() : ok());
  for (const [name, options, request] of /** @type {[string, any, any][]} */ ([
    ["prices", { fetch: silentCatalog }, { budget: 1 }],
    ["prices of the client's budget", { fetch: silentCatalog, budget: 1 }, {}],
    ["a key", { fetch: ok, apiKey: never }, {}],
    ["an answer", { fetch: never }, {}],
  ])) {
    const client = new api.OpenRouter({ apiKey: "k", maxRetries: 0, ...options });
    for (const [how, more] of /** @type {[string, any][]} */ ([["of the request", { timeoutMs: 200 }], ["by the signal", { signal: AbortSignal.timeout(200) }]])) {
      const run = client.chat({ model: "m/x", messages: MESSAGES, ...request, ...more });
      // What did not count would be waited for without end.
      const error = await run.result().then(() => undefined, (/** @type {any} */ thrown) => thrown);
      assert.ok(error, `${name} ${how}: is not waited for`);
      if (how === "of the request") assert.deepEqual([error.code, error.verdict, run.verdict], ["timeout", "timeout", "timeout"], `${name}: ${error.message}`);
    }
  }
});
