import { Carrier } from "./request/carried-media.js";
import { CoolDowns } from "./chat/cool-downs.js";
import { Drift } from "./chat/drift.js";
import { chatEngine } from "./engine/chat.js";
import { describe, invalidRequest, OpenRouterError, withoutKey } from "./errors.js";
import { lazily, load, notLoaded } from "./lazily.js";
import { maskedCause } from "./masked-cause.js";
import { checkedBudget, engineBudget } from "./money/budget-options.js";
import { Ledger } from "./money/ledger.js";
import { bodyOf, callConfig, checkClientOptions, checkRequest, clientConfig, conditionsOf, headerPairs, json } from "./request/request-options.js";
import { parseModelRef } from "./request/model-ref.js";
import { DurableRef, newRunId } from "./chat/durable-ref.js";
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
/** The engine's own (src/clock.rs). */
const DEFAULT_IDLE_TIMEOUT_MS = 120_000;

export class OpenRouter {
  /** @type {ClientOptions} */
  #options;
  /** @type {Record<string, unknown>} */
  #config;
  /** Of the client's budget. @type {Ledger | undefined} */
  #ledger;
  /** @type {CoolDowns} */
  #coolDowns;
  /** Loaded when somebody asks for it, or for the first chat when it is kept where requests may look. @type {Catalog | undefined} */
  #catalog;
  /** @type {Promise<Catalog> | undefined} */
  #openingCatalog;
  #drift = new Drift();
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
  }

  /**
   * A client as an OpenClaw configuration file describes it.
   * @param {string | object} config  JSON5 text, or what it stands for
   * @param {ClientOptions} [options]  win over the file
   */
  static async fromConfig(config, options = {}) {
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
    return new DurableRef(id, { baseURL: this.#options.baseURL ?? DEFAULT_BASE_URL, ...options });
  }

  /**
   * @param {ChatRequest} request
   * @param {{ alone?: Record<string, unknown>, durable?: DurableRef }} [more]  `alone`: a configuration in place of the client's, nothing is known or noted beside it
   */
  #run(request, { alone, durable } = {}) {
    const { signal } = request;
    return new ChatRun({
      durable,
      prepare: (carrier) => this.#traced(request, this.#prepareRun(request, carrier, { alone, durable })),
      apiKey: this.#apiKey,
      fetch: this.#fetch,
      signal: signal ?? undefined,
      idleTimeoutMs: request.idleTimeoutMs ?? this.#options.idleTimeoutMs ?? DEFAULT_IDLE_TIMEOUT_MS,
      approve: request.approve,
      stopWhen: conditionsOf(request.stopWhen),
      resizeImage: request.resizeImage ?? this.#options.resizeImage,
      logger: this.#options.logger,
      // Who does not want to wait for a limit of its own does not wait for another's.
      waits: alone || (request.maxRetries ?? this.#options.maxRetries) === 0 ? undefined : this.#coolDowns,
      onCoolDown: (model, ms) => (alone ? undefined : this.#coolDowns.note(model, ms)),
      drift: this.#drift,
      money: {
        priceOf: this.#priceOf,
        // Asked once the request is checked: what is wrong with it is told when the run is read.
        isGuarded: () => engineBudget(request.budget, this.#options.budget) !== undefined,
        ledger: this.#ledger,
        lookUp: async (id, options) => (await import("./money/generation.js")).lookUpGeneration(this.#access, id, options),
      },
    });
  }

  /** A prepared run with its spans, where they are wanted. @param {ChatRequest} request @param {Promise<import("./chat/run.js").PreparedRequest>} preparing */
  async #traced(request, preparing) {
    const { telemetry } = this.#options;
    if (!telemetry) return preparing;
    const { RunSpans } = await load(import("./chat/spans.js"));
    const prepared = await preparing;
    const spans = new RunSpans(telemetry, request);
    for (const [name, execute] of prepared.executables) prepared.executables.set(name, spans.tool(name, execute));
    return { ...prepared, spans };
  }

  /** What answers had that this version does not know, counted by kind. */
  drift() {
    return this.#drift.list();
  }

  /** @param {ChatRequest} request @param {Carrier} carrier @param {{ alone?: Record<string, unknown>, durable?: DurableRef }} more */
  async #prepareRun(request, carrier, { alone, durable }) {
    if (!durable && !request.continueFrom) return this.#prepare(request, carrier, alone);
    await durable?.open();
    const more = request.continueFrom && (await load(import("./chat/continue-from.js"))).continuationOf(request.messages, request.continueFrom);
    const whole = { ...request, ...(more && { messages: more.messages }), ...(durable && { headers: withRunId(request.headers, durable.id) }) };
    const { messages, ...prepared } = await this.#prepare(whole, carrier, alone);
    return { ...prepared, messages: more?.text ? messages.slice(0, -2) : messages, ...(more?.text && { continuation: more }) };
  }

  /**
   * What a chat would send, without sending it.
   * @param {ChatRequest} request
   * @returns {Promise<PreparedChat>}
   */
  async prepare(request) {
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

  /** The catalog and its scan. @type {Pick<Models, "list" | "get" | "scan" | "endpoints" | "providers">} */
  models = lazily(["list", "get", "scan", "endpoints", "providers"], async () => {
    const [{ Models }, catalog] = await Promise.all([import("./models/models.js"), this.#openCatalog()]);
    return new Models(catalog, { access: this.#access, baseURL: this.#options.baseURL, chat: (request) => this.#run(request, { alone: this.#bareConfig() }) });
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
      budget: limits && { limits, spentPico: () => this.#ledger?.total ?? 0, priceOf: this.#priceOf, ledger: this.#ledger, admit: /** @type {any} */ (this.#access.admit), lookUp: this.#billOf },
    });
  };

  /** Texts to vectors. */
  embeddings = lazily(["create", "models"], async () => new (await import("./calls/embeddings.js")).Embeddings(this.#access, () => keyText(this.#options.media?.embedding?.apiKey)));

  /** @param {import("./index.js").RerankRequest} request */
  rerank(request) {
    return load(import("./calls/rerank.js")).then(({ rerank }) => rerank(this.#access, request));
  }

  #decider = lazily(["decide"], async () => new (await import("./calls/decide.js")).Decisions(this.#access));

  /** @param {import("./index.js").DecisionRequest} request @returns {Promise<import("./index.js").Decision<any>>} */
  decide(request) {
    return this.#decider.decide(request);
  }

  /** Images. */
  images = lazily(["generate", "describe", "models"], async () => new (await import("./media/images.js")).Images(this.#access));


  /** Text to speech. */
  speech = lazily(["create"], async () => new (await import("./media/speech.js")).Speech(this.#access, () => keyText(this.#options.media?.speech?.apiKey)));

  /** Speech to text. */
  transcriptions = lazily(["create", "describe"], async () => new (await import("./media/transcriptions.js")).Transcriptions(this.#access));

  /** Music. */
  music = lazily(["generate"], async () => new (await import("./media/music.js")).Music(this.#access));

  /** Videos. */
  videos = lazily(["submit", "poll", "wait", "download", "models", "describe"], async () => new (await import("./media/videos.js")).VideoClient(this.#access));

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
  generation(id, options = {}) {
    const { timeoutMs, signal } = options ?? {};
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

  /** The bill of an answer that did not tell it, asked for in the background. @param {string} id */
  #billOf = async (id) => (await import("./money/generation.js")).lookUpGeneration(this.#access, id, { isBackground: true });

  /** What calls that are no chat need of the client. @type {import("./calls/call.js").Access} */
  #access = {
    config: () => json("options", this.#config),
    apiKey: () => this.#apiKey(),
    fetch: () => this.#fetch(),
    media: () => this.#options.media ?? {},
    admit: async (model, size) => {
      const { budget } = this.#options;
      // Without a budget nothing is loaded for it.
      if (budget === undefined || budget === null) return undefined;
      const { admitCall } = await load(import("./money/call-money.js"));
      return admitCall({ budget, ledger: this.#ledger, priceOf: this.#priceOf }, model, size);
    },
    traced: async (operation, model, send) => {
      const { telemetry } = this.#options;
      return telemetry ? (await load(import("./chat/spans.js"))).tracedCall(telemetry, operation, model, send) : send();
    },
    drift: this.#drift,
    warn: (line) => this.#options.logger?.warn?.(`openrouter-wasm: ${line}`),
  };


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
