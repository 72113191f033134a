// A chat as a file of JSON, and back.
import { newId as anyId } from "./new-id.js";

/** @import { Chat } from "./chat-store.js" */
/** @import { ChatEntry } from "./chat-tree.js" */

const FORMAT = "openrouter-wasm-chats", VERSION = 1;
const ROLES = new Set(["user", "assistant", "tool"]);

/** @typedef {{ chat: Chat, entries: ChatEntry[] }} WholeChat */

/** @param {readonly WholeChat[]} chats */
export function toJson(chats) {
  return JSON.stringify({ format: FORMAT, version: VERSION, chats }, null, 2);
}

/**
 * With identities of its own, so that a chat that is imported twice is there twice and never overwrites another.
 * @param {string} text of a file of ours, or a plain list of messages
 * @param {string} connection that goes on with them
 * @param {() => string} [newId]
 * @returns {WholeChat[]} throws an Error that names what is wrong
 */
export function fromJson(text, connection, newId = anyId) {
  const value = parsed(text);
  const plain = Array.isArray(value) ? value : Array.isArray(value?.messages) ? value.messages : undefined;
  if (plain) return [fromMessages(plain, connection, newId)];
  if (value?.format !== FORMAT) throw new Error("This file holds no chats: it is neither an export of this page nor a list of messages.");
  if (value.version !== VERSION) throw new Error(`This file is of version ${value.version}; this page reads version ${VERSION}.`);
  if (!Array.isArray(value.chats)) throw new Error("chats: not a list");
  return value.chats.map((/** @type {any} */ each, /** @type {number} */ at) => renewed(each, `chats[${at}]`, connection, newId));
}

/** @param {string} text */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`This file is no JSON: ${/** @type {Error} */ (error).message}`);
  }
}

/** @param {any} whole @param {string} place @param {string} connection @param {() => string} newId @returns {WholeChat} */
function renewed(whole, place, connection, newId) {
  const { chat, entries } = whole ?? {};
  if (typeof chat?.title !== "string") throw new Error(`${place}.chat.title: not a text`);
  if (!Array.isArray(entries)) throw new Error(`${place}.entries: not a list`);
  const ids = new Map(entries.map((entry, at) => [checkedEntry(entry, `${place}.entries[${at}]`).id, newId()]));
  const id = newId();
  return {
    chat: {
      id,
      connection,
      title: chat.title,
      isNamed: chat.isNamed === true,
      createdAtMs: Number(chat.createdAtMs) || Date.now(),
      updatedAtMs: Date.now(),
      leafId: ids.get(chat.leafId) ?? [...ids.values()].at(-1),
      model: typeof chat.model === "string" ? chat.model : undefined,
      settings: chat.settings && typeof chat.settings === "object" ? chat.settings : {},
      costUsd: Number(chat.costUsd) || 0,
      untold: Number(chat.untold) || 0,
    },
    entries: entries.map((entry) => ({ ...entry, id: /** @type {string} */ (ids.get(entry.id)), chatId: id, parentId: entry.parentId === undefined ? undefined : ids.get(entry.parentId) })),
  };
}

/** @param {any} entry @param {string} place @returns {ChatEntry} */
function checkedEntry(entry, place) {
  if (typeof entry?.id !== "string") throw new Error(`${place}.id: not a text`);
  checkedMessage(entry.message, `${place}.message`);
  return entry;
}

/** @param {any} message @param {string} place */
function checkedMessage(message, place) {
  if (!message || typeof message !== "object") throw new Error(`${place}: not a message`);
  if (!ROLES.has(message.role)) throw new Error(`${place}.role: "${message.role}" is none of ${[...ROLES].join(", ")}`);
}

/** @param {any[]} messages @param {string} connection @param {() => string} newId @returns {WholeChat} */
export function fromMessages(messages, connection, newId) {
  const isSystem = (/** @type {any} */ message) => message?.role === "system" || message?.role === "developer";
  const system = messages.filter(isSystem).map(({ content }) => textOf(content)).join("\n\n");
  const id = newId(), now = Date.now();
  /** @type {ChatEntry[]} */
  const entries = [];
  messages.forEach((message, at) => {
    if (isSystem(message)) return;
    checkedMessage(message, `messages[${at}]`);
    entries.push({ id: newId(), chatId: id, parentId: entries.at(-1)?.id, atMs: now + at, message, ...(message.role === "assistant" && { outcome: { verdict: "complete" } }) });
  });
  const first = entries.find(({ message }) => message.role === "user");
  const chat = { id, connection, title: titleOf(textOf(first?.message.content)), createdAtMs: now, updatedAtMs: now, leafId: entries.at(-1)?.id, settings: system ? { system } : {}, costUsd: 0, untold: 0 };
  return { chat, entries };
}

/** All text of a message. @param {unknown} content */
export function textOf(content) {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  return content.map((part) => (typeof part?.text === "string" ? part.text : "")).filter(Boolean).join("\n\n");
}

/** What the visitor wrote: the first text; those behind it are files. @param {unknown} content */
export function spokenText(content) {
  if (!Array.isArray(content)) return textOf(content);
  const first = content[0];
  return first?.type === "text" ? String(first.text) : "";
}

/** A title from the first message. @param {string} text */
export function titleOf(text) {
  const line = text.replace(/\s+/g, " ").trim();
  if (line === "") return "New chat";
  return line.length > 60 ? `${line.slice(0, 57).replace(/[\uD800-\uDBFF]$/, "")}…` : line;
}

/** A name that every system takes. @param {string} title */
export function fileName(title) {
  return title.replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/g, "").toLowerCase().slice(0, 60) || "chat";
}
