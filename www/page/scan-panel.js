// The scan: models are probed, and those that hold what the catalog says of them are ranked.
import { button, element } from "./dom.js";
import { checkField, choiceField, lineField, numberOf, textOf } from "./fields.js";
import { amount, duration, plural } from "./format.js";
import { taskForm } from "./task.js";

/** @import { Probe, ScanResult, ScanRow } from "openrouter-wasm" */
/** @import { TabContext } from "./tab-loader.js" */

/** @type {readonly Probe[]} */
const PROBES = ["tool", "image", "json", "reasoning"];

/** @param {TabContext} context */
export function scanPanel(context) {
  const { client } = context;
  const free = checkField("Free models alone", true);
  const provider = lineField("Author", { placeholder: "any" });
  const capability = choiceField("Must offer", [["", "anything"], ["tools", "tools"], ["image", "images as input"], ["reasoning", "reasoning"], ["json", "JSON"]]);
  const depth = choiceField("Probes", [["usual", "tool calls and images"], ["all", "all four"], ["none", "none: the catalog's word"]]);
  const paid = checkField("Probe paid models too");
  paid.control.disabled = true;
  free.control.addEventListener("change", () => {
    paid.control.disabled = free.control.checked;
    if (free.control.checked) paid.control.checked = false;
  });
  const output = element("div", { class: "results" });
  const options = () => {
    const wanted = textOf(capability);
    return {
      free: free.control.checked,
      probePaid: paid.control.checked,
      provider: textOf(provider),
      ...(wanted && { capabilities: [wanted] }),
      ...(depth.control.value !== "usual" && { probe: depth.control.value === "none" ? /** @type {const} */ (false) : PROBES }),
    };
  };
  const { form } = taskForm({
    context,
    label: "Scan",
    doing: "Reading the catalog",
    done: "The scan has ended.",
    fields: [provider.node, capability.node, depth.node, element("p", { class: "row wide" }, free.node, paid.node)],
    output,
    replaces: true,
    code: () => ({ method: "models.scan", options: options() }),
    async work({ signal, progress }) {
      const result = await client.models.scan({
        ...options(),
        onProgress({ phase, completed, total, row }) {
          if (phase === "probe") progress("Probing", { part: total === 0 ? undefined : completed / total, detail: `${completed} of ${total}${row ? `, ${row.model}` : ""}` });
        },
        signal,
      });
      return ranking(result, context);
    },
  });
  return element("details", { class: "card scan" }, element("summary", {}, "Scan for models that work"), element("p", { class: "aside" }, "Sends each model a request for a tool call and an image to describe, then ranks those that did it. Free models cost nothing but requests of the day."), form, output);
}

/** The package speaks to those who call it; here somebody reads. @param {string} warning */
function inWords(warning) {
  if (/probePaid/.test(warning)) return "Paid models were not probed, since that costs money. To have it done, tick “Probe paid models too”.";
  return warning;
}

/** @param {ScanResult} result @param {TabContext} context */
function ranking({ rows, selected, selectedImages, probed, counts, warnings }, context) {
  const said = probed ? `${plural(counts.tested, "model")} probed: ${amount(counts.toolOk)} call tools, ${amount(counts.imageOk)} see images, ${amount(counts.toolAndImageOk)} do both.` : `${plural(rows.length, "model")}, by what the catalog says.`;
  return element(
    "section",
    { class: "ranking", "aria-label": "Ranking" },
    element("p", { class: "aside" }, rows.length === 0 ? "No model fits." : said),
    ...warnings.map((warning) => element("p", { class: "notice" }, inWords(warning))),
    element("ol", {}, ...rows.map((row) => ranked(row, selected.includes(row.model), selectedImages.includes(row.model), context))),
  );
}

/** @param {ScanRow} row @param {boolean} isSelected @param {boolean} isForImages @param {TabContext} context */
function ranked(row, isSelected, isForImages, context) {
  const use = button("Chat with it", "plain small", () => context.chatWith(row.model));
  use.setAttribute("aria-label", `Chat with it: ${row.model}`);
  const probes = PROBES.map((name) => ({ name, result: row[name] })).filter(({ result }) => !result.skipped);
  return element(
    "li",
    { "data-selected": isSelected },
    element(
      "p",
      { class: "row" },
      element("code", {}, row.model),
      isSelected && element("span", { class: "badge", "data-tone": "good" }, "chosen"),
      isForImages && element("span", { class: "badge", "data-tone": "good" }, "for images"),
      ...probes.map(({ name, result }) =>
        element("span", { class: "badge", "data-tone": result.ok ? "good" : "bad", title: result.error }, `${name} ${result.ok ? (result.latencyMs === null ? "ok" : duration(result.latencyMs)) : "failed"}`),
      ),
      use,
    ),
    // The times stand on the badges: of the reasons what they do not say.
    element(
      "p",
      { class: "aside" },
      [
        row.contextWindow && `${amount(row.contextWindow)} tokens of context`,
        row.paramsB && `${amount(row.paramsB)} billion parameters`,
        ...probes.filter(({ result }) => result.error).map(({ name, result }) => `${name}: ${result.error}`),
      ].filter(Boolean).join(" · "),
    ),
  );
}
