// Images, videos, speech, transcripts, music. `data` is a Uint8Array in every result; limits are bytes, times milliseconds, costs USD.
import type { AbortSignal, Blob, ByteStream, Bytes, HeaderValues } from "./platform.js";

import type { Description, VideoDescriptionRequest } from "./calls.js";

/** A file that goes along: bytes, or where they are. */
export type InputFile =
  | { data: Uint8Array | ArrayBuffer | Blob | string; mediaType?: string | undefined; role?: string | undefined; url?: undefined; fileName?: string | undefined }
  | { url: string; mediaType?: string | undefined; role?: string | undefined; data?: undefined };

/** A file that a model made. */
export interface MediaFile {
  /** Its bytes. */
  data: Bytes;
  /** Its media type: `image/png`, `audio/mpeg`, ... */
  mediaType: string;
  /** `image-1.png`, `video-1.mp4`, `track-1.wav`, `speech.mp3`. */
  name: string;
}

/** Billing as the answer told it; `cost` is missing when it did not say. */
export interface MediaUsage {
  /** USD, as OpenRouter billed it. */
  cost?: number;
  /** The answer's object as it came. */
  raw: Record<string, unknown>;
}

/** Options of every media call. */
export interface MediaCallOptions {
  /** Of the whole call. Images and music 180,000, speech and transcripts 120,000, of a video the submit, a poll and the download 60,000 each. */
  timeoutMs?: number | undefined;
  /** Aborts the call. */
  signal?: AbortSignal | null | undefined;
  /** Headers of this call, beside the client's. */
  headers?: HeaderValues | undefined;
  /** More fields of the body, as they are on the wire. */
  extraBody?: object | undefined;
}

/** Request of `images.generate`. */
export interface ImageRequest extends MediaCallOptions {
  /** Description of the image to make. */
  prompt: string;
  /** Default: the configuration's, else `google/gemini-3.1-flash-image-preview`. */
  model?: string | undefined;
  /** 1 to 10, whole; more is 10, less is 1, told in `warnings`. Default 1. Each is a request of its own. */
  n?: number | undefined;
  /**
   * `16:9`. This and the next seven go by the model's row in `images.models()`, which is asked for once when a request names one: what the model
   * does not take is not sent and told in `warnings`, a value that it does not have is refused. Without a row, aspect ratio and resolution are
   * for Gemini models alone, and the others are sent as they are.
   */
  aspectRatio?: string | undefined;
  /** `1K`, `2K`, `4K`. */
  resolution?: string | undefined;
  /** `2K`, or pixels: `2048x2048`, which go before resolution and aspect ratio. */
  size?: string | undefined;
  /** How fine it is drawn. */
  quality?: "auto" | "low" | "medium" | "high" | "xhigh" | "max" | (string & {}) | undefined;
  /** The file's format. Default: the model's. */
  outputFormat?: "png" | "jpeg" | "webp" | "svg" | (string & {}) | undefined;
  /** 0 to 100, of jpeg and webp. */
  outputCompression?: number | undefined;
  /** Background of the image. */
  background?: "auto" | "transparent" | "opaque" | (string & {}) | undefined;
  /** The same seed is to give the same result, as far as the model can. */
  seed?: number | undefined;
  /** Images to edit, at most 16, or what the model takes. */
  inputs?: readonly InputFile[] | undefined;
  /** Partial images through `onPartial`; OpenRouter's own base alone. */
  stream?: boolean | undefined;
  /** Told of each partial image, with `stream`. */
  onPartial?: ((partial: { index: number; partialIndex: number; data: Bytes; mediaType: string }) => void) | undefined;
  /** Of one image. Default 6 MiB. */
  maxBytes?: number | undefined;
}

