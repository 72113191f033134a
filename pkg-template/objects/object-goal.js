// An object as the answer: how it is asked for, how it is read, what becomes of an answer that does not fit.
import { invalidRequest, OpenRouterError } from "../first-part.js";
import { checkerOf, issuesText, nearKeywords, readSchema, schemaFault, strayName } from "../schema-part.js";
import { readingsOf } from "./healing.js";
import { answerFormat, schemaName } from "./answer-format.js";

/** @import { Change, ChatMessage } from "../index.js" */
/** @import { Issue } from "../tools/schema.js" */

/**
 * What is known of the model that is asked; nothing known is left out.
 * @typedef {{ id: string, parameters?: readonly string[], supportsTools?: boolean, reasons?: boolean }} ModelFacts
 */
/** @typedef {"response_format" | "tool" | "instruction"} Method */

const RULE = "object";
const NAME = "answer";

export class ObjectGoal {
  /** @type {Change[]} */
  changes = [];
  /** @type {Change[]} */
  warnings = [];
  /** The object, once an answer fits. @type {{ value: unknown } | undefined} */
  found;
  /** The calls that are the answer. @type {Set<string>} */
  #calls = new Set();
  #schema;
  #check;
  #repairs;
  /** The answer must be an object on the wire: any other value travels inside of one. */
  #isWrapped;
  #json;
  #name;
  #toolName = NAME;
  /** @type {Method} */
  method = "instruction";

  /** The field of a format that was asked for beside the schema, which takes its place. @type {string | undefined} */
  formatBeside;

