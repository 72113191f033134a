// The messages of `useChat` to ours and back, and our runs as its stream: by the AI SDK's own schema, reader and predicates.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  convertToModelMessages, createUIMessageStream, lastAssistantMessageIsCompleteWithApprovalResponses, lastAssistantMessageIsCompleteWithToolCalls, parseJsonEventStream, readUIMessageStream,
  safeValidateUIMessages, streamText, uiMessageChunkSchema,
} from "ai";
import { aiSdk, ASKS, CLAUDE, collect, connect, THOUGHT } from "./ai-sdk-support.js";
import { api, createGateway, HELLO, PNG, simulate, TIMED, until } from "./support.js";

const weather = { name: "weather", parameters: { type: "object", properties: { city: { type: "string" } } }, execute: (/** @type {any} */ { city }) => ({ sky: `sunny in ${city}` }) };
const user = (/** @type {string} */ text) => ({ id: text, role: /** @type {const} */ ("user"), parts: [{ type: /** @type {const} */ ("text"), text }] });

/** The message that a page has at the end of a stream, every chunk checked. @param {ReadableStream<any>} stream @param {any} [message]  what it goes on from */
async function read(stream, message) {
  /** @type {any[]} */
  const chunks = [];
  const schema = /** @type {any} */ (uiMessageChunkSchema());
  const checked = stream.pipeThrough(
    new TransformStream({
      async transform(chunk, controller) {
        const { success, error } = await schema.validate(chunk);
        assert.ok(success, `${JSON.stringify(chunk)}: ${error}`);
        chunks.push(chunk);
        controller.enqueue(chunk);
      },
    }),
  );
  for await (const state of readUIMessageStream({ stream: /** @type {any} */ (checked), message, onError: () => {}, terminateOnError: false })) message = structuredClone(state);
  return { message, chunks };
}

const ENCRYPTED = { type: "reasoning.encrypted", data: "xyz", id: "r1", format: "openai-responses-v1", index: 0 };

/** As it comes out of a store. @template T @param {T} value @returns {T} */
const stored = (value) => JSON.parse(JSON.stringify(value));

/** @param {any} body */
const turns = (body) => /** @type {any[]} */ (body.messages).filter((message) => message.role === "assistant");

describe("signed reasoning", () => {
  for (const [name, scripts, model = CLAUDE] of /** @type {[string, any[], string?][]} */ ([
    ["on a call", [ASKS, { text: "Sunny." }]],
    ["on a text", [{ reasoning: ["Lisbon, then."], reasoningDetails: [THOUGHT], text: ["Sunny."] }]],
    ["encrypted, beside a call", [{ reasoningDetails: [ENCRYPTED], toolCalls: ASKS.toolCalls }, { text: "Sunny." }], "openai/gpt-5"],
  ])) {
    test(`survives the second turn of a page, ${name}`, async () => {
      const { client, simulator } = connect([...scripts, { text: "again" }]);
      const tools = [weather];
      const run = client.chat({ model, messages: HELLO, tools });
      const { message } = await read(aiSdk.toUIMessageStream(run));
      const page = stored([user("Hello there"), message, user("And now?")]);
      assert.ok((await safeValidateUIMessages({ messages: page })).success);
      await client.chat({ model, messages: aiSdk.fromUIMessages(page), tools }).result();
      const { messages } = await run.result();
      const expected = messages.filter(({ role }) => role === "assistant").map(({ reasoning_details: details }) => details);
      assert.deepEqual(turns(simulator.requests.at(-1)?.body).map((turn) => turn.reasoning_details), expected);
      assert.ok(expected.flat().some((details) => details !== undefined));
      // The same by the SDK's own conversion and our provider.
      simulator.enqueue({ text: "third" });
      const languageModel = aiSdk.createOpenRouterProvider(client)(model);
      await collect(streamText({ model: languageModel, messages: await convertToModelMessages(page) }).textStream);
      assert.deepEqual(turns(simulator.requests.at(-1)?.body).map((turn) => turn.reasoning_details), expected);
    });
  }

  test("has a part of its own where nothing else came", async () => {
    const { client } = connect({ reasoningDetails: [ENCRYPTED], text: "" });
    const { message } = await read(aiSdk.toUIMessageStream(client.chat({ model: "openai/gpt-5", messages: HELLO })));
    assert.deepEqual(aiSdk.fromUIMessages(stored([message])), [{ role: "assistant", content: null, reasoning_details: [ENCRYPTED] }]);
  });

  test("goes through toResponse({format: 'ui-message'}), too", async () => {
    const { client } = connect([ASKS, { text: "Sunny." }]);
    const { body } = client.chat({ model: CLAUDE, messages: HELLO, tools: [weather] }).toResponse({ format: "ui-message" });
    const parsed = parseJsonEventStream({ stream: /** @type {any} */ (body), schema: uiMessageChunkSchema }).pipeThrough(new TransformStream({ transform: (result, controller) => controller.enqueue(result.success && result.value) }));
    const { message } = await read(parsed);
    assert.deepEqual(aiSdk.fromUIMessages(stored([message]))[0].reasoning_details, [THOUGHT]);
  });
});

