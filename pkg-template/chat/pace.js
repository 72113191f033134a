// When a run goes on by itself: at its deadline, or after a wait.
import { Alarm, Stopwatch } from "./stopwatch.js";

export class Pace {
  #stopwatch = new Stopwatch();
  #alarm;
  /** On the clock of the stopwatch. */
  #deadline = Infinity;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** @param {() => void} onDeadline  may come early */
  constructor(onDeadline) {
    this.#alarm = new Alarm(onDeadline);
  }

  /** The engine's clock, which stands while the consumer rests. @param {number} [at]  for who has looked already */
  now(at) {
    return this.#stopwatch.now(at);
  }

  goOn() {
    this.#stopwatch.goOn();
  }

  /** @param {number} [at] */
  rest(at) {
    this.#stopwatch.rest(at);
  }

  /** The deadline may have come nearer: with the start, a send, a head. Bytes only ever move it away. @param {number} deadline */
  reset(deadline) {
    this.#deadline = deadline;
    // One that is set for sooner is left: it may ring early, and a timer costs more than that.
    if (this.#alarm.dueAt > performance.now() + deadline - this.now()) this.#alarm.clear();
    this.arm();
  }

  arm() {
    if (!this.#alarm.isSet) this.#alarm.set(this.#deadline - this.now());
  }

  /** @param {number} ms @param {() => void} goOn */
  wait(ms, goOn) {
    this.arm();
    this.#timer = setTimeout(goOn, ms);
  }

  stop() {
    this.#alarm.clear();
    clearTimeout(this.#timer);
  }
}
