// The AI SDK on a client of this package, without another provider in between.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { APICallError, embedMany, generateImage, generateSpeech, generateText, isStepCount, jsonSchema, Output, rerank, streamText, tool, transcribe } from "ai";
import { aiSdk, ASKS, CLAUDE, collect, connect, THOUGHT } from "./ai-sdk-support.js";
import { api, PNG, simulate, TIMED, until } from "./support.js";

const weather = tool({
  description: "The weather in a city",
  inputSchema: jsonSchema(/** @type {const} */ ({ type: "object", properties: { city: { type: "string" } }, required: ["city"] })),
  execute: async (/** @type {any} */ { city }) => ({ sky: `sunny in ${city}` }),
});
const object = jsonSchema(/** @type {const} */ ({ type: "object", properties: { colour: { type: "string" } }, required: ["colour"], additionalProperties: false }));
/** @param {any} metadata */
const own = (metadata) => metadata?.openrouter;

describe("streamText", () => {
  test("gives text, reasoning, usage, and what the SDK has no field for", async () => {
    const { provider, simulator } = connect({ text: ["Grüße", " 🙂"], reasoning: ["h", "m"], chunkBytes: 7, comments: 2 });
    const result = streamText({ model: provider("openrouter/openai/gpt-4o-mini"), instructions: "be brief", prompt: "Hello there", maxOutputTokens: 100, temperature: 0.5, topP: 0.9, stopSequences: ["END"], seed: 7 });
    assert.equal((await collect(result.textStream)).join(""), "Grüße 🙂");
    const step = await result.finalStep;
    assert.equal(step.reasoningText, "hm");
    const usage = await result.totalUsage;
    assert.ok((usage.outputTokens ?? 0) > 0 && (usage.inputTokens ?? 0) > 0);
    assert.equal(await result.finishReason, "stop");
    const { id, model, cost, costSource, changes, warnings } = own(await step.providerMetadata);
    assert.match(id, /^gen-/);
    assert.ok(cost > 0 && costSource === "reported" && model === "openai/gpt-4o-mini");
    assert.ok(Array.isArray(changes) && Array.isArray(warnings));
    const [{ body, headers }] = simulator.requests;
    assert.equal(headers.authorization, "Bearer sk-own");
    assert.deepEqual([body.model, body.temperature, body.top_p, body.stop, body.seed, body.max_completion_tokens ?? body.max_tokens], ["openai/gpt-4o-mini", 0.5, 0.9, ["END"], 7, 100]);
    assert.deepEqual(body.messages, [{ role: "system", content: "be brief" }, { role: "user", content: "Hello there" }]);
  });

  test("runs a tool loop with a model that thinks: its signed thoughts go back whole", async () => {
    const { provider, simulator } = connect([ASKS, { text: "Sunny." }]);
    const result = streamText({ model: provider(CLAUDE), prompt: "Weather?", tools: { weather }, stopWhen: isStepCount(3), reasoning: "low" });
    assert.equal((await collect(result.textStream)).join(""), "Sunny.");
    const [first, second] = simulator.requests.map(({ body }) => body);
    assert.equal(first.tools[0].function.name, "weather");
    assert.equal(first.reasoning.effort, "low");
    const turn = second.messages.find((/** @type {any} */ message) => message.role === "assistant");
    assert.deepEqual(turn.reasoning_details, [THOUGHT]);
    assert.deepEqual(turn.tool_calls, [{ id: "toolu_number-1", type: "function", function: { name: "weather", arguments: '{"city":"Lisbon"}' } }]);
    assert.match(JSON.stringify(second.messages.at(-1)), /toolu_number-1.*sunny in Lisbon/);
    // The message that the SDK would store is enough to go on from.
    const messages = await result.responseMessages;
    const stored = aiSdk.fromModelMessages(/** @type {any} */ (JSON.parse(JSON.stringify(messages))));
    assert.deepEqual(stored[0].reasoning_details, [THOUGHT]);
  });

  test("of a whole message gives images, sources and raw chunks", async () => {
    const { provider } = connect({ text: ["See."], images: [`data:image/png;base64,${PNG}`], annotations: [{ type: "url_citation", url_citation: { url: "https://a.example", title: "A" } }] });
    const result = streamText({ model: provider("openai/gpt-4o-mini"), prompt: "Hello", includeRawChunks: true });
    const parts = await collect(result.stream);
    assert.ok(parts.some((part) => part.type === "raw" && typeof part.rawValue === "object"));
    assert.deepEqual((await result.files).map(({ mediaType, base64 }) => [mediaType, base64]), [["image/png", PNG]]);
    assert.deepEqual((await result.sources).map((source) => source.sourceType === "url" && source.url), ["https://a.example"]);
  });

  test("that is aborted closes the stream at OpenRouter", TIMED, async () => {
    const { provider, simulator } = connect({ text: ["one", "two"], stallAfterChunks: 1 });
    const controller = new AbortController();
    const result = streamText({ model: provider("openai/gpt-4o-mini"), prompt: "Hello there", abortSignal: controller.signal });
    for await (const part of result.stream) {
      if (part.type === "text-delta") controller.abort();
    }
    await until(() => simulator.requests[0].aborted, "the connection is closed");
  });

  test("hands on an error in the middle of a stream, after the text before it", async () => {
    const { provider } = connect({ text: ["a", "b", "c"], error: { afterChunks: 2, error: { code: 502, message: "Provider disconnected" } } });
    const result = streamText({ model: provider("openai/gpt-4o-mini"), prompt: "Hello there", onError: () => {} });
    const parts = await collect(result.stream);
    assert.equal(parts.flatMap((part) => (part.type === "text-delta" ? [part.text] : [])).join(""), "ab");
    const [error] = parts.flatMap((part) => (part.type === "error" ? [/** @type {any} */ (part.error)] : []));
    assert.match(error.message, /Provider disconnected/);
    assert.ok(api.OpenRouterError.isInstance(error) && APICallError.isInstance(error));
  });

  test("gives an object while it grows, and whole at the end, in pieces of any size", async () => {
    const schema = jsonSchema(/** @type {const} */ ({ type: "object", properties: { city: { type: "string" }, sights: { type: "array", items: { type: "object", properties: { name: { type: "string" } }, required: ["name"], additionalProperties: false } } }, required: ["city", "sights"], additionalProperties: false }));
    const whole = { city: "Lisboa 🙂", sights: [{ name: "Belém" }, { name: "Alfama" }] };
    for (const chunkBytes of [undefined, 3]) {
      const { provider, simulator } = connect({ text: JSON.stringify(whole).match(/.{1,5}/gsu) ?? [], chunkBytes, chunkDelayMs: 1 });
      const result = streamText({ model: provider("openai/gpt-4o-mini"), prompt: "A city", output: Output.object({ schema }) });
      const partial = /** @type {any[]} */ (await collect(result.partialOutputStream));
      assert.ok(partial.length > 5, `${partial.length} views`);
      assert.ok(partial.some(({ city, sights }) => city && sights === undefined) && partial.some(({ sights }) => sights?.length === 1));
      // Each goes on with the one before it.
      const sizes = partial.map((view) => JSON.stringify(view).length);
      assert.deepEqual(sizes, [...sizes].sort((one, other) => one - other));
      assert.deepEqual([partial.at(-1), await result.output], [whole, whole]);
      const { response_format: format, stream } = simulator.requests[0].body;
      assert.deepEqual([format.type, format.json_schema.schema.required, stream], ["json_schema", ["city", "sights"], true]);
    }
  });

  test("gives the elements of a list one by one, and a choice", async () => {
    const sights = connect({ text: ['{"elements":[{"colour":"gr', 'ey"},{"colour":"red"', "}]}"], chunkDelayMs: 1 });
    const list = streamText({ model: sights.provider("openai/gpt-4o-mini"), prompt: "Colours", output: Output.array({ element: object }) });
    assert.deepEqual([await collect(list.elementStream), await list.output], [[{ colour: "grey" }, { colour: "red" }], [{ colour: "grey" }, { colour: "red" }]]);
    const weathers = connect({ text: ['{"result":"', 'rainy"}'] });
    assert.equal(await streamText({ model: weathers.provider("openai/gpt-4o-mini"), prompt: "Weather?", output: Output.choice({ options: ["sunny", "rainy"] }) }).output, "rainy");
  });

  test("gives an object behind the calls of tools; one that is none, or is cut, is the SDK's own error", async () => {
    const { provider, simulator } = connect([ASKS, { text: ['{"colour":', '"blue"}'] }]);
    const result = streamText({ model: provider(CLAUDE), prompt: "Which colour has the sky?", tools: { weather }, stopWhen: isStepCount(3), output: Output.object({ schema: object }) });
    assert.deepEqual([await result.output, simulator.requests.length], [{ colour: "blue" }, 2]);
    for (const script of [{ text: "grey, I think" }, { text: '{"colour":"gr', finishReason: /** @type {const} */ ("length") }]) {
      const none = streamText({ model: connect(script).provider("openai/gpt-4o-mini"), prompt: "Which colour?", output: Output.object({ schema: object }), onError: () => {} });
      await assert.rejects(async () => none.output, { name: "AI_NoObjectGeneratedError" });
    }
  });

  test("of a call that a limit cut runs nothing and asks nobody again", async () => {
    let runs = 0;
    const { provider, simulator } = connect({ toolCalls: [{ id: "a", name: "weather", arguments: '{"city": "Be' }], finishReason: "length" });
    const counted = /** @type {typeof weather} */ ({ ...weather, execute: async () => ({ sky: `${(runs += 1)}` }) });
    const result = streamText({ model: provider("openai/gpt-4o-mini"), prompt: "Weather?", tools: { weather: counted }, stopWhen: isStepCount(5) });
    await collect(result.stream);
    assert.deepEqual([await result.finishReason, runs, simulator.requests.length], ["length", 0, 1]);
    assert.deepEqual(own((await result.finalStep).providerMetadata).cutCalls, [{ id: "a", name: "weather", arguments: '{"city": "Be' }]);
  });

  test("gives broken arguments that the model meant to the SDK's own repair", async () => {
    const { provider } = connect([{ toolCalls: [{ id: "a", name: "weather", arguments: "{city: Bern}" }] }, { text: "Sunny." }]);
    const result = streamText({
      model: provider("openai/gpt-4o-mini"), prompt: "Weather?", tools: { weather }, stopWhen: isStepCount(3),
      repairToolCall: async ({ toolCall }) => ({ ...toolCall, input: '{"city":"Bern"}' }),
    });
    await collect(result.stream);
    assert.deepEqual((await result.steps)[0].toolResults.map(({ output }) => output), [{ sky: "sunny in Bern" }]);
  });
});

