// The UI message stream as the AI SDK reads it: its own schema, its own reader.
import assert from "node:assert/strict";
import { test } from "node:test";
import { parseJsonEventStream, readUIMessageStream, uiMessageChunkSchema } from "ai";
import { api, PNG, simulate } from "./support.js";

const question = [{ role: /** @type {const} */ ("user"), content: "What is the weather?" }];
const weather = { name: "weather", execute: (/** @type {any} */ { city }) => ({ sky: `sunny in ${city}` }) };
const fails = { name: "fails", execute: () => { throw new Error("no such place"); } };

/** @param {any} scripts @param {object} [request] */
async function answer(scripts, request) {
  const simulator = simulate();
  for (const script of [scripts].flat()) simulator.enqueue(script);
  const client = new api.OpenRouter({ apiKey: "k", fetch: /** @type {any} */ (simulator.fetch), maxRetries: 0 });
  const response = client.chat({ messages: question, ...request }).toResponse({ format: "ui-message" });
  /** @type {any[]} */
  const chunks = [];
  const stream = parseJsonEventStream({ stream: /** @type {any} */ (response.body), schema: uiMessageChunkSchema }).pipeThrough(
    new TransformStream({
      transform(result, controller) {
        assert.ok(result.success, result.success ? "" : `${result.error}`);
        chunks.push(result.value);
        controller.enqueue(result.value);
      },
    }),
  );
  /** @type {any} */
  let message;
  for await (const state of readUIMessageStream({ stream: /** @type {any} */ (stream), onError: () => {}, terminateOnError: false })) message = state;
  return { response, chunks, message };
}

test("useChat reads text, reasoning, tools that ran and failed, sources, images and what it cost", async () => {
  const { response, chunks, message } = await answer(
    [
      { reasoning: ["Hm.", " So."], toolCalls: [{ id: "a", name: "weather", arguments: { city: "Bern" } }, { id: "b", name: "fails", arguments: {} }] },
      { text: ["It is ", "sunny."], images: [`data:image/png;base64,${PNG}`], annotations: [{ type: "url_citation", url_citation: { url: "https://a.example", title: "A" } }] },
    ],
    { tools: [weather, fails], model: "openai/gpt-4o-mini" },
  );
  assert.equal(response.headers.get("x-vercel-ai-ui-message-stream"), "v1");
  const kinds = message.parts.map((/** @type {any} */ part) => part.type);
  assert.deepEqual(kinds.filter((/** @type {string} */ kind) => kind === "step-start").length, 2);
  const part = (/** @type {string} */ type) => message.parts.find((/** @type {any} */ candidate) => candidate.type === type);
  assert.deepEqual([part("reasoning").text, part("reasoning").state], ["Hm. So.", "done"]);
  assert.deepEqual([part("tool-weather").state, part("tool-weather").input, part("tool-weather").output], ["output-available", { city: "Bern" }, { sky: "sunny in Bern" }]);
  assert.equal(part("tool-fails").state, "output-error");
  assert.match(part("tool-fails").errorText, /no such place/);
  assert.deepEqual([part("text").text, part("text").state], ["It is sunny.", "done"]);
  assert.deepEqual([part("file").url, part("file").mediaType], [`data:image/png;base64,${PNG}`, "image/png"]);
  assert.equal(part("source-url").url, "https://a.example");
  assert.ok(message.metadata.usage.cost > 0 && message.metadata.model);
  assert.deepEqual([chunks[0].type, chunks.at(-1).type, chunks.at(-1).finishReason], ["start", "finish", "stop"]);
});

test("a run that fails says so in the stream, before and after its first word", async () => {
  for (const [script, said] of /** @type {[object, string][]} */ ([[{ status: 402 }, ""], [{ text: ["Half"], error: { afterChunks: 1 } }, "Half"]])) {
    const { chunks, message } = await answer(script);
    assert.equal(chunks.at(-1).type, "error");
    assert.ok(chunks.at(-1).errorText.length > 5);
    assert.equal(message?.parts.find((/** @type {any} */ part) => part.type === "text")?.text ?? "", said);
  }
});

test("the input of a call that was cut is never available", async () => {
  const { message } = await answer({ toolCalls: [{ id: "a", name: "weather", arguments: '{"city": "Be' }], finishReason: "length" }, { tools: [{ name: "weather" }] });
  assert.deepEqual([message.parts.at(-1).state, message.parts.at(-1).toolCallId], ["input-streaming", "a"]);
});
