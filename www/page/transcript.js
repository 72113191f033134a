// The messages that the next request begins with.

/** @import { ChatMessage } from "openrouter-wasm" */
/** @import { Outcome } from "./chat.js" */

/**
 * @param {ChatMessage[]} messages what was sent
 * @param {Outcome} outcome
 * @returns {ChatMessage[]}
 */
export function withAnswer(messages, { verdict, message, error }) {
  // Half of an answer that failed is nothing to go on from; what a reader has stopped is what they have read.
  if (error || isEmpty(message)) return messages;
  return [...messages, verdict === "aborted" ? { role: "assistant", content: message.content } : message];
}

/** @param {ChatMessage} message */
function isEmpty({ content, tool_calls: calls, images }) {
  return !content && !calls?.length && !images;
}

/**
 * A call that nobody has answered makes the next request invalid: it is answered with a no.
 * @param {ChatMessage[]} messages
 * @returns {ChatMessage[]}
 */
export function withoutOpenCalls(messages) {
  const answered = new Set(messages.map((message) => message.tool_call_id));
  const open = (messages.findLast((message) => message.role === "assistant")?.tool_calls ?? []).filter((call) => !answered.has(call.id));
  return [...messages, ...open.map((call) => toolResult(call.id, { error: "The user did not run this tool." }))];
}

/**
 * @param {string} id
 * @param {unknown} value
 * @returns {ChatMessage}
 */
export function toolResult(id, value) {
  return { role: "tool", tool_call_id: id, content: JSON.stringify(value) };
}
