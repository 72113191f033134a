// What of a JSON Schema can be said without a value: a reference that leads nowhere, a type that is none, a pattern that cannot be read. Found with
// the first answer it would have been paid for.
import { describe } from "../first-part.js";

const TYPES = new Set(["object", "array", "string", "number", "integer", "boolean", "null"]);
/** Keywords with a schema, with a list of them, with schemas by name. */
const ONE = ["items", "additionalItems", "additionalProperties", "unevaluatedItems", "unevaluatedProperties", "contains", "propertyNames", "not", "if", "then", "else"];
const LIST = ["anyOf", "oneOf", "allOf", "prefixItems", "items"];
const NAMED = ["properties", "patternProperties", "$defs", "definitions", "dependentSchemas"];
const OTHERS = "type required enum const title description default examples format nullable deprecated readOnly writeOnly propertyOrdering $ref $dynamicRef $schema $id $anchor $comment " +
  "minProperties maxProperties dependentRequired dependencies pattern minLength maxLength minimum maximum exclusiveMinimum exclusiveMaximum multipleOf minItems maxItems uniqueItems " +
  "minContains maxContains $dynamicAnchor example";
const KEYWORDS = new Set([...ONE, ...LIST, ...NAMED, ...OTHERS.split(" ")]);
const NUMBERS = "minProperties maxProperties minLength maxLength minimum maximum multipleOf minItems maxItems minContains maxContains".split(" ");
const isSchema = (/** @type {any} */ value) => typeof value === "boolean" || (typeof value === "object" && value !== null && !Array.isArray(value));
/** What a keyword may hold, where it is no type, no reference and no pattern. @type {[names: string[], text: string, fits: (value: any) => boolean][]} */
const SHAPES = [
  [NAMED, "an object of schemas", (value) => isSchema(value) && typeof value === "object" && Object.values(value).every(isSchema)],
  [LIST.filter((name) => name !== "items"), "a list of schemas", (value) => Array.isArray(value) && value.length > 0 && value.every(isSchema)],
  [["items"], "a schema, or a list of schemas", (value) => isSchema(value) || (Array.isArray(value) && value.every(isSchema))],
  [ONE.filter((name) => name !== "items"), "a schema", isSchema],
  [["required"], "a list of names", (value) => Array.isArray(value) && value.every((name) => typeof name === "string")],
  [["enum"], "a list of values", Array.isArray],
  [NUMBERS, "a number", (value) => typeof value === "number"],
  [["exclusiveMinimum", "exclusiveMaximum"], "a number", (value) => typeof value === "number" || typeof value === "boolean"],
  [["pattern", "$ref"], "a string", (value) => typeof value === "string"],
];

/** The first name of an object that has no keyword of JSON Schema at all: fields stand where `properties` should hold them. @param {Record<string, any>} json */
export function strayName(json) {
  const names = Object.keys(json);
  return names.some((name) => KEYWORDS.has(name) || name.startsWith("x-")) ? undefined : names[0];
}

/**
 * @param {Record<string, any>} root
 * @returns {{ path: string, problem: string } | undefined}  `path`: below the schema, `.properties.a.type`
 */
export function schemaFault(root) {
  const seen = new Set();
  // A schema with names of its own resolves against them: that is the validator's.
  let hasOwnNames = false;
  each(root, "", seen, (schema) => void (hasOwnNames ||= ["$id", "id", "$anchor", "$dynamicAnchor"].some((name) => typeof schema[name] === "string")));
  return each(root, "", new Set(), (schema, path) => {
    const { $ref, type, pattern } = schema;
    for (const [names, text, fits] of SHAPES) {
      const wrong = names.find((name) => schema[name] !== undefined && !fits(schema[name]));
      if (wrong !== undefined) return { path: `${path}.${wrong}`, problem: `must be ${text}` };
    }
    if (typeof $ref === "string" && !hasOwnNames && !leadsTo(root, $ref)) return { path: `${path}.$ref`, problem: `${JSON.stringify($ref)} leads nowhere` };
    for (const kind of Array.isArray(type) ? type : type === undefined ? [] : [type]) {
      if (!TYPES.has(kind)) return { path: `${path}.type`, problem: `${JSON.stringify(kind)} is no type of JSON Schema; there are ${[...TYPES].join(", ")}` };
    }
    for (const [at, text] of [[".pattern", pattern], ...Object.keys(schema.patternProperties ?? {}).map((name) => [".patternProperties", name])]) {
      if (typeof text !== "string") continue;
      try {
        new RegExp(text, "u");
      } catch (cause) {
        return { path: path + at, problem: `is no regular expression: ${describe(cause)}` };
      }
    }
    return undefined;
  });
}

