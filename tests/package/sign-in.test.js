// Signing in as a visitor does it: in a page, with real redirects, windows, storage and an address bar.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, afterEach, before, test } from "node:test";
import { launchChromium } from "./browser.js";
import { installPackage } from "./install.js";

const PAGE = `<!doctype html><title>app</title><button id="popup">in a window</button><script type="module">
  import { auth } from "/standalone.js";
  const options = { callbackUrl: location.origin + "/back?page=2", authorizeUrl: "AUTHORIZE", baseURL: "API" };
  const told = (promise) => promise.then((result) => result, ({ code, message }) => ({ code, message }));
  globalThis.redirect = async () => location.assign((await auth.beginSignIn(options)).url);
  globalThis.complete = () => told(auth.completeSignIn(location.href, options));
  popup.onclick = () => void (globalThis.outcome = told(auth.beginSignIn({ ...options, popup: true })));
  // As an app has it: the page of the callback completes what came back.
  if (new URLSearchParams(location.search).has("state") && !location.search.includes("silent")) globalThis.outcome = globalThis.complete();
</script>`;

/** @type {ReturnType<typeof installPackage>} */
let app;
/** @type {any} */
let openrouter;
/** @type {import("playwright-core").Browser} */
let browser;
/** @type {import("playwright-core").BrowserContext} */
let context;
/** @type {{ url: string, close(): void }} */
let site;
/** OpenRouter's pages, cut off from the windows of others. @type {{ url: string, close(): void }} */
let cutOff;

/** @param {(url: URL) => Promise<[status: number, headers: Record<string, string>, body: string | Buffer]>} answer */
async function listen(answer) {
  const server = createServer(async (request, response) => {
    const [status, headers, body] = await answer(new URL(request.url ?? "", `http://${request.headers.host}`));
    response.writeHead(status, headers).end(body);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  return { url: `http://127.0.0.1:${port}`, close: () => void (server.closeAllConnections(), server.close()) };
}

before(async () => {
  app = installPackage();
  const { serve } = await app.load("openrouter-wasm/simulator/serve");
  [openrouter, browser] = await Promise.all([serve({ delayMs: 0, signIn: "ask" }), launchChromium()]);
  cutOff = await listen(async (url) => {
    const response = await openrouter.simulator.fetch(url.href);
    return [response.status, { ...Object.fromEntries(response.headers), "cross-origin-opener-policy": "same-origin" }, await response.text()];
  });
  site = await listen(async ({ pathname, searchParams }) => {
    if (pathname === "/standalone.js") return [200, { "Content-Type": "text/javascript" }, readFileSync(join(app.package, "standalone.js"))];
    const authorize = `${searchParams.has("cut") ? cutOff.url : openrouter.url}/auth`;
    return [200, { "Content-Type": "text/html" }, PAGE.replace("AUTHORIZE", authorize).replace("API", `${openrouter.url}/api/v1`)];
  });
});

after(async () => {
  await browser?.close();
  site?.close();
  cutOff?.close();
  await openrouter?.close();
  app?.remove();
});

afterEach(() => context?.close());

async function open(path = "/") {
  context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(site.url + path);
  await page.waitForFunction(() => "redirect" in globalThis);
  return page;
}

/** @param {import("playwright-core").Page} page @returns {Promise<any>} */
const outcome = async (page) => {
  await page.waitForFunction(() => "outcome" in globalThis);
  return page.evaluate(() => /** @type {any} */ (globalThis).outcome);
};

/** @param {import("playwright-core").Page} page */
async function redirect(page) {
  await page.evaluate(() => void (/** @type {any} */ (globalThis).redirect()));
  await page.waitForSelector("#allow");
}

test("by a redirect: a key, an empty storage, a clean address bar, and nothing sent anywhere else", async () => {
  const page = await open();
  /** @type {string[]} */
  const carriers = [];
  await redirect(page);
  page.on("request", (request) => {
    // The site itself gets it from the browser, by the redirect and as a referrer.
    if (!request.url().startsWith(site.url) && JSON.stringify([request.url(), request.headers(), request.postData()]).includes("auth_code_")) carriers.push(`${request.method()} ${request.url().split("?")[0]}`);
  });
  await page.click("#allow");
  const { key, userId } = await outcome(page);
  assert.match(key, /^sk-or-v1-/);
  assert.equal(userId, "user_simulator");
  assert.equal(page.url(), `${site.url}/back?page=2`);
  assert.equal(await page.evaluate(() => sessionStorage.length + localStorage.length), 0);
  assert.deepEqual(carriers, [`POST ${openrouter.url}/api/v1/auth/keys`]);
  // A reload finds nothing to complete.
  await page.reload();
  await page.waitForFunction(() => "redirect" in globalThis);
  assert.equal(await page.evaluate(() => "outcome" in globalThis), false);
});

test("by a redirect that is denied, or goes back to another tab", async () => {
  const page = await open();
  await redirect(page);
  await page.click("#deny");
  assert.deepEqual(await outcome(page), { code: "auth", message: "sign-in failed: OpenRouter says access_denied: The user denied the request" });
  assert.equal(page.url(), `${site.url}/back?page=2`);
  await redirect(page);
  const link = await page.getAttribute("#allow", "href");
  const other = await context.newPage();
  await other.goto(new URL(link ?? "", page.url()).href);
  assert.deepEqual(await outcome(other), { code: "auth", message: "sign-in failed: the state matches no sign-in that was begun here; begin a new one" });
  assert.equal(other.url(), `${site.url}/back?page=2`);
});

test("in two tabs at once", async () => {
  const first = await open();
  const second = await context.newPage();
  await second.goto(site.url);
  await second.waitForFunction(() => "redirect" in globalThis);
  await Promise.all([redirect(first), redirect(second)]);
  await second.click("#allow");
  const { key } = await outcome(second);
  await first.click("#allow");
  assert.match(key, /^sk-or-v1-/);
  assert.notEqual((await outcome(first)).key, key);
});

for (const [name, path] of [["a window", "/"], ["a window that OpenRouter's pages cut off", "/?cut"]]) {
  test(`by ${name}: the page stays, the window closes`, async () => {
    const page = await open(path);
    const [popup] = await Promise.all([context.waitForEvent("page"), page.click("#popup")]);
    await popup.waitForSelector("#allow");
    const closed = popup.waitForEvent("close");
    await popup.click("#allow");
    assert.match((await outcome(page)).key, /^sk-or-v1-/);
    assert.equal(page.url(), site.url + path);
    assert.equal(await page.evaluate(() => sessionStorage.length + localStorage.length), 0);
    await closed;
  });
}

test("by a window that is denied, and by one that is blocked", async () => {
  const page = await open();
  const [popup] = await Promise.all([context.waitForEvent("page"), page.click("#popup")]);
  await popup.waitForSelector("#deny");
  await popup.click("#deny");
  assert.equal((await outcome(page)).message, "sign-in failed: OpenRouter says access_denied: The user denied the request");
  await page.evaluate(() => {
    globalThis.open = () => null;
    delete (/** @type {any} */ (globalThis).outcome);
  });
  await page.click("#popup");
  const { code, message } = await outcome(page);
  assert.equal(code, "invalid-request");
  assert.match(message, /^popup: the browser has blocked the window/);
});
