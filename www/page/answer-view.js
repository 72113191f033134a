// The answer of one run on the page: each event to the part that shows it, and at the end the receipt.
import { button, copyFrom, element, icon } from "./dom.js";
import { errorCard, inPlainWords, isAboutModel } from "./error-card.js";
import { codeBlock, StreamedMarkdown } from "./markdown.js";
import { branchSwitch, toolButton } from "./question-view.js";
import { ReasoningBox } from "./reasoning-box.js";
import { receipt } from "./receipt.js";
import { RetryNotice } from "./retry-notice.js";
import { ToolCard } from "./tool-card.js";

/** @import { ChatEvent, ChatMessage, ImageEvent } from "openrouter-wasm" */
/** @import { StoredOutcome } from "./outcome.js" */
/** @import { WholeCall } from "./tool-card.js" */

/**
 * @typedef {object} AnswerActions
 * @property {() => void} regenerate
 * @property {() => void} remove
 * @property {(by: number) => void} turn to another branch
 * @property {() => void} showCode
 * @property {() => void} chooseModel
 * @property {() => void} openSettings
 * @property {(call: WholeCall, decision: "allow" | "always" | "deny") => void} decide
 */

export class AnswerView {
  #body = element("div", { class: "answer-body" });
  #waiting = element("p", { class: "waiting" }, element("span", { class: "dots" }, element("i"), element("i"), element("i")), "Waiting for the first token");
  /** @type {ReasoningBox | undefined} */
  #reasoning;
  /** @type {{ prose: HTMLElement, markdown: StreamedMarkdown } | undefined} */
  #text;
  #written = "";
  #hasImages = false;
  /** @type {Text | undefined} */
  #refusal;
  /** @type {RetryNotice | undefined} */
  #retry;
  /** @type {Map<string, ToolCard>} */
  #tools = new Map();
  /** @type {WholeCall[]} */
  #calls = [];
  #actions = element("p", { class: "actions" });
  /** @type {HTMLElement | undefined} */
  #receipt;
  /** @type {HTMLElement | undefined} */
  #footer;

