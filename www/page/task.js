// A form for something that takes a while: it shows how far it is, can be stopped, and puts what came of it below.
import { openCode } from "./code-dialog.js";
import { button, element, icon } from "./dom.js";
import { OpenRouterError } from "./engine.js";
import { errorCard, headline } from "./error-card.js";

/** @import { PackageCall } from "./code-snippets.js" */
/** @import { TabContext } from "./tab-loader.js" */
/** @import { WireRequest } from "./wire-log.js" */

/** What the visitor has to put right, in their words; nothing was sent. */
export class Mistake extends Error {}

/**
 * @typedef {object} Progress
 * @property {AbortSignal} signal
 * @property {(text: string, more?: { part?: number, detail?: string }) => void} progress `part` from 0 to 1, left out when nobody knows; `detail` is not read out
 */

/**
 * @param {object} task
 * @param {TabContext} task.context
 * @param {string} task.label of the button
 * @param {string} task.doing in words, while it goes on: `Painting`
 * @param {string} task.done said at the end
 * @param {Node[]} task.fields
 * @param {HTMLElement} task.output
 * @param {(progress: Progress) => Promise<Node | undefined>} task.work
 * @param {boolean} [task.replaces] whether the result takes the place of the one before; else it stands above it
 * @param {Record<string, string>} [task.titles] of failures, by code
 * @param {() => PackageCall} [task.code] the call as it would be made now
 * @param {boolean} [task.isLocal] nothing leaves the page, so that no key is wanted
 */
export function taskForm({ context, label, doing, done, fields, output, work, replaces, titles, code, isLocal }) {
  const start = element("button", { type: "submit", class: "primary strong" }, label);
  const cancel = button("Cancel", "plain", () => controller?.abort());
  /** @type {WireRequest | undefined} */
  let sent;
  const showCode = button("Show the code", "plain show-code", () => {
    if (!code || !form.reportValidity()) return;
    try {
      openCode(code(), sent);
    } catch (error) {
      output.querySelectorAll(":scope > .error").forEach((card) => card.remove());
      output.prepend(failure(error, undefined, titles));
    }
  }, icon("code"));
  showCode.hidden = code === undefined;
  const bar = element("progress", { max: 1, "aria-label": doing });
  const text = element("span", { role: "status", "aria-live": "polite" });
  // Not told: a second is no news.
  const clock = element("span", { class: "clock", "aria-hidden": "true" });
  const line = element("div", { class: "going", hidden: true }, bar, element("p", {}, text, clock));
  const form = element("form", { class: "task", "aria-label": label }, element("div", { class: "fields-grid" }, ...fields), element("p", { class: "row" }, start, cancel, showCode), line);
  /** @type {AbortController | undefined} */
  let controller;
  cancel.hidden = true;
  let begun = 0;
  const tick = () => (clock.textContent = [detail, `${Math.round((performance.now() - begun) / 1000)} s`].filter(Boolean).map((part) => ` · ${part}`).join(""));

  let detail = "";
  /** @type {Progress["progress"]} */
  const progress = (words, { part, detail: more = "" } = {}) => {
    detail = more;
    tick();
    if (text.textContent !== words) text.textContent = words;
    if (part === undefined) bar.removeAttribute("value");
    else bar.value = part;
  };
  /** @param {boolean} busy */
  const setBusy = (busy) => {
    const hadFocus = document.activeElement === start || document.activeElement === cancel;
    start.disabled = busy;
    cancel.hidden = !busy;
    line.hidden = !busy;
    form.setAttribute("aria-busy", String(busy));
    if (hadFocus) (busy ? cancel : start).focus();
  };
  const run = async () => {
    if (controller || (!isLocal && !(await context.maySend()))) return;
    const mine = (controller = new AbortController());
    const stop = () => mine.abort();
    context.signal.addEventListener("abort", stop, { once: true });
    begun = performance.now();
    let isNews = false;
    const ticking = setInterval(tick, 1000);
    progress(doing);
    setBusy(true);
    output.querySelectorAll(":scope > .error, :scope > .notice").forEach((card) => card.remove());
    const wire = context.connection.wire.listen();
    try {
      const result = await work({ signal: mine.signal, progress });
      if (replaces) output.replaceChildren();
      if (result) output.prepend(result);
      context.say(done);
      isNews = output.childElementCount > 0;
    } catch (error) {
      output.prepend(failure(error, mine.signal, titles));
      isNews = true;
      context.say(mine.signal.aborted ? "Cancelled." : `Error: ${error instanceof Error ? error.message : error}`);
    } finally {
      clearInterval(ticking);
      wire.stop();
      sent = wire.heard.findLast(({ method }) => method === "POST");
      context.signal.removeEventListener("abort", stop);
      controller = undefined;
      setBusy(false);
      if (isNews) void whenDrawn(output.firstElementChild).then(reveal);
    }
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void run();
  });
  form.addEventListener("keydown", (event) => {
    // In a text of several lines Enter breaks the line.
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
    if (event.key === "Escape" && controller) controller.abort();
  });
  return { form, run };
}

