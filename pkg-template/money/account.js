// Credits, key and budgets of the account. The engine says what the answers mean; here is decided which of two failures is told.
import { checkCallOptions, describe, OpenRouterError } from "../first-part.js";
import { callText, servicesEngine, strayOptions } from "../services-part.js";

/** @import { Access, CallPlan } from "../calls/call.js" */
/** @import { AccountUsage } from "../index.js" */

/**
 * @param {Access} access
 * @param {{ timeoutMs?: number, signal?: AbortSignal | null }} [options]
 * @returns {Promise<AccountUsage>}
 */
export async function accountUsage(access, options = {}) {
  checkCallOptions(options);
  const stray = strayOptions(access, options, ["timeoutMs", "signal"]);
  const { signal, timeoutMs } = options;
  const plans = await servicesEngine.ask((glue) => glue.usageCalls(access.config()));
  const ask = (/** @type {CallPlan} */ plan) => callText(access, { ...plan, ...(timeoutMs !== undefined && { timeoutMs }) }, { signal });
  const [credits, key] = await Promise.allSettled([ask(plans.credits), ask(plans.key)]);
  if (signal?.aborted) throw signal.reason;
  if (credits.status === "rejected" && key.status === "rejected") throw unavailable(credits.reason, key.reason);
  /** @type {string[]} */
  const warnings = [...stray];
  if (credits.status === "rejected") {
    const isUsual = OpenRouterError.isInstance(credits.reason) && credits.reason.status === 403;
    warnings.push(isUsual ? "The balance is known to management keys alone; this key tells its own use." : wordsOf(credits.reason));
  }
  if (key.status === "rejected") warnings.push(wordsOf(key.reason));
  const textOf = (/** @type {PromiseSettledResult<{ text: string }>} */ outcome) => (outcome.status === "fulfilled" ? outcome.value.text : undefined);
  try {
    return await servicesEngine.ask((glue) => glue.accountUsage(textOf(credits), textOf(key), JSON.stringify(warnings)));
  } catch (error) {
    // One answer was no use and the other none: a status says more.
    const failed = [credits, key].find((outcome) => outcome.status === "rejected" && outcome.reason?.status !== undefined);
    throw OpenRouterError.isInstance(error) && error.code === "bad-response" && failed?.status === "rejected" ? failed.reason : error;
  }
}

/** Both failed: the status of the first that has one, else that there was no answer. @param {unknown} credits @param {unknown} key */
function unavailable(credits, key) {
  const failures = [credits, key].map((reason) => (OpenRouterError.isInstance(reason) ? reason : undefined));
  const told = failures.find((failure) => failure?.status !== undefined);
  // Without a key nothing was asked: that is no matter of the endpoints.
  if (!told && failures[0]?.code === "auth") return failures[0];
  const { code, status, retryAfterMs, isRetryable } = told ?? failures[0] ?? { code: /** @type {const} */ ("network"), isRetryable: true };
  const what = told ? `HTTP ${status}` : "Usage unavailable";
  return new OpenRouterError({ code, message: `${what}: ${wordsOf(credits)}; ${wordsOf(key)}`, status, retryAfterMs, isRetryable }, { cause: told ?? credits });
}

/** @param {unknown} reason */
function wordsOf(reason) {
  return reason instanceof Error ? reason.message : describe(reason);
}
