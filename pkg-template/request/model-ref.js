// Model references, read on the spot.
import { chatEngine } from "../engine/chat.js";

/** @import { ModelRef } from "../index.js" */

/** @param {string} ref @returns {ModelRef | null} */
export function parseModelRef(ref) {
  if (typeof ref !== "string") return null;
  const text = chatEngine.callNow((glue) => glue.parseModelRef(ref));
  return text === undefined ? null : JSON.parse(text);
}
