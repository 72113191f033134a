/** HTTP answers: status, OpenRouter's headers, and a body that the request log follows. */

import { errorBody } from "./errors.js";
import { sleep, streamBody } from "./wire-body.js";
import { planOf, rawPart } from "./wire-plan.js";

/** @import { RequestScript, Script, SimulatorRequest } from "../simulator.d.ts" */
/** @import { Part } from "./wire-plan.js" */

/** What belongs to one request on its way through a route. */
export class Exchange {
  /**
   * @param {SimulatorRequest} entry the line in the log
   * @param {AbortSignal | null | undefined} signal
   * @param {string} ray
   * @param {Uint8Array<ArrayBuffer>} bytes the request's body
   */
  constructor(entry, signal, ray, bytes) {
    this.entry = entry;
    this.signal = signal;
    this.ray = ray;
    this.bytes = bytes;
    /** What `onRequest` has for this request: the routes read their own family's part of it. @type {RequestScript} */
    this.script = {};
    /** The part of it that says how the answer travels. @type {RequestScript} */
    this.travel = {};
  }

  /**
   * @param {number} status
   * @param {unknown} value
   * @param {Record<string, string>} [headers]
   */
  json(status, value, headers) {
    return this.send({ status, contentType: "application/json", headers, parts: [rawPart(JSON.stringify(value))] });
  }

  /**
   * @param {object} answer
   * @param {number} answer.status
   * @param {string} [answer.contentType]
   * @param {Record<string, string>} [answer.headers]
   * @param {Part[]} [answer.parts]
   * @param {Script} [answer.script] its pace, cuts and stops
   * @param {number} [answer.eventPauseMs]
   * @param {(offset: number) => void} [answer.onAborted] how much of `parts` had gone out
   * @returns {Response}
   */
  send({ status: given, contentType, headers, parts = [], script = {}, eventPauseMs = 0, onAborted }) {
    const { entry, travel } = this;
    const status = given < 300 ? (travel.status ?? given) : given;
    const type = travel.contentType ?? contentType;
    const all = new Headers(corsHeaders());
    all.set("cf-ray", this.ray);
    if (type !== undefined) all.set("Content-Type", type);
    for (const [name, value] of Object.entries({ ...headers, ...travel.headers })) all.set(name, value);
    const plan = planOf(parts, { ...script, ...wireFields(travel) }, eventPauseMs);
    plan.padBytes = Math.max(0, (travel.padToBytes ?? 0) - plan.bytes.length);
    // Blanks behind JSON or HTML leave it what it is.
    plan.padWith = /json|text/.test(type ?? "") ? 0x20 : 0;
    if (isBodiless(status) || (plan.stopAt === 0 && plan.stopBy === "close" && plan.padBytes === 0)) {
      entry.finished = true;
      return new Response(isBodiless(status) ? null : new Uint8Array(0), { status, headers: all });
    }
    let sent = 0;
    const body = streamBody(plan, this.signal, {
      onBytes: (count, offset = sent) => {
        entry.bytesSent += count;
        sent = offset;
      },
      onFinished: () => void (entry.finished = true),
      onAborted: () => {
        entry.aborted = true;
        onAborted?.(sent);
      },
    });
    return new Response(body, { status, headers: all });
  }

  /**
   * A scripted answer that stands for itself.
   * @param {Pick<RequestScript, "status" | "headers" | "body" | "contentType">} given
   * @param {Script} [pace]
   * @returns {Response}
   */
  whole({ status = 200, headers, body = errorBody(status), contentType }, pace) {
    const isBytes = body instanceof Uint8Array;
    const text = typeof body === "string" || isBytes ? body : JSON.stringify(body);
    const guess = isBytes ? "application/octet-stream"
      : typeof body !== "string" ? "application/json" : /^\s*</.test(body) ? "text/html; charset=UTF-8" : "text/plain; charset=UTF-8";
    return this.send({ status, contentType: contentType ?? guess, headers, parts: [rawPart(text)], script: pace });
  }

  /**
   * @param {number} ms
   * @throws the signal's reason, as `fetch` would reject before headers
   */
  async wait(ms) {
    if (await sleep(ms, this.signal ?? undefined)) return;
    throw this.signal?.reason;
  }
}

/**
 * @param {RequestScript} travel
 * @returns {Script}
 */
export function wireFields({ chunkBytes, chunkDelayMs, stallAfterBytes, cutAfterBytes, endAfterBytes }) {
  const fields = { chunkBytes, chunkDelayMs, stallAfterBytes, cutAfterBytes, endAfterBytes };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

/** @param {number} status */
function isBodiless(status) {
  return status === 204 || status === 205 || status === 304;
}

/** The recorded ones: everybody may call, and of all headers a page may read these two. */
function corsHeaders() {
  return { "Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": "X-Generation-Id,cf-ray" };
}

/**
 * A preflight is granted as asked, but for `OpenAI-Beta`, which OpenRouter is known to refuse to pages.
 * @param {Exchange} exchange
 * @param {Headers} requestHeaders
 */
export function preflight(exchange, requestHeaders) {
  const asked = (requestHeaders.get("Access-Control-Request-Headers") ?? "").split(",").map((name) => name.trim());
  return exchange.send({
    status: 204,
    headers: {
      "Access-Control-Allow-Methods": "GET,POST,PUT,PATCH,DELETE,OPTIONS",
      "Access-Control-Allow-Headers": asked.filter((name) => name !== "" && name.toLowerCase() !== "openai-beta").join(","),
    },
  });
}
