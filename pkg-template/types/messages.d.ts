// The messages of a chat: OpenRouter's wire form, and OpenClaw's block form, which is turned into it.
import type { ReasoningEffort } from "./request.js";

/** Role of the speaker. */
export type Role = "system" | "developer" | "user" | "assistant" | "tool";

/** A message as OpenRouter takes and gives it. A field of another role is `undefined`, so that it may be asked for without a look at the role. */
export type ChatMessage = SystemMessage | DeveloperMessage | UserMessage | AssistantTurn | ToolMessage;

/** Instructions to the model, before the conversation. */
export interface SystemMessage {
  /** Role of the speaker. */
  role: "system";
  /** A text, or text parts. */
  content: string | TextPart[];
  /** A name for who speaks, for the model to tell them apart. */
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
  /** Role of the speaker. */
  role: "developer";
  /** A text, or text parts. */
  content: string | TextPart[];
  /** A name for who speaks, for the model to tell them apart. */
  name?: string | undefined;
  /** Another effort from here on. */
  configuration_update?: ConfigurationUpdate | null | undefined;
  tool_calls?: undefined;
  tool_call_id?: undefined;
  reasoning?: undefined;
  reasoning_details?: undefined;
  images?: undefined;
}

/** Change in mid-conversation. */
export interface ConfigurationUpdate {
  /** The new effort. */
  reasoning: { effort?: ReasoningEffort | null | undefined };
}

/** Message of the user. */
export interface UserMessage {
  /** Role of the speaker. */
  role: "user";
  /** Content with nothing to read in it is left out; the last turn of a request may not be blank. */
  content: string | ContentPart[];
  /** A name for who speaks, for the model to tell them apart. */
  name?: string | undefined;
  tool_calls?: undefined;
  tool_call_id?: undefined;
  reasoning?: undefined;
  reasoning_details?: undefined;
  images?: undefined;
}

/** A turn of the model. As the last message it is the beginning of the answer, which the model goes on with. */
export interface AssistantTurn {
  /** Role of the speaker. */
  role: "assistant";
  /** A text, or parts. `null` when it only calls tools. */
  content?: string | ContentPart[] | RefusalPart[] | null | undefined;
  /** A name for who speaks, for the model to tell them apart. */
  name?: string | undefined;
  /** The tools that it calls. */
  tool_calls?: ToolCallPart[] | undefined;
  /** Reasoning of the model, as text. */
  reasoning?: string | null | undefined;
  /** The other name of `reasoning`, which DeepSeek wants. */
  reasoning_content?: string | null | undefined;
  /** As they came: whole, in their order. */
  reasoning_details?: ReasoningDetail[] | undefined;
  /** Anthropic's own form of signed details, which LiteLLM gives and takes back. */
  thinking_blocks?: SignedThinkingBlock[] | undefined;
  /** Why it refused. */
  refusal?: string | null | undefined;
  /** As they came: files are not parsed, and paid for, a second time. */
  annotations?: object[] | undefined;
  /** Images that it made. */
  images?: { type?: "image_url" | undefined; image_url: { url: string } }[] | undefined;
  /** Sound that it made; `id` alone is enough for a later turn. */
  audio?: { id?: string | undefined; data?: string | undefined; transcript?: string | undefined; expires_at?: number | undefined } | undefined;
  /** Google's signature of the thought behind the text: it goes back with the next request. */
  extra_content?: { google?: { thought_signature?: string | undefined } | undefined } | undefined;
  /** The same as a proxy hands it on, as it came. */
  provider_specific_fields?: object | undefined;
  /** The model that said it: the auto router keeps to it with `pin_model`. */
  model?: string | undefined;
  tool_call_id?: undefined;
}

/** Result of a tool. */
export interface ToolMessage {
  /** Role of the speaker. */
  role: "tool";
  /** The id of the call that is answered. */
  tool_call_id: string;
  /** A text, or parts. */
  content: string | ContentPart[];
  /** The tool's, as other SDKs write it. */
  name?: string | undefined;
  tool_calls?: undefined;
  reasoning?: undefined;
  reasoning_details?: undefined;
  images?: undefined;
}

