// The bill of one generation, which OpenRouter does not know at once.
import { callText } from "../calls/call.js";
import { checkCallOptions, invalidRequest, offAbort, onAbort as whenAborted, OpenRouterError } from "../first-part.js";
import { servicesEngine } from "../engine/services.js";

/** @import { Access } from "../calls/call.js" */
/** @import { Generation } from "../index.js" */

const DEFAULT_TIMEOUT_MS = 30_000;
const FIRST_WAIT_MS = 500, LONGEST_WAIT_MS = 8000;

/**
 * @param {Access} access
 * @param {string} id
 * @param {{ timeoutMs?: number, signal?: AbortSignal | null, isBackground?: boolean }} [options]  `isBackground`: its waits keep no process alive
 * @returns {Promise<Generation>}
 */
export async function lookUpGeneration(access, id, options = {}) {
  checkCallOptions(options);
  if (typeof id !== "string") throw invalidRequest("id: must be a string");
  const { signal, isBackground = false } = options;
  const timeoutMs = options.timeoutMs || (options.timeoutMs === 0 ? Infinity : DEFAULT_TIMEOUT_MS);
  const plan = await servicesEngine.ask((glue) => glue.generationCall(access.config(), id));
  const startedAt = performance.now();
  for (let wait = FIRST_WAIT_MS; ; wait = Math.min(wait * 2, LONGEST_WAIT_MS)) {
    const leftMs = Math.max(1, timeoutMs - (performance.now() - startedAt));
    try {
      const { text } = await callText(access, { ...plan, timeoutMs: Math.min(plan.timeoutMs, leftMs) }, { signal });
      return await read(text, id);
    } catch (error) {
      if (!OpenRouterError.isInstance(error) || !mayComeLater(error)) throw error;
      const pauseMs = Math.max(wait * (0.8 + Math.random() * 0.4), error.retryAfterMs ?? 0);
      if (performance.now() - startedAt + pauseMs >= timeoutMs) throw error;
      await pause(pauseMs, signal, isBackground);
    }
  }
}

/** A 404 is what OpenRouter answers for a short while after the end. @param {OpenRouterError} error */
function mayComeLater(error) {
  return error.code === "not-found" || error.isRetryable;
}

/** @param {string} text @param {string} id @returns {Promise<Generation>} */
async function read(text, id) {
  const bill = await servicesEngine.ask((glue) => glue.readGeneration(text));
  // A proxy that mixes answers up, a cache: somebody else's cost is worse than none.
  if (bill.id !== undefined && bill.id !== id) {
    throw new OpenRouterError({ code: "bad-response", message: `OpenRouter /generation: the bill is one of ${bill.id}, and ${id} was asked for` });
  }
  return bill;
}

/** @param {number} ms @param {AbortSignal | null | undefined} signal @param {boolean} isBackground @returns {Promise<void>} */
function pause(ms, signal, isBackground) {
  return new Promise((resolve, reject) => {
    const onAbort = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    /** @type {any} */
    const timer = setTimeout(() => {
      offAbort(signal, onAbort);
      resolve();
    }, ms);
    if (isBackground) timer.unref?.();
    if (signal?.aborted) onAbort();
    else whenAborted(signal, onAbort);
  });
}
