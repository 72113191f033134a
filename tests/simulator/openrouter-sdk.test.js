/** OpenRouter's own SDK, which checks every answer against its schemas, works with the simulator. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { HTTPClient, OpenRouter } from "@openrouter/sdk";
import { UnauthorizedResponseError, TooManyRequestsResponseError, BadRequestResponseError, BadGatewayResponseError } from "@openrouter/sdk/models/errors";
import { HELLO, WEATHER_TOOL, quickServer, quickSimulator } from "./support.js";

const MODEL = "openai/gpt-4o-mini";
const noRetries = { retryConfig: { strategy: "none" } };

async function inProcess(options) {
  const simulator = quickSimulator(options);
  return { simulator, client: new OpenRouter({ apiKey: "k", httpClient: new HTTPClient({ fetcher: simulator.fetch }), ...noRetries }) };
}

async function overPort(options) {
  const { url, simulator } = await quickServer(options);
  return { simulator, client: new OpenRouter({ apiKey: "k", serverURL: `${url}/api/v1`, ...noRetries }) };
}

for (const [where, connect] of [["in process", inProcess], ["over a port", overPort]]) {
  describe(where, () => {
    const stream = async (client, request) => {
      const chunks = [];
      for await (const chunk of await client.chat.send({ chatRequest: { model: MODEL, messages: HELLO, stream: true, ...request } })) chunks.push(chunk);
      return chunks;
    };
    const joined = (chunks, field) => chunks.map((chunk) => chunk.choices[0]?.delta[field] ?? "").join("");

    test("streams a default answer with usage and cost", async () => {
      const { client, simulator } = await connect();
      const chunks = await stream(client);
      assert.match(joined(chunks, "content"), /Hello there/);
      assert.ok(chunks.at(-1).usage.cost > 0);
      assert.equal(chunks.at(-1).choices[0].finishReason, "stop");
      assert.equal(simulator.requests[0].aborted, false);
    });

    test("streams reasoning with its details and signature", async () => {
      const { client } = await connect();
      const chunks = await stream(client, { model: "anthropic/claude-sonnet-4.5", reasoning: { effort: "low" } });
      assert.match(joined(chunks, "reasoning"), /Hello there/);
      const details = chunks.flatMap((chunk) => chunk.choices[0].delta.reasoningDetails ?? []);
      assert.equal(details.map((detail) => detail.text ?? "").join(""), joined(chunks, "reasoning"));
      assert.ok(details.at(-1).signature);
    });

    test("streams tool calls", async () => {
      const { client } = await connect();
      const chunks = await stream(client, { messages: [{ role: "user", content: "get_weather in Lisbon" }], tools: [WEATHER_TOOL] });
      const parts = chunks.flatMap((chunk) => chunk.choices[0].delta.toolCalls ?? []);
      assert.equal(parts[0].function.name, "get_weather");
      assert.deepEqual(JSON.parse(parts.map((part) => part.function.arguments).join("")), { city: "Lisbon", days: 1 });
      assert.equal(chunks.at(-1).choices[0].finishReason, "tool_calls");
    });

    test("reads scripts: byte by byte, CRLF, comments, all kinds of content", async () => {
      const { client, simulator } = await connect();
      simulator.enqueue({
        text: ["Grüße", " 🙂"], reasoning: ["hm"], reasoningDetails: [[{ type: "reasoning.summary", summary: "hm" }], { type: "reasoning.encrypted", data: "AAAA" }],
        refusal: "but no", audio: { data: "QUJD", transcript: "abc" }, chunkBytes: 1, lineEnding: "\r\n", comments: { count: 2, text: "" },
        usageChoices: "empty", finishReason: "some_future_reason",
      });
      const chunks = await stream(client);
      assert.equal(joined(chunks, "content"), "Grüße 🙂");
      assert.equal(joined(chunks, "refusal"), "but no");
      assert.equal(chunks.at(-2).choices[0].finishReason, "some_future_reason");
    });

    test("delivers a chunk with an error in it, typed", async () => {
      const { client, simulator } = await connect();
      simulator.enqueue({ text: ["a", "b"], error: { afterChunks: 1 } });
      const chunks = await stream(client);
      assert.equal(joined(chunks, "content"), "a");
      assert.deepEqual([chunks.at(-1).error.code, chunks.at(-1).error.metadata.errorType], [502, "provider_unavailable"]);
    });

    test("gets a whole answer without streaming, tool calls and reasoning included", async () => {
      const { client } = await connect();
      const chatRequest = { model: "openai/gpt-5-mini", messages: [{ role: "user", content: "get_weather in Lisbon" }], tools: [WEATHER_TOOL] };
      const { choices, usage } = await client.chat.send({ chatRequest });
      assert.equal(choices[0].message.toolCalls[0].function.name, "get_weather");
      assert.match(choices[0].message.reasoning, /get_weather/);
      assert.ok(usage.cost > 0 && usage.completionTokensDetails.reasoningTokens > 0);
    });

    test("turns errors into its typed classes", async () => {
      const { client, simulator } = await connect({ apiKeys: ["k"] });
      for (const [status, type] of [[401, UnauthorizedResponseError], [429, TooManyRequestsResponseError], [502, BadGatewayResponseError]]) {
        simulator.enqueue({ status });
        await assert.rejects(stream(client), (error) => error instanceof type && error.error.code === status);
      }
      await assert.rejects(stream(client, { model: "no/such" }), (error) => error instanceof BadRequestResponseError && error.message.includes("no/such is not a valid model ID"));
    });

    test("reads the catalogue, the key and a generation", async () => {
      const { client } = await connect({ managementKeys: ["k"] });
      const { data } = (await client.models.list()).result;
      assert.equal(data.find((model) => model.id === "openrouter/auto").pricing.prompt, "-1");
      assert.equal((await client.models.count()).data.count, data.length);
      const { id } = await client.chat.send({ chatRequest: { model: MODEL, messages: HELLO } });
      assert.equal((await client.generations.getGeneration({ id })).data.id, id);
      assert.ok((await client.apiKeys.getCurrentKeyMetadata()).data.usage > 0);
      assert.ok((await client.credits.getCredits()).data.totalUsage > 0);
    });
  });
}
