// The answer of a run whose events are written on in workerd, read by the cheapest way for how it comes and handed over in pieces of some milliseconds:
// what is read together is written together, and a write costs as much as the work on a hundred events. Many small chunks are gathered by the runtime
// (`paced-body.js`), which decodes every byte for it; of large ones the decoding would cost more than to read them one by one.
import { LARGE_BYTES, TRIED_CHUNKS } from "./live-body.js";
import { isFetched, isPaced, PacedReader, REST_MS } from "./paced-body.js";
import { joined } from "./relay.js";

/** @import { AnswerReader } from "../calls/body.js" */

/** Of one read. */
const ROOM_BYTES = 65_536;

/** `fetch` whose streamed answers come in such pieces. @param {typeof fetch} send @returns {typeof fetch} */
export function gathering(send) {
  if (!isPaced) return send;
  return async (input, init) => {
    const response = await send(input, init);
    const { status, headers, body } = response ?? {};
    if (!isFetched(response) || !/^text\/event-stream\b/i.test(headers.get("content-type") ?? "")) return response;
    const reader = new GatheredReader(/** @type {ReadableStream<Uint8Array>} */ (body));
    return /** @type {any} */ ({ status, headers, body: { getReader: () => reader, cancel: (/** @type {unknown} */ reason) => reader.cancel(reason) } });
  };
}

/** @implements {AnswerReader} */
export class GatheredReader {
  #body;
  /** @type {any} */
  #reader;
  /** Whether the runtime gathers. */
  #isPaced = false;
  #room = new ArrayBuffer(ROOM_BYTES);
  /** A read that goes on while what came before it is handed over. @type {Promise<{ done: boolean, value?: Uint8Array<ArrayBuffer> }> | undefined} */
  #reading;
  /** When the last piece was handed over. */
  #handedAt = -REST_MS;

  /** @param {ReadableStream<Uint8Array>} body */
  constructor(body) {
    this.#body = body;
    this.#reader = body.getReader({ mode: "byob" });
  }

  /** @returns {Promise<{ done: boolean, value?: Uint8Array }>} */
  async read() {
    if (this.#isPaced) return this.#reader.read();
    /** @type {Uint8Array[]} */
    const chunks = [];
    /** @type {Promise<void> | undefined} */
    let rest;
    for (;;) {
      this.#reading ??= this.#reader.read(new Uint8Array(this.#room));
      // What it broke by is told behind what came before.
      /** @type {{ done?: boolean, value?: Uint8Array<ArrayBuffer> }} */
      const { done = true, value } = (await (rest ? Promise.race([this.#reading, rest]).catch(() => {}) : this.#reading)) ?? {};
      if (!done && value) {
        this.#reading = undefined;
        this.#room = value.buffer;
        chunks.push(value.slice());
      } else if (chunks.length === 0) return { done: true };
      const now = performance.now(), dueMs = this.#handedAt + REST_MS - now, isMany = chunks.length === TRIED_CHUNKS;
      if (done || isMany || dueMs <= 0) {
        const piece = joined(chunks);
        if (isMany && piece.length < LARGE_BYTES * TRIED_CHUNKS) {
          this.#isPaced = true;
          this.#reader.releaseLock();
          this.#reader = new PacedReader(this.#body);
        }
        this.#handedAt = now;
        return { done: false, value: piece };
      }
      rest ??= new Promise((resolve) => setTimeout(resolve, dueMs));
    }
  }

  /** @param {unknown} [reason] @returns {Promise<unknown>} */
  cancel(reason) {
    return this.#reader.cancel(reason);
  }
}
