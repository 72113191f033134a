// The life of one WebAssembly instance: started at the first call, replaced after a panic. Each engine has one of its own, so that a
// panic in one ends nothing in another.
import { describe, engineError, fromEngine, isTrap, OpenRouterError } from "../errors.js";

/**
 * What wasm-bindgen's glue has for every engine.
 * @typedef {object} Glue
 * @property {(module: any) => { memory: WebAssembly.Memory }} initSync
 * @property {() => void} __wbg_reset_state
 * @property {(callback: (message: string) => void) => void} onPanic
 */

/**
 * Where the compiled module of an engine comes from: one file a runtime family.
 * @typedef {object} ModuleSource
 * @property {() => WebAssembly.Module | Promise<WebAssembly.Module>} compile
 * @property {() => WebAssembly.Module} compileNow  while everybody waits
 */

/**
 * One instance. A session of a retired instance is told from one of today's by it.
 * @template G
 * @typedef {{ memory: WebAssembly.Memory, glue: G }} Instance
 */

/** @template T @typedef {import("./contract.js").Json<T>} Json */

/** WebAssembly memory never shrinks: an instance that has grown beyond this is replaced once nothing waits for it. A thousand answers at once stay below. */
const GROWN_BYTES = 16 << 20;

/** @template {Glue} G @template {Instance<G>} [E=Instance<G>] */
export class EngineLife {
  #glue;
  #source;
  #dress;
  /** @type {E | undefined} */
  #engine;
  /** @type {Promise<E> | undefined} */
  #starting;
  /** A panic happened, or nobody needs what it has grown by: the next call starts a fresh instance. */
  #isRetired = false;
  #isLoaded = false;
  /** The callers that wait for the instance and must hear of its end, and what each does while it can still be asked. @type {Map<(error: Error) => void, (() => void) | undefined>} */
  #waiting = new Map();
  #isEnding = false;
  /** Why it could not be started the last time. @type {OpenRouterError | undefined} */
  #fault;

  /**
   * @param {G} glue @param {ModuleSource} source
   * @param {(instance: Instance<G>) => E} [dress]  adds what a user of this engine needs beside it
   */
  constructor(glue, source, dress = (instance) => /** @type {E} */ (instance)) {
    this.#glue = glue;
    this.#source = source;
    this.#dress = dress;
  }

  /** Another source for the module, before the first start. @param {ModuleSource} source */
  use(source) {
    if (this.#isLoaded) throw new OpenRouterError({ code: "engine", message: "the engine has started already: hand its module over before the first call" });
    this.#source = source;
    this.#starting = undefined;
  }

  /** The running instance, if there is one. @returns {E | undefined} */
  #running() {
    if (this.#isRetired) {
      this.#isRetired = false;
      this.#glue.__wbg_reset_state();
      // Without an argument worth reading it gives the exports of the instance there is.
      this.#engine = this.#adopt(this.#glue.initSync(undefined));
    }
    return this.#engine;
  }

