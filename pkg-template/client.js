import { reading } from "./caller-objects.js";
import { MessagePlaceholders } from "./request/message-placeholders.js";
import { CoolDowns } from "./chat/cool-downs.js";
import { Drift } from "./chat/drift.js";
import { chatEngine } from "./engine/chat.js";
import { warmUp } from "./engine/warm-up.js";
import { describe, invalidRequest, OpenRouterError, withoutKey } from "./errors.js";
import { registerSecret, SECRET_NAME } from "./auth/known-secrets.js";
import { lazily, load } from "./lazily.js";
import { maskedCause } from "./masked-cause.js";
import { checkedBudget, engineBudget } from "./money/budget-options.js";
import { Ledger } from "./money/ledger.js";
import { DEFAULT_BASE_URL, Knowledge } from "./models/knowledge.js";
import { checkClientOptions, clientConfig, conditionsOf, json } from "./request/request-options.js";
import { Preparation } from "./request/preparation.js";
import { DurableRef, newRunId } from "./chat/durable-ref.js";
import { ChatRun } from "./chat/run.js";
import { searchTool } from "./calls/search-tool.js";
import { checkCallOptions, checkSignal } from "./calls/call-options.js";
import { cleanKey, keyText } from "./auth/secret-key.js";

/** @import { ChatRequest, ClientOptions, PreparedChat, ResumeOptions, RunState } from "./index.js" */
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

/** The engine's own (src/clock.rs). */
const DEFAULT_IDLE_TIMEOUT_MS = 120_000;

/** Options, and what the engine reads of them. No fields: a debugger shows those, and there are keys among them. */
const optionsOf = /** @type {WeakMap<OpenRouter, ClientOptions>} */ (new WeakMap());
const configOf = /** @type {WeakMap<OpenRouter, Record<string, unknown>>} */ (new WeakMap());

