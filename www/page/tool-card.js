// A tool call: its arguments while they are written, then whole; or cut, and then never to be run.
import { element, icon } from "./dom.js";

/** @import { ToolCallDeltaEvent, TruncatedToolCallEvent, WholeToolCallEvent } from "openrouter-wasm" */

export class ToolCard {
  #badge = element("span", { class: "badge" }, "writing arguments");
  #fields = element("dl", { class: "fields" });
  #frame = 0;
  /** @type {Record<string, unknown>} */
  #input = {};

  /** @param {string} name */
  constructor(name) {
    this.name = name;
    this.node = element("section", { class: "card tool", "aria-label": `Tool call ${name}`, "data-state": "writing" });
    this.node.append(element("header", {}, icon("tool"), element("code", {}, name), this.#badge), this.#fields);
  }

  /** @param {ToolCallDeltaEvent} event */
  grow({ partial = {} }) {
    this.#input = partial;
    this.#frame ||= requestAnimationFrame(() => this.#draw());
  }

  /** @param {WholeToolCallEvent} event */
  complete({ input }) {
    this.#input = input;
    this.#draw();
    this.#set("whole", "whole");
  }

  /** @param {TruncatedToolCallEvent} event */
  truncate({ arguments: received }) {
    this.#draw();
    this.#set("truncated", "truncated – not run");
    this.node.append(element("p", { class: "aside" }, "The arguments ended before their JSON did. What came of them:"), element("pre", { tabindex: 0 }, received));
  }

  /** The run ended before the call did. */
  abandon() {
    if (this.node.dataset.state === "writing") this.#set("truncated", "incomplete – not run");
  }

  /** @param {Record<string, unknown>} result */
  answered(result) {
    this.#set("answered", "run in this page");
    this.node.append(element("p", { class: "aside" }, "Result sent back"), fields(result, element("dl", { class: "fields" })));
  }

  /** @param {string} state @param {string} text */
  #set(state, text) {
    this.node.dataset.state = state;
    this.#badge.textContent = text;
  }

  #draw() {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    fields(this.#input, this.#fields);
  }
}

/**
 * @param {Record<string, unknown>} value
 * @param {HTMLDListElement} list
 */
function fields(value, list) {
  const rows = Object.entries(value).map(([name, field]) =>
    element("div", {}, element("dt", {}, name), element("dd", {}, typeof field === "string" ? field : JSON.stringify(field))),
  );
  list.replaceChildren(...rows);
  return list;
}
