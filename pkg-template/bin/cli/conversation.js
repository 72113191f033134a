// `chat` at a terminal: turn after turn, with commands between them. A failure ends a turn and not the conversation.
import { existsSync } from "node:fs";
import { extname, join } from "node:path";
import { OpenRouterError } from "../../errors.js";
import { printText, receipt } from "./answer-printer.js";
import { nearest } from "./arguments.js";
import { attachmentOf } from "./attachments.js";
import { withPrices } from "./budget-prices.js";
import { BrokenPipe, lineOf, usageError } from "./failures.js";
import { LineEditor, readHistory, writeHistory } from "./line-editor.js";
import { hintFor, unknownModel } from "./model-suggestion.js";
import { counted, plainWords } from "./plain-words.js";
import { checkSize } from "./prompt-size.js";
import { newChat, saveChat, textOfMessage } from "./stored-chats.js";
import { dollars } from "./style.js";
import { writeWhole } from "./whole-file.js";

/** @import { ChatMessage, ChatRequest, OpenRouter } from "../../index.js" */
/** @import { Part } from "./attachments.js" */
/** @import { Given } from "./command.js" */
/** @import { StoredChat } from "./stored-chats.js" */

const HELP = [
  ["/model [MODEL]", "which model answers; with MODEL another one does from now on"],
  ["/system [TEXT]", "the system prompt; with TEXT another one, /system - none"],
  ["/attach FILE", "an image, PDF, sound, video or text for the next turn"],
  ["/retry", "the last turn again"],
  ["/save [FILE]", "write the conversation to FILE (.md or .json)"],
  ["/cost", "what it has cost so far"],
  ["/new", "begin another conversation"],
  ["/help", "this text"],
  ["/exit", "end (also Ctrl-D)"],
];
const NAMES = [...HELP.map(([words]) => words.split(" ")[0]), "/quit"];
const HISTORY = "history";

/** @param {Given} given @param {StoredChat} stored @param {any} settings @param {Part[]} parts  for the first turn */
export async function converse(given, stored, settings, parts) {
  const { values, out, folder, note, interrupts, signal } = given;
  const { client } = values.budget === undefined ? { client: await given.client() } : await withPrices(given, settings.model, true);
  const historyPath = join(folder, HISTORY);
  const editor = new LineEditor(given, {
    history: values["no-save"] ? [] : await readHistory(historyPath),
    complete: (line) => (line.startsWith("/") ? NAMES.filter((name) => name.startsWith(line)) : []),
  });
  /** @type {string[] | undefined} */
  let history;
  editor.onHistory((lines) => void (history = [...lines]));
  const conversation = new Conversation({ given, client, editor, stored, settings, parts });
  editor.onInterrupt = () => conversation.interrupt();
  interrupts.handler = editor.onInterrupt;
  try {
    await note(`${await conversation.model()} · /help lists the commands, Ctrl-D ends`);
    if (stored.messages.length > 0) await note(`going on with ${stored.id}: ${stored.title}`);
    while (!conversation.isOver) {
      const line = await editor.next("> ");
      signal.throwIfAborted();
      if (line === undefined) break;
      await conversation.take(line);
    }
    await out.endLine();
  } finally {
    interrupts.handler = undefined;
    editor.close();
    if (history && !values["no-save"]) await writeHistory(historyPath, history).catch((error) => note(`what was typed is not kept: ${lineOf(error)}`));
  }
}

class Conversation {
  isOver = false;
  /** @type {Given} */
  #given;
  /** @type {OpenRouter} */
  #client;
  /** @type {LineEditor} */
  #editor;
  /** Of every request. @type {any} */
  #settings;
  /** @type {StoredChat} */
  #stored;
  /** Of the next turn. @type {Part[]} */
  #parts;
  /** Of the turn that failed, or is the last: what /retry asks again. @type {ChatMessage | undefined} */
  #lastTurn;
  #inputTokens = 0;
  #outputTokens = 0;
  #costUsd = 0;
  #turns = 0;
  /** Of the answer on its way. @type {AbortController | undefined} */
  #answering;
  #wasInterrupted = false;

