/** A small value that fits a JSON schema: the arguments of a made-up tool call, the body of a structured answer. */

const MAX_DEPTH = 8;

/**
 * @param {any} schema
 * @param {string} hint what the user said: names, quotes and numbers in it make the value believable
 * @returns {unknown}
 */
export function sampleOf(schema, hint) {
  return sample(schema, { root: schema, hint, depth: 0 });
}

/**
 * @typedef {object} Scope
 * @property {any} root the schema that `$ref` points into
 * @property {string} hint
 * @property {number} depth
 */

/**
 * @param {any} schema
 * @param {Scope} scope
 * @returns {unknown}
 */
function sample(schema, scope) {
  if (!schema || typeof schema !== "object" || scope.depth > MAX_DEPTH) return {};
  const inner = { ...scope, depth: scope.depth + 1 };
  if (typeof schema.$ref === "string") return sample(follow(schema.$ref, scope.root), inner);
  if (schema.const !== undefined) return schema.const;
  if (Array.isArray(schema.enum)) return schema.enum[0];
  if (schema.default !== undefined) return schema.default;
  if (Array.isArray(schema.examples) && schema.examples.length > 0) return schema.examples[0];
  const branch = schema.anyOf?.[0] ?? schema.oneOf?.[0];
  if (branch) return sample(branch, inner);
  if (Array.isArray(schema.allOf)) return sample(merged(schema, scope.root), inner);
  const type = Array.isArray(schema.type) ? schema.type.find((/** @type {string} */ name) => name !== "null") : schema.type;
  switch (type) {
    case "string":
      return sampleString(schema, scope.hint);
    case "integer":
    case "number":
      return sampleNumber(schema, scope.hint);
    case "boolean":
      return true;
    case "null":
      return null;
    case "array": {
      // Of a tuple each has a schema of its own: `prefixItems`, or `items` as a list in older drafts.
      const places = schema.prefixItems ?? (Array.isArray(schema.items) ? schema.items : []);
      const least = Math.max(places.length, schema.minItems ?? (schema.items && places.length === 0 && scope.depth < MAX_DEPTH / 2 ? 1 : 0));
      return Array.from({ length: least }, (_, at) => {
        if (at < places.length) return sample(places[at], inner);
        const first = sample(schema.items, inner);
        return schema.uniqueItems && at > 0 ? another(first, at, schema.items) : first;
      });
    }
    default:
      return sampleObject(schema, inner);
  }
}

/**
 * @param {any} schema
 * @param {Scope} scope
 */
function sampleObject(schema, scope) {
  /** @type {string[]} */
  const required = Array.isArray(schema.required) ? schema.required : [];
  return Object.fromEntries(required.map((name) => [name, sample(schema.properties?.[name] ?? { type: "string" }, scope)]));
}

/**
 * @param {any} schema
 * @param {string} hint
 */
function sampleString(schema, hint) {
  /** @type {Record<string, string>} */
  const formats = {
    date: "2026-01-31", time: "12:00:00Z", "date-time": "2026-01-31T12:00:00Z", email: "someone@example.com", uri: "https://example.com/",
    url: "https://example.com/", uuid: "123e4567-e89b-42d3-a456-426614174000", ipv4: "192.0.2.1", hostname: "example.com",
  };
  const text = formats[schema.format] ?? nameIn(hint) ?? "example";
  return text.slice(0, schema.maxLength ?? text.length).padEnd(schema.minLength ?? 0, "x");
}

/**
 * A quotation, else the last capitalised word that does not open a sentence: "what's the weather in Lisbon?" gives Lisbon.
 * @param {string} hint
 */
function nameIn(hint) {
  const quoted = /["“'`]([^"”'`]{1,80})["”'`]/u.exec(hint)?.[1];
  return quoted ?? [...hint.matchAll(/(?<=[\p{Ll},] )\p{Lu}\p{L}+/gu)].at(-1)?.[0];
}

/**
 * A number of the hint, moved to where the schema allows it.
 * @param {any} schema
 * @param {string} hint
 */
function sampleNumber(schema, hint) {
  const unit = schema.multipleOf ?? (schema.type === "integer" ? 1 : 0);
  const above = (unit || 1) + (schema.exclusiveMinimum ?? -Infinity);
  const below = (schema.exclusiveMaximum ?? Infinity) - (unit || 1);
  const lowest = Math.max(schema.minimum ?? -Infinity, above);
  const highest = Math.min(schema.maximum ?? Infinity, below);
  // Between two exclusive bounds that are closer than a step, the middle is the safe place.
  if (lowest > highest) return (lowest + highest) / 2;
  const said = Number(/-?\d+(?:\.\d+)?/.exec(hint)?.[0] ?? (Number.isFinite(lowest) ? lowest : 1));
  const number = Math.min(Math.max(said, lowest), highest);
  if (unit === 0) return number;
  const up = Math.ceil(number / unit) * unit;
  return up <= highest ? up : Math.floor(number / unit) * unit;
}

/**
 * Another value of the same kind, for arrays that want no two alike.
 * @param {unknown} value
 * @param {number} at
 * @param {any} schema
 */
function another(value, at, schema) {
  if (Array.isArray(schema?.enum)) return schema.enum[at % schema.enum.length];
  if (typeof value === "number") return value + at * (schema.multipleOf ?? 1);
  return typeof value === "string" ? `${value} ${at + 1}` : value;
}

/**
 * What all parts ask for together.
 * @param {any} schema
 * @param {any} root
 */
function merged({ allOf, ...own }, root) {
  const parts = allOf.map((/** @type {any} */ part) => (typeof part?.$ref === "string" ? follow(part.$ref, root) : part));
  const all = [own, ...parts].filter((part) => part && typeof part === "object");
  return {
    ...Object.assign({}, ...all),
    properties: Object.assign({}, ...all.map(({ properties }) => properties)),
    required: [...new Set(all.flatMap(({ required }) => (Array.isArray(required) ? required : [])))],
  };
}

/**
 * @param {string} pointer `#/$defs/Name`; references to other documents are not followed
 * @param {any} root
 */
function follow(pointer, root) {
  if (!pointer.startsWith("#")) return {};
  const steps = pointer.slice(1).split("/").filter(Boolean);
  return steps.reduce((place, step) => place?.[decodeURIComponent(step).replaceAll("~1", "/").replaceAll("~0", "~")], root);
}
