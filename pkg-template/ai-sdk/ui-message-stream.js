// A run as the chunks that `useChat` reads, one object each: for a transport without a server, and to be merged with an app's own.
import { describe, invalidRequest, OpenRouterError } from "../errors.js";
import { uiMessageChunks } from "../chat/ui-message.js";
import { checkedOptions } from "./places.js";

/** @import { ChatEvent } from "../index.js" */
/** @import { ChatRun } from "../chat/run.js" */

/**
 * What an app adds: chunks of its own for an event, `data-` parts above all.
 * @typedef {(event: ChatEvent) => any} DataOf
 */

/** For whoever looks whether there is more, without waiting for it. */
const NOT_YET = Promise.resolve(undefined);

/**
 * @param {AsyncIterable<ChatEvent> & Pick<ChatRun, "cancel">} run
 * @param {{ dataOf?: DataOf, messageId?: string }} [options]
 * @returns {ReadableStream<any>}
 */
export function toUIMessageStream(run, options = {}) {
  if (typeof run?.[Symbol.asyncIterator] !== "function") throw invalidRequest(`run: must be a run of chat(), not ${describe(run)}`);
  const given = checkedOptions(options, ["dataOf", "messageId"]);
  return chunkStream(chunksOfRun(run, checkedDataOf(given), checkedMessageId(given)), (reason) => run.cancel(reason));
}

/** @param {any} options @returns {string | undefined} */
export function checkedMessageId({ messageId }) {
  if (messageId !== undefined && (typeof messageId !== "string" || messageId === "")) throw invalidRequest("messageId: must be a string that is not empty");
  return messageId;
}

/** @param {any} options @returns {DataOf | undefined} */
export function checkedDataOf(options) {
  if (typeof options !== "object" || options === null) throw invalidRequest("options: must be an object");
  if (options.dataOf !== undefined && typeof options.dataOf !== "function") throw invalidRequest("dataOf: must be a function");
  return options.dataOf;
}

/** @param {AsyncIterable<ChatEvent>} run @param {DataOf | undefined} dataOf @param {string | undefined} messageId */
async function* chunksOfRun(run, dataOf, messageId) {
  /** @type {any[]} */
  const out = [];
  const chunks = uiMessageChunks((chunk) => out.push(chunk), messageId);
  try {
    for await (const events of batchesOf(run)) {
      for (const event of events) {
        chunks.write(event);
        out.push(...dataChunks(dataOf, event));
      }
      if (out.length > 0) yield out.splice(0);
    }
  } catch (error) {
    chunks.fail(failureOf(error));
    yield out.splice(0);
  }
}

/**
 * All events that are ready at a time: in workerd every write costs as much as the work on two hundred events.
 * @param {AsyncIterable<ChatEvent>} run
 */
export async function* batchesOf(run) {
  const events = run[Symbol.asyncIterator]();
  let next = events.next();
  for (;;) {
    /** @type {ChatEvent[]} */
    const batch = [];
    /** @type {IteratorResult<ChatEvent> | undefined} */
    let result = await next;
    while (result && !result.done) {
      batch.push(result.value);
      next = events.next();
      // Looked at again below, or by nobody: whoever left has cancelled the run.
      next.catch(() => {});
      result = await Promise.race([next, NOT_YET]).catch(() => undefined);
    }
    if (batch.length > 0) yield batch;
    if (result?.done) return;
  }
}

/** @param {DataOf | undefined} dataOf @param {ChatEvent} event @returns {any[]} */
export function dataChunks(dataOf, event) {
  const given = dataOf?.(event);
  if (given === undefined || given === null) return [];
  const all = Array.isArray(given) ? given : [given];
  for (const chunk of all) {
    if (typeof chunk?.type !== "string") throw invalidRequest("dataOf: must give chunks, objects with a type");
  }
  return all;
}

/** How a failure is told in the stream. @param {unknown} error */
export function failureOf(error) {
  return { aborted: !OpenRouterError.isInstance(error), message: describe(error) };
}

/**
 * @param {AsyncGenerator<any[], void>} batches
 * @param {(reason: unknown) => void} cancel
 * @returns {ReadableStream<any>}
 */
export function chunkStream(batches, cancel) {
  return new ReadableStream(
    {
      async pull(controller) {
        const { value, done } = await batches.next();
        if (done) return controller.close();
        for (const chunk of value) controller.enqueue(chunk);
      },
      cancel(reason) {
        // Not the generator alone, which would wait for the next event first.
        cancel(reason);
        void batches.return(undefined);
      },
    },
    { highWaterMark: 0 },
  );
}
