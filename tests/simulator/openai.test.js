/** The `openai` package, written by others for another server, works with the simulator. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import OpenAI from "openai";
import { HELLO, WEATHER_TOOL, quickServer, quickSimulator } from "./support.js";

const MODEL = "openai/gpt-4o-mini";

async function inProcess() {
  const simulator = quickSimulator();
  return { simulator, client: new OpenAI({ apiKey: "k", baseURL: "https://openrouter.ai/api/v1", fetch: simulator.fetch, maxRetries: 0 }) };
}

async function overPort() {
  const { url, simulator } = await quickServer();
  return { simulator, client: new OpenAI({ apiKey: "k", baseURL: `${url}/api/v1`, maxRetries: 0 }) };
}

for (const [where, connect] of [["in process", inProcess], ["over a port", overPort]]) {
  describe(where, () => {
    const collect = async (stream) => {
      const chunks = [];
      for await (const chunk of stream) chunks.push(chunk);
      return chunks;
    };

    test("streams a default answer with usage", async () => {
      const { client, simulator } = await connect();
      const chunks = await collect(await client.chat.completions.create({ model: MODEL, messages: HELLO, stream: true }));
      assert.match(chunks.map((chunk) => chunk.choices[0]?.delta.content ?? "").join(""), /Hello there/);
      const { usage } = chunks.at(-1);
      assert.equal(usage.total_tokens, usage.prompt_tokens + usage.completion_tokens);
      assert.ok(usage.cost > 0);
      assert.equal(simulator.requests[0].aborted, false);
      assert.equal(simulator.requests[0].finished, true);
    });

    test("reads a script byte by byte, with other line ends, comments and a late usage chunk", async () => {
      const { client, simulator } = await connect();
      simulator.enqueue({ text: ["Grüße", " 🙂"], chunkBytes: 1, lineEnding: "\r\n", comments: 3, usageChoices: "empty" });
      const chunks = await collect(await client.chat.completions.create({ model: MODEL, messages: HELLO, stream: true }));
      assert.equal(chunks.map((chunk) => chunk.choices[0]?.delta.content ?? "").join(""), "Grüße 🙂");
      assert.ok(chunks.at(-1).usage);
    });

    test("assembles tool calls with its own accumulator", async () => {
      const { client, simulator } = await connect();
      simulator.enqueue({ text: "Let me see.", toolCalls: [{ name: "get_weather", arguments: { city: "Zürich", days: 2 }, deltaBytes: 3 }, { name: "get_weather", arguments: "{}" }] });
      const completion = await client.chat.completions.stream({ model: MODEL, messages: HELLO, tools: [WEATHER_TOOL] }).finalChatCompletion();
      assert.deepEqual(completion.choices[0].message.tool_calls.map((call) => call.function.arguments), ['{"city":"Zürich","days":2}', "{}"]);
      assert.equal(completion.choices[0].finish_reason, "tool_calls");
    });

    test("runs a whole tool loop against the default answers", async () => {
      const { client } = await connect();
      const tool = { type: "function", function: { ...WEATHER_TOOL.function, function: ({ city }) => `It is sunny in ${city}.`, parse: JSON.parse } };
      const runner = client.chat.completions.runTools({ model: MODEL, stream: true, messages: [{ role: "user", content: "get_weather in Lisbon" }], tools: [tool] });
      assert.match(await runner.finalContent(), /It is sunny in Lisbon\./);
    });

    test("gets a whole answer without streaming", async () => {
      const { client } = await connect();
      const { data, response } = await client.chat.completions.create({ model: MODEL, messages: HELLO }).withResponse();
      assert.match(data.choices[0].message.content, /Hello there/);
      assert.equal(data.usage.total_tokens, data.usage.prompt_tokens + data.usage.completion_tokens);
      assert.equal(response.headers.get("x-generation-id"), data.id);
    });

    test("lists the models", async () => {
      const { client } = await connect();
      const ids = [];
      for await (const model of client.models.list()) ids.push(model.id);
      assert.ok(ids.includes("openrouter/auto"));
    });

    test("turns errors into its own classes", async () => {
      const { client, simulator } = await connect();
      for (const [status, type] of [[401, OpenAI.AuthenticationError], [429, OpenAI.RateLimitError], [400, OpenAI.BadRequestError], [502, OpenAI.InternalServerError]]) {
        simulator.enqueue({ status });
        await assert.rejects(client.chat.completions.create({ model: MODEL, messages: HELLO }), (error) => error instanceof type && error.status === status);
      }
      simulator.enqueue({ networkError: true });
      await assert.rejects(client.chat.completions.create({ model: MODEL, messages: HELLO }), OpenAI.APIConnectionError);
    });

    test("throws the error in the middle of a stream, after the text before it", async () => {
      const { client, simulator } = await connect();
      simulator.enqueue({ text: ["a", "b", "c"], error: { afterChunks: 2, error: { code: 502, message: "Provider disconnected" } } });
      let text = "";
      await assert.rejects(async () => {
        for await (const chunk of await client.chat.completions.create({ model: MODEL, messages: HELLO, stream: true })) text += chunk.choices[0].delta.content;
      }, /Provider disconnected/);
      assert.equal(text, "ab");
    });

    test("retries a 429 and then gets its answer", async () => {
      const { client, simulator } = await connect();
      simulator.enqueue({ status: 429, headers: { "retry-after-ms": "1" } });
      simulator.enqueue({ text: "at last" });
      const answer = await client.chat.completions.create({ model: MODEL, messages: HELLO }, { maxRetries: 1 });
      assert.equal(answer.choices[0].message.content, "at last");
      assert.equal(simulator.requests.length, 2);
    });
  });
}
