// What a tool of a request is: what can be none is refused with its place, parameters that say nothing are told.
import { invalidRequest } from "../first-part.js";
import { nearKeywords, schemaFault, strayName } from "../schema-part.js";

const OFTEN = ["type", "properties", "required", "additionalProperties"];

/**
 * @param {any} tool @param {string} place @param {(place: string, word: string, words: string[]) => void} tell  of a word that is none
 */
export function checkTool(tool, place, tell) {
  if (typeof tool !== "object" || tool === null) throw invalidRequest(`${place}: must be an object with a name`);
  const { type, name, function: inner } = tool;
  if (type !== undefined && type !== null && typeof type !== "string") throw invalidRequest(`${place}.type: must be a string`);
  // A tool that OpenRouter runs has no name.
  if (type !== undefined && type !== null && type !== "function") return;
  const isWire = typeof inner === "object" && inner !== null;
  if (!isWire && name === undefined && inner === undefined) throw invalidRequest(`${place}: must have a name${"functionDeclarations" in tool ? "; each of Gemini's declarations is a tool here" : ""}`);
  const own = isWire ? inner : tool, at = isWire ? `${place}.function` : place;
  if (own.name !== undefined && (typeof own.name !== "string" || own.name === "")) throw invalidRequest(`${at}.name: must be a string that is not empty`);
  if (own.description !== undefined && own.description !== null && typeof own.description !== "string") throw invalidRequest(`${at}.description: must be a string`);
  if (own.strict !== undefined && own.strict !== null && typeof own.strict !== "boolean") throw invalidRequest(`${at}.strict: must be true or false`);
  checkParameters(own.parameters, `${at}.parameters`, tell);
}

/** @param {any} parameters @param {string} place @param {(place: string, word: string, words: string[]) => void} tell */
function checkParameters(parameters, place, tell) {
  // Lists and texts are refused where the schema is read.
  if (typeof parameters !== "object" || parameters === null || Array.isArray(parameters)) return;
  const { type } = parameters;
  const isObject = type === undefined || type === "object" || (Array.isArray(type) && type.includes("object"));
  if (!isObject) throw invalidRequest(`${place}.type: must be "object": the arguments of a call are one`);
  const stray = strayName(parameters);
  if (stray !== undefined) return tell(`${place}.${stray}`, stray, OFTEN);
  // A provider may read more than the language has.
  const fault = schemaFault(parameters);
  if (fault) tell(place + fault.path, "", [fault.problem]);
  for (const { path, name, near } of nearKeywords(parameters)) tell(`${place}${path}.${name}`, "", [`is no keyword of JSON Schema: did you mean ${near}?`]);
}
