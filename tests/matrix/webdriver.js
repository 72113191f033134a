// Three browsers behind one word: open a page, wait until it has put something into `globalThis.answer`.
import { once } from "node:events";
import { existsSync } from "node:fs";
import { createServer } from "node:net";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { launchChromium } from "../package/browser.js";

/** @import { Row } from "./row.js" */

/**
 * @typedef {object} Browser
 * @property {string} version
 * @property {(url: string) => Promise<string>} answerOf
 */

const ANSWER_MS = 60_000, LOOK_MS = 100;
const FIREFOX = process.env.OPENROUTER_WASM_FIREFOX ?? "/usr/bin/firefox-esr", WEBKIT_DRIVER = process.env.WEBKIT_DRIVER ?? "/usr/bin/WebKitWebDriver";
/** Where Debian and its kin put it. */
const MINI_BROWSER = process.env.OPENROUTER_WASM_MINIBROWSER ?? "/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser";
/** Pages may not reach for anything but the test's own server. */
const FIREFOX_PREFERENCES = { "app.update.enabled": false, "toolkit.telemetry.enabled": false, "network.captive-portal-service.enabled": false, "network.connectivity-service.enabled": false, "services.settings.server": "data:,#remote-settings-dummy/v1" };

/** @param {() => Promise<unknown>} look @param {string} url */
async function answered(look, url) {
  const end = Date.now() + ANSWER_MS;
  while (Date.now() < end) {
    const answer = await look();
    if (answer !== null && answer !== undefined) return String(answer);
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
  throw new Error(`${url} gave no answer within ${ANSWER_MS} ms`);
}

/** @param {string} path @param {string} packages */
function needs(path, packages) {
  if (!existsSync(path)) throw new Error(`${path} is not there: apt-get install ${packages}`);
}

/** @type {Record<string, (row: Row) => Promise<Browser>>} */
export const BROWSERS = {
  async Chromium(row) {
    const browser = await launchChromium();
    row.closers.push(() => browser.close());
    return {
      version: `Chromium ${browser.version()}`,
      async answerOf(url) {
        const tab = await browser.newPage();
        await tab.goto(url);
        return answered(() => tab.evaluate(() => /** @type {any} */ (globalThis).answer), url);
      },
    };
  },
  async "Firefox ESR"(row) {
    needs(FIREFOX, "firefox-esr");
    const { default: puppeteer } = await import(pathToFileURL(createRequire(join(row.folder, "package.json")).resolve("puppeteer-core")).href);
    const browser = await puppeteer.launch({ browser: "firefox", executablePath: FIREFOX, headless: true, extraPrefsFirefox: FIREFOX_PREFERENCES });
    row.closers.push(() => browser.close());
    return {
      version: (await browser.version()).replace("/", " "),
      async answerOf(url) {
        const tab = await browser.newPage();
        await tab.goto(url);
        return answered(() => tab.evaluate(() => /** @type {any} */ (globalThis).answer), url);
      },
    };
  },
  async WebKitGTK(row) {
    needs(WEBKIT_DRIVER, "webkit2gtk-driver");
    needs("/usr/bin/xvfb-run", "xvfb xauth");
    const port = await freePort();
    const driver = row.spawn("xvfb-run", ["-a", "-s", "-screen 0 1280x800x24", WEBKIT_DRIVER, `--port=${port}`, "--host=127.0.0.1"], {});
    row.closers.push(() => row.end(driver));
    const ask = async (/** @type {string} */ method, /** @type {string} */ path, /** @type {unknown} */ body = undefined) => {
      const response = await fetch(`http://127.0.0.1:${port}${path}`, { method, ...(body !== undefined && { body: JSON.stringify(body) }) });
      const { value } = /** @type {any} */ (await response.json());
      if (!response.ok) throw new Error(`WebKitWebDriver: ${value?.error}: ${value?.message}`);
      return value;
    };
    await listening(port, row.deadline);
    const { sessionId, capabilities } = await ask("POST", "/session", { capabilities: { alwaysMatch: { "webkitgtk:browserOptions": { binary: MINI_BROWSER, args: ["--automation"] } } } });
    row.closers.unshift(() => ask("DELETE", `/session/${sessionId}`));
    return {
      version: `${capabilities.browserName} ${capabilities.browserVersion}`,
      async answerOf(url) {
        await ask("POST", `/session/${sessionId}/url`, { url });
        return answered(() => ask("POST", `/session/${sessionId}/execute/sync`, { script: "return globalThis.answer", args: [] }), url);
      },
    };
  },
};

/** @returns {Promise<number>} */
async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  server.close();
  return port;
}

/** @param {number} port @param {number} deadline */
async function listening(port, deadline) {
  for (;;) {
    try {
      await fetch(`http://127.0.0.1:${port}/status`);
      return;
    } catch (cause) {
      if (Date.now() > deadline) throw new Error("WebKitWebDriver did not listen in time", { cause });
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  }
}