describe("generateText", () => {
  test("gives what a stream gives, and tells what is odd about the request", async () => {
    const { provider } = connect({ text: "Hi.", reasoning: ["hm"], reasoningDetails: [THOUGHT] }, { models: { "openai/gpt-4o-mini": { supportedParameters: ["max_tokens"] } } });
    const result = await generateText({ model: provider("openai/gpt-4o-mini"), prompt: "Hello", topK: 3 });
    assert.deepEqual([result.text, result.finishReason], ["Hi.", "stop"]);
    const { id, cost } = own(result.providerMetadata);
    assert.ok(/^gen-/.test(id) && cost > 0);
    assert.deepEqual(own(result.content.find((part) => part.type === "reasoning")?.providerMetadata).reasoning_details, [THOUGHT]);
    assert.ok(result.warnings?.some((warning) => /top_k/.test(JSON.stringify(warning))), JSON.stringify(result.warnings));
  });

  test("gives the object that was asked for", async () => {
    const { provider, simulator } = connect({ text: '{"colour":"grey"}' });
    const image = { type: /** @type {const} */ ("file"), data: Buffer.from(PNG, "base64"), mediaType: "image/png" };
    const messages = [{ role: /** @type {const} */ ("user"), content: [{ type: /** @type {const} */ ("text"), text: "Which colour?" }, image] }];
    const result = await generateText({ model: provider("openai/gpt-4o-mini"), messages, output: Output.object({ schema: object }) });
    assert.deepEqual(result.output, { colour: "grey" });
    const { body } = simulator.requests[0];
    assert.deepEqual(body.messages[0].content, [{ type: "text", text: "Which colour?" }, { type: "image_url", image_url: { url: `data:image/png;base64,${PNG}` } }]);
    assert.deepEqual([body.response_format.type, body.response_format.json_schema.strict, body.response_format.json_schema.schema.required], ["json_schema", true, ["colour"]]);
  });

  test("takes any field of a chat by providerOptions, and settings of the model beneath them", async () => {
    const { provider, simulator } = connect();
    const model = provider("openai/gpt-4o-mini", { params: { temperature: 0.1 }, provider: { sort: "price" } });
    await generateText({ model, prompt: "Hello", providerOptions: { openrouter: { provider: { only: ["azure"] }, params: { extraBody: { min_p: 0.1 } } } } });
    const { body } = simulator.requests[0];
    assert.deepEqual([body.provider, body.min_p], [{ only: ["azure"] }, 0.1]);
    await assert.rejects(generateText({ model, prompt: "Hello", providerOptions: { openrouter: { messages: [] } } }), /providerOptions\.openrouter\.messages/);
  });

  test("takes OpenRouter's own tools, and tells that it leaves others out", async () => {
    const { provider, simulator } = connect();
    const search = /** @type {any} */ ({ type: "provider", id: "openrouter.web_search", args: { max_results: 3 }, inputSchema: jsonSchema({}) });
    const foreign = /** @type {any} */ ({ type: "provider", id: "acme.magic", args: {}, inputSchema: jsonSchema({}) });
    const result = await generateText({ model: provider("openai/gpt-4o-mini"), prompt: "Hello", tools: { search, foreign } });
    assert.deepEqual(simulator.requests[0].body.tools, [{ type: "openrouter:web_search", parameters: { max_results: 3 } }]);
    assert.match(JSON.stringify(result.warnings), /acme\.magic/);
  });

  test("is asked again by the SDK alone, after the wait that it was told", async () => {
    const { provider, simulator } = connect([{ status: 429, headers: { "retry-after-ms": "1" } }, { text: "at last" }]);
    const result = await generateText({ model: provider("openai/gpt-4o-mini"), prompt: "Hello there", maxRetries: 1 });
    assert.deepEqual([result.text, simulator.requests.length], ["at last", 2]);
  });

  test("fails with errors that are the SDK's and this package's at once", async () => {
    const { provider, simulator } = connect();
    for (const [status, isRetryable, code] of /** @type {[number, boolean, string][]} */ ([[401, false, "auth"], [402, false, "payment-required"], [429, true, "rate-limit"], [502, true, "server"]])) {
      simulator.enqueue({ status, body: { error: { code: status, message: `it is ${status}` } } });
      await assert.rejects(generateText({ model: provider("openai/gpt-4o-mini"), prompt: "Hello there", maxRetries: 0 }), (error) => {
        assert.ok(APICallError.isInstance(error) && api.OpenRouterError.isInstance(error), String(error));
        const { statusCode, code: ownCode, isRetryable: again } = /** @type {any} */ (error);
        assert.deepEqual([statusCode, again, ownCode], [status, isRetryable, code]);
        assert.match(error.message, new RegExp(`it is ${status}`));
        assert.ok(!JSON.stringify(error).includes("sk-own"));
        return true;
      });
    }
    assert.equal(simulator.requests.length, 4);
  });

  test("refuses what cannot be asked, with its place", async () => {
    const { provider } = connect();
    assert.throws(() => provider(""), /modelId/);
    assert.throws(() => aiSdk.createOpenRouterProvider(/** @type {any} */ ({})), /client/);
    await assert.rejects(generateText({ model: provider("openai/gpt-4o-mini", /** @type {any} */ ({ params: 3 })), prompt: "Hello", maxRetries: 0 }), /params/);
  });
});

