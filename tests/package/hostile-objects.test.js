// What a caller hands in may throw when it is looked at: getters, revoked proxies, storages and fetches that fail. All of it comes as the
// package's error, at once, and the engine is not blamed.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { installPackage } from "./install.js";

/** @type {ReturnType<typeof installPackage>} */
let app;
/** @type {any} */
let api;
/** @type {any} */
let createSimulator;
/** @type {any} */
let gateway;
before(async () => {
  app = installPackage();
  api = await app.load("openrouter-wasm");
  ({ createSimulator } = await app.load("openrouter-wasm/simulator"));
  gateway = await app.load("openrouter-wasm/gateway");
});
after(() => app?.remove());

const revoked = () => { const { proxy, revoke } = Proxy.revocable({}, {}); revoke(); return proxy; };
const revokedArray = () => { const { proxy, revoke } = Proxy.revocable([], {}); revoke(); return proxy; };
const getter = (/** @type {string} */ name, base = {}) => Object.defineProperty({ ...base }, name, { enumerable: true, get() { throw new Error("getter " + name); } });
const allGetter = () => new Proxy({}, { get() { throw new Error("trap get"); }, ownKeys() { throw new Error("trap keys"); }, has() { throw new Error("trap has"); } });
const thrower = () => ({ toJSON() { throw new Error("toJSON"); } });
/** @type {[string, () => any][]} */
const nasty = [["revoked", revoked], ["revokedArray", revokedArray], ["trapAll", allGetter], ["toJSON", thrower], ["symbol", () => Symbol("x")], ["bigint", () => 1n], ["circle", () => { const circle = { a: /** @type {unknown} */ (undefined) }; circle.a = circle; return circle; }], ["null-proto getter", () => getter("content", { role: "user" })], ["item", () => Object.defineProperty([1], 0, { get() { throw new Error("item"); } })], ["reason", () => ({ aborted: true, get reason() { throw new Error("reason"); }, addEventListener() { throw new Error("add"); } })]];
const msgs = [{ role: "user", content: "hi" }];
const client = () => new api.OpenRouter({ apiKey: "k", fetch: createSimulator({ delayMs: 0 }).fetch, maxRetries: 0 });
/** What is asked again and again elsewhere ends at once here. */
const refusing = (status = 410) => /** @type {any} */ (new api.OpenRouter({ apiKey: "k", maxRetries: 0, fetch: async () => new Response('{"error":{"message":"gone"}}', { status }) }));
const TICKET = { kind: "openrouter-video", version: 1, id: "job-1", pollingUrl: "https://openrouter.ai/api/v1/videos/job-1", baseURL: "https://openrouter.ai/api/v1", model: "m/x", submittedAtMs: 1, request: {}, status: "pending" };
/** @type {[string, (value: any) => unknown][]} */
const places = [];
const chatFields = ["messages", "model", "models", "tools", "params", "headers", "signal", "stopWhen", "approve", "budget", "fallbackModels", "limits", "thinking", "temperature", "provider", "resizeImage", "timeoutMs", "maxSteps", "strictToolCalls"];
for (const f of chatFields) places.push([`chat.${f}`, (v) => client().chat({ messages: msgs, [f]: v }).result()], [`prepare.${f}`, (v) => client().prepare({ messages: msgs, [f]: v })]);
for (const f of chatFields) places.push([`chat getter ${f}`, (v) => client().chat(getter(f, { messages: msgs })).result()]);
places.push(["chat", (v) => client().chat(v).result()], ["prepare", (v) => client().prepare(v)], ["chat.messages[0]", (v) => client().chat({ messages: [v] }).result()], ["chat.content", (v) => client().chat({ messages: [{ role: "user", content: v }] }).result()], ["chat.content[0]", (v) => client().chat({ messages: [{ role: "user", content: [v] }] }).result()], ["tools[0]", (v) => client().chat({ messages: msgs, tools: [v] }).result()], ["tool.parameters", (v) => client().chat({ messages: msgs, tools: [{ name: "f", parameters: v }] }).result()]);
for (const f of ["apiKey", "baseURL", "headers", "fetch", "models", "params", "app", "media", "search", "budget", "logger", "fallbackModels", "catalogCache", "limits", "model", "transcriptPolicy"]) places.push([`client.${f}`, (v) => new api.OpenRouter({ apiKey: "k", fetch: createSimulator({ delayMs: 0 }).fetch, maxRetries: 0, [f]: v }).chat({ messages: msgs }).result()]);
places.push(["client", (v) => new api.OpenRouter(v)], ["fromConfig", (v) => api.OpenRouter.fromConfig(v)], ["fromConfig.models", (v) => api.OpenRouter.fromConfig({ models: v })]);
places.push(["sanitize", (v) => api.sanitizeTranscript(v)], ["sanitize[0]", (v) => api.sanitizeTranscript([v])], ["sanitize content", (v) => api.sanitizeTranscript([{ role: "user", content: v }])], ["sanitize options", (v) => api.sanitizeTranscript(msgs, v)], ["sanitize policy", (v) => api.sanitizeTranscript(msgs, { policy: v })]);
places.push(["parseModelRef", (v) => api.parseModelRef(v)], ["detectKey", (v) => api.detectKey(v)], ["redact", (v) => api.redact(v)], ["redact secrets", (v) => api.redact("x", { secrets: v })], ["redact options", (v) => api.redact("x", v)], ["sanitizeEnv", (v) => api.sanitizeEnv(v)], ["SecretKey", (v) => new api.SecretKey(v)]);
for (const [n, call] of /** @type {[string, (c: any, r: any) => unknown][]} */ ([["images", (c, r) => c.images.generate(r)], ["speech", (c, r) => c.speech.create(r)], ["transcriptions", (c, r) => c.transcriptions.create(r)], ["music", (c, r) => c.music.generate(r)], ["videos", (c, r) => c.videos.submit(r)]])) {
  places.push([n, (v) => call(client(), v)]);
  for (const f of ["prompt", "input", "model", "inputs", "headers", "signal", "timeoutMs", "audio", "n", "extraBody", "provider"]) places.push([`${n}.${f}`, (v) => call(client(), { prompt: "p", input: "i", audio: new Uint8Array(3), mediaType: "audio/wav", [f]: v })]);
  places.push([`${n}.inputs[0]`, (v) => call(client(), { prompt: "p", input: "i", audio: new Uint8Array(3), mediaType: "audio/wav", inputs: [v] })]);
}
for (const m of ["poll", "wait", "download"]) places.push([`videos.${m}`, (v) => refusing().videos[m](v, { timeoutMs: 50, intervalMs: 5 })], [`videos.${m} options`, (v) => refusing().videos[m](TICKET, v)], [`videos.${m} ticket.urls`, (v) => refusing().videos[m]({ ...TICKET, urls: v }, { timeoutMs: 50, intervalMs: 5 })]);
places.push(["search", (v) => client().search(v)], ["search options", (v) => client().search("x", v)], ["search apiKey", (v) => client().search("x", { apiKey: v })], ["search env", (v) => client().search("x", { env: v })], ["models.list", (v) => client().models.list(v)], ["models.get", (v) => client().models.get(v)], ["models.scan", (v) => client().models.scan(v)], ["usage", (v) => client().usage(v)], ["generation", (v) => refusing(400).generation(v)], ["generation options", (v) => refusing(400).generation("gen-1", v)]);
places.push(["resolveKey", (v) => api.resolveKey(v)], ["resolveKey env", (v) => api.resolveKey({ env: v })], ["keystore storage", (v) => api.createKeyStore({ storage: v })], ["keystore", (v) => api.createKeyStore(v)], ["keystore save", (v) => api.createKeyStore().save(v)], ["jobstore", (v) => api.createJobStore(v)], ["jobstore storage", (v) => api.createJobStore({ storage: v })], ["jobstore save", (v) => api.createJobStore().save(v)], ["catalogCache", (v) => api.createCatalogCache(v)], ["beginSignIn", (v) => api.auth.beginSignIn(v)], ["completeSignIn", (v) => api.auth.completeSignIn(v)], ["webhook", (v) => api.verifyVideoWebhook(v, "s")], ["webhook secret", (v) => api.verifyVideoWebhook({ body: "{}", signature: "t=1,v1=" + "0".repeat(64) }, v)]);
places.push(["pickRequest", (v) => api.pickRequest(v)], ["pickRequest messages", (v) => api.pickRequest({ messages: v })], ["pickRequest options", (v) => api.pickRequest({ messages: msgs }, v)], ["pickRequest tools", (v) => api.pickRequest({ messages: msgs, tools: v })]);
places.push(["resume", (v) => client().resume(v).result()], ["resume options", (v) => client().resume({ request: {}, messages: msgs }, v).result()], ["resume request", (v) => client().resume({ request: v, messages: msgs }).result()], ["resumeRun", (v) => client().resumeRun(v).result()], ["resumeRun options", (v) => client().resumeRun("run-12345", v)]);
for (const m of ["toResponse", "toReadableStream", "response"]) places.push([m, (v) => client().chat({ messages: msgs })[m](v)]);
for (const f of ["format", "headers", "status", "keepAliveMs"]) places.push([`toResponse ${f}`, (v) => client().chat({ messages: msgs }).toResponse({ [f]: v })], [`toResponse getter ${f}`, () => client().chat({ messages: msgs }).toResponse(getter(f))], [`response ${f}`, (v) => client().chat({ messages: msgs }).response({ [f]: v })]);
for (const [n, call, base] of /** @type {[string, (c: any, r: any) => unknown, any][]} */ ([
  ["embeddings", (c, r) => c.embeddings.create(r), { model: "a/b", input: "x" }],
  ["rerank", (c, r) => c.rerank(r), { model: "a/b", query: "q", documents: ["x"] }],
  ["decide", (c, r) => c.decide(r), { model: "typesafe/jev-1", input: "x", question: "q", options: ["a", "b"] }],
  ["images.describe", (c, r) => c.images.describe(r), { image: "https://e.com/a.png" }],
  ["videos.describe", (c, r) => c.videos.describe(r), { video: "https://e.com/a.mp4" }],
  ["transcriptions.describe", (c, r) => c.transcriptions.describe(r), { audio: new Uint8Array(3), mediaType: "audio/wav" }],
])) {
  places.push([n, (v) => call(client(), v)]);
  for (const f of [...Object.keys(base), "signal", "headers", "timeoutMs", "provider", "extraBody"]) places.push([`${n}.${f}`, (v) => call(client(), { ...base, [f]: v })]);
}
for (const [n, call] of /** @type {[string, (c: any, v: any) => unknown][]} */ ([["endpoints", (c, v) => c.models.endpoints("a/b", v)], ["providers", (c, v) => c.models.providers(v)], ["embeddings.models", (c, v) => c.embeddings.models(v)], ["videos.models", (c, v) => c.videos.models(v)]])) places.push([n, (v) => call(client(), v)]);
for (const m of ["list", "get", "scan", "search", "usage", "generation"]) places.push([`${m} signal`, (v) => ({ list: (/** @type {any} */ c) => c.models.list({ signal: v }), get: (/** @type {any} */ c) => c.models.get("a/b", { signal: v }), scan: (/** @type {any} */ c) => c.models.scan({ signal: v, probe: false }), search: (/** @type {any} */ c) => c.search("x", { signal: v }), usage: (/** @type {any} */ c) => c.usage({ signal: v }), generation: (/** @type {any} */ c) => c.generation("gen-1", { signal: v }) })[/** @type {"list"} */ (m)](client())]);
places.push(["state options", async (v) => {
  const run = client().chat({ messages: msgs });
  await run.result();
  return run.state(v);
}]);
const COMPLETIONS = "https://openrouter.ai/api/v1/chat/completions";
// What the platform's `fetch` says of a call that it cannot make is the platform's, as with any other `fetch`; what throws when it is looked at is not.
for (const [kind, make] of /** @type {[string, () => any][]} */ ([["revoked", revoked], ["trapAll", allGetter]])) {
  places.push([`fetch url ${kind}`, () => client().fetch(make())], [`fetch init ${kind}`, () => client().fetch(COMPLETIONS, make())], [`fetch headers ${kind}`, () => client().fetch(COMPLETIONS, { method: "POST", body: JSON.stringify({ model: "m/x", messages: msgs }), headers: make() })]);
}
for (const f of ["method", "body", "headers", "signal"]) places.push([`fetch getter ${f}`, () => client().fetch(COMPLETIONS, getter(f, { method: "POST", body: JSON.stringify({ model: "m/x", messages: msgs }) }))]);
places.push(["createGateway", (v) => gateway.createGateway(v)]);
for (const f of ["apiKey", "callers", "budget", "limits", "models", "allow", "media", "cors", "storage", "log", "telemetry", "fetch"]) places.push([`createGateway.${f}`, (v) => gateway.createGateway({ apiKey: "k", callers: { tokens: { t: "c" } }, [f]: v })], [`createGateway getter ${f}`, () => gateway.createGateway(getter(f, { apiKey: "k", callers: { tokens: { t: "c" } } }))]);
// answers of a fetch
for (const f of ["status", "headers", "body"]) places.push([`fetch answer ${f}`, (v) => new api.OpenRouter({ apiKey: "k", maxRetries: 0, fetch: async () => ({ status: 200, headers: new Headers(), body: null, [f]: v }) }).chat({ messages: msgs }).result()], [`fetch answer images ${f}`, (v) => new api.OpenRouter({ apiKey: "k", fetch: async () => ({ status: 200, headers: new Headers(), body: null, [f]: v }) }).images.generate({ prompt: "p" })], [`fetch answer poll ${f}`, (v) => new api.OpenRouter({ apiKey: "k", fetch: async () => ({ status: 200, headers: new Headers(), body: null, [f]: v }) }).videos.poll(TICKET)]);
for (const [n, call] of /** @type {[string, (c: any) => unknown][]} */ ([["chat", (c) => c.chat({ messages: msgs }).result()], ["images", (c) => c.images.generate({ prompt: "p" })], ["poll", (c) => c.videos.poll(TICKET)], ["list", (c) => c.models.list()]])) {
  places.push([`fetch gives, ${n}`, (v) => call(new api.OpenRouter({ apiKey: "k", maxRetries: 0, fetch: async () => v }))], [`fetch throws, ${n}`, (v) => call(new api.OpenRouter({ apiKey: "k", maxRetries: 0, fetch: async () => { throw v; } }))], [`body gives, ${n}`, (v) => call(new api.OpenRouter({ apiKey: "k", maxRetries: 0, fetch: async () => ({ status: 200, headers: new Headers({ "content-type": "text/event-stream" }), body: { getReader: () => ({ read: async () => v, cancel: async () => {} }) } }) }))]);
}
places.push(["apiKey gives", (v) => new api.OpenRouter({ apiKey: () => v, fetch: createSimulator({ delayMs: 0 }).fetch, maxRetries: 0 }).chat({ messages: msgs }).result()]);
for (const f of ["read", "write"]) places.push([`catalogCache.${f}`, (v) => new api.OpenRouter({ apiKey: "k", fetch: createSimulator({ delayMs: 0 }).fetch, catalogCache: { read: async () => undefined, write: async () => {}, [f]: async () => { throw v; } } }).models.list()]);

