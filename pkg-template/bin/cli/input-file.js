// Files that go along with a request: their bytes, and what kind they are by their first bytes.
import { readFile } from "node:fs/promises";
import { basename, extname } from "node:path";
import { fileFault, usageError } from "./failures.js";
import { textOf } from "./input.js";

/** Beginnings, with how far in they stand. @type {readonly [mediaType: string, at: number, text: string][]} */
const BEGINNINGS = [
  ["image/png", 0, "\x89PNG\r\n\x1a\n"], ["image/jpeg", 0, "\xff\xd8\xff"], ["image/gif", 0, "GIF8"], ["image/webp", 8, "WEBP"],
  ["image/avif", 4, "ftypavif"], ["image/heic", 4, "ftypheic"], ["audio/wav", 8, "WAVE"], ["audio/flac", 0, "fLaC"], ["audio/ogg", 0, "OggS"],
  ["audio/mpeg", 0, "ID3"], ["video/webm", 0, "\x1aE\xdf\xa3"], ["application/pdf", 0, "%PDF-"],
];
/** @type {Record<string, string>} */
const OF_EXTENSION = {
  png: "image/png", jpg: "image/jpeg", jpeg: "image/jpeg", gif: "image/gif", webp: "image/webp", mp3: "audio/mpeg", wav: "audio/wav", m4a: "audio/mp4",
  ogg: "audio/ogg", flac: "audio/flac", aac: "audio/aac", webm: "audio/webm", mp4: "video/mp4",
};

/** @param {Uint8Array} data @param {string} path @returns {string | undefined} */
export function mediaTypeOf(data, path) {
  const head = Buffer.from(data.subarray(0, 16)).toString("latin1");
  return BEGINNINGS.find(([, at, text]) => head.startsWith(text, at))?.[0] ?? OF_EXTENSION[extname(path).slice(1).toLowerCase()];
}

/**
 * Whether a file's name says something else than what is in it. Kinds that nobody here knows are no contradiction.
 * @param {string} path @param {string | undefined} mediaType
 */
export function isMisnamed(path, mediaType) {
  // What a WebM holds its name does not say: sound or video.
  const format = (/** @type {string | undefined} */ type) => type?.split(/[/;]/)[1]?.trim();
  const [said, is] = [format(OF_EXTENSION[extname(path).slice(1).toLowerCase()]), format(mediaType)];
  return said !== undefined && is !== said && Object.values(OF_EXTENSION).some((type) => format(type) === is);
}

export const isUrl = (/** @type {string} */ text) => /^https?:\/\//i.test(text);

/**
 * An image that goes along; what is none would be paid for as one.
 * @param {string} path @param {string} option @param {string} [role]
 */
export async function imageFile(path, option, role) {
  const file = await inputFile(path, option, role);
  if ("data" in file && !file.mediaType?.startsWith("image/")) throw usageError(`${option} ${path}: is no image that can be read`);
  return file;
}

/**
 * @param {string} path  or an https URL, which goes as it is
 * @param {string} option  for the error
 * @param {string} [role]
 */
export async function inputFile(path, option, role) {
  if (isUrl(path)) return { url: path, ...(role && { role }) };
  const data = await bytesOf(path, option);
  const mediaType = mediaTypeOf(data, path);
  return { data, fileName: basename(path), ...(mediaType && { mediaType }), ...(role && { role }) };
}

/** @param {string} path @param {string} option @returns {Promise<Uint8Array<ArrayBuffer>>} */
export async function bytesOf(path, option) {
  try {
    return new Uint8Array(await readFile(path));
  } catch (error) {
    throw usageError(`${option} ${path}: ${fileFault(error)}`);
  }
}

/** @param {string} path @param {string} option */
export async function dataUrlOf(path, option) {
  if (isUrl(path)) return path;
  const data = await bytesOf(path, option);
  const mediaType = mediaTypeOf(data, path);
  if (!mediaType?.startsWith("image/")) throw usageError(`${option} ${path}: is no image that can be read`);
  return `data:${mediaType};base64,${Buffer.from(data).toString("base64")}`;
}

/** @param {string} path @param {string} option @returns {Promise<string>} */
export async function textFile(path, option) {
  return textOf(await bytesOf(path, option), `${option} ${path}`);
}
