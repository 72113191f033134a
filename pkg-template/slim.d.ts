import type { Response, URL, WasmModule } from "./types/platform.js";

export * from "./index.js";

/** A module, its bytes, an answer that holds it, or where it is; or what gives one of these. */
export type EngineSource =
  | WasmModule
  | ArrayBuffer
  | ArrayBufferView
  | Response
  | URL
  | string
  | Promise<WasmModule | ArrayBuffer | ArrayBufferView | Response | URL | string>
  | (() => EngineSource | Promise<EngineSource>);

/**
 * Hands over the engines that `openrouter-wasm/slim` lacks: the files `openrouter-wasm/chat.wasm` (every chat), `transcript.wasm` (transcripts that
 * need a repair, `sanitizeTranscript`) and `services.wasm` (catalog, media, search, usage). A URL is fetched and compiled while it loads. Before the first
 * call; a wrong name or kind throws `invalid-request`, an engine that is missing when it is needed `engine`.
 */
export function useEngines(engines: { chat?: EngineSource; transcript?: EngineSource; services?: EngineSource }): void;
