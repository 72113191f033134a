// A result as OpenAI's `chat.completion`.

/** @import { ChatResult } from "../index.js" */

/** @param {ChatResult} result */
export function completionOf({ id, model, provider, message, reason, steps, usage }) {
  const nativeReason = steps.at(-1)?.nativeReason;
  const choice = { index: 0, message, finish_reason: reason.replaceAll("-", "_"), ...(nativeReason && { native_finish_reason: nativeReason }) };
  const head = { id: id ?? "", object: "chat.completion", created: Math.floor(Date.now() / 1000), model: model ?? "" };
  return { ...head, ...(provider && { provider }), choices: [choice], ...(usage && { usage: usage.raw }) };
}
