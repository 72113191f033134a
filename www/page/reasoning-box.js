// What a model thinks before it answers: open while it does, folded away when the answer begins, unless the reader has decided.
import { element } from "./dom.js";
import { duration } from "./format.js";

export class ReasoningBox {
  #text = document.createTextNode("");
  #label = element("span", {}, "Thinking");
  #begun = performance.now();
  #touched = false;
  #thinking = true;

  /** @param {{ isStored?: boolean }} [how] stored: nobody knows any more how long it took */
  constructor({ isStored = false } = {}) {
    const summary = element("summary", {}, this.#label);
    // Not `toggle`, which cannot tell the reader's click from ours.
    summary.addEventListener("click", () => (this.#touched = true));
    this.#thinking = !isStored;
    if (isStored) this.#label.textContent = "Thoughts";
    this.node = element("details", { class: "reasoning", open: !isStored, "data-live": !isStored }, summary, element("div", { class: "thoughts" }, this.#text));
  }

  /** @param {string} text */
  append(text) {
    this.#text.appendData(text);
  }

  /** The answer begins, or the run is over. @param {{ fold: boolean }} how */
  settle({ fold }) {
    if (!this.#thinking) return;
    this.#thinking = false;
    delete this.node.dataset.live;
    this.#label.textContent = `Thought for ${duration(performance.now() - this.#begun)}`;
    if (fold && !this.#touched) this.node.open = false;
  }
}
