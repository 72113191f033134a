// What is to become vectors: texts, tokens, parts of several kinds. Checked by their places, and cut into batches.
import { invalidRequest } from "../first-part.js";

/** Texts, tokens or parts that go in one request. @typedef {{ inputs: unknown[], from: number, chars: number }} Batch */

const PARTS = ["text", "image_url", "input_audio", "input_video", "input_file"];
/** Rules of thumb, as the meter of runs has them. */
const CHARS_PER_TOKEN = 4, TOKENS_PER_MEDIUM = 1000;

/**
 * The inputs as a list; one text, one list of tokens and one object are a list of one.
 * @param {any} input @param {number} maxBytes  UTF-8, of one text
 * @returns {unknown[]}
 */
export function inputsOf(input, maxBytes) {
  if (input === undefined) throw invalidRequest("input: must be a text, a list of texts, tokens or objects with content");
  const isTokens = (/** @type {any} */ value) => Array.isArray(value) && value.length > 0 && value.every((token) => Number.isInteger(token) && token >= 0);
  const list = Array.isArray(input) && !isTokens(input) ? input : [input];
  const isOne = list.length === 1 && list[0] === input;
  list.forEach((one, number) => {
    const place = isOne ? "input" : `input[${number}]`;
    if (typeof one === "string") return checkText(one, place, maxBytes);
    if (isTokens(one)) return undefined;
    if (typeof one !== "object" || one === null || !Array.isArray(one.content)) throw invalidRequest(`${place}: must be a text, a list of tokens, or an object with content`);
    if (one.content.length === 0) throw invalidRequest(`${place}.content: must have a part`);
    one.content.forEach((/** @type {any} */ part, /** @type {number} */ at) => {
      if (!PARTS.includes(part?.type)) throw invalidRequest(`${place}.content[${at}].type: must be ${PARTS.join(", ")}`);
      if (part.type === "text") checkText(part.text, `${place}.content[${at}].text`, maxBytes);
    });
    return undefined;
  });
  // One kind a request is all that the route takes.
  const kinds = new Set(list.map((one) => (typeof one === "string" ? "texts" : Array.isArray(one) ? "tokens" : "objects")));
  if (kinds.size > 1) throw invalidRequest(`input: must be of one kind, and has ${[...kinds].join(" and ")}`);
  return list;
}

const encoder = new TextEncoder();

/** @param {unknown} text @param {string} place @param {number} maxBytes */
function checkText(text, place, maxBytes) {
  if (typeof text !== "string" || text === "") throw invalidRequest(`${place}: must be a text that is not empty`);
  // No character has more than three bytes for each of its units: most texts need not be measured.
  if (text.length * 3 <= maxBytes) return;
  const bytes = encoder.encode(text).length;
  if (bytes > maxBytes) throw invalidRequest(`${place}: has ${bytes} bytes in UTF-8, ${maxBytes} are allowed (maxInputBytes); split it`);
}

/** @param {unknown[]} inputs @param {{ maxBatchInputs: number, maxBatchChars: number }} limits @returns {Batch[]} */
export function batchesOf(inputs, { maxBatchInputs, maxBatchChars }) {
  /** @type {Batch[]} */
  const batches = [];
  inputs.forEach((input, number) => {
    const chars = charsOf(input);
    const last = batches.at(-1);
    // One that is over the limit by itself goes by itself.
    if (last && last.inputs.length < maxBatchInputs && last.chars + chars <= maxBatchChars) {
      last.inputs.push(input);
      last.chars += chars;
    } else batches.push({ inputs: [input], from: number, chars });
  });
  return batches;
}

/** @param {any} input */
function charsOf(input) {
  if (typeof input === "string") return input.length;
  if (Array.isArray(input)) return input.length * CHARS_PER_TOKEN;
  return input.content.reduce((/** @type {number} */ sum, /** @type {any} */ part) => sum + (part.type === "text" ? part.text.length : TOKENS_PER_MEDIUM * CHARS_PER_TOKEN), 0);
}

/** About how many tokens a batch has. @param {Batch} batch */
export function tokensOf({ chars }) {
  return Math.ceil(chars / CHARS_PER_TOKEN);
}
