// Schemas as people have them: tools and objects with the libraries themselves, against the packed tarball.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { toStandardJsonSchema } from "@valibot/to-json-schema";
import { type } from "arktype";
import * as v from "valibot";
import { z } from "zod";
import { installPackage } from "./install.js";
import { collect, local, ofType, question, rejection } from "./scenario-tools.js";

/** @type {ReturnType<typeof installPackage>} */
let app;
/** @type {any} */
let world;

before(async () => {
  app = installPackage();
  world = { api: await app.load("openrouter-wasm"), simulator: await app.load("openrouter-wasm/simulator") };
});
after(() => app?.remove());

const JSON_SCHEMA = { type: "object", properties: { city: { type: "string" }, days: { type: "integer", minimum: 1 } }, required: ["city", "days"] };
/** @type {[string, any][]} */
const SCHEMAS = [
  ["zod", z.object({ city: z.string(), days: z.int().min(1) })],
  ["ArkType", type({ city: "string", days: "number.integer >= 1" })],
  ["Valibot", toStandardJsonSchema(v.object({ city: v.string(), days: v.pipe(v.number(), v.integer(), v.minValue(1)) }))],
  ["JSON Schema", JSON_SCHEMA],
];

for (const [library, schema] of SCHEMAS) {
  test(`${library}: a tool goes out as JSON Schema, and its arguments are checked by it`, async () => {
    const calls = [{ city: "Rome", days: 0 }, { days: 2 }, { city: "Rome", days: 2 }].map((args, number) => ({ toolCalls: [{ name: "plan", arguments: args, id: `call_${number}` }] }));
    const { client, server } = local(world, [...calls, { text: "done" }]);
    /** @type {any[]} */
    const inputs = [];
    const plan = world.api.tool({ name: "plan", parameters: schema, execute: (/** @type {any} */ input) => (inputs.push(input), "ok") });
    const events = await collect(client.chat({ messages: question, tools: [plan] }));
    const { parameters } = server.requests[0].body.tools[0].function;
    assert.equal(parameters.$schema, undefined);
    assert.deepEqual([parameters.type, Object.keys(parameters.properties), parameters.required], ["object", ["city", "days"], ["city", "days"]]);
    assert.deepEqual(inputs, [{ city: "Rome", days: 2 }]);
    assert.deepEqual(ofType(events, "tool-result").map(({ error }) => error?.code), ["tool", "tool", undefined]);
    const told = server.requests[2].body.messages.filter((/** @type {any} */ message) => message.role === "tool").map((/** @type {any} */ message) => message.content);
    assert.match(told[0], /^Error: the arguments do not fit[^]*\n- days: /);
    assert.match(told[1], /\n- city: /);
  });

  test(`${library}: an object is checked by it, asked for again with its words, and fails with its places`, async () => {
    const wrong = { text: '{"city":"Rome","days":"two"}' };
    const { client, server } = local(world, [wrong, { text: '{"city":"Rome","days":2}' }], { models: { "a/b": { supportedParameters: ["structured_outputs"] } } });
    const result = await client.chat({ model: "a/b", messages: question, schema }).result();
    assert.deepEqual([result.object, server.requests.length], [{ city: "Rome", days: 2 }, 2]);
    assert.match(server.requests[1].body.messages.at(-1).content, /\n- days: /);
    const failing = local(world, [wrong], { models: { "a/b": { supportedParameters: ["structured_outputs"] } } });
    const error = await rejection(failing.client.chat({ model: "a/b", messages: question, schema, maxRepairs: 0 }).result());
    assert.deepEqual([error.code, error.issues[0].path], ["invalid-output", "days"]);
  });
}

test("what a schema makes of a value is what execute and the result get: defaults, transforms", async () => {
  const schema = z.object({ at: z.string().transform((text) => new Date(text)), count: z.number().default(3) });
  const { client } = local(world, [{ toolCalls: [{ name: "f", arguments: { at: "2026-01-02" }, id: "call_1" }] }, { text: "done" }]);
  /** @type {any} */
  let input;
  await client.chat({ messages: question, tools: [{ name: "f", parameters: schema, execute: (given) => void (input = given) }] }).result();
  assert.deepEqual(input, { at: new Date("2026-01-02"), count: 3 });
  const asked = local(world, [{ text: '{"at":"2026-01-02"}' }]);
  assert.deepEqual((await asked.client.chat({ messages: question, schema }).result()).object, { at: new Date("2026-01-02"), count: 3 });
});

