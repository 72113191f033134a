// Calls and their answers as the wire has them; in the words of the run's own tools.
import { invalidRequest } from "../errors.js";
import { stringAt } from "./places.js";

/** @import { ChatMessage, ToolCallPart } from "../index.js" */

/** How an answer begins that is none. */
export const FAILED = "Error: ";
export const NOT_APPROVED = "the call was not approved";

/** @param {unknown} id @param {unknown} name @param {any} input @param {string} place @returns {ToolCallPart} */
export function callPart(id, name, input, place) {
  const call = { id: stringAt(id, `${place}.toolCallId`), name: stringAt(name, `${place}.toolName`) };
  return { id: call.id, type: "function", function: { name: call.name, arguments: argumentsOf(input, place) } };
}

/** The wire takes objects alone: what is none was never run, and goes back with none. @param {any} input @param {string} place */
function argumentsOf(input, place) {
  if (typeof input !== "object" || input === null || Array.isArray(input)) return "{}";
  try {
    return JSON.stringify(input);
  } catch (cause) {
    throw invalidRequest(`${place}.input: cannot be written as JSON: ${cause instanceof Error ? cause.message.split("\n")[0] : cause}`, cause);
  }
}

/** @param {string} id @param {any} content @returns {ChatMessage} */
export function toolMessage(id, content) {
  return { role: "tool", tool_call_id: id, content };
}

/** @param {string} id @param {string} problem */
export function failedMessage(id, problem) {
  return toolMessage(id, problem.startsWith(FAILED) ? problem : FAILED + problem);
}

/** @param {string} id @param {unknown} reason */
export function deniedMessage(id, reason) {
  return failedMessage(id, typeof reason === "string" && reason !== "" ? reason : NOT_APPROVED);
}

/** What a model is given of an output: as the run writes it. @param {unknown} output */
export function outputContent(output) {
  if (output === undefined || output === null) return "";
  if (typeof output === "string") return output;
  const isParts = Array.isArray(output) && output.length > 0 && output.every((part) => part?.type === "text" || part?.type === "image_url");
  return isParts ? output : JSON.stringify(output);
}
