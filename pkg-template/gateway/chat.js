// `/chat/completions`: picked, held for, sent by the engine's rules, handed on as it comes, settled by the bill.
import { OpenRouter, OpenRouterError, pickRequest } from "../index.js";
import { picoOfUsd, usdOf } from "../money/amounts.js";
import { claimOf } from "./claims.js";
import { affordableTokens, estimateOf } from "./estimate.js";
import { Refusal } from "./refusal.js";
import { readJson } from "./request-body.js";
import { costOf } from "./services.js";

/** @import { Exchange, Services } from "./services.js" */

export const RUN_ID = /^[\w-]{8,64}$/;
const FORMATS = ["sse", "json", "events", "ui-message", "text"];

/**
 * What goes out, and what is held for it: plain JSON, so that a Durable Object may do it.
 * @typedef {object} ChatWork
 * @property {any} request
 * @property {string} format
 * @property {string} [messageId]  of the message in a page, of a durable run: whoever reads it again writes the same one
 * @property {string} callerId
 * @property {string} reservation
 * @property {string} heldPico
 * @property {number} promptTokens
 * @property {string} requestId
 * @property {number} timeoutMs
 * @property {number} limitMs
 */

/** @param {Exchange} exchange @returns {Promise<Response>} */
export async function chat(exchange) {
  const { request, rights, services, caller } = exchange;
  const body = await readJson(request, rights.body);
  const isDurable = body.durable === true || request.headers.has("x-run-id");
  const format = formatOf(exchange, body, isDurable);
  const runId = isDurable ? runIdOf(request) : undefined;
  if (runId !== undefined) {
    exchange.headers["X-Run-Id"] = runId;
    // Asked for again, by a page that was reloaded before it knew: it is not done twice.
    const held = await services.storage.run(caller.id, runId, runWork(services)).read(positionOf(exchange));
    if (held && held.status < 400) return inFormat(held, format);
    await held?.body?.cancel();
  }
  const picked = pickRequest(body, { ...(services.settings.allow && { allow: [...services.settings.allow, "stream"] }) });
  const model = services.modelOf(picked.model, caller);
  // Where a body may name others that answer in its place, they are asked as it is.
  for (const other of [picked.models ?? [], picked.fallbackModels ?? []].flat()) services.modelOf(other ?? "", caller);
  const known = rights.isBudgeted ? await services.known(model) : undefined;
  const { maxOutputTokens } = rights;
  const estimate = estimateOf(picked, { pricing: known?.pricing, maxOutputTokens, modelMaxTokens: known?.maxTokens ?? undefined });
  // A name that no request has: the run of a caller who gives it that of a request on its way would be paid by that one.
  const reservation = runId === undefined ? exchange.requestId : `run:${runId}`;
  const hold = { id: reservation, wantedPico: rights.isBudgeted ? estimate.promptPico + estimate.outputPico : 0n, leastPico: rights.isBudgeted ? estimate.promptPico + estimate.tokenPico : 0n, tokens: estimate.promptTokens };
  const { heldPico, isLowered } = await services.reserve(exchange, hold);
  const limit = isLowered ? Math.min(estimate.outputTokens, affordableTokens(estimate, heldPico)) : estimate.outputTokens;
  // A limit goes out where there is one: the caller's, the gateway's, or what the money pays.
  const hasLimit = isLowered || maxOutputTokens !== undefined;
  if (hasLimit) {
    delete picked.max_tokens;
    picked.max_completion_tokens = limit;
  }
  if (isLowered) exchange.headers["X-Max-Tokens-Lowered"] = String(limit);
  /** @type {ChatWork} */
  const work = {
    request: { ...picked, ...(model !== undefined && { model }), stream: isDurable || format !== "json" },
    format: isDurable ? "sse" : format, ...(isDurable && beginsMessage(picked.messages) && { messageId: runId }), callerId: caller.id, reservation, heldPico: String(heldPico), promptTokens: estimate.promptTokens, requestId: exchange.requestId,
    timeoutMs: isDurable ? rights.durableMs : rights.timeoutMs, limitMs: rights.durableMs,
  };
  if (runId !== undefined) return inFormat(await startDurable(exchange, work, runId), format);
  const { response, settled } = await startChat(services, work, exchange);
  exchange.waitUntil(settled);
  return response;
}

/** @param {Exchange} exchange @param {ChatWork} work @param {string} runId */
async function startDurable(exchange, work, runId) {
  const { services, caller } = exchange;
  try {
    return await services.storage.run(caller.id, runId, runWork(services)).start(work, positionOf(exchange));
  } catch (error) {
    await services.release(caller.id, work.reservation);
    throw error;
  }
}

/**
 * Sends it, wherever that is: in the request of its caller, or in a Durable Object.
 * @param {Services} services @param {ChatWork} work @param {Exchange} [exchange]  of a caller who may leave
 */
