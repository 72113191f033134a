// One chat: reads a run to its end, measures it, and tells the answer's view and the event log what happens.

/** @import { ChatEvent, ChatMessage, ChatRequest, ChatRun, OpenRouter, OpenRouterError, PartialAnswer, Usage, Verdict } from "openrouter-wasm" */

/**
 * How a run ended, whichever way.
 * @typedef {object} Outcome
 * @property {Verdict} verdict
 * @property {string} [reason] the finish reason, if there was one
 * @property {Usage} [usage]
 * @property {string} [model]
 * @property {string} [provider]
 * @property {ChatMessage} message what came of the answer
 * @property {OpenRouterError} [error]
 * @property {Timing} timing
 * @property {string} [generationId]
 * @property {string[]} [warnings] what is odd about the request
 * @property {() => Promise<Bill>} bill what an answer that did not come to its end has cost; it is a while until that is known
 */

/** What was found out afterwards; USD. @typedef {{ cost?: number, inputTokens?: number, outputTokens?: number }} Bill */

/**
 * In milliseconds.
 * @typedef {object} Timing
 * @property {number | undefined} firstOutput from the start to the first piece of the answer; undefined if none came
 * @property {number} total
 */

/** What counts as output: the answer itself, not the news about it. */
const OUTPUT = new Set(["text-delta", "reasoning-delta", "refusal-delta", "tool-call-start", "image", "audio-delta"]);

/**
 * @param {OpenRouter} client
 * @param {ChatRun} run
 * @param {(event: ChatEvent) => void} onEvent
 * @returns {{ partial: () => PartialAnswer, done: Promise<Outcome> }} `done` never rejects: a failure is an outcome too
 */
export function follow(client, run, onEvent) {
  return { partial: () => run.partial, done: toItsEnd(client, run, onEvent) };
}

/**
 * @param {OpenRouter} client
 * @param {ChatRun} run
 * @param {(event: ChatEvent) => void} onEvent
 * @returns {Promise<Outcome>}
 */
async function toItsEnd(client, run, onEvent) {
  const start = performance.now();
  /** @type {number | undefined} */
  let firstOutput;
  const timing = () => ({ firstOutput, total: performance.now() - start });
  /** @returns {Promise<Bill>} */
  const bill = async () => {
    const { total, source } = await run.recoverCost();
    const cost = source === "unknown" ? undefined : total;
    const { id } = run.partial;
    // The cost alone is known to the run; how many tokens it was stands on the bill.
    const told = id === undefined ? undefined : await client.generation(id).catch(() => undefined);
    return { cost: told?.cost ?? cost, inputTokens: told?.inputTokens, outputTokens: told?.outputTokens };
  };
  try {
    for await (const event of run) {
      if (firstOutput === undefined && OUTPUT.has(event.type)) firstOutput = performance.now() - start;
      onEvent(event);
    }
    const { verdict, reason, usage, model, provider, message, id, warnings } = await run.result();
    return { verdict, reason, usage, model, provider, message, generationId: id, warnings: warnings.map(({ reason: text }) => text), timing: timing(), bill };
  } catch (thrown) {
    // After an abort `thrown` is the reason that was given to the signal, and no error of the package.
    const error = run.verdict === "aborted" ? undefined : /** @type {OpenRouterError} */ (thrown);
    return { verdict: run.verdict ?? "error", ...known(run.partial), error, timing: timing(), bill };
  }
}

/**
 * @param {PartialAnswer} partial
 * @returns {{ usage?: Usage, model?: string, provider?: string, generationId?: string, message: ChatMessage }}
 */
function known({ usage, model, provider, message, id }) {
  return { usage, model, provider, message, generationId: id };
}
