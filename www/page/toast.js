// A short word at the edge of the page on what has just happened, with a way back where there is one.
import { button, element } from "./dom.js";

const SHOWN_MS = 6000;

/**
 * @param {HTMLElement} host
 * @param {string} text
 * @param {{ action?: { label: string, run: () => void }, tone?: "good" | "bad" }} [more]
 */
export function toast(host, text, { action, tone } = {}) {
  const node = element("p", { class: "toast", "data-tone": tone }, element("span", {}, text));
  const go = () => {
    // Whoever is about to press its button is not to press into the void.
    if (node.matches(":hover, :focus-within")) timer = setTimeout(go, SHOWN_MS);
    else node.remove();
  };
  let timer = setTimeout(go, SHOWN_MS);
  if (action) {
    node.append(
      button(action.label, "plain small", () => {
        clearTimeout(timer);
        node.remove();
        action.run();
      }),
    );
  }
  host.append(node);
  // Of many the newest three.
  while (host.childElementCount > 3) host.firstElementChild?.remove();
}
