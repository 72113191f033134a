// What the page's answers carry, from this machine (demo-server.js) as from a Worker (../worker/build.js).

/**
 * The page runs its own scripts and the engine's WebAssembly, and talks to its origin and to OpenRouter. Text of a model reaches the
 * document as text nodes only; trusted types have the browser refuse anything else.
 */
const PAGE = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  // Images of an answer come inside it. One behind a link would tell its host who is reading: it is shown as a link.
  // (What the page has made or fetched itself is shown from memory: `blob:`.)
  "img-src 'self' data: blob:",
  "media-src 'self' blob:",
  "connect-src 'self' https://openrouter.ai",
  "manifest-src 'self'",
  "worker-src 'self'",
  "frame-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  // The one script that is loaded by a name: page/offline.js.
  "trusted-types offline-worker",
];

/** Code that a model wrote: it may compute, in a Worker of the frame, and reach nothing. */
const CODE_FRAME = ["sandbox allow-scripts", "default-src 'none'", "script-src 'self' 'unsafe-eval' blob:", "worker-src blob:", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'self'"];

/** Our own script, which fetches an address that the visitor has allowed: it knows neither the key nor the chat. */
const PAGE_FRAME = ["sandbox allow-scripts", "default-src 'none'", "script-src 'self'", "connect-src 'self' https:", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'self'"];

/** @param {string[]} policy @returns {Record<string, string>} */
function headersWith(policy) {
  return { "Content-Security-Policy": policy.join("; "), "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer" };
}

export const SECURITY_HEADERS = headersWith(PAGE);

/** Of the page whose styles stand in it: these and no others. @param {string} digest SHA-256 of them, base64 */
export function withStyles(digest) {
  return headersWith(PAGE.map((line) => (line.startsWith("style-src") ? `${line} 'sha256-${digest}'` : line)));
}

/** Code that runs for a tool has an origin of its own (`sandbox`), and its own rules. @type {Record<string, Record<string, string>>} */
export const FRAME_HEADERS = {
  "/code-frame.html": headersWith(CODE_FRAME),
  "/page-frame.html": headersWith(PAGE_FRAME),
  // Read by the frame, which is of no origin: it is public anyway.
  "/about.html": { ...headersWith(PAGE), "Access-Control-Allow-Origin": "*" },
};