describe("a transcript", () => {
  test("of a run comes back from a page as it was, and is sent again byte for byte", async () => {
    const { client, simulator } = connect([ASKS, { text: "Sunny." }, { text: "again" }, { text: "again" }]);
    const run = client.chat({ model: CLAUDE, messages: HELLO, tools: [weather] });
    const { message } = await read(aiSdk.toUIMessageStream(run));
    const { messages } = await run.result();
    const page = stored([user("Hello there"), message]);
    assert.deepEqual(aiSdk.fromUIMessages(page), messages);
    const next = { role: /** @type {const} */ ("user"), content: "And now?" };
    await client.chat({ model: CLAUDE, messages: [...messages, next], tools: [weather] }).result();
    await client.chat({ model: CLAUDE, messages: [...aiSdk.fromUIMessages(page), next], tools: [weather] }).result();
    const [one, other] = simulator.requests.slice(-2).map(({ body }) => JSON.stringify(body));
    assert.equal(other, one);
  });

  test("of the wire is shown and comes back as it was", async () => {
    /** @type {any[]} */
    const messages = [
      { role: "system", content: "be brief" },
      { role: "user", content: [{ type: "text", text: "look" }, { type: "image_url", image_url: { url: `data:image/png;base64,${PNG}` } }, { type: "file", file: { filename: "a.pdf", file_data: "data:application/pdf;base64,JVA=" } }, { type: "input_audio", input_audio: { data: "SUQz", format: "mp3" } }, { type: "video_url", video_url: { url: "data:video/mp4;base64,AAAA" } }] },
      { role: "assistant", content: "Well.", reasoning: "Hm.", reasoning_details: [{ type: "reasoning.text", text: "Hm.", signature: "s", index: 0 }], tool_calls: [{ id: "a", type: "function", function: { name: "t", arguments: '{"x":1}' } }, { id: "b", type: "function", function: { name: "t", arguments: "{}" } }, { id: "c", type: "function", function: { name: "t", arguments: "{}" } }] },
      { role: "tool", tool_call_id: "a", content: '{"y":2}' },
      { role: "tool", tool_call_id: "b", content: "Error: no such place" },
      { role: "tool", tool_call_id: "c", content: "{ not json" },
      { role: "assistant", content: "Done.", images: [{ type: "image_url", image_url: { url: `data:image/png;base64,${PNG}` } }] },
      { role: "user", content: "thanks" },
    ];
    const shown = aiSdk.toUIMessages(messages);
    assert.ok((await safeValidateUIMessages({ messages: shown })).success);
    assert.deepEqual(shown.map(({ id, role }) => [id, role]), [["message-1", "system"], ["message-2", "user"], ["message-3", "assistant"], ["message-4", "user"]]);
    const tools = /** @type {any[]} */ (shown[2].parts).filter((part) => part.type === "tool-t");
    assert.deepEqual(tools.map(({ state, output, errorText }) => [state, output ?? errorText]), [["output-available", { y: 2 }], ["output-error", "no such place"], ["output-available", "{ not json"]]);
    assert.deepEqual(aiSdk.fromUIMessages(stored(shown)), messages);
  });
});

