// Pages: the scenario in a window, in both kinds of Web Worker, in a service worker, and under two Content Security Policies, in three browsers.
import { join } from "node:path";
import { same } from "./row.js";
import { BROWSERS } from "./webdriver.js";

/** @import { Work } from "./runtimes.js" */

const TOLD = `(answer) => (globalThis.answer = answer), (error) => (globalThis.answer = String(error?.message ?? error))`;
const SCENARIO = `import { scenario } from "./scenario.js";\n`;
const SCRIPTS = {
  "window.js": `${SCENARIO}scenario().then(${TOLD});\n`,
  "worker.js": `${SCENARIO}scenario().then(postMessage, (error) => postMessage(String(error?.stack ?? error)));\n`,
  // Asked anew each time: a service worker is stopped and started as the browser likes.
  "service.js": `${SCENARIO}addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(clients.claim()));
addEventListener("fetch", (event) => {
  if (new URL(event.request.url).pathname === "/answer") event.respondWith(scenario().then((answer) => new Response(answer), (error) => new Response(String(error?.stack ?? error))));
});\n`,
};
/** Of what each page is made. A page with a policy runs no script of its own: they are files for all. */
const STARTERS = {
  "module-worker": `new Worker("/split/worker.js", { type: "module" }).onmessage = ({ data }) => (globalThis.answer = data);\n`,
  "classic-worker": `new Worker("/whole/worker.js").onmessage = ({ data }) => (globalThis.answer = data);\n`,
  "service-worker": `const controlled = new Promise((resolve) => (navigator.serviceWorker.controller ? resolve() : (navigator.serviceWorker.oncontrollerchange = () => resolve())));
navigator.serviceWorker.register("/service.js").then(() => controlled).then(() => fetch("/answer")).then((response) => response.text()).then(${TOLD});\n`,
};
const CSP = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; require-trusted-types-for 'script'; trusted-types 'none'";
const CSP_WITHOUT_WASM = "default-src 'none'; script-src 'self'; connect-src 'self'";

/** @param {string} script */
const html = (script) => `<!doctype html><link rel="icon" href="data:,"><script type="module" src="${script}"></script>`;

/** @param {keyof typeof BROWSERS} name @returns {Work} */
const browser = (name) => async (row) => {
  await row.install(["esbuild", "puppeteer-core"]);
  for (const [file, text] of Object.entries(SCRIPTS)) row.write(file, text);
  const esbuild = join(row.folder, "node_modules/.bin/esbuild");
  await row.run(esbuild, ["window.js", "worker.js", "--bundle", "--format=esm", "--splitting", "--outdir=site/split"]);
  await row.run(esbuild, ["worker.js", "--bundle", "--format=iife", "--outdir=site/whole"]);
  await row.run(esbuild, ["service.js", "--bundle", "--format=iife", "--outdir=site"]);
  for (const page of ["window", "csp", "csp-without-wasm"]) row.write(`site/${page}.html`, html("/split/window.js"));
  for (const [page, text] of Object.entries(STARTERS)) {
    row.write(`site/start-${page}.js`, text);
    row.write(`site/${page}.html`, html(`/start-${page}.js`));
  }
  const url = await row.serve("site", { "/csp.html": CSP, "/csp-without-wasm.html": CSP_WITHOUT_WASM });
  const { version, answerOf } = await BROWSERS[name](row);
  for (const page of ["window", "csp", ...Object.keys(STARTERS)]) {
    try {
      same(await answerOf(`${url}/${page}.html`));
    } catch (cause) {
      throw new Error(`${page}: ${cause instanceof Error ? cause.message : cause}`, { cause });
    }
  }
  // A policy that forbids the engine is named by the directive that would allow it, in whichever words the browser says so.
  const refused = await answerOf(`${url}/csp-without-wasm.html`);
  if (!refused.includes("'wasm-unsafe-eval'")) throw new Error(`csp-without-wasm: gave ${JSON.stringify(refused)}, which does not name 'wasm-unsafe-eval'`);
  return version;
};

/** @type {Record<string, Work>} */
export const PAGES = Object.fromEntries(Object.keys(BROWSERS).map((name) => [`${name}: window, workers, service worker, CSP page`, browser(name)]));
