// Schemas as callers write them: JSON Schema, or a Standard Schema that gives JSON Schema.
import { describe, invalidRequest } from "../first-part.js";
import { withNulls } from "./schema-check.js";

/**
 * What is wrong with a value, and where: `items[0].name`, "" for the value itself.
 * @typedef {{ path: string, message: string }} Issue
 */
/**
 * A schema, read.
 * @typedef {object} ReadSchema
 * @property {Record<string, any>} json  JSON Schema
 * @property {(value: unknown) => Promise<{ value: unknown } | { issues: Issue[] }>} [validate]  the schema's own
 */

/** What the libraries need that do not give JSON Schema by themselves. @type {Record<string, string>} */
const ADVICE = {
  zod: "zod gives JSON Schema from 4.2 on; with an older one pass the JSON Schema itself",
  arktype: "ArkType gives JSON Schema from 2.1.28 on; with an older one pass schema.toJsonSchema()",
  valibot: "pass toStandardJsonSchema(schema) of @valibot/to-json-schema",
  effect: "pass Schema.standardSchemaV1 with a JSON Schema, or JSONSchema.make(schema)",
};

/**
 * @param {any} schema @param {string} place  for errors: `tools[0].parameters`
 * @param {"input" | "output"} side  of a schema that transforms: what the model is to write is its input
 * @returns {ReadSchema}
 */
export function readSchema(schema, place, side = "input") {
  if ((typeof schema !== "object" && typeof schema !== "function") || schema === null) throw invalidRequest(`${place}: must be a JSON Schema or a Standard Schema`);
  const standard = schema["~standard"];
  if (standard === undefined) return { json: rooted(plainSchema(schema, place)) };
  const { vendor, validate, jsonSchema } = standard;
  if (typeof jsonSchema?.[side] !== "function") {
    throw invalidRequest(`${place}: this schema${vendor ? ` of ${vendor}` : ""} gives no JSON Schema, which the model needs: ${ADVICE[vendor] ?? "pass a JSON Schema, or a Standard Schema with ~standard.jsonSchema"}`);
  }
  let json;
  try {
    json = jsonSchema[side]({ target: "draft-07" });
    // ArkType writes {} for a Date, a bigint, a class: whatever the model wrote there would not fit.
    if (vendor === "arktype") schema.in?.toJsonSchema?.({ fallback: { default: noJson } });
  } catch (cause) {
    throw invalidRequest(`${place}: ${vendor} cannot write this schema as JSON Schema: ${describe(cause)}`, cause);
  }
  if (typeof json !== "object" || json === null) throw invalidRequest(`${place}: ${vendor} gave no JSON Schema for it`);
  // It names the language, which providers know, and some refuse.
  const { $schema: _, ...rest } = json;
  return { json: rooted(rest), ...(typeof validate === "function" && { validate: async (value) => standardResult(validate(value)) }) };
}

/** Providers want a type at the root, where some libraries have a reference into the schema's own definitions. @param {Record<string, any>} json */
function rooted(json) {
  const [, holder, name] = /^#\/(definitions|\$defs)\/([^/]+)$/.exec(json.$ref) ?? [];
  const root = json[holder]?.[name];
  if (typeof root !== "object" || root === null) return json;
  const { $ref: _, ...rest } = json;
  return { ...root, ...rest };
}

/** @param {{ code: string, base: object }} found  what ArkType cannot say in JSON Schema, and what it says in its place */
function noJson({ code, base }) {
  if (/^(date|domain|proto)$/.test(code)) throw new TypeError(`JSON has no ${code === "domain" ? "bigint" : code === "date" ? "Date" : "class"}`);
  return base;
}

/** @param {any} schema @param {string} place */
function plainSchema(schema, place) {
  // The AI SDK's wrapper: its own schema is inside.
  if (typeof schema.jsonSchema === "object" && typeof schema.validate === "function") {
    throw invalidRequest(`${place}: is a wrapper around a JSON Schema: pass its jsonSchema`);
  }
  const isClass = typeof schema === "function" || typeof schema.safeParse === "function" || typeof schema.validate === "function" || typeof schema.parse === "function";
  if (isClass) {
    const vendor = typeof schema.safeParse === "function" ? "zod" : "";
    throw invalidRequest(`${place}: is no JSON Schema but an object with functions: ${ADVICE[vendor] ?? "pass its JSON Schema"}`);
  }
  if (Array.isArray(schema)) throw invalidRequest(`${place}: must be an object: a JSON Schema`);
  return schema;
}

/** @param {any} outcome  of `validate`, or a promise of it */
async function standardResult(outcome) {
  const { value, issues } = await outcome;
  // First the issues: a value may stand beside them.
  if (!issues) return { value };
  return { issues: Array.from(issues, (/** @type {any} */ { message, path }) => ({ path: pathText(path), message })) };
}

/** @param {Iterable<any> | undefined} path  keys, or objects that hold one */
export function pathText(path) {
  let text = "";
  for (const segment of path ?? []) {
    const key = typeof segment === "object" && segment !== null ? segment.key : segment;
    if (typeof key === "number" || /^\d+$/.test(String(key))) text += `[${String(key)}]`;
    else text += text === "" ? String(key) : `.${String(key)}`;
  }
  return text;
}

/** @param {readonly Issue[]} issues  in one line each */
export function issuesText(issues, limit = 12) {
  const lines = issues.slice(0, limit).map(({ path, message }) => `- ${path === "" ? "(the whole)" : path}: ${message}`);
  if (issues.length > limit) lines.push(`- and ${issues.length - limit} more`);
  return lines.join("\n");
}

/**
 * Whatever checks values of a schema: its own `validate`, else JSON Schema. The validator for that loads with the first value.
 * @param {ReadSchema} schema
 * @returns {(value: unknown) => Promise<{ value: unknown } | { issues: Issue[] } | { unusable: string }>}
 */
export function checkerOf({ json, validate }) {
  if (validate) {
    // A schema that throws says nothing about the value.
    return (value) => validate(value).catch((cause) => ({ unusable: describe(cause) }));
  }
  if (saysNothing(json)) return async (value) => ({ value });
  /** @type {Promise<(value: unknown) => Issue[]> | undefined} */
  let checking;
  return async (value) => {
    let check;
    try {
      check = await (checking ??= import("./json-schema.js").then(({ validatorOf }) => validatorOf(withNulls(structuredClone(json)))));
      const issues = check(value);
      return issues.length > 0 ? { issues } : { value };
    } catch (cause) {
      return { unusable: describe(cause) };
    }
  };
}

/** `{}`, `{type: "object"}`, `{type: "object", properties: {}}`: any object fits. @param {Record<string, any>} json */
function saysNothing(json) {
  return Object.entries(json).every(([name, value]) => {
    if (name === "type") return value === "object";
    if (name === "properties") return Object.keys(value ?? {}).length === 0;
    return name === "description" || name === "title" || name === "$schema" || (name === "additionalProperties" && value !== false && Object.keys(value ?? {}).length === 0);
  });
}
