// The page as it is served: its modules and their libraries in a few bundles, made anew whenever a server starts or a Worker is built.
//
// Bundled and not file by file: the page uses libraries that browsers cannot find by name, and a first visit is a handful of requests
// instead of sixty. What is loaded on demand (a tab, the highlighter, the engine) stays a file of its own.
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { FRAME_HEADERS, SECURITY_HEADERS } from "./security-headers.js";

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
    build({ ...COMMON, entryPoints: ["app.js"], splitting: true, chunkNames: "chunks/[name]-[hash]", alias: { "openrouter-wasm": `${PKG}index.js`, "openrouter-wasm/simulator": `${PKG}simulator.js` } }),
    build({ ...COMMON, entryPoints: ["style.css"] }),
    build({ ...COMMON, entryPoints: ["code-frame.js", "page-frame.js"] }),
  ]);
  const made = [scripts, styles, frames].flatMap(({ outputFiles = [] }) => outputFiles).map(({ path, contents }) => /** @type {const} */ ([path, Uint8Array.from(contents)]));
  const copied = COPIED.map(async (name) => /** @type {const} */ ([`/${name}`, new Uint8Array(await readFile(WWW + name))]));
  const files = [...made, ...(await Promise.all(copied))];
  return new Map([...files, await offlineWorker(files)].map(([path, bytes]) => [path, siteFile(path, bytes)]));
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

/** @param {string} path @param {Uint8Array<ArrayBuffer>} bytes @returns {SiteFile} */
function siteFile(path, bytes) {
  const type = CONTENT_TYPES[path.slice(path.lastIndexOf(".") + 1)] ?? "application/octet-stream";
  return { bytes, type, headers: FRAME_HEADERS[path] ?? SECURITY_HEADERS };
}

/** The headers of all files, as Cloudflare's static assets read them (`_headers`). */
export function headersFile() {
  const lines = (/** @type {Record<string, string>} */ headers) => Object.entries(headers).map(([name, value]) => `  ${name}: ${value}`);
  const frames = Object.entries(FRAME_HEADERS).flatMap(([path, headers]) => {
    // Rules add up: what the rule for all files has set is taken off first. The address without `.html` gives the same file.
    return [path, path.replace(/\.html$/, "")].flatMap((address) => [address, ...Object.keys(headers).map((name) => `  ! ${name}`), ...lines(headers)]);
  });
  return ["/*", ...lines(SECURITY_HEADERS), ...frames, ""].join("\n");
}
