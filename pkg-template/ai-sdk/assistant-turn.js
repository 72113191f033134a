// A turn of the model as the wire has it.

/** @import { ChatMessage } from "../index.js" */

/**
 * Empty fields are left out; `content` is null then.
 * @param {{ text: string, reasoning: string, details: any[], calls: any[], images: any[] }} parts
 * @returns {ChatMessage}
 */
export function assistantTurn({ text, reasoning, details, calls, images }) {
  return {
    role: "assistant",
    content: text === "" ? null : text,
    ...(reasoning && { reasoning }),
    ...(details.length > 0 && { reasoning_details: details }),
    ...(calls.length > 0 && { tool_calls: calls }),
    ...(images.length > 0 && { images }),
  };
}