test("nothing that a caller hands in gets through as it is, hangs, or is the engine's fault", async () => {
  /** @type {string[]} */
  const wrong = [];
  const onRejection = (/** @type {unknown} */ reason) => void wrong.push(`unhandled: ${reason}`);
  process.on("unhandledRejection", onRejection);
  for (const [place, run] of places) {
    await Promise.all(nasty.map(async ([kind, make]) => {
      /** @type {ReturnType<typeof setTimeout> | undefined} */
      let timer;
      const limit = new Promise((resolve) => (timer = setTimeout(() => resolve("too late"), 60_000)));
      try {
        if ((await Promise.race([run(make()), limit])) === "too late") wrong.push(`${place} <- ${kind}: hangs`);
      } catch (thrown) {
        const error = /** @type {any} */ (thrown);
        if (!api.OpenRouterError.isInstance(error)) wrong.push(`${place} <- ${kind}: not ours`);
        else if (error.code === "engine") wrong.push(`${place} <- ${kind}: ${error.message}`);
      } finally {
        clearTimeout(timer);
      }
    }));
  }
  process.off("unhandledRejection", onRejection);
  assert.deepEqual(wrong, []);
  assert.ok(places.length > 200, `${places.length} places`);
});

test("a storage that fails, in every way there is to keep something", async () => {
  const fail = () => { throw new DOMException("full", "QuotaExceededError"); };
  const failing = { getItem: fail, setItem: fail, removeItem: fail, key: fail, length: 1 };
  const kv = { get: async () => fail(), put: async () => fail(), delete: async () => fail(), list: async () => fail() };
  for (const storage of [failing, kv]) {
    const keys = api.createKeyStore({ storage }), jobs = api.createJobStore({ storage }), catalog = api.createCatalogCache(storage);
    for (const [name, work] of /** @type {[string, () => Promise<unknown>][]} */ ([
      ["load", () => keys.load()], ["save", () => keys.save("k")], ["remove", () => keys.remove()], ["job save", () => jobs.save(TICKET)], ["job list", () => jobs.list()],
      ["job remove", () => jobs.remove("a")], ["catalog read", () => catalog.read("a")], ["catalog write", () => catalog.write("a", { text: "", storedAtMs: 1 })],
      ["sign-in", () => api.auth.beginSignIn({ callbackUrl: "https://app.test/", storage })],
    ])) {
      const error = await work().then(() => assert.fail(`${name}: it should have failed`), (thrown) => thrown);
      assert.ok(api.OpenRouterError.isInstance(error), `${name}: ${error}`);
      assert.match(error.message, /^storage: (could not be (read|written|removed|listed)|cannot be read): full$/);
      assert.equal(error.cause.name, "QuotaExceededError");
    }
    // A catalog needs no cache: it is told, and goes on.
    const list = await new api.OpenRouter({ apiKey: "k", fetch: createSimulator({ delayMs: 0 }).fetch, catalogCache: catalog }).models.list();
    assert.ok(list.length > 0 && list.warnings.some((/** @type {any} */ { rule }) => rule === "catalog-cache"), JSON.stringify(list.warnings));
  }
});

test("a storage that never answers is one that failed", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const never = () => new Promise(() => {});
  const storage = { getItem: never, setItem: never, removeItem: never, length: 0, key: () => null };
  const keys = api.createKeyStore({ storage }), jobs = api.createJobStore({ storage });
  for (const [name, call] of /** @type {[string, () => Promise<unknown>][]} */ ([
    ["load", () => keys.load()],
    ["remove", () => keys.remove()],
    ["save a job", () => jobs.save(TICKET)],
    ["sign in", () => api.auth.beginSignIn({ callbackUrl: "https://e.com/cb", storage })],
  ])) {
    let error = /** @type {any} */ (undefined);
    let isOver = false;
    call().then(() => {}, (thrown) => (error = thrown)).finally(() => (isOver = true));
    for (let turn = 0; turn < 200 && !isOver; turn++) {
      await new Promise((resolve) => setImmediate(resolve));
      t.mock.timers.tick(10_000);
    }
    assert.ok(api.OpenRouterError.isInstance(error) && /^storage: could not be .* did not answer/.test(error.message), `${name}: ${error}`);
  }
});
