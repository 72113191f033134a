// Every tab and state of the page as a screen reader and a keyboard meet it: axe finds nothing moderate or worse, in light and dark; at 320 px
// nothing is cut off; what is chosen is seen in forced colours.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { test } from "node:test";
import { demoPages } from "./demo-pages.js";

const pages = demoPages();
const AXE = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const TABS = ["models", "images", "videos", "speech", "transcribe", "music", "search", "doctor", "usage"];

/** What another colour scheme can break. */
const COLOUR_RULES = ["color-contrast", "link-in-text-block"];

/** @returns {Promise<string[]>} what is wrong, where */
async function findings(page, state, runOnly = TAGS) {
  await page.evaluate(() => Promise.all(document.getAnimations().filter((animation) => Number.isFinite(animation.effect?.getComputedTiming().endTime)).map((animation) => animation.finished.catch(() => {}))));
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(AXE);
  const { violations } = await page.evaluate((tags) => globalThis.axe.run(document, { runOnly: tags, resultTypes: ["violations"] }), runOnly);
  return violations.filter(({ impact }) => impact !== "minor").flatMap(({ id, impact, nodes }) => nodes.map(({ target, any, html }) => `${state}: ${id} (${impact}) at ${target}: ${any[0]?.message ?? html.slice(0, 120)}`));
}

/** By every rule in light, by those of colours in dark. */
async function findingsInBoth(page, state) {
  const found = await findings(page, state);
  await page.emulateMedia({ colorScheme: "dark" });
  assert.equal(await page.evaluate(() => matchMedia("(prefers-color-scheme: dark)").matches), true);
  found.push(...(await findings(page, `${state}, dark`, COLOUR_RULES)));
  await page.emulateMedia({ colorScheme: "light" });
  return found;
}

/** @type {[string, (view: Awaited<ReturnType<typeof pages.open>>) => Promise<unknown>][]} each goes on from the one before */
const CHAT_STATES = [
  ["welcome", async () => {}],
  ["an answer", async ({ say, settled }) => (await say("Write a loop in code that prints a stream and compare it in a table"), settled())],
  ["a folded message", async ({ say, settled }) => (await say("Line\n".repeat(30)), settled())],
  ["reasoning, open", async ({ play, settled, last }) => (await play("reasoning"), await settled(), last.locator("summary").click())],
  ["an error, open", async ({ play, settled, last }) => (await play("stream-error"), await settled(), last.locator(".card.error summary").click())],
  ["a refusal", async ({ play, settled }) => (await play("refusal"), settled())],
  ["an image", async ({ play, settled }) => (await play("image"), settled())],
  ["a call that was cut", async ({ play, settled }) => (await play("truncated"), settled())],
  ["a call that waits", async ({ say, settled }) => (await say("What is 2 + 3?"), settled())],
  ["a call that was allowed", async ({ page, settled }) => (await page.getByRole("button", { name: "Allow", exact: true }).click(), await page.locator(".tool-result").waitFor(), settled())],
  ["versions", async ({ page, settled, last }) => (await last.locator("[data-action=retry]").click(), await page.getByText("2 / 2").waitFor(), settled())],
  ["a deletion that can be taken back", async ({ page }) => (await page.locator(".question").last().hover(), await page.locator(".question [data-action=remove]").last().click(), page.locator(".toast").waitFor())],
  ["files", async ({ page }) => (await page.setInputFiles("#attach-file", [{ name: "a.txt", mimeType: "text/plain", buffer: Buffer.from("words") }]), page.waitForSelector(".tray .attachment:not(.reading)"))],
  ["trouble with a file", async ({ page }) => (await page.setInputFiles("#attach-file", [{ name: "a.zip", mimeType: "application/zip", buffer: Buffer.from([0, 255]) }]), page.waitForSelector("#composer-trouble:visible"))],
  ["editing", async ({ page }) => (await page.locator(".question").first().hover(), page.locator(".question [data-action=edit]").first().click())],
  ["a chat's buttons", async ({ page }) => (await page.keyboard.press("Escape"), await page.locator(".history-row").first().hover(), page.locator(".history-more").first().click())],
  ["renaming", async ({ page }) => page.getByRole("button", { name: "Rename" }).click()],
  ["events", async ({ page }) => (await page.keyboard.press("Escape"), await page.click("#events-toggle"), page.locator("#event-list summary").first().click())],
  ["settings", async ({ page }) => page.click("#settings")],
  ["the choice of a model", async ({ page }) => (await page.keyboard.press("Escape"), await page.click("#model"), page.waitForSelector(".pick"))],
  ["code", async ({ page }) => (await page.keyboard.press("Escape"), await page.locator("[data-action=code]").last().click(), page.waitForSelector(".code-dialog .hljs-keyword"))],
];

