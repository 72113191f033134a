// `chats list | show | rm`: the chats that --continue can go on with.
import { atMost, oneArgument } from "./command.js";
import { usageError } from "./failures.js";
import { counted } from "./plain-words.js";
import { findChat, listChats, removeChat, textOfMessage } from "./stored-chats.js";
import { dollars, table } from "./style.js";

/** @import { Command, Given } from "./command.js" */

const COLUMNS = /** @type {const} */ ([["Id", 22], ["Last", 16], ["Turns", 5], ["Cost", 10], ["Title", 0]]);

/** @type {Command} */
export const chatsList = {
  name: "chats list",
  summary: "The chats that are kept, the last first",
  usage: "[options]",
  details: "chat --continue goes on with the last one, chat --continue-with ID with any. They are files in the user's folder, which nobody else may read.",
  examples: ["openrouter-wasm chats list", "openrouter-wasm chats list --json | jq -r '.[].title'"],
  options: {},
  async run(given) {
    atMost(given, 0, "chats list takes none");
    const { values, out, note, folder } = given;
    const chats = await listChats(folder);
    if (values.json) return out.json(chats.map(({ messages, ...chat }) => ({ ...chat, turns: turnsOf(messages) })));
    const rows = chats.map(({ id, updatedAtMs, messages, costUsd, title }) => {
      const minute = new Date(updatedAtMs).toISOString().slice(0, 16).replace("T", " ");
      return [id, minute, String(turnsOf(messages)), dollars(costUsd), title];
    });
    if (rows.length > 0) await out.write(table(COLUMNS, rows, out.style, out.isTerminal ? out.columns : undefined));
    await note(counted(chats.length, "chat"));
  },
};

/** @param {readonly { role: string }[]} messages */
const turnsOf = (messages) => messages.filter(({ role }) => role === "user").length;

/** @type {Command} */
export const chatsShow = {
  name: "chats show",
  summary: "One chat as text (Markdown), the last without ID",
  usage: "[options] [ID]",
  details: "ID may be the beginning or the end of one.",
  examples: ["openrouter-wasm chats show", "openrouter-wasm chats show 20261129-221500-0f3a9c --json"],
  options: {},
  async run(given) {
    atMost(given, 1, "one ID is taken");
    const { values, positionals, out, folder } = given;
    const chat = await findChat(folder, positionals[0]);
    if (values.json) return out.json(chat);
    await out.line(out.style.bold(`# ${chat.title}`));
    for (const message of chat.messages) {
      const text = textOfMessage(message).trim();
      if (text !== "") {
        await out.write(`\n${out.style.bold(`## ${message.role}`)}\n\n`);
        await out.data(`${text}\n`);
      }
    }
  },
};

/** @type {Command} */
export const chatsRemove = {
  name: "chats rm",
  summary: "Remove chats for good",
  usage: "[options] ID... | --all",
  examples: ["openrouter-wasm chats rm 20261129-221500-0f3a9c", "openrouter-wasm chats rm --all"],
  options: { all: { help: "all of them" } },
  run: remove,
};

/** @param {Given} given */
async function remove(given) {
  const { values, positionals, out, note, folder } = given;
  if (values.all && positionals.length > 0) throw usageError("ID or --all, not both");
  if (!values.all && positionals.length < 2) oneArgument(given, "ID");
  // All are found before one is removed.
  const found = values.all ? await listChats(folder) : await Promise.all(positionals.map((id) => findChat(folder, id)));
  const ids = [...new Set(found.map(({ id }) => id))];
  for (const id of ids) await removeChat(folder, id);
  if (values.json) return out.json({ removed: ids });
  await note(`${counted(ids.length, "chat")} removed`);
}
