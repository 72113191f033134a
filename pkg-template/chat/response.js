// A run as an HTTP answer whose status says how it began: by the first output, or by the failure before it.
import { completionOf } from "./completion.js";
import { describeError } from "./error-status.js";
import { gathered } from "./formats.js";
import { Relay } from "./relay.js";
import { untilLeft } from "./until-left.js";
import { formatStream, letGo, reading, responseHeaders } from "../first-part.js";

/** @import { ChatEvent, ChatResult, StreamFormat } from "../index.js" */
/** @import { EventSource } from "./sinks.js" */
/** @import { Driver } from "./driver.js" */

/**
 * @typedef {object} ResponseOptions
 * @property {StreamFormat | "json"} [format]  default `sse`
 * @property {HeadersInit} [headers]
 * @property {number} [status]  of an answer that has begun; default 200
 * @property {number} [keepAliveMs]
 * @property {string} [messageId]  of the message in a page, in `ui-message`
 * @property {boolean} [keep]  default true; false: of a relayed answer only its end is kept, and `result()` has no text
 */

/** What does not begin an answer: an attempt that failed may be followed by one that does not. */
const PRELUDE = new Set(["retry", "fallback", "raw"]);

/**
 * @param {EventSource} source  claimed
 * @param {ResponseOptions} options
 * @param {{ result(): Promise<ChatResult> }} run @param {Driver} driver
 * @returns {Promise<Response>}
 */
export async function respond(source, options, run, driver) {
  const { format = "sse", headers, status = 200, keepAliveMs, messageId, keep = true } = reading("options", () => ({ ...options }));
  // Names the formats when it is none of them. Before anything is sent: a status or headers that no answer can have.
  const head = reading("options", () => {
    new Response("", { status });
    return format === "json" ? jsonHeaders(headers) : responseHeaders(format, headers);
  });
  if (format === "json") return jsonResponse(source, { headers, status }, run, driver);
  const relay = format === "sse" ? relayOf(driver, keep) : undefined;
  if (!relay) gathered(driver);
  const begun = await beginning(source);
  if ("error" in begun) return errorResponse(begun.error, headers);
  if (relay?.copy?.isStream && driver.relay) {
    const copy = relay.handOver();
    const body = untilLeft(copy, source, relay);
    drain(source);
    return new Response(body, { status, headers: head });
  }
  return new Response(formatStream({ ...source, messageId, takeBatch: startingWith(begun.events, source) }, format, keepAliveMs), { status, headers: head });
}

/** The answer as it comes; a run that turns out to be more than one answer drops it. @param {Driver} driver @param {boolean} isKept  somebody may ask for the whole message afterwards */
export function relayOf(driver, isKept) {
  const { pace } = driver;
  const onWait = (/** @type {boolean} */ isWaiting) => {
    if (isWaiting) return pace.rest();
    pace.goOn();
    if (!driver.isOver) pace.arm();
  };
  return (driver.relay = new Relay({ isKept, idleMs: driver.plan.idleTimeoutMs, onWait, isGuarded: () => driver.money.budget !== undefined }));
}

/** Up to the first output, or the failure. @param {EventSource} source @returns {Promise<{ events: ChatEvent[] } | { error: unknown }>} */
export async function beginning(source) {
  /** @type {ChatEvent[]} */
  const events = [];
  try {
    for (;;) {
      const batch = await source.takeBatch();
      events.push(...batch);
      if (batch.length === 0 || batch.some(({ type }) => !PRELUDE.has(type))) return { events };
    }
  } catch (error) {
    return { error };
  }
}

/** @param {ChatEvent[]} events @param {EventSource} source */
export function startingWith(events, source) {
  let first = events;
  return async () => {
    if (first.length === 0) return source.takeBatch();
    const batch = first;
    first = [];
    return batch;
  };
}

/** Moves the run on: whoever reads the relayed bytes does not. @param {EventSource} source */
export async function drain(source) {
  try {
    while ((await source.takeBatch()).length > 0);
  } catch {
    // It is in the bytes, and the run's verdict.
  }
}

/** @param {EventSource} source @param {{ headers: HeadersInit | undefined, status: number }} head @param {{ result(): Promise<ChatResult> }} run @param {Driver} driver */
async function jsonResponse(source, { headers, status }, run, driver) {
  const relay = relayOf(driver, true);
  try {
    await drained(source);
  } catch (error) {
    return errorResponse(error, headers);
  }
  const all = jsonHeaders(headers);
  const { copy } = relay;
  // As it came, with what this package has no name for.
  if (copy && !copy.isStream && driver.relay) return new Response(await new Response(copy.body).arrayBuffer(), { status, headers: all });
  letGo(copy?.body);
  return new Response(JSON.stringify(completionOf(await run.result())), { status, headers: all });
}

/** @param {EventSource} source */
async function drained(source) {
  while ((await source.takeBatch()).length > 0);
}

/** @param {HeadersInit | undefined} more */
function jsonHeaders(more) {
  const headers = new Headers({ "Content-Type": "application/json", "Cache-Control": "no-store" });
  new Headers(more).forEach((value, name) => headers.set(name, value));
  return headers;
}

/** What failed before anything was handed out, in OpenAI's form. @param {unknown} error @param {HeadersInit} [more] */
export function errorResponse(error, more) {
  const { status, body, retryAfterMs, isFinal } = describeError(error);
  const headers = jsonHeaders(more);
  headers.set("Content-Type", "application/json");
  if (retryAfterMs !== undefined) headers.set("Retry-After", String(Math.ceil(retryAfterMs / 1000)));
  // The SDKs of OpenAI and Anthropic obey it.
  if (isFinal) headers.set("X-Should-Retry", "false");
  return new Response(JSON.stringify(body), { status, headers });
}
