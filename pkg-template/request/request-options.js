// What a caller writes, checked for its kinds and told apart: the engine's JSON here, functions and signals there.
import { reading } from "../caller-objects.js";
import { describe, invalidRequest } from "../errors.js";
import { maskedCause } from "../masked-cause.js";
import { checkedBudget } from "../money/budget-options.js";
import { isSecretKey } from "../auth/secret-key.js";

/** @import { ChatRequest, ClientOptions } from "../index.js" */

/** Options of the client that the engine reads; each may be set for one chat too. */
const ENGINE_OPTIONS = ["maxRetries", "timeoutMs", "idleTimeoutMs", "progressTimeoutMs", "firstTokenTimeoutMs", "strictToolCalls", "rawEvents", "processingEvents", "affordRetry", "limits"];
const FLAGS = ["strictToolCalls", "rawEvents", "processingEvents", "affordRetry"];
/** Fields of a chat request that are ours and not OpenRouter's, beside those that the engine tells apart. */
const CALL_OPTIONS = new Set([...ENGINE_OPTIONS, "signal", "headers", "maxSteps", "stopWhen", "approve", "resizeImage", "budget", "schema", "maxRepairs", "prepareStep", "onMaxSteps", "repairToolCalls", "steered", "durable", "continueFrom"]);
/** Every option of a client: what else is given is told with each request, since it says nothing. */
const CLIENT_OPTIONS = new Set([
  ...ENGINE_OPTIONS, "apiKey", "baseURL", "app", "model", "fallbackModels", "params", "models", "transcriptPolicy", "strict", "resizeImage", "headers", "fetch", "logger",
  "catalogCache", "catalogTtlMs", "budget", "media", "telemetry", "search",
]);
const KINDS = /** @type {const} */ ({
  fetch: "function", baseURL: "string", model: "string", app: "object", params: "object", models: "object", resizeImage: "function", search: "object", logger: "object",
  media: "object", strict: "boolean",
});

/** @param {ClientOptions} options */
export function checkClientOptions(options) {
  if (typeof options !== "object" || options === null) throw invalidRequest("options: must be an object");
  const { apiKey, fallbackModels } = options, strangers = unknownOptions(options);
  if (options.strict && strangers.length > 0) throw invalidRequest(`${strangers[0]}: is no option of a client; these are: ${[...CLIENT_OPTIONS].join(", ")}`);
  if (apiKey !== undefined && typeof apiKey !== "string" && typeof apiKey !== "function" && !isSecretKey(apiKey)) {
    throw invalidRequest("apiKey: must be a string, a SecretKey or a function");
  }
  for (const [name, kind] of Object.entries(KINDS)) {
    const value = /** @type {any} */ (options)[name];
    if (name === "resizeImage" && value === false) continue;
    if (value !== undefined && value !== null && typeof value !== kind) throw invalidRequest(`${name}: must be a${kind === "object" ? "n" : ""} ${kind}`);
  }
  checkFallbacks(fallbackModels);
  checkedBudget(options.budget);
  const { catalogCache, catalogTtlMs } = options;
  if (catalogCache !== undefined && (typeof catalogCache?.read !== "function" || typeof catalogCache.write !== "function")) {
    throw invalidRequest("catalogCache: must have read and write; createCatalogCache makes one of a storage");
  }
  if (catalogTtlMs !== undefined && !(typeof catalogTtlMs === "number" && catalogTtlMs >= 0)) throw invalidRequest("catalogTtlMs: must be a number of milliseconds");
  const { telemetry } = options;
  if (telemetry !== undefined && telemetry !== null && typeof telemetry.tracer?.startSpan !== "function") throw invalidRequest("telemetry.tracer: must be a tracer of OpenTelemetry");
  checkSharedOptions(options);
}

/** @param {ClientOptions} options */
function unknownOptions(options) {
  return Object.entries(options).flatMap(([name, value]) => (CLIENT_OPTIONS.has(name) || value === undefined ? [] : [name]));
}

