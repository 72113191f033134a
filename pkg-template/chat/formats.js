// How each format of a run writes its events; loaded with the first stream that is asked for.
import { describe, OpenRouterError } from "../first-part.js";
import { gathering } from "./native-body.js";
import { uiMessageWriter } from "./ui-message.js";
import { writing } from "./written-stream.js";

/** @import { ChatEvent } from "../index.js" */

/**
 * Writes events as text. `fail` returns the last text for an error, or undefined to break the stream instead.
 * @typedef {{ write(events: ChatEvent[]): string, end(): string, fail(error: unknown): string | undefined }} FormatWriter
 */

/** A writer by its format; `runsTool` tells whether calls of a tool are the run's own business. @type {Record<string, (runsTool?: (name: string) => boolean, messageId?: string) => FormatWriter>} */
export const WRITERS = {
  text: () => ({
    write: (events) => events.map((event) => (event.type === "text-delta" || event.type === "refusal-delta" ? event.text : "")).join(""),
    end: () => "",
    fail: () => undefined,
  }),
  events: () => ({
    write: (events) => events.map((event) => `${JSON.stringify(plain(event))}\n`).join(""),
    end: () => "",
    fail: (error) => `${JSON.stringify({ type: "error", error: plainError(error) })}\n`,
  }),
  sse: chatChunks,
  "ui-message": (_, messageId) => {
    const writer = uiMessageWriter(messageId);
    return {
      ...writer,
      fail: (error) => {
        const { code, message } = plainError(error);
        return writer.fail({ aborted: code === "aborted", message });
      },
    };
  },
};

/** @param {import("./sinks.js").EventSource} source @param {import("../index.js").StreamFormat} format @param {string | undefined} keepAlive @param {number} keepAliveMs */
export function writingOf(source, format, keepAlive, keepAliveMs) {
  if (source.driver) gathered(source.driver);
  return writing(source, WRITERS[format](source.runsTool, source.messageId), keepAlive, keepAliveMs);
}

/** An event goes out as it is read: the fewer pieces, the fewer writes. @param {import("./driver.js").Driver} driver */
export function gathered(driver) {
  const { plan } = driver;
  if (!plan.durable) driver.plan = { ...plan, fetch: () => gathering(plan.fetch()) };
}

/** OpenAI chat chunks, for any OpenAI client. Calls that the run answers itself are no business of whoever reads: an OpenAI client would take them for its own. @param {(name: string) => boolean} [runsTool] */
function chatChunks(runsTool = () => false) {
  const created = Math.floor(Date.now() / 1000);
  let id = "", model = "", provider = "";
  /** @type {Map<string, number>} */
  const calls = new Map();
  /** Reasoning details that went out with earlier steps. */
  let details = 0;
  const chunk = (/** @type {object} */ delta, /** @type {string | null} */ finish_reason = null, /** @type {object} */ more = {}, native = "") =>
    `data: ${JSON.stringify({ id, object: "chat.completion.chunk", created, model, ...(provider && { provider }), choices: [{ index: 0, delta, finish_reason, ...(native && { native_finish_reason: native }) }], ...more })}\n\n`;

  /** What has to come back with the next request and no event has: whole, as reasoning itself has been said. @param {import("../index.js").AssistantMessage} message */
  const kept = ({ reasoning_details: list, thinking_blocks, tool_calls: called = [], extra_content, provider_specific_fields }) => {
    /** @type {any} */
    const delta = { ...(extra_content && { extra_content }), ...(provider_specific_fields && { provider_specific_fields }), ...(thinking_blocks && { thinking_blocks }) };
    // Entries of one index are one: those of another step are others.
    const first = details;
    if (list) delta.reasoning_details = first === 0 ? list : list.map((entry, at) => ({ ...entry, index: first + at }));
    details += list?.length ?? 0;
    const signed = called.filter((/** @type {any} */ call) => call.extra_content && calls.has(call.id));
    if (signed.length > 0) delta.tool_calls = signed.map((/** @type {any} */ call) => ({ index: calls.get(call.id), extra_content: call.extra_content }));
    return Object.keys(delta).length > 0 ? chunk(delta) : "";
  };

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
      case "step-finish":
        return kept(event.message);
      case "finish":
        // Calls of which the reader has seen none are no reason for it to wait, or to send again.
        return chunk({}, event.reason === "tool-calls" && calls.size === 0 ? "stop" : event.reason.replaceAll("-", "_"), event.usage && { usage: event.usage.raw }, event.nativeReason);
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
  if (!OpenRouterError.isInstance(error)) return { code: "aborted", message: error instanceof Error ? error.message : describe(error) };
  return JSON.parse(JSON.stringify(error));
}
