// Where a catalog is kept between pages and processes.
import { reading } from "../caller-objects.js";
import { invalidRequest } from "../errors.js";
import { textsIn } from "../auth/text-storage.js";

/** @import { CatalogCache, TextStorage } from "../index.js" */

/** Stale rows are better than none for a while, not for ever. */
const LIFE_SECONDS = 7 * 86_400;
const STORED_AT = "x-stored-at-ms";

/**
 * @param {Cache | TextStorage} storage
 * @returns {CatalogCache}
 */
export function createCatalogCache(storage) {
  return reading("storage", () => cacheOf(storage));
}

/** @param {Cache | TextStorage} storage @returns {CatalogCache} */
function cacheOf(storage) {
  const any = /** @type {any} */ (storage);
  if (typeof any?.match === "function" && typeof any.put === "function") return inCache(any);
  if (typeof any !== "object" || any === null) throw invalidRequest("storage: must be a Cache, a KV namespace, a Web Storage or a Map");
  const texts = textsIn(any);
  return {
    async read(name) {
      const held = await texts.read(name);
      // The date stands before the text, on a line of its own: JSON around a megabyte of JSON would be escaped, and read twice.
      const end = held?.indexOf("\n") ?? -1;
      return held === undefined || end < 0 ? undefined : { text: held.slice(end + 1), storedAtMs: Number(held.slice(0, end)) };
    },
    write: (name, { text, storedAtMs }) => texts.write(name, `${storedAtMs}\n${text}`, LIFE_SECONDS),
  };
}

/** @param {Cache} cache @returns {CatalogCache} */
function inCache(cache) {
  // A Cache keeps answers of http addresses alone; this one is nobody's.
  const address = (/** @type {string} */ name) => `https://catalog.invalid/${encodeURIComponent(name)}`;
  return {
    async read(name) {
      const response = await cache.match(address(name));
      return response && { text: await response.text(), storedAtMs: Number(response.headers.get(STORED_AT)) };
    },
    async write(name, { text, storedAtMs }) {
      const headers = { "Content-Type": "application/json", "Cache-Control": `max-age=${LIFE_SECONDS}`, [STORED_AT]: String(storedAtMs) };
      await cache.put(address(name), new Response(text, { headers }));
    },
  };
}
