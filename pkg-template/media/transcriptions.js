// `client.transcriptions`: speech to text.
import { replacedFile } from "../files-part.js";
import { invalidRequest } from "../first-part.js";
import {
  billable, callStream, checkRequest, heldCall, modelOf, namedOptions, parsedAnswer, readBounded, requestJson, servicesEngine,
  SOUND_BYTES_PER_SECOND,
} from "../services-part.js";
import { describeFile } from "./describe.js";
import { Placeholders } from "./placeholders.js";

/** @import { Access, CallPlan } from "../calls/call.js" */
/** @import { TranscriptionRequest, TranscriptionResult } from "../index.js" */

const NAMES = ["audio", "mediaType", "fileName", "model", "language", "temperature", "maxBytes", "timeoutMs", "headers", "extraBody", "signal"];

export class Transcriptions {
  #access;

  /** @param {Access} access */
  constructor(access) {
    this.#access = access;
  }

  /** What a sound holds. @param {import("../index.js").AudioDescriptionRequest} request */
  async describe(request) {
    return describeFile(this.#access, "audio", request);
  }

  /** @param {TranscriptionRequest} given @returns {Promise<TranscriptionResult>} */
  async create(given) {
    checkRequest(given);
    const { options: request, warnings: named } = namedOptions(this.#access, given, NAMES);
    const { audio, mediaType, fileName, ...options } = request;
    for (const [name, value] of Object.entries({ mediaType, fileName })) {
      if (value !== undefined && value !== null && typeof value !== "string") throw invalidRequest(`${name}: must be a string`);
    }
    const placeholders = new Placeholders();
    const file = await replacedFile(audio, "audio", placeholders);
    const text = requestJson(options, { audio: { ...file, ...(mediaType && { mediaType }), ...(fileName && { fileName }) } });
    const { call } = await servicesEngine.ask((glue) => glue.transcriptionPlan(this.#access.config(), text));
    const size = { units: { prompt: Math.ceil(file.bytes / SOUND_BYTES_PER_SECOND), request: 1 }, call, signal: request.signal };
    const { answer, warnings: told } = await heldCall(this.#access, modelOf(call.body), size, () => this.#listen(call, placeholders, request));
    const warnings = [...named, ...told];
    return { ...answer, ...(warnings.length > 0 && { warnings }) };
  }

  /** @param {CallPlan} call @param {Placeholders} placeholders @param {TranscriptionRequest} request @returns {Promise<TranscriptionResult>} */
  async #listen(call, placeholders, request) {
    try {
      const { response, reader, key, deadline } = await callStream(this.#access, call, { signal: request.signal, body: placeholders.bodyOf(/** @type {string} */ (call.body)) });
      try {
        const bytes = await readBounded({ response, reader, key }, call, deadline);
        this.#access.drift?.add(call.url, [bytes]);
        const answer = new TextDecoder().decode(bytes);
        const raw = parsedAnswer(answer, call.label, response.status);
        return { ...(await servicesEngine.ask((glue) => glue.readTranscription(answer, key))), raw };
      } finally {
        deadline.end();
      }
    } catch (error) {
      throw billable(error);
    }
  }
}
