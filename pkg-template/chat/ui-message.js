// A run as the AI SDK's UI message stream, which `useChat` reads.

/** @import { ChatEvent } from "../index.js" */

/** The words that its readers know; any other of a provider is `other`. */
const REASONS = new Set(["stop", "length", "content-filter", "tool-calls", "error"]);

/** Under which name metadata and options of this provider stand in the AI SDK. */
export const PROVIDER = "openrouter";

/** Signed reasoning as metadata of a part; by the names of OpenRouter's own provider, so that either reads the other's. @param {unknown} details @returns {Record<string, any> | undefined} */
export function metadataOf(details) {
  return Array.isArray(details) && details.length > 0 ? { [PROVIDER]: { reasoning_details: details } } : undefined;
}

/** @param {{ aborted: boolean, message: string }} failure */
const failed = ({ aborted, message }) => (aborted ? { type: "abort", reason: message } : { type: "error", errorText: message });

/**
 * The chunks of a run, one object each.
 * @param {(chunk: any) => void} put @param {string} [messageId]  of the message in the page; else the page gives it one
 */
export function uiMessageChunks(put, messageId) {
  let step = -1, blocks = 0, sources = 0, isStarted = false;
  /** The block of text or reasoning that is open. @type {{ kind: string, id: string } | undefined} */
  let open;
  /** @type {Record<string, unknown>} */
  let metadata = {};
  /** Whole calls: they go out when the step has ended, since only then the reasoning is whole that is signed on the first of them. @type {any[]} */
  let held = [];
  /** Whether the step that is open has calls with an input, those of it that wait for an answer, and those that must not run. */
  let hasCalls = false;
  const waiting = new Set();
  /** @type {Map<string, { toolName: string, input: unknown }>} */
  const broken = new Map();

  const start = () => {
    if (!isStarted) put({ type: "start", ...(messageId !== undefined && { messageId }) });
    isStarted = true;
  };
  /** @param {Record<string, any>} [providerMetadata] */
  const close = (providerMetadata) => {
    if (open) put({ type: `${open.kind}-end`, id: open.id, ...(providerMetadata && { providerMetadata }) });
    open = undefined;
  };
  /** The end of a step, with what its next turn needs: a page that sends thoughts back without their signatures is refused. @param {any} message */
  const endStep = (message) => {
    const signature = metadataOf(message.reasoning_details);
    const [first, ...rest] = held;
    for (const { toolCallId } of held) waiting.add(toolCallId);
    hasCalls ||= held.length > 0;
    held = [];
    if (signature && !first && !open) {
      open = { kind: "reasoning", id: `reasoning-${(blocks += 1)}` };
      put({ type: "reasoning-start", id: open.id });
    }
    close(first ? undefined : signature);
    if (first) put({ ...first, ...(signature && { providerMetadata: signature }) });
    rest.forEach(put);
  };
  const say = (/** @type {"text" | "reasoning"} */ kind, /** @type {string} */ delta) => {
    if (open?.kind !== kind) {
      close();
      open = { kind, id: `${kind}-${(blocks += 1)}` };
      put({ type: `${kind}-start`, id: open.id });
    }
    put({ type: `${kind}-delta`, id: open.id, delta });
  };
  /** A step stays open until the next one begins: the results of its tools belong to it. @param {number} next */
  const enter = (next) => {
    if (next === step) return;
    close();
    if (step >= 0) put({ type: "finish-step" });
    start();
    begin();
    step = next;
  };
  const begin = () => {
    put({ type: "start-step" });
    hasCalls = false;
    waiting.clear();
    broken.clear();
  };
  /**
   * `useChat` sends again by itself where every call of the last step has an answer. Calls that the run has answered and did not go on with (a
   * condition stopped it, it was aborted) is no reason to: an empty step behind it says so.
   */
  const seal = () => {
    if (!hasCalls) return;
    put({ type: "finish-step" });
    begin();
    // A step that begins is taken note of with what comes behind it, and an error is not.
    put({ type: "message-metadata", messageMetadata: metadata });
  };

  /** @param {ChatEvent} event */
  const write = (event) => {
    // An error that leads to a new attempt is not part of the message.
    if (event.type === "retry" || event.type === "fallback" || event.type === "raw") return;
    enter(event.step);
    switch (event.type) {
      case "response-start":
        metadata = { id: event.id, model: event.model, provider: event.provider };
        break;
      case "text-delta":
      case "refusal-delta":
        return say("text", event.text);
      case "reasoning-delta":
        return say("reasoning", event.text);
      case "tool-call-start":
        close();
        return put({ type: "tool-input-start", toolCallId: event.id, toolName: event.name });
      case "tool-call-delta":
        return put({ type: "tool-input-delta", toolCallId: event.id, inputTextDelta: event.text });
      case "tool-call": {
        const call = { toolCallId: event.id, toolName: event.name };
        // Its input is never available. An error of the input would be an answer to it, and the answer is the run's to give.
        if (event.truncated) return void broken.set(event.id, { toolName: event.name, input: event.arguments });
        held.push({ type: "tool-input-available", ...call, input: event.input });
        return;
      }
      case "tool-result":
        waiting.delete(event.id);
        hasCalls = true;
        if (event.error && broken.has(event.id)) return put({ type: "tool-input-error", toolCallId: event.id, ...broken.get(event.id), errorText: event.error.message });
        if (event.error) return put({ type: "tool-output-error", toolCallId: event.id, errorText: event.error.message });
        return put({ type: "tool-output-available", toolCallId: event.id, output: event.output ?? null });
      case "image":
        close();
        return put({ type: "file", url: event.url, mediaType: event.mediaType ?? "image/*" });
      case "citation":
        if (event.url) put({ type: "source-url", sourceId: `source-${(sources += 1)}`, url: event.url, ...(event.title && { title: event.title }) });
        return;
      case "step-finish":
        return endStep(event.message);
      case "finish": {
        close();
        if (waiting.size === 0 || event.reason !== "tool-calls") seal();
        put({ type: "finish-step" });
        const { raw: _, ...usage } = event.usage ?? { raw: {} };
        put({ type: "finish", finishReason: REASONS.has(event.reason) ? event.reason : "other", messageMetadata: { ...metadata, ...(event.usage && { usage }) } });
      }
    }
  };

  /** @param {{ aborted: boolean, message: string }} failure */
  const fail = (failure) => {
    start();
    close();
    seal();
    put(failed(failure));
  };
  return { start, write, fail };
}