test("a whole prompt goes out as it was meant: files of every kind, tools' answers of every kind", () => {
  const [system, user, turn, ...answers] = aiSdk.fromModelMessages([
    { role: "system", content: "be brief", providerOptions: { openrouter: { cacheControl: { type: "ephemeral" } } } },
    {
      role: "user",
      content: [
        { type: "text", text: "all of it" },
        { type: "image", image: new URL("https://a.example/a.png") },
        { type: "image", image: Buffer.from(PNG, "base64") },
        { type: "file", data: "SUQz", mediaType: "audio/mpeg" },
        { type: "file", data: { type: "url", url: new URL("https://a.example/a.mp4") }, mediaType: "video/mp4" },
        { type: "file", data: new Uint8Array([37, 80]), mediaType: "application/pdf", filename: "a.pdf" },
        { type: "file", data: { type: "text", text: "plain" }, mediaType: "text/plain" },
      ],
    },
    {
      role: "assistant",
      content: [
        { type: "reasoning", text: "Hm.", providerOptions: { openrouter: { reasoning_details: [{ ...THOUGHT, text: "Lis", signature: undefined }] } } },
        { type: "text", text: "Well" },
        { type: "tool-call", toolCallId: "a", toolName: "t", input: { x: 1 }, providerOptions: { openrouter: { reasoning_details: [THOUGHT] } } },
        { type: "tool-call", toolCallId: "b", toolName: "t", input: {} },
      ],
    },
    {
      role: "tool",
      content: [
        { type: "tool-result", toolCallId: "a", toolName: "t", output: { type: "json", value: { y: 2 } } },
        { type: "tool-result", toolCallId: "b", toolName: "t", output: { type: "execution-denied", reason: "no" } },
        { type: "tool-result", toolCallId: "c", toolName: "t", output: { type: "error-text", value: "broke" } },
        { type: "tool-result", toolCallId: "d", toolName: "t", output: { type: "content", value: [{ type: "text", text: "see" }, { type: "file", data: { type: "data", data: PNG }, mediaType: "image/png" }] } },
        { type: "tool-approval-response", approvalId: "x", approved: true },
      ],
    },
  ]);
  assert.deepEqual(system, { role: "system", content: [{ type: "text", text: "be brief", cache_control: { type: "ephemeral" } }] });
  assert.deepEqual(user.content, [
    { type: "text", text: "all of it" },
    { type: "image_url", image_url: { url: "https://a.example/a.png" } },
    { type: "image_url", image_url: { url: `data:image/png;base64,${PNG}` } },
    { type: "input_audio", input_audio: { data: "SUQz", format: "mp3" } },
    { type: "video_url", video_url: { url: "https://a.example/a.mp4" } },
    { type: "file", file: { filename: "a.pdf", file_data: "data:application/pdf;base64,JVA=" } },
    { type: "text", text: "plain" },
  ]);
  assert.deepEqual(turn, {
    role: "assistant", content: "Well", reasoning: "Hm.", reasoning_details: [THOUGHT],
    tool_calls: [{ id: "a", type: "function", function: { name: "t", arguments: '{"x":1}' } }, { id: "b", type: "function", function: { name: "t", arguments: "{}" } }],
  });
  assert.deepEqual(answers.map(({ tool_call_id: id, content }) => [id, content]), [
    ["a", '{"y":2}'], ["b", "Error: no"], ["c", "Error: broke"], ["d", [{ type: "text", text: "see" }, { type: "image_url", image_url: { url: `data:image/png;base64,${PNG}` } }]],
  ]);
});

