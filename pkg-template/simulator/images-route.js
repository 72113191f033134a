/** `POST /images`, whole and as a stream, and `GET /images/models`. */

import { COMMON_FIELDS, checkedBody, filledText, flag, imagePart, integer, integerFrom, listOf, oneOf } from "./body-check.js";
import { houseOf } from "./catalog.js";
import { ApiError } from "./errors.js";
import { hashText } from "./ids.js";
import { base64, samplePng } from "./media-samples.js";
import { sampleSquare } from "./image-formats.js";
import { countTokens, usageOf } from "./prices.js";
import { eventStream } from "./wire-plan.js";

/** @import { ImagesScript, Model } from "../simulator.d.ts" */
/** @import { App } from "./router.js" */
/** @import { State } from "./state.js" */

const IMAGE_TOKENS = 1290;
const PARTIALS = 2;
const LARGEST_COUNT = 10;
const REFERENCES = 16;
const RESOLUTIONS = ["512", "768", "1K", "1.5K", "2K", "4K"];
const ASPECT_RATIOS = [
  "1:1", "1:2", "1:4", "1:8", "2:1", "2:3", "2.35:1", "3:2", "3:4", "4:1", "4:3", "4:5", "5:2", "5:4", "5:7", "7:5", "8:1", "9:16", "16:9", "9:19.5",
  "19.5:9", "9:20", "20:9", "9:21", "21:9", "auto",
];

const RULES = {
  ...COMMON_FIELDS,
  prompt: { ...filledText(), required: true },
  n: integerFrom(1, LARGEST_COUNT),
  resolution: oneOf(RESOLUTIONS),
  aspect_ratio: oneOf(ASPECT_RATIOS),
  size: {
    is: 'a resolution or WIDTHxHEIGHT, as in "1024x1024"',
    fits: (/** @type {any} */ value) => RESOLUTIONS.includes(value) || (typeof value === "string" && /^\d+x\d+$/.test(value)),
  },
  quality: oneOf(["auto", "low", "medium", "high", "xhigh", "max"]),
  output_format: oneOf(["png", "jpeg", "webp", "svg"]),
  output_compression: integerFrom(0, 100),
  background: oneOf(["auto", "transparent", "opaque"]),
  input_references: listOf(imagePart, REFERENCES),
  seed: integer,
  stream: flag,
};

/**
 * @param {App} app
 * @param {State} state
 */
export function imagesRoutes(app, state) {
  app.get("/images/models", (context) => context.env.exchange.json(200, { data: state.catalog.rows.filter(paints).map(describe) }));

  app.get("/images/models/:author/:slug/endpoints", (context) => {
    const id = `${context.req.param("author")}/${context.req.param("slug")}`;
    const row = state.catalog.find(id);
    if (!row || !paints(row)) throw new ApiError(404, `Model ${id} not found`);
    return context.env.exchange.json(200, { id: row.id, endpoints: [endpointOf(row)] });
  });

  app.post("/images", (context) => {
    const { exchange } = context.env;
    const key = state.requireKey(context.req.raw.headers);
    const body = checkedBody(exchange.entry.body, RULES);
    const row = state.catalog.maker(body.model, "image");
    if (body.output_format === "svg") throw new ApiError(400, `Invalid request: output_format: ${row.id} does not support svg`);
    if ((body.input_references ?? []).length > 0 && !row.architecture.input_modalities.includes("image")) {
      throw new ApiError(404, "No endpoints found that support image input");
    }
    state.requireBudget(key);
    const script = exchange.script.images ?? {};
    const created = Math.floor(Date.now() / 1000);
    const data = imagesOf(body, script, state.seed);
    const tokens = IMAGE_TOKENS * data.length;
    const counted = usageOf({ prompt: countTokens(body.prompt), completion: tokens, reasoning: 0, image: tokens, audio: 0 }, row.pricing);
    const id = state.ids.generation(created);
    const streamed = body.stream === true;
    // All or nothing: a stream that fails, or that nobody waits for, is not billed.
    const cost = script.error ? 0 : Number(counted.cost);
    const generation = state.rememberMedia({ id, model: row.id, cost, usage: counted, apiType: "image", streamed, requestHeaders: exchange.entry.headers }, key);
    const usage = script.usage === null ? {} : { usage: script.usage ?? counted };
    const headers = { "X-Generation-Id": id };
    if (!streamed) return exchange.json(200, { created, ...(script.data !== null && { data }), ...usage }, headers);
    const doneToken = script.doneToken === undefined ? "[DONE]" : script.doneToken;
    return exchange.send({
      status: 200,
      contentType: "text/event-stream",
      headers: { ...headers, "Cache-Control": "no-cache" },
      parts: eventStream(events(data, script, { created, ...usage }), { doneToken }, { comments: 1, doneToken }),
      eventPauseMs: state.eventPauseMs,
      onAborted: () => {
        generation.cancelled = true;
        generation.answer.usage = { ...counted, cost: 0 };
        state.charge(key, -cost);
      },
    });
  });
}

