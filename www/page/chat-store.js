// Chats in the browser's own database, so that a reload, a closed tab or a crash loses none of them.
//
// A chat and its messages are records of their own: an answer that grows is written again and again, and what stands before it (a PDF
// of ten megabytes, for instance) is not.
import { openDB } from "idb";
import { MemoryDatabase } from "./memory-database.js";
import { newId } from "./new-id.js";

/** @import { DBSchema, IDBPDatabase } from "idb" */
/** @import { ChatEntry } from "./chat-tree.js" */
/** @import { ChatSettings } from "./chat-settings.js" */

/**
 * @typedef {object} Chat
 * @property {string} id
 * @property {string} connection whose answers these are
 * @property {string} title
 * @property {boolean} [isNamed] by the visitor
 * @property {number} createdAtMs
 * @property {number} updatedAtMs
 * @property {string} [leafId] the last message that is shown
 * @property {string} [model]
 * @property {ChatSettings} settings
 * @property {number} costUsd
 * @property {number} untold answers whose cost nobody has told
 */

/**
 * @typedef {DBSchema & {
 *   chats: { key: string, value: Chat },
 *   entries: { key: string, value: ChatEntry, indexes: { chat: string } },
 * }} Schema
 */

const NAME = "openrouter-demo", VERSION = 1;
/** Written at once when the page is left: the database would not be done in time. */
const DRAFT = "openrouter-demo.draft";

export class ChatStore {
  /** Told when something could not be kept: the page goes on with it in memory. @type {((error: unknown) => void) | undefined} */
  onTrouble;
  #database;

  /** @param {IDBPDatabase<Schema>} database @param {unknown} [trouble] why there is none that lasts */
  constructor(database, trouble) {
    this.#database = database;
    this.trouble = trouble;
  }

  static async open(name = NAME) {
    let database;
    try {
      database = await ChatStore.#openDatabase(name);
    } catch (trouble) {
      return new ChatStore(/** @type {any} */ (new MemoryDatabase()), trouble);
    }
    const store = new ChatStore(database);
    await store.#takeDraft();
    return store;
  }

  /** @param {string} name @returns {Promise<IDBPDatabase<Schema>>} */
  static #openDatabase(name) {
    return openDB(name, VERSION, {
      upgrade(created) {
        created.createObjectStore("chats", { keyPath: "id" });
        created.createObjectStore("entries", { keyPath: "id" }).createIndex("chat", "chatId");
      },
      // Another tab has a newer page: it must not wait for this one.
      blocking: (_current, _blocked, event) => /** @type {IDBDatabase} */ (event.target).close(),
    });
  }

  /** @param {string} connection @returns {Promise<Chat[]>} newest first */
  async list(connection) {
    const chats = await this.#database.getAll("chats");
    return chats.filter((chat) => chat.connection === connection).sort((a, b) => b.updatedAtMs - a.updatedAtMs);
  }

  /** @param {string} id */
  chat(id) {
    return this.#database.get("chats", id);
  }

  /** @param {string} chatId @returns {Promise<ChatEntry[]>} */
  entries(chatId) {
    return this.#database.getAllFromIndex("entries", "chat", chatId);
  }

  /** @param {string} id */
  entry(id) {
    return this.#database.get("entries", id);
  }

  /** @param {Chat} chat */
  saveChat(chat) {
    return this.#write(() => this.#database.put("chats", chat));
  }

  /** @param {readonly ChatEntry[]} entries */
  saveEntries(entries) {
    return this.#write(() => {
      const { store, done } = this.#database.transaction("entries", "readwrite");
      return Promise.all([...entries.map((entry) => store.put(entry)), done]);
    });
  }

  /** @param {readonly string[]} ids */
  async removeEntries(ids) {
    const { store, done } = this.#database.transaction("entries", "readwrite");
    await Promise.all([...ids.map((id) => store.delete(id)), done]);
  }

  /** @param {string} id @returns {Promise<{ chat: Chat, entries: ChatEntry[] } | undefined>} what was removed, to be put back */
  async removeChat(id) {
    const chat = await this.chat(id);
    if (!chat) return undefined;
    const entries = await this.entries(id);
    await this.removeEntries(entries.map((entry) => entry.id));
    await this.#database.delete("chats", id);
    return { chat, entries };
  }

  /** @param {{ chat: Chat, entries: readonly ChatEntry[] }} whole */
  async put({ chat, entries }) {
    await this.saveEntries(entries);
    await this.saveChat(chat);
  }

  /** The page is being left: what had arrived is written before it is gone. @param {ChatEntry} entry */
  static keepDraft(entry) {
    // An image would not fit; what the database has of it stays.
    const { images: _, ...message } = entry.message;
    try {
      localStorage.setItem(DRAFT, JSON.stringify({ ...entry, message }));
    } catch {
      // No storage, or no room: then the database has what came until a moment ago.
    }
  }

  /** A storage that is full must not take the conversation with it. @param {() => Promise<unknown>} write */
  async #write(write) {
    try {
      await write();
    } catch (error) {
      this.onTrouble?.(error);
    }
  }

  async #takeDraft() {
    try {
      const text = localStorage.getItem(DRAFT);
      if (text === null) return;
      localStorage.removeItem(DRAFT);
      /** @type {ChatEntry} */
      const draft = JSON.parse(text);
      const known = await this.#database.get("entries", draft.id);
      if (known && !known.outcome) await this.saveEntries([{ ...known, generationId: draft.generationId ?? known.generationId, message: /** @type {any} */ ({ ...known.message, ...draft.message }) }]);
    } catch {
      // Not ours, or no storage.
    }
  }
}

/** @param {string} connection @param {ChatSettings} settings @returns {Chat} */
export function newChat(connection, settings) {
  const now = Date.now();
  return { id: newId(), connection, title: "New chat", createdAtMs: now, updatedAtMs: now, settings, costUsd: 0, untold: 0 };
}
