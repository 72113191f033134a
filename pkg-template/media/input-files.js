// Files that go along with a call: bytes, Blobs, base64 or addresses, as the engine is told of them.
import { describe, invalidRequest, reading } from "../first-part.js";
import { base64Of } from "../request/base64.js";

/** @import { Placeholders } from "./placeholders.js" */

/** How files begin that are no image, as Latin-1. @type {[begins: RegExp, what: string][]} */
const OTHERS = [[/^%PDF-/, "a PDF"], [/^(\x1aE\xdf\xa3|....ftyp(?!avi|hei|mif|msf))/, "a video"], [/^(?!\s*<(svg|\?xml))[\t\n\r -~]{4,}$/i, "text"]];
const HEAD_BYTES = 64;

/**
 * What is no image, though one was asked for: it would be paid for as one.
 * @param {unknown} data @param {string} place
 * @returns {string[]}
 */
export function oddImage(data, place) {
  const head = headOf(data);
  const [, what] = (head && OTHERS.find(([begins]) => begins.test(head))) || [];
  return what ? [`${place}: begins as ${what} does, and goes out as an image`] : [];
}

/** @param {any} options @returns {string[]} */
export function oddInputs({ inputs }) {
  return Array.isArray(inputs) ? inputs.flatMap((input, number) => (input?.url === undefined ? oddImage(input?.data, `inputs[${number}].data`) : [])) : [];
}

/** The first bytes, where they are at hand. @param {any} data @returns {string | undefined} */
function headOf(data) {
  if (ArrayBuffer.isView(data)) return String.fromCharCode(...new Uint8Array(data.buffer, data.byteOffset, Math.min(HEAD_BYTES, data.byteLength)));
  return data instanceof ArrayBuffer ? String.fromCharCode(...new Uint8Array(data, 0, Math.min(HEAD_BYTES, data.byteLength))) : undefined;
}

const DATA_URL = /^data:([^,]*?)(?:;[^,;]*)*;base64,/i;

/**
 * What the engine is told of a file: where it belongs, how it begins, what it is called.
 * @typedef {{ placeholder: string, head: string, bytes: number, mediaType?: string, fileName?: string }} ReplacedFile
 */

/**
 * @param {unknown} data @param {string} place @param {Placeholders} placeholders
 * @returns {Promise<ReplacedFile>}
 */
export function replacedFile(data, place, placeholders) {
  return reading(place, () => replaced(data, place, placeholders));
}

/** @param {unknown} data @param {string} place @param {Placeholders} placeholders @returns {Promise<ReplacedFile>} */
async function replaced(data, place, placeholders) {
  if (typeof data === "string") return ofText(data, place, placeholders);
  let bytes, mediaType, fileName;
  if (data instanceof Blob) {
    mediaType = data.type;
    fileName = /** @type {any} */ (data).name;
    try {
      bytes = new Uint8Array(await data.arrayBuffer());
    } catch (cause) {
      throw invalidRequest(`${place}: cannot be read: ${describe(cause)}`, cause);
    }
  } else if (ArrayBuffer.isView(data)) bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  else if (data instanceof ArrayBuffer || Object.prototype.toString.call(data) === "[object ArrayBuffer]") bytes = new Uint8Array(/** @type {ArrayBuffer} */ (data));
  else throw invalidRequest(`${place}: must be a Uint8Array, an ArrayBuffer, a Blob or a string of base64`);
  if (bytes.length === 0) throw invalidRequest(`${place}: has no bytes`);
  return { ...placeholders.put(base64Of(bytes)), bytes: bytes.length, ...(mediaType && { mediaType }), ...(typeof fileName === "string" && { fileName }) };
}

/** @param {string} text @param {string} place @param {Placeholders} placeholders @returns {ReplacedFile} */
function ofText(text, place, placeholders) {
  const [head, mediaType] = DATA_URL.exec(text) ?? [""];
  let base64 = text.slice(head.length);
  if (/\s/.test(base64)) base64 = base64.replace(/\s+/g, "");
  const letters = base64.endsWith("==") ? base64.length - 2 : base64.endsWith("=") ? base64.length - 1 : base64.length;
  if (letters === 0) throw invalidRequest(`${place}: has no bytes`);
  if (letters % 4 === 1 || /[^A-Za-z0-9+/]/.test(base64.slice(0, letters))) throw invalidRequest(`${place}: is no base64, nor a data URL of it`);
  return { ...placeholders.put(base64), bytes: Math.floor((letters * 3) / 4), ...(mediaType && { mediaType }) };
}

/**
 * The `inputs` of a request: what has an address goes by it, data URLs among them are bytes.
 * @param {unknown} inputs @param {number} most  are read at most; the engine refuses more @param {Placeholders} placeholders
 * @returns {Promise<object[] | undefined>}
 */
export function replacedInputs(inputs, most, placeholders) {
  return reading("inputs", () => allReplaced(inputs, most, placeholders));
}

/** @param {unknown} inputs @param {number} most @param {Placeholders} placeholders @returns {Promise<object[] | undefined>} */
async function allReplaced(inputs, most, placeholders) {
  if (inputs === undefined || inputs === null) return undefined;
  if (!Array.isArray(inputs)) throw invalidRequest("inputs: must be an array");
  if (inputs.length > most) return inputs.map(() => ({}));
  const replaced = [];
  for (const [number, input] of inputs.entries()) {
    const place = `inputs[${number}]`;
    if (typeof input !== "object" || input === null) throw invalidRequest(`${place}: must be an object with data or url`);
    const { data, url, mediaType } = input;
    if ((data === undefined || data === null) === (url === undefined || url === null)) throw invalidRequest(`${place}: must have either data or url`);
    if (mediaType !== undefined && typeof mediaType !== "string") throw invalidRequest(`${place}.mediaType: must be a string`);
    if (url !== undefined && url !== null) {
      if (typeof url !== "string") throw invalidRequest(`${place}.url: must be a string`);
      if (!DATA_URL.test(url)) {
        replaced.push({ url });
        continue;
      }
    }
    const file = await replacedFile(url ?? data, `${place}.${url ? "url" : "data"}`, placeholders);
    replaced.push({ ...file, ...(mediaType && { mediaType }) });
  }
  return replaced;
}
