// A key reaches nobody but the API: not an error's cause, however it is packed, not a request id, and no field that a debugger opens.
import assert from "node:assert/strict";
import { Session } from "node:inspector/promises";
import { after, before, describe, test } from "node:test";
import { inspect } from "node:util";
import { installPackage } from "./install.js";

/** Of a proxy: nothing in it looks like a key of OpenRouter's. */
const KEY = "proxy/Key+of=mine 0123456789";
const question = [{ role: /** @type {const} */ ("user"), content: "hello" }];

/** @type {ReturnType<typeof installPackage>} */
let app;
/** @type {typeof import("openrouter-wasm")} */
let api;
/** @type {typeof import("openrouter-wasm/simulator")} */
let simulator;
before(async () => {
  app = installPackage();
  api = await app.load("openrouter-wasm");
  simulator = await app.load("openrouter-wasm/simulator");
});
after(() => app?.remove());

/** @param {Promise<unknown>} promise @returns {Promise<any>} */
const rejection = (promise) => promise.then((value) => assert.fail(`it should have failed: ${inspect(value)}`), (error) => error);

/** Everything that can be seen of a value, as one text. @param {unknown} value @param {Set<unknown>} [seen] @returns {string} */
function everything(value, seen = new Set()) {
  if (typeof value === "symbol") return String(value);
  if ((typeof value !== "object" && typeof value !== "function") || value === null) return String(value);
  if (seen.has(value)) return "";
  seen.add(value);
  let out = `${inspect(value, { depth: 9, showHidden: true, getters: true, customInspect: false })} `;
  for (const name of Reflect.ownKeys(value)) out += `${String(name)} ${everything(Reflect.get(value, name), seen)} `;
  if (value instanceof Headers || value instanceof Map || value instanceof Set) for (const item of value) out += everything(item, seen);
  if (value instanceof Request) out += everything(value.headers, seen) + value.url;
  return out;
}

/** @param {unknown} value @param {string} where */
function assertNoKey(value, where) {
  const text = everything(value);
  for (const spelling of [KEY, encodeURIComponent(KEY), JSON.stringify(KEY).slice(1, -1), "0123456789"]) assert.ok(!text.includes(spelling), `${where}: ${text.slice(Math.max(0, text.indexOf(spelling) - 200), text.indexOf(spelling) + 60)}`);
}

class Own {
  constructor() {
    this.authorization = KEY;
  }
}

/** What a fetch, a proxy of it or a tool may throw. @type {[string, () => unknown][]} */
const PACKINGS = [
  ["a message", () => new TypeError(`bad header value: Bearer ${KEY}`)],
  ["an escaped message", () => new TypeError(JSON.stringify({ authorization: KEY }))],
  ["an address", () => new TypeError(`cannot reach https://h.example/?key=${encodeURIComponent(KEY)}`)],
  ["a text", () => `no: ${KEY}`],
  ["a cause of a cause", () => new TypeError("m", { cause: new Error("n", { cause: new Error(KEY) }) })],
  ["a cause far below", () => Array.from({ length: 40 }).reduce((/** @type {any} */ cause) => new Error("m", { cause }), new Error(KEY))],
  ["a field", () => Object.assign(new Error("m"), { config: { headers: { Authorization: KEY } } })],
  ["a field's name", () => Object.assign(new Error("m"), { [KEY]: 1 })],
  ["a symbol", () => Object.assign(new Error("m"), { [Symbol("s")]: KEY })],
  ["a symbol's name", () => Object.assign(new Error("m"), { [Symbol(KEY)]: 1, kind: Symbol(KEY) })],
  ["a hidden field", () => Object.defineProperty(new Error("m"), "secret", { value: KEY })],
  ["a getter", () => Object.defineProperty(new Error("m"), "secret", { get: () => KEY, enumerable: true })],
  ["Headers", () => Object.assign(new Error("m"), { headers: new Headers({ authorization: encodeURIComponent(KEY) }) })],
  ["a Request", () => Object.assign(new Error("m"), { request: new Request("https://h.example/", { headers: { authorization: KEY } }) })],
  ["a Response", () => Object.assign(new Error("m"), { response: new Response("", { headers: { "x-key": KEY } }) })],
  ["a Map", () => Object.assign(new Error("m"), { map: new Map([["k", [KEY]]]) })],
  ["a Map's key", () => Object.assign(new Error("m"), { map: new Map([[{ KEY }, 1]]) })],
  ["a Set", () => Object.assign(new Error("m"), { set: new Set([KEY]) })],
  ["a URL", () => Object.assign(new Error("m"), { url: new URL(`https://h.example/?key=${encodeURIComponent(KEY)}`) })],
  ["parameters", () => Object.assign(new Error("m"), { query: new URLSearchParams({ key: KEY }) })],
  ["many errors", () => new AggregateError([new Error("a"), new Error(KEY)], "m")],
  ["a class of somebody's", () => Object.assign(new Error("m"), { client: new Own() })],
  ["a class that is thrown", () => new Own()],
  ["bytes", () => Object.assign(new Error("m"), { body: new TextEncoder().encode(KEY) })],
  ["a function", () => Object.assign(new Error("m"), { again: Object.assign(() => KEY, { key: KEY }) })],
  ["a list", () => [KEY]],
  ["a circle", () => { const error = Object.assign(new Error("m"), { self: /** @type {any} */ (undefined), key: KEY }); error.self = { error }; return error; }],
  ["a name", () => Object.assign(new Error("m"), { name: KEY })],
  ["a stack", () => Object.assign(new Error("m"), { stack: `Error: m\n    at ${KEY}` })],
  ["the hundred and first field", () => Object.assign(new Error("m"), Object.fromEntries(Array.from({ length: 150 }, (_, at) => [`f${at}`, at === 149 ? KEY : at])))],
  ["a revoked proxy", () => { const { proxy, revoke } = Proxy.revocable({}, {}); revoke(); return proxy; }],
];

