// The AI SDK with OpenRouter's provider for it, through `client.fetch`: the same promises as for the `openai` package.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createOpenRouter } from "@openrouter/ai-sdk-provider";
import { APICallError, generateText, isStepCount, jsonSchema, Output, streamText, tool } from "ai";
import { api, dropIn, EPHEMERAL, PNG, simulate, TIMED, until } from "./support.js";

/** @import { ClientOptions } from "openrouter-wasm" */
/** @import { Script } from "openrouter-wasm/simulator" */

const CLAUDE = "anthropic/claude-sonnet-4.5";
const MISTRAL = "mistralai/mistral-small-3.2-24b-instruct";
const APP = { url: "https://app.example", title: "An app" };

const weather = tool({
  description: "The weather in a city",
  inputSchema: jsonSchema(/** @type {const} */ ({ type: "object", properties: { city: { type: "string" } }, required: ["city"] })),
  execute: async (/** @type {any} */ { city }) => `sunny in ${city}`,
});

/**
 * @param {Script | Script[]} [scripts]
 * @param {ClientOptions} [options]
 */
function connect(scripts, options = { app: APP }) {
  const way = dropIn(scripts, options);
  return { ...way, provider: createOpenRouter({ apiKey: "sk-sdk", fetch: way.fetch }) };
}

/** @param {AsyncIterable<any>} parts */
async function collect(parts) {
  const all = [];
  for await (const part of parts) all.push(part);
  return all;
}

/** What a model that thinks says before it calls a tool. */
const thought = { type: "reasoning.text", text: "Lisbon, then.", signature: "c2lnbmF0dXJl", format: "anthropic-claude-v1", index: 0 };
const asks = { reasoning: ["Lisbon, then."], reasoningDetails: [thought], toolCalls: [{ id: "toolu_number-1", name: "weather", arguments: { city: "Lisbon" } }] };

