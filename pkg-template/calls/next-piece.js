// One piece of a body after the other, for whoever reads one to its end.
import { bytesOf } from "../first-part.js";

/** @import { AnswerReader } from "./body.js" */

/** Pieces of nothing in a row, after which a body is taken for broken: whoever waited for it may be gone, and nobody else would end the loop. */
const MOST_EMPTY = 4096;

/**
 * The next bytes; nothing at the end. A reader that gives nothing again and again at once lets the timers of others fire, and is broken at last.
 * @param {AnswerReader} reader @returns {Promise<Uint8Array | undefined>}
 */
export async function nextPiece(reader) {
  for (let empty = 0; empty < MOST_EMPTY; empty++) {
    const { done, value } = await reader.read();
    if (done) return undefined;
    const bytes = bytesOf(value);
    if (bytes.length > 0) return bytes;
    await new Promise((resolve) => setTimeout(resolve));
  }
  throw new TypeError("the body gives pieces of nothing and does not end");
}
