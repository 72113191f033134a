// The chat that is open: its messages as a tree, kept in the store, and what the next request is made of. Knows nothing of the page.
import { newChat } from "./chat-store.js";
import { branchesOf, endOf, pathTo, subtree } from "./chat-tree.js";
import { spokenText, titleOf } from "./chat-export.js";
import { newId } from "./new-id.js";

/** @import { ChatMessage } from "openrouter-wasm" */
/** @import { Chat, ChatStore } from "./chat-store.js" */
/** @import { ChatEntry } from "./chat-tree.js" */
/** @import { ChatSettings } from "./chat-settings.js" */

export class ChatState {
  /** @type {Chat | undefined} */
  chat;
  /** @type {Map<string, ChatEntry>} */
  entries = new Map();
  /** Of a chat that nothing has been said in yet. @type {ChatSettings} */
  #settings = {};

  /** @param {ChatStore} store */
  constructor(store) {
    this.store = store;
  }

  get settings() {
    return this.chat?.settings ?? this.#settings;
  }

  /** @param {ChatSettings} settings */
  async setSettings(settings) {
    this.#settings = settings;
    if (this.chat) await this.save({ settings });
  }

  get path() {
    return pathTo(this.entries, this.chat?.leafId);
  }

  close() {
    this.chat = undefined;
    this.entries = new Map();
    this.#settings = {};
  }

  /** @param {string} id */
  async open(id) {
    const chat = await this.store.chat(id);
    if (!chat) return false;
    this.chat = chat;
    this.entries = new Map((await this.store.entries(id)).map((entry) => [entry.id, entry]));
    return true;
  }

  /** @param {string} connection */
  async begin(connection) {
    this.chat ??= newChat(connection, this.#settings);
    return this.chat;
  }

  /** @param {Partial<Chat>} changes */
  async save(changes) {
    if (!this.chat) return;
    // The same object stays: answers that are on their way hold it.
    Object.assign(this.chat, changes);
    await this.store.saveChat(this.chat);
  }

  /**
   * Behind the given message; it becomes the last one that is shown.
   * @param {Omit<ChatEntry, "id" | "chatId" | "atMs">} content
   * @returns {Promise<ChatEntry>}
   */
  async add(content) {
    const chat = /** @type {Chat} */ (this.chat);
    /** @type {ChatEntry} */
    const entry = { id: newId(), chatId: chat.id, atMs: Date.now(), ...content };
    this.entries.set(entry.id, entry);
    await this.store.saveEntries([entry]);
    const isFirst = entry.message.role === "user" && entry.parentId === undefined && !chat.isNamed;
    await this.save({ leafId: entry.id, updatedAtMs: entry.atMs, ...(isFirst && { title: titleOf(spokenText(entry.message.content)) }) });
    return entry;
  }

  /** @param {ChatEntry} entry */
  branch(entry) {
    const branches = branchesOf(this.entries, entry);
    return { at: branches.indexOf(entry), count: branches.length };
  }

  /** @param {ChatEntry} entry @param {number} by @returns {Promise<ChatEntry | undefined>} the one that is shown now */
  async turn(entry, by) {
    const branches = branchesOf(this.entries, entry);
    const other = branches[branches.indexOf(entry) + by];
    if (other) await this.save({ leafId: endOf(this.entries, other.id) });
    return other;
  }

  /**
   * With all that follows it; a branch beside it is shown instead, if there is one.
   * @param {ChatEntry} entry
   * @returns {Promise<() => Promise<void>>} puts it back
   */
  async remove(entry) {
    const leafId = this.chat?.leafId;
    const gone = subtree(this.entries, entry.id);
    const others = branchesOf(this.entries, entry).filter((other) => other !== entry);
    for (const { id } of gone) this.entries.delete(id);
    await this.store.removeEntries(gone.map(({ id }) => id));
    const beside = others.at(-1);
    await this.save({ leafId: beside ? endOf(this.entries, beside.id) : entry.parentId });
    const { chat } = this;
    return async () => {
      await this.store.saveEntries(gone);
      // Another chat may be open by now.
      if (this.chat !== chat) return;
      for (const each of gone) this.entries.set(each.id, each);
      await this.save({ leafId });
    };
  }

  /**
   * What a request begins with: the system prompt, then what was said up to the given message.
   * @param {string | undefined} leafId
   * @returns {ChatMessage[]}
   */
  messages(leafId) {
    const { system } = this.settings;
    const said = pathTo(this.entries, leafId).flatMap((entry) => wireMessage(entry) ?? []);
    return system ? [{ role: "system", content: system }, ...said] : said;
  }

  /** Tool calls of the last answer that nobody has answered. */
  openCalls() {
    const { path } = this;
    const at = path.findLastIndex(({ message }) => message.role === "assistant");
    const last = path[at];
    // Behind that answer alone: some providers count their calls anew with each.
    const answered = new Set(path.slice(at + 1).map(({ message }) => message.tool_call_id));
    if (!last || last.outcome?.error || last.outcome?.verdict !== "complete") return [];
    return (last.message.tool_calls ?? []).filter(({ id }) => !answered.has(id));
  }
}

/** @param {ChatEntry} entry @returns {ChatMessage | undefined} undefined: nothing to go on from */
function wireMessage({ message, outcome }) {
  if (message.role !== "assistant") return message;
  const { content, tool_calls: calls, images } = message;
  // Half of an answer that failed is nothing to go on from; what a reader has stopped is what they have read.
  if (outcome?.error || (!content && !calls?.length && !images)) return undefined;
  if (outcome?.verdict === "complete" || outcome?.verdict === "length" || outcome?.verdict === "content-filter") return message;
  return content ? { role: "assistant", content } : undefined;
}
