// What happens between a run and its engine where tools, objects or the caller's own decisions are part of a request: names and schemas on the
// way out, events and calls on the way in, and what comes after each answer.
import { describe, invalidRequest, load, OpenRouterError } from "../first-part.js";
import { checkerOf, issuesText, leniency, readSchema } from "../schema-part.js";
import { namesIn, ToolNames } from "./names.js";

/** @import { Change, ChatMessage, PartialAnswer, StepResult } from "../index.js" */
/** @import { ObjectGoal, ModelFacts } from "../objects/object-goal.js" */

/** Ours, which no body knows. */
const OWN_FIELDS = ["schema", "maxRepairs", "prepareStep", "onMaxSteps", "repairToolCalls"];
/** What `prepareStep` may change, and under which name a request has it. @type {Record<string, string>} */
const CHANGEABLE = { model: "model", tools: "tools", toolChoice: "tool_choice", tool_choice: "tool_choice", params: "params" };
const DEFAULT_MAX_STEPS = 20;
/** @type {ModelFacts} */
const NOTHING_KNOWN = { id: "" };

/**
 * Where a run stands when its next request is made.
 * @typedef {{ step: number, steps: StepResult[], messages: ChatMessage[] }} Standing
 */

export class Steering {
  /** What was changed before the engine saw it. @type {Change[]} */
  changes = [];
  /** @type {Change[]} */
  #warnings = [];
  /** @type {ObjectGoal | undefined} */
  goal;
  /** By the caller's names. @type {Map<string, (input: any, context: any) => unknown>} */
  executables = new Map();
  /** @type {ToolNames} */
  #names = new ToolNames([]);
  /** @type {Map<string, ReturnType<typeof checkerOf>>} */
  #checkers = new Map();
  /** Tools with their schemas read, by the caller's own object. @type {Map<any, any>} */
  #read = new Map();
  /** @type {typeof import("./leniency.js") | undefined} */
  #leniency;
  /** @type {string[]} */
  #offered = [];
  /** The last request was another than the caller wrote. */
  #isChanged = false;
  /** Calls of the step that is being read, until it is known whether it was cut off. @type {any[]} */
  #held = [];
  /** @type {{ push(event: any): void }} */
  #queue = { push() {} };
  #request;
  #factsOf;
  /** The model that is asked. */
  #model = "";

  /** @param {any} request @param {(model: string | undefined) => Promise<ModelFacts>} factsOf */
  constructor(request, factsOf) {
    this.#request = request;
    this.#factsOf = factsOf;
  }

  /** @param {any} request @param {(model: string | undefined) => Promise<ModelFacts>} factsOf */
  static async of(request, factsOf) {
    checkOptions(request);
    const steering = new Steering(request, factsOf);
    if (request.schema !== undefined) {
      const { ObjectGoal } = await load(import("../objects-part.js"));
      steering.goal = new ObjectGoal(request);
    }
    if (request.repairToolCalls) steering.#leniency = leniency;
    return steering;
  }

  /** What the engine said of requests that gave way to others. @type {{ changes: Change[], warnings: Change[] }} */
  #kept = { changes: [], warnings: [] };

