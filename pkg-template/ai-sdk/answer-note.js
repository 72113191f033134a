// What a durable answer is found by after a reload: its runs at the gateway in their order, and what the tools of the page said in between.
import { invalidRequest, OpenRouterError } from "../errors.js";

/** @import { AnswerWitness } from "./ui-answer.js" */

/** @typedef {{ getItem(key: string): string | null, setItem(key: string, value: string): void, removeItem(key: string): void }} NoteStorage */
/** A run by its id, the result of a tool as its event, or a chunk that is none of a run's. @typedef {string | { type: string, [name: string]: any }} Part */

const PREFIX = "openrouter-wasm:answer:";
const RUN_ID = /^[\w-]{8,64}$/;
/** By these an answer is cut off from its page, and goes on. */
const CUT_CODES = new Set(["network", "stream-cut", "timeout"]);

/** @param {any} given @returns {NoteStorage} */
export function noteStorage(given) {
  if (given !== undefined) {
    if (["getItem", "setItem", "removeItem"].some((name) => typeof given?.[name] !== "function")) throw invalidRequest("storage: must be of the form of sessionStorage");
    return given;
  }
  try {
    if (globalThis.sessionStorage) return globalThis.sessionStorage;
  } catch {
    // A page may be forbidden to keep anything.
  }
  /** @type {Map<string, string>} */
  const kept = new Map();
  return { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => void kept.set(key, value), removeItem: (key) => void kept.delete(key) };
}

/** @implements {AnswerWitness} */
export class AnswerNote {
  #storage;
  #key;
  /** Of the message in the page; none where the answer goes on with a message that it has. */
  messageId;
  /** @type {Part[]} */
  parts;

  /** @param {NoteStorage} storage @param {string} chatId @param {string} [messageId] @param {Part[]} [parts] */
  constructor(storage, chatId, messageId, parts = []) {
    this.#storage = storage;
    this.#key = PREFIX + chatId;
    this.messageId = messageId;
    this.parts = parts;
  }

  /** @param {NoteStorage} storage @param {string} chatId @returns {AnswerNote | undefined} */
  static of(storage, chatId) {
    const note = noted(storage, chatId);
    return note && !note.isOver ? new AnswerNote(storage, chatId, note.messageId, note.parts) : undefined;
  }

  /**
   * Of an answer that goes on with a message of the page's: that message is told again with it, as far as it is known.
   * @param {NoteStorage} storage @param {string} chatId @param {{ id: string, parts: any[] }} message
   */
  static behind(storage, chatId, { id, parts }) {
    const before = noted(storage, chatId);
    if (before?.messageId !== id) return new AnswerNote(storage, chatId);
    const known = new Set(before.parts.flatMap((part) => (typeof part === "string" ? [] : [part.type === "tool-result" ? part.id : part.output === undefined && part.errorText === undefined ? "" : part.toolCallId])));
    const given = parts.filter(({ toolCallId }) => toolCallId !== undefined && !known.has(toolCallId)).flatMap(answersOf);
    return new AnswerNote(storage, chatId, id, [...before.parts, ...given]);
  }

  get firstRunId() {
    return /** @type {string} */ (this.parts[0]);
  }

  /** Nothing is to be had any more; what came is there for an answer that goes on with it. */
  end() {
    this.#save(true);
  }

  drop() {
    this.#storage.removeItem(this.#key);
  }

  /** @param {string} runId */
  onRun(runId) {
    this.#add(runId);
  }

  /** @param {any} part */
  onPart(part) {
    const { type, id, output, error } = part;
    this.#add(type === "tool-result" ? { type, id, ...(error ? { error: { message: error.message } } : { output }) } : part);
  }

  /** @param {"finished" | "failed" | "left"} outcome @param {unknown} [error] */
  onEnd(outcome, error) {
    const isCut = outcome === "failed" && OpenRouterError.isInstance(error) && CUT_CODES.has(error.code);
    if (!isCut) this.end();
  }

  /** @param {Part} part */
  #add(part) {
    // What a tool said before the first run belongs to a message that the page has.
    if (this.parts.length === 0 && typeof part !== "string") return;
    this.parts.push(part);
    this.#save(false);
  }

  /** @param {boolean} isOver */
  #save(isOver) {
    try {
      this.#storage.setItem(this.#key, JSON.stringify({ messageId: this.messageId, parts: this.parts, isOver }));
    } catch {
      // There is no room for it: an answer that is found in part would be told as a whole.
      this.drop();
    }
  }
}

/** @param {NoteStorage} storage @param {string} chatId @returns {{ messageId: string | undefined, parts: Part[], isOver: boolean } | undefined} */
function noted(storage, chatId) {
  try {
    const { messageId, parts, isOver } = JSON.parse(storage.getItem(PREFIX + chatId) ?? "{}");
    if (Array.isArray(parts) && typeof parts[0] === "string" && parts.every(isPart)) return { messageId: typeof messageId === "string" ? messageId : undefined, parts, isOver: isOver === true };
  } catch {
    // Something else lies there.
  }
  return undefined;
}

/** @param {unknown} part */
const isPart = (part) => (typeof part === "string" ? RUN_ID.test(part) : typeof (/** @type {any} */ (part)?.type) === "string");

/** What the page itself answered to a call. @param {any} part @returns {Part[]} */
function answersOf({ state, toolCallId, output, errorText }) {
  if (state === "output-available") return [{ type: "tool-output-available", toolCallId, output }];
  if (state === "output-error") return [{ type: "tool-output-error", toolCallId, errorText }];
  return [];
}
