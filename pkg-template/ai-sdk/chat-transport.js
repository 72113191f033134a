// A transport for `useChat` that asks OpenRouter, or a gateway, from the page itself: no server of the app in between.
import { describe, invalidRequest, OpenRouterError } from "../errors.js";
import { newRunId } from "../chat/durable-ref.js";
import { uiMessageChunks } from "../chat/ui-message.js";
import { checkClient } from "./language-model.js";
import { AnswerNote, noteStorage } from "./answer-note.js";
import { answerUIMessages, witnessedAnswer } from "./ui-answer.js";
import { batchesOf, checkedDataOf, chunkStream, dataChunks, failureOf } from "./ui-message-stream.js";

/** @import { OpenRouter } from "../client.js" */
/** @import { ChatEvent } from "../index.js" */
/** @import { ChatRun } from "../chat/run.js" */

/** A resumption that takes the place of another aborts that one as a visitor's stop does; it comes at once. */
const SUPERSEDED_MS = 500;

/**
 * @param {OpenRouter} client
 * @param {any} [options]  a chat request without messages, or a function that gives one for what is sent
 * @param {{ storage?: any }} [settings]  where is kept what a durable answer is found by after a reload
 */
export function createChatTransport(client, options = {}, settings = {}) {
  checkClient(client);
  if (typeof options !== "object" && typeof options !== "function") throw invalidRequest(`options: must be an object or a function, not ${describe(options)}`);
  const storage = noteStorage(settings?.storage);
  /** What ends an answer that was left, unless it is asked for again at once. @type {Map<string, () => void>} */
  const leaving = new Map();
  /** @type {any} */
  let dataOf = typeof options === "function" ? undefined : options.dataOf;
  return {
    /** A resumed answer is told from its beginning. */
    resumeStreamIsReplay: true,
    /** @param {any} sent */
    async sendMessages(sent) {
      const { messages, abortSignal, body, chatId } = sent;
      const request = typeof options === "function" ? await options(sent) : { ...options, ...body };
      dataOf = request.dataOf;
      const whole = { ...request, messages, signal: abortSignal };
      if (!request.durable) return answerUIMessages(client, whole).stream;
      // An answer that goes on with a message of the page is no message of its own.
      const last = messages.at(-1);
      const note = last?.role === "assistant" ? AnswerNote.behind(storage, chatId, last) : new AnswerNote(storage, chatId, newRunId());
      return witnessedAnswer(client, { ...whole, messageId: note.messageId }, note).stream;
    },
    /** What a durable answer has had so far, and the rest as it comes; nothing where none is under way. @param {any} [sent] */
    async reconnectToStream(sent = {}) {
      const { chatId, abortSignal } = sent;
      leaving.get(chatId)?.();
      const note = AnswerNote.of(storage, chatId);
      if (!note) return null;
      const retold = new RetoldAnswer(client, note, checkedDataOf({ dataOf }));
      if (!(await retold.begin())) return null;
      const leave = () => {
        if (retold.isOver) return;
        retold.leave();
        const timer = setTimeout(() => {
          leaving.delete(chatId);
          retold.stop();
        }, SUPERSEDED_MS);
        leaving.set(chatId, () => {
          clearTimeout(timer);
          leaving.delete(chatId);
          retold.letGo();
        });
      };
      abortSignal?.addEventListener("abort", leave, { once: true });
      return chunkStream(retold.batches(), leave);
    },
  };
}

/** An answer that is told again: its runs one behind the other, with what the tools of the page said in between. */
class RetoldAnswer {
  #client;
  #note;
  #dataOf;
  /** @type {{ run: ChatRun, each: AsyncGenerator<ChatEvent>, events: AsyncGenerator<ChatEvent[]>, next: IteratorResult<ChatEvent[]> } | undefined} */
  #current;
  /** Told to its end, or left. */
  isOver = false;
  /** @type {(end: IteratorReturnResult<undefined>) => void} */
  #end = () => {};
  /** @type {Promise<IteratorReturnResult<undefined>>} */
  #left = new Promise((resolve) => void (this.#end = resolve));

  /** @param {OpenRouter} client @param {AnswerNote} note @param {any} dataOf */
  constructor(client, note, dataOf) {
    this.#client = client;
    this.#note = note;
    this.#dataOf = dataOf;
  }

  /** Whether there is anything: the gateway may keep it no more. */
  async begin() {
    try {
      await this.#open(this.#note.firstRunId);
      return true;
    } catch (error) {
      if (!OpenRouterError.isInstance(error) || error.code !== "not-found") throw error;
      this.#note.drop();
      return false;
    }
  }

  /** @param {string} id */
  async #open(id) {
    const run = this.#client.resumeRun(id);
    const each = run[Symbol.asyncIterator]();
    const events = batchesOf({ [Symbol.asyncIterator]: () => each });
    return (this.#current = { run, each, events, next: await events.next() });
  }

  /** Nobody reads it here. What becomes of it is said later. */
  leave() {
    this.isOver = true;
    this.#end({ done: true, value: undefined });
  }

  /** Somebody else reads it. */
  letGo() {
    // Not the batches, which would wait for the next event first.
    void this.#current?.each.return(undefined);
  }

  /** Nobody wants it any more. */
  stop() {
    this.#note.end();
    this.#current?.run.cancel();
  }

  /** @returns {AsyncGenerator<any[], void>} */
  async *batches() {
    /** @type {any[]} */
    const out = [];
    const chunks = uiMessageChunks((chunk) => out.push(chunk), this.#note.messageId);
    let step = -1;
    try {
      chunks.start();
      /** @type {any} */
      let finish;
      for (const part of this.#note.parts) {
        if (typeof part !== "string") {
          if (part.type === "tool-result") chunks.write(/** @type {any} */ ({ ...part, step }));
          else out.push(part);
          continue;
        }
        step += 1;
        const { events, next: first } = (step === 0 && this.#current) || (await this.#open(part));
        for (let next = first; !next.done; next = await Promise.race([events.next(), this.#left])) {
          for (const event of next.value) {
            const here = /** @type {any} */ ({ ...event, step });
            if (event.type === "finish") finish = here;
            else chunks.write(here);
            out.push(...dataChunks(this.#dataOf, here));
          }
          if (out.length > 0) yield out.splice(0);
        }
      }
      if (this.isOver) return;
      this.isOver = true;
      this.#note.end();
      // Where nobody asked the model with what the tools said, the page may do so.
      if (typeof this.#note.parts.at(-1) === "string") chunks.write(finish);
      else out.push({ type: "finish-step" }, { type: "finish", finishReason: "tool-calls" });
    } catch (error) {
      if (this.isOver) return;
      this.isOver = true;
      this.#note.onEnd("failed", error);
      chunks.fail(failureOf(error));
    }
    yield out.splice(0);
  }
}
