// The arguments of a streaming tool call as a live value: each step of the engine's scanner costs what it adds.

import { KIND_APPEND_STRING, KIND_CLOSE, KIND_KEY, KIND_OPEN_ARRAY, KIND_OPEN_STRING, KIND_SCALAR } from "./contract.js";

export class PartialView {
  /** The value so far; the same object grows until the call is whole. @type {any} */
  value = undefined;
  /** How many steps it has taken. */
  size = 0;
  /** @type {any[]} */
  #open = [];
  /** @type {any} */
  #container = undefined;
  /** @type {string} */
  #key = "";

  /** @param {number} kind @param {string} text */
  apply(kind, text) {
    this.size += 1;
    switch (kind) {
      case KIND_APPEND_STRING:
        this.#append(text);
        break;
      case KIND_KEY:
        this.#key = text;
        break;
      case KIND_OPEN_STRING:
        this.#put("");
        break;
      case KIND_SCALAR:
        this.#put(JSON.parse(text));
        break;
      case KIND_CLOSE:
        this.#container = this.#open.pop();
        break;
      default: {
        const container = kind === KIND_OPEN_ARRAY ? [] : {};
        if (this.#container === undefined) this.value = container;
        else this.#put(container);
        this.#open.push(this.#container);
        this.#container = container;
      }
    }
  }

  /** @param {any} value */
  #put(value) {
    const container = this.#container;
    if (Array.isArray(container)) container.push(value);
    // Defined, not assigned: a key from a model may be `__proto__`.
    else if (this.#key === "__proto__") Object.defineProperty(container, this.#key, { value, writable: true, enumerable: true, configurable: true });
    else container[this.#key] = value;
  }

  /** @param {string} text */
  #append(text) {
    const container = this.#container;
    if (Array.isArray(container)) container[container.length - 1] += text;
    else if (this.#key === "__proto__") this.#put(Object.getOwnPropertyDescriptor(container, "__proto__")?.value + text);
    else container[this.#key] += text;
  }
}
