// Keeps the page's files, so that it opens without a network. The served file wins over the kept one: the page is never of yesterday.
/// <reference lib="webworker" />

// Written in when the page is bundled (serve/site.js).
/* global VERSION, FILES */

const worker = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self));
const CACHE = `openrouter-demo-${VERSION}`;
/** A network that does not answer is none. */
const PATIENCE_MS = 4000;

worker.addEventListener("install", (event) => {
  event.waitUntil(
    caches
      .open(CACHE)
      // Past the browser's own cache, which may be older.
      .then((cache) => cache.addAll(FILES.map((path) => new Request(path, { cache: "reload" }))))
      .then(() => worker.skipWaiting()),
  );
});

worker.addEventListener("activate", (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.filter((name) => name.startsWith("openrouter-demo-") && name !== CACHE).map((name) => caches.delete(name))))
      .then(() => worker.clients.claim()),
  );
});

worker.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  // Answers of the API and of other sites are none of its business.
  if (request.method !== "GET" || origin !== location.origin || !FILES.includes(pathname)) return;
  event.respondWith(fresh(request, pathname));
});

/** @param {Request} request @param {string} pathname */
async function fresh(request, pathname) {
  const kept = await (await caches.open(CACHE)).match(pathname);
  try {
    return await fetch(request, kept && { signal: AbortSignal.timeout(PATIENCE_MS) });
  } catch (error) {
    if (kept) return kept;
    throw error;
  }
}
