/** The pieces of an answer in the order and shape a model streams them, and the message that the pieces add up to. */

/** @import { Script } from "../simulator.d.ts" */
/** @import { IdSource } from "./ids.js" */

/** @typedef {Record<string, any>} Delta one `choices[0].delta` */

const TOOL_DELTA_BYTES = 20;
const AUDIO_DELTAS = 4;

/**
 * Reasoning, text, media, annotations, tool calls: the order in which the recorded answers have them.
 * @param {Script} script
 * @param {{ ids: IdSource, reasoningFormat: string }} context
 * @returns {Delta[]}
 */
export function deltasOf(script, { ids, reasoningFormat }) {
  return [
    ...reasoningDeltas(script, reasoningFormat),
    ...pieces(script.text).map((text) => ({ content: text, role: "assistant" })),
    ...(script.refusal === undefined ? [] : [{ content: "", role: "assistant", refusal: script.refusal }]),
    ...(script.images ?? []).map((url, index) => ({
      content: "", role: "assistant", images: [{ type: "image_url", index, image_url: { url } }],
    })),
    ...audioDeltas(script.audio, ids),
    ...(script.annotations ? [{ content: "", role: "assistant", annotations: script.annotations }] : []),
    ...(script.toolCalls ?? []).flatMap((call, index) => toolDeltas(call, index, ids)),
  ];
}

/**
 * Cuts like a tokenizer would: a word with the space before it, long words in parts. Never inside a surrogate pair.
 * @param {string | string[] | undefined} text
 * @returns {string[]}
 */
export function pieces(text) {
  if (text === undefined) return [];
  return typeof text === "string" ? (text.match(/\s*\S{1,7}|\s+$/gu) ?? []) : text;
}

/**
 * @param {Script} script
 * @param {string} format
 * @returns {Delta[]}
 */
function reasoningDeltas(script, format) {
  const field = script.reasoningField ?? "reasoning";
  const thoughts = pieces(script.reasoning);
  const details = script.reasoningDetails?.map((entry) => (Array.isArray(entry) ? entry : [entry]))
    ?? (field === "reasoning" ? defaultDetails(thoughts, format) : []);
  return Array.from({ length: Math.max(thoughts.length, details.length) }, (_, at) => ({
    content: "",
    role: "assistant",
    ...(thoughts[at] !== undefined && { [field]: thoughts[at] }),
    ...(details[at] !== undefined && { reasoning_details: details[at] }),
  }));
}

/**
 * One detail a delta; Anthropic's signature comes last, in a delta without text, which clients like to lose.
 * @param {string[]} thoughts
 * @param {string} format
 */
function defaultDetails(thoughts, format) {
  /** @type {Record<string, unknown>[][]} */
  const details = thoughts.map((text) => [{ type: "reasoning.text", text, format, index: 0 }]);
  if (thoughts.length > 0 && format === "anthropic-claude-v1") {
    details.push([{ type: "reasoning.text", signature: btoa("signed by the simulator"), format, index: 0 }]);
  }
  return details;
}

/**
 * @param {Script["audio"]} audio
 * @param {IdSource} ids
 * @returns {Delta[]}
 */
function audioDeltas(audio, ids) {
  if (!audio) return [];
  const id = audio.id ?? `audio_${ids.alphanumeric(24)}`;
  const said = pieces(audio.transcript).map((transcript, at) => ({ ...(at === 0 && { id }), transcript }));
  const data = audio.data ?? "";
  // A length that is no multiple of four cuts base64 in mid-quantum: pieces must be joined as text before they are decoded.
  const even = Math.max(1, Math.ceil(data.length / AUDIO_DELTAS));
  const size = even % 4 === 0 ? even + 1 : even;
  const sounds = data.match(new RegExp(`.{1,${size}}`, "gs")) ?? [];
  const parts = [...said, ...sounds.map((piece, at) => ({ ...(at === 0 && said.length === 0 && { id }), data: piece }))];
  if (audio.expiresAt !== undefined) parts.push(/** @type {any} */ ({ expires_at: audio.expiresAt }));
  return parts.map((part) => ({ content: "", role: "assistant", audio: part }));
}

/**
 * @param {NonNullable<Script["toolCalls"]>[number]} call
 * @param {number} index
 * @param {IdSource} ids
 * @returns {Delta[]}
 */
function toolDeltas(call, index, ids) {
  const text = typeof call.arguments === "string" ? call.arguments : JSON.stringify(call.arguments ?? {});
  const opening = { index, id: call.id ?? ids.toolCall(), type: "function", function: { name: call.name, arguments: "" } };
  const rest = inBytes(text, call.deltaBytes ?? TOOL_DELTA_BYTES).map((piece) => ({ index, function: { arguments: piece } }));
  return [opening, ...rest].map((part) => ({ content: null, role: "assistant", tool_calls: [part] }));
}

/**
 * @param {string} text
 * @param {number} size in UTF-8 bytes, rounded up to whole characters; 0 keeps the text in one piece
 */
function inBytes(text, size) {
  if (size === 0) return text === "" ? [] : [text];
  const encoder = new TextEncoder();
  const parts = [];
  let part = "";
  let bytes = 0;
  for (const character of text) {
    part += character;
    bytes += encoder.encode(character).length;
    if (bytes >= size) {
      parts.push(part);
      part = "";
      bytes = 0;
    }
  }
  return part === "" ? parts : [...parts, part];
}

/**
 * @param {Delta[]} deltas
 * @returns {Delta} an assistant message
 */
export function messageOf(deltas) {
  /** @type {Delta} */
  const message = { role: "assistant", content: null, refusal: null, reasoning: null };
  for (const delta of deltas) {
    for (const name of ["content", "refusal", "reasoning", "reasoning_content", "reasoning_text"]) {
      if (typeof delta[name] === "string" && (delta[name] !== "" || name === "refusal")) message[name] = (message[name] ?? "") + delta[name];
    }
    for (const call of delta.tool_calls ?? []) mergeToolCall((message.tool_calls ??= []), call);
    if (delta.reasoning_details) mergeDetails((message.reasoning_details ??= []), delta.reasoning_details);
    if (delta.images) (message.images ??= []).push(...delta.images);
    if (delta.annotations) (message.annotations ??= []).push(...delta.annotations);
    if (delta.audio) mergeAudio((message.audio ??= {}), delta.audio);
  }
  if (message.content === null && !message.tool_calls) message.content = "";
  return message;
}

/**
 * @param {any[]} calls
 * @param {any} part
 */
function mergeToolCall(calls, part) {
  const call = calls[part.index];
  if (call) call.function.arguments += part.function.arguments;
  else calls[part.index] = structuredClone(part);
}

/**
 * Text of the same type and index is one detail; a later signature joins it; encrypted data never merges.
 * @param {any[]} details
 * @param {any[]} added
 */
function mergeDetails(details, added) {
  for (const part of added) {
    const last = details.findLast((detail) => detail.type === part.type && detail.index === part.index);
    if (!last || part.type === "reasoning.encrypted") {
      details.push({ ...part });
      continue;
    }
    const { text, summary, ...rest } = part;
    if (text !== undefined) last.text = (last.text ?? "") + text;
    if (summary !== undefined) last.summary = (last.summary ?? "") + summary;
    Object.assign(last, rest);
  }
}

/**
 * @param {any} audio
 * @param {any} part
 */
function mergeAudio(audio, part) {
  for (const [name, value] of Object.entries(part)) {
    audio[name] = name === "data" || name === "transcript" ? (audio[name] ?? "") + value : value;
  }
}