/** The images, and what they cost. */
export interface ImageResult {
  /** Numbered from 1: `image-1.png`. */
  images: (MediaFile & { dataUrl(): string; blob(): Blob })[];
  /** Usage and cost (USD), as far as they were told. */
  usage?: MediaUsage;
  /** Text that came beside the images. */
  text?: string;
  /** The model that was asked. */
  model: string;
  /** Warnings, in words. */
  warnings: string[];
}

/** Request of `videos.submit`. */
export interface VideoRequest extends MediaCallOptions {
  /** Description of the video to make. Needed unless there are `inputs`. */
  prompt?: string | undefined;
  /** Default: the configuration's, else `google/veo-3.1-fast`. */
  model?: string | undefined;
  /** Taken to the nearest that the model offers, ties upward; told in the ticket's `warnings`. */
  durationSeconds?: number | undefined;
  /** `16:9`, as the model offers it. */
  aspectRatio?: string | undefined;
  /** `720p`, `1080p`, as the model offers it. */
  resolution?: string | undefined;
  /** `1280x720`, as the model offers it. */
  size?: string | undefined;
  /** Whether it has sound. Default: the model's. */
  generateAudio?: boolean | undefined;
  /** Roles `first_frame`, `last_frame`, `reference_image`; without a role the first is the first frame, the second the last. */
  inputs?: readonly InputFile[] | undefined;
  /** The same seed is to give the same result, as far as the model can. */
  seed?: number | undefined;
  /** https; OpenRouter posts to it when the job ends. */
  callbackUrl?: string | undefined;
}

/** A video that was submitted. Plain JSON: keep it, and go on anywhere. */
export interface VideoTicket {
  /** Always `openrouter-video`. */
  kind: "openrouter-video";
  /** Always 1. */
  version: 1;
  /** The job's id. */
  id: string;
  /** Address to ask for its status. */
  pollingUrl: string;
  /** The API's base: the key goes to its origin alone. */
  baseURL: string;
  /** The model that makes it. */
  model: string;
  /** Milliseconds since 1970. */
  submittedAtMs: number;
  /** Fields of the request, without the images. */
  request: { prompt?: string; durationSeconds?: number; aspectRatio?: string; resolution?: string; size?: string };
  /** As of the last poll. */
  status: VideoStatus;
  /** OpenRouter's id of the generation. */
  generationId?: string;
  /** Addresses of the video, once it is done: `unsigned_urls`. OpenRouter's own want the key. */
  urls?: string[];
  /** Addresses that serve anybody who holds them, for a while: `urls`. */
  signedUrls?: string[];
  /** Cost in USD, once it is done. */
  usage?: { cost?: number; isByok?: boolean };
  /** Of a job that failed, was cancelled or expired: the provider's words. */
  error?: string | undefined;
  /** Warnings about the order or its bill: a name that is no option, a duration that the model does not offer. Left out where there are none. */
  warnings?: string[];
}
/** Status of a job. Words that are not known here pass through. */
export type VideoStatus = "queued" | "pending" | "in_progress" | "processing" | "running" | "completed" | "failed" | "cancelled" | "expired" | (string & {});

/** A job, as of one poll. */
export interface VideoState {
  /** Give this one to the next call: it knows more than the one before. */
  ticket: VideoTicket;
  /** Status of the job. */
  status: VideoStatus;
  /** The job has ended, with a video or with `error`. */
  isDone: boolean;
  /** Of a failed job. */
  error?: string | undefined;
}

/** How `videos.wait` waits. */
export interface VideoWaitOptions extends MediaCallOptions {
  /** Told after each poll. */
  onProgress?: ((state: VideoState & { polls: number; elapsedMs: number; nextPollMs: number; pollError?: unknown }) => void) | undefined;
  /** Default 5,000; with jitter, longer after polls that failed. */
  intervalMs?: number | undefined;
  /** Of the whole wait. Default 600,000. */
  timeoutMs?: number | undefined;
}