/**
 * What is ready at a time and goes on with the same text is one piece of it: a fast answer has 500 words a write, and to write each costs more than to read it.
 * @param {ChatEvent[]} events @param {(event: ChatEvent) => void} take
 */
function inRuns(events, take) {
  for (let at = 0; at < events.length; ) {
    const event = events[at];
    at += 1;
    if (event.type !== "text-delta" && event.type !== "reasoning-delta") {
      take(event);
      continue;
    }
    let { text } = event;
    for (let next; (next = /** @type {any} */ (events[at]))?.type === event.type && next.step === event.step; at += 1) text += next.text;
    take({ ...event, text });
  }
}

/** @param {string} [messageId] */
export function uiMessageWriter(messageId) {
  let out = "";
  const chunks = uiMessageChunks((chunk) => {
    out += `data: ${JSON.stringify(chunk)}\n\n`;
  }, messageId);
  const taken = (/** @type {() => void} */ work) => {
    out = "";
    work();
    return out;
  };
  return {
    write: (/** @type {ChatEvent[]} */ events) => taken(() => inRuns(events, chunks.write)),
    end: () => "data: [DONE]\n\n",
    fail: (/** @type {{ aborted: boolean, message: string }} */ failure) =>
      taken(() => {
        chunks.fail(failure);
        out += "data: [DONE]\n\n";
      }),
  };
}
