/** Real exchanges as fixtures: a `fetch` that keeps what passes, without secrets, for `createSimulator({ replay })`. */

import { base64 } from "./media-samples.js";
import { Scrubber } from "./scrub.js";

/** @import { Fixture, Recorder, RecorderOptions } from "../simulator.d.ts" */

/**
 * @param {RecorderOptions} [options]
 * @returns {Recorder}
 */
export function createRecorder({ fetch: send = globalThis.fetch, secrets = [] } = {}) {
  if (typeof send !== "function") throw new TypeError("options.fetch must be a function");
  const scrubber = new Scrubber(secrets);
  /** Scrubbed when they are asked for: a secret may be seen after it was written. @type {Exchange[]} */
  const exchanges = [];

  return {
    async fetch(input, init) {
      const request = new Request(input, init);
      const body = new Uint8Array(await request.clone().arrayBuffer());
      /** @type {Exchange} */
      const exchange = { method: request.method, url: request.url, requestHeaders: scrubber.headers(request.headers), body, pieces: [], isWhole: false };
      const { redirect, signal } = request;
      const response = await send(request.url, { ...init, method: request.method, headers: request.headers, redirect, signal, ...(body.length > 0 && { body }) });
      exchange.response = { status: response.status, headers: scrubber.headers(response.headers) };
      exchanges.push(exchange);
      return passing(response, exchange);
    },
    fixtures() {
      // All of it is read before any is written: what a later answer names as a secret may stand in an earlier one.
      for (const { url, body, pieces } of exchanges) for (const text of [url, new TextDecoder().decode(body), textOf(pieces)]) scrubber.learnFrom(text);
      return exchanges.map((exchange) => fixtureOf(exchange, scrubber));
    },
  };
}

/**
 * @typedef {object} Exchange
 * @property {string} method
 * @property {string} url
 * @property {Record<string, string>} requestHeaders
 * @property {Uint8Array} body
 * @property {{ status: number, headers: Record<string, string> }} [response]
 * @property {Uint8Array[]} pieces
 * @property {boolean} isWhole
 */

/** The answer as it comes; what was handed on is kept. @param {Response} response @param {Exchange} exchange */
function passing(response, exchange) {
  const { body, status, statusText, headers, url } = response;
  if (!body) {
    exchange.isWhole = true;
    return response;
  }
  const reader = body.getReader();
  const stream = new ReadableStream({
    async pull(controller) {
      try {
        const { done, value } = await reader.read();
        if (done) {
          exchange.isWhole = true;
          return controller.close();
        }
        exchange.pieces.push(value.slice());
        controller.enqueue(value);
      } catch (error) {
        controller.error(error);
      }
    },
    cancel: (reason) => reader.cancel(reason),
  }, { highWaterMark: 0 });
  return Object.defineProperty(new Response(stream, { status, statusText, headers }), "url", { value: url });
}

/** @param {readonly Uint8Array[]} pieces */
const textOf = (pieces) => new TextDecoder().decode(together(pieces));

/** @param {readonly Uint8Array[]} pieces */
function together(pieces) {
  const bytes = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

/** @param {Exchange} exchange @param {Scrubber} scrubber @returns {Fixture} */
function fixtureOf({ method, url, requestHeaders, body, response = { status: 0, headers: {} }, pieces, isWhole }, scrubber) {
  return {
    request: { method, url: scrubber.text(url), headers: requestHeaders, ...contentOf(body, scrubber) },
    response: { ...response, ...contentOf(together(pieces), scrubber), ...(!isWhole && { isCut: true }) },
  };
}

/** Text as it is, anything else as base64. @param {Uint8Array} bytes @param {Scrubber} scrubber @returns {{ body?: string, bodyBase64?: string }} */
function contentOf(bytes, scrubber) {
  if (bytes.length === 0) return {};
  try {
    return { body: scrubber.text(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes)) };
  } catch {
    return { bodyBase64: base64(bytes) };
  }
}
