// The catalog as a caller sees it.
import { checkCallOptions } from "../calls/call-options.js";
import { changesOf } from "../request/changes.js";
import { servicesEngine } from "../engine/services.js";
import { invalidRequest } from "../errors.js";
import { scanModels } from "./scan.js";

/** @import { ListOptions, ModelList, Models as ModelsType, ScanOptions } from "../index.js" */
/** @import { Catalog } from "./catalog.js" */
/** @import { ScanTools } from "./scan.js" */

/** @implements {ModelsType} */
export class Models {
  #catalog;
  #tools;

  /** @param {Catalog} catalog @param {Omit<ScanTools, "catalog">} tools  what a scan needs of the client */
  constructor(catalog, tools) {
    this.#catalog = catalog;
    this.#tools = tools;
  }

  /** @param {ListOptions} [options] @returns {Promise<ModelList>} */
  async list(options = {}) {
    checkListOptions(options);
    const { bytes, storedAtMs, warnings } = await this.#catalog.open(options);
    const read = await servicesEngine.ask((glue) => glue.catalogModels(bytes, JSON.stringify({ all: options.all })));
    const list = read.models;
    // Beside the rows and not among them: what prints or compares an array sees its elements alone.
    Object.defineProperty(list, "warnings", { value: [...changesOf(read.warnings), ...warnings] });
    Object.defineProperty(list, "fetchedAtMs", { value: storedAtMs });
    return list;
  }

  /** @param {string} id @param {Omit<ListOptions, "all">} [options] */
  async get(id, options = {}) {
    if (typeof id !== "string" || id.trim() === "") throw invalidRequest("id: must name a model");
    checkListOptions(options);
    return this.#catalog.get(id, options);
  }

  /** @param {ScanOptions} [options] */
  scan(options = {}) {
    return scanModels(options, { ...this.#tools, catalog: this.#catalog });
  }
}

/** @param {any} options */
function checkListOptions(options) {
  checkCallOptions(options);
  for (const name of ["all", "refresh"]) {
    if (options[name] !== undefined && typeof options[name] !== "boolean") throw invalidRequest(`${name}: must be true or false`);
  }
}
