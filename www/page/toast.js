// A short word at the edge of the page on what has just happened, with a way back where there is one.
import { button, element } from "./dom.js";

const SHOWN_MS = 6000;
/** A visitor who reads it by ear, or goes there key by key, needs longer to decide. */
const WITH_ACTION_MS = 20_000;

/** The label of what takes back. */
export const UNDO = "Undo";

/**
 * @param {HTMLElement} host
 * @param {string} text
 * @param {{ action?: { label: string, run: () => void }, tone?: "good" | "bad" }} [more]
 */
export function toast(host, text, { action, tone } = {}) {
  const node = element("p", { class: "toast", "data-tone": tone }, element("span", {}, text));
  const gone = () => {
    clearTimeout(timer);
    document.removeEventListener("keydown", onKey);
    node.remove();
  };
  const go = () => {
    // A visitor who is about to press its button is not to press into the void.
    if (node.matches(":hover, :focus-within")) timer = setTimeout(go, SHOWN_MS);
    else gone();
  };
  let timer = setTimeout(go, action ? WITH_ACTION_MS : SHOWN_MS);
  /** The key that takes back everywhere does it here, where it has nothing else to take back. @param {KeyboardEvent} event */
  function onKey(event) {
    if (event.key.toLowerCase() !== "z" || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.defaultPrevented || isWriting() || node !== host.lastElementChild) return;
    event.preventDefault();
    act();
  }
  const act = () => {
    gone();
    action?.run();
  };
  if (action) {
    const press = button(action.label, "plain small", act);
    if (action.label === UNDO) {
      press.setAttribute("aria-keyshortcuts", "Control+Z Meta+Z");
      press.title = "Ctrl+Z or ⌘Z";
      document.addEventListener("keydown", onKey);
    }
    node.append(press);
  }
  host.append(node);
  // Of many the newest three.
  while (host.childElementCount > 3) host.firstElementChild?.remove();
}

/** A field whose text the key would take back. */
function isWriting() {
  const at = document.activeElement;
  return (at instanceof HTMLTextAreaElement || at instanceof HTMLInputElement) && at.value !== "";
}
