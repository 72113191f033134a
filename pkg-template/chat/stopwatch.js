// Time as the engine sees it.

/** Counts while the run works for its consumer: the time that the consumer takes between two pulls is nobody's silence. */
export class Stopwatch {
  #rested = 0;
  #restingSince = performance.now();

  /** Milliseconds on a clock that stands while resting. @param {number} [at]  for who has looked already: a look takes 50 ns */
  now(at = performance.now()) {
    return at - this.#rested;
  }

  /** @param {number} [at] */
  rest(at = performance.now()) {
    this.#restingSince = at;
  }

  goOn() {
    this.#rested += performance.now() - this.#restingSince;
  }
}

/** The longest wait that `setTimeout` takes; a longer one overflows and fires at once. */
const LONGEST_MS = 2 ** 31 - 1;

/** A timer that fires later than this stood behind other work, or the machine slept. */
const LATE_MS = 50;

/** One timer for what ends a wait. A late one lets pass a turn first: what came in the meantime is read before the wait is called too long. */
export class Alarm {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  dueAt = 0;
  #ring;

  /** @param {() => void} ring  may come early: whoever set the alarm looks at the clock and sets it again */
  constructor(ring) {
    this.#ring = () => {
      if (performance.now() - this.dueAt > LATE_MS) return this.set(LATE_MS, Infinity);
      this.#timer = undefined;
      ring();
    };
  }

  get isSet() {
    return this.#timer !== undefined;
  }

  /** @param {number} delayMs  infinite: never @param {number} [dueAt]  on the clock of the page */
  set(delayMs, dueAt = performance.now() + delayMs) {
    this.dueAt = dueAt;
    if (delayMs !== Infinity) this.#timer = setTimeout(this.#ring, Math.min(Math.max(0, delayMs) + 1, LONGEST_MS));
  }

  clear() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
