// The life of the WebAssembly instance: started at the first call, replaced after a panic.
import engineModule, { engineModuleNow } from "#wasm";
import * as glue from "./wasm/glue.js";
import { Exchange } from "./batch.js";
import { engineError, OpenRouterError } from "./errors.js";
import { guardedGlue } from "./trap.js";

/**
 * One instance. `generation` tells a session of a retired instance from one of today's.
 * @typedef {object} Engine
 * @property {number} generation
 * @property {WebAssembly.Memory} memory
 * @property {typeof glue} glue
 * @property {Exchange} exchange
 */

/** @type {Engine | undefined} */
let engine;
/** @type {Promise<Engine> | undefined} */
let starting;
let generation = 0;
/** A panic happened: the next call starts a fresh instance. */
let retired = false;
let loaded = false;

/** Whoever waits for something from the instance and must hear of its end, and what each of them does while it can still be asked. @type {Map<(error: Error) => void, (() => void) | undefined>} */
const waiting = new Map();
let isEnding = false;

/**
 * The running instance, if there is one.
 * @returns {Engine | undefined}
 */
function runningEngine() {
  if (retired) {
    retired = false;
    glue.__wbg_reset_state();
    // Without an argument worth reading it gives the exports of the instance there is.
    engine = adopt(glue.initSync(/** @type {any} */ (undefined)));
  }
  return engine;
}

/**
 * Starts the instance, once however many ask. A start that failed is forgotten, so that the next call tries again.
 * @returns {Promise<Engine>}
 */
export function startEngine() {
  const running = runningEngine();
  if (running) return Promise.resolve(running);
  starting ??= load().catch((cause) => {
    starting = undefined;
    throw new OpenRouterError({ code: "engine", message: `WebAssembly could not be started: ${cause?.message ?? cause}` }, { cause });
  });
  return starting;
}

/**
 * The instance, started on the spot if need be: for calls that return no promise.
 * @returns {Engine}
 */
export function startEngineNow() {
  const running = runningEngine();
  if (running) return running;
  try {
    return instantiate(engineModuleNow());
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new OpenRouterError({ code: "engine", message: `WebAssembly could not be started: ${message}` }, { cause });
  }
}

async function load() {
  return instantiate(await engineModule());
}

/** Once, whoever comes first. @param {WebAssembly.Module} module @returns {Engine} */
function instantiate(module) {
  if (!loaded) {
    engine = adopt(glue.initSync({ module }));
    loaded = true;
  }
  return /** @type {Engine} */ (engine);
}

/** @param {{ memory: WebAssembly.Memory }} instance @returns {Engine} */
function adopt(instance) {
  glue.onPanic(retire);
  generation += 1;
  return { generation, memory: instance.memory, glue: guardedGlue(glue, retire), exchange: new Exchange(instance.memory, glue) };
}

/**
 * The panic hook: nothing that waits for this instance would ever hear of it otherwise. Also for traps that had no panic, such as
 * memory that ran out.
 * @param {string} message
 */
export function retire(message) {
  if (retired || isEnding) return;
  isEnding = true;
  const all = [...waiting];
  waiting.clear();
  for (const [, lastWords] of all) {
    try {
      lastWords?.();
    } catch {
      // The one that it broke in cannot be asked any more.
    }
  }
  retired = true;
  isEnding = false;
  // Not here: the instance is still on the stack. An error each: what has arrived of a run is put into it.
  queueMicrotask(() => all.forEach(([reject]) => reject(engineError(message))));
}

/** Whether a session of this instance may still be called. @param {Engine} session */
export function isRunning(session) {
  return !retired && engine === session;
}

/** @param {(error: Error) => void} reject @param {() => void} [lastWords]  right before the end */
export function onEngineEnd(reject, lastWords) {
  waiting.set(reject, lastWords);
}

/** @param {(error: Error) => void} reject */
export function offEngineEnd(reject) {
  waiting.delete(reject);
}
