// What calls that are no chat spend of the client's budget: an estimate is held before, the bill counts after, and where neither is known
// that is told.
import { CallDeadline } from "../calls/call.js";
import { servicesEngine } from "../engine/services.js";
import { engineBudget, stopIfAborted } from "../first-part.js";
import { Hold } from "./hold.js";

/** @import { CallPlan } from "../calls/call.js" */
/** @import { Budget } from "../index.js" */
/** @import { CallUnits, GuardedCall, Json } from "../engine/contract.js" */
/** @import { Knowledge } from "../models/knowledge.js" */
/** @import { Ledger } from "./ledger.js" */

/**
 * What a call is about to use. `call`: its plan, with placeholders for its files; an `extraBody` may have put another model into its body.
 * `estimate`: asked in place of the catalog. Without it and units no price is looked for, and none is known.
 * @typedef {{ units?: CallUnits, call?: Partial<CallPlan>, signal?: AbortSignal | null, estimate?: (signal: AbortSignal) => Promise<{ usd?: string, fault?: string }> }} CallSize
 */

/**
 * Asks the client's budget, and holds what a call may come to. Without a budget nothing is held. A client that knows no price of the model yet
 * waits for the catalog, once; what goes wrong there is told with the price that is not known.
 * @param {{ budget: Budget | null | undefined, ledger: Ledger | undefined, knowledge: Knowledge }} client
 * @param {string} model  by its id on the wire
 * @param {CallSize} [size]
 * @returns {Promise<Hold | undefined>}
 */
export async function admitCall({ budget, ledger, knowledge }, model, { units, call = {}, signal, estimate } = {}) {
  const limits = engineBudget(undefined, budget);
  if (!limits) return undefined;
  const frame = frameOf(model, call.body);
  const deadline = new CallDeadline({ timeoutMs: call.timeoutMs ?? 0, label: call.label ?? "budget" }, signal);
  const prepared = async () => {
    if (units) await knowledge.loadPrices([frame.model, ...frame.models], { signal: deadline.signal }, true);
    return estimate?.(deadline.signal);
  };
  const { usd, fault } = (await deadline.race(prepared()).finally(() => deadline.end())) ?? {};
  stopIfAborted(signal);
  await servicesEngine.start();
  // From here on nothing waits: two calls at once do not both get what is left for one.
  const { clientUsd, requirePrice } = limits;
  const pricing = knowledge.boundOf(frame.model, undefined, JSON.stringify(frame));
  /** @type {GuardedCall} */
  const asked = { clientUsd, requirePrice, spentPico: ledger?.total ?? 0, model: frame.model, pricing, fault: estimate ? fault : knowledge.fault, atMs: Date.now(), units: units ?? {}, usd };
  const read = servicesEngine.askNow((glue) => glue.admitCall(/** @type {Json<GuardedCall>} */ (JSON.stringify(asked))));
  return new Hold(ledger, read.estimatePico, read.warning);
}

/** The models that may answer, and what a router may choose. @param {string} asked @param {string | undefined} body */
function frameOf(asked, body) {
  const { model, models, plugins } = JSON.parse(body ?? "{}");
  return { model: typeof model === "string" && model !== "" ? model : asked, models: Array.isArray(models) ? models : [], plugins };
}
