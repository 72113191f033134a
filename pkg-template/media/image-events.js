// An image that comes as a stream: drafts of it first, then the whole.
import { describe, jsonFault, letGo, maskedCause, OpenRouterError, withoutKey } from "../first-part.js";
import { lenientJson, nextPiece, servicesEngine } from "../services-part.js";
import { EventLines } from "./event-lines.js";
import { decoded } from "./images.js";
import { Placeholders } from "./placeholders.js";

/** @import { AnswerReader } from "../calls/body.js" */
/** @import { CallPlan, CallDeadline } from "../calls/call.js" */
/** @import { ImageRequest } from "../index.js" */

/**
 * Every event's data, one after the other; the connection closes when whoever reads them stops.
 * @param {{ reader: AnswerReader, key: string, deadline: CallDeadline, label: string, maxLineBytes: number }} stream
 * @returns {AsyncGenerator<string>}
 */
export async function* eventsOf({ reader, key, deadline, label, maxLineBytes }) {
  const lines = new EventLines(maxLineBytes, label);
  let isOver = false;
  try {
    for (;;) {
      /** @type {Uint8Array | undefined} */
      let bytes;
      try {
        bytes = await deadline.race(nextPiece(reader));
      } catch (cause) {
        if (deadline.isOver || OpenRouterError.isInstance(cause)) throw cause;
        throw new OpenRouterError({ code: "network", message: withoutKey(`${label}: the answer broke off: ${describe(cause)}`, key) }, { cause: maskedCause(cause, key) });
      }
      isOver = bytes === undefined;
      yield* bytes === undefined ? lines.finish() : lines.push(bytes);
      if (isOver) return;
    }
  } finally {
    if (!isOver) letGo(reader);
  }
}

/**
 * @param {{ reader: AnswerReader, key: string, deadline: CallDeadline, call: CallPlan, maxBytes: number, index: number, onPartial: ImageRequest["onPartial"] }} stream
 * @returns {Promise<import("./images.js").Answer>}
 */
export async function readImageEvents({ reader, key, deadline, call, maxBytes, index, onPartial }) {
  /** @type {import("./images.js").Answer} */
  const answer = { images: [], text: "" };
  for await (const data of eventsOf({ reader, key, deadline, label: call.label, maxLineBytes: call.maxBytes })) {
    if (data === "[DONE]") break;
    const placeholders = new Placeholders();
    const skeleton = placeholders.takeOut(parsed(data, call.label));
    const event = await servicesEngine.ask((glue) => glue.readImageEvent(skeleton, key));
    if (event.kind === "text") answer.text += event.text ?? "";
    if (event.image) {
      const [{ extension, ...image }] = decoded([event.image], placeholders, maxBytes, call.label);
      if (event.kind === "completed") {
        answer.images.push({ extension, ...image });
        if (event.usage) answer.usage = event.usage;
      } else onPartial?.({ index, partialIndex: event.partialIndex ?? 0, ...image });
    }
  }
  if (answer.images.length === 0) {
    throw new OpenRouterError({ code: "stream-cut", message: "OpenRouter image generation stream ended before completion" });
  }
  return answer;
}

/** @param {string} data @param {string} label */
export function parsed(data, label) {
  try {
    return lenientJson(data);
  } catch {
    throw new OpenRouterError({ code: "bad-response", message: `${label}: an event of the stream is no JSON` }, { cause: jsonFault(data) });
  }
}
