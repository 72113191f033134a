// The choice of a model: found by name, by what it can do and by its price; favourites and those used last stand first.
import { dialog } from "./dialog.js";
import { button, element, icon } from "./dom.js";
import { amount, perMillion, plural } from "./format.js";
import { readLocal, writeLocal } from "./local-value.js";

/** @import { PickableModel } from "./connections.js" */

const SHOWN = 60, KEPT_LAST = 5;
const ID = /^~?[\w.-]+\/[\w.:@-]+$/;

/** @returns {Set<string>} */
export function favourites() {
  return new Set(readLocal("favourites", /** @type {string[]} */ ([])));
}

/** @returns {string[]} newest first */
export function lastUsed() {
  return readLocal("last-models", /** @type {string[]} */ ([]));
}

/** @param {string} id */
export function markUsed(id) {
  writeLocal("last-models", [id, ...lastUsed().filter((other) => other !== id)].slice(0, KEPT_LAST));
}

/** @type {[string, string, (model: PickableModel, kept: Set<string>) => boolean | undefined][]} */
const FILTERS = [
  ["favourites", "Favourites", ({ id }, kept) => kept.has(id)],
  ["free", "Free", ({ isFree }) => isFree],
  ["tools", "Tools", ({ supportsTools }) => supportsTools],
  ["images", "Sees images", ({ input }) => input?.includes("image")],
  ["reasoning", "Reasons", ({ reasoning }) => reasoning],
];

/**
 * In the order of the list: the one in use, favourites, used last, then as the catalog has them.
 * @param {readonly PickableModel[]} models
 * @param {{ words: string, filters: ReadonlySet<string>, kept: Set<string>, last: readonly string[], current: string }} wanted
 */
export function fittingModels(models, { words, filters, kept, last, current }) {
  const parts = words.toLowerCase().split(/\s+/).filter(Boolean);
  const rank = (/** @type {PickableModel} */ { id }) => (id === current ? 0 : kept.has(id) ? 1 : last.includes(id) ? 2 + last.indexOf(id) / 10 : 3);
  return models
    .filter((model) => parts.every((part) => `${model.id} ${model.name}`.toLowerCase().includes(part)) && FILTERS.every(([name, , fits]) => !filters.has(name) || fits(model, kept)))
    .map((model, at) => ({ model, at }))
    .sort((a, b) => rank(a.model) - rank(b.model) || a.at - b.at)
    .map(({ model }) => model);
}

/**
 * @param {object} opened
 * @param {() => Promise<readonly PickableModel[]>} opened.load
 * @param {string} opened.current
 * @param {(id: string) => void} opened.choose
 */
export function openModelPicker({ load, current, choose }) {
  const { node, body, open, close } = dialog("Choose a model", { className: "picker" });
  const search = element("input", { class: "input", type: "search", placeholder: "Name or id, for instance sonnet", autocomplete: "off", spellcheck: "false", "aria-label": "Search models" });
  const kept = favourites();
  /** @type {Set<string>} */
  const chosen = new Set();
  const count = element("p", { class: "aside", role: "status" }, "Loading the catalog");
  const list = element("ul", { class: "picker-list", "aria-label": "Models" });
  /** @type {readonly PickableModel[]} */
  let models = [];
  const pick = (/** @type {string} */ id) => {
    choose(id);
    close();
  };
  const show = () => {
    const words = search.value.trim();
    const fitting = fittingModels(models, { words, filters: chosen, kept, last: lastUsed(), current });
    const rows = fitting.slice(0, SHOWN).map((model) => row(model));
    // Any id may be typed: the catalog of a moment ago does not know everything.
    if (ID.test(words) && !models.some(({ id }) => id === words)) rows.unshift(element("li", { class: "picker-row" }, button("", "pick", () => pick(words), element("b", {}, `Use ${words}`), element("small", {}, "It is not in the list; OpenRouter may know it all the same."))));
    list.replaceChildren(...rows);
    if (models.length > 0) count.textContent = fitting.length === 0 ? "No model fits." : `${fitting.length === models.length ? plural(models.length, "model") : `${amount(fitting.length)} of ${plural(models.length, "model")}`}${fitting.length > SHOWN ? `, the first ${SHOWN} shown` : ""}`;
  };
  /** @param {PickableModel} model */
  const row = (model) => {
    const { id, name } = model;
    const star = element("button", { type: "button", class: "quiet small star", "aria-pressed": String(kept.has(id)), "aria-label": `Favourite: ${name}`, title: "Favourite" }, icon("star"));
    star.addEventListener("click", () => {
      if (!kept.delete(id)) kept.add(id);
      writeLocal("favourites", [...kept]);
      star.setAttribute("aria-pressed", String(kept.has(id)));
    });
    const note = id === current ? "in use" : lastUsed().includes(id) ? "used last" : undefined;
    const choice = button("", "pick", () => pick(id), element("b", {}, name, note && element("span", { class: "badge" }, note)), name === id ? "" : element("code", {}, id), element("small", {}, facts(model)));
    if (id === current) choice.setAttribute("aria-current", "true");
    return element("li", { class: "picker-row" }, choice, star);
  };
  const filters = FILTERS.map(([name, label]) => {
    const toggle = element("button", { type: "button", class: "chip", "aria-pressed": "false" }, label);
    toggle.addEventListener("click", () => {
      if (!chosen.delete(name)) chosen.add(name);
      toggle.setAttribute("aria-pressed", String(chosen.has(name)));
      show();
    });
    return toggle;
  });
  search.addEventListener("input", show);
  node.addEventListener("keydown", (event) => {
    const rows = /** @type {HTMLElement[]} */ ([...list.querySelectorAll(".pick")]);
    const at = rows.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    if (event.key === "ArrowDown" && (at >= 0 || document.activeElement === search)) rows[Math.min(at + 1, rows.length - 1)]?.focus();
    else if (event.key === "ArrowUp" && at >= 0) (rows[at - 1] ?? search).focus();
    else if (event.key === "Enter" && document.activeElement === search && rows.length > 0) rows[0].click();
    else return;
    event.preventDefault();
  });
  body.append(element("div", { class: "picker-head" }, search, element("p", { class: "row", role: "group", "aria-label": "Only models that" }, ...filters), count), list);
  open();
  search.focus();
  load().then(
    (found) => {
      models = found;
      show();
    },
    () => {
      count.textContent = "The catalog could not be loaded: type an id.";
    },
  );
}

/** Price, context and abilities in one line. @param {PickableModel} model */
export function facts({ isFree, pricing, contextWindow, supportsTools, input, reasoning }) {
  const price = isFree ? "free" : pricing?.isUnknown ? "price varies" : pricing ? `$${perMillion(pricing.prompt) ?? "–"} in, $${perMillion(pricing.completion) ?? "–"} out a million tokens` : undefined;
  return [
    price,
    contextWindow === undefined ? undefined : `${amount(contextWindow)} tokens of context`,
    supportsTools && "tools",
    input?.includes("image") && "images",
    input?.includes("file") && "files",
    input?.includes("audio") && "audio",
    reasoning && "reasoning",
  ].filter(Boolean).join(" · ");
}
