// The events of the runs, on demand. While the drawer is closed an event costs one push; nodes are made when somebody looks.
import { copyFrom, element } from "./dom.js";
import { amount } from "./format.js";

/** @import { ChatEvent } from "openrouter-wasm" */

/** @typedef {{ at: number, type: string, value: Record<string, any> }} Entry `at`: milliseconds since its run began */

const KEPT = 500;
const PREVIEW_CHARACTERS = 160, DETAIL_CHARACTERS = 4000;

export class EventLog {
  /** @type {Entry[]} the newest last */
  #entries = [];
  /** How many of them have a row. */
  #shown = 0;
  #begun = performance.now();
  #frame = 0;

  /**
   * @param {{ drawer: HTMLElement, list: HTMLElement, toggle: HTMLButtonElement, count: HTMLElement, copy: HTMLButtonElement, clear: HTMLButtonElement, close: HTMLButtonElement }} parts
   */
  constructor(parts) {
    this.parts = parts;
    parts.toggle.addEventListener("click", () => this.open(parts.drawer.hidden === true));
    parts.close.addEventListener("click", () => this.open(false));
    parts.clear.addEventListener("click", () => this.clear());
    parts.copy.addEventListener("click", () => copyFrom(parts.copy, this.text()));
    parts.drawer.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      // Handled: it is not meant for the answer that is on its way.
      event.preventDefault();
      this.open(false);
    });
  }

  /** A run begins; times count from here. @param {Record<string, any>} request */
  begin(request) {
    this.#begun = performance.now();
    this.add({ type: "request", ...request });
  }

  /** @param {ChatEvent | { type: string, [more: string]: unknown }} event */
  add(event) {
    this.#entries.push({ at: performance.now() - this.#begun, type: event.type, value: event });
    if (this.#entries.length > KEPT) {
      this.#entries.shift();
      // The row of the one that has gone goes too, if it has one.
      if (this.#shown > 0) {
        this.#shown -= 1;
        this.parts.list.firstElementChild?.remove();
      }
    }
    if (!this.parts.drawer.hidden) this.#frame ||= requestAnimationFrame(() => this.#draw());
  }

  /** @param {boolean} open */
  open(open) {
    const { drawer, toggle, close } = this.parts;
    drawer.hidden = !open;
    toggle.setAttribute("aria-expanded", String(open));
    if (open) {
      this.#draw();
      close.focus({ preventScroll: true });
    } else {
      toggle.focus({ preventScroll: true });
    }
  }

  clear() {
    this.#entries = [];
    this.#shown = 0;
    this.parts.list.replaceChildren();
    this.#draw();
  }

  /** One JSON object a line, as `run.toReadableStream({ format: "events" })` writes them. */
  text() {
    return this.#entries.map(({ at, value }) => json({ ms: Math.round(at), ...value }, DETAIL_CHARACTERS)).join("\n");
  }

  #draw() {
    this.#frame = 0;
    const { list, count } = this.parts;
    const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 40;
    list.append(...this.#entries.slice(this.#shown).map(row));
    this.#shown = this.#entries.length;
    count.textContent = this.#shown === KEPT ? `the last ${amount(KEPT)}` : amount(this.#shown);
    if (atEnd) list.scrollTop = list.scrollHeight;
  }
}

/** @param {Entry} entry */
function row({ at, type, value }) {
  const { type: _, step: __, ...rest } = value;
  const details = element(
    "details",
    { "data-type": type },
    element("summary", {}, element("time", {}, `+${(at / 1000).toFixed(3)}`), element("b", {}, type), element("span", {}, json(rest, PREVIEW_CHARACTERS).slice(0, PREVIEW_CHARACTERS))),
  );
  details.addEventListener("toggle", () => details.append(element("pre", {}, json(value, DETAIL_CHARACTERS, 2))), { once: true });
  return details;
}

/**
 * What a log line can hold: long texts shortened, bytes counted, errors with their fields.
 * @param {Record<string, any>} value
 * @param {number} characters of one text
 * @param {number} [indent]
 */
function json(value, characters, indent) {
  return JSON.stringify(
    value,
    (name, part) => {
      // The live arguments have grown since; their pieces are in the events' `text`.
      if (name === "partial" && value.type === "tool-call-delta") return undefined;
      if (part instanceof Uint8Array) return `(${amount(part.length)} bytes)`;
      if (part instanceof Error) return { ...part, message: part.message };
      if (typeof part === "string" && part.length > characters) return `${part.slice(0, characters)}… (${amount(part.length)} characters)`;
      return part;
    },
    indent,
  );
}
