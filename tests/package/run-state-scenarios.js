// A run that waits for its caller and goes on somewhere else; told once, run in every runtime.
import { collect, eventually, local, ofType, ok, question, rejection, same } from "./scenario-tools.js";

/** @import { World } from "./scenario-tools.js" */

const usage = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15, cost: 0.001 };
/** @param {string} name @param {object} args @param {string} id */
const call = (name, args, id) => ({ name, arguments: args, id });
const asks = { toolCalls: [call("remove", { path: "/tmp" }, "call_1"), call("look", {}, "call_2"), call("mine", { a: 1 }, "call_3")], usage };
/** @param {unknown} value */
const stored = (value) => JSON.parse(JSON.stringify(value));

/** @param {string[]} ran */
const tools = (ran) => [
  { name: "remove", execute: (/** @type {any} */ { path }) => (ran.push(path), "removed") },
  { name: "look", execute: () => "seen" },
  { name: "mine", parameters: { type: "object", properties: { a: { type: "number" } } } },
];
const approve = (/** @type {any} */ { name }) => (name === "remove" ? /** @type {const} */ ("later") : true);

/** A run that waits. @param {World} world @param {object} [more] @param {object} [options] */
async function waiting(world, more, options) {
  const ran = /** @type {string[]} */ ([]);
  const { client, server } = local(world, [asks], options);
  const run = client.chat({ messages: question, tools: tools(ran), approve, temperature: 0.5, headers: { "X-Mine": "private" }, ...more });
  const events = await collect(run);
  return { run, events, result: await run.result(), ran, server, client };
}