/** The client's part of the engine's configuration. @param {ClientOptions} options @returns {Record<string, unknown>} */
export function clientConfig(options) {
  const { baseURL, app, model, headers, fallbackModels, params, models, transcriptPolicy } = options;
  /** @type {Record<string, unknown>} */
  const config = { baseURL, model, headers: headerPairs(headers), fallbackModels, params, models, transcriptPolicy, media: mediaConfig(options.media), ...pick(options, ENGINE_OPTIONS) };
  if (options.strict) config.strict = true;
  const strangers = unknownOptions(options);
  // The engine says which was meant; it need not know the names otherwise.
  if (strangers.length > 0) config.strangeNames = strangers.map((name) => `${name}|${name}|${[...CLIENT_OPTIONS].join(" ")}`).join("\n");
  if (app) config.app = app;
  // A page says where it is; its title may be private. `app: null` says nothing at all.
  else if (app === undefined && typeof document !== "undefined" && location.protocol.startsWith("http")) config.origin = location.origin;
  return config;
}

/** The settings of media without the keys of their own, which are added last, as every key is. @param {ClientOptions["media"]} media */
function mediaConfig(media) {
  if (!media) return undefined;
  const { speech, embedding, ...rest } = media;
  const { headers, ...own } = withoutOwnKey(embedding) ?? {};
  return { ...rest, ...(speech && { speech: withoutOwnKey(speech) }), ...(embedding && { embedding: { ...own, headers: headerPairs(headers) } }) };
}

/** @param {any} settings */
function withoutOwnKey(settings) {
  if (typeof settings !== "object" || settings === null) return settings;
  const { apiKey: _, ...rest } = settings;
  return rest;
}

/** Whether a request, or `params`, has objects or words that a later part knows, or a number that may be odd. @param {object | undefined} request */
export function hasInnerNames(request) {
  return Object.entries(request ?? {}).some(([name, value]) => value !== null && isInner(value, name) && !/^(messages|model|signal|thinking)$/.test(name));
}

/** Whether messages say more than texts and calls do. @param {any} messages */
export function hasParts(messages) {
  const isMore = (/** @type {any} */ part) => part && (part.type !== "text" || Object.keys(part).length !== 2);
  return Array.isArray(messages) && messages.some((message) => message && (message.cache_control || message.configuration_update || (Array.isArray(message.content) && message.content.some(isMore))));
}

/** @param {unknown} value @param {string} name */
function isInner(value, name) {
  // A share of one, or a count, says nothing odd.
  if (typeof value === "number") return !(value >= 0 && (/^max(?!Rep)|Ms$|^seed|k$/i.test(name) ? value % 1 === 0 : value <= 1 && !/log|pairs/.test(name)));
  return typeof value === "boolean" ? /^(\w+pen|m|t[eo]|par|seed|res|strict$)/i.test(name) : /^[os]/.test(typeof value);
}

/** @param {ChatRequest} request */
export function checkRequest(request) {
  checkSharedOptions(request);
  const { maxSteps, stopWhen, approve, params, thinking, resizeImage, fallbackModels } = request;
  if (maxSteps !== undefined && !(Number.isInteger(maxSteps) && maxSteps >= 1)) throw invalidRequest("maxSteps: must be a whole number from 1");
  if (approve !== undefined && typeof approve !== "function") throw invalidRequest("approve: must be a function");
  if (resizeImage !== undefined && resizeImage !== false && typeof resizeImage !== "function") throw invalidRequest("resizeImage: must be a function or false");
  if (params !== undefined && (typeof params !== "object" || params === null)) throw invalidRequest("params: must be an object");
  if (thinking !== undefined && thinking !== null && !/^[bs]/.test(typeof thinking)) throw invalidRequest("thinking: must be a level");
  checkFallbacks(fallbackModels);
  for (const condition of conditionsOf(stopWhen)) {
    if (typeof condition !== "function") throw invalidRequest("stopWhen: must be a function or an array of functions");
  }
}

/** @param {ChatRequest["stopWhen"]} stopWhen */
export function conditionsOf(stopWhen) {
  if (stopWhen === undefined || stopWhen === null) return [];
  return Array.isArray(stopWhen) ? stopWhen : [stopWhen];
}

/**
 * The configuration of one call.
 * @param {Record<string, unknown>} config
 * @param {any} request
 * @param {Record<string, unknown>} more
 */
export function callConfig(config, request, more) {
  const merged = { ...config, ...pick(request, [...ENGINE_OPTIONS, "maxSteps"]), limits: { .../** @type {object} */ (config.limits), ...request.limits }, ...more };
  // JSON has no infinity; 0 is the engine's word for "no limit".
  return json("options", merged, (_, value) => (value === Infinity ? 0 : value));
}

