// The options of a gateway, checked once, and what they mean for one caller.
import { picoOfUsd } from "../money/amounts.js";
import { invalid } from "./faults.js";

/** @import { Allowance } from "./books.js" */
/** @import { GatewayBudget, GatewayLimits, GatewayOptions } from "../types/gateway.js" */

const NAMES = ["apiKey", "callers", "budget", "limits", "models", "allow", "media", "cors", "storage", "log", "telemetry", "baseURL", "fetch"];
const LIMITS = ["requestsPerMinute", "tokensPerMinute", "maxConcurrent", "maxOutputTokens", "maxBodyBytes", "bodyTimeoutMs", "timeoutMs", "durableMs"];
const BUDGET = ["maxUsd", "perDay", "perMonth"];
const MEDIA = /** @type {const} */ (["images", "speech", "transcriptions", "videos"]);
/** @typedef {typeof MEDIA[number]} MediaKind */

const DEFAULT_BODY_BYTES = 4 << 20, DEFAULT_FORM_BYTES = 25 << 20, DEFAULT_BODY_TIMEOUT_MS = 30_000, DEFAULT_TIMEOUT_MS = 600_000;

/** @param {GatewayOptions} options */
export function checkedOptions(options) {
  if (typeof options !== "object" || options === null) throw invalid("options: must be an object");
  const unknown = Object.keys(options).find((name) => !NAMES.includes(name));
  if (unknown !== undefined) throw invalid(`${unknown}: is no option of createGateway; there are ${NAMES.join(", ")}`);
  const { apiKey, models, allow, media = true, cors, log, telemetry, fetch: send } = options;
  if (typeof apiKey !== "string" && typeof apiKey !== "function") throw invalid("apiKey: must be a string or a function of env");
  checkBudget(options.budget, "budget");
  checkLimits(options.limits, "limits");
  if (send !== undefined && typeof send !== "function") throw invalid("fetch: must be a function");
  if (allow !== undefined && !(Array.isArray(allow) && allow.every((name) => typeof name === "string"))) throw invalid("allow: must be an array of names of request fields");
  const isList = Array.isArray(models);
  if (models !== undefined && !(isList ? models.length > 0 && models.every((model) => typeof model === "string" && model !== "") : typeof models === "object" && models !== null)) {
    throw invalid("models: must be an array of model ids, or settings by id");
  }
  if (typeof media !== "boolean") {
    const stray = Object.keys(media).find((name) => !MEDIA.includes(/** @type {any} */ (name)));
    if (stray !== undefined) throw invalid(`media.${stray}: there are ${MEDIA.join(", ")}`);
  }
  if (log !== undefined && typeof log !== "function" && typeof (/** @type {any} */ (log)?.writeDataPoint ?? /** @type {any} */ (log)?.write) !== "function") {
    throw invalid("log: must be a function, an Analytics Engine binding or { write }");
  }
  if (telemetry !== undefined && typeof (/** @type {any} */ (telemetry)?.tracer?.startSpan) !== "function") throw invalid("telemetry.tracer: must be an OpenTelemetry tracer");
  return {
    ...options,
    modelIds: models === undefined ? undefined : isList ? /** @type {string[]} */ ([...models]) : Object.keys(models),
    modelSettings: isList || models === undefined ? undefined : /** @type {any} */ (models),
    media: /** @type {(kind: MediaKind) => boolean} */ ((kind) => (typeof media === "boolean" ? media : media[kind] !== false)),
    cors: checkedCors(cors),
    withContents: /** @type {any} */ (log)?.contents === true,
  };
}

/** @typedef {ReturnType<typeof checkedOptions>} Settings */

/** @param {any} cors @returns {{ origins: "*" | readonly string[], maxAgeSeconds?: number }} */
function checkedCors(cors) {
  const settings = cors === undefined ? { origins: [] } : cors === "*" || Array.isArray(cors) ? { origins: cors } : cors;
  const { origins } = settings ?? {};
  if (origins !== "*" && !(Array.isArray(origins) && origins.every(isOrigin))) throw invalid('cors: must be "*", a list of origins such as https://app.example, or { origins, maxAgeSeconds }');
  return settings;
}

/** @param {unknown} value */
function isOrigin(value) {
  try {
    return typeof value === "string" && new URL(value).origin !== "null";
  } catch {
    return false;
  }
}

