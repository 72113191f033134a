// Web search: finds the key, remembers answers for a while, asks, hands out what came.
import { checkSearch } from "./search-options.js";
import { detectKey, json, keyText, reading, SEARCH_OPTIONS } from "../first-part.js";
import { billable, callText, heldCall, lenientJson, namedOptions, readOptions, servicesEngine, tokensOf } from "../services-part.js";
import { resolveKey } from "../auth/key-store.js";

/** @import { Access } from "./call.js" */
/** @import { SearchOptions, SearchResult, SearchSettings } from "../index.js" */

const CACHE_MS = 15 * 60_000;
/** Answers that are remembered; the oldest goes. */
const MOST_REMEMBERED = 100;
const MOST_RESULTS = 10;

/** No field: a debugger shows those, and there are keys among them. @type {WeakMap<Search, SearchSettings>} */
const settingsOf = new WeakMap();

export class Search {
  #access;
  /** @type {Map<string, { result: any, storedAtMs: number }>} */
  #remembered = new Map();

  /** @param {Access} access @param {SearchSettings} [settings] */
  constructor(access, settings = {}) {
    this.#access = access;
    settingsOf.set(this, settings);
  }

  /**
   * @param {string} query
   * @param {SearchOptions} [given]
   * @returns {Promise<SearchResult>}
   */
  async search(query, given = {}) {
    checkSearch(query, given);
    const startedAt = Date.now();
    const { options, warnings } = namedOptions(this.#access, given, SEARCH_OPTIONS, { remedy: "", oddOf: oddCount });
    const own = /** @type {SearchSettings} */ (settingsOf.get(this));
    warnings.push(...readOptions(own, SEARCH_OPTIONS, "").warnings.map((line) => `search.${line}`));
    const settings = /** @type {SearchSettings & SearchOptions} */ ({ ...own, ...options });
    const told = warnings.length > 0 ? { warnings } : {};
    const { key, source } = await reading("options", () => this.#keyOf(settings));
    const { apiKey: _, perplexityApiKey: __, env: ___, signal, cacheTtlMs = CACHE_MS, ...rest } = settings;
    const asked = { ...rest, query, ...(source && { keySource: source, keyKind: key && detectKey(key) }) };
    const planned = await servicesEngine.ask((glue) => glue.planSearch(this.#access.config(), json("options", asked)));
    if (!("plan" in planned)) return planned;
    const { plan, transport, count, model } = planned;
    // Everything that the answer depends on: where it is asked, and the whole body.
    const name = `${plan.url}\n${count}\n${plan.body}`;
    const held = this.#remembered.get(name);
    if (cacheTtlMs > 0 && held && Date.now() - held.storedAtMs < cacheTtlMs) {
      return { ...structuredClone(held.result), cached: true, tookMs: Date.now() - startedAt, ...told };
    }
    const ask = async () => {
      const { text } = await callText({ ...this.#access, apiKey: async () => key }, plan, { signal }).catch((error) => {
        throw billable(error);
      });
      return { text, usage: usageIn(text) };
    };
    // Perplexity itself sends its bill to somebody else.
    const isBilledHere = source === "client" || (key !== undefined && detectKey(key) === "openrouter");
    const { text } = isBilledHere ? (await heldCall(this.#access, model ?? plan.url, { units: { prompt: tokensOf(query), request: 1 }, call: plan, signal }, ask)).answer : await ask();
    const read = await servicesEngine.ask((glue) => glue.readSearch(transport, count, text));
    const result = { query, provider: /** @type {const} */ ("perplexity"), ...(model !== undefined && { model }), ...read };
    if (cacheTtlMs > 0) this.#remember(name, structuredClone(result));
    return { ...result, cached: false, tookMs: Date.now() - startedAt, ...told };
  }

  /** The first that holds a key, and where it was (models-scan 5). @param {any} given */
  async #keyOf({ apiKey, perplexityApiKey, env }) {
    const sources = [
      { source: "option", find: async () => keyText(await resolveKey({ apiKey })) },
      { source: "perplexity-env", find: async () => keyText(await resolveKey({ apiKey: perplexityApiKey ?? (env && (await variable(env, "PERPLEXITY_API_KEY"))) })) },
      { source: "openrouter-env", find: async () => keyText(env && (await resolveKey({ env }))) },
      { source: "client", find: () => this.#access.apiKey() },
    ];
    for (const { source, find } of sources) {
      const key = await find();
      if (key) return { key, source };
    }
    return { key: undefined, source: undefined };
  }

  /** @param {string} name @param {any} result */
  #remember(name, result) {
    this.#remembered.delete(name);
    this.#remembered.set(name, { result, storedAtMs: Date.now() });
    if (this.#remembered.size > MOST_REMEMBERED) this.#remembered.delete(/** @type {string} */ (this.#remembered.keys().next().value));
  }
}

/** The engine holds the number to its bounds. @param {Record<string, any>} options @returns {string[]} */
function oddCount({ count }) {
  if (typeof count !== "number" || (Number.isInteger(count) && count >= 1 && count <= MOST_RESULTS)) return [];
  return [`count: is ${count}: a search takes whole numbers from 1 to ${MOST_RESULTS}, and ${Math.floor(Math.min(Math.max(count, 1), MOST_RESULTS))} is asked for`];
}

/** The names of OpenClaw's configuration. @param {any} file @returns {SearchSettings} */
export function searchSettings({ apiKey, perplexityApiKey, baseUrl, model, maxResults, timeoutSeconds, cacheTtlMinutes }) {
  return defined({
    apiKey, perplexityApiKey, model, baseURL: baseUrl, count: maxResults,
    timeoutMs: timeoutSeconds === undefined ? undefined : timeoutSeconds * 1000,
    cacheTtlMs: cacheTtlMinutes === undefined ? undefined : cacheTtlMinutes * 60_000,
  });
}

/** `Deno.env` is asked, a record is read; a binding of a secrets store too. @param {any} env @param {string} name */
async function variable(env, name) {
  const value = typeof env.get === "function" ? await env.get(name) : env[name];
  return typeof value?.get === "function" ? value.get() : value;
}

/** @param {object} options */
function defined(options) {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined && value !== null));
}

/** What an answer says that it cost. @param {string} text @returns {{ cost?: number } | undefined} */
function usageIn(text) {
  try {
    return lenientJson(text)?.usage;
  } catch {
    // The engine says what is wrong with it.
    return undefined;
  }
}
