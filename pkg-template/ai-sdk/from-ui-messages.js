// The messages that `useChat` keeps, as messages of the wire.
import { assistantTurn } from "./assistant-turn.js";
import { invalidRequest } from "../errors.js";
import { wirePart } from "./file-parts.js";
import { arrayAt, checkedOptions, objectAt, readingMessages, stringAt, warnOf } from "./places.js";
import { detailsIn, mergedDetails } from "./reasoning-details.js";
import { callPart, deniedMessage, failedMessage, outputContent, toolMessage } from "./tool-messages.js";

/** @import { ChatMessage } from "../index.js" */
/** @import { Warn } from "./places.js" */

/** So much of arguments that were no JSON goes back to the model. */
const SHOWN_CHARS = 2000;

/**
 * What the conversion of one message needs to know.
 * @typedef {object} Conversion
 * @property {Warn} warn
 * @property {(part: any) => any} convertDataPart
 * @property {boolean} isPast  whether the user has gone on since
 */

/**
 * @param {readonly any[]} messages
 * @param {{ convertDataPart?: (part: any) => any, onWarning?: Warn }} [options]
 * @returns {ChatMessage[]}
 */
export function fromUIMessages(messages, options = {}) {
  const given = checkedOptions(options, ["convertDataPart", "onWarning"]);
  const { convertDataPart: convert = () => undefined } = given;
  if (typeof convert !== "function") throw invalidRequest("convertDataPart: must be a function");
  return readingMessages([warnOf(given), convert], (warn, convertDataPart) => {
    const lastUser = arrayAt(messages, "messages").map((message) => message?.role).lastIndexOf("user");
    return messages.flatMap((message, number) => fromMessage(message, `messages[${number}]`, { warn, convertDataPart, isPast: number < lastUser }));
  });
}

/** @param {any} message @param {string} place @param {Conversion} conversion @returns {ChatMessage[]} */
function fromMessage(message, place, conversion) {
  const { role, parts } = objectAt(message, place);
  if (parts === undefined && "content" in message) throw invalidRequest(`${place}.parts: is missing; a message with content is given to chat as it is, or to fromModelMessages`);
  const all = arrayAt(parts, `${place}.parts`).map((part, number) => [part, `${place}.parts[${number}]`]);
  for (const [part, at] of all) stringAt(objectAt(part, at).type, `${at}.type`);
  switch (role) {
    case "system":
      return [{ role, content: all.map(([part, at]) => (part.type === "text" ? stringAt(part.text, `${at}.text`) : "")).join("") }];
    case "user":
      return [{ role, content: userContent(all, conversion) }];
    case "assistant":
      return fromAssistant(all, conversion);
    default:
      throw invalidRequest(`${place}.role: must be system, user or assistant`);
  }
}

/** @param {any[][]} parts @param {Conversion} conversion */
function userContent(parts, conversion) {
  const content = parts.flatMap(([part, at]) => userPart(part, at, conversion) ?? []);
  if (content.length === 0) return "";
  return content.length === 1 && content[0].type === "text" ? content[0].text : content;
}

/** @param {any} part @param {string} place @param {Conversion} conversion @returns {any} */
function userPart(part, place, conversion) {
  if (part.type === "text") return { type: "text", text: stringAt(part.text, `${place}.text`) };
  if (part.type === "file") return wirePart(part.providerReference ? { type: "reference" } : (part.url ?? part.data), part.mediaType, part.filename, place);
  if (part.type.startsWith("data-")) {
    const converted = conversion.convertDataPart(part);
    return converted && userPart(objectAt(converted, `${place}: what convertDataPart gives`), place, conversion);
  }
  conversion.warn({ rule: "ai-sdk", path: place, reason: `a part of type ${JSON.stringify(part.type)} is none of a user's and is left out` });
}

