// A tool call: its arguments while they are written, then whole and to be decided on; or cut, and then never to be run.
import { button, element, icon } from "./dom.js";
import { PAGE_TOOLS } from "./tools/tools.js";

/** @typedef {{ id: string, name: string, input: Record<string, unknown> }} WholeCall */

export class ToolCard {
  #badge = element("span", { class: "badge" }, "writing arguments");
  #fields = element("dl", { class: "fields" });
  #approval = element("div", { class: "approval", hidden: true });
  #frame = 0;
  /** @type {Record<string, unknown>} */
  #input = {};

  /** @param {string} name */
  constructor(name) {
    this.name = name;
    this.node = element("section", { class: "card tool", "aria-label": `Tool call ${name}`, "data-state": "writing" });
    this.node.append(element("header", {}, icon("tool"), element("code", {}, name), this.#badge), this.#fields, this.#approval);
  }

  /** @param {{ partial?: Record<string, unknown> }} event */
  grow({ partial = {} }) {
    this.#input = partial;
    this.#frame ||= requestAnimationFrame(() => this.#draw());
  }

  /** @param {{ input: Record<string, unknown> }} event */
  complete({ input }) {
    this.#input = input;
    this.#draw();
    this.#set("whole", "whole");
  }

  /** @param {{ arguments: string }} event */
  truncate({ arguments: received }) {
    this.#draw();
    this.#set("truncated", "truncated – not run");
    this.node.append(element("p", { class: "aside" }, "The arguments ended before their JSON did. What came of them:"), element("pre", { tabindex: 0 }, received));
  }

  /** The run ended before the call did. */
  abandon() {
    if (this.node.dataset.state === "writing") this.#set("truncated", "incomplete – not run");
  }

  /** @param {(decision: "allow" | "always" | "deny") => void} decide */
  askFor(decide) {
    const tool = PAGE_TOOLS.find(({ name }) => name === this.name);
    this.#set("waiting", "waits for you");
    this.#approval.hidden = false;
    this.#approval.replaceChildren(
      element("p", {}, tool ? tool.does : "This page has no such tool: allowed, it answers with an error."),
      element(
        "p",
        { class: "row" },
        button("Allow", "primary strong allow", () => decide("allow"), icon("play")),
        tool ? button("Always in this chat", "plain", () => decide("always")) : "",
        button("Deny", "plain deny", () => decide("deny")),
      ),
    );
  }

  running() {
    this.#approval.hidden = true;
    this.#set("running", "running");
  }

  /** @param {unknown} result */
  answered(result) {
    const values = result && typeof result === "object" ? /** @type {Record<string, unknown>} */ (result) : { result };
    this.#approval.hidden = true;
    const { denied, ...shown } = values;
    this.#set("answered", denied ? "denied" : "error" in values ? "failed" : "run in this page");
    this.node.dataset.result = denied || "error" in values ? "bad" : "good";
    this.node.querySelector(".tool-result")?.remove();
    this.node.append(element("div", { class: "tool-result" }, element("p", { class: "aside" }, "Result sent back"), fields(shown, element("dl", { class: "fields" }))));
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
