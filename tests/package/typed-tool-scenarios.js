// Tools beyond running them: checked arguments, names of any kind, progress, what comes between steps; told once, run in every runtime.
import { collect, eventually, local, ofType, ok, question, rejection, same, thrown } from "./scenario-tools.js";

/** @import { World } from "./scenario-tools.js" */

/** @param {string} name @param {object | string} args @param {string} [id] */
const call = (name, args, id) => ({ name, arguments: args, ...(id && { id }) });
/** @param {any} body */
const namesSent = (body) => body.tools.map((/** @type {any} */ tool) => tool.function.name);
/** @param {any} body */
const results = (body) => body.messages.filter((/** @type {any} */ message) => message.role === "tool").map((/** @type {any} */ message) => message.content);

/** A Standard Schema by hand: one number, doubled by the schema itself. */
const doubling = {
  "~standard": {
    version: 1,
    vendor: "hand",
    validate: async (/** @type {any} */ value) => (typeof value?.n === "number" ? { value: { n: value.n * 2 } } : { value, issues: [{ message: "must be a number", path: ["n"] }] }),
    jsonSchema: { input: () => ({ $schema: "http://json-schema.org/draft-07/schema#", type: "object", properties: { n: { type: "number" } }, required: ["n"] }) },
  },
};

/** @type {Record<string, (world: World) => Promise<void>>} */
export const typedToolScenarios = {
  async "a generator that is not async tells how it goes on, too, and two tools of one name are refused"(world) {
    const { client, server } = local(world, [{ toolCalls: [{ name: "count", arguments: {} }] }, { text: "done" }]);
    const tools = [{ name: "count", execute: function* () { yield 1; yield 2; return "three"; } }];
    const told = (await collect(client.chat({ messages: question, tools }))).filter(({ type }) => type === "tool-progress" || type === "tool-result").map(({ type, output }) => [type, output]);
    same(told, [["tool-progress", 1], ["tool-progress", 2], ["tool-result", "three"]], "events");
    same(server.requests[1].body.messages.at(-1).content, "three", "the model's");
    const error = await rejection(client.chat({ messages: question, tools: /** @type {any} */ ([{ name: "a" }, { name: "b" }, { type: "function", function: { name: "a" } }]) }).result());
    ok(error.code === "invalid-request" && error.message.startsWith("tools[2].name: "), error.message);
  },

  async "a call of a tool that the model made up is told to it, whatever its name"(world) {
    for (const name of ["read<|channel|>commentary", "functions.read", "functions/read", "réad", "x".repeat(80), "re_ad!"]) {
      const { client, server } = local(world, [{ toolCalls: [call(name, {}, "call_1")] }, { text: "done" }]);
      const { verdict, messages } = await client.chat({ messages: question, tools: [{ name: "read", execute: () => "never" }, { name: "re_ad_", execute: () => "never" }] }).result();
      const [turn, answer] = server.requests[1].body.messages.slice(-2);
      const sent = turn.tool_calls[0].function.name;
      ok(verdict === "complete" && /^[\w-]{1,64}$/.test(sent) && !["read", "re_ad_"].includes(sent), `${name}: ${sent}`);
      ok(answer.role === "tool" && answer.tool_call_id === "call_1" && answer.content.includes("there is no tool named"), JSON.stringify(answer));
      same(messages.at(-3)?.tool_calls?.[0].function.name, name, "the caller's own");
      // A transcript with it has the same names the next time.
      await client.chat({ messages: [...messages, ...question], tools: [{ name: "read" }] }).result();
      ok(/^[\w-]{1,64}$/.test(server.requests.at(-1)?.body.messages.find((/** @type {any} */ message) => message.tool_calls).tool_calls[0].function.name), name);
    }
  },

  async "a tool without parameters has none that are written, a schema by MCP's and Anthropic's word is the tool's and is told"(world) {
    const none = { type: "object", properties: {} }, parameters = { type: "object", properties: { n: { type: "number" } }, required: ["n"] };
    const sent = async (/** @type {any} */ tool) => {
      const { client, server } = local(world, [{ text: "x" }]);
      const { warnings, changes } = await client.chat({ messages: question, tools: [tool] }).result();
      const { tools } = server.requests[0].body;
      return { tool: tools[0], told: [...warnings, ...(changes ?? [])].filter(({ path }) => path.startsWith("tools[0]")).map(({ path }) => path) };
    };
    for (const tool of [{ name: "f" }, { name: "f", parameters: undefined }, { name: "f", parameters: null }, { name: "f", parameters: {} }, { type: "function", name: "f" }, { type: "function", function: { name: "f" } }]) {
      const { tool: wire } = await sent(tool);
      same(wire, { type: "function", function: { name: "f", parameters: none } }, JSON.stringify(tool));
    }
    for (const word of ["inputSchema", "input_schema"]) {
      for (const tool of [{ name: "f", [word]: parameters }, { type: "function", function: { name: "f", [word]: parameters } }, { name: "f", parameters: null, [word]: parameters }]) {
        const { tool: wire, told } = await sent(tool);
        same(wire, { type: "function", function: { name: "f", parameters } }, JSON.stringify(tool));
        ok(told.some((path) => path.endsWith(word)), JSON.stringify(told));
      }
      const { tool: both, told } = await sent({ name: "f", parameters, [word]: none });
      same([both.function, told.length], [{ name: "f", parameters }, 1], "its own word counts");
      const { client } = local(world, [{ toolCalls: [call("f", { n: "x" }, "call_1")] }, { text: "x" }]);
      const run = client.chat({ messages: question, tools: /** @type {any} */ ([{ name: "f", [word]: parameters, execute: () => "never" }]) });
      same(ofType(await collect(run), "tool-result").map(({ error }) => error?.code), ["tool"], "arguments are held to it");
      const { client: other, server } = local(world, [{ text: "x" }]);
      await other.chat({ messages: question, tools: /** @type {any} */ ([{ name: "f", [word]: doubling }]) }).result();
      same(server.requests[0].body.tools[0].function.parameters, { type: "object", properties: { n: { type: "number" } }, required: ["n"] }, "a library's schema");
      const error = await rejection(other.chat({ messages: question, tools: /** @type {any} */ ([{ name: "f", [word]: "x" }]) }).result());
      ok(error.code === "invalid-request" && error.message.startsWith(`tools[0].${word}: `), error.message);
    }
  },

  async "arguments that do not fit are told to the model with their places, and execute never sees them"(world) {
    const parameters = {
      type: "object",
      properties: { city: { type: "string", minLength: 2 }, days: { type: "integer", minimum: 1 }, stops: { type: "array", items: { type: "object", properties: { name: { type: "string" } }, required: ["name"] } } },
      required: ["city"],
      additionalProperties: false,
    };
    const wrong = [
      [{ city: "Rome", days: 0 }, "days"],
      [{ days: 2 }, "city"],
      [{ city: "Rome", stops: [{ name: "a" }, { name: 5 }] }, "stops[1].name"],
      [{ city: "Rome", weather: "hot" }, "weather"],
    ];
    for (const [args, place] of wrong) {
      const { client, server } = local(world, [{ toolCalls: [call("plan", /** @type {object} */ (args), "call_1")] }, { text: "sorry" }]);
      let ran = 0, asked = 0;
      const run = client.chat({ messages: question, approve: () => (asked++, true), tools: [{ name: "plan", parameters, execute: () => void ran++ }] });
      const [told] = ofType(await collect(run), "tool-result");
      same([ran, asked, told.error.code], [0, 0, "tool"], `${place}: nobody is asked and nothing runs`);
      ok(results(server.requests[1].body)[0].includes(`- ${place}: `), `${place}: ${results(server.requests[1].body)[0]}`);
    }
    const { client } = local(world, [{ toolCalls: [call("plan", { city: "Rome", days: 3, stops: [{ name: "a" }] })] }, { text: "done" }]);
    /** @type {any} */
    let seen;
    await client.chat({ messages: question, tools: [{ name: "plan", parameters, execute: (/** @type {any} */ input) => void (seen = input) }] }).result();
    same(seen, { city: "Rome", days: 3, stops: [{ name: "a" }] }, "what fits runs");
  },

  async "a schema of its own says what goes out, what fits, and what execute is given"(world) {
    const { client, server } = local(world, [{ toolCalls: [call("twice", { n: "x" }, "call_1")] }, { toolCalls: [call("twice", { n: 4 }, "call_2")] }, { text: "8" }]);
    const inputs = /** @type {any[]} */ ([]);
    const twice = world.api.tool({ name: "twice", description: "doubles", parameters: /** @type {any} */ (doubling), execute: (/** @type {any} */ input) => (inputs.push(input), input.n) });
    const events = await collect(client.chat({ messages: question, tools: [twice] }));
    same(server.requests[0].body.tools[0].function.parameters, { type: "object", properties: { n: { type: "number" } }, required: ["n"] }, "JSON Schema on the wire");
    ok(results(server.requests[1].body)[0].includes("- n: must be a number"), results(server.requests[1].body)[0]);
    same([inputs, ofType(events, "tool-call")[1].input, ofType(events, "tool-result")[1].output], [[{ n: 8 }], { n: 4 }, 8], "the event has what the model wrote, execute what the schema made of it");
  },

  async "a schema that gives no JSON Schema is refused with what to do, before anything is sent"(world) {
    const table = /** @type {[any, RegExp][]} */ ([
      [{ "~standard": { version: 1, vendor: "valibot", validate: () => ({ value: 1 }) } }, /^tools\[0\]\.parameters: .*valibot.*toStandardJsonSchema/],
      [{ "~standard": { version: 1, vendor: "zod", validate: () => ({ value: 1 }) } }, /^tools\[0\]\.parameters: .*zod.*4\.2/],
      [{ "~standard": { version: 1, vendor: "hand", validate: () => ({ value: 1 }), jsonSchema: { input: () => { throw new Error("no dates"); } } } }, /^tools\[0\]\.parameters: hand cannot.*no dates/],
      [{ safeParse() {}, _def: {} }, /^tools\[0\]\.parameters: is no JSON Schema.*zod/],
      ["string", /^tools\[0\]\.parameters: must be a JSON Schema/],
    ]);
    for (const [parameters, expected] of table) {
      const { client, server } = local(world);
      const error = await rejection(client.chat({ messages: question, tools: [{ name: "f", parameters, execute: () => 1 }] }).result());
      ok(error.code === "invalid-request" && expected.test(error.message), `${expected}: ${error.message}`);
      same(server.requests.length, 0, "nothing is sent");
      const wire = await rejection(local(world).client.prepare({ messages: question, tools: [{ type: "function", function: { name: "f", parameters } }] }));
      ok(wire.message.startsWith("tools[0].function.parameters: "), wire.message);
    }
  },

  async "a schema that no validator can use lets the call through, and says so"(world) {
    const { client } = local(world, [{ toolCalls: [call("f", { a: 1 })] }, { text: "ok" }]);
    let ran = 0;
    const parameters = { type: "object", properties: { a: { $ref: "#/$defs/missing" } } };
    const result = await client.chat({ messages: question, tools: [{ name: "f", parameters, execute: () => void ran++ }] }).result();
    same(ran, 1, "it runs");
    ok(result.warnings.some(({ rule, path }) => rule === "tool-arguments" && path === "tools.f.parameters"), JSON.stringify(result.warnings));
    const throwing = { "~standard": { version: 1, vendor: "hand", validate: () => { throw new Error("no idea"); }, jsonSchema: { input: () => ({ type: "object" }) } } };
    const other = local(world, [{ toolCalls: [call("f", { a: 1 })] }, { text: "ok" }]);
    const told = await other.client.chat({ messages: question, approve: () => true, tools: [{ name: "f", parameters: throwing, execute: () => void ran++ }] }).result();
    ok(ran === 2 && told.warnings.some(({ reason }) => reason.includes("no idea")), JSON.stringify(told.warnings));
  },

  async "any name works: mapped on the wire, one legal name for each, and the caller's everywhere else"(world) {
    const long = "mcp__server.with.a.very.long.name__and_a_tool_whose_name_is_longer_than_the_wire_takes";
    const names = ["calendar.read", "calendar:read", "calendar_read", long, `${long}2`, "läuft", "plain"];
    const { client, server } = local(world, [{ text: "x" }]);
    const execute = () => "done";
    const tools = names.map((name) => ({ name, execute }));
    await client.chat({ messages: question, tools }).result();
    const sent = namesSent(server.requests[0].body);
    same(new Set(sent).size, names.length, `each has its own: ${sent}`);
    ok(sent.every((/** @type {string} */ name) => /^[\w-]{1,64}$/.test(name)), `legal: ${sent}`);
    ok(sent.includes("plain") && sent.includes("calendar_read"), "what is legal stays");
    const again = local(world, [{ text: "x" }]);
    await again.client.chat({ messages: question, tools: tools.toReversed() }).result();
    same(namesSent(again.server.requests[0].body), sent, "the same whatever their order");
    const prepared = await client.prepare({ messages: question, tools: [{ name: "a.b" }] });
    same(prepared.changes.filter(({ rule }) => rule === "tool-names"), [{ rule: "tool-names", path: "tools[0].name", reason: '"a.b" goes out as "a_b": the wire takes letters, digits, _ and -, at most 64' }], "told");
  },

  async "a mapped name holds through a whole run, a replayed transcript and a choice"(world) {
    const { client, server } = local(world, [{ toolCalls: [call("files_read", { p: 1 }, "call_1")] }, { toolCalls: [call("files_read", { p: 2 }, "call_2")] }, { text: "done" }]);
    const asked = /** @type {string[]} */ ([]);
    const run = client.chat({ messages: question, approve: ({ name }) => (asked.push(name), true), tool_choice: { type: "function", function: { name: "files.read" } }, tools: [{ name: "files.read", execute: () => "text" }] });
    const events = await collect(run);
    const result = await run.result();
    same(events.filter((event) => event.name).map(({ type, name }) => [type, name]).slice(0, 3), [["tool-call-start", "files.read"], ["tool-call", "files.read"], ["tool-result", "files.read"]], "events");
    same([asked, result.steps[0].message.tool_calls?.[0].function.name, /** @type {any} */ (result.messages[1]).tool_calls[0].function.name], [["files.read", "files.read"], "files.read", "files.read"], "what the caller sees");
    const [first, second] = server.requests.map(({ body }) => body);
    same([first.tool_choice.function.name, second.messages[1].tool_calls[0].function.name], ["files_read", "files_read"], "what the wire has");
    ok(result.changes.some(({ rule, path }) => rule === "tool-names" && path === "tool_choice.function.name"), JSON.stringify(result.changes));
    const later = local(world, [{ text: "ok" }]);
    const next = await later.client.chat({ messages: [...result.messages, ...question] }).result();
    same(later.server.requests[0].body.messages[1].tool_calls[0].function.name, "files_read", "replayed without its tool");
    same(next.messages.slice(0, result.messages.length), result.messages, "the transcript is the caller's");
    const blank = local(world, [{ text: "ok" }]);
    const called = (/** @type {string} */ name, /** @type {string} */ id) => [{ role: "assistant", content: null, tool_calls: [{ id, type: "function", function: { name, arguments: "{}" } }] }, { role: "tool", tool_call_id: id, content: "x" }];
    await blank.client.chat({ tools: [{ name: "files.read" }, { name: "plain" }], messages: /** @type {any} */ ([...question, ...called(" files.read", "call_1"), ...called(" plain ", "call_2")]) }).result();
    same([1, 3].map((at) => blank.server.requests[0].body.messages[at].tool_calls[0].function.name), ["files_read", "plain"], "blanks around a name are none of it");
    ok(next.changes.some(({ path }) => path === "messages[1].tool_calls[0].function.name"), "told");
    const block = local(world, [{ text: "ok" }]);
    await block.client.chat({ messages: [...question, { role: "assistant", content: [{ type: "toolCall", id: "call_9", name: "files.read", arguments: {} }] }, { role: "toolResult", toolCallId: "call_9", toolName: "files.read", content: [{ type: "text", text: "x" }] }, ...question] }).result();
    same(block.server.requests[0].body.messages[1].tool_calls[0].function.name, "files_read", "the block form");
  },

  async "a generator tells how it goes on, and what it returns is the result"(world) {
    const { client, server } = local(world, [{ toolCalls: [call("dig", { depth: 2 }, "call_1")] }, { text: "done" }]);
    const dig = {
      name: "dig",
      async *execute(/** @type {any} */ { depth }) {
        for (let at = 1; at <= depth; at++) yield { at };
        return "gold";
      },
    };
    const events = await collect(client.chat({ messages: question, tools: [dig] }));
    same(ofType(events, "tool-progress").map(({ id, name, output, step }) => [id, name, output, step]), [["call_1", "dig", { at: 1 }, 0], ["call_1", "dig", { at: 2 }, 0]], "progress");
    same([ofType(events, "tool-result")[0].output, results(server.requests[1].body)], ["gold", ["gold"]], "the result");
    const endless = { name: "endless", async *execute() { for (;;) { yield 1; await new Promise((resolve) => setTimeout(resolve, 2)); } } };
    same((await rejection(local(world, [{ toolCalls: [call("endless", {})] }]).client.chat({ messages: question, timeoutMs: 80, tools: [endless] }).result())).code, "timeout", "a time limit holds");
    const stopped = local(world, [{ toolCalls: [call("ticks", {})] }]);
    let isClosed = false;
    const ticks = { name: "ticks", async *execute() { try { for (;;) { yield 1; await new Promise((resolve) => setTimeout(resolve, 1)); } } finally { isClosed = true; } } };
    const run = stopped.client.chat({ messages: question, tools: [ticks] });
    for await (const event of run) if (event.type === "tool-progress") break;
    await eventually(async () => isClosed, "leaving the loop ends the generator");
    const failing = local(world, [{ toolCalls: [call("breaks", {})] }, { text: "well" }]);
    const breaks = { name: "breaks", async *execute() { yield "so far"; throw new Error("no more"); } };
    const last = ofType(await collect(failing.client.chat({ messages: question, tools: [breaks] })), "tool-result");
    ok(last[0].error.message.includes("no more"), "what it throws is told to the model");
  },

  async "prepareStep changes the next request and no other"(world) {
    const asks = (/** @type {number} */ n) => ({ toolCalls: [call("add", { a: n, b: 1 }, `call_${n}`)] });
    const { client, server } = local(world, [asks(1), asks(2), { text: "done" }]);
    const add = { name: "add", execute: (/** @type {any} */ { a, b }) => a + b };
    const seen = /** @type {any[]} */ ([]);
    const run = client.chat({
      model: "openai/gpt-4o-mini",
      messages: question,
      tools: [add],
      prepareStep: ({ step, steps, messages }) => {
        seen.push([step, steps.length, messages.length]);
        return step === 1 ? { model: "anthropic/claude-sonnet-4.5", toolChoice: "none", params: { temperature: 0.2 } } : undefined;
      },
    });
    const result = await run.result();
    same(seen, [[0, 0, 1], [1, 1, 3], [2, 2, 5]], "asked before each");
    const bodies = server.requests.map(({ body }) => body);
    same(bodies.map(({ model, temperature, tool_choice: choice }) => [model, temperature ?? null, choice]), [["openai/gpt-4o-mini", null, "auto"], ["anthropic/claude-sonnet-4.5", 0.2, "none"], ["openai/gpt-4o-mini", null, "auto"]], "what was sent");
    same(bodies.map(({ messages }) => messages.length), [1, 3, 5], "with the whole conversation");
    same([result.steps.length, result.messages.length, result.message.content], [3, 6, "done"], "one run");
    // Each model with the repairs that its transcript needs, from the whole conversation.
    const repaired = local(world, [asks(1), asks(2), { text: "done" }]);
    const switched = await repaired.client.chat({ model: "openai/gpt-4o-mini", messages: question, tools: [add], prepareStep: ({ step }) => (step === 1 ? { model: "mistralai/mistral-large" } : undefined) }).result();
    const ids = repaired.server.requests.map(({ body }) => body.messages[1]?.tool_calls[0].id ?? null);
    ok(ids[0] === null && /^[a-zA-Z0-9]{9}$/.test(ids[1]) && ids[2] === "call_1", `ids as each model takes them: ${ids}`);
    same([/** @type {any} */ (switched.messages[1]).tool_calls[0].id, switched.changes.some(({ rule }) => rule === "tool-ids")], ["call_1", true], "told, and the caller's own stay");
    const late = await rejection(local(world, [asks(1)]).client.chat({ messages: question, tools: [add], prepareStep: ({ step }) => { if (step > 0) throw new Error("sp"); } }).result());
    same([late.code, late.partial.messages.length, late.partial.steps.length], ["tool", 3, 1], "what there was is kept");
    const unnamed = await rejection(local(world, [asks(1)]).client.chat({ messages: question, tools: [add], prepareStep: ({ step }) => (step > 0 ? { model: "" } : undefined) }).result());
    same([unnamed.code, unnamed.message.slice(0, 6)], ["invalid-request", "model:"], "what is wrong with the next request is told");
    const first = local(world, [{ text: "x" }]);
    await first.client.chat({ messages: question, prepareStep: () => ({ tools: [{ name: "late.tool" }] }) }).result();
    same(namesSent(first.server.requests[0].body), ["late_tool"], "tools, too");
    for (const [prepareStep, expected] of /** @type {[any, RegExp][]} */ ([
      [() => { throw new Error("sp"); }, /^prepareStep\(\) failed: sp$/],
      [() => ({ temprature: 1 }), /^prepareStep: temprature cannot be changed; there are model, tools, toolChoice and params$/],
      [5, /^prepareStep: must be a function$/],
    ])) {
      const error = await rejection(local(world).client.chat({ messages: question, prepareStep }).result());
      ok(expected.test(error.message), error.message);
    }
  },

  async "a run that used up its steps answers with what it has when it is told to"(world) {
    const asks = (/** @type {number} */ n) => ({ toolCalls: [call("add", { a: n, b: 1 }, `call_${n}`)] });
    const add = { name: "add", execute: (/** @type {any} */ { a, b }) => a + b };
    const { client, server } = local(world, [asks(1), asks(2), { text: "about 5" }]);
    const result = await client.chat({ messages: question, tools: [add], maxSteps: 2, onMaxSteps: "answer" }).result();
    same([result.message.content, result.reason, result.steps.length, server.requests.length], ["about 5", "stop", 3, 3], "one more");
    const last = server.requests[2].body;
    ok(last.tools === undefined && last.tool_choice === undefined, "without tools");
    ok(JSON.stringify(last.messages).includes("3"), "it knows the results");
    const failed = await rejection(local(world, [asks(1), asks(2)]).client.chat({ messages: question, tools: [add], maxSteps: 2, onMaxSteps: "fail" }).result());
    same(failed.code, "max-steps", "else it fails");
    same((await rejection(local(world).client.chat({ messages: question, onMaxSteps: /** @type {any} */ ("stop") }).result())).message, 'onMaxSteps: must be "fail" or "answer"', "another word");
  },

  async "conditions to stop: steps, a tool, what it has cost"(world) {
    const { stepCount, toolCalled, costAbove } = world.api;
    const add = { name: "add", execute: () => 1 };
    const end = { name: "end", execute: () => 1 };
    const usage = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15, cost: 0.001 };
    const script = [call("add", {}, "1"), call("add", {}, "2"), call("end", {}, "3"), call("add", {}, "4")].map((one) => ({ toolCalls: [one], usage }));
    for (const [stopWhen, steps] of /** @type {[any, number][]} */ ([[stepCount(2), 2], [toolCalled("end"), 3], [costAbove(0.0015), 2], [[stepCount(9), toolCalled("end")], 3], [[costAbove(9), stepCount(1)], 1]])) {
      const { client } = local(world, [...script, { text: "over" }]);
      const result = await client.chat({ messages: question, tools: [add, end], stopWhen }).result();
      same([result.steps.length, result.pending], [steps, []], `${stopWhen}`);
    }
    for (const [make, expected] of /** @type {[() => unknown, RegExp][]} */ ([[() => stepCount(0), /^stepCount:/], [() => toolCalled(""), /^toolCalled:/], [() => costAbove(-1), /^costAbove:/]])) ok(expected.test(thrown(make).message), `${expected}`);
  },

  async "calls are mended when that is asked for, told, and never when they were cut off"(world) {
    /** @param {any} script @param {any} [more] */
    const outcome = async (script, more) => {
      const { client, server } = local(world, [script, { text: "done" }]);
      const inputs = /** @type {any[]} */ ([]);
      const run = client.chat({ messages: question, repairToolCalls: true, tools: [{ name: "read_file", execute: (/** @type {any} */ input) => (inputs.push(input), "text") }], ...more });
      const events = await collect(run);
      return { events, inputs, result: await run.result(), requests: server.requests };
    };
    const table = /** @type {[string, any, any?][]} */ ([
      ["stray characters around", { toolCalls: [{ name: "read_file", id: "call_1", arguments: 'json\n{"p":1}`' }] }],
      ["a bracket too many", { toolCalls: [{ name: "read_file", id: "call_1", arguments: '{"p":1}}' }] }],
      ["arguments that came twice", { toolCalls: [{ name: "read_file", id: "call_1", arguments: '{"p":1}{"p":1}' }] }],
      ["arguments each piece of which says all so far", { toolCalls: [{ name: "read_file", id: "call_1", arguments: '{"p{"p":{"p":1}' }] }],
      ["a name that is nearly right", { toolCalls: [call("Read-File", { p: 1 }, "call_1")] }],
      ["a prefix and a number, as Kimi writes them", { toolCalls: [call("functions.read_file:0", { p: 1 }, "call_1")] }],
      ["a call written as text", { text: '<tool_call>\n{"name": "read_file", "arguments": {"p": 1}}\n</tool_call>' }],
      ["a call in tags", { text: "<function=read_file><parameter=p>1</parameter></function>" }],
      ["a call as bare JSON", { text: '{"name":"read_file","arguments":"{\\"p\\":1}"}' }],
    ]);
    for (const [what, script] of table) {
      const { events, inputs, result, requests } = await outcome(script);
      same(inputs, [{ p: 1 }], what);
      same([ofType(events, "tool-call").map(({ name, input, truncated }) => [name, input, truncated]), requests.length], [[["read_file", { p: 1 }, false]], 2], what);
      same(requests[1].body.messages[1].tool_calls.map((/** @type {any} */ one) => [one.function.name, JSON.parse(one.function.arguments)]), [["read_file", { p: 1 }]], `${what}: as it goes back`);
      ok(result.warnings.some(({ rule }) => rule === "repair-tool-calls"), `${what}: told`);
    }
    const escaped = await outcome({ toolCalls: [call("read_file", { p: "a &amp;&amp; &quot;b&quot; &lt;c&gt;" }, "call_1")] }, { model: "x-ai/grok-4" });
    same(escaped.inputs, [{ p: 'a && "b" <c>' }], "x-ai's entities");
    same((await outcome({ toolCalls: [call("read_file", { p: "a &amp; b" }, "call_1")] }, { model: "openai/gpt-5" })).inputs, [{ p: "a &amp; b" }], "nobody else's");
    const cut = await outcome({ toolCalls: [{ name: "read_file", id: "call_1", arguments: 'x{"p":1}' }], finishReason: "length" });
    same([cut.inputs, cut.result.verdict, ofType(cut.events, "tool-call")[0].truncated], [[], "length", true], "cut off");
    const two = await outcome({ toolCalls: [{ name: "read_file", id: "call_1", arguments: '{"p":1}{"p":2}' }] });
    same(two.inputs, [], "arguments that contradict each other");
    const prose = await outcome({ text: 'I would call {"name":"read_file","arguments":{}} now.' });
    same([prose.inputs, prose.result.message.content?.startsWith("I would")], [[], true], "a text about a call is a text");
    const strict = await outcome({ toolCalls: [{ name: "read_file", id: "call_1", arguments: 'x{"p":1}' }] }, { repairToolCalls: false });
    same(strict.inputs, [], "off unless asked for");
  },

  async "what can be no tool is refused with its place, parameters that say nothing are told"(world) {
    const { client, server } = local(world);
    for (const [tool, message] of /** @type {[any, string][]} */ ([
      [null, "tools[0]: must be an object with a name"], ["a", "tools[0]: must be an object with a name"], [{ execute() {} }, "tools[0]: must have a name"], [{ name: "" }, "tools[0].name: must be a string that is not empty"],
      [{ name: 5 }, "tools[0].name: must be a string that is not empty"], [{ functionDeclarations: [{ name: "a" }] }, "tools[0]: must have a name; each of Gemini's declarations is a tool here"],
      [{ type: 5, name: "a" }, "tools[0].type: must be a string"], [{ name: "a", description: 5 }, "tools[0].description: must be a string"], [{ type: "function", function: { name: "a", strict: "yes" } }, "tools[0].function.strict: must be true or false"],
      [{ name: "a", parameters: { type: "string" } }, 'tools[0].parameters.type: must be "object": the arguments of a call are one'], [{ name: "a", parameters: { type: { type: "string" } } }, 'tools[0].parameters.type: must be "object": the arguments of a call are one'],
    ])) {
      const error = await rejection(client.chat({ messages: question, tools: [tool] }).result());
      ok(error.code === "invalid-request" && error.message === message, `${JSON.stringify(tool)}: ${error.message}`);
    }
    same(server.requests.length, 0, "nothing was sent");
    const told = local(world, { text: "x" });
    const { warnings } = await told.client.chat({ messages: question, tools: [{ name: "a", parameters: {} }, { name: "b", parameters: { $ref: "#/$defs/x", $defs: { x: { type: "object" } } } }, { name: "c", parameters: { city: { type: "string" } } }] }).result();
    same(warnings.filter(({ rule }) => rule === "names").map(({ path }) => path), ["tools[2].parameters.city"], "fields where properties should hold them");
  },

  async "an approve that says neither yes nor no fails the run, and nothing runs"(world) {
    for (const verdict of [undefined, null, 1, "yes", {}, { approved: "yes" }, { deny: true }]) {
      const { client } = local(world, [{ toolCalls: [call("pay", {}, "call_1")] }, { text: "done" }]);
      let runs = 0;
      const run = client.chat({ messages: question, approve: /** @type {any} */ (() => verdict), tools: [{ name: "pay", execute: () => (runs += 1) }] });
      const error = await rejection(run.result());
      same([error.code, runs], ["tool", 0], JSON.stringify(verdict));
      ok(error.message.startsWith("approve() failed: it must give true, false"), error.message);
    }
  },
};
