// The answer of a run whose events are written on in workerd, read by the cheapest way for how it comes and handed over in pieces of some milliseconds:
// what is read together is written together, and a write costs as much as the work on a hundred events. Many small chunks are gathered by the runtime
// (`paced-body.js`), which decodes every byte for it; of large ones the decoding would cost more than to read them one by one.
import { isFetched, isPaced, PacedReader, REST_MS } from "./paced-body.js";

/** @import { AnswerReader } from "../calls/body.js" */

/** So many chunks of less than this in so short a time are a fast answer of small ones. */
export const LARGE_BYTES = 2048, TRIED_CHUNKS = 16, FAST_MS = 24;

/** Of one read, and of what is handed over at once. */
const ROOM_BYTES = 65_536, HELD_BYTES = 131_072;

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
  #isPaced = false;
  #room = new ArrayBuffer(ROOM_BYTES);
  /** A read that goes on while what came before it is handed over. @type {Promise<{ done: boolean, value?: Uint8Array<ArrayBuffer> }> | undefined} */
  #reading;
  #held = new Uint8Array(HELD_BYTES);
  #heldBytes = 0;
  /** When the last piece was handed over. */
  #handedAt = -REST_MS;
  /** Of the chunks that are looked at for how the answer comes. */
  #tried = 0;
  #triedBytes = 0;
  #triedSince = 0;

  /** @param {ReadableStream<Uint8Array>} body */
  constructor(body) {
    this.#body = body;
    this.#reader = body.getReader({ mode: "byob" });
  }

  /** @returns {Promise<{ done: boolean, value?: Uint8Array }>} */
  async read() {
    if (this.#isPaced) return this.#reader.read();
    /** @type {Promise<void> | undefined} */
    let rest;
    for (;;) {
      this.#reading ??= this.#reader.read(new Uint8Array(this.#room));
      // What it broke by is told behind what came before.
      const piece = await (rest ? Promise.race([this.#reading, rest]).catch(() => {}) : this.#reading);
      if (!piece || (piece.done && this.#heldBytes > 0)) return this.#handOver();
      if (piece.done || !piece.value) return { done: true };
      const now = performance.now();
      this.#keep(piece.value, now);
      if (this.#isFastOfSmall(now)) {
        this.#reader.releaseLock();
        this.#reader = new PacedReader(this.#body);
        this.#isPaced = true;
        return this.#handOver();
      }
      const dueMs = this.#handedAt + REST_MS - now;
      if (dueMs <= 0 || this.#heldBytes > HELD_BYTES - ROOM_BYTES) return this.#handOver(now);
      rest ??= new Promise((resolve) => setTimeout(resolve, dueMs));
    }
  }

  /** @param {unknown} [reason] @returns {Promise<unknown>} */
  cancel(reason) {
    return this.#reader.cancel(reason);
  }

  /** @param {Uint8Array<ArrayBuffer>} value @param {number} now */
  #keep(value, now) {
    this.#reading = undefined;
    if (this.#tried === 0) this.#triedSince = now;
    this.#held.set(value, this.#heldBytes);
    this.#heldBytes += value.length;
    this.#room = value.buffer;
    this.#tried += 1;
    this.#triedBytes += value.length;
  }

  #handOver(now = performance.now()) {
    this.#handedAt = now;
    const value = this.#held.slice(0, this.#heldBytes);
    this.#heldBytes = 0;
    return { done: false, value };
  }

  /** @param {number} now */
  #isFastOfSmall(now) {
    if (this.#tried < TRIED_CHUNKS) return false;
    const isFast = now - this.#triedSince < FAST_MS && this.#triedBytes < LARGE_BYTES * TRIED_CHUNKS;
    this.#tried = 0;
    this.#triedBytes = 0;
    return isFast;
  }
}
