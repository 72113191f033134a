// What may have been paid is sent once, and its error never says "try again": every call that is billed by being sent, under every fault.
import { ok, rejection, same } from "./scenario-tools.js";

/** @import { World } from "./scenario-tools.js" */

const json = (/** @type {unknown} */ body, /** @type {ResponseInit} */ init = {}) => new Response(JSON.stringify(body), { ...init, headers: { "content-type": "application/json" } });
const failing = (/** @type {string} */ code, message = "fetch failed") => Object.assign(new TypeError(message), { cause: Object.assign(new Error(`connect ${code}`), { code }) });
const breaking = () => new ReadableStream({ start: (controller) => controller.enqueue(new TextEncoder().encode('{"da')), pull: (controller) => controller.error(new TypeError("terminated")) });

/**
 * Faults: what comes of the one request, and whether its error may be retryable.
 * @type {[string, () => Response | Promise<Response>, boolean][]}
 */
const FAULTS = [
  ["nobody there", () => Promise.reject(failing("ECONNREFUSED")), true],
  ["no such host", () => Promise.reject(failing("ENOTFOUND")), true],
  ["nobody there, as Deno says it", () => Promise.reject(new TypeError("error sending request: tcp connect error: Connection refused (os error 111)")), true],
  ["reset", () => Promise.reject(failing("ECONNRESET")), false],
  ["a page's own word for everything", () => Promise.reject(new TypeError("Failed to fetch")), false],
  ["cut", () => new Response(breaking(), { headers: { "content-type": "application/json" } }), false],
  ["cut in a stream", () => new Response(breaking(), { headers: { "content-type": "text/event-stream" } }), false],
  ["an empty answer", () => new Response("", { headers: { "content-type": "application/json" } }), false],
  ["a page in place of an answer", () => new Response("<html>", { headers: { "content-type": "text/html" } }), false],
  ["no such field", () => json({ nothing: true }), false],
  ["408", () => json({ error: { message: "m" } }, { status: 408 }), false],
  ["429", () => json({ error: { message: "m" } }, { status: 429 }), true],
  ["500", () => json({ error: { message: "m" } }, { status: 500 }), false],
  ["502 of a gateway", () => new Response("<html>", { status: 502 }), false],
  ["502 of the API", () => json({ error: { message: "m" } }, { status: 502 }), false],
  ["503 of the API", () => json({ error: { message: "m" } }, { status: 503 }), true],
  ["503 of a gateway", () => new Response("<html>", { status: 503 }), false],
  ["504", () => json({ error: { message: "m" } }, { status: 504 }), false],
  ["522", () => new Response("<html>", { status: 522 }), false],
  ["529", () => json({ error: { message: "m" } }, { status: 529 }), true],
];

/** The calls; those without settings of their own take their time limit with the request. @type {[string, (client: any, more?: object) => Promise<unknown>][]} */
const CALLS = [
  ["images", (client) => client.images.generate({ prompt: "p" })],
  ["images by chat", (client) => client.images.generate({ prompt: "p", model: "google/gemini-2.5-flash-image" })],
  ["speech", async (client) => (await client.speech.create({ input: "Hi" })).bytes()],
  ["transcription", (client) => client.transcriptions.create({ audio: new Uint8Array([1, 2, 3]), mediaType: "audio/wav" })],
  ["music", (client) => client.music.generate({ prompt: "p" })],
  ["video", (client) => client.videos.submit({ prompt: "p" })],
  ["search", (client) => client.search("otters")],
  ["embeddings", (client, more) => client.embeddings.create({ model: "m/e", input: ["a"], ...more })],
  ["rerank", (client, more) => client.rerank({ model: "m/r", query: "q", documents: ["a"], ...more })],
  ["decision", (client, more) => client.decide({ model: "m/d", state: "s", questions: { q: { type: "boolean", instructions: "i" } }, ...more })],
];

/** @type {Record<string, (world: World) => Promise<void>>} */
export const billedScenarios = {
  async "what may have been billed is sent once and never called retryable, in every call by one table"({ api }) {
    /** @type {string[]} */
    const wrong = [];
    // All at a time: what may be sent again is waited for.
    await Promise.all(CALLS.flatMap(([call, make]) => FAULTS.map(async ([fault, answer, isRetryable]) => {
      let sends = 0;
      const fetch = async () => {
        sends += 1;
        return answer();
      };
      const client = new api.OpenRouter({ apiKey: "sk-or-v1-test", fetch: /** @type {any} */ (fetch) });
      const error = await rejection(make(client)).catch((none) => none);
      if (!api.OpenRouterError.isInstance(error)) wrong.push(`${call}, ${fault}: ${error}`);
      // The search answers with HTML as text: what it lacks is the answer.
      else if (error.isRetryable !== isRetryable || (sends !== 1 && !isRetryable)) wrong.push(`${call}, ${fault}: ${error.code} ${error.status} isRetryable ${error.isRetryable}, ${sends} sends`);
    })));
    same(wrong, [], "the table");
  },

  async "an answer that was paid for is read with raw control characters in its texts"({ api }) {
    const image = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
    const usage = '"usage":{"prompt_tokens":1,"input_tokens":1,"output_tokens":1,"cost":0.25}';
    const raw = "a\n\u0001\tb";
    /** @type {[string, string, (client: any) => Promise<any>][]} */
    const calls = [
      ["images", `{"data":[{"b64_json":"${image}","revised_prompt":"${raw}"}],${usage}}`, (client) => client.images.generate({ prompt: "p" })],
      ["transcription", `{"text":"${raw}",${usage}}`, (client) => client.transcriptions.create({ audio: new Uint8Array([1, 2, 3]), mediaType: "audio/wav" })],
      ["embeddings", `{"data":[{"index":0,"embedding":[0.5],"text":"${raw}"}],"provider":"${raw}",${usage}}`, (client) => client.embeddings.create({ model: "m/e", input: ["a"] })],
      ["rerank", `{"results":[{"index":0,"relevance_score":0.5,"document":{"text":"${raw}"}}],${usage}}`, (client) => client.rerank({ model: "m/r", query: "q", documents: ["a"] })],
      ["decision", `{"answers":{"q":{"type":"noul","noul":0.5}},"provider":"${raw}",${usage}}`, (client) => client.decide({ model: "m/d", state: "s", questions: { q: { type: "boolean", instructions: "i" } } })],
    ];
    for (const [call, body, make] of calls) {
      const fetch = /** @type {any} */ (async () => new Response(body, { headers: { "content-type": "application/json" } }));
      const answer = await make(new api.OpenRouter({ apiKey: "sk-or-v1-test", fetch }));
      same(answer.usage.cost, 0.25, call);
    }
  },

  async "a time limit that passes leaves open whether it was paid"({ api }) {
    await Promise.all(CALLS.map(async ([call, make]) => {
      const never = /** @type {any} */ (() => new Promise(() => {}));
      const client = new api.OpenRouter({ apiKey: "sk-or-v1-test", fetch: never, search: { timeoutMs: 500 }, media: { image: { timeoutMs: 500 }, speech: { timeoutMs: 500 }, transcription: { timeoutMs: 500 }, music: { timeoutMs: 500 }, video: { timeoutMs: 500 } } });
      const error = await rejection(make(client, { timeoutMs: 500 }));
      same([error.code, error.isRetryable], ["timeout", false], call);
      ok(/billed/.test(error.message), `${call}: ${error.message}`);
      same(error.message.match(/billed/g)?.length, 1, `${call}: said once`);
    }));
  },
};
