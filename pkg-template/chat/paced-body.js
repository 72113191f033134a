// A body of workerd in pieces of many events. There a read gives one chunk of the network, however many wait behind it, and every read and write of
// JavaScript costs 30 to 80 microseconds: ten times what the runtime needs to hand a chunk on by itself.
//
// Waiting bytes are gathered natively, by the one stream of the runtime that takes bytes without anybody reading: its decompression. The answer is read
// as a block of DEFLATE (RFC 1951, 3.2.7) whose codes are the bytes themselves, eight bits a code; that the first bit of a code is the last
// of a byte turns every byte around, and it is turned back here. Not by `readAtLeast`: it holds back what came until there is as much.
// Not for bodies that go on unread: the runtime pipes those. One byte has to stand for the end of the block, and it is the one that no JSON has: an
// answer with a 0xff is broken there, in front of it, since what comes behind it may be anything.

/** @import { AnswerReader } from "../calls/body.js" */

/**
 * An empty block, which brings the next one to a byte's end, and the head of one with codes of its own: 255 of 8 bits, and behind the byte that no UTF-8 has
 * (0xff) one more and the end of the block, of 9 bits.
 */
const HEAD = new Uint8Array(39);
HEAD.set([0x02, 0x10, 0x00, 0x02, 0xa0, 0x40]);
HEAD[38] = 0x7c;
/** The end of that block, and a last one without anything in it. */
const TAIL = Uint8Array.of(0xff, 0x07, 0x00);

const ROOM_BYTES = 65_536, NO_UTF8 = 0xff;
/** Between two reads, so that something has come; none where pieces come more seldom than that. */
export const REST_MS = 4;

/** Whether this runtime is one of those that need it. */
export const isPaced = "IdentityTransformStream" in globalThis && "DecompressionStream" in globalThis;

/** From the network: what a caller's `fetch` makes has no address, or one of its own. @param {any} response */
export const isFetched = (response) => Boolean(response?.url) && !Object.hasOwn(response, "url") && response.body instanceof ReadableStream;

/** @implements {AnswerReader} */
export class PacedReader {
  #leaving = new AbortController();
  #reader;
  #room = new ArrayBuffer(ROOM_BYTES);
  /** @type {Promise<unknown> | undefined} */
  #rest;
  #readAt = -REST_MS;
  /** @type {(cause: unknown) => void} */
  #lose = () => {};
  /** @type {Promise<never>} */
  #lost = new Promise((_, reject) => void (this.#lose = reject));
  /** Whether what comes behind is not to be read. */
  #isCut = false;
  /** What the answer broke by, if it did. @type {{ cause: unknown } | undefined} */
  #broken;

  /** @param {ReadableStream<Uint8Array>} body */
  constructor(body) {
    const { readable, writable } = /** @type {any} */ (new DecompressionStream("deflate-raw"));
    this.#reader = readable.getReader({ mode: "byob" });
    this.#lost.catch(() => {});
    this.#gather(body, writable);
  }

  /** @param {ReadableStream<Uint8Array>} body @param {WritableStream<Uint8Array>} writable */
  async #gather(body, writable) {
    try {
      await written(writable, HEAD);
      // The bytes before the break of an answer are read all the same: the stream would drop it.
      await body.pipeTo(writable, { preventClose: true, preventAbort: true, signal: this.#leaving.signal });
    } catch (cause) {
      this.#broken = { cause };
    }
    try {
      await written(writable, TAIL);
      await writable.close();
    } catch (cause) {
      // Nothing ends what is gathered any more: whoever waits for it hears of that.
      this.#broken ??= { cause };
      this.#lose(this.#broken.cause);
    }
  }

  /** @returns {Promise<{ done: boolean, value?: Uint8Array }>} */
  async read() {
    await this.#rest;
    if (this.#broken && this.#isCut) throw this.#broken.cause;
    const { done, value } = await Promise.race([this.#reader.read(new Uint8Array(this.#room)), this.#lost]);
    if (done) {
      if (this.#broken) throw this.#broken.cause;
      return { done };
    }
    this.#room = value.buffer;
    const now = performance.now();
    const isAlone = now - this.#readAt >= REST_MS;
    this.#rest = isAlone ? undefined : new Promise((resolve) => setTimeout(resolve, REST_MS));
    this.#readAt = isAlone ? now : now + REST_MS;
    return { done, value: this.#upToBroken(turned(value)) };
  }

  /** @param {Uint8Array} piece */
  #upToBroken(piece) {
    const at = piece.indexOf(NO_UTF8);
    if (at < 0) return piece;
    this.#isCut = true;
    const cause = (this.#broken ??= { cause: new TypeError("the answer has a byte 0xff, which no UTF-8 has") }).cause;
    this.#lose(cause);
    this.#leaving.abort(cause);
    this.#reader.cancel(cause).catch(() => {});
    return piece.subarray(0, at);
  }

  /** @param {unknown} [reason] */
  async cancel(reason) {
    this.#leaving.abort(reason);
    await this.#reader.cancel(reason);
  }
}

/** @param {WritableStream<Uint8Array>} writable @param {Uint8Array} bytes */
async function written(writable, bytes) {
  const writer = writable.getWriter();
  try {
    await writer.write(bytes);
  } finally {
    writer.releaseLock();
  }
}

/** A copy with the bits of every byte in the other order, four bytes at once. @param {Uint8Array} bytes  at the start of its room */
function turned({ buffer, length }) {
  const words = new Uint32Array(buffer.slice(0, (length + 3) & ~3));
  for (let at = 0; at < words.length; at += 1) {
    let word = words[at];
    word = ((word >>> 1) & 0x55555555) | ((word & 0x55555555) << 1);
    word = ((word >>> 2) & 0x33333333) | ((word & 0x33333333) << 2);
    words[at] = ((word >>> 4) & 0x0f0f0f0f) | ((word & 0x0f0f0f0f) << 4);
  }
  return new Uint8Array(words.buffer, 0, length);
}
