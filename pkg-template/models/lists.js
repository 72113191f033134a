// What OpenRouter lists beside the catalog: endpoints of a model, providers, models that paint or embed.
import { callText } from "../calls/call.js";
import { changesOf, checkCallOptions, invalidRequest } from "../first-part.js";
import { servicePlan, readService } from "../calls/service-call.js";

/** @import { Access, CallPlan } from "../calls/call.js" */
/** @import { ListCallOptions } from "../index.js" */

/** @typedef {"endpoints" | "providers" | "image models" | "embedding models"} ListKind */

/**
 * The rows, and beside them what was odd.
 * @param {Access} access @param {ListKind} kind @param {ListCallOptions & { id?: string }} [options]
 * @returns {Promise<any>}
 */
export async function modelList(access, kind, options = {}) {
  checkCallOptions(options);
  const { id, timeoutMs, signal } = options;
  if (kind === "endpoints" && (typeof id !== "string" || id.trim() === "")) throw invalidRequest("id: must name a model");
  /** @type {CallPlan} */
  const plan = await servicePlan(kind, access.config(), JSON.stringify({ id, timeoutMs: timeoutMs === Infinity ? 0 : timeoutMs }));
  const { text, key } = await callText(access, plan, { signal });
  const { rows, models, warnings, model } = await readService(kind, text, "", key);
  const list = rows ?? models;
  // Beside the rows and not among them, as the catalog has it.
  const told = rows ? warnings.map((/** @type {string} */ line) => ({ rule: "list", path: line.split(":")[0], reason: line.slice(line.indexOf(":") + 2) })) : changesOf(warnings);
  Object.defineProperty(list, "warnings", { value: told });
  if (model !== undefined) Object.defineProperty(list, "model", { value: model });
  return list;
}
