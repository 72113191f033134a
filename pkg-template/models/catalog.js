// The catalog of one client: fetched once however many ask, given stale while it is fetched anew.
import { callBytes } from "../calls/call.js";
import { servicesEngine } from "../engine/services.js";
import { describe, fromEngine, offAbort, onAbort as whenAborted, OpenRouterError, stopIfAborted } from "../first-part.js";
import { TabShare } from "./tab-share.js";

/** @import { CatalogCache, Change, Model } from "../index.js" */
/** @import { Access } from "../calls/call.js" */

/** @typedef {{ bytes: Uint8Array<ArrayBuffer>, storedAtMs: number, warnings: Change[] }} Rows */
/** @typedef {{ all?: boolean, refresh?: boolean, timeoutMs?: number, signal?: AbortSignal | null }} OpenOptions */
/** @typedef {{ promise: Promise<void>, controller: AbortController, waiting: number, isBackground: boolean }} Fetching */
/** @typedef {{ apiId: string, model: Model, facts: object }} Found */

const HOUR_MS = 3_600_000;
const MAX_PAGES = 50;
/** A refresh that failed is not tried again with every list. */
const AFTER_FAILURE_MS = 30_000;
/** No request waits longer for a cache to say what it holds. */
const CACHE_GRACE_MS = 50;
/** A list waits longer, and not for ever. */
const CACHE_LIMIT_MS = 5000;
/** Names that are looked up again and again are few; one that anybody may choose is no reason to grow. */
const MAX_REMEMBERED = 500;

export class Catalog {
  /** With text to give, and all there are: `GET /models` lists the second only when it is asked. */
  #shelves;

  /** @param {Access} access @param {{ baseURL: string, cache?: CatalogCache, ttlMs?: number }} options */
  constructor(access, { baseURL, cache, ttlMs = HOUR_MS }) {
    const shelf = (/** @type {boolean} */ all) => new Shelf(access, { all, name: `openrouter-wasm.models:${baseURL}${all ? "?all" : ""}`, cache, ttlMs });
    this.#shelves = { text: shelf(false), all: shelf(true) };
  }

