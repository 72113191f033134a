// A chat model as the AI SDK asks for it: each call is one request of a run without tools of its own; the loop is the SDK's.
import { describe, OpenRouterError } from "../errors.js";
import { finishReasonOf, providerMetadata, usageOf } from "./answer-metadata.js";
import { asApiCallError } from "./api-call-error.js";
import { callRequest } from "./call-request.js";
import { ClientModel } from "./client-model.js";
import { contentOf, StreamParts } from "./stream-parts.js";

/** @import { ChatRun } from "../chat/run.js" */

/** What goes to OpenRouter by its address; anything else the SDK fetches and sends as data. */
const SUPPORTED_URLS = { "image/*": [/^https?:\/\/.+$/], "video/*": [/^https?:\/\/.+$/], "application/pdf": [/^https?:\/\/.+$/] };

export class LanguageModel extends ClientModel {
  provider = "openrouter.chat";
  supportedUrls = SUPPORTED_URLS;

  /** @param {any} options */
  #start(options) {
    const { request, warnings } = callRequest(this.modelId, this.settings, options);
    const sent = { url: "/chat/completions", request };
    const run = this.client.chat(request);
    // The key is no part of it, and the bytes of images would be kept as long as the result.
    const { messages, signal: _, ...body } = request;
    return { run, warnings, sent, body: { ...body, messageCount: messages.length } };
  }

  /** @param {any} options */
  async doGenerate(options) {
    let sent = { url: "/chat/completions", request: {} };
    try {
      const started = this.#start(options);
      sent = started.sent;
      const cutCalls = [];
      for await (const event of started.run) {
        if (event.type === "tool-call" && event.truncated) cutCalls.push({ id: event.id, name: event.name, arguments: event.arguments });
      }
      const result = await started.run.result();
      const { content, left } = contentOf(result.message, result.reason, cutCalls);
      const odd = result.warnings.map(({ path, reason }) => ({ type: /** @type {const} */ ("other"), message: path ? `${path}: ${reason}` : reason }));
      return {
        content,
        finishReason: finishReasonOf(result),
        usage: usageOf(result.usage),
        warnings: [...started.warnings, ...odd],
        providerMetadata: providerMetadata(result, left),
        request: { body: started.body },
        response: { id: result.id, modelId: result.model, timestamp: new Date() },
      };
    } catch (error) {
      throw asApiCallError(error, sent);
    }
  }

  /** @param {any} options */
  async doStream(options) {
    let sent = { url: "/chat/completions", request: {} };
    try {
      const { run, warnings, ...more } = this.#start(options);
      sent = more.sent;
      const events = run[Symbol.asyncIterator]();
      const parts = new StreamParts({ warnings, isRaw: options.includeRawChunks === true });
      // Until the answer has begun the SDK can still ask again: what fails before is its promise's failure.
      let ready = parts.start();
      let isOver = false;
      while (!parts.hasBegun && !isOver) {
        const { value, done } = await events.next();
        if (done) isOver = true;
        else ready.push(...parts.of(value));
      }
      return { stream: streamOf(run, events, parts, ready, sent), request: { body: more.body } };
    } catch (error) {
      throw asApiCallError(error, sent);
    }
  }
}

/**
 * @param {ChatRun} run @param {AsyncGenerator<import("../index.js").ChatEvent, undefined>} events
 * @param {StreamParts} parts @param {any[]} ready  what has come already
 * @param {{ url: string, request: any }} sent
 */
function streamOf(run, events, parts, ready, sent) {
  return new ReadableStream({
    async pull(controller) {
      try {
        while (ready.length === 0) {
          const { value, done } = await events.next();
          if (done) {
            for (const part of parts.end(await run.result())) controller.enqueue(part);
            return controller.close();
          }
          ready = parts.of(value);
        }
        for (const part of ready.splice(0)) controller.enqueue(part);
      } catch (error) {
        controller.enqueue({ type: "error", error: asApiCallError(error, sent) });
        controller.close();
      }
    },
    cancel(reason) {
      void events.return(undefined);
      run.cancel(reason);
    },
  });
}

/** A client of this package, or one that looks like it. @param {any} client */
export function checkClient(client) {
  if (typeof client?.chat !== "function") throw new OpenRouterError({ code: "invalid-request", message: `client: must be an OpenRouter client, not ${describe(client)}` });
}