export class OpenRouter {
  /** Of the client's budget. @type {Ledger | undefined} */
  #ledger;
  /** @type {CoolDowns} */
  #coolDowns;
  #knowledge;
  #preparation;
  #drift = new Drift();
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
    this.#knowledge = new Knowledge(() => this.#options, this.#access);
    this.#preparation = new Preparation(() => this.#options, () => this.#config, this.#knowledge, this.#coolDowns);
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
    return reading("config", async () => {
      const { optionsOfFile } = await load(import("./request/config-file.js"));
      const { warnings, ...all } = await optionsOfFile(config, options);
      const client = new OpenRouter(all);
      client.#fileWarnings = warnings;
      return client;
    });
  }

  /** @param {ChatRequest} request */
  chat(request) {
    return reading("request", () => {
      if (typeof request !== "object" || request === null) throw invalidRequest("request: must be an object");
      if (request.durable !== undefined && typeof request.durable !== "boolean") throw invalidRequest("durable: must be true or false");
      return this.#run(request, request.durable ? { durable: this.#durable(newRunId()) } : {});
    });
  }

  /**
   * Goes on with a run that waited for its caller, here or anywhere else. Faults of the state or the decisions are told when the run is read.
   * @param {RunState} state @param {ResumeOptions} [options]
   */
  resume(state, options = {}) {
    return reading("state", () => this.#resumed(state, options));
  }

  /** @param {RunState} state @param {ResumeOptions} options */
  #resumed(state, options) {
    if (typeof state !== "object" || state === null) throw invalidRequest("state: must be what run.state() gave");
    const { approvals, results, secret, claim, ...own } = options;
    /** @type {any} */
    const request = { ...state.request, ...own, messages: state.messages };
    const decisions = { approvals, results, secret, claim };
    return this.#run(request, {
      resume: () => reading("state", async () => (await load(import("./state-part.js"))).takeUpRun(state, decisions, request)),
      beforeTools: state.request?.tools,
    });
  }

  /**
   * A durable run of a gateway, from an event on: what was missed, then what comes.
   * @param {string} id @param {{ after?: number, signal?: AbortSignal | null, rawEvents?: boolean }} [given]
   */
  resumeRun(id, given = {}) {
    const { after = 0, ...options } = reading("options", () => ({ ...given }));
    if (typeof id !== "string" || !/^[\w-]{8,64}$/.test(id)) throw invalidRequest("id: must be the id of a durable run");
    if (!(Number.isInteger(after) && after >= 0)) throw invalidRequest("after: must be the number of an event, 0 for the beginning");
    // Nothing of it is sent: the run has its request, and nobody else is asked in place of one that failed.
    return this.#run({ ...options, maxRetries: 0, fallbackModels: [], messages: [{ role: "user", content: "resumed" }] }, { durable: this.#durable(id, { after, isResumed: true }) });
  }

  /** @param {string} id @param {{ after?: number, isResumed?: boolean }} [options] */
  #durable(id, options) {
    return new DurableRef(id, { baseURL: this.#options.baseURL ?? DEFAULT_BASE_URL, ...options });
  }

  /**
   * @param {ChatRequest} request
   * @param {{ alone?: Record<string, unknown>, durable?: DurableRef, resume?: () => Promise<import("./chat/run-state.js").EarlierRun>, beforeTools?: unknown }} [more]
   *   `alone`: a configuration in place of the client's, nothing is known or noted beside it; `beforeTools`: of the run that this one goes on with
   */
  #run(request, { alone, durable, resume, beforeTools } = {}) {
    const { signal } = request;
    checkSignal(signal);
    const { logger } = this.#options;
    const knowledge = this.#knowledge;
    let isTraced = false;
    return new ChatRun({
      durable,
      prepare: (placeholders, shaped, spentUsd) => {
        const preparing = reading("request", () => this.#preparation.run(shaped ?? request, placeholders, { alone, durable, spentUsd }));
        // A step's changes make a request of the same run.
        if (isTraced) return preparing;
        isTraced = true;
        return this.#traced(request, preparing);
      },
      steer: () => reading("request", () => this.#preparation.steer(request, { isResumed: resume !== undefined, beforeTools })),
      ...(resume && { resume }),
      seal: async (run, options) => (await load(import("./state-part.js"))).sealRun(request, run, options),
      hasSchema: request.schema !== undefined,
      apiKey: this.#apiKey,
      fetch: this.#fetch,
      signal: signal ?? undefined,
      timeoutMs: request.timeoutMs ?? this.#options.timeoutMs,
      idleTimeoutMs: request.idleTimeoutMs ?? this.#options.idleTimeoutMs ?? DEFAULT_IDLE_TIMEOUT_MS,
      approve: request.approve,
      stopWhen: conditionsOf(request.stopWhen),
      resizeImage: request.resizeImage ?? this.#options.resizeImage,
      log: logger && (async (masked) => new (await load(import("./telemetry-part.js"))).RunLog(logger, masked)),
      // A caller that does not want to wait for a limit of its own does not wait for another's.
      waits: alone || (request.maxRetries ?? this.#options.maxRetries) === 0 ? undefined : this.#coolDowns,
      onCoolDown: (model, ms) => (alone ? undefined : this.#coolDowns.note(model, ms)),
      drift: this.#drift,
      money: {
        priceOf: knowledge.priceOf,
        boundOf: knowledge.boundOf,
        fault: () => knowledge.fault,
        ledger: this.#ledger,
        lookUp: async (id, options) => (await import("./services-part.js")).lookUpGeneration(this.#access, id, options),
      },
    });
  }

  /** A prepared run with its spans, where they are wanted. @param {ChatRequest} request @param {Promise<import("./chat/run.js").PreparedRequest>} preparing */
  async #traced(request, preparing) {
    const { telemetry } = this.#options;
    if (!telemetry) return preparing;
    const { RunSpans } = await load(import("./telemetry-part.js"));
    return { ...(await preparing), spans: new RunSpans(telemetry, request) };
  }

  /** What answers had that this version does not know, counted by kind. */
  async drift() {
    return this.#drift.list();
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
    checkSignal(request.signal);
    const [engine, { prepareRequest }] = await Promise.all([chatEngine.start(), load(import("./request/drop-in.js"))]);
    const placeholders = new MessagePlaceholders();
    const { apiKey } = this.#options;
    const key = typeof apiKey === "function" ? "" : (keyText(apiKey) ?? "");
    // Without a budget there is nothing to warn of, and the prompt need not be measured.
    const isGuarded = engineBudget(request.budget, this.#options.budget) !== undefined;
    const steering = await this.#preparation.steer(request);
    const shaped = (await steering?.first()) ?? request;
    const prepared = await prepareRequest(engine, placeholders, await this.#preparation.prepare(shaped, placeholders), key, isGuarded ? this.#knowledge.boundOf : undefined);
    prepared.warnings.unshift(...this.#fileWarnings);
    if (steering) prepared.changes.unshift(...steering.changes);
    return prepared;
  }

  /** The catalog and its scan. @type {Pick<Models, "list" | "get" | "scan" | "endpoints" | "providers">} */
  models = lazily(["list", "get", "scan", "endpoints", "providers"], async () => {
    const [{ Models }, catalog] = await Promise.all([import("./models/models.js"), this.#knowledge.openCatalog()]);
    return new Models(catalog, { access: this.#access, baseURL: this.#options.baseURL, chat: (request) => this.#run(request, { alone: this.#bareConfig() }) });
  });

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
    const knowledge = this.#knowledge;
    /** The SDK's models alone: another SDK knows nothing of the client's fallbacks. @param {any} body */
    const asked = (body) => knowledge.requestedModels({ ...body, fallbackModels: [] });
    const { fetchShaped } = await load(import("./request/drop-in.js"));
    return fetchShaped(input, init, {
      config: this.#config,
      apiKey: this.#apiKey,
      fetch: this.#fetch,
      resizeImage: this.#options.resizeImage,
      warn: this.#access.warn,
      facts: knowledge.isOpen ? async (body) => (await knowledge.facts(asked(body))) ?? {} : undefined,
      budget: limits && {
        limits,
        spentPico: () => this.#ledger?.total ?? 0,
        prices: async (body) => {
          await knowledge.loadPrices(asked(body), body);
          return knowledge.boundOf;
        },
        ledger: this.#ledger,
        access: this.#access,
        lookUp: this.#billOf,
      },
    });
  };

  /** Texts to vectors. */
  embeddings = lazily(["create", "models"], async () => new (await import("./calls-part.js")).Embeddings(this.#access, () => keyText(this.#options.media?.embedding?.apiKey)));

  /** @param {import("./index.js").RerankRequest} request */
  rerank(request) {
    return load(import("./calls-part.js")).then(({ rerank }) => rerank(this.#access, request));
  }

  #decider = lazily(["decide"], async () => new (await import("./calls-part.js")).Decisions(this.#access));

  /** @param {import("./index.js").DecisionRequest} request @returns {Promise<import("./index.js").Decision<any>>} */
  decide(request) {
    return this.#decider.decide(request);
  }

  /** Images. */
  images = lazily(["generate", "describe", "models"], async () => new (await import("./media-part.js")).Images(this.#access));

  /** Text to speech. */
  speech = lazily(["create"], async () => new (await import("./media-part.js")).Speech(this.#access, () => keyText(this.#options.media?.speech?.apiKey)));

  /** Speech to text. */
  transcriptions = lazily(["create", "describe"], async () => new (await import("./media-part.js")).Transcriptions(this.#access));

  /** Music. */
  music = lazily(["generate"], async () => new (await import("./media-part.js")).Music(this.#access));

  /** Videos. */
  videos = lazily(["submit", "poll", "wait", "download", "models", "describe"], async () => new (await import("./media/videos.js")).VideoClient(this.#access));

  #searcher = lazily(["search"], async () => new (await import("./calls/search.js")).Search(this.#access, this.#options.search));

  /**
   * @param {string} query
   * @param {import("./index.js").SearchOptions} [options]
   */
  search(query, options) {
    return this.#searcher.search(query, options);
  }

  /** @param {import("./index.js").SearchOptions} [options] */
  searchTool(options) {
    return searchTool((query, more) => this.search(query, more), options);
  }

  /** @param {{ timeoutMs?: number, signal?: AbortSignal | null }} [options] */
  usage(options) {
    return load(import("./calls-part.js")).then(({ accountUsage }) => accountUsage(this.#access, options));
  }

  /** @param {string} id @param {{ timeoutMs?: number, signal?: AbortSignal | null }} [options] */
  async generation(id, options = {}) {
    checkCallOptions(options, ["timeoutMs", "signal"]);
    return (await load(import("./services-part.js"))).lookUpGeneration(this.#access, id, options);
  }

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
  #billOf = async (id) => (await import("./services-part.js")).lookUpGeneration(this.#access, id, { isBackground: true });

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
      const { admitCall } = await load(import("./services-part.js"));
      return admitCall({ budget, ledger: this.#ledger, knowledge: this.#knowledge }, model, size);
    },
    traced: async (operation, model, send) => {
      const { telemetry } = this.#options;
      return telemetry ? (await load(import("./telemetry-part.js"))).tracedCall(telemetry, operation, model, send) : send();
    },
    drift: this.#drift,
    warn: (line) => {
      try {
        this.#options.logger?.warn?.(`openrouter-wasm: ${line}`);
      } catch {
        // As in a run: to write about a call must not change how it goes.
      }
    },
  };
}

/** A key of which nothing is left when it is cleaned is none; any other is masked from now on, whatever it looks like. @param {unknown} given */
function keyOrNone(given) {
  const text = keyText(given);
  const key = cleanKey(text ?? "");
  if (key === "") return undefined;
  registerSecret(key);
  return text;
}

warmUp(OpenRouter);
