// The page as it is served: its modules and their libraries in a few bundles, made anew whenever a server starts or a Worker is built.
//
// Bundled and not file by file: the page uses libraries that browsers cannot find by name, and a first visit is a handful of requests
// instead of sixty. What is loaded on demand (a tab, the highlighter, the engine) stays a file of its own.
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { FRAME_HEADERS, SECURITY_HEADERS, withStyles } from "./security-headers.js";

const WWW = fileURLToPath(new URL("../", import.meta.url));
const PKG = fileURLToPath(new URL("../../pkg/", import.meta.url));

/** What goes out as it stands. */
const COPIED = ["index.html", "about.html", "code-frame.html", "page-frame.html", "mark.svg", "manifest.webmanifest"];

/** @type {Record<string, string>} */
const CONTENT_TYPES = {
  html: "text/html; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  css: "text/css; charset=utf-8",
  svg: "image/svg+xml",
  webmanifest: "application/manifest+json",
};

/**
 * A clone has no node_modules/openrouter-wasm. Part by part and not its index.js: of a module that many others import esbuild fetches all that
 * it re-exports with the first part of a page, as soon as a later part uses it, and two engines nobody has called for would come with it.
 * @type {Record<string, string>}
 */
const PACKAGE = {
  "openrouter-wasm": `export { OpenRouter } from "./client.js"; export { OpenRouterError } from "./errors.js"; export { createKeyStore, redact, resolveKey } from "./auth/keys.js";`,
  "openrouter-wasm/simulator": `export * from "./simulator.js";`,
  "openrouter-wasm/sign-in": `export * from "./auth/sign-in.js";`,
  "openrouter-wasm/sanitize-transcript": `export * from "./request/sanitize-transcript.js";`,
  "openrouter-wasm/job-store": `export * from "./media/job-store.js";`,
};

/** @type {import("esbuild").Plugin} */
const builtPackage = {
  name: "built-package",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^openrouter-wasm(\/|$)/ }, ({ path }) => (path in PACKAGE ? { path, namespace: "package", sideEffects: false } : undefined));
    onLoad({ filter: /./, namespace: "package" }, ({ path }) => ({ contents: PACKAGE[path], resolveDir: PKG }));
  },
};

/** @typedef {{ bytes: Uint8Array<ArrayBuffer>, type: string, headers: Record<string, string> }} SiteFile */

/** @type {import("esbuild").BuildOptions} */
const COMMON = {
  absWorkingDir: WWW,
  bundle: true,
  write: false,
  format: "esm",
  target: "es2022",
  minify: true,
  legalComments: "eof",
  logLevel: "warning",
  outdir: "/",
};

/**
 * Needs the built package.
 * @returns {Promise<Map<string, SiteFile>>} by path, `/index.html` for instance
 */
export async function buildSite() {
  const [scripts, styles, frames] = await Promise.all([
    build({ ...COMMON, entryPoints: ["app.js"], splitting: true, metafile: true, chunkNames: "chunks/[name]-[hash]", plugins: [builtPackage] }),
    build({ ...COMMON, entryPoints: ["style.css"] }),
    build({ ...COMMON, entryPoints: ["code-frame.js", "page-frame.js"] }),
  ]);
  const made = [scripts, styles, frames].flatMap(({ outputFiles = [] }) => outputFiles).map(({ path, contents }) => /** @type {const} */ ([path, Uint8Array.from(contents)]));
  const copied = COPIED.map(async (name) => /** @type {const} */ ([`/${name}`, new Uint8Array(await readFile(WWW + name))]));
  const [{ text: css }] = /** @type {import("esbuild").OutputFile[]} */ (styles.outputFiles);
  const files = [...made, ...(await Promise.all(copied))].map(([path, bytes]) => /** @type {const} */ ([path, path === "/index.html" ? firstPage(bytes, css, scripts.metafile) : bytes]));
  return new Map([...files, await offlineWorker(files)].map(([path, bytes]) => [path, siteFile(path, bytes, css)]));
}

/**
 * The styles stand in the page: what is painted first waits for one answer and not for two. What app.js imports at once is fetched beside it,
 * and not after it was read.
 * @param {Uint8Array<ArrayBuffer>} page
 * @param {string} css
 * @param {import("esbuild").Metafile | undefined} metafile
 */
function firstPage(page, css, metafile) {
  const [, app] = Object.entries(metafile?.outputs ?? {}).find(([path]) => /(^|\/)app\.js$/.test(path)) ?? [];
  const links = (app?.imports ?? []).filter(({ kind }) => kind === "import-statement").map(({ path }) => `  <link rel="modulepreload" href="${path.slice(path.indexOf("chunks/"))}">\n`);
  const text = new TextDecoder()
    .decode(page)
    .replace(/<link rel="stylesheet"[^>]*>/, () => `<style>${css}</style>`)
    .replace('  <script type="module"', `${links.join("")}  <script type="module"`);
  return new Uint8Array(new TextEncoder().encode(text));
}

/**
 * The service worker, which knows the files by name and changes whenever one of them does.
 * @param {(readonly [string, Uint8Array<ArrayBuffer>])[]} files
 */
async function offlineWorker(files) {
  const digest = createHash("sha256");
  for (const [path, bytes] of files.toSorted(([a], [b]) => (a < b ? -1 : 1))) digest.update(path).update(bytes);
  const define = { VERSION: JSON.stringify(digest.digest("hex").slice(0, 16)), FILES: JSON.stringify(["/", ...files.map(([path]) => path).filter((path) => path !== "/index.html")]) };
  const { outputFiles: [worker] } = await build({ ...COMMON, write: false, entryPoints: ["service-worker.js"], format: "iife", define });
  return /** @type {const} */ ([worker.path, Uint8Array.from(worker.contents)]);
}

/** @param {string} path @param {Uint8Array<ArrayBuffer>} bytes @param {string} css @returns {SiteFile} */
function siteFile(path, bytes, css) {
  const type = CONTENT_TYPES[path.slice(path.lastIndexOf(".") + 1)] ?? "application/octet-stream";
  return { bytes, type, headers: path === "/index.html" ? withStyles(createHash("sha256").update(css).digest("base64")) : FRAME_HEADERS[path] ?? SECURITY_HEADERS };
}

/** The headers of all files, as Cloudflare's static assets read them (`_headers`). @param {Map<string, SiteFile>} files */
export function headersFile(files) {
  const lines = (/** @type {Record<string, string>} */ headers) => Object.entries(headers).map(([name, value]) => `  ${name}: ${value}`);
  const others = [...files].filter(([, { headers }]) => headers !== SECURITY_HEADERS).flatMap(([path, { headers }]) => {
    // Rules add up: what the rule for all files has set is taken off first. The address without `.html` gives the same file.
    const addresses = [path, path === "/index.html" ? "/" : path.replace(/\.html$/, "")];
    return addresses.flatMap((address) => [address, ...Object.keys(headers).map((name) => `  ! ${name}`), ...lines(headers)]);
  });
  return ["/*", ...lines(SECURITY_HEADERS), ...others, ""].join("\n");
}
