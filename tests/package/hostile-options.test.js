// Every option of every call, by the package's own types, as a getter that throws, a proxy that was revoked and one whose traps throw: whatever looks
// at it gives the package's error, and the engine is not blamed. What is new in the types is tried without being named here.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { installPackage } from "./install.js";

/** @type {ReturnType<typeof installPackage>} */
let app;
/** @type {any} */
let api;
/** @type {any} */
let sdk;
/** @type {any} */
let gateway;
/** @type {any} */
let createSimulator;
before(async () => {
  app = installPackage();
  [api, sdk, gateway, { createSimulator }] = await Promise.all(["openrouter-wasm", "openrouter-wasm/ai-sdk", "openrouter-wasm/gateway", "openrouter-wasm/simulator"].map(app.load));
});
after(() => app?.remove());

const MESSAGES = [{ role: "user", content: "hi" }];
const TICKET = { kind: "openrouter-video", version: 1, id: "job-1", pollingUrl: "https://openrouter.ai/api/v1/videos/job-1", baseURL: "https://openrouter.ai/api/v1", model: "m/x", submittedAtMs: 1, request: {}, status: "pending" };
const AUDIO = { audio: new Uint8Array(3), mediaType: "audio/wav" };
const IMAGE = { image: "data:image/png;base64,iVBORw0KGgo=" };
const SHORT = { timeoutMs: 50, intervalMs: 5 };

const fail = (/** @type {string} */ what) => () => {
  throw new Error(what);
};
const revoked = (/** @type {object} */ target) => {
  const { proxy, revoke } = Proxy.revocable(target, {});
  revoke();
  return proxy;
};
/** An object with a field that cannot be read. @type {Record<string, (base: object, name: string) => object>} */
const HOSTILE = {
  "a getter": (base, name) => Object.defineProperty({ ...base }, name, { enumerable: true, configurable: true, get: fail(`getter of ${name}`) }),
  "a revoked proxy": (base, name) => ({ ...base, [name]: revoked({}) }),
  "traps that throw": (base, name) => ({ ...base, [name]: new Proxy({}, { get: fail("get"), has: fail("has"), ownKeys: fail("ownKeys"), getOwnPropertyDescriptor: fail("descriptor") }) }),
};

/** Names of the fields that these files of types declare. @param {string[]} files */
const fieldsOf = (files) => [...new Set(files.flatMap((file) => [...readFileSync(join(app.package, `types/${file}.d.ts`), "utf8").matchAll(/^\s+(?:readonly )?"?([A-Za-z_]\w*)"?\??:/gm)].map(([, name]) => name)))];
const client = (options = {}) => new api.OpenRouter({ apiKey: "k", fetch: createSimulator({ delayMs: 0 }).fetch, maxRetries: 0, ...options });
const gone = () => client({ fetch: async () => new Response('{"error":{"message":"gone"}}', { status: 410 }) });
const chat = (/** @type {object} */ request = {}) => client().chat({ messages: MESSAGES, ...request });
const CHAT = ["request", "chat", "options", "tools", "objects", "params"];

