// Every call under every fault, over real sockets: how many requests arrived, and whether the error says that the same may be tried again. What
// may have been billed is sent once and is not retryable; what is only read is; a chat says what may succeed later, and leaves it to its caller.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { faultyServer, STREAMS } from "./faults.js";
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

/** @typedef {"billed" | "read" | "chat"} Kind */

/** Of a call whose server says nothing more. */
const LIMIT_MS = 1500;
const messages = [{ role: "user", content: "hi" }];
const ticket = (/** @type {string} */ url) => ({
  kind: "openrouter-video", version: 1, id: "job-1", pollingUrl: `${url}/videos/job-1`, baseURL: url, model: "m/x", submittedAtMs: 1, request: {}, status: "pending",
});
const limit = { timeoutMs: LIMIT_MS };

/** Every public call. `asks`: requests that it sends in any case. @type {Record<string, { kind: Kind, asks?: number, isBinary?: boolean, make: (client: any, url: string) => Promise<unknown> }>} */
const CALLS = {
  chat: { kind: "chat", make: (client) => client.chat({ messages }).result() },
  "chat, whole": { kind: "chat", make: (client) => client.chat({ messages, stream: false }).result() },
  embeddings: { kind: "billed", make: (client) => client.embeddings.create({ model: "m/e", input: ["a"], ...limit }) },
  rerank: { kind: "billed", make: (client) => client.rerank({ model: "m/r", query: "q", documents: ["a"], ...limit }) },
  decide: { kind: "billed", make: (client) => client.decide({ model: "m/d", state: "s", questions: { q: { type: "boolean", instructions: "i" } }, ...limit }) },
  images: { kind: "billed", make: (client) => client.images.generate({ prompt: "p", ...limit }) },
  "images by chat": { kind: "billed", make: (client) => client.images.generate({ prompt: "p", model: "google/gemini-2.5-flash-image", ...limit }) },
  describe: { kind: "billed", make: (client) => client.images.describe({ image: "https://a.example/x.png", ...limit }) },
  speech: { kind: "billed", isBinary: true, make: async (client) => (await client.speech.create({ input: "Hi", ...limit })).bytes() },
  transcriptions: { kind: "billed", make: (client) => client.transcriptions.create({ audio: new Uint8Array([1]), mediaType: "audio/wav", ...limit }) },
  music: { kind: "billed", make: (client) => client.music.generate({ prompt: "p", ...limit }) },
  search: { kind: "billed", make: (client) => client.search("otters", limit) },
  "videos.submit": { kind: "billed", make: (client) => client.videos.submit({ prompt: "p", ...limit }) },
  "videos.poll": { kind: "read", make: (client, url) => client.videos.poll(ticket(url), limit) },
  "videos.download": { kind: "read", isBinary: true, make: (client, url) => client.videos.download({ ...ticket(url), status: "completed" }, limit) },
  "models.list": { kind: "read", make: (client) => client.models.list({ all: true, ...limit }) },
  "models.get": { kind: "read", make: (client) => client.models.get("a/b", limit) },
  "models.endpoints": { kind: "read", make: (client) => client.models.endpoints("a/b", limit) },
  "embeddings.models": { kind: "read", make: (client) => client.embeddings.models(limit) },
  usage: { kind: "read", asks: 2, make: (client) => client.usage(limit) },
  generation: { kind: "read", make: (client) => client.generation("gen-1", limit) },
};

const head = (/** @type {number | string} */ status, /** @type {string[]} */ headers) => `HTTP/1.1 ${status} X\r\n${[...headers, "Connection: close"].map((line) => `${line}\r\n`).join("")}\r\n`;
const JSON_TYPE = "Content-Type: application/json", SSE = "Content-Type: text/event-stream";
/** @typedef {import("./faults.js").Fault} Fault @typedef {(isBinary: boolean) => Fault} FaultOf */
/** @param {(isBinary: boolean) => string} words @returns {FaultOf} */
const says = (words) => (isBinary) => (socket) => void socket.end(words(isBinary));
/** @param {(isBinary: boolean) => string} words @returns {FaultOf} */
const resets = (words) => (isBinary) => (socket) => void socket.write(words(isBinary) || Buffer.alloc(0), () => setTimeout(() => socket.resetAndDestroy(), 5));
/** @param {(isBinary: boolean) => string} words @returns {FaultOf} */
const stalls = (words) => (isBinary) => (socket) => void (words(isBinary) && socket.write(words(isBinary)));
const typed = (/** @type {boolean} */ isBinary) => head(200, [isBinary ? "Content-Type: video/mp4" : JSON_TYPE, "Content-Length: 9999"]);
const error = (/** @type {number} */ status, code = status) => says(() => head(status, [JSON_TYPE]) + JSON.stringify({ error: { code, message: "m" } }));
const page = (/** @type {number} */ status) => says(() => `${head(status, ["Content-Type: text/html"])}<html>no</html>`);

/**
 * Faults, and by the kind of a call whether its error is retryable; nothing said: it is not looked at. An answer that came and cannot be used is
 * an answer: asking once more is no remedy that anybody knows of.
 * @type {[name: string, fault: FaultOf | undefined, isRetryable: Partial<Record<Kind, boolean>>, arrive?: number][]}
 */
