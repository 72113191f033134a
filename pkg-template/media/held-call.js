// Calls that are no chat and the client's budget: what they may come to is held before, their bill counts after.
import { oddWords } from "../first-part.js";

/** @import { Access } from "../calls/call.js" */
/** @import { CallSize } from "../money/call-money.js" */
/** @import { Hold } from "../money/hold.js" */

/** Tokens of an image, as the makers of images count them, and the bytes of a second of sound. */
export const IMAGE_TOKENS = 1290, SOUND_BYTES_PER_SECOND = 16_000;

/**
 * @template {{ usage?: { cost?: number } }} T
 * @param {Access} access @param {string} model @param {CallSize | { hold: Hold | undefined }} size  or what is held for it already
 * @param {() => Promise<T>} send
 * @returns {Promise<{ answer: T, warnings: string[] }>}
 */
export async function heldCall(access, model, size, send) {
  const hold = "hold" in size ? size.hold : await access.admit?.(model, size);
  try {
    const answer = await (access.traced ? access.traced("generate_content", model, send) : send());
    return { answer, warnings: [...(hold?.settle(answer.usage?.cost) ?? []), ...oddWords(answer.usage)] };
  } catch (error) {
    hold?.failed(error);
    throw error;
  }
}

/**
 * Of a call that takes several requests: all of them fit, or none is sent.
 * @param {Access} access @param {string} model @param {CallSize[]} sizes
 * @returns {Promise<(Hold | undefined)[]>}
 */
export async function holdAll(access, model, sizes) {
  /** @type {(Hold | undefined)[]} */
  const holds = [];
  try {
    for (const size of sizes) holds.push(await access.admit?.(model, size));
  } catch (error) {
    for (const hold of holds) hold?.release();
    throw error;
  }
  return holds;
}

/** The model of a plan's body, in which placeholders stand for the files. @param {string | undefined} body @returns {string} */
export function modelOf(body) {
  return JSON.parse(body ?? "{}").model ?? "";
}

/** About how many tokens a text has. @param {unknown} text */
export const tokensOf = (text) => (typeof text === "string" ? Math.ceil(text.length / 4) : 0);