  /** @param {OpenOptions} options @returns {Promise<Rows>} */
  open({ all = false, ...options }) {
    return (all ? this.#shelves.all : this.#shelves.text).open(options);
  }

  /**
   * The model of a name among the rows that are loaded, without waiting for any.
   * @param {string} name
   * @returns {Model | undefined}
   */
  known(name) {
    return this.find(name)?.model;
  }

  /** @param {string} name @returns {Found | undefined} */
  find(name) {
    const { text, all } = this.#shelves;
    return text.find(name) ?? all.find(name);
  }

  /**
   * What the catalog says of these models, as far as it is loaded, by their ids on the wire.
   * @param {readonly unknown[]} names
   */
  async facts(names) {
    await this.#shelves.text.readCacheBriefly();
    /** @type {Record<string, object>} */
    const facts = {};
    for (const name of names) {
      // A value that is no name is refused by the engine, in its own words.
      const found = typeof name === "string" && name.trim() !== "" ? this.find(name) : undefined;
      if (found) facts[found.apiId] = found.facts;
    }
    return facts;
  }

  /** @param {string} name @param {{ refresh?: boolean, timeoutMs?: number, signal?: AbortSignal | null }} options */
  async get(name, options) {
    for (const shelf of Object.values(this.#shelves)) {
      await shelf.open(options);
      const found = shelf.find(name, true);
      // A copy: what is remembered is shared by all who ask.
      if (found) return structuredClone(found.model);
    }
    return undefined;
  }
}

/** The rows of one list. */
class Shelf {
  #access;
  #all;
  #name;
  #cache;
  #ttlMs;
  #tabs;
  /** @type {Uint8Array<ArrayBuffer> | undefined} */
  #bytes;
  #storedAtMs = 0;
  /** What went wrong beside the rows. @type {Change[]} */
  #warnings = [];
  /** @type {Change | undefined} */
  #cacheFault;
  /** @type {Change | undefined} */
  #failure;
  #failedAtMs = -Infinity;
  /** @type {Promise<void> | undefined} */
  #reading;
  /** @type {Fetching | undefined} */
  #fetching;
  /** @type {Map<string, Found | undefined>} */
  #remembered = new Map();

  /** @param {Access} access @param {{ all: boolean, name: string, cache: CatalogCache | undefined, ttlMs: number }} options */
  constructor(access, { all, name, cache, ttlMs }) {
    this.#access = access;
    this.#all = all;
    this.#name = name;
    this.#cache = cache;
    this.#ttlMs = ttlMs;
    this.#tabs = new TabShare(name, () => (this.#bytes && this.#isFresh() ? { text: new TextDecoder().decode(this.#bytes), storedAtMs: this.#storedAtMs } : undefined));
  }

  #isFresh() {
    return Date.now() - this.#storedAtMs < this.#ttlMs;
  }

  /** @param {Omit<OpenOptions, "all">} options @returns {Promise<Rows>} */
  async open({ refresh = false, timeoutMs, signal }) {
    stopIfAborted(signal);
    if (!this.#bytes && !refresh) await unlessAborted(this.#readCache(timeoutMs), signal);
    if (!this.#bytes || refresh) await this.#join(this.#start(timeoutMs, refresh), signal);
    else if (!this.#isFresh() && !this.#fetching && Date.now() - this.#failedAtMs >= AFTER_FAILURE_MS) {
      const fetching = this.#start(timeoutMs, false);
      fetching.isBackground = true;
    }
    const warnings = [this.#cacheFault, ...this.#warnings, this.#failure].filter((warning) => warning !== undefined);
    return { bytes: /** @type {Uint8Array<ArrayBuffer>} */ (this.#bytes), storedAtMs: this.#storedAtMs, warnings };
  }

  /** @param {string} name @param {boolean} [isThrowing]  a name that means nothing is an error @returns {Found | undefined} */
  find(name, isThrowing = false) {
    if (!this.#bytes) return undefined;
    if (this.#remembered.has(name)) return this.#remembered.get(name);
    let found;
    try {
      const bytes = this.#bytes;
      found = servicesEngine.callNow((glue) => glue.catalogModel(bytes, name, this.#access.config()));
    } catch (error) {
      if (isThrowing || !OpenRouterError.isInstance(error) || error.code !== "invalid-request") throw error;
    }
    if (this.#remembered.size >= MAX_REMEMBERED) this.#remembered.clear();
    const parsed = found === undefined ? undefined : JSON.parse(found);
    this.#remembered.set(name, parsed);
    return parsed;
  }

  /** What the cache holds, if it says so at once: a request does not wait for a slow one. */
  async readCacheBriefly() {
    if (this.#bytes || !this.#cache) return;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    let timer;
    const grace = new Promise((resolve) => {
      timer = setTimeout(resolve, CACHE_GRACE_MS);
    });
    await Promise.race([this.#readCache(), grace]);
    clearTimeout(timer);
  }

  /** Once. An error of the cache is told, and the rows are fetched. */
  #readCache(timeoutMs = 0) {
    return (this.#reading ??= this.#readFrom(this.#cache, timeoutMs));
  }

  /** @param {CatalogCache | undefined} cache @param {number} timeoutMs */
  async #readFrom(cache, timeoutMs) {
    if (!cache) return;
    try {
      const entry = await inTime(cache.read(this.#name), timeoutMs);
      if (typeof entry?.text !== "string") return;
      // Rows that came meanwhile are newer.
      const bytes = new TextEncoder().encode(entry.text);
      await servicesEngine.call((glue) => glue.catalogNext(bytes));
      if (!this.#bytes) this.#take(bytes, Number.isFinite(entry.storedAtMs) && entry.storedAtMs <= Date.now() ? entry.storedAtMs : 0);
    } catch (cause) {
      this.#cacheFault = { rule: "catalog-cache", path: this.#name, reason: `could not be read: ${fromCache(cause)}` };
    }
  }

  /** @param {Uint8Array<ArrayBuffer>} bytes @param {number} storedAtMs */
  #take(bytes, storedAtMs) {
    this.#bytes = bytes;
    this.#storedAtMs = storedAtMs;
    this.#remembered.clear();
  }

  /** The fetch that is under way, or a new one. @param {number | undefined} timeoutMs @param {boolean} refresh */
  #start(timeoutMs, refresh) {
    if (this.#fetching) return this.#fetching;
    const controller = new AbortController();
    const fetching = { promise: Promise.resolve(), controller, waiting: 0, isBackground: false };
    const done = () => {
      if (this.#fetching === fetching) this.#fetching = undefined;
    };
    fetching.promise = this.#fetch(timeoutMs, refresh, controller.signal).then(
      () => {
        done();
        this.#failure = undefined;
        this.#failedAtMs = -Infinity;
      },
      (cause) => {
        done();
        if (!controller.signal.aborted && this.#bytes) {
          this.#failedAtMs = Date.now();
          this.#failure = { rule: "catalog", path: "refresh", reason: `failed, the rows are older: ${describe(cause)}` };
        }
        throw cause;
      },
    );
    // A caller that waits hears of it; a refresh in the background is told with the next list.
    fetching.promise.catch(() => {});
    this.#fetching = fetching;
    return fetching;
  }

  /**
   * Waits for a fetch that others may wait for too: an abort ends this wait, and the fetch when nobody is left.
   * @param {Fetching} fetching @param {AbortSignal | null} [signal]
   */
  async #join(fetching, signal) {
    fetching.waiting += 1;
    try {
      await unlessAborted(fetching.promise, signal);
    } finally {
      fetching.waiting -= 1;
      if (signal?.aborted && fetching.waiting === 0 && !fetching.isBackground) {
        // Before its promise settles somebody may ask again, and must not get this end.
        if (this.#fetching === fetching) this.#fetching = undefined;
        fetching.controller.abort(signal.reason);
      }
    }
  }

  /** @param {number | undefined} timeoutMs @param {boolean} refresh @param {AbortSignal} signal */
  async #fetch(timeoutMs, refresh, signal) {
    /** @type {Change[]} */
    const warnings = [];
    const fetchPages = async () => {
      const text = new TextDecoder().decode(await catalogPages(this.#access, { all: this.#all, timeoutMs }, signal, warnings));
      return { text, storedAtMs: Date.now() };
    };
    // A `fetch` of the caller's own may lead anywhere: what it gives is nobody else's, and the other way round.
    const isShared = !refresh && this.#access.fetch() === globalThis.fetch;
    const entry = isShared ? await this.#tabs.once(fetchPages, signal) : await fetchPages();
    stopIfAborted(signal);
    this.#warnings = warnings;
    this.#take(new TextEncoder().encode(entry.text), entry.storedAtMs);
    try {
      if (this.#cache) await inTime(this.#cache.write(this.#name, entry), timeoutMs);
    } catch (cause) {
      warnings.push({ rule: "catalog-cache", path: this.#name, reason: `could not be written: ${fromCache(cause)}` });
    }
  }
}

/**
 * The pages of a list, one behind the other: the engine reads them as they are.
 * @param {Access} access @param {{ all?: boolean, query?: string, timeoutMs?: number }} list @param {AbortSignal | null | undefined} signal @param {Change[]} warnings
 */
export async function catalogPages(access, list, signal, warnings) {
  const start = performance.now();
  /** @type {Uint8Array<ArrayBuffer>[]} */
  const pages = [];
  const asked = new Set();
  let length = 0, next;
  for (;;) {
    const settings = JSON.stringify({ ...list, next });
    const plan = await servicesEngine.ask((glue) => glue.catalogPlan(access.config(), settings));
    // One limit for all of them.
    if (plan.timeoutMs > 0 && pages.length > 0) plan.timeoutMs = Math.max(1, Math.round(plan.timeoutMs - (performance.now() - start)));
    plan.maxBytes -= length;
    if (asked.has(plan.url)) throw new OpenRouterError({ code: "bad-response", message: `${plan.label}: the pages of the answer go round in a circle` });
    asked.add(plan.url);
    const { bytes } = await callBytes(access, plan, { signal });
    access.drift?.add(plan.url, [bytes]);
    next = await servicesEngine.call((glue) => glue.catalogNext(bytes));
    pages.push(bytes);
    length += bytes.length;
    if (next === undefined) break;
    if (pages.length === MAX_PAGES) {
      warnings.push({ rule: "catalog", path: "links.next", reason: `more than ${MAX_PAGES} pages: the rest was left` });
      break;
    }
  }
  if (pages.length === 1) return pages[0];
  // The mark that may stand before a text may not stand inside of one.
  return new TextEncoder().encode(pages.map((page) => new TextDecoder().decode(page)).join("\n"));
}

/** @template T @param {Promise<T>} promise @param {AbortSignal | null} [signal] @returns {Promise<T>} */
function unlessAborted(promise, signal) {
  if (!signal) return promise;
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    whenAborted(signal, onAbort);
    promise.then(resolve, reject).finally(() => offAbort(signal, onAbort));
  });
}

/** What a cache says in its time. @template T @param {Promise<T>} promise @param {number} [timeoutMs] @returns {Promise<T>} */
async function inTime(promise, timeoutMs = 0) {
  const limitMs = timeoutMs > 0 ? Math.min(timeoutMs, CACHE_LIMIT_MS) : CACHE_LIMIT_MS;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`it did not answer within ${limitMs} ms`)), limitMs);
  });
  try {
    return await Promise.race([promise, /** @type {Promise<never>} */ (late)]);
  } finally {
    clearTimeout(timer);
  }
}

/** @param {unknown} cause */
function fromCache(cause) {
  try {
    return describe(cause instanceof Error ? cause : typeof cause === "object" && cause !== null && "code" in cause ? fromEngine(cause) : cause);
  } catch {
    return describe(cause);
  }
}
