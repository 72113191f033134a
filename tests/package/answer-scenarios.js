// Answers as servers really send them, through the public API, told once and run in every runtime.
import { collect, ofType, ok, question, rejection, same } from "./scenario-tools.js";

/** @import { World } from "./scenario-tools.js" */

const SSE = { headers: { "content-type": "text/event-stream" } };
/** @param {any} chunk */
const event = (chunk) => `data: ${JSON.stringify(chunk)}\n\n`;
const delta = (/** @type {any} */ value, /** @type {string | null} */ finish_reason = null) => event({ id: "gen-1", model: "m/x", choices: [{ index: 0, delta: value, finish_reason }] });
const END = delta({}, "stop") + "data: [DONE]\n\n";

/** A client that is answered by these bodies, one after the other, and what it sent. @param {World} world @param {(string | Response)[]} bodies @param {object} [options] */
function answered({ api }, bodies, options) {
  /** @type {any[]} */
  const sent = [];
  const fetch = /** @type {any} */ (async (/** @type {string} */ _url, /** @type {any} */ init) => {
    const body = bodies[Math.min(sent.length, bodies.length - 1)];
    sent.push(JSON.parse(init.body));
    return typeof body === "string" ? new Response(body, SSE) : body.clone();
  });
  return { sent, client: new api.OpenRouter({ apiKey: "k", fetch, maxRetries: 0, ...options }) };
}

