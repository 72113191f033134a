// A durable run as far as every chat knows it: a name. The reader by number is loaded with the first one.
import { load } from "../lazily.js";

/** @import { Durable } from "./resumable.js" */

export class DurableRef {
  #id;
  #options;
  /** @type {Durable | undefined} */
  #run;

  /** @param {string} id @param {{ baseURL: string, after?: number, isResumed?: boolean }} options */
  constructor(id, options) {
    this.#id = id;
    this.#options = options;
  }

  /** Of the answer that is under way, or was the last one. */
  get id() {
    return this.#run?.id ?? this.#id;
  }

  /** The number of the last event that was handed on. */
  get position() {
    return this.#run?.position ?? this.#options.after ?? 0;
  }

  async open() {
    const { Durable } = await load(import("../answer-part.js"));
    this.#run ??= new Durable(this.#id, this.#options);
  }

  /** @param {typeof fetch} send @returns {typeof fetch} */
  around(send) {
    return /** @type {Durable} */ (this.#run).around(send);
  }

  stop() {
    this.#run?.stop();
  }
}

/** `crypto.randomUUID` is missing in pages without https. */
export function newRunId() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
