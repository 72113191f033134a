// What a run tells a logger: lines in words, without keys.
import { describe, OpenRouterError, withoutKey } from "../first-part.js";

/** @import { Logger } from "../index.js" */

const PREFIX = "openrouter-wasm: ";

export class RunLog {
  #logger;
  #startedAt = performance.now();
  /** Warnings that are out. */
  #warned = 0;
  /** @type {(text: string) => string} */
  #masked;

  /** @param {Logger} logger @param {(text: string) => string} masked  takes out the key that was sent */
  constructor(logger, masked) {
    this.#logger = logger;
    this.#masked = masked;
  }

  /** @param {{ model: string, warnings: { rule: string, path: string, reason: string }[] }} notes  of the whole run */
  requesting({ model, warnings }) {
    this.#say("debug", `asking ${model}`);
    for (const { rule, path, reason } of warnings.slice(this.#warned)) this.#say("warn", `${rule}: ${path}: ${reason}`);
    this.#warned = warnings.length;
  }

  /** The notes of another request begin anew. */
  replaced() {
    this.#warned = 0;
  }

  /** @param {any} event  a `retry` or `fallback` */
  again(event) {
    const { code, status, message } = event.error;
    const failed = `${code}${status === undefined ? "" : ` (${status})`}: ${message}`;
    this.#say("warn", event.type === "fallback" ? `${event.from} failed, going on with ${event.to}: ${failed}` : `attempt ${event.attempt} failed, again in ${event.delayMs} ms: ${failed}`);
  }

  /** @param {string} verdict @param {unknown} error @param {any} result */
  ended(verdict, error, result) {
    const after = `after ${((performance.now() - this.#startedAt) / 1000).toFixed(1)} s`;
    if (verdict === "aborted") return this.#say("debug", `aborted ${after}`);
    if (!result) return this.#say("error", `${OpenRouterError.isInstance(error) ? error.code : "error"} ${after}: ${error instanceof Error ? error.message : describe(error)}`);
    const { usage, steps, model, provider } = result;
    const tokens = usage ? `, ${usage.totalTokens} tokens${usage.cost === undefined ? "" : `, $${usage.cost}`}` : "";
    this.#say("info", `${verdict} ${after}: ${model ?? "?"}${provider ? ` by ${provider}` : ""}, ${steps.length} step${steps.length === 1 ? "" : "s"}${tokens}`);
  }

  /** @param {"debug" | "info" | "warn" | "error"} level @param {string} text */
  #say(level, text) {
    try {
      // As a method: loggers are classes more often than not.
      this.#logger[level]?.(withoutKey(PREFIX + this.#masked(text), ""));
    } catch {
      // To write about a run must not change how it goes; there is nobody left to tell.
    }
  }
}
