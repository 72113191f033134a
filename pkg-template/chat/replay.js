// The events of a run whose result was asked for first: told again from the result, so that nobody's events are kept for a second reader.
import { OpenRouterError } from "../first-part.js";

/** @import { ChatEvent, ChatResult, StepResult } from "../index.js" */

/** How a tool's answer begins that is none. */
const FAILED = "Error: ";

/**
 * Whole texts in place of their pieces, in the order in which a step has them.
 * @param {ChatResult} result
 * @returns {ChatEvent[]}
 */
export function eventsOf(result) {
  const { id, model, provider, steps, reason, usage, message } = result;
  const last = steps.length - 1;
  /** @type {any[]} */
  const events = steps.flatMap((step, number) => {
    // The ids of the earlier answers are not part of the result.
    const start = { type: "response-start", step: number, ...(number === last && { id }), model, provider };
    return [start, ...eventsOfStep(step).map((event) => ({ type: event.type, step: number, ...event }))];
  });
  events.push({ type: "finish", step: Math.max(0, last), reason, nativeReason: steps[last]?.nativeReason, usage, message });
  return events;
}

/** @param {StepResult} step @returns {any[]} */
function eventsOfStep({ message, reason, nativeReason, usage, toolResults = [] }) {
  const calls = message.tool_calls ?? [];
  const names = new Map(calls.map(({ id, function: { name } }) => [id, name]));
  const events = [];
  if (message.reasoning) events.push({ type: "reasoning-delta", text: message.reasoning });
  if (message.content) events.push({ type: "text-delta", text: message.content });
  if (message.refusal) events.push({ type: "refusal-delta", text: message.refusal });
  for (const { image_url: image } of message.images ?? []) events.push({ type: "image", url: image.url });
  if (message.audio) events.push({ type: "audio-delta", id: message.audio.id, data: message.audio.data, transcript: message.audio.transcript });
  for (const { url_citation: cited } of /** @type {any[]} */ (message.annotations ?? [])) {
    if (cited) events.push({ type: "citation", url: cited.url, title: cited.title, content: cited.content, startIndex: cited.start_index, endIndex: cited.end_index });
  }
  for (const [index, { id, function: called }] of calls.entries()) {
    events.push({ type: "tool-call-start", id, name: called.name, index }, { type: "tool-call-delta", id, text: called.arguments });
  }
  for (const { id, function: called } of calls) events.push({ type: "tool-call", id, name: called.name, input: JSON.parse(called.arguments), truncated: false });
  events.push({ type: "step-finish", reason, nativeReason, usage, message });
  for (const { tool_call_id: id, content } of toolResults) events.push({ type: "tool-result", id, name: names.get(/** @type {string} */ (id)), ...outcomeOf(content) });
  return events;
}

/** What the model was told, as what the tool gave where that can be known. @param {unknown} content */
function outcomeOf(content) {
  if (typeof content !== "string") return { output: content };
  if (content.startsWith(FAILED)) return { error: new OpenRouterError({ code: "tool", message: content.slice(FAILED.length) }) };
  try {
    const value = JSON.parse(content);
    return { output: JSON.stringify(value) === content ? value : content };
  } catch {
    return { output: content };
  }
}
