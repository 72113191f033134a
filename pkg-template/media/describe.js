// What a video, an image or a sound holds, told by a chat model: `describe` of `client.videos`, `client.images`, `client.transcriptions`.
import { oddImage, replacedFile } from "../files-part.js";
import { invalidRequest, reading } from "../first-part.js";
import { billable, callService, checkRequest, costOf, jsonAnswer, namedOptions, requestJson, servicesEngine, tokensOf } from "../services-part.js";
import { Placeholders } from "./placeholders.js";

/** @import { Access } from "../calls/call.js" */
/** @import { Description } from "../index.js" */

const MAX_BYTES = 16 << 20;
/** About how many tokens a medium has, by its kind; where only its address is known a thousand. Models count 258 a second of video and 32 of sound. */
const TOKENS_PER_MEDIUM = 1000, VIDEO_BYTES_PER_TOKEN = 500, AUDIO_BYTES_PER_TOKEN = 500;

/** @param {Access} access @param {import("../engine/contract.js").Medium} kind @param {any} request @returns {Promise<Description>} */
export async function describeFile(access, kind, request) {
  checkRequest(request);
  const names = [kind, "mediaType", "fileName", "prompt", "model", "maxBytes", "timeoutMs", "headers", "extraBody", "signal"];
  const { options, warnings } = namedOptions(access, request, names, kind === "image" ? { oddOf: ({ image }) => oddImage(image?.data ?? image, "image") } : undefined);
  const { [kind]: given, signal, mediaType, fileName, ...rest } = options;
  if (mediaType !== undefined && typeof mediaType !== "string") throw invalidRequest("mediaType: must be a string");
  const placeholders = new Placeholders();
  const file = await reading(kind, () => fileOf(given, kind, options.maxBytes ?? access.media?.().maxBytes ?? MAX_BYTES, placeholders));
  const text = requestJson({ ...rest, ...(mediaType && { mediaType }) }, { file: { ...file, ...(fileName && { fileName }) } });
  const plan = await servicesEngine.ask((glue) => glue.descriptionPlan(kind, access.config(), text));
  try {
    const body = placeholders.bodyOf(/** @type {string} */ (plan.call.body));
    const medium = tokensOfMedium(kind, file?.bytes);
    const units = { prompt: tokensOf(options.prompt) + (kind === "audio" ? 0 : medium), ...(kind === "audio" && { audio: medium }), request: 1 };
    const { answer, warnings: told } = await callService(access, plan, { operation: "chat", signal, body, units }, async (bytes, status, key) =>
      servicesEngine.ask((glue) => glue.readDescription(kind, JSON.stringify(jsonAnswer(bytes, plan.call.label, status)), key)));
    const { text: said, model, usage, id, provider } = answer;
    return {
      text: said,
      model: model ?? plan.model,
      ...(usage && { usage }),
      ...costOf({ usage }),
      ...(id !== undefined && { id }),
      ...(provider !== undefined && { provider }),
      warnings: [...warnings, ...told],
    };
  } catch (error) {
    throw billable(error);
  }
}

/** @param {"video" | "image" | "audio"} kind @param {number | undefined} bytes */
function tokensOfMedium(kind, bytes) {
  if (kind === "image" || bytes === undefined) return TOKENS_PER_MEDIUM;
  return Math.ceil(bytes / (kind === "video" ? VIDEO_BYTES_PER_TOKEN : AUDIO_BYTES_PER_TOKEN));
}

/**
 * Bytes, or where they are: `{data}` and `{url}` are taken, too. A file that is too large is not made base64 first; the engine says so.
 * @param {any} given @param {string} kind @param {number} maxBytes @param {Placeholders} placeholders
 * @returns {Promise<{ bytes?: number, [field: string]: unknown } | undefined>}
 */
async function fileOf(given, kind, maxBytes, placeholders) {
  if (given === undefined) throw invalidRequest(`${kind}: must be given: bytes, a Blob, base64 or an https address`);
  const isRecord = Object.prototype.toString.call(given) === "[object Object]";
  const data = isRecord ? (given.data ?? given.url) : given;
  const own = isRecord && typeof given.mediaType === "string" ? { mediaType: given.mediaType } : {};
  if (isRecord && (data === undefined || data === null)) throw invalidRequest(`${kind}: must have data or url`);
  if (typeof data === "string" && /^https?:\/\//i.test(data)) return { url: data, ...own };
  const bytes = typeof data === "string" ? Math.floor((data.length * 3) / 4) - 2 : (data?.size ?? data?.byteLength ?? 0);
  // A data URL is longer than its file by its head.
  if (typeof maxBytes === "number" && bytes > maxBytes + 200) return { bytes };
  return { ...(await replacedFile(data, kind, placeholders)), ...own };
}
