// Several tabs of one site: one fetches, the others take what it has. Web Locks and BroadcastChannel where they exist; nothing without them.

import { offAbort, onAbort as whenAborted, openTabChannel, stopIfAborted } from "../first-part.js";

/** @typedef {{ text: string, storedAtMs: number }} Entry */

/** A tab that has the rows answers in a few milliseconds, a busy one in some more; the first tab of a site waits this long for nobody. */
const FREE_WAIT_MS = 100;
/** Behind another tab's fetch there is somebody who has them. */
const BEHIND_WAIT_MS = 500;
/** A tab that sleeps may hold the lock for ever. */
const LOCK_WAIT_MS = 15_000;
/** One tab answers: the others find its lock. */
const ANSWER_MS = 200;

export class TabShare {
  #name;
  #have;
  /** @type {BroadcastChannel | undefined} */
  #channel;
  /** @type {Set<(entry: Entry) => void>} */
  #waiting = new Set();
  /** What another tab said while this one waited, whoever it was for. @type {Entry | undefined} */
  #heard;
  #isWaiting = false;

  /** @param {string} name  of the origin and what is shared @param {() => Entry | undefined} have  what this tab can give */
  constructor(name, have) {
    this.#name = name;
    this.#have = have;
  }

  /**
   * What another tab has, else what the fetch gives; no two tabs fetch at a time.
   * @param {() => Promise<Entry>} fetchEntry @param {AbortSignal} signal
   * @returns {Promise<Entry>}
   */
  async once(fetchEntry, signal) {
    const locks = typeof location === "undefined" ? undefined : globalThis.navigator?.locks;
    if (!locks || !(this.#channel ??= openTabChannel(this.#name, this.#onMessage))) return fetchEntry();
    this.#isWaiting = true;
    /** @type {Promise<Entry> | undefined} */
    let outcome;
    const work = async (/** @type {number} */ waitMs) => {
      outcome = this.#ask(waitMs).then((entry) => entry ?? fetchEntry());
      // The lock is held to the end, however it ends; who waits hears it from `outcome`.
      await outcome.catch(() => {});
    };
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(), LOCK_WAIT_MS);
    const onAbort = () => limit.abort();
    whenAborted(signal, onAbort);
    try {
      await locks.request(this.#name, { ifAvailable: true }, (lock) => (lock ? work(FREE_WAIT_MS) : undefined));
      if (!outcome) await locks.request(this.#name, { signal: limit.signal }, () => work(BEHIND_WAIT_MS));
    } catch {
      // Refused (an opaque origin, storage that is switched off), or waited too long: this tab fetches for itself.
    } finally {
      this.#isWaiting = false;
      this.#heard = undefined;
      clearTimeout(timer);
      offAbort(signal, onAbort);
    }
    stopIfAborted(signal);
    return outcome ?? fetchEntry();
  }

  #onMessage = (/** @type {any} */ data) => {
    if (data?.type === "have" && typeof data.entry?.text === "string") {
      if (this.#isWaiting) this.#heard = data.entry;
      for (const take of this.#waiting) take(data.entry);
    }
    // The tab that asks fetches for itself when nobody answers.
    if (data?.type === "ask") this.#answer(String(data.question)).catch(() => {});
  };

  /** @param {string} question  each is answered by one tab */
  async #answer(question) {
    if (!this.#have()) return;
    await globalThis.navigator.locks.request(`${this.#name}:answer:${question}`, { ifAvailable: true }, async (lock) => {
      const entry = lock ? this.#have() : undefined;
      if (!entry) return;
      this.#channel?.postMessage({ type: "have", entry });
      await new Promise((resolve) => setTimeout(resolve, ANSWER_MS));
    });
  }

  /** @param {number} waitMs @returns {Promise<Entry | undefined>} */
  #ask(waitMs) {
    const heard = this.#heard;
    this.#heard = undefined;
    if (heard) return Promise.resolve(heard);
    return new Promise((resolve) => {
      const end = (/** @type {Entry | undefined} */ entry) => {
        clearTimeout(timer);
        this.#waiting.delete(end);
        resolve(entry);
      };
      const timer = setTimeout(() => end(undefined), waitMs);
      this.#waiting.add(end);
      this.#channel?.postMessage({ type: "ask", question: Math.random() });
    });
  }
}
