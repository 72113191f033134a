/** Reading a chat request: what was said last, what is attached, which tools are meant. Lenient, since this is other people's input. */

/** @import { ChatMessage, ChatRequest, Model } from "../simulator.d.ts" */

/**
 * @param {unknown} content a string, content parts, or null
 * @returns {string}
 */
export function textOf(content) {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  return content.map((part) => (typeof part?.text === "string" ? part.text : "")).join("");
}

/** @param {ChatRequest} body */
export function lastUserText(body) {
  const messages = messagesOf(body);
  const message = messages.findLast((candidate) => candidate.role === "user");
  return message ? textOf(message.content) : "";
}

/**
 * @param {ChatRequest | null | undefined} body
 * @returns {ChatMessage[]}
 */
export function messagesOf(body) {
  return Array.isArray(body?.messages) ? body.messages.filter((message) => message && typeof message === "object") : [];
}

/**
 * All text a model would be billed for reading: messages, their tool calls, and the tools.
 * @param {ChatRequest} body
 */
export function promptText(body) {
  const spoken = messagesOf(body).map((message) => textOf(message.content) + (message.tool_calls ? JSON.stringify(message.tool_calls) : ""));
  return spoken.join("\n") + (body.tools ? JSON.stringify(body.tools) : "");
}

/**
 * Kinds of parts in the last user message that are no text, with their counts.
 * @param {ChatRequest} body
 * @returns {Map<string, number>}
 */
export function attachments(body) {
  /** @type {Record<string, string>} */
  const names = { image_url: "image", input_audio: "recording", video_url: "video", input_video: "video", file: "file" };
  const content = messagesOf(body).findLast((message) => message.role === "user")?.content;
  const counts = new Map();
  for (const part of Array.isArray(content) ? content : []) {
    const name = names[part?.type];
    if (name) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}

/** @param {ChatRequest} body */
export function hasImages(body) {
  return messagesOf(body).some(({ content }) => Array.isArray(content) && content.some((part) => part?.type === "image_url"));
}

/**
 * The results a conversation ends with, if it ends with results: that is when a model comments on them.
 * @param {ChatRequest} body
 * @returns {{ name: string, text: string }[]}
 */
export function trailingToolResults(body) {
  const messages = messagesOf(body);
  const names = new Map();
  for (const message of messages) {
    for (const call of message.tool_calls ?? []) names.set(call?.id, call?.function?.name);
  }
  const start = messages.findLastIndex((message) => message.role !== "tool") + 1;
  return messages.slice(start).map((message) => ({
    name: String(names.get(message.tool_call_id) ?? message.name ?? "the tool"),
    text: textOf(message.content),
  }));
}

/**
 * @typedef {object} FunctionTool
 * @property {string} name
 * @property {any} [parameters]
 */

/**
 * @param {ChatRequest} body
 * @returns {FunctionTool[]}
 */
export function functionTools(body) {
  const tools = Array.isArray(body.tools) ? body.tools : [];
  return tools.flatMap((tool) => (tool?.type === "function" && typeof tool.function?.name === "string" ? [tool.function] : []));
}

/**
 * The tools this request would make an obliging model call: the one it must, or those whose name its last user text mentions.
 * @param {ChatRequest} body
 * @returns {FunctionTool[]}
 */
export function meantTools(body) {
  const tools = functionTools(body);
  const choice = body.tool_choice;
  if (choice === "none" || messagesOf(body).at(-1)?.role === "tool") return [];
  if (choice?.function?.name) return tools.filter((tool) => tool.name === choice.function.name);
  const said = flatten(lastUserText(body));
  const mentioned = tools.filter((tool) => said.includes(flatten(tool.name)));
  const meant = choice === "required" && mentioned.length === 0 ? tools.slice(0, 1) : mentioned;
  return body.parallel_tool_calls === false ? meant.slice(0, 1) : meant;
}

/**
 * `get_weather`, `get-weather` and "get weather" are one name to a reader.
 * @param {string} text
 */
function flatten(text) {
  return ` ${text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, " ").trim()} `;
}

/**
 * Whether the answer reasons, and whether the reasoning is shown.
 * @param {ChatRequest} body
 * @param {Model["reasoning"]} ability the model's own row
 * @returns {{ thinks: boolean, shown: boolean }}
 */
export function reasoningWish(body, ability) {
  if (!ability) return { thinks: false, shown: false };
  const wish = body.reasoning ?? {};
  const effort = wish.effort ?? body.reasoning_effort;
  const refused = effort === "none" || wish.enabled === false;
  const asked = Boolean(effort) || wish.enabled === true || typeof wish.max_tokens === "number" || body.include_reasoning === true;
  const thinks = ability.mandatory || (!refused && (asked || ability.default_enabled === true));
  return { thinks, shown: thinks && wish.exclude !== true && body.include_reasoning !== false };
}
