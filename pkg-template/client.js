import { Carrier } from "./carried-media.js";
import { jsonOf } from "./config-text.js";
import { continued } from "./continue-from.js";
import { CoolDowns } from "./cool-downs.js";
import { fetchShaped } from "./drop-in.js";
import { startEngine, startEngineNow } from "./engine.js";
import { describe, fromEngine, invalidRequest, OpenRouterError, withoutKey } from "./errors.js";
import { maskedCause } from "./masked-cause.js";
import { Images } from "./media/images.js";
import { Music } from "./media/music.js";
import { Speech } from "./media/speech.js";
import { Transcriptions } from "./media/transcriptions.js";
import { VideoClient } from "./media/videos.js";
import { accountUsage } from "./money/account.js";
import { checkedBudget, engineBudget } from "./money/budget-options.js";
import { lookUpGeneration } from "./money/generation.js";
import { Ledger } from "./money/ledger.js";
import { Catalog } from "./models/catalog.js";
import { Models } from "./models/models.js";
import { prepareRequest } from "./prepare.js";
import { bodyOf, callConfig, checkClientOptions, checkRequest, clientConfig, conditionsOf, headerPairs, json } from "./request-options.js";
import { platformResizer } from "./resize-image.js";
import { Durable, newRunId } from "./resumable.js";
import { parseModelRef } from "./rules.js";
import { ChatRun } from "./run.js";
import { Search, searchSettings } from "./search.js";
import { cleanKey, keyText } from "./secret-key.js";

/** @import { ChatRequest, ClientOptions, PreparedChat } from "./index.js" */

/** Who OpenClaw says it is: the `app` of a client that stands in for it. OpenRouter knows two of a request's seven categories. */
export const OPENCLAW_APP = Object.freeze({
  url: "https://openclaw.ai",
  title: "OpenClaw",
  categories: Object.freeze(["cli-agent", "cloud-agent", "programming-app", "creative-writing", "writing-assistant", "general-chat", "personal-agent"]),
});

const DEFAULT_BASE_URL = "https://openrouter.ai/api/v1", DEFAULT_MODEL = "openrouter/auto";
/** The engine's own (src/clock.rs). */
const DEFAULT_IDLE_TIMEOUT_MS = 120_000;

export class OpenRouter {
  /** @type {ClientOptions} */
  #options;
  /** @type {Record<string, unknown>} */
  #config;
  /** @type {Images | undefined} */
  #images;
  /** @type {Speech | undefined} */
  #speech;
  /** @type {Transcriptions | undefined} */
  #transcriptions;
  /** @type {Music | undefined} */
  #music;
  /** Of the client's budget. @type {Ledger | undefined} */
  #ledger;
  /** @type {CoolDowns} */
  #coolDowns;
  /** Made when somebody asks for it, or when it is kept where requests may look. @type {Catalog | undefined} */
  #catalog;
  /** @type {Models | undefined} */
  #models;
  /** What was odd about the file that the client was made from. @type {import("./index.js").Change[]} */
  #fileWarnings = [];

  /** @param {ClientOptions} [options] */
  constructor(options = {}) {
    checkClientOptions(options);
    this.#options = options;
    // A `fetch` of the caller's own may lead anywhere: what fails there fails nowhere else.
    this.#coolDowns = new CoolDowns(options.fetch ? undefined : (options.baseURL ?? DEFAULT_BASE_URL));
    // Here and not in the engine: the object of a class is printed by every debugger.
    this.#config = Object.freeze(clientConfig(options));
    if (checkedBudget(options.budget).maxUsd !== undefined) this.#ledger = new Ledger();
    if (options.catalogCache) this.#openCatalog();
  }

  /**
   * A client as an OpenClaw configuration file describes it.
   * @param {string | object} config  JSON5 text, or what it stands for
   * @param {ClientOptions} [options]  win over the file
   */
  static fromConfig(config, options = {}) {
    const isText = typeof config === "string";
    if (!isText && (typeof config !== "object" || config === null)) throw invalidRequest("config: must be JSON5 text or an object");
    const text = isText ? jsonOf(config) : json("config", config);
    const { glue } = startEngineNow();
    let read;
    try {
      read = JSON.parse(glue.clientOptions(text));
    } catch (thrown) {
      throw fromEngine(thrown);
    }
    const { warnings, search, ...fromFile } = read;
    // What is not given does not win over the file.
    const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
    const client = new OpenRouter({ app: OPENCLAW_APP, ...fromFile, ...(search && { search: searchSettings(search) }), ...given });
    client.#fileWarnings = (warnings ?? []).map((/** @type {string} */ reason) => ({ rule: "config", path: reason.split(":")[0], reason }));
    return client;
  }

  /** @param {ChatRequest} request */
  chat(request) {
    if (typeof request !== "object" || request === null) throw invalidRequest("request: must be an object");
    const { signal } = request;
    if (signal !== undefined && signal !== null && typeof signal.addEventListener !== "function") throw invalidRequest("signal: must be an AbortSignal");
    if (request.durable !== undefined && typeof request.durable !== "boolean") throw invalidRequest("durable: must be true or false");
    return this.#run(request, request.durable ? { durable: this.#durable(newRunId()) } : {});
  }

