import { reading } from "./caller-objects.js";
import { Carrier } from "./request/carried-media.js";
import { CoolDowns } from "./chat/cool-downs.js";
import { chatEngine } from "./engine/chat.js";
import { describe, invalidRequest, OpenRouterError, withoutKey } from "./errors.js";
import { registerSecret, SECRET_NAME } from "./auth/known-secrets.js";
import { lazily, load, notLoaded } from "./lazily.js";
import { maskedCause } from "./masked-cause.js";
import { checkedBudget, engineBudget } from "./money/budget-options.js";
import { Ledger } from "./money/ledger.js";
import { bodyOf, callConfig, checkClientOptions, checkRequest, clientConfig, conditionsOf, headerPairs, json } from "./request/request-options.js";
import { parseModelRef } from "./request/model-ref.js";
import { ChatRun } from "./chat/run.js";
import { checkSearch, searchTool } from "./calls/search-tool.js";
import { cleanKey, keyText } from "./auth/secret-key.js";
import { hashedSession } from "./request/session-id.js";

/** @import { ChatRequest, ClientOptions, PreparedChat } from "./index.js" */
/** @import { Catalog } from "./models/catalog.js" */
/** @import { Models } from "./models/models.js" */

/**
 * Who OpenClaw says it is: the `app` of a client that stands in for it. The seven categories are those of its newest seed and release. OpenRouter
 * takes two a request, so that the first two count and five are dropped (a warning says so); commits after the release send `personal-agent,cli-agent`.
 */
export const OPENCLAW_APP = Object.freeze({
  url: "https://openclaw.ai",
  title: "OpenClaw",
  categories: Object.freeze(["cli-agent", "cloud-agent", "programming-app", "creative-writing", "writing-assistant", "general-chat", "personal-agent"]),
});

const DEFAULT_BASE_URL = "https://openrouter.ai/api/v1", DEFAULT_MODEL = "openrouter/auto";

/** Options, and what the engine reads of them. No fields: a debugger shows those, and there are keys among them. */
const optionsOf = /** @type {WeakMap<OpenRouter, ClientOptions>} */ (new WeakMap());
const configOf = /** @type {WeakMap<OpenRouter, Record<string, unknown>>} */ (new WeakMap());

export class OpenRouter {
  /** Of the client's budget. @type {Ledger | undefined} */
  #ledger;
  /** @type {CoolDowns} */
  #coolDowns;
  /** Loaded when somebody asks for it, or for the first chat when it is kept where requests may look. @type {Catalog | undefined} */
  #catalog;
  /** @type {Promise<Catalog> | undefined} */
  #openingCatalog;
  /** What was odd about the file that the client was made from. @type {import("./index.js").Change[]} */
  #fileWarnings = [];

  /** @param {ClientOptions} [options] */
  constructor(options = {}) {
    reading("options", () => checkClientOptions(options));
    optionsOf.set(this, options);
    // A `fetch` of the caller's own may lead anywhere: what fails there fails nowhere else.
    this.#coolDowns = new CoolDowns(options.fetch ? undefined : (options.baseURL ?? DEFAULT_BASE_URL));
    const config = reading("options", () => clientConfig(options));
    configOf.set(this, Object.freeze(config));
    for (const [name, value] of /** @type {[string, unknown][]} */ (config.headers ?? [])) {
      if (SECRET_NAME.test(name) && typeof value === "string") registerSecret(value.replace(/^\s*\w+ +/, "").trim());
    }
    if (checkedBudget(options.budget).maxUsd !== undefined) this.#ledger = new Ledger();
  }

