// Durable runs, for readers who come back: by `after`, by `Last-Event-ID`, or as the AI SDK resumes a chat.
import { formatOf, inFormat, positionOf, RUN_ID, runWork } from "./chat.js";
import { Refusal } from "./refusal.js";

/** @import { Exchange } from "./services.js" */

const noRun = () => new Refusal(404, "run_not_found", "There is no such run, or it is kept no more");

/** @param {Exchange} exchange @param {string} runId @returns {Promise<Response>} */
export async function readRun(exchange, runId) {
  const { services, caller } = exchange;
  const format = formatOf(exchange, {}, true);
  // A name that no run can have is not looked for, and put into no header.
  const isName = RUN_ID.test(runId);
  if (isName) exchange.headers["X-Run-Id"] = runId;
  const response = isName && await services.storage.run(caller.id, runId, runWork(services)).read(positionOf(exchange));
  if (!response) {
    // `useChat` takes it as "there is nothing to resume".
    if (format === "ui-message") return new Response(null, { status: 204 });
    throw noRun();
  }
  return inFormat(response, format);
}

/** @param {Exchange} exchange @param {string} runId @returns {Promise<Response>} */
export async function stopRun({ services, caller }, runId) {
  const wasThere = RUN_ID.test(runId) && await services.storage.run(caller.id, runId, runWork(services)).stop("the caller stopped the run");
  if (!wasThere) throw noRun();
  return new Response(null, { status: 204 });
}
