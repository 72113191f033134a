// What every route works with: the client, the storage, who asks and what he may, money held and settled.
import { OpenRouter, OpenRouterError } from "../index.js";
import { videoUsd } from "../media/video-estimate.js";
import { isUsd, picoOfDecimal, picoOfUsd, usdOf } from "../money/amounts.js";
import { findCaller, noCaller } from "./callers.js";
import { isCount } from "./claims.js";
import { invalid } from "./faults.js";
import { memoryStorage } from "./memory-storage.js";
import { bareId, rightsOf, takesModel } from "./options.js";
import { recorder, traced } from "./record.js";
import { Refusal } from "./refusal.js";

/** @import { Settings, Rights } from "./options.js" */
/** @import { Caller } from "./callers.js" */
/** @import { GatewayRecord, GatewayStorage, ReserveOutcome } from "../types/gateway.js" */

/** After it a holder is taken for dead; longer than any answer takes. */
const HOLD_TTL_MS = 30 * 60_000;
/** From here on a caller is told how much of its budget is used. */
const REPORTED_FROM_PERCENT = 80;
/** A budget waits no longer for the catalog. */
const CATALOG_TIMEOUT_MS = 5000;
const BILL_TIMEOUT_MS = 25_000;

/**
 * One request on its way through.
 * @typedef {object} Exchange
 * @property {Request} request
 * @property {URL} url
 * @property {string} requestId
 * @property {number} startedAtMs
 * @property {Caller} caller
 * @property {Rights} rights
 * @property {Services} services
 * @property {(promise: Promise<unknown>) => void} waitUntil
 * @property {Record<string, string>} headers  of the answer, whatever it is
 */

/** Of one `env`. */
export class Services {
  settings;
  /** @type {GatewayStorage} */
  storage;
  client;
  #env;
  #find;
  #record;

  /** @param {Settings} settings @param {any} env */
  constructor(settings, env) {
    this.settings = settings;
    this.#env = env;
    this.#find = findCaller(settings.callers);
    this.#record = recorder(settings.log);
    this.storage = storageOf(settings, env);
    const baseURL = typeof settings.baseURL === "function" ? settings.baseURL(env) : settings.baseURL;
    this.client = new OpenRouter({
      apiKey: () => this.apiKey(),
      ...(baseURL && { baseURL }),
      ...(settings.fetch && { fetch: settings.fetch }),
      ...(settings.modelSettings && { models: settings.modelSettings }),
      ...(this.storage.catalog && { catalogCache: this.storage.catalog }),
    });
    this.baseURL = (baseURL || "https://openrouter.ai/api/v1").replace(/\/+$/, "");
  }

