// The words and values inside a request's messages: what a part's medium, its cache marker or a change of configuration says. Which names a message
// may have the engine knows. Loaded with the inner names.
import { nameTree } from "../name-tree.js";

const MARKERS = "cache_control:o{type!=ephemeral ttl=5m|1h} prompt_cache_breakpoint:o{mode!=explicit ttl=30m|12h}";
const VIDEO = "video_url!:o{url!:s processing=agentic|static *}";
/** By the type of a part. @type {Record<string, string>} */
const PARTS = {
  text: "text!:s",
  image_url: "image_url{url:s detail=auto|low|high|original *}",
  input_audio: "input_audio{data:s format=wav|mp3|flac|m4a|ogg|aiff|aac|pcm16|pcm24|opus|webm *}",
  video_url: VIDEO,
  input_video: VIDEO,
  file: "file{filename:s file_data:s file_id:s *}",
};
const MESSAGE = `{${MARKERS} configuration_update:o{reasoning!:o{effort!=max|xhigh|high|medium|low|minimal|none}} *}`;
const CALL = "{type=function *}";
/** Where a medium stands, and how it may begin. @type {Record<string, [field: string, name: string]>} */
const ADDRESSES = { video_url: ["video_url", "url"], input_video: ["video_url", "url"], file: ["file", "file_data"] };

/**
 * @param {any} messages @param {(value: any, tree: import("../name-tree.js").Known, place: string) => unknown} fit  looks through a value
 * @param {(place: string, reason: string) => void} tell
 */
export function tellOddMessages(messages, fit, tell) {
  if (!Array.isArray(messages)) return;
  messages.forEach((message, number) => {
    const at = `messages[${number}]`;
    if (typeof message !== "object" || message === null) return;
    if (isMarked(message)) fit(message, nameTree(MESSAGE), at);
    const { content, tool_calls: calls } = message;
    if (Array.isArray(calls)) calls.forEach((call, place) => call?.type !== "function" && fit(call, nameTree(CALL), `${at}.tool_calls[${place}]`));
    if (!Array.isArray(content)) return;
    content.forEach((part, place) => {
      const type = part?.type, below = `${at}.content[${place}]`;
      // Most are texts and nothing else.
      if (type === "text" && !isMarked(part) && "text" in part) return;
      // A block of a host that signs has fields of its own.
      if (typeof type !== "string" || !Object.hasOwn(PARTS, type) || part.thoughtSignature || part.thought_signature) return;
      fit(part, nameTree(`{${PARTS[type]} ${MARKERS} *}`), below);
      tellAddress(part, type, below, tell);
    });
  });
}

/** @param {any} held */
const isMarked = (held) => held.cache_control ?? held.cacheControl ?? held.prompt_cache_breakpoint ?? held.promptCacheBreakpoint ?? held.configuration_update ?? held.configurationUpdate;

/** A path of this machine is nobody else's, and the sound goes without a head. @param {any} part @param {string} type @param {string} below @param {(place: string, reason: string) => void} tell */
function tellAddress(part, type, below, tell) {
  const [field, name] = ADDRESSES[type] ?? [];
  const address = part[field]?.[name];
  if (typeof address === "string" && !/^[a-z][\w+.-]*:/i.test(address)) tell(`${below}.${field}.${name}`, "is neither an address (https:) nor a data URL (data:...;base64,...)");
  const { data } = (type === "input_audio" && part.input_audio) || {};
  if (typeof data === "string" && /^(data|https?):/i.test(data)) tell(`${below}.input_audio.data`, "is an address: OpenRouter takes the base64 alone");
}
