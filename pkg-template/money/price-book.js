// The prices that a budget goes by: waited for once, and those of a router bounded by the dearest model that it may choose.
import { servicesEngine } from "../engine/services.js";
import { describe, parseModelRef } from "../first-part.js";

/** @import { Catalog } from "../models/catalog.js" */

/** A run does not wait longer for prices, and the next ones do not wait again at once. */
const LIMIT_MS = 10_000, AFTER_FAILURE_MS = 30_000;
/** What a bound is made of. */
const UNITS = /** @type {const} */ (["prompt", "completion", "request", "internalReasoning", "audio", "audioOutput", "imageOutput"]);
/** The plugins by which a request says what a router may choose. */
const ROUTER_PLUGIN = /router$/;

/** @typedef {Record<string, any>} Pricing */

export class PriceBook {
  #openCatalog;
  #priceOf;
  #failedAtMs = -Infinity;
  /** The rows that the list was made of, and every model with a known price. @type {{ bytes: Uint8Array, models: { id: string, pricing: Pricing }[] } | undefined} */
  #list;
  /** Why there are none. @type {string | undefined} */
  fault;

  /** @param {() => Promise<Catalog>} openCatalog @param {(apiId: string) => Pricing | undefined} priceOf */
  constructor(openCatalog, priceOf) {
    this.#openCatalog = openCatalog;
    this.#priceOf = priceOf;
  }

  /**
   * The prices of these models, and of those that an `extraBody` names, unless they are known. A failure is remembered and thrown by nobody.
   * @param {readonly unknown[]} names @param {readonly any[]} layers  the request and the client's options @param {AbortSignal | null} [signal]
   * @param {boolean} [all]  of every model that there is: those that paint, speak or embed stand in no list of chat models
   */
  async load(names, layers, signal, all = false) {
    const prices = [...names, ...layers.flatMap(namesInExtra)].filter((name) => typeof name === "string" && name.trim() !== "").map((name) => this.#priceOf(parseModelRef(/** @type {string} */ (name))?.apiId ?? ""));
    if (prices.every((pricing) => pricing && !pricing.isUnknown)) return;
    if (Date.now() - this.#failedAtMs < AFTER_FAILURE_MS) return;
    try {
      const catalog = await this.#openCatalog();
      const { bytes } = await catalog.open({ all, timeoutMs: LIMIT_MS, signal });
      this.fault = undefined;
      // The models that a router may choose stand in either list.
      if (all ? !this.#list : this.#list?.bytes !== bytes) this.#list = { bytes, models: await pricedModels(bytes) };
    } catch (cause) {
      // One who gave up says nothing of the catalog.
      if (signal?.aborted) return;
      this.#failedAtMs = Date.now();
      this.fault = describe(cause);
    }
  }

  /**
   * What a request may cost at most, where another model may answer than the one that is asked. The body counts as it goes out: an
   * `extraBody` may have put other models into it.
   * @param {string} apiId @param {Pricing | undefined} pricing @param {string} frame  the body without its messages
   * @returns {Pricing | undefined}
   */
  bound(apiId, pricing, frame) {
    const { model, models, plugins } = JSON.parse(frame);
    const sent = typeof model === "string" ? idOf(model) : apiId;
    const own = sent === apiId ? pricing : this.#priceOf(sent);
    const isRouter = own?.isUnknown === true && sent.startsWith("openrouter/");
    const choices = isRouter ? (this.#list?.models ?? []).filter(({ id }) => mayChoose(plugins, id)).map(({ pricing: price }) => price) : [own];
    const others = Array.isArray(models) ? models.map((name) => this.#priceOf(idOf(String(name)))) : [];
    const known = /** @type {Pricing[]} */ ([...choices, ...others].filter((price) => price && !price.isUnknown));
    // Of several the dearest that is known. Where nothing is known the model itself says so.
    return known.length > 1 ? dearest(known) : (known[0] ?? own);
  }
}

/** @param {string} name */
const idOf = (name) => parseModelRef(name)?.apiId ?? "";

/** Models that the `extraBody` of a layer puts into the body. @param {any} layer @returns {unknown[]} */
function namesInExtra(layer) {
  const settings = [layer, layer?.params, ...Object.values(layer?.models ?? {}).map((entry) => /** @type {any} */ (entry)?.params)];
  const extras = settings.flatMap((params) => [params?.extraBody, params?.extra_body]);
  return extras.flatMap((extra) => [extra?.model, ...(Array.isArray(extra?.models) ? extra.models : [])]);
}

/** Without its raw rows the list is small. @param {Uint8Array} bytes */
async function pricedModels(bytes) {
  /** @type {{ models: { id: string, pricing: Pricing }[] }} */
  const { models } = /** @type {any} */ (await servicesEngine.ask((glue) => glue.catalogModels(bytes, "{}")));
  return models.filter(({ pricing }) => !pricing.isUnknown).map(({ id, pricing }) => ({ id, pricing }));
}

/** @param {Pricing[]} prices @returns {Pricing} */
function dearest(prices) {
  /** @type {Pricing} */
  const most = {};
  for (const unit of UNITS) {
    const amounts = prices.flatMap((price) => [price, ...(price.overrides ?? [])]).map((price) => price[unit]).filter((amount) => amount !== undefined);
    if (amounts.length > 0) most[unit] = amounts.reduce((dear, amount) => (Number(amount) > Number(dear) ? amount : dear));
  }
  return most;
}

/** @param {unknown} plugins @param {string} id */
function mayChoose(plugins, id) {
  const router = Array.isArray(plugins) ? plugins.find((plugin) => ROUTER_PLUGIN.test(plugin?.id ?? "")) : undefined;
  const isAmong = (/** @type {unknown} */ globs) => Array.isArray(globs) && globs.some((glob) => fits(String(glob), id));
  const allowed = router?.allowed_models ?? router?.models;
  return (!Array.isArray(allowed) || allowed.length === 0 || isAmong(allowed)) && !isAmong(router?.excluded_models);
}

/** @param {string} glob @param {string} id */
function fits(glob, id) {
  const parts = glob.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`).test(id);
}
