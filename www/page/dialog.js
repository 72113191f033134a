// A dialog of the browser's own: it keeps the focus, closes by Escape and gives the focus back.
import { button, element, icon } from "./dom.js";

/**
 * @param {string} title
 * @param {{ className?: string, onClose?: () => void }} [more]
 */
export function dialog(title, { className = "", onClose } = {}) {
  const heading = element("h2", { id: `dialog-${(dialogs += 1)}` }, title);
  const body = element("div", { class: "dialog-body" });
  const node = element("dialog", { class: `dialog ${className}`, "aria-labelledby": heading.id });
  const close = button("", "quiet small", () => node.close(), icon("close"), element("span", { class: "unseen" }, "Close"));
  node.append(element("header", {}, heading, close), body);
  // A click beside it lands on the dialog itself, whose content covers the rest.
  node.addEventListener("pointerdown", (event) => {
    if (event.target === node) node.close();
  });
  node.addEventListener("close", () => {
    onClose?.();
    node.remove();
  });
  // Handled: it is not meant for the answer that is on its way.
  node.addEventListener("keydown", (event) => {
    if (event.key === "Escape") event.stopPropagation();
  });
  return {
    node,
    body,
    open() {
      document.body.append(node);
      node.showModal();
    },
    close: () => node.close(),
  };
}

let dialogs = 0;
