// `useChat` sends again by itself when its predicate says that every call is answered: no answer of ours may make it do so for nothing.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { AbstractChat, convertToModelMessages, DefaultChatTransport, lastAssistantMessageIsCompleteWithToolCalls } from "ai";
import { api, simulate, until } from "./support.js";

/** Sends beyond these mean a loop. */
const MOST_SENDS = 4;
const city = { city: "Bern" };
const call = { id: "a", name: "weather", arguments: city };
const cut = { id: "b", name: "weather", arguments: '{"city": "Be' };
const own = { name: "weather", description: "The weather" };
const runs = { ...own, execute: () => "sunny" };
const waits = { ...own, execute: (/** @type {any} */ _, /** @type {any} */ { signal }) => new Promise((resolve) => signal.addEventListener("abort", () => resolve("late"))) };

/** The chat of a page, without React: the AI SDK's own, its state in plain fields. @extends {AbstractChat<any>} */
class PlainChat extends AbstractChat {
  /** @param {any} init */
  constructor(init) {
    const state = {
      status: "ready", error: undefined, messages: /** @type {any[]} */ ([]),
      pushMessage: (/** @type {any} */ message) => (state.messages = [...state.messages, message]),
      popMessage: () => (state.messages = state.messages.slice(0, -1)),
      replaceMessage: (/** @type {number} */ index, /** @type {any} */ message) => (state.messages = state.messages.with(index, structuredClone(message))),
      snapshot: (/** @type {any} */ value) => structuredClone(value),
    };
    super({ ...init, state });
  }
}

/**
 * A page before a server that answers with our runs; every request gets the same script again.
 * @param {{ scripts: any[], request?: object, answer?: boolean, abort?: (run: any) => void }} options
 */
async function talk({ scripts, request = {}, answer = false, abort }) {
  let sends = 0;
  const simulator = simulate();
  for (const script of scripts) simulator.enqueue(script);
  const client = new api.OpenRouter({ apiKey: "k", fetch: /** @type {any} */ (simulator.fetch), maxRetries: 0 });
  /** @type {any} */
  const chat = new PlainChat({
    transport: new DefaultChatTransport({
      api: "https://page.example/api/chat",
      fetch: /** @type {any} */ (async (/** @type {any} */ _, /** @type {any} */ init) => {
        sends += 1;
        if (sends > MOST_SENDS) throw new Error("a loop");
        for (const script of sends > 1 ? scripts : []) simulator.enqueue(script);
        const run = client.chat({ messages: [{ role: "user", content: "The weather?" }], model: "openai/gpt-4o-mini", ...request });
        const response = run.toResponse({ format: "ui-message" });
        abort?.(run);
        init.signal?.addEventListener("abort", () => run.cancel());
        return response;
      }),
    }),
    sendAutomaticallyWhen: lastAssistantMessageIsCompleteWithToolCalls,
    onToolCall: (/** @type {any} */ { toolCall }) => {
      if (answer && sends === 1) void chat.addToolOutput({ tool: toolCall.toolName, toolCallId: toolCall.toolCallId, output: "sunny" });
    },
  });
  await chat.sendMessage({ text: "The weather?" });
  await until(() => chat.status === "ready" || chat.status === "error", "the chat rests");
  return { sends, chat, message: chat.messages.at(-1) };
}

describe("useChat sends once", () => {
  /** @type {[string, Parameters<typeof talk>[0]][]} */
  const table = [
    ["after a call that a limit cut", { scripts: [{ toolCalls: [cut], finishReason: "length" }], request: { tools: [own] } }],
    ["after a call that broke off under stop", { scripts: [{ toolCalls: [cut], finishReason: "stop" }], request: { tools: [own] } }],
    ["after a call that broke off under tool_calls", { scripts: [{ toolCalls: [cut], finishReason: "tool_calls" }], request: { tools: [own] } }],
    ["after a cut call of a tool that the run has", { scripts: [{ toolCalls: [cut], finishReason: "length" }], request: { tools: [runs] } }],
    ["after a whole call and a cut one", { scripts: [{ toolCalls: [call, cut], finishReason: "length" }], request: { tools: [own] }, answer: true }],
    ["after calls of an answer that a filter ended", { scripts: [{ toolCalls: [call], finishReason: "content_filter" }], request: { tools: [own] }, answer: true }],
    ["when a condition stopped the run behind its tools", { scripts: [{ toolCalls: [call] }], request: { tools: [runs], stopWhen: () => true } }],
    ["when a condition stopped the run behind broken arguments", { scripts: [{ toolCalls: [cut], finishReason: "tool_calls" }], request: { tools: [runs], stopWhen: () => true } }],
    ["when the steps are used up", { scripts: [{ toolCalls: [call] }, { toolCalls: [call] }], request: { tools: [runs], maxSteps: 2 } }],
    ["when the budget is used up behind a round of tools", { scripts: [{ toolCalls: [call] }], request: { tools: [runs], budget: 1e-9 } }],
    ["when the next step is refused", { scripts: [{ toolCalls: [call] }, { status: 402 }], request: { tools: [runs] } }],
    ["when the next step breaks off", { scripts: [{ toolCalls: [call] }, { text: ["Half", " of"], cutAfterChunks: 2 }], request: { tools: [runs] } }],
    ["when the run is aborted while a tool runs", { scripts: [{ toolCalls: [call] }], request: { tools: [waits] }, abort: (run) => setTimeout(() => run.cancel(), 100) }],
    [
      "when the run is aborted behind its tools",
      { scripts: [{ toolCalls: [call] }, { stallAfterBytes: 0 }], request: { tools: [runs] }, abort: (run) => setTimeout(() => run.cancel("left"), 150) },
    ],
    ["when the run was aborted before anything came", { scripts: [{ stallAfterBytes: 0 }], request: { tools: [runs] }, abort: (run) => setTimeout(() => run.cancel(), 20) }],
  ];
  for (const [name, options] of table) {
    test(name, async () => {
      const { sends, chat, message } = await talk(options);
      assert.equal(sends, 1);
      assert.equal(lastAssistantMessageIsCompleteWithToolCalls({ messages: chat.messages }), false);
      // What the page keeps can still be sent by whoever wants to.
      if (message.role === "assistant") await convertToModelMessages(chat.messages);
    });
  }
});

test("useChat goes on by itself with the answer to a call that was left to it", async () => {
  for (const tools of [[own], [own, { ...runs, name: "clock" }]]) {
    const { sends, message } = await talk({
      scripts: [{ toolCalls: tools.map(({ name }, at) => ({ id: `c${at}`, name, arguments: {} })), text: ["So."] }],
      request: { tools },
      answer: true,
    });
    assert.equal(sends, 2, `${tools.length} tools`);
    assert.equal(message.role, "assistant");
  }
});

test("calls that no reader of chat chunks has seen are no reason to send again", async () => {
  const simulator = simulate();
  const client = new api.OpenRouter({ apiKey: "k", fetch: /** @type {any} */ (simulator.fetch), maxRetries: 0 });
  for (const [tools, reason] of /** @type {[any[], string][]} */ ([[[runs], "stop"], [[own], "tool_calls"]])) {
    simulator.enqueue({ toolCalls: [call] });
    const text = await client.chat({ messages: [{ role: "user", content: "?" }], model: "openai/gpt-4o-mini", tools, stopWhen: () => true }).toResponse({ format: "sse" }).text();
    const reasons = text.match(/"finish_reason":"[^"]*"/g);
    assert.deepEqual(reasons, [`"finish_reason":"${reason}"`]);
  }
});