  /**
   * A durable run of a gateway, from an event on: what was missed, then what comes.
   * @param {string} id @param {{ after?: number, signal?: AbortSignal | null, rawEvents?: boolean }} [options]
   */
  resumeRun(id, { after = 0, ...options } = {}) {
    if (typeof id !== "string" || !/^[\w-]{8,64}$/.test(id)) throw invalidRequest("id: must be the id of a durable run");
    if (!(Number.isInteger(after) && after >= 0)) throw invalidRequest("after: must be the number of an event, 0 for the beginning");
    // Nothing of it is sent: the run has its request.
    return this.#run({ ...options, messages: [{ role: "user", content: "resumed" }] }, { durable: this.#durable(id, { after, isResumed: true }) });
  }

  /** @param {string} id @param {{ after?: number, isResumed?: boolean }} [options] */
  #durable(id, options) {
    return new Durable(id, { baseURL: this.#options.baseURL ?? DEFAULT_BASE_URL, ...options });
  }

  /**
   * @param {ChatRequest} request
   * @param {{ alone?: Record<string, unknown>, durable?: Durable }} [more]  `alone`: a configuration in place of the client's, nothing is known or noted beside it
   */
  #run(request, { alone, durable } = {}) {
    const { signal } = request;
    const { messages, text: continuedText } = request.continueFrom ? continued(request.messages, request.continueFrom) : { messages: request.messages, text: "" };
    return new ChatRun({
      durable,
      continuedText,
      prepare: async (carrier) => {
        const prepared = await this.#prepare({ ...request, messages, ...(durable && { headers: withRunId(request.headers, durable.id) }) }, carrier, alone);
        return { ...prepared, messages: Array.isArray(request.messages) ? [...request.messages] : [] };
      },
      apiKey: this.#apiKey,
      fetch: this.#fetch,
      signal: signal ?? undefined,
      idleTimeoutMs: request.idleTimeoutMs ?? this.#options.idleTimeoutMs ?? DEFAULT_IDLE_TIMEOUT_MS,
      approve: request.approve,
      stopWhen: conditionsOf(request.stopWhen),
      resizeImage: this.#resizer(request.resizeImage),
      logger: this.#options.logger,
      // Who does not want to wait for a limit of its own does not wait for another's.
      waits: alone || (request.maxRetries ?? this.#options.maxRetries) === 0 ? undefined : this.#coolDowns,
      onCoolDown: (model, ms) => (alone ? undefined : this.#coolDowns.note(model, ms)),
      money: {
        priceOf: this.#priceOf,
        // Asked once the request is checked: what is wrong with it is told when the run is read.
        isGuarded: () => engineBudget(request.budget, this.#options.budget) !== undefined,
        ledger: this.#ledger,
        lookUp: (id, options) => lookUpGeneration(this.#access, id, options),
      },
    });
  }

  /**
   * What a chat would send, without sending it.
   * @param {ChatRequest} request
   * @returns {Promise<PreparedChat>}
   */
  async prepare(request) {
    if (typeof request !== "object" || request === null) throw invalidRequest("request: must be an object");
    const engine = await startEngine();
    const carrier = new Carrier(engine);
    const { apiKey } = this.#options;
    const key = typeof apiKey === "function" ? "" : (keyText(apiKey) ?? "");
    // Without a budget there is nothing to warn of, and the prompt need not be measured.
    const isGuarded = engineBudget(request.budget, this.#options.budget) !== undefined;
    const prepared = prepareRequest(engine, carrier, await this.#prepare(request, carrier), key, isGuarded ? this.#priceOf : undefined);
    prepared.warnings.unshift(...this.#fileWarnings);
    return prepared;
  }

  /** @returns {Models} */
  get models() {
    return (this.#models ??= new Models(this.#openCatalog(), { access: this.#access, chat: (request) => this.#run(request, { alone: this.#bareConfig() }) }));
  }

  #openCatalog() {
    const { baseURL, catalogCache: cache, catalogTtlMs: ttlMs } = this.#options;
    return (this.#catalog ??= new Catalog(this.#access, { baseURL: baseURL ?? DEFAULT_BASE_URL, cache, ttlMs }));
  }

  /** What a probe goes out with: where and as whom, and none of the settings that could make one model look better than it is. */
  #bareConfig() {
    const { baseURL, app, origin, headers, limits } = this.#config;
    return { baseURL, app, origin, headers, limits };
  }

  /**
   * A drop-in `fetch` for SDKs that speak OpenAI's API: chat completions leave shaped by this package's rules, answers come back untouched.
   * @type {typeof fetch}
   */
  fetch = (input, init) => {
    const limits = engineBudget(undefined, this.#options.budget);
    return fetchShaped(input, init, {
      config: this.#config,
      apiKey: this.#apiKey,
      fetch: this.#fetch,
      resizeImage: this.#resizer(),
      // The SDK's models alone: another SDK knows nothing of the client's fallbacks.
      facts: this.#catalog && ((body) => /** @type {Catalog} */ (this.#catalog).facts(this.#askedModels({ ...body, fallbackModels: [] }))),
      budget: limits && { limits, spentPico: () => this.#ledger?.total ?? 0, priceOf: this.#priceOf },
    });
  };

  /** Pictures. */
  get images() {
    return (this.#images ??= new Images(this.#access));
  }

  /** Text to speech. */
  get speech() {
    return (this.#speech ??= new Speech(this.#access, () => keyText(this.#options.media?.speech?.apiKey)));
  }

  /** Speech to text. */
  get transcriptions() {
    return (this.#transcriptions ??= new Transcriptions(this.#access));
  }

  /** Music. */
  get music() {
    return (this.#music ??= new Music(this.#access));
  }

  /** @type {Search | undefined} */
  #search;

  get #searcher() {
    return (this.#search ??= new Search(this.#access, this.#options.search));
  }

  /**
   * @param {string} query
   * @param {import("./index.js").SearchOptions} [options]
   */
  search(query, options) {
    return this.#searcher.search(query, options);
  }

  /** @param {import("./index.js").SearchOptions} [options] */
  searchTool(options) {
    return this.#searcher.tool(options);
  }
  /** @param {{ timeoutMs?: number, signal?: AbortSignal | null }} [options] */
  usage(options) {
    return accountUsage(this.#access, options);
  }

  /** @param {string} id @param {{ timeoutMs?: number, signal?: AbortSignal | null }} [options] */
  generation(id, options = {}) {
    return lookUpGeneration(this.#access, id, options && { timeoutMs: options.timeoutMs, signal: options.signal });
  }

  /** What a model charges: as `models` of the options has it, else as the catalog does, once it is loaded. @param {string} apiId @returns {object | undefined} */
  #priceOf = (apiId) => {
    const listed = this.#catalog?.known(apiId);
    this.#ownPrices ??= ownPrices(this.#options.models);
    // An answer names its model by the dated name.
    return this.#ownPrices.get(apiId) ?? (listed && this.#ownPrices.get(listed.id)) ?? listed?.pricing;
  };

  /** By the ids on the wire. @type {Map<string, object> | undefined} */
  #ownPrices;

  #apiKey = async () => {
    const { apiKey } = this.#options;
    if (typeof apiKey !== "function") return keyOrNone(apiKey);
    try {
      return keyOrNone(await apiKey());
    } catch (cause) {
      throw new OpenRouterError({ code: "auth", message: `apiKey() failed: ${withoutKey(describe(cause), "")}` }, { cause: maskedCause(cause, "") });
    }
  };

  #fetch = () => this.#options.fetch ?? globalThis.fetch;

  /** What calls that are no chat need of the client. @type {import("./call.js").Access} */
  #access = { config: () => json("options", this.#config), apiKey: () => this.#apiKey(), fetch: () => this.#fetch(), media: () => this.#options.media ?? {} };

  /** @type {VideoClient | undefined} */
  #videos;

  get videos() {
    return (this.#videos ??= new VideoClient(this.#access));
  }

  /** @param {ChatRequest["resizeImage"]} [own] */
  #resizer(own = this.#options.resizeImage) {
    return own === false ? undefined : (own ?? platformResizer());
  }

  /** @param {ChatRequest} request @param {Carrier} carrier @param {Record<string, unknown>} [alone] */
  async #prepare(request, carrier, alone) {
    checkRequest(request);
    const { body, executables } = bodyOf(request, carrier.carry(request.messages));
    await carrier.shrink(this.#resizer(request.resizeImage));
    const messages = Array.isArray(request.messages) ? [...request.messages] : [];
    const budget = engineBudget(request.budget, this.#options.budget);
    const known = alone ? {} : { coolDowns: this.#coolDowns.list(), catalogModels: await this.#catalog?.facts(this.#askedModels(request)) };
    const more = { ...(budget && { budget }), ...known, ...(executables.size > 0 && { executableTools: [...executables.keys()] }) };
    return { config: callConfig(alone ?? this.#config, request, more), headers: json("headers", headerPairs(request.headers) ?? []), body, messages, executables };
  }

  /** Every name that the request may go to. @param {any} request */
  #askedModels({ model, models, fallbackModels }) {
    const own = this.#options;
    const listed = Array.isArray(models) ? models : [];
    return [model ?? own.model ?? (listed.length > 0 ? undefined : DEFAULT_MODEL), ...listed, ...(fallbackModels ?? own.fallbackModels ?? []), own.model];
  }
}

/** @param {ChatRequest["headers"]} headers @param {string} id */
function withRunId(headers, id) {
  return /** @type {any} */ ([...(headerPairs(headers) ?? []), ["X-Run-Id", id]]);
}

/** A key of which nothing is left when it is cleaned is none. @param {unknown} given */
function keyOrNone(given) {
  const text = keyText(given);
  return cleanKey(text ?? "") === "" ? undefined : text;
}

/** @param {any} models  the option */
function ownPrices(models) {
  const prices = new Map();
  for (const [ref, entry] of Object.entries(models ?? {})) {
    const pricing = /** @type {any} */ (entry)?.pricing;
    if (pricing) prices.set(parseModelRef(ref)?.apiId, pricing);
  }
  return prices;
}
