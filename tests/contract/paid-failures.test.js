// A failed attempt that was paid is sent once: the SDKs' own retries would pay it again. One that was not is theirs to repeat.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { generateText, streamText } from "ai";
import OpenAI from "openai";
import { aiSdk } from "./ai-sdk-support.js";
import { api, createGateway, HELLO, TIMED } from "./support.js";

const USAGE = { prompt_tokens: 3, completion_tokens: 0, total_tokens: 3, cost: 0.5 };
const TEXT = { id: "gen-1", model: "m/x", choices: [{ index: 0, delta: { content: "Hel" } }] };
const error = { message: "upstream died", code: 502 };
/** @param {any[]} events */
const stream = (...events) => new Response(events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join(""), { headers: { "content-type": "text/event-stream" } });
/** @param {number} status @param {object} [more] */
const refusal = (status, more) => Response.json({ error: { message: `it is ${status}`, code: status }, ...more }, { status });

/** @typedef {() => Response} Fault */
/** Whether an SDK may send it again before any output, and behind it. @type {Record<string, { fault: Fault, again: boolean, hasText?: boolean }>} */
const FAULTS = {
  "paid, before text": { fault: () => stream({ id: "gen-1", error, usage: USAGE }), again: false },
  "paid, after text": { fault: () => stream(TEXT, { id: "gen-1", error, usage: USAGE }), again: false, hasText: true },
  "tokens without a cost, before text": { fault: () => stream({ id: "gen-1", error, usage: { prompt_tokens: 3, completion_tokens: 7, total_tokens: 10 } }), again: false },
  "paid, in a status": { fault: () => refusal(503, { usage: USAGE }), again: false },
  "unpaid, after text": { fault: () => stream(TEXT, { id: "gen-1", error }), again: false, hasText: true },
  "unpaid, before text": { fault: () => stream({ id: "gen-1", error }), again: true },
  "a cost of nothing, before text": { fault: () => stream({ id: "gen-1", error, usage: { ...USAGE, cost: 0 } }), again: true },
  "unpaid 503": { fault: () => refusal(503), again: true },
  "402": { fault: () => refusal(402), again: false },
};

/** Sends once more where it may. @param {(input: any, init: any) => Promise<Response> | Response} fetch */
const openai = (fetch) => new OpenAI({ apiKey: "tok-anna-123456", baseURL: "https://gateway.example/v1", maxRetries: 1, fetch: async (input, init) => fetch(input, init) });
/** @param {any} stream */
const drain = async (stream) => {
  for await (const _ of stream);
};
const request = { model: "m/x", messages: HELLO };
const gatewayOf = (/** @type {any} */ fetch) => createGateway({ apiKey: "k", callers: { tokens: { "tok-anna-123456": { id: "anna" } } }, fetch, log: () => {} });

/** @typedef {{ client: import("openrouter-wasm").OpenRouter, upstream: any, count: () => void }} Ends */
/** @type {Record<string, (ends: Ends) => Promise<unknown>>} */
const PATHS = {
  "generateText": ({ client }) => generateText({ model: aiSdk.createOpenRouterProvider(client)("m/x"), prompt: "hi", maxRetries: 1 }),
  "streamText": async ({ client }) => streamText({ model: aiSdk.createOpenRouterProvider(client)("m/x"), prompt: "hi", maxRetries: 1, onError() {} }).consumeStream(),
  "openai over response, json": ({ client, count }) => openai((_, init) => (count(), client.chat({ ...request }).response({ format: "json" }))).chat.completions.create(request),
  "openai over response, sse": async ({ client, count }) => drain(await openai((_, init) => (count(), client.chat({ ...request }).response())).chat.completions.create({ ...request, stream: true })),
  "openai over the gateway, json": ({ upstream, count }) => {
    const gateway = gatewayOf(upstream);
    return openai((input, init) => (count(), gateway.fetch(new Request(input, init)))).chat.completions.create(request);
  },
  "openai over the gateway, durable": async ({ upstream, count }) => {
    const gateway = gatewayOf(upstream);
    const sdk = openai((input, init) => (count(), gateway.fetch(new Request(input, init))));
    return drain(await sdk.chat.completions.create({ ...request, stream: true }, { headers: { "X-Run-Id": "run-12345678" } }));
  },
  "openai over the gateway, sse": async ({ upstream, count }) => {
    const gateway = gatewayOf(upstream);
    return drain(await openai((input, init) => (count(), gateway.fetch(new Request(input, init)))).chat.completions.create({ ...request, stream: true }));
  },
};