test("the chat in each of its states, in light and dark", async () => {
  const view = await pages.open({ query: "?pace=0", context: { colorScheme: "light", bypassCSP: true, viewport: { width: 1280, height: 800 } } });
  const found = [];
  for (const [state, enter] of CHAT_STATES) {
    await enter(view);
    found.push(...(await findingsInBoth(view.page, state)));
  }
  assert.deepEqual([...new Set(found)], []);
});

test("the other tabs before and after, in light and dark", async () => {
  const { page, problems } = await pages.open({ query: "?pace=0", context: { colorScheme: "light", bypassCSP: true, viewport: { width: 1280, height: 800 } } });
  const found = [];
  for (const name of TABS) {
    await page.click(`#tab-${name}`);
    const panel = page.locator(`#panel-${name}`);
    await panel.locator(".sheet-head").waitFor();
    await page.waitForFunction((id) => !document.querySelector(`#panel-${id} [aria-busy=true]`), name);
    found.push(...(await findingsInBoth(page, name)));
    if (name === "models") await panel.locator("summary").click();
    if (name === "transcribe") await panel.getByLabel("A test tone").check();
    if (name === "doctor") await panel.getByRole("button", { name: "Put a broken one there" }).click();
    const start = panel.locator("form.task button[type=submit]");
    if ((await start.count()) > 0) {
      await start.first().click();
      await panel.locator(".results > *").first().waitFor();
      if (name === "videos") await panel.locator("video").waitFor();
      await page.waitForFunction((id) => !document.querySelector(`#panel-${id} form[aria-busy=true]`), name);
      found.push(...(await findingsInBoth(page, `${name}, after`)));
    }
  }
  // Only a management key may ask for the credits.
  problems.splice(0, Infinity, ...problems.filter((problem) => !/status of 403/.test(problem)));
  assert.deepEqual([...new Set(found)], []);
});

test("on a phone: the drawer, a chat, a dialog and the pages beside it", async () => {
  const { page, say, settled, problems } = await pages.open({ query: "?pace=0", context: { bypassCSP: true, viewport: { width: 390, height: 780 }, hasTouch: true, isMobile: true } });
  const found = [];
  await say("Hello");
  await settled();
  found.push(...(await findings(page, "chat")));
  await page.click("#rail-toggle");
  await page.waitForFunction(() => document.querySelector("#rail").getBoundingClientRect().left === 0);
  assert.equal(await page.evaluate(() => document.activeElement.id), "new-chat");
  found.push(...(await findings(page, "drawer")));
  await page.keyboard.press("Escape");
  assert.equal(await page.evaluate(() => document.activeElement.id), "rail-toggle");
  await page.click("#settings");
  found.push(...(await findings(page, "settings")));
  await page.goto(`${pages.demo.url}/about.html`);
  found.push(...(await findings(page, "about")));
  problems.splice(0, Infinity, ...problems.filter((problem) => !/status of 403/.test(problem)));
  assert.deepEqual([...new Set(found)], []);
});

