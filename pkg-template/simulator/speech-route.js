/** `POST /audio/speech`: a tone as long as reading the text would take, as MP3 or bare samples, in pieces. */

import { COMMON_FIELDS, checkedBody, filledText, isRecord, oneOf, text } from "./body-check.js";
import { ApiError } from "./errors.js";
import { hashText } from "./ids.js";
import { sampleTone } from "./media-samples.js";
import { sampleMp3 } from "./encoded-tone.js";
import { usd } from "./prices.js";
import { rawPart } from "./wire-plan.js";

/** @import { App } from "./router.js" */
/** @import { State } from "./state.js" */

const PIECE_BYTES = 2048;
const SECONDS_A_LETTER = 0.06;
const SHORTEST_SECONDS = 0.3;
const LONGEST_SECONDS = 5;
/** Makers whose models take a conversation. */
const TURN_TAKERS = /^(google|fish-audio)\//;

const RULES = {
  ...COMMON_FIELDS,
  input: {
    is: "a string that is not empty, or an array of {text, voice, instructions}",
    fits: (/** @type {any} */ value) => filledText().fits(value) || (Array.isArray(value) && value.length > 0 && value.every(isTurn)),
    required: true,
  },
  voice: filledText(),
  response_format: oneOf(["mp3", "pcm"]),
  speed: { is: "a number above 0", fits: (/** @type {any} */ value) => Number.isFinite(value) && value > 0 },
  instructions: text,
};

/** @param {any} value */
function isTurn(value) {
  return isRecord(value) && typeof value.text === "string" && (value.voice === undefined || filledText().fits(value.voice));
}

/**
 * @param {App} app
 * @param {State} state
 */
export function speechRoutes(app, state) {
  app.post("/audio/speech", (context) => {
    const { exchange } = context.env;
    const key = state.requireKey(context.req.raw.headers);
    const body = checkedBody(exchange.entry.body, RULES);
    const row = state.catalog.maker(body.model, "speech");
    const turns = Array.isArray(body.input) ? body.input : [{ text: body.input, voice: body.voice }];
    if (Array.isArray(body.input) && !TURN_TAKERS.test(row.id)) throw new ApiError(400, `Invalid request: input: ${row.id} takes a string`);
    for (const voice of [body.voice, ...turns.map(({ voice: own }) => own)]) {
      if (voice && row.supported_voices && !row.supported_voices.includes(voice)) {
        throw new ApiError(400, `Invalid request: voice: ${row.id} has no voice ${voice}, expected one of ${row.supported_voices.join(", ")}`);
      }
    }
    state.requireBudget(key);
    const said = turns.map(({ text: words }) => words).join(" ");
    const seconds = Math.min(Math.max((said.length * SECONDS_A_LETTER) / (body.speed ?? 1), SHORTEST_SECONDS), LONGEST_SECONDS);
    const mp3 = body.response_format === "mp3";
    const bytes = mp3 ? sampleMp3(seconds) : sampleTone(220 + (hashText(`${body.voice}${said}`) % 440), "pcm", seconds);
    const id = state.ids.generation(Math.floor(Date.now() / 1000));
    const cost = usd(said.length * Number(row.pricing.prompt));
    const generation = state.rememberMedia({ id, model: row.id, cost, apiType: "tts", streamed: true, requestHeaders: exchange.entry.headers }, key);
    const parts = [];
    for (let at = 0; at < bytes.length; at += PIECE_BYTES) parts.push(rawPart(bytes.subarray(at, at + PIECE_BYTES), true));
    return exchange.send({
      status: 200,
      contentType: mp3 ? "audio/mpeg" : "audio/pcm",
      headers: { "X-Generation-Id": id },
      parts,
      eventPauseMs: state.eventPauseMs,
      onAborted: () => void (generation.cancelled = true),
    });
  });
}
