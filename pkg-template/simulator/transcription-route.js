/** `POST /audio/transcriptions`, as JSON and as a form. What is "heard" is made up from the bytes: the same recording gives the same words. */

import { COMMON_FIELDS, checkedBody, flag, isRecord, listOf, oneOf } from "./body-check.js";
import { audioSeconds } from "./audio-length.js";
import { ApiError } from "./errors.js";
import { hashText } from "./ids.js";
import { bytesOfBase64 } from "./media-samples.js";
import { countTokens, usd } from "./prices.js";

/** @import { FieldRule } from "./body-check.js" */
/** @import { App } from "./router.js" */
/** @import { Exchange } from "./reply.js" */
/** @import { State } from "./state.js" */

const LARGEST_BYTES = 25 * 1024 * 1024;
const FORMAT = /^[a-zA-Z0-9][a-zA-Z0-9+._-]{0,15}$/;
const LONGEST_URL = 8000;

const SENTENCES = [
  "The train to the coast leaves at nine, and the last one back is at ten.",
  "Please put the blue folder on the table next to the window.",
  "We tried it twice, and the second time it worked.",
  "Nobody had told her that the museum is closed on Mondays.",
];

/** @type {FieldRule} */
const audio = {
  is: '{"data":base64,"format":string} or {"url":string}',
  fits: (value) => {
    if (!isRecord(value) || (value.format !== undefined && !FORMAT.test(value.format))) return false;
    return typeof value.url === "string" ? value.url.length <= LONGEST_URL : typeof value.data === "string" && typeof value.format === "string";
  },
  required: true,
};

const RULES = {
  ...COMMON_FIELDS,
  language: { is: "an ISO 639-1 code", fits: (/** @type {any} */ value) => typeof value === "string" && /^[a-z]{2}$/i.test(value) },
  temperature: { is: "a number from 0 to 1", fits: (/** @type {any} */ value) => Number.isFinite(value) && value >= 0 && value <= 1 },
  response_format: oneOf(["json", "verbose_json"]),
  timestamp_granularities: listOf(oneOf(["word", "segment"])),
  diarize: flag,
};

/**
 * @param {App} app
 * @param {State} state
 */
export function transcriptionRoutes(app, state) {
  app.post("/audio/transcriptions", async (context) => {
    const { exchange } = context.env;
    const key = state.requireKey(context.req.raw.headers);
    const isForm = /^multipart\/form-data/i.test(exchange.entry.headers["content-type"] ?? "");
    const { fields, bytes, format } = isForm ? await readForm(exchange) : readJson(exchange);
    const row = state.catalog.maker(fields.model, "transcription");
    if (bytes.length === 0) throw new ApiError(400, "Invalid request: input_audio: the recording is empty");
    if (bytes.length > LARGEST_BYTES) throw new ApiError(413);
    if (fields.response_format !== "verbose_json") {
      for (const name of ["timestamp_granularities", "diarize"]) {
        if (fields[name]) throw new ApiError(400, `Invalid request: ${name}: needs response_format verbose_json`);
      }
    }
    state.requireBudget(key);
    const seconds = audioSeconds(bytes, format);
    const words = /** @type {string} */ (SENTENCES[hashText(`${bytes.length} ${bytes.subarray(-4096).join()}`) % SENTENCES.length]);
    const cost = usd(seconds * Number(row.pricing.prompt));
    const tokens = { input_tokens: Math.ceil(seconds * 10), output_tokens: countTokens(words) };
    const id = state.ids.generation(Math.floor(Date.now() / 1000));
    state.rememberMedia({ id, model: row.id, cost, apiType: "stt", requestHeaders: exchange.entry.headers }, key);
    const usage = { seconds, ...tokens, total_tokens: tokens.input_tokens + tokens.output_tokens, cost };
    const more = fields.response_format === "verbose_json" ? details(words, seconds, fields) : {};
    return exchange.json(200, { text: words, ...more, usage }, { "X-Generation-Id": id });
  });
}

/**
 * @typedef {object} Recording
 * @property {Record<string, any>} fields
 * @property {Uint8Array} bytes
 * @property {string} format
 */

/**
 * @param {Exchange} exchange
 * @returns {Recording}
 */
function readJson(exchange) {
  const fields = checkedBody(exchange.entry.body, { ...RULES, input_audio: audio });
  const { data, url, format = "mp3" } = fields.input_audio;
  // Nothing is fetched here: what stands behind a URL is represented by the URL.
  if (data === undefined) return { fields, bytes: new TextEncoder().encode(url), format };
  try {
    return { fields, bytes: bytesOfBase64(data), format };
  } catch {
    throw new ApiError(400, "Invalid request: input_audio.data: expected base64 without a data: prefix");
  }
}

/**
 * @param {Exchange} exchange
 * @returns {Promise<Recording>}
 */
async function readForm(exchange) {
  let form;
  try {
    form = await new Response(exchange.bytes, { headers: { "Content-Type": exchange.entry.headers["content-type"] ?? "" } }).formData();
  } catch {
    throw new ApiError(400, "The request body is not a form");
  }
  /** @type {Record<string, any>} */
  const fields = {};
  for (const [name, value] of form) {
    if (typeof value !== "string") continue;
    const list = /^(.*)\[\]$/.exec(name)?.[1];
    if (list !== undefined) (fields[list] ??= []).push(value);
    else fields[name] = name === "temperature" ? Number(value) : name === "diarize" ? value === "true" : value;
  }
  const source = fields.source_url;
  const file = form.get("file");
  if (!(file instanceof Blob) && typeof source !== "string") throw new ApiError(400, "Invalid request: file: required, expected a file");
  for (const name of ["provider", "trace"]) {
    try {
      if (fields[name] !== undefined) fields[name] = JSON.parse(fields[name]);
    } catch {
      throw new ApiError(400, `Invalid request: ${name}: expected JSON`);
    }
  }
  checkedBody(fields, RULES);
  if (!(file instanceof Blob)) return { fields, bytes: new TextEncoder().encode(source), format: "mp3" };
  const format = /\.([a-z0-9]+)$/i.exec("name" in file ? String(file.name) : "")?.[1] ?? file.type.replace(/^audio\/(x-)?/, "");
  return { fields, bytes: new Uint8Array(await file.arrayBuffer()), format };
}

/**
 * @param {string} words
 * @param {number} seconds
 * @param {Record<string, any>} fields
 */
function details(words, seconds, fields) {
  const each = words.split(" ");
  const step = seconds / each.length;
  const time = (/** @type {number} */ at) => Math.round(at * step * 1000) / 1000;
  const speaker = fields.diarize ? { speaker: 0 } : {};
  return {
    task: "transcribe",
    language: fields.language ?? "english",
    duration: seconds,
    segments: [{ id: 0, start: 0, end: seconds, text: words, ...speaker }],
    ...(fields.timestamp_granularities?.includes("word") && {
      words: each.map((word, at) => ({ word, start: time(at), end: time(at + 1), ...speaker })),
    }),
  };
}