/** A part of a message, by its `type`. */
export type ContentPart = TextPart | ImagePart | AudioPart | VideoPart | FilePart;

/** A text. */
export interface TextPart {
  /** Says which kind this is. */
  type: "text";
  /** The text. */
  text: string;
  /** Marks this as the end of what the prompt cache keeps. */
  cache_control?: CacheControl | undefined;
  /** OpenAI's marker of the same. */
  prompt_cache_breakpoint?: { mode: "explicit"; ttl?: string | null | undefined } | null | undefined;
}

/** Texts in front of images are read better. */
export interface ImagePart {
  /** Says which kind this is. */
  type: "image_url";
  /** An https URL, or a data URL of png, jpeg, webp or gif. */
  image_url: { url: string; detail?: "auto" | "low" | "high" | "original" | undefined };
  /** Marks this as the end of what the prompt cache keeps. */
  cache_control?: CacheControl | undefined;
}

/** A sound. */
export interface AudioPart {
  /** Says which kind this is. */
  type: "input_audio";
  /** Base64, no URL; `format`: `wav`, `mp3`, `flac`, `m4a`, `ogg`, `aiff`, `aac`, `pcm16`, `pcm24`, as the provider has it. */
  input_audio: { data: string; format: string };
  /** Marks this as the end of what the prompt cache keeps. */
  cache_control?: CacheControl | undefined;
}

/** A video. */
export interface VideoPart {
  /** Says which kind this is. */
  type: "video_url";
  /** An https URL, or a data URL. */
  video_url: { url: string; processing?: "agentic" | "static" | undefined };
  /** Marks this as the end of what the prompt cache keeps. */
  cache_control?: CacheControl | undefined;
}

/** A file: a PDF, a text, whatever the model or the file parser reads. */
export interface FilePart {
  /** Says which kind this is. */
  type: "file";
  /** `file_data`: a data URL, or an https URL. */
  file: { filename?: string | undefined; file_data?: string | undefined; file_id?: string | undefined };
  /** Marks this as the end of what the prompt cache keeps. */
  cache_control?: CacheControl | undefined;
}

/** Of OpenAI's own history; sent in its own field. */
export interface RefusalPart {
  /** Says which kind this is. */
  type: "refusal";
  /** The refusal's text. */
  refusal: string;
}

/** A marker of Anthropic's prompt cache, kept for five minutes (default) or an hour. */
export interface CacheControl {
  /** Says which kind this is. */
  type: "ephemeral";
  /** Default `5m`. */
  ttl?: "5m" | "1h" | undefined;
}

/** A call of a tool. */
export interface ToolCallPart {
  /** The call's id. */
  id: string;
  /** Says which kind this is. */
  type: "function";
  /** `arguments` is JSON text. */
  function: { name: string; arguments: string };
  /** Google's signature of the thought behind the call. */
  extra_content?: { google?: { thought_signature?: string | undefined } | undefined } | undefined;
}

/** A thought as Anthropic's models sign it. */
export interface SignedThinkingBlock {
  /** Says which kind this is. */
  type: "thinking" | "redacted_thinking" | (string & {});
  /** Of `thinking`: the text. */
  thinking?: string | undefined;
  /** Of `thinking`: proves to the model that the text is its own. */
  signature?: string | undefined;
  /** Of `redacted_thinking`: data that only the model can read. */
  data?: string | undefined;
}

/** A piece of reasoning, which only the model that made it can read. */
export interface ReasoningDetail {
  /** Says which kind this is. */
  type: "reasoning.text" | "reasoning.summary" | "reasoning.encrypted" | "reasoning.server_tool_call" | (string & {});
  /** The piece's id. */
  id?: string | null | undefined;
  /** Whose format it is: `anthropic-claude-v1`, ... */
  format?: string | null | undefined;
  /** Which piece it belongs to, in a stream. */
  index?: number | undefined;
  /** Of `reasoning.text`: the text. */
  text?: string | null | undefined;
  /** Proves to the model that the text is its own. */
  signature?: string | null | undefined;
  /** Of `reasoning.summary`: the summary. */
  summary?: string | undefined;
  /** Of `reasoning.encrypted`: data that only the model can read. */
  data?: string | undefined;
  /** Of a server tool's call: its arguments. */
  arguments?: string | undefined;
  /** Of a server tool's call: its result. */
  result?: string | undefined;
  /** Of a server tool's call: its id. */
  tool_call_id?: string | null | undefined;
  /** Of a server tool's call: the tool. */
  tool_name?: string | undefined;
}

