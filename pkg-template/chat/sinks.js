// A run in other forms: its text alone, or a byte stream to be handed on.
import { OpenRouterError } from "../errors.js";
import { load } from "../lazily.js";

/** @import { ChatEvent, StreamFormat } from "../index.js" */

/**
 * What is turned into bytes: all events that are ready at a time, an empty array at the end.
 * @typedef {object} EventSource
 * @property {() => Promise<ChatEvent[]>} takeBatch
 * @property {(reason: unknown) => void} cancel
 * @property {(name: string) => boolean} [runsTool]  whether calls of a tool are the run's own business
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
 * One write for all events that are ready: in workerd every write costs as much as the work on two hundred events.
 * @param {EventSource} source
 * @param {StreamFormat} format
 * @param {number} [keepAliveMs]
 * @returns {ReadableStream<Uint8Array<ArrayBuffer>>}
 */
export function formatStream(source, format, keepAliveMs = 10_000) {
  const open = async () => (await load(import("./formats.js"))).WRITERS[format](source.runsTool);
  return writtenStream(source, { ...formatOf(format), open }, keepAliveMs);
}

/**
 * @param {{ takeBatch(): Promise<any[]>, cancel(reason: unknown): void }} source
 * @param {{ keepAlive?: string, open(): Promise<import("./formats.js").FormatWriter> }} format
 * @param {number} keepAliveMs
 * @returns {ReadableStream<Uint8Array<ArrayBuffer>>}
 */
export function writtenStream(source, { keepAlive, open }, keepAliveMs) {
  /** @type {import("./formats.js").FormatWriter | undefined} */
  let writer;
  const encoder = new TextEncoder();
  /** @type {ReturnType<typeof setInterval> | undefined} */
  let ticking;
  /** Whether nothing has been written since the last tick. */
  let silent = false;
  const stop = () => clearInterval(ticking);
  return new ReadableStream(
    {
      async pull(controller) {
        if (keepAlive && keepAliveMs > 0) {
          // From the first pull on: a response that nobody reads keeps no process alive.
          ticking ??= setInterval(() => {
            // One at most waits for a reader who rests.
            if (silent && (controller.desiredSize ?? 0) >= 0) controller.enqueue(encoder.encode(keepAlive));
            silent = true;
          }, keepAliveMs);
        }
        try {
          writer ??= await open();
          let text = "";
          while (text === "") {
            const events = await source.takeBatch();
            if (events.length === 0) {
              stop();
              const last = writer.end();
              if (last) controller.enqueue(encoder.encode(last));
              controller.close();
              return;
            }
            text = writer.write(events);
          }
          silent = false;
          controller.enqueue(encoder.encode(text));
        } catch (error) {
          stop();
          const last = writer?.fail(error);
          if (last === undefined) return controller.error(error);
          controller.enqueue(encoder.encode(last));
          controller.close();
        }
      },
      cancel(reason) {
        stop();
        source.cancel(reason);
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
  if (!Object.hasOwn(FORMATS, format)) {
    throw new OpenRouterError({ code: "invalid-request", message: `format: must be one of ${Object.keys(FORMATS).join(", ")}` });
  }
  return FORMATS[format];
}
