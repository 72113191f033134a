// Frameworks that speak OpenAI's API, over `client.fetch`, over the gateway in this process, and over one in workerd behind a port: each streams
// and runs a tool, and its requests follow the rules.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { HumanMessage } from "@langchain/core/messages";
import { tool } from "@langchain/core/tools";
import { ChatOpenAI } from "@langchain/openai";
import { OpenRouter as OpenRouterSdk } from "@openrouter/sdk";
import { HTTPClient } from "@openrouter/sdk/lib/http.js";
import { chat, maxIterations, toolDefinition } from "@tanstack/ai";
import { createOpenaiChatCompletions } from "@tanstack/ai-openai";
import { jsonSchema, stepCountIs, streamText, tool as aiTool } from "ai";
import OpenAI from "openai";
import { hashToken, serve } from "../gateway/support.js";
import { startGateway } from "../gateway/workerd.js";
import { aiSdk, collect } from "./ai-sdk-support.js";
import { api, BASE, createGateway, dropIn, EPHEMERAL, simulate } from "./support.js";

const CLAUDE = "anthropic/claude-sonnet-4.5";
const city = { type: /** @type {const} */ ("object"), properties: { city: { type: /** @type {const} */ ("string") } }, required: ["city"], additionalProperties: false };
const weather = (/** @type {any} */ { city }) => `sunny in ${city}`;
/** A model that asks for the tool, and then says what it heard; in pieces that are cut anywhere. */
const scripts = () => [
  { toolCalls: [{ id: "toolu_number-1", name: "weather", arguments: { city: "Lisbon" } }], chunkBytes: 11 },
  { text: ["It is ", "sunny."], chunkBytes: 11, comments: 2 },
];

/** @typedef {{ fetch: typeof fetch, simulator: ReturnType<typeof simulate>, base: string }} Way */

const inWorkerd = simulate();
/** @type {Awaited<ReturnType<typeof serve>>} */
let upstream;
/** @type {Awaited<ReturnType<typeof startGateway>>} */
let worker;
before(async () => {
  upstream = await serve({ port: 0, simulator: inWorkerd, hosts: ["openrouter.ai"] });
  worker = await startGateway({ OPENROUTER_API_KEY: "sk-upstream", CALLERS: JSON.stringify({ [await hashToken("k")]: { id: "anna" } }) }, { upstream: upstream.url });
});
after(async () => {
  await worker?.close();
  await upstream?.close();
});

/** The ways of a framework's requests to OpenRouter. @type {Record<string, () => Way>} */
const WAYS = {
  "client.fetch": () => ({ ...dropIn(scripts()), base: BASE }),
  "the gateway": () => {
    const simulator = simulate();
    for (const script of scripts()) simulator.enqueue(script);
    const gateway = createGateway({ apiKey: "sk-upstream", callers: { tokens: { k: { id: "anna" } } }, fetch: simulator.fetch });
    return { fetch: (input, init) => Promise.resolve(gateway.fetch(new Request(input, init))), simulator, base: "https://gateway.example/v1" };
  },
  "the gateway in workerd": () => {
    inWorkerd.reset();
    for (const script of scripts()) inWorkerd.enqueue(script);
    return { fetch: globalThis.fetch, simulator: inWorkerd, base: `${worker.url}/v1` };
  },
};

/** @param {Way["simulator"]} simulator */
function followsTheRules(simulator) {
  const [first, second] = simulator.requests.map(({ body }) => body);
  assert.equal(simulator.requests.length, 2);
  assert.deepEqual([first.model, first.stream, first.tools.length], [CLAUDE, true, 1]);
  assert.deepEqual(first.tools[0].cache_control, EPHEMERAL, "Anthropic's cache marker stands on the last tool");
  const turn = second.messages.find((/** @type {any} */ message) => message.role === "assistant");
  const answer = second.messages.at(-1);
  assert.deepEqual([answer.role, answer.tool_call_id], ["tool", turn.tool_calls[0].id]);
  assert.match(JSON.stringify(answer.content), /sunny in Lisbon/);
  for (const { headers } of simulator.requests) assert.equal(Object.keys(headers).filter((name) => name.startsWith("x-stainless")).length, 0);
}

describe("LangChain's ChatOpenAI", () => {
  for (const [way, open] of Object.entries(WAYS)) test(`streams and calls a tool, over ${way}`, async () => {
    const { fetch, simulator, base } = open();
    const lookUp = tool(async (input) => weather(input), { name: "weather", description: "The weather in a city", schema: city });
    const model = new ChatOpenAI({ model: CLAUDE, apiKey: "k", configuration: { baseURL: base, fetch }, streaming: true, useResponsesApi: false }).bindTools([lookUp]);
    /** @type {any[]} */
    const messages = [new HumanMessage("Weather?")];
    let asked;
    for await (const chunk of await model.stream(messages)) asked = asked ? asked.concat(chunk) : chunk;
    assert.ok(asked);
    messages.push(asked);
    for (const call of asked.tool_calls ?? []) messages.push(await lookUp.invoke(/** @type {any} */ (call)));
    const pieces = await collect(await model.stream(messages));
    assert.equal(pieces.map(({ text }) => text).join(""), "It is sunny.");
    assert.ok(pieces.filter(({ text }) => text).length > 1, "in pieces");
    followsTheRules(simulator);
  });
});