/** @type {[string, (client: any) => Promise<unknown>][]} */
const CALLS = [
  ["chat", (client) => client.chat({ messages: question }).result()],
  ["models.list", (client) => client.models.list()],
  ["images", (client) => client.images.generate({ prompt: "p" })],
  ["speech", (client) => client.speech.create({ input: "Hi" })],
  ["transcription", (client) => client.transcriptions.create({ audio: new Uint8Array([1]), mediaType: "audio/wav" })],
  ["music", (client) => client.music.generate({ prompt: "p" })],
  ["videos.submit", (client) => client.videos.submit({ prompt: "p" })],
  ["videos.poll", (client) => client.videos.poll(TICKET)],
  ["videos.wait", (client) => client.videos.wait(TICKET, { timeoutMs: 30, intervalMs: 5 })],
  ["videos.download", (client) => client.videos.download({ ...TICKET, status: "completed" })],
  ["usage", (client) => client.usage()],
  ["generation", (client) => client.generation("gen-1", { timeoutMs: 30 })],
  ["search", (client) => client.search("otters")],
  ["embeddings", (client) => client.embeddings.create({ model: "m", input: ["x"] })],
  ["embeddings.models", (client) => client.embeddings.models()],
  ["rerank", (client) => client.rerank({ model: "m", query: "q", documents: ["x"] })],
  ["decide", (client) => client.decide({ model: "m", state: "s", questions: { q: { type: "noul", instructions: "i" } } })],
  ["describe", (client) => client.images.describe({ image: "https://a.example/x.png" })],
  ["endpoints", (client) => client.models.endpoints("a/b")],
];
const TICKET = {
  kind: "openrouter-video", version: 1, id: "job-1", pollingUrl: "https://openrouter.ai/api/v1/videos/job-1", baseURL: "https://openrouter.ai/api/v1", model: "m/x",
  submittedAtMs: 1, request: {}, status: "pending",
};

describe("what a fetch throws keeps the key to itself", () => {
  for (const [call, make] of CALLS) {
    test(call, async () => {
      await Promise.all(PACKINGS.map(async ([packing, pack]) => {
        const client = new api.OpenRouter({ apiKey: KEY, fetch: /** @type {any} */ (async () => { throw pack(); }), maxRetries: 0 });
        const error = await rejection(make(client));
        assert.ok(api.OpenRouterError.isInstance(error), `${packing}: ${inspect(error)}`);
        assertNoKey(error, `${call}, ${packing}`);
      }));
    });
  }

  test("a body that breaks off", async () => {
    for (const [call, make] of CALLS) {
      await Promise.all(PACKINGS.map(async ([packing, pack]) => {
        const body = () => new ReadableStream({ start: (controller) => controller.error(pack()) });
        const client = new api.OpenRouter({ apiKey: KEY, fetch: /** @type {any} */ (async () => new Response(body(), { headers: { "content-type": call === "videos.download" ? "video/mp4" : "application/json" } })), maxRetries: 0 });
        assertNoKey(await rejection(make(client)), `${call}, ${packing}`);
      }));
    }
  });

  test("a tool, an approval, a condition, a key function", async () => {
    for (const [packing, pack] of PACKINGS) {
      const server = simulator.createSimulator({ delayMs: 0 });
      const fail = () => { throw pack(); };
      const client = new api.OpenRouter({ apiKey: KEY, fetch: /** @type {any} */ (server.fetch), maxRetries: 0 });
      const tool = { name: "f", execute: fail }, good = { name: "f", execute: () => 1 };
      for (const [tools, more] of /** @type {any[]} */ ([[[tool], { stopWhen: () => true }], [[good], { approve: fail }], [[good], { stopWhen: fail }]])) {
        server.enqueue({ toolCalls: [{ name: "f", arguments: {} }] });
        const run = client.chat({ messages: question, tools, ...more });
        try {
          for await (const event of run) if (event.type === "tool-result") assertNoKey(event.error ?? "", `tool: ${packing}`);
        } catch (error) {
          assertNoKey(error, `callback: ${packing}`);
        }
      }
      const failing = new api.OpenRouter({ apiKey: fail, fetch: /** @type {any} */ (server.fetch) });
      new api.SecretKey(KEY);
      assertNoKey(await rejection(failing.chat({ messages: question }).result()), `apiKey: ${packing}`);
    }
  });
});