/** One turn of the page may be several of the model: each step is a message, followed by the answers to its calls. @param {any[][]} parts @param {Conversion} conversion @returns {ChatMessage[]} */
function fromAssistant(parts, conversion) {
  /** @type {ChatMessage[]} */
  const messages = [];
  /** @type {any[][]} */
  let step = [];
  const flush = () => {
    messages.push(...fromStep(step, conversion));
    step = [];
  };
  for (const [part, at] of parts) {
    if (part.type === "step-start") flush();
    else if (part.type === "steering-message") {
      flush();
      const own = arrayAt(part.parts, `${at}.parts`).map((one, number) => [objectAt(one, `${at}.parts[${number}]`), `${at}.parts[${number}]`]);
      messages.push({ role: "user", content: userContent(own, conversion) });
    } else step.push([part, at]);
  }
  flush();
  return messages;
}

/** @param {any[][]} parts @param {Conversion} conversion @returns {ChatMessage[]} */
function fromStep(parts, conversion) {
  let text = "", reasoning = "";
  const calls = [], images = [], details = [];
  /** @type {ChatMessage[]} */
  const answers = [];
  for (const [part, at] of parts) {
    details.push(detailsIn(part.callProviderMetadata ?? part.providerMetadata), detailsIn(part.resultProviderMetadata));
    if (part.type === "text") text += stringAt(part.text, `${at}.text`);
    else if (part.type === "reasoning") reasoning += stringAt(part.text, `${at}.text`);
    else if (part.type === "file") {
      const wire = wirePart(part.providerReference ? { type: "reference" } : (part.url ?? part.data), part.mediaType, part.filename, at);
      if (wire.type === "image_url") images.push(wire);
      else conversion.warn({ rule: "ai-sdk", path: at, reason: "a file of the assistant that is no image has no place on the wire and is left out" });
    } else if (part.type.startsWith("data-")) {
      const converted = conversion.convertDataPart(part);
      if (converted?.type === "text") text += stringAt(converted.text, `${at}: what convertDataPart gives`);
    } else if (part.type === "dynamic-tool" || part.type.startsWith("tool-")) {
      const name = part.type === "dynamic-tool" ? part.toolName : part.type.slice("tool-".length);
      const answer = answerOf(part, at, conversion.isPast);
      if (answer === "never called") continue;
      calls.push(callPart(part.toolCallId, name, part.input, at));
      if (answer) answers.push(answer);
    } else if (!/^(source-|custom$|reasoning-file$)/.test(part.type)) {
      conversion.warn({ rule: "ai-sdk", path: at, reason: `a part of type ${JSON.stringify(part.type)} is not known and is left out` });
    }
  }
  const merged = mergedDetails(details);
  if (text === "" && reasoning === "" && calls.length === 0 && images.length === 0 && merged.length === 0) return [];
  return [assistantTurn({ text, reasoning, details: merged, calls, images }), ...answers];
}

/**
 * What answers a call; nothing while nobody has.
 * @param {any} part @param {string} place @param {boolean} isPast
 * @returns {ChatMessage | "never called" | undefined}
 */
function answerOf(part, place, isPast) {
  const { state, output, errorText, approval, rawInput } = part;
  const id = stringAt(part.toolCallId, `${place}.toolCallId`);
  switch (state) {
    case "input-streaming":
      // It broke off before it was whole.
      return "never called";
    case "input-available":
      return undefined;
    case "approval-requested":
      // A user who goes on without an answer has not approved.
      return isPast ? deniedMessage(id, undefined) : undefined;
    case "approval-responded":
      return approval?.approved === true ? undefined : deniedMessage(id, approval?.reason);
    case "output-available":
      // A first look at what is still being made is no result.
      return part.preliminary === true ? undefined : toolMessage(id, outputContent(output));
    case "output-denied":
      return deniedMessage(id, approval?.reason);
    case "output-error": {
      const broken = part.input === undefined && typeof rawInput === "string" ? `. They were: ${rawInput.slice(0, SHOWN_CHARS)}` : "";
      return failedMessage(id, `${stringAt(errorText, `${place}.errorText`)}${broken}`);
    }
    default:
      throw invalidRequest(`${place}.state: ${JSON.stringify(state)} is no state of a tool part`);
  }
}
