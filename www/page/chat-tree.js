// A chat as a tree: an edited message and an answer that was made again are branches beside the first one, and nothing is lost.

/** @import { ChatMessage } from "openrouter-wasm" */
/** @import { StoredOutcome } from "./outcome.js" */
/** @import { AttachmentNote } from "./attachments.js" */

/**
 * One message of a chat, as it is stored.
 * @typedef {object} ChatEntry
 * @property {string} id
 * @property {string} chatId
 * @property {string} [parentId] the message before it; none for the first
 * @property {number} atMs
 * @property {ChatMessage} message
 * @property {AttachmentNote[]} [attachments] what the parts of the message were, in their order
 * @property {string} [tag] of a scenario
 * @property {StoredOutcome} [outcome] of an answer; one without is still on its way, or the page was left while it was
 * @property {string} [generationId]
 * @property {string} [runId] of an answer that goes on without its page
 */

/** @typedef {ReadonlyMap<string, ChatEntry>} Entries */

/**
 * From the first message to the given one.
 * @param {Entries} entries
 * @param {string | undefined} leafId
 * @returns {ChatEntry[]}
 */
export function pathTo(entries, leafId) {
  /** @type {ChatEntry[]} */
  const path = [];
  const seen = new Set();
  for (let at = leafId === undefined ? undefined : entries.get(leafId); at && !seen.has(at.id); at = at.parentId === undefined ? undefined : entries.get(at.parentId)) {
    seen.add(at.id);
    path.unshift(at);
  }
  return path;
}

/** @param {Entries} entries @param {string | undefined} id @returns {ChatEntry[]} oldest first */
export function childrenOf(entries, id) {
  return [...entries.values()].filter(({ parentId }) => parentId === id).sort((a, b) => a.atMs - b.atMs);
}

/**
 * The branches that begin where this message stands, itself included.
 * @param {Entries} entries
 * @param {ChatEntry} entry
 */
export function branchesOf(entries, entry) {
  return childrenOf(entries, entry.parentId).filter(({ message }) => message.role === entry.message.role);
}

/**
 * Where a branch ends: the newest message below.
 * @param {Entries} entries
 * @param {string} id
 * @returns {string}
 */
export function endOf(entries, id) {
  let at = id;
  for (let next = childrenOf(entries, at).at(-1); next; next = childrenOf(entries, at).at(-1)) at = next.id;
  return at;
}

/**
 * A message and all that follows it, in every branch.
 * @param {Entries} entries
 * @param {string} id
 * @returns {ChatEntry[]}
 */
export function subtree(entries, id) {
  const root = entries.get(id);
  return root ? [root, ...childrenOf(entries, id).flatMap((child) => subtree(entries, child.id))] : [];
}