  /** @returns {Promise<string>} */
  async apiKey() {
    const { apiKey } = this.settings;
    return (typeof apiKey === "function" ? await apiKey(this.#env) : apiKey) ?? "";
  }

  /** @returns {typeof fetch} */
  get fetch() {
    return this.settings.fetch ?? globalThis.fetch;
  }

  /** @param {Request} request @returns {Promise<{ caller: Caller, rights: Rights }>} */
  async identify(request) {
    try {
      const caller = await this.#find(request, this.#env);
      if (!caller) throw noCaller();
      return { caller, rights: rightsOf(this.settings, caller) };
    } catch (error) {
      // A caller who was described wrongly: that is not his doing.
      throw OpenRouterError.isInstance(error) ? new Error(error.message) : error;
    }
  }

  /** The model that is asked, if the caller may. @param {unknown} asked @param {Caller} caller @param {string} [other]  where the gateway names no model */
  modelOf(asked, caller, other) {
    const { modelIds } = this.settings;
    if (asked !== undefined && (typeof asked !== "string" || asked.trim() === "")) throw new Refusal(400, "invalid_model", "model: must be the id of a model");
    const own = caller.models?.find((id) => !id.endsWith("*") && takesModel(modelIds, id)) ?? modelIds?.find((id) => !id.endsWith("*") && takesModel(caller.models, id));
    const model = asked === undefined ? (own ?? other) : asked.trim();
    if (model !== undefined && takesModel(modelIds, model) && takesModel(caller.models, model)) return model;
    if (model === undefined && modelIds === undefined && caller.models === undefined) return undefined;
    throw new Refusal(403, "model_not_allowed", model === undefined ? "model: must be given" : `model: ${model} is none that this caller may ask`);
  }

  /** What a model charges and takes, as far as anybody knows. @param {string | undefined} model */
  async known(model) {
    if (model === undefined) return undefined;
    const own = this.settings.modelSettings?.[model] ?? this.settings.modelSettings?.[bareId(model)];
    if (own?.pricing) return { pricing: own.pricing, maxTokens: own.maxTokens };
    // A catalog that cannot be had is no reason to refuse: a dear model is assumed.
    return this.client.models.get(model, { timeoutMs: CATALOG_TIMEOUT_MS }).catch(() => undefined);
  }

  /** What a video comes to by the list of video models; nothing where its price is not known. @param {string | undefined} model @param {{ duration?: number, resolution?: unknown }} request */
  async videoPico(model, request) {
    if (model === undefined) return undefined;
    // A list that cannot be had is no reason to refuse: a dear model is assumed.
    const rows = await this.client.videos.models({ signal: AbortSignal.timeout(CATALOG_TIMEOUT_MS) }).catch(() => []);
    const row = rows.find(({ id }) => id === bareId(model).replace(/:[^/]*$/, ""));
    return row && picoOfDecimal(videoUsd(row, request));
  }

  /**
   * Holds money before a request goes out; refuses with 402 or 429.
   * @param {Exchange} exchange @param {{ id: string, wantedPico: bigint, leastPico: bigint, tokens: number, ttlMs?: number }} hold
   */
  async reserve({ caller, rights, headers }, { id, wantedPico, leastPico, tokens, ttlMs = HOLD_TTL_MS }) {
    const outcome = await this.storage.account(caller.id).reserve({ id, nowMs: Date.now(), wantedPico: String(wantedPico), leastPico: String(leastPico), tokens, ttlMs, allowance: rights.allowance });
    const { usedPercent } = outcome.usage;
    if (usedPercent !== undefined && usedPercent >= REPORTED_FROM_PERCENT) headers["X-Budget-Used-Percent"] = String(usedPercent);
    if (!outcome.ok) throw notReserved(outcome);
    return { id, heldPico: BigInt(outcome.heldPico), isLowered: BigInt(outcome.heldPico) < wantedPico };
  }

  /** @param {string} callerId @param {string} id @param {bigint} pico @param {number} tokens */
  settle(callerId, id, pico, tokens) {
    return this.storage.account(callerId).settle({ id, nowMs: Date.now(), pico: String(pico), tokens });
  }

  /** @param {string} callerId @param {string} id */
  release(callerId, id) {
    return this.storage.account(callerId).release({ id, nowMs: Date.now() });
  }

  /** The bill of a generation, when OpenRouter has it. @param {string | undefined} generationId */
  async bill(generationId) {
    if (!generationId?.startsWith("gen-")) return undefined;
    const bill = await this.client.generation(generationId, { timeoutMs: BILL_TIMEOUT_MS }).catch(() => undefined);
    if (!bill) return undefined;
    const { cost, inputTokens, outputTokens } = bill;
    return { cost: isUsd(cost) ? cost : undefined, inputTokens: isCount(inputTokens) ? inputTokens : undefined, outputTokens: isCount(outputTokens) ? outputTokens : undefined };
  }

  /** @param {Exchange} exchange @param {Partial<GatewayRecord> & { status: number, operation: GatewayRecord["operation"] }} what @param {unknown} [contents] */
  report({ requestId, startedAtMs, caller, url }, what, contents) {
    const record = { requestId, atMs: startedAtMs, callerId: caller.id, path: url.pathname, durationMs: Date.now() - startedAtMs, ...what, ...(this.settings.withContents && { request: contents }) };
    this.#record(record);
    const { tracer } = /** @type {any} */ (this.settings.telemetry ?? {});
    if (tracer) traced(tracer, record);
  }
}

/**
 * What a run has cost, asked for where it was not told, or not to be believed; nothing when nothing was billed.
 * @param {Services} services @param {import("../index.js").ChatRun} run @param {bigint} heldPico @param {import("./claims.js").Claim} claim  of its usage
 * @returns {Promise<{ pico: bigint, source: string } | undefined>}
 */
export async function costOf(services, run, heldPico, { usd, implausible }) {
  // Each look at it is a question to the engine that computes.
  let told = run.cost;
  if (told.steps.length === 0) return undefined;
  if (implausible !== undefined && usd === undefined) {
    // By its tokens nothing can be computed.
    const cost = (await services.bill(run.partial.id))?.cost;
    return cost === undefined ? { pico: heldPico, source: "held" } : { pico: picoOfUsd(cost), source: "recovered" };
  }
  if (told.steps.some(({ source }) => source === "computed" || source === "unknown")) {
    // Where it fails the estimate stands.
    await run.recoverCost({ timeoutMs: BILL_TIMEOUT_MS }).catch(() => {});
    told = run.cost;
  }
  const { total, source } = told;
  return source === "unknown" || !isUsd(total) ? { pico: heldPico, source: "held" } : { pico: picoOfUsd(total), source };
}

/** @param {Settings} settings @param {any} env @returns {GatewayStorage} */
function storageOf(settings, env) {
  const { storage } = settings;
  const made = typeof storage === "function" ? storage(env) : (storage ?? memoryStorage());
  if (typeof made?.account !== "function") throw invalid("storage: must be memoryStorage(), cloudflareStorage(env) or one of that form");
  return made;
}

/** @param {Extract<ReserveOutcome, { ok: false }>} outcome */
function notReserved({ reason, limit, retryAfterMs = 1000, usage }) {
  const retry = { "Retry-After": String(Math.ceil(retryAfterMs / 1000)) };
  if (reason !== "budget") return new Refusal(429, "rate_limit_exceeded", `Rate limit: ${limit}`, retry);
  const held = BigInt(usage.heldPico);
  const more = held > 0n ? `; ${usage.running} requests on their way hold $${usdOf(held)} of it` : "";
  return new Refusal(402, "budget_exceeded", `The ${limit} of this caller is used up, or would be by this request: $${usdOf(BigInt(usage.spentPico))} spent in all${more}`);
}
