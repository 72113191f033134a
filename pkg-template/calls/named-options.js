// The options of one call in the names of this package, its routing in the wire's; what is no name is told, or refused by a strict client.
import { invalidRequest, reading } from "../first-part.js";
import { checkValues } from "../request/field-values.js";
import { tellOddValues } from "../request/odd-values.js";
import { readOptions } from "./options.js";

/** @import { Access } from "./call.js" */

/** What stands in `provider`, in every call that has it. */
const ROUTING = [
  "order", "allow_fallbacks", "require_parameters", "data_collection", "zdr", "enforce_distillable_text", "only", "ignore", "quantizations", "sort", "max_price",
  "preferred_min_throughput", "preferred_max_latency", "options",
];

/**
 * @template {object} R
 * @param {Access} access @param {R} request @param {readonly string[]} names @param {{ remedy?: string, oddOf?: (options: Record<string, any>) => string[] }} [more]
 *   `remedy`: what is said of a name that is none; `oddOf`: what is odd about the values
 * @returns {{ options: R & Record<string, any>, warnings: string[] }}
 */
export function namedOptions(access, request, names, more) {
  return reading("request", () => named(access, request, names, more));
}

/**
 * The same of a call whose options go nowhere but here: what nobody reads, in words, or refused by a strict client.
 * @param {Access} access @param {object} options @param {readonly string[]} names
 * @returns {string[]}
 */
export function strayOptions(access, options, names) {
  return reading("options", () => strayIn(access, options, names));
}

/** @param {Access} access @param {object} options @param {readonly string[]} names @returns {string[]} */
function strayIn(access, options, names) {
  if (Object.keys(options).every((name) => names.includes(name))) return [];
  const { warnings } = readOptions(options, names, "", (name) => name, "counts for nothing");
  if (warnings.length > 0 && JSON.parse(access.config()).strict) throw invalidRequest(warnings[0]);
  return warnings;
}

/** @param {Access} access @param {object} request @param {readonly string[]} names @param {Parameters<typeof namedOptions>[3]} [more] @returns {any} */
function named(access, request, names, { remedy, oddOf } = {}) {
  const { options, warnings } = readOptions(request, names, remedy);
  if (names.includes("provider") && isPlain(options.provider)) options.provider = routed(options.provider, warnings);
  if (oddOf) warnings.push(...oddOf(options));
  warnings.push(...strangeSettings(access.media?.()));
  const { strict, strangeNames = "" } = JSON.parse(access.config());
  if (strict && warnings.length > 0) throw invalidRequest(warnings[0]);
  // An option of the client that is none says nothing in any of its calls.
  for (const line of strangeNames.split("\n").filter(Boolean)) warnings.push(`${line.split("|")[0]}: is no option of the client`);
  return { options, warnings };
}

const OF_ANY = "model timeoutMs";
/** What may be set of each. @type {Record<string, string>} */
const SETTINGS = {
  image: OF_ANY, video: OF_ANY, music: OF_ANY, speech: `${OF_ANY} voice responseFormat speed provider baseURL apiKey`, transcription: `${OF_ANY} language maxBytes`,
  embedding: `${OF_ANY} dimensions inputType queryInputType documentInputType baseURL apiKey headers`, maxBytes: "",
};

/** Settings of media that nobody reads. @param {any} media @returns {string[]} */
function strangeSettings(media) {
  if (!isPlain(media)) return [];
  const { options, warnings } = readOptions(media, Object.keys(SETTINGS), "");
  for (const [name, own] of Object.entries(options)) {
    if (isPlain(own)) warnings.push(...readOptions(own, SETTINGS[name].split(" "), "", (written) => written).warnings.map((line) => `${name}.${line}`));
    else if (name !== "maxBytes") warnings.push(`${name}: counts for nothing, it must be an object`);
  }
  return warnings.map((line) => `media.${line}`);
}

/** @param {any} value */
const isPlain = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

/** @param {Record<string, any>} provider @param {string[]} warnings */
function routed(provider, warnings) {
  const { options, warnings: told } = readOptions(Object.fromEntries(Object.entries(provider).map(([name, value]) => [snake(name), value])), ROUTING, "", (name) => name);
  warnings.push(...told.map((line) => `provider.${line}`));
  checkValues({ provider: options }, (place, word, words) => warnings.push(`${place}: ${word} is no word that is known here; these are: ${words.join(", ")}`));
  tellOddValues({ provider: options }, "", (place, reason) => warnings.push(`${place}: ${reason}`));
  return options;
}

/** @param {string} name */
const snake = (name) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