test("model messages that are none are refused with their place", () => {
  /** @type {[any, RegExp][]} */
  const cases = [
    ["hi", /^messages: must be an array/],
    [[{ role: "wizard", content: "" }], /^messages\[0\]\.role/],
    [[{ role: "user", content: [{ type: "video" }] }], /^messages\[0\]\.content\[0\]\.type/],
    [[{ role: "user", content: [{ type: "file", data: 3, mediaType: "image/png" }] }], /^messages\[0\]\.content\[0\]/],
    [[{ role: "user", content: [{ type: "file", data: { type: "reference", reference: { openai: "f" } }, mediaType: "image/png" }] }], /another provider/],
    [[{ role: "user", content: [{ type: "file", data: "https://a.example/a.mp3", mediaType: "audio/mpeg" }] }], /sound as data/],
    [[{ role: "tool", content: [{ type: "tool-result", toolCallId: "a", output: { type: "magic" } }] }], /^messages\[0\]\.content\[0\]\.output\.type/],
    [[{ role: "assistant", content: [{ type: "tool-call", toolCallId: 1, toolName: "t", input: {} }] }], /^messages\[0\]\.content\[0\]\.toolCallId/],
  ];
  for (const [messages, place] of cases) {
    assert.throws(() => aiSdk.fromModelMessages(messages), (error) => api.OpenRouterError.isInstance(error) && error.code === "invalid-request" && place.test(error.message), JSON.stringify(messages));
  }
});