/**
 * Names that are nearly keywords, which no validator reads.
 * @param {Record<string, any>} root
 * @returns {{ path: string, name: string, near: string }[]}  `path`: of the schema, `.properties.a`
 */
export function nearKeywords(root) {
  /** @type {{ path: string, name: string, near: string }[]} */
  const found = [];
  each(root, "", new Set(), (schema, path) => {
    for (const name of Object.keys(schema)) {
      const near = KEYWORDS.has(name) || schema[name] === undefined ? undefined : nearest(name);
      if (near !== undefined && schema[near] === undefined) found.push({ path, name, near });
    }
  });
  return found;
}

/** The keyword that differs in one place, by two letters at most. @param {string} name */
function nearest(name) {
  const written = name.toLowerCase();
  return [...KEYWORDS].find((keyword) => {
    const meant = keyword.toLowerCase(), short = Math.min(written.length, meant.length);
    let start = 0, end = 0;
    while (start < short && written[start] === meant[start]) start++;
    while (end < short - start && written.at(-1 - end) === meant.at(-1 - end)) end++;
    return meant.length > 3 && start + end > 1 && Math.max(written.length, meant.length) - start - end < 3;
  });
}

/**
 * Every schema in a schema, the outer ones first; ends with the first that gives something.
 * @template T @param {any} schema @param {string} path @param {Set<object>} seen @param {(schema: Record<string, any>, path: string) => T | undefined | void} look
 * @returns {T | undefined}
 */
function each(schema, path, seen, look) {
  if (typeof schema !== "object" || schema === null || Array.isArray(schema) || seen.has(schema)) return undefined;
  seen.add(schema);
  let found = look(schema, path);
  if (found) return found;
  for (const name of ONE) if ((found = each(schema[name], `${path}.${name}`, seen, look))) return found;
  for (const name of LIST) {
    if (!Array.isArray(schema[name])) continue;
    for (const [number, inner] of schema[name].entries()) if ((found = each(inner, `${path}.${name}[${number}]`, seen, look))) return found;
  }
  for (const name of NAMED) {
    for (const [key, inner] of Object.entries(schema[name] ?? {})) if ((found = each(inner, `${path}.${name}.${key}`, seen, look))) return found;
  }
  return undefined;
}

/** @param {any} root @param {string} ref  anything but a place below the root is the validator's to know */
function leadsTo(root, ref) {
  if (ref === "#" || !ref.startsWith("#")) return ref === "#";
  if (!ref.startsWith("#/")) return false;
  let at = root;
  for (const part of ref.slice(2).split("/")) {
    if (typeof at !== "object" || at === null) return false;
    at = at[decodeURIComponent(part).replaceAll("~1", "/").replaceAll("~0", "~")];
  }
  return typeof at === "object" || typeof at === "boolean";
}

/** `nullable`, OpenAPI's word, in JSON Schema's. Changes the schema. @template {Record<string, any>} S @param {S} root @returns {S} */
export function withNulls(root) {
  each(root, "", new Set(), (schema) => {
    if (schema.nullable !== true) return;
    if (typeof schema.type === "string") schema.type = [schema.type, "null"];
    else if (Array.isArray(schema.type) && !schema.type.includes("null")) schema.type = [...schema.type, "null"];
    if (Array.isArray(schema.enum) && !schema.enum.includes(null)) schema.enum = [...schema.enum, null];
  });
  return root;
}
