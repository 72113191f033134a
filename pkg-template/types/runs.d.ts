// Answers that survive their reader, and runs as HTTP answers.
import type { AssistantMessage, StreamFormat } from "../index.js";
import type { HeaderList } from "./platform.js";

/** Checkpoint of a run: the part that has arrived, small enough for `sessionStorage`, as plain JSON. */
export interface Checkpoint {
  /** Always 1. */
  version: 1;
  /** Of a durable run, with the number of the last event in it: `client.resumeRun(id, { after })` gives the rest. */
  id?: string;
  /** The number of the last event in it. */
  after?: number;
  /** The message so far. */
  message: AssistantMessage;
  /** OpenRouter's id of the generation. */
  generationId?: string;
  /** The model that answers. */
  model?: string;
}

/** How a run becomes an HTTP response. */
export interface RunResponseOptions {
  /**
   * As `toResponse`, and `json`: one `chat.completion`. Default `sse`; of a run without tools of its own the bytes go on as they came, which costs
   * next to nothing in a Worker. Upstream's own words of an error in the middle of an answer are in them.
   */
  format?: StreamFormat | "json" | undefined;
  /** Further headers of the response. */
  headers?: HeaderList | undefined;
  /** Of an answer that has begun. Default 200. */
  status?: number | undefined;
  /** A comment is sent when nothing else was for so long. Default 10,000; 0: none. */
  keepAliveMs?: number | undefined;
  /** Of the message that `ui-message` writes. Default: the page gives it one. */
  messageId?: string | undefined;
  /** False: of an answer that is handed on as it came `result()` has verdict, usage and cost, and no text; nothing of it stays in memory. Default true. */
  keep?: boolean | undefined;
}
