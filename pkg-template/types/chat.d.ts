// Requests of a chat.
import type { Budget } from "./account.js";
import type { ObjectOptions, SchemaOptions } from "./objects.js";
import type { EngineOptions, ResizeImage, Thinking, TranscriptPolicy } from "./options.js";
import type { Params } from "./params.js";
import type { AbortSignal, HeaderValues } from "./platform.js";
import type { ChatFields } from "./request.js";
import type { Checkpoint } from "./runs.js";
import type { BothSpellings } from "./spelling.js";
import type { Tool, ToolLoopOptions } from "./tools.js";
import type { Change } from "./transcripts.js";

/** A request as it would be sent. */
export interface PreparedChat {
  /** Always `POST`. */
  method: "POST";
  /** Address of the request. */
  url: string;
  /** The key masked. */
  headers: Record<string, string>;
  /** The body, read on first access. */
  readonly body: Record<string, any>;
  /** The body as it goes out, byte for byte. */
  bodyText: string;
  /** The reference of the model that is asked first. */
  model: string;
  /** Changes in the caller's request. */
  changes: Change[];
  /**
   * Warnings: names and words that are none, numbers out of their range, fields that contradict each other, unsupported parameters, mandatory
   * reasoning asked off, an output limit under the reasoning budget, too many cache markers, ...
   */
  warnings: Change[];
}

/**
 * Every field of OpenRouter's chat schema, in the wire's spelling or in camelCase, and beside them the package's own. A name that is none is
 * told in `warnings` with the one that was meant (with the client's `strict` refused), and goes out all the same: `extraBody` is the place
 * for what a provider alone knows.
 */
export interface ChatRequest extends ChatRequestBase, SchemaOptions {
  /** Tools that the model may call; those with `execute` are run. */
  tools?: readonly Tool[] | undefined;
}

/** A request but for its tools and its schema. */
export interface ChatRequestBase extends EngineOptions, BothSpellings<ChatFields>, ToolLoopOptions, ObjectOptions {
  /** This request's list in place of the client's. */
  fallbackModels?: readonly string[] | undefined;
  /** Copied over the body at the end, unchecked; may override anything but `store`. `null` takes a field out. */
  extraBody?: object | null | undefined;
  /** The other spelling of `extraBody`. */
  extra_body?: object | null | undefined;
  /** The name of the conversation, sent as a hash (`session_id`) to OpenRouter's own base URL: its requests find a warm cache. Default: none. */
  sessionId?: string | undefined;
  /** How strongly the model is to think. */
  thinking?: Thinking | undefined;
  /** Request fields by OpenClaw's names; those of the request itself win. */
  params?: Params | undefined;
  /** In place of the client's. */
  transcriptPolicy?: TranscriptPolicy | undefined;
  /** In place of the client's. */
  resizeImage?: ResizeImage | false | undefined;
  /** USD this run may cost, all steps together; beyond it the run stops with `budget` and what was received. */
  budget?: Budget | undefined;
  /** Aborts the run; it then fails with `signal.reason`. */
  signal?: AbortSignal | null | undefined;
  /**
   * At a gateway (`openrouter-wasm/gateway` behind `baseURL`): the run goes on when its reader leaves, until `cancel()` or the gateway's limit, and
   * is read again with `client.resumeRun(run.id)`. Anywhere else it changes nothing. Default false.
   */
  durable?: boolean | undefined;
  /**
   * Goes on with an answer that was cut off: its text is put behind the messages with a request for the rest. The events are the rest, the
   * result's message both parts; `changes` tells it.
   */
  continueFrom?: Checkpoint | undefined;
  /** Headers for this request alone. */
  headers?: HeaderValues | undefined;
}

