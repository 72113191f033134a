// Whether a request needs what loads when it is needed: tools, objects, decisions between its steps. All that a plain chat carries of them.

/** What OpenRouter takes as the name of a tool. */
export const WIRE_NAME = /^[\w-]{1,64}$/;

/** @param {any} call */
const isForeignCall = (call) => !WIRE_NAME.test(call?.function?.name ?? call?.name ?? "_");

/** @param {any} request */
export function isSteered({ tools, schema, prepareStep, onMaxSteps, repairToolCalls, messages }) {
  if ((Array.isArray(tools) && tools.length > 0) || schema || prepareStep || onMaxSteps || repairToolCalls) return true;
  if (!Array.isArray(messages)) return false;
  return messages.some((message) => {
    if (message?.role !== "assistant") return false;
    const { tool_calls: calls, content } = message;
    return (Array.isArray(calls) && calls.some(isForeignCall)) || (Array.isArray(content) && content.some((part) => part?.type === "toolCall" && isForeignCall(part)));
  });
}
