/** What one simulator remembers between requests. */

import { Catalog, houseOf } from "./catalog.js";
import { ApiError } from "./errors.js";
import { createIds } from "./ids.js";
import { usd } from "./prices.js";
import { Replay } from "./replay.js";
import { RequestBook } from "./request-script.js";
import { ScriptBook } from "./script.js";
import { BUILT_IN_VIDEO_ROWS, completeVideoRow } from "./video-models.js";

/** @import { SimulatorOptions, SimulatorRequest } from "../simulator.d.ts" */
/** @import { Grant } from "./auth-route.js" */
/** @import { Usage } from "../simulator.d.ts" */
/** @import { VideoJob } from "./video-route.js" */

const KEPT_REQUESTS = 1000;
const KEPT_GENERATIONS = 1000;
const EVENT_PAUSE_MS = 15;

/**
 * What the books keep of an answer; chat answers have more.
 * @typedef {object} Answered
 * @property {string} id
 * @property {number} created
 * @property {string} model
 * @property {string} provider
 * @property {string | null} finishReason
 * @property {string | null} nativeFinishReason
 * @property {Partial<Usage> | null} usage
 */

/**
 * @typedef {object} Generation an answer that was given, for `/generation`
 * @property {Answered} answer
 * @property {"completions" | "video" | "image" | "tts" | "stt" | "embeddings" | "rerank" | "decisions"} apiType
 * @property {boolean} streamed
 * @property {boolean} cancelled
 * @property {Record<string, string>} requestHeaders
 * @property {string | null} sessionId
 */

export class State {
  /** @param {SimulatorOptions} options */
  constructor(options) {
    this.options = options;
    this.catalog = new Catalog(options.models);
    this.seed = options.seed ?? 1;
    this.eventPauseMs = options.delayMs ?? EVENT_PAUSE_MS;
    this.book = new ScriptBook();
    this.requestBook = new RequestBook();
    /** @type {SimulatorRequest[]} */
    this.requests = [];
    /** @type {Map<string, Generation>} */
    this.generations = new Map();
    /** How often `/generation` was asked for an id. @type {Map<string, number>} */
    this.generationPolls = new Map();
    this.videoRows = (options.videoModels ?? BUILT_IN_VIDEO_ROWS).map((entry) => completeVideoRow(typeof entry === "string" ? { id: entry } : entry));
    /** @type {Map<string, VideoJob>} */
    this.videoJobs = new Map();
    /** @type {Map<string, number>} USD by key */
    this.spent = new Map();
    /** @type {Map<string, Grant>} by code */
    this.grants = new Map();
    /** Keys that were given for codes: accepted as those of the options. @type {Set<string>} */
    this.issuedKeys = new Set();
    this.ids = createIds(this.seed);
    /** Recorded exchanges in place of made up ones. */
    this.replay = options.replay && new Replay(options.replay);
  }

  reset() {
    this.replay?.reset();
    this.book.clear();
    this.requestBook.clear();
    this.requests.length = 0;
    this.generations.clear();
    this.generationPolls.clear();
    this.videoJobs.clear();
    this.spent.clear();
    this.grants.clear();
    this.issuedKeys.clear();
    this.ids = createIds(this.seed);
  }

  /** @param {SimulatorRequest} entry */
  log(entry) {
    this.requests.push(entry);
    if (this.requests.length > KEPT_REQUESTS) this.requests.shift();
  }

  /**
   * @param {Generation} generation
   * @param {string} key
   */
  remember(generation, key) {
    const { id, usage } = generation.answer;
    this.generations.set(id, generation);
    this.charge(key, Number(usage?.cost ?? 0));
    if (this.generations.size > KEPT_GENERATIONS) this.generations.delete(/** @type {string} */ (this.generations.keys().next().value));
  }

  /**
   * @param {string} key
   * @param {number} amount USD; below 0 gives back
   */
  charge(key, amount) {
    this.spent.set(key, usd((this.spent.get(key) ?? 0) + amount));
  }

  /**
   * @param {object} given
   * @param {string} given.id
   * @param {string} given.model
   * @param {number} given.cost
   * @param {Partial<Usage>} [given.usage]
   * @param {Generation["apiType"]} given.apiType
   * @param {boolean} [given.streamed]
   * @param {Record<string, string>} given.requestHeaders
   * @param {string} key
   * @returns {Generation}
   */
  rememberMedia({ id, model, cost, usage, apiType, streamed = false, requestHeaders }, key) {
    /** @type {Answered} */
    const answer = {
      id, model, provider: houseOf(model).provider, created: Math.floor(Date.now() / 1000), finishReason: "stop", nativeFinishReason: "stop",
      usage: { ...usage, cost },
    };
    const generation = { answer, apiType, streamed, cancelled: false, requestHeaders, sessionId: null };
    this.remember(generation, key);
    return generation;
  }

  /**
   * A key whose scripted limit is used up gets no paid answer any more.
   * @param {string} key
   */
  requireBudget(key) {
    const limit = this.options.key?.limit;
    if (typeof limit !== "number" || (this.spent.get(key) ?? 0) < limit) return;
    throw new ApiError(403, "Key limit exceeded", { limit_source: "openrouter_key_limit", scope: "key_limit", limit_usd: limit, spend_usd: this.spent.get(key) });
  }

  /**
   * @param {Headers} headers
   * @returns {string} the key the request came with
   */
  requireKey(headers) {
    const key = /^Bearer +(.*)$/i.exec(headers.get("Authorization") ?? "")?.[1]?.trim() ?? "";
    if (key === "") throw new ApiError(401, "Missing Authentication header");
    const { apiKeys, managementKeys = [] } = this.options;
    if (apiKeys && !apiKeys.includes(key) && !managementKeys.includes(key) && !this.issuedKeys.has(key)) throw new ApiError(401);
    return key;
  }

  /** @param {string} key */
  isManagementKey(key) {
    return this.options.managementKeys?.includes(key) ?? false;
  }
}
