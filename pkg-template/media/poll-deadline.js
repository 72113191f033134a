// The time limit of a poll of a job. Thousands of jobs are polled in one go, and an AbortController with its timer costs more than the rest
// of a poll together (most of it in the garbage collector): polls that end at about the same time share one.
import { offAbort, onAbort, OpenRouterError } from "../first-part.js";

/** Limits are shared when they pass within this long of each other; the first is late by it at most. */
const GRAIN_MS = 100;
/** Shorter limits are somebody's in particular, and kept to the millisecond. */
const SHORTEST_SHARED_MS = 10_000;
/** Platforms warn of listeners beyond a number of their own, the lowest of which is 1,500. */
const MAX_POLLS = 1000;
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** By the caller's signal, then by the moment: the limit that still takes polls. @type {WeakMap<object, Map<number, SharedLimit>>} */
const limits = new WeakMap();
const NO_SIGNAL = {};

/** One AbortController, one timer, one listener at the caller's signal. */
class SharedLimit {
  #controller = new AbortController();
  /** @type {Set<PollDeadline>} */
  #polls = new Set();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #onAbort = () => this.#stop(this.#caller?.reason);
  #caller;
  count = 0;

  /** @param {AbortSignal | null | undefined} caller @param {number} ms @param {() => void} onEnd */
  constructor(caller, ms, onEnd) {
    this.#caller = caller;
    this.onEnd = onEnd;
    onAbort(caller, this.#onAbort);
    if (ms <= LONGEST_TIMER_MS) this.#timer = setTimeout(() => this.#stop(undefined), ms);
  }

  get signal() {
    return this.#controller.signal;
  }

  /** @param {PollDeadline} poll */
  add(poll) {
    this.count += 1;
    this.#polls.add(poll);
  }

  /** @param {PollDeadline} poll */
  remove(poll) {
    if (this.#polls.delete(poll) && this.#polls.size === 0) this.#end();
  }

  /** @param {unknown} reason  nothing: the time is up */
  #stop(reason) {
    const polls = [...this.#polls];
    this.#polls.clear();
    this.#end();
    for (const poll of polls) poll.stop(this.#caller?.aborted ? reason : poll.timeout());
    this.#controller.abort(reason);
  }

  #end() {
    clearTimeout(this.#timer);
    offAbort(this.#caller, this.#onAbort);
    this.onEnd();
  }
}

/** What `guardedGet` and `readBounded` ask of a `CallDeadline`, for one poll. Only one thing at a time is raced against it. */
export class PollDeadline {
  isOver = false;
  /** @type {((reason: unknown) => void) | undefined} */
  #reject;
  /** @type {unknown} */
  #reason;
  #shared;
  #plan;

  /** @param {{ timeoutMs: number, label: string }} plan @param {AbortSignal | null} [signal] */
  constructor(plan, signal) {
    this.#plan = plan;
    this.#shared = sharedLimit(plan.timeoutMs, signal);
    this.#shared.add(this);
    if (signal?.aborted) this.stop(signal.reason);
  }

  /** Handed to `fetch`. */
  get signal() {
    return this.#shared.signal;
  }

  timeout() {
    const { label, timeoutMs } = this.#plan;
    return new OpenRouterError({ code: "timeout", message: `${label}: no whole answer within ${Math.ceil(timeoutMs)} ms`, isRetryable: true });
  }

  /** @param {unknown} reason */
  stop(reason) {
    if (this.isOver) return;
    this.isOver = true;
    this.#reason = reason;
    this.#reject?.(reason);
  }

  /** Beside the request: a fetch of the caller's may not mind its signal. @template T @param {Promise<T>} promise @returns {Promise<T>} */
  race(promise) {
    return new Promise((resolve, reject) => {
      this.#reject = reject;
      promise.then(resolve, reject);
      if (this.isOver) reject(this.#reason);
    });
  }

  end() {
    this.#reject = undefined;
    this.#shared.remove(this);
  }
}

/** @param {number} timeoutMs 0: none @param {AbortSignal | null | undefined} signal */
function sharedLimit(timeoutMs, signal) {
  const ms = timeoutMs > 0 ? timeoutMs : Infinity;
  if (ms < SHORTEST_SHARED_MS) return new SharedLimit(signal, ms, () => {});
  const slot = ms > LONGEST_TIMER_MS ? Infinity : Math.ceil((performance.now() + ms) / GRAIN_MS);
  const owner = signal ?? NO_SIGNAL;
  const slots = limits.get(owner) ?? new Map();
  limits.set(owner, slots);
  const open = slots.get(slot);
  if (open && open.count < MAX_POLLS) return open;
  /** @type {SharedLimit} */
  const limit = new SharedLimit(signal, slot === Infinity ? Infinity : slot * GRAIN_MS - performance.now(), () => {
    if (slots.get(slot) === limit) slots.delete(slot);
  });
  slots.set(slot, limit);
  return limit;
}
