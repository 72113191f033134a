// What www/serve/site.js writes into the service worker.
export {};

declare global {
  const VERSION: string;
  const FILES: readonly string[];
}
