// The files above the message field: chosen, pasted or dropped, and to be taken out again.
import { attach, sendingCost, Unsendable, unfit } from "./attachments.js";
import { button, element, icon } from "./dom.js";
import { amount, byteCount, dollars } from "./format.js";

/** @import { Model } from "openrouter-wasm" */
/** @import { Attachment } from "./attachments.js" */

export class AttachmentTray {
  /** @type {Attachment[]} */
  #attached = [];
  /** Files that are being read. */
  #reading = 0;
  /** @type {Model | undefined} */
  #model;

  /**
   * @param {{ tray: HTMLElement, choose: HTMLButtonElement, input: HTMLInputElement, field: HTMLTextAreaElement, target: HTMLElement }} parts `target`: where files may be dropped
   * @param {{ say: (text: string) => void, trouble: (text: string) => void, onChange: () => void, mayAttach: () => boolean }} around
   */
  constructor(parts, around) {
    this.parts = parts;
    this.around = around;
    const { choose, input, field, target } = parts;
    choose.addEventListener("click", () => input.click());
    input.addEventListener("change", () => {
      void this.add([...(input.files ?? [])]);
      // The same file may be chosen again.
      input.value = "";
    });
    field.addEventListener("paste", (event) => {
      const files = [...(event.clipboardData?.files ?? [])];
      if (files.length === 0) return;
      event.preventDefault();
      void this.add(files);
    });
    const hasFiles = (/** @type {DragEvent} */ event) => event.dataTransfer?.types.includes("Files") === true;
    target.addEventListener("dragover", (event) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      target.dataset.dropping = "";
    });
    target.addEventListener("dragleave", (event) => {
      if (!target.contains(/** @type {Node | null} */ (event.relatedTarget))) delete target.dataset.dropping;
    });
    target.addEventListener("drop", (event) => {
      delete target.dataset.dropping;
      if (!hasFiles(event)) return;
      event.preventDefault();
      void this.add([...(event.dataTransfer?.files ?? [])]);
    });
  }

  get attached() {
    return this.#attached;
  }

  get isReading() {
    return this.#reading > 0;
  }

  /** @param {File[]} files */
  async add(files) {
    if (!this.around.mayAttach()) return this.around.trouble("The Worker takes text alone: choose the simulator or your own key to send files.");
    this.#reading += files.length;
    this.#draw();
    for (const file of files) {
      try {
        this.#attached.push(await attach(file));
        this.around.say(`Attached: ${file.name}`);
      } catch (error) {
        if (!(error instanceof Unsendable)) throw error;
        this.around.trouble(error.message);
      } finally {
        this.#reading -= 1;
        this.#draw();
      }
    }
  }

  /** What is attached, and nothing is any more. */
  take() {
    const taken = this.#attached;
    this.#attached = [];
    this.#draw();
    return taken;
  }

  /** @param {readonly Attachment[]} attached */
  put(attached) {
    this.#attached = [...attached, ...this.#attached];
    this.#draw();
  }

  /** Prices and abilities are another's. @param {Model | undefined} model */
  show(model) {
    this.#model = model;
    this.#draw();
  }

  #draw() {
    const { tray, field } = this.parts;
    const chips = this.#attached.map((attachment) => this.#chip(attachment));
    if (this.#reading > 0) chips.push(element("li", { class: "attachment reading" }, "Reading the file"));
    tray.replaceChildren(...chips);
    tray.hidden = chips.length === 0;
    if (!document.activeElement || document.activeElement === document.body) field.focus({ preventScroll: true });
    this.around.onChange();
  }

  /** @param {Attachment} attachment */
  #chip(attachment) {
    const { note, tokens, preview } = attachment;
    const cost = sendingCost(tokens, this.#model);
    const facts = [
      byteCount(note.bytes),
      note.seconds === undefined ? undefined : `${note.seconds.toFixed(1)} s`,
      tokens === undefined ? "tokens known after the answer" : `≈ ${amount(tokens)} tokens`,
      cost === undefined ? undefined : cost === 0 ? "free" : `≈ ${dollars(cost)}`,
    ];
    const trouble = unfit(note, this.#model);
    const remove = button("", "quiet small", () => {
      this.#attached = this.#attached.filter((other) => other !== attachment);
      this.#draw();
      this.parts.field.focus({ preventScroll: true });
    }, icon("close"), element("span", { class: "unseen" }, `Remove ${note.name}`));
    return element(
      "li",
      { class: "attachment", "data-kind": note.kind },
      preview ? element("img", { src: preview, alt: "" }) : icon(note.kind === "audio" ? "sound" : "file"),
      element("span", { class: "attachment-text" }, element("b", {}, note.name), element("small", {}, facts.filter(Boolean).join(" · ")), trouble && element("small", { class: "attachment-trouble" }, trouble)),
      remove,
    );
  }
}
