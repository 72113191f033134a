// Transcripts as the model behind the route takes them, and references of models.
import type { ChatRequest } from "./chat.js";
import type { BlockMessage, ChatMessage } from "./messages.js";
import type { TranscriptPolicy } from "./options.js";

/** One thing that was changed, or that is odd. */
export interface Change {
  /** The rule. */
  rule: string;
  /** The place in what the caller wrote: `messages[3].content[1]`. */
  path: string;
  /** Why, in a sentence. */
  reason: string;
}

/** How `sanitizeTranscript` repairs. */
export interface SanitizeOptions {
  /** The model that the transcript is for. Default `openrouter/auto`. */
  model?: string | undefined;
  /** Which repairs are made. Default `auto`. */
  policy?: TranscriptPolicy | undefined;
  /** Calls of other tools go, unless they were answered. */
  allowedToolNames?: readonly string[] | undefined;
  /** Input modalities of the model; without `image` images are named instead. */
  input?: readonly string[] | undefined;
  /** Whether the model calls tools. False: calls and their results become text. */
  supportsTools?: boolean | undefined;
}

/**
 * Repairs a transcript for a model, as `chat` does. Takes the wire form and OpenClaw's block form, gives the wire form. The caller's messages
 * are never changed; those that stay are the same objects. Halves of characters (lone surrogates) are removed. Throws `invalid-request` with the
 * place of what cannot be repaired. Starts the engine on the spot, which older versions of Chromium refuse on a page's own thread: there await
 * something of a client first, `prepare` for one.
 *
 * @example
 * ```js
 * import { sanitizeTranscript } from "openrouter-wasm";
 *
 * const { messages, changes } = sanitizeTranscript([
 *   { role: "user", content: "Weather in Bern?" },
 *   { role: "assistant", content: null, tool_calls: [{ id: "a", type: "function", function: { name: "weather", arguments: "{}" } }] },
 *   { role: "user", content: "Never mind." },
 * ], { model: "google/gemini-3.1-pro" });
 * console.log(messages.length, changes);
 * ```
 */
export declare function sanitizeTranscript(messages: readonly (ChatMessage | BlockMessage)[], options?: SanitizeOptions): { messages: ChatMessage[]; changes: Change[] };

/**
 * Picks the fields of a visitor's body that may go into `chat`: messages, and those of `allow`. By default all that describes the chat: model, sampling,
 * limits of length, reasoning, function tools, response format; nothing that sets headers, budgets, retries, providers or plugins, and no tools
 * that OpenRouter runs (`serverTools` in `allow` lets them pass). Throws `invalid-request` for what is no request.
 *
 * @example
 * ```js
 * import { pickRequest } from "openrouter-wasm";
 *
 * const body = { model: "openai/gpt-4o-mini", messages: [{ role: "user", content: "Hello!" }], provider: { only: ["dear"] } };
 * console.log(Object.keys(pickRequest(body))); // provider is left out
 * ```
 */
export declare function pickRequest(body: unknown, options?: { allow?: readonly string[] }): ChatRequest;

/** A model's name, taken apart. */
export interface ModelRef {
  /** The key for settings: `openrouter/<model>`. */
  ref: string;
  /** Always `openrouter`. */
  provider: "openrouter";
  /** The name without `openrouter/`. */
  model: string;
  /** The id on the wire. */
  apiId: string;
  /** The id that families are told by. */
  family: string;
  /** Variant, behind the colon: `free`, `nitro`, ... */
  variant?: string;
  /** The slug of `@preset/<slug>`. */
  preset?: string;
  /** The profile whose key is used, behind an `@`. */
  profile?: string;
}

/**
 * Reads `openrouter/<provider>/<model>`, a slug, or a bare name; `null` when it names no model. Starts the engine on the spot.
 *
 * @example
 * ```js
 * import { parseModelRef } from "openrouter-wasm";
 *
 * console.log(parseModelRef("openrouter/deepseek/deepseek-r1:free")?.variant); // free
 * ```
 */
export declare function parseModelRef(ref: string): ModelRef | null;