  /** What was changed and what is odd by now: this and what was kept before, each once. @param {{ changes: Change[], warnings: Change[] }} notes */
  keep({ changes, warnings }) {
    this.#kept = { changes: joined(this.#kept.changes, changes), warnings: joined(this.#kept.warnings, warnings) };
    return { changes: [...this.changes, ...this.#kept.changes], warnings: [...this.#kept.warnings, ...this.#warnings, ...(this.goal?.warnings ?? [])] };
  }

  /**
   * What becomes of an answer that the run would end with, where an object was wanted.
   * @param {any} finished @param {number} step @param {PartialAnswer} partial
   */
  async judge(finished, step, partial) {
    // The caller's own calls come first.
    if (finished.message.tool_calls) return undefined;
    return this.goal?.judge(finished, { mayRequest: step + 1 < (this.#request.maxSteps ?? Infinity), partial });
  }

  /** What the engine's configuration has for it. */
  get #config() {
    const { onMaxSteps, maxSteps = DEFAULT_MAX_STEPS } = this.#request;
    return {
      ...((this.goal || this.#leniency) && { holdAnswers: true }),
      ...(this.goal && { showObject: true }),
      // The last one goes out without tools.
      ...(onMaxSteps === "answer" && { maxSteps: maxSteps + 1 }),
    };
  }

  /** The first request. @returns {Promise<any>} */
  async first() {
    const { messages } = this.#request;
    const change = await this.#changeFor({ step: 0, steps: [], messages: Array.isArray(messages) ? [...messages] : [] });
    this.#isChanged = change !== undefined;
    return this.#shape(changed(this.#request, change, messages));
  }

  /** The request as it was written, for a run that is in this step already. @param {readonly ChatMessage[]} messages @param {number} step @returns {Promise<any>} */
  async from(messages, step) {
    const shaped = await this.#shape(changed(this.#request, undefined, messages));
    Object.assign(shaped.steered.config, { firstStep: step });
    return shaped;
  }

  /** The next request where it is another than the one that grew. @param {Standing} standing @returns {Promise<any | undefined>} */
  async next(standing) {
    this.goal?.nextStep();
    const change = await this.#changeFor(standing);
    if (change === undefined && !this.#isChanged) return undefined;
    this.#isChanged = change !== undefined;
    return this.#shape(changed(this.#request, change, standing.messages));
  }

  /** @param {Standing} standing */
  async #changeFor(standing) {
    const { prepareStep, onMaxSteps, maxSteps = DEFAULT_MAX_STEPS } = this.#request;
    let change;
    if (prepareStep) {
      let given;
      try {
        given = await prepareStep(standing);
      } catch (cause) {
        throw new OpenRouterError({ code: "tool", message: `prepareStep() failed: ${describe(cause)}` }, { cause });
      }
      if (given !== undefined && given !== null) change = checkedChange(given);
    }
    // So that every provider takes it: without tools on offer, earlier calls go as text.
    if (onMaxSteps === "answer" && standing.step >= maxSteps) change = { ...change, tools: undefined, tool_choice: undefined, isLast: true };
    return change;
  }

  /** @param {any} request */
  async #shape(request) {
    const { isLast, ...asked } = request;
    const facts = this.goal || this.#leniency ? await this.#factsOf(asked.model) : NOTHING_KNOWN;
    this.#model = facts.id;
    let shaped = this.goal ? this.goal.shape(asked, isLast ? { ...facts, supportsTools: false, parameters: facts.parameters?.filter((name) => name !== "tools") } : facts) : asked;
    const messages = Array.isArray(shaped.messages) ? shaped.messages : [];
    /** @type {Change[]} */
    const changes = this.goal ? [...this.goal.changes] : [];
    this.executables.clear();
    const choice = shaped.tool_choice ?? shaped.toolChoice;
    const names = (this.#names = new ToolNames(namesIn({ ...shaped, tool_choice: choice }, messages)));
    /** @type {Set<string>} */
    const offered = new Set();
    if (Array.isArray(shaped.tools)) shaped = { ...shaped, tools: shaped.tools.map((/** @type {any} */ tool, /** @type {number} */ number) => this.#tool(tool, number, changes, offered)) };
    if (!names.isEmpty) {
      if (typeof choice?.function?.name === "string" && names.toWire(choice.function.name) !== choice.function.name) {
        changes.push(names.change(choice.function.name, "tool_choice.function.name"));
        const { toolChoice: _, ...rest } = shaped;
        shaped = { ...rest, tool_choice: { ...choice, function: { ...choice.function, name: names.toWire(choice.function.name) } } };
      }
      shaped = { ...shaped, messages: messages.map((/** @type {any} */ message, /** @type {number} */ number) => names.outgoing(message, `messages[${number}]`, changes)) };
    }
    this.#offered = [...namesIn(shaped, [])];
    const keyOf = (/** @type {Change} */ { path, reason }) => `${path}|${reason}`;
    const told = new Set(this.changes.map(keyOf));
    for (const change of changes) {
      if (told.has(keyOf(change))) continue;
      told.add(keyOf(change));
      this.changes.push(change);
    }
    shaped = { ...shaped, steered: { messages: request.messages, config: this.#config, isWithoutTools: isLast === true, ...(this.goal && { formatBeside: this.goal.formatBeside }) } };
    for (const name of OWN_FIELDS) delete shaped[name];
    return shaped;
  }

  /** A tool as the wire has it, its schema read and its name one that is taken. @param {any} tool @param {number} number @param {Change[]} changes @param {Set<string>} offered  names of those before it */
  #tool(tool, number, changes, offered) {
    if (typeof tool !== "object" || tool === null) return tool;
    const isShort = tool.type === undefined;
    if (!isShort && tool.type !== "function") return tool;
    const inner = isShort ? tool : (tool.function ?? tool);
    const { name } = inner;
    // The words of MCP and Anthropic, which are told of where names are.
    const word = ["parameters", "inputSchema", "input_schema"].find((word) => inner[word] !== undefined && inner[word] !== null) ?? "parameters";
    const parameters = inner[word];
    const place = `tools[${number}]${isShort || !tool.function ? "" : ".function"}`;
    let read = this.#read.get(tool);
    if (!read && parameters !== undefined && parameters !== null) {
      read = readSchema(parameters, `${place}.${word}`);
      this.#read.set(tool, read);
    }
    if (typeof name === "string" && offered.has(name)) throw invalidRequest(`tools[${number}].name: there are two tools named ${name}`);
    offered.add(name);
    const wire = this.#names.toWire(name);
    if (wire !== name) changes.push(this.#names.change(name, `${place}.name`));
    if (typeof tool.execute === "function" && typeof name === "string" && name !== "") {
      this.executables.set(name, tool.execute.bind(tool));
      if (read && !this.#checkers.has(name)) this.#checkers.set(name, checkerOf(read));
    }
    const changed = { ...inner, ...(wire !== name && { name: wire }), ...(read && { parameters: read.json }) };
    return isShort || !tool.function ? changed : { ...tool, function: changed };
  }

  /** Where the events of the engine go on their way to the consumer's queue. @param {{ push(event: any): void }} queue */
  sink(queue) {
    this.#queue = queue;
    return { push: (/** @type {any} */ event) => this.#onEvent(event) };
  }

  /** @param {any} event */
  #onEvent(event) {
    const queue = this.#queue;
    switch (event.type) {
      case "tool-call-start":
      case "tool-call-delta":
      case "tool-call": {
        const taken = this.goal?.take(event);
        if (taken) {
          if (taken.text !== "") queue.push({ type: "text-delta", step: event.step, text: taken.text });
          return;
        }
        if (this.#leniency && event.type === "tool-call") return void this.#held.push(event);
        // What the model calls a tool is what the wire calls it.
        if (event.name !== undefined) event.name = this.#names.toOwn(event.name);
      }
    }
    queue.push(event);
  }

  /**
   * A call with what `repairToolCalls` forgives; the same one where there is nothing to forgive.
   * @param {any} event @param {typeof import("./leniency.js")} leniency
   */
  #mended(event, leniency) {
    const name = leniency.nearName(event.name, this.#offered) ?? event.name;
    let { input } = event;
    let how = name === event.name ? "" : `its name was written as "${event.name}"`;
    if (event.truncated) {
      input = leniency.unwrapped(event.arguments);
      if (input === undefined) return event;
      how = "there were stray characters around its arguments";
    } else if (leniency.escapes(this.#model)) {
      const plain = leniency.unescaped(input);
      if (JSON.stringify(plain) !== JSON.stringify(input)) [input, how] = [plain, "its arguments were escaped for HTML"];
    }
    if (how === "") return event;
    this.#warnings.push({ rule: "repair-tool-calls", path: "message.tool_calls", reason: `a call of ${name} was mended: ${how}` });
    return { type: event.type, step: event.step, id: event.id, name, input, truncated: false };
  }

  /** An answer is whole: its message and its calls as the caller knows them. @param {import("../engine/batch-reader.js").BatchReader} reader */
  settle(reader) {
    if (this.#leniency) this.#settleMended(reader, this.#leniency);
    this.goal?.settle(reader);
    for (const call of reader.plannedCalls) call.name = this.#names.toOwn(call.name);
  }

  /** @param {import("../engine/batch-reader.js").BatchReader} reader @param {typeof import("./leniency.js")} leniency */
  #settleMended(reader, leniency) {
    const { finished: { message, verdict } } = reader;
    // What was cut off is no call, however it looks.
    const isCut = verdict !== "complete";
    const places = (/** @type {any[] | undefined} */ list) => new Map(list?.map(({ id }, at) => [id, at]));
    const inMessage = places(message.tool_calls), inPlan = places(reader.plannedCalls);
    for (const event of this.#held.splice(0)) {
      const mended = isCut ? event : this.#mended(event, leniency);
      const { id, name, input } = mended;
      this.#queue.push({ ...mended, name: this.#names.toOwn(name) });
      if (mended === event) continue;
      reader.inputs.set(id, input);
      reader.broken.delete(id);
      const written = { id, type: "function", function: { name: this.#names.toOwn(name), arguments: JSON.stringify(input) } };
      const at = inMessage.get(id);
      if (at !== undefined) message.tool_calls[at] = written;
      else (message.tool_calls ??= []).push(written);
      /** @type {import("../chat/tool-round.js").PlannedCall} */
      const planned = { id, name, verdict: this.executables.has(this.#names.toOwn(name)) ? "run" : "leave" };
      const place = inPlan.get(id);
      if (place !== undefined) reader.plannedCalls[place] = planned;
      else if (planned.verdict === "run") reader.plannedCalls.push(planned);
    }
    if (!isCut && !message.tool_calls && !this.goal && typeof message.content === "string") this.#promote(reader, leniency);
  }

  /** Calls that were written as text. @param {import("../engine/batch-reader.js").BatchReader} reader @param {typeof import("./leniency.js")} leniency */
  #promote(reader, leniency) {
    const { finished, step } = reader;
    const queue = this.#queue;
    const calls = leniency.callsInText(finished.message.content, this.#offered);
    if (calls.length === 0) return;
    this.#warnings.push({ rule: "repair-tool-calls", path: "message.content", reason: "calls that were written as text were taken for calls" });
    finished.message.content = null;
    finished.reason = "tool-calls";
    finished.message.tool_calls = calls.map(({ name, input }, number) => {
      const id = `call_text_${step}_${number}`;
      reader.inputs.set(id, input);
      const own = this.#names.toOwn(name);
      if (this.executables.has(own)) reader.plannedCalls.push({ id, name, verdict: "run" });
      queue.push({ type: "tool-call-start", step, id, name: own, index: number });
      queue.push({ type: "tool-call", step, id, name: own, input, truncated: false });
      return { id, type: "function", function: { name: own, arguments: JSON.stringify(input) } };
    });
    // Beside one that is run here, the others are left to the caller.
    if (reader.plannedCalls.length > 0) {
      const planned = new Set(reader.plannedCalls.map(({ id }) => id));
      for (const call of finished.message.tool_calls) {
        if (!planned.has(call.id)) reader.plannedCalls.push({ id: call.id, name: call.function.name, verdict: "leave" });
      }
    }
  }

  /** What there is of an answer, with the caller's names. @param {PartialAnswer} partial */
  incoming(partial) {
    this.#names.incoming(partial.message);
    for (const call of partial.toolCalls ?? []) call.name = this.#names.toOwn(call.name);
    return partial;
  }

  /** Messages of the run as the engine takes them. @param {ChatMessage[]} messages */
  outgoing(messages) {
    return messages.map((message) => this.#names.outgoing(message));
  }

  /**
   * The arguments of a call, checked: what `execute` gets, or what the model is told.
   * @param {string} name @param {any} input
   * @returns {Promise<{ input: any } | { problem: string }>}
   */
  check = async (name, input) => {
    const outcome = await this.#checkers.get(name)?.(input);
    if (!outcome) return { input };
    if ("unusable" in outcome) {
      const path = `tools.${name}.parameters`;
      if (!this.#warnings.some((held) => held.path === path)) this.#warnings.push({ rule: "tool-arguments", path, reason: `arguments were not checked, the schema cannot be used: ${outcome.unusable}` });
      return { input };
    }
    if ("issues" in outcome) return { problem: `the arguments do not fit the tool's parameters; call it again with arguments that do:\n${issuesText(outcome.issues)}` };
    return { input: outcome.value };
  };
}

/** The options that only a steered request has. @param {any} request */
function checkOptions({ prepareStep, onMaxSteps, maxRepairs, repairToolCalls }) {
  if (prepareStep !== undefined && prepareStep !== null && typeof prepareStep !== "function") throw invalidRequest("prepareStep: must be a function");
  if (onMaxSteps !== undefined && onMaxSteps !== "answer" && onMaxSteps !== "fail") throw invalidRequest('onMaxSteps: must be "fail" or "answer"');
  if (maxRepairs !== undefined && !(Number.isInteger(maxRepairs) && maxRepairs >= 0)) throw invalidRequest("maxRepairs: must be a whole number from 0");
  if (repairToolCalls !== undefined && repairToolCalls !== null && typeof repairToolCalls !== "boolean") throw invalidRequest("repairToolCalls: must be a boolean");
}

/** Each once. @param {Change[]} first @param {Change[]} second */
function joined(first, second) {
  if (first.length === 0) return second;
  const held = new Set(first.map(({ path, reason }) => `${path}\0${reason}`));
  return [...first, ...second.filter(({ path, reason }) => !held.has(`${path}\0${reason}`))];
}

/** A request with what one step changes of it. @param {any} request @param {any} change @param {readonly ChatMessage[]} messages */
function changed(request, change, messages) {
  const next = { ...request, ...change, messages };
  if (change?.params && request.params) next.params = { ...request.params, ...change.params };
  // One choice in either spelling.
  if (change && "tool_choice" in change) delete next.toolChoice;
  return next;
}

/** @param {any} given */
function checkedChange(given) {
  if (typeof given !== "object" || Array.isArray(given)) throw invalidRequest("prepareStep: must give an object with model, tools, toolChoice or params, or nothing");
  /** @type {Record<string, any>} */
  const change = {};
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined) continue;
    if (!Object.hasOwn(CHANGEABLE, name)) throw invalidRequest(`prepareStep: ${name} cannot be changed; there are model, tools, toolChoice and params`);
    change[CHANGEABLE[name]] = value;
  }
  return Object.keys(change).length > 0 ? change : undefined;
}
