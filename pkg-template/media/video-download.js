// Fetching a video: from where the job says, judged by type and size while it streams.
import { describe, invalidRequest, letGo, maskedCause, OpenRouterError, withoutKey } from "../first-part.js";
import { CallDeadline, nextPiece, retryWait } from "../services-part.js";
import { guardedGet } from "./guarded-get.js";

/** @import { Access } from "../calls/call.js" */
/** @import { Got } from "./guarded-get.js" */
/** @import { ServicesGlue } from "../engine/services.js" */
/** @import { VideoDownloadOptions, VideoFile, VideoTicket } from "../types/media.js" */
/** @import { VideoOrigin } from "./video-origin.js" */

const LABEL = "OpenRouter generated video download failed";
const MALFORMED = "OpenRouter generated video download: malformed video response";
const MAX_BYTES = 16 << 20;
const TIMEOUT_MS = 60_000;
const ATTEMPTS = 2;
/** What says what a file is, and what says that it is none. */
const HEAD_BYTES = 32;
const EXTENSIONS = /** @type {Record<string, string>} */ ({
  "video/mp4": "mp4", "video/webm": "webm", "video/quicktime": "mov", "video/x-matroska": "mkv", "video/ogg": "ogv", "video/x-msvideo": "avi", "video/mpeg": "mpeg",
});

/**
 * @typedef {object} Source
 * @property {URL} url
 * @property {boolean} isSigned
 */

/**
 * @param {{ access: Access, origin: VideoOrigin, glue: ServicesGlue }} from
 * @param {VideoTicket} ticket  checked
 * @param {VideoDownloadOptions} options
 * @returns {Promise<VideoFile>}
 */
export async function downloadVideo({ access, origin, glue }, ticket, { maxBytes = MAX_BYTES, index = 0, onProgress, signal, timeoutMs = TIMEOUT_MS }) {
  if (!(Number.isFinite(maxBytes) && maxBytes > 0)) throw invalidRequest("maxBytes: must be a number of bytes above 0");
  if (!(Number.isInteger(index) && index >= 0)) throw invalidRequest("index: must be a whole number from 0");
  if (onProgress !== undefined && typeof onProgress !== "function") throw invalidRequest("onProgress: must be a function");
  const deadline = new CallDeadline({ timeoutMs, label: LABEL }, signal);
  /** @type {unknown} */
  let first;
  try {
    for (const source of sourcesOf(ticket, index, origin)) {
      try {
        return await fromSource(source);
      } catch (error) {
        if (deadline.isOver || isLast(error)) throw error;
        // The place that was named is the one to complain about; where one is broken the next may do.
        first ??= error;
      }
    }
    throw first;
  } finally {
    deadline.end();
  }

  /** @param {{ text: string, isSigned: boolean, place: string }} source */
  async function fromSource({ text, isSigned, place }) {
    const url = origin.target(text, place, glue);
    for (let attempt = 1; ; attempt += 1) {
      try {
        const { response, key } = await guardedGet({ access, origin, url, label: LABEL, deadline, isSigned });
        const file = await readVideo(response, key, { maxBytes, deadline, onProgress });
        if (file) return { ...file, name: nameOf(file.mediaType, index) };
        return instead(response, ticket, index, maxBytes);
      } catch (error) {
        const wait = attempt < ATTEMPTS ? retryWait(error, attempt) : undefined;
        if (deadline.isOver || wait === undefined) throw error;
        await deadline.race(new Promise((resolve) => setTimeout(resolve, wait)));
      }
    }
  }
}

/** In the order to try them. @param {VideoTicket} ticket @param {number} index @param {VideoOrigin} origin */
function* sourcesOf({ id, urls = [], signedUrls = [] }, index, origin) {
  // Of one video the first address that is there.
  const at = (/** @type {string[]} */ list) => (index === 0 ? list.findIndex((url) => url.trim() !== "") : index);
  const content = origin.contentUrl(id, index);
  const own = urls[at(urls)], signed = signedUrls[at(signedUrls)];
  if (own) yield { text: own, isSigned: false, place: `ticket.urls[${at(urls)}]` };
  if (signed) yield { text: signed, isSigned: true, place: `ticket.signedUrls[${at(signedUrls)}]` };
  if (own !== content) yield { text: content, isSigned: false, place: "ticket.id" };
}

/** The size is the same everywhere, and so are a missing key and what the caller's own functions throw. @param {unknown} error */
function isLast(error) {
  return !OpenRouterError.isInstance(error) || error.code === "limit" || error.code === "engine" || (error.code === "auth" && error.status === undefined);
}

/**
 * The video; nothing when it is larger than it may be.
 * @param {Got} response @param {string} key
 * @param {{ maxBytes: number, deadline: CallDeadline, onProgress: VideoDownloadOptions["onProgress"] }} options
 */
