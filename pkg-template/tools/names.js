// Names of tools that the wire does not take (dots and colons of MCP servers, more than 64 characters): each goes out under a legal one of its
// own and comes back as what the caller calls it.
import { invalidRequest, WIRE_NAME } from "../first-part.js";

/** @import { Change } from "../index.js" */

const MAX_LENGTH = 64;
const RULE = "tool-names";

export class ToolNames {
  /** @type {Map<string, string>} */
  #toWire = new Map();
  /** @type {Map<string, string>} */
  #toOwn = new Map();
  /** @type {Set<string>} */
  #known;

  /**
   * The names of a request and its transcript. Which name comes of another does not depend on their order: prompt caches begin with the tools.
   * @param {Iterable<string>} names
   */
  constructor(names) {
    const all = (this.#known = new Set(names));
    /** @type {Map<string, number>} */
    const wanted = new Map();
    for (const name of all) {
      const wire = legal(name);
      wanted.set(wire, (wanted.get(wire) ?? 0) + 1);
    }
    for (const name of all) {
      if (WIRE_NAME.test(name)) continue;
      const plain = legal(name);
      let wire = wanted.get(plain) === 1 && name.length <= MAX_LENGTH ? plain : withHash(plain, name);
      for (let salt = 1; all.has(wire) || this.#toOwn.has(wire); salt++) wire = withHash(plain, `${name}${salt}`);
      this.#toWire.set(name, wire);
      this.#toOwn.set(wire, name);
    }
  }

  get isEmpty() {
    return this.#toWire.size === 0;
  }

  /** @param {string} name */
  toWire(name) {
    return this.#toWire.get(name) ?? name;
  }

  /**
   * What the wire does not take, or nothing. A name that a model made up is none of a request: without its call the model would be asked the same again.
   * @param {any} name
   */
  #illegal(name) {
    const held = this.#toWire.get(name) ?? this.#toWire.get(typeof name === "string" ? name.trim() : name);
    if (held !== undefined || typeof name !== "string" || name.trim() === "" || WIRE_NAME.test(name.trim())) return held;
    const plain = legal(name);
    const wire = name.length > MAX_LENGTH || this.#known.has(plain) || this.#toOwn.has(plain) ? withHash(plain, name) : plain;
    this.#toWire.set(name, wire);
    this.#known.add(wire);
    return wire;
  }

  /** @param {string} name */
  toOwn(name) {
    return this.#toOwn.get(name) ?? name;
  }

  /**
   * A message with the names of the wire, or the same one where none differs.
   * @param {any} message @param {string} [place] @param {Change[]} [changes]
   */
  outgoing(message, place = "", changes) {
    if (typeof message !== "object" || message === null) return message;
    let changed = message;
    /** @param {any} holder @param {string} path */
    const mapped = (holder, path) => {
      const name = holder?.name;
      const wire = this.#illegal(name);
      if (wire === undefined) return holder;
      changes?.push(this.change(name, `${place}${path}.name`));
      return { ...holder, name: wire };
    };
    const { tool_calls: calls, content, role, name, toolName } = message;
    if (role === "assistant" && Array.isArray(calls)) {
      const next = calls.map((call, number) => {
        const named = mapped(call?.function, `.tool_calls[${number}].function`);
        return named === call?.function ? call : { ...call, function: named };
      });
      if (next.some((call, number) => call !== calls[number])) changed = { ...changed, tool_calls: next };
    }
    if (role === "assistant" && Array.isArray(content)) {
      const next = content.map((part, number) => (part?.type === "toolCall" ? mapped(part, `.content[${number}]`) : part));
      if (next.some((part, number) => part !== content[number])) changed = { ...changed, content: next };
    }
    if ((role === "tool" || role === "toolResult") && this.#toWire.has(name ?? toolName)) {
      changed = { ...changed, ...(name !== undefined && { name: this.toWire(name) }), ...(toolName !== undefined && { toolName: this.toWire(toolName) }) };
    }
    return changed;
  }

  /** A message of the model's with the caller's names; changes it. @param {any} message */
  incoming(message) {
    for (const call of message?.tool_calls ?? []) {
      if (call?.function) call.function.name = this.toOwn(call.function.name);
    }
  }

  /** @param {string} name @param {string} path @returns {Change} */
  change(name, path) {
    return { rule: RULE, path, reason: `"${name}" goes out as "${this.toWire(name)}": the wire takes letters, digits, _ and -, at most ${MAX_LENGTH}` };
  }
}

/** The names in a request: of its tools, its choice and its transcript. @param {any} request @param {readonly any[]} messages */
export function* namesIn({ tools, tool_choice: choice }, messages) {
  for (const [number, tool] of Array.isArray(tools) ? tools.entries() : []) yield* ofTool(tool, number);
  if (typeof choice?.function?.name === "string") yield choice.function.name;
  for (const message of messages) {
    if (message?.role !== "assistant") continue;
    const { tool_calls: calls, content } = message;
    for (const call of Array.isArray(calls) ? calls : []) {
      const name = call?.function?.name;
      if (typeof name === "string" && name.trim() !== "") yield name.trim();
    }
    for (const part of Array.isArray(content) ? content : []) {
      if (part?.type === "toolCall" && typeof part.name === "string" && part.name.trim() !== "") yield part.name.trim();
    }
  }
}

/** A tool that OpenRouter runs has a type and no name of the caller's. @param {any} tool @param {number} number */
function* ofTool(tool, number) {
  const name = tool?.type === undefined ? tool?.name : tool.type === "function" ? (tool.function?.name ?? tool.name) : undefined;
  if (typeof name !== "string") return;
  if (name.trim() === "") throw invalidRequest(`tools[${number}].name: must be a string that is not empty`);
  yield name;
}

/** @param {string} name */
function legal(name) {
  return name.replace(/[^\w-]/g, "_").slice(0, MAX_LENGTH);
}

/** @param {string} plain @param {string} name */
function withHash(plain, name) {
  // FNV-1a: to tell names apart, not against anybody's ill will.
  let hash = 0x811c9dc5;
  for (let at = 0; at < name.length; at++) hash = Math.imul(hash ^ name.charCodeAt(at), 0x01000193);
  return `${plain.slice(0, MAX_LENGTH - 9)}_${(hash >>> 0).toString(16).padStart(8, "0")}`;
}
