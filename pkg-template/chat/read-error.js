// The error that an answer told: read by the engine that has the words of providers, which an answer that goes well never loads.
import { transcriptEngine } from "../engine/transcript.js";

/**
 * @param {string} unread  of a session's `unreadError()`
 * @returns {Promise<string>}  the fields of the error as JSON
 */
export async function readError(unread) {
  const { glue } = await transcriptEngine.start();
  return transcriptEngine.call(() => glue.readError(unread));
}
