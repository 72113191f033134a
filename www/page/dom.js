// Making nodes. Nothing on this page is ever parsed as HTML.

/**
 * @template {keyof HTMLElementTagNameMap} Name
 * @param {Name} name
 * @param {Record<string, string | number | boolean | undefined>} [attributes] `true` sets an empty one; `false` and undefined none
 * @param {...(Node | string | undefined | false)} children
 * @returns {HTMLElementTagNameMap[Name]}
 */
export function element(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false) node.setAttribute(key, value === true ? "" : String(value));
  }
  node.append(...children.filter((child) => child !== undefined && child !== false));
  return node;
}

/**
 * @param {string} label
 * @param {string} className
 * @param {(event: MouseEvent) => void} onClick
 * @param {...(Node | string)} before what stands before the label
 */
export function button(label, className, onClick, ...before) {
  const node = element("button", { type: "button", class: className }, ...before, label);
  node.addEventListener("click", onClick);
  return node;
}

const SVG = "http://www.w3.org/2000/svg";

/**
 * One of the symbols in index.html; decoration, so that it wants a text beside it.
 * @param {string} name
 */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `#icon-${name}`);
  svg.append(use);
  return svg;
}

/**
 * An element that index.html has.
 * @template {Element} Kind
 * @param {string} id
 * @param {new () => Kind} kind
 * @returns {Kind}
 */
export function byId(id, kind) {
  const node = document.getElementById(id);
  if (!(node instanceof kind)) throw new Error(`index.html has no ${kind.name} #${id}`);
  return node;
}

/**
 * @param {HTMLButtonElement} node the button that was pressed: it says how it went
 * @param {string} text
 */
export async function copyFrom(node, text) {
  let said = "Copied";
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    said = "Not allowed";
  }
  if (node.dataset.said !== undefined) return;
  const before = [...node.childNodes], label = node.getAttribute("aria-label");
  node.dataset.said = said;
  node.removeAttribute("aria-label");
  node.replaceChildren(said);
  setTimeout(() => {
    delete node.dataset.said;
    if (label !== null) node.setAttribute("aria-label", label);
    node.replaceChildren(...before);
  }, 1400);
}
