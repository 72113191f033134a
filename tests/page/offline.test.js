// After a first visit the page works without a network: it opens, the simulator answers, and the chats are there.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startDemo } from "../../www/serve/demo-server.js";
import { launchChromium, openPage } from "./support.js";

let browser;
before(async () => (browser = await launchChromium()));
after(() => browser?.close());

test("opens without a network once it has been here, with its chats, its tabs and its simulator", { timeout: 60_000 }, async () => {
  const demo = await startDemo();
  const view = await openPage(browser, demo.url, { context: { serviceWorkers: "allow" } });
  const { page, say, settled, verdict } = view;
  try {
    await say("Said with a network");
    await settled();
    await page.evaluate(() => navigator.serviceWorker.ready.then(({ active }) => new Promise((resolve) => (active.state === "activated" ? resolve() : active.addEventListener("statechange", () => active.state === "activated" && resolve())))));
    // Not `setOffline`: whether a service worker's own requests end there too differs from browser to browser. A server that is gone is gone.
    await demo.close();
    await page.reload();
    await page.waitForSelector("body[data-ready]");
    assert.deepEqual(await page.locator(".question p").allInnerTexts(), ["Said with a network"]);
    await say("Write a loop in code that prints a stream");
    await page.waitForSelector(".question:nth-of-type(3)");
    await settled();
    assert.equal(await verdict(), "complete");
    await page.waitForSelector(".code .hljs-keyword");
    await page.click("#tab-images");
    await page.getByRole("button", { name: "Generate" }).click();
    await page.locator(".gallery img").waitFor();
    await page.context().setOffline(true);
    await page.waitForSelector("#offline:visible");
  } finally {
    await view.close();
  }
});

test("what the server has anew is what is shown, and the old files are thrown away", { timeout: 60_000 }, async () => {
  const demo = await startDemo();
  const view = await openPage(browser, demo.url, { context: { serviceWorkers: "allow" } });
  const { page } = view;
  try {
    await page.evaluate(() => navigator.serviceWorker.ready);
    await page.evaluate(() => caches.open("openrouter-demo-of-yesterday").then((cache) => cache.put("/app.js", new Response("throw 1"))));
    const [name] = await page.evaluate(async () => (await caches.keys()).filter((key) => key !== "openrouter-demo-of-yesterday"));
    // The cache says something else than the server.
    await page.evaluate((cacheName) => caches.open(cacheName).then((cache) => cache.put("/mark.svg", new Response("old"))), name);
    await page.reload();
    await page.waitForSelector("body[data-ready]");
    assert.match(await page.evaluate(() => fetch("/mark.svg").then((response) => response.text())), /^<svg/);
    assert.equal(await page.evaluate(() => fetch("/api/v1/models", { headers: { Authorization: "Bearer k" } }).then((response) => response.status)), 200);
    assert.deepEqual(await page.evaluate(async () => (await (await caches.open((await caches.keys())[0])).keys()).filter(({ url }) => /\/api\//.test(url)).length), 0, "answers are never kept");
  } finally {
    await view.close();
    await demo.close();
  }
});
