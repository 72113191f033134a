// What OpenRouter lists beside the catalog: endpoints of a model, providers, models that paint or embed.
import { callText } from "../calls/call.js";
import { strayOptions } from "../calls/named-options.js";
import { changesOf, checkCallOptions, invalidRequest } from "../first-part.js";
import { LIST_EMBEDDING_MODELS, LIST_ENDPOINTS } from "../engine/services-contract.js";
import { servicesEngine } from "../engine/services.js";

/** @import { Access } from "../calls/call.js" */
/** @import { List } from "../engine/contract.js" */
/** @import { Change, ListCallOptions } from "../index.js" */

/**
 * The rows, and beside them what was odd.
 * @param {Access} access @param {List} which @param {ListCallOptions & { id?: string }} [options]
 * @returns {Promise<any>}
 */
export async function modelList(access, which, options = {}) {
  checkCallOptions(options);
  const stray = strayOptions(access, options, ["id", "timeoutMs", "signal"]);
  const { id, timeoutMs, signal } = options;
  if (which === LIST_ENDPOINTS && (typeof id !== "string" || id.trim() === "")) throw invalidRequest("id: must name a model");
  const settings = JSON.stringify({ id: which === LIST_ENDPOINTS ? id : undefined, timeoutMs: timeoutMs === Infinity ? 0 : timeoutMs });
  const plan = await servicesEngine.ask((glue) => glue.listPlan(which, access.config(), settings));
  const { text, key } = await callText(access, plan, { signal });
  if (which === LIST_EMBEDDING_MODELS) {
    const { models, warnings } = await servicesEngine.ask((glue) => glue.readModelList(text));
    return withWarnings(models, [...stray.map(told), ...changesOf(warnings)]);
  }
  const { rows, warnings, model } = await servicesEngine.ask((glue) => glue.readList(which, text, key));
  const list = withWarnings(rows, [...stray.map(told), ...warnings.map((line) => ({ ...told(line), rule: "list" }))]);
  if (model !== undefined) Object.defineProperty(list, "model", { value: model });
  return list;
}

/** A line as the place and what is said of it. @param {string} line */
const told = (line) => ({ rule: "names", path: line.split(":")[0], reason: line.slice(line.indexOf(":") + 2) });

/** Beside the rows and not among them, as the catalog has it. @param {object[]} list @param {Change[]} warnings */
function withWarnings(list, warnings) {
  return Object.defineProperty(list, "warnings", { value: warnings });
}
