// Events between the engine and the consumer.

/**
 * Events on their way to the consumer. The array keeps its length: emptying it would give its memory back and take it again with
 * every network chunk.
 */
export class EventQueue {
  /** @type {any[]} */
  #items = [];
  #head = 0;
  #tail = 0;

  /** @param {any} event */
  push(event) {
    this.#items[this.#tail++] = event;
  }

  get isEmpty() {
    return this.#head === this.#tail;
  }

  /** The newest event; only when there is one. @returns {any} */
  get last() {
    return this.#items[this.#tail - 1];
  }

  /** The next event; only when there is one. @returns {any} */
  shift() {
    const event = this.#items[this.#head++];
    if (this.#head === this.#tail) this.#head = this.#tail = 0;
    return event;
  }

  /** All events, and none is left. @returns {any[]} */
  takeAll() {
    const all = this.#items.slice(this.#head, this.#tail);
    this.clear();
    return all;
  }

  clear() {
    this.#items = [];
    this.#head = this.#tail = 0;
  }
}