/**
 * For a request that no form makes.
 * @param {() => PackageCall} call
 * @param {() => WireRequest | undefined} sent
 */
export function codeButton(call, sent) {
  return button("Show the code", "plain show-code", () => openCode(call(), sent()), icon("code"));
}

/** An image has no height before it is decoded: what is brought into view sooner is not the whole of it. @param {Element | null} node */
async function whenDrawn(node) {
  await Promise.all([...(node?.querySelectorAll("img") ?? [])].map((image) => image.decode().catch(() => undefined)));
  return node;
}

/** Pixels around what is brought into view. */
const EDGE = 16;

/**
 * Into view: on a small screen what has come is below the form. Smoothly, where the visitor's system does not ask for less motion.
 * @param {Element | null} node
 * @param {{ grows?: boolean }} [more] `grows`: there will be more of it, so it goes to the top
 */
export function reveal(node, { grows = false } = {}) {
  if (!node) return;
  // Not `scrollIntoView`: that moves the page itself too, which does not scroll, and with it its head out of sight.
  const sheet = node.closest(".sheet");
  if (!sheet) return;
  const view = sheet.getBoundingClientRect(), { top, bottom } = node.getBoundingClientRect();
  if (top >= view.top && bottom <= view.bottom) return;
  // Of what is tall the beginning is shown.
  const isTall = grows || bottom - top > view.height - 2 * EDGE;
  const by = isTall || top < view.top ? top - view.top - EDGE : bottom - view.bottom + EDGE;
  sheet.scrollBy({ top: by, behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
}

/**
 * @param {unknown} error
 * @param {AbortSignal | undefined} signal
 * @param {Record<string, string>} [titles]
 */
export function failure(error, signal, titles = {}) {
  if (signal?.aborted) return element("p", { class: "notice" }, "Cancelled.");
  if (error instanceof Mistake) return element("section", { class: "card error", "aria-label": "Error" }, element("header", {}, icon("alert"), element("strong", {}, error.message)));
  if (!OpenRouterError.isInstance(error)) {
    // Not the package's: the browser's (a full storage, a file that is gone) or ours.
    reportError(error);
    return element("section", { class: "card error", "aria-label": "Error" }, element("header", {}, icon("alert"), element("strong", {}, "Something in this page failed")), element("p", {}, String(error)));
  }
  return errorCard(error, titles[error.code] ?? TITLES[error.code] ?? headline(error));
}

/** Where a chat's words do not fit. @type {Record<string, string>} */
const TITLES = {
  "bad-response": "The answer was not what was requested",
  "not-found": "There is no such thing",
  "context-overflow": "That is too long",
};

/** @param {string} title @param {string} words @param {...Node} parts */
export function sheetHead(title, words, ...parts) {
  return element("header", { class: "sheet-head" }, element("h1", {}, title), element("p", {}, words), ...parts);
}

/** A form with what comes of it: beside it where there is room, else below. @param {HTMLElement} form @param {...HTMLElement} results */
export function workbench(form, ...results) {
  return element("div", { class: "workbench" }, form, element("div", { class: "outcome" }, ...results));
}

/** @param {string} label @param {Blob} blob @param {string} name @param {AbortSignal} signal when the tab ends, so does the address */
export function saveLink(label, blob, name, signal) {
  const url = objectUrl(blob, signal);
  return element("a", { class: "primary", href: url, download: name }, icon("save"), label);
}

/** @param {Blob} blob @param {AbortSignal} signal */
export function objectUrl(blob, signal) {
  const url = URL.createObjectURL(blob);
  signal.addEventListener("abort", () => URL.revokeObjectURL(url), { once: true });
  return url;
}