/** How `videos.download` fetches. */
export interface VideoDownloadOptions extends MediaCallOptions {
  /** Default 16 MiB; a video over it comes as `url`. */
  maxBytes?: number | undefined;
  /** Which of several. Default 0. */
  index?: number | undefined;
  /** Told as bytes come. */
  onProgress?: ((progress: { receivedBytes: number; totalBytes?: number }) => void) | undefined;
}

/** The video's bytes, or its address when it is over `maxBytes`. */
export type VideoFile = ((MediaFile & { url?: undefined }) | { data?: undefined; url: string; mediaType: string; name: string }) & {
  /** Options that are none. */
  warnings?: string[];
};

/** A model that makes videos. */
export interface VideoModel {
  /** Id of the model, for `model` of a request. */
  id: string;
  /** Its name for people. */
  name: string;
  /** Seconds since 1970. */
  created?: number;
  /** Description, in sentences. */
  description?: string;
  /** The dated name behind the id. */
  canonicalSlug?: string;
  /** Seconds. */
  durations: number[];
  /** `720p`, `1080p`, ... */
  resolutions: string[];
  /** `16:9`, ... */
  aspectRatios: string[];
  /** `1280x720`, ... */
  sizes: string[];
  /** Which frames may be given: `first_frame`, `last_frame`. */
  frameImages: string[];
  /** How many images may be given. */
  maxInputImages: number;
  /** Whether it makes sound. */
  supportsAudio?: boolean;
  /** By SKU, decimal strings: USD a second, but for names with `cents_per_`. */
  pricingSkus: Record<string, string>;
  /** Further fields that go through to the provider. */
  allowedPassthroughParameters: string[];
  /** The row as it came. */
  raw: Record<string, unknown>;
}

/** Makes videos: submit, wait, download. */
export interface Videos {
  /**
   * Submits a video. Sent once: a request that fails after it has left is never sent again.
   *
   * @example
   * ```js
   * const ticket = await client.videos.submit({ prompt: "waves at night", durationSeconds: 4 });
   * console.log(JSON.stringify(ticket)); // keep it: the video can be fetched with it, whatever happens to this process
   * ```
   */
  submit(request: VideoRequest): Promise<VideoTicket>;
  /** Asks for the status once. */
  poll(ticket: VideoTicket | VideoState, options?: MediaCallOptions): Promise<VideoState>;
  /**
   * Until it is done; outlives polls that fail and statuses that nobody knows. Every error carries `ticket`.
   *
   * @example
   * ```js
   * const ticket = await client.videos.submit({ prompt: "waves at night" });
   * const done = await client.videos.wait(ticket, { onProgress: ({ status, elapsedMs }) => console.log(status, elapsedMs), intervalMs: 1000 });
   * const { name, data, url } = await client.videos.download(done);
   * console.log(name, data?.length ?? url);
   * ```
   */
  wait(ticket: VideoTicket | VideoState, options?: VideoWaitOptions): Promise<VideoTicket>;
  /** Fetches the video of a job that is done. */
  download(ticket: VideoTicket | VideoState, options?: VideoDownloadOptions): Promise<VideoFile>;
  /** The models that make videos, and what each takes. */
  models(options?: { refresh?: boolean | undefined; signal?: AbortSignal | null | undefined }): Promise<VideoModel[]>;
  /** Describes a video in words, by a chat model that sees videos. */
  describe(request: VideoDescriptionRequest): Promise<Description>;
}

/** Tickets of jobs that go on, kept where a reload cannot reach them. */
export interface JobStore {
  /** Keeps a ticket, in place of one of the same id. */
  save(ticket: VideoTicket): Promise<void>;
  /** The oldest first. */
  list(): Promise<VideoTicket[]>;
  /** Forgets a ticket. */
  remove(id: string): Promise<void>;
  /**
   * Claims a job that others may claim, too: gives the function to call when done, or `undefined` while another tab or worker has it. Where there are
   * no Web Locks everybody gets it.
   */
  claim(id: string): Promise<(() => void) | undefined>;
}

