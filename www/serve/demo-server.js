// The page, the package and the simulator behind one port of this machine.
import { readFile } from "node:fs/promises";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { createSimulator } from "../../pkg/simulator.js";
import { serve } from "../../pkg/bin/serve.js";
import { packed } from "./packed.js";
import { SECURITY_HEADERS } from "./security-headers.js";
import { buildSite } from "./site.js";

/** @import { Simulator, SimulatorOptions } from "openrouter-wasm/simulator" */
/** @import { SiteFile } from "./site.js" */

const PKG = new URL("../../pkg/", import.meta.url);

/** What a browser may get of the package; any other file is none of its business. @type {Record<string, string>} */
const CONTENT_TYPES = {
  ".js": "text/javascript; charset=utf-8",
  ".wasm": "application/wasm",
};

/**
 * @param {{ port?: number, simulator?: SimulatorOptions }} [options]
 * @returns {Promise<{ url: string, simulator: Simulator, close: () => Promise<void> }>} rejects with `EADDRINUSE` if the port is taken
 */
export async function startDemo({ port = 0, simulator: options } = {}) {
  // The visitor is asked, as at OpenRouter: the page's sign-in leads to a page with "allow" and "deny".
  const simulator = createSimulator({ allowRequestScripts: true, signIn: "ask", ...options });
  // The package's `serve` puts a handler behind a port, with all that an adapter has to get right for streams that are cut or left.
  // Ours is the simulator's with the files beside it.
  const files = await buildSite();
  const site = { ...simulator, handler: (/** @type {Request} */ request) => answer(request, simulator, files) };
  const server = await serve({ port, simulator: site });
  return { url: server.url, simulator, close: server.close };
}

/**
 * @param {Request} request
 * @param {Simulator} simulator
 * @param {Map<string, SiteFile>} files
 * @returns {Promise<Response>}
 */
async function answer(request, simulator, files) {
  const { pathname } = new URL(request.url);
  // `/auth` is where a visitor allows a sign-in; its exchange is `/api/v1/auth/keys`.
  if (pathname === "/auth" || pathname === "/api/v1" || pathname.startsWith("/api/v1/")) return simulator.handler(request);
  // So that the addresses in its answers are OpenRouter's too: those of videos that are being made.
  if (pathname.startsWith("/openrouter.ai/")) return simulator.handler(underItsName(request));
  // The page asks whether a Worker is behind it (../worker/worker.js). Here is none, but a simulator that outlives a reload.
  if (pathname === "/api/chat") return withHeaders(Response.json({ relay: false, simulator: true }));
  if (request.method !== "GET" && request.method !== "HEAD") return refusal(405, "Method not allowed");
  const file = files.get(pathname === "/" ? "/index.html" : pathname) ?? (await readPackageFile(pathname));
  if (!file) return refusal(404, "Not found");
  const { body, headers } = await packed(file.bytes, request);
  return withHeaders(new Response(body, { headers: { "Content-Type": file.type, ...headers } }), file.headers);
}

/** @param {Request} request to `/openrouter.ai/...` of this server */
function underItsName({ url, method, headers, body, signal }) {
  const { pathname, search } = new URL(url);
  return new Request(`https:/${pathname}${search}`, { method, headers, signal, ...(body && { body, duplex: "half" }) });
}

/**
 * @param {string} pathname
 * @returns {Promise<SiteFile | undefined>} undefined: there is no such file, or it is not for everybody
 */
async function readPackageFile(pathname) {
  const path = filePath(pathname);
  const type = path && CONTENT_TYPES[extname(path)];
  if (!type) return undefined;
  try {
    return { bytes: new Uint8Array(await readFile(path)), type, headers: SECURITY_HEADERS };
  } catch {
    return undefined;
  }
}

/**
 * @param {string} pathname
 * @returns {string | undefined} undefined: it is not of the package
 */
function filePath(pathname) {
  if (!pathname.startsWith("/pkg/")) return undefined;
  try {
    // `new URL` resolves dots, however they are written; a slash that is written as %2f makes `fileURLToPath` throw.
    const file = fileURLToPath(new URL(`.${pathname.slice("/pkg".length)}`, PKG));
    return file.startsWith(fileURLToPath(PKG)) ? file : undefined;
  } catch {
    return undefined;
  }
}

/**
 * @param {number} status
 * @param {string} text
 */
function refusal(status, text) {
  return withHeaders(new Response(text, { status, headers: { "Content-Type": "text/plain; charset=utf-8" } }));
}

/** @param {Response} response @param {Record<string, string>} [headers] */
function withHeaders(response, headers = SECURITY_HEADERS) {
  for (const [name, value] of Object.entries(headers)) response.headers.set(name, value);
  // The package may have been rebuilt meanwhile.
  response.headers.set("Cache-Control", "no-store");
  return response;
}
