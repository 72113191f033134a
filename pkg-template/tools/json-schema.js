// Values against a JSON Schema. The library is bundled into this module when the package is built, so that the package depends on none; it
// compiles nothing at run time, which a page's policy may refuse.
import { Validator } from "@cfworker/json-schema";

/** @import { Issue } from "./schema.js" */

/** What only says that something further in is wrong. */
const OUTER = new Set(["properties", "items", "prefixItems", "$ref", "allOf", "patternProperties", "additionalProperties", "additionalItems", "unevaluatedProperties", "if", "then", "else", "dependentSchemas", "$recursiveRef", "$dynamicRef"]);
/** Of what no branch of these says, the branches' own words say more than that none fits. */
const CHOICES = new Set(["anyOf", "oneOf"]);

/** @param {Record<string, any>} schema  a copy: the library writes into it @returns {(value: unknown) => Issue[]} */
export function validatorOf(schema) {
  const validator = new Validator(schema, draftOf(schema.$schema), false);
  return (value) => {
    const { valid, errors } = validator.validate(value);
    return valid ? [] : issuesOf(errors);
  };
}

/** @param {unknown} uri @returns {import("@cfworker/json-schema").SchemaDraft} */
function draftOf(uri) {
  if (typeof uri !== "string") return "2020-12";
  if (uri.includes("draft-04")) return "4";
  if (uri.includes("draft-06") || uri.includes("draft-07")) return "7";
  return uri.includes("2019-09") ? "2019-09" : "2020-12";
}

/** @param {import("@cfworker/json-schema").OutputUnit[]} errors @returns {Issue[]} */
function issuesOf(errors) {
  /** Places that have an error below them, and those that have one of their own. @type {[Set<string>, Set<string>]} */
  const [above, inner] = [new Set(), new Set()];
  for (const { keyword, instanceLocation } of errors) {
    if (!OUTER.has(keyword)) inner.add(instanceLocation);
    let place = instanceLocation;
    for (let slash = place.lastIndexOf("/"); slash >= 0 && !above.has(place.slice(0, slash)); slash = place.lastIndexOf("/")) above.add((place = place.slice(0, slash)));
  }
  const kept = errors.filter(({ keyword, instanceLocation: at }) => (OUTER.has(keyword) ? !above.has(at) && !inner.has(at) : !CHOICES.has(keyword) || !above.has(at)));
  const seen = new Set();
  const issues = (kept.length > 0 ? kept : errors).map(({ keyword, instanceLocation, error }) => {
    const missing = keyword === "required" ? /required property "(.*)"/s.exec(error)?.[1] : undefined;
    if (missing !== undefined) return { path: pointerText(`${instanceLocation}/${missing.replaceAll("~", "~0").replaceAll("/", "~1").replaceAll("%", "%25")}`), message: "is required" };
    return { path: pointerText(instanceLocation), message: keyword === "false" ? "is not allowed here" : error };
  });
  return issues.filter(({ path, message }) => !seen.has(`${path}\0${message}`) && seen.add(`${path}\0${message}`));
}

/** `#/items/0/name` as `items[0].name`. @param {string} pointer */
function pointerText(pointer) {
  return pointer
    .split("/")
    .slice(1)
    .map((part) => decodeURIComponent(part).replaceAll("~1", "/").replaceAll("~0", "~"))
    .reduce((path, part) => (/^\d+$/.test(part) ? `${path}[${part}]` : path === "" ? part : `${path}.${part}`), "");
}
