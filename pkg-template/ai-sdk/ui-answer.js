// One answer to `useChat`: what the page approved is run, the model is asked, and what the page has to approve is asked of it.
import { describe, invalidRequest, OpenRouterError } from "../errors.js";
import { responseHeaders } from "../chat/sinks.js";
import { runTools } from "../chat/tool-round.js";
import { uiMessageChunks } from "../chat/ui-message.js";
import { sumOfUsage } from "../chat/usage.js";
import { writtenStream } from "../chat/written-stream.js";
import { isSigned, signatureOf } from "./approval-signature.js";
import { fromUIMessages } from "./from-ui-messages.js";
import { checkClient } from "./language-model.js";
import { batchesOf, checkedDataOf, checkedMessageId, chunkStream, dataChunks, failureOf } from "./ui-message-stream.js";

/** @import { OpenRouter } from "../client.js" */
/** @import { ChatEvent, ChatMessage, ChatResult, Usage } from "../index.js" */
/** @typedef {{ id: string, name: string, input: any }} Call */

/**
 * Who keeps note of an answer, so that it is there after a reload.
 * @typedef {object} AnswerWitness
 * @property {(runId: string) => void} onRun  a durable run has begun that the answer goes on with
 * @property {(part: any) => void} onPart  what no run tells: the result of a tool as an event, or a chunk
 * @property {(outcome: "finished" | "failed" | "left", error?: unknown) => void} onEnd
 */

const MAX_STEPS = 20;
/** Events that no answer begins with. */
const BEGINS_NOTHING = new Set(["retry", "fallback", "raw", "tool-result"]);
const KEEP_ALIVE = ": keep-alive\n\n", KEEP_ALIVE_MS = 10_000;

/**
 * @param {OpenRouter} client
 * @param {any} request  a chat request whose messages are the page's
 */
export function answerUIMessages(client, request) {
  return witnessedAnswer(client, request);
}

/** @param {OpenRouter} client @param {any} request @param {AnswerWitness} [witness] */
export function witnessedAnswer(client, request, witness) {
  checkClient(client);
  if (typeof request !== "object" || request === null) throw invalidRequest("request: must be an object");
  const answer = new UIAnswer(client, request, witness);
  let isTaken = false;
  const taken = () => {
    if (isTaken) throw new OpenRouterError({ code: "already-consumed", message: "this answer is being read already: take its stream or one response" });
    isTaken = true;
    return answer.batches();
  };
  return {
    get stream() {
      return chunkStream(taken(), answer.cancel);
    },
    /** @param {{ status?: number, headers?: any, keepAliveMs?: number }} [options] */
    toResponse({ status = 200, headers, keepAliveMs = KEEP_ALIVE_MS } = {}) {
      const batches = taken();
      const source = {
        takeBatch: async () => (await batches.next()).value ?? [],
        cancel: (/** @type {unknown} */ reason) => {
          answer.cancel(reason);
          void batches.return(undefined);
        },
      };
      const written = writtenStream(source, { write: linesOf, end: () => "data: [DONE]\n\n", fail: () => undefined }, KEEP_ALIVE, keepAliveMs);
      return new Response(written, { status, headers: responseHeaders("ui-message", headers) });
    },
  };
}