  /**
   * @param {AnswerActions} actions
   * @param {{ isObject?: boolean, id?: string }} [how] isObject: the text is JSON that was asked for
   */
  constructor(actions, { isObject = false, id } = {}) {
    this.actions = actions;
    this.isObject = isObject;
    this.node = element("article", { class: "answer", "aria-label": "Answer", "aria-busy": "true", "data-entry": id }, element("header", {}, icon("mark"), "Assistant"), this.#body);
    this.#body.append(this.#waiting);
  }

  /** @param {string} callId */
  has(callId) {
    return this.#tools.has(callId);
  }

  /** Calls that are whole. */
  get calls() {
    return this.#calls;
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
        this.#write(event.text);
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
          this.#calls.push({ id: event.id, name: event.name, input: event.input });
        }
        break;
      case "image":
        this.#beginAnswer();
        this.#hasImages = true;
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

  /** An answer that was stored, at once. @param {import("openrouter-wasm").AssistantTurn} message */
  replay(message) {
    this.#begin();
    if (message.reasoning) {
      this.#add((this.#reasoning = new ReasoningBox({ isStored: true })).node);
      this.#reasoning.append(message.reasoning);
    }
    if (typeof message.content === "string" && message.content !== "") this.#write(message.content);
    if (typeof message.refusal === "string" && message.refusal !== "") this.#refuse().appendData(message.refusal);
    for (const each of /** @type {any[]} */ (message.images ?? [])) this.show(/** @type {ImageEvent} */ ({ type: "image", url: each.image_url.url, data: each.image_url.url.startsWith("data:") }));
    for (const { id, function: { name, arguments: written } } of message.tool_calls ?? []) {
      const card = new ToolCard(name);
      this.#tools.set(id, card);
      this.#add(card.node);
      const input = parsed(written);
      if (input === undefined) {
        card.truncate({ arguments: written });
        continue;
      }
      card.complete({ input });
      this.#calls.push({ id, name, input });
    }
  }

  /**
   * @param {StoredOutcome} outcome
   * @param {{ at: number, count: number }} branch
   */
  end(outcome, branch = { at: 0, count: 1 }) {
    this.outcome = outcome;
    this.#begin();
    this.#retry?.done();
    // Thoughts that no answer has followed are all there is to read.
    this.#reasoning?.settle({ fold: this.#written !== "" });
    this.#settleText();
    for (const tool of this.#tools.values()) tool.abandon();
    if (outcome.error) this.#add(errorCard(outcome.error));
    if (outcome.verdict === "aborted") this.#add(element("p", { class: "aside stopped" }, "Stopped. What had arrived stays."));
    if (outcome.verdict === "left") this.#add(element("p", { class: "aside stopped" }, "The page was left while this was being written. What had arrived is here."));
    for (const warning of outcome.warnings ?? []) this.#add(element("p", { class: "notice" }, inPlainWords(warning)));
    this.#offer(outcome);
    this.#showReceipt();
    this.#footer = this.#messageTools(branch);
    this.#body.append(this.#footer);
    this.node.setAttribute("aria-busy", "false");
  }

  /** What was found out after the end. @param {StoredOutcome} outcome */
  update(outcome) {
    this.outcome = outcome;
    this.#showReceipt();
  }

  /** The conversation has gone on: what this answer offered is no longer due. */
  retire() {
    this.#actions.remove();
  }

  /** The visitor has to decide on these. @param {readonly WholeCall[]} calls */
  askFor(calls) {
    for (const call of calls) this.#tool(call.id).askFor((decision) => this.actions.decide(call, decision));
    this.waits = calls.length > 0;
    this.#showReceipt();
  }

  /** @param {string} id */
  running(id) {
    this.#tool(id)?.running();
  }

  /** @param {string} id @param {unknown} result */
  answered(id, result) {
    this.#tool(id)?.answered(result);
  }

  /** Nothing waits any more. */
  decided() {
    this.waits = false;
    this.#showReceipt();
  }

  #showReceipt() {
    if (!this.outcome) return;
    const made = receipt(this.outcome, { waits: this.waits, hasImages: this.#hasImages });
    if (this.#receipt) this.#receipt.replaceWith(made);
    else this.#body.append(made);
    this.#receipt = made;
  }

  /** @param {StoredOutcome} outcome */
  #offer({ error, verdict }) {
    if (verdict === "left") this.#actions.append(button("Answer again", "primary", () => this.actions.regenerate(), icon("retry")));
    else if (!error) return;
    else if (isAboutModel(error)) this.#actions.append(button("Choose another model", "primary", () => this.actions.chooseModel(), icon("model")));
    else if (error.code === "budget") this.#actions.append(button("Change the budget", "primary", () => this.actions.openSettings(), icon("settings")), button("Retry", "plain", () => this.actions.regenerate(), icon("retry")));
    else if (error.code === "invalid-request") this.#actions.append(button("Check the settings", "primary", () => this.actions.openSettings(), icon("settings")));
    // A key or credits may be there by now: whoever has seen to it presses this.
    else this.#actions.append(button("Retry", "primary", () => this.actions.regenerate(), icon("retry")));
    this.#add(this.#actions);
  }

  /** @param {{ at: number, count: number }} branch */
  #messageTools(branch) {
    const copy = toolButton("copy", "Copy the answer", () => copyFrom(copy, this.#written));
    copy.disabled = this.#written === "";
    return element(
      "div",
      { class: "message-tools" },
      branchSwitch(/** @type {any} */ (undefined), branch, { turn: (_, by) => this.actions.turn(by) }),
      copy,
      toolButton("retry", "Answer again, as a branch", () => this.actions.regenerate()),
      toolButton("code", "Show the code of this request", () => this.actions.showCode()),
      toolButton("remove", "Delete the answer and what follows", () => this.actions.remove()),
    );
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

  /** @param {string} text */
  #write(text) {
    this.#written += text;
    if (!this.#text) {
      const prose = element("div", { class: "prose", "data-live": true });
      this.#body.append(prose);
      this.#text = { prose, markdown: new StreamedMarkdown(prose) };
      // An object is code, whatever its text would be as Markdown.
      if (this.isObject) this.#text.markdown.append("```json\n");
    }
    this.#text.markdown.append(text);
  }

  #settleText() {
    if (!this.#text) return;
    const { prose, markdown } = this.#text;
    markdown.flush({ final: true });
    delete prose.dataset.live;
    this.#text = undefined;
    if (this.isObject) showObject(prose, this.#written);
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

/** @param {HTMLElement} prose @param {string} text */
function showObject(prose, text) {
  const value = parsed(text);
  prose.replaceChildren(
    element("p", { class: "row object-verdict" }, element("span", { class: "badge", "data-tone": value === undefined ? "bad" : "good" }, value === undefined ? "no valid JSON" : "valid JSON")),
    codeBlock(value === undefined ? text : JSON.stringify(value, null, 2), "json"),
  );
}

/** @param {string} text @returns {any} undefined: no JSON */
function parsed(text) {
  try {
    return JSON.parse(text === "" ? "{}" : text);
  } catch {
    return undefined;
  }
}

/** @param {ImageEvent} event */
function image({ url, data }) {
  if (!data) return element("p", { class: "aside" }, "An image: ", element("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, url));
  return element("figure", { class: "image" }, element("img", { src: url, alt: "The image of this answer" }), element("figcaption", {}, element("a", { class: "plain small", href: url, download: "image" }, icon("save"), "Download")));
}
