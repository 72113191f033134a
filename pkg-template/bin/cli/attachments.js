// Files that go along with a prompt, as the parts of a message: images, PDF, sound, video; anything else has to be text.
import { basename } from "node:path";
import { usageError } from "./failures.js";
import { bytesOf, isUrl, mediaTypeOf } from "./input-file.js";
import { textOf } from "./input.js";

/** @typedef {Record<string, any>} Part */

/** As the wire names formats of sound. @type {Record<string, string>} */
const SOUND = { mpeg: "mp3", wav: "wav", flac: "flac", ogg: "ogg", aac: "aac", mp4: "m4a", webm: "webm" };

/** @param {string} path  or an https URL @param {string} option  for the error @returns {Promise<Part>} */
export async function attachmentOf(path, option) {
  if (isUrl(path)) return linkedPart(path, option);
  const data = await bytesOf(path, option);
  if (data.length === 0) throw usageError(`${option} ${path}: is empty`);
  const mediaType = mediaTypeOf(data, path);
  const base64 = () => Buffer.from(data).toString("base64");
  const [kind, format = ""] = mediaType?.split("/") ?? [];
  if (kind === "image") return { type: "image_url", image_url: { url: `data:${mediaType};base64,${base64()}` } };
  if (kind === "video") return { type: "video_url", video_url: { url: `data:${mediaType};base64,${base64()}` } };
  if (kind === "audio") return { type: "input_audio", input_audio: { data: base64(), format: SOUND[format] ?? format } };
  if (mediaType === "application/pdf") return { type: "file", file: { filename: basename(path), file_data: `data:${mediaType};base64,${base64()}` } };
  if (data.includes(0)) throw usageError(`${option} ${path}: is neither text nor an image, PDF, sound or video that is known here`);
  return { type: "text", text: fenced(basename(path), textOf(data, `${option} ${path}`)) };
}

/** @param {string} url @param {string} option @returns {Part} */
function linkedPart(url, option) {
  const name = new URL(url).pathname;
  const type = mediaTypeOf(new Uint8Array(), name) ?? "";
  if (type.startsWith("image/")) return { type: "image_url", image_url: { url } };
  if (type.startsWith("video/")) return { type: "video_url", video_url: { url } };
  if (/\.pdf$/i.test(name)) return { type: "file", file: { filename: basename(name), file_data: url } };
  throw usageError(`${option} ${url}: its ending does not tell an image, a video or a PDF; download it first, or use --image for an image`);
}

/** A text between marks that it does not hold itself. @param {string} name @param {string} text */
function fenced(name, text) {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return `${name}:\n\n${fence}\n${text.replace(/\n$/, "")}\n${fence}`;
}
