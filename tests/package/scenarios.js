// What the package promises, told once and run in every runtime. Nothing in here knows which one it is.

import { collect, eventually, local, ofType, ok, png, question, rejection, same, textOf, thrown } from "./scenario-tools.js";
import { authScenarios } from "./auth-scenarios.js";
import { callScenarios } from "./call-scenarios.js";
import { callBudgetScenarios } from "./call-budget-scenarios.js";
import { callPriceScenarios } from "./call-price-scenarios.js";
import { billedScenarios } from "./billed-scenarios.js";
import { catalogScenarios } from "./catalog-scenarios.js";
import { mediaScenarios } from "./media-scenarios.js";
import { moneyScenarios } from "./money-scenarios.js";
import { replayScenarios } from "./replay-scenarios.js";
import { answerScenarios } from "./answer-scenarios.js";
import { priceScenarios } from "./price-scenarios.js";
import { requestScenarios } from "./request-scenarios.js";
import { ruleScenarios } from "./rule-scenarios.js";
import { scanScenarios } from "./scan-scenarios.js";
import { searchScenarios } from "./search-scenarios.js";
import { toolScenarios } from "./tool-scenarios.js";
import { typedToolScenarios } from "./typed-tool-scenarios.js";
import { objectScenarios } from "./object-scenarios.js";
import { runStateScenarios } from "./run-state-scenarios.js";
import { videoFileScenarios } from "./video-file-scenarios.js";
import { videoScenarios } from "./video-scenarios.js";

/** @typedef {import("./scenario-tools.js").World} World */

/** @param {World} world @param {string} marker */
const remoteRequest = async ({ remoteRequests }, marker) => (await remoteRequests()).find((request) => request.bodyText?.includes(marker));

/** @param {World} world */
const remoteClient = ({ api, remote }) => new api.OpenRouter({ apiKey: "sk-or-v1-test", baseURL: remote, maxRetries: 0 });

