// What can be written wrong in a request, made from OpenRouter's schema: a word that is none, a value of another kind, a name that is none, a field that is missing,
// in every object of every depth. Each is refused with its place or told; none goes out in silence.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { api, HELLO, shared } from "./support.js";

const { url: DOCUMENT, missing } = shared("data/openrouter-openapi.json");

/** What may go out untold, and why. @type {[kind: RegExp, place: RegExp, why: string][]} */
const FREE = [
  [/./, /^provider\.options\b/, "a provider's own"],
  [/^a word/, /^provider\.(order|only|ignore)\[\]$/, "there is a provider more every week"],
  [/^a number/, /^provider\.max_price\./, "a price may be a number, too"],
  [/^an unknown name/, /^(trace$|plugins\[\]\.tools\[\]|tools\[\]\.parameters\.tools\[\])/, "anything may stand there"],
  [/^a text for (an object|a list)/, /auto_mode\.\w+\[\]$|^prediction\.content$|^models\[\]$/, "a text may stand there, too"],
  [/./, /auto_mode\.\w+\[\]/, "rules, each as its caller has them"],
  [/^too many/, /^plugins\[\]\.(tools|models)$|^tools\[\]\.parameters\.(tools|environment\.network_policy\.allowed_domains)$/, "beyond what anybody writes"],
  [/^without/, /\.(tool_id|result_key|container_id|network_policy\.allowed_domains)$/, "asked for by one type of several"],
];

/** @typedef {{ place: string, kind: string, request: any, wire?: string }} Mistake */

/** @param {any} document @returns {Mistake[]} */
function mistakesOf({ components: { schemas } }) {
  /** @type {Mistake[]} */
  const mistakes = [];
  /** @param {any} schema @returns {any} */
  const found = (schema) => (schema.$ref ? found({ ...schemas[schema.$ref.split("/").at(-1)], ...{ ...schema, $ref: undefined } }) : schema);
  /** @param {any} given @returns {any[]} */
  const variants = (given) => {
    const schema = found(given);
    if (schema.allOf) {
      const parts = schema.allOf.map(found);
      return [{ type: "object", properties: Object.assign({}, ...parts.map((/** @type {any} */ { properties }) => properties)), required: parts.flatMap((/** @type {any} */ { required = [] }) => required) }];
    }
    return schema.oneOf || schema.anyOf ? (schema.oneOf ?? schema.anyOf).flatMap(variants) : [schema];
  };
  /** @param {any} given @param {number} [depth] @returns {any} */
  const sample = (given, depth = 0) => {
    const { enum: words, type, properties = {}, required = [], items, minimum, example } = variants(given)[0];
    const kind = [type].flat()[0];
    if (words) return words[0];
    if (kind === "object") return Object.fromEntries(depth > 4 ? [] : required.filter((/** @type {string} */ name) => properties[name]).map((/** @type {string} */ name) => [name, sample(properties[name], depth + 1)]));
    if (kind === "array") return items && depth < 5 ? [sample(items, depth + 1)] : [];
    if (kind === "boolean") return true;
    return kind === "string" ? (typeof example === "string" ? example : "x") : (minimum ?? 1);
  };
  /** @param {any} given @param {(value: any) => any} build @param {string} place @param {number} depth */
  const walk = (given, build, place, depth) => {
    const add = (/** @type {string} */ kind, /** @type {any} */ value) => mistakes.push({ place, kind, request: build(value) });
    if (depth > 6) return;
    for (const schema of variants(given)) {
      const { enum: words, type, items, properties = {}, required = [], maxItems, minimum, maximum } = schema;
      const kinds = [type].flat();
      const word = words?.find((/** @type {unknown} */ held) => typeof held === "string");
      if (word) add("a word that is none", `${word}q`);
      if (kinds.includes("string")) add("an object for a text", { a: 1 });
      if (kinds.includes("string") && !words) add("a number for a text", 5);
      if (kinds.includes("boolean")) add("a text for a flag", "yes");
      if (kinds.includes("number") || kinds.includes("integer")) add("a text for a number", "abc");
      if (kinds.includes("integer")) add("a part of a number", 1.5);
      if (minimum !== undefined) add("too small", minimum - 1);
      if (maximum !== undefined) add("too large", maximum + 1);
      if (kinds.includes("array")) {
        add("a text for a list", "abc");
        if (maxItems < 2000) add("too many", Array(maxItems + 1).fill(sample(items)));
        if (items) walk(items, (value) => build([value]), `${place}[]`, depth + 1);
      }
      if (!kinds.includes("object")) continue;
      add("a text for an object", "abc");
      const base = sample(schema), names = Object.keys(properties);
      if (names.length > 0 && !schema.additionalProperties) add("an unknown name", { ...base, zzunknown: 1 });
      for (const name of names) {
        const isTold = (name === "type" || name === "id") && required.includes(name) && found(properties[name]).enum?.length === 1;
        if (isTold) continue;
        walk(properties[name], (value) => build({ ...base, [name]: value }), `${place}.${name}`, depth + 1);
        const { [name]: _, ...without } = base;
        if (required.includes(name)) mistakes.push({ place: `${place}.${name}`, kind: "without", request: build(without) });
        if (name.includes("_")) mistakes.push({ place: `${place}.${name}`, kind: "in camel case", request: build({ ...without, [camel(name)]: sample(properties[name]) }), wire: name });
      }
    }
  };
  for (const [name, schema] of Object.entries(schemas.ChatRequest.properties)) {
    if (name === "messages" || name === "model") continue;
    walk(schema, (value) => ({ [name]: value }), name, 0);
    if (name.includes("_")) mistakes.push({ place: name, kind: "in camel case", request: { [camel(name)]: sample(schema) }, wire: name });
  }
  // The model of each is the one that takes it; behind Anthropic's own markers the caller's give way.
  const messages = (/** @type {any[]} */ ...list) => ({ model: "openai/gpt-5.6", messages: [...list, ...HELLO] });
  for (const part of schemas.ChatContentItems.oneOf.map(found)) {
    const type = part.properties.type.enum[0];
    walk(part, (value) => messages({ role: "user", content: [filled({ type, ...value })] }), `messages[].content[]<${type}>`, 1);
  }
  walk(schemas.ConfigurationUpdate, (value) => messages({ role: "system", content: "", configuration_update: value }), "messages[].configuration_update", 1);
  return mistakes;
}

