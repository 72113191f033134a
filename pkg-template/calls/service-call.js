// What embeddings, rankings, decisions and descriptions have in common: the client's budget, the send, the error in its words.
import { billable } from "../media/billed.js";
import { callBytes } from "./call.js";
import { lenientJson } from "./lenient-json.js";
import { oddWords, OpenRouterError } from "../first-part.js";

/** @import { Access } from "./call.js" */
/** @import { CallPlan } from "../engine/contract.js" */
/** @import { CallUnits } from "../engine/contract.js" */
/** @import { Hold } from "../money/hold.js" */

/**
 * Sends a plan and reads its answer; what it costs is held before and counted after.
 * @template T
 * @param {Access} access
 * @param {{ call: CallPlan, model: string }} plan
 * @param {{ operation: string, signal?: AbortSignal | null, body?: BodyInit } & ({ units: CallUnits } | { hold: Hold | undefined })} options  `operation`: for its span; `hold`: what
 *   is held for it already
 * @param {(bytes: Uint8Array<ArrayBuffer>, status: number, key: string) => Promise<T & { usage?: { cost?: number } }>} read  `key`: is masked in what an answer tells
 * @returns {Promise<{ answer: T & { usage?: { cost?: number } }, warnings: string[] }>}
 */
export async function callService(access, { call, model }, options, read) {
  const { operation, signal, body } = options;
  const hold = "hold" in options ? options.hold : await access.admit?.(model, { units: options.units, call, signal });
  try {
    const send = async () => {
      const { bytes, response, key } = await callBytes(access, { ...call, isBilled: true }, { signal, body });
      const answer = await read(bytes, response.status, key);
      // The usage stands at the end, which of a long answer is not kept.
      access.drift?.add(call.url, [bytes, { usage: /** @type {any} */ (answer.usage)?.raw }]);
      return answer;
    };
    const answer = await (access.traced ? access.traced(operation, model, send) : send());
    return { answer, warnings: [...(hold?.settle(answer.usage?.cost) ?? []), ...oddWords(answer.usage)] };
  } catch (error) {
    hold?.failed(error);
    // Its words are there already where the send failed.
    throw billable(error, "");
  }
}

/** Stands in a plan's body for what does not go through the engine. */
export class Placeholder {
  // Not to be guessed, so that no text of anybody's can be taken for it.
  text = `@place-${Array.from(crypto.getRandomValues(new Uint32Array(3)), (word) => word.toString(36)).join("")}`;

  /** What stands around it. @param {string} body @returns {[head: string, tail: string]} */
  split(body) {
    const [head, tail] = body.split(`"${this.text}"`);
    return [head, tail];
  }
}

/** @param {Uint8Array} bytes @param {string} label @param {number} status @returns {any} */
export function jsonAnswer(bytes, label, status) {
  const text = new TextDecoder().decode(bytes);
  try {
    return lenientJson(text);
  } catch (cause) {
    const what = /^\s*<\?xml(?![^]*<html)/i.test(text) ? "XML" : text.trimStart().startsWith("<") ? "an HTML page" : text.trim() === "" ? "an empty body" : "malformed JSON";
    throw new OpenRouterError({ code: "bad-response", message: `${label}: the server answered with ${what}`, status }, { cause });
  }
}

/** The cost of a result beside its usage, where the answer told one. @param {{ usage?: { cost?: number } }} answer */
export function costOf({ usage }) {
  return usage?.cost === undefined ? {} : { cost: usage.cost };
}
