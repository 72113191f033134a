// The chats of this browser: found, opened, renamed, saved, taken in and thrown away.
import { fileName, fromJson, toJson } from "./chat-export.js";
import { fromMarkdown, toMarkdown } from "./chat-markdown.js";
import { button, element, icon } from "./dom.js";
import { dollars } from "./format.js";
import { textOf } from "./chat-export.js";
import { UNDO } from "./toast.js";

/** @import { Chat, ChatStore } from "./chat-store.js" */

/**
 * @typedef {object} HistoryActions
 * @property {(id: string) => void} open
 * @property {(id: string) => void} removed
 * @property {(chat: Chat) => void} renamed
 * @property {(text: string, more?: { action?: { label: string, run: () => void }, tone?: "good" | "bad" }) => void} toast
 */

export class HistoryList {
  #connection = "";
  /** @type {string | undefined} */
  #current;
  /** The chat whose buttons are shown. @type {string | undefined} */
  #opened;
  /** Texts of the messages, for the search; read when somebody searches. @type {Map<string, string> | undefined} */
  #texts;
  #drawing = 0;
  /** What the next drawing gives the focus to. @type {string | undefined} */
  #focus;

  /**
   * @param {{ list: HTMLElement, search: HTMLInputElement, empty: HTMLElement, importing: HTMLInputElement, importButton: HTMLButtonElement, exportButton: HTMLButtonElement }} parts
   * @param {ChatStore} store
   * @param {HistoryActions} actions
   */
  constructor(parts, store, actions) {
    this.parts = parts;
    this.store = store;
    this.actions = actions;
    parts.search.addEventListener("input", () => void this.draw());
    parts.search.addEventListener("focus", () => (this.#texts = undefined));
    parts.importButton.addEventListener("click", () => parts.importing.click());
    parts.importing.addEventListener("change", () => void this.#import());
    parts.exportButton.addEventListener("click", () => void this.#exportAll());
  }

  /** @param {string} connection @param {string | undefined} current */
  async show(connection, current) {
    this.#connection = connection;
    this.#current = current;
    await this.draw();
  }

  async draw() {
    const drawing = ++this.#drawing;
    const { list, search, empty, exportButton } = this.parts;
    const all = await this.store.list(this.#connection);
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    if (words.length > 0) this.#texts ??= await this.#readTexts(all);
    if (drawing !== this.#drawing) return;
    const chats = all.filter(({ id, title }) => words.every((word) => `${title}\n${this.#texts?.get(id) ?? ""}`.toLowerCase().includes(word)));
    const focused = this.#focus ?? /** @type {HTMLElement | null} */ (document.activeElement)?.dataset.focus;
    this.#focus = undefined;
    /** @type {Node[]} */
    const rows = [];
    let group = "";
    for (const chat of chats) {
      const age = ageOf(chat.updatedAtMs);
      if (age !== group) rows.push(element("li", { class: "history-age" }, (group = age)));
      rows.push(this.#row(chat));
    }
    list.replaceChildren(...rows);
    empty.hidden = chats.length > 0;
    empty.textContent = words.length > 0 ? "No chat has these words." : "Your chats will be here, in this browser alone.";
    exportButton.hidden = all.length === 0;
    if (focused) /** @type {HTMLElement | null} */ (list.querySelector(`[data-focus="${CSS.escape(focused)}"]`))?.focus();
  }

  /** @param {Chat[]} chats */
  async #readTexts(chats) {
    const read = chats.map(async ({ id }) => /** @type {const} */ ([id, (await this.store.entries(id)).map(({ message }) => textOf(message.content)).join("\n")]));
    return new Map(await Promise.all(read));
  }

  /** @param {Chat} chat */
  #row(chat) {
    const { id, title, costUsd } = chat;
    const open = button("", "history-open", () => this.actions.open(id), element("span", { class: "title" }, title), element("small", {}, [timeOf(chat.updatedAtMs), costUsd > 0 && dollars(costUsd)].filter(Boolean).join(" · ")));
    if (id === this.#current) open.setAttribute("aria-current", "true");
    open.dataset.focus = `open-${id}`;
    const isOpen = id === this.#opened;
    const more = button("", "quiet small history-more", () => {
      this.#opened = isOpen ? undefined : id;
      void this.draw();
    }, icon("more"), element("span", { class: "unseen" }, `What to do with ${title}`));
    more.ariaExpanded = String(isOpen);
    more.dataset.focus = `more-${id}`;
    const row = element("li", { class: "history-row", "data-chat": id }, open, more);
    row.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || event.defaultPrevented || this.#opened !== id) return;
      event.preventDefault();
      this.#opened = undefined;
      this.#focus = `more-${id}`;
      void this.draw();
    });
    if (isOpen) {
      row.append(
        element(
          "div",
          { class: "history-actions" },
          button("Rename", "plain small", () => this.#rename(row, chat)),
          button("JSON", "plain small", () => void this.#export(chat, "json"), icon("save")),
          button("Markdown", "plain small", () => void this.#export(chat, "md"), icon("save")),
          button("Delete", "plain small danger", () => void this.#remove(chat)),
        ),
      );
    }
    return row;
  }

  /** @param {HTMLElement} row @param {Chat} chat */
  #rename(row, chat) {
    const field = element("input", { class: "input", "aria-label": "The name of the chat", maxlength: 120 });
    field.value = chat.title;
    const form = element("form", { class: "rename" }, field, element("button", { type: "submit", class: "primary small" }, "Save"));
    const done = (/** @type {boolean} */ isKept) => {
      const title = field.value.trim();
      this.#opened = undefined;
      if (isKept && title !== "" && title !== chat.title) this.actions.renamed({ ...chat, title, isNamed: true });
      // The row that had it is gone.
      this.#focus = `more-${chat.id}`;
      void this.draw();
    };
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      done(true);
    });
    field.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.preventDefault();
      done(false);
    });
    row.replaceChildren(form);
    field.select();
  }

  /** @param {Chat} chat */
  async #remove(chat) {
    this.#opened = undefined;
    const { list, search } = this.parts;
    const rows = [...list.querySelectorAll("[data-chat]")].map((row) => /** @type {HTMLElement} */ (row).dataset.chat);
    const at = rows.indexOf(chat.id), next = rows[at + 1] ?? rows[at - 1];
    const isOpen = chat.id === this.#current;
    const removed = await this.store.removeChat(chat.id);
    this.actions.removed(chat.id);
    // The one that was open leaves the visitor in a new chat; any other, in the list.
    if (!isOpen && next === undefined) search.focus();
    if (!isOpen && next !== undefined) this.#focus = `more-${next}`;
    await this.draw();
    const undo = async () => {
      if (removed) await this.store.put(removed);
      await this.draw();
    };
    this.actions.toast(`“${chat.title}” is deleted.`, { action: { label: UNDO, run: () => void undo() } });
  }

  /** @param {Chat} chat @param {"json" | "md"} kind */
  async #export(chat, kind) {
    const whole = { chat, entries: await this.store.entries(chat.id) };
    if (kind === "json") save(`${fileName(chat.title)}.json`, "application/json", toJson([whole]));
    else save(`${fileName(chat.title)}.md`, "text/markdown", toMarkdown(whole));
  }

  async #exportAll() {
    const chats = await this.store.list(this.#connection);
    const whole = await Promise.all(chats.map(async (chat) => ({ chat, entries: await this.store.entries(chat.id) })));
    save("chats.json", "application/json", toJson(whole));
  }

  async #import() {
    const { importing } = this.parts;
    const [file] = importing.files ?? [];
    importing.value = "";
    if (!file) return;
    try {
      const text = await file.text();
      const chats = /\.(md|markdown)$/i.test(file.name) ? [fromMarkdown(text, this.#connection)] : fromJson(text, this.#connection);
      for (const whole of chats) await this.store.put(whole);
      this.actions.toast(chats.length === 1 ? "The chat is here." : `${chats.length} chats are here.`, { tone: "good" });
      await this.draw();
      if (chats.length === 1) this.actions.open(chats[0].chat.id);
    } catch (error) {
      this.actions.toast(`${file.name}: ${/** @type {Error} */ (error).message}`, { tone: "bad" });
    }
  }
}

const DAY_MS = 86_400_000;

/** @param {number} atMs */
function ageOf(atMs) {
  const today = new Date().setHours(0, 0, 0, 0);
  if (atMs >= today) return "Today";
  if (atMs >= today - DAY_MS) return "Yesterday";
  return atMs >= today - 7 * DAY_MS ? "The last week" : "Earlier";
}

/** @param {number} atMs */
function timeOf(atMs) {
  const at = new Date(atMs);
  return atMs >= new Date().setHours(0, 0, 0, 0) ? at.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" }) : at.toLocaleDateString([], { day: "numeric", month: "short" });
}

/** @param {string} name @param {string} type @param {string} text */
function save(name, type, text) {
  const url = URL.createObjectURL(new Blob([text], { type }));
  element("a", { href: url, download: name }).click();
  // The browser reads it on its own time.
  setTimeout(() => URL.revokeObjectURL(url), 30_000);
}
