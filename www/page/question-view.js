// What the visitor wrote, with its files and what can be done with it.
import { button, copyFrom, element, icon } from "./dom.js";
import { spokenText } from "./chat-export.js";
import { amount, byteCount } from "./format.js";

/** @import { ChatEntry } from "./chat-tree.js" */

/** Beyond that a message is folded: what was pasted in is seldom what is read again. */
const FOLDED_CHARACTERS = 900, FOLDED_LINES = 12;

/**
 * @typedef {object} MessageActions
 * @property {(entry: ChatEntry, text: string) => void} edit
 * @property {(entry: ChatEntry) => void} remove
 * @property {(entry: ChatEntry, by: number) => void} turn to another branch
 */

/**
 * @param {ChatEntry} entry
 * @param {{ at: number, count: number }} branch
 * @param {MessageActions} actions
 */
export function questionView(entry, branch, actions) {
  const text = spokenText(entry.message.content);
  const node = element("article", { class: "question", "aria-label": "You", "data-entry": entry.id });
  const show = () => {
    const tag = entry.tag ? [element("span", { class: "tag" }, entry.tag)] : [];
    node.replaceChildren(...files(entry), bubble(text), ...tag, tools(entry, text, branch, actions, edit));
  };
  const edit = () => {
    const { form, field } = editor(text, {
      send: (changed) => actions.edit(entry, changed),
      cancel: () => {
        show();
        /** @type {HTMLElement | null} */ (node.querySelector("[data-action=edit]"))?.focus();
      },
    });
    node.replaceChildren(...files(entry), form);
    field.style.height = `${Math.min(field.scrollHeight, innerHeight / 2)}px`;
    field.focus();
    field.setSelectionRange(text.length, text.length);
  };
  show();
  return node;
}

/** @param {string} text */
function bubble(text) {
  const paragraph = element("p", {}, text);
  const lines = text.split("\n").length;
  if (text.length <= FOLDED_CHARACTERS && lines <= FOLDED_LINES) return paragraph;
  paragraph.classList.add("folded");
  const words = `Show all ${amount(text.length)} characters`;
  const toggle = button(words, "quiet small fold", () => {
    const isOpen = paragraph.classList.toggle("folded") === false;
    toggle.textContent = isOpen ? "Show less" : words;
    toggle.ariaExpanded = String(isOpen);
  });
  toggle.ariaExpanded = "false";
  return element("div", { class: "foldable" }, paragraph, toggle);
}

/** @param {ChatEntry} entry */
function files({ message, attachments = [] }) {
  if (attachments.length === 0 || !Array.isArray(message.content)) return [];
  // The first part is the text that was typed.
  const parts = message.content.slice(1);
  return [
    element(
      "ul",
      { class: "sent-files", "aria-label": "Attached" },
      ...attachments.map((note, at) => {
        const part = /** @type {any} */ (parts[at]);
        if (note.kind === "image") return element("li", {}, element("img", { src: part?.image_url?.url, alt: note.name }));
        return element("li", { class: "attachment" }, icon(note.kind === "audio" ? "sound" : "file"), element("span", { class: "attachment-text" }, element("b", {}, note.name), element("small", {}, byteCount(note.bytes))));
      }),
    ),
  ];
}

/** @param {ChatEntry} entry @param {string} text @param {{ at: number, count: number }} branch @param {MessageActions} actions @param {() => void} edit */
function tools(entry, text, branch, actions, edit) {
  const copy = toolButton("copy", "Copy the message", () => copyFrom(copy, text));
  return element(
    "div",
    { class: "message-tools" },
    branchSwitch(entry, branch, actions),
    copy,
    toolButton("edit", "Edit the message", edit),
    toolButton("remove", "Delete the message and what follows", () => actions.remove(entry)),
  );
}

/**
 * @param {ChatEntry} entry
 * @param {{ at: number, count: number }} branch
 * @param {Pick<MessageActions, "turn">} actions
 */
export function branchSwitch(entry, { at, count }, actions) {
  if (count < 2) return undefined;
  const before = toolButton("before", "The version before", () => actions.turn(entry, -1));
  const after = toolButton("after", "The version after", () => actions.turn(entry, 1));
  before.disabled = at === 0;
  after.disabled = at === count - 1;
  return element("span", { class: "branches", role: "group", "aria-label": "Versions" }, before, element("span", {}, `${at + 1} / ${count}`), after);
}

/** @param {string} name @param {string} label @param {() => void} onClick */
export function toolButton(name, label, onClick) {
  const node = button("", "quiet small tool-button", onClick, icon(name));
  node.dataset.action = name;
  node.title = label;
  node.setAttribute("aria-label", label);
  return node;
}

/** @param {string} text @param {{ send: (text: string) => void, cancel: () => void }} actions */
function editor(text, { send, cancel }) {
  const field = element("textarea", { class: "input area", rows: 2, "aria-label": "The message, edited" });
  field.value = text;
  const form = element("form", { class: "editor" }, field, element("p", { class: "row" }, element("span", { class: "aside" }, "The first version stays as a branch."), button("Cancel", "plain small", cancel), element("button", { type: "submit", class: "primary strong small" }, "Send")));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (field.value.trim() !== "") send(field.value.trim());
  });
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      form.requestSubmit();
    }
    if (event.key === "Escape") {
      event.preventDefault();
      cancel();
    }
  });
  return { form, field };
}
