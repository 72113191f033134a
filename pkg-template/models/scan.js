// A scan: filters the catalog, probes what is left, ranks it. The rules are the engine's (src/scan.rs); the waiting is here.
import { changesOf, checkCallOptions, describe, invalidRequest, json, offAbort, onAbort as whenAborted, OpenRouterError, stopIfAborted } from "../first-part.js";
import { catalogPages, servicesEngine } from "../services-part.js";
import { isOpenRouter, readFilters, rowOfScan } from "./list-filters.js";
import { drawImage, probeOf } from "./probes.js";

/** @import { ChatRequest, ChatResult, Probe, ProbeResult, ScanOptions, ScanResult, ScanRow } from "../index.js" */
/** @import { Access } from "../calls/call.js" */
/** @import { ScanCandidate } from "../engine/contract.js" */
/** @import { Catalog } from "./catalog.js" */

/**
 * What a scan needs of its client.
 * @typedef {object} ScanTools
 * @property {Catalog} catalog
 * @property {Access} access
 * @property {string} [baseURL]  the client's
 * @property {(request: ChatRequest) => { result(): Promise<ChatResult> }} chat  nothing but the request itself: no other model, no settings
 */

/** @typedef {ScanRow & { claims: ScanCandidate["claims"] }} Candidate */

/** Of every model, so that asking the next one is asking for the same answer. */
const FATAL = new Set(["auth", "payment-required", "engine"]);
const PROBES = /** @type {const} */ (["tool", "json", "image", "reasoning"]);
const skipped = () => ({ ok: false, latencyMs: null, skipped: true });
const NO_KEY = "Missing OpenRouter API key. Pass apiKey to the client, or scan with probe: false";

/** @param {ScanOptions} options @param {ScanTools} tools @returns {Promise<ScanResult>} */
export async function scanModels(options, { catalog, access, chat, baseURL }) {
  checkCallOptions(options);
  const { signal, onProgress, probePaid = false, ...rules } = options;
  if (onProgress !== undefined && typeof onProgress !== "function") throw invalidRequest("onProgress: must be a function");
  if (typeof probePaid !== "boolean") throw invalidRequest("probePaid: must be true or false");
  stopIfAborted(signal);
  const text = json("options", { ...rules, nowMs: Date.now() });
  const settings = await servicesEngine.ask((glue) => glue.scanSettings(text));
  /** @type {string[]} */
  const warnings = [];
  /** @type {Probe[]} */
  let probes = settings.probes;
  if (probes.length > 0 && !(await hasKey(access))) {
    if (settings.isAsked) throw new OpenRouterError({ code: "auth", message: NO_KEY });
    warnings.push("Missing OpenRouter API key: nothing was probed, the list is what the catalog says");
    probes = [];
  }
  const { q, maxPrice, zdr } = options;
  // Elsewhere than at OpenRouter the scan's own rules tell the rest from the rows.
  const { query, filters, passes } = readFilters(isOpenRouter(baseURL) ? filtersOf(options) : { q, maxPrice, zdr }, { baseURL });
  /** @type {import("../index.js").Change[]} */
  const ofFilter = [];
  const { bytes, warnings: ofCatalog } = query === undefined ? await catalog.open({ timeoutMs: settings.timeoutMs, signal })
    : { bytes: await catalogPages(access, { query, timeoutMs: settings.timeoutMs }, signal, ofFilter), warnings: ofFilter };
  const read = await servicesEngine.ask((glue) => glue.scanCandidates(bytes, text));
  warnings.push(...[...changesOf(read.warnings), ...ofCatalog].map(({ path, reason }) => `${path}: ${reason}`));
  // Filters that a scan has rules of its own for are checked here, too: those are never wrong.
  const wanted = filters.local.length > 0 ? read.rows.filter((row) => passes(rowOfScan(row))) : read.rows;
  const candidates = wanted.map((row) => /** @type {Candidate} */ (/** @type {unknown} */ ({ ...row, ...Object.fromEntries(PROBES.map((name) => [name, skipped()])), reasons: [] })));
  const targets = probes.length === 0 ? [] : candidates.filter((row) => probePaid || (row.isFree && !mayCost(row)));
  const left = candidates.length - targets.length;
  if (probes.length > 0 && left > 0) warnings.push(`${left} models cost something, or may, and were not probed: pass probePaid: true`);
  const total = targets.length;
  onProgress?.({ phase: "catalog", completed: 0, total });
  // Without any there is no image to draw either.
  if (total > 0) await probeAll(targets, { probes, settings, chat, signal, onProgress });
  else stopIfAborted(signal);
  const rows = candidates.map(({ claims: _, ...row }) => row);
  const { order, reasons, ...chosen } = await servicesEngine.ask((glue) => glue.scanResult(JSON.stringify(rows), JSON.stringify(settings)));
  if (total > 0 && probes.includes("tool") && chosen.selected.length === 0) warnings.push(`No tool-capable OpenRouter ${options.free === false ? "" : "free "}models found`);
  onProgress?.({ phase: "done", completed: total, total });
  const ranked = order.map((number, place) => ({ ...rows[number], reasons: reasons[place] }));
  const own = ["provider", "minParams", "maxAgeDays", "capabilities"].filter((name) => /** @type {any} */ (options)[name] !== undefined);
  const local = [...(options.free === false ? [] : ["free"]), ...own, ...filters.local.filter((name) => !own.includes(name))];
  return { rows: ranked, probed: total > 0, warnings, ...chosen, filters: { server: filters.server, local } };
}

