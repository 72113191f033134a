// The messages of a chat: OpenRouter's wire form, and OpenClaw's block form, which is turned into it.
import type { ReasoningEffort } from "./request.js";

export type Role = "system" | "developer" | "user" | "assistant" | "tool";

/** A message as OpenRouter takes and gives it. What another role has is `undefined`, so that it may be asked for without a look at the role. */
export type ChatMessage = SystemMessage | DeveloperMessage | UserMessage | AssistantTurn | ToolMessage;

export interface SystemMessage {
  role: "system";
  content: string | TextPart[];
  name?: string | undefined;
  /** Another effort from here on, without a loss of the prompt cache. */
  configuration_update?: ConfigurationUpdate | null | undefined;
  tool_calls?: undefined;
  tool_call_id?: undefined;
  reasoning?: undefined;
  reasoning_details?: undefined;
  images?: undefined;
}

/** OpenAI's newer word for `system`, and sent as that. */
export interface DeveloperMessage {
  role: "developer";
  content: string | TextPart[];
  name?: string | undefined;
  configuration_update?: ConfigurationUpdate | null | undefined;
  tool_calls?: undefined;
  tool_call_id?: undefined;
  reasoning?: undefined;
  reasoning_details?: undefined;
  images?: undefined;
}

export interface ConfigurationUpdate {
  reasoning: { effort?: ReasoningEffort | null | undefined };
}

export interface UserMessage {
  role: "user";
  /** What has nothing to read in it is left out; the last turn of a request may not be blank. */
  content: string | ContentPart[];
  name?: string | undefined;
  tool_calls?: undefined;
  tool_call_id?: undefined;
  reasoning?: undefined;
  reasoning_details?: undefined;
  images?: undefined;
}

/** A turn of the model. As the last message it is the beginning of the answer, which the model goes on with. */
export interface AssistantTurn {
  role: "assistant";
  content?: string | ContentPart[] | RefusalPart[] | null | undefined;
  name?: string | undefined;
  tool_calls?: ToolCallPart[] | undefined;
  reasoning?: string | null | undefined;
  /** The other name of `reasoning`, which DeepSeek wants. */
  reasoning_content?: string | null | undefined;
  /** As they came: whole, in their order. */
  reasoning_details?: ReasoningDetail[] | undefined;
  refusal?: string | null | undefined;
  /** As they came: files are not parsed, and paid for, a second time. */
  annotations?: object[] | undefined;
  images?: { type?: "image_url" | undefined; image_url: { url: string } }[] | undefined;
  audio?: { id?: string | undefined; data?: string | undefined; transcript?: string | undefined; expires_at?: number | undefined } | undefined;
  /** The model that said it: the auto router keeps to it with `pin_model`. */
  model?: string | undefined;
  tool_call_id?: undefined;
}

export interface ToolMessage {
  role: "tool";
  /** The id of the call that is answered. */
  tool_call_id: string;
  content: string | ContentPart[];
  /** The tool's, as other SDKs write it. */
  name?: string | undefined;
  tool_calls?: undefined;
  reasoning?: undefined;
  reasoning_details?: undefined;
  images?: undefined;
}

export type ContentPart = TextPart | ImagePart | AudioPart | VideoPart | FilePart;

export interface TextPart {
  type: "text";
  text: string;
  cache_control?: CacheControl | undefined;
  /** OpenAI's marker of the same. */
  prompt_cache_breakpoint?: { mode: "explicit"; ttl?: string | null | undefined } | null | undefined;
}

/** Texts in front of images are read better. */
export interface ImagePart {
  type: "image_url";
  /** An https URL, or a data URL of png, jpeg, webp or gif. */
  image_url: { url: string; detail?: "auto" | "low" | "high" | "original" | undefined };
  cache_control?: CacheControl | undefined;
}

export interface AudioPart {
  type: "input_audio";
  /** Base64, no URL; `format`: `wav`, `mp3`, `flac`, `m4a`, `ogg`, `aiff`, `aac`, `pcm16`, `pcm24`, as the provider has it. */
  input_audio: { data: string; format: string };
  cache_control?: CacheControl | undefined;
}

