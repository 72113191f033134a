// Objects out of a chat: asked for, streamed, healed, checked, asked for again; told once, run in every runtime.
import { collect, eventually, local, ok, question, rejection, same, thrown } from "./scenario-tools.js";

/** @import { World } from "./scenario-tools.js" */

const schema = { type: "object", properties: { name: { type: "string" }, age: { type: "integer" } }, required: ["name", "age"], additionalProperties: false };
const ada = { name: "Ada", age: 36 };
const json = JSON.stringify(ada);
/** Known to take response_format, tools, neither. */
const models = { "a/formats": { supportedParameters: ["structured_outputs", "response_format", "tools"] }, "a/tools": { supportedParameters: ["tools", "tool_choice"] }, "a/none": { supportsTools: false } };

/** @type {Record<string, (world: World) => Promise<void>>} */
export const objectScenarios = {
  async "an object is asked for in the best way that the model is known to take, and which one is told"(world) {
    for (const [model, method, script] of /** @type {[string, RegExp, any][]} */ ([
      ["a/formats", /^asked for by response_format/, { text: json }],
      ["a/tools", /^asked for by a tool call/, { toolCalls: [{ name: "answer", arguments: ada, id: "call_1" }] }],
      ["a/none", /^asked for by instruction/, { text: json }],
      ["b/unknown", /^asked for by a tool call.*not known/, { toolCalls: [{ name: "answer", arguments: ada, id: "call_1" }] }],
      ["deepseek/deepseek-v4-flash", /^asked for by instruction/, { text: json }],
    ])) {
      const { client, server } = local(world, [script], { models });
      const run = client.chat({ model, messages: question, schema });
      const events = await collect(run);
      const result = await run.result();
      same(result.object, ada, `${model}: the object`);
      same([result.reason, result.verdict, result.pending, result.message.content, result.message.tool_calls ?? null], ["stop", "complete", [], json, null], `${model}: an answer like any other`);
      same(events.filter(({ type }) => type === "text-delta").map(({ text }) => text).join(""), json, `${model}: its text streams`);
      ok(!events.some(({ type }) => type.startsWith("tool-call")), `${model}: no call of a tool that nobody has`);
      const told = result.changes.find(({ rule }) => rule === "object");
      ok(told && method.test(told.reason), `${model}: ${told?.reason}`);
      const { body } = server.requests[0];
      if (model === "a/formats") same(body.response_format, { type: "json_schema", json_schema: { name: "answer", strict: true, schema } }, "response_format");
      if (model === "a/tools") same([body.tool_choice, body.tools[0].function.parameters], [{ type: "function", function: { name: "answer" } }, schema], "forced");
      if (model === "a/none") ok(body.messages[0].role === "system" && JSON.stringify(body.messages[0]).includes("additionalProperties"), "told in words");
      same(result.messages, [...question, result.message], `${model}: the transcript has none of it`);
    }
  },

  async "what is no object on the wire travels inside of one"(world) {
    for (const [inner, value] of /** @type {[any, any][]} */ ([[{ type: "array", items: { type: "string" } }, ["a", "b"]], [{ enum: ["yes", "no"] }, "no"], [{ type: "number" }, 4]])) {
      const { client, server } = local(world, [{ text: JSON.stringify({ value }) }], { models });
      const run = client.chat({ model: "a/formats", messages: question, schema: inner });
      same((await run.result()).object, value, JSON.stringify(inner));
      same(server.requests[0].body.response_format.json_schema.schema.properties.value, inner, "wrapped");
    }
  },

  async "strict where every field is named and required, else a hint; nothing is said of fields that nobody named"(world) {
    const open = { type: "object", properties: { a: { type: "string" }, b: { type: "object", properties: { c: { enum: ["properties"] } }, required: ["c"] } }, required: ["a", "b"] };
    const optional = { type: "object", properties: { a: { type: "string" } } };
    for (const [schema, strict, sent] of /** @type {[any, boolean, any][]} */ ([
      [open, true, { ...open, properties: { ...open.properties, b: { ...open.properties.b, additionalProperties: false } }, additionalProperties: false }],
      [optional, false, optional],
      [{ ...open, allOf: [{}] }, false, { ...open, allOf: [{}] }],
    ])) {
      const { client } = local(world, undefined, { models });
      const { response_format: format } = (await client.prepare({ model: "a/formats", messages: question, schema })).body;
      same([format.json_schema.strict, format.json_schema.schema], [strict, sent], JSON.stringify(schema));
    }
    same(thrown(() => local(world).client.chat({ messages: question }).objectStream).message, "objectStream: the request has no schema", "without one");
  },

  async "the growing object is one object, and what is whole in it stays what it is"(world) {
    const many = { items: Array.from({ length: 50 }, (_, n) => ({ n, text: `entry "${n}" \u{1f600}` })) };
    const text = JSON.stringify(many);
    for (const script of [{ text: cut(text, 7) }, { text: cut(`Here it is:\n\`\`\`json\n${text}\n\`\`\``, 5) }]) {
      const { client } = local(world, [script], { models });
      const run = client.chat({ model: "a/formats", messages: question, schema: { type: "object", properties: { items: { type: "array" } }, required: ["items"] } });
      let count = 0;
      const seen = /** @type {any} */ ({});
      for await (const object of run.objectStream) {
        count += 1;
        seen.first ??= object;
        if (object.items?.length === 3) seen.early ??= object.items[1];
        seen.last = object;
      }
      ok(count > 50, `${count} views`);
      ok(seen.first === seen.last && seen.last.items[1] === seen.early, "the same objects");
      same(seen.last, many, "whole at the end");
      same((await run.result()).object, many, "the result");
    }
    const called = local(world, [{ toolCalls: [{ name: "answer", id: "call_1", arguments: JSON.stringify(ada) }] }], { models });
    let last;
    for await (const object of called.client.chat({ model: "a/tools", messages: question, schema }).objectStream) last = structuredClone(object);
    same(last, ada, "out of a call");
  },

  async "what can be read without guessing is healed, and told"(world) {
    const table = /** @type {[string, string][]} */ ([
      [`\`\`\`json\n${json}\n\`\`\``, "code fence"],
      [`Sure! Here it is:\n\n\`\`\`\n${json}\n\`\`\`\nAnything else?`, "code fence"],
      [`Here it is: ${json} I hope {that} helps.`, "text around"],
      [`\`\`\`json\n${json}`, "never closed"],
      ['{"name": "Ada", "age": 36', "brackets were missing"],
      ['{"name": "Ada", "age": 36,}', "as JavaScript"],
      ["{name: 'Ada', age: 36}", "as JavaScript"],
      [JSON.stringify(json), "string of JSON"],
      [`\ufeff ${json}\n`, ""],
    ]);
    for (const [text, healed] of table) {
      const { client, server } = local(world, [{ text }], { models });
      const result = await client.chat({ model: "a/formats", messages: question, schema }).result();
      same([result.object, server.requests.length], [ada, 1], text);
      const told = result.warnings.filter(({ rule }) => rule === "object").map(({ reason }) => reason);
      ok(healed === "" ? told.length === 0 : told.length === 1 && told[0].includes(healed), `${text}: ${told}`);
    }
    const broken = local(world, [{ text: '{"name": "Ada\nLovelace", "age": 36}' }], { models });
    same((await broken.client.chat({ model: "a/formats", messages: question, schema }).result()).object, { name: "Ada\nLovelace", age: 36 }, "a line break in a string");
  },

  async "an answer that broke off is no object, however it could be closed"(world) {
    for (const text of ['{"name": "Ada", "age": 3', '{"name": "Ada", "age": 36', `\`\`\`json\n{"name": "Ada", "age": 36`, '[{"name": "Ada", "age": 36}, {"na']) {
      const { client, server } = local(world, [{ text, finishReason: "length" }], { models });
      const run = client.chat({ model: "a/formats", messages: question, schema });
      const error = await rejection(run.result());
      same([error.code, error.verdict, run.verdict, server.requests.length, error.partial.message.content], ["invalid-output", "length", "length", 1, text], text);
      ok(error.issues.length > 0 && error.message.includes("broke off (length)"), error.message);
    }
    const cut = local(world, [{ toolCalls: [{ name: "answer", id: "call_1", arguments: '{"name":"Ada","age":3' }], finishReason: "length" }], { models });
    same((await rejection(cut.client.chat({ model: "a/tools", messages: question, schema }).result())).code, "invalid-output", "a call, too");
    const whole = local(world, [{ text: `${json}\n\nThis is`, finishReason: "length" }], { models });
    const result = await whole.client.chat({ model: "a/formats", messages: question, schema }).result();
    same([result.object, result.verdict], [ada, "length"], "what was whole before the cut is whole");
  },

  async "what does not fit is asked for again with what is wrong, and then the run fails with everything"(world) {
    const usage = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15, cost: 0.001 };
    const wrong = { text: '{"name":"Ada","age":"old"}', usage };
    for (const [model, second] of /** @type {[string, any][]} */ ([["a/formats", { text: json, usage }], ["a/tools", { toolCalls: [{ name: "answer", id: "call_1", arguments: ada }], usage }]])) {
      const { client, server } = local(world, [wrong, second], { models });
      const result = await client.chat({ model, messages: question, schema }).result();
      same([result.object, result.steps.length, result.usage?.cost, result.verdict], [ada, 2, 0.002, "complete"], model);
      const { messages } = server.requests[1].body;
      same(messages.slice(1, 2).map((/** @type {any} */ message) => [message.role, message.content]), [["assistant", wrong.text]], "the answer goes back");
      ok(JSON.stringify(messages[2]).includes("- age: "), JSON.stringify(messages[2]));
      ok(result.warnings.some(({ reason }) => reason.includes("asked for again: age: ")), "told");
    }
    const { client, server } = local(world, [wrong, wrong, wrong], { models });
    const run = client.chat({ model: "a/formats", messages: question, schema });
    const error = await rejection(run.result());
    same([error.code, server.requests.length, error.partial.steps.length, error.partial.messages.length, run.verdict], ["invalid-output", 2, 2, 4, "error"], "once");
    same(error.issues.map((/** @type {any} */ { path }) => path), ["age"], "where");
    same(JSON.parse(JSON.stringify(error)).issues, error.issues, "a log has it");
    const never = local(world, [wrong, wrong], { models });
    same((await rejection(never.client.chat({ model: "a/formats", messages: question, schema, maxRepairs: 0 }).result())).code, "invalid-output", "maxRepairs");
    same(never.server.requests.length, 1, "not at all");
    const twice = local(world, [wrong, { text: "no json" }, { text: json }], { models });
    same((await twice.client.chat({ model: "a/formats", messages: question, schema, maxRepairs: 2 }).result()).object, ada, "twice");
    const refused = local(world, [{ refusal: "I will not" }], { models });
    const refusal = await rejection(refused.client.chat({ model: "a/formats", messages: question, schema }).result());
    ok(refusal.code === "invalid-output" && refusal.message.includes("refused") && refused.server.requests.length === 1, refusal.message);
    const two = local(world, [{ text: `${json} or ${json}` }], { models });
    ok((await rejection(two.client.chat({ model: "a/formats", messages: question, schema, maxRepairs: 0 }).result())).message.includes("2 values"), "one of two is a guess");
  },

  async "tools run before the object is given"(world) {
    const look = { name: "look", execute: () => "36" };
    for (const [model, last] of /** @type {[string, any][]} */ ([["a/formats", { text: json }], ["a/tools", { toolCalls: [{ name: "answer", id: "call_2", arguments: ada }] }]])) {
      const { client, server } = local(world, [{ toolCalls: [{ name: "look", id: "call_1", arguments: {} }] }, last], { models });
      const result = await client.chat({ model, messages: question, schema, tools: [look] }).result();
      same([result.object, server.requests.length], [ada, 2], model);
      if (model === "a/tools") same(server.requests[0].body.tool_choice, "required", "one of them");
    }
    const mine = local(world, [{ toolCalls: [{ name: "mine", id: "call_1", arguments: { a: 1 } }] }], { models });
    const waiting = await mine.client.chat({ model: "a/formats", messages: question, schema, tools: [{ name: "mine" }] }).result();
    same([waiting.object ?? null, waiting.pending], [null, [{ id: "call_1", name: "mine", input: { a: 1 }, needs: "result" }]], "the caller's own call comes first");
  },

  async "every form of a run has the object's text, and its limits hold"(world) {
    const called = { toolCalls: [{ name: "answer", id: "call_1", arguments: ada }] };
    const sse = await local(world, [called]).client.chat({ messages: question, schema }).toResponse({ format: "sse" }).text();
    ok(sse.includes('"finish_reason":"stop"') && !sse.includes("tool_calls"), sse);
    const ui = await local(world, [called]).client.chat({ messages: question, schema }).toResponse({ format: "ui-message" }).text();
    ok(ui.includes("text-delta") && !ui.includes("tool-"), ui);
    const plain = local(world, [{ text: `Sure ${json}` }, { text: `Sure ${json}` }], { models });
    same((await plain.client.chat({ model: "a/formats", messages: question, schema, stream: false }).result()).object, ada, "in one piece");
    let last;
    for await (last of plain.client.chat({ model: "a/formats", messages: question, schema, stream: false }).objectStream);
    same(last, ada, "in one piece, streamed");
    const usage = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15, cost: 0.01 };
    const priced = { "a/formats": { ...models["a/formats"], pricing: { prompt: "0.0001", completion: "0.001" } } };
    const poor = local(world, [{ text: "no", usage }, { text: json, usage }], { models: priced });
    const over = await rejection(poor.client.chat({ model: "a/formats", messages: question, schema, budget: 0.0105 }).result());
    same([over.code, poor.server.requests.length], ["budget", 1], "asking again costs, too");
    const once = local(world, [{ text: "no" }, { text: json }], { models });
    same([(await rejection(once.client.chat({ model: "a/formats", messages: question, schema, maxSteps: 1 }).result())).code, once.server.requests.length], ["invalid-output", 1], "maxSteps");
    const slow = local(world, [{ text: ['{"name":', ...Array(50).fill(" ")], chunkDelayMs: 5 }], { models });
    const left = slow.client.chat({ model: "a/formats", messages: question, schema });
    for await (const _ of left.objectStream) break;
    same(left.verdict, "aborted", "leaving the stream ends the run");
    const controller = new AbortController();
    const asked = local(world, [{ text: "no" }, { text: ["{", "}"], stallAfterBytes: 0 }], { models });
    const again = asked.client.chat({ model: "a/formats", messages: question, schema, signal: controller.signal });
    const ended = rejection(again.result());
    await eventually(async () => asked.server.requests.length === 2, "it is asked again");
    controller.abort(new Error("bye"));
    same([(await ended).message, again.partial.messages?.length], ["bye", 3], "an abort while it is asked again");
    const other = local(world, [{ text: "no" }, { status: 503, body: { error: { message: "m" } } }, { text: json }], { models, maxRetries: 0, fallbackModels: ["mistralai/mistral-large"] });
    same([(await other.client.chat({ model: "a/formats", messages: question, schema }).result()).object, other.server.requests.length], [ada, 3], "another model may give it");
  },

  async "references, unions and what may be null are understood as they are written"(world) {
    const tree = { type: "object", properties: { top: { $ref: "#/$defs/Node" } }, required: ["top"], $defs: { Node: { anyOf: [{ type: "null" }, { type: "object", properties: { next: { $ref: "#/$defs/Node" } }, required: ["next"] }] } } };
    const nullable = { type: "object", properties: { a: { type: "string", nullable: true }, b: { enum: ["x"], nullable: true }, properties: { type: ["number", "null"] } }, required: ["a", "b"] };
    for (const [schema, object] of /** @type {[any, any][]} */ ([[tree, { top: { next: { next: null } } }], [nullable, { a: null, b: null, properties: null }], [nullable, { a: "s", b: "x" }]])) {
      const { client, server } = local(world, { text: JSON.stringify(object) }, { models });
      same([(await client.chat({ model: "a/formats", messages: question, schema }).result()).object, server.requests.length], [object, 1], JSON.stringify(schema));
    }
    const { client } = local(world, { text: '{"a":1,"b":"x"}' }, { models });
    same((await rejection(client.chat({ model: "a/formats", messages: question, schema: nullable, maxRepairs: 0 }).result())).issues.map((/** @type {any} */ { path }) => path), ["a"], "a number is none of both");
  },

  async "what is wrong with a schema is refused before anything is sent"(world) {
    for (const [request, expected] of /** @type {[any, RegExp][]} */ ([
      [{ schema: "person" }, /^schema: must be a JSON Schema/],
      [{ schema: { parse() {} } }, /^schema: is no JSON Schema/],
      [{ schema, maxRepairs: -1 }, /^maxRepairs: /],
      [{ schema: { type: "object", properties: { at: { $ref: "#/$defs/nowhere" } } } }, /^schema\.properties\.at\.\$ref: "#\/\$defs\/nowhere" leads nowhere$/],
      [{ schema: { type: "object", properties: { at: { type: ["string", "nul"] } } } }, /^schema\.properties\.at\.type: "nul" is no type of JSON Schema/],
      ...[[{ properties: [] }, "properties: must be an object of schemas"], [{ properties: { a: "string" } }, "properties: must be an object of schemas"], [{ required: "a" }, "required: must be a list of names"], [{ properties: { a: { items: 5 } } }, "properties.a.items: must be a schema, or a list of schemas"],
        [{ properties: { a: { enum: "b" } } }, "properties.a.enum: must be a list of values"], [{ anyOf: {} }, "anyOf: must be a list of schemas"], [{ properties: { a: { minimum: "5" } } }, "properties.a.minimum: must be a number"], [{ additionalProperties: "no" }, "additionalProperties: must be a schema"],
        [{ properties: { a: { pattern: /x/ } } }, "properties.a.pattern: must be a string"]].map(([wrong, text]) => /** @type {[any, RegExp]} */ ([{ schema: { type: "object", .../** @type {object} */ (wrong) } }, new RegExp(`^schema\\.${text}$`)])),
      [{ schema: { type: "object", properties: { at: { anyOf: [{ type: "string", pattern: "(" }] } } } }, /^schema\.properties\.at\.anyOf\[0\]\.pattern: is no regular expression/],
      [{ schema: { city: { type: "string" } } }, /^schema\.city: is no keyword of JSON Schema, and there is none beside it/],
    ])) {
      const { client, server } = local(world, undefined, { models });
      const error = await rejection(client.chat({ messages: question, ...request }).result());
      ok(error.code === "invalid-request" && expected.test(error.message), error.message);
      same(server.requests.length, 0, "nothing is sent");
    }
  },
};

/** @param {string} text @param {number} size */
function cut(text, size) {
  const points = [...text];
  return Array.from({ length: Math.ceil(points.length / size) }, (_, at) => points.slice(at * size, (at + 1) * size).join(""));
}