/** @type {Record<string, (world: World) => Promise<void>>} */
const streamScenarios = {
  async "streams text, then usage, cost and one finish"(world) {
    const { client } = local(world, { text: ["Hel", "lo ", "wörld 😀"], usage: { prompt_tokens: 5, completion_tokens: 3, total_tokens: 8, cost: 0.00012 } });
    const run = client.chat({ messages: question });
    const events = await collect(run);
    same(events[0].type, "response-start", "first event");
    same(ofType(events, "text-delta").map((event) => event.text), ["Hel", "lo ", "wörld 😀"], "deltas");
    same(events.slice(-2).map((event) => event.type), ["step-finish", "finish"], "last events");
    const result = await run.result();
    same([result.message.content, result.reason, result.verdict, run.verdict], ["Hello wörld 😀", "stop", "complete", "complete"], "result");
    same([result.usage?.inputTokens, result.usage?.outputTokens, result.usage?.cost], [5, 3, 0.00012], "usage");
    same(result.messages, [...question, result.message], "the next transcript");
    ok(result.id && result.model && result.provider, "identity");
  },

  async "streams over a real connection as the bytes arrive"(world) {
    // The server never goes on, so what comes has not waited for the end.
    const run = remoteClient(world).chat({ messages: question, extraBody: { simulator: { text: ["a", "b", "c"], stallAfterChunks: 2 } } });
    const texts = [];
    for await (const event of run) {
      if (event.type !== "text-delta") continue;
      texts.push(event.text);
      if (texts.length === 2) break;
    }
    same([texts, run.partial.message.content, run.verdict], [["a", "b"], "ab", "aborted"], "two pieces, read while the third was not sent");
  },

  async "reads the same whatever the network makes of the bytes"(world) {
    const script = { text: ["é漢😀", "\"quoted\"", "x".repeat(3000)], reasoning: ["think"], toolCalls: [{ name: "f", arguments: { path: "/tmp/é", list: [1, { a: null }] } }], finishReason: "tool_calls" };
    const results = [];
    for (const network of [{}, { chunkBytes: 1 }, { chunkBytes: [7, 1, 130] }, { chunkBytes: 1_000_000 }, { lineEnding: "\r\n" }, { lineEnding: "\r", chunkBytes: 3 }, { bom: true }, { doneToken: "[DONE] " }, { json: true }]) {
      const { client } = local(world, { ...script, ...network });
      const { message, reason } = await client.chat({ messages: question }).result();
      const { tool_calls, ...rest } = message;
      results.push({ ...rest, calls: tool_calls?.map((call) => JSON.parse(call.function.arguments)), reason });
    }
    for (const result of results) same(result, results[0], "result");
  },

  async "stream: false gives the same events and result"(world) {
    const script = { text: ["one ", "two"], reasoning: "why", usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3, cost: 0.5 } };
    const streamed = await collect(local(world, script).client.chat({ messages: question }));
    const whole = await collect(local(world, script).client.chat({ messages: question, stream: false }));
    for (const type of ["text-delta", "reasoning-delta"]) same(textOf(whole, type), textOf(streamed, type), type);
    same(whole.at(-1).message.content, streamed.at(-1).message.content, "message");
    same(whole.at(-1).usage.cost, 0.5, "cost");
  },

  async "hands out reasoning apart, with its details for the next turn"(world) {
    const { client } = local(world, { reasoning: ["let me ", "see"], text: "42" });
    const run = client.chat({ messages: question });
    const events = await collect(run);
    same([textOf(events, "reasoning-delta"), textOf(events, "text-delta")], ["let me see", "42"], "texts");
    const { message } = await run.result();
    same(message.reasoning, "let me see", "reasoning of the message");
    ok(Array.isArray(message.reasoning_details) && message.reasoning_details.length === 1, "one merged detail");
  },

  async "a tool call streams its arguments as a live value and comes out once"(world) {
    const input = { path: "/tmp/ä.txt", content: "line\n\"quoted\" \\ 😀 ".repeat(20), options: { mode: 7, tags: ["a", "b"], deep: { none: null, yes: true } }, __proto__x: 1 };
    const { client } = local(world, { toolCalls: [{ id: "call_1", name: "write", arguments: input, deltaBytes: 7 }] });
    /** @type {number[]} */
    const lengths = [];
    const run = client.chat({ messages: question, tools: [{ name: "write", parameters: { type: "object" } }] });
    let last;
    const calls = [];
    for await (const event of run) {
      if (event.type === "tool-call-delta") {
        last = event.partial;
        if (typeof event.partial?.content === "string") lengths.push(event.partial.content.length);
      }
      if (event.type === "tool-call") calls.push(event);
    }
    same(last, input, "the last partial view");
    ok(lengths.length > 10 && lengths.every((length, at) => at === 0 || length >= lengths[at - 1]), "the view grows");
    same(calls.map(({ id, name, input, truncated }) => ({ id, name, input, truncated })), [{ id: "call_1", name: "write", input, truncated: false }], "the call");
    same((await run.result()).reason, "tool-calls", "reason");
  },

  async "a tool call cut by a limit is told and never runs"(world) {
    const { client } = local(world, { toolCalls: [{ id: "c", name: "write", arguments: '{"path":"/tm' }], finishReason: "tool_calls", nativeFinishReason: "max_output_tokens" });
    const run = client.chat({ messages: question });
    const call = ofType(await collect(run), "tool-call")[0];
    same([call.truncated, call.input, call.arguments], [true, undefined, '{"path":"/tm'], "the call");
    const result = await run.result();
    same([result.verdict, result.reason, result.message.tool_calls], ["length", "length", undefined], "result");
  },

  async "a key named __proto__ in arguments changes no prototype"(world) {
    const { client } = local(world, { toolCalls: [{ name: "f", arguments: '{"__proto__":{"polluted":true,"s":"abc"},"a":1}', deltaBytes: 5 }] });
    for await (const event of client.chat({ messages: question })) {
      if (event.type === "tool-call-delta" && event.partial) same(Object.getPrototypeOf(event.partial) === Object.prototype, true, "prototype");
    }
    same(/** @type {any} */ ({}).polluted, undefined, "pollution");
  },

  async "images, sound and citations come out as events and in the message"(world) {
    const png = "data:image/png;base64,iVBORw0KGgo=";
    const { client } = local(world, {
      text: "see",
      images: [png],
      audio: { id: "au", data: "AAECAwQF", transcript: "hear" },
      annotations: [{ type: "url_citation", url_citation: { url: "https://example.com", title: "Example" } }],
    });
    const run = client.chat({ messages: question });
    const events = await collect(run);
    const [image] = ofType(events, "image");
    same([image.url, image.mediaType, [...image.data]], [png, "image/png", [137, 80, 78, 71, 13, 10, 26, 10]], "image");
    same(ofType(events, "audio-delta").map((event) => event.data ?? "").join(""), "AAECAwQF", "audio");
    same([ofType(events, "citation")[0].url, ofType(events, "citation").length], ["https://example.com", 1], "citation");
    const { message } = await run.result();
    same([message.images?.[0].image_url.url, message.audio?.data, message.annotations?.length], [png, "AAECAwQF", 1], "message");
  },

  async "an error inside the stream keeps the partial text and the usage"(world) {
    for (const where of ["top", "choice"]) {
      const { client } = local(world, { text: ["par", "tial", "never"], error: { afterChunks: 2, where, withUsage: true, error: { code: 502, message: "Provider down", metadata: { error_type: "provider_unavailable" } } } });
      const run = client.chat({ messages: question });
      const error = await rejection(collect(run));
      same([error.code, error.status, error.verdict, error.isRetryable, error.errorType], ["stream-error", 502, "error", true, "provider_unavailable"], where);
      ok(error.message.includes("Provider down"), error.message);
      ok("partial".startsWith(error.partial.message.content) && error.partial.message.content !== "", `partial: ${error.partial.message.content}`);
      ok(error.partial.usage, "usage");
      same(await rejection(run.result()), error, "the result rejects with the same error");
    }
  },

  async "a cut stream is never taken for a finished one"(world) {
    for (const cut of [{ cutAfterChunks: 3 }, { endAfterChunks: 3 }]) {
      const { client } = local(world, { text: ["a", "b", "c", "d", "e", "f"], ...cut });
      const run = client.chat({ messages: question });
      const error = await rejection(collect(run));
      same([error.code, error.verdict, run.verdict], ["stream-cut", "cut", "cut"], JSON.stringify(cut));
      ok(error.partial.message.content.startsWith("a"), `partial: ${error.partial.message.content}`);
    }
  },

  async "HTTP errors of every kind of body become one error"(world) {
    const table = [
      [{ status: 401, body: { error: { code: 401, message: "No auth" } } }, "auth", "No auth"],
      [{ status: 402, body: { error: { code: 402, message: "Insufficient credits" } } }, "payment-required", "Insufficient credits"],
      [{ status: 404, body: { error: { code: 404, message: "No endpoints" } } }, "not-found", "No endpoints"],
      [{ status: 400, body: { error: { code: 400, message: "This endpoint's maximum context length is 8 tokens" } } }, "context-overflow", "maximum context"],
      [{ status: 502, body: "<html><head><title>Bad gateway</title></head></html>", contentType: "text/html" }, "server", "Bad gateway"],
      [{ status: 503, body: "" }, "overloaded", "empty body"],
      [{ status: 200, body: "<html></html>", contentType: "text/html" }, "bad-response", "text/html"],
      [{ status: 302, body: "", headers: { Location: "https://elsewhere.example" } }, "bad-response", "redirect"],
    ];
    for (const [script, code, words] of table) {
      const { client } = local(world, /** @type {any} */ (script), { maxRetries: 0 });
      const error = await rejection(client.chat({ messages: question }).result());
      ok(world.api.OpenRouterError.isInstance(error), `${code}: ${error}`);
      same(error.code, code, JSON.stringify(script));
      ok(error.message.includes(/** @type {string} */ (words)), error.message);
    }
  },

  async "waits as the body says before it tries again, and only before any output"(world) {
    const { client, server } = local(world, { status: 429, body: { error: { code: 429, message: "slow", metadata: { retry_after_seconds: 0.05 } } } });
    server.enqueue({ text: "there" });
    const start = performance.now();
    const events = await collect(client.chat({ messages: question }));
    ok(performance.now() - start >= 45, "it waited");
    const [retry] = ofType(events, "retry");
    same([retry.attempt, retry.delayMs, retry.error.code, retry.error.retryAfterMs], [1, 50, "rate-limit", 50], "retry event");
    ok(world.api.OpenRouterError.isInstance(retry.error), "a real error");
    same(textOf(events, "text-delta"), "there", "text");
    same(server.requests.length, 2, "requests");
  },

  async "silence, and comments without progress, each run into their own clock"(world) {
    const silent = local(world, { text: ["a", "b"], stallAfterChunks: 2 }, { idleTimeoutMs: 300 });
    const first = await rejection(silent.client.chat({ messages: question }).result());
    same([first.code, first.verdict, first.isRetryable], ["timeout", "timeout", true], "silence");
    ok(first.message.includes("idleTimeoutMs"), first.message);
    const busy = local(world, { text: ["a", "b"], stallAfterChunks: 2, stallWithComments: 10 }, { idleTimeoutMs: 5000, progressTimeoutMs: 400 });
    const second = await rejection(busy.client.chat({ messages: question }).result());
    ok(second.code === "timeout" && second.message.includes("progressTimeoutMs"), second.message);
    const never = local(world, { delayMs: 10_000 }, { firstTokenTimeoutMs: 60 });
    const third = await rejection(never.client.chat({ messages: question }).result());
    ok(third.code === "timeout" && third.message.includes("firstTokenTimeoutMs"), third.message);
    await eventually(async () => silent.server.requests[0].aborted && busy.server.requests[0].aborted, "the server sees that nobody waits any more");
  },

  async "a wait for the next attempt is nobody's silence, and a key that never comes is"(world) {
    const { client, server } = local(world, { status: 429, body: { error: { message: "m", metadata: { retry_after_seconds: 1.5 } } } }, { idleTimeoutMs: 1000 });
    server.enqueue({ text: "later" });
    same((await client.chat({ messages: question }).result()).message.content, "later", "answer");
    const keyless = local(world, { text: "x" }, { apiKey: () => new Promise(() => {}), timeoutMs: 60 });
    same((await rejection(keyless.client.chat({ messages: question }).result())).code, "timeout", "key");
  },

  async "time that the consumer takes is nobody's silence"(world) {
    const { client } = local(world, { text: ["a", "b", "c"] }, { idleTimeoutMs: 1000, timeoutMs: 2500 });
    let text = "";
    for await (const event of client.chat({ messages: question })) {
      if (event.type !== "text-delta") continue;
      text += event.text;
      await new Promise((resolve) => setTimeout(resolve, 1200));
    }
    same(text, "abc", "text");
  },

  async "leaving the loop closes the connection"(world) {
    const marker = `leave-${Math.random()}`;
    const run = remoteClient(world).chat({ messages: [{ role: "user", content: marker }], extraBody: { simulator: { text: ["a", "b", "c"], stallAfterChunks: 3 } } });
    for await (const event of run) if (event.type === "text-delta") break;
    await eventually(async () => (await remoteRequest(world, marker))?.aborted, "the server sees the connection close");
    same(run.verdict, "aborted", "verdict");
    same((await rejection(run.result())).name, "AbortError", "result");
    ok(run.partial.message.content?.startsWith("a"), "the partial stays");
  },

  async "an AbortSignal rejects with its own reason, in every state"(world) {
    const reason = { my: "reason" };
    // Before anything.
    const before = local(world, { text: "x" });
    same(await rejection(before.client.chat({ messages: question, signal: AbortSignal.abort(reason) }).result()), reason, "before");
    same(before.server.requests.length, 0, "nothing was sent");
    // While waiting for the head, for a retry, for the rest of the body.
    const states = [[{ delayMs: 10_000 }, {}], [{ status: 429, body: { error: { message: "m", metadata: { retry_after_seconds: 30 } } } }, {}], [{ text: ["a", "b"], stallAfterChunks: 2 }, {}]];
    for (const [script] of states) {
      const controller = new AbortController();
      const { client } = local(world, script);
      const run = client.chat({ messages: question, signal: controller.signal });
      setTimeout(() => controller.abort(reason), 40);
      same(await rejection(collect(run)), reason, JSON.stringify(script));
      same(run.verdict, "aborted", "verdict");
    }
    // Over a connection the server sees it.
    const marker = `abort-${Math.random()}`;
    const controller = new AbortController();
    const run = remoteClient(world).chat({ messages: [{ role: "user", content: marker }], signal: controller.signal, extraBody: { simulator: { text: ["a", "b"], stallAfterChunks: 2 } } });
    const iterator = run[Symbol.asyncIterator]();
    await iterator.next();
    controller.abort(reason);
    await eventually(async () => (await remoteRequest(world, marker))?.aborted, "the server sees the abort");
  },

  async "leaving textStream in silence ends it at once, and who has left hears nothing more"(world) {
    const { client, server } = local(world, { text: ["a", "b"], stallAfterChunks: 3 });
    const texts = client.chat({ messages: question }).textStream[Symbol.asyncIterator]();
    await texts.next();
    const pending = texts.next().catch((error) => error);
    await texts.return?.();
    await pending;
    await eventually(async () => server.requests[0].aborted, "the connection closes");
    const left = local(world, { text: ["a", "b", "c"], chunkBytes: 100_000 }).client.chat({ messages: question })[Symbol.asyncIterator]();
    await left.next();
    await left.return(undefined);
    same(await left.next(), { value: undefined, done: true }, "after leaving");
  },

  async "a retry that does not fit into the time limit is not waited for; behind one that does the limit holds, however long the consumer rests"(world) {
    const limited = (/** @type {number} */ seconds) => ({ status: 429, body: { error: { message: "m", metadata: { retry_after_seconds: seconds } } } });
    const long = local(world, limited(59), { timeoutMs: 5000 });
    const told = await rejection(long.client.chat({ messages: question }).result());
    same([told.code, told.retryAfterMs, long.server.requests.length], ["rate-limit", 59_000, 1], "told at once");
    const { client, server } = local(world, [limited(0.1), { text: ["a", "b"], stallAfterChunks: 2 }], { timeoutMs: 2000 });
    const error = await rejection((async () => {
      for await (const event of client.chat({ messages: question })) if (event.type === "retry") await new Promise((resolve) => setTimeout(resolve, 2500));
    })());
    same([error.code, server.requests.length], ["timeout", 2], "behind the retry");
  },

  async "cancel() ends a pull that waits, and is harmless afterwards"(world) {
    const { client } = local(world, { text: ["a", "b"], stallAfterChunks: 2 });
    const run = client.chat({ messages: question });
    const reading = rejection(collect(run));
    setTimeout(() => run.cancel(), 30);
    same((await reading).name, "AbortError", "reason");
    run.cancel();
    const finished = local(world, { text: "done" }).client.chat({ messages: question });
    await finished.result();
    finished.cancel();
    same(finished.verdict, "complete", "verdict");
  },

  async "a fetch that ignores its signal cannot hold a caller"(world) {
    const client = new world.api.OpenRouter({ apiKey: "k", fetch: () => new Promise(() => {}) });
    const controller = new AbortController();
    setTimeout(() => controller.abort("enough"), 20);
    same(await rejection(client.chat({ messages: question, signal: controller.signal }).result()), "enough", "reason");
  },

  async "whatever fetch throws or gives, the promise settles and the cause is kept, without a key in it"(world) {
    const sse = 'data: {"choices":[{"delta":{"content":"hi"},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n';
    const bytes = new TextEncoder().encode(sse);
    const headers = new Headers({ "content-type": "text/event-stream" });
    async function* pieces() {
      yield bytes.subarray(0, 9);
      yield bytes.subarray(9);
    }
    const good = {
      "a Response": () => new Response(sse, { headers }),
      "a Response without a content type that says so": () => new Response(sse),
      "an object like a Response": () => Promise.resolve({ status: 200, headers, body: new Response(sse).body }),
      "an async iterable body": () => Promise.resolve({ status: 200, headers, body: pieces() }),
      "no body but arrayBuffer()": () => Promise.resolve({ status: 200, headers, body: null, arrayBuffer: async () => bytes.slice().buffer }),
      "a stream of strings": () => new Promise((resolve) => resolve({ status: 200, headers, body: new ReadableStream({ start(controller) { controller.enqueue(sse); controller.close(); } }) })),
      "a stream of buffers": () => Promise.resolve({ status: 200, headers, body: new ReadableStream({ start(controller) { controller.enqueue(bytes.slice().buffer); controller.close(); } }) }),
      "no body but text()": () => Promise.resolve({ status: 200, headers, text: async () => sse }),
      "a thenable": () => ({ then: (/** @type {any} */ resolve) => resolve(new Response(sse, { headers })) }),
    };
    for (const [name, fetch] of Object.entries(good)) {
      const client = new world.api.OpenRouter({ apiKey: "k", fetch: /** @type {any} */ (fetch), maxRetries: 0 });
      same((await client.chat({ messages: question }).result()).message.content, "hi", name);
    }
    const thrown = new Error("thrown at once");
    const bad = {
      "throws": [() => { throw thrown; }, thrown],
      "rejects with a string": [() => Promise.reject("user left"), "user left"],
      "rejects with undefined": [() => Promise.reject(undefined), undefined],
      "rejects with an object": [() => Promise.reject({ odd: true }), { odd: true }],
    };
    for (const [name, [fetch, cause]] of Object.entries(bad)) {
      const client = new world.api.OpenRouter({ apiKey: "k", fetch: /** @type {any} */ (fetch), maxRetries: 0 });
      const error = await rejection(client.chat({ messages: question }).result());
      same([error.code, JSON.stringify(error.cause)], ["network", JSON.stringify(cause)], name);
      ok(error.isRetryable, name);
    }
    const key = "sk-or-v1-0123456789abcdef";
    const telling = Object.assign(new TypeError(`Bearer ${key} is no header value`, { cause: { config: { headers: [`Bearer ${key}`] } } }), { code: "E_HEADER" });
    const indiscreet = new world.api.OpenRouter({ apiKey: key, fetch: () => Promise.reject(telling), maxRetries: 0 });
    const { cause, ...error } = await rejection(indiscreet.chat({ messages: question }).result());
    ok(!`${cause.message} ${cause.stack} ${JSON.stringify([error, cause, cause.cause])}`.includes(key), "a key in a cause");
    same([cause instanceof Error, cause.name, cause.code, cause.cause.config.headers], [true, "TypeError", "E_HEADER", ["Bearer [redacted]"]], "the rest of it");
    for (const odd of [undefined, null, 5, {}, { status: 200, headers: {} }, { status: 200 }]) {
      const client = new world.api.OpenRouter({ apiKey: "k", fetch: /** @type {any} */ (async () => odd), maxRetries: 0 });
      const error = await rejection(client.chat({ messages: question }).result());
      same(error.code, "network", `${JSON.stringify(odd)}: ${error}`);
    }
    const taken = new Response(sse, { headers });
    await taken.text();
    const again = new world.api.OpenRouter({ apiKey: "k", fetch: async () => taken, maxRetries: 0 });
    ok(["network", "stream-cut"].includes((await rejection(again.chat({ messages: question }).result())).code), "a body that was read already");
    const broken = new ReadableStream({ start(controller) { controller.enqueue(bytes.subarray(0, 70)); }, pull(controller) { controller.error("gone"); } });
    const client = new world.api.OpenRouter({ apiKey: "k", fetch: async () => new Response(broken, { headers }), maxRetries: 0 });
    same((await rejection(client.chat({ messages: question }).result())).code, "stream-cut", "a body that fails with a string");
  },

  async "a bad request is refused by place before anything is sent"(world) {
    /** @type {[object, object, string][]} */
    const table = [
      [{}, { messages: [] }, "messages"],
      [{}, { messages: "hi" }, "messages"],
      [{}, { messages: [{ role: "robot" }] }, "messages[0].role"],
      [{}, { messages: question, headers: { "X-Bad": "a\nb" } }, 'headers["X-Bad"]'],
      [{ headers: { "bad name": "x" } }, { messages: question }, "headers"],
      [{ baseURL: "http://example.com" }, { messages: question }, "baseURL"],
      [{ timeoutMs: -5 }, { messages: question }, "timeoutMs"],
      [{ limits: { maxLineBytes: 0 } }, { messages: question }, "limits.maxLineBytes"],
      [{}, { messages: question, model: 5 }, "model"],
      [{}, { messages: question, stream: "yes" }, "stream"],
      [{}, { messages: question, thinking: "loud" }, "thinking"],
      [{}, { messages: question, budget: -1 }, "budget"],
      [{}, { messages: question, maxSteps: 0 }, "maxSteps"],
      [{}, { messages: question, params: { temperature: "hot" } }, "params.temperature"],
      [{}, { messages: [...question, { role: "user", content: ["x"] }] }, "messages[1].content[0]"],
    ];
    const cyclic = /** @type {any} */ ({ role: "user", content: "x" });
    cyclic.self = cyclic;
    table.push([{}, { messages: [cyclic] }, "messages[0].self"], [{}, { messages: question, seed: 5n }, "seed"]);
    const circle = /** @type {any} */ ({ max_price: {} });
    circle.self = circle;
    table.push([{}, { messages: question, provider: circle }, "provider.self"], [{}, { messages: question, tools: [{ type: "openrouter:web_search", parameters: circle }] }, "tools[0].parameters.self"]);
    for (const [options, request, place] of table) {
      const { client, server } = local(world, { text: "x" }, options);
      const error = await rejection(client.chat(/** @type {any} */ (request)).result());
      same(error.code, "invalid-request", place);
      ok(error.message.startsWith(place), `${place}: ${error.message}`);
      same(server.requests.length, 0, "nothing was sent");
    }
    for (const options of [{ apiKey: 5 }, { fetch: "x" }, null, { fallbackModels: "a/b" }, { timeoutMs: "soon" }, { baseURL: 5 }, { model: 5 }, { app: "x" }, { limits: 5 }, { headers: 5 }, { rawEvents: 1 }]) {
      let error;
      try {
        new world.api.OpenRouter(/** @type {any} */ (options));
      } catch (thrown) {
        error = thrown;
      }
      same(/** @type {any} */ (error)?.code, "invalid-request", JSON.stringify(options));
    }
  },

  async "a rate limit that told one run to wait is waited for by the client's other runs"(world) {
    const limited = (/** @type {number} */ seconds) => ({ status: 429, body: { error: { code: 429, message: "slow", metadata: { retry_after_seconds: seconds } } } });
    const asking = (/** @type {any} */ client) => (/** @type {object} */ more) => client.chat({ model: "openai/gpt-4o-mini", messages: question, ...more });
    const long = local(world, [limited(59), { text: "x" }]);
    const ask = asking(long.client);
    const first = ask({});
    for await (const { type } of first) {
      if (type !== "retry") continue;
      const controller = new AbortController();
      const ends = [rejection(ask({ timeoutMs: 100 }).result()), rejection(ask({ signal: controller.signal }).result())];
      setTimeout(() => controller.abort("enough"), 50);
      same([(await ends[0]).code, await ends[1], long.server.requests.length], ["rate-limit", "enough", 1], "told at once where it does not fit into the time, and nothing was sent");
      await ask({ model: "anthropic/claude-sonnet-4.5" }).result();
      await ask({ maxRetries: 0 }).result();
      same(long.server.requests.length, 3, "another model is asked meanwhile, and this one by who never waits");
      break;
    }
    const start = performance.now();
    const short = local(world, [limited(2), { text: "x" }]);
    const told = asking(short.client)({});
    let other;
    for await (const { type } of told) if (type === "retry") other = asking(short.client)({}).result();
    same([told.verdict, (await other)?.verdict, short.server.requests.length], ["complete", "complete", 3], "each once");
    ok(performance.now() - start >= 1900, "both have waited");
  },

  async "the key may be a function, is needed, and is shown to nobody"(world) {
    const secret = "sk-or-v1-0123456789abcdef";
    let asked = 0;
    const { client, server } = local(world, { status: 401, body: { error: { message: `bad key ${secret}`, metadata: { raw: secret } } } }, { apiKey: async () => (asked++, `${secret}\n`) });
    const error = await rejection(client.chat({ messages: question }).result());
    same([asked, server.requests[0].headers.authorization], [1, `Bearer ${secret}`], "the key is asked for and cleaned");
    ok(!`${error.message}${JSON.stringify(error)}${JSON.stringify(error.upstream)}${error.stack}`.includes(secret), "no key in the error");
    ok(!JSON.stringify(client).includes(secret), "no key in the client");
    for (const apiKey of [undefined, "", "  ", "漢字", () => undefined]) {
      const { server, client } = local(world, { text: "x" }, { apiKey });
      same((await rejection(client.chat({ messages: question }).result())).code, "auth", `key ${JSON.stringify(apiKey)}`);
      same([(await rejection(client.usage())).code, (await rejection(client.generation("gen-1"))).code, (await client.search("x")).error], ["auth", "auth", "missing_perplexity_api_key"], `calls, key ${JSON.stringify(apiKey)}`);
      same(server.requests.length, 0, "nothing was sent");
    }
    const own = local(world, { text: "x" }, { apiKey: undefined, headers: { Authorization: "Bearer mine" } });
    await own.client.chat({ messages: question }).result();
    same(own.server.requests[0].headers.authorization, "Bearer mine", "the caller's own header");
    const unasked = local(world, { text: "x" }, { apiKey: () => Promise.reject(new Error("not to be asked")), headers: { Authorization: "Bearer mine" } });
    await unasked.client.chat({ messages: question }).result();
    const failing = local(world, { text: "x" }, { apiKey: () => Promise.reject(new Error("vault closed")) });
    const refused = await rejection(failing.client.chat({ messages: question }).result());
    same([refused.code, refused.cause.message], ["auth", "vault closed"], "a key function that fails");
    const telling = local(world, { text: "x" }, { apiKey: () => { throw new Error(`no ${secret} here`); } });
    for (const call of [
      () => telling.client.chat({ messages: question }).result(), () => telling.client.models.list(), () => telling.client.usage(), () => telling.client.search("x"),
      () => telling.client.fetch("https://openrouter.ai/api/v1/chat/completions", { method: "POST", body: JSON.stringify({ model: "a/b", messages: question }) }),
    ]) {
      const error = await rejection(call());
      same([error.code, error.message], ["auth", "apiKey() failed: no [redacted] here"], String(call));
      ok(error.cause instanceof Error && !`${error.cause.message}${error.cause.stack}`.includes(secret), "its cause without the key, too");
    }
    same(telling.server.requests.length, 0, "nothing was sent");
  },

  async "what leaves is the caller's request, in one order"(world) {
    const { client, server } = local(world, { text: "x" }, { app: { url: "https://app.example", title: "App" }, headers: { "X-Title": null, "X-Extra": "1" } });
    await client.chat({ temperature: 0.5, messages: question, model: "openai/gpt-4o-mini", seed: 1, tools: [{ name: "f", description: "d", parameters: { type: "object" } }] }).result();
    const [request] = server.requests;
    same(request.bodyText, '{"model":"openai/gpt-4o-mini","messages":[{"role":"user","content":"hello"}],"stream":true,"tools":[{"type":"function","function":{"name":"f","description":"d","parameters":{"type":"object","properties":{}}}}],"tool_choice":"auto","seed":1,"temperature":0.5}', "body");
    same([request.headers["http-referer"], request.headers["x-openrouter-title"], request.headers["x-title"], request.headers["x-extra"]], ["https://app.example", "App", undefined, "1"], "headers");
  },

  async "images in a request arrive unchanged, and the caller's messages stay as they were"(world) {
    const long = `data:image/png;base64,${png(100_000)}`;
    /** @type {any[]} */
    const messages = [
      { role: /** @type {const} */ ("user"), content: [{ type: "text", text: "t".repeat(50_000) }, { type: "image_url", image_url: { url: long, detail: "low" } }, { type: "input_audio", input_audio: { data: "B".repeat(20_000), format: "wav" } }, { type: "image_url", image_url: { url: "https://short" } }] },
      { role: /** @type {const} */ ("assistant"), content: "see", images: [{ type: "image_url", image_url: { url: long } }], audio: { data: "C".repeat(20_000) } },
      { role: /** @type {const} */ ("user"), content: "media-0. \"media-0.\" $& $1" },
    ];
    const before = JSON.stringify(messages);
    const { client, server } = local(world, { text: "x" });
    const given = [...messages];
    const run = client.chat({ messages: given });
    const { messages: next } = await run.result();
    given.push({ role: "user", content: "later" });
    same(server.requests[0].body.messages, messages, "what arrived");
    same(JSON.stringify(messages), before, "what the caller holds");
    same(next.slice(0, 3), messages, "the next transcript");
  },

  async "OpenClaw's own attribution goes out whole"(world) {
    const { client, server } = local(world, { text: "x" }, { app: world.api.OPENCLAW_APP });
    await client.chat({ messages: question }).result();
    const { headers } = server.requests[0];
    same([headers["http-referer"], headers["x-openrouter-title"]], ["https://openclaw.ai", "OpenClaw"], "who");
    same(headers["x-openrouter-categories"], "cli-agent,cloud-agent,programming-app,creative-writing,writing-assistant,general-chat,personal-agent", "categories");
  },

  async "a run is read once, and the result may be asked for from inside the loop"(world) {
    const { client } = local(world, { text: ["a", "b", "c"] });
    const run = client.chat({ messages: question });
    const texts = [];
    for await (const event of run) {
      if (event.type === "text-delta") texts.push(event.text);
      if (texts.length === 1) same((await run.result()).message.content, "abc", "result inside the loop");
    }
    same(texts, ["a", "b", "c"], "the loop misses nothing");
    for (const again of [() => run[Symbol.asyncIterator](), () => run.toReadableStream(), () => run.toResponse()]) {
      let code;
      try {
        again();
      } catch (error) {
        code = /** @type {any} */ (error).code;
      }
      same(code, "already-consumed", "second reading");
    }
    same((await run.result()).message.content, "abc", "the result stays");
  },

  async "nothing is sent before the first pull"(world) {
    const { client, server } = local(world, { text: "x" });
    const run = client.chat({ messages: question });
    await new Promise((resolve) => setTimeout(resolve, 30));
    same(server.requests.length, 0, "requests");
    await run.result();
    same(server.requests.length, 1, "requests");
  },

  async "textStream and the three stream formats carry the answer"(world) {
    const script = { text: ["Hé", "llo"], usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3, cost: 0.25 } };
    let text = "";
    for await (const piece of local(world, script).client.chat({ messages: question }).textStream) text += piece;
    same(text, "Héllo", "textStream");
    const asText = local(world, script).client.chat({ messages: question }).toResponse({ format: "text" });
    same([await asText.text(), asText.headers.get("content-type")], ["Héllo", "text/plain; charset=utf-8"], "text");
    const lines = (await new Response(local(world, script).client.chat({ messages: question }).toReadableStream()).text()).trim().split("\n").map((line) => JSON.parse(line));
    same([textOf(lines, "text-delta"), lines.at(-1).type], ["Héllo", "finish"], "events");
    const long = { toolCalls: [{ name: "f", arguments: { text: "x".repeat(20_000) }, deltaBytes: 20 }] };
    const size = (await local(world, long).client.chat({ messages: question }).toResponse({ format: "events" }).text()).length;
    ok(size < 400_000, `${size} bytes: a line costs what it adds`);
    // Our own client reads what our own Worker would send.
    const relay = new world.api.OpenRouter({ apiKey: "k", fetch: async () => local(world, { ...script, toolCalls: [{ id: "c", name: "f", arguments: { a: [1] }, deltaBytes: 3 }] }).client.chat({ messages: question }).toResponse() });
    const result = await relay.chat({ messages: question }).result();
    same([result.message.content, result.usage?.cost, result.message.tool_calls?.[0].function.arguments, result.reason], ["Héllo", 0.25, '{"a":[1]}', "tool-calls"], "sse");
    ok(result.provider && result.model && result.steps[0].nativeReason, "identity and the provider's own reason");
    let code;
    try {
      local(world, script).client.chat({ messages: question }).toResponse({ format: /** @type {any} */ ("xml") });
    } catch (error) {
      code = /** @type {any} */ (error).code;
    }
    same(code, "invalid-request", "an unknown format");
  },

  async "a silent model does not make a silent stream"(world) {
    const { client } = local(world, { text: ["a", "b"], chunkDelayMs: 300 });
    const text = await client.chat({ messages: question }).toResponse({ keepAliveMs: 20 }).text();
    ok(text.split(": keep-alive\n\n").length > 2, text);
    ok(text.endsWith("data: [DONE]\n\n"), text);
    const quiet = await local(world, { text: ["a", "b"], chunkDelayMs: 50 }).client.chat({ messages: question }).toResponse({ keepAliveMs: 0 }).text();
    ok(!quiet.includes("keep-alive"), quiet);
    // A reader who rests finds one comment, not one for every tick.
    const resting = local(world, { text: ["a", "b"], stallAfterChunks: 2 }).client.chat({ messages: question }).toReadableStream({ format: "sse", keepAliveMs: 5 }).getReader();
    await resting.read();
    await new Promise((resolve) => setTimeout(resolve, 100));
    const start = performance.now();
    for (let pieces = 0; pieces < 8; pieces++) await resting.read();
    ok(performance.now() - start >= 20, "eight pieces lie ready");
    await resting.cancel();
    // A reader who leaves while the model is silent is noticed.
    const { client: slow, server } = local(world, { text: ["a", "b"], stallAfterChunks: 2 });
    const reader = slow.chat({ messages: question }).toReadableStream({ format: "sse", keepAliveMs: 10 }).getReader();
    for (let pieces = 0; pieces < 6; pieces++) await reader.read();
    await reader.cancel();
    await eventually(async () => server.requests[0].aborted, "the connection closes");
  },

  async "an error in a log says what it is"(world) {
    const error = await rejection(local(world, { status: 401, body: { error: { message: "No auth" } } }).client.chat({ messages: question }).result());
    const logged = JSON.parse(JSON.stringify({ error }));
    same([logged.error.name, logged.error.code, logged.error.message, logged.error.status], ["OpenRouterError", "auth", "No auth", 401], "logged");
  },

  async "a failure reaches whoever reads the streams"(world) {
    const script = { text: ["a", "b", "c"], cutAfterChunks: 3 };
    await rejection(local(world, script).client.chat({ messages: question }).toResponse({ format: "text" }).text());
    const lines = (await local(world, script).client.chat({ messages: question }).toResponse({ format: "events" }).text()).trim().split("\n").map((line) => JSON.parse(line));
    same([lines.at(-1).type, lines.at(-1).error.code], ["error", "stream-cut"], "events");
    const relay = new world.api.OpenRouter({ apiKey: "k", maxRetries: 0, fetch: async () => local(world, script).client.chat({ messages: question }).toResponse() });
    const error = await rejection(relay.chat({ messages: question }).result());
    same([error.code, error.partial.message.content.startsWith("a")], ["stream-error", true], "sse");
  },

  async "cancelling a stream made of a run closes the connection"(world) {
    const marker = `stream-${Math.random()}`;
    const stream = remoteClient(world).chat({ messages: [{ role: "user", content: marker }], extraBody: { simulator: { text: ["a", "b"], stallAfterChunks: 2 } } }).toReadableStream({ format: "text" });
    const reader = stream.getReader();
    await reader.read();
    await reader.cancel();
    await eventually(async () => (await remoteRequest(world, marker))?.aborted, "the server sees the connection close");
  },

  async "two hundred runs at once keep their answers apart"(world) {
    const server = world.simulator.createSimulator({ delayMs: 0 });
    server.on(() => true, { text: ["x"], chunkBytes: 11 });
    const answers = await Promise.all(
      Array.from({ length: 200 }, async (_, number) => {
        const one = world.simulator.createSimulator({ delayMs: 0 });
        one.enqueue({ text: [`answer `, `${number}`], chunkBytes: 13 });
        return (await new world.api.OpenRouter({ apiKey: "k", fetch: one.fetch }).chat({ messages: question }).result()).message.content;
      }),
    );
    same(answers, Array.from({ length: 200 }, (_, number) => `answer ${number}`), "answers");
  },

  async "memory limits end a run with an error that names them"(world) {
    const both = local(world, { text: Array.from({ length: 100 }, () => "word ") }, { limits: { maxBodyBytes: 2000 } });
    same((await rejection(both.client.chat({ messages: question, limits: { maxToolCalls: 5 } }).result())).code, "limit", "the client's limits hold beside the request's");
    for (const [limits, script] of /** @type {[object, object][]} */ ([
      [{ maxEventBytes: 500 }, { text: ["x".repeat(1000)] }],
      [{ maxBodyBytes: 2000 }, { text: Array.from({ length: 100 }, () => "word ") }],
      [{ maxToolArgumentBytes: 50 }, { toolCalls: [{ name: "f", arguments: { long: "x".repeat(100) }, deltaBytes: 9 }] }],
    ])) {
      const error = await rejection(local(world, script, { limits }).client.chat({ messages: question }).result());
      same(error.code, "limit", JSON.stringify(limits));
      ok(error.message.includes(Object.keys(limits)[0]), error.message);
    }
  },

  async "a tracer that throws, or gives no span, changes nothing about what it watches"(world) {
    const broken = () => {
      throw new Error("the exporter is full");
    };
    const halves = { setAttributes: broken, setStatus: broken, end: broken };
    for (const startSpan of /** @type {any[]} */ ([broken, () => undefined, () => ({}), () => halves])) {
      const { client } = local(world, [{ status: 503 }, { toolCalls: [{ id: "a", name: "now", arguments: {} }] }, { text: "noon" }], { telemetry: { tracer: { startSpan }, recordContent: true } });
      const tools = [{ name: "now", parameters: { type: "object", properties: {} }, execute: () => 12 }];
      const { message, steps } = await client.chat({ model: "openai/gpt-4o-mini", messages: question, tools, maxRetries: 1 }).result();
      same([message.content, steps.length], ["noon", 2], "a run");
      same((await client.embeddings.create({ model: "openai/text-embedding-3-small", input: "a" })).embeddings.length, 1, "a call");
      const failing = local(world, { status: 402 }, { telemetry: { tracer: { startSpan } } });
      same((await rejection(failing.client.chat({ messages: question }).result())).code, "payment-required", "its own error");
    }
  },

  async "a logger hears what a run does, in words and without keys, and cannot disturb it"(world) {
    const key = "sk-or-v1-0123456789abcdef";
    /** @type {string[]} */
    const lines = [];
    const say = (/** @type {string} */ level) => (/** @type {string} */ line) => void lines.push(`${level} ${line}`);
    const logger = { debug: say("debug"), info: say("info"), warn: say("warn"), error: say("error") };
    const options = { apiKey: key, logger, fallbackModels: ["openai/gpt-4o-mini"], maxRetries: 1 };
    const refused = { status: 429, body: { error: { message: `slow down, ${key}`, metadata: { retry_after_seconds: 0 } } } };
    const { client } = local(world, [refused, refused, { text: "hi" }], options);
    await client.chat({ messages: question, model: "anthropic/claude-sonnet-4.5", cache_control: /** @type {any} */ ({}) }).result();
    const text = lines.join("\n");
    for (const expected of [
      /^debug openrouter-wasm: asking openrouter\/anthropic\/claude-sonnet-4\.5$/m,
      /^warn openrouter-wasm: attempt 1 failed, again in \d+ ms: rate-limit \(429\): slow down, \[redacted\]$/m,
      /^warn openrouter-wasm: openrouter\/anthropic\S+ failed, going on with openrouter\/openai\/gpt-4o-mini: rate-limit/m,
      /^info openrouter-wasm: complete after [\d.]+ s: openai\/gpt-4o-mini\S* by \S+, 1 step, \d+ tokens, \$/m,
    ]) ok(expected.test(text), `${expected} in ${text}`);
    ok(!text.includes(key), text);
    lines.length = 0;
    await rejection(local(world, { status: 402 }, { apiKey: key, logger: { error: say("error"), debug: () => { throw new Error("full"); } } }).client.chat({ messages: question }).result());
    ok(lines.length === 1 && /^error openrouter-wasm: payment-required after/.test(lines[0]), lines.join());
    same(thrown(() => new world.api.OpenRouter({ logger: /** @type {any} */ ("loud") })).message, "logger: must be an object", "no logger");
  },

  async "keep-alive comments are events when asked for, and what is tried again stays so"(world) {
    const slow = { text: ["a", "b"], comments: 2 };
    const quiet = await collect(local(world, slow).client.chat({ messages: question }));
    same(ofType(quiet, "processing").length, 0, "not asked for");
    const { client, server } = local(world, [{ raw: ": OPENROUTER PROCESSING\n\ndata: {\"error\":{\"code\":503,\"message\":\"full\"}}\n\n" }, slow], { processingEvents: true });
    const events = await collect(client.chat({ messages: question }));
    const told = ofType(events, "processing");
    ok(told.length >= 2 && told.every(({ text, step }) => text === "OPENROUTER PROCESSING" && step === 0), JSON.stringify(told));
    same([textOf(events, "text-delta"), ofType(events, "retry").length, server.requests.length], ["ab", 1, 2], "a comment is no output: the failed attempt is tried again");
    same(thrown(() => new world.api.OpenRouter({ processingEvents: /** @type {any} */ (1) })).message, "processingEvents: must be a boolean", "kind");
  },

  async "raw events are there when asked for"(world) {
    const { client } = local(world, { text: ["a", "b"] }, { rawEvents: true });
    const raw = ofType(await collect(client.chat({ messages: question })), "raw");
    ok(raw.length >= 3 && raw.every((event) => JSON.parse(event.data).object === "chat.completion.chunk"), `${raw.length} raw events`);
  },
};

