// OpenRouter's own SDK through `client.fetch`, which it calls with a `Request`; and every other form in which a `fetch` is called.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { HTTPClient, OpenRouter } from "@openrouter/sdk";
import { BadRequestResponseError, TooManyRequestsResponseError } from "@openrouter/sdk/models/errors";
import { BASE, dropIn, EPHEMERAL, HELLO, TIMED, until } from "./support.js";

/** @import { Script } from "openrouter-wasm/simulator" */

/** @param {Script | Script[]} [scripts] */
function connect(scripts) {
  const way = dropIn(scripts, { app: { url: "https://app.example" } });
  const httpClient = new HTTPClient({ fetcher: /** @type {any} */ (way.fetch) });
  return { ...way, sdk: new OpenRouter({ apiKey: "sk-sdk", httpClient, retryConfig: { strategy: "none" } }) };
}

describe("OpenRouter's own SDK", () => {
  test("sends what the rules make of its request, and reads the answer's bytes as they came", async () => {
    const { sdk, simulator, bytesSent, bytesReceived } = connect([{ text: ["Grüße", " 🙂"], chunkBytes: 5 }, { text: "whole" }]);
    const chatRequest = { model: "openrouter/anthropic/claude-sonnet-4.5", messages: [{ role: /** @type {const} */ ("developer"), content: "be brief" }, ...HELLO], maxTokens: 90, user: "u" };
    let text = "";
    const stream = /** @type {AsyncIterable<any>} */ (await sdk.chat.send({ chatRequest: { ...chatRequest, stream: true } }));
    for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? "";
    const whole = /** @type {any} */ (await sdk.chat.send({ chatRequest: { ...chatRequest, stream: false } }));
    assert.deepEqual([text, whole.choices[0].message.content], ["Grüße 🙂", "whole"]);
    assert.deepEqual(await bytesReceived(), await bytesSent());
    const marked = (/** @type {string} */ words) => [{ type: "text", text: words, cache_control: EPHEMERAL }];
    for (const [number, { body, headers }] of simulator.requests.entries()) {
      assert.deepEqual(body, {
        model: "anthropic/claude-sonnet-4.5",
        messages: [{ role: "system", content: marked("be brief") }, { role: "user", content: marked("Hello there") }],
        stream: number === 0,
        max_completion_tokens: 90,
        user: "u",
      });
      assert.deepEqual([headers.authorization, headers["http-referer"], headers["user-agent"]], ["Bearer sk-sdk", "https://app.example", undefined]);
    }
  });

  test("gets errors as its own: of OpenRouter, and of the rules", async () => {
    const { sdk, simulator } = connect({ status: 429 });
    await assert.rejects(sdk.chat.send({ chatRequest: { model: "openai/gpt-4o-mini", messages: HELLO, stream: false } }), TooManyRequestsResponseError);
    const wrong = { model: "openai/gpt-4o-mini", messages: HELLO, maxTokens: -1, stream: /** @type {const} */ (false) };
    await assert.rejects(sdk.chat.send({ chatRequest: wrong }), (error) => {
      assert.ok(error instanceof BadRequestResponseError, String(error));
      // By the name that the SDK writes.
      assert.match(error.message, /^max_tokens: /);
      return true;
    });
    assert.equal(simulator.requests.length, 1);
  });
});

describe("a call of fetch", () => {
  const url = `${BASE}/chat/completions`;
  const text = JSON.stringify({ model: "openrouter/openai/gpt-4o-mini", messages: HELLO, store: true });
  const bytes = new TextEncoder().encode(text);
  const headers = { authorization: "Bearer k", "x-own": "1", "x-stainless-lang": "js" };
  /** @type {Record<string, Parameters<typeof fetch>>} */
  const forms = {
    "with text": [url, { method: "POST", headers, body: text }],
    "with a method in small letters": [url, { method: "post", headers, body: text }],
    "with a URL object": [new URL(url), { method: "POST", headers, body: text }],
    "with a query": [`${url}?a=1`, { method: "POST", headers, body: text }],
    "with bytes": [url, { method: "POST", headers, body: bytes }],
    "with a buffer": [url, { method: "POST", headers, body: bytes.buffer }],
    "with a part of a buffer": [url, { method: "POST", headers, body: new DataView(new TextEncoder().encode(`..${text}.`).buffer, 2, bytes.length) }],
    "with a blob": [url, { method: "POST", headers, body: new Blob([text]) }],
    "with pairs of headers": [url, { method: "POST", headers: Object.entries(headers), body: text }],
    "with a Headers object": [url, { method: "POST", headers: new Headers(headers), body: text }],
    "with a Request": [new Request(url, { method: "POST", headers, body: text })],
    "with a Request and what is to replace of it": [new Request(url, { method: "POST", headers: { "x-gone": "1" }, body: "{}" }), { headers, body: text }],
  };
  for (const [name, args] of Object.entries(forms)) {
    test(`${name} leaves shaped`, async () => {
      const { fetch, simulator } = dropIn({ text: "x" });
      assert.equal((await fetch(...args)).status, 200);
      const [request] = simulator.requests;
      assert.deepEqual(request.body, { model: "openai/gpt-4o-mini", messages: HELLO });
      assert.deepEqual([request.headers.authorization, request.headers["x-own"], request.headers["x-stainless-lang"], request.headers["x-gone"]], ["Bearer k", "1", undefined, undefined]);
      assert.equal(request.url, String(args[0] instanceof Request ? args[0].url : args[0]));
    });
  }

  test("with a Request obeys its signal", TIMED, async () => {
    const { fetch, simulator } = dropIn({ delayMs: 10_000 });
    const controller = new AbortController();
    const answer = fetch(new Request(url, { method: "POST", headers, body: text, signal: controller.signal }));
    answer.catch(() => {});
    await until(() => simulator.requests.length === 1, "the request has arrived");
    controller.abort(new Error("enough"));
    await assert.rejects(answer, /enough/);
    assert.equal(simulator.requests[0].aborted, true);
  });
});
