/** One chat answer, ready to be sent either way: as stream chunks or as a whole result. */

import { houseOf } from "./catalog.js";
import { promptText, reasoningWish } from "./conversation.js";
import { deltasOf, messageOf } from "./deltas.js";
import { countTokens, usageOf } from "./prices.js";

/** @import { ChatRequest, Model, Script, Usage } from "../simulator.d.ts" */
/** @import { Delta } from "./deltas.js" */
/** @import { IdSource } from "./ids.js" */

const IMAGE_TOKENS = 1290;
const HIDDEN_THOUGHT_TOKENS = 32;

/**
 * @typedef {object} ChatAnswer
 * @property {string} id
 * @property {number} created
 * @property {string} model
 * @property {string} provider
 * @property {Delta[]} deltas
 * @property {string | null} finishReason
 * @property {string | null} nativeFinishReason
 * @property {Partial<Usage> | null} usage
 * @property {string[]} [citations]
 */

/**
 * @param {Script} script with its content
 * @param {{ body: ChatRequest, row: Model, ids: IdSource, nowSeconds: number }} context
 * @returns {ChatAnswer}
 */
export function composeAnswer(script, { body, row, ids, nowSeconds }) {
  const house = houseOf(row.id);
  const deltas = deltasOf(script, { ids, reasoningFormat: house.reasoningFormat });
  const finishReason = script.finishReason === undefined ? (script.toolCalls?.length ? "tool_calls" : "stop") : script.finishReason;
  const native = finishReason === null ? null : (house.nativeReasons[finishReason] ?? finishReason);
  return {
    id: script.id ?? ids.generation(nowSeconds),
    created: nowSeconds,
    model: script.model ?? row.id,
    provider: script.provider ?? house.provider,
    deltas,
    finishReason,
    nativeFinishReason: script.nativeFinishReason === undefined ? native : script.nativeFinishReason,
    ...(script.citations && { citations: script.citations }),
    usage: script.usage === undefined ? countUsage(deltas, body, row) : script.usage,
  };
}

/**
 * @param {Delta[]} deltas all of them, or those that somebody stayed for
 * @param {ChatRequest} body
 * @param {Model} row
 */
export function countUsage(deltas, body, row) {
  const message = messageOf(deltas);
  const { thinks, shown } = reasoningWish(body, row.reasoning);
  const thought = message.reasoning ?? message.reasoning_content ?? message.reasoning_text ?? "";
  const reasoning = countTokens(thought) + (thinks && !shown ? HIDDEN_THOUGHT_TOKENS : 0);
  const image = (message.images?.length ?? 0) * IMAGE_TOKENS;
  const audio = countTokens(message.audio?.transcript ?? "");
  const written = countTokens(`${message.content ?? ""}${message.refusal ?? ""}`)
    + (message.tool_calls ?? []).reduce((/** @type {number} */ sum, /** @type {any} */ call) => sum + countTokens(JSON.stringify(call.function)), 0);
  return usageOf({ prompt: countTokens(promptText(body)), completion: written + reasoning + image + audio, reasoning, image, audio }, row.pricing);
}

/**
 * The events of the stream: chunks as objects, in the property order of the recorded ones.
 * @param {ChatAnswer} answer
 * @param {Script} script
 * @returns {{ chunks: object[], complete: boolean }} complete: the stream ends as it should, so the end token follows
 */
export function chunksOf(answer, script) {
  const head = { id: answer.id, object: "chat.completion.chunk", created: answer.created, model: answer.model, provider: answer.provider, ...cited(answer) };
  const unfinished = { finish_reason: null, native_finish_reason: null };
  const content = answer.deltas.map((delta) => ({ ...head, choices: [{ index: 0, delta, ...unfinished, logprobs: null }] }));
  if (script.error) {
    const kept = content.slice(0, script.error.afterChunks ?? 0);
    return { chunks: [...kept, errorChunk(head, script.error, answer)], complete: script.error.done === true };
  }
  const ending = {
    index: 0,
    delta: { content: "", role: "assistant" },
    finish_reason: answer.finishReason,
    native_finish_reason: answer.nativeFinishReason,
    logprobs: null,
  };
  const finish = { ...head, choices: [ending] };
  const usage = answer.usage && { usage: answer.usage };
  const empty = script.usageChoices === "empty";
  const last = { ...head, service_tier: null, choices: empty ? [] : [ending], ...usage };
  const twice = script.finishTwice !== false;
  if (empty) return { chunks: [...content, finish, ...(usage ? [last] : [])], complete: true };
  return { chunks: [...content, ...(twice ? [finish] : []), last], complete: true };
}

/**
 * @param {object} head
 * @param {NonNullable<Script["error"]>} scripted
 * @param {ChatAnswer} answer
 */
function errorChunk(head, scripted, answer) {
  const error = scripted.error ?? DEFAULT_ERROR;
  const reason = scripted.finishReason === undefined ? "error" : scripted.finishReason;
  const inChoice = scripted.where === "choice";
  const choice = {
    index: 0, delta: { content: "", role: "assistant" }, finish_reason: reason, native_finish_reason: reason, logprobs: null,
    ...(inChoice && { error }),
  };
  return { ...head, choices: [choice], ...(!inChoice && { error }), ...(scripted.withUsage && answer.usage && { usage: answer.usage }) };
}

const DEFAULT_ERROR = { code: 502, message: "Provider disconnected unexpectedly", metadata: { error_type: "provider_unavailable" } };

/**
 * @param {ChatAnswer} answer
 * @param {Script} script
 * @returns {object} a ChatResult, or the error body that can stand in its place under status 200
 */
export function resultOf(answer, script) {
  const failure = script.error;
  if (failure && failure.where !== "choice") return { error: failure.error ?? DEFAULT_ERROR, user_id: "user_simulator" };
  const deltas = failure ? answer.deltas.slice(0, failure.afterChunks ?? 0) : answer.deltas;
  const reason = failure ? (failure.finishReason === undefined ? "error" : failure.finishReason) : answer.finishReason;
  return {
    id: answer.id,
    object: "chat.completion",
    created: answer.created,
    model: answer.model,
    provider: answer.provider,
    system_fingerprint: null,
    service_tier: null,
    choices: [
      {
        index: 0,
        logprobs: null,
        finish_reason: reason,
        native_finish_reason: failure ? reason : answer.nativeFinishReason,
        message: messageOf(deltas),
        ...(failure && { error: failure.error ?? DEFAULT_ERROR }),
      },
    ],
    ...(answer.usage && { usage: answer.usage }),
    ...cited(answer),
  };
}

/** @param {ChatAnswer} answer */
function cited({ citations }) {
  return citations ? { citations } : {};
}