/** What is called, the types that its options are in, options that it takes, and the call. @type {[string, string[], object, (given: any) => any][]} */
const CALLS = [
  ["chat", CHAT, { messages: MESSAGES }, (given) => client().chat(given).result()],
  ["chat with a schema", ["objects", "schema"], { messages: MESSAGES, schema: { type: "object" } }, (given) => client().chat(given).result()],
  ["prepare", CHAT, { messages: MESSAGES }, (given) => client().prepare(given)],
  ["a client", ["options", "search", "calls", "telemetry"], { apiKey: "k" }, (given) => new api.OpenRouter(given)],
  ["the app", ["options"], {}, (app) => client({ app }).chat({ messages: MESSAGES }).result()],
  ["resume", [...CHAT, "run-state"], {}, (given) => client().resume({ request: {}, messages: MESSAGES }, given).result()],
  ["a state", ["run-state"], { kind: "openrouter-wasm/run", version: 1 }, (given) => client().resume(given).result()],
  ["resumeRun", ["runs", "platform", "chat"], {}, (given) => client().resumeRun("a-run-0001", given).result()],
  ["continueFrom", ["runs"], { version: 1, message: { role: "assistant", content: "x" } }, (continueFrom) => chat({ continueFrom }).result()],
  ["images.generate", ["media"], { prompt: "p" }, (given) => client().images.generate(given)],
  ["videos.submit", ["media"], { prompt: "p" }, (given) => client().videos.submit(given)],
  ["videos.poll", ["media"], TICKET, (given) => gone().videos.poll(given)],
  ["options of videos.poll", ["media"], {}, (given) => gone().videos.poll(TICKET, given)],
  ["videos.wait", ["media"], TICKET, (given) => gone().videos.wait(given, SHORT)],
  ["options of videos.wait", ["media"], SHORT, (given) => gone().videos.wait(TICKET, given)],
  ["videos.download", ["media"], { ...TICKET, status: "completed" }, (given) => gone().videos.download(given)],
  ["options of videos.download", ["media"], SHORT, (given) => gone().videos.download({ ...TICKET, status: "completed" }, given)],
  ["videos.models", ["calls", "media", "models"], {}, (given) => client().videos.models(given)],
  ["speech.create", ["media"], { input: "x" }, (given) => client().speech.create(given)],
  ["transcriptions.create", ["media"], AUDIO, (given) => client().transcriptions.create(given)],
  ["music.generate", ["media"], { prompt: "p" }, (given) => client().music.generate(given)],
  ["embeddings.create", ["calls"], { model: "a/b", input: "x" }, (given) => client().embeddings.create(given)],
  ["rerank", ["calls"], { model: "a/b", query: "q", documents: ["x"] }, (given) => client().rerank(given)],
  ["decide", ["calls"], { model: "typesafe/jev-1", state: "s", questions: { a: { type: "boolean", instructions: "x" } } }, (given) => client().decide(given)],
  ["a question", ["calls"], { type: "boolean", instructions: "x" }, (a) => client().decide({ model: "typesafe/jev-1", state: "s", questions: { a } })],
  ["images.describe", ["calls"], IMAGE, (given) => client().images.describe(given)],
  ["videos.describe", ["calls"], { video: "https://e.com/a.mp4" }, (given) => client().videos.describe(given)],
  ["transcriptions.describe", ["calls"], AUDIO, (given) => client().transcriptions.describe(given)],
  ["models.list", ["models"], {}, (given) => client().models.list(given)],
  ["models.get", ["models"], {}, (given) => client().models.get("a/b", given)],
  ["models.scan", ["models"], { probe: false }, (given) => client().models.scan(given)],
  ["models.endpoints", ["calls"], {}, (given) => client().models.endpoints("a/b", given)],
  ["models.providers", ["calls"], {}, (given) => client().models.providers(given)],
  ["images.models", ["calls"], {}, (given) => client().images.models(given)],
  ["embeddings.models", ["calls"], {}, (given) => client().embeddings.models(given)],
  ["search", ["search"], {}, (given) => client().search("x", given)],
  ["usage", ["calls"], {}, (given) => gone().usage(given)],
  ["generation", ["calls"], {}, (given) => gone().generation("gen-1", given)],
  ["sanitizeTranscript", ["transcripts"], {}, (given) => api.sanitizeTranscript(MESSAGES, given)],
  ["a policy", ["options"], {}, (policy) => api.sanitizeTranscript(MESSAGES, { policy })],
  ["a message", ["messages"], { role: "user", content: "x" }, (given) => api.sanitizeTranscript([given])],
  ["a message that is sent", ["messages"], { role: "assistant", content: "x" }, (given) => chat({ messages: [given, ...MESSAGES] }).result()],
  ["a part", ["messages"], { type: "text", text: "x" }, (given) => chat({ messages: [{ role: "user", content: [given] }] }).result()],
  ["a tool", ["tools", "server-tools"], { name: "f", execute: () => 1 }, (given) => chat({ tools: [given] }).result()],
  ["tool()", ["tools"], { name: "f" }, (given) => api.tool(given)],
  ["routing", ["request"], {}, (provider) => client().prepare({ messages: MESSAGES, provider })],
  ["params", ["params"], {}, (params) => client().prepare({ messages: MESSAGES, params })],
  ["limits", ["options"], {}, (limits) => chat({ limits }).result()],
  ["a plugin", ["plugins"], { id: "web" }, (given) => client().prepare({ messages: MESSAGES, plugins: [given] })],
  ["a budget", ["account"], {}, (budget) => chat({ budget }).result()],
  ["toResponse", ["runs", "chat-run"], {}, (given) => chat().toResponse(given)],
  ["toReadableStream", ["runs", "chat-run"], {}, (given) => chat().toReadableStream(given)],
  ["response", ["runs", "chat-run"], {}, (given) => chat().response(given)],
  ["recoverCost", ["calls"], {}, async (given) => {
    const run = chat();
    await run.result();
    return run.recoverCost(given);
  }],
  ["state", ["run-state"], {}, async (given) => {
    const run = chat();
    await run.result();
    return run.state(given);
  }],
  ["resolveKey", ["keys"], {}, (given) => api.resolveKey(given)],
  ["createKeyStore", ["keys"], {}, (given) => api.createKeyStore(given)],
  ["sanitizeEnv", ["keys"], {}, (given) => api.sanitizeEnv({ A: "x" }, given)],
  ["redact", ["keys"], {}, (given) => api.redact("x", given)],
  ["createJobStore", ["stores", "keys"], {}, (given) => api.createJobStore(given)],
  ["a webhook", ["stores", "platform"], { body: "{}", signature: "x" }, (given) => api.verifyVideoWebhook(given, "whsec_x")],
  ["options of a webhook", ["stores"], {}, (given) => api.verifyVideoWebhook({ body: "{}", signature: "x" }, "whsec_x", given)],
  ["beginSignIn", ["sign-in"], { callbackUrl: "https://app.test/" }, (given) => api.auth.beginSignIn(given)],
  ["pickRequest", ["request"], { messages: MESSAGES }, (given) => api.pickRequest(given)],
  ["fromConfig", ["options"], { apiKey: "k" }, (given) => api.OpenRouter.fromConfig("{}", given)],
  ["a message of a page", ["ai-sdk"], { role: "user", parts: [{ type: "text", text: "x" }] }, (given) => sdk.fromUIMessages([given])],
  ["a part of a page", ["ai-sdk"], { type: "text", text: "x" }, (given) => sdk.fromUIMessages([{ role: "user", parts: [given] }])],
  ["fromUIMessages", ["ai-sdk"], {}, (given) => sdk.fromUIMessages([], given)],
  ["toUIMessages", ["messages"], { role: "user", content: "x" }, (given) => sdk.toUIMessages([given])],
  ["options of toUIMessages", ["ai-sdk"], {}, (given) => sdk.toUIMessages([], given)],
  ["fromModelMessages", ["ai-sdk"], { role: "user", content: "x" }, (given) => sdk.fromModelMessages([given])],
  ["toUIMessageStream", ["ai-sdk"], {}, (given) => sdk.toUIMessageStream(chat(), given)],
  ["createGateway", ["gateway"], { apiKey: "k", callers: { tokens: { t: "c" } } }, (given) => gateway.createGateway(given)],
];

