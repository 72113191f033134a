// A schema as `response_format` has it: strict where providers take it for that.

const NAME = "answer";

/** What OpenRouter takes as the name of a schema: its title, as far as that can be one. @param {Record<string, any>} json */
export function schemaName({ title }) {
  return (typeof title === "string" && title.replace(/[^\w-]+/g, "_").slice(0, 64)) || NAME;
}

/** @param {Record<string, any>} json  a JSON Schema of an object @param {string} [name] */
export function answerFormat(json, name = schemaName(json)) {
  const tight = closed(json);
  const strict = isStrict(tight);
  return { type: "json_schema", json_schema: { name, strict, schema: strict ? tight : json } };
}

/** What holds schemas by names, and what holds values and no schemas. */
const BY_NAME = new Set(["properties", "$defs", "definitions"]), VALUES = new Set(["enum", "const", "default", "examples"]);
/** What the strict mode of providers refuses. */
const NOT_STRICT = ["allOf", "oneOf", "not", "if", "then", "else", "dependentRequired", "dependentSchemas", "dependencies", "patternProperties", "propertyNames", "unevaluatedProperties", "minProperties", "maxProperties", "contains", "prefixItems", "uniqueItems"];

/** The schema with no other fields in its objects than they name, where it does not say whether there may be. @param {any} schema @returns {any} */
function closed(schema) {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== "object" || schema === null) return schema;
  const inner = (/** @type {string} */ name, /** @type {any} */ value) => {
    if (VALUES.has(name)) return value;
    return BY_NAME.has(name) && typeof value === "object" && value !== null ? Object.fromEntries(Object.entries(value).map(([key, one]) => [key, closed(one)])) : closed(value);
  };
  const copy = Object.fromEntries(Object.entries(schema).map(([name, value]) => [name, inner(name, value)]));
  if (copy.properties && copy.additionalProperties === undefined) copy.additionalProperties = false;
  return copy;
}

/** Whether the strict mode takes it: every object closed, every field required. @param {any} schema @returns {boolean} */
function isStrict(schema) {
  if (Array.isArray(schema)) return schema.every(isStrict);
  if (typeof schema !== "object" || schema === null) return true;
  if (NOT_STRICT.some((name) => name in schema)) return false;
  if (schema.type === "object" || schema.properties) {
    const required = new Set(Array.isArray(schema.required) ? schema.required : []);
    if (schema.additionalProperties !== false || Object.keys(schema.properties ?? {}).some((name) => !required.has(name))) return false;
  }
  return Object.entries(schema).every(([name, value]) => VALUES.has(name) || (BY_NAME.has(name) ? Object.values(value ?? {}).every(isStrict) : isStrict(value)));
}
