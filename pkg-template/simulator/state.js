/** What one simulator remembers between requests. */

import { Catalog } from "./catalog.js";
import { ApiError } from "./errors.js";
import { createIds } from "./ids.js";
import { usd } from "./prices.js";
import { ScriptBook } from "./script.js";

/** @import { SimulatorOptions, SimulatorRequest } from "../simulator.d.ts" */
/** @import { Grant } from "./auth-route.js" */
/** @import { ChatAnswer } from "./chat-answer.js" */

const KEPT_REQUESTS = 1000;
const KEPT_GENERATIONS = 1000;
const EVENT_PAUSE_MS = 15;

/**
 * @typedef {object} Generation an answer that was given, for `/generation`
 * @property {ChatAnswer} answer
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
    /** @type {SimulatorRequest[]} */
    this.requests = [];
    /** @type {Map<string, Generation>} */
    this.generations = new Map();
    /** @type {Map<string, number>} USD by key */
    this.spent = new Map();
    /** @type {Map<string, Grant>} by code */
    this.grants = new Map();
    /** Keys that were given for codes: accepted as those of the options. @type {Set<string>} */
    this.issuedKeys = new Set();
    this.ids = createIds(this.seed);
  }

  reset() {
    this.book.clear();
    this.requests.length = 0;
    this.generations.clear();
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
    this.spent.set(key, usd((this.spent.get(key) ?? 0) + Number(usage?.cost ?? 0)));
    if (this.generations.size > KEPT_GENERATIONS) this.generations.delete(/** @type {string} */ (this.generations.keys().next().value));
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
