// The tool loop, told once and run in every runtime.
import { collect, local, ofType, ok, question, rejection, same } from "./scenario-tools.js";

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
      await new Promise((resolve) => setTimeout(resolve, 30));
      ok(seen && !seen.aborted, `${how}: the tool runs`);
      if (how === "signal") controller.abort(reason);
      else run.cancel(reason);
      ok((await result) === reason, `${how}: the reason`);
      ok(seen?.aborted && seen.reason === reason, `${how}: the tool's signal`);
      same([run.verdict, run.partial.messages?.length], ["aborted", 2], `${how}: what there was`);
    }
  },

  async "a time limit holds while tools run, and a failure in a later step keeps the steps before"(world) {
    const { client } = local(world, [{ toolCalls: [call("waits", {})] }], { timeoutMs: 60 });
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

  async "a picture from a tool reaches the model behind its result"(world) {
    const url = `data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==`;
    const { client, server } = local(world, [{ toolCalls: [call("look", {}, "call_1")] }, { text: "a dot" }]);
    await client.chat({ messages: question, tools: [{ name: "look", execute: () => [{ type: "text", text: "here" }, { type: "image_url", image_url: { url } }] }] }).result();
    const { messages } = server.requests[1].body;
    same(messages.slice(2), [
      { role: "tool", tool_call_id: "call_1", content: [{ type: "text", text: "here" }] },
      { role: "user", content: [{ type: "text", text: "Image(s) from tool result #1 (look):" }, { type: "image_url", image_url: { url } }] },
    ], "messages");
  },
};
