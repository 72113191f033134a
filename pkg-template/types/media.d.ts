// Pictures, films, speech, transcripts, music. `data` is a Uint8Array in every result; limits are bytes, times milliseconds, costs USD.

/** A file that goes along: bytes, or where they are. */
export type InputFile =
  | { data: Uint8Array | ArrayBuffer | Blob | string; mediaType?: string; role?: string; url?: undefined; fileName?: string }
  | { url: string; mediaType?: string; role?: string; data?: undefined };

export interface MediaFile {
  data: Uint8Array<ArrayBuffer>;
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
  timeoutMs?: number;
  signal?: AbortSignal | null;
  headers?: HeadersInit | Record<string, string | null>;
  /** More fields of the body, as they are on the wire. */
  extraBody?: object;
}

export interface ImageRequest extends MediaCallOptions {
  prompt: string;
  /** Default: the configuration's, else `google/gemini-3.1-flash-image-preview`. */
  model?: string;
  /** 1 to 4; more is 4, less is 1. Default 1. */
  n?: number;
  /** `16:9`; Gemini models alone. */
  aspectRatio?: string;
  /** `1K`, `2K`, `4K`; Gemini models alone. */
  resolution?: string;
  /** Pictures to edit, at most 5. */
  inputs?: readonly InputFile[];
  /** Partial pictures through `onPartial`; OpenRouter's own base alone. */
  stream?: boolean;
  onPartial?: (partial: { index: number; partialIndex: number; data: Uint8Array<ArrayBuffer>; mediaType: string }) => void;
  /** Of one picture. Default 6 MiB. */
  maxBytes?: number;
}

export interface ImageResult {
  /** Numbered from 1: `image-1.png`. */
  images: (MediaFile & { dataUrl(): string; blob(): Blob })[];
  usage?: MediaUsage;
  /** Text that came beside the pictures. */
  text?: string;
  model: string;
  warnings: string[];
}

export interface VideoRequest extends MediaCallOptions {
  prompt?: string;
  /** Default: the configuration's, else `google/veo-3.1-fast`. */
  model?: string;
  /** Taken to the nearest that the model offers, ties upward. */
  durationSeconds?: number;
  aspectRatio?: string;
  resolution?: string;
  size?: string;
  generateAudio?: boolean;
  /** Roles `first_frame`, `last_frame`, `reference_image`; without a role the first is the first frame, the second the last. */
  inputs?: readonly InputFile[];
  seed?: number;
  /** https; OpenRouter posts to it when the job ends. */
  callbackUrl?: string;
}

/** A film that was ordered. Plain JSON: keep it, and go on anywhere. */
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
  /** What was ordered, without the pictures. */
  request: { prompt?: string; durationSeconds?: number; aspectRatio?: string; resolution?: string; size?: string };
  /** As of the last poll. */
  status: VideoStatus;
  generationId?: string;
  /** Where the film is, once it is done: `unsigned_urls`. OpenRouter's own want the key. */
  urls?: string[];
  /** Where it is for anybody who holds the address, for a while: `urls`. */
  signedUrls?: string[];
  usage?: { cost?: number; isByok?: boolean };
  /** Of a job that failed, was cancelled or expired: the provider's words. */
  error?: string;
}
export type VideoStatus = "queued" | "pending" | "in_progress" | "processing" | "running" | "completed" | "failed" | "cancelled" | "expired" | (string & {});

export interface VideoState {
  /** Give this one to the next call: it knows more than the one before. */
  ticket: VideoTicket;
  status: VideoStatus;
  /** The job has ended, with a film or with `error`. */
  isDone: boolean;
  /** Of a failed job. */
  error?: string;
}

export interface VideoWaitOptions extends MediaCallOptions {
  onProgress?: (state: VideoState & { polls: number; elapsedMs: number; nextPollMs: number; pollError?: unknown }) => void;
  /** Default 5,000; with jitter, longer after polls that failed. */
  intervalMs?: number;
  /** Of the whole wait. Default 600,000. */
  timeoutMs?: number;
}

export interface VideoDownloadOptions extends MediaCallOptions {
  /** Default 16 MiB; a film over it comes as `url`. */
  maxBytes?: number;
  /** Which of several. Default 0. */
  index?: number;
  onProgress?: (progress: { receivedBytes: number; totalBytes?: number }) => void;
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
  /** Orders a film. Sent once: what fails after the request has left is never sent again. */
  submit(request: VideoRequest): Promise<VideoTicket>;
  /** Looks once. */
  poll(ticket: VideoTicket | VideoState, options?: MediaCallOptions): Promise<VideoState>;
  /** Until it is done; outlives polls that fail and statuses that nobody knows. Every error carries `ticket`. */
  wait(ticket: VideoTicket | VideoState, options?: VideoWaitOptions): Promise<VideoTicket>;
  download(ticket: VideoTicket | VideoState, options?: VideoDownloadOptions): Promise<VideoFile>;
  models(options?: { refresh?: boolean; signal?: AbortSignal | null }): Promise<VideoModel[]>;
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
  input: string | readonly { text: string; voice?: string; instructions?: string }[];
  /** Default: the configuration's, else `hexgrad/kokoro-82m`. */
  model?: string;
  /** Default: the configuration's, else `af_alloy`. */
  voice?: string;
  /** Default `mp3`. `pcm` is 16 bit little endian, mono, without a header. */
  responseFormat?: "mp3" | "pcm";
  speed?: number;
  instructions?: string;
  provider?: object;
  /** Default 16 MiB. */
  maxBytes?: number;
}

export interface SpeechResult {
  /** The bytes as they come; read it or call `bytes()`, not both. */
  stream: ReadableStream<Uint8Array<ArrayBuffer>>;
  bytes(): Promise<Uint8Array<ArrayBuffer>>;
  mediaType: string;
  name: string;
  /** For `GET /generation`: speech answers carry no usage. */
  generationId?: string;
}

export interface TranscriptionRequest extends MediaCallOptions {
  audio: Uint8Array | ArrayBuffer | Blob | string;
  mediaType?: string;
  fileName?: string;
  /** Default: the configuration's, else `openai/whisper-large-v3-turbo`. */
  model?: string;
  /** ISO 639-1. */
  language?: string;
  temperature?: number;
  /** Default 25 MiB. */
  maxBytes?: number;
}

export interface TranscriptionResult {
  text: string;
  usage?: { seconds?: number; inputTokens?: number; outputTokens?: number; totalTokens?: number; cost?: number; raw: Record<string, unknown> };
  language?: string;
  durationSeconds?: number;
  raw: Record<string, unknown>;
}

export interface MusicRequest extends MediaCallOptions {
  prompt: string;
  /** Default: the configuration's, else `google/lyria-3-pro-preview`. */
  model?: string;
  instrumental?: boolean;
  lyrics?: string;
  /** Default `wav`. */
  format?: "wav" | "mp3" | (string & {});
  durationSeconds?: number;
  /** At most one picture. */
  inputs?: readonly InputFile[];
  onProgress?: (progress: { receivedBytes: number; transcript: string }) => void;
  /** Of the audio. Default 16 MiB. */
  maxBytes?: number;
}

export interface MusicResult extends MediaFile {
  transcript: string;
  usage?: MediaUsage;
}
