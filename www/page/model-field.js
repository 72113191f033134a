// The model of the chat: a button that says which, and opens the choice.
import { facts, markUsed, openModelPicker } from "./model-picker.js";

/** @import { Connection, PickableModel } from "./connections.js" */

export class ModelField {
  #id = "";
  /** @type {Connection | undefined} */
  #connection;
  /** @type {Promise<readonly PickableModel[]>} */
  #models = Promise.resolve([]);
  /** @type {PickableModel | undefined} */
  #known;

  /** @param {{ choice: HTMLButtonElement, name: HTMLElement, hint: HTMLElement }} parts @param {(model: PickableModel | undefined) => void} onChange */
  constructor(parts, onChange) {
    this.parts = parts;
    this.onChange = onChange;
    parts.choice.addEventListener("click", () => this.open());
  }

  get value() {
    return this.#id;
  }

  open() {
    const load = () => this.#models.catch(() => (this.#models = this.#load()));
    openModelPicker({ load, current: this.#id, choose: (id) => this.choose(id, { isUsed: true }) });
  }

  /** @param {string} id @param {{ isUsed?: boolean }} [how] used: it is one of those to be offered first */
  choose(id, { isUsed = false } = {}) {
    this.#id = id;
    if (isUsed) markUsed(id);
    void this.#show();
  }

  /** @param {Connection} connection */
  async show(connection) {
    this.#connection = connection;
    this.#models = this.#load();
    this.#id = connection.model;
    await this.#show();
  }

  /** Those that answer in words. */
  async #load() {
    const models = (await this.#connection?.models()) ?? [];
    return models.filter(({ output }) => !output || output.includes("text"));
  }

  async #show() {
    const id = this.#id;
    const connection = this.#connection;
    const { name, hint, choice } = this.parts;
    const models = await this.#models.catch(() => undefined);
    if (id !== this.#id || connection !== this.#connection) return;
    this.#known = models?.find((model) => model.id === id);
    name.textContent = this.#known?.name ?? id;
    choice.title = id;
    choice.dataset.model = id;
    hint.textContent = models === undefined ? "The list of models could not be loaded: type an id in the choice." : this.#known ? facts(this.#known) : id;
    this.onChange(this.#known);
  }
}
