// The message field: grows with its text, Enter sends, Shift+Enter breaks the line, Escape stops.

export class Composer {
  /**
   * @param {{ form: HTMLFormElement, field: HTMLTextAreaElement, send: HTMLButtonElement, stop: HTMLButtonElement }} parts
   * @param {{ send: (text: string) => void, stop: () => void }} actions
   */
  constructor(parts, actions) {
    this.parts = parts;
    this.busy = false;
    const { form, field, stop } = parts;
    const send = () => {
      const text = field.value.trim();
      if (text === "" || this.busy) return;
      field.value = "";
      this.#grow();
      actions.send(text);
    };
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      send();
    });
    field.addEventListener("input", () => this.#grow());
    field.addEventListener("keydown", (event) => {
      // While an input method is composing, Enter is its own.
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      send();
    });
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && this.busy && !event.defaultPrevented) actions.stop();
    });
    stop.addEventListener("click", () => {
      actions.stop();
      this.focus();
    });
    this.#grow();
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
    this.#grow();
  }

  focus() {
    this.parts.field.focus({ preventScroll: true });
  }

  #grow() {
    const { field, send } = this.parts;
    field.style.height = "auto";
    field.style.height = `${field.scrollHeight}px`;
    send.disabled = field.value.trim() === "";
  }
}
