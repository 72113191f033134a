// A growing object: the text of an answer, read as it comes, each piece once.
import { EventQueue } from "../engine/batch.js";
import { chatEngine } from "../engine/chat.js";
import { PartialView } from "../engine/partial-view.js";

/** @import { ChatEvent } from "../index.js" */

const encoder = new TextEncoder();
const WHOLE = 1, NONE = 2;

/** One text that holds an object, at its beginning or behind other words. */
export class GrowingObject {
  /** The object so far: the same one grows; undefined before it begins. @type {any} */
  value = undefined;
  isWhole = false;
  /** @type {import("../engine/wasm/chat-glue.js").PartialText | undefined} */
  #scan;
  #view = new PartialView();
  #engine = chatEngine.startNow();
  #steps = { take: (/** @type {number} */ kind, /** @type {number} */ _, /** @type {string} */ text) => this.#view.apply(kind, text) };

  /** @param {string} text  more of it @returns {boolean} whether the object has grown */
  push(text) {
    if (this.isWhole) return false;
    const isNew = !this.#scan;
    if (!this.#scan) {
      const start = text.indexOf("{");
      if (start < 0) return false;
      this.#scan = new this.#engine.glue.PartialText();
      this.#view = new PartialView();
      text = text.slice(start);
    }
    const { exchange } = this.#engine;
    const step = Math.floor(exchange.capacity / 3);
    for (let at = 0; at < text.length; ) {
      let end = Math.min(at + step, text.length);
      // Not between the halves of a character.
      if (end < text.length && (text.charCodeAt(end - 1) & 0xfc00) === 0xd800) end -= 1;
      const bytes = encoder.encode(at === 0 && end === text.length ? text : text.slice(at, end));
      exchange.write(bytes);
      const state = this.#scan.push(bytes.length);
      exchange.read(/** @type {any} */ (this.#steps), NOWHERE);
      at = end;
      if (state === NONE) {
        // Words with a brace in them: the object may begin later.
        this.close();
        this.value = undefined;
        return this.push(isNew ? text.slice(1) : text);
      }
      if (state === WHOLE) {
        this.isWhole = true;
        break;
      }
    }
    this.value = this.#view.value;
    return true;
  }

  /** Gives back what the engine keeps for it. */
  close() {
    this.#scan?.free();
    this.#scan = undefined;
  }
}

const NOWHERE = new EventQueue();

/**
 * The object of a run while it grows: one live object, handed out again each time more of it is there. An answer that is asked for again begins
 * a new one. Ends with the run; throws what it fails by.
 * @param {AsyncIterable<ChatEvent>} run
 * @param {{ isWrapped: () => boolean }} goal
 * @returns {AsyncIterable<any>}
 */
export function growingObjects(run, goal) {
  return {
    [Symbol.asyncIterator]() {
      const events = run[Symbol.asyncIterator]();
      /** @type {GrowingObject | undefined} */
      let growing;
      let step = -1;
      const close = () => growing?.close();
      return {
        async next() {
          for (;;) {
            const { value: event, done } = await events.next().catch((error) => {
              close();
              throw error;
            });
            if (done) {
              close();
              return { value: undefined, done: true };
            }
            if (event.type !== "text-delta") continue;
            if (event.step !== step || !growing) {
              close();
              growing = new GrowingObject();
              step = event.step;
            }
            if (!growing.push(event.text)) continue;
            const value = goal.isWrapped() ? growing.value?.value : growing.value;
            if (value !== undefined) return { value, done: false };
          }
        },
        return: () => {
          close();
          return /** @type {Promise<any>} */ (events.return?.(undefined));
        },
      };
    },
  };
}
