// Chats on disk, a file each, for their owner alone: what --continue goes on with.
import { randomBytes } from "node:crypto";
import { chmod, mkdir, readdir, readFile, stat, unlink } from "node:fs/promises";
import { join } from "node:path";
import { CliError, EXIT, fileFault, usageError } from "./failures.js";
import { writeWhole } from "./whole-file.js";

/** @import { ChatMessage } from "../../index.js" */

/**
 * @typedef {object} StoredChat
 * @property {string} id
 * @property {string} title
 * @property {string} [model]  as it was asked for
 * @property {number} createdAtMs
 * @property {number} updatedAtMs
 * @property {number} costUsd
 * @property {ChatMessage[]} messages
 */

/** The oldest go: nobody reads so many, and scripts write one a run. */
const MOST_KEPT = 500;
const NAME = /^(\d{8}-\d{6}-[0-9a-f]{6})\.json$/;

/** @param {string} folder  the user's own */
export const chatsFolder = (folder) => join(folder, "chats");

/** @param {string} [model] @returns {StoredChat} */
export function newChat(model) {
  const now = new Date();
  const stamp = now.toISOString().replace(/[-:]/g, "").replace("T", "-").slice(0, 15);
  return { id: `${stamp}-${randomBytes(3).toString("hex")}`, title: "", ...(model !== undefined && { model }), createdAtMs: now.getTime(), updatedAtMs: now.getTime(), costUsd: 0, messages: [] };
}

/** @param {ChatMessage | undefined} message */
export function textOfMessage(message) {
  const { content } = /** @type {any} */ (message ?? {});
  if (typeof content === "string") return content;
  return (content ?? []).map((/** @type {any} */ part) => (part.type === "text" ? part.text : `[${String(part.type).replace(/_url$|^input_/, "")}]`)).join("\n");
}

/** @param {string} folder @param {StoredChat} chat */
export async function saveChat(folder, chat) {
  const place = chatsFolder(folder);
  try {
    await mkdir(place, { recursive: true, mode: 0o700 });
    await chmod(place, 0o700);
  } catch (error) {
    throw new CliError(`${place}: ${fileFault(error)}`, EXIT.failed, { cause: error });
  }
  const first = textOfMessage(chat.messages.find(({ role }) => role === "user"));
  chat.title ||= [...first.replace(/\s+/g, " ").trim()].slice(0, 60).join("");
  chat.updatedAtMs = Date.now();
  await writeWhole(join(place, `${chat.id}.json`), `${JSON.stringify(chat)}\n`, { force: true, mode: 0o600 });
  const names = (await idsIn(folder)).slice(MOST_KEPT);
  for (const { id } of names) await unlink(join(place, `${id}.json`)).catch(() => {});
}

/** The last that was written to first. @param {string} folder @returns {Promise<{ id: string, changedAtMs: number }[]>} */
async function idsIn(folder) {
  const place = chatsFolder(folder);
  const names = await readdir(place).catch((error) => {
    if (error.code === "ENOENT") return /** @type {string[]} */ ([]);
    throw new CliError(`${place}: ${fileFault(error)}`, EXIT.failed, { cause: error });
  });
  const found = names.flatMap((name) => NAME.exec(name)?.[1] ?? []);
  // One that another process removes meanwhile is none.
  const dated = await Promise.all(found.map(async (id) => ({ id, changedAtMs: (await stat(join(place, `${id}.json`)).catch(() => undefined))?.mtimeMs ?? 0 })));
  return dated.sort((left, right) => right.changedAtMs - left.changedAtMs || (left.id < right.id ? 1 : -1));
}

/** @param {string} folder @param {string} id @returns {Promise<StoredChat>} */
async function readChat(folder, id) {
  const path = join(chatsFolder(folder), `${id}.json`);
  let chat;
  try {
    chat = JSON.parse(await readFile(path, "utf8"));
  } catch (error) {
    throw new CliError(`${path}: ${error instanceof SyntaxError ? "is no JSON" : fileFault(error)}`, EXIT.failed, { cause: error });
  }
  if (!Array.isArray(chat?.messages)) throw new CliError(`${path}: is no chat`);
  return { title: "", costUsd: 0, createdAtMs: 0, updatedAtMs: 0, ...chat, id };
}

/** @param {string} folder */
export async function listChats(folder) {
  return Promise.all((await idsIn(folder)).map(({ id }) => readChat(folder, id)));
}

/** The last one, or the one of an id or its beginning or end. @param {string} folder @param {string} [wanted] */
export async function findChat(folder, wanted) {
  const ids = (await idsIn(folder)).map(({ id }) => id);
  if (wanted === undefined) {
    if (ids.length === 0) throw usageError("there is no chat to go on with");
    return readChat(folder, ids[0]);
  }
  const found = ids.filter((id) => id === wanted || id.startsWith(wanted) || id.endsWith(wanted));
  if (wanted === "" || found.length === 0) throw usageError(`there is no chat ${JSON.stringify(wanted)} (openrouter-wasm chats list lists them)`);
  if (found.length > 1 && !found.includes(wanted)) throw usageError(`${JSON.stringify(wanted)} is the beginning or end of ${found.length} chats: write more of it`);
  return readChat(folder, found.includes(wanted) ? wanted : found[0]);
}

/** @param {string} folder @param {string} id */
export async function removeChat(folder, id) {
  const path = join(chatsFolder(folder), `${id}.json`);
  await unlink(path).catch((error) => {
    throw new CliError(`${path}: ${fileFault(error)}`, EXIT.failed, { cause: error });
  });
}