export interface VideoPart {
  type: "video_url";
  /** An https URL, or a data URL. */
  video_url: { url: string; processing?: "agentic" | "static" | undefined };
  cache_control?: CacheControl | undefined;
}

export interface FilePart {
  type: "file";
  /** `file_data`: a data URL, or an https URL. */
  file: { filename?: string | undefined; file_data?: string | undefined; file_id?: string | undefined };
  cache_control?: CacheControl | undefined;
}

/** Of OpenAI's own history; sent in its own field. */
export interface RefusalPart {
  type: "refusal";
  refusal: string;
}

/** A marker of Anthropic's prompt cache, kept for five minutes (default) or an hour. */
export interface CacheControl {
  type: "ephemeral";
  ttl?: "5m" | "1h" | undefined;
}

export interface ToolCallPart {
  id: string;
  type: "function";
  /** `arguments` is JSON text. */
  function: { name: string; arguments: string };
  /** Google's signature of the thought behind the call. */
  extra_content?: { google?: { thought_signature?: string | undefined } | undefined } | undefined;
}

/** A piece of reasoning, which only the model that made it can read. */
export interface ReasoningDetail {
  type: "reasoning.text" | "reasoning.summary" | "reasoning.encrypted" | "reasoning.server_tool_call" | (string & {});
  id?: string | null | undefined;
  format?: string | null | undefined;
  index?: number | undefined;
  text?: string | null | undefined;
  signature?: string | null | undefined;
  summary?: string | undefined;
  data?: string | undefined;
  arguments?: string | undefined;
  result?: string | undefined;
  tool_call_id?: string | null | undefined;
  tool_name?: string | undefined;
}

/** A message of OpenClaw's block form, told from the wire form by its role or its blocks. */
export type BlockMessage = BlockUserMessage | BlockAssistantMessage | BlockToolResult;

export interface BlockUserMessage {
  role: "user";
  content: string | (TextBlock | MediaBlock | ContentPart)[];
  /** Milliseconds since 1970. */
  timestamp?: number | undefined;
}

export interface BlockAssistantMessage {
  role: "assistant";
  content?: string | Block[] | Block | null | undefined;
  api?: string | undefined;
  provider?: string | undefined;
  model?: string | undefined;
  stopReason?: "stop" | "length" | "toolUse" | "error" | "aborted" | (string & {}) | undefined;
  errorMessage?: string | undefined;
  usage?: object | undefined;
  timestamp?: number | undefined;
}

export interface BlockToolResult {
  role: "toolResult";
  toolCallId?: string | undefined;
  toolName?: string | undefined;
  content?: string | { type: string; [field: string]: unknown }[] | null | undefined;
  isError?: boolean | undefined;
  details?: unknown;
  timestamp?: number | undefined;
}

export type Block = TextBlock | ThinkingBlock | RedactedBlock | CallBlock | MediaBlock;

export interface TextBlock {
  type: "text";
  text: string;
  thoughtSignature?: string | undefined;
  thought_signature?: string | undefined;
}

export interface ThinkingBlock {
  type: "thinking";
  thinking: string;
  /** The field of the wire form that it came in, or a signature. */
  thinkingSignature?: string | undefined;
}

export interface RedactedBlock {
  type: "redacted_thinking";
  data?: string | undefined;
}

export interface CallBlock {
  type: "toolCall" | "toolUse" | "functionCall" | "tool_call" | "tool_use" | "function_call";
  id?: string | undefined;
  name?: string | undefined;
  arguments?: unknown;
  input?: unknown;
  partialJson?: string | undefined;
  thoughtSignature?: string | undefined;
}

export interface MediaBlock {
  type: "image" | "video" | "audio" | "attachment_error";
  /** Base64. */
  data?: string | undefined;
  mimeType?: string | undefined;
  url?: string | undefined;
  /** Anthropic's form. */
  source?: object | undefined;
}
