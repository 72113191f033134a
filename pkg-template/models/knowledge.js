// What a client knows of models: what its options say, and what the catalog does, as far as it is loaded. Both load when somebody asks.
import { load, notLoaded } from "../lazily.js";
import { parseModelRef } from "../request/model-ref.js";

/** @import { ClientOptions, Pricing } from "../index.js" */
/** @import { Catalog } from "./catalog.js" */

export const DEFAULT_BASE_URL = "https://openrouter.ai/api/v1";
const DEFAULT_MODEL = "openrouter/auto";

export class Knowledge {
  #options;
  #access;
  /** Loaded when somebody asks for it, or for the first chat when it is kept where requests may look. @type {Catalog | undefined} */
  #catalog;
  /** @type {Promise<Catalog> | undefined} */
  #opening;
  /** Made for the first request with a budget. @type {import("../services-part.js").PriceBook | undefined} */
  #prices;
  /** By the ids on the wire. @type {Map<string, Pricing> | undefined} */
  #ownPrices;

  /** @param {() => ClientOptions} options  a function: a debugger shows fields, and there are keys among them @param {import("../calls/call.js").Access} access */
  constructor(options, access) {
    this.#options = options;
    this.#access = access;
  }

  openCatalog = () => {
    return (this.#opening ??= import("../services-part.js").then(
      ({ Catalog }) => {
        const { baseURL, catalogCache: cache, catalogTtlMs: ttlMs } = this.#options();
        return (this.#catalog = new Catalog(this.#access, { baseURL: baseURL ?? DEFAULT_BASE_URL, cache, ttlMs }));
      },
      (cause) => {
        this.#opening = undefined;
        throw notLoaded(cause);
      },
    ));
  };

  /** Whether anything is known of models, or may be. */
  get isOpen() {
    return this.#catalog !== undefined || this.#options().catalogCache !== undefined;
  }

  /** What the catalog says of these models: as far as it is loaded, or kept where requests may look. @param {readonly unknown[]} names */
  async facts(names) {
    const catalog = this.#catalog ?? (this.#options().catalogCache && (await this.openCatalog()));
    return catalog?.facts(names);
  }

  /** What tools and objects need to know of a model. @param {string} [model] */
  factsOf = async (model) => {
    const { factsOf } = await load(import("../tools-part.js"));
    const asked = this.requestedModel(model);
    return factsOf(asked, this.#options().models, await this.facts([asked]));
  };

  /** The model that a request without one goes to. @param {string} [model] */
  requestedModel(model) {
    return model ?? this.#options().model ?? DEFAULT_MODEL;
  }

  /** Every name that a request may go to. @param {any} request */
  requestedModels({ model, models, fallbackModels }) {
    const own = this.#options();
    const listed = Array.isArray(models) ? models : [];
    return [model ?? own.model ?? (listed.length > 0 ? undefined : DEFAULT_MODEL), ...listed, ...(fallbackModels ?? own.fallbackModels ?? []), own.model];
  }

  /** The table of models, where this one takes no tools: what was called before goes as text. @param {string} [model] */
  withoutTools(model) {
    const asked = this.requestedModel(model);
    const { [asked]: entry, ...others } = this.#options().models ?? {};
    return { ...others, [asked]: { ...entry, supportsTools: false } };
  }

  /** What a model charges: as `models` of the options has it, else as the catalog does, once it is loaded. @param {string} apiId @returns {Pricing | undefined} */
  priceOf = (apiId) => {
    const listed = this.#catalog?.known(apiId);
    this.#ownPrices ??= ownPrices(this.#options().models);
    // An answer names its model by the dated name.
    return this.#ownPrices.get(apiId) ?? (listed && this.#ownPrices.get(listed.id)) ?? listed?.pricing;
  };

  /** The same, bounded where another model may answer. @type {import("../money/run-money.js").MoneyPlan["boundOf"]} */
  boundOf = (apiId, pricing = this.priceOf(apiId), frame) => (this.#prices ? this.#prices.bound(apiId, pricing, frame) : pricing);

  /** Why prices are not known. */
  get fault() {
    return this.#prices?.fault;
  }

  /**
   * A budget without prices stops nothing, and in a Worker every client is new.
   * @param {readonly unknown[]} names @param {any} request  whose `extraBody` may name others @param {boolean} [all]  models that give no text, too
   */
  async loadPrices(names, request, all) {
    const { PriceBook } = await load(import("../services-part.js"));
    this.#prices ??= new PriceBook(this.openCatalog, this.priceOf);
    await this.#prices.load(names, [request, this.#options()], request?.signal, all);
  }
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
