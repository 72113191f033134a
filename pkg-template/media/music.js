// `client.music`: a track, whose sound comes in pieces of base64 in a chat's stream.
import { Base64Stream, oddInputs, replacedInputs } from "../files-part.js";
import { OpenRouterError } from "../first-part.js";
import { billable, callStream, checkRequest, heldCall, modelOf, namedOptions, readBounded, requestJson, servicesEngine, tokensOf } from "../services-part.js";
import { eventsOf, parsed } from "./image-events.js";
import { Placeholders } from "./placeholders.js";

/** @import { AnswerReader } from "../calls/body.js" */
/** @import { Access, CallDeadline } from "../calls/call.js" */
/** @import { MusicPlan } from "../engine/contract.js" */
/** @import { MediaUsage, MusicRequest, MusicResult } from "../index.js" */

const WORDS = "OpenRouter music generation";
const FORMATS = ["mp3", "wav", "flac", "opus", "aac", "ogg", "pcm16"];
const NAMES = ["prompt", "model", "instrumental", "lyrics", "format", "durationSeconds", "inputs", "onProgress", "maxBytes", "timeoutMs", "headers", "extraBody", "signal"];

export class Music {
  #access;

  /** @param {Access} access */
  constructor(access) {
    this.#access = access;
  }

  /** @param {MusicRequest} given @returns {Promise<MusicResult>} */
  async generate(given) {
    checkRequest(given, ["onProgress"]);
    const { options: request, warnings: named } = namedOptions(this.#access, given, NAMES, { oddOf: (options) => [...oddOf(options), ...oddInputs(options)] });
    const placeholders = new Placeholders();
    const text = requestJson(request, { inputs: await replacedInputs(request.inputs, 1, placeholders) });
    const plan = await servicesEngine.ask((glue) => glue.musicPlan(this.#access.config(), text));
    const size = { units: { prompt: tokensOf(request.prompt), request: 1 }, call: plan.call, signal: request.signal };
    const { answer, warnings: told } = await heldCall(this.#access, modelOf(plan.call.body), size, () => this.#play(plan, placeholders, request));
    const warnings = [...named, ...told];
    return { ...answer, ...(warnings.length > 0 && { warnings }) };
  }

  /** @param {MusicPlan} plan @param {Placeholders} placeholders @param {MusicRequest} request @returns {Promise<MusicResult>} */
  async #play(plan, placeholders, request) {
    try {
      const body = placeholders.bodyOf(/** @type {string} */ (plan.call.body));
      const stream = await callStream(this.#access, plan.call, { signal: request.signal, body });
      try {
        return await readTrack(stream, plan, request.onProgress);
      } finally {
        stream.deadline.end();
      }
    } catch (error) {
      throw billable(inOwnWords(error, plan));
    }
  }
}

/** @param {Record<string, any>} options @returns {string[]} */
function oddOf({ instrumental, lyrics, format }) {
  const contradiction = instrumental === true && typeof lyrics === "string" && lyrics.trim() !== "" ? ["lyrics: says what is sung, and instrumental asks for no voice"] : [];
  const isOdd = typeof format === "string" && format.trim() !== "" && !FORMATS.includes(format.trim().toLowerCase());
  return isOdd ? [...contradiction, `format: ${format} is no format that is known here; these are: ${FORMATS.join(", ")}`] : contradiction;
}

/** The time limit in the words of music. @param {unknown} error @param {MusicPlan} plan */
function inOwnWords(error, { call }) {
  if (!OpenRouterError.isInstance(error) || error.code !== "timeout" || error.status !== undefined) return error;
  return new OpenRouterError({ code: "timeout", message: `${WORDS} timed out after ${call.timeoutMs}ms` });
}

/**
 * @param {{ reader: AnswerReader, key: string, deadline: CallDeadline, response: import("../calls/call.js").Head }} stream @param {MusicPlan} plan
 * @param {MusicRequest["onProgress"]} onProgress
 * @returns {Promise<MusicResult>}
 */
async function readTrack({ reader, key, deadline, response }, { call, maxBytes, maxLineBytes, mediaType, name }, onProgress) {
  const isStream = !/json/i.test(response.headers.get("content-type") ?? "");
  const sound = new Base64Stream();
  let transcript = "", isDone = false;
  /** @type {MediaUsage | undefined} */
  let usage;
  /** @param {string} data */
  const take = (data) => {
    const placeholders = new Placeholders();
    const event = servicesEngine.askNow((glue) => glue.readMusicEvent(placeholders.takeOut(parsed(data, call.label)), key));
    if (event.usage) usage = event.usage;
    if (event.transcript) transcript += event.transcript;
    if (transcript.length > maxBytes) throw exceeded("transcript", maxBytes);
    if (event.data && !sound.push(placeholders.fileOf(event.data))) throw malformed();
    if (sound.length > maxBytes) throw exceeded("audio", maxBytes);
    if (event.data || event.transcript) onProgress?.({ receivedBytes: sound.length, transcript });
  };
  if (!isStream) {
    // An answer in one JSON body: an error with status 200, or a proxy that does not stream.
    take(new TextDecoder().decode(await readBounded({ reader, response, key }, { ...call, maxBytes: maxLineBytes }, deadline)));
    isDone = true;
  } else {
    for await (const data of eventsOf({ reader, key, deadline, label: call.label, maxLineBytes })) {
      isDone = data === "[DONE]";
      if (isDone) break;
      take(data);
    }
  }
  if (!isDone) throw new OpenRouterError({ code: "stream-cut", message: `${WORDS} stream ended before completion` });
  const data = sound.finish();
  if (data === undefined) throw malformed();
  if (data.length === 0) throw new OpenRouterError({ code: "bad-response", message: `${WORDS} response missing audio data` });
  return { data, mediaType, name, transcript, ...(usage && { usage }) };
}

/** @param {"audio" | "transcript"} what @param {number} maxBytes */
function exceeded(what, maxBytes) {
  return new OpenRouterError({ code: "limit", message: `${WORDS} ${what} exceeded ${maxBytes} bytes` });
}

function malformed() {
  return new OpenRouterError({ code: "bad-response", message: `${WORDS} returned malformed base64 audio data` });
}
