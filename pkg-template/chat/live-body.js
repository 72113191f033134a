// An answer that goes on as it comes in workerd, by the cheapest way for how it comes. Many small chunks are gathered and handed on in pieces by
// JavaScript, which costs less than the runtime's own way, a chunk at a time. Large chunks and slow ones are handed on by the runtime, by a teed body.
import { PacedReader } from "./paced-body.js";
import { PausedReader } from "./paused-reader.js";

/** Chunks of at least this much are several events; so many chunks in so short a time are a fast answer. A slow one costs less a chunk at a time. */
export const LARGE_BYTES = 2048, TRIED_CHUNKS = 16;
const FAST_MS = 24;

/** Read by the meter as a stream and its reader. */
export class LiveBody {
  #body;
  #first;
  /** What came before somebody took it. @type {Uint8Array[]} */
  #begun = [];
  /** @type {WritableStream<Uint8Array> | undefined} */
  #writable;
  /** @type {StreamPipeOptions} */
  #options = {};
  /** @type {() => void} */
  #passed = () => {};
  /** @type {(reason: unknown) => void} */
  #failed = () => {};
  /** @type {WritableStreamDefaultWriter<Uint8Array> | undefined} */
  #writer;
  /** The write that is under way: who reads slowly is waited for. @type {Promise<void> | undefined} */
  #writing;
  /** The piece that was asked for last. @type {Promise<{ done: boolean, value?: Uint8Array }> | undefined} */
  #handing;
  /** How it ended before somebody took it. @type {{ isBroken: boolean, cause?: unknown } | undefined} */
  #ended;
  /** What the first chunks told. */
  #begunAt = 0;
  #tried = 0;
  #isLarge = false;
  /** @type {PacedReader | undefined} */
  #paced;
  /** @type {PausedReader | undefined} */
  #paused;

  /** Whether it goes on as it came in, chunk by chunk, to its end. */
  #isPlain = false;
  #onWait;
  #isGuarded;

  /**
   * @param {ReadableStream<Uint8Array>} body @param {(isWaiting: boolean) => void} [onWait]  hears when the answer's reader is waited for, and when not any more
   * @param {() => boolean} [isGuarded]  whether a budget may stop it: then something is to be written behind it, which no pipe of the runtime allows
   */
  constructor(body, onWait = () => {}, isGuarded = () => false) {
    this.#body = body;
    this.#onWait = onWait;
    this.#isGuarded = isGuarded;
    this.#first = body.getReader();
  }

  getReader() {
    return this;
  }

  /** Whether a piece is gone with the next read. */
  get isReused() {
    return this.#paused !== undefined;
  }

  wake() {
    this.#paused?.wake();
  }

  /** As a stream's: what has come goes there at once, and what comes as the meter reads. @param {WritableStream<Uint8Array>} writable @param {StreamPipeOptions} [options] @returns {Promise<void>} */
  pipeTo(writable, options = {}) {
    this.#writable = writable;
    this.#options = options;
    const passed = new Promise((resolve, reject) => {
      this.#passed = () => resolve(undefined);
      this.#failed = reject;
    });
    this.#begin(writable);
    return passed;
  }

  /**
   * The meter wants no more of it. The reader of the answer gets the rest all the same, as from a branch of its own: an answer that broke off says why
   * in its last event. A reader who left, or a run that was given up, ends the request itself.
   * @param {unknown} [reason] @returns {Promise<unknown>}
   */
  async cancel(reason) {
    if (this.#paused) return this.#paused.cancel(reason);
    if (!this.#writable) {
      this.#ended ??= { isBroken: false };
      return this.#first.cancel(reason);
    }
    this.#giveRest();
  }

  async #giveRest() {
    try {
      for (let piece = await this.#handing; !piece?.done; piece = await this.#handOn());
    } catch {
      // The reader of the answer was told: `#handOn` ends its stream by the same.
    }
  }

  /** @param {unknown} reason */
  #fail(reason) {
    if (!this.#options.preventAbort) this.#writer?.abort(reason).catch(() => {});
    // Who is to write behind it needs it free.
    else this.#writer?.releaseLock();
    this.#failed(reason);
  }

  /** @returns {Promise<{ done: boolean, value?: Uint8Array }>} */
  async read() {
    if (!this.#paused && !this.#paced && !this.#isPlain && (this.#isLarge || this.#tried >= TRIED_CHUNKS)) await this.#choose();
    return this.#paused ? /** @type {PausedReader} */ (this.#paused).read() : (this.#handing = this.#handOn());
  }

  /** @param {WritableStream<Uint8Array>} writable */
  async #begin(writable) {
    this.#writer = writable.getWriter();
    this.#begunAt = performance.now();
    for (const piece of this.#begun.splice(0)) this.#write(piece);
    // How fast it comes is told by what comes from here on.
    this.#tried = 0;
    if (!this.#ended) return;
    const { isBroken, cause } = this.#ended;
    try {
      await this.#writing;
      if (isBroken) this.#fail(cause);
      else await this.#close();
    } catch (reason) {
      this.#failed(reason);
    }
  }

  async #choose() {
    const isPiped = this.#isLarge || performance.now() - this.#begunAt > FAST_MS;
    if (isPiped && this.#isGuarded()) return void (this.#isPlain = true);
    this.#first.releaseLock();
    if (isPiped) return this.#pipe();
    this.#paced = new PacedReader(this.#body);
  }

  async #handOn() {
    let piece;
    try {
      piece = await (this.#paced ?? this.#first).read();
    } catch (cause) {
      if (this.#writable) this.#fail(cause);
      else this.#ended = { isBroken: true, cause };
      throw cause;
    }
    // Asked for before somebody took it, and come before that, too.
    if (!this.#writable) {
      if (piece.value) this.#begun.push(piece.value);
      else this.#ended = { isBroken: false };
      return piece;
    }
    try {
      this.#onWait(true);
      await this.#writing;
      this.#onWait(false);
      if (piece.value) this.#write(piece.value);
      else await this.#close();
    } catch (reason) {
      // Its reader has left: the run hears of it, and ends.
      this.#failed(reason);
      await new Promise(() => {});
    }
    return piece;
  }

  async #close() {
    const writer = /** @type {WritableStreamDefaultWriter<Uint8Array>} */ (this.#writer);
    if (!this.#options.preventClose) await writer.close();
    writer.releaseLock();
    this.#passed();
  }

  /** @param {Uint8Array} piece */
  #write(piece) {
    this.#tried += 1;
    this.#isLarge ||= piece.length >= LARGE_BYTES;
    this.#writing = /** @type {WritableStreamDefaultWriter<Uint8Array>} */ (this.#writer).write(piece);
    // The one that waits for it hears of it.
    this.#writing.catch(() => {});
  }

  /** The rest goes on by itself. */
  async #pipe() {
    await this.#writing;
    this.#writer?.releaseLock();
    this.#writer = undefined;
    const [theirs, ours] = this.#body.tee();
    theirs.pipeTo(/** @type {WritableStream<Uint8Array>} */ (this.#writable), this.#options).then(this.#passed, this.#failed);
    this.#paused = new PausedReader(ours.getReader({ mode: "byob" }));
  }
}