/** @param {any[]} chunks */
const linesOf = (chunks) => chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`).join("");

class UIAnswer {
  #client;
  #request;
  #dataOf;
  #approvalSecret;
  /** What is asked of a tool before it runs, and what it then runs; by name. @type {Map<string, { needs: any, execute: any }>} */
  #guarded = new Map();
  /** Every tool that can run. @type {Map<string, any>} */
  #executables = new Map();
  #tools;
  #controller = new AbortController();
  #chunks;
  /** @type {any[]} */
  #out = [];
  #stepsDone = 0;
  #witness;
  /** @type {string | undefined} */
  #runId;

  /** @param {OpenRouter} client @param {any} request @param {AnswerWitness} [witness] */
  constructor(client, request, witness) {
    const { dataOf, convertDataPart, instructions, messages, messageId, tools, approvalSecret, signal, ...chat } = request;
    if (approvalSecret !== undefined && (typeof approvalSecret !== "string" || approvalSecret === "")) throw invalidRequest("approvalSecret: must be a string that is not empty");
    if (instructions !== undefined && typeof instructions !== "string") throw invalidRequest("instructions: must be a string");
    this.#client = client;
    this.#dataOf = checkedDataOf({ dataOf });
    this.#approvalSecret = approvalSecret;
    this.#tools = tools?.map((/** @type {any} */ tool, /** @type {number} */ number) => this.#wireTool(tool, `tools[${number}]`));
    this.#request = chat;
    this.#chunks = uiMessageChunks((chunk) => this.#out.push(chunk), checkedMessageId({ messageId }));
    this.#witness = witness;
    this.uiMessages = messages;
    this.messages = [...(instructions ? [{ role: /** @type {const} */ ("system"), content: instructions }] : []), ...fromUIMessages(messages, { convertDataPart })];
    if (signal?.aborted) this.cancel(signal.reason);
    signal?.addEventListener("abort", () => this.cancel(signal.reason), { once: true, signal: this.#controller.signal });
  }

  cancel = (/** @type {unknown} */ reason) => this.#controller.abort(reason);

  /** A tool that the page may have to approve is none that the run may call by itself. @param {any} tool @param {string} place */
  #wireTool(tool, place) {
    const name = tool?.name ?? tool?.function?.name;
    if (typeof tool?.execute === "function") this.#executables.set(name, tool.execute.bind(tool));
    if (tool?.needsApproval === undefined) return tool;
    const { needsApproval: needs, execute, ...rest } = tool;
    if (typeof needs !== "boolean" && typeof needs !== "function") throw invalidRequest(`${place}.needsApproval: must be a boolean or a function`);
    if (needs === false) return { ...rest, execute };
    this.#guarded.set(name, { needs, execute });
    return rest;
  }

  /** @returns {AsyncGenerator<any[], void>} */
  async *batches() {
    try {
      this.#chunks.start();
      let messages = [...this.messages, ...(await this.#answerApprovals())];
      yield this.#out.splice(0);
      /** @type {(Usage | undefined)[]} */
      const usages = [];
      for (;;) {
        const maxSteps = (this.#request.maxSteps ?? MAX_STEPS) - this.#stepsDone;
        if (maxSteps < 1) throw new OpenRouterError({ code: "max-steps", message: `the model asked for tools in each of ${this.#stepsDone} steps` });
        const run = this.#client.chat({ ...this.#request, maxSteps, messages, ...(this.#tools && { tools: this.#tools }), signal: this.#controller.signal });
        let finish;
        for await (const events of batchesOf(run)) {
          this.#note(run.id, events);
          for (const event of events) {
            const here = { ...event, step: event.step + this.#stepsDone };
            if (event.type === "finish") finish = here;
            else this.#chunks.write(here);
            this.#out.push(...dataChunks(this.#dataOf, here));
          }
          if (this.#out.length > 0) yield this.#out.splice(0);
        }
        const result = await run.result();
        usages.push(result.usage);
        this.#stepsDone += result.steps.length;
        const results = await this.#answerOpenCalls(result);
        if (!results) this.#chunks.write(/** @type {any} */ ({ ...finish, usage: sumOfUsage(usages) }));
        yield this.#out.splice(0);
        if (!results) return void this.#witness?.onEnd("finished");
        messages = [...result.messages, ...results];
      }
    } catch (error) {
      this.#witness?.onEnd(this.#controller.signal.aborted ? "left" : "failed", error);
      this.#chunks.fail(failureOf(error));
      yield this.#out.splice(0);
    } finally {
      // The listener on the caller's signal goes with it.
      this.#controller.abort(new DOMException("The answer is over", "AbortError"));
    }
  }

  /** What a tool said came before the answer that begins, and behind the first one. @param {string | undefined} runId @param {readonly ChatEvent[]} events */
  #note(runId, events) {
    const witness = this.#witness;
    if (!witness || runId === undefined) return;
    const isBegun = runId !== this.#runId && events.some(({ type }) => !BEGINS_NOTHING.has(type));
    const isFirst = isBegun && this.#runId === undefined;
    if (isBegun) this.#runId = runId;
    if (isFirst) witness.onRun(runId);
    for (const event of events) if (event.type === "tool-result") witness.onPart(event);
    if (isBegun && !isFirst) witness.onRun(runId);
  }

  /** A chunk that is none of a run's. @param {any} chunk */
  #tell(chunk) {
    this.#out.push(chunk);
    this.#witness?.onPart(chunk);
  }

  /** What the page answered in its last message. */
  async #answerApprovals() {
    const last = this.uiMessages.at(-1);
    const answered = last?.role === "assistant" ? last.parts.filter((/** @type {any} */ part) => part.state === "approval-responded") : [];
    /** @type {Call[]} */
    const approved = [];
    for (const part of answered) {
      const name = part.type === "dynamic-tool" ? part.toolName : part.type.slice("tool-".length);
      const call = { id: part.toolCallId, name, input: part.input };
      if (part.approval?.approved !== true) this.#tell({ type: "tool-output-denied", toolCallId: call.id });
      else if (this.#approvalSecret && !(await isSigned(this.#approvalSecret, call, part.approval.signature))) {
        throw invalidRequest(`messages[${this.uiMessages.length - 1}]: the call ${call.id} of ${name} was not asked for by this server`);
      } else if (this.#executables.has(name)) approved.push(call);
    }
    return this.#runCalls(approved);
  }

  /** Runs what guarded tools may run of the calls that a run has left. Nothing: it is the page's turn, or there were none. @param {ChatResult} result @returns {Promise<ChatMessage[] | undefined>} */
  async #answerOpenCalls({ message, messages, steps }) {
    // Of this step alone: some models give the same id to a call of every step.
    const answered = new Set(steps.at(-1)?.toolResults?.map(({ tool_call_id: id }) => id));
    const open = (message.tool_calls ?? []).filter(({ id }) => !answered.has(id));
    /** @type {Call[]} */
    const free = [];
    for (const { id, function: called } of open) {
      const guard = this.#guarded.get(called.name);
      if (!guard) continue;
      const call = { id, name: called.name, input: JSON.parse(called.arguments) };
      if (await this.#needsApproval(guard.needs, call, messages)) await this.#askFor(call);
      else if (guard.execute) free.push(call);
    }
    if (open.length === 0) return undefined;
    const results = await this.#runCalls(free);
    return free.length === open.length ? results : undefined;
  }

  /** @param {any} needs @param {Call} call @param {ChatMessage[]} messages */
  async #needsApproval(needs, { id, name, input }, messages) {
    if (needs === true) return true;
    try {
      return (await needs(input, { toolCallId: id, messages })) !== false;
    } catch (cause) {
      throw new OpenRouterError({ code: "tool", message: `${name}: needsApproval() failed: ${describe(cause)}` }, { cause });
    }
  }

  /** @param {Call} call */
  async #askFor(call) {
    const signature = this.#approvalSecret && (await signatureOf(this.#approvalSecret, call));
    this.#tell({ type: "tool-approval-request", approvalId: `approval-${call.id}`, toolCallId: call.id, ...(signature && { signature }) });
  }

  /** @param {Call[]} calls */
  #runCalls(calls) {
    return runTools({
      calls: calls.map(({ id, name }) => ({ id, name, verdict: "run" })),
      inputs: new Map(calls.map(({ id, input }) => [id, input])),
      broken: new Map(),
      executables: this.#executables,
      approve: undefined,
      check: undefined,
      signal: this.#controller.signal,
      masked: (text) => text,
      maskedCause: (cause) => cause,
      onLater: () => {},
      // A value that a tool yields on its way is its result so far, as the AI SDK has it.
      onProgress: ({ id, output }) => {
        this.#out.push({ type: "tool-output-available", toolCallId: id, output: output ?? null, preliminary: true });
      },
      onResult: ({ id, output, error }) => {
        this.#tell(error ? { type: "tool-output-error", toolCallId: id, errorText: error.message } : { type: "tool-output-available", toolCallId: id, output: output ?? null });
      },
    });
  }
}

