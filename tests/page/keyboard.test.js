// The page by the keyboard alone, in every tab: each control is reached once and in its order, is seen when it has the focus, and lets go of it;
// dialogs, lists and what was deleted give the focus to where one goes on.
import assert from "node:assert/strict";
import { test } from "node:test";
import { demoPages } from "./demo-pages.js";
import { OPENROUTER_MISSED, withoutOpenRouter } from "./support.js";

const pages = demoPages();
const TABS = ["chat", "models", "images", "videos", "speech", "transcribe", "music", "search", "doctor", "usage"];
/** More than any tab has. */
const MOST_KEYS = 150;

const forgive = (problems) => problems.splice(0, Infinity, ...problems.filter((problem) => !/status of 403/.test(problem)));
const focused = (page) => page.evaluate(() => document.activeElement.id || document.activeElement.getAttribute("aria-label") || document.activeElement.dataset.action || document.activeElement.dataset.focus || document.activeElement.textContent.trim());

/** What the tab key has to come to, in the order of the document; of radio buttons the chosen one. */
function stops() {
  globalThis.marks ??= new Map();
  const all = [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex='0']")];
  return all
    .filter((node) => node.checkVisibility({ visibilityProperty: true }) && !node.disabled && node.tabIndex >= 0 && !(node.type === "radio" && !node.checked))
    .map((node) => {
      if (!globalThis.marks.has(node)) globalThis.marks.set(node, globalThis.marks.size);
      return `${globalThis.marks.get(node)} ${node.tagName} ${node.id || node.getAttribute("aria-label") || node.textContent.trim().slice(0, 30)}`;
    });
}

/** The one that has the focus: whether it can be seen and pressed, and whether it looks otherwise without it. */
async function look(page, session) {
  const found = await page.evaluate(() => {
    const node = document.activeElement;
    if (!node || node === document.body) return undefined;
    // The smallest thing around it that is drawn: of a radio button its label, of the message field its frame.
    const drawn = node.closest("label") ?? node.closest(".composer") ?? node;
    const { x, y, width, height } = drawn.getBoundingClientRect();
    const own = node.getBoundingClientRect();
    const at = document.elementFromPoint(own.x + own.width / 2, own.y + Math.min(own.height / 2, 20));
    return { mark: globalThis.marks.get(node), isCovered: !(at && (node.contains(at) || at.contains(node) || node.closest("label")?.contains(at))), clip: { x: Math.max(0, x - 4), y: Math.max(0, y - 4), width: Math.min(innerWidth - Math.max(0, x - 4), width + 8), height: Math.min(innerHeight - Math.max(0, y - 4), height + 8) } };
  });
  if (!found) return undefined;
  // By the protocol itself: what Playwright does around a picture (fonts, styles of its own, a frame before and behind) takes five times as long.
  const image = async () => (await session.send("Page.captureScreenshot", { clip: { ...found.clip, scale: 1 }, optimizeForSpeed: true })).data;
  const withFocus = await image();
  await page.evaluate(() => {
    globalThis.held = document.activeElement;
    globalThis.held.blur();
  });
  const without = await image();
  await page.evaluate(() => globalThis.held.focus({ preventScroll: true }));
  return { ...found, isSeen: withFocus !== without };
}

/** What a tab shows when its list has come. */
const LOADED = { models: ".catalog tbody tr", usage: ".tile" };

