// Messages of the wire as those that `useChat` keeps: what was stored by a server is shown again.
import { invalidRequest } from "../errors.js";
import { fileOf } from "./file-parts.js";
import { arrayAt, checkedOptions, objectAt, readingMessages, stringAt } from "./places.js";
import { metadataOf, reasoningText } from "./reasoning-details.js";
import { FAILED, NOT_APPROVED } from "./tool-messages.js";

/**
 * An assistant's turn: its messages, and what its tools answered, are one message of the page.
 * @param {readonly any[]} messages
 * @param {{ generateId?: () => string }} [options]
 * @returns {any[]}
 */
export function toUIMessages(messages, options = {}) {
  const { generateId: own } = checkedOptions(options, ["generateId"]);
  if (own !== undefined && typeof own !== "function") throw invalidRequest("generateId: must be a function");
  return readingMessages([own], (generateId) => shownMessages(messages, generateId));
}

/** @param {readonly any[]} messages @param {(() => string) | undefined} generateId @returns {any[]} */
function shownMessages(messages, generateId) {
  /** @type {any[]} */
  const shown = [];
  /** The calls of the turn that nobody has answered. @type {Map<string, any>} */
  const open = new Map();
  for (const [number, message] of arrayAt(messages, "messages").entries()) {
    const place = `messages[${number}]`;
    const { role, content, tool_call_id: callId } = objectAt(message, place);
    const add = (/** @type {any[]} */ parts, /** @type {string} */ shownRole) => {
      // By its place, so that the same transcript gives the same keys in every rendering.
      shown.push({ id: generateId?.() ?? `message-${shown.length + 1}`, role: shownRole, parts });
    };
    if (role === "system" || role === "developer") add(contentParts(content, `${place}.content`), "system");
    else if (role === "user") add(contentParts(content, `${place}.content`), "user");
    else if (role === "assistant") {
      const parts = assistantParts(message, place, open);
      const last = shown.at(-1);
      if (last?.role === "assistant") last.parts.push(...parts);
      else add(parts, "assistant");
    } else if (role === "tool") {
      const part = open.get(stringAt(callId, `${place}.tool_call_id`));
      // An answer without a call is nothing that a page could show.
      if (part) answer(part, content);
      open.delete(callId);
    } else {
      throw invalidRequest(`${place}.role: must be system, developer, user, assistant or tool${role === "toolResult" ? "; sanitizeTranscript gives the wire form" : ""}`);
    }
  }
  return shown;
}

/** @param {any} content @param {string} place @returns {any[]} */
function contentParts(content, place) {
  if (content === undefined || content === null || content === "") return [];
  if (typeof content === "string") return [{ type: "text", text: content }];
  return arrayAt(content, place).flatMap(/** @returns {any[]} */ (part, number) => {
    if (objectAt(part, `${place}[${number}]`).type === "text") return [{ type: "text", text: stringAt(part.text, `${place}[${number}].text`) }];
    const file = fileOf(part);
    return file ? [{ type: "file", ...file }] : [];
  });
}

/** @param {any} message @param {string} place @param {Map<string, any>} open */
function assistantParts(message, place, open) {
  /** @type {any[]} */
  const parts = [{ type: "step-start" }];
  const reasoning = reasoningText(message);
  if (reasoning) parts.push({ type: "reasoning", text: reasoning, state: "done" });
  for (const part of contentParts(message.content, `${place}.content`)) parts.push(part.type === "text" ? { ...part, state: "done" } : part);
  if (typeof message.refusal === "string" && message.refusal !== "") parts.push({ type: "text", text: message.refusal, state: "done" });
  for (const image of message.images ?? []) {
    const file = fileOf(image);
    if (file) parts.push({ type: "file", ...file });
  }
  for (const [number, call] of (message.tool_calls ?? []).entries()) {
    const at = `${place}.tool_calls[${number}]`;
    const { id, function: called } = objectAt(call, at);
    const part = { type: `tool-${stringAt(called?.name, `${at}.function.name`)}`, toolCallId: stringAt(id, `${at}.id`), state: "input-available", input: inputOf(called.arguments) };
    parts.push(part);
    open.set(id, part);
  }
  sign(parts, metadataOf(message.reasoning_details));
  return parts;
}

/** Signed reasoning stands on the first part that stays when pages leave some out: a call, else what was thought, else the text. @param {any[]} parts @param {Record<string, any> | undefined} metadata */
function sign(parts, metadata) {
  if (!metadata) return;
  const call = parts.find((part) => part.type.startsWith("tool-"));
  const thought = parts.find((part) => part.type === "reasoning");
  const text = parts.find((part) => part.type === "text");
  if (call) call.callProviderMetadata = metadata;
  else if (thought) thought.providerMetadata = metadata;
  else if (text) text.providerMetadata = metadata;
  else parts.push({ type: "reasoning", text: "", state: "done", providerMetadata: metadata });
}

/** @param {unknown} text */
function inputOf(text) {
  if (typeof text !== "string") return text ?? {};
  try {
    return JSON.parse(text === "" ? "{}" : text);
  } catch {
    // Shown as it came: whoever stored it had it in no better form.
    return text;
  }
}

/** @param {any} part @param {any} content */
function answer(part, content) {
  const said = typeof content === "string" ? content : undefined;
  if (said === FAILED + NOT_APPROVED) Object.assign(part, { state: "output-denied", approval: { id: part.toolCallId, approved: false } });
  else if (said?.startsWith(FAILED)) Object.assign(part, { state: "output-error", errorText: said.slice(FAILED.length) });
  else Object.assign(part, { state: "output-available", output: said === undefined ? (content ?? "") : outputOf(said) });
}

/** JSON text is given as the value that it stands for, where that is written the same again. @param {string} text */
function outputOf(text) {
  if (!/^[[{]/.test(text)) return text;
  try {
    const value = JSON.parse(text);
    return JSON.stringify(value) === text ? value : text;
  } catch {
    return text;
  }
}