/**
 * The body as JSON, without what is no part of it, and the names of the tools that can be run.
 * @param {any} request
 * @param {any} messages  the request's, with placeholders
 */
export function bodyOf(request, messages) {
  /** @type {Record<string, unknown>} */
  const body = {};
  /** @type {Set<string>} */
  const executables = new Set();
  for (const [name, value] of Object.entries(request)) {
    if (CALL_OPTIONS.has(name)) continue;
    body[name] = name === "messages" ? messages : name === "tools" && Array.isArray(value) ? value.map((tool, number) => wireTool(tool, number, executables)) : value;
  }
  return { body: json("request", body), executables: [...executables] };
}

/** @param {any} tool @param {number} number @param {Set<string>} executables */
function wireTool(tool, number, executables) {
  if (typeof tool !== "object" || tool === null) return tool;
  const { execute, ...wire } = tool;
  if (execute === undefined) return tool;
  const name = tool.name ?? tool.function?.name;
  if (typeof execute !== "function") throw invalidRequest(`tools[${number}].execute: must be a function`);
  if (typeof name !== "string" || name === "") throw invalidRequest(`tools[${number}].name: must be a string that is not empty`);
  if (executables.has(name)) throw invalidRequest(`tools[${number}].name: there are two tools named ${name}`);
  executables.add(name);
  return wire;
}

/** @param {import("../types/platform.js").HeaderValues | undefined} headers @returns {[string, string | null][] | undefined} */
export function headerPairs(headers) {
  if (headers === undefined || headers === null) return undefined;
  // Not through `new Headers`: it refuses bad names and values without saying which, and knows no null.
  return reading("headers", () => {
    if (typeof (/** @type {any} */ (headers)[Symbol.iterator]) === "function") return [.../** @type {Iterable<[string, string]>} */ (headers)];
    return Object.entries(/** @type {Record<string, string | null>} */ (headers));
  });
}

/** @param {string} place @param {unknown} value @param {(key: string, value: unknown) => unknown} [replacer] */
export function json(place, value, replacer) {
  try {
    return JSON.stringify(value, replacer);
  } catch (cause) {
    throw invalidRequest(`${placeOfFault(value, place)}: cannot be written as JSON: ${describe(cause).split("\n")[0]}`, maskedCause(cause, ""));
  }
}

/**
 * The first place that cannot be written: the deepest one below which everything else can, or where a circle closes.
 * @param {any} value @param {string} place @param {unknown[]} above
 * @returns {string}
 */
function placeOfFault(value, place, above = []) {
  // Nested deeper than the engine reads: the place says enough.
  if (typeof value !== "object" || value === null || above.includes(value) || above.length > 130) return place;
  for (const key of keysOf(value)) {
    const at = isArray(value) ? `${place}[${key}]` : place === "request" || place === "options" ? key : `${place}.${key}`;
    let inner;
    try {
      inner = value[key];
      JSON.stringify(inner);
    } catch {
      return placeOfFault(inner, at, [...above, value]);
    }
  }
  return place;
}

/** Of a revoked proxy there are none. @param {object} value */
function keysOf(value) {
  try {
    return Object.keys(value);
  } catch {
    return [];
  }
}

/** @param {unknown} value */
function isArray(value) {
  try {
    return Array.isArray(value);
  } catch {
    return false;
  }
}

/** The options that a client and a request share; what their values mean is checked by the engine. @param {any} options */
function checkSharedOptions(options) {
  for (const name of ENGINE_OPTIONS) {
    const value = options[name];
    const kind = name === "limits" ? "object" : FLAGS.includes(name) ? "boolean" : "number";
    if (value !== undefined && value !== null && typeof value !== kind) throw invalidRequest(`${name}: must be a${kind === "object" ? "n" : ""} ${kind}`);
  }
  const { headers } = options;
  if (headers !== undefined && headers !== null && typeof headers !== "object") throw invalidRequest("headers: must be an object");
}

/** @param {unknown} models */
function checkFallbacks(models) {
  if (models !== undefined && !(Array.isArray(models) && models.every((model) => typeof model === "string"))) {
    throw invalidRequest("fallbackModels: must be an array of model references");
  }
}

/** @param {any} from @param {readonly string[]} names */
function pick(from, names) {
  return Object.fromEntries(names.filter((name) => from[name] !== undefined && from[name] !== null).map((name) => [name, from[name]]));
}