test("at 320 px nothing is cut off: chat, drawer, dialogs and every tab", async () => {
  const { page, play, settled, problems } = await pages.open({ query: "?pace=0", context: { viewport: { width: 320, height: 640 } } });
  const over = () => page.evaluate(() => [...document.querySelectorAll("body *")].filter((node) => node.checkVisibility() && node.getBoundingClientRect().right > innerWidth + 1 && !node.closest("pre, .table, .table-scroll, .unseen, .text, .tabs, .setting > span, svg")).map((node) => `${node.tagName}.${node.className}`));
  for (const id of ["plain", "truncated", "stream-error"]) {
    await play(id);
    await settled();
  }
  assert.deepEqual(await over(), [], "chat");
  for (const opener of ["#settings", "#model"]) {
    await page.click(opener);
    assert.deepEqual(await over(), [], opener);
    await page.keyboard.press("Escape");
  }
  for (const name of TABS) {
    await page.click(`#tab-${name}`);
    await page.locator(`#panel-${name} .sheet-head`).waitFor();
    assert.deepEqual(await over(), [], name);
  }
  await page.waitForSelector(".tile");
  problems.splice(0, Infinity, ...problems.filter((problem) => !/status of 403/.test(problem)));
});

test("in forced colours the chosen tab and connection differ from the others", async () => {
  const { page } = await pages.open({ context: { forcedColors: "active", viewport: { width: 1280, height: 800 } } });
  const colours = await page.evaluate(() => {
    const tab = (id) => getComputedStyle(document.getElementById(id), "::after").backgroundColor;
    const side = (value) => getComputedStyle(document.querySelector(`input[value=${value}] + span`)).backgroundColor;
    return { tabs: [tab("tab-chat"), tab("tab-models")], sides: [side("simulator"), side("openrouter")] };
  });
  assert.notEqual(colours.tabs[0], colours.tabs[1]);
  assert.notEqual(colours.sides[0], colours.sides[1]);
});

test("by the keyboard alone: from the first key to an answer, its tools, another tab and back", async () => {
  const { page, settled } = await pages.open({ context: { viewport: { width: 1280, height: 800 } } });
  const first = await page.evaluate(() => [...document.querySelectorAll("a, button, input")].find((node) => node.checkVisibility()).textContent);
  assert.match(first, /Skip to the message/);
  await page.locator(".skip").first().focus();
  assert.match(await page.evaluate(() => document.activeElement.textContent), /Skip to the message/);
  await page.keyboard.press("Enter");
  await page.keyboard.type("Hello");
  await page.keyboard.press("Enter");
  await settled();
  await page.keyboard.press("Shift+Tab");
  const seen = new Set();
  for (let at = 0; at < 12; at++) {
    seen.add(await page.evaluate(() => document.activeElement.dataset.action ?? document.activeElement.id));
    await page.keyboard.press("Shift+Tab");
  }
  for (const action of ["copy", "retry", "code", "remove", "edit"]) assert.ok(seen.has(action), `${action} can be reached: ${[...seen]}`);
  await page.focus("#tab-chat");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Tab");
  assert.ok(await page.evaluate(() => document.activeElement.closest("#panel-models") !== null));
});

test("each thing to press is 24 px or more, in every tab", async () => {
  const { page, play, settled, problems } = await pages.open({ query: "?pace=0", context: { viewport: { width: 1280, height: 900 } } });
  await play("stream-error");
  await settled();
  const small = () =>
    page.evaluate(() =>
      [...document.querySelectorAll("button, select, summary, input, [role=tab], a.primary")]
        .filter((node) => node.checkVisibility() && !node.disabled)
        // A box with a label is as large as its label.
        .map((node) => ({ node, box: (node.closest("label") ?? node).getBoundingClientRect() }))
        .filter(({ box }) => box.width > 0 && (box.width < 24 || box.height < 23.5))
        .map(({ node, box }) => `${node.tagName} ${node.id || node.className} ${Math.round(box.width)}x${Math.round(box.height)}`),
    );
  assert.deepEqual(await small(), [], "chat");
  for (const name of TABS) {
    await page.click(`#tab-${name}`);
    await page.locator(`#panel-${name} .sheet-head`).waitFor();
    assert.deepEqual(await small(), [], name);
  }
  await page.waitForSelector(".tile");
  problems.splice(0, Infinity, ...problems.filter((problem) => !/status of 403/.test(problem)));
});
