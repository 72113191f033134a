// Files that go along with a message: what each becomes on the wire, how large it is and about what it costs to send.

/** @import { ContentPart, Model } from "openrouter-wasm" */

/** @typedef {"image" | "pdf" | "audio" | "text"} AttachmentKind */

/**
 * What is remembered of an attachment beside its part of the message.
 * @typedef {{ kind: AttachmentKind, name: string, mediaType: string, bytes: number, seconds?: number }} AttachmentNote
 */

/**
 * @typedef {object} Attachment
 * @property {AttachmentNote} note
 * @property {ContentPart} part
 * @property {number | undefined} tokens about; undefined: nobody can say before the answer
 * @property {string} [preview] a data URL
 */

export const MAX_FILE_BYTES = 20 << 20;

/** Sound formats by media type, as the API names them. @type {Record<string, string>} */
const SOUNDS = {
  "audio/wav": "wav", "audio/x-wav": "wav", "audio/wave": "wav", "audio/vnd.wave": "wav", "audio/mpeg": "mp3", "audio/mp3": "mp3", "audio/ogg": "ogg", "audio/flac": "flac", "audio/x-flac": "flac",
  "audio/mp4": "m4a", "audio/x-m4a": "m4a", "audio/aac": "aac", "audio/aiff": "aiff", "audio/x-aiff": "aiff",
};

/** Images that every model of images takes. */
const IMAGES = new Set(["image/png", "image/jpeg", "image/webp", "image/gif"]);

/** A file that cannot be sent, and why, for the visitor. */
export class Unsendable extends Error {}

/**
 * @param {File} file
 * @returns {Promise<Attachment>} rejects with `Unsendable`
 */
export async function attach(file) {
  if (file.size === 0) throw new Unsendable(`${file.name} is empty.`);
  if (file.size > MAX_FILE_BYTES) throw new Unsendable(`${file.name} is too large: ${Math.ceil(file.size / (1 << 20))} MiB, and ${MAX_FILE_BYTES >> 20} MiB can be sent.`);
  const note = { name: file.name || "pasted", mediaType: file.type, bytes: file.size };
  if (IMAGES.has(file.type)) return imageOf(file, { ...note, kind: "image" });
  if (file.type === "application/pdf" || /\.pdf$/i.test(file.name)) {
    const mediaType = "application/pdf";
    return { note: { ...note, kind: "pdf", mediaType }, part: { type: "file", file: { filename: note.name, file_data: await dataUrl(file, mediaType) } }, tokens: undefined };
  }
  const format = SOUNDS[file.type];
  if (format) return soundOf(file, { ...note, kind: "audio" }, format);
  const text = file.type.startsWith("image/") || file.type.startsWith("audio/") || file.type.startsWith("video/") ? undefined : await readText(file);
  if (text === undefined) throw new Unsendable(`${file.name} cannot be sent: images (PNG, JPEG, WebP, GIF), PDF, audio and text can.`);
  const part = { type: /** @type {const} */ ("text"), text: `File “${note.name}”:\n\n${text}` };
  return { note: { ...note, kind: "text", mediaType: file.type || "text/plain" }, part, tokens: Math.ceil(part.text.length / CHARACTERS_A_TOKEN) };
}

const CHARACTERS_A_TOKEN = 4;
/** About what the large providers count: a token for so many pixels, of an image that they have made smaller first. */
const PIXELS_A_TOKEN = 750, MOST_IMAGE_TOKENS = 1600;
const AUDIO_TOKENS_A_SECOND = 32;

/** @param {File} file @param {AttachmentNote} note @returns {Promise<Attachment>} */
async function imageOf(file, note) {
  const url = await dataUrl(file, note.mediaType);
  const image = await createImageBitmap(file).catch(() => {
    throw new Unsendable(`${file.name} is no image that this browser can read.`);
  });
  const tokens = Math.min(MOST_IMAGE_TOKENS, Math.ceil((image.width * image.height) / PIXELS_A_TOKEN));
  image.close();
  return { note, part: { type: "image_url", image_url: { url } }, tokens, preview: url };
}

/** @param {File} file @param {AttachmentNote} note @param {string} format @returns {Promise<Attachment>} */
async function soundOf(file, note, format) {
  const url = await dataUrl(file, note.mediaType);
  const seconds = await lengthOf(file);
  return { note: { ...note, seconds }, part: { type: "input_audio", input_audio: { data: url.slice(url.indexOf(",") + 1), format } }, tokens: seconds === undefined ? undefined : Math.ceil(seconds * AUDIO_TOKENS_A_SECOND) };
}

/** @param {Blob} file @returns {Promise<number | undefined>} in seconds */
function lengthOf(file) {
  const audio = new Audio();
  audio.preload = "metadata";
  audio.src = URL.createObjectURL(file);
  return new Promise((resolve) => {
    const done = () => {
      URL.revokeObjectURL(audio.src);
      resolve(Number.isFinite(audio.duration) ? audio.duration : undefined);
    };
    audio.addEventListener("loadedmetadata", done, { once: true });
    audio.addEventListener("error", done, { once: true });
  });
}

/** @param {Blob} file @returns {Promise<string | undefined>} undefined: these bytes are no text */
async function readText(file) {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(await file.arrayBuffer());
    return text.includes("\0") ? undefined : text;
  } catch {
    return undefined;
  }
}

/** @param {Blob} file @param {string} mediaType @returns {Promise<string>} */
function dataUrl(file, mediaType) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.addEventListener("load", () => resolve(/** @type {string} */ (reader.result)));
    reader.addEventListener("error", () => reject(new Unsendable(`${/** @type {File} */ (file).name} could not be read: ${reader.error?.message}`)));
    reader.readAsDataURL(file.type === mediaType ? file : new Blob([file], { type: mediaType }));
  });
}

/**
 * What it costs to send so many tokens once.
 * @param {number | undefined} tokens
 * @param {Model | undefined} model
 * @returns {number | undefined} USD; undefined: unknown
 */
export function sendingCost(tokens, model) {
  const price = Number(model?.pricing.isUnknown ? NaN : model?.pricing.prompt);
  return tokens === undefined || !Number.isFinite(price) ? undefined : tokens * price;
}

/** @type {Record<Exclude<AttachmentKind, "text">, { input: string, words: string }>} */
const NEEDS = { image: { input: "image", words: "see images" }, pdf: { input: "file", words: "read PDF files by itself; OpenRouter turns them into text" }, audio: { input: "audio", words: "hear audio" } };

/**
 * Whether the model says that it takes this.
 * @param {AttachmentNote} note
 * @param {Model | undefined} model
 * @returns {string | undefined} what is wrong, in words
 */
export function unfit({ kind }, model) {
  if (kind === "text" || !model) return undefined;
  const { input, words } = NEEDS[kind];
  return model.input.includes(input) ? undefined : `${model.name} does not ${words}.`;
}
