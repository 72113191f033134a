// The message field: grows with its text, Enter sends, Shift+Enter breaks the line, Escape stops. While an answer is on its way a message
// waits for its end.
import { button, element } from "./dom.js";

/** @import { AttachmentTray } from "./attachment-tray.js" */
/** @import { Attachment } from "./attachments.js" */

/** @typedef {{ text: string, attached: Attachment[] }} Message */

export class Composer {
  /** @type {Message | undefined} */
  #waiting;
  busy = false;

  /**
   * @param {{ form: HTMLFormElement, field: HTMLTextAreaElement, send: HTMLButtonElement, stop: HTMLButtonElement, waiting: HTMLElement }} parts
   * @param {AttachmentTray} tray
   * @param {{ send: (text: string, attached: Attachment[]) => Promise<boolean>, stop: () => void, say: (text: string) => void }} actions `send` gives false for what was not sent
   */
  constructor(parts, tray, actions) {
    this.parts = parts;
    this.tray = tray;
    this.actions = actions;
    const { form, field, stop } = parts;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    field.addEventListener("input", () => this.update());
    field.addEventListener("keydown", (event) => {
      // While an input method is composing, Enter is its own.
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.#submit();
    });
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && this.busy && !event.defaultPrevented) this.#stop();
    });
    stop.addEventListener("click", () => {
      this.#stop();
      this.focus();
    });
    this.update();
  }

  /** @param {boolean} busy whether an answer is on its way */
  setBusy(busy) {
    this.busy = busy;
    const { send, stop } = this.parts;
    // The one that goes must not take the focus with it.
    const hadFocus = document.activeElement === send || document.activeElement === stop;
    send.hidden = busy;
    stop.hidden = !busy;
    if (hadFocus) (busy ? stop : this.parts.field).focus();
    this.update();
    const message = this.#waiting;
    if (busy || !message) return;
    this.#waiting = undefined;
    this.#showWaiting();
    void this.#send(message);
  }

  focus() {
    this.parts.field.focus({ preventScroll: true });
  }

  /** The field's height, and whether there is something to send. */
  update() {
    const { field, send } = this.parts;
    field.style.height = "auto";
    field.style.height = `${field.scrollHeight}px`;
    send.disabled = !this.#isSendable;
  }

  /** What was written and not sent, what waits included; undefined: nothing. @returns {Message | undefined} */
  get draft() {
    const text = [this.#waiting?.text, this.parts.field.value].filter(Boolean).join("\n\n");
    const attached = [...(this.#waiting?.attached ?? []), ...this.tray.attached];
    return text === "" && attached.length === 0 ? undefined : { text, attached };
  }

  /** Of a page that was left. @param {Message} draft */
  restore({ text, attached }) {
    // Some browsers have put the field's text back by themselves.
    if (text.includes(this.parts.field.value)) this.parts.field.value = "";
    this.#put({ text, attached });
  }

  /** Waiting text goes back into the field: nobody wants it sent into another chat. */
  takeBack() {
    const message = this.#waiting;
    this.#waiting = undefined;
    this.#showWaiting();
    if (message) this.#put(message);
  }

  get #isSendable() {
    return !this.tray.isReading && (this.parts.field.value.trim() !== "" || this.tray.attached.length > 0);
  }

  #submit() {
    if (!this.#isSendable) return;
    const { field } = this.parts;
    // One waits at a time: what is written after it belongs to it.
    const before = this.#waiting;
    const message = { text: [before?.text, field.value.trim()].filter(Boolean).join("\n\n"), attached: [...(before?.attached ?? []), ...this.tray.take()] };
    field.value = "";
    this.update();
    if (!this.busy) return void this.#send(message);
    this.#waiting = message;
    this.#showWaiting();
    this.actions.say("Your message waits for the end of the answer. Escape stops the answer.");
  }

  /** @param {Message} message */
  async #send(message) {
    if (!(await this.actions.send(message.text, message.attached))) this.#put(message);
  }

  /** @param {Message} message */
  #put({ text, attached }) {
    const { field } = this.parts;
    field.value = [text, field.value].filter(Boolean).join("\n\n");
    this.tray.put(attached);
    this.update();
  }

  /** A visitor who stops an answer wants to see what they have got before anything else is sent. */
  #stop() {
    this.takeBack();
    this.actions.stop();
  }

  #showWaiting() {
    const { waiting } = this.parts;
    waiting.hidden = !this.#waiting;
    if (!this.#waiting) return waiting.replaceChildren();
    const { text, attached } = this.#waiting;
    const back = button("Take it back", "plain small", () => {
      this.takeBack();
      this.focus();
    });
    waiting.replaceChildren(element("span", {}, element("b", {}, "Sent when this answer ends: "), text || `${attached.length} files`), back);
  }
}
