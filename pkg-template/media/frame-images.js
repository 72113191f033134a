// The images of a request. They go around the engine, which sees placeholders in their place.
import { describe, invalidRequest, reading } from "../first-part.js";
import { base64Of } from "../files-part.js";

/** @import { InputFile } from "../types/media.js" */

const MEDIA_TYPE = /^[\w.+-]+\/[\w.+-]+$/;
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;
const VIDEO_INPUT = "OpenRouter video generation does not support video reference inputs.";
/** Remote URLs from this length on are no longer cheap to take through the engine. */
const LONG_URL = 4096;

/**
 * The inputs as the engine reads them, and what puts them back into the body that it writes.
 * @param {readonly InputFile[] | undefined} inputs
 */
export function readInputs(inputs) {
  return reading("inputs", () => read(inputs));
}

/** @param {readonly InputFile[] | undefined} inputs */
async function read(inputs) {
  if (inputs === undefined || inputs === null) return { inputs: [], putBack: (/** @type {string} */ body) => body };
  if (!Array.isArray(inputs)) throw invalidRequest("inputs: must be an array");
  // Not to be guessed, so that no prompt can be taken for a placeholder.
  const prefix = `m${Array.from(crypto.getRandomValues(new Uint32Array(2)), (word) => word.toString(36)).join("")}-`;
  /** @type {string[]} */
  const kept = [];
  const replaced = [];
  for (const [number, input] of inputs.entries()) {
    const url = await urlOf(input, `inputs[${number}]`);
    const isReplaced = url.startsWith("data:") || url.length >= LONG_URL;
    replaced.push({ url: isReplaced ? `${prefix}${kept.push(url) - 1}.` : url, ...(input.role !== undefined && { role: input.role }) });
  }
  return {
    inputs: replaced,
    /** By `+`, which copies nothing: whoever sends the text reads it once from its pieces. @param {string} body */
    putBack(body) {
      const [first, ...pieces] = body.split(prefix);
      return pieces.reduce((whole, piece) => {
        const end = piece.indexOf(".");
        return whole + JSON.stringify(kept[Number(piece.slice(0, end))]).slice(1, -1) + piece.slice(end + 1);
      }, first);
    },
  };
}

/** @param {any} input @param {string} place @returns {Promise<string>} */
async function urlOf(input, place) {
  if (typeof input !== "object" || input === null) throw invalidRequest(`${place}: must be an object with url or data`);
  const { url, data, mediaType, role } = input;
  if (role !== undefined && typeof role !== "string") throw invalidRequest(`${place}.role: must be first_frame, last_frame or reference_image`);
  if (mediaType !== undefined && (typeof mediaType !== "string" || !MEDIA_TYPE.test(mediaType))) throw invalidRequest(`${place}.mediaType: must be a media type, as in image/png`);
  if (mediaType !== undefined) checkKind(mediaType, `${place}.mediaType`, place);
  if (url !== undefined) return remoteUrl(url, place);
  if (data === undefined || data === null) throw invalidRequest(`${place}: OpenRouter video generation requires image references to include a URL or buffer.`);
  if (typeof data === "string") return data.startsWith("data:") ? remoteUrl(data, place) : inlineText(data, mediaType, place);
  let bytes;
  try {
    bytes = data instanceof Blob ? new Uint8Array(await data.arrayBuffer()) : ArrayBuffer.isView(data) ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength) : new Uint8Array(data);
  } catch (cause) {
    throw invalidRequest(`${place}.data: cannot be read: ${describe(cause)}`, cause);
  }
  if (!(data instanceof Blob || ArrayBuffer.isView(data) || data instanceof ArrayBuffer)) throw invalidRequest(`${place}.data: must be bytes, a Blob or base64`);
  if (bytes.length === 0) throw invalidRequest(`${place}.data: is empty`);
  const ownType = data instanceof Blob && MEDIA_TYPE.test(data.type) ? data.type : undefined;
  const kind = mediaType ?? ownType ?? typeOfImage(bytes);
  checkKind(kind, `${place}.data`, place);
  return `data:${kind};base64,${base64Of(bytes)}`;
}

/** Passed on as it is: OpenRouter fetches it. @param {unknown} url @param {string} place */
function remoteUrl(url, place) {
  if (typeof url !== "string" || url.trim() === "") throw invalidRequest(`${place}: OpenRouter video generation requires image references to include a URL or buffer.`);
  const text = url.trim();
  if (!/^(https?:\/\/|data:)/i.test(text)) throw invalidRequest(`${place}.url: must be an http, https or data URL`);
  if (/^data:/i.test(text)) checkKind(text.slice(5).split(/[;,]/, 1)[0] || "image/png", `${place}.url`, place);
  return text;
}

/** @param {string} text @param {string | undefined} mediaType @param {string} place */
function inlineText(text, mediaType, place) {
  const base64 = text.replace(/\s+/g, "");
  if (!BASE64.test(base64)) throw invalidRequest(`${place}.data: must be base64, or a data URL`);
  const head = base64.slice(0, 24);
  const kind = mediaType ?? typeOfImage(Uint8Array.from(atob(head.slice(0, head.length - (head.length % 4))), (char) => char.charCodeAt(0)));
  checkKind(kind, `${place}.data`, place);
  return `data:${kind};base64,${base64}`;
}

/** @param {string} mediaType @param {string} where @param {string} place */
function checkKind(mediaType, where, place) {
  if (/^video\//i.test(mediaType)) throw invalidRequest(`${place}: ${VIDEO_INPUT}`);
  if (!/^image\//i.test(mediaType)) throw invalidRequest(`${where}: must be an image, not ${mediaType}`);
}

/** By the first bytes. @param {Uint8Array} bytes */
function typeOfImage(bytes) {
  const head = String.fromCharCode(...bytes.subarray(0, 12));
  if (head.startsWith("\u00ff\u00d8\u00ff")) return "image/jpeg";
  if (head.startsWith("GIF8")) return "image/gif";
  if (head.startsWith("RIFF") && head.slice(8) === "WEBP") return "image/webp";
  // Not an image at all: a video is refused by name, not paid for.
  if (head.slice(4, 8) === "ftyp" && !/^(avif|avis|heic|heix|hevc|mif1|msf1)/.test(head.slice(8))) return "video/mp4";
  if (head.startsWith("\u001aE\u00df\u00a3")) return "video/webm";
  return "image/png";
}
