// Whether the visitor is signed in, and the buttons for it. There may be several of one account; each shows the same.
import { button, element, icon } from "./dom.js";
import { redact } from "./engine.js";
import { errorCard } from "./error-card.js";

/** @import { OpenRouterError } from "openrouter-wasm" */
/** @import { Account } from "./account.js" */

/**
 * @param {Account} account
 * @param {{ service: string, tab: () => string, onChange?: (account: Account) => void, signal?: AbortSignal }} around `tab`: the one that is open
 */
export function accountBox(account, { service, tab, onChange, signal }) {
  const node = element("div", { class: "account" });
  const show = () => {
    const hadFocus = node.contains(document.activeElement);
    node.replaceChildren(...(account.stored ? signedIn(account) : account.waiting ? waiting(account) : signedOut(account, service, tab)));
    if (account.error) node.append(errorCard(account.error, headline(account.error)));
    // The button that was pressed may have gone.
    if (hadFocus) node.querySelector("button")?.focus();
    onChange?.(account);
  };
  const unsubscribe = account.subscribe(show);
  signal?.addEventListener("abort", unsubscribe, { once: true });
  return node;
}

/** @param {Account} account */
function signedIn(account) {
  const { key, metadata } = /** @type {import("openrouter-wasm").StoredKey} */ (account.stored);
  return [
    element("p", { class: "who" }, element("span", { class: "badge", "data-tone": "good" }, "signed in"), element("span", { class: "label" }, metadata.userId ?? "")),
    element("p", { class: "note" }, "Key ", element("code", {}, redact(key.reveal())), ", for this tab alone."),
    element("p", { class: "row" }, button("Sign out", "plain", () => account.signOut())),
  ];
}

/** @param {Account} account */
function waiting(account) {
  return [
    element("p", { class: "who", role: "status" }, element("span", { class: "dots", "aria-hidden": "true" }, element("i"), element("i"), element("i")), "Waiting for the other window"),
    element("p", { class: "row" }, button("Cancel", "plain", () => account.waiting?.abort())),
  ];
}

/** @param {Account} account @param {string} service @param {() => string} tab */
function signedOut(account, service, tab) {
  return [
    element(
      "p",
      { class: "row" },
      button(service === "OpenRouter" ? "Sign in with OpenRouter" : "Sign in", "primary sign-in", () => account.leave(tab()), icon("key")),
      button("Stay here, use a window", "plain", () => account.inWindow()),
    ),
  ];
}

/** @param {OpenRouterError} error */
function headline({ code, status, message }) {
  if (/access_denied/.test(message)) return "The sign-in was denied";
  if (/state matches no|has no state|used already/.test(message)) return "This answer belongs to no sign-in of yours";
  if (code === "auth" && status !== undefined) return "The code is not valid any more";
  if (/^popup:/.test(message)) return "The window was blocked";
  return "The sign-in failed";
}