/** Capabilities that are parameters, by the names on the wire. @type {Record<string, string>} */
const PARAMETERS = { tool: "tools", tools: "tools", reasoning: "reasoning" };

/** What of a scan's rules OpenRouter can apply before. @param {any} options */
function filtersOf({ q, maxPrice, zdr, maxAgeDays, capabilities }) {
  const parameters = Array.isArray(capabilities) ? capabilities.flatMap((name) => PARAMETERS[name] ?? []) : [];
  return { q, maxPrice, zdr, maxAgeDays, ...(parameters.length > 0 && { supportedParameters: parameters }) };
}

/**
 * Some models at a time, the probes of each together.
 * @param {Candidate[]} targets
 * @param {{ probes: Probe[], settings: { concurrency: number, timeoutMs: number }, chat: ScanTools["chat"], signal?: AbortSignal | null, onProgress: ScanOptions["onProgress"] }} plan
 */
async function probeAll(targets, { probes, settings: { concurrency, timeoutMs }, chat, signal, onProgress }) {
  const total = targets.length;
  // One for each probe: some hundred listeners on one signal are what Node warns of.
  /** @type {Set<AbortController>} */
  const running = new Set();
  let isOver = false;
  const image = drawImage();
  const stop = (/** @type {unknown} */ reason) => {
    isOver = true;
    for (const controller of running) controller.abort(reason);
  };
  const onAbort = () => stop(signal?.reason);
  stopIfAborted(signal);
  whenAborted(signal, onAbort);
  let next = 0, completed = 0;
  const work = async () => {
    while (next < total && !isOver) {
      const row = targets[next++];
      await Promise.all(
        probes.filter((probe) => row.claims[probe]).map(async (probe) => {
          const controller = new AbortController();
          running.add(controller);
          row[probe] = await run(probe, { image, model: row.model, reasons: row.claims.reasoning, timeoutMs, signal: controller.signal }, chat);
          running.delete(controller);
        }),
      );
      completed += 1;
      const { claims: _, ...told } = row;
      onProgress?.({ phase: "probe", completed, total, row: told });
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.min(concurrency, total) }, work));
  } catch (error) {
    // The others end with it: nobody reads what they find.
    stop(error);
    throw error;
  } finally {
    offAbort(signal, onAbort);
  }
  stopIfAborted(signal);
}

/**
 * @param {Probe} probe
 * @param {Parameters<typeof probeOf>[1]} target
 * @param {ScanTools["chat"]} chat
 * @returns {Promise<ProbeResult>}
 */
async function run(probe, target, chat) {
  const { request, faultOf } = probeOf(probe, target);
  const start = performance.now();
  const latencyMs = () => Math.round(performance.now() - start);
  try {
    const result = await chat(request).result();
    const error = faultOf(result);
    return error === undefined ? { ok: true, latencyMs: latencyMs() } : { ok: false, latencyMs: latencyMs(), error };
  } catch (error) {
    if (target.signal.aborted) throw target.signal.reason;
    if (!OpenRouterError.isInstance(error) || FATAL.has(error.code)) throw error;
    const hint = error.retryAfterMs === undefined ? "" : `; try again in ${Math.ceil(error.retryAfterMs / 1000)} s`;
    return { ok: false, latencyMs: latencyMs(), error: `${error.code}: ${describe(error)}${hint}` };
  }
}

/** What a probe may use of a model and the price of a token does not say. */
const OTHER_UNITS = ["request", "image", "imageToken", "imageOutput", "audioOutput", "internalReasoning"];

/**
 * Free by the token is not free: some are paid by the request, and those that make songs and images by the piece, whatever their row says.
 * @param {ScanRow} row
 */
function mayCost({ model, pricing, modality }) {
  const makesPieces = !model.endsWith(":free") && /->.*(audio|image|video)/.test(modality ?? "");
  return makesPieces || OTHER_UNITS.some((unit) => Number(pricing?.[unit] ?? 0) > 0);
}

/** Whether probes could sign: with the client's key, or a header of its own. @param {Access} access */
async function hasKey(access) {
  const plan = await servicesEngine.ask((glue) => glue.catalogPlan(access.config(), "{}"));
  return plan.key === "never" || Boolean((await access.apiKey())?.trim());
}