describe("media", () => {
  test("generateImage gives images, their cost and warnings of what OpenRouter does not take", async () => {
    const { provider } = connect();
    const result = await generateImage({ model: provider.imageModel("google/gemini-3.1-flash-image-preview"), prompt: "a cat", n: 2, aspectRatio: "16:9", seed: 4 });
    assert.ok(result.images.length >= 1 && result.images[0].mediaType.startsWith("image/"));
    assert.match(JSON.stringify(result.warnings), /seed/);
    const [first, second] = /** @type {any[]} */ (result.providerMetadata.openrouter.images);
    assert.ok(first.cost > 0 && second.cost === undefined && first.mediaType === "image/png" && second.model === first.model, JSON.stringify([first, second]));
  });

  test("generateSpeech gives sound, transcribe gives its text", async () => {
    const { provider } = connect();
    const speech = await generateSpeech({ model: provider.speechModel("hexgrad/kokoro-82m"), text: "Hello there", voice: "af_alloy" });
    assert.ok(speech.audio.uint8Array.length > 100);
    const heard = await transcribe({ model: provider.transcriptionModel("openai/whisper-large-v3-turbo"), audio: speech.audio.uint8Array });
    assert.ok(heard.text.length > 0);
  });

  test("embedMany asks client.embeddings, or says that there is none", async () => {
    const { client, provider } = connect();
    const model = provider.embeddingModel("openai/text-embedding-3-small");
    if ("embeddings" in client) {
      const result = await embedMany({ model, values: ["a", "b", "c"] });
      assert.deepEqual([result.embeddings.length, typeof result.embeddings[0][0]], [3, "number"]);
      assert.ok(result.usage.tokens > 0);
    } else {
      await assert.rejects(embedMany({ model, values: ["a"], maxRetries: 0 }), /no embeddings/);
    }
    // With any client the SDK's arithmetic gets arrays, in order, with usage and cost.
    /** @type {any[]} */
    const asked = [];
    const create = async (/** @type {any} */ request) => {
      asked.push(request);
      return { embeddings: request.input.map((/** @type {string} */ text) => new Float32Array([text.length, 0.5])), model: "m", usage: { inputTokens: 3, raw: { prompt_tokens: 3 } }, cost: 0.25 };
    };
    const other = aiSdk.createOpenRouterProvider(/** @type {any} */ ({ chat() {}, embeddings: { create } }));
    const result = await embedMany({ model: other.embeddingModel("m", { inputType: "query" }), values: ["a", "bb"] });
    assert.deepEqual([result.embeddings, result.usage.tokens], [[[1, 0.5], [2, 0.5]], 3]);
    assert.deepEqual([asked[0].model, asked[0].inputType, asked[0].input], ["m", "query", ["a", "bb"]]);
    assert.match(JSON.stringify(result.providerMetadata ?? result.responses), /0\.25/);
  });
});

