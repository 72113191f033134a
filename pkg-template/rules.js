// The rules that need no client. The engine starts on the spot for them: what they return is no promise.
import { Carrier } from "./carried-media.js";
import { changesOf } from "./changes.js";
import { startEngineNow } from "./engine.js";
import { fromEngine, invalidRequest } from "./errors.js";
import { json } from "./request-options.js";

/** @import { ChatMessage, Change, ModelRef, SanitizeOptions } from "./index.js" */

/**
 * @param {readonly ChatMessage[]} messages
 * @param {SanitizeOptions} [options]
 * @returns {{ messages: ChatMessage[], changes: Change[] }}
 */
export function sanitizeTranscript(messages, options = {}) {
  if (!Array.isArray(messages)) throw invalidRequest("messages: must be an array of messages");
  const engine = startEngineNow();
  const carrier = new Carrier(engine);
  const text = json("messages", carrier.carry(messages));
  let answer;
  try {
    answer = engine.glue.sanitizeTranscript(text, json("options", options), carrier.describe());
  } catch (thrown) {
    throw fromEngine(thrown);
  }
  const read = JSON.parse(answer);
  // A number stands for a message that stayed as it was, an array for what sets one apart from the caller's.
  const whole = read.messages.map((/** @type {any} */ message) => {
    if (typeof message === "number") return messages[message];
    if (!Array.isArray(message)) return carrier.restore(message);
    const [number, changed, gone] = message;
    const before = /** @type {any} */ (messages[number]);
    const patched = { ...(typeof before.toJSON === "function" ? before.toJSON() : before), ...carrier.restore(changed) };
    for (const name of gone) delete patched[name];
    return patched;
  });
  return { messages: whole, changes: changesOf(read.changes) };
}

/** @param {string} ref @returns {ModelRef | null} */
export function parseModelRef(ref) {
  if (typeof ref !== "string") return null;
  const text = startEngineNow().glue.parseModelRef(ref);
  return text === undefined ? null : JSON.parse(text);
}