test("a tool part is converted in every state", () => {
  /** @param {any} part @param {boolean} [goesOn] */
  const converted = (part, goesOn = true) => {
    const parts = [{ type: "step-start" }, { type: "tool-t", toolCallId: "a", input: { x: 1 }, ...part }];
    return aiSdk.fromUIMessages([user("hi"), { role: "assistant", parts }, ...(goesOn ? [user("on")] : [])]).slice(1, goesOn ? -1 : undefined).map(({ role, tool_calls: calls, content }) => (role === "tool" ? content : calls?.[0].function.arguments));
  };
  assert.deepEqual(converted({ state: "input-streaming", input: undefined }), []);
  assert.deepEqual(converted({ state: "input-available" }), ['{"x":1}']);
  assert.deepEqual(converted({ state: "approval-requested", approval: { id: "p" } }), ['{"x":1}', "Error: the call was not approved"]);
  assert.deepEqual(converted({ state: "approval-requested", approval: { id: "p" } }, false), ['{"x":1}']);
  assert.deepEqual(converted({ state: "approval-responded", approval: { id: "p", approved: true } }, false), ['{"x":1}']);
  assert.deepEqual(converted({ state: "approval-responded", approval: { id: "p", approved: false, reason: "too dear" } }, false), ['{"x":1}', "Error: too dear"]);
  assert.deepEqual(converted({ state: "output-available", output: { y: 2 } }), ['{"x":1}', '{"y":2}']);
  assert.deepEqual(converted({ state: "output-available", output: "a text" }), ['{"x":1}', "a text"]);
  assert.deepEqual(converted({ state: "output-available", output: 1, preliminary: true }), ['{"x":1}']);
  assert.deepEqual(converted({ state: "output-error", errorText: "broke" }), ['{"x":1}', "Error: broke"]);
  assert.deepEqual(converted({ state: "output-error", errorText: "no JSON", input: undefined, rawInput: "{x" }), ["{}", "Error: no JSON. They were: {x"]);
  assert.deepEqual(converted({ state: "output-denied", approval: { id: "p", approved: false } }), ['{"x":1}', "Error: the call was not approved"]);
  assert.deepEqual(converted({ type: "dynamic-tool", toolName: "d", state: "output-available", output: [] }), ['{"x":1}', "[]"]);
  assert.throws(() => converted({ state: "lost" }), /^OpenRouterError: messages\[1\]\.parts\[1\]\.state/);
});

test("parts of every other kind have their place, or are told", () => {
  /** @type {string[]} */
  const told = [];
  const messages = aiSdk.fromUIMessages(
    [
      { role: "user", parts: [{ type: "data-place", data: "Bern" }, { type: "file", mediaType: "image/png", url: `data:image/png;base64,${PNG}` }, { type: "hologram" }] },
      { role: "assistant", parts: [{ type: "step-start" }, { type: "text", text: "a" }, { type: "source-url", url: "https://a.example" }, { type: "steering-message", id: "s", parts: [{ type: "text", text: "no, wait" }] }, { type: "data-note", data: 1 }, { type: "text", text: "b" }, { type: "file", mediaType: "image/png", url: "https://a.example/a.png" }] },
    ].map((message) => /** @type {any} */ (message)),
    { convertDataPart: (part) => (part.type === "data-place" ? { type: "text", text: `in ${part.data}` } : undefined), onWarning: ({ path }) => told.push(path) },
  );
  assert.deepEqual(messages, [
    { role: "user", content: [{ type: "text", text: "in Bern" }, { type: "image_url", image_url: { url: `data:image/png;base64,${PNG}` } }] },
    { role: "assistant", content: "a" },
    { role: "user", content: "no, wait" },
    { role: "assistant", content: "b", images: [{ type: "image_url", image_url: { url: "https://a.example/a.png" } }] },
  ]);
  assert.deepEqual(told, ["messages[0].parts[2]"]);
});

