// What the options of a chat make of its request.
import { readFile } from "node:fs/promises";
import { answerFormat } from "../../objects/answer-format.js";
import { nearKeywords, schemaFault, strayName } from "../../tools/schema-check.js";
import { given as only } from "./command.js";
import { fileFault, usageError } from "./failures.js";
import { textOf } from "./input.js";
import { configOf } from "./session.js";
import { readJson5 } from "./user-folder.js";

/** @import { Given } from "./command.js" */

/** What other options are for, or what no text can be. */
const TAKEN = {
  messages: "the prompt, --system and --file are the messages", stream: "use --no-stream", model: "use --model", budget: "use --budget",
  signal: "is none", approve: "is none", resizeImage: "is none", stopWhen: "is none", logger: "is none", telemetry: "is none", fetch: "is none", app: "is none", media: "is none", search: "is none",
  baseURL: "use --base-url", schema: "use --schema", maxRepairs: "is none", strict: "is none", format: "is none", keepAliveMs: "is none",
};

/** What no words are. */
const NUMBERS = new Set(["temperature", "top_p", "top_k", "top_a", "min_p", "frequency_penalty", "presence_penalty", "repetition_penalty", "seed", "max_tokens", "max_completion_tokens", "top_logprobs"]);

/** @param {Given} given */
export async function settingsOf(given) {
  const { values } = given;
  const params = only({ maxTokens: values["max-tokens"], temperature: values.temperature });
  const model = values.model ?? (values.image ? await imageModelOf(given) : undefined);
  const schema = values.schema === undefined ? undefined : await schemaOf(values.schema);
  return {
    ...only({ model, thinking: values.thinking, timeoutMs: values.timeout }),
    ...(Object.keys(params).length > 0 && { params }),
    ...(schema && { response_format: schema }),
    ...parametersOf(values.option ?? []),
  };
}

/**
 * `temperature=0.2`, `provider.sort=price`, `stop=["\n"]`: JSON where it is that, else words.
 * @param {readonly string[]} pairs
 */
export function parametersOf(pairs) {
  /** @type {Record<string, any>} */
  const found = {};
  for (const pair of pairs) {
    const at = pair.indexOf("=");
    const names = pair.slice(0, Math.max(0, at)).trim().split(".");
    if (at < 1 || names.some((name) => name === "" || name === "__proto__")) throw usageError(`-o ${pair}: must be key=value, such as top_p=0.9 or provider.sort=price`);
    const first = names[0];
    if (first === "apiKey") throw usageError("-o: a key is no option, since the command lines of a machine can be read by everybody on it; use --api-key-file or OPENROUTER_API_KEY");
    if (Object.hasOwn(TAKEN, first)) throw usageError(`-o ${first}: ${TAKEN[/** @type {keyof typeof TAKEN} */ (first)]}`);
    let place = found;
    for (const name of names.slice(0, -1)) {
      const inner = Object.hasOwn(place, name) ? place[name] : (place[name] = {});
      if (typeof inner !== "object" || inner === null) throw usageError(`-o ${pair}: ${name} has a value already`);
      place = inner;
    }
    const value = valueOf(pair.slice(at + 1));
    if (names.length === 1 && NUMBERS.has(wireName(first)) && typeof value !== "number") throw usageError(`-o ${first}: must be a number`);
    place[names[names.length - 1]] = value;
  }
  return found;
}

/** `topP` is `top_p`. @param {string} name */
const wireName = (name) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** @param {string} text */
export function valueOf(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** A JSON schema, as a file or as it is; also in the whole form that the API takes. @param {string} given */
async function schemaOf(given) {
  const isText = given.trimStart().startsWith("{");
  const text = isText
    ? given
    : textOf(
        await readFile(given).catch((error) => {
          throw usageError(`--schema ${given}: ${fileFault(error)}`);
        }),
        `--schema ${given}`,
      );
  let schema;
  try {
    schema = JSON.parse(text);
  } catch (error) {
    throw usageError(`--schema ${isText ? "..." : given}: is no JSON: ${/** @type {Error} */ (error).message}`);
  }
  if (typeof schema !== "object" || schema === null || Array.isArray(schema)) throw usageError(`--schema ${isText ? "..." : given}: must be a JSON schema, an object`);
  const isWhole = schema.type === "json_schema";
  const json = isWhole ? schema.json_schema?.schema : schema;
  const fault = faultOf(json);
  if (fault) throw usageError(`--schema ${isText ? "..." : given}: ${fault}`);
  return isWhole ? schema : answerFormat(json);
}

/** Why no answer could be held to it. @param {any} json @returns {string | undefined} */
function faultOf(json) {
  if (typeof json !== "object" || json === null || Array.isArray(json)) return "json_schema.schema must be a JSON schema, an object";
  const stray = strayName(json);
  if (stray !== undefined) return `${stray} is no keyword of JSON Schema, and there is none beside it: fields stand in properties, beside "type": "object"`;
  if (json.type !== undefined && json.type !== "object") return `"type" must be "object": the answer is one`;
  const fault = schemaFault(json);
  if (fault) return `${fault.path.replace(/^\./, "")}: ${fault.problem}`;
  const [odd] = nearKeywords(json);
  return odd && `${`${odd.path}.${odd.name}`.slice(1)} is no keyword of JSON Schema: did you mean ${odd.near}?`;
}

/** What the configuration says of images, for those who name no model. @param {Given} given */
async function imageModelOf(given) {
  const config = await configOf(given);
  const choice = config && readJson5(config.path, config.text)?.agents?.defaults?.imageModel;
  const primary = typeof choice === "string" ? choice : choice?.primary;
  return typeof primary === "string" && primary.trim() !== "" ? primary : undefined;
}