test("what a server echoes keeps the key to itself: request ids, messages, broken JSON", async () => {
  const header = encodeURIComponent(KEY);
  for (const headers of /** @type {Record<string, string>[]} */ ([{ "x-generation-id": header }, { "x-request-id": `req ${header}` }, { "cf-ray": header }])) {
    for (const [status, body] of /** @type {[number, string][]} */ ([[400, JSON.stringify({ error: { message: `bad key ${KEY}`, code: KEY } })], [502, `<html>${KEY}`], [200, `{"a": ${KEY}`], [200, `{"error": {"message": "${KEY}"}}`]])) {
      for (const [call, make] of CALLS) {
        const client = new api.OpenRouter({ apiKey: KEY, fetch: /** @type {any} */ (async () => new Response(body, { status, headers: { ...headers, "content-type": "application/json" } })), maxRetries: 0 });
        // A search takes any text for an answer.
        const error = await make(client).catch((/** @type {unknown} */ thrown) => thrown);
        assertNoKey(error, `${call} ${status} ${JSON.stringify(headers)}`);
      }
    }
  }
});

test("the names of an answer, and dates and addresses with fields of their own, hold no key", async () => {
  const ask = async (/** @type {any} */ fetch) => rejection(new api.OpenRouter({ apiKey: KEY, fetch, maxRetries: 0 }).chat({ messages: question }).result());
  const begun = { id: `gen-${KEY}`, model: `m/${KEY}`, provider: KEY, choices: [{ index: 0, delta: { content: "x" } }] };
  const body = [begun, { error: { message: `e ${KEY}`, code: 500 } }].map((event) => `data: ${JSON.stringify(event)}\n\n`).join("");
  assertNoKey(await ask(async () => new Response(body, { headers: { "content-type": "text/event-stream" } })), "names");
  for (const make of [() => new Date(0), () => new URL("https://h.example/")]) {
    for (const name of ["header", Symbol("header")]) {
      const odd = Object.defineProperty(make(), name, { value: `Bearer ${KEY}`, enumerable: true });
      assertNoKey(await ask(async () => { throw Object.assign(new Error("x"), { odd }); }), `${odd} ${String(name)}`);
    }
  }
});

test("a cause without a key stays the object that was thrown, of its class", async () => {
  class Refused extends TypeError {}
  for (const thrown of [new Refused("no"), Object.assign(new Error("m"), { code: "E", list: [1, { a: new Map([["k", new Set([1])]]) }], at: new Date(0), url: new URL("https://h.example/") }), new AggregateError([new Error("a")], "m"), new DOMException("m", "DataError"), { plain: true }]) {
    const client = new api.OpenRouter({ apiKey: KEY, fetch: /** @type {any} */ (async () => { throw thrown; }), maxRetries: 0 });
    assert.equal((await rejection(client.chat({ messages: question }).result())).cause, thrown);
    assert.equal((await rejection(client.videos.poll(/** @type {any} */ (TICKET)))).cause, thrown);
  }
});