test("messages that are none are refused with their place", () => {
  /** @type {[any, RegExp][]} */
  const cases = [
    ["hi", /^messages: must be an array/],
    [[null], /^messages\[0\]: must be an object/],
    [[{ role: "user", content: "hi" }], /^messages\[0\]\.parts: is missing/],
    [[{ role: "user", parts: [{ type: "text" }] }], /^messages\[0\]\.parts\[0\]\.text/],
    [[{ role: "user", parts: [{}] }], /^messages\[0\]\.parts\[0\]\.type/],
    [[{ role: "robot", parts: [] }], /^messages\[0\]\.role/],
    [[{ role: "assistant", parts: [{ type: "tool-t", state: "input-available" }] }], /^messages\[0\]\.parts\[0\]\.toolCallId/],
  ];
  for (const [messages, place] of cases) {
    assert.throws(() => aiSdk.fromUIMessages(messages), (error) => api.OpenRouterError.isInstance(error) && error.code === "invalid-request" && place.test(error.message), JSON.stringify(messages));
  }
  assert.throws(() => aiSdk.toUIMessages(/** @type {any} */ ([{ role: "toolResult" }])), /messages\[0\]\.role.*sanitizeTranscript/);
});

describe("toUIMessageStream", () => {
  test("is merged with an app's own parts, and writes those that an event is worth", async () => {
    const { client } = connect({ text: ["Hi", "."] });
    const run = client.chat({ messages: HELLO });
    const chunks = aiSdk.toUIMessageStream(run, { dataOf: (event) => (event.type === "step-finish" ? { type: "data-usage", id: "u", data: event.usage?.totalTokens } : undefined) });
    const { message } = await read(createUIMessageStream({ execute: ({ writer }) => { writer.write({ type: "start" }); writer.write({ type: "data-app", data: 1 }); writer.merge(/** @type {any} */ (chunks)); } }));
    const parts = /** @type {any[]} */ (message.parts);
    assert.deepEqual(parts.map(({ type }) => type), ["data-app", "step-start", "text", "data-usage"]);
    assert.ok(parts[3].data > 0);
  });

  test("says a failure, before and after the first word", async () => {
    for (const [script, said] of /** @type {[any, string][]} */ ([[{ status: 402 }, ""], [{ text: ["Half"], error: { afterChunks: 1 } }, "Half"]])) {
      const { client } = connect(script);
      const { chunks, message } = await read(aiSdk.toUIMessageStream(client.chat({ messages: HELLO, maxRetries: 0 })));
      assert.equal(chunks.at(-1).type, "error");
      assert.equal(message?.parts.find((/** @type {any} */ part) => part.type === "text")?.text ?? "", said);
    }
    assert.throws(() => aiSdk.toUIMessageStream(/** @type {any} */ ({})), /^OpenRouterError: run: must be a run/);
  });

  test("that is left aborts the request", TIMED, async () => {
    const { client, simulator } = connect({ text: ["one", "two"], stallAfterChunks: 1 });
    const reader = aiSdk.toUIMessageStream(client.chat({ messages: HELLO })).getReader();
    while ((await reader.read()).value?.type !== "text-delta");
    await reader.cancel("enough");
    await until(() => simulator.requests[0].aborted, "the connection is closed");
  });
});

describe("nothing is sent again by itself", () => {
  const goesOn = (/** @type {any} */ message) => lastAssistantMessageIsCompleteWithToolCalls({ messages: [message] }) || lastAssistantMessageIsCompleteWithApprovalResponses({ messages: [message] });
  const call = { id: "c1", name: "weather", arguments: { city: "Bern" } };

  for (const [name, scripts, more] of /** @type {[string, any[], any?][]} */ ([
    ["after a call that a limit cut", [{ toolCalls: [{ ...call, arguments: '{"city": "Be' }], finishReason: "length" }]],
    ["after a condition stopped the run", [{ toolCalls: [call] }], { stopWhen: () => true }],
    ["after the run failed behind its tools", [{ toolCalls: [call] }, { status: 402 }]],
    ["after the steps were used up", [{ toolCalls: [call] }, { toolCalls: [call] }], { maxSteps: 1 }],
    ["while an approval is open", [{ toolCalls: [call] }], { tools: [{ ...weather, needsApproval: true }] }],
    ["after an answer", [{ toolCalls: [call] }, { text: "Sunny." }]],
  ])) {
    test(name, async () => {
      const { client } = connect(scripts, { maxRetries: 0 });
      const { message } = await read(aiSdk.answerUIMessages(client, { messages: [user("Weather?")], tools: [weather], ...more }).stream);
      assert.equal(goesOn(message), false, JSON.stringify(message.parts));
    });
  }

  test("but a call that the page answers is", async () => {
    const { client } = connect({ toolCalls: [call] });
    const { message } = await read(aiSdk.answerUIMessages(client, { messages: [user("Weather?")], tools: [{ name: "weather" }] }).stream);
    assert.equal(goesOn(message), false);
    Object.assign(message.parts.at(-1), { state: "output-available", output: "sunny" });
    assert.equal(goesOn(message), true);
  });
});