describe("a failed chat", { concurrency: true }, () => {
  for (const [path, ask] of Object.entries(PATHS)) for (const [name, { fault, again }] of Object.entries(FAULTS)) {
    test(`${path}: ${name} is sent ${again ? "again" : "once"}`, TIMED, async () => {
      let sent = 0, asked = 0;
      const upstream = async (/** @type {any} */ _, /** @type {any} */ init) => {
        if (init?.method !== "POST") return Response.json({ data: [] });
        sent += 1;
        return fault();
      };
      const client = new api.OpenRouter({ apiKey: "k", fetch: upstream, maxRetries: 0 });
      await ask({ client, upstream, count: () => (asked += 1) }).catch(() => {});
      // A gateway's own client repeats what is unpaid, too: its requests are counted in front of it.
      if (again) assert.equal(asked || sent, 2);
      else assert.deepEqual([sent, asked <= 1], [1, true], `${sent} sends, ${asked} asked`);
    });
  }
});

describe("a failed call that the gateway hands on", { concurrency: true }, () => {
  const refused = () => Object.assign(new TypeError("fetch failed"), { cause: Object.assign(new Error("refused"), { code: "ECONNREFUSED" }) });
  const lost = () => Object.assign(new TypeError("fetch failed"), { cause: Object.assign(new Error("reset"), { code: "ECONNRESET" }) });
  const CALLS = {
    embeddings: (/** @type {OpenAI} */ sdk) => sdk.embeddings.create({ model: "m/x", input: "hi", encoding_format: "float" }),
    responses: (/** @type {OpenAI} */ sdk) => sdk.responses.create({ model: "m/x", input: "hi" }),
    images: (/** @type {OpenAI} */ sdk) => sdk.images.generate({ model: "m/x", prompt: "hi" }),
  };
  /** @type {[name: string, fault: () => Response, again: boolean, media?: boolean][]} */
  const faults = [
    ["an error inside a 200 with a cost", () => Response.json({ error, usage: USAGE }), false],
    ["a 502 with a cost", () => refusal(502, { usage: USAGE }), false],
    ["a 502 without", () => refusal(502), true, false],
    ["a 503 that the API tells", () => refusal(503), true],
    ["a 200 that is no JSON", () => new Response("{", { headers: { "content-type": "application/json" } }), false],
    ["a connection that was never made", () => { throw refused(); }, true],
    ["a connection that was lost", () => { throw lost(); }, false],
  ];
  for (const [call, ask] of Object.entries(CALLS)) for (const [name, fault, again, inMedia = again] of faults) {
    const expected = call === "images" ? inMedia : again;
    test(`${call}: ${name} is sent ${expected ? "again" : "once"}`, TIMED, async () => {
      let sent = 0;
      const gateway = gatewayOf(async (/** @type {any} */ _, /** @type {any} */ init) => {
        if (init?.method !== "POST") return Response.json({ data: [] });
        sent += 1;
        return fault();
      });
      await assert.rejects(ask(openai((input, init) => gateway.fetch(new Request(input, init)))));
      assert.equal(sent, expected ? 2 : 1);
    });
  }
});

test("pages of other origins can read the header", async () => {
  const gateway = createGateway({ apiKey: "k", callers: { tokens: { "tok-anna-123456": { id: "anna" } } }, cors: ["https://page.example"], fetch: /** @type {any} */ (async () => stream({ error, usage: USAGE })), log: () => {} });
  const headers = { authorization: "Bearer tok-anna-123456", origin: "https://page.example", "content-type": "application/json" };
  const response = await gateway.fetch(new Request("https://gateway.example/v1/chat/completions", { method: "POST", headers, body: JSON.stringify(request) }));
  assert.equal(response.headers.get("x-should-retry"), "false");
  assert.match(response.headers.get("access-control-expose-headers") ?? "", /x-should-retry/i);
});