test("no field of an object that a debugger opens holds a key in plain text", async () => {
  const server = simulator.createSimulator({ delayMs: 0 });
  const options = {
    apiKey: KEY, fetch: /** @type {any} */ (server.fetch), headers: { Authorization: `Bearer ${KEY}` }, search: { apiKey: KEY, perplexityApiKey: KEY, env: { OPENROUTER_API_KEY: KEY } },
    media: { speech: { apiKey: KEY } },
  };
  const client = new api.OpenRouter(options);
  server.enqueue({ text: ["a"] });
  const run = client.chat({ messages: question });
  const result = await run.result();
  const parts = [client.models, client.images, client.speech, client.transcriptions, client.music, client.videos];
  await client.videos.models();
  await client.models.list();
  await client.search("otters");
  const waiting = client.chat({ messages: question });
  const events = waiting[Symbol.asyncIterator]();
  await events.next();
  const store = api.createKeyStore();
  const key = new api.SecretKey(KEY);
  await store.save(key);
  const shown = { client, run, result, parts, waiting, prepared: await client.prepare({ messages: question }), stored: await store.load(), key, searchTool: client.searchTool() };
  const found = await leaksOf(shown);
  waiting.cancel();
  assert.deepEqual(found, []);
  // The walk itself sees private fields.
  class Leaky { #key = KEY; get key() { return this.#key; } }
  assert.deepEqual(await leaksOf({ leaky: new Leaky() }), ["leaky.#key"]);
});

/** Walks as the object view of a debugger does: fields, private ones too, and what collections hold; no getter is called. @param {object} root */
async function leaksOf(root) {
  const session = new Session();
  session.connect();
  /** @type {any} */ (globalThis).walked = root;
  /** @type {string[]} */
  const leaks = [];
  try {
    const { result } = await session.post("Runtime.evaluate", { expression: "globalThis.walked" });
    /** @type {[string, string][]} */
    const queue = [["", /** @type {string} */ (result.objectId)]];
    for (let steps = 0; queue.length > 0 && steps < 3000; steps++) {
      const [path, objectId] = /** @type {[string, string]} */ (queue.shift());
      const { result: own, privateProperties = [], internalProperties = [] } = /** @type {any} */ (await session.post("Runtime.getProperties", { objectId, ownProperties: true }));
      // The entries of a collection; not the scopes of functions, which are no fields.
      const entries = internalProperties.filter((/** @type {any} */ { name }) => name === "[[Entries]]");
      for (const { name, value } of [...own.filter((/** @type {any} */ { name }) => name !== "__proto__"), ...privateProperties, ...entries]) {
        const at = path === "" ? name : `${path}.${name}`;
        if (typeof value?.value === "string" && value.value.includes("0123456789")) leaks.push(at);
        // What belongs to the platform or to the caller, and the module's own functions and classes.
        const isOpen = value?.objectId && value.type === "object" && value.subtype !== "typedarray" && path.split(".").length < 8 && !/^(Memory|ArrayBuffer|Module|Instance)$/.test(value.className ?? "");
        if (isOpen) queue.push([at, /** @type {string} */ (value.objectId)]);
      }
    }
  } finally {
    delete (/** @type {any} */ (globalThis).walked);
    session.disconnect();
  }
  return leaks;
}

test("a key that a server has cut, or broken into lines, is masked as a whole one is, whatever it looks like", async () => {
  const key = "my.own+gateway/key=of-40-letters-0123456789";
  /** @type {[echo: string, isTold: boolean][]} */
  const echoes = [
    [key, true], [`Bearer ${key}`, true], [key.slice(0, 30), true], [key.slice(0, 12), true], [`${key.slice(0, 20)}...`, true], [`${key.slice(0, 20)}****`, true],
    [`${key.slice(0, 15)}\n${key.slice(15)}`, true], [`${key.slice(0, 6)}\r\n  ${key.slice(6, 25)}\n${key.slice(25)}`, true], [[...key.slice(4)].reduce((text, letter) => `${text} ${letter}`, key.slice(0, 4)), true],
    [key.slice(0, 7), false], ["my.own words", false],
  ];
  const bare = (/** @type {string} */ text) => text.replace(/\\[nrt]|\s/g, "");
  for (const [echo, isTold] of echoes) {
    const fetch = async () => new Response(JSON.stringify({ error: { code: 401, message: `no such key: ${echo}`, metadata: { raw: echo, [echo]: 1 } } }), { status: 401, headers: { "content-type": "application/json" } });
    const client = new api.OpenRouter({ apiKey: key, maxRetries: 0, fetch: /** @type {any} */ (fetch) });
    for (const call of [() => client.chat({ model: "m/x", messages: [{ role: "user", content: "hi" }] }).result(), () => client.embeddings.create({ model: "m", input: ["x"] }), () => client.usage()]) {
      const error = await Promise.resolve(call()).then(() => assert.fail("it is refused"), (/** @type {any} */ thrown) => thrown);
      const told = bare(`${error.message} ${JSON.stringify(error)} ${JSON.stringify(error.upstream)}`);
      const beginning = bare(echo.replace("Bearer ", "")).slice(0, 12);
      assert.equal(told.includes(beginning), !isTold, `${JSON.stringify(echo)}: ${error.message}`);
    }
  }
});