describe("approvals", () => {
  const asks = { toolCalls: [{ id: "c1", name: "weather", arguments: { city: "Bern" } }] };
  /** @param {any} message @param {boolean} approved @param {any} [more] */
  const respond = (message, approved, more) => ({
    ...message,
    parts: message.parts.map((/** @type {any} */ part) => (part.state === "approval-requested" ? { ...part, state: "approval-responded", approval: { ...part.approval, approved, ...more } } : part)),
  });

  test("a guarded tool is asked for, runs once it is approved, and the model goes on", async () => {
    const { client, simulator } = connect([asks, { text: "Sunny." }]);
    let runs = 0;
    const request = { tools: [{ ...weather, needsApproval: true, execute: (/** @type {any} */ input) => { runs += 1; return weather.execute(input); } }], approvalSecret: "s3cret", instructions: "be brief" };
    const first = await read(aiSdk.answerUIMessages(client, { ...request, messages: [user("Weather?")] }).stream);
    assert.deepEqual([first.message.parts.at(-1).state, runs, simulator.requests.length], ["approval-requested", 0, 1]);
    assert.equal(first.chunks.at(-1).type, "finish");
    assert.ok(!lastAssistantMessageIsCompleteWithToolCalls({ messages: [first.message] }));
    const answered = stored(respond(first.message, true));
    assert.ok(lastAssistantMessageIsCompleteWithApprovalResponses({ messages: [answered] }));
    const second = await read(aiSdk.answerUIMessages(client, { ...request, messages: [user("Weather?"), answered] }).stream, answered);
    assert.deepEqual([runs, simulator.requests.length], [1, 2]);
    const parts = /** @type {any[]} */ (second.message.parts);
    assert.deepEqual(parts.map(({ type, state }) => [type, state]), [["step-start", undefined], ["tool-weather", "output-available"], ["step-start", undefined], ["text", "done"]]);
    assert.deepEqual(parts[1].output, { sky: "sunny in Bern" });
    const { body } = simulator.requests[1];
    assert.deepEqual(body.messages.map((/** @type {any} */ message) => message.role), ["system", "user", "assistant", "tool"]);
    assert.match(JSON.stringify(body.messages.at(-1)), /sunny in Bern/);
  });

  test("what is denied is told to the model, and shown as denied", async () => {
    const { client, simulator } = connect([asks, { text: "As you wish." }]);
    const request = { tools: [{ ...weather, needsApproval: true }] };
    const first = await read(aiSdk.answerUIMessages(client, { ...request, messages: [user("Weather?")] }).stream);
    const answered = respond(first.message, false, { reason: "not now" });
    const second = await read(aiSdk.answerUIMessages(client, { ...request, messages: [user("Weather?"), answered] }).stream, answered);
    assert.equal(second.message.parts.find((/** @type {any} */ part) => part.type === "tool-weather").state, "output-denied");
    assert.match(JSON.stringify(simulator.requests[1].body.messages.at(-1)), /Error: not now/);
  });

  test("a call that nobody asked for, or that was changed, does not run", async () => {
    const { client, simulator } = connect([asks, { text: "never" }]);
    let runs = 0;
    const request = { tools: [{ ...weather, needsApproval: true, execute: () => (runs += 1) }], approvalSecret: "s3cret" };
    const { message } = await read(aiSdk.answerUIMessages(client, { ...request, messages: [user("Weather?")] }).stream);
    const changed = respond(message, true);
    changed.parts.at(-1).input = { city: "Rome" };
    const forged = respond(message, true, { signature: "AAAA" });
    for (const answered of [changed, forged]) {
      const { chunks } = await read(aiSdk.answerUIMessages(client, { ...request, messages: [user("Weather?"), answered] }).stream, structuredClone(answered));
      assert.match(chunks.at(-1).errorText, /was not asked for by this server/);
    }
    assert.deepEqual([runs, simulator.requests.length], [0, 1]);
  });

  test("a function decides by the input: what it lets pass runs, and the run goes on within its steps", async () => {
    const { client, simulator } = connect([asks, { toolCalls: [{ id: "c2", name: "weather", arguments: { city: "Rome" } }] }]);
    const needsApproval = (/** @type {any} */ { city }) => city === "Rome";
    const { message, chunks } = await read(aiSdk.answerUIMessages(client, { tools: [{ ...weather, needsApproval }], messages: [user("Weather?")] }).stream);
    assert.deepEqual(message.parts.filter((/** @type {any} */ part) => part.type === "tool-weather").map((/** @type {any} */ part) => part.state), ["output-available", "approval-requested"]);
    assert.equal(simulator.requests.length, 2);
    assert.ok(chunks.at(-1).messageMetadata.usage.cost > 0);
    const again = connect([asks, asks, asks]);
    const endless = await read(aiSdk.answerUIMessages(again.client, { tools: [{ ...weather, needsApproval: () => false }], maxSteps: 2, messages: [user("Weather?")] }).stream);
    assert.match(endless.chunks.at(-1).errorText, /step/);
    assert.equal(again.simulator.requests.length, 2);
  });

  test("is read once, and refuses what is wrong before anything is sent", async () => {
    const { client, simulator } = connect();
    const answer = aiSdk.answerUIMessages(client, { messages: [user("hi")] });
    assert.match(await answer.toResponse().text(), /"type":"finish"[^]*\[DONE\]/);
    assert.throws(() => answer.stream, /already-consumed|read already/);
    assert.throws(() => aiSdk.answerUIMessages(client, /** @type {any} */ ({ messages: [{}] })), /messages\[0\]/);
    assert.throws(() => aiSdk.answerUIMessages(client, /** @type {any} */ ({ messages: [], tools: [{ name: "t", needsApproval: 1 }] })), /tools\[0\]\.needsApproval/);
    assert.equal(simulator.requests.length, 1);
  });
});

