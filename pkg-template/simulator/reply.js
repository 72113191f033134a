/** HTTP answers: status, OpenRouter's headers, and a body that the request log follows. */

import { sleep, streamBody } from "./wire-body.js";
import { planOf, rawPart } from "./wire-plan.js";

/** @import { Script, SimulatorRequest } from "../simulator.d.ts" */
/** @import { Part } from "./wire-plan.js" */

/** What belongs to one request on its way through a route. */
export class Exchange {
  /**
   * @param {SimulatorRequest} entry the line in the log
   * @param {AbortSignal | null | undefined} signal
   * @param {string} ray
   */
  constructor(entry, signal, ray) {
    this.entry = entry;
    this.signal = signal;
    this.ray = ray;
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
   * @param {() => void} [answer.onAborted]
   * @returns {Response}
   */
  send({ status, contentType, headers, parts = [], script = {}, eventPauseMs = 0, onAborted }) {
    const all = new Headers(corsHeaders());
    all.set("cf-ray", this.ray);
    if (contentType !== undefined) all.set("Content-Type", contentType);
    for (const [name, value] of Object.entries(headers ?? {})) all.set(name, value);
    const { entry } = this;
    const plan = planOf(parts, script, eventPauseMs);
    if (isBodiless(status) || (plan.stopAt === 0 && plan.stopBy === "close")) {
      entry.finished = true;
      return new Response(isBodiless(status) ? null : new Uint8Array(0), { status, headers: all });
    }
    const body = streamBody(plan, this.signal, {
      onBytes: (count) => void (entry.bytesSent += count),
      onFinished: () => void (entry.finished = true),
      onAborted: () => {
        entry.aborted = true;
        onAborted?.();
      },
    });
    return new Response(body, { status, headers: all });
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
