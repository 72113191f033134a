// A run in other forms: its text alone, or a byte stream to be handed on.
import { OpenRouterError } from "../errors.js";
import { UI_MESSAGE_HEADERS, uiMessageWriter } from "./ui-message.js";

/** @import { ChatEvent, StreamFormat } from "../index.js" */

/**
 * What is turned into bytes: all events that are ready at a time, an empty array at the end.
 * @typedef {object} EventSource
 * @property {() => Promise<ChatEvent[]>} takeBatch
 * @property {(reason: unknown) => void} cancel
 * @property {(name: string) => boolean} [runsTool]  whether calls of a tool are the run's own business
 */

/**
 * How one format writes events. `fail` returns the last bytes for an error, or undefined to break the stream instead.
 * @typedef {object} Format
 * @property {string} contentType
 * @property {Record<string, string>} [headers]
 * @property {string} [keepAlive]  what may be written while there is nothing to say
 * @property {(runsTool?: (name: string) => boolean) => { write(events: ChatEvent[]): string, end(): string, fail(error: unknown): string | undefined }} start
 */

/** @type {Record<string, Format>} */
const FORMATS = {
  text: {
    contentType: "text/plain; charset=utf-8",
    start: () => ({
      write: (events) => events.map((event) => (event.type === "text-delta" || event.type === "refusal-delta" ? event.text : "")).join(""),
      end: () => "",
      fail: () => undefined,
    }),
  },
  events: {
    contentType: "application/x-ndjson; charset=utf-8",
    start: () => ({
      write: (events) => events.map((event) => `${JSON.stringify(plain(event))}\n`).join(""),
      end: () => "",
      fail: (error) => `${JSON.stringify({ type: "error", error: plainError(error) })}\n`,
    }),
  },
  sse: { contentType: "text/event-stream; charset=utf-8", keepAlive: ": keep-alive\n\n", start: chatChunks },
  "ui-message": {
    contentType: "text/event-stream; charset=utf-8",
    headers: UI_MESSAGE_HEADERS,
    keepAlive: ": keep-alive\n\n",
    start: () => {
      const writer = uiMessageWriter();
      return {
        ...writer,
        fail: (error) => {
          const { code, message } = plainError(error);
          return writer.fail({ aborted: code === "aborted", message });
        },
      };
    },
  },
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
  return writtenStream(source, formatOf(format), keepAliveMs);
}

/**
 * @param {{ takeBatch(): Promise<any[]>, cancel(reason: unknown): void, runsTool?: EventSource["runsTool"] }} source
 * @param {Pick<Format, "start" | "keepAlive">} format
 * @param {number} keepAliveMs
 * @returns {ReadableStream<Uint8Array<ArrayBuffer>>}
 */
export function writtenStream(source, { start, keepAlive }, keepAliveMs) {
  const writer = start(source.runsTool);
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
          const last = writer.fail(error);
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

/** OpenAI chat chunks, for any OpenAI client. Calls that the run answers itself are no business of whoever reads: an OpenAI client would take them for its own. @param {(name: string) => boolean} [runsTool] */
function chatChunks(runsTool = () => false) {
  const created = Math.floor(Date.now() / 1000);
  let id = "", model = "", provider = "";
  /** @type {Map<string, number>} */
  const calls = new Map();
  const chunk = (/** @type {object} */ delta, /** @type {string | null} */ finish_reason = null, /** @type {object} */ more = {}, native = "") =>
    `data: ${JSON.stringify({ id, object: "chat.completion.chunk", created, model, ...(provider && { provider }), choices: [{ index: 0, delta, finish_reason, ...(native && { native_finish_reason: native }) }], ...more })}\n\n`;

  /** @param {ChatEvent} event */
  const write = (event) => {
    switch (event.type) {
      case "response-start":
        id = event.id ?? "";
        model = event.model ?? "";
        provider = event.provider ?? "";
        return chunk({ role: "assistant", content: "" });
      case "text-delta":
        return chunk({ content: event.text });
      case "reasoning-delta":
        return chunk({ reasoning: event.text });
      case "refusal-delta":
        return chunk({ refusal: event.text });
      case "tool-call-start":
        if (runsTool(event.name)) return "";
        calls.set(event.id, calls.size);
        return chunk({ tool_calls: [{ index: calls.size - 1, id: event.id, type: "function", function: { name: event.name, arguments: "" } }] });
      case "tool-call-delta":
        if (!calls.has(event.id)) return "";
        return chunk({ tool_calls: [{ index: calls.get(event.id), function: { arguments: event.text } }] });
      case "image":
        return chunk({ images: [{ type: "image_url", image_url: { url: event.url } }] });
      case "audio-delta":
        return chunk({ audio: { id: event.id, data: event.data, transcript: event.transcript } });
      case "citation": {
        const { url, title, content, startIndex: start_index, endIndex: end_index } = event;
        return chunk({ annotations: [{ type: "url_citation", url_citation: { url, title, content, start_index, end_index } }] });
      }
      case "finish":
        return chunk({}, event.reason.replaceAll("-", "_"), event.usage && { usage: event.usage.raw }, event.nativeReason);
      default:
        return "";
    }
  };
  return {
    write: (/** @type {ChatEvent[]} */ events) => events.map(write).join(""),
    end: () => "data: [DONE]\n\n",
    // In the stream, as OpenRouter does it: the status has gone out long ago.
    fail: (/** @type {unknown} */ error) => {
      const { code, message, status } = plainError(error);
      return `data: ${JSON.stringify({ id, object: "chat.completion.chunk", created, model, error: { code: status ?? code, message }, choices: [{ index: 0, delta: {}, finish_reason: "error" }] })}\n\n`;
    },
  };
}

/** @param {ChatEvent} event @returns {object} */
function plain(event) {
  if (event.type === "tool-call-delta") {
    // The view grows with the call: in every line of it the whole would be quadratic.
    const { partial: _, ...rest } = event;
    return rest;
  }
  if (event.type === "image") {
    // The URL has the bytes already.
    const { data: _, ...rest } = event;
    return rest;
  }
  return event;
}

/** @param {any} error @returns {{ code: string, message: string, status?: number }} */
function plainError(error) {
  if (!OpenRouterError.isInstance(error)) return { code: "aborted", message: error instanceof Error ? error.message : String(error) };
  return JSON.parse(JSON.stringify(error));
}