test("a schema that cannot give JSON Schema is refused with what to do", async () => {
  for (const [schema, expected] of /** @type {[any, RegExp][]} */ ([
    [v.object({ a: v.string() }), /^tools\[0\]\.parameters: .*valibot.*toStandardJsonSchema/],
    [z.object({ a: z.date() }), /^tools\[0\]\.parameters: zod cannot write this schema as JSON Schema: /],
    [type({ a: "Date" }), /^tools\[0\]\.parameters: arktype cannot write this schema as JSON Schema: JSON has no Date/],
    [type({ "a?": "string | bigint" }), /^tools\[0\]\.parameters: arktype .* JSON has no bigint/],
    [type({ a: type.instanceOf(Map) }), /^tools\[0\]\.parameters: arktype .* JSON has no class/],
  ])) {
    const { client, server } = local(world);
    const error = await rejection(client.chat({ messages: question, tools: [{ name: "f", parameters: schema, execute: () => 1 }] }).result());
    assert.equal(error.code, "invalid-request");
    assert.match(error.message, expected);
    assert.equal(server.requests.length, 0);
  }
});

test("a schema whose root is a reference goes out with a type at its root", async () => {
  const node = { type: "object", properties: { name: { type: "string" }, next: { $ref: "#/definitions/node" } }, required: ["name"] };
  const { node: recursive } = type.module({ node: { name: "string", "next?": "node" } });
  for (const schema of [{ $ref: "#/definitions/node", definitions: { node } }, { $ref: "#/$defs/n", $defs: { n: { ...node, properties: { name: { type: "string" }, next: { $ref: "#/$defs/n" } } } } }, recursive]) {
    const { client, server } = local(world, [{ toolCalls: [{ name: "f", arguments: { name: "a", next: { name: 5 } } }] }, { toolCalls: [{ name: "f", arguments: { name: "a", next: { name: "b" } } }] }, { text: "done" }]);
    /** @type {any[]} */
    const inputs = [];
    await client.chat({ messages: question, tools: [{ name: "f", parameters: schema, execute: (/** @type {any} */ input) => (inputs.push(input), "ok") }] }).result();
    const { parameters } = server.requests[0].body.tools[0].function;
    assert.deepEqual([parameters.type, Object.keys(parameters.properties), parameters.$ref], ["object", ["name", "next"], undefined]);
    assert.deepEqual(inputs, [{ name: "a", next: { name: "b" } }]);
  }
});

test("a plain chat loads none of it", async () => {
  const { build } = await import("esbuild");
  const result = await build({
    stdin: { contents: 'import { OpenRouter } from "openrouter-wasm";\nfor await (const event of new OpenRouter({ apiKey: "k" }).chat({ messages: [{ role: "user", content: "hi" }] })) console.log(event);', resolveDir: app.folder },
    bundle: true, splitting: true, format: "esm", outdir: "out", write: false, metafile: true, logLevel: "warning",
  });
  const { outputs } = result.metafile;
  /** What is loaded with the first file. @type {Set<string>} */
  const first = new Set();
  const follow = (/** @type {string} */ path) => {
    if (first.has(path)) return;
    first.add(path);
    for (const { path: next, kind } of outputs[path].imports) if (kind === "import-statement" && outputs[next]) follow(next);
  };
  follow(/** @type {string} */ (Object.keys(outputs).find((path) => outputs[path].entryPoint === "<stdin>")));
  const inputs = [...first].flatMap((path) => Object.keys(outputs[path].inputs));
  const later = inputs.filter((path) => /\/(objects\/|run-state|tools\/(?!is-steered))/.test(path));
  assert.deepEqual(later, []);
  assert.ok(Object.values(outputs).some(({ inputs }) => Object.keys(inputs).some((path) => path.endsWith("tools/steering.js"))), "it is there when it is called");
});
