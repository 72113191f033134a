// Search: what the web says, with where it says so.
import { button, copyFrom, element } from "./dom.js";
import { choiceField, field, textOf } from "./fields.js";
import { duration } from "./format.js";
import { StreamedMarkdown } from "./markdown.js";
import { sheetHead, taskForm, workbench } from "./task.js";

/** @import { SearchHit, SearchOptions } from "openrouter-wasm" */
/** @import { TabContext } from "./tab-loader.js" */

/** @param {HTMLElement} host @param {TabContext} context */
export function fill(host, context) {
  const query = field("Query", element("input", { class: "input", type: "search", placeholder: "How do lighthouses get their patterns?", required: true }), { wide: true });
  query.control.value = "How do lighthouses get their light patterns?";
  const freshness = choiceField("Not older than", [["", "any age"], ["day", "a day"], ["week", "a week"], ["month", "a month"], ["year", "a year"]]);
  const output = element("div", { class: "results" });
  /** @returns {SearchOptions} */
  const options = () => {
    const wanted = /** @type {SearchOptions["freshness"]} */ (textOf(freshness));
    return wanted ? { freshness: wanted } : {};
  };
  const { form } = taskForm({
    context,
    code: () => ({ method: "search", first: query.control.value.trim(), options: { ...options() } }),
    label: "Search",
    doing: "Searching",
    done: "The search has ended.",
    fields: [query.node, freshness.node],
    output,
    async work({ signal }) {
      const found = await context.client.search(query.control.value.trim(), { ...options(), signal });
      if (found.error !== undefined) return element("section", { class: "card refusal" }, element("header", {}, element("strong", {}, "The query was refused")), element("p", {}, found.message), element("p", { class: "aside" }, found.error));
      // A cached answer costs nothing; of a new one the answer does not say what it cost.
      if (!found.cached) context.costs.add("Searches", undefined);
      const text = withoutMarks(found.content ?? "");
      // Most answers end with their sources; what they have told is not told again.
      const untold = found.citations.filter((url) => !text.includes(url));
      const facts = [found.model, found.cached ? "from the cache" : undefined, duration(found.tookMs)];
      const copy = button("Copy", "plain", () => copyFrom(copy, text));
      return element(
        "article",
        { class: "card made" },
        element("header", {}, element("strong", {}, found.query)),
        text ? prose(text) : undefined,
        found.results.length > 0 && element("ol", { class: "hits" }, ...found.results.map(hit)),
        untold.length > 0 && element("section", {}, element("h2", {}, "Sources"), element("ol", { class: "sources" }, ...untold.map((url) => element("li", {}, link(url, url))))),
        element("footer", { class: "row" }, element("p", { class: "aside" }, facts.filter(Boolean).join(" · ")), copy),
      );
    },
  });
  host.append(sheetHead("Search", "The web through Perplexity. What it says is marked as untrusted, for the model that reads it; here it is shown as text."), workbench(form, output));
}

/** The marks around what strangers have written are for models. @param {string} text */
function withoutMarks(text) {
  return text.split("\n").filter((line) => !/^<<<.*>>>$/.test(line.trim())).join("\n").replace(/^Source: web search\n-{3,}\n/i, "").trim();
}

/** @param {string} text */
function prose(text) {
  const node = element("div", { class: "prose" });
  const markdown = new StreamedMarkdown(node);
  markdown.append(text);
  markdown.flush({ final: true });
  return node;
}

/** @param {SearchHit} hit */
function hit({ title, url, description, published, siteName }) {
  return element("li", {}, link(url, withoutMarks(title) || url), element("p", { class: "aside" }, [siteName, published].filter(Boolean).join(" · ")), element("p", {}, withoutMarks(description)));
}

/** @param {string} url @param {string} text */
function link(url, text) {
  return /^https?:\/\//.test(url) ? element("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, text) : element("span", {}, text);
}