const VIDEO = { video_url: { url: "https://site.example/a.mp4" } };
/** What a part holds that is right, where the schema's samples are none. @type {Record<string, Record<string, any>>} */
const MEDIA = {
  image_url: { image_url: { url: "https://site.example/a.png" } }, input_audio: { input_audio: { data: "SGVsbG8=", format: "mp3" } }, video_url: VIDEO, input_video: VIDEO,
  file: { file: { filename: "a.pdf", file_data: "https://site.example/a.pdf" } },
};

/** The part with a medium in place of the samples. @param {any} part */
function filled(part) {
  for (const [name, medium] of Object.entries(MEDIA[part.type] ?? {})) {
    if (typeof part[name] !== "object" || part[name] === null) continue;
    part[name] = Object.fromEntries(Object.entries(part[name]).map(([field, value]) => [field, value === "x" ? medium[field] : value]));
  }
  return part;
}

/** @param {string} name */
const camel = (name) => name.replace(/_(\w)/g, (_, letter) => letter.toUpperCase());

test("no mistake in a request goes out in silence", { skip: missing }, async () => {
  const client = new api.OpenRouter({ apiKey: "k" });
  const mistakes = mistakesOf(JSON.parse(readFileSync(DOCUMENT, "utf8")));
  /** @type {Set<string>} */
  const silent = new Set();
  const counts = { refused: 0, told: 0, free: 0 };
  for (const { place, kind, request, wire } of mistakes) {
    const field = place.split(/[.[]/)[0];
    // A choice of tools says nothing without them.
    const tools = /^(tool_choice|parallel_tool_calls)$/.test(field) && !request.tools ? { tools: [{ name: "f" }] } : {};
    try {
      const { warnings, changes, bodyText } = await client.prepare(/** @type {any} */ ({ messages: HELLO, ...tools, ...request }));
      const isTold = warnings.length > 0 || changes.some(({ path }) => path.includes(field)) || (wire !== undefined && bodyText.includes(`"${wire}"`));
      if (isTold) counts.told += 1;
      else if (FREE.some(([what, where]) => what.test(kind) && where.test(place))) counts.free += 1;
      else silent.add(`${place}: ${kind}: ${JSON.stringify(request).slice(0, 120)}`);
    } catch (error) {
      assert.equal(/** @type {any} */ (error).code, "invalid-request", `${place}: ${kind}: ${error}`);
      counts.refused += 1;
    }
  }
  assert.deepEqual([...silent], []);
  assert.ok(mistakes.length > 900 && counts.refused + counts.told > 800, JSON.stringify(counts));
});