async function readVideo(response, key, { maxBytes, deadline, onProgress }) {
  const declared = (response.headers.get("content-type") ?? "").split(";", 1)[0].trim().toLowerCase();
  if (isNoVideo(declared)) {
    letGo(response.reader);
    throw malformed(response);
  }
  const told = Number(response.headers.get("content-length") ?? NaN);
  const { reader } = response;
  const cancel = () => letGo(reader);
  /** @type {Uint8Array[]} */
  const pieces = [];
  let length = 0, isJudged = false;
  try {
    if (told > maxBytes) return void cancel();
    for (;;) {
      const piece = await deadline.race(nextPiece(reader));
      if (piece === undefined) break;
      length += piece.length;
      if (length > maxBytes) return void cancel();
      pieces.push(piece);
      if (!isJudged && length >= HEAD_BYTES) {
        isJudged = true;
        if (isText(headOf(pieces))) throw malformed(response);
      }
      if (piece.length > 0 && onProgress) report(onProgress, { receivedBytes: length, ...(told >= length && { totalBytes: told }) });
    }
  } catch (cause) {
    cancel();
    if (cause instanceof CallersError) throw cause.error;
    if (deadline.isOver || OpenRouterError.isInstance(cause)) throw cause;
    const message = withoutKey(`${LABEL}: the answer broke off after ${length} bytes: ${describe(cause)}`, key);
    throw new OpenRouterError({ code: "network", message, isRetryable: true }, { cause: maskedCause(cause, key) });
  }
  const head = headOf(pieces);
  if (length === 0 || isText(head)) throw malformed(response);
  // Less than was told, without a compression that would explain it: a connection that ended well-mannered in the middle.
  if (told > length && !response.headers.get("content-encoding")) {
    throw new OpenRouterError({ code: "network", message: `${LABEL}: the answer ended after ${length} of ${told} bytes`, isRetryable: true });
  }
  const data = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    data.set(piece, at);
    at += piece.length;
  }
  return { data, mediaType: declared.startsWith("video/") ? declared : (typeOfVideo(head) ?? "video/mp4") };
}

/** What the caller's own function threw: no fault of the connection. */
class CallersError {
  /** @param {unknown} error */
  constructor(error) {
    this.error = error;
  }
}

/** @param {NonNullable<VideoDownloadOptions["onProgress"]>} onProgress @param {Parameters<typeof onProgress>[0]} progress */
function report(onProgress, progress) {
  try {
    onProgress(progress);
  } catch (error) {
    throw new CallersError(error);
  }
}

/**
 * Where it is, in place of what it is. The signed address needs no key; one that was made up here would not help anybody.
 * @param {Got} response @param {VideoTicket} ticket @param {number} index @param {number} maxBytes @returns {VideoFile}
 */
function instead(response, { urls = [], signedUrls = [] }, index, maxBytes) {
  const url = [signedUrls[index], urls[index]].find((candidate) => /^https?:\/\//i.test(candidate?.trim() ?? ""))?.trim();
  if (url === undefined) throw new OpenRouterError({ code: "limit", message: `OpenRouter generated video download exceeds ${maxBytes} bytes` });
  const declared = (response.headers.get("content-type") ?? "").split(";", 1)[0].trim().toLowerCase();
  const mediaType = declared.startsWith("video/") ? declared : "video/mp4";
  return { url, mediaType, name: nameOf(mediaType, index) };
}

/** @param {string} mediaType @param {number} index */
function nameOf(mediaType, index) {
  const own = mediaType.slice("video/".length).replace(/^x-/, "");
  return `video-${index + 1}.${EXTENSIONS[mediaType] ?? (/^[a-z0-9]{1,8}$/.test(own) ? own : "mp4")}`;
}

/** By what the answer says of itself. @param {string} type */
function isNoVideo(type) {
  if (type === "" || type.startsWith("video/") || type.endsWith("/octet-stream")) return false;
  return type.startsWith("text/") || /[/+](json|html|xml)$/.test(type) || type.startsWith("image/") || type.startsWith("audio/");
}

/** No video begins as JSON and markup do. @param {Uint8Array} head */
function isText(head) {
  const text = String.fromCharCode(...head).replace(/^\u00ef\u00bb\u00bf/, "").trimStart();
  return text === "" || /^[{[<]/.test(text);
}

/** @param {Uint8Array[]} pieces */
function headOf(pieces) {
  const head = new Uint8Array(Math.min(HEAD_BYTES, pieces.reduce((sum, piece) => sum + piece.length, 0)));
  let at = 0;
  for (const piece of pieces) {
    if (at === head.length) break;
    head.set(piece.subarray(0, head.length - at), at);
    at += Math.min(piece.length, head.length - at);
  }
  return head;
}

/** @param {Uint8Array} head @returns {string | undefined} */
function typeOfVideo(head) {
  const text = String.fromCharCode(...head);
  if (text.slice(4, 8) === "ftyp") return text.slice(8, 10) === "qt" ? "video/quicktime" : "video/mp4";
  if (text.startsWith("\u001aE\u00df\u00a3")) return text.includes("matroska") ? "video/x-matroska" : "video/webm";
  if (text.startsWith("OggS")) return "video/ogg";
  return text.startsWith("RIFF") && text.slice(8, 11) === "AVI" ? "video/x-msvideo" : undefined;
}

/** @param {Got} response */
function malformed(response) {
  return new OpenRouterError({ code: "bad-response", message: MALFORMED, status: response.status });
}
