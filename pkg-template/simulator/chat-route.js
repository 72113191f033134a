/** `POST /chat/completions`. */

import { chunksOf, composeAnswer, countUsage, resultOf } from "./chat-answer.js";
import { functionTools, hasImages, messagesOf } from "./conversation.js";
import { defaultAnswer } from "./default-answer.js";
import { ApiError, SimulatedNetworkError } from "./errors.js";
import { seenImage } from "./image-description.js";
import { hasContent, scriptInRequest } from "./script.js";
import { eventStream, rawPart } from "./wire-plan.js";

/** @import { ChatRequest, Model, Script } from "../simulator.d.ts" */
/** @import { ChatAnswer } from "./chat-answer.js" */
/** @import { App } from "./router.js" */
/** @import { Part } from "./wire-plan.js" */
/** @import { Exchange } from "./reply.js" */
/** @import { Generation, State } from "./state.js" */

const DONE = "[DONE]";
const CHAT_OUTPUTS = ["text", "image", "audio"];

/**
 * @param {App} app
 * @param {State} state
 */
export function chatRoutes(app, state) {
  app.post("/chat/completions", (context) => answerChat(context.env.exchange, context.req.raw.headers, state));
}

/**
 * @param {Exchange} exchange
 * @param {Headers} headers
 * @param {State} state
 * @returns {Promise<Response>}
 */
async function answerChat(exchange, headers, state) {
  const key = state.requireKey(headers);
  const body = readBody(exchange);
  state.requireBudget(key);
  // Taken only now: a request that is refused as malformed leaves the queue to the one it was meant for.
  const given = (state.options.allowRequestScripts && scriptInRequest(headers, body)) || state.book.take(body, exchange.entry);
  const row = state.catalog.resolve(body, { lenient: given !== undefined });
  if (!given || !hasContent(given)) refuseImpossible(body, row);
  const script = given ?? {};

  await exchange.wait(script.delayMs ?? 0);
  if (script.networkError) throw new SimulatedNetworkError();
  if (script.body !== undefined || (script.status ?? 200) >= 300) return exchange.whole(script, script);

  const nowSeconds = Math.floor(Date.now() / 1000);
  const content = hasContent(script) ? script : { ...defaultAnswer(body, row, state.seed, await seenImage(body)), ...script };
  const answer = composeAnswer(content, { body, row, ids: state.ids, nowSeconds });
  const metadata = headers.get("X-OpenRouter-Metadata") === "enabled" ? routingOf(body, row, answer.provider) : undefined;
  const streamed = body.stream === true;
  /** @type {Generation} */
  const generation = { answer, apiType: "completions", streamed, cancelled: false, requestHeaders: exchange.entry.headers, sessionId: body.session_id ?? null };
  state.remember(generation, key);

  const asJson = !streamed || script.json === true;
  const sse = asJson ? undefined : streamParts(answer, content, metadata);
  const parts = script.raw !== undefined ? [rawPart(script.raw, true)]
    : (sse ?? [rawPart(JSON.stringify({ ...resultOf(answer, content), ...(metadata && { openrouter_metadata: metadata }) }))]);
  return exchange.send({
    status: script.status ?? 200,
    contentType: script.contentType ?? (asJson ? "application/json" : "text/event-stream"),
    headers: { ...(asJson ? {} : { "Cache-Control": "no-cache" }), "X-Generation-Id": answer.id, ...script.headers },
    parts,
    script,
    eventPauseMs: asJson ? 0 : state.eventPauseMs,
    onAborted: (offset) => {
      generation.cancelled = true;
      if (!streamed || script.usage !== undefined) return;
      // The provider stops, and only the tokens that had gone out are paid.
      const made = answer.deltas.slice(0, chunksWithin(parts, offset));
      const usage = countUsage(made, body, row);
      state.charge(key, Number(usage.cost) - Number(answer.usage?.cost ?? 0));
      generation.answer = { ...answer, usage };
    },
  });
}

/**
 * @param {Part[]} parts
 * @param {number} offset
 */
function chunksWithin(parts, offset) {
  let end = 0;
  return parts.filter((part) => (end += part.bytes.length) <= offset && part.isChunk).length;
}

/**
 * @param {Exchange} exchange
 * @returns {ChatRequest}
 */
function readBody(exchange) {
  const { body } = exchange.entry;
  if (typeof body !== "object" || body === null || Array.isArray(body)) throw new ApiError(400, "The request body is not a JSON object");
  const request = /** @type {ChatRequest} */ ({ ...body });
  // Perplexity's own API names its models without an author. Nobody but OpenRouter itself is sure to be another one.
  const isDirect = new URL(exchange.entry.url).hostname !== "openrouter.ai";
  if (isDirect && /^sonar(-|$)/.test(request.model ?? "")) request.model = `perplexity/${request.model}`;
  if (messagesOf(request).length === 0) throw new ApiError(400, 'Input required: specify "prompt" or "messages"');
  return request;
}

/**
 * What no endpoint of that model could answer.
 * @param {ChatRequest} body
 * @param {Model} row
 */
function refuseImpossible(body, row) {
  if (functionTools(body).length > 0 && !row.supported_parameters.includes("tools")) {
    throw new ApiError(404, "No endpoints found that support tool use.");
  }
  if (!row.architecture.output_modalities.some((kind) => CHAT_OUTPUTS.includes(kind))) {
    throw new ApiError(404, `${row.id} is not available on this endpoint: it answers with ${row.architecture.output_modalities.join(", ")}`);
  }
  if (hasImages(body) && !row.architecture.input_modalities.includes("image")) throw new ApiError(404, "No endpoints found that support image input");
  const effort = body.reasoning?.effort ?? body.reasoning_effort;
  if (effort === "none" && row.reasoning?.mandatory && !body.model?.startsWith("~")) {
    throw new ApiError(400, "Reasoning is mandatory for this endpoint and cannot be disabled.");
  }
  if (body.modalities?.includes("audio") && body.stream !== true) throw new ApiError(400, "Audio output requires stream: true");
}

/**
 * @param {ChatAnswer} answer
 * @param {Script} script
 * @param {object | undefined} metadata
 */
function streamParts(answer, script, metadata) {
  if (script.chunks) return eventStream(script.chunks, script, { comments: 0, doneToken: null });
  const { chunks, complete } = chunksOf(answer, script);
  if (metadata) chunks.push({ ...chunks.pop(), openrouter_metadata: metadata });
  return eventStream(chunks, script, { comments: 1, doneToken: complete ? DONE : null });
}

/**
 * @param {ChatRequest} body
 * @param {Model} row
 * @param {string} provider
 */
function routingOf(body, row, provider) {
  const requested = body.model ?? "openrouter/auto";
  const strategy = requested === "openrouter/free" ? "free" : requested.startsWith("openrouter/") ? "auto" : requested.startsWith("~") ? "alias" : "direct";
  return {
    requested,
    strategy,
    region: "sim",
    summary: `available=1, selected=${provider}`,
    attempt: 1,
    is_byok: false,
    endpoints: { total: 1, available: [{ provider, model: row.id, selected: true }] },
  };
}
