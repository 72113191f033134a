// The tool loop, told once and run in every runtime.
import { collect, eventually, local, ofType, ok, question, rejection, same } from "./scenario-tools.js";

/** @import { World } from "./scenario-tools.js" */

const add = { name: "add", description: "adds", parameters: { type: "object" }, execute: (/** @type {any} */ { a, b }) => a + b };
/** @param {string} name @param {object} args @param {string} [id] */
const call = (name, args, id) => ({ name, arguments: args, ...(id && { id }) });

/** @type {Record<string, (world: World) => Promise<void>>} */
export const toolScenarios = {
  async "tools run side by side, and their results go back in the order of the calls"(world) {
    const usage = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15, cost: 0.001 };
    const { client, server } = local(world, [
      { text: "Let me see.", toolCalls: [call("slow", { n: 1 }, "call_a"), call("add", { a: 2, b: 3 }, "call_b")], usage },
      { text: "Done: 5", usage },
    ]);
    let running = 0, most = 0;
    const slow = {
      name: "slow",
      execute: async () => {
        most = Math.max(most, ++running);
        await new Promise((resolve) => setTimeout(resolve, 40));
        running--;
        return { finished: true };
      },
    };
    const fast = { ...add, execute: async (/** @type {any} */ input) => ((most = Math.max(most, ++running)), await null, running--, add.execute(input)) };
    const run = client.chat({ messages: question, tools: [slow, fast] });
    const events = await collect(run);
    same(most, 2, "both run at once");
    same(ofType(events, "tool-result").map(({ id, name, output, step }) => [id, name, output, step]), [["call_b", "add", 5, 0], ["call_a", "slow", { finished: true }, 0]], "results as they come");
    same(ofType(events, "step-finish").map(({ step, reason }) => [step, reason]), [[0, "tool-calls"], [1, "stop"]], "steps");
    same(ofType(events, "finish").length, 1, "one finish");
    const result = await run.result();
    same([result.message.content, result.reason, result.steps.length], ["Done: 5", "stop", 2], "result");
    same([result.usage?.inputTokens, result.usage?.cost], [20, 0.002], "usage of both steps");
    const [, second] = server.requests;
    same(second.body.messages.map((/** @type {any} */ message) => [message.role, message.tool_call_id]), [["user", undefined], ["assistant", undefined], ["tool", "call_a"], ["tool", "call_b"]], "what the model is given");
    same(second.body.messages.slice(2).map((/** @type {any} */ message) => message.content), ['{"finished":true}', "5"], "outputs");
    same(result.messages, [...second.body.messages, result.message], "the next transcript");
    ok(!JSON.stringify(server.requests[0].body).includes("execute"), "no function on the wire");
  },

  async "a tool that throws, one that nobody has, and arguments that are no JSON are told to the model"(world) {
    const { client, server } = local(world, [
      { toolCalls: [call("fails", {}, "call_1"), call("unknown", {}, "call_2"), { name: "add", arguments: "[1]", id: "call_3" }] },
      { text: "I see." },
    ]);
    const cause = new Error("disk full");
    const run = client.chat({ messages: question, tools: [add, { name: "fails", execute: () => { throw cause; } }] });
    const events = await collect(run);
    const results = ofType(events, "tool-result");
    same(results.map(({ id, error }) => [id, error.code]).sort(), [["call_1", "tool"], ["call_2", "tool"], ["call_3", "tool"]], "errors");
    ok(results.find(({ id }) => id === "call_1").error.cause === cause, "the cause is kept");
    const { messages } = server.requests[1].body;
    const contents = messages.filter((/** @type {any} */ message) => message.role === "tool").map((/** @type {any} */ message) => message.content);
    same(contents.length, 3, "every call is answered");
    ok(contents[0].includes("disk full") && contents[1].includes('"unknown"') && contents[1].includes("add") && contents[2].includes("JSON") && contents[2].endsWith("They were: [1]"), JSON.stringify(contents));
    same(messages[1].tool_calls.map((/** @type {any} */ item) => [item.id, item.function.arguments]), [["call_1", "{}"], ["call_2", "{}"], ["call_3", "{}"]], "calls go back as valid JSON");
    same((await run.result()).message.content, "I see.", "the run goes on");
  },

  async "too many steps fail with everything there was; a stop condition ends in peace"(world) {
    const asks = { text: "again", toolCalls: [call("add", { a: 1, b: 1 })] };
    const { client, server } = local(world, [asks, asks, asks]);
    const error = await rejection(client.chat({ messages: question, tools: [add], maxSteps: 2 }).result());
    same([error.code, server.requests.length, error.partial.steps.length], ["max-steps", 2, 2], "after two requests");
    same(error.partial.messages.map((/** @type {any} */ message) => message.role), ["user", "assistant", "tool", "assistant"], "the transcript so far");
    same(error.partial.message.content, "again", "the last answer");
    const stopped = local(world, [asks, asks, asks]);
    /** @type {number[]} */
    const seen = [];
    const result = await stopped.client.chat({ messages: question, tools: [add], stopWhen: [({ steps }) => (seen.push(steps.length), false), ({ steps }) => steps.length === 2] }).result();
    same([result.reason, stopped.server.requests.length, seen, result.messages.length], ["tool-calls", 2, [1, 2], 5], "stopped after two steps");
    same(result.messages[4], { role: "tool", tool_call_id: /** @type {any} */ (result.messages[3]).tool_calls[0].id, content: "2" }, "the last results are there");
  },

  async "a call may be denied, and one without execute is left to the caller"(world) {
    const { client, server } = local(world, [{ toolCalls: [call("add", { a: 1, b: 1 }, "call_x")] }, { text: "ok" }]);
    /** @type {any[]} */
    const asked = [];
    const run = client.chat({ messages: question, tools: [add], approve: async (info) => (asked.push(info), { approved: false, reason: "not today" }) });
    const events = await collect(run);
    same(asked, [{ id: "call_x", name: "add", input: { a: 1, b: 1 } }], "who is asked");
    ok(ofType(events, "tool-result")[0].error.message.includes("not today"), "the reason");
    ok(server.requests[1].body.messages[2].content.includes("not today"), "the model hears it");
    const failing = local(world, [{ toolCalls: [call("add", { a: 1, b: 1 })] }]);
    const error = await rejection(failing.client.chat({ messages: question, tools: [add], approve: () => Promise.reject(new Error("no screen")) }).result());
    same([error.code, error.cause.message, error.partial.messages.length], ["tool", "no screen", 2], "approve that fails");
    const mixed = local(world, [{ toolCalls: [call("add", { a: 1, b: 1 }, "call_1"), call("mine", {}, "call_2")] }]);
    const result = await mixed.client.chat({ messages: question, tools: [add, { name: "mine" }] }).result();
    same([result.reason, mixed.server.requests.length], ["tool-calls", 1], "the run ends");
    same(result.messages.slice(2).map((message) => message.tool_call_id), ["call_1"], "what was run is answered, the rest is the caller's");
    const plain = local(world, [{ toolCalls: [call("mine", {})] }]);
    same((await plain.client.chat({ messages: question, tools: [{ name: "mine" }] }).result()).reason, "tool-calls", "no tool is run without execute");
  },

  async "an abort reaches the tools, and a tool that never ends holds nobody"(world) {
    for (const how of ["cancel", "signal", "break"]) {
      const { client } = local(world, [{ toolCalls: [call("waits", {})] }]);
      const controller = new AbortController();
      /** @type {AbortSignal | undefined} */
      let seen;
      const run = client.chat({ messages: question, signal: controller.signal, tools: [{ name: "waits", execute: (_, { signal }) => ((seen = signal), new Promise(() => {})) }] });
      const reason = new Error("enough");
      const result = run.result().catch((/** @type {unknown} */ error) => error);
      await eventually(async () => seen !== undefined && !seen.aborted, `${how}: the tool runs`);
      if (how === "signal") controller.abort(reason);
      else run.cancel(reason);
      ok((await result) === reason, `${how}: the reason`);
      ok(seen?.aborted && seen.reason === reason, `${how}: the tool's signal`);
      same([run.verdict, run.partial.messages?.length], ["aborted", 2], `${how}: what there was`);
    }
  },

  async "a time limit holds while tools run, and a failure in a later step keeps the steps before"(world) {
    const { client } = local(world, [{ toolCalls: [call("waits", {})] }], { timeoutMs: 1000 });
    const error = await rejection(client.chat({ messages: question, tools: [{ name: "waits", execute: () => new Promise(() => {}) }] }).result());
    same([error.code, error.partial.messages.length], ["timeout", 2], "timeoutMs");
    const cut = local(world, [{ text: "first", toolCalls: [call("add", { a: 1, b: 2 })] }, { text: ["sec", "ond"], cutAfterChunks: 2 }], { maxRetries: 0 });
    const broken = await rejection(cut.client.chat({ messages: question, tools: [add] }).result());
    same([broken.code, broken.partial.steps.length, broken.partial.messages.length], ["stream-cut", 1, 3], "the first step is kept");
    const retried = local(world, [{ toolCalls: [call("add", { a: 1, b: 2 })] }, { status: 503, body: { error: { message: "m", metadata: { retry_after_seconds: 0 } } } }, { text: "yes" }]);
    const result = await retried.client.chat({ messages: question, tools: [add] }).result();
    same([result.message.content, retried.server.requests.length], ["yes", 3], "a later step is retried by itself");
    same(retried.server.requests[1].bodyText, retried.server.requests[2].bodyText, "with the same body");
  },

  async "what JSON would make nothing of reaches the model as what it holds, or as an error"(world) {
    for (const [output, expected] of /** @type {[any, string | RegExp][]} */ ([
      [new Map([["a", new Set([1, 2])]]), '{"a":[1,2]}'], [new Map([[1, "b"]]), '[[1,"b"]]'], [{ deep: new Map([["k", 1]]) }, '{"deep":{"k":1}}'], [NaN, '"NaN"'], [{ ratio: Infinity }, '{"ratio":"Infinity"}'],
      [new RangeError("too far"), '{"name":"RangeError","message":"too far"}'], [() => 1, /^Error: the tool gave a function, /], [Symbol("s"), /^Error: the tool gave a symbol, /], [new Uint8Array([1, 2]), /^Error: the tool gave a Uint8Array, /],
      [new Response("x"), /^Error: the tool gave a Response, /], [{ found: /x/ }, /^Error: the tool gave a RegExp, /], [new Date(0), '"1970-01-01T00:00:00.000Z"'], [new URL("https://a.example/"), '"https://a.example/"'], [{}, "{}"], [Object.create(null), "{}"],
    ])) {
      const { client, server } = local(world, [{ toolCalls: [call("give", {}, "call_1")] }, { text: "so" }]);
      await client.chat({ messages: question, tools: [{ name: "give", execute: () => output }] }).result();
      const { content } = server.requests[1].body.messages.at(-1);
      ok(typeof expected === "string" ? content === expected : expected.test(content), `${String(expected)}: ${content}`);
    }
  },

  async "an image from a tool reaches the model behind its result"(world) {
    const url = `data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==`;
    const { client, server } = local(world, [{ toolCalls: [call("look", {}, "call_1")] }, { text: "a dot" }]);
    await client.chat({ messages: question, tools: [{ name: "look", execute: () => [{ type: "text", text: "here" }, { type: "image_url", image_url: { url } }] }] }).result();
    const { messages } = server.requests[1].body;
    same(messages.slice(2), [
      { role: "tool", tool_call_id: "call_1", content: [{ type: "text", text: "here" }] },
      { role: "user", content: [{ type: "text", text: "Image(s) from tool result #1 (look):" }, { type: "image_url", image_url: { url } }] },
    ], "messages");
  },

  async "an OpenAI client reads the whole answer of several steps, and nothing of the calls that were answered here"(world) {
    const usage = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15, cost: 0.5, prompt_tokens_details: { cached_tokens: 2 } };
    const { client } = local(world, [{ text: ["one "], toolCalls: [call("add", { a: 1, b: 2 })], usage }, { text: ["two "], toolCalls: [call("mine", { x: 1 }, "call_mine")], usage }]);
    const text = await client.chat({ messages: question, tools: [add, { name: "mine" }] }).toResponse({ format: "sse" }).text();
    const chunks = text.split("\n\n").filter((line) => line.startsWith("data: {")).map((line) => JSON.parse(line.slice(6)));
    const deltas = chunks.map((chunk) => chunk.choices[0].delta);
    same(deltas.map(({ content }) => content ?? "").join(""), "one two ", "text");
    const calls = deltas.flatMap((delta) => delta.tool_calls ?? []);
    same([calls[0].id, calls[0].index, calls.map((item) => item.function.arguments).join("")], ["call_mine", 0, '{"x":1}'], "the caller's own call alone");
    const last = chunks.at(-1);
    same([last.choices[0].finish_reason, last.usage.total_tokens, last.usage.cost, last.usage.prompt_tokens_details.cached_tokens], ["tool_calls", 30, 1, 4], "usage of both steps");
  },

  async "nothing runs once the run is over, and what callers' functions throw is told as what it is"(world) {
    const controller = new AbortController();
    let ran = 0;
    const tools = [{ name: "late", execute: () => void ran++ }];
    const approve = async () => (controller.abort(new Error("closed")), await new Promise((resolve) => setTimeout(resolve, 20)), true);
    const { client } = local(world, [{ toolCalls: [call("late", {})] }]);
    await rejection(client.chat({ messages: question, tools, approve, signal: controller.signal }).result());
    await new Promise((resolve) => setTimeout(resolve, 40));
    same(ran, 0, "a yes that comes too late starts nothing");
    const circle = /** @type {any} */ ({ type: "text", text: "x" });
    circle.self = circle;
    const round = local(world, [{ toolCalls: [call("circle", {})] }, { text: "well" }]);
    same((await round.client.chat({ messages: question, tools: [{ name: "circle", execute: () => [circle] }] }).result()).message.content, "well", "a circle in an output is told to the model");
    const asks = { toolCalls: [call("add", { a: 1, b: 1 })] };
    const stop = await rejection(local(world, [asks]).client.chat({ messages: question, tools: [add], stopWhen: () => { throw new Error("sw"); } }).result());
    same([stop.code, stop.message, stop.cause.message], ["tool", "stopWhen() failed: sw", "sw"], "stopWhen");
    const getter = { role: /** @type {const} */ ("user"), get content() { throw new Error("no content today"); } };
    const unreadable = await rejection(local(world).client.chat({ messages: [/** @type {any} */ (getter)] }).result());
    same([unreadable.code, unreadable.cause.message], ["invalid-request", "no content today"], "a getter");
  },

  async "keys that tools quote reach neither the model nor the client behind a stream"(world) {
    const secret = "mysecretkey123456";
    const { client, server } = local(world, [{ toolCalls: [call("leaks", {})] }, { text: "x" }], { apiKey: secret });
    const text = await client.chat({ messages: question, tools: [{ name: "leaks", execute: () => { throw new Error(`401 for ${secret} and sk-or-v1-0123456789`); } }] }).toResponse({ format: "events" }).text();
    ok(!text.includes(secret) && !text.includes("0123456789") && text.includes("[redacted]"), text);
    ok(!server.requests[1].bodyText.includes(secret), "the body");
    const prepared = await client.prepare({ messages: question, headers: { "X-A": secret, "x-api-key": "plain", "cf-aig-authorization": "Bearer abc" } });
    same([prepared.headers["X-A"], prepared.headers["x-api-key"], prepared.headers["cf-aig-authorization"]], ["[redacted]", "[redacted]", "[redacted]"], "prepare");
  },

  async "arguments that break off although nothing cut them go back to the model"(world) {
    const { client, server } = local(world, [{ toolCalls: [{ name: "add", arguments: '{"a":1', id: "call_1" }], finishReason: "tool_calls", nativeFinishReason: "tool_use" }, { text: "again" }]);
    const result = await client.chat({ messages: question, tools: [add] }).result();
    same([result.message.content, server.requests.length], ["again", 2], "the run goes on");
    ok(server.requests[1].body.messages[2].content.endsWith('They were: {"a":1'), server.requests[1].body.messages[2].content);
    const cut = local(world, [{ toolCalls: [{ name: "add", arguments: '{"a":1' }], finishReason: "tool_calls", nativeFinishReason: "max_tokens" }]);
    same((await cut.client.chat({ messages: question, tools: [add] }).result()).reason, "length", "a limit ends it");
  },
};
