// The object of a run while it grows.

/** @import { ChatEvent } from "../index.js" */

/**
 * One live object, handed out each time more of it is there. An answer that is asked for again begins a new one. Ends with the run; throws
 * what it fails by.
 * @param {AsyncIterable<ChatEvent>} run
 * @param {() => { value: any, size: number }} view  what there is of it now; `size` tells whether it has grown
 * @returns {AsyncIterable<any>}
 */
export function growingObjects(run, view) {
  return {
    [Symbol.asyncIterator]() {
      const events = run[Symbol.asyncIterator]();
      let step = -1, shown = 0;
      return {
        async next() {
          for (;;) {
            const { value: event, done } = await events.next();
            if (done) return { value: undefined, done: true };
            if (event.type !== "text-delta") continue;
            if (event.step !== step) [step, shown] = [event.step, 0];
            const { value, size } = view();
            if (value === undefined || size === shown) continue;
            shown = size;
            return { value, done: false };
          }
        },
        return: () => /** @type {Promise<any>} */ (events.return?.(undefined)),
      };
    },
  };
}
