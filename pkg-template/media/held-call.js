// A media call and the client's budget: what it may come to is held before, its bill counts after.

/** @import { Access } from "../calls/call.js" */
/** @import { Units } from "../money/call-money.js" */

/** Tokens of a picture, as the makers of pictures count them, and the bytes of a second of sound. */
export const IMAGE_TOKENS = 1290, SOUND_BYTES_PER_SECOND = 16_000;

/**
 * @template {{ usage?: { cost?: number } }} T
 * @param {Access} access @param {string} model @param {Units} units @param {() => Promise<T>} send
 * @returns {Promise<{ answer: T, warnings: string[] }>}
 */
export async function heldCall(access, model, units, send) {
  const hold = await access.admit?.(model, { units });
  try {
    const answer = await (access.traced ? access.traced("generate_content", model, send) : send());
    return { answer, warnings: hold?.settle(answer.usage?.cost) ?? [] };
  } catch (error) {
    hold?.failed(error);
    throw error;
  }
}

/** The model of a plan's body, in which marks stand for the files. @param {string | undefined} body @returns {string} */
export function modelOf(body) {
  return JSON.parse(body ?? "{}").model ?? "";
}

/** About how many tokens a text has. @param {unknown} text */
export const tokensOf = (text) => (typeof text === "string" ? Math.ceil(text.length / 4) : 0);
