// Images, videos, speech, transcripts, music. `data` is a Uint8Array in every result; limits are bytes, times milliseconds, costs USD.
import type { AbortSignal, Blob, ByteStream, Bytes, HeaderValues } from "./platform.js";

import type { Description, VideoDescriptionRequest } from "./calls.js";

/** A file that goes along: bytes, or where they are. */
export type InputFile =
  | { data: Uint8Array | ArrayBuffer | Blob | string; mediaType?: string | undefined; role?: string | undefined; url?: undefined; fileName?: string | undefined }
  | { url: string; mediaType?: string | undefined; role?: string | undefined; data?: undefined };

export interface MediaFile {
  data: Bytes;
  mediaType: string;
  /** `image-1.png`, `video-1.mp4`, `track-1.wav`, `speech.mp3`. */
  name: string;
}

/** Billing as the answer told it; `cost` is missing when it did not say. */
export interface MediaUsage {
  cost?: number;
  raw: Record<string, unknown>;
}

export interface MediaCallOptions {
  /** Of the whole call. Images and music 180,000, speech and transcripts 120,000, of a video the order, a look and the download 60,000 each. */
  timeoutMs?: number | undefined;
  signal?: AbortSignal | null | undefined;
  headers?: HeaderValues | undefined;
  /** More fields of the body, as they are on the wire. */
  extraBody?: object | undefined;
}

export interface ImageRequest extends MediaCallOptions {
  prompt: string;
  /** Default: the configuration's, else `google/gemini-3.1-flash-image-preview`. */
  model?: string | undefined;
  /** 1 to 10; more is 10, less is 1. Default 1. Each is a request of its own. */
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
  quality?: "auto" | "low" | "medium" | "high" | "xhigh" | "max" | (string & {}) | undefined;
  outputFormat?: "png" | "jpeg" | "webp" | "svg" | (string & {}) | undefined;
  /** 0 to 100, of jpeg and webp. */
  outputCompression?: number | undefined;
  background?: "auto" | "transparent" | "opaque" | (string & {}) | undefined;
  seed?: number | undefined;
  /** Images to edit, at most 16, or what the model takes. */
  inputs?: readonly InputFile[] | undefined;
  /** Partial images through `onPartial`; OpenRouter's own base alone. */
  stream?: boolean | undefined;
  onPartial?: ((partial: { index: number; partialIndex: number; data: Bytes; mediaType: string }) => void) | undefined;
  /** Of one image. Default 6 MiB. */
  maxBytes?: number | undefined;
}

export interface ImageResult {
  /** Numbered from 1: `image-1.png`. */
  images: (MediaFile & { dataUrl(): string; blob(): Blob })[];
  usage?: MediaUsage;
  /** Text that came beside the images. */
  text?: string;
  model: string;
  warnings: string[];
}

export interface VideoRequest extends MediaCallOptions {
  prompt?: string | undefined;
  /** Default: the configuration's, else `google/veo-3.1-fast`. */
  model?: string | undefined;
  /** Taken to the nearest that the model offers, ties upward. */
  durationSeconds?: number | undefined;
  aspectRatio?: string | undefined;
  resolution?: string | undefined;
  size?: string | undefined;
  generateAudio?: boolean | undefined;
  /** Roles `first_frame`, `last_frame`, `reference_image`; without a role the first is the first frame, the second the last. */
  inputs?: readonly InputFile[] | undefined;
  seed?: number | undefined;
  /** https; OpenRouter posts to it when the job ends. */
  callbackUrl?: string | undefined;
}

/** A video that was ordered. Plain JSON: keep it, and go on anywhere. */
export interface VideoTicket {
  kind: "openrouter-video";
  version: 1;
  id: string;
  pollingUrl: string;
  /** The API's base: the key goes to its origin alone. */
  baseURL: string;
  model: string;
  /** Milliseconds since 1970. */
  submittedAtMs: number;
  /** What was ordered, without the images. */
  request: { prompt?: string; durationSeconds?: number; aspectRatio?: string; resolution?: string; size?: string };
  /** As of the last poll. */
  status: VideoStatus;
  generationId?: string;
  /** Where the video is, once it is done: `unsigned_urls`. OpenRouter's own want the key. */
  urls?: string[];
  /** Where it is for anybody who holds the address, for a while: `urls`. */
  signedUrls?: string[];
  usage?: { cost?: number; isByok?: boolean };
  /** Of a job that failed, was cancelled or expired: the provider's words. */
  error?: string | undefined;
}
export type VideoStatus = "queued" | "pending" | "in_progress" | "processing" | "running" | "completed" | "failed" | "cancelled" | "expired" | (string & {});

export interface VideoState {
  /** Give this one to the next call: it knows more than the one before. */
  ticket: VideoTicket;
  status: VideoStatus;
  /** The job has ended, with a video or with `error`. */
  isDone: boolean;
  /** Of a failed job. */
  error?: string | undefined;
}

export interface VideoWaitOptions extends MediaCallOptions {
  onProgress?: ((state: VideoState & { polls: number; elapsedMs: number; nextPollMs: number; pollError?: unknown }) => void) | undefined;
  /** Default 5,000; with jitter, longer after polls that failed. */
  intervalMs?: number | undefined;
  /** Of the whole wait. Default 600,000. */
  timeoutMs?: number | undefined;
}

