// Events of a run as the AI SDK's stream parts.
import { finishReasonOf, providerMetadata, usageOf } from "./answer-metadata.js";
import { fileOf, soundTypeOf } from "./file-parts.js";
import { metadataOf, reasoningText } from "./reasoning-details.js";

/** @import { AssistantMessage, ChatEvent, ChatResult } from "../index.js" */
/** @import { CutCall } from "./answer-metadata.js" */

/** After these the model meant its calls as they are: the SDK may repair them, or tell the model. Cut by a limit they are none. */
const MEANT = new Set(["tool-calls", "stop"]);

export class StreamParts {
  hasBegun = false;
  #warnings;
  #isRaw;
  #blocks = 0;
  #sources = 0;
  /** @type {{ kind: "text" | "reasoning", id: string } | undefined} */
  #open;
  /** @type {CutCall[]} */
  #cut = [];
  /** @type {any[]} */
  #out = [];

  /** @param {{ warnings: any[], isRaw: boolean }} options */
  constructor({ warnings, isRaw }) {
    this.#warnings = warnings;
    this.#isRaw = isRaw;
  }

  /** @returns {any[]} */
  start() {
    return [{ type: "stream-start", warnings: this.#warnings }];
  }

  /** @param {ChatEvent} event @returns {any[]} */
  of(event) {
    this.#out = [];
    this.#take(event);
    if (event.type !== "retry" && event.type !== "fallback" && event.type !== "raw") this.hasBegun = true;
    return this.#out;
  }

  /** @param {ChatEvent} event */
  #take(event) {
    switch (event.type) {
      case "response-start":
        return this.#put({ type: "response-metadata", id: event.id, modelId: event.model, timestamp: new Date() });
      case "text-delta":
      case "refusal-delta":
        return this.#say("text", event.text);
      case "reasoning-delta":
        return this.#say("reasoning", event.text);
      case "tool-call-start":
        this.#close();
        return this.#put({ type: "tool-input-start", id: event.id, toolName: event.name });
      case "tool-call-delta":
        return this.#put({ type: "tool-input-delta", id: event.id, delta: event.text });
      case "tool-call":
        this.#put({ type: "tool-input-end", id: event.id });
        if (event.truncated) this.#cut.push({ id: event.id, name: event.name, arguments: event.arguments });
        return;
      case "image": {
        const file = fileContent({ type: "image_url", image_url: { url: event.url } });
        this.#close();
        return file && this.#put(file);
      }
      case "citation":
        return event.url ? this.#put(sourceContent(event.url, event.title, (this.#sources += 1))) : undefined;
      case "raw":
        return this.#isRaw ? this.#put({ type: "raw", rawValue: parsed(event.data) }) : undefined;
      case "step-finish":
        return this.#endStep(event.message, event.reason);
    }
  }

  /** @param {AssistantMessage} message @param {string} reason */
  #endStep(message, reason) {
    const signature = metadataOf(message.reasoning_details);
    // Not as they come: only now the reasoning is whole that is signed on the first.
    const { calls, left } = callsOf(message, this.#cut, reason);
    this.#cut = left;
    if (signature && calls.length === 0 && !this.#open) this.#begin("reasoning");
    this.#close(calls.length === 0 ? signature : undefined);
    if (message.audio?.data) this.#put(soundContent(message.audio.data));
    for (const part of signed(calls, signature)) this.#put(part);
  }

  /** @param {ChatResult} result @returns {any[]} */
  end(result) {
    return [{ type: "finish", finishReason: finishReasonOf(result), usage: usageOf(result.usage), providerMetadata: providerMetadata(result, this.#cut) }];
  }

  /** @param {any} part */
  #put(part) {
    this.#out.push(part);
  }

  /** @param {"text" | "reasoning"} kind @param {string} delta */
  #say(kind, delta) {
    if (this.#open?.kind !== kind) {
      this.#close();
      this.#begin(kind);
    }
    this.#put({ type: `${kind}-delta`, id: this.#open?.id, delta });
  }

  /** @param {"text" | "reasoning"} kind */
  #begin(kind) {
    this.#open = { kind, id: `${kind}-${(this.#blocks += 1)}` };
    this.#put({ type: `${kind}-start`, id: this.#open.id });
  }

  /** @param {Record<string, any>} [metadata] */
  #close(metadata) {
    if (this.#open) this.#put({ type: `${this.#open.kind}-end`, id: this.#open.id, ...(metadata && { providerMetadata: metadata }) });
    this.#open = undefined;
  }
}

/** @param {AssistantMessage} message @param {CutCall[]} cut @param {string} reason @returns {{ calls: any[], left: CutCall[] }} */
function callsOf(message, cut, reason) {
  const whole = (message.tool_calls ?? []).map(({ id, function: called }) => ({ id, name: called.name, arguments: called.arguments }));
  const isMeant = MEANT.has(reason);
  const calls = (isMeant ? [...whole, ...cut] : whole).map(({ id, name, arguments: input }) => ({ type: "tool-call", toolCallId: id, toolName: name, input }));
  return { calls, left: isMeant ? [] : cut };
}

/** @param {any[]} calls @param {Record<string, any> | undefined} signature */
function signed(calls, signature) {
  return signature ? calls.map((call, number) => (number === 0 ? { ...call, providerMetadata: signature } : call)) : calls;
}

/**
 * A whole message as content.
 * @param {AssistantMessage} message @param {string} reason @param {CutCall[]} cut
 * @returns {{ content: any[], left: CutCall[] }}
 */
export function contentOf(message, reason, cut) {
  const content = [];
  const reasoning = reasoningText(message);
  const signature = metadataOf(message.reasoning_details);
  const { calls, left } = callsOf(message, cut, reason);
  const text = (message.content ?? "") + (message.refusal ?? "");
  // On one part alone, as in a stream.
  const place = calls.length > 0 ? "call" : reasoning || text === "" ? "reasoning" : "text";
  if (reasoning || (signature && place === "reasoning")) content.push({ type: "reasoning", text: reasoning, ...(signature && place === "reasoning" && { providerMetadata: signature }) });
  if (text) content.push({ type: "text", text, ...(signature && place === "text" && { providerMetadata: signature }) });
  for (const image of message.images ?? []) {
    const file = fileContent(image);
    if (file) content.push(file);
  }
  if (message.audio?.data) content.push(soundContent(message.audio.data));
  const cited = (message.annotations ?? []).map((/** @type {any} */ annotation) => annotation.url_citation).filter((citation) => citation?.url);
  cited.forEach(({ url, title }, number) => content.push(sourceContent(url, title, number + 1)));
  content.push(...signed(calls, signature));
  return { content, left };
}

/** @param {any} part */
function fileContent(part) {
  const file = fileOf(part);
  if (!file) return undefined;
  const base64 = /^data:[^,]*;base64,/.exec(file.url)?.[0];
  const { mediaType } = file;
  return { type: "file", mediaType, data: base64 ? { type: "data", data: file.url.slice(base64.length) } : { type: "url", url: new URL(file.url) } };
}

/** @param {string} data  base64 */
function soundContent(data) {
  return { type: "file", mediaType: soundTypeOf(data), data: { type: "data", data } };
}

/** @param {string} url @param {string | undefined} title @param {number} number */
function sourceContent(url, title, number) {
  return { type: "source", sourceType: "url", id: `source-${number}`, url, ...(title && { title }) };
}

/** @param {string} text */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    // Raw is what came, JSON or not.
    return text;
  }
}
