// The answer of one run on the page: each event to the part that shows it, and at the end the receipt.
import { button, element, icon } from "./dom.js";
import { errorCard } from "./error-card.js";
import { plural } from "./format.js";
import { StreamedMarkdown } from "./markdown.js";
import { ReasoningBox } from "./reasoning-box.js";
import { receipt } from "./receipt.js";
import { RetryNotice } from "./retry-notice.js";
import { ToolCard } from "./tool-card.js";

/** @import { ChatEvent, ImageEvent, WholeToolCallEvent } from "openrouter-wasm" */
/** @import { Outcome } from "./chat.js" */

/**
 * @typedef {object} AnswerActions
 * @property {() => void} retry
 * @property {(calls: WholeToolCallEvent[]) => void} runTools
 */

export class AnswerView {
  #body = element("div", { class: "answer-body" });
  #waiting = element("p", { class: "waiting" }, element("span", { class: "dots" }, element("i"), element("i"), element("i")), "Waiting for the first token");
  /** @type {ReasoningBox | undefined} */
  #reasoning;
  /** @type {{ prose: HTMLElement, markdown: StreamedMarkdown } | undefined} */
  #text;
  /** @type {Text | undefined} */
  #refusal;
  /** @type {RetryNotice | undefined} */
  #retry;
  /** @type {Map<string, ToolCard>} */
  #tools = new Map();
  /** @type {WholeToolCallEvent[]} */
  #calls = [];
  #actions = element("p", { class: "actions" });

  /** @param {AnswerActions} actions */
  constructor(actions) {
    this.actions = actions;
    this.node = element("article", { class: "answer", "aria-label": "Answer", "aria-busy": "true" }, element("header", {}, icon("mark"), "Assistant"), this.#body);
    this.#body.append(this.#waiting);
  }

  /** @param {ChatEvent} event */
  show(event) {
    switch (event.type) {
      case "response-start":
        this.#retry?.done();
        break;
      case "reasoning-delta":
        this.#begin();
        if (!this.#reasoning) this.#add((this.#reasoning = new ReasoningBox()).node);
        this.#reasoning.append(event.text);
        break;
      case "text-delta":
        this.#beginAnswer();
        this.#prose().markdown.append(event.text);
        break;
      case "refusal-delta":
        this.#beginAnswer();
        this.#refuse().appendData(event.text);
        break;
      case "tool-call-start":
        this.#beginAnswer();
        this.#tools.set(event.id, new ToolCard(event.name));
        this.#add(this.#tool(event.id).node);
        break;
      case "tool-call-delta":
        this.#tool(event.id).grow(event);
        break;
      case "tool-call":
        if (event.truncated) this.#tool(event.id).truncate(event);
        else {
          this.#tool(event.id).complete(event);
          this.#calls.push(event);
        }
        break;
      case "image":
        this.#beginAnswer();
        this.#add(image(event));
        break;
      case "citation":
        this.#add(element("p", { class: "aside" }, "Source: ", event.title ?? event.url ?? "unnamed"));
        break;
      case "retry":
        this.#waiting.hidden = true;
        this.#retry?.done();
        this.#retry = new RetryNotice(event);
        this.#add(this.#retry.node);
        break;
    }
  }

  /** @param {Outcome} outcome */
  end(outcome) {
    this.#begin();
    this.#retry?.done();
    // Thoughts that no answer has followed are all there is to read.
    this.#reasoning?.settle({ fold: false });
    this.#settleText();
    for (const tool of this.#tools.values()) tool.abandon();
    if (outcome.error) this.#add(errorCard(outcome.error));
    if (outcome.verdict === "aborted") this.#add(element("p", { class: "aside stopped" }, "Stopped. What had arrived stays."));
    this.#offer(outcome);
    this.#body.append(receipt(outcome));
    this.node.setAttribute("aria-busy", "false");
  }

  /** The conversation has gone on: what this answer offered is no longer due. */
  retire() {
    this.#actions.remove();
  }

  /** @param {Map<string, Record<string, unknown>>} results by the id of the call */
  answered(results) {
    for (const [id, result] of results) this.#tool(id).answered(result);
  }

  /** @param {Outcome} outcome */
  #offer({ error, verdict }) {
    if (error) this.#actions.append(button("Retry", "primary", () => this.actions.retry(), icon("retry")));
    else if (this.#calls.length > 0 && verdict === "complete") {
      const what = this.#calls.length === 1 ? this.#calls[0].name : plural(this.#calls.length, "tool");
      this.#actions.append(button(`Run ${what} and go on`, "primary", () => this.actions.runTools(this.#calls), icon("play")));
    } else return;
    this.#add(this.#actions);
  }

  /** @param {Node} node */
  #add(node) {
    // Text that follows is a paragraph of its own, below.
    this.#settleText();
    this.#body.append(node);
  }

  #begin() {
    this.#waiting.remove();
  }

  #beginAnswer() {
    this.#begin();
    this.#reasoning?.settle({ fold: true });
  }

  #prose() {
    if (this.#text) return this.#text;
    const prose = element("div", { class: "prose", "data-live": true });
    this.#body.append(prose);
    return (this.#text = { prose, markdown: new StreamedMarkdown(prose) });
  }

  #settleText() {
    this.#text?.markdown.flush({ final: true });
    if (this.#text) delete this.#text.prose.dataset.live;
    this.#text = undefined;
  }

  #refuse() {
    if (this.#refusal) return this.#refusal;
    this.#refusal = document.createTextNode("");
    this.#add(element("section", { class: "card refusal", "aria-label": "Refusal" }, element("header", {}, icon("hand"), element("strong", {}, "The model refuses")), element("p", {}, this.#refusal)));
    return this.#refusal;
  }

  /** @param {string} id */
  #tool(id) {
    return /** @type {ToolCard} */ (this.#tools.get(id));
  }
}

/** @param {ImageEvent} event */
function image({ url, data }) {
  if (!data) return element("p", { class: "aside" }, "An image: ", element("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, url));
  return element("figure", { class: "image" }, element("img", { src: url, alt: "The image of this answer" }));
}
