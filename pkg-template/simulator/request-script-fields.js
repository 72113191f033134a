/** The fields of a script for any request, and of the parts that single families have. */

import { KINDS, SCRIPT_FIELDS } from "./script-fields.js";

/** @import { ImagesScript, ModelsScript, RequestScript, VideoScript } from "../simulator.d.ts" */
/** @import { Rule } from "./script-fields.js" */

const { text, textOrNull, flag, count, positive, object, oneOf, arrayOf } = KINDS;

/** @param {unknown} value */
const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

/** @type {Rule} */
const objectOrNull = { is: "an object or null", fits: (value) => value === null || isObject(value) };

/** @type {Rule} */
const body = { is: "a string, an object or a Uint8Array", fits: (value) => typeof value === "string" || isObject(value) };

const HTTP_FIELDS = {
  status: SCRIPT_FIELDS.status,
  headers: SCRIPT_FIELDS.headers,
  body,
  contentType: text,
  delayMs: SCRIPT_FIELDS.delayMs,
  chunkBytes: SCRIPT_FIELDS.chunkBytes,
  chunkDelayMs: SCRIPT_FIELDS.chunkDelayMs,
  stallAfterBytes: count,
  cutAfterBytes: count,
  endAfterBytes: count,
  networkError: flag,
};

/** @type {Rule} */
const urls = {
  is: '"own", "foreign", an array of URLs, or null',
  fits: (value) => value === null || value === "own" || value === "foreign" || Array.isArray(value),
  each: text,
};

/** @type {Record<keyof VideoScript, Rule>} */
const VIDEO_FIELDS = {
  statuses: arrayOf(
    {
      is: "a status, null (none is sent), or an object with a fault",
      fits: (value) => value === null || typeof value === "string" || isObject(value),
      fields: HTTP_FIELDS,
    },
    "an array of statuses, one a poll",
  ),
  id: text,
  pollingUrl: text,
  generationId: textOrNull,
  videos: positive,
  error: { is: "a string or an object", fits: (value) => typeof value === "string" || isObject(value) },
  usage: objectOrNull,
  unsignedUrls: urls,
  signedUrls: { is: "true, false or an array of URLs", fits: (value) => typeof value === "boolean" || Array.isArray(value), each: text },
  expiresAt: count,
  content: { ...object, fields: { ...HTTP_FIELDS, padToBytes: count } },
};

/** @type {Record<keyof ImagesScript, Rule>} */
const IMAGES_FIELDS = {
  data: { is: "an array of entries, or null", fits: (value) => value === null || Array.isArray(value), each: object },
  format: oneOf("png", "jpeg", "webp", "gif"),
  mediaType: textOrNull,
  partials: count,
  error: object,
  usage: objectOrNull,
  doneToken: textOrNull,
};

/** @type {Record<keyof ModelsScript, Rule>} */
const MODELS_FIELDS = {
  rows: { is: "an array", fits: Array.isArray },
  pageSize: positive,
  next: textOrNull,
  shape: oneOf("2025-05"),
};

/** @type {Record<keyof RequestScript, Rule>} */
export const REQUEST_SCRIPT_FIELDS = {
  ...HTTP_FIELDS,
  padToBytes: count,
  carriedOut: flag,
  times: positive,
  video: { ...object, fields: VIDEO_FIELDS },
  images: { ...object, fields: IMAGES_FIELDS },
  models: { ...object, fields: MODELS_FIELDS },
};