  /**
   * Starts the instance, once however many ask. A start that failed is forgotten, so that the next call tries again.
   * @returns {Promise<E>}
   */
  start() {
    const running = this.#running();
    if (running) return Promise.resolve(running);
    this.#starting ??= this.#load().catch((cause) => {
      this.#starting = undefined;
      throw (this.#fault = notStarted(cause));
    });
    return this.#starting;
  }

  /** The instance, started on the spot if need be: for calls that return no promise. @returns {E} */
  startNow() {
    const running = this.#running();
    if (running) return running;
    try {
      return this.#instantiate(this.#source.compileNow());
    } catch (cause) {
      throw (this.#fault = notStarted(cause));
    }
  }

  /** Why it cannot be started; only where that was so before. @returns {OpenRouterError | undefined} */
  stillFails() {
    if (!this.#fault) return undefined;
    try {
      this.startNow();
      return undefined;
    } catch {
      return this.#fault;
    }
  }

  async #load() {
    return this.#instantiate(await this.#source.compile());
  }

  /** Once, whoever comes first. @param {WebAssembly.Module} module @returns {E} */
  #instantiate(module) {
    if (!this.#isLoaded) {
      // Not by `initSync({ module })` alone: its `instanceof` refuses a module of another realm, which Next's edge runtime has.
      this.#engine = this.#adopt(this.#glue.initSync({ module }));
      this.#isLoaded = true;
      this.#fault = undefined;
    }
    return /** @type {E} */ (this.#engine);
  }

  /** @param {{ memory: WebAssembly.Memory }} exports @returns {E} */
  #adopt({ memory }) {
    this.#glue.onPanic((message) => this.retire(message));
    return this.#dress({ memory, glue: this.#glue });
  }

  /**
   * The panic hook: nothing that waits for this instance would ever hear of it otherwise. Also for traps that had no panic, such as
   * memory that ran out.
   * @param {string} message
   */
  retire(message) {
    if (this.#isRetired || this.#isEnding) return;
    this.#isEnding = true;
    const all = [...this.#waiting];
    this.#waiting.clear();
    for (const [, lastWords] of all) {
      try {
        lastWords?.();
      } catch {
        // The one that it broke in cannot be asked any more.
      }
    }
    this.#isRetired = true;
    this.#isEnding = false;
    // Not here: the instance is still on the stack. An error each: what has arrived of a run is put into it.
    queueMicrotask(() => all.forEach(([reject]) => reject(engineError(message))));
  }

  /** Whether a session of this instance may still be called. @param {E} engine */
  isRunning(engine) {
    return !this.#isRetired && this.#engine === engine;
  }

  /** @param {(error: Error) => void} reject @param {() => void} [lastWords]  right before the end */
  onEnd(reject, lastWords) {
    this.#waiting.set(reject, lastWords);
  }

  /** @param {(error: Error) => void} reject */
  offEnd(reject) {
    this.#waiting.delete(reject);
    this.#shrink();
  }

  /** Not at once: the last words of whoever leaves are still asked for. */
  #shrink() {
    if (this.#isIdleAndGrown()) setTimeout(() => this.#giveBack());
  }

  #isIdleAndGrown() {
    return this.#waiting.size === 0 && this.#engine !== undefined && this.#engine.memory.buffer.byteLength > GROWN_BYTES;
  }

  /** At once and not at the next call: that may never come. */
  #giveBack() {
    if (!this.#isIdleAndGrown()) return;
    this.#isRetired = true;
    this.#running();
  }

  /**
   * What the engine says, once it has started; what it throws becomes an `OpenRouterError`, and a trap ends the instance.
   * @template T @param {(glue: G) => T} question @returns {Promise<T>}
   */
  async call(question) {
    return this.#answered(await this.start(), question);
  }

  /** The same on the spot. @template T @param {(glue: G) => T} question @returns {T} */
  callNow(question) {
    return this.#answered(this.startNow(), question);
  }

  /**
   * What the engine says, read: the one reader of everything that crosses as JSON.
   * @template T @param {(glue: G) => Json<T>} question @returns {Promise<T>}
   */
  async ask(question) {
    return JSON.parse(await this.call(question));
  }

  /** The same on the spot. @template T @param {(glue: G) => Json<T>} question @returns {T} */
  askNow(question) {
    return JSON.parse(this.callNow(question));
  }

  /** @template T @param {E} engine @param {(glue: G) => T} question @returns {T} */
  #answered({ glue }, question) {
    try {
      return question(glue);
    } catch (thrown) {
      // Also where the stack is used up: what was under way was left in the middle.
      if (isTrap(thrown) || thrown instanceof RangeError) this.retire(describe(thrown));
      throw fromEngine(thrown);
    } finally {
      this.#shrink();
    }
  }
}

/** @param {unknown} cause */
function notStarted(cause) {
  if (OpenRouterError.isInstance(cause)) return cause;
  const problem = cause instanceof Error ? cause.message : describe(cause);
  // Chromium's own text names the worse directive, Firefox's none.
  const remedy = /unsafe-eval|Content.Security.Policy|\bCSP\b/i.test(problem) ? "; the page's Content-Security-Policy needs script-src 'wasm-unsafe-eval'" : "";
  return new OpenRouterError({ code: "engine", message: `WebAssembly could not be started: ${problem}${remedy}` }, { cause });
}