  get #options() {
    return /** @type {ClientOptions} */ (optionsOf.get(this));
  }

  get #config() {
    return /** @type {Record<string, unknown>} */ (configOf.get(this));
  }

  /**
   * A client as an OpenClaw configuration file describes it.
   * @param {string | object} config  JSON5 text, or what it stands for
   * @param {ClientOptions} [options]  win over the file
   */
  static fromConfig(config, options = {}) {
    return reading("config", () => OpenRouter.#ofConfig(config, options));
  }

  /** @param {string | object} config @param {ClientOptions} options */
  static async #ofConfig(config, options) {
    const isText = typeof config === "string";
    if (!isText && (typeof config !== "object" || config === null)) throw invalidRequest("config: must be JSON5 text or an object");
    const { readConfig } = await import("./request/config-file.js");
    const { warnings, ...fromFile } = await readConfig(config);
    // What is not given does not win over the file.
    const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
    const client = new OpenRouter({ app: OPENCLAW_APP, ...fromFile, ...given });
    client.#fileWarnings = warnings;
    return client;
  }

  /** @param {ChatRequest} request */
  chat(request) {
    return reading("request", () => {
      if (typeof request !== "object" || request === null) throw invalidRequest("request: must be an object");
      const { signal } = request;
      if (signal !== undefined && signal !== null && typeof signal.addEventListener !== "function") throw invalidRequest("signal: must be an AbortSignal");
      return this.#run(request);
    });
  }

  /** @param {ChatRequest} request @param {Record<string, unknown>} [alone]  a configuration in place of the client's: nothing is known or noted beside it */
  #run(request, alone) {
    const { signal } = request;
    return new ChatRun({
      prepare: (carrier) => reading("request", () => this.#prepare(request, carrier, alone)),
      apiKey: this.#apiKey,
      fetch: this.#fetch,
      signal: signal ?? undefined,
      approve: request.approve,
      stopWhen: conditionsOf(request.stopWhen),
      resizeImage: request.resizeImage ?? this.#options.resizeImage,
      logger: this.#options.logger,
      // Who does not want to wait for a limit of its own does not wait for another's.
      waits: alone || (request.maxRetries ?? this.#options.maxRetries) === 0 ? undefined : this.#coolDowns,
      onCoolDown: (model, ms) => (alone ? undefined : this.#coolDowns.note(model, ms)),
      money: {
        priceOf: this.#priceOf,
        // Asked once the request is checked: what is wrong with it is told when the run is read.
        isGuarded: () => engineBudget(request.budget, this.#options.budget) !== undefined,
        ledger: this.#ledger,
        lookUp: async (id, options) => (await import("./money/generation.js")).lookUpGeneration(this.#access, id, options),
      },
    });
  }

  /**
   * What a chat would send, without sending it.
   * @param {ChatRequest} request
   * @returns {Promise<PreparedChat>}
   */
  prepare(request) {
    return reading("request", () => this.#prepared(request));
  }

  /** @param {ChatRequest} request */
  async #prepared(request) {
    if (typeof request !== "object" || request === null) throw invalidRequest("request: must be an object");
    const [engine, { prepareRequest }] = await Promise.all([chatEngine.start(), import("./request/prepare.js")]);
    const carrier = new Carrier();
    const { apiKey } = this.#options;
    const key = typeof apiKey === "function" ? "" : (keyText(apiKey) ?? "");
    // Without a budget there is nothing to warn of, and the prompt need not be measured.
    const isGuarded = engineBudget(request.budget, this.#options.budget) !== undefined;
    const prepared = await prepareRequest(engine, carrier, await this.#prepare(request, carrier), key, isGuarded ? this.#priceOf : undefined);
    prepared.warnings.unshift(...this.#fileWarnings);
    return prepared;
  }

  /** The catalog and its scan. @type {Pick<Models, "list" | "get" | "scan">} */
  models = lazily(["list", "get", "scan"], async () => {
    const [{ Models }, catalog] = await Promise.all([import("./models/models.js"), this.#openCatalog()]);
    return new Models(catalog, { access: this.#access, chat: (request) => this.#run(request, this.#bareConfig()) });
  });

  #openCatalog() {
    return (this.#openingCatalog ??= import("./models/catalog.js").then(
      ({ Catalog }) => {
        const { baseURL, catalogCache: cache, catalogTtlMs: ttlMs } = this.#options;
        return (this.#catalog = new Catalog(this.#access, { baseURL: baseURL ?? DEFAULT_BASE_URL, cache, ttlMs }));
      },
      (cause) => {
        this.#openingCatalog = undefined;
        throw notLoaded(cause);
      },
    ));
  }

  /** What the catalog says of these models: as far as it is loaded, or kept where requests may look. @param {readonly unknown[]} names */
  async #facts(names) {
    const catalog = this.#catalog ?? (this.#options.catalogCache && (await this.#openCatalog()));
    return catalog?.facts(names);
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
  fetch = async (input, init) => {
    const limits = engineBudget(undefined, this.#options.budget);
    const hasFacts = this.#catalog || this.#options.catalogCache;
    const { fetchShaped } = await load(import("./request/drop-in.js"));
    return fetchShaped(input, init, {
      config: this.#config,
      apiKey: this.#apiKey,
      fetch: this.#fetch,
      resizeImage: this.#options.resizeImage,
      // The SDK's models alone: another SDK knows nothing of the client's fallbacks.
      facts: hasFacts ? async (body) => (await this.#facts(this.#askedModels({ ...body, fallbackModels: [] }))) ?? {} : undefined,
      budget: limits && { limits, spentPico: () => this.#ledger?.total ?? 0, priceOf: this.#priceOf },
    });
  };

  /** Images. */
  images = lazily(["generate"], async () => new (await import("./media/images.js")).Images(this.#access));

  /** Text to speech. */
  speech = lazily(["create"], async () => new (await import("./media/speech.js")).Speech(this.#access, () => keyText(this.#options.media?.speech?.apiKey)));

  /** Speech to text. */
  transcriptions = lazily(["create"], async () => new (await import("./media/transcriptions.js")).Transcriptions(this.#access));

  /** Music. */
  music = lazily(["generate"], async () => new (await import("./media/music.js")).Music(this.#access));

  /** Videos. */
  videos = lazily(["submit", "poll", "wait", "download", "models"], async () => new (await import("./media/videos.js")).VideoClient(this.#access));

  #searcher = lazily(["search"], async () => new (await import("./calls/search.js")).Search(this.#access, this.#options.search));

  /**
   * @param {string} query
   * @param {import("./index.js").SearchOptions} [options]
   */
  async search(query, options = {}) {
    checkSearch(query, options);
    return this.#searcher.search(query, options);
  }

  /** @param {import("./index.js").SearchOptions} [options] */
  searchTool(options) {
    return searchTool((query, more) => this.search(query, more), options);
  }

  /** @param {{ timeoutMs?: number, signal?: AbortSignal | null }} [options] */
  usage(options) {
    return load(import("./money/account.js")).then(({ accountUsage }) => accountUsage(this.#access, options));
  }

  /** @param {string} id @param {{ timeoutMs?: number, signal?: AbortSignal | null }} [options] */
  async generation(id, options = {}) {
    const { timeoutMs, signal } = reading("options", () => ({ ...options }));
    return load(import("./money/generation.js")).then(({ lookUpGeneration }) => lookUpGeneration(this.#access, id, options && { timeoutMs, signal }));
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

  /** What calls that are no chat need of the client. @type {import("./calls/call.js").Access} */
  #access = { config: () => json("options", this.#config), apiKey: () => this.#apiKey(), fetch: () => this.#fetch(), media: () => this.#options.media ?? {} };

  /** @param {ChatRequest} request @param {Carrier} carrier @param {Record<string, unknown>} [alone] */
  async #prepare(request, carrier, alone) {
    checkRequest(request);
    const { sessionId } = request;
    const session = sessionId === undefined || sessionId === null ? request : { ...request, sessionId: await hashedSession(sessionId) };
    const { body, executables } = bodyOf(session, carrier.carry(request.messages));
    if (carrier.unjudged.length > 0) {
      const { judgeImages } = await load(import("./request/carried-images.js"));
      await judgeImages(carrier, request.resizeImage ?? this.#options.resizeImage);
    }
    const messages = Array.isArray(request.messages) ? [...request.messages] : [];
    const budget = engineBudget(request.budget, this.#options.budget);
    const known = alone ? {} : { coolDowns: this.#coolDowns.list(), catalogModels: await this.#facts(this.#askedModels(request)) };
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

/** A key of which nothing is left when it is cleaned is none; any other is masked from now on, whatever it looks like. @param {unknown} given */
function keyOrNone(given) {
  const text = keyText(given);
  const key = cleanKey(text ?? "");
  if (key === "") return undefined;
  registerSecret(key);
  return text;
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