for (const [name, context] of /** @type {const} */ ([["wide", { viewport: { width: 1280, height: 800 } }], ["narrow, dark", { viewport: { width: 390, height: 780 }, colorScheme: "dark" }], ["forced colours", { viewport: { width: 1280, height: 800 }, forcedColors: "active" }]])) {
  test(`each control is reached, seen and left, ${name}`, { timeout: 360_000 }, async () => {
    const { page, say, settled, problems } = await pages.open({ query: "?pace=0", context });
    await say("Write a loop in code that prints a stream");
    await settled();
    await page.waitForSelector(".code .hljs-keyword");
    // A caret that blinks is no sign of the focus.
    await page.evaluate(() => {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync("* { caret-color: transparent !important; }");
      document.adoptedStyleSheets = [sheet];
    });
    const session = await page.context().newCDPSession(page);
    for (const tab of TABS) {
      await page.click(`#tab-${tab}`);
      if (tab !== "chat") await page.locator(`#panel-${tab} .sheet-head`).waitFor();
      // Lists that a tab loads have controls of their own.
      if (tab in LOADED) await page.waitForSelector(`#panel-${tab} ${LOADED[tab]}`);
      await page.waitForFunction((id) => !document.querySelector(`#panel-${id} [aria-busy=true]`), tab);
      await page.mouse.move(0, 0);
      // To where the page begins.
      await page.evaluate(() => {
        document.body.tabIndex = -1;
        document.body.focus();
        document.body.removeAttribute("tabindex");
      });
      const wanted = await page.evaluate(stops);
      const came = [], wrong = [];
      for (let keys = 0; keys < MOST_KEYS; keys++) {
        await page.keyboard.press("Tab");
        const found = await look(page, session);
        // The last one let go, or the first is there again.
        if (!found || found.mark === came[0]) break;
        came.push(found.mark);
        const words = wanted.find((line) => line.startsWith(`${found.mark} `)) ?? `${found.mark}`;
        if (found.isCovered) wrong.push(`${words} is covered`);
        if (!found.isSeen) wrong.push(`${words} looks the same with the focus`);
      }
      assert.deepEqual(came.map((mark) => wanted.find((line) => line.startsWith(`${mark} `))), wanted, tab);
      assert.deepEqual(wrong, [], tab);
    }
    forgive(problems);
  });
}

test("a dialog takes the focus, keeps it, and gives it back to what has opened it", async () => {
  const { page, say, settled } = await pages.open({ query: "?pace=0", context: { viewport: { width: 1280, height: 800 } } });
  await say("Hello");
  await settled();
  for (const opener of ["#settings", "#model", "#spent", ".answer [data-action=code]"]) {
    await page.focus(opener);
    await page.keyboard.press("Enter");
    await page.waitForSelector("dialog[open]");
    for (let keys = 0; keys < 60; keys++) {
      const isInside = await page.evaluate(() => document.activeElement === document.body || document.activeElement.closest("dialog") !== null);
      assert.ok(isInside, `${opener}: ${await focused(page)}`);
      await page.keyboard.press(keys < 50 ? "Tab" : "Shift+Tab");
    }
    await page.keyboard.press("Escape");
    await page.waitForSelector("dialog", { state: "detached" });
    assert.equal(await page.evaluate((selector) => document.activeElement.matches(selector), opener), true, `${opener}: ${await focused(page)}`);
  }
});

test("a model is chosen, a setting changed and the side switched without a pointer", async () => {
  const { page, model, problems } = await pages.open({ query: "?pace=0", route: withoutOpenRouter });
  await page.focus("#model");
  await page.keyboard.press("Enter");
  await page.waitForSelector(".pick");
  await page.keyboard.type("mini");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("Enter");
  assert.match(await model(), /mini/);
  await page.focus("#settings");
  await page.keyboard.press("Space");
  await page.keyboard.type("Be brief.");
  await page.keyboard.press("Tab");
  await page.keyboard.type("0.5");
  await page.keyboard.press("Enter");
  await page.waitForSelector("dialog", { state: "detached" });
  assert.equal(await page.innerText("#settings-count"), "2");
  await page.focus("input[name=connection]:checked");
  await page.keyboard.press("ArrowRight");
  await page.getByText("A real model answers, and your key pays for it.").waitFor();
  await page.keyboard.press("ArrowLeft");
  await page.getByText("The simulator answers").waitFor();
  problems.splice(0, Infinity, ...problems.filter((problem) => !OPENROUTER_MISSED.test(problem)));
});