/** @type {Record<string, (world: World) => Promise<void>>} */
export const answerScenarios = {
  async "the text of an answer stays out of the engine and is whole wherever it is asked for"(world) {
    const words = Array.from({ length: 3000 }, (_, at) => `wörd${at} `);
    const body = delta({ reasoning: "because" }) + words.map((word) => delta({ content: word })).join("") + END;
    const { client } = answered(world, [body]);
    const run = client.chat({ model: "m/x", messages: question });
    let seen = "", partial = "";
    for await (const each of run) {
      if (each.type !== "text-delta") continue;
      seen += each.text;
      partial = /** @type {string} */ (run.partial.message.content);
    }
    const { message } = await run.result();
    same([message.content, seen, partial, message.reasoning], [words.join(""), words.join(""), words.join(""), "because"], "text");
    const broken = answered(world, [delta({ content: "half" }) + event({ error: { code: 502, message: "gone" } })]);
    same((await rejection(broken.client.chat({ model: "m/x", messages: question }).result())).partial.message.content, "half", "in the error");
    const cut = answered(world, [delta({ content: "half" })]);
    const error = await rejection(cut.client.chat({ model: "m/x", messages: question }).result());
    same([error.verdict, error.partial.message.content], ["cut", "half"], "after a cut");
  },

  async "thoughts in tags are reasoning, in the events, in the message and in every format"(world) {
    const { client } = answered(world, [delta({ content: "<thi" }) + delta({ content: "nk>sec" }) + delta({ content: "ret</think>\n\nHel" }) + delta({ content: "lo" }) + END]);
    const events = await collect(client.chat({ model: "m/x", messages: question }));
    same([ofType(events, "text-delta").map(({ text }) => text).join(""), ofType(events, "reasoning-delta").map(({ text }) => text).join("")], ["Hello", "secret"], "events");
    const { message } = await client.chat({ model: "m/x", messages: question }).result();
    same([message.content, message.reasoning], ["Hello", "secret"], "message");
    same(await new Response(client.chat({ model: "m/x", messages: question }).toReadableStream({ format: "text" })).text(), "Hello", "text");
  },

  async "reasoning details and signatures of calls survive a stream of chunks, and go out again"(world) {
    const details = [{ type: "reasoning.text", text: "Let me see.", signature: "c2ln", index: 0, format: "anthropic-claude-v1" }, { type: "reasoning.encrypted", data: "ZGF0YQ==", index: 1 }];
    const call = { index: 0, id: "call_1", type: "function", extra_content: { google: { thought_signature: "c2ln" } }, function: { name: "read", arguments: "{}" } };
    const body = delta({ reasoning: "Let me", reasoning_details: [{ ...details[0], text: "Let me", signature: undefined }] }) + delta({ reasoning: " see.", reasoning_details: [{ ...details[0], text: " see." }] })
      + delta({ reasoning_details: [details[1]] }) + delta({ content: "ok" }) + delta({ tool_calls: [call] }) + END.replace('"stop"', '"tool_calls"');
    const tools = [{ name: "read", parameters: { type: "object", properties: {} } }];
    const first = answered(world, [body]);
    const original = (await first.client.chat({ model: "google/gemini-3-pro", messages: question, tools }).result()).message;
    const relay = await first.client.chat({ model: "google/gemini-3-pro", messages: question, tools }).toResponse({ format: "sse" }).text();
    const second = answered(world, [relay]);
    const { message } = await second.client.chat({ model: "google/gemini-3-pro", messages: question, tools }).result();
    same(message.reasoning_details, original.reasoning_details, "details");
    same([message.reasoning, message.content, message.tool_calls], [original.reasoning, "ok", original.tool_calls], "said once");
    same(message.tool_calls?.[0].extra_content, call.extra_content, "signature");
    const next = answered(world, [delta({ content: "done" }) + END]);
    for (const model of ["google/gemini-3-pro", "anthropic/claude-opus-4.8"]) {
      await next.client.chat({ model, messages: [...question, message, { role: "tool", tool_call_id: "call_1", content: "x" }], tools }).result();
    }
    const [google, anthropic] = next.sent.map(({ messages }) => messages.find((/** @type {any} */ { role }) => role === "assistant"));
    same([google.tool_calls[0].extra_content, anthropic.reasoning_details], [call.extra_content, original.reasoning_details], "they go out again");
  },

  async "what the credits are enough for is told, and asked for once where that is wanted"(world) {
    const refused = Response.json({ error: { code: 402, message: "You requested up to 32000 tokens, but can only afford 2666." } }, { status: 402 });
    const plain = answered(world, [refused]);
    const error = await rejection(plain.client.chat({ model: "m/x", messages: question }).result());
    same([error.code, error.affordableTokens, error.isRetryable, plain.sent.length, JSON.parse(JSON.stringify(error)).affordableTokens], ["payment-required", 2666, false, 1, 2666], "told");
    for (const options of [{ client: { affordRetry: true }, request: {} }, { client: {}, request: { affordRetry: true, max_tokens: 9000 } }]) {
      const { client, sent } = answered(world, [refused, delta({ content: "ok" }) + END], options.client);
      const run = client.chat({ model: "m/x", messages: question, ...options.request });
      const events = await collect(run);
      same([(await run.result()).message.content, sent.length, sent[1].max_completion_tokens, sent[1].affordRetry], ["ok", 2, 2666, undefined], "asked for");
      same([ofType(events, "retry").length, ofType(events, "retry")[0].error.affordableTokens], [1, 2666], "told by an event");
    }
    const twice = answered(world, [refused], { affordRetry: true });
    same([(await rejection(twice.client.chat({ model: "m/x", messages: question }).result())).attempts?.length, twice.sent.length], [2, 2], "once");
    same((await rejection(twice.client.chat({ model: "m/x", messages: question, affordRetry: /** @type {any} */ ("yes") }).result())).message, "affordRetry: must be a boolean", "kind");
  },

  async "half a character behind a call, and control characters, fail nothing"(world) {
    const call = (/** @type {string} */ text) => `data: {"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"c","function":{"name":"f","arguments":${text}}}]},"finish_reason":null}]}\n\n`;
    for (const [text, input] of /** @type {[string, any][]} */ ([['"{\\"a\\":1}\\ud83d"', { a: 1 }], ['{"a":"x\ty"}', { a: "x\ty" }], ['"\\ud83d"', undefined]])) {
      const { client } = answered(world, [call(text) + END.replace('"stop"', '"tool_calls"')]);
      const events = await collect(client.chat({ model: "m/x", messages: question, tools: [{ name: "f" }] }));
      same(ofType(events, "tool-call").map((each) => each.input), [input], text);
    }
    ok((await answered(world, [delta({ content: "ok" }) + END]).client.chat({ model: "m/x", messages: question }).result()).message.content === "ok", "the engine is well");
  },

  async "a text that comes whole once more at its end is said once, and what a model repeats is left alone"(world) {
    const texts = (/** @type {string[]} */ ...pieces) => pieces.map((content) => delta({ content })).join("");
    const last = (/** @type {string} */ content, /** @type {any} */ more = {}) => event({ id: "gen-1", model: "m/x", choices: [{ index: 0, delta: { content }, finish_reason: "stop", ...more }] }) + "data: [DONE]\n\n";
    const message = (/** @type {string} */ content) => event({ id: "gen-1", choices: [{ index: 0, message: { role: "assistant", content }, finish_reason: "stop" }] }) + "data: [DONE]\n\n";
    const both = last("", { message: { role: "assistant", content: "Hello, world" } });
    for (const [body, text] of /** @type {[string, string][]} */ ([
      [texts("Hello", ", ", "world") + last("Hello, world"), "Hello, world"],
      [texts("Hello", ", ", "world", "Hello, world") + END, "Hello, world"],
      [texts("The answer is 42.") + last("The answer is 42."), "The answer is 42."],
      [texts("Hel", "lo") + last("Hello"), "Hello"],
      [texts("Hello", ", ", "world") + message("Hello, world"), "Hello, world"],
      [texts("Hello", ", ", "world") + both, "Hello, world"],
      [texts("Hello", ", ", "world") + last("Hello, world", { message: { role: "assistant", content: "Hello, world" } }), "Hello, world"],
      [texts("<think>a thought</think>Hello", ", ", "world") + last("Hello, world"), "Hello, world"],
      [texts("x".repeat(5000), "y".repeat(5000)) + last("x".repeat(5000) + "y".repeat(5000)), "x".repeat(5000) + "y".repeat(5000)],
      // What goes on is no end.
      [texts("Hello", ", ", "world", "Hello, world", "!") + END, "Hello, worldHello, world!"],
      [texts("ha ", "ha ", "ha ha ") + END, "ha ha ha ha "],
      [texts("no", "no") + last("nono") , "nono"],
      [texts("ha") + last("ha"), "haha"],
      [texts("Again and again. ") + last("Again and again. "), "Again and again. Again and again. "],
      [texts("one line", "\n") + last("one line\n"), "one line\none line\n"],
      [texts("Hello", ", ", "world") + last("Hello, World"), "Hello, worldHello, World"],
    ])) {
      for (const pieces of [[body], body.split(/(?<=\n)/), body.match(/[^]{1,7}/g) ?? []]) {
        const stream = new Response(new ReadableStream({ start: (controller) => (pieces.forEach((piece) => controller.enqueue(new TextEncoder().encode(piece))), controller.close()) }), SSE);
        const run = answered(world, [stream]).client.chat({ model: "m/x", messages: question });
        const events = await collect(run);
        same([ofType(events, "text-delta").map((each) => each.text).join(""), (await run.result()).message.content], [text, text], body.slice(-200));
      }
    }
    const cut = answered(world, [texts("Hello", ", ", "world", "Hello, world")]);
    same((await rejection(cut.client.chat({ model: "m/x", messages: question }).result())).partial.message.content, "Hello, worldHello, world", "of a cut nobody knows");
  },

  async "what is said once is estimated once"(world) {
    const models = { "m/x": { pricing: { prompt: "0", completion: "0.001" } } };
    const cost = async (/** @type {string} */ body) => {
      const { client } = answered(world, [body], { models });
      return (await client.chat({ model: "m/x", messages: question }).result()).cost;
    };
    const text = "An answer of a length that costs something. é".repeat(9), thought = "A thought that is long enough to tell.";
    const call = (/** @type {any} */ more = {}) => delta({ tool_calls: [{ type: "function", function: { name: "f", arguments: "{\"a\":1}" }, ...more }] });
    const calls = END.replace("\"stop\"", "\"tool_calls\"");
    for (const [once, twice] of [
      [delta({ content: text }) + END, delta({ content: text }) + delta({ content: text }) + END],
      [delta({ content: text }) + END, delta({ content: text }) + event({ id: "gen-1", choices: [{ index: 0, message: { role: "assistant", content: text }, finish_reason: "stop" }] }) + END],
      [delta({ reasoning: thought }) + delta({ content: "x" }) + END, delta({ reasoning: thought }) + delta({ content: "x" }) + delta({ reasoning: thought }) + END],
      [call({ id: "c" }) + calls, call({ id: "c" }) + call({ id: "c" }) + calls],
      [call() + calls, call() + call() + calls],
    ]) {
      const [a, b] = [await cost(once), await cost(twice)];
      ok(a.total > 0 && a.source === "computed", JSON.stringify(a));
      same(b.total, a.total, twice.slice(0, 300));
    }
  },

  async "a signature of the message goes back with it"(world) {
    const google = { google: { thought_signature: "c2ln" } }, proxy = { thought_signatures: ["c2ln"] };
    for (const [fields, expected] of /** @type {[any, any][]} */ ([
      [{ extra_content: google }, { extra_content: google }],
      [{ thought_signature: "c2ln" }, { extra_content: google }],
      [{ thoughtSignature: "c2ln" }, { extra_content: google }],
      [{ provider_specific_fields: proxy }, { provider_specific_fields: proxy }],
    ])) {
      const whole = { id: "gen-1", model: "m/x", choices: [{ index: 0, message: { role: "assistant", content: "ok", ...fields }, finish_reason: "stop" }] };
      for (const body of [delta({ content: "ok" }) + delta({ content: "", ...fields }) + END, Response.json(whole)]) {
        const { client, sent } = answered(world, [body, delta({ content: "done" }) + END]);
        const { messages } = await client.chat({ model: "google/gemini-3-pro", messages: question }).result();
        await client.chat({ model: "google/gemini-3-pro", messages: [...messages, { role: "user", content: "and now?" }] }).result();
        const { role, content, ...rest } = sent[1].messages[1];
        same([role, content, rest], ["assistant", "ok", expected], JSON.stringify(fields));
      }
    }
  },

  async "blocks that LiteLLM hands on go back to it by its own name, and to no other family's model"(world) {
    const block = { type: "thinking", thinking: "Let me see.", signature: "c2ln" }, hidden = { type: "redacted_thinking", data: "AAAA" };
    const call = { index: 0, id: "toolu_1", type: "function", function: { name: "look", arguments: "{}" } };
    const first = [
      delta({ role: "assistant", reasoning_content: "Let me ", thinking_blocks: [{ type: "thinking", thinking: "Let me ", signature: "" }] }),
      delta({ reasoning_content: "see.", thinking_blocks: [{ type: "thinking", thinking: "see.", signature: "" }] }),
      delta({ reasoning_content: "", thinking_blocks: [{ type: "thinking", thinking: "", signature: "c2ln" }, hidden] }),
      delta({ tool_calls: [call] }),
    ].join("") + delta({}, "tool_calls") + "data: [DONE]\n\n";
    const tools = [{ name: "look", execute: () => "grass" }];
    // A run's own second step; the names that a proxy has for Anthropic's models.
    for (const model of ["claude-sonnet-4-5", "anthropic/claude-sonnet-4.5"]) {
      const { client, sent } = answered(world, [first, delta({ content: "Grass." }) + END]);
      const { messages } = await client.chat({ model, messages: question, tools }).result();
      const turn = sent[1].messages.find((/** @type {any} */ { role }) => role === "assistant");
      same(turn.thinking_blocks, [block, hidden], `${model}: the second step`);
      same(turn.reasoning_content, undefined, `${model}: what is signed alone`);
      // The next turn of the conversation, through a store and back.
      const next = answered(world, [delta({ content: "Yes." }) + END]);
      await next.client.chat({ model, messages: [...JSON.parse(JSON.stringify(messages)), { role: "user", content: "Sure?" }] }).result();
      same(next.sent[0].messages[1].thinking_blocks, [block, hidden], `${model}: the next turn`);
      const other = answered(world, [delta({ content: "Yes." }) + END]);
      await other.client.chat({ model: "openai/gpt-4o", messages: [...messages, { role: "user", content: "Sure?" }] }).result();
      same(other.sent[0].messages[1].thinking_blocks, undefined, "another family's model");
    }
  },

  async "counts that nobody can believe cost nothing, and are said, in every call"(world) {
    const pricing = { prompt: "0.001", completion: "0.002" };
    const end = (/** @type {any} */ usage) => delta({ content: "Hi" }) + delta({}, "stop") + event({ id: "gen-1", choices: [], usage }) + "data: [DONE]\n\n";
    for (const [usage, paths] of /** @type {[any, string[]][]} */ ([
      [{ prompt_tokens: 1e308, completion_tokens: 2 }, ["usage.prompt_tokens"]],
      [{ prompt_tokens: 7, completion_tokens: -2 }, ["usage.completion_tokens"]],
      [{ prompt_tokens: 7, completion_tokens: "NaN" }, ["usage.completion_tokens"]],
      [{ prompt_tokens: 7, completion_tokens: 2, cost: 1e308 }, ["usage.cost"]],
      [{ prompt_tokens: 1e12, completion_tokens: 1e12, total_tokens: 2e12, cost: -1 }, ["usage.prompt_tokens", "usage.completion_tokens", "usage.total_tokens", "usage.cost"]],
      [{ prompt_tokens: 7, completion_tokens: 2, server_tool_use: { web_search_requests: 1e300 } }, []],
      [{ prompt_tokens: 7.5, completion_tokens: 2, cost: "0.5", prompt_tokens_details: { cached_tokens: 1 } }, []],
    ])) {
      const { client } = answered(world, [end(usage)], { models: { "m/x": { pricing } } });
      const { cost, warnings, verdict } = await client.chat({ model: "m/x", messages: question }).result();
      same([warnings.filter(({ rule }) => rule === "usage").map(({ path }) => path), verdict], [paths, "complete"], JSON.stringify(usage));
      ok(cost.total > 0 && cost.total < 1, `${JSON.stringify(usage)}: ${cost.total}`);
    }
    const embedding = (/** @type {any} */ usage) => Response.json({ data: [{ index: 0, embedding: [1] }], model: "e/x", usage });
    const odd = answered(world, [embedding({ prompt_tokens: 1e308, total_tokens: 1, cost: 1e300 })]);
    const { usage, cost, warnings } = await odd.client.embeddings.create({ model: "e/x", input: "x" });
    same([usage?.inputTokens, usage?.totalTokens, usage?.cost, cost, warnings.length], [undefined, 1, undefined, undefined, 2], "embeddings");
  },

  async "an answer in one piece is kept until it is whole, and what came of it is read, however it ends"(world) {
    const head = '{"id":"gen-1","choices":[{"index":0,"finish_reason":"stop","message":{"role":"assistant","content":"';
    const bytes = (/** @type {string} */ text) => new TextEncoder().encode(text);
    /** @param {string[]} pieces @param {(controller: ReadableStreamDefaultController) => void} end @param {any} [options] */
    const of = (pieces, end, options) => {
      const left = pieces.map(bytes);
      const pull = (/** @type {ReadableStreamDefaultController} */ controller) => (left.length > 0 ? controller.enqueue(left.shift()) : end(controller));
      const fetch = /** @type {any} */ (async () => new Response(new ReadableStream({ pull }, { highWaterMark: 0 }), { headers: { "content-type": "application/json" } }));
      return new world.api.OpenRouter({ apiKey: "k", fetch, maxRetries: 0, ...options }).chat({ model: "m/x", messages: question });
    };
    const pieces = [head, "H", "e", "llo".repeat(30_000), '"}}'];
    const text = `He${"llo".repeat(30_000)}`;
    const whole = await of([...pieces, "]}"], (controller) => controller.close()).result();
    same([whole.message.content === text, whole.verdict], [true, "complete"], "whole");
    same((await of([`${pieces.join("")}]}`], (controller) => controller.close()).result()).message.content === text, true, "at once");
    const cut = await rejection(of(pieces.slice(0, 4), (controller) => controller.close()).result());
    same([cut.code, cut.verdict, cut.partial.message.content === text], ["stream-cut", "cut", true], "cut");
    const reset = await rejection(of(pieces, (controller) => controller.error(new Error("reset"))).result());
    same([reset.verdict, reset.partial.message.content === text], ["cut", true], "reset");
    const enough = await of([...pieces, "]}"], (controller) => controller.error(new Error("reset"))).result();
    same(enough.verdict, "complete", "whole before the reset");
    const still = of(pieces.slice(0, 4), () => {}, { idleTimeoutMs: 50 });
    const late = await rejection(still.result());
    same([late.code, late.verdict, late.partial.message.content === text], ["timeout", "timeout", true], "silence");
    /** @type {any} */
    const run = of(pieces.slice(0, 4), () => run.cancel());
    await rejection(run.result());
    same([run.verdict, run.partial.message.content === text], ["aborted", true], "left");
    const long = await rejection(of([head, ...Array.from({ length: 40 }, () => pieces[3])], (controller) => controller.close(), { limits: { maxJsonBytes: 1 << 20 } }).result());
    same([long.code, /maxJsonBytes/.test(long.message)], ["limit", true], "too long");
  },
};
