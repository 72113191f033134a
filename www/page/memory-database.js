// The chats of a visitor whose browser keeps nothing: as much of a database as chat-store.js needs, for as long as the page is open.

/** @typedef {{ id: string, chatId?: string }} Row */

export class MemoryDatabase {
  /** @type {Record<string, Map<string, any>>} */
  #stores = { chats: new Map(), entries: new Map() };

  /** @param {string} store @param {string} id */
  async get(store, id) {
    return structuredClone(this.#stores[store].get(id));
  }

  /** @param {string} store */
  async getAll(store) {
    return structuredClone([...this.#stores[store].values()]);
  }

  /** @param {string} store @param {string} _index @param {string} chatId */
  async getAllFromIndex(store, _index, chatId) {
    return (await this.getAll(store)).filter((/** @type {Row} */ row) => row.chatId === chatId);
  }

  /** @param {string} store @param {Row} row */
  async put(store, row) {
    this.#stores[store].set(row.id, structuredClone(row));
  }

  /** @param {string} store @param {string} id */
  async delete(store, id) {
    this.#stores[store].delete(id);
  }

  /** @param {string} name */
  transaction(name) {
    return { store: { put: (/** @type {Row} */ row) => this.put(name, row), delete: (/** @type {string} */ id) => this.delete(name, id) }, done: Promise.resolve() };
  }
}
