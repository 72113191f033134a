// Models, search and usage on the page, against the simulator behind it; and the row of tabs itself.
import assert from "node:assert/strict";
import { test } from "node:test";
import { says } from "./support.js";
import { openTab, tabPages } from "./tab-pages.js";

const tabs = tabPages();
const button = (panel, name) => panel.getByRole("button", { name });
/** Only a management key may ask for the credits. The page says so, and the browser too. */
const CREDITS = /status of 403/;
const TABS = ["chat", "models", "images", "videos", "speech", "transcribe", "music", "search", "doctor", "usage"];

test("tabs: one is in the tab order, arrows go round, Home and End to the ends, and the address keeps the open one", async () => {
  const { page } = await tabs.open("models");
  const state = () => page.evaluate(() => [...document.querySelectorAll("[role=tab]")].map((tab) => [tab.id.slice(4), tab.ariaSelected, tab.tabIndex, document.getElementById(tab.getAttribute("aria-controls")).hidden]));
  const expected = (open) => TABS.map((name) => [name, String(name === open), name === open ? 0 : -1, name !== open]);
  assert.deepEqual(await state(), expected("models"));
  assert.equal(new URL(page.url()).hash, "#models");
  for (const [key, open] of [["ArrowRight", "images"], ["ArrowLeft", "models"], ["Home", "chat"], ["ArrowLeft", "usage"], ["ArrowRight", "chat"], ["End", "usage"]]) {
    await page.keyboard.press(key);
    assert.deepEqual(await state(), expected(open), key);
    assert.equal(await page.evaluate(() => document.activeElement.id), `tab-${open}`);
  }
  await page.reload();
  await page.waitForSelector("body[data-ready]");
  assert.deepEqual(await state(), expected("usage"));
  await page.waitForSelector(".tile");
  tabs.forgive(CREDITS);
});

for (const width of [360, 1280]) {
  test(`tabs: nothing is cut off at ${width} px`, async () => {
    const { page } = await tabs.open("models", { context: { viewport: { width, height: 740 } } });
    await page.waitForSelector(".catalog tbody tr");
    for (const name of TABS.slice(1)) {
      const panel = await openTab(page, name);
      const over = await panel.evaluate((node) => [document.documentElement.scrollWidth - innerWidth, node.scrollWidth - node.clientWidth]);
      assert.deepEqual(over, [0, 0], name);
      const unlabelled = await panel.evaluate((node) => [...node.querySelectorAll("input, select, textarea")].filter((field) => !field.labels?.length).map((field) => field.outerHTML));
      assert.deepEqual(unlabelled, [], name);
      const bounds = await page.locator(`#tab-${name}`).boundingBox();
      assert.ok(bounds.x >= 0 && bounds.x + bounds.width <= width + 1, `the open tab is in sight: ${name}`);
    }
    await page.waitForSelector(".tile");
    tabs.forgive(CREDITS);
  });
}

test("models: the catalog with prices a million, found by words and by what they can do, and taken into the chat", async () => {
  const { page, panel } = await tabs.open("models");
  const row = panel.locator("tr", { hasText: "anthropic/claude-sonnet-4.5" });
  await row.waitFor();
  assert.match((await row.innerText()).replaceAll(/\s+/g, " "), /Claude Sonnet 4\.5 .*1,000,000 3 15 tools\s?images\s?reasoning Chat/);
  const count = panel.locator("[role=status]").filter({ hasText: "model" }).first();
  const all = Number.parseInt(await count.innerText(), 10);
  assert.ok(all > 5);
  await panel.getByLabel("Search").fill("ANTHROPIC sonnet");
  const found = await panel.locator("tbody tr").count();
  assert.ok(found >= 1 && found < all);
  assert.match(await count.innerText(), new RegExp(`^${found} of ${all} models$`));
  await panel.getByLabel("Search").fill("");
  await panel.getByLabel("Free", { exact: true }).check();
  const free = await panel.locator("tbody tr").allInnerTexts();
  assert.ok(free.length >= 1 && free.every((text) => /free/.test(text)));
  await panel.getByLabel("Free", { exact: true }).uncheck();
  await button(row, "Chat with").click();
  assert.equal(await page.getAttribute("#tab-chat", "aria-selected"), "true");
  assert.equal(await page.getAttribute("#model", "data-model"), "anthropic/claude-sonnet-4.5");
});

test("models: a catalog that cannot be had is told, and may be asked for again", async () => {
  const remove = tabs.simulator.onRequest("GET /models", { status: 403 });
  const { panel } = await tabs.open("models");
  assert.match(await panel.locator(".card.error").innerText(), /forbidden · 403/);
  remove();
  tabs.forgive(CREDITS);
  await button(panel, "Reload").click();
  await panel.locator(".catalog tbody tr").first().waitFor();
  assert.equal(await panel.locator(".card.error").count(), 0);
});

