// "Show the code": what was sent, as somebody would write it.
import { curlSnippet, fetchSnippet, isShortened, packageSnippet } from "./code-snippets.js";
import { dialog } from "./dialog.js";
import { element } from "./dom.js";
import { codeBlock } from "./markdown.js";

/** @import { PackageCall } from "./code-snippets.js" */
/** @import { WireRequest } from "./wire-log.js" */

/**
 * @param {PackageCall} call
 * @param {WireRequest | undefined} sent undefined: nothing has left the page
 */
export function openCode(call, sent) {
  const { body, open } = dialog("The code of this request", { className: "code-dialog" });
  const ways = [
    { name: "openrouter-wasm", code: packageSnippet(call), language: "javascript" },
    ...(sent ? [{ name: "fetch", code: fetchSnippet(sent), language: "javascript" }, { name: "curl", code: curlSnippet(sent), language: "bash" }] : []),
  ];
  const panel = element("div", { id: "code-panel", role: "tabpanel", tabindex: 0 });
  const tabs = ways.map(({ name }, at) => element("button", { type: "button", role: "tab", class: "chip", id: `code-tab-${at}`, "aria-controls": panel.id }, name));
  const show = (/** @type {number} */ at) => {
    tabs.forEach((tab, other) => {
      tab.ariaSelected = String(other === at);
      tab.tabIndex = other === at ? 0 : -1;
    });
    panel.setAttribute("aria-labelledby", tabs[at].id);
    panel.replaceChildren(codeBlock(ways[at].code, ways[at].language));
  };
  const row = element("div", { class: "row", role: "tablist", "aria-label": "Written with" }, ...tabs);
  row.addEventListener("click", ({ target }) => {
    const at = tabs.indexOf(/** @type {HTMLButtonElement} */ (/** @type {Element} */ (target).closest("[role=tab]")));
    if (at >= 0) show(at);
  });
  row.addEventListener("keydown", (event) => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    const at = (tabs.findIndex((tab) => tab === document.activeElement) + by + tabs.length) % tabs.length;
    show(at);
    tabs[at].focus();
  });
  show(0);
  const notes = [
    sent ? "The first is the call of this page; the others are what the engine has made of it, header by header." : "Nothing has left the page for it.",
    "Your key is not in it: it is read from OPENROUTER_API_KEY.",
    isShortened(call.options) ? "Long data (…) is shortened." : undefined,
  ];
  body.append(row, panel, element("p", { class: "aside" }, notes.filter(Boolean).join(" ")));
  open();
}
