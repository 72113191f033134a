// Files of the AI SDK as content parts of the wire, and back.
import { base64Of } from "../request/base64.js";
import { invalidRequest } from "../errors.js";

/** By the first characters of the base64: the SDK may say no more than `image`. */
const IMAGES = /** @type {const} */ ([["iVBOR", "image/png"], ["/9j/", "image/jpeg"], ["R0lG", "image/gif"], ["UklGR", "image/webp"]]);

/** Formats of `input_audio` whose names are not those of their media types. @type {Record<string, string>} */
const SOUNDS = { mpeg: "mp3", "x-mp3": "mp3", "x-wav": "wav", wave: "wav", "vnd.wave": "wav", mp4: "m4a", "x-m4a": "m4a", "x-flac": "flac", "x-aiff": "aiff", "x-aac": "aac", l16: "pcm16" };

/**
 * The content part for a file.
 * @param {any} data  a data or web address, base64, bytes, a URL, or one of the SDK's tagged forms
 * @param {string | undefined} mediaType
 * @param {string | undefined} fileName
 * @param {string} place
 * @returns {any}
 */
export function wirePart(data, mediaType, fileName, place) {
  if (data?.type === "text" && typeof data.text === "string") return { type: "text", text: data.text };
  const url = addressOf(data, mediaType, place);
  const kind = (/^data:([^;,]*)/.exec(url)?.[1] || mediaType || "").split("/")[0];
  if (kind === "image") return { type: "image_url", image_url: { url } };
  if (kind === "video") return { type: "video_url", video_url: { url } };
  if (kind === "audio") return { type: "input_audio", input_audio: soundOf(url, place) };
  return { type: "file", file: { filename: fileName ?? "", file_data: url } };
}

/** @param {any} data @param {string | undefined} mediaType @param {string} place @returns {string} */
function addressOf(data, mediaType, place) {
  if (data?.type === "data") return addressOf(data.data, mediaType, place);
  if (data?.type === "url") return data.originalUrl ?? String(data.url);
  if (data?.type === "reference") throw invalidRequest(`${place}: a file that another provider keeps cannot be sent to OpenRouter; give its data or its address`);
  if (typeof URL === "function" && data instanceof URL) return data.href;
  if (typeof data === "string") return /^(https?|data):/i.test(data) ? data : dataUrl(data, mediaType);
  const bytes = data instanceof ArrayBuffer ? new Uint8Array(data) : ArrayBuffer.isView(data) ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength) : undefined;
  if (!bytes) throw invalidRequest(`${place}: a file must be bytes, base64 or an address`);
  return dataUrl(base64Of(bytes), mediaType);
}

/** @param {string} base64 @param {string | undefined} mediaType */
function dataUrl(base64, mediaType = "") {
  const whole = /^[\w.+-]+\/[\w.+-]+/.test(mediaType) ? mediaType : IMAGES.find(([start]) => base64.startsWith(start))?.[1];
  return `data:${whole ?? (mediaType.startsWith("image") ? "image/png" : "application/octet-stream")};base64,${base64}`;
}

/** @param {string} url @param {string} place */
function soundOf(url, place) {
  const match = /^data:audio\/([^;,]+)[^,]*,/i.exec(url);
  if (!match) throw invalidRequest(`${place}: OpenRouter takes sound as data, not by its address`);
  const subtype = match[1].toLowerCase();
  return { data: url.slice(match[0].length), format: SOUNDS[subtype] ?? subtype };
}

/**
 * The address, media type and name of a part that is a file; nothing for any other.
 * @param {any} part
 * @returns {{ url: string, mediaType: string, filename?: string } | undefined}
 */
export function fileOf(part) {
  switch (part.type) {
    case "image_url":
      return withType(typeof part.image_url === "string" ? part.image_url : part.image_url?.url, "image/*");
    case "video_url":
      return withType(typeof part.video_url === "string" ? part.video_url : part.video_url?.url, "video/*");
    case "input_audio": {
      const { data, format } = part.input_audio ?? {};
      const subtype = format === "mp3" ? "mpeg" : format;
      return typeof data === "string" ? { url: `data:audio/${subtype};base64,${data}`, mediaType: `audio/${subtype}` } : undefined;
    }
    case "file": {
      const { filename, file_data: data } = part.file ?? {};
      const file = withType(data, "application/pdf");
      return file && { ...file, ...(filename && { filename }) };
    }
  }
}

/** @param {unknown} url @param {string} fallback */
function withType(url, fallback) {
  return typeof url === "string" ? { url, mediaType: mediaTypeOf(url) ?? fallback } : undefined;
}

/** How sound begins, in base64; without a beginning of its own it is bare PCM. */
const SOUND_STARTS = /** @type {const} */ ([["UklGR", "audio/wav"], ["SUQz", "audio/mpeg"], ["//", "audio/mpeg"], ["T2dn", "audio/ogg"], ["ZkxhQ", "audio/flac"]]);

/** @param {string} base64 @returns {string} */
export function soundTypeOf(base64) {
  return SOUND_STARTS.find(([start]) => base64.startsWith(start))?.[1] ?? "audio/pcm";
}

/** Of a data URL. @param {string} url */
export function mediaTypeOf(url) {
  return /^data:([^;,]+)/.exec(url)?.[1];
}
