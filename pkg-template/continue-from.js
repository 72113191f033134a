// Going on with an answer that was cut off, without a server that has the rest: the model is shown what there is and asked for more.
import { invalidRequest } from "./errors.js";

/** @import { ChatMessage, Checkpoint } from "./index.js" */

/**
 * Not the answer as a prefill: some models refuse one, some begin anew behind it. Asked in words every model goes on.
 */
const GO_ON = "Your last message was cut off where it ends above. Go on from exactly there: repeat nothing of it, and do not comment on the break.";

/**
 * The messages that ask for the rest; nothing to go on from: the messages as they are.
 * @param {readonly any[]} messages @param {Checkpoint} checkpoint
 * @returns {{ messages: readonly any[], text: string }}
 */
export function continued(messages, checkpoint) {
  const text = textOf(checkpoint);
  if (text === "" || !Array.isArray(messages)) return { messages, text: "" };
  return { messages: [...messages, { role: "assistant", content: text }, { role: "user", content: GO_ON }], text };
}

/** @param {any} checkpoint */
function textOf(checkpoint) {
  const message = checkpoint?.message;
  if (typeof message !== "object" || message === null) throw invalidRequest("continueFrom: must be a checkpoint of a run, with its message");
  if (message.content !== null && message.content !== undefined && typeof message.content !== "string") throw invalidRequest("continueFrom.message.content: must be a text");
  return message.content ?? "";
}

/** The whole answer, of both parts. @template {ChatMessage} M @param {M} message @param {string} text @returns {M} */
export function whole(message, text) {
  return { ...message, content: text + (typeof message.content === "string" ? message.content : "") };
}

/** How it is told. @param {number} at  where the answer stands */
export function continuedChange(at) {
  return { rule: "continue-from", path: `messages[${at}]`, reason: "the answer that was cut off was put behind the messages, with a request to go on from its end; the model may repeat or reword some of it" };
}