/** @type {Record<string, (world: World) => Promise<void>>} */
export const runStateScenarios = {
  async "a run that waits says for what, and its state is plain data without keys"(world) {
    const { run, events, result, ran } = await waiting(world);
    same([result.reason, ran, ofType(events, "tool-result").map(({ id }) => id)], ["tool-calls", [], ["call_2"]], "what could run has run");
    same(result.pending, [{ id: "call_1", name: "remove", input: { path: "/tmp" }, needs: "approval" }, { id: "call_3", name: "mine", input: { a: 1 }, needs: "result" }], "what waits");
    const state = await run.state({ secret: "s3cret" });
    same(stored(state), state, "plain JSON");
    const text = JSON.stringify(state);
    ok(!text.includes("sk-or-v1-test") && !text.includes("private") && !text.includes("s3cret"), "no keys, no headers");
    same([state.version, state.seal.algorithm, (await run.state()).seal.algorithm], [1, "HMAC-SHA-256", "SHA-256"], "versioned and sealed");
    same([state.messages.length, text.split("call_2").length - 1], [3, 2], "each message once");
    // A slip of the hand would leave it unsigned.
    for (const options of [{ secert: "s3cret" }, { secret: "" }, null]) {
      const error = await rejection(run.state(/** @type {any} */ (options)));
      ok(error.code === "invalid-request" && /^(secert|secret|options): /.test(error.message), error.message);
    }
    const { client } = local(world, [{ text: "hi" }]);
    const ended = client.chat({ messages: question });
    await ended.result();
    same((await rejection(ended.state())).code, "invalid-request", "nothing waits");
  },

  async "it goes on in another client with what was decided, and steps, cost and budget count on"(world) {
    const { run } = await waiting(world, {}, { apiKey: "sk-or-v1-first" });
    const state = stored(await run.state({ secret: "s3cret" }));
    const ran = /** @type {string[]} */ ([]);
    const { client, server } = local(world, [{ toolCalls: [call("look", {}, "call_4")], usage }, { text: "all done", usage }]);
    const next = client.resume(state, { approvals: { call_1: true }, results: { call_3: { b: 2 } }, secret: "s3cret", tools: tools(ran), approve });
    const events = await collect(next);
    const result = await next.result();
    same(ran, ["/tmp"], "approved");
    same(ofType(events, "tool-result").map(({ id, name, output, step }) => [id, name, output, step]).sort(), [["call_1", "remove", "removed", 0], ["call_3", "mine", { b: 2 }, 0], ["call_4", "look", "seen", 1]], "results");
    const [first] = server.requests;
    same(first.body.messages.filter((/** @type {any} */ message) => message.role === "tool").map((/** @type {any} */ message) => [message.tool_call_id, message.content]).sort(), [["call_1", "removed"], ["call_2", "seen"], ["call_3", '{"b":2}']], "every call is answered once");
    same([first.body.temperature, first.body.tools.length], [0.5, 3], "the request as it was");
    same([result.message.content, result.steps.length, result.usage?.cost, result.cost.total, result.pending], ["all done", 3, 0.003, 0.003, []], "counted on");
    same(result.steps.map(({ toolResults }) => toolResults?.length ?? 0), [3, 1, 0], "results by step");
    same(ofType(events, "step-finish").map(({ step }) => step), [1, 2], "steps have their numbers");
    same(result.messages.map(({ role }) => role), ["user", "assistant", "tool", "tool", "tool", "assistant", "tool", "assistant"], "the whole transcript");
    const spent = await waiting(world, { budget: 0.0015 }, { models: { "openrouter/auto": { pricing: { prompt: "0.0000001", completion: "0.0000001" } } } });
    const poor = local(world, [{ text: "x", usage }], { models: { "openrouter/auto": { pricing: { prompt: "0.001", completion: "0.001" } } } });
    const over = await rejection(poor.client.resume(stored(await spent.run.state()), { approvals: { call_1: false }, results: { call_3: 1 } }).result());
    same([over.code, poor.server.requests.length], ["budget", 0], "the budget is the run's");
    const late = await waiting(world, { maxSteps: 2 });
    const again = local(world, [{ toolCalls: [call("look", {}, "call_4")] }, { text: "x" }]);
    const many = await rejection(again.client.resume(stored(await late.run.state()), { approvals: { call_1: false }, results: { call_3: 1 }, tools: tools([]) }).result());
    same([many.code, again.server.requests.length], ["max-steps", 1], "the steps are the run's");
  },

  async "a call that is denied is told to the model, and one may wait again"(world) {
    const { run } = await waiting(world);
    const { client, server } = local(world, [{ toolCalls: [call("mine", { a: 2 }, "call_5")] }]);
    const next = client.resume(stored(await run.state()), { approvals: { call_1: { deny: "too dangerous" } }, results: { call_3: "x" } });
    const result = await next.result();
    ok(JSON.stringify(server.requests[0].body.messages).includes("too dangerous"), "why");
    same(result.pending, [{ id: "call_5", name: "mine", input: { a: 2 }, needs: "result" }], "it waits again");
    const last = local(world, [{ text: "end" }]);
    const end = await last.client.resume(stored(await next.state()), { results: { call_5: 7 } }).result();
    same([end.message.content, end.steps.length], ["end", 3], "and goes on again");
  },

  async "a state that was changed, signed otherwise, is of another version or was used is refused"(world) {
    const { run } = await waiting(world);
    const secret = "s3cret";
    const decisions = { approvals: { call_1: false }, results: { call_3: 1 } };
    const signed = stored(await run.state({ secret })), plain = stored(await run.state());
    /** @param {any} state @param {(state: any) => void} change */
    const changed = (state, change) => { const copy = stored(state); change(copy); return copy; };
    const table = /** @type {[string, any, any, RegExp][]} */ ([
      ["a message", changed(signed, (state) => (state.messages[0].content = "rm -rf")), { secret }, /^state\.seal: does not fit/],
      ["a call's arguments", changed(signed, (state) => (state.pending[0].input.path = "/")), { secret }, /^state\.seal: does not fit/],
      ["the budget", changed(signed, (state) => (state.request.budget = 99)), { secret }, /^state\.seal: does not fit/],
      ["the signature", changed(signed, (state) => (state.seal.value = state.seal.value.replace(/^./, (/** @type {string} */ digit) => (digit === "0" ? "1" : "0")))), { secret }, /^state\.seal: does not fit/],
      ["another secret", signed, { secret: "other" }, /^state\.seal: does not fit/],
      ["no secret", signed, {}, /^state\.seal: the state was signed: pass its secret/],
      ["a secret for one without", plain, { secret }, /^state\.seal: the state was not signed/],
      ["an accident", changed(plain, (state) => state.messages.pop()), {}, /^state\.seal: does not fit/],
      ["no seal", changed(plain, (state) => delete state.seal), {}, /^state\.seal: is missing/],
      ["another version", changed(signed, (state) => (state.version = 2)), { secret }, /^state\.version: is 2, and this version of the package reads 1/],
      ["another thing", { kind: "x" }, {}, /^state: must be what run\.state\(\) gave/],
    ]);
    for (const [what, state, more, expected] of table) {
      const { client, server } = local(world, [{ text: "x" }]);
      const error = await rejection(client.resume(state, { ...decisions, ...more }).result());
      ok(error.code === "invalid-request" && expected.test(error.message), `${what}: ${error.message}`);
      same(server.requests.length, 0, what);
    }
    const reordered = /** @type {any} */ (Object.fromEntries(Object.entries(signed).reverse()));
    const { client } = local(world, [{ text: "went on" }, { text: "twice" }]);
    same((await client.resume(reordered, { ...decisions, secret }).result()).message.content, "went on", "a store may change the order of fields");
    const again = await rejection(client.resume(signed, { ...decisions, secret }).result());
    same([again.code, /used/.test(again.message)], ["already-consumed", true], "twice");
    const claimed = /** @type {string[]} */ ([]);
    const elsewhere = await rejection(client.resume(plain, { ...decisions, claim: async (id) => (claimed.push(id), false) }).result());
    same([elsewhere.code, claimed], ["already-consumed", [plain.id]], "used in another process, as the caller's store knows");
  },

  async "decisions that leave a call open, or are about none, are refused, and the state is not used up by that"(world) {
    const { run } = await waiting(world);
    const state = stored(await run.state());
    const table = /** @type {[any, RegExp][]} */ ([
      [{ results: { call_3: 1 } }, /^approvals\.call_1: nothing is said about this call of remove/],
      [{ approvals: { call_1: true }, results: { call_3: 1 } }, /^approvals\.call_1: remove has no execute here/],
      [{ approvals: { call_1: false, call_3: true } }, /^approvals\.call_3: mine has no execute here/],
      [{ approvals: { call_1: false }, results: { call_3: 1, call_9: 1 } }, /^results\.call_9: no such call is pending; there are call_1, call_3/],
      [{ approvals: { call_1: "yes" }, results: { call_3: 1 } }, /^approvals\.call_1: must be true, false or/],
      [{ approvals: { call_1: false }, results: { call_3: { sum: 1n } } }, /^results\.call_3\.sum: cannot be written as JSON/],
      [{ approvals: [], results: { call_3: 1 } }, /^approvals: must be an object/],
      [{ secret: 5 }, /^secret: must be a string/],
    ]);
    for (const [decisions, expected] of table) {
      const error = await rejection(local(world).client.resume(state, decisions).result());
      ok(error.code === "invalid-request" && expected.test(error.message), error.message);
    }
    const { client } = local(world, [{ text: "fine" }]);
    same((await client.resume(state, { approvals: { call_1: false }, results: { call_3: null } }).result()).message.content, "fine", "it can be used still");
  },

  async "a conversation that has to be repaired, and one with images and long texts, goes on whole"(world) {
    const earlier = [...question, { role: /** @type {const} */ ("assistant"), content: null, tool_calls: [{ id: "call_with_a_long_id", type: /** @type {const} */ ("function"), function: { name: "mine", arguments: "{}" } }] }, { role: /** @type {const} */ ("tool"), tool_call_id: "call_with_a_long_id", content: "1" }];
    const url = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
    const image = { role: /** @type {const} */ ("user"), content: /** @type {any[]} */ ([{ type: "text", text: "x".repeat(300) }, { type: "image_url", image_url: { url } }]) };
    const { client } = local(world, [{ toolCalls: [call("mine", { t: "y".repeat(300) }, "call_x1")] }]);
    const run = client.chat({ model: "mistralai/mistral-large", messages: [...earlier, image], tools: [{ name: "mine" }] });
    const next = local(world, [{ text: "yes" }]);
    const result = await next.client.resume(stored(await run.state()), { results: { call_x1: "w".repeat(300) } }).result();
    const { messages } = next.server.requests[0].body;
    same(messages.map((/** @type {any} */ { role }) => role), ["user", "assistant", "tool", "user", "assistant", "tool"], "roles");
    const ids = messages.flatMap((/** @type {any} */ message) => [...(message.tool_calls ?? []).map((/** @type {any} */ one) => one.id), ...(message.tool_call_id ? [message.tool_call_id] : [])]);
    ok(ids.every((/** @type {string} */ id) => /^[a-zA-Z0-9]{9}$/.test(id)) && ids[0] === ids[1] && ids[2] === ids[3] && ids[0] !== ids[2], `${ids}`);
    same([messages[3].content[0].text.length, messages[3].content[1].image_url.url, messages[5].content.length], [300, url, 300], "long texts and images");
    same(result.messages.length, 7, "the caller's transcript");
  },

  async "an object that was wanted is wanted still, and an abort reaches the tools of a run that goes on"(world) {
    const schema = { type: "object", properties: { n: { type: "number" } }, required: ["n"] };
    const models = { "a/formats": { supportedParameters: ["structured_outputs", "tools"] } };
    const { run } = await waiting(world, { schema, model: "a/formats" }, { models });
    const state = stored(await run.state());
    const { client, server } = local(world, [{ text: '{"n":1}' }], { models });
    const result = await client.resume(state, { approvals: { call_1: false }, results: { call_3: 1 } }).result();
    same([result.object, server.requests[0].body.response_format.json_schema.schema], [{ n: 1 }, { ...schema, additionalProperties: false }], "the schema");
    const other = await waiting(world);
    const controller = new AbortController();
    /** @type {AbortSignal | undefined} */
    let seen;
    const waits = { name: "remove", execute: (/** @type {any} */ _, /** @type {any} */ { signal }) => ((seen = signal), new Promise(() => {})) };
    const next = local(world, [{ text: "x" }]).client.resume(stored(await other.run.state()), { approvals: { call_1: true }, results: { call_3: 1 }, tools: [waits], signal: controller.signal });
    const ended = next.result().catch((/** @type {unknown} */ error) => error);
    await eventually(async () => seen !== undefined, "the tool runs");
    const reason = new Error("enough");
    controller.abort(reason);
    ok((await ended) === reason && seen?.aborted, "aborted");
    const third = await waiting(world);
    const slow = local(world, [{ text: "x" }]).client.resume(stored(await third.run.state()), { approvals: { call_1: true }, results: { call_3: 1 }, tools: [waits], timeoutMs: 60 });
    same((await rejection(slow.result())).code, "timeout", "a time limit holds");
  },
};
