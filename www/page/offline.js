// The page without a network: a service worker keeps what a first visit has fetched.

const WORKER = "service-worker.js";

/** Not awaited by anybody: the page works without it, too. */
export function keepForOffline() {
  if (!("serviceWorker" in navigator) || !isSecureContext) return;
  const register = () =>
    navigator.serviceWorker.register(trustedAddress()).catch((error) => {
      // A browser that keeps nothing of this site says so by a DOMException, and that is the visitor's choice.
      if (!(error instanceof DOMException)) reportError(error);
    });
  // The page's own files are fetched first.
  if (document.readyState === "complete") void register();
  else addEventListener("load", register, { once: true });
}

/** The page's policy lets this one address through, and no other (serve/security-headers.js). @returns {string} */
function trustedAddress() {
  const { trustedTypes } = /** @type {any} */ (globalThis);
  return trustedTypes?.createPolicy("offline-worker", { createScriptURL: () => WORKER }).createScriptURL(WORKER) ?? WORKER;
}

/** @param {HTMLElement} badge shown while there is no network */
export function showConnection(badge) {
  const show = () => (badge.hidden = navigator.onLine);
  addEventListener("online", show);
  addEventListener("offline", show);
  show();
}
