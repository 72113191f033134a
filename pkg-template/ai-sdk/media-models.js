// Images, speech and transcripts as the AI SDK asks for them.
import { bytesOfBase64 } from "../request/base64.js";
import { invalidRequest } from "../errors.js";
import { commonOptions, metadataOf } from "./call-options.js";
import { asked, ClientModel } from "./client-model.js";

/** @param {string} feature @param {string} details */
const unsupported = (feature, details) => ({ type: /** @type {const} */ ("unsupported"), feature, details });

export class ImageModel extends ClientModel {
  provider = "openrouter.image";
  maxImagesPerCall = 4;

  /** @param {any} options */
  async doGenerate(options) {
    const { prompt, n, size, aspectRatio, seed, files, mask } = options;
    const warnings = [];
    if (size) warnings.push(unsupported("size", "OpenRouter takes aspectRatio and resolution"));
    if (seed !== undefined) warnings.push(unsupported("seed", "OpenRouter takes none for images"));
    if (mask) warnings.push(unsupported("mask", "OpenRouter takes no masks"));
    const inputs = files?.map((/** @type {any} */ file) => inputOf(file));
    const request = { ...commonOptions(options, this.settings), model: this.modelId, prompt: prompt ?? "", n, ...(aspectRatio && { aspectRatio }), ...(inputs?.length > 0 && { inputs }) };
    const result = await asked("/images", request, () => this.client.images.generate(request));
    const { usage, text } = result;
    const tokens = /** @type {any} */ (usage?.raw ?? {});
    return {
      images: result.images.map(({ data }) => data),
      warnings: [...warnings, ...result.warnings.map((message) => ({ type: /** @type {const} */ ("other"), message }))],
      // Of all this the SDK keeps what stands on an image; the bill is of the call, so it stands on the first.
      providerMetadata: metadataOf({
        images: result.images.map(({ mediaType, name }, number) => ({ mediaType, name, model: result.model, ...(number === 0 && { cost: usage?.cost, usage: usage?.raw, text }) })),
      }),
      usage: { inputTokens: tokens.prompt_tokens, outputTokens: tokens.completion_tokens, totalTokens: tokens.total_tokens },
      response: { timestamp: new Date(), modelId: result.model, headers: undefined },
    };
  }
}

/** @param {any} file */
function inputOf(file) {
  if (file.type === "url") return { url: file.url };
  return { data: typeof file.data === "string" ? bytesAt(file.data, "files") : file.data, mediaType: file.mediaType };
}

/** @param {string} base64 @param {string} place */
function bytesAt(base64, place) {
  const bytes = bytesOfBase64(base64);
  if (!bytes) throw invalidRequest(`${place}: is no base64`);
  return bytes;
}

export class SpeechModel extends ClientModel {
  provider = "openrouter.speech";

  /** @param {any} options */
  async doGenerate(options) {
    const { text, voice, outputFormat, instructions, speed, language } = options;
    const warnings = [];
    if (language) warnings.push(unsupported("language", "OpenRouter takes none for speech; name it in the instructions"));
    const given = Object.entries({ voice, responseFormat: outputFormat, instructions, speed }).filter(([, value]) => value !== undefined);
    const request = { ...commonOptions(options, this.settings), model: this.modelId, input: text, ...Object.fromEntries(given) };
    const { audio, speech } = await asked("/audio/speech", request, async () => {
      const speech = await this.client.speech.create(request);
      return { speech, audio: await speech.bytes() };
    });
    return {
      audio,
      warnings,
      providerMetadata: metadataOf({ id: speech.generationId, mediaType: speech.mediaType, name: speech.name }),
      response: { timestamp: new Date(), modelId: this.modelId },
    };
  }
}

export class TranscriptionModel extends ClientModel {
  provider = "openrouter.transcription";

  /** @param {any} options */
  async doGenerate(options) {
    const { audio, mediaType, timestampGranularities } = options;
    const warnings = [];
    if (timestampGranularities?.length > 0) warnings.push(unsupported("timestampGranularities", "OpenRouter gives the text alone"));
    const request = { ...commonOptions(options, this.settings), model: this.modelId, audio: typeof audio === "string" ? bytesAt(audio, "audio") : audio, mediaType };
    const result = await asked("/audio/transcriptions", { ...request, audio: undefined }, () => this.client.transcriptions.create(request));
    const { text, usage, language, durationSeconds } = result;
    return {
      text,
      segments: [],
      language,
      durationInSeconds: durationSeconds ?? usage?.seconds,
      warnings,
      ...(usage && { usage: /** @type {any} */ (usage.raw) }),
      providerMetadata: metadataOf({ cost: usage?.cost, usage: usage?.raw }),
      response: { timestamp: new Date(), modelId: this.modelId },
    };
  }
}

