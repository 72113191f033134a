// Every body that leaves is one that OpenRouter takes: by the schemas of its own SDK, and by its OpenAPI document where that is there.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { before, describe, test } from "node:test";
import { ChatRequest$outboundSchema } from "@openrouter/sdk/models/chatrequest";
import { Ajv2020 } from "ajv/dist/2020.js";
import { GROUP_NAMES, makeBodies } from "./request-table.js";
import { shared } from "./support.js";

const { url: DOCUMENT, missing } = shared("data/openrouter-openapi.json");

/** @type {Awaited<ReturnType<typeof makeBodies>>} */
let groups;
before(async () => {
  groups = await makeBodies();
});
/** @param {string} name */
const group = (name) => groups.get(name) ?? assert.fail(name);

describe("the table of requests", () => {
  for (const name of GROUP_NAMES) {
    test(`shows its rules at work: ${name}`, () => {
      const { bodies, shows } = group(name);
      for (const text of shows) assert.ok(bodies.some((body) => body.includes(text)), text);
    });
  }
});

/**
 * Fields that OpenRouter documents, or passes on to the provider, and its SDK does not know: it would leave them out.
 * @type {[RegExp, string][]}
 */
const UNKNOWN_TO_SDK = [
  [/^reasoning\.(max_tokens|exclude|enabled)$/, "documented beside `effort`"],
  [/^messages\[\]\.reasoning_content$/, "documented as the other name of `reasoning`; DeepSeek wants this one"],
  [/^messages\[\]\.annotations$/, "documented: files are not read a second time"],
  [/^messages\[\]\.images\[\]\.type$/, "as the answer has it"],
  [/^messages\[\]\.name$/, "of a tool message, as other SDKs write it"],
  [/^(chat_template_kwargs|preset|verbosity)$/, "documented, or the provider's own"],
];
/** Below these every name is the caller's. */
const FREE = /^(tools\[\]\.function\.parameters|response_format\.json_schema\.schema|metadata|logit_bias|image_config|chat_template_kwargs)$/;

/** The body as a caller of the SDK writes it: it takes `someName` for `some_name`. @param {any} value @returns {any} */
function camelCased(value, path = "") {
  if (typeof value !== "object" || value === null || FREE.test(path)) return value;
  if (Array.isArray(value)) return value.map((item) => camelCased(item, `${path}[]`));
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name.replace(/_(\w)/g, (_, letter) => letter.toUpperCase()), camelCased(inner, path ? `${path}.${name}` : name)]));
}

/** Paths whose value is not the same in `written`. @param {any} body @param {any} written @returns {string[]} */
function differences(body, written, path = "") {
  if (typeof body !== "object" || body === null || typeof written !== "object" || written === null) return Object.is(body, written) ? [] : [path];
  if (Array.isArray(body)) return body.length === written.length ? body.flatMap((item, at) => differences(item, written[at], `${path}[]`)) : [path];
  return Object.entries(body).flatMap(([name, inner]) => differences(inner, written[name], path ? `${path}.${name}` : name));
}

describe("the request schema of OpenRouter's SDK", () => {
  const met = new Set();
  for (const name of GROUP_NAMES) {
    test(`takes, and would send as they are: ${name}`, () => {
      for (const text of group(name).bodies) {
        const body = JSON.parse(text);
        const { success, data, error } = ChatRequest$outboundSchema.safeParse(camelCased(body));
        assert.ok(success, `${error}\n${text}`);
        const strangers = differences(body, data).filter((path) => !UNKNOWN_TO_SDK.some(([pattern]) => pattern.test(path) && met.add(pattern)));
        assert.deepEqual(strangers, [], text);
      }
    });
  }

  test("knows every other field, and really not those", () => {
    assert.deepEqual(UNKNOWN_TO_SDK.filter(([pattern]) => !met.has(pattern)), []);
  });

  test("refuses a body that is wrong, and does not send what it does not know", () => {
    const parse = (/** @type {object} */ more) => ChatRequest$outboundSchema.safeParse(camelCased({ messages: [{ role: "user", content: "x" }], ...more }));
    for (const more of [{ messages: [{ role: "toolResult", content: "x" }] }, { tools: [{ name: "short" }] }, { stop: 5 }, { max_completion_tokens: 1.5 }]) {
      assert.equal(parse(more).success, false, JSON.stringify(more));
    }
    const odd = { provider: { sort: "price", no_such: 1 }, thinking: "high" };
    assert.deepEqual(differences(odd, parse(odd).data), ["provider.no_such", "thinking"]);
  });
});

describe("OpenRouter's OpenAPI document", { skip: missing }, () => {
  /** @type {import("ajv").ValidateFunction} */
  let validate;
  before(() => {
    const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });
    ajv.addSchema(JSON.parse(readFileSync(DOCUMENT, "utf8")), "openrouter");
    validate = ajv.compile({ $ref: "openrouter#/components/schemas/ChatRequest" });
  });

  for (const name of GROUP_NAMES) {
    test(`allows: ${name}`, () => {
      for (const text of group(name).bodies) assert.ok(validate(JSON.parse(text)), `${JSON.stringify(validate.errors?.slice(0, 5), null, 1)}\n${text}`);
    });
  }

  test("forbids a body that is wrong", () => {
    for (const more of [{ messages: [] }, { messages: [{ role: "toolResult", content: "x" }] }, { tools: [{ name: "short" }] }, { stop: 5 }, { reasoning: { effort: "huge" } }, { provider: { no_such: 1 } }]) {
      assert.equal(validate({ messages: [{ role: "user", content: "x" }], ...more }), false, JSON.stringify(more));
    }
  });
});
