// What a search may be asked.
import { checkCallOptions, invalidRequest, reading } from "../first-part.js";

/** @import { SearchOptions } from "../index.js" */

const KINDS = {
  model: "string", baseURL: "string", count: "number", country: "string", language: "string", freshness: "string", dateAfter: "string", dateBefore: "string",
  maxTokens: "number", maxTokensPerPage: "number", cacheTtlMs: "number",
};

/** @param {unknown} query @param {SearchOptions} options */
export function checkSearch(query, options) {
  reading("options", () => checkFields(query, options));
}

/** @param {unknown} query @param {SearchOptions} options */
function checkFields(query, options) {
  if (typeof query !== "string" || query.trim() === "") throw invalidRequest("query: must be a text that is not empty");
  checkCallOptions(options);
  for (const [name, kind] of Object.entries(KINDS)) {
    const value = /** @type {any} */ (options)[name];
    if (value !== undefined && value !== null && typeof value !== kind) throw invalidRequest(`${name}: must be a ${kind}`);
  }
  const { cacheTtlMs, domainFilter } = options;
  if (cacheTtlMs !== undefined && cacheTtlMs !== null && !(cacheTtlMs >= 0)) throw invalidRequest("cacheTtlMs: must be 0 or more milliseconds");
  if (domainFilter !== undefined && !(Array.isArray(domainFilter) && domainFilter.every((domain) => typeof domain === "string"))) {
    throw invalidRequest("domainFilter: must be an array of domains");
  }
}
