// The catalog as a caller sees it.
import { LIST_ENDPOINTS, LIST_PROVIDERS } from "../engine/services-contract.js";
import { changesOf, checkCallOptions, checkNames, invalidRequest, reading } from "../first-part.js";
import { catalogPages, modelList, readOptions, servicesEngine } from "../services-part.js";
import { emptied, FILTER_NAMES, oddFilters, readFilters, rowOfModel } from "./list-filters.js";
import { scanModels } from "./scan.js";

/** @import { ListCallOptions, ListOptions, ModelList, Models as ModelsType, ScanOptions } from "../index.js" */
/** @import { Catalog } from "./catalog.js" */
/** @import { ScanTools } from "./scan.js" */

const SCAN_NAMES = ["free", "provider", "minParams", "maxAgeDays", "q", "maxPrice", "zdr", "capabilities", "probe", "probePaid", "concurrency", "timeoutMs", "maxCandidates", "onProgress", "signal"];

/** @implements {ModelsType} */
export class Models {
  #catalog;
  #tools;

  /** @param {Catalog} catalog @param {Omit<ScanTools, "catalog">} tools  what a scan needs of the client */
  constructor(catalog, tools) {
    this.#catalog = catalog;
    this.#tools = tools;
  }

  /** @param {ListOptions} [given] @returns {Promise<ModelList>} */
  async list(given = {}) {
    checkListOptions(given);
    const { options, warnings: odd } = /** @type {{ options: ListOptions, warnings: string[] }} */ (readOptions(given, [...FILTER_NAMES, "all", "refresh", "timeoutMs", "signal"], ""));
    odd.push(...oddFilters(options));
    this.#refuseStray(odd);
    const { query, filters, passes } = readFilters(options, this.#tools);
    const { bytes, storedAtMs, warnings } = await (query === undefined ? this.#catalog.open(options) : this.#filtered(options, query));
    const wanted = JSON.stringify({ all: options.all, isFiltered: query !== undefined });
    const read = await servicesEngine.ask((glue) => glue.catalogModels(bytes, wanted));
    const list = /** @type {ModelList} */ (filters.local.length > 0 ? read.models.filter((model) => passes(rowOfModel(model))) : read.models);
    Object.defineProperty(list, "filters", { value: filters });
    // Beside the rows and not among them: what prints or compares an array sees its elements alone.
    Object.defineProperty(list, "warnings", { value: [...[...odd, ...emptied(list, filters)].map(nameChange), ...changesOf(read.warnings), ...warnings] });
    Object.defineProperty(list, "fetchedAtMs", { value: storedAtMs });
    return list;
  }

  /** Asked anew each time: the next question is another. @param {ListOptions} options @param {string} query */
  async #filtered({ all, timeoutMs, signal }, query) {
    /** @type {import("../index.js").Change[]} */
    const warnings = [];
    return { bytes: await catalogPages(this.#tools.access, { all, query, timeoutMs }, signal, warnings), storedAtMs: Date.now(), warnings };
  }

  /** @param {string} id @param {Omit<ListOptions, "all">} [options] */
  async get(id, options = {}) {
    if (typeof id !== "string" || id.trim() === "") throw invalidRequest("id: must name a model");
    checkListOptions(options);
    checkNames(options, ["refresh", "timeoutMs", "signal"]);
    return this.#catalog.get(id, options);
  }

  /** @param {string} id @param {ListCallOptions} [options] */
  async endpoints(id, options = {}) {
    if (typeof options !== "object" || options === null) throw invalidRequest("options: must be an object");
    return modelList(this.#tools.access, LIST_ENDPOINTS, reading("options", () => ({ ...options, id })));
  }

  /** @param {ListCallOptions} [options] */
  async providers(options) {
    return modelList(this.#tools.access, LIST_PROVIDERS, options);
  }

  /** @param {ScanOptions} [given] */
  async scan(given = {}) {
    checkCallOptions(given);
    const { options, warnings } = readOptions(given, SCAN_NAMES, "");
    warnings.push(...oddFilters(options));
    this.#refuseStray(warnings);
    const result = await scanModels(options, { ...this.#tools, catalog: this.#catalog });
    result.warnings.unshift(...warnings, ...emptied(result.rows, { server: result.filters.server, local: result.filters.local.filter((name) => name !== "free") }));
    return result;
  }

  /** @param {string[]} lines  about names that are none */
  #refuseStray(lines) {
    if (lines.length > 0 && JSON.parse(this.#tools.access.config()).strict) throw invalidRequest(lines[0]);
  }
}

/** A line that says which name is none, or which value is odd. @param {string} line */
const nameChange = (line) => ({ rule: /there is no such option/.test(line) ? "names" : "values", path: line.split(":")[0], reason: line.slice(line.indexOf(":") + 2) });

/** @param {any} options */
function checkListOptions(options) {
  checkCallOptions(options);
  for (const name of ["all", "refresh"]) {
    if (options[name] !== undefined && typeof options[name] !== "boolean") throw invalidRequest(`${name}: must be true or false`);
  }
}