  /** @param {{ given: Given, client: OpenRouter, editor: LineEditor, stored: StoredChat, settings: any, parts: Part[] }} of */
  constructor({ given, client, editor, stored, settings, parts }) {
    [this.#given, this.#client, this.#editor, this.#stored, this.#settings, this.#parts] = [given, client, editor, stored, settings, parts];
    this.#lastTurn = stored.messages.findLast(({ role }) => role === "user");
  }

  /** Which model answers, whatever it is called here; what is wrong with the settings is told before the first turn. @returns {Promise<string>} */
  async model() {
    const { body } = await this.#client.prepare({ ...this.#settings, messages: [{ role: "user", content: "?" }] });
    return /** @type {{ model?: string }} */ (body).model ?? "a router";
  }

  /** Ctrl-C: the answer stops; at an empty prompt the second one in a row ends the program. */
  interrupt() {
    if (this.#answering) return this.#answering.abort();
    const hadText = this.#editor.clear();
    if (this.#wasInterrupted && !hadText) {
      this.isOver = true;
      return this.#editor.close();
    }
    this.#wasInterrupted = !hadText;
    if (hadText) return;
    void this.#given.note("Ctrl-C again, Ctrl-D or /exit ends").then(() => this.#editor.again());
  }

  /** @param {string} line */
  async take(line) {
    this.#wasInterrupted = false;
    const text = line.trim();
    const [, name, rest = ""] = /^(\/[a-z]+)(?:\s+([^]*))?$/.exec(text) ?? [];
    try {
      if (name) await this.#command(name, rest.trim());
      else if (text !== "" || this.#parts.length > 0) await this.#turn(text);
    } catch (error) {
      if (error instanceof BrokenPipe || this.#given.signal.aborted) throw error;
      await this.#report(error);
    }
  }

  /** @param {unknown} error */
  async #report(error) {
    const { err, out, signal } = this.#given;
    const { model } = this.#settings;
    const isOurs = OpenRouterError.isInstance(error);
    const hint = isOurs && typeof model === "string" ? await hintFor(error, model, this.#client, signal) : "";
    await out.endLine();
    await err.endLine();
    await err.line(err.style.red(`${isOurs ? plainWords(lineOf(error)) : lineOf(error)}${hint}`));
  }

  /** @param {string} name @param {string} rest */
  async #command(name, rest) {
    const { note } = this.#given;
    switch (name) {
      case "/help":
        for (const [words, help] of HELP) await note(`${words.padEnd(16)} ${help}`);
        return;
      case "/exit":
      case "/quit":
        this.isOver = true;
        return;
      case "/model":
        return this.#model(rest);
      case "/system":
        return this.#system(rest);
      case "/attach":
        if (rest === "") throw usageError("/attach needs a FILE");
        this.#parts.push(await attachmentOf(rest, "/attach"));
        return note(`${counted(this.#parts.length, "file")} for the next turn`);
      case "/retry":
        return this.#retry();
      case "/save":
        return this.#save(rest);
      case "/cost":
        return note(`${counted(this.#turns, "answer")}: ${counted(this.#inputTokens, "token")} in, ${this.#outputTokens} out, ${dollars(this.#costUsd)}`);
      case "/new":
        this.#stored = { ...newChat(), ...(this.#settings.model !== undefined && { model: this.#settings.model }), messages: this.#stored.messages.filter(({ role }) => role === "system") };
        [this.#lastTurn, this.#parts] = [undefined, []];
        return note("a new conversation");
    }
    throw usageError(`${name} is no command${nearest(name, NAMES, "") || " (/help lists them)"}`);
  }

  /** @param {string} name */
  async #model(name) {
    const before = this.#settings;
    if (name !== "") this.#settings = { ...before, model: name };
    try {
      const model = await this.model();
      const trouble = name === "" ? undefined : await unknownModel(model, this.#client, this.#given.signal);
      if (trouble?.hint) throw usageError(`${name}: the catalog has no such model${trouble.hint}`);
      await this.#given.note(`model: ${model}${trouble ? " (the catalog has no such model)" : ""}`);
    } catch (error) {
      this.#settings = before;
      throw error;
    }
  }

  /** @param {string} text */
  async #system(text) {
    const { note } = this.#given;
    if (text !== "") {
      const others = this.#stored.messages.filter(({ role }) => role !== "system");
      this.#stored.messages = text === "-" ? others : [{ role: "system", content: text }, ...others];
    }
    const system = this.#stored.messages.find(({ role }) => role === "system");
    await note(system ? `system: ${textOfMessage(system)}` : "there is no system prompt");
  }

  /** @param {string} text */
  async #turn(text) {
    const parts = this.#parts;
    const content = parts.length === 0 ? text : [...(text === "" ? [] : [{ type: "text", text }]), ...parts];
    const turn = /** @type {ChatMessage} */ ({ role: "user", content });
    await this.#ask(turn);
  }

  async #retry() {
    const turn = this.#lastTurn;
    if (!turn) throw usageError("there is no turn to try again");
    const at = this.#stored.messages.lastIndexOf(turn);
    // What was answered to it goes, whatever a run with several steps has made of it.
    if (at >= 0) this.#stored.messages = this.#stored.messages.slice(0, at);
    await this.#ask(turn);
  }

  /** @param {ChatMessage} turn */
  async #ask(turn) {
    const { values, out, note, signal } = this.#given;
    const messages = [...this.#stored.messages, turn];
    await checkSize(messages, this.#settings.model, this.#client, this.#given, async (question) => (await this.#editor.next(question)) ?? "");
    this.#lastTurn = turn;
    this.#parts = [];
    this.#answering = new AbortController();
    const stop = this.#answering.signal;
    try {
      const request = { messages, stream: !values["no-stream"], signal: AbortSignal.any([signal, stop]), ...this.#settings };
      const answer = this.#client.chat(/** @type {ChatRequest} */ (request));
      let said = "";
      try {
        await printText(answer, this.#given, (text) => (said += text));
        const result = await answer.result();
        await out.endLine();
        await note(receipt(result));
        if (result.verdict !== "complete") await note(result.verdict === "length" ? "the answer was cut at the output limit" : `the answer ended with ${result.verdict}`);
        this.#count(result.usage);
        // The message itself, so that /retry finds it.
        this.#stored.messages = result.messages.map((message, at) => (at === messages.length - 1 ? turn : message));
      } catch (error) {
        if (!stop.aborted || signal.aborted) throw error;
        await out.endLine();
        await note("stopped");
        // What was said was read: the next turn may speak of it.
        if (said.trim() !== "") this.#stored.messages = [...messages, { role: "assistant", content: said }];
      }
    } finally {
      this.#answering = undefined;
    }
    await this.#keep();
  }

  /** @param {import("../../index.js").Usage | undefined} usage */
  #count(usage) {
    this.#turns++;
    if (!usage) return;
    this.#inputTokens += usage.inputTokens + usage.cacheReadTokens + usage.cacheWriteTokens;
    this.#outputTokens += usage.outputTokens;
    this.#costUsd += usage.cost ?? 0;
    this.#stored.costUsd += usage.cost ?? 0;
  }

  async #keep() {
    const { values, folder, note } = this.#given;
    if (this.#settings.model !== undefined) this.#stored.model = this.#settings.model;
    // An answer that was stopped before its first word leaves nothing to go on with.
    if (values["no-save"] || !this.#isBegun) return;
    await saveChat(folder, this.#stored).catch((error) => note(`this chat is not kept: ${lineOf(error)}`));
  }

  get #isBegun() {
    return this.#stored.messages.some(({ role }) => role !== "system");
  }

  /** @param {string} path */
  async #save(path) {
    const { folder, note } = this.#given;
    if (!this.#isBegun) throw usageError("there is nothing to save yet");
    if (path !== "" && existsSync(path)) throw usageError(`${path}: exists already; name another file`);
    if (path === "") {
      await saveChat(folder, this.#stored);
      return note(`kept as ${this.#stored.id} (/save FILE writes it to a file)`);
    }
    const isJson = extname(path).toLowerCase() === ".json";
    const turns = this.#stored.messages.map((message) => `## ${message.role}\n\n${textOfMessage(message).trim()}\n`);
    await writeWhole(path, isJson ? `${JSON.stringify(this.#stored.messages, null, 2)}\n` : turns.join("\n"));
    await note(`saved: ${path}`);
  }
}
