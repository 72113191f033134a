// A run in other forms: its text alone, or a byte stream to be handed on.
import { invalidRequest } from "../errors.js";
import { load } from "../lazily.js";

/** @import { ChatEvent, StreamFormat } from "../index.js" */

/**
 * What is turned into bytes: all events that are ready at a time, an empty array at the end.
 * @typedef {object} EventSource
 * @property {() => Promise<ChatEvent[]>} takeBatch
 * @property {(reason: unknown) => void} cancel
 * @property {(name: string) => boolean} [runsTool]  whether calls of a tool are the run's own business
 * @property {string} [messageId]  of the message that a `ui-message` stream writes
 * @property {import("./driver.js").Driver} [driver]  of a run that may not have begun
 */

/**
 * What a response says of a format before its first byte.
 * @typedef {object} Format
 * @property {string} contentType
 * @property {Record<string, string>} [headers]
 * @property {string} [keepAlive]  what may be written while there is nothing to say
 */

const EVENT_STREAM = { contentType: "text/event-stream; charset=utf-8", keepAlive: ": keep-alive\n\n" };

/** @type {Record<string, Format>} */
const FORMATS = {
  text: { contentType: "text/plain; charset=utf-8" },
  events: { contentType: "application/x-ndjson; charset=utf-8" },
  sse: EVENT_STREAM,
  "ui-message": { ...EVENT_STREAM, headers: { "X-Vercel-AI-UI-Message-Stream": "v1" } },
};

/**
 * By hand and not as a generator: leaving one waits until the value that is under way has come.
 * @param {AsyncIterable<ChatEvent>} run
 * @returns {AsyncIterable<string>}
 */
export function textOf(run) {
  return {
    [Symbol.asyncIterator]() {
      const events = run[Symbol.asyncIterator]();
      return {
        async next() {
          for (;;) {
            const { value: event, done } = await events.next();
            if (done) return { value: undefined, done: true };
            // A refusal is what the model says to the reader.
            if (event.type === "text-delta" || event.type === "refusal-delta") return { value: event.text, done: false };
          }
        },
        return: () => /** @type {Promise<any>} */ (events.return?.(undefined)),
      };
    },
  };
}

/**
 * @param {EventSource} source
 * @param {StreamFormat} format
 * @param {number} [keepAliveMs]
 * @returns {ReadableStream<Uint8Array<ArrayBuffer>>}
 */
export function formatStream(source, format, keepAliveMs = 10_000) {
  const { keepAlive } = formatOf(format);
  return pulled(source, async () => (await load(import("../answer-part.js"))).writingOf(source, format, keepAlive, keepAliveMs));
}

/**
 * The answer as it comes. In workerd a native stream, which costs nothing a chunk and tells of no first pull: the run begins at once.
 * @param {EventSource} source @param {import("./driver.js").Driver} driver
 * @returns {ReadableStream<Uint8Array<ArrayBuffer>>}
 */
export function relayedStream(source, driver) {
  const open = () => (driver.loading = load(import("../answer-part.js")));
  const { IdentityTransformStream } = /** @type {any} */ (globalThis);
  if (!IdentityTransformStream) return pulled(source, async () => (await open()).relaying(source, driver));
  const { readable, writable } = new IdentityTransformStream();
  open().then(({ relayInto }) => relayInto(source, driver, writable), (error) => writable.abort(error));
  return readable;
}

/** The writing loads with the first pull. @param {EventSource} source @param {() => Promise<import("./written-stream.js").Writing>} open @returns {ReadableStream<Uint8Array<ArrayBuffer>>} */
function pulled(source, open) {
  /** @type {ReturnType<typeof open> | undefined} */
  let writing;
  return new ReadableStream(
    {
      async pull(controller) {
        writing ??= open();
        await (await writing).pull(controller);
      },
      async cancel(reason) {
        source.cancel(reason);
        (await writing)?.stop();
      },
    },
    { highWaterMark: 0 },
  );
}

/** @param {StreamFormat} format @param {HeadersInit | undefined} more */
export function responseHeaders(format, more) {
  const { contentType, headers: own } = formatOf(format);
  const headers = new Headers({ "Content-Type": contentType, "Cache-Control": "no-cache", "X-Accel-Buffering": "no", ...own });
  new Headers(more).forEach((value, name) => headers.set(name, value));
  return headers;
}

/** @param {string} format */
function formatOf(format) {
  if (typeof format !== "string" || !Object.hasOwn(FORMATS, format)) {
    throw invalidRequest(`format: must be one of ${Object.keys(FORMATS).join(", ")}`);
  }
  return FORMATS[format];
}
