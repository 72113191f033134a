// `client.speech`: a text spoken, as a stream that is bounded while it comes.
import { Alarm, describe, letGo, maskedCause, OpenRouterError, withoutKey } from "../first-part.js";
import { billable, callStream, checkRequest, KeyedCall, lookUpGeneration, modelOf, namedOptions, nextPiece, overLimit, requestJson, servicesEngine } from "../services-part.js";

/** @import { AnswerReader } from "../calls/body.js" */
/** @import { Access, CallDeadline } from "../calls/call.js" */
/** @import { SpeechPlan } from "../engine/contract.js" */
/** @import { SpeechRequest, SpeechResult } from "../index.js" */

/** Bytes that tell sound from words. */
const HEAD_BYTES = 64;
const NAMES = ["input", "model", "voice", "responseFormat", "speed", "instructions", "provider", "maxBytes", "timeoutMs", "headers", "extraBody", "signal"];

/** @typedef {{ reader: AnswerReader, key: string, deadline: CallDeadline, plan: SpeechPlan }} Source */

/** @param {Record<string, any>} request */
function oddSpeed({ speed }) {
  return typeof speed === "number" && speed > 0 && (speed < 0.25 || speed > 4) ? [`speed: is ${speed}: models take numbers from 0.25 to 4`] : [];
}

export class Speech extends KeyedCall {
  /** @param {SpeechRequest} given @returns {Promise<SpeechResult>} */
  async create(given) {
    checkRequest(given);
    const { options: request, warnings: named } = namedOptions(this.access, given, NAMES, { oddOf: oddSpeed });
    const text = requestJson(request, {});
    const { plan, access } = await this.plan((hasOwnKey) => servicesEngine.ask((glue) => glue.speechPlan(this.access.config(), text, hasOwnKey)));
    // Priced by the letter.
    const letters = typeof request.input === "string" ? request.input.length : [...request.input].reduce((sum, { text: said }) => sum + said.length, 0);
    const model = modelOf(plan.call.body);
    const hold = await this.access.admit?.(model, { units: { prompt: letters, request: 1 }, call: plan.call, signal: request.signal });
    const speak = () => this.#speak(access, plan, request, { hold, named });
    const { traced } = this.access;
    // Its span ends with the head: how long somebody listens is his.
    return traced ? traced("generate_content", model, speak) : speak();
  }

  /** @param {Access} access @param {SpeechPlan} plan @param {SpeechRequest} request @param {{ hold: import("../money/hold.js").Hold | undefined, named: string[] }} more @returns {Promise<SpeechResult>} */
  async #speak(access, plan, request, { hold, named }) {
    try {
      const { response, reader, key, deadline } = await callStream(access, plan.call, { signal: request.signal });
      const source = { reader, key, deadline, plan };
      try {
        const { head, isOver } = await headOf(source);
        const contentType = response.headers.get("content-type") ?? "";
        const { mediaType, name } = await servicesEngine.ask((glue) => glue.readSpeechHead(plan.format, contentType, head.subarray(0, HEAD_BYTES)));
        const generationId = withoutKey(response.headers.get("x-generation-id") ?? "", key);
        const stream = streamOf(source, head, isOver);
        const warnings = [...named, ...(hold?.settle(undefined) ?? [])];
        // Sound tells no bill: it is asked for in the background. Where it fails the estimate stands.
        if (hold && generationId) billOf(this.access, generationId).then(({ cost }) => hold.settle(cost)).catch(() => {});
        return { stream, bytes: () => bytesOfStream(stream), mediaType, name, ...(generationId && { generationId }), ...(warnings.length > 0 && { warnings }) };
      } catch (error) {
        close(source);
        throw error;
      }
    } catch (error) {
      hold?.failed(error);
      throw billable(error);
    }
  }
}

/** @param {Access} access @param {string} id */
async function billOf(access, id) {
  return lookUpGeneration(access, id, { isBackground: true });
}

/** @param {Source} source */
function close({ reader, deadline }) {
  deadline.end();
  letGo(reader);
}

/** The next bytes; nothing at the end. @param {Source} source @returns {Promise<Uint8Array | undefined>} */
async function next({ reader, key, deadline, plan: { call, idleTimeoutMs } }) {
  /** @type {Alarm | undefined} */
  let alarm;
  if (idleTimeoutMs > 0 && idleTimeoutMs < 2 ** 31) {
    const message = `${call.label}: nothing came for ${idleTimeoutMs} ms`;
    alarm = new Alarm(() => deadline.stop(new OpenRouterError({ code: "timeout", message, isRetryable: true })));
    alarm.set(idleTimeoutMs);
  }
  try {
    return await deadline.race(nextPiece(reader));
  } catch (cause) {
    if (deadline.isOver || OpenRouterError.isInstance(cause)) throw cause;
    throw new OpenRouterError({ code: "network", message: withoutKey(`${call.label}: the answer broke off: ${describe(cause)}`, key) }, { cause: maskedCause(cause, key) });
  } finally {
    alarm?.clear();
  }
}

/** @param {Source} source @returns {Promise<{ head: Uint8Array, isOver: boolean }>} */
async function headOf(source) {
  let head = new Uint8Array();
  for (;;) {
    const piece = await next(source);
    if (piece === undefined) return { head, isOver: true };
    const both = new Uint8Array(head.length + piece.length);
    both.set(head);
    both.set(piece, head.length);
    head = both;
    if (head.length >= HEAD_BYTES) return { head, isOver: false };
  }
}

/**
 * What comes, as fast as it comes: the cap bounds what may wait in here, so a slow listener does not hold the connection open until a
 * time limit passes.
 * @param {Source} source @param {Uint8Array} head @param {boolean} isOver
 * @returns {ReadableStream<Uint8Array<ArrayBuffer>>}
 */
function streamOf(source, head, isOver) {
  const { call } = source.plan;
  let length = 0, isCancelled = false;
  /** @param {ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>} controller @param {Uint8Array} piece */
  const give = (controller, piece) => {
    length += piece.length;
    if (length > call.maxBytes) throw overLimit(call.label, call.maxBytes);
    if (piece.length > 0) controller.enqueue(/** @type {Uint8Array<ArrayBuffer>} */ (piece));
  };
  /** @param {ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>} controller */
  const pump = async (controller) => {
    try {
      give(controller, head);
      for (let piece; !isOver && (piece = await next(source)) !== undefined; ) give(controller, piece);
      source.deadline.end();
      controller.close();
    } catch (error) {
      if (isCancelled) return;
      close(source);
      controller.error(billable(error));
    }
  };
  return new ReadableStream({
    // Not awaited: a stream whose start has not ended cannot be read.
    start: (controller) => void pump(controller),
    cancel() {
      isCancelled = true;
      source.deadline.stop(new OpenRouterError({ code: "network", message: `${call.label}: the stream was cancelled` }));
      close(source);
    },
  });
}

/** @param {ReadableStream<Uint8Array<ArrayBuffer>>} stream */
async function bytesOfStream(stream) {
  if (stream.locked) throw new OpenRouterError({ code: "already-consumed", message: "bytes(): the stream is being read already" });
  const reader = stream.getReader();
  const pieces = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    pieces.push(value);
    length += value.length;
  }
  const all = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}
