// The model: any id may be typed; those that the connection knows are suggested.
import { element } from "./dom.js";
import { plural } from "./format.js";

/** @import { Connection } from "./connections.js" */

export class ModelField {
  #request = 0;

  /** @param {{ field: HTMLInputElement, list: HTMLDataListElement, hint: HTMLElement }} parts */
  constructor(parts) {
    this.parts = parts;
    // A datalist offers what fits the text: with a whole id in the field that is one. Emptied while it has the focus, it offers all.
    const { field } = parts;
    let before = field.value;
    field.addEventListener("focus", () => {
      before = field.value || before;
      field.placeholder = before;
      field.value = "";
    });
    field.addEventListener("blur", () => {
      if (field.value.trim() === "") field.value = before;
    });
  }

  get value() {
    const { field } = this.parts;
    return field.value.trim() || field.placeholder;
  }

  /** @param {string} id */
  choose(id) {
    this.parts.field.value = id;
  }

  /** @param {Connection} connection */
  async show(connection) {
    const { field, list, hint } = this.parts;
    const request = ++this.#request;
    field.value = connection.model;
    field.placeholder = connection.model;
    list.replaceChildren();
    hint.textContent = "";
    try {
      const models = await connection.models();
      if (request !== this.#request) return;
      list.replaceChildren(...models.map(({ id, name }) => element("option", { value: id }, name ?? id)));
      hint.textContent = plural(models.length, "model");
    } catch {
      if (request === this.#request) hint.textContent = "The list of models could not be loaded: type an id.";
    }
  }
}
