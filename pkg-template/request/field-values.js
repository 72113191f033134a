// What the fields of a request may hold. A value of a kind that no provider takes is refused with its place; a word that nobody documents is told,
// with the one that was meant, by the engine: there may be new ones. Loaded with the inner names.
import { invalidRequest } from "../first-part.js";

/** What may be written where, in the wire's spelling. @type {Record<string, { places: string, fits: (value: any) => boolean }>} */
const KINDS = {
  "a number": {
    places: "temperature top_p top_k top_a min_p seed frequency_penalty presence_penalty repetition_penalty top_logprobs",
    fits: (value) => typeof value === "number" && !Number.isNaN(value),
  },
  "true or false": {
    places: "logprobs parallel_tool_calls provider.allow_fallbacks provider.require_parameters provider.zdr provider.enforce_distillable_text reasoning.enabled reasoning.exclude",
    fits: (value) => typeof value === "boolean",
  },
  "a string": {
    places: "user prompt_cache_key service_tier verbosity route reasoning_effort preset provider.data_collection response_format.type reasoning.effort reasoning.summary",
    fits: (value) => typeof value === "string",
  },
  "an object": {
    places: "provider response_format metadata logit_bias image_config trace prediction debug audio cache_control deferred_tools prompt_cache_options web_search_options chat_template_kwargs provider.max_price",
    fits: (value) => typeof value === "object" && !Array.isArray(value),
  },
  "an array": {
    places: "models plugins tools modalities transforms stop_server_tools_when provider.order provider.only provider.ignore provider.quantizations",
    fits: (value) => Array.isArray(value),
  },
  "a string or an array of strings": {
    places: "stop",
    fits: (value) => typeof value === "string" || (Array.isArray(value) && value.every((item) => typeof item === "string")),
  },
  "a word or an object": { places: "tool_choice provider.sort", fits: (value) => typeof value === "string" || (typeof value === "object" && !Array.isArray(value)) },
};
const EFFORTS = "max xhigh high medium low minimal none";
/** The words that OpenRouter documents; others go out and are told. @type {Record<string, string>} */
const WORDS = {
  tool_choice: "none auto required",
  modalities: "text image audio",
  transforms: "middle-out",
  "response_format.type": "text json_object json_schema grammar python",
  "provider.data_collection": "allow deny",
  "provider.sort": "price throughput latency exacto",
  "provider.quantizations": "int4 int8 fp4 mxfp4 nvfp4 fp6 fp8 mxfp8 fp16 bf16 fp32 unknown",
  "reasoning.effort": EFFORTS,
  reasoning_effort: EFFORTS,
  "reasoning.summary": "auto concise detailed",
  service_tier: "auto default fast flex priority scale ultrafast",
  verbosity: "low medium high xhigh max",
  route: "fallback sort",
};
const KIND_OF = new Map(Object.entries(KINDS).flatMap(([kind, { places, fits }]) => places.split(" ").map((place) => /** @type {const} */ ([place, { kind, fits }]))));
const INSIDE = new Set(["provider", "reasoning", "response_format"]);

/**
 * @param {any} request @param {(place: string, word: string, words: string[]) => void} tell  of a word that is none
 */
export function checkValues(request, tell) {
  for (const [name, value] of Object.entries(request)) {
    const wire = snake(name);
    if (wire === "response_format" && value?.["~standard"]) throw invalidRequest(`${name}: is a schema; \`schema\` takes one, and gives the object that fits it`);
    check(name, wire, value, tell);
    if (!INSIDE.has(wire) || typeof value !== "object" || value === null) continue;
    if (wire === "response_format" && value.type === "json_schema" && typeof (value.json_schema ?? value.jsonSchema) !== "object") {
      throw invalidRequest(`${name}.json_schema: must be { name, schema }; or leave it to the request's own \`schema\``);
    }
    for (const [inner, below] of Object.entries(value)) check(`${name}.${inner}`, `${wire}.${snake(inner)}`, below, tell);
  }
}

/**
 * The words alone: `params` are read by the engine, which takes more than the wire does.
 * @param {any} params @param {string} place @param {(place: string, word: string, words: string[]) => void} tell
 */
export function checkParamWords(params, place, tell) {
  if (typeof params !== "object" || params === null) return;
  for (const [name, value] of Object.entries(params)) {
    const wire = snake(name);
    checkWords(`${place}.${name}`, wire, value, tell);
    if (!INSIDE.has(wire) || typeof value !== "object" || value === null) continue;
    for (const [inner, below] of Object.entries(value)) checkWords(`${place}.${name}.${inner}`, `${wire}.${snake(inner)}`, below, tell);
  }
}

/** @param {string} place @param {string} wire @param {any} value @param {(place: string, word: string, words: string[]) => void} tell */
function check(place, wire, value, tell) {
  if (value === undefined || value === null) return;
  const known = KIND_OF.get(wire);
  if (known && !known.fits(value)) throw invalidRequest(`${place}: must be ${known.kind}${Number.isNaN(value) ? ", and is NaN" : ""}`);
  const odd = Array.isArray(value) && Object.hasOwn(WORDS, wire) ? value.findIndex((item) => typeof item !== "string") : -1;
  if (odd >= 0) throw invalidRequest(`${place}[${odd}]: must be a string`);
  checkWords(place, wire, value, tell);
}

/** @param {string} place @param {string} wire @param {any} value @param {(place: string, word: string, words: string[]) => void} tell */
function checkWords(place, wire, value, tell) {
  const words = Object.hasOwn(WORDS, wire) ? WORDS[wire].split(" ") : undefined;
  if (!words) return;
  if (typeof value === "string" && !words.includes(value)) tell(place, value, words);
  if (Array.isArray(value)) value.forEach((item, number) => typeof item === "string" && !words.includes(item) && tell(`${place}[${number}]`, item, words));
}

/** @param {string} name */
export const snake = (name) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
