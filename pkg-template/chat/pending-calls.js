// The calls of an answer that wait for the caller.

/** @import { ChatMessage, PendingCall } from "../index.js" */

/**
 * The calls of a message that nobody has answered, and what each of them waits for.
 * @param {{ tool_calls?: { id: string, function: { name: string } }[] }} message @param {ChatMessage[]} results
 * @param {Map<string, any>} inputs @param {ReadonlySet<string>} [later]
 * @returns {PendingCall[]}
 */
export function pendingCalls({ tool_calls: calls = [] }, results, inputs, later) {
  const answered = new Set(results.map((message) => message.tool_call_id));
  const open = calls.filter(({ id }) => !answered.has(id));
  return open.map(({ id, function: { name } }) => ({ id, name, input: inputs.get(id), needs: later?.has(id) ? "approval" : "result" }));
}
