// Tickets where a reload cannot reach them.
import { reading } from "../caller-objects.js";
import { checkNames } from "../calls/call-options.js";
import { invalidRequest } from "../errors.js";
import { stored, textsIn } from "../auth/text-storage.js";
import { checkTicketShape } from "./video-ticket.js";

/** @import { TextStorage } from "../index.js" */
/** @import { JobStore, VideoTicket } from "../types/media.js" */

/**
 * @typedef {object} Shelf
 * @property {(ticket: VideoTicket) => Promise<void>} save
 * @property {() => Promise<unknown[]>} list
 * @property {(id: string) => Promise<void>} remove
 */

const STORE = "tickets";

/**
 * @param {{ storage?: IDBFactory | TextStorage, name?: string }} [options]
 * @returns {JobStore}
 */
export function createJobStore(options = {}) {
  return reading("options", () => {
    checkNames(options, ["storage", "name"]);
    return storeOf(options);
  });
}

/** @param {{ storage?: IDBFactory | TextStorage, name?: string }} options @returns {JobStore} */
function storeOf({ storage = globalThis.indexedDB ?? new Map(), name = "openrouter-jobs" }) {
  if (typeof name !== "string" || name === "") throw invalidRequest("name: must be a name");
  const isDatabase = typeof (/** @type {any} */ (storage)?.open) === "function" && typeof (/** @type {any} */ (storage).deleteDatabase) === "function";
  const shelf = isDatabase ? inDatabase(/** @type {IDBFactory} */ (storage), name) : inTexts(/** @type {TextStorage} */ (storage), name);
  return Object.freeze({
    /** @param {VideoTicket} ticket */
    async save(ticket) {
      checkTicketShape(ticket);
      await shelf.save(ticket);
    },
    async list() {
      const all = /** @type {VideoTicket[]} */ ((await shelf.list()).filter(isTicket));
      return all.sort((one, other) => one.submittedAtMs - other.submittedAtMs);
    },
    /** @param {string} id */
    async remove(id) {
      checkId(id);
      await shelf.remove(id);
    },
    /** @param {string} id */
    async claim(id) {
      checkId(id);
      return claimed(`${name}:${id}`);
    },
  });
}

/** @param {unknown} id */
function checkId(id) {
  if (typeof id !== "string" || id === "") throw invalidRequest("id: must be the id of a ticket");
}

/** A stored value that is none of ours is left where it is. @param {any} value */
function isTicket(value) {
  return value?.kind === "openrouter-video" && typeof value.id === "string";
}

/** A Web Lock, held until it is let go, the tab closes or the worker ends. @param {string} name @returns {Promise<(() => void) | undefined>} */
function claimed(name) {
  const locks = globalThis.navigator?.locks;
  if (typeof locks?.request !== "function") return Promise.resolve(() => {});
  return new Promise((resolve, reject) => {
    locks.request(name, { ifAvailable: true }, (lock) => {
      if (!lock) return resolve(undefined);
      return new Promise((release) => resolve(() => release(undefined)));
    }).catch(reject);
  });
}

/** @param {IDBFactory} factory @param {string} name @returns {Shelf} */
function inDatabase(factory, name) {
  // Opened for each call: a connection that stays open stands in the way of whoever deletes the site's data.
  /** @template T @param {IDBTransactionMode} mode @param {(store: IDBObjectStore) => IDBRequest<T>} work @returns {Promise<T>} */
  const within = (mode, work) => stored(mode === "readonly" ? "read" : "written", () => transacted(mode, work));
  /** @template T @param {IDBTransactionMode} mode @param {(store: IDBObjectStore) => IDBRequest<T>} work @returns {Promise<T>} */
  const transacted = async (mode, work) => {
    const opening = factory.open(name, 1);
    opening.onupgradeneeded = () => void opening.result.createObjectStore(STORE, { keyPath: "id" });
    const database = await settled(opening);
    try {
      const transaction = database.transaction(STORE, mode);
      const request = work(transaction.objectStore(STORE));
      // The request alone says that it is written, not that it stays.
      await new Promise((resolve, reject) => {
        transaction.oncomplete = () => resolve(undefined);
        transaction.onabort = () => reject(transaction.error ?? request.error);
      });
      return request.result;
    } finally {
      database.close();
    }
  };
  return {
    // As JSON says it: a ticket that came through elsewhere is the same one.
    save: async (ticket) => void (await within("readwrite", (store) => store.put(JSON.parse(JSON.stringify(ticket))))),
    list: () => within("readonly", (store) => store.getAll()),
    remove: async (id) => void (await within("readwrite", (store) => store.delete(id))),
  };
}

/** @template T @param {IDBRequest<T> & { onblocked?: unknown }} request @returns {Promise<T>} */
function settled(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** An entry a ticket: two tabs that save at once do not overwrite each other. @param {TextStorage} storage @param {string} name @returns {Shelf} */
function inTexts(storage, name) {
  const texts = textsIn(storage);
  const prefix = `${name}:`;
  const listed = namesIn(/** @type {any} */ (storage), texts, prefix);
  const names = () => stored("listed", listed);
  return {
    save: (ticket) => texts.write(prefix + ticket.id, JSON.stringify(ticket)),
    async list() {
      const all = (await names()).filter((entry) => entry.startsWith(prefix));
      return (await Promise.all(all.map((entry) => texts.read(entry)))).map(parsed);
    },
    remove: (id) => texts.remove(prefix + id),
  };
}

/** @param {any} storage @param {import("../auth/text-storage.js").Texts} texts @param {string} prefix @returns {() => Promise<string[]>} */
function namesIn(storage, texts, prefix) {
  if (typeof storage.key === "function" || storage instanceof Map) return async () => texts.names();
  if (typeof storage.list === "function") return () => pagesOf(storage, prefix);
  // The storages of phones.
  if (typeof storage.getAllKeys === "function") return async () => [...(await storage.getAllKeys())];
  if (typeof storage.keys === "function") return async () => [...(await storage.keys())];
  throw invalidRequest("storage: must be one whose names can be listed (key, list, getAllKeys or keys)");
}

/** A KV namespace lists a thousand at a time; the storage of a Durable Object gives entries, all at once. @param {any} storage @param {string} prefix */
async function pagesOf(storage, prefix) {
  /** @type {string[]} */
  const names = [];
  /** @type {string | undefined} */
  let cursor;
  do {
    const page = await storage.list({ prefix, ...(cursor !== undefined && { cursor }) });
    if (typeof page?.[Symbol.iterator] === "function") return Array.from(page, ([name]) => name);
    if (!Array.isArray(page?.keys)) throw invalidRequest("storage: list() must give {keys: [{name}]}, or the entries themselves");
    names.push(...page.keys.map((/** @type {{ name: string }} */ key) => key.name));
    cursor = page.list_complete === false ? page.cursor : undefined;
  } while (cursor !== undefined);
  return names;
}

/** @param {string | undefined} text */
function parsed(text) {
  try {
    return JSON.parse(text ?? "null");
  } catch {
    return undefined;
  }
}
