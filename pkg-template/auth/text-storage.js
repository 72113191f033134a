// Places to keep a text under a name, by one name for what they do.
import { describe, invalidRequest, maskedCause, OpenRouterError, reading, withoutKey } from "../first-part.js";

/** @import { TextStorage } from "../index.js" */

/**
 * @typedef {object} Texts
 * @property {(name: string) => Promise<string | undefined>} read
 * @property {(name: string, text: string, lifeSeconds?: number) => Promise<void>} write  a KV forgets by itself after `lifeSeconds`
 * @property {(name: string) => Promise<void>} remove
 * @property {() => string[]} names  none where listing them would cost a request
 */

/** A storage that says nothing is one that failed: nobody waits for it for ever. */
const LIMIT_MS = 10_000;

/**
 * What a storage does; what it throws (it is full, it is switched off) is the cause of the package's error.
 * @template T @param {"read" | "written" | "removed" | "listed"} done @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function stored(done, work) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`it did not answer within ${LIMIT_MS} ms`)), LIMIT_MS);
  });
  try {
    return await Promise.race([work(), /** @type {Promise<never>} */ (late)]);
  } catch (cause) {
    if (OpenRouterError.isInstance(cause)) throw cause;
    throw invalidRequest(`storage: could not be ${done}: ${withoutKey(describe(cause), "")}`, maskedCause(cause, ""));
  } finally {
    clearTimeout(timer);
  }
}

/** @param {TextStorage} storage @returns {Texts} */
export function textsIn(storage) {
  const { read, write, remove, names } = reading("storage", () => plainTextsIn(storage));
  return {
    read: (name) => stored("read", () => read(name)),
    write: (name, text, lifeSeconds) => stored("written", () => write(name, text, lifeSeconds)),
    remove: (name) => stored("removed", () => remove(name)),
    names: () => reading("storage", names),
  };
}

/** @param {TextStorage} storage @returns {Texts} */
function plainTextsIn(storage) {
  const any = /** @type {any} */ (storage);
  if (typeof any?.getItem === "function") {
    return {
      read: async (name) => any.getItem(name) ?? undefined,
      write: async (name, text) => void (await any.setItem(name, text)),
      remove: async (name) => void (await any.removeItem(name)),
      names: () => (typeof any.key === "function" ? Array.from({ length: any.length }, (_, at) => any.key(at)).filter((name) => typeof name === "string") : []),
    };
  }
  const read = async (/** @type {string} */ name) => (await any.get(name)) ?? undefined;
  const remove = async (/** @type {string} */ name) => void (await any.delete(name));
  if (typeof any?.get === "function" && typeof any.delete === "function") {
    if (typeof any.put === "function") {
      const write = async (/** @type {string} */ name, /** @type {string} */ text, /** @type {number | undefined} */ lifeSeconds) => {
        await any.put(name, text, lifeSeconds === undefined ? undefined : { expirationTtl: lifeSeconds });
      };
      return { read, write, remove, names: () => [] };
    }
    if (typeof any.set === "function") {
      return { read, write: async (name, text) => void (await any.set(name, text)), remove, names: () => (storage instanceof Map ? [...storage.keys()] : []) };
    }
  }
  throw invalidRequest("storage: must be a Web Storage, a KV namespace or a Durable Object's storage ({get, put, delete}) or a Map");
}