export interface VideoDownloadOptions extends MediaCallOptions {
  /** Default 16 MiB; a video over it comes as `url`. */
  maxBytes?: number | undefined;
  /** Which of several. Default 0. */
  index?: number | undefined;
  onProgress?: ((progress: { receivedBytes: number; totalBytes?: number }) => void) | undefined;
}

export type VideoFile = (MediaFile & { url?: undefined }) | { data?: undefined; url: string; mediaType: string; name: string };

export interface VideoModel {
  id: string;
  name: string;
  created?: number;
  description?: string;
  canonicalSlug?: string;
  durations: number[];
  resolutions: string[];
  aspectRatios: string[];
  sizes: string[];
  frameImages: string[];
  maxInputImages: number;
  supportsAudio?: boolean;
  /** By SKU, decimal strings: USD a second, but for names with `cents_per_`. */
  pricingSkus: Record<string, string>;
  allowedPassthroughParameters: string[];
  raw: Record<string, unknown>;
}

export interface Videos {
  /** Orders a video. Sent once: what fails after the request has left is never sent again. */
  submit(request: VideoRequest): Promise<VideoTicket>;
  /** Looks once. */
  poll(ticket: VideoTicket | VideoState, options?: MediaCallOptions): Promise<VideoState>;
  /** Until it is done; outlives polls that fail and statuses that nobody knows. Every error carries `ticket`. */
  wait(ticket: VideoTicket | VideoState, options?: VideoWaitOptions): Promise<VideoTicket>;
  download(ticket: VideoTicket | VideoState, options?: VideoDownloadOptions): Promise<VideoFile>;
  models(options?: { refresh?: boolean | undefined; signal?: AbortSignal | null | undefined }): Promise<VideoModel[]>;
  /** What a video shows, told by a chat model that sees videos. */
  describe(request: VideoDescriptionRequest): Promise<Description>;
}

/** Tickets of jobs that go on, kept where a reload cannot reach them. */
export interface JobStore {
  save(ticket: VideoTicket): Promise<void>;
  /** The oldest first. */
  list(): Promise<VideoTicket[]>;
  remove(id: string): Promise<void>;
  /**
   * Whoever looks after a job while others may: gives what to call when done, or `undefined` while another tab or worker has it. Where there are
   * no Web Locks everybody gets it.
   */
  claim(id: string): Promise<(() => void) | undefined>;
}

export interface SpeechRequest extends MediaCallOptions {
  input: string | readonly { text: string; voice?: string | undefined; instructions?: string | undefined }[];
  /** Default: the configuration's, else `hexgrad/kokoro-82m`. */
  model?: string | undefined;
  /** Default: the configuration's, else `af_alloy`. */
  voice?: string | undefined;
  /** Default `mp3`. `pcm` is 16 bit little endian, mono, without a header. */
  responseFormat?: "mp3" | "pcm" | undefined;
  speed?: number | undefined;
  instructions?: string | undefined;
  provider?: object | undefined;
  /** Default 16 MiB. */
  maxBytes?: number | undefined;
}

export interface SpeechResult {
  /** The bytes as they come; read it or call `bytes()`, not both. */
  stream: ByteStream;
  bytes(): Promise<Bytes>;
  mediaType: string;
  name: string;
  /** For `GET /generation`: speech answers carry no usage. With a budget on the client the bill is asked for by itself. */
  generationId?: string;
  /** That the cost is not known, where the client has a budget. */
  warnings?: string[];
}

export interface TranscriptionRequest extends MediaCallOptions {
  audio: Uint8Array | ArrayBuffer | Blob | string;
  mediaType?: string | undefined;
  fileName?: string | undefined;
  /** Default: the configuration's, else `openai/whisper-large-v3-turbo`. */
  model?: string | undefined;
  /** ISO 639-1. */
  language?: string | undefined;
  temperature?: number | undefined;
  /** Default 25 MiB. */
  maxBytes?: number | undefined;
}

export interface TranscriptionResult {
  text: string;
  usage?: { seconds?: number; inputTokens?: number; outputTokens?: number; totalTokens?: number; cost?: number; raw: Record<string, unknown> };
  language?: string;
  durationSeconds?: number;
  /** That the cost is not known, where the client has a budget. */
  warnings?: string[];
  raw: Record<string, unknown>;
}

export interface MusicRequest extends MediaCallOptions {
  prompt: string;
  /** Default: the configuration's, else `google/lyria-3-pro-preview`. */
  model?: string | undefined;
  instrumental?: boolean | undefined;
  lyrics?: string | undefined;
  /** Default `wav`. */
  format?: "wav" | "mp3" | (string & {}) | undefined;
  durationSeconds?: number | undefined;
  /** At most one image. */
  inputs?: readonly InputFile[] | undefined;
  onProgress?: ((progress: { receivedBytes: number; transcript: string }) => void) | undefined;
  /** Of the audio. Default 16 MiB. */
  maxBytes?: number | undefined;
}

export interface MusicResult extends MediaFile {
  transcript: string;
  usage?: MediaUsage;
  /** That the cost is not known, where the client has a budget. */
  warnings?: string[];
}
