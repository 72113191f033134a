// The fields of the tabs' forms.
import { element } from "./dom.js";

let count = 0;

/**
 * @template {HTMLElement} Control
 * @param {string} label
 * @param {Control} control
 * @param {{ note?: string, wide?: boolean }} [more]
 * @returns {{ node: HTMLElement, control: Control }}
 */
export function field(label, control, { note, wide } = {}) {
  control.id = `field-${++count}`;
  const node = element("div", { class: wide ? "field wide" : "field" }, element("label", { for: control.id }, label), control);
  if (note) {
    node.append(element("p", { class: "note", id: `${control.id}-note` }, note));
    control.setAttribute("aria-describedby", `${control.id}-note`);
  }
  return { node, control };
}

/** @param {string} label @param {string} placeholder @param {string} [value] @param {number} [rows] */
export function textField(label, placeholder, value = "", rows = 3) {
  const made = field(label, element("textarea", { class: "input area", rows, placeholder }), { wide: true });
  made.control.value = value;
  return made;
}

/** @param {string} label @param {Record<string, string | number | undefined>} attributes @param {string} [note] */
export function lineField(label, attributes, note) {
  return field(label, element("input", { class: "input", autocomplete: "off", spellcheck: "false", ...attributes }), { note });
}

/** @param {string} label @param {readonly (readonly [string, string])[]} options value and text */
export function choiceField(label, options) {
  const made = field(label, element("select", { class: "input" }));
  setOptions(made.control, options);
  return made;
}

/**
 * The choice stays where the new list has it.
 * @param {HTMLSelectElement} select
 * @param {readonly (readonly [string, string])[]} options
 */
export function setOptions(select, options) {
  const before = select.value;
  select.replaceChildren(...options.map(([value, text]) => element("option", { value }, text)));
  if (options.some(([value]) => value === before)) select.value = before;
}

/** @param {string} label @param {boolean} [checked] */
export function checkField(label, checked = false) {
  const control = element("input", { type: "checkbox", checked });
  return { node: element("label", { class: "check" }, control, label), control };
}

/** @param {string} label @param {string} accept @param {{ multiple?: boolean, note?: string }} [more] */
export function fileField(label, accept, { multiple, note } = {}) {
  return field(label, element("input", { class: "input file", type: "file", accept, multiple }), { note, wide: true });
}

/**
 * A model by name, with those suggested that give what is wanted. The list is fetched when the field is first gone to.
 * @param {{ placeholder: string, wide?: boolean, load: () => Promise<{ id: string, name: string }[]> }} options
 */
export function modelField({ placeholder, wide, load }) {
  const made = lineField("Model", { placeholder, autocapitalize: "off" });
  made.node.classList.toggle("wide", wide === true);
  const list = element("datalist", { id: `${made.control.id}-list` });
  made.control.setAttribute("list", list.id);
  made.node.append(list);
  const fill = () =>
    load().then(
      (models) => list.replaceChildren(...models.map(({ id, name }) => element("option", { value: id }, name))),
      // Any id may be typed all the same; the call itself says what is wrong.
      () => made.control.addEventListener("focus", fill, { once: true }),
    );
  made.control.addEventListener("focus", fill, { once: true });
  return made;
}

/** What was typed, if anything. @param {{ control: HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement }} field */
export function textOf({ control }) {
  return control.value.trim() || undefined;
}

/** @param {{ control: HTMLInputElement | HTMLSelectElement }} field */
export function numberOf({ control }) {
  return control.value.trim() === "" ? undefined : Number(control.value);
}
