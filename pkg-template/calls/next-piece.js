// One piece of a body after the other, for whoever reads one to its end.
import { bytesOf } from "../first-part.js";

/** @import { AnswerReader } from "./body.js" */

/**
 * The next bytes; nothing at the end. A reader that gives nothing again and again at once lets the timers of others fire.
 * @param {AnswerReader} reader @returns {Promise<Uint8Array | undefined>}
 */
export async function nextPiece(reader) {
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return undefined;
    const bytes = bytesOf(value);
    if (bytes.length > 0) return bytes;
    await new Promise((resolve) => setTimeout(resolve));
  }
}
