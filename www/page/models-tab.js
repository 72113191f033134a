// The catalog as a table that can be searched, and the scan for models that work.
import { button, element } from "./dom.js";
import { checkField, field } from "./fields.js";
import { amount, perMillion, plural } from "./format.js";
import { scanPanel } from "./scan-panel.js";
import { codeButton, failure, sheetHead } from "./task.js";

/** @import { Model, ModelList } from "openrouter-wasm" */
/** @import { TabContext } from "./tab-loader.js" */

/** More rows than anybody reads make the page slow; the search finds the rest. */
const SHOWN = 100;

/** @param {HTMLElement} host @param {TabContext} context */
export function fill(host, context) {
  const search = field("Search", element("input", { class: "input", type: "search", placeholder: "Name or id", autocomplete: "off", spellcheck: "false" }));
  const filters = { free: checkField("Free"), tools: checkField("Tools"), images: checkField("Sees images"), reasoning: checkField("Reasons") };
  const found = element("p", { class: "aside", role: "status" }, "Loading the catalog");
  const body = element("tbody");
  const table = element(
    "table",
    { class: "catalog" },
    element("caption", { class: "unseen" }, "Models, with context in tokens and prices in USD per million tokens"),
    element("thead", {}, element("tr", {}, ...["Model", "Context", "In", "Out", "Can", ""].map((name) => element("th", { scope: "col" }, name === "" ? element("span", { class: "unseen" }, "Use") : name)))),
    body,
  );
  const more = button("Show all", "plain", () => show(Infinity));
  more.hidden = true;
  const reload = button("Reload", "plain", () => load(true));
  /** @type {import("./wire-log.js").WireRequest | undefined} */
  let sent;
  const code = codeButton(() => ({ method: "models.list", options: {} }), () => sent);
  const trouble = element("div", { class: "results" });
  host.append(
    sheetHead("Models", "The catalog with what each model can do and what it costs, in USD per million tokens."),
    scanPanel(context),
    element("form", { class: "filters", role: "search" }, search.node, element("p", { class: "row" }, ...Object.values(filters).map(({ node }) => node), reload, code)),
    found,
    trouble,
    element("div", { class: "table-scroll" }, table),
    element("p", { class: "row" }, more),
  );
  host.querySelector("form.filters")?.addEventListener("submit", (event) => event.preventDefault());

  /** @type {readonly Model[]} */
  let models = [];
  const show = (limit = SHOWN) => {
    const words = search.control.value.toLowerCase().split(/\s+/).filter(Boolean);
    const fitting = models.filter(
      (model) =>
        words.every((word) => `${model.id} ${model.name}`.toLowerCase().includes(word)) &&
        (!filters.free.control.checked || model.isFree) &&
        (!filters.tools.control.checked || model.supportsTools) &&
        (!filters.images.control.checked || model.input.includes("image")) &&
        (!filters.reasoning.control.checked || model.reasoning),
    );
    body.replaceChildren(...fitting.slice(0, limit).map((model) => row(model, context)));
    more.hidden = fitting.length <= limit;
    more.textContent = `Show all ${amount(fitting.length)}`;
    found.textContent = fitting.length === models.length ? plural(models.length, "model") : `${amount(fitting.length)} of ${plural(models.length, "model")}`;
  };
  for (const { control } of [search, ...Object.values(filters)]) control.addEventListener("input", () => show());

  const load = async (refresh = false) => {
    reload.disabled = true;
    trouble.replaceChildren();
    const wire = context.connection.wire.listen();
    try {
      /** @type {ModelList} */
      const list = await context.client.models.list({ refresh, signal: context.signal });
      models = list;
      show();
      if (list.warnings.length > 0) trouble.append(element("p", { class: "notice" }, `${plural(list.warnings.length, "row")} of the catalog could not be read.`));
    } catch (error) {
      if (context.signal.aborted) return;
      found.textContent = "No catalog.";
      trouble.append(failure(error, undefined, { network: "The catalog could not be loaded" }));
    } finally {
      wire.stop();
      // Known rows are asked of nobody.
      sent = wire.heard.findLast(({ url }) => new URL(url).pathname.endsWith("/models")) ?? sent;
      reload.disabled = false;
    }
  };
  void load();
}

/** @param {Model} model @param {TabContext} context */
function row(model, context) {
  const { id, name, contextWindow, assumed, pricing } = model;
  const can = [
    model.isFree && element("span", { class: "badge", "data-tone": "good" }, "free"),
    model.supportsTools && element("span", { class: "badge" }, "tools"),
    model.input.includes("image") && element("span", { class: "badge" }, "images"),
    model.reasoning && element("span", { class: "badge" }, "reasoning"),
  ];
  const price = (/** @type {string | undefined} */ unit) => (pricing.isUnknown ? "varies" : (perMillion(unit) ?? "–"));
  const use = button("Chat", "plain small", () => context.chatWith(id));
  use.setAttribute("aria-label", `Chat with ${name}`);
  return element(
    "tr",
    {},
    element("th", { scope: "row" }, element("span", { class: "name" }, name), element("code", {}, id)),
    element("td", { class: "number", "data-name": "Context", title: assumed?.includes("contextWindow") ? "Not said by the catalog: assumed" : undefined }, amount(contextWindow)),
    element("td", { class: "number", "data-name": "In" }, price(pricing.prompt)),
    element("td", { class: "number", "data-name": "Out" }, price(pricing.completion)),
    element("td", { class: "can" }, ...can),
    element("td", { class: "use" }, use),
  );
}