export const scenarios = {
  ...streamScenarios,
  ...toolScenarios,
  ...typedToolScenarios,
  ...objectScenarios,
  ...runStateScenarios,
  ...ruleScenarios,
  ...requestScenarios,
  ...authScenarios,
  ...mediaScenarios,
  ...moneyScenarios,
  ...priceScenarios,
  ...answerScenarios,
  ...searchScenarios,
  ...callScenarios,
  ...callBudgetScenarios, ...callPriceScenarios,
  ...replayScenarios,
  ...catalogScenarios,
  ...scanScenarios,
  ...billedScenarios,
  ...videoScenarios,
  ...videoFileScenarios,
};

/** Those whose name has this in it; all of them for "". @param {string} part */
export const scenariosNamed = (part) => Object.entries(scenarios).filter(([name]) => name.includes(part));

/** @param {World} world @param {string} [part]  of the names of those that run @returns {Promise<{ name: string, ms: number, error?: string }[]>} */
export async function runScenarios(world, part = "") {
  const results = [];
  for (const [name, scenario] of scenariosNamed(part)) {
    const start = performance.now();
    const limit = new Promise((_, reject) => setTimeout(() => reject(new Error("took longer than 60 s: a promise hangs")), 60_000));
    const outcome = await Promise.race([scenario(world), limit]).then(
      () => ({}),
      (error) => ({ error: String(error?.stack ?? error) }),
    );
    results.push({ name, ms: Math.round(performance.now() - start), ...outcome });
  }
  return results;
}
