// A body that is handed on, and word of a reader who leaves it.

/** @import { Copy, Relay } from "./relay.js" */

/** @typedef {{ cancel(reason?: unknown): unknown }} Source  what is given up when nobody reads it any more */

/**
 * The body, and word of a reader who leaves. In workerd two native streams are piped without a step of JavaScript. To hand the branch itself over
 * would be a little cheaper, but then nobody hears that its reader has left: not even the signal of the request.
 * @param {Copy} copy @param {Source} source @param {Relay} relay
 */
export function untilLeft(copy, source, relay) {
  const { IdentityTransformStream } = /** @type {any} */ (globalThis);
  if (IdentityTransformStream) {
    const { readable, writable } = new IdentityTransformStream();
    copy.pipeTo(writable).then(() => relay.wake(), (reason) => left(reason, source, relay));
    return readable;
  }
  copy.onLeave((reason) => source.cancel(reason));
  return copy.body;
}

/** How long a run whose answer broke may take to see it: a pipe does not say which of its ends it was. */
const SEEN_MS = 250;

/** A pipe has failed: where the answer broke the run ends by that, else its reader has left. @param {unknown} reason @param {Source} source @param {Relay | undefined} relay */
export async function left(reason, source, relay) {
  relay?.wake();
  await new Promise((resolve) => setTimeout(resolve, SEEN_MS));
  source.cancel(reason);
}