const FAULTS = [
  ["connection refused", undefined, { billed: true, read: true, chat: true }, 0],
  ["closed without a word", says(() => ""), { billed: false, read: true, chat: true }],
  ["reset without a word", resets(() => ""), { billed: false, read: true, chat: true }],
  ["reset within the head", resets(() => "HTTP/1.1 200 OK\r\nCont"), { billed: false, read: true, chat: true }],
  ["reset behind the head", resets((isBinary) => typed(isBinary)), { billed: false, read: true, chat: true }],
  ["reset within the body", resets((isBinary) => `${typed(isBinary)}{"da`), { billed: false, read: true, chat: true }],
  ["cut within the body", says((isBinary) => `${typed(isBinary)}{"da`), { billed: false, read: true, chat: true }],
  ["a stream that is cut", says(() => head(200, [SSE]) + STREAMS.text.body.slice(0, 190)), { billed: false, chat: true }],
  ["silence before the head", stalls(() => ""), { billed: false, read: true, chat: true }],
  ["silence behind the head", stalls((isBinary) => typed(isBinary)), { billed: false, read: true, chat: true }],
  ["silence within the body", stalls((isBinary) => `${typed(isBinary)}{"da`), { billed: false, read: true, chat: true }],
  ["400", error(400), { billed: false, read: false, chat: false }],
  ["408", error(408), { billed: false, read: true, chat: true }],
  ["429", error(429), { billed: true, read: true, chat: true }],
  ["500", error(500), { billed: false, read: true, chat: true }],
  ["502", error(502), { billed: false, read: true, chat: true }],
  ["502 of a gateway", page(502), { billed: false, read: true, chat: true }],
  ["503", error(503), { billed: true, read: true, chat: true }],
  ["503 of a gateway", page(503), { billed: false, read: true, chat: true }],
  ["504", error(504), { billed: false, read: true, chat: true }],
  ["524 of a gateway", page(524), { billed: false, read: true, chat: true }],
  ["200 with a 400", error(200, 400), { billed: false, chat: false }],
  ["200 with a 429", error(200, 429), { chat: true }],
  ["200 with a 500", error(200, 500), { billed: false, chat: true }],
  ["200 with broken JSON", says(() => `${head(200, [JSON_TYPE])}{"data": [1,}`), { billed: false, chat: false }],
  ["200 with nothing", says(() => head(200, [JSON_TYPE])), { billed: false, chat: false }],
  ["200 with a page", page(200), { billed: false, chat: false }],
  ["302", says(() => head(302, ["Location: /elsewhere", "Content-Length: 0"])), { billed: false, read: false, chat: false }],
  ["307", says(() => head(307, ["Location: /elsewhere", "Content-Length: 0"])), { billed: false, read: false, chat: false }],
];
/** Read as what they are: a wrong status behind a good one. */
const TOLD = ["models.list", "embeddings.models", "usage", "generation", "models.endpoints", "videos.poll"];

describe("isRetryable, and what arrived", () => {
  for (const [fault, faultOf, isRetryable, arrive = 1] of FAULTS) {
    test(fault, async () => {
      /** @type {string[]} */
      const wrong = [];
      await Promise.all(Object.entries(CALLS).map(async ([call, { kind, asks = 1, isBinary = false, make }]) => {
        const server = await faultyServer(faultOf?.(isBinary) ?? (() => {}));
        if (!faultOf) await server.close();
        const client = new api.OpenRouter({
          apiKey: "sk-or-v1-test", baseURL: server.url, model: "m/x", maxRetries: 0, firstTokenTimeoutMs: LIMIT_MS, idleTimeoutMs: LIMIT_MS, progressTimeoutMs: LIMIT_MS, search: limit,
        });
        const thrown = /** @type {any} */ (await make(client, server.url).then(() => undefined, (reason) => reason));
        const { arrived } = server.state;
        if (faultOf) await server.close();
        const told = `${call}: ${thrown && `${thrown.code} ${thrown.status} "${thrown.message}"`}, isRetryable ${thrown?.isRetryable}, ${arrived} arrived`;
        if (!api.OpenRouterError.isInstance(thrown)) return void wrong.push(told);
        const expected = isRetryable[kind];
        if (expected !== undefined && thrown.isRetryable !== expected) wrong.push(told);
        // What is only read may be asked for once more, or follow where it is sent; what may be billed goes out again where it was refused alone.
        const most = kind === "read" ? 4 * asks : kind === "billed" && thrown.isRetryable ? 3 : arrive;
        if (arrived < Math.min(arrive, asks) || arrived > most * Math.min(arrive, 1)) wrong.push(`${told}, too many or too few`);
        // An error inside a 200 has its words and its status, and is what it would be behind that status.
        const inner = /^200 with a (\d+)$/.exec(fault)?.[1];
        if (inner && TOLD.includes(call) && (thrown.code !== "stream-error" || thrown.status !== Number(inner) || !/\bm\b/.test(thrown.message) || thrown.isRetryable !== (inner !== "400"))) wrong.push(`${told}, not told`);
      }));
      assert.deepEqual(wrong, []);
    });
  }
});
