// Durable runs, for readers who come back: by `after`, by `Last-Event-ID`, or as the AI SDK resumes a chat.
import { OpenRouter } from "../index.js";
import { positionOf, runWork } from "./chat.js";
import { Refusal } from "./refusal.js";

/** @import { Exchange } from "./services.js" */

/** @param {Exchange} exchange @param {string} runId @returns {Promise<Response>} */
export async function readRun(exchange, runId) {
  const { services, caller, url } = exchange;
  exchange.headers["X-Run-Id"] = runId;
  const response = await services.storage.run(caller.id, runId, runWork(services)).read(positionOf(exchange));
  const format = url.searchParams.get("format");
  if (!response) {
    // `useChat` takes it as "there is nothing to resume".
    if (format === "ui-message") return new Response(null, { status: 204 });
    throw new Refusal(404, "run_not_found", "There is no such run, or it is kept no more");
  }
  if (format === null || format === "sse" || !response.ok) return response;
  // The same events in another form: read by the engine as it reads OpenRouter's.
  const client = new OpenRouter({ apiKey: "none", maxRetries: 0, fetch: async () => response });
  return client.chat({ messages: [{ role: "user", content: "resumed" }], model: "openrouter/auto", timeoutMs: 0 }).response({ format: /** @type {any} */ (format) });
}

/** @param {Exchange} exchange @param {string} runId @returns {Promise<Response>} */
export async function stopRun({ services, caller }, runId) {
  const wasThere = await services.storage.run(caller.id, runId, runWork(services)).stop("the caller stopped the run");
  if (!wasThere) throw new Refusal(404, "run_not_found", "There is no such run, or it is kept no more");
  return new Response(null, { status: 204 });
}
