// The bills of a run's steps that their answers did not tell, asked for afterwards.

/** @import { Generation, Usage } from "../index.js" */
/** @import { Step } from "./run-money.js" */

/** Of runs that are asking. @type {WeakMap<Step[], Promise<void>>} */
const asking = new WeakMap();

/**
 * Fills in what is missing; throws what one of the bills failed by, once all of them are there or failed.
 * @param {Step[]} steps  of one run @param {(id: string) => Promise<Generation>} lookUp @param {() => void} onBilled
 */
export async function recoverBills(steps, lookUp, onBilled) {
  // One who asks in the meantime asks for himself, with his own limits, if that came to nothing.
  await asking.get(steps)?.catch(() => {});
  const missing = steps.filter(({ usage, id }) => usage?.cost === undefined && id?.startsWith("gen-"));
  if (missing.length === 0) return;
  const recovering = recoverAll(missing, lookUp, onBilled);
  asking.set(steps, recovering);
  await recovering;
}

/** @param {Step[]} missing @param {(id: string) => Promise<Generation>} lookUp @param {() => void} onBilled */
async function recoverAll(missing, lookUp, onBilled) {
  const outcomes = await Promise.allSettled(missing.map(async (step) => {
    const bill = await lookUp(/** @type {string} */ (step.id));
    if (bill.cost === undefined) return;
    step.usage = usageOf(bill, step.usage);
    step.isRecovered = true;
  }));
  onBilled();
  const failed = outcomes.find((outcome) => outcome.status === "rejected");
  if (failed?.status === "rejected") throw failed.reason;
}

/** @param {Generation} bill @param {Usage | undefined} reported @returns {Usage} */
function usageOf({ cost, inputTokens = 0, outputTokens = 0, cacheReadTokens = 0, reasoningTokens = 0 }, reported) {
  if (reported) return { ...reported, cost };
  const totalTokens = inputTokens + outputTokens + cacheReadTokens;
  return { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens: 0, reasoningTokens, totalTokens, cost, raw: {} };
}