/** @param {GatewayBudget | undefined} budget @param {string} place */
export function checkBudget(budget, place) {
  if (budget === undefined || budget === null) return;
  if (typeof budget !== "object") throw invalid(`${place}: must be { maxUsd, perDay, perMonth }`);
  for (const [name, value] of Object.entries(budget)) {
    if (!BUDGET.includes(name)) throw invalid(`${place}.${name}: is no part of a budget; there are ${BUDGET.join(", ")}`);
    const isFlag = name !== "maxUsd" && typeof value === "boolean";
    if (value !== undefined && !isFlag && !(typeof value === "number" && value >= 0)) throw invalid(`${place}.${name}: must be a number of USD from 0`);
  }
  if ((budget.perDay === true || budget.perMonth === true) && budget.maxUsd === undefined) throw invalid(`${place}.maxUsd: is what perDay and perMonth are measured by when they are true`);
}

/** @param {GatewayLimits | undefined} limits @param {string} place */
export function checkLimits(limits, place) {
  if (limits === undefined || limits === null) return;
  if (typeof limits !== "object") throw invalid(`${place}: must be an object`);
  for (const [name, value] of Object.entries(limits)) {
    if (!LIMITS.includes(name)) throw invalid(`${place}.${name}: is no limit; there are ${LIMITS.join(", ")}`);
    if (value !== undefined && !(typeof value === "number" && value > 0)) throw invalid(`${place}.${name}: must be a number above 0`);
  }
}

/**
 * What one caller may.
 * @param {Settings} settings @param {import("./callers.js").Caller} caller
 */
export function rightsOf(settings, caller) {
  checkBudget(caller.budget, "the caller's budget");
  checkLimits(caller.limits, "the caller's limits");
  // A limit that a caller's description leaves undefined is the gateway's.
  const limits = { ...settings.limits, ...Object.fromEntries(Object.entries(caller.limits ?? {}).filter(([, limit]) => limit !== undefined)) };
  const { requestsPerMinute, tokensPerMinute, maxConcurrent, maxOutputTokens } = limits;
  /** @type {Allowance} */
  const allowance = { ...budgetPico(caller.budget ?? settings.budget), requestsPerMinute, tokensPerMinute, maxConcurrent };
  return {
    allowance,
    isBudgeted: allowance.maxPico !== undefined || allowance.dayPico !== undefined || allowance.monthPico !== undefined,
    maxOutputTokens,
    timeoutMs: limits.timeoutMs ?? DEFAULT_TIMEOUT_MS,
    durableMs: limits.durableMs ?? DEFAULT_TIMEOUT_MS,
    body: { maxBodyBytes: limits.maxBodyBytes ?? DEFAULT_BODY_BYTES, bodyTimeoutMs: limits.bodyTimeoutMs ?? DEFAULT_BODY_TIMEOUT_MS },
    form: { maxBodyBytes: limits.maxBodyBytes ?? DEFAULT_FORM_BYTES, bodyTimeoutMs: limits.bodyTimeoutMs ?? DEFAULT_BODY_TIMEOUT_MS },
  };
}

/** @typedef {ReturnType<typeof rightsOf>} Rights */

/** @param {GatewayBudget | undefined} budget @returns {Allowance} */
function budgetPico(budget) {
  if (!budget) return {};
  const { maxUsd, perDay, perMonth } = budget;
  const pico = (/** @type {number | boolean | undefined} */ value) => {
    const usd = value === true ? maxUsd : value;
    return typeof usd === "number" && usd !== Infinity ? String(picoOfUsd(usd)) : undefined;
  };
  const isWindow = perDay === true || perMonth === true;
  return { maxPico: isWindow ? undefined : pico(maxUsd), dayPico: pico(perDay), monthPico: pico(perMonth) };
}

/**
 * Whether a list takes a model: by its id, with or without `openrouter/`, or by an author and a star.
 * @param {readonly string[] | undefined} list @param {string} model
 */
export function takesModel(list, model) {
  if (list === undefined) return true;
  const id = bareId(model);
  return list.some((entry) => {
    const own = bareId(entry);
    return own === id || (own.endsWith("*") && id.startsWith(own.slice(0, -1)));
  });
}

/** @param {string} model */
export function bareId(model) {
  return /^openrouter\/.+\/.+/.test(model) ? model.slice("openrouter/".length) : model;
}
