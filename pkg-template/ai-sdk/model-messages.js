// The AI SDK's model messages, and the prompt that it makes of them for a provider, as messages of the wire.
import { assistantTurn } from "./assistant-turn.js";
import { invalidRequest } from "../errors.js";
import { wirePart } from "./file-parts.js";
import { arrayAt, checkedOptions, objectAt, readingMessages, stringAt, warnOf } from "./places.js";
import { detailsIn, mergedDetails, PROVIDER } from "./reasoning-details.js";
import { callPart, deniedMessage, failedMessage, outputContent, toolMessage } from "./tool-messages.js";

/** @import { ChatMessage } from "../index.js" */
/** @import { Warn } from "./places.js" */

/**
 * @param {readonly any[]} messages
 * @param {{ onWarning?: Warn }} [options]
 * @returns {ChatMessage[]}
 */
export function fromModelMessages(messages, options = {}) {
  const own = warnOf(checkedOptions(options, ["onWarning"]));
  return readingMessages([own], (warn) => arrayAt(messages, "messages").flatMap((message, number) => fromMessage(message, `messages[${number}]`, warn)));
}

/** @param {any} message @param {string} place @param {Warn} warn @returns {ChatMessage[]} */
function fromMessage(message, place, warn) {
  const { role, content } = objectAt(message, place);
  switch (role) {
    case "system":
      return [{ role, content: /** @type {any} */ (marked(stringAt(content, `${place}.content`), message)) }];
    case "user":
      return [{ role, content: userContent(content, message, place) }];
    case "assistant":
      return fromAssistant(content, message, place, warn);
    case "tool":
      return arrayAt(content, `${place}.content`).flatMap((part, number) => toolAnswer(part, `${place}.content[${number}]`));
    default:
      throw invalidRequest(`${place}.role: must be system, user, assistant or tool`);
  }
}

/** Where the caller wants Anthropic's cache to end; the names of both providers. @param {any} part */
function cacheControl({ providerOptions }) {
  const { [PROVIDER]: own, anthropic } = providerOptions ?? {};
  return own?.cacheControl ?? own?.cache_control ?? anthropic?.cacheControl ?? anthropic?.cache_control;
}

/** @param {string} text @param {any} part */
function marked(text, part) {
  const cache_control = cacheControl(part);
  return cache_control ? [{ type: "text", text, cache_control }] : text;
}

/** @param {any} content @param {any} message @param {string} place */
function userContent(content, message, place) {
  if (typeof content === "string") return marked(content, message);
  const parts = arrayAt(content, `${place}.content`).map((part, number) => {
    const at = `${place}.content[${number}]`;
    const wire = userPart(objectAt(part, at), at);
    const cache_control = cacheControl(part);
    return cache_control ? { ...wire, cache_control } : wire;
  });
  const whole = cacheControl(message);
  const last = parts.map(({ type }) => type).lastIndexOf("text");
  if (whole && last >= 0) parts[last] = { cache_control: whole, ...parts[last] };
  const [only] = parts;
  return parts.length === 1 && only.type === "text" && !only.cache_control ? only.text : parts;
}

/** @param {any} part @param {string} place */
function userPart(part, place) {
  switch (part.type) {
    case "text":
      return { type: "text", text: stringAt(part.text, `${place}.text`) };
    case "image":
      return wirePart(part.image, part.mediaType ?? "image", undefined, place);
    case "file":
      return wirePart(part.data, part.mediaType, part.filename ?? part.providerOptions?.[PROVIDER]?.filename, place);
    default:
      throw invalidRequest(`${place}.type: a user's part is text, image or file, not ${JSON.stringify(part.type)}`);
  }
}

/** @param {any} content @param {any} message @param {string} place @param {Warn} warn @returns {ChatMessage[]} */
function fromAssistant(content, message, place, warn) {
  const parts = typeof content === "string" ? [{ type: "text", text: content }] : arrayAt(content, `${place}.content`);
  let text = "", reasoning = "";
  const calls = [], images = [], answers = [];
  const details = [];
  for (const [number, part] of parts.entries()) {
    const at = `${place}.content[${number}]`;
    details.push(detailsIn(objectAt(part, at).providerOptions));
    switch (part.type) {
      case "text":
        text += stringAt(part.text, `${at}.text`);
        break;
      case "reasoning":
        reasoning += stringAt(part.text, `${at}.text`);
        break;
      case "tool-call":
        calls.push(callPart(part.toolCallId, part.toolName, part.input, at));
        break;
      case "tool-result":
        // Of a tool that the provider ran: the wire has no other place for it.
        answers.push(...toolAnswer(part, at));
        break;
      case "file": {
        const wire = wirePart(part.data, part.mediaType, part.filename, at);
        if (wire.type === "image_url") images.push(wire);
        else warn({ rule: "ai-sdk", path: at, reason: "a file of the assistant that is no image has no place on the wire and is left out" });
        break;
      }
      case "custom":
      case "reasoning-file":
      case "tool-approval-request":
        break;
      default:
        warn({ rule: "ai-sdk", path: at, reason: `a part of type ${JSON.stringify(part.type)} is not known and is left out` });
    }
  }
  const whole = detailsIn(message.providerOptions);
  const { annotations } = message.providerOptions?.[PROVIDER] ?? {};
  const merged = whole.length > 0 ? whole : mergedDetails(details);
  const marker = cacheControl(message);
  const turn = { ...assistantTurn({ text, reasoning, details: merged, calls, images }), ...(Array.isArray(annotations) && { annotations }), ...(marker && { cache_control: marker }) };
  return [/** @type {ChatMessage} */ (turn), ...answers];
}

/** @param {any} part @param {string} place @returns {ChatMessage[]} */
function toolAnswer(part, place) {
  const { type, toolCallId, output } = objectAt(part, place);
  // An approved call is run by the one who asked; a denied one has a result of its own.
  if (type === "tool-approval-response") return [];
  if (type !== "tool-result") throw invalidRequest(`${place}.type: a part of a tool message is tool-result, not ${JSON.stringify(type)}`);
  const id = stringAt(toolCallId, `${place}.toolCallId`);
  const { value, reason } = objectAt(output, `${place}.output`);
  const message = (() => {
    switch (output.type) {
      case "text":
        return toolMessage(id, stringAt(value, `${place}.output.value`));
      case "json":
        return toolMessage(id, outputContent(value));
      case "error-text":
      case "error-json":
        return failedMessage(id, typeof value === "string" ? value : JSON.stringify(value));
      case "execution-denied":
        return deniedMessage(id, reason);
      case "content":
        return toolMessage(id, arrayAt(value, `${place}.output.value`).map((one, number) => resultPart(one, `${place}.output.value[${number}]`)));
      default:
        throw invalidRequest(`${place}.output.type: ${JSON.stringify(output.type)} is none of text, json, error-text, error-json, content, execution-denied`);
    }
  })();
  const marker = cacheControl(part);
  return [marker ? /** @type {any} */ ({ ...message, cache_control: marker }) : message];
}

/** @param {any} part @param {string} place */
function resultPart(part, place) {
  switch (objectAt(part, place).type) {
    case "text":
      return { type: "text", text: stringAt(part.text, `${place}.text`) };
    case "file":
    case "file-data":
    case "image-data":
    case "media":
      return wirePart(part.data, part.mediaType, part.filename, place);
    case "file-url":
    case "image-url":
      return wirePart(part.url, part.mediaType ?? (part.type === "image-url" ? "image" : undefined), part.filename, place);
    default:
      return { type: "text", text: JSON.stringify(part) };
  }
}
