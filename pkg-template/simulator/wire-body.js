/** Sending a plan as a body that is driven by its reader: nothing is generated that nobody has asked for. */

import { SimulatedCutError } from "./errors.js";

/** @import { WirePlan } from "./wire-plan.js" */

const PAD_BLOCK_BYTES = 65536;

/**
 * @param {number} ms
 * @param {AbortSignal} [signal]
 * @returns {Promise<boolean>} whether the time has passed; false: the signal came first, and the timer is gone
 */
export function sleep(ms, signal) {
  if (signal?.aborted) return Promise.resolve(false);
  if (ms <= 0) return Promise.resolve(true);
  return new Promise((resolve) => {
    const end = (/** @type {boolean} */ passed) => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
      resolve(passed);
    };
    const onAbort = () => end(false);
    const timer = setTimeout(end, ms, true);
    signal?.addEventListener("abort", onAbort);
  });
}

/**
 * @typedef {object} Write
 * @property {Uint8Array} bytes
 * @property {boolean} last
 * @property {number} [offset] how far the body itself has come; comments do not bring it on
 */

/**
 * @param {WirePlan} plan
 * @param {AbortSignal} gone aborts when nobody reads any more
 * @returns {AsyncGenerator<Write, void, void>}
 */
async function* writes(plan, gone) {
  let offset = 0;
  for (let turn = 0; offset < plan.stopAt; turn++) {
    const end = Math.min(nextCut(plan, offset, turn), plan.stopAt);
    const pause = plan.writePauseMs + (beginsEvent(plan, offset, end) ? plan.eventPauseMs : 0);
    yield* commentsWhileWaiting(plan, pause, plan.eventStarts.has(offset) ? plan.commentEveryMs : null, gone);
    if (gone.aborted) return;
    yield { bytes: plan.bytes.slice(offset, end), last: plan.stopBy === "close" && plan.padBytes === 0 && end === plan.stopAt, offset: end };
    offset = end;
  }
  for (let left = plan.padBytes; left > 0 && !gone.aborted; left -= PAD_BLOCK_BYTES) {
    yield { bytes: new Uint8Array(Math.min(left, PAD_BLOCK_BYTES)).fill(plan.padWith), last: left <= PAD_BLOCK_BYTES };
  }
  if (plan.stopBy === "stall") yield* commentsWhileWaiting(plan, Infinity, plan.stallCommentEveryMs, gone);
  if (plan.stopBy === "break" && !gone.aborted) {
    // One turn of the event loop, so that a socket has sent what was written before it is destroyed.
    await sleep(1, gone);
    throw new SimulatedCutError();
  }
}

/**
 * @param {WirePlan} plan
 * @param {number} offset
 * @param {number} turn
 */
function nextCut(plan, offset, turn) {
  if (plan.writeSizes) return offset + /** @type {number} */ (plan.writeSizes[turn % plan.writeSizes.length]);
  let end = offset + 1;
  while (end < plan.bytes.length && !plan.eventStarts.has(end)) end++;
  return end;
}

/**
 * @param {WirePlan} plan
 * @param {number} from
 * @param {number} to
 */
function beginsEvent(plan, from, to) {
  for (let offset = from; offset < to; offset++) if (plan.eventStarts.has(offset)) return true;
  return false;
}

/**
 * @param {WirePlan} plan
 * @param {number} ms Infinity: until the reader goes away
 * @param {number | null} everyMs
 * @param {AbortSignal} gone
 * @returns {AsyncGenerator<Write, void, void>}
 */
async function* commentsWhileWaiting(plan, ms, everyMs, gone) {
  let left = ms;
  while (everyMs !== null && left > everyMs) {
    if (!(await sleep(everyMs, gone))) return;
    left -= everyMs;
    yield { bytes: plan.comment.slice(), last: false };
  }
  if (left === Infinity) await new Promise((resolve) => (gone.aborted ? resolve(null) : gone.addEventListener("abort", resolve, { once: true })));
  else await sleep(left, gone);
}

/**
 * @typedef {object} BodyEvents
 * @property {(count: number, offset: number | undefined) => void} onBytes
 * @property {() => void} onFinished the whole body was handed over
 * @property {() => void} onAborted the reader went away first
 */

/**
 * @param {WirePlan} plan
 * @param {AbortSignal | null | undefined} signal the request's
 * @param {BodyEvents} events
 * @returns {ReadableStream<Uint8Array>}
 */
export function streamBody(plan, signal, events) {
  const gone = new AbortController();
  const source = writes(plan, gone.signal);

  /** @param {() => void} report */
  function end(report) {
    signal?.removeEventListener("abort", onAbort);
    if (gone.signal.aborted) return;
    report();
    gone.abort();
  }

  /** @type {ReadableByteStreamController | ReadableStreamDefaultController<Uint8Array>} */
  let controller;
  function onAbort() {
    end(events.onAborted);
    controller.error(signal?.reason);
  }

  /** @type {UnderlyingDefaultSource<Uint8Array>} */
  const underlying = {
    start(given) {
      controller = given;
      signal?.addEventListener("abort", onAbort);
      if (signal?.aborted) onAbort();
    },
    async pull() {
      try {
        const step = await source.next();
        if (gone.signal.aborted) return;
        if (!step.done) {
          events.onBytes(step.value.bytes.length, step.value.offset);
          controller.enqueue(/** @type {Uint8Array<ArrayBuffer>} */ (step.value.bytes));
        }
        // The last bytes and the end go out together: a client that stops at the end token has finished, it has not gone away.
        if (step.done || step.value.last) {
          end(events.onFinished);
          controller.close();
          if ("byobRequest" in controller) controller.byobRequest?.respond(0);
        }
      } catch (error) {
        end(() => {});
        throw error;
      }
    },
    cancel() {
      end(events.onAborted);
    },
  };
  // A byte stream, as the body of a real fetch is (readers in BYOB mode work on it). WebKit has none.
  const isByteStream = typeof ReadableByteStreamController === "function";
  return isByteStream ? new ReadableStream(/** @type {UnderlyingByteSource} */ ({ ...underlying, type: "bytes" })) : new ReadableStream(underlying, { highWaterMark: 0 });
}
