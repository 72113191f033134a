// What the tests of this folder share.
import { once } from "node:events";
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { chromium } from "playwright-core";

export const SERVE = fileURLToPath(new URL("../../www/serve.js", import.meta.url));

/** The sandbox does not start as root, which is what containers run as; the rest keeps the browser from calling home. */
const ARGS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

export function launchChromium() {
  return chromium.launch({ executablePath: process.env.OPENROUTER_WASM_CHROMIUM || "/usr/bin/chromium", headless: true, args: ARGS });
}

/** @param {() => unknown} condition @param {string} what */
export async function until(condition, what, timeoutMs = 30_000) {
  const start = Date.now();
  while (!(await condition())) {
    if (Date.now() - start > timeoutMs) throw new Error(`gave up waiting until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/**
 * Runs www/serve.js.
 * @param {string[]} args
 * @param {Record<string, string>} [env]
 */
export function serveCommand(args, env = {}) {
  const { OPENROUTER_API_KEY: _, OPENROUTER_BASE_URL: __, OPENROUTER_MODEL: ___, ...inherited } = process.env;
  const child = spawn(process.execPath, [SERVE, ...args], { env: { ...inherited, ...env }, stdio: ["ignore", "pipe", "pipe"] });
  const output = { text: "", errors: "" };
  /** When each piece of the output came. */
  const pieces = [];
  child.stdout.setEncoding("utf8").on("data", (text) => {
    output.text += text;
    pieces.push(performance.now());
  });
  child.stderr.setEncoding("utf8").on("data", (text) => (output.errors += text));
  const exit = once(child, "close").then(([code]) => code);
  return { child, output, pieces, exit };
}

/** OpenRouter cannot be reached, on any machine. @param {import("playwright-core").Page} page */
export function withoutOpenRouter(page) {
  return page.route("https://openrouter.ai/**", (route) => route.abort());
}

/**
 * A module of the page by itself, as `tested` in an empty page.
 * @param {import("playwright-core").Browser} browser
 * @param {string} path below www/
 */
export async function pageWith(browser, path) {
  const page = await browser.newPage();
  const entry = fileURLToPath(new URL(`../../www/${path}`, import.meta.url));
  const { outputFiles: [{ text }] } = await build({ entryPoints: [entry], bundle: true, write: false, format: "iife", globalName: "tested", logLevel: "warning" });
  await page.addScriptTag({ content: text });
  return page;
}

/** What a page leaves behind when it has asked for OpenRouter all the same. */
export const OPENROUTER_MISSED = /openrouter\.ai|ERR_FAILED/;

/**
 * The page in a context of its own. `problems` gathers what no page may do: errors, violations of its policy, requests to elsewhere.
 * @param {import("playwright-core").Browser} browser
 * @param {string} url
 * @param {{ query?: string, context?: import("playwright-core").BrowserContextOptions, route?: (page: import("playwright-core").Page) => Promise<void> }} [options]
 */
export async function openPage(browser, url, { query = "?pace=2", context: contextOptions, route } = {}) {
  // A test cannot answer the fetches of a service worker: offline.test.js has one.
  const context = await browser.newContext({ reducedMotion: "reduce", serviceWorkers: "block", ...contextOptions });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  /** @type {string[]} */
  const problems = [];
  page.on("pageerror", (error) => problems.push(`error: ${error.message}`));
  page.on("console", (message) => {
    if (/Service Worker registration blocked/.test(message.text())) return;
    if (message.type() === "error" || message.type() === "warning") problems.push(`console: ${message.text()}`);
  });
  page.on("request", (request) => {
    if (!request.url().startsWith(`${url}/`) && !/^(data|blob):/.test(request.url())) problems.push(`request: ${request.url()}`);
  });
  await route?.(page);
  await page.goto(`${url}/${query}`);
  await page.waitForSelector("body[data-ready]");

  const last = page.locator(".answer").last();
  // The answers there were when the newest message was sent: an answer that has not begun is not busy.
  let answers = 0;
  return {
    page,
    problems,
    /** The newest answer. */
    last,
    close: () => context.close(),
    /** @param {string} text */
    async say(text) {
      answers = await page.locator(".answer").count();
      await page.fill("#prompt", text);
      await page.press("#prompt", "Enter");
    },
    /** @param {string} id */
    async play(id) {
      answers = await page.locator(".answer").count();
      // On a narrow screen the scenarios are in the drawer.
      if (await page.isVisible("#rail-toggle")) await page.click("#rail-toggle");
      await page.click(`[data-scenario="${id}"]`);
    },
    /** The id of the model that is chosen. */
    model: () => page.getAttribute("#model", "data-model"),
    /** Until what was said or played last has its answer, and no answer is on its way. */
    async settled() {
      await page.waitForFunction((before) => document.querySelectorAll(".answer").length > before && !document.querySelector('[aria-busy="true"]'), answers);
      answers = 0;
    },
    verdict: () => last.locator(".verdict").getAttribute("data-verdict"),
    /** What the receipt says, by name. */
    numbers: () => last.locator(".numbers > div").evaluateAll((rows) => Object.fromEntries(rows.map((row) => [row.children[0].textContent, row.children[1].textContent]))),
  };
}

/**
 * Until an element says this: what is told when something else has ended may come a moment later.
 * @param {import("playwright-core").Page} page @param {string} selector @param {string | RegExp} words  all of it, or a part
 */
export async function says(page, selector, words) {
  const fits = (/** @type {string} */ text) => (words instanceof RegExp ? words.test(text) : text.trim() === words);
  let text = "";
  await until(async () => fits((text = (await page.locator(selector).textContent()) ?? "")), `${selector} says ${words}`).catch((error) => {
    throw new Error(`${error.message}; it says ${text}`);
  });
}

/**
 * Notes from now on what passes: which of the selectors have matched, and what the element of `text` said, one after the other. On a machine that
 * is busy a state may be over before a test has looked.
 * @param {import("playwright-core").Page} page @param {string[]} selectors @param {string} [text]
 * @returns {Promise<{ seen: () => Promise<string[]>, texts: () => Promise<string[]> }>}
 */
export async function watchStates(page, selectors, text) {
  await page.evaluate(([selectors, text]) => {
    const passed = { seen: new Set(), texts: [] };
    Object.assign(globalThis, { passed });
    const look = () => {
      for (const selector of selectors) if (document.querySelector(selector)) passed.seen.add(selector);
      const words = text && document.querySelector(text)?.textContent;
      if (words && words !== passed.texts.at(-1)) passed.texts.push(words);
    };
    look();
    new MutationObserver(look).observe(document.body, { subtree: true, childList: true, attributes: true, characterData: true });
  }, /** @type {const} */ ([selectors, text]));
  return {
    seen: () => page.evaluate(() => [.../** @type {any} */ (globalThis).passed.seen]),
    texts: () => page.evaluate(() => /** @type {any} */ (globalThis).passed.texts),
  };
}

/** A new chat, once the old one has left the page: what is counted of it before would be missing behind it. @param {import("playwright-core").Page} page */
export async function newChat(page) {
  await page.click("#new-chat");
  await page.waitForFunction(() => !document.querySelector(".answer"));
}
