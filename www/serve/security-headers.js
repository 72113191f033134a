// What the page's answers carry, from this machine (demo-server.js) as from a Worker (../worker/build.js).

/**
 * The page runs its own scripts and the engine's WebAssembly, and talks to its origin and to OpenRouter. Text of a model reaches the
 * document as text nodes only; trusted types have the browser refuse anything else.
 */
const POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  // Images of an answer come inside it. One behind a link would tell its host who is looking: it is shown as a link.
  // (What the page has made or fetched itself is shown from memory: `blob:`.)
  "img-src 'self' data: blob:",
  "media-src 'self' blob:",
  "connect-src 'self' https://openrouter.ai",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
];

/** @type {Record<string, string>} */
export const SECURITY_HEADERS = {
  "Content-Security-Policy": POLICY.join("; "),
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
};
