// A server that echoes the key in every spelling, wherever a server can put a text: nothing that a call gives away holds it, however deep.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { inspect } from "node:util";
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

/** As OpenRouter's, as a proxy's, as a gateway's token, with what JSON and addresses escape. */
const KEYS = {
  "OpenRouter's": "sk-or-v1-5eC4e7aa9d0c11b2f3e4d5c6b7a89000aa11bb22cc33dd44ee55ff6677889900",
  "a proxy's": "proxy/5eC4e7+of=mine 0123456789",
  "a word": "5eC4e7-hunter2-letmein",
  "a token": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbm5hIiwibiI6IjVlQzRlNyJ9.c2lnbmF0dXJlLW9mLXRoZS10b2tlbg",
  "quotes and signs": '5eC4e7"\\/&?#key-of-12',
};
const base64 = (/** @type {string} */ text) => Buffer.from(text).toString("base64");
/** @type {Record<string, (key: string) => string>} */
const SPELLINGS = {
  plain: (key) => key,
  bearer: (key) => `Bearer ${key}`,
  "in JSON": (key) => JSON.stringify(key).slice(1, -1),
  "percent-encoded": (key) => encodeURIComponent(key),
  "percent-encoded, small": (key) => encodeURIComponent(key).replace(/%../g, (hex) => hex.toLowerCase()),
  "as a form": (key) => encodeURIComponent(key).replaceAll("%20", "+"),
  base64: (key) => base64(key),
  "base64 without its end": (key) => base64(key).replace(/=+$/, ""),
  "base64 for addresses": (key) => Buffer.from(key).toString("base64url"),
  "basic, with a name": (key) => `Basic ${base64(`user:${key}`)}`,
  "basic, with another": (key) => `Basic ${base64(`me:${key}`)}`,
};
const messages = [{ role: "user", content: "hi" }];
const TICKET = {
  kind: "openrouter-video", version: 1, id: "job-1", pollingUrl: "https://openrouter.ai/api/v1/videos/job-1", baseURL: "https://openrouter.ai/api/v1", model: "m/x",
  submittedAtMs: 1, request: {}, status: "pending",
};
/** @type {Record<string, (client: any) => any>} */
const CALLS = {
  chat: (client) => client.chat({ messages }),
  "chat with another model": (client) => client.chat({ messages, fallbackModels: ["m/y"] }),
  embeddings: (client) => client.embeddings.create({ model: "m", input: ["x"] }),
  rerank: (client) => client.rerank({ model: "m", query: "q", documents: ["x"] }),
  decide: (client) => client.decide({ model: "m", state: "s", questions: { q: { type: "boolean", instructions: "i" } } }),
  images: (client) => client.images.generate({ prompt: "p" }),
  describe: (client) => client.images.describe({ image: "https://a.example/x.png" }),
  speech: (client) => client.speech.create({ input: "Hi" }).then((/** @type {any} */ speech) => speech.bytes()),
  transcription: (client) => client.transcriptions.create({ audio: new Uint8Array([1]), mediaType: "audio/wav" }),
  music: (client) => client.music.generate({ prompt: "p" }),
  search: (client) => client.search("otters"),
  "videos.submit": (client) => client.videos.submit({ prompt: "p" }),
  "videos.poll": (client) => client.videos.poll(TICKET),
  "videos.wait": (client) => client.videos.wait(TICKET, { timeoutMs: 30, intervalMs: 5 }),
  "videos.download": (client) => client.videos.download({ ...TICKET, status: "completed" }),
  "models.list": (client) => client.models.list(),
  endpoints: (client) => client.models.endpoints("a/b"),
  usage: (client) => client.usage(),
  generation: (client) => client.generation("gen-1", { timeoutMs: 30 }),
};

/** Where a server can put a text. @type {Record<string, (echo: string) => Response>} */
const ECHOES = {
  "an error": (echo) => Response.json({ error: { code: 400, message: `no: ${echo}`, type: echo, metadata: { raw: echo, provider_name: echo, error_type: echo, [echo]: [echo] } } }, { status: 400 }),
  "an error for the key": (echo) => Response.json({ error: { code: 401, message: echo } }, { status: 401 }),
  "a wrapped error": (echo) => Response.json({ error: { code: 502, message: "Provider returned error", metadata: { raw: JSON.stringify({ error: { message: echo } }) } } }, { status: 502 }),
  "a page": (echo) => new Response(`<html><title>${echo}</title>`, { status: 500, headers: { "content-type": "text/html" } }),
  "an error in a 200": (echo) => Response.json({ error: { code: 429, message: echo, metadata: { raw: echo } } }),
  "broken JSON": (echo) => new Response(`{"a": ${echo}`, { headers: { "content-type": "application/json" } }),
  "an error in a stream": (echo) => new Response(`data: {"choices":[{"delta":{"content":"x"}}]}\n\ndata: ${JSON.stringify({ error: { code: 500, message: echo, metadata: { raw: echo } } })}\n\n`, { headers: { "content-type": "text/event-stream" } }),
  "headers": (echo) => Response.json({ error: { message: "m" } }, { status: 400, headers: Object.fromEntries(["x-generation-id", "x-request-id", "cf-ray", "retry-after", "server"].map((name) => [name, echo.replace(/[^\x20-\xff]/g, "")])) }),
};

