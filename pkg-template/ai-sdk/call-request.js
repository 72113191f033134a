// What the AI SDK asks of a model, as a chat request.
import { invalidRequest } from "../errors.js";
import { headersOf } from "./call-options.js";
import { fromModelMessages } from "./model-messages.js";
import { objectAt } from "./places.js";
import { PROVIDER } from "./reasoning-details.js";

/** The call settings that the wire has under another name. */
const SETTINGS = /** @type {const} */ ({
  maxOutputTokens: "max_tokens", temperature: "temperature", topP: "top_p", topK: "top_k", presencePenalty: "presence_penalty", frequencyPenalty: "frequency_penalty", seed: "seed", stopSequences: "stop",
});
/** What a call brings itself. */
const NOT_AN_OPTION = ["messages", "signal", "stopWhen", "maxSteps"];

/**
 * @param {string} modelId
 * @param {Record<string, any>} settings  of the model: fields of a chat request
 * @param {any} options  of the call
 * @returns {{ request: any, warnings: any[] }}
 */
export function callRequest(modelId, settings, options) {
  /** @type {any[]} */
  const warnings = [];
  const messages = fromModelMessages(options.prompt, { onWarning: ({ path, reason }) => warnings.push({ type: "other", message: `${path}: ${reason}` }) });
  /** @type {Record<string, any>} */
  const request = {};
  for (const [name, wire] of Object.entries(SETTINGS)) {
    if (options[name] !== undefined && options[name] !== null) request[wire] = options[name];
  }
  const { tools, toolChoice, responseFormat, reasoning, headers, abortSignal, includeRawChunks, providerOptions } = options;
  if (tools?.length > 0) {
    request.tools = tools.flatMap((/** @type {any} */ tool) => wireTool(tool, warnings));
    if (toolChoice) request.tool_choice = toolChoice.type === "tool" ? { type: "function", function: { name: toolChoice.toolName } } : toolChoice.type;
  }
  if (responseFormat?.type === "json") request.response_format = formatOf(responseFormat);
  if (reasoning && reasoning !== "provider-default") request.thinking = reasoning === "none" ? "off" : reasoning;
  if (headers) request.headers = headersOf(headers);
  if (includeRawChunks) request.rawEvents = true;
  const own = providerOptions?.[PROVIDER] ?? {};
  objectAt(own, `providerOptions.${PROVIDER}`);
  for (const name of NOT_AN_OPTION) {
    if (name in own) throw invalidRequest(`providerOptions.${PROVIDER}.${name}: is the AI SDK's own`);
  }
  // The SDK asks again by itself, as its own `maxRetries` says: both together would be one times the other.
  return { request: { maxRetries: 0, ...settings, ...request, ...own, model: own.model ?? modelId, messages, ...(abortSignal && { signal: abortSignal }) }, warnings };
}

/** @param {any} tool @param {any[]} warnings @returns {any[]} */
function wireTool(tool, warnings) {
  if (tool.type === "function") {
    const { name, description, inputSchema, strict, inputExamples, providerOptions } = tool;
    if (inputExamples?.length > 0) warnings.push({ type: "unsupported", feature: "inputExamples", details: `tool ${name}: OpenRouter takes no examples of inputs` });
    const { cacheControl, cache_control: marker = cacheControl } = providerOptions?.[PROVIDER] ?? {};
    return [{
      type: "function",
      function: { name, ...(description !== undefined && { description }), parameters: inputSchema, ...(strict !== undefined && { strict }) },
      ...(marker && { cache_control: marker }),
    }];
  }
  const [provider, ...rest] = String(tool.id).split(".");
  if (provider === PROVIDER && rest.length > 0) {
    const hasArgs = tool.args && Object.keys(tool.args).length > 0;
    return [{ type: `${PROVIDER}:${rest.join(".")}`, ...(hasArgs && { parameters: tool.args }) }];
  }
  warnings.push({ type: "unsupported", feature: `tool ${tool.id}`, details: "a tool of another provider cannot run here; it is left out" });
  return [];
}

/** @param {any} format */
function formatOf({ schema, name = "response", description }) {
  if (!schema) return { type: "json_object" };
  return { type: "json_schema", json_schema: { name, strict: true, schema, ...(description !== undefined && { description }) } };
}
