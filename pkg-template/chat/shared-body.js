// One body for two, where a stream is JavaScript's own: its reader sets the pace, and the meter gets what he takes. A `tee` would fetch as fast as the
// faster of them reads, and keep all of a long answer for the other one.

/** @import { AnswerReader } from "../calls/body.js" */

/** Read by the meter as a stream and its reader: by itself until the answer is handed over. @implements {AnswerReader} */
export class SharedBody {
  #source;
  #onWait;
  /** What the meter read by itself. @type {ReadableStreamReadResult<Uint8Array<ArrayBuffer>>[]} */
  #begun = [];
  /** What the reader took and the meter did not. @type {ReadableStreamReadResult<Uint8Array<ArrayBuffer>>[]} */
  #taken = [];
  /** A read of the meter's own that is under way. @type {Promise<unknown> | undefined} */
  #reading;
  /** @type {{ resolve(piece: any): void, reject(cause: unknown): void } | undefined} */
  #waiting;
  /** @type {{ cause: unknown } | undefined} */
  #broken;
  #isPulled = false;
  #isHeldUp = false;
  isHandedOver = false;
  /** Hears that the reader has left. @type {(reason: unknown) => void} */
  onLeave = () => {};
  stream;

  /** @param {ReadableStream<Uint8Array<ArrayBuffer>>} body @param {(isWaiting: boolean) => void} onWait  hears when the reader is waited for, and when not any more */
  constructor(body, onWait) {
    this.#onWait = onWait;
    const source = (this.#source = body.getReader());
    this.stream = new ReadableStream(
      {
        pull: (controller) => this.#pull(controller),
        cancel: (reason) => {
          this.onLeave(reason);
          this.#hand({ done: true });
          // It may have ended by that.
          return source.cancel(reason).catch(() => {});
        },
      },
      { highWaterMark: 0 },
    );
  }

  getReader() {
    return this;
  }

  /** The meter's. @returns {Promise<{ done: boolean, value?: Uint8Array<ArrayBuffer> }>} */
  async read() {
    const taken = this.#taken.shift();
    if (taken) return taken;
    if (this.#broken) throw this.#broken.cause;
    if (this.isHandedOver) {
      return new Promise((resolve, reject) => {
        this.#waiting = { resolve, reject };
        if (!this.#isPulled) this.#hold(true);
      });
    }
    const reading = this.#source.read();
    this.#reading = reading.catch((cause) => void (this.#broken = { cause }));
    const piece = await reading;
    this.#begun.push(piece);
    return piece;
  }

  /** The meter wants no more: the reader gets the rest all the same. */
  async cancel() {
    this.#hand({ done: true });
    this.#hand = () => {};
  }

  /** @param {ReadableStreamDefaultController<Uint8Array>} controller */
  async #pull(controller) {
    let piece = this.#begun.shift();
    if (!piece) {
      // What the meter has asked for by itself comes first; what has come before does not wait for it.
      await this.#reading;
      piece = this.#begun.shift();
    }
    if (!piece) {
      this.#isPulled = true;
      this.#hold(false);
      try {
        if (this.#broken) throw this.#broken.cause;
        piece = await this.#source.read();
      } catch (cause) {
        this.#broken = { cause };
        this.#waiting?.reject(cause);
        throw cause;
      } finally {
        this.#isPulled = false;
      }
      this.#hand(piece);
    }
    if (piece.done) controller.close();
    else controller.enqueue(piece.value);
  }

  /** @param {any} piece */
  #hand = (piece) => {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    this.#hold(false);
    if (waiting) waiting.resolve(piece);
    else this.#taken.push(piece);
  };

  /** @param {boolean} isHeldUp */
  #hold(isHeldUp) {
    if (this.#isHeldUp === isHeldUp) return;
    this.#isHeldUp = isHeldUp;
    this.#onWait(isHeldUp);
  }
}
