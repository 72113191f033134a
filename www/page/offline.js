// The page without a network: a service worker keeps what a first visit has fetched.

/** Not awaited by anybody: the page works without it, too. */
export function keepForOffline() {
  if (!("serviceWorker" in navigator) || !isSecureContext) return;
  addEventListener("load", () => navigator.serviceWorker.register("service-worker.js").catch(() => undefined), { once: true });
  if (document.readyState === "complete") navigator.serviceWorker.register("service-worker.js").catch(() => undefined);
}

/** @param {HTMLElement} badge shown while there is no network */
export function showConnection(badge) {
  const show = () => (badge.hidden = navigator.onLine);
  addEventListener("online", show);
  addEventListener("offline", show);
  show();
}