export async function startChat(services, work, exchange) {
  const startedAtMs = Date.now();
  const leaving = new AbortController();
  const onLeave = () => leaving.abort(exchange?.request.signal.reason);
  if (exchange?.request.signal?.aborted) onLeave();
  else exchange?.request.signal?.addEventListener("abort", onLeave, { once: true });
  let run;
  try {
    run = services.client.chat({ ...work.request, timeoutMs: work.timeoutMs, signal: leaving.signal });
  } catch (error) {
    await services.release(work.callerId, work.reservation);
    throw error;
  }
  const begun = run.response({ format: /** @type {any} */ (work.format), keep: false });
  const ended = run.result().then((result) => ({ result, error: undefined }), (error) => ({ result: undefined, error }));
  let firstTokenMs = 0, status = 0;
  const settled = ended.then(async ({ result, error }) => {
    exchange?.request.signal?.removeEventListener("abort", onLeave);
    await begun.catch(() => {});
    const partial = result ?? run.partial;
    const claim = claimOf(partial.usage?.raw);
    const cost = await costOf(services, run, BigInt(work.heldPico), claim);
    const { id, model, provider } = partial;
    const usage = claim.implausible === undefined ? partial.usage : undefined;
    const tokens = usage?.totalTokens ?? (cost ? work.promptTokens : 0);
    if (cost) await services.settle(work.callerId, work.reservation, cost.pico, tokens);
    else await services.release(work.callerId, work.reservation);
    const what = {
      operation: /** @type {const} */ ("chat"), status, requestedModel: work.request.model, model, provider, generationId: id, verdict: run.verdict, attempts: run.attempts,
      inputTokens: usage && usage.inputTokens + usage.cacheReadTokens + usage.cacheWriteTokens, outputTokens: usage?.outputTokens, costUsd: cost ? usdOf(cost.pico) : 0, costSource: cost?.source ?? "none",
      implausible: claim.implausible, isCacheHit: result?.cache?.status.toUpperCase() === "HIT", isDurable: exchange === undefined, firstTokenMs, errorCode: error === undefined ? undefined : OpenRouterError.isInstance(error) ? error.code : "aborted",
    };
    services.report(exchange ?? /** @type {any} */ ({ requestId: work.requestId, startedAtMs, caller: { id: work.callerId }, url: { pathname: "/v1/chat/completions" } }), what, work.request);
  });
  settled.catch(() => {});
  const response = await begun;
  firstTokenMs = Date.now() - startedAtMs;
  status = response.status;
  return { response, settled, run, stop: (/** @type {unknown} */ reason) => run.cancel(reason) };
}

/** How durable runs are done and, where nobody is left who did it, settled. @param {Services} services */
export function runWork(services) {
  return {
    /** @param {ChatWork} work */
    async start(work) {
      const { response, settled, run, stop } = await startChat(services, work);
      return { response, settled, stop, generationId: () => run.partial.id };
    },
    /** @param {ChatWork} work @param {string | undefined} generationId */
    async settleLost(work, generationId) {
      const bill = await services.bill(generationId);
      // Nobody can say what it cost: what was held for it is the most that it may have.
      const pico = bill?.cost === undefined ? BigInt(work.heldPico) : picoOfUsd(bill.cost);
      const tokens = bill ? (bill.inputTokens ?? 0) + (bill.outputTokens ?? 0) : work.promptTokens;
      await services.settle(work.callerId, work.reservation, pico, tokens);
    },
  };
}

/**
 * The events of a durable run in the form that is asked for: read by the engine as it reads OpenRouter's.
 * @param {Response} response @param {string} format @returns {Response | Promise<Response>}
 */
export function inFormat(response, format) {
  if (format === "sse" || !response.ok) return response;
  const client = new OpenRouter({ apiKey: "none", maxRetries: 0, fetch: async () => response });
  const run = client.chat({ messages: [{ role: "user", content: "resumed" }], model: "openrouter/auto", timeoutMs: 0 });
  return run.response({ format: /** @type {any} */ (format), messageId: response.headers.get("x-message-id") ?? undefined });
}

/** Whether the answer is a message of its own in a page, and does not go on with one whose calls were answered. @param {unknown} messages */
const beginsMessage = (messages) => !Array.isArray(messages) || !["assistant", "tool"].includes(messages.at(-1)?.role);

/** @param {Exchange} exchange @param {any} body @param {boolean} isDurable */
export function formatOf({ url }, body, isDurable) {
  const asked = url.searchParams.get("format");
  // A durable run is one that is streamed, unless it is said that it is not.
  if (asked === null) return body.stream === true || (isDurable && body.stream !== false) ? "sse" : "json";
  if (!FORMATS.includes(asked)) throw new Refusal(400, "invalid_format", `format: must be one of ${FORMATS.join(", ")}`);
  return asked;
}

/** @param {Request} request */
export function runIdOf(request) {
  const id = request.headers.get("x-run-id") ?? crypto.randomUUID();
  if (!RUN_ID.test(id)) throw new Refusal(400, "invalid_run_id", "X-Run-Id: must be 8 to 64 letters, digits, - and _");
  return id;
}

/** The number of the last event that a reader has: as browsers send it, or in the address. @param {Exchange} exchange */
export function positionOf({ request, url }) {
  const text = request.headers.get("last-event-id") ?? url.searchParams.get("after") ?? "0";
  if (!/^\d{1,9}$/.test(text)) throw new Refusal(400, "bad_position", "Last-Event-ID: must be the number of an event");
  return Number(text);
}
