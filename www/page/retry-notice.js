// The wait before another attempt, counted down.
import { element } from "./dom.js";
import { duration } from "./format.js";

/** @import { RetryEvent } from "openrouter-wasm" */

const TICK_MS = 100;

export class RetryNotice {
  #left = element("b");
  #timer;

  /** @param {RetryEvent} event */
  constructor({ attempt, delayMs, error }) {
    this.what = `${error.code}${error.status === undefined ? "" : ` ${error.status}`}`;
    this.waited = delayMs;
    this.attempt = attempt;
    this.node = element("p", { class: "notice", "data-live": true }, element("code", {}, this.what), `${error.message.replace(/[.!]?\s*$/, "")}. Trying again in `, this.#left);
    const due = performance.now() + delayMs;
    const count = () => {
      this.#left.textContent = `${(Math.max(0, due - performance.now()) / 1000).toFixed(1)} s`;
    };
    count();
    this.#timer = setInterval(count, TICK_MS);
  }

  done() {
    clearInterval(this.#timer);
    if (!this.node.hasAttribute("data-live")) return;
    delete this.node.dataset.live;
    this.node.replaceChildren(element("code", {}, this.what), `Attempt ${this.attempt} was turned away; sent again after ${duration(this.waited)}.`);
  }
}
