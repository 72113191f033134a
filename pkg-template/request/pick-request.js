// What of a visitor's body may go into a chat. Picked and not spread: a body that is spread may set budgets, headers and retries.
import { reading } from "../caller-objects.js";
import { checkNames } from "../calls/call-options.js";
import { invalidRequest } from "../errors.js";

/** What describes the chat and costs no more than its tokens. */
const DEFAULT_ALLOW = [
  "model", "stream", "stream_options", "temperature", "top_p", "top_k", "min_p", "top_a", "frequency_penalty", "presence_penalty", "repetition_penalty",
  "seed", "stop", "max_tokens", "max_completion_tokens", "response_format", "tools", "tool_choice", "parallel_tool_calls", "reasoning", "reasoning_effort",
  "include_reasoning", "thinking", "verbosity", "logit_bias", "logprobs", "top_logprobs", "prediction", "modalities", "audio",
];
/** What is no part of a chat but of how it is run: in the hands of a visitor each of them is a hole. */
const NEVER = new Set([
  "headers", "params", "extraBody", "extra_body", "signal", "approve", "stopWhen", "prepareStep", "resizeImage", "fetch", "apiKey", "baseURL", "logger",
]);
/** Tools that OpenRouter runs, and bills. */
const SERVER_TOOLS = "serverTools";

/**
 * @param {any} body
 * @param {{ allow?: readonly string[] }} [options]
 * @returns {any}
 */
export function pickRequest(body, options = {}) {
  return reading("body", () => {
    checkNames(options, ["allow"]);
    return picked(body, options);
  });
}

/** @param {any} body @param {{ allow?: readonly string[] }} options */
function picked(body, { allow = DEFAULT_ALLOW }) {
  if (typeof body !== "object" || body === null || Array.isArray(body)) throw invalidRequest("body: must be an object");
  checkAllow(allow);
  const { messages } = body;
  if (!Array.isArray(messages) || messages.length === 0) throw invalidRequest("messages: must be an array with at least one message");
  const stray = messages.findIndex((message) => typeof message !== "object" || message === null || typeof message.role !== "string");
  if (stray >= 0) throw invalidRequest(`messages[${stray}]: must be a message with a role`);
  /** @type {any} */
  const request = { messages };
  for (const name of allow) {
    if (name === "messages" || name === SERVER_TOOLS || !Object.hasOwn(body, name)) continue;
    const value = body[name];
    // A null is how some SDKs write "not set".
    if (value === undefined || value === null) continue;
    request[name] = name === "tools" ? functionTools(value, allow.includes(SERVER_TOOLS)) : value;
  }
  if (request.tools?.length === 0) {
    delete request.tools;
    delete request.tool_choice;
  }
  return request;
}

/** @param {readonly string[]} allow */
function checkAllow(allow) {
  if (!Array.isArray(allow) || !allow.every((name) => typeof name === "string")) throw invalidRequest("allow: must be an array of names of request fields");
  const never = allow.find((name) => NEVER.has(name));
  if (never !== undefined) throw invalidRequest(`allow: ${never} is nothing that a visitor may set`);
}

/** @param {unknown} tools @param {boolean} withServerTools */
function functionTools(tools, withServerTools) {
  if (!Array.isArray(tools)) throw invalidRequest("tools: must be an array");
  return tools.flatMap((tool, at) => {
    if (typeof tool !== "object" || tool === null) throw invalidRequest(`tools[${at}]: must be an object`);
    const isFunction = tool.type === undefined || tool.type === "function";
    if (!isFunction && !withServerTools) return [];
    // A page may be on the same machine: a function of its own is not to be run here.
    const { execute: _, ...rest } = tool;
    return [rest];
  });
}