describe("streamText", () => {
  test("reads the bytes that OpenRouter sent, of a request that follows the rules", async () => {
    const { provider, simulator, bytesSent, bytesReceived } = connect({ text: ["Grüße", " 🙂"], reasoning: ["h", "m"], chunkBytes: 7, comments: 2 });
    const model = provider("openrouter/openai/gpt-4o-mini", { user: "u", usage: { include: true }, extraBody: { store: true, min_p: 0.1 } });
    const result = streamText({ model, instructions: "be brief", prompt: "Hello there", maxOutputTokens: 100, temperature: 0.5, stopSequences: ["END"] });
    assert.equal((await collect(result.textStream)).join(""), "Grüße 🙂");
    assert.equal(await result.finalStep.then((step) => step.reasoningText), "hm");
    assert.ok(((await result.totalUsage).outputTokens ?? 0) > 0);
    assert.deepEqual(await bytesReceived(), await bytesSent());
    const [{ body, headers }] = simulator.requests;
    assert.deepEqual(body, {
      model: "openai/gpt-4o-mini",
      messages: [{ role: "system", content: [{ type: "text", text: "be brief" }] }, { role: "user", content: "Hello there" }],
      stream: true,
      max_completion_tokens: 100,
      temperature: 0.5,
      stop: ["END"],
      min_p: 0.1,
      user: "u",
    });
    assert.deepEqual([headers.authorization, headers["http-referer"], headers["x-openrouter-title"], headers["user-agent"]], ["Bearer sk-sdk", APP.url, APP.title, undefined]);
  });

  test("of an app that names itself keeps the name over the client's", async () => {
    const { fetch, simulator } = dropIn([], { app: APP });
    const provider = createOpenRouter({ apiKey: "k", fetch, appName: "Its own", appUrl: "https://own.example" });
    await collect(streamText({ model: provider("openai/gpt-4o-mini"), prompt: "Hello there" }).textStream);
    const { "http-referer": referer, "x-openrouter-title": title } = simulator.requests[0].headers;
    assert.deepEqual([referer, title], ["https://own.example", "Its own"]);
  });

  test("runs a tool loop with a model that thinks: its signed thoughts go back whole, the cache marker moves on", async () => {
    const { provider, simulator } = connect([asks, { text: "Sunny." }]);
    const model = provider(CLAUDE, { reasoning: { max_tokens: 2000 } });
    const result = streamText({ model, instructions: "be brief", prompt: "Weather?", tools: { weather }, stopWhen: isStepCount(3) });
    assert.equal((await collect(result.textStream)).join(""), "Sunny.");
    assert.equal((await result.steps).length, 2);
    const [first, second] = simulator.requests.map((request) => request.body);
    const marked = (/** @type {string} */ text) => [{ type: "text", text, cache_control: EPHEMERAL }];
    const system = { role: "system", content: marked("be brief") };
    assert.deepEqual(first.messages, [system, { role: "user", content: marked("Weather?") }]);
    assert.deepEqual(first.tools.map((/** @type {any} */ one) => one.cache_control), [EPHEMERAL]);
    assert.deepEqual(first.reasoning, { max_tokens: 2000 });
    const [, question, turn, answer] = second.messages;
    assert.equal(second.messages.length, 4);
    assert.deepEqual(second.messages[0], system);
    assert.deepEqual(question, { role: "user", content: "Weather?" });
    assert.deepEqual(turn.reasoning_details, [thought]);
    assert.equal(turn.reasoning, undefined, "plain reasoning is not replayed to Anthropic");
    assert.deepEqual(turn.tool_calls, [{ id: "toolu_number-1", type: "function", function: { name: "weather", arguments: '{"city":"Lisbon"}' } }]);
    assert.deepEqual(answer, { role: "tool", tool_call_id: "toolu_number-1", name: "weather", content: marked("sunny in Lisbon") });
  });

  test("that is aborted closes the stream at OpenRouter", TIMED, async () => {
    const simulator = simulate();
    // One piece, and then silence: with more of them at hand the AI SDK leaves a rejection to nobody, behind any `fetch`.
    simulator.enqueue({ text: ["one", "two"], stallAfterChunks: 1 });
    const client = new api.OpenRouter({ fetch: simulator.fetch });
    const controller = new AbortController();
    const model = createOpenRouter({ apiKey: "k", fetch: client.fetch })("openai/gpt-4o-mini");
    const result = streamText({ model, prompt: "Hello there", abortSignal: controller.signal });
    for await (const part of result.stream) {
      if (part.type !== "text-delta") continue;
      assert.equal(simulator.requests[0].aborted, false);
      controller.abort();
    }
    await until(() => simulator.requests[0].aborted, "the connection is closed");
  });

  test("hands on an error in the middle of a stream, after the text before it", async () => {
    const { provider } = connect({ text: ["a", "b", "c"], error: { afterChunks: 2, error: { code: 502, message: "Provider disconnected" } } });
    const result = streamText({ model: provider("openai/gpt-4o-mini"), prompt: "Hello there", onError: () => {} });
    const parts = await collect(result.stream);
    assert.equal(parts.flatMap((part) => (part.type === "text-delta" ? [part.text] : [])).join(""), "ab");
    assert.match(JSON.stringify(parts.filter((part) => part.type === "error").map((part) => part.error.message ?? part.error)), /Provider disconnected/);
  });
});

