// A run that outlives its request.
import type { ChatMessage, ChatRequest } from "../index.js";
import type { PendingCall } from "./tools.js";

/**
 * A run that waits for its caller, as plain JSON: store it anywhere. It holds the conversation, the request's own fields and what the run has
 * cost; no key, no header, no function. A store may change the order of its fields.
 */
export interface RunState {
  /** Always `openrouter-wasm/run`. */
  kind: "openrouter-wasm/run";
  /** Another one than this package reads is refused. */
  version: 1;
  /** The same for as long as the state lives: a store of states knows by it which were used. */
  id: string;
  /** Milliseconds since 1970. */
  createdAtMs: number;
  /** The request's fields, but for its messages. */
  request: Record<string, any>;
  /** The conversation so far. */
  messages: ChatMessage[];
  /** The calls that wait. */
  pending: PendingCall[];
  /** The answers so far. */
  steps: any[];
  /** Costs of these answers. */
  money: any[];
  /** Facts about the last answer. */
  answer: Record<string, any>;
  /** HMAC-SHA-256 with a secret; without one a digest, which tells of accidents and not of ill will. */
  seal: { algorithm: "HMAC-SHA-256" | "SHA-256"; value: string };
}

/**
 * Decisions about the calls that wait, and the parts of a run that cannot be written down: tools with their `execute` (those given take the place of the
 * first run's by name), `approve`, `prepareStep`, `stopWhen`, `signal`, `headers`. Any other field of a request takes the place of the first one's.
 */
export interface ResumeOptions extends Omit<ChatRequest, "messages"> {
  /** By call id. A tool whose call is approved needs its `execute` here. */
  approvals?: Record<string, boolean | { deny: string } | { approved: boolean; reason?: string | undefined }> | undefined;
  /** By call id: outputs, as `execute` would return them. */
  results?: Record<string, unknown> | undefined;
  /** The one that the state was signed with. */
  secret?: string | undefined;
  /** Asked once everything else is right: false when a state of this id was used before. One process remembers its own without it. */
  claim?: ((id: string) => boolean | Promise<boolean>) | undefined;
}
