// Transcripts, repaired on the spot: what this returns is no promise.
import { reading } from "../caller-objects.js";
import { checkNames } from "../calls/call-options.js";
import { judgeImagesNow } from "./placeholder-images.js";
import { MessagePlaceholders } from "./message-placeholders.js";
import { changesOf } from "./changes.js";
import { transcriptEngine } from "../engine/transcript.js";
import { invalidRequest } from "../errors.js";
import { json } from "./request-options.js";

/** @import { ChatMessage, Change, SanitizeOptions } from "../index.js" */

/**
 * @param {readonly ChatMessage[]} messages
 * @param {SanitizeOptions} [options]
 * @returns {{ messages: ChatMessage[], changes: Change[] }}
 */
export function sanitizeTranscript(messages, options = {}) {
  return reading("messages", () => sanitized(messages, options));
}

/** @param {readonly ChatMessage[]} messages @param {SanitizeOptions} options */
function sanitized(messages, options) {
  if (!Array.isArray(messages)) throw invalidRequest("messages: must be an array of messages");
  checkNames(options, ["model", "policy", "allowedToolNames", "input", "supportsTools"]);
  const placeholders = new MessagePlaceholders();
  const text = json("messages", placeholders.replace(messages));
  judgeImagesNow(placeholders);
  const read = transcriptEngine.askNow((glue) => glue.sanitizeTranscript(text, json("options", options), placeholders.describe()));
  // A number stands for a message that stayed as it was, an array for what sets one apart from the caller's.
  const whole = read.messages.map((/** @type {any} */ message) => {
    if (typeof message === "number") return messages[message];
    if (!Array.isArray(message)) return placeholders.restore(message);
    const [number, changed, gone, lists] = message;
    const before = written(messages[number]);
    const patched = patch(before, placeholders.restore(changed), gone);
    for (const name in lists) patched[name] = patchedList(before[name], placeholders.restore(lists[name]));
    return patched;
  });
  return { messages: whole, changes: changesOf(read.changes) };
}

/** What is written of a value when it becomes JSON. @param {any} value */
function written(value) {
  return typeof value?.toJSON === "function" ? value.toJSON() : value;
}

/** @param {any} before @param {any} changed @param {string[]} gone */
function patch(before, changed, gone) {
  const patched = { ...before, ...changed };
  for (const name of gone) delete patched[name];
  return patched;
}

/** A list of which some items were changed: 0 for one that was not. @param {any} before @param {(0 | [any, string[]])[]} edits */
function patchedList(before, edits) {
  const items = written(before);
  return edits.map((edit, number) => {
    const item = written(items[number]);
    return edit === 0 ? item : patch(item, edit[0], edit[1]);
  });
}