/**
 * @param {Record<string, any>} body
 * @param {ImagesScript} script
 * @param {string | number} seed
 * @returns {Record<string, any>[]}
 */
function imagesOf(body, script, seed) {
  if (script.data) return /** @type {Record<string, any>[]} */ (script.data);
  // WebP and JPEG are at hand as one square each; a PNG is painted for the prompt.
  const asked = ["jpeg", "webp"].includes(body.output_format) ? body.output_format : "png";
  const format = script.format ?? asked;
  const mediaType = script.mediaType === undefined ? `image/${format}` : script.mediaType;
  const chance = hashText(`${seed}${body.seed ?? ""}${body.prompt}`);
  return Array.from({ length: body.n ?? 1 }, (_, index) => ({
    b64_json: base64(format === "png" ? samplePng((chance + index * 67) % 360, body.aspect_ratio) : sampleSquare(format)),
    ...(mediaType !== null && { media_type: mediaType }),
  }));
}

/**
 * @param {Record<string, any>[]} data
 * @param {ImagesScript} script
 * @param {object} ending
 */
function events(data, script, ending) {
  const failure = { type: "error", error: script.error };
  return data.flatMap((image, index) => {
    const partials = Array.from({ length: script.partials ?? PARTIALS }, (_, at) => ({
      type: "image_generation.partial_image", partial_image_index: at, b64_json: image.b64_json,
    }));
    if (script.error) return index === 0 ? [...partials, failure] : [];
    // Usage is that of the whole request, and stands at its end.
    const { usage, ...rest } = /** @type {Record<string, any>} */ (ending);
    return [...partials, { type: "image_generation.completed", ...image, ...rest, ...(usage && index === data.length - 1 && { usage }) }];
  });
}

/** @param {Model} row */
function paints(row) {
  return row.architecture.output_modalities.includes("image") && !row.alias_target && Number(row.pricing.prompt) >= 0;
}

/** @param {Model} row */
function describe({ id, name, description, created, architecture }) {
  const edits = architecture.input_modalities.includes("image");
  return {
    id,
    name,
    description,
    created,
    architecture: { input_modalities: architecture.input_modalities, output_modalities: architecture.output_modalities },
    supported_parameters: {
      resolution: { type: "enum", values: ["1K", "2K", "4K"] },
      aspect_ratio: { type: "enum", values: ["1:1", "2:3", "3:2", "3:4", "4:3", "4:5", "5:4", "9:16", "16:9", "21:9"] },
      n: { type: "range", min: 1, max: LARGEST_COUNT },
      ...(edits && { input_references: { type: "range", min: 0, max: REFERENCES } }),
      output_format: { type: "enum", values: ["png", "jpeg", "webp"] },
      quality: { type: "enum", values: ["auto", "low", "medium", "high"] },
      seed: { type: "boolean" },
    },
    supports_streaming: true,
    endpoints: `/api/v1/images/models/${id}/endpoints`,
  };
}

/** @param {Model} row */
function endpointOf(row) {
  const { provider } = houseOf(row.id);
  const { supported_parameters: parameters, supports_streaming: streams } = describe(row);
  return {
    provider_name: provider,
    provider_slug: provider.toLowerCase(),
    provider_tag: null,
    supported_parameters: parameters,
    allowed_passthrough_parameters: [],
    supports_streaming: streams,
    pricing: [{ billable: "output_image", unit: "token", cost_usd: Number(row.pricing.image_output ?? row.pricing.completion) }],
  };
}