test("the arrow keys, Home and End go through the tabs; the focus stays on their row", async () => {
  const { page, problems } = await pages.open({ query: "?pace=0" });
  await page.focus("#tab-chat");
  for (const [key, id] of [["ArrowRight", "tab-models"], ["End", "tab-usage"], ["ArrowRight", "tab-chat"], ["ArrowLeft", "tab-usage"], ["Home", "tab-chat"]]) {
    await page.keyboard.press(key);
    assert.equal(await focused(page), id);
    assert.equal(await page.getAttribute(`#${id}`, "aria-selected"), "true");
    assert.equal(await page.locator("[role=tabpanel]:visible").count(), 1);
  }
  await page.locator("#panel-usage").waitFor({ state: "hidden" });
  forgive(problems);
});

test("in the list of chats Escape, a name and a deletion leave the focus where one goes on", async () => {
  const { page, say, settled } = await pages.open({ query: "?pace=0", context: { viewport: { width: 1280, height: 800 } } });
  for (const text of ["One", "Two", "Three"]) {
    await page.click("#new-chat");
    await say(text);
    await settled();
  }
  const more = (text) => page.getByRole("button", { name: `What to do with ${text}` });
  await more("Two").focus();
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Rename" }).waitFor();
  assert.equal(await more("Two").evaluate((node) => node === document.activeElement && node.ariaExpanded), "true");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Rename" }).waitFor({ state: "detached" });
  assert.equal(await more("Two").evaluate((node) => node === document.activeElement), true, await focused(page));

  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Rename" }).press("Enter");
  await page.keyboard.type("Second");
  await page.keyboard.press("Enter");
  await more("Second").waitFor();
  await page.waitForFunction(() => document.activeElement.dataset.focus?.startsWith("more-"));
  assert.match(await focused(page), /^more-/);

  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Delete", exact: true }).press("Enter");
  await more("Second").waitFor({ state: "detached" });
  await page.waitForFunction(() => document.activeElement.dataset.focus?.startsWith("more-"));
  assert.equal(await more("One").evaluate((node) => node === document.activeElement), true, await focused(page));
  // The undo is one key away, wherever the focus is.
  await page.keyboard.press("Control+z");
  await more("Second").waitFor();
  assert.equal(await page.locator(".toast").count(), 0);
});

test("a message is edited, deleted and brought back by keys; in a text the same key is the text's own", async () => {
  const { page, say, settled } = await pages.open({ query: "?pace=0" });
  await say("One");
  await settled();
  await page.locator(".question [data-action=remove]").press("Enter");
  await page.waitForSelector("#welcome:visible");
  await page.fill("#prompt", "");
  await page.focus("#prompt");
  await page.keyboard.type("abc");
  await page.keyboard.press("Control+z");
  assert.equal(await page.locator(".question").count(), 0, "the field has the key while it has a text");
  await page.fill("#prompt", "");
  await page.keyboard.press("Control+z");
  await page.locator(".question").waitFor();
  assert.equal(await page.locator(".answer").count(), 1);
});

test("what was made can be reached and used: downloads, players, the doctor's copy", { timeout: 90_000 }, async () => {
  const { page, problems } = await pages.open({ query: "?pace=0" });
  for (const [tab, name] of [["images", "Download"], ["speech", "Download"], ["music", "Download"], ["doctor", "Copy"], ["search", "Copy"]]) {
    await page.focus("[role=tab][aria-selected=true]");
    await page.click(`#tab-${tab}`);
    const panel = page.locator(`#panel-${tab}`);
    await panel.locator(".sheet-head").waitFor();
    if (tab === "doctor") await panel.getByRole("button", { name: "Put a broken one there" }).press("Enter");
    await panel.locator("form.task button[type=submit]").press("Enter");
    await panel.locator(".results > *").first().waitFor();
    await page.waitForFunction((id) => !document.querySelector(`#panel-${id} form[aria-busy=true]`), tab);
    let reached = false;
    for (let keys = 0; keys < 40 && !reached; keys++) {
      await page.keyboard.press("Tab");
      reached = (await page.evaluate(() => document.activeElement.textContent.trim())) === name;
    }
    assert.ok(reached, `${tab}: ${name}`);
  }
  forgive(problems);
});
