// A branch of a teed body in workerd, read now and then: all that has come in a while at once.

/** The most of one read, and what the pauses between two reads aim at: with every chunk the runtime walks over all that waits in a branch. */
const PIECE_BYTES = 262_144, AIM_BYTES = 98_304;
const SHORTEST_PAUSE_MS = 5, FIRST_PAUSE_MS = 20, LONGEST_PAUSE_MS = 1000;
/** Of answers that are over: a new one costs as much as to read. @type {ArrayBuffer[]} */
const rooms = [];
const MOST_ROOMS = 8;

export class PausedReader {
  #reader;
  #pauseMs = FIRST_PAUSE_MS;
  /** Read into again and again: a piece is there until the next read. @type {ArrayBuffer | undefined} */
  #room = rooms.pop();
  /** Ends a pause. @type {() => void} */
  #goOn = () => {};
  #isAwake = false;

  /** @param {any} reader  one that reads into what it is given */
  constructor(reader) {
    this.#reader = reader;
  }

  /** The last of it has come: it is read without a pause. */
  wake() {
    this.#isAwake = true;
    this.#goOn();
  }

  /** @param {unknown} [reason] @returns {Promise<unknown>} */
  cancel(reason) {
    return this.#reader.cancel(reason);
  }

  /** @returns {Promise<{ done: boolean, value?: Uint8Array }>} */
  async read() {
    if (this.#pauseMs > 0 && !this.#isAwake) {
      await new Promise((resolve) => {
        const pause = setTimeout(resolve, this.#pauseMs);
        this.#goOn = () => {
          clearTimeout(pause);
          resolve(undefined);
        };
      });
    }
    const { done, value } = await this.#reader.read(new Uint8Array(this.#room ?? new ArrayBuffer(PIECE_BYTES)));
    this.#room = value?.buffer;
    if (done || !value) {
      if (this.#room && rooms.length < MOST_ROOMS) rooms.push(this.#room);
      this.#room = undefined;
      return { done };
    }
    // A full one has more behind it.
    const isFull = value.length === PIECE_BYTES;
    const factor = Math.max(1 / 4, Math.min(2, AIM_BYTES / value.length));
    this.#pauseMs = isFull ? 0 : Math.min(LONGEST_PAUSE_MS, Math.max(SHORTEST_PAUSE_MS, this.#pauseMs * factor));
    return { done, value };
  }
}