/** Request of `speech.create`. */
export interface SpeechRequest extends MediaCallOptions {
  /** The text, or pieces of it with a voice each. */
  input: string | readonly { text: string; voice?: string | undefined; instructions?: string | undefined }[];
  /** Default: the configuration's, else `hexgrad/kokoro-82m`. */
  model?: string | undefined;
  /** Default: the configuration's, else `af_alloy`. */
  voice?: string | undefined;
  /** Default `mp3`. `pcm` is 16 bit little endian, mono, without a header. */
  responseFormat?: "mp3" | "pcm" | undefined;
  /** 1 is the voice's own; models that have a speed take 0.25 to 4, and another is told. */
  speed?: number | undefined;
  /** How it is to be read. */
  instructions?: string | undefined;
  /** Options by provider, passed through. */
  provider?: object | undefined;
  /** Default 16 MiB. */
  maxBytes?: number | undefined;
}

/** The sound, as it comes. */
export interface SpeechResult {
  /** The bytes as they come; read it or call `bytes()`, not both. */
  stream: ByteStream;
  /** All of it. */
  bytes(): Promise<Bytes>;
  /** Its media type: `image/png`, `audio/mpeg`, ... */
  mediaType: string;
  /** `speech.mp3`. */
  name: string;
  /** For `GET /generation`: speech answers carry no usage. With a budget on the client the bill is asked for by itself. */
  generationId?: string;
  /** That the cost is not known, where the client has a budget. */
  warnings?: string[];
}

/** Request of `transcriptions.create`. */
export interface TranscriptionRequest extends MediaCallOptions {
  /** The sound: bytes, or base64. */
  audio: Uint8Array | ArrayBuffer | Blob | string;
  /** The sound's media type. Default: told by name or bytes. */
  mediaType?: string | undefined;
  /** The file's name, by which its type is told too. */
  fileName?: string | undefined;
  /** Default: the configuration's, else `openai/whisper-large-v3-turbo`. */
  model?: string | undefined;
  /** ISO 639-1. */
  language?: string | undefined;
  /** How freely the model guesses. 0 to 1. */
  temperature?: number | undefined;
  /** Default 25 MiB. */
  maxBytes?: number | undefined;
}

/** Transcript of the sound. */
export interface TranscriptionResult {
  /** The text. */
  text: string;
  /** Seconds, tokens and cost, as far as they were told. */
  usage?: { seconds?: number; inputTokens?: number; outputTokens?: number; totalTokens?: number; cost?: number; raw: Record<string, unknown> };
  /** The language that was heard. */
  language?: string;
  /** How long the sound is. */
  durationSeconds?: number;
  /** That the cost is not known, where the client has a budget. */
  warnings?: string[];
  /** The answer's object as it came. */
  raw: Record<string, unknown>;
}

/** Request of `music.generate`. */
export interface MusicRequest extends MediaCallOptions {
  /** Description of the music to make. */
  prompt: string;
  /** Default: the configuration's, else `google/lyria-3-pro-preview`. */
  model?: string | undefined;
  /** True: nobody sings. */
  instrumental?: boolean | undefined;
  /** Lyrics. */
  lyrics?: string | undefined;
  /** Default `wav`. */
  format?: "wav" | "mp3" | (string & {}) | undefined;
  /** How long it is to be, about: the model is told so in the prompt. */
  durationSeconds?: number | undefined;
  /** At most one image. */
  inputs?: readonly InputFile[] | undefined;
  /** Told as sound comes. */
  onProgress?: ((progress: { receivedBytes: number; transcript: string }) => void) | undefined;
  /** Of the audio. Default 16 MiB. */
  maxBytes?: number | undefined;
}

/** The music, and what it cost. */
export interface MusicResult extends MediaFile {
  /** Lyrics that are sung, and the model's words beside them. */
  transcript: string;
  /** Usage and cost (USD), as far as they were told. */
  usage?: MediaUsage;
  /** That the cost is not known, where the client has a budget. */
  warnings?: string[];
}