  /** @param {any} request */
  constructor({ schema, maxRepairs = 1, tools, response_format: wire, responseFormat: own }) {
    this.formatBeside = wire ? "response_format" : own ? "responseFormat" : undefined;
    this.#schema = readSchema(schema, "schema");
    checkSchema(this.#schema.json);
    this.warnings = nearKeywords(this.#schema.json).map(({ path, name, near }) => ({ rule: "values", path: `schema${path}.${name}`, reason: `is no keyword of JSON Schema: did you mean ${near}?` }));
    this.#check = checkerOf(this.#schema);
    this.#repairs = maxRepairs;
    // It names the language, which providers know, and some refuse.
    const { $schema: _, ...json } = this.#schema.json;
    this.#isWrapped = !isObjectSchema(json);
    this.#json = this.#isWrapped ? wrapped(json) : json;
    this.#name = schemaName(json);
    const taken = new Set((Array.isArray(tools) ? tools : []).map((tool) => tool?.name ?? tool?.function?.name));
    for (let number = 2; taken.has(this.#toolName); number++) this.#toolName = `${NAME}_${number}`;
  }

  /** The call that is the answer, while it grows. @type {{ value: any, size: number } | undefined} */
  #growing;

  /** The object as far as it is there: out of a call of ours, else out of the text. @param {{ value: any, size: number }} text */
  view(text) {
    const { value, size } = this.#growing ?? text;
    return { value: this.#isWrapped ? value?.value : value, size };
  }

  /**
   * The request with the object asked for: the best way that the model is known to take.
   * @param {any} request @param {ModelFacts} facts
   */
  shape(request, facts) {
    // In either spelling: what is chosen for the answer takes its place.
    const { schema: _, maxRepairs: __, responseFormat: ___, ...given } = request;
    const { method, reason } = methodFor(given, facts);
    const { toolChoice, ...others } = given;
    const rest = method === "tool" ? others : given;
    this.method = method;
    this.changes = [{ rule: RULE, path: "schema", reason: `asked for by ${reason}${this.#isWrapped ? '; what is no object itself travels as {"value": ...}' : ""}` }];
    const messages = Array.isArray(rest.messages) ? rest.messages : [];
    if (method === "response_format") {
      return { ...rest, response_format: answerFormat(this.#json, this.#name) };
    }
    if (method === "tool") {
      const { title, ...parameters } = this.#json;
      const own = { name: this.#toolName, description: this.#json.description ?? "Gives the answer. Call it once, when the answer is complete.", parameters };
      const tools = Array.isArray(rest.tools) ? rest.tools : [];
      // Beside other tools the model has to be free to call those first.
      const choice = tools.length > 0 ? "required" : { type: "function", function: { name: this.#toolName } };
      return { ...rest, tools: [...tools, own], tool_choice: choice };
    }
    return { ...rest, ...(facts.parameters?.includes("response_format") && { response_format: { type: "json_object" } }), messages: instructed(messages, this.#json) };
  }

  /** Whether a call of this name is the answer. @param {string} name */
  isOwn(name) {
    return this.method === "tool" && name === this.#toolName;
  }

  /**
   * Whether an event is part of the answer and no tool's; `text` is what the answer grows by.
   * @param {any} event
   * @returns {{ text: string } | undefined}
   */
  take(event) {
    if (this.method !== "tool") return undefined;
    if (event.type === "tool-call-start" && this.isOwn(event.name)) this.#calls.add(event.id);
    else if (!this.#calls.has(event.id)) return undefined;
    if (event.type === "tool-call" && event.truncated) this.#cut = event.arguments;
    if (event.type === "tool-call-delta") this.#growing = { value: event.partial, size: (this.#growing?.size ?? 0) + 1 };
    return { text: event.type === "tool-call-delta" ? event.text : "" };
  }

  /** Arguments of the answer that are no JSON object. @type {string | undefined} */
  #cut;

  /** The answer as a text, whichever way it came: a call of ours would be one that nobody answers. @param {any} reader */
  settle(reader) {
    const { finished } = reader;
    const { message } = finished;
    const own = message.tool_calls?.find((/** @type {any} */ { id }) => this.#calls.has(id));
    const text = own?.function.arguments ?? this.#cut;
    if (text !== undefined) {
      message.content = text;
      const others = message.tool_calls?.filter((/** @type {any} */ { id }) => !this.#calls.has(id)) ?? [];
      if (others.length > 0) message.tool_calls = others;
      else {
        delete message.tool_calls;
        if (finished.reason === "tool-calls") finished.reason = "stop";
      }
    }
    reader.plannedCalls = reader.plannedCalls.filter((/** @type {any} */ { id }) => !this.#calls.has(id));
    this.#calls.clear();
    this.#cut = undefined;
  }

  /** Another answer begins. */
  nextStep() {
    this.#growing = undefined;
  }

  /**
   * What becomes of an answer: nothing when it fits, messages to ask again with, or the error.
   * @param {{ message: ChatMessage & { refusal?: string }, verdict: string, reason: string }} finished
   * @param {{ mayRequest: boolean, partial: import("../index.js").PartialAnswer, live?: unknown }} how
   * @returns {Promise<{ again: ChatMessage[] } | { error: OpenRouterError } | undefined>}
   */
  async judge({ message, verdict }, { mayRequest, partial }) {
    const text = typeof message.content === "string" ? message.content : "";
    const { fit, issues } = await this.#read(text, verdict);
    if (fit) {
      this.found = { value: fit.value };
      for (const reason of fit.healed) this.warnings.push({ rule: RULE, path: "message.content", reason: `the object was healed: ${reason}` });
      return undefined;
    }
    const isWhole = verdict === "complete" && !message.refusal;
    if (isWhole && mayRequest && this.#repairs > 0) {
      this.#repairs -= 1;
      this.warnings.push({ rule: RULE, path: "message.content", reason: `an answer did not fit the schema and was asked for again: ${issues.map(({ path, message: words }) => (path ? `${path}: ${words}` : words)).join("; ")}` });
      return { again: [{ role: "user", content: again(issues, this.method) }] };
    }
    const why = message.refusal ? "the model refused" : verdict === "complete" ? "the answer does not fit the schema" : `the answer broke off (${verdict})`;
    const error = new OpenRouterError(
      { code: "invalid-output", message: `schema: ${why}: ${issues.slice(0, 3).map(({ path, message: words }) => (path ? `${path}: ${words}` : words)).join("; ")}`, issues },
      { partial, verdict: /** @type {import("../index.js").Verdict} */ (verdict === "complete" ? "error" : verdict) },
    );
    return { error };
  }

  /** @param {string} text @param {string} verdict @returns {Promise<{ fit?: { value: unknown, healed: string[] }, issues: Issue[] }>} */
  async #read(text, verdict) {
    const readings = readingsOf(text, { isCut: verdict !== "complete" });
    if (readings.length === 0) return { issues: [{ path: "", message: text.trim() === "" ? "there is no answer" : "is no JSON" }] };
    /** @type {Issue[]} */
    let issues = [];
    const fits = [];
    for (const { value, healed } of readings) {
      const inner = this.#isWrapped ? unwrapped(value) : { value };
      const checked = inner ? await this.#check(inner.value) : { issues: [{ path: "", message: 'must be an object with "value"' }] };
      if ("unusable" in checked) throw new OpenRouterError({ code: "invalid-request", message: `schema: cannot be used: ${checked.unusable}` });
      if ("issues" in checked) issues = issues.length > 0 ? issues : checked.issues;
      else fits.push({ value: checked.value, healed });
    }
    if (fits.length === 1) return { fit: fits[0], issues: [] };
    return { issues: fits.length > 1 ? [{ path: "", message: `there are ${fits.length} values in the answer, and each would fit` }] : issues };
  }
}

/** @param {any} request @param {ModelFacts} facts @returns {{ method: Method, reason: string }} */
function methodFor(request, { id, parameters, supportsTools, reasons }) {
  if (parameters?.includes("structured_outputs")) return { method: "response_format", reason: "response_format, which the model is known to take" };
  const mayCall = parameters ? parameters.includes("tools") : supportsTools !== false;
  const wantsThought = request.thinking !== "off" && request.thinking !== false && request.reasoning?.enabled !== false;
  // These refuse a forced call while they think: DeepSeek thinks unless it is told not to.
  const refusesForced = wantsThought && (/deepseek/i.test(id) || (/(^|\/)~?anthropic\//i.test(id) && (reasons === true || request.thinking !== undefined || request.reasoning !== undefined)));
  const knows = parameters ? "the model takes no response_format" : "whether the model takes response_format is not known (the catalog is not loaded)";
  if (mayCall && !refusesForced) return { method: "tool", reason: `a tool call: ${knows}` };
  return { method: "instruction", reason: `instruction alone: ${knows}, and ${mayCall ? "no forced call while it thinks" : "no tools"}` };
}

/** @param {Record<string, any>} json */
function isObjectSchema(json) {
  return json.type === "object" || (json.type === undefined && (json.properties !== undefined || Object.keys(json).length === 0));
}

/** @param {Record<string, any>} json */
function wrapped({ $defs, definitions, ...inner }) {
  return { type: "object", properties: { value: inner }, required: ["value"], additionalProperties: false, ...($defs && { $defs }), ...(definitions && { definitions }) };
}

/** @param {any} value */
function unwrapped(value) {
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  // A model that was only told of the schema may leave the wrapping away.
  return isObject ? (Object.hasOwn(value, "value") ? { value: value.value } : undefined) : { value };
}

/** @param {readonly any[]} messages @param {object} json */
function instructed(messages, json) {
  const content = `Answer with one JSON object and nothing else: no other text, no code fence. It must be valid against this JSON Schema:\n${JSON.stringify(json)}`;
  const at = messages.findIndex((message) => message?.role !== "system" && message?.role !== "developer");
  const before = at < 0 ? messages.length : at;
  return [...messages.slice(0, before), { role: "system", content }, ...messages.slice(before)];
}

/** @param {Issue[]} issues @param {Method} method */
function again(issues, method) {
  const how = method === "tool" ? `Call the tool again with an answer that fits.` : "Answer again with the corrected JSON alone.";
  return `Your answer does not fit the schema:\n${issuesText(issues)}\n${how}`;
}

/** Tells of a schema that no answer could be held against before one is paid for. @param {Record<string, any>} json */
function checkSchema(json) {
  const stray = strayName(json);
  if (stray !== undefined) throw invalidRequest(`schema.${stray}: is no keyword of JSON Schema, and there is none beside it: fields stand in properties, beside type: "object"`);
  const fault = schemaFault(json);
  if (fault) throw invalidRequest(`schema${fault.path}: ${fault.problem}`);
}