/** Everything that can be reached from a value: own keys of any kind, what collections hold, getters of classes, causes. @param {unknown} root */
function textsOf(root) {
  /** @type {string[]} */
  const texts = [];
  const seen = new Set();
  const queue = [root];
  while (queue.length > 0 && seen.size < 20_000) {
    const value = /** @type {any} */ (queue.pop());
    if (typeof value === "symbol") texts.push(String(value));
    if (typeof value === "string") texts.push(value);
    if ((typeof value !== "object" && typeof value !== "function") || value === null || seen.has(value)) continue;
    seen.add(value);
    if (ArrayBuffer.isView(value)) {
      texts.push(Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("latin1"));
      continue;
    }
    for (let of = value; of !== null && of !== Object.prototype && of !== Function.prototype && of !== Array.prototype; of = Object.getPrototypeOf(of)) {
      for (const name of Reflect.ownKeys(of)) {
        queue.push(name);
        const { get, value: field } = /** @type {PropertyDescriptor} */ (Reflect.getOwnPropertyDescriptor(of, name));
        if (!get) queue.push(field);
        else {
          try {
            const got = Reflect.apply(get, value, []);
            // One that begins what nobody waits for.
            if (typeof got?.then === "function") got.then(() => {}, () => {});
            else queue.push(got);
          } catch {
            // Of a prototype itself, which is no instance.
          }
        }
      }
    }
    if (value instanceof Map || value instanceof Set || value instanceof Headers || value instanceof URLSearchParams) queue.push(...[...value].flat());
    if (value instanceof Error) queue.push(value.message, value.stack, value.cause, /** @type {any} */ (value).errors);
  }
  return texts;
}

/** Every way to look at a value. @param {unknown} value */
function looksAt(value) {
  const texts = [...textsOf(value), inspect(value, { depth: 10, showHidden: true, getters: true }), inspect(value, { depth: 10, showHidden: true, customInspect: false })];
  for (const copy of [() => JSON.stringify(value) ?? "", () => inspect(structuredClone(value), { depth: 10, showHidden: true }), () => String(value)]) {
    try {
      texts.push(copy());
    } catch {
      // Not everything can be cloned, or is a tree.
    }
  }
  return texts.join("\n");
}

for (const [kind, key] of Object.entries(KEYS)) {
  test(`a key as ${kind} is in nothing that anybody gets`, async () => {
    /** @type {Map<string, string>} */
    const leaks = new Map();
    const needles = Object.entries(SPELLINGS).map(([name, spell]) => [name, spell(key).replace(/^(?:Bearer|Basic) /, "")]);
    const check = (/** @type {string} */ where, /** @type {unknown} */ value) => {
      const text = looksAt(value);
      for (const [name, needle] of needles) {
        const at = text.indexOf(needle);
        if (at >= 0) leaks.set(`${where}: ${name}`, text.slice(Math.max(0, at - 60), at + 20));
      }
    };
    for (const [spelling, spell] of Object.entries(SPELLINGS)) {
      const echo = spell(key);
      await Promise.all(Object.entries(CALLS).flatMap(([call, make]) => Object.entries(ECHOES).map(async ([place, answer]) => {
        /** @type {unknown[]} */
        const records = [];
        const log = (/** @type {unknown[]} */ ...told) => void records.push(told);
        const client = new api.OpenRouter({ apiKey: key, model: "m/x", maxRetries: 0, fetch: async () => answer(echo), logger: { debug: log, info: log, warn: log, error: log, log } });
        const where = `${call}, ${place}, ${spelling}`;
        let run;
        try {
          run = make(client);
          if (run?.[Symbol.asyncIterator]) for await (const event of run) records.push(event);
          records.push(await (run?.result ? run.result() : run));
        } catch (error) {
          records.push(error);
        }
        check(where, records);
        if (place === "an error") check(`${where}, the objects`, [client, run]);
      })));
    }
    assert.deepEqual([...leaks].slice(0, 40), []);
  });
}
