// A transport for `useChat` that asks OpenRouter from the page itself: no server in between.
import { describe, invalidRequest } from "../errors.js";
import { checkClient } from "./language-model.js";
import { answerUIMessages } from "./ui-answer.js";

/** @import { OpenRouter } from "../client.js" */

/**
 * @param {OpenRouter} client
 * @param {any} [options]  a chat request without messages, or a function that gives one for what is sent
 */
export function createChatTransport(client, options = {}) {
  checkClient(client);
  if (typeof options !== "object" && typeof options !== "function") throw invalidRequest(`options: must be an object or a function, not ${describe(options)}`);
  return {
    /** @param {any} sent */
    async sendMessages(sent) {
      const { messages, abortSignal, body } = sent;
      const request = typeof options === "function" ? await options(sent) : { ...options, ...body };
      return answerUIMessages(client, { ...request, messages, signal: abortSignal }).stream;
    },
    /** There is nowhere that an answer would go on. */
    async reconnectToStream() {
      return null;
    },
  };
}