describe("TanStack AI", () => {
  for (const [way, open] of Object.entries(WAYS)) test(`streams and calls a tool, over ${way}`, async () => {
    const { fetch, simulator, base } = open();
    const adapter = createOpenaiChatCompletions(/** @type {any} */ (CLAUDE), "k", { baseURL: base, fetch, maxRetries: 0 });
    const lookUp = toolDefinition({ name: "weather", description: "The weather in a city", inputSchema: /** @type {any} */ (city) }).server(async (input) => weather(input));
    const stream = chat({ adapter, messages: [{ role: "user", content: "Weather?" }], tools: [lookUp], agentLoopStrategy: maxIterations(4) });
    const chunks = /** @type {any[]} */ (await collect(/** @type {AsyncIterable<any>} */ (stream)));
    const failed = chunks.find(({ type }) => /error/i.test(type));
    assert.equal(failed, undefined, JSON.stringify(failed));
    assert.equal(chunks.filter(({ type }) => type === "TEXT_MESSAGE_CONTENT").map(({ delta }) => delta).join(""), "It is sunny.");
    followsTheRules(simulator);
  });
});

describe("the openai package", () => {
  for (const [way, open] of Object.entries(WAYS)) test(`streams and calls a tool, over ${way}`, async () => {
    const { fetch, simulator, base } = open();
    const client = new OpenAI({ apiKey: "k", baseURL: base, fetch });
    const runner = client.chat.completions.runTools({
      model: CLAUDE, stream: true, messages: [{ role: "user", content: "Weather?" }],
      tools: [{ type: "function", function: { name: "weather", description: "The weather in a city", parameters: city, parse: JSON.parse, function: weather } }],
    });
    let text = "";
    runner.on("content", (delta) => (text += delta));
    assert.equal(await runner.finalContent(), "It is sunny.");
    assert.equal(text, "It is sunny.");
    followsTheRules(simulator);
  });
});

describe("OpenRouter's own SDK", () => {
  for (const [way, open] of Object.entries(WAYS)) test(`streams and calls a tool, over ${way}`, async () => {
    const { fetch, simulator, base } = open();
    const sdk = new OpenRouterSdk({ apiKey: "k", serverURL: base, httpClient: new HTTPClient({ fetcher: fetch }) });
    const tools = [{ type: /** @type {const} */ ("function"), function: { name: "weather", description: "The weather in a city", parameters: city } }];
    /** @type {any[]} */
    const messages = [{ role: "user", content: "Weather?" }];
    const ask = async () => collect(/** @type {AsyncIterable<any>} */ (await sdk.chat.send({ chatRequest: { model: CLAUDE, messages, tools, stream: true } })));
    const deltas = (await ask()).flatMap(({ choices }) => choices.flatMap((/** @type {any} */ { delta }) => delta.toolCalls ?? []));
    const [{ id }] = deltas;
    const text = deltas.map((/** @type {any} */ call) => call.function?.arguments ?? "").join("");
    messages.push({ role: "assistant", content: null, toolCalls: [{ id, type: "function", function: { name: "weather", arguments: text } }] });
    messages.push({ role: "tool", toolCallId: id, content: weather(JSON.parse(text)) });
    const said = (await ask()).map(({ choices }) => choices[0]?.delta.content ?? "");
    assert.equal(said.join(""), "It is sunny.");
    followsTheRules(simulator);
  });
});

describe("the AI SDK with our provider", () => {
  for (const [way, open] of Object.entries(WAYS).filter(([name]) => name !== "client.fetch")) test(`streams and calls a tool, over ${way}`, async () => {
    const { fetch, simulator, base } = open();
    const provider = aiSdk.createOpenRouterProvider(new api.OpenRouter({ apiKey: "k", baseURL: base, fetch }));
    const tools = { weather: aiTool({ description: "The weather in a city", inputSchema: jsonSchema(city), execute: weather }) };
    const answer = streamText({ model: provider(CLAUDE), prompt: "Weather?", tools, stopWhen: stepCountIs(3), maxRetries: 0 });
    const pieces = await collect(answer.textStream);
    assert.equal(pieces.join(""), "It is sunny.");
    assert.ok(pieces.length > 1, "in pieces");
    followsTheRules(simulator);
  });
});