describe("generateText", () => {
  test("runs a tool loop over several steps, with ids that the model takes", async () => {
    const call = (/** @type {number} */ number, /** @type {string} */ city) => ({ toolCalls: [{ id: `call_number-${number}`, name: "weather", arguments: { city } }] });
    const { provider, simulator } = connect([call(1, "Lisbon"), call(2, "Porto"), { text: "Sunny in both." }]);
    const result = await generateText({ model: provider(MISTRAL), prompt: "Weather?", tools: { weather }, stopWhen: isStepCount(5) });
    assert.deepEqual([result.text, result.steps.length], ["Sunny in both.", 3]);
    assert.deepEqual(result.steps.flatMap((step) => step.toolResults.map((one) => one.output)), ["sunny in Lisbon", "sunny in Porto"]);
    const [first, second, third] = simulator.requests.map((request) => request.body);
    assert.deepEqual([first.stream, first.tool_choice, first.tools.length], [undefined, "auto", 1]);
    assert.deepEqual(third.messages.slice(0, 3), second.messages, "what was sent before is sent again as it was");
    const [, one, oneResult, other, otherResult] = third.messages;
    assert.deepEqual([oneResult.tool_call_id, otherResult.tool_call_id], [one.tool_calls[0].id, other.tool_calls[0].id]);
    for (const turn of [one, other]) assert.match(turn.tool_calls[0].id, /^[a-zA-Z0-9]{9}$/);
    assert.notEqual(one.tool_calls[0].id, other.tool_calls[0].id);
  });

  test("sends images and asks for an object as the SDK wrote them", async () => {
    const { provider, simulator } = connect({ text: '{"colour":"grey"}' });
    const schema = jsonSchema(/** @type {const} */ ({ type: "object", properties: { colour: { type: "string" } }, required: ["colour"], additionalProperties: false }));
    const image = { type: /** @type {const} */ ("file"), data: Buffer.from(PNG, "base64"), mediaType: "image/png" };
    const messages = [{ role: /** @type {const} */ ("user"), content: [{ type: /** @type {const} */ ("text"), text: "Which colour?" }, image] }];
    const result = await generateText({ model: provider("openai/gpt-4o-mini"), messages, output: Output.object({ schema }) });
    assert.deepEqual(result.output, { colour: "grey" });
    const { body } = simulator.requests[0];
    assert.deepEqual(body.messages[0].content, [{ type: "text", text: "Which colour?" }, { type: "image_url", image_url: { url: `data:image/png;base64,${PNG}` } }]);
    assert.deepEqual([body.response_format.type, body.response_format.json_schema.strict, body.response_format.json_schema.schema.required], ["json_schema", true, ["colour"]]);
  });

  test("gets a refused request as an APICallError that names the place, and does not send it again", async () => {
    const { provider, simulator } = connect();
    const model = provider("openai/gpt-4o-mini", { extraBody: { tools: "none" } });
    await assert.rejects(generateText({ model, prompt: "Hello there", maxRetries: 2 }), (error) => {
      assert.ok(APICallError.isInstance(error), String(error));
      assert.deepEqual([error.statusCode, error.isRetryable, error.message], [400, false, "tools: must be an array"]);
      return true;
    });
    assert.equal(simulator.requests.length, 0);
  });

  test("gets OpenRouter's errors as its own, with their status and OpenRouter's words", async () => {
    const { provider, simulator } = connect();
    for (const [status, isRetryable] of /** @type {[number, boolean][]} */ ([[401, false], [402, false], [429, true], [502, true]])) {
      simulator.enqueue({ status, body: { error: { code: status, message: `it is ${status}` } } });
      await assert.rejects(generateText({ model: provider("openai/gpt-4o-mini"), prompt: "Hello there", maxRetries: 0 }), (error) => {
        assert.ok(APICallError.isInstance(error), String(error));
        assert.deepEqual([error.statusCode, error.isRetryable, error.message], [status, isRetryable, `it is ${status}`]);
        return true;
      });
    }
  });

  test("asks again by itself when it was told to slow down", async () => {
    const { provider, simulator } = connect([{ status: 429, headers: { "retry-after-ms": "1" } }, { text: "at last" }]);
    const result = await generateText({ model: provider("openai/gpt-4o-mini"), prompt: "Hello there", maxRetries: 1 });
    assert.deepEqual([result.text, simulator.requests.length], ["at last", 2]);
  });
});