test("rerank asks client.rerank, whatever kind of documents it is given", async () => {
  /** @type {any[]} */
  const asked = [];
  const ranks = async (/** @type {any} */ request) => {
    asked.push(request);
    return { results: [{ index: 1, score: 0.9 }, { index: 0, score: 0.1 }], model: "m", cost: 0.5 };
  };
  const provider = aiSdk.createOpenRouterProvider(/** @type {any} */ ({ chat() {}, rerank: ranks }));
  const result = await rerank({ model: provider.rerankingModel("m"), documents: [{ a: 1 }, { b: 2 }], query: "which", topN: 2 });
  assert.deepEqual([result.ranking[0].originalIndex, result.ranking[0].score, result.rerankedDocuments[0]], [1, 0.9, { b: 2 }]);
  assert.deepEqual([asked[0].documents, asked[0].query, asked[0].topN, asked[0].model], [['{"a":1}', '{"b":2}'], "which", 2, "m"]);
  const bare = aiSdk.createOpenRouterProvider(/** @type {any} */ ({ chat() {} })).rerankingModel("m");
  await assert.rejects(rerank({ model: bare, documents: ["a"], query: "which", maxRetries: 0 }), /no rerank/);
});

test("a client that is made later is asked: nothing is sent when a model is named", () => {
  const simulator = simulate();
  aiSdk.createOpenRouterProvider(new api.OpenRouter({ apiKey: "k", fetch: simulator.fetch }))(CLAUDE);
  assert.equal(simulator.requests.length, 0);
});