test("no option of any call gets through as it is, hangs, or is the engine's fault", async (context) => {
  /** @type {string[]} */
  const wrong = [];
  let count = 0;
  const onRejection = (/** @type {unknown} */ reason) => void wrong.push(`unhandled: ${reason}`);
  process.on("unhandledRejection", onRejection);
  for (const [name, files, base, call] of CALLS) {
    const fields = fieldsOf(files);
    count += fields.length;
    await Promise.all(fields.flatMap((field) => Object.entries(HOSTILE).map(async ([kind, make]) => {
      /** @type {ReturnType<typeof setTimeout> | undefined} */
      let timer;
      const limit = new Promise((resolve) => (timer = setTimeout(() => resolve("too late"), 60_000)));
      try {
        if ((await Promise.race([call(make(base, field)), limit])) === "too late") wrong.push(`${name}: ${field} as ${kind}: hangs`);
      } catch (thrown) {
        const error = /** @type {any} */ (thrown);
        if (!api.OpenRouterError.isInstance(error)) wrong.push(`${name}: ${field} as ${kind}: not ours: ${error?.stack}`);
        else if (error.code === "engine") wrong.push(`${name}: ${field} as ${kind}: ${error.message}`);
      } finally {
        clearTimeout(timer);
      }
    })));
  }
  process.off("unhandledRejection", onRejection);
  context.diagnostic(`${CALLS.length} calls, ${count} options`);
  assert.deepEqual(wrong.slice(0, 20), []);
  assert.ok(count > 3000, `${count} options`);
});