test("models: a scan shows how far it is, ranks with reasons, and can be cancelled", async () => {
  const { page, panel } = await tabs.open("models");
  await panel.getByText("Scan for models that work").click();
  await panel.getByLabel("Free models alone").check();
  await button(panel, /^Scan$/).click();
  await panel.locator(".ranking").waitFor();
  const rows = await panel.locator(".ranking li").allInnerTexts();
  assert.ok(rows.length >= 1);
  assert.ok(rows.some((text) => /tool \d/.test(text)), rows.join("\n"));
  assert.ok(rows.every((text) => text.split("\n").length > 1), "each with its reasons");
  assert.match(await panel.locator(".ranking").innerText(), /\d+ models? probed: \d+ call tools/);
  await says(page, "#status", "The scan has ended.");

  const remove = tabs.simulator.onRequest("POST /chat/completions", { delayMs: 8000 });
  await button(panel, /^Scan$/).click();
  await panel.locator(".scan .going").getByText("Probing").waitFor();
  await button(panel, "Cancel").click();
  await panel.getByText("Cancelled.").waitFor();
  remove();
});

test("search: an answer with its sources, links that lead out, and the marks for models left out", async () => {
  const { panel } = await tabs.open("search");
  await panel.getByLabel("Query").fill("Lighthouses");
  await button(panel, "Search").click();
  const card = panel.locator(".card.made");
  await card.waitFor();
  const text = await card.innerText();
  assert.match(text, /^Lighthouses/);
  assert.ok(!/<<<|UNTRUSTED/.test(text), text);
  const links = await card.locator("a").evaluateAll((nodes) => nodes.map(({ href, target, rel }) => ({ href, target, rel })));
  assert.ok(links.length >= 1);
  for (const { href, target, rel } of links) {
    assert.match(href, /^https?:/);
    assert.equal(target, "_blank");
    assert.match(rel, /noopener noreferrer/);
  }
  assert.equal(tabs.simulator.requests.at(-1).body.model, "perplexity/sonar-pro");
});

test("usage: what the key has left, and what this page has spent, by kind", async () => {
  const { page, panel } = await tabs.open("usage");
  await panel.getByLabel("Free requests today", { exact: true }).waitFor();
  assert.equal(await panel.getByLabel("Credits", { exact: true }).count(), 0, "no tile without a number");
  assert.match(await panel.innerText(), /The credits of the account are at openrouter\.ai\/settings\/credits/);
  assert.match(await panel.getByLabel("Key budget", { exact: true }).innerText(), /no limit/);
  assert.match(await panel.innerText(), /Nothing was sent yet/);

  await page.click("#tab-chat");
  await page.fill("#prompt", "Hello");
  await page.press("#prompt", "Enter");
  await page.waitForSelector(".verdict");
  await openTab(page, "usage");
  const costs = panel.locator(".costs");
  assert.match((await costs.innerText()).replaceAll(/\s+/g, " "), /Chats 1 \$0\.0\d+ Together 1 \$0\.0\d+/);
  await panel.locator("[aria-busy=false]").first().waitFor();
  tabs.forgive(CREDITS);
});

test("usage: a chat that was stopped is billed as far as it had come, and its bill is asked for", async () => {
  const { page, panel } = await tabs.open("usage", { query: "?pace=30" });
  await page.click("#tab-chat");
  await page.fill("#prompt", "Hello");
  await page.press("#prompt", "Enter");
  await page.waitForFunction(() => (document.querySelector(".prose")?.textContent?.length ?? 0) > 20);
  await page.click("#stop");
  await page.waitForSelector("[data-verdict=aborted]");
  await openTab(page, "usage");
  await panel.locator(".costs").getByText(/\$0\.0/).first().waitFor();
  assert.match((await panel.locator(".costs").innerText()).replaceAll(/\s+/g, " "), /Chats 1 \$0\.0\d+ Together 1 \$0\.0\d+/);
  tabs.forgive(CREDITS);
});

test("usage: whoever signs in there comes back there, named, and may sign out", async () => {
  const { page, panel } = await tabs.open("usage");
  tabs.forgive(CREDITS);
  await button(panel, "Sign in").click();
  await page.click("#allow");
  await page.waitForSelector("body[data-ready]");
  assert.equal(await page.getAttribute("#tab-usage", "aria-selected"), "true");
  await panel.getByText("user_simulator").waitFor();
  await panel.getByText(/Key sk-or-v1-/).waitFor();
  await button(panel, "Sign out").click();
  await button(panel, "Sign in").waitFor();
  await panel.getByText(/Key any\.\.\.do/).waitFor();
  tabs.forgive(CREDITS);
});
