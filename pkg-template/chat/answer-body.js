// The body of one answer at a time: read piece by piece, given up, or left to end by itself.
import { answerReader, letGo, sayGoodbye } from "../calls/body.js";

export class AnswerBody {
  /** @type {import("../calls/body.js").AnswerReader | undefined} */
  #body;
  #onPiece;
  #onBroken;
  /** @type {(piece: any) => void} */
  #resolved = () => {};
  /** @type {(cause: unknown) => void} */
  #rejected = () => {};

  /** @param {(piece: { done: boolean, value?: Uint8Array }) => void} onPiece @param {(cause: unknown) => void} onBroken */
  constructor(onPiece, onBroken) {
    this.#onPiece = onPiece;
    this.#onBroken = onBroken;
  }

  /** @param {any} response */
  open(response) {
    const body = (this.#body = answerReader(response));
    // A body that was given up may answer yet: its handlers know it by itself.
    this.#resolved = (piece) => {
      if (this.#body !== body) return;
      let done, value, isEmpty;
      try {
        ({ done, value } = piece);
        isEmpty = !done && value?.length === 0;
      } catch (cause) {
        return this.#break(cause);
      }
      // A stream that gives nothing again and again at once would let no timer fire.
      if (isEmpty) return void setTimeout(() => this.#body === body && this.read());
      if (done) this.#body = undefined;
      this.#onPiece({ done, value });
    };
    this.#rejected = (cause) => {
      if (this.#body === body) this.#break(cause);
    };
  }

  /** The next piece, for `onPiece`. */
  read() {
    let reading;
    try {
      reading = /** @type {import("../calls/body.js").AnswerReader} */ (this.#body).read();
    } catch (cause) {
      return this.#break(cause);
    }
    // A promise stays what it is; what is none becomes one.
    Promise.resolve(reading).then(this.#resolved, this.#rejected);
  }

  /** @param {unknown} cause */
  #break(cause) {
    this.#body = undefined;
    this.#onBroken(cause);
  }

  /** Closes the connection. @param {unknown} [reason] */
  letGo(reason) {
    const body = this.#body;
    this.#body = undefined;
    letGo(body, reason);
  }

  /** The answer is whole: its connection may end by itself, and be used again. */
  letEnd() {
    sayGoodbye(this.#body);
    this.#body = undefined;
  }
}
