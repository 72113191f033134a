// Going on with an answer that was cut off, without a server that has the rest: the model is shown what there is and asked for more.
import { invalidRequest } from "../first-part.js";

/** @import { Checkpoint } from "../index.js" */

/**
 * Not the answer as a prefill: some models refuse one, some begin anew behind it. Asked in words every model goes on.
 */
const GO_ON = "Your last message was cut off where it ends above. Go on from exactly there: repeat nothing of it, and do not comment on the break.";

/**
 * What asks for the rest, and puts both parts together; nothing to go on from: no text.
 * @typedef {object} Continuation
 * @property {readonly any[]} messages
 * @property {string} text
 * @property {(message: any) => any} whole  a message of the rest, with what was there before
 * @property {(at: number) => import("../index.js").Change} change  how it is told; `at`: where the answer stands
 */

/** @param {readonly any[]} messages @param {Checkpoint} checkpoint @returns {Continuation} */
export function continuationOf(messages, checkpoint) {
  const text = textOf(checkpoint);
  const isAsked = text !== "" && Array.isArray(messages);
  return {
    messages: isAsked ? [...messages, { role: "assistant", content: text }, { role: "user", content: GO_ON }] : messages,
    text: isAsked ? text : "",
    whole: (message) => ({ ...message, content: text + (typeof message.content === "string" ? message.content : "") }),
    change: (at) => ({ rule: "continue-from", path: `messages[${at}]`, reason: "the answer that was cut off was put behind the messages, with a request to go on from its end; the model may repeat or reword some of it" }),
  };
}

/** @param {any} checkpoint */
function textOf(checkpoint) {
  const message = checkpoint?.message;
  if (typeof message !== "object" || message === null) throw invalidRequest("continueFrom: must be a checkpoint of a run, with its message");
  if (message.content !== null && message.content !== undefined && typeof message.content !== "string") throw invalidRequest("continueFrom.message.content: must be a text");
  return message.content ?? "";
}