describe("a transport at a gateway", () => {
  /** @param {Record<string, string>} [held] */
  const storageOf = (held = {}) => ({ held, getItem: (/** @type {string} */ key) => held[key] ?? null, setItem: (/** @type {string} */ key, /** @type {string} */ value) => void (held[key] = value), removeItem: (/** @type {string} */ key) => void delete held[key] });
  const standing = () => {
    const simulator = simulate();
    const gateway = createGateway({ apiKey: "sk-own", callers: () => ({ id: "anna" }), fetch: simulator.fetch, log: () => {} });
    const client = new api.OpenRouter({ apiKey: "token", baseURL: "https://gateway.example/v1", fetch: async (url, init) => gateway.fetch(new Request(url, init)) });
    return { simulator, client, transport: (/** @type {any} */ storage, more = {}) => aiSdk.createChatTransport(client, { model: CLAUDE, durable: true, ...more }, { storage }) };
  };
  const hello = { id: "u1", role: "user", parts: [{ type: "text", text: "Hello" }] };
  const sent = (/** @type {any[]} */ messages) => ({ chatId: "chat", messages, abortSignal: undefined });
  const textIn = (/** @type {any[]} */ chunks) => chunks.filter(({ type }) => type === "text-delta").map(({ delta }) => delta).join("");
  const KEY = "openrouter-wasm:answer:chat";

  test("an answer that was left is told again from its beginning, by another transport, under the same id", async () => {
    const { simulator, transport } = standing();
    simulator.enqueue({ text: ["one ", "two ", "three"] });
    const storage = storageOf();
    const stream = await transport(storage).sendMessages(sent([hello]));
    const reader = stream.getReader();
    const first = /** @type {any} */ ((await reader.read()).value);
    while (!storage.held[KEY]) await reader.read();
    const again = await transport(storage).reconnectToStream({ chatId: "chat" });
    const chunks = await collect(/** @type {any} */ (again));
    assert.deepEqual([textIn(chunks), chunks[0]], ["one two three", first]);
    assert.equal(chunks.at(-1).type, "finish");
    assert.equal(await transport(storage).reconnectToStream({ chatId: "chat" }), null, "it has ended");
    assert.equal(await transport(storage).reconnectToStream({ chatId: "another" }), null);
    assert.equal(simulator.requests.filter(({ method }) => method === "POST").length, 1);
    await reader.cancel();
  });

  test("what a tool of the page said in between is told again, and the tool does not run again", async () => {
    const { simulator, transport } = standing();
    let runs = 0;
    const tools = [{ name: "weather", parameters: { type: "object", properties: { city: { type: "string" } } }, execute: () => `sunny ${(runs += 1)}` }];
    simulator.enqueue(ASKS);
    simulator.enqueue({ text: ["It is ", "sunny."] });
    const storage = storageOf();
    const whole = await collect(await transport(storage, { tools }).sendMessages(sent([hello])));
    // As it was when the last answer had begun.
    storage.held[KEY] = JSON.stringify({ ...JSON.parse(storage.held[KEY]), isOver: false });
    const again = await collect(/** @type {any} */ (await transport(storage, { tools }).reconnectToStream({ chatId: "chat" })));
    const told = (/** @type {any[]} */ chunks) => chunks.filter(({ type }) => !/-delta$|^finish$|^message-metadata$/.test(type)).map(({ type, messageId, toolCallId, output }) => [type, messageId, toolCallId, output]);
    assert.deepEqual([told(again), textIn(again), runs], [told(whole), "It is sunny.", 1]);
  });

  test("what lies there and is no answer, or is kept no more, is nothing to resume", async () => {
    const { transport, simulator } = standing();
    for (const held of ["{", "null", "[]", '"x"', '{"parts":[]}', '{"parts":[1]}', '{"parts":["short"]}', '{"parts":["../../x/../yyyy"]}', '{"parts":["aaaaaaaaaa",null]}', '{"parts":["never-was-1"]}', '{"parts":["never-was-1"],"messageId":5}']) {
      assert.equal(await transport(storageOf({ [KEY]: held })).reconnectToStream({ chatId: "chat" }), null, held);
    }
    const full = { ...storageOf(), setItem: () => { throw new DOMException("full", "QuotaExceededError"); } };
    simulator.enqueue({ text: "Hi" });
    assert.equal(textIn(await collect(await transport(full).sendMessages(sent([hello])))), "Hi");
    assert.throws(() => transport({}), /storage/);
  });

  test("an answer that is left for another reader goes on; one that is left for good ends for everybody", TIMED, async () => {
    const { simulator, transport } = standing();
    simulator.enqueue({ text: "word ".repeat(20_000), chunkDelayMs: 10 });
    const storage = storageOf();
    const first = (await transport(storage).sendMessages(sent([hello]))).getReader();
    while (!storage.held[KEY]) await first.read();
    const resuming = transport(storage);
    const leaving = new AbortController();
    const left = /** @type {any} */ (await resuming.reconnectToStream({ chatId: "chat", abortSignal: leaving.signal })).getReader();
    await left.read();
    leaving.abort();
    const other = /** @type {any} */ (await resuming.reconnectToStream({ chatId: "chat" })).getReader();
    await new Promise((resolve) => setTimeout(resolve, 800));
    assert.equal(simulator.requests[0].aborted, false);
    await other.cancel();
    await until(() => simulator.requests[0].aborted, "the request to OpenRouter has ended");
    await first.cancel();
  });
});

test("a transport works without a server, its body wins, and an abort reaches OpenRouter", TIMED, async () => {
  const { client, simulator } = connect([{ text: ["Hi"] }, { text: ["one", "two"], stallAfterChunks: 1 }]);
  const transport = aiSdk.createChatTransport(client, { model: "openai/gpt-4o-mini", instructions: "be brief" });
  const send = { trigger: "submit-message", chatId: "c", messageId: undefined, messages: [user("Hello")] };
  const { message } = await read(await transport.sendMessages({ ...send, abortSignal: undefined, body: { model: "openai/gpt-4o" } }));
  assert.equal(message.parts.at(-1).text, "Hi");
  assert.deepEqual([simulator.requests[0].body.model, simulator.requests[0].body.messages[0]], ["openai/gpt-4o", { role: "system", content: "be brief" }]);
  assert.equal(await transport.reconnectToStream({ chatId: "c" }), null);
  const controller = new AbortController();
  const reader = (await transport.sendMessages({ ...send, abortSignal: controller.signal })).getReader();
  while ((await reader.read()).value?.type !== "text-delta");
  controller.abort();
  await until(() => simulator.requests[1].aborted, "the connection is closed");
});
