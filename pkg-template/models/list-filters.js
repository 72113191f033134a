// Which models of the catalog are wanted: asked of OpenRouter where the base is its own, else told from the rows.
import { invalidRequest, reading } from "../first-part.js";

/** @import { ListFilters, Model, ScanRow } from "../index.js" */

/** @typedef {{ name: string, wire: string, isRight: (value: any) => boolean, must: string, text?: (value: any) => string, passes?: (row: Row, value: any) => boolean }} Rule */
/** A model of a list or of a scan. @typedef {{ id: string, name: string, createdMs: number | undefined, prompt: string | undefined, context: number | undefined, parameters: readonly string[] | undefined, input: readonly string[] }} Row */

const DAY_MS = 86_400_000;
const isAmount = (/** @type {unknown} */ value) => typeof value === "number" && value >= 0 && value < Infinity;
const isTexts = (/** @type {unknown} */ value) => Array.isArray(value) && value.length > 0 && value.every((text) => typeof text === "string" && text.trim() !== "" && !text.includes(","));
const isText = (/** @type {unknown} */ value) => typeof value === "string" && value.trim() !== "";
const amount = { isRight: isAmount, must: "a number >= 0" };
const texts = { isRight: isTexts, must: "a list of names", text: (/** @type {string[]} */ list) => list.join(",") };
const days = { ...amount, text: (/** @type {number} */ value) => String(Math.ceil(value)) };
const priceOf = (/** @type {Row} */ { prompt }) => (prompt === undefined ? NaN : Number(prompt) * 1e6);
const ageOf = (/** @type {Row} */ { createdMs }) => (createdMs === undefined ? NaN : (Date.now() - createdMs) / DAY_MS);

/** What OpenRouter takes; a filter without `passes` cannot be told from a row. @type {readonly Rule[]} */
const RULES = [
  { name: "q", wire: "q", isRight: isText, must: "a text that is not blank", passes: ({ id, name }, value) => value.toLowerCase().split(/\s+/).every((/** @type {string} */ word) => `${id} ${name}`.toLowerCase().includes(word)) },
  { name: "maxPrice", wire: "max_price", ...amount, passes: (row, value) => priceOf(row) <= value },
  { name: "minPrice", wire: "min_price", ...amount, passes: (row, value) => priceOf(row) >= value },
  { name: "supportedParameters", wire: "supported_parameters", ...texts, passes: ({ parameters }, value) => value.every((/** @type {string} */ name) => parameters?.includes(name)) },
  { name: "inputModalities", wire: "input_modalities", ...texts, passes: ({ input }, value) => value.every((/** @type {string} */ kind) => input.includes(kind)) },
  { name: "minContext", wire: "context", isRight: (value) => Number.isInteger(value) && value >= 1, must: "a whole number from 1", passes: ({ context }, value) => Number(context) >= value },
  // As a scan has it: a model without a date is no older than any.
  { name: "maxAgeDays", wire: "max_age_days", ...days, passes: (row, value) => !(ageOf(row) > value) },
  { name: "minAgeDays", wire: "min_age_days", ...amount, text: (value) => String(Math.floor(value)), passes: (row, value) => ageOf(row) >= value },
  { name: "authors", wire: "model_authors", ...texts, passes: ({ id }, value) => value.includes(id.replace(/^~/, "").split("/")[0]) },
  { name: "providers", wire: "providers", ...texts },
  { name: "category", wire: "category", isRight: isText, must: "a text that is not blank" },
  { name: "region", wire: "region", isRight: (value) => value === "eu" || value === "us", must: '"eu" or "us"' },
  { name: "zdr", wire: "zdr", isRight: (value) => typeof value === "boolean", must: "true or false" },
];

export const FILTER_NAMES = RULES.map(({ name }) => name);

/** Bounds that nothing is between. @param {any} options @returns {string[]} */
export function oddFilters(options) {
  return [["minPrice", "maxPrice"], ["minAgeDays", "maxAgeDays"]].flatMap(([least, most]) => ([least, most].every((name) => typeof options[name] === "number") && options[least] > options[most] ? [`${least}: is ${options[least]}, and ${most} is ${options[most]}: nothing is between them`] : []));
}

/** What lets no model through, such as a word that is none. @param {{ length: number }} rows @param {{ server: readonly string[], local: readonly string[] }} filters @returns {string[]} */
export function emptied({ length }, { server, local }) {
  const [first, ...rest] = [...server, ...local];
  return length === 0 && first !== undefined ? [`${first}: lets no model through${rest.length > 0 ? `, together with ${rest.join(", ")}` : ""}`] : [];
}

/**
 * The filters of a call, checked, and who applies each.
 * @param {any} options @param {{ baseURL?: string }} client
 * @returns {{ query: string | undefined, filters: ListFilters, passes: (row: Row) => boolean }}
 */
export function readFilters(options, { baseURL }) {
  const given = RULES.filter(({ name }) => options[name] !== undefined && options[name] !== null && !(name === "zdr" && options.zdr === false));
  for (const { name, isRight, must } of RULES) {
    const value = options[name];
    if (value !== undefined && value !== null && !reading(name, () => isRight(value))) throw invalidRequest(`${name}: must be ${must}`);
  }
  const names = given.map(({ name }) => name);
  if (isOpenRouter(baseURL)) {
    const query = new URLSearchParams(given.map(({ name, wire, text = String }) => [wire, text(options[name])]));
    return { query: given.length > 0 ? query.toString() : undefined, filters: { server: names, local: [] }, passes: () => true };
  }
  const blind = given.find(({ passes }) => !passes);
  if (blind) throw invalidRequest(`${blind.name}: OpenRouter's own base URL alone can tell; a row of the catalog does not say it`);
  return { query: undefined, filters: { server: [], local: names }, passes: (row) => given.every(({ name, passes }) => passes?.(row, options[name])) };
}

/** @param {Model} model @returns {Row} */
export function rowOfModel({ id, name, created, pricing, contextWindow, supportedParameters, input }) {
  return { id, name, createdMs: created === undefined ? undefined : created * 1000, prompt: pricing.isUnknown ? undefined : pricing.prompt, context: contextWindow, parameters: supportedParameters, input };
}

/** @param {Pick<ScanRow, "model" | "name" | "createdAt" | "pricing" | "contextWindow" | "modality">} row @returns {Row} */
export function rowOfScan({ model, name, createdAt, pricing, contextWindow, modality }) {
  const input = modality?.split("->")[0].split("+") ?? [];
  return { id: model, name, createdMs: createdAt ?? undefined, prompt: pricing?.isUnknown ? undefined : pricing?.prompt, context: contextWindow ?? undefined, parameters: undefined, input };
}

/** @param {string | undefined} baseURL */
export function isOpenRouter(baseURL) {
  if (baseURL === undefined || baseURL.trim() === "") return true;
  const host = /^[a-z]+:\/\/([^/:?#]+)/i.exec(baseURL.trim())?.[1].toLowerCase();
  return host === "openrouter.ai" || host?.endsWith(".openrouter.ai") === true;
}
