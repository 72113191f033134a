// The page is there before its program: what it paints first waits for HTML and styles alone, and these are few bytes beside a chat page's own.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { brotliCompressSync } from "node:zlib";
import { startDemo } from "../../www/serve/demo-server.js";
import { launchChromium } from "./support.js";

/** Of a connection of 1.6 Mbit/s in 0.1 s: the least connection that pages are judged by, and half of the 0.2 s. */
const MOST_BLOCKING_BYTES = 20_000;

let browser, demo;
before(async () => ([demo, browser] = await Promise.all([startDemo(), launchChromium()])));
after(() => Promise.all([browser?.close(), demo?.close()]));

test("the first paint waits for no script, and for few bytes", async () => {
  const page = await browser.newPage({ serviceWorkers: "block" });
  const held = [];
  // No script arrives before the end.
  await page.route(/\.js(\?|$)/, (route) => void held.push(route));
  await page.goto(`${demo.url}/`, { waitUntil: "commit" });
  await page.waitForFunction(() => performance.getEntriesByName("first-contentful-paint").length > 0, undefined, { timeout: 20_000 });
  assert.ok(held.length > 0, "its scripts are asked for");
  assert.equal(await page.getByRole("heading", { name: "Streaming, with a verdict." }).isVisible(), true);
  assert.equal(await page.getByRole("tab", { name: "Models" }).isVisible(), true);
  const blocking = await page.evaluate(() => performance.getEntriesByType("resource").filter(({ renderBlockingStatus }) => renderBlockingStatus === "blocking").map(({ name }) => name));
  assert.ok(blocking.length > 0 && blocking.every((name) => name.endsWith(".css")), blocking.join());
  const bodies = await Promise.all([`${demo.url}/`, ...blocking].map(async (address) => Buffer.from(await (await fetch(address)).arrayBuffer())));
  const bytes = bodies.reduce((sum, body) => sum + brotliCompressSync(body).length, 0);
  assert.ok(bytes > 1000 && bytes < MOST_BLOCKING_BYTES, `${bytes} bytes`);
  await Promise.all(held.map((route) => route.abort()));
  await page.close();
});
