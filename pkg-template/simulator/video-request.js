/** The body of `POST /videos`: what it may hold, and what it costs. */

import { COMMON_FIELDS, checkedBody, flag, imagePart, integer, integerFrom, isUrlHolder, listOf, oneOf, text } from "./body-check.js";
import { ApiError } from "./errors.js";
import { usd } from "./prices.js";

/** @import { VideoModelRow } from "../simulator.d.ts" */
/** @import { FieldRule } from "./body-check.js" */

const DEFAULT_SECONDS = 5;

/** @type {FieldRule} */
const frame = {
  is: `${imagePart.is} with "frame_type" first_frame or last_frame`,
  fits: (value) => imagePart.fits(value) && ["first_frame", "last_frame"].includes(value.frame_type),
};

/** @type {FieldRule} */
const reference = {
  is: "a part of type image_url, audio_url or video_url",
  fits: (value) => ["image_url", "audio_url", "video_url"].includes(value?.type) && isUrlHolder(value[value.type]),
};

const RULES = {
  ...COMMON_FIELDS,
  prompt: text,
  duration: integerFrom(1),
  resolution: oneOf(["360p", "480p", "720p", "768p", "1080p", "1K", "2K", "4K"]),
  aspect_ratio: oneOf(["16:9", "9:16", "1:1", "4:3", "3:4", "3:2", "2:3", "21:9", "9:21"]),
  size: { is: 'WIDTHxHEIGHT, as in "1280x720"', fits: (/** @type {unknown} */ value) => typeof value === "string" && /^\d+x\d+$/.test(value) },
  frame_images: listOf(frame),
  input_references: listOf(reference),
  generate_audio: flag,
  seed: integer,
  creativity: integer,
  upscale_factor: { is: "a number", fits: Number.isFinite },
  previous_job_id: {
    is: "the id of a video job",
    fits: (/** @type {unknown} */ value) => typeof value === "string" && /^gen-vid-\d+-[0-9A-Za-z]{20}$/.test(value),
  },
  callback_url: { is: "an https URL", fits: (/** @type {unknown} */ value) => typeof value === "string" && /^https:\/\/[^/]/.test(value) },
};

/**
 * @param {unknown} body
 * @param {VideoModelRow[]} rows
 * @returns {{ request: Record<string, any>, row: VideoModelRow }}
 */
export function readVideoRequest(body, rows) {
  const request = checkedBody(body, RULES);
  const row = rows.find(({ id, canonical_slug: slug }) => id === request.model || slug === request.model);
  if (!row) throw new ApiError(400, `${request.model} is not a valid model ID`);
  const images = [...(request.frame_images ?? []), ...(request.input_references ?? [])];
  if (!request.prompt?.trim() && images.length === 0) throw new ApiError(400, "Invalid request: prompt: required, expected a string");
  offered(row.id, "duration", request.duration, row.supported_durations);
  offered(row.id, "resolution", request.resolution, row.supported_resolutions);
  offered(row.id, "aspect_ratio", request.aspect_ratio, row.supported_aspect_ratios);
  offered(row.id, "size", request.size, row.supported_sizes);
  for (const { frame_type: type } of request.frame_images ?? []) offered(row.id, "frame_images", type, row.supported_frame_images);
  return { request, row };
}

/**
 * @param {string} model
 * @param {string} field
 * @param {unknown} value
 * @param {readonly unknown[] | null} choices null: the catalog does not say, so nothing is refused
 */
function offered(model, field, value, choices) {
  if (value === undefined || value === null || choices === null || choices.includes(value)) return;
  throw new ApiError(400, `Invalid request: ${field}: ${model} does not support ${value}, expected one of ${choices.join(", ")}`);
}

/**
 * The price of the SKU that says most about this request: its kind, its sound, its resolution.
 * @param {Record<string, any>} request
 * @param {VideoModelRow} row
 */
export function videoCost(request, row) {
  const resolution = request.resolution ?? row.supported_resolutions?.[0] ?? "720p";
  const fromImage = (request.frame_images ?? request.input_references ?? []).length > 0;
  const wishes = [resolution, fromImage ? "image_to_video" : "text_to_video", request.generate_audio === false ? "without_audio" : "with_audio"];
  const skus = Object.entries(row.pricing_skus ?? {});
  const fit = (/** @type {string} */ name) => wishes.filter((wish) => name.includes(wish)).length;
  const [name, price] = skus.reduce((best, sku) => (fit(sku[0]) > fit(best[0]) ? sku : best), skus[0] ?? ["", "0"]);
  const seconds = request.duration ?? row.supported_durations?.[0] ?? DEFAULT_SECONDS;
  return usd(Number(price) * seconds * (name.includes("cents_per_") ? 0.01 : 1));
}
