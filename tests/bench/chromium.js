// From a navigation to the first text in Chromium, as somebody pays for it who opens a page for the first time: a fresh profile each time, bundled, an
// answer of a server beside it. CPU time of the page's main thread in tasks: what a page cannot do meanwhile.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { launchChromium } from "../package/browser.js";
import { spread } from "./measure.js";
import { digits, table } from "./report.js";

/** @import { Spread } from "./measure.js" */

export const FIRST_PAGE = "first-page";
export const BARE_PAGE = "fetch alone";

const ANSWER = `data: {"id":"gen-1","model":"m/x","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":"it works"},"finish_reason":null}]}\n\ndata: {"id":"gen-1","model":"m/x","object":"chat.completion.chunk","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n`;
const ASKED = `messages: [{ role: "user", content: "Hello" }]`;
const SHOW = `document.body.append(text); document.title = "shown";`;

const OURS = `import { OpenRouter } from "openrouter-wasm";
const client = new OpenRouter({ apiKey: "key", baseURL: location.origin + "/api/v1" });
for await (const event of client.chat({ model: "m/x", ${ASKED} })) if (event.type === "text-delta") { const { text } = event; ${SHOW} }`;

const OPENAI = `import OpenAI from "openai";
const client = new OpenAI({ apiKey: "key", baseURL: location.origin + "/api/v1", dangerouslyAllowBrowser: true });
for await (const chunk of await client.chat.completions.create({ model: "m/x", stream: true, ${ASKED} })) { const text = chunk.choices[0]?.delta?.content; if (text) { ${SHOW} } }`;

const RAW = `const response = await fetch("/api/v1/chat/completions", { method: "POST", body: JSON.stringify({ model: "m/x", stream: true, ${ASKED} }) });
for (const line of (await response.text()).split("\\n")) if (line.startsWith("data: {")) { const text = JSON.parse(line.slice(6)).choices[0].delta.content; if (text) { ${SHOW} } }`;

/**
 * The contenders take turns, so that what else the machine does is the same for all.
 * @param {{ name: string, folder: URL }[]} builds  of this package
 * @param {{ quick: boolean, onProgress?: (text: string) => void }} options
 * @returns {Promise<[string, Map<string, Spread>][]>}  microseconds
 */
export async function measureChromium(builds, { quick, onProgress }) {
  const chromium = process.env.OPENROUTER_WASM_CHROMIUM ?? "/usr/bin/chromium";
  if (!existsSync(chromium)) {
    console.error(`bench: first page: not measured, there is no ${chromium}; OPENROUTER_WASM_CHROMIUM may name a Chromium`);
    return [];
  }
  const folder = mkdtempSync(join(tmpdir(), "openrouter-wasm-first-page-"));
  const apps = builds.map(({ name, folder: pkg }) => ({ name, contents: OURS, alias: { "openrouter-wasm": fileURLToPath(new URL("index.js", pkg)) } }));
  const all = [{ name: BARE_PAGE, contents: RAW, alias: {} }, ...apps, { name: "openai", contents: OPENAI, alias: {} }];
  for (const [number, { contents, alias }] of all.entries()) {
    await build({
      stdin: { contents, resolveDir: fileURLToPath(new URL(".", import.meta.url)) }, alias, outdir: join(folder, String(number)),
      bundle: true, minify: true, splitting: true, format: "esm", target: "es2022", logLevel: "error",
    });
  }
  const server = await serve(folder);
  const browser = await launchChromium();
  try {
    /** @type {number[][]} */
    const taken = all.map(() => []);
    const rounds = quick ? 2 : 21;
    // The first one finds the browser cold.
    for (let round = -1; round < rounds; round++) {
      for (const [number, { name }] of all.entries()) {
        onProgress?.(`first text in Chromium ${round + 1} of ${rounds}: ${name}`);
        const us = await firstText(browser, `${server.url}/${number}/`);
        if (round >= 0) taken[number].push(us);
      }
    }
    return [[FIRST_PAGE, new Map(all.map(({ name }, number) => [name, spread(taken[number])]))]];
  } finally {
    await browser.close();
    server.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @param {import("playwright-core").Browser} browser @param {string} url */
async function firstText(browser, url) {
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    const devtools = await context.newCDPSession(page);
    await devtools.send("Performance.enable", { timeDomain: "threadTicks" });
    await page.goto(url);
    await page.waitForFunction(() => document.title === "shown");
    const text = await page.textContent("body");
    if (text?.trim() !== "it works") throw new Error(`Chromium: this is not the answer: ${text}`);
    const { metrics } = await devtools.send("Performance.getMetrics");
    return (metrics.find(({ name }) => name === "TaskDuration")?.value ?? NaN) * 1e6;
  } finally {
    await context.close();
  }
}

/** Pages `/<number>/`, each with its bundle, and the chat that they ask. @param {string} folder */
async function serve(folder) {
  const files = new Map(readdirSync(folder).flatMap((number) => readdirSync(join(folder, number)).map((name) => [`/${number}/${name}`, readFileSync(join(folder, number, name))])));
  const server = createServer((request, response) => {
    const url = request.url ?? "";
    const send = (/** @type {string} */ type, /** @type {string | Uint8Array} */ body) => response.writeHead(200, { "content-type": type, "cache-control": "no-store" }).end(body);
    const file = files.get(url);
    if (file) send("text/javascript", file);
    else if (url === "/api/v1/chat/completions") request.resume().on("end", () => send("text/event-stream", ANSWER));
    else if (/^\/\d+\/$/.test(url)) send("text/html", '<!doctype html><meta charset="utf-8"><title>-</title><link rel="icon" href="data:,"><body><script type="module" src="stdin.js"></script>');
    else response.writeHead(404).end();
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  return { url: `http://127.0.0.1:${port}`, close: () => void (server.closeAllConnections(), server.close()) };
}

/** @param {Map<string, Map<string, Spread>>} results */
export function chromiumTable(results) {
  const row = results.get(FIRST_PAGE) ?? new Map();
  const ms = (/** @type {number} */ us) => digits(us / 1000);
  const openai = row.get("openai")?.median ?? NaN;
  const rows = [...row].map(([name, { median, min, max }]) => [name, ms(median), `${ms(min)} .. ${ms(max)}`, digits(median / openai)]);
  return `first text in Chromium, a fresh profile, ms of the main thread's CPU in tasks\n${table([["", "ms", "min .. max", "of openai"], ...rows])}`;
}
