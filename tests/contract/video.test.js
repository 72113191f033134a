// Every request for a video that leaves is one that OpenRouter takes, by its OpenAPI document where that is there.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { before, describe, test } from "node:test";
import { Ajv2020 } from "ajv/dist/2020.js";
import { api, PNG, shared } from "./support.js";

/** @import { VideoRequest } from "openrouter-wasm" */

const { url: DOCUMENT, missing } = shared("data/openrouter-openapi.json");
const { url: CATALOG, missing: noCatalog } = shared("data/video-models-2026-08-22.json");

/** @type {[string, VideoRequest][]} */
const ORDERS = [
  ["words alone", { prompt: "a cat" }],
  ["everything", { prompt: "a cat", model: "openrouter/google/veo-3.1", durationSeconds: 5.4, resolution: "1080P", aspectRatio: " 9:16 ", generateAudio: false, seed: 42, callbackUrl: "https://a.example/hook" }],
  ["4K and a size", { prompt: "a cat", resolution: "4k", size: "1280x720" }],
  ["1K", { prompt: "a cat", resolution: "1K" }],
  ["an image without words", { inputs: [{ data: PNG }] }],
  ["frames and references", { prompt: "p", inputs: [{ data: PNG, role: "last_frame" }, { url: "https://a.example/first.png", role: "first_frame" }, { url: "https://a.example/b.png", role: "reference_image" }, { url: "https://a.example/c.png" }] }],
  ["an upscaler's own fields", { prompt: "p", model: "black-forest-labs/flux-video-upscale", extraBody: { creativity: 2, upscale_factor: 2, user: "u" } }],
  ["a video to go on with", { extraBody: { previous_job_id: "gen-vid-1789493115-a1B2c3D4e5F6g7H8i9J0" } }],
];

/** One place of the document says it in the words of an older JSON Schema. @param {string} _ @param {any} value */
function todays(_, value) {
  if (value?.exclusiveMinimum !== true) return value;
  const { minimum, ...rest } = value;
  return { ...rest, exclusiveMinimum: minimum };
}

/** The body that leaves. @param {VideoRequest} request */
async function bodyOf(request) {
  let body = "";
  /** @type {any} */
  const fetch = async (/** @type {string} */ url, /** @type {RequestInit} */ init) => {
    if (init.method === "GET") return new Response(noCatalog ? '{"data":[]}' : JSON.stringify({ data: JSON.parse(readFileSync(CATALOG, "utf8")) }));
    body = String(init.body);
    return new Response('{"id":"j","polling_url":"/p","status":"pending"}', { status: 202 });
  };
  await new api.OpenRouter({ apiKey: "k", fetch }).videos.submit(request);
  return JSON.parse(body);
}

test("nothing is sent that was not asked for", async () => {
  for (const [name, request] of ORDERS) {
    const body = await bodyOf(request);
    const nothing = Object.entries(body).filter(([, value]) => value === null || value === "" || (Array.isArray(value) && value.length === 0));
    assert.deepEqual(nothing, [], name);
  }
});

describe("OpenRouter's OpenAPI document", { skip: missing }, () => {
  /** @type {import("ajv").ValidateFunction} */
  let validate;
  before(() => {
    const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });
    ajv.addSchema(JSON.parse(readFileSync(DOCUMENT, "utf8"), todays), "openrouter");
    validate = ajv.compile({ $ref: "openrouter#/components/schemas/VideoGenerationRequest" });
  });

  for (const [name, request] of ORDERS) {
    test(`allows: ${name}`, async () => {
      const body = await bodyOf(request);
      assert.ok(validate(body), `${JSON.stringify(validate.errors, null, 1)}\n${JSON.stringify(body)}`);
    });
  }

  test("allows a request of every model in the catalog, with its own seconds", { skip: noCatalog }, async () => {
    for (const { id, supported_durations: durations, supported_resolutions: resolutions } of JSON.parse(readFileSync(CATALOG, "utf8"))) {
      const body = await bodyOf({ prompt: "p", model: id, durationSeconds: 7, resolution: resolutions?.[0].toUpperCase() });
      assert.ok(validate(body), `${id}: ${JSON.stringify(validate.errors)}`);
      if (durations?.length) assert.ok(durations.includes(body.duration), `${id}: ${body.duration} of ${durations}`);
      if (resolutions) assert.equal(body.resolution, resolutions[0], id);
    }
  });

  test("forbids a request that is wrong", () => {
    for (const more of [{ duration: 0 }, { duration: "8" }, { resolution: "1k" }, { aspect_ratio: "2:1" }, { frame_images: [{ type: "image_url", image_url: { url: "u" } }] }, { seed: 1.5 }]) {
      assert.equal(validate({ model: "m", prompt: "p", ...more }), false, JSON.stringify(more));
    }
  });
});
