// How the events of a run reach whoever waits for them: one at a time, in batches, or not at all.
import { EventQueue } from "../engine/event-queue.js";
import { OpenRouterError } from "../errors.js";

/** @import { ChatEvent } from "../index.js" */

export class Delivery {
  queue = new EventQueue();
  /** Whether the run is moving on because somebody waits for it. */
  isPulling = false;

  /** Whether somebody iterates; a run is read once. */
  #claimed = false;
  /** Nobody looks at the events: only the result is wanted. */
  #discard = false;
  #ended = false;
  /** Whether the run failed, and by what; `undefined` is a reason too. @type {{ error: unknown } | undefined} */
  #failure;
  #isFailureReported = false;

  /** Whom to wake when there is something: one who wants the next event, and any number who want to know. */
  /** @type {((value: IteratorResult<ChatEvent, undefined>) => void) | undefined} */
  #wakeNext;
  /** @type {((error: unknown) => void) | undefined} */
  #failNext;
  /** @type {(() => void)[]} */
  #waiting = [];
  #goOn;
  #cancel;
  #replay;
  /** The events are told again from the result: whoever reads came after `result()`. */
  #isReplay = false;

  /**
   * @param {() => void} goOn  moves the run on until it delivers
   * @param {(reason: unknown) => void} cancel
   * @param {() => Promise<ChatEvent[]>} replay  the events of a run that did not fail
   */
  constructor(goOn, cancel, replay) {
    this.#goOn = goOn;
    this.#cancel = cancel;
    this.#replay = replay;
  }

  /** @returns {AsyncGenerator<ChatEvent, undefined, undefined>} */
  iterator() {
    this.claim();
    if (this.#isReplay) return this.#replayed();
    const iterator = {
      next: () => this.#next(),
      return: () => {
        this.#cancel(leftTheLoop());
        // A reader that has left hears no more of it.
        this.queue.clear();
        this.#isFailureReported = true;
        return Promise.resolve({ value: undefined, done: true });
      },
      /** @param {unknown} error */
      throw: (error) => {
        this.#cancel(error);
        return Promise.reject(error);
      },
      [Symbol.asyncIterator]: () => iterator,
    };
    return /** @type {any} */ (iterator);
  }

  /** A caller that asked for the result alone may still read the answer: it is told again. @returns {AsyncGenerator<ChatEvent, undefined, undefined>} */
  async *#replayed() {
    await this.settled();
    yield* await this.#replay();
    return undefined;
  }

  claim() {
    if (this.#discard && !this.#isReplay) {
      this.#isReplay = true;
      return;
    }
    if (this.#claimed) {
      throw new OpenRouterError({ code: "already-consumed", message: "this run is being read already: iterate over it once, or take result(), textStream or a stream of it" });
    }
    this.#claimed = true;
  }

  /** Until the run has ended; throws what it failed by. Its events go nowhere unless somebody reads them. */
  async settled() {
    if (!this.#claimed) {
      this.#claimed = true;
      this.#discard = true;
    }
    // Also while somebody iterates: whoever awaits the result inside the loop would wait for ever otherwise.
    while (!this.#ended) await this.#moved();
    if (this.#failure) throw this.#failure.error;
  }

  /** Everything that is ready; an empty array at the end. @returns {Promise<ChatEvent[]>} */
  async takeBatch() {
    if (this.#isReplay) return this.#takeReplay();
    while (this.queue.isEmpty && !this.#ended) await this.#moved();
    const batch = this.queue.takeAll();
    if (batch.length === 0 && this.#failure) throw this.#failure.error;
    return batch;
  }

  #isReplayTaken = false;

  async #takeReplay() {
    await this.settled();
    if (this.#isReplayTaken) return [];
    this.#isReplayTaken = true;
    return this.#replay();
  }

  /** The run is over. @param {{ error: unknown } | undefined} failure */
  end(failure) {
    this.#ended = true;
    this.#failure = failure;
  }

  /** There is something, or the end: wakes who waits. */
  deliver() {
    this.isPulling = false;
    const wake = this.#wakeNext;
    if (wake) {
      const fail = /** @type {(error: unknown) => void} */ (this.#failNext);
      this.#wakeNext = undefined;
      this.#failNext = undefined;
      if (!this.queue.isEmpty) wake({ value: this.queue.shift(), done: false });
      else this.#nextAfterEnd().then(wake, fail);
    }
    if (this.#discard) this.queue.clear();
    if (this.#waiting.length > 0) {
      for (const resolve of this.#waiting.splice(0)) resolve();
    }
  }

  /**
   * One promise a pull, settled where the bytes arrive: an answer through a second promise takes three more turns of the microtask
   * queue, a quarter of all that an event costs.
   * @returns {Promise<IteratorResult<ChatEvent, undefined>>}
   */
  #next() {
    const { queue } = this;
    if (!queue.isEmpty) return Promise.resolve({ value: queue.shift(), done: false });
    if (this.#ended) return this.#nextAfterEnd();
    if (this.#wakeNext) return this.#moved().then(() => this.#next());
    const next = new Promise(this.#waitForNext);
    if (!this.isPulling) this.#pull();
    return next;
  }

  /** @param {(value: any) => void} resolve @param {(error: unknown) => void} reject */
  #waitForNext = (resolve, reject) => {
    this.#wakeNext = resolve;
    this.#failNext = reject;
  };

  /** The failure once; a loop that goes on after it ends. @returns {Promise<IteratorResult<ChatEvent, undefined>>} */
  #nextAfterEnd() {
    const failure = this.#failure;
    if (failure && !this.#isFailureReported) {
      this.#isFailureReported = true;
      return Promise.reject(failure.error);
    }
    return Promise.resolve({ value: undefined, done: true });
  }

  /** Resolves when there are more events or the run has ended. Never rejects: a failure is state. @returns {Promise<void>} */
  #moved() {
    const moved = new Promise((/** @type {(value: void) => void} */ resolve) => this.#waiting.push(resolve));
    if (!this.isPulling) this.#pull();
    return moved;
  }

  #pull() {
    this.isPulling = true;
    this.#goOn();
  }
}

function leftTheLoop() {
  return new DOMException("The loop over the run was left", "AbortError");
}