/** A message of OpenClaw's block form, told from the wire form by its role or its blocks. */
export type BlockMessage = BlockUserMessage | BlockAssistantMessage | BlockToolResult;

/** A user's message in block form. */
export interface BlockUserMessage {
  /** Role of the speaker. */
  role: "user";
  /** A text, or blocks. */
  content: string | (TextBlock | MediaBlock | ContentPart)[];
  /** Milliseconds since 1970. */
  timestamp?: number | undefined;
}

/** A model's message in block form. */
export interface BlockAssistantMessage {
  /** Role of the speaker. */
  role: "assistant";
  /** A text, or blocks. */
  content?: string | Block[] | Block | null | undefined;
  /** The API it came by. */
  api?: string | undefined;
  /** The provider it came from. */
  provider?: string | undefined;
  /** The model that said it. */
  model?: string | undefined;
  /** Why it ended. Of `error` and `aborted` a turn with calls goes, and a notice takes the place of a text. */
  stopReason?: "stop" | "length" | "toolUse" | "error" | "aborted" | (string & {}) | undefined;
  /** Error message. */
  errorMessage?: string | undefined;
  /** Usage and cost; not read. */
  usage?: object | undefined;
  /** Milliseconds since 1970. */
  timestamp?: number | undefined;
}

/** Result of a tool, in block form. */
export interface BlockToolResult {
  /** Role of the speaker. */
  role: "toolResult";
  /** The call that is answered. */
  toolCallId?: string | undefined;
  /** The tool's name. */
  toolName?: string | undefined;
  /** A text, or blocks. */
  content?: string | { type: string; [field: string]: unknown }[] | null | undefined;
  /** Whether the tool failed. */
  isError?: boolean | undefined;
  /** The app's own; not sent. */
  details?: unknown;
  /** Milliseconds since 1970. */
  timestamp?: number | undefined;
}

/** A block of a message, by its `type`. */
export type Block = TextBlock | ThinkingBlock | RedactedBlock | CallBlock | MediaBlock;

/** A text. */
export interface TextBlock {
  /** Says which kind this is. */
  type: "text";
  /** The text. */
  text: string;
  /** Google's signature of the thought behind it. */
  thoughtSignature?: string | undefined;
  /** The same in the other spelling. */
  thought_signature?: string | undefined;
}

/** Thought of the model. */
export interface ThinkingBlock {
  /** Says which kind this is. */
  type: "thinking";
  /** The text. */
  thinking: string;
  /** The field of the wire form that it came in, or a signature. */
  thinkingSignature?: string | undefined;
}

/** A thought that only the model can read. */
export interface RedactedBlock {
  /** Says which kind this is. */
  type: "redacted_thinking";
  /** The encrypted thought. */
  data?: string | undefined;
}

/** A call of a tool. */
export interface CallBlock {
  /** Says which kind this is. */
  type: "toolCall" | "toolUse" | "functionCall" | "tool_call" | "tool_use" | "function_call";
  /** The call's id. */
  id?: string | undefined;
  /** The tool's name. */
  name?: string | undefined;
  /** The arguments: an object, or JSON text. */
  arguments?: unknown;
  /** Anthropic's name of `arguments`. */
  input?: unknown;
  /** The text of arguments that broke off. */
  partialJson?: string | undefined;
  /** Google's signature of the thought behind it. */
  thoughtSignature?: string | undefined;
}

/** An image, a sound or a video. */
export interface MediaBlock {
  /** Says which kind this is. */
  type: "image" | "video" | "audio" | "attachment_error";
  /** Base64. */
  data?: string | undefined;
  /** Its media type. */
  mimeType?: string | undefined;
  /** Address of the file, in place of `data`. */
  url?: string | undefined;
  /** Anthropic's form. */
  source?: object | undefined;
}