test("what a function of the caller's throws stays what it is", () => {
  const own = new Error("my own");
  const throws = () => {
    throw own;
  };
  const page = [{ role: "user", parts: [{ type: "data-x", data: 1 }] }];
  const isOwn = (/** @type {unknown} */ error) => error === own;
  assert.throws(() => sdk.fromUIMessages(page, { convertDataPart: throws }), isOwn);
  assert.throws(() => sdk.fromUIMessages([{ role: "user", parts: [{ type: "new", data: 1 }] }], { onWarning: throws }), isOwn);
  assert.throws(() => sdk.toUIMessages(MESSAGES, { generateId: throws }), isOwn);
});

test("a storage that fails at any step fails with the package's error, and works again", async () => {
  let left = Infinity;
  const step = () => {
    if (left-- === 0) throw new DOMException("full", "QuotaExceededError");
  };
  /** Each verb may be the one that fails. @param {Record<string, string>} verbs  its own names of them */
  const storageOf = ({ get, set, remove }) => {
    const texts = new Map();
    return {
      [get]: async (/** @type {string} */ name) => (step(), texts.get(name) ?? null),
      [set]: async (/** @type {string} */ name, /** @type {string} */ text) => (step(), void texts.set(name, text)),
      [remove]: async (/** @type {string} */ name) => (step(), void texts.delete(name)),
      keys: async () => (step(), texts.keys()),
    };
  };
  const SHAPES = [{ get: "getItem", set: "setItem", remove: "removeItem" }, { get: "get", set: "put", remove: "delete" }, { get: "get", set: "set", remove: "delete" }];
  for (const shape of SHAPES) {
    const storage = storageOf(shape);
    const keys = api.createKeyStore({ storage }), jobs = api.createJobStore({ storage }), catalog = api.createCatalogCache(storage);
    /** @type {[string, () => Promise<unknown>][]} */
    const work = [
      ["save a key", () => keys.save("sk-or-v1-0123456789")], ["load it", () => keys.load()], ["save a job", () => jobs.save(TICKET)], ["save it again", () => jobs.save({ ...TICKET, status: "completed" })],
      ["list jobs", () => jobs.list()], ["claim a job", () => jobs.claim("job-1")], ["remove a job", () => jobs.remove("job-1")], ["write the catalog", () => catalog.write("a", { text: "t", storedAtMs: 1 })], ["read it", () => catalog.read("a")],
      ["begin to sign in", () => api.auth.beginSignIn({ callbackUrl: "https://app.test/", storage })], ["remove a key", () => keys.remove()],
    ];
    for (const [name, call] of work) {
      let failures = 0;
      for (let fails = 0; ; fails++) {
        left = fails;
        const error = await call().then(() => undefined, (/** @type {any} */ thrown) => thrown);
        const isTouched = left < 0;
        left = Infinity;
        if (!isTouched) break;
        failures += 1;
        assert.ok(api.OpenRouterError.isInstance(error) && /^storage: /.test(error.message) && error.cause?.name === "QuotaExceededError", `${Object.values(shape)}, ${name}, step ${fails}: ${error}`);
        assert.ok(failures < 20, name);
      }
      await call();
    }
  }
});
