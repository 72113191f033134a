// The event log of the page.
import assert from "node:assert/strict";
import { test } from "node:test";
import { demoPages } from "./demo-pages.js";
import { until } from "./support.js";

const pages = demoPages();
let view;

const types = () => view.page.locator("#event-list details").evaluateAll((rows) => rows.map((row) => row.dataset.type));

test("is filled when it is opened, and goes on from there", async () => {
  view = await pages.open();
  const { page, play, settled } = view;
  await play("reasoning");
  await settled();
  assert.deepEqual(await types(), []);
  await page.click("#events-toggle");
  assert.equal(await page.getAttribute("#events-toggle", "aria-expanded"), "true");
  const seen = await types();
  assert.deepEqual([...new Set(seen)], ["request", "response-start", "reasoning-delta", "text-delta", "step-finish", "finish"]);
  assert.match(await page.locator('[data-type="finish"] time').innerText(), /^\+\d\.\d{3}$/);
  await page.locator('[data-type="finish"] summary').click();
  const finish = JSON.parse(await page.locator('[data-type="finish"] pre').innerText());
  assert.equal(finish.reason, "stop");
  assert.ok(finish.usage.cost > 0);

  await play("stream-error");
  await page.waitForSelector('#event-list [data-type="error"]');
  assert.equal((await types()).filter((type) => type === "request").length, 2);
  await until(async () => (await page.innerText("#event-count")) === String((await types()).length), "each event is counted");
  await page.keyboard.press("Escape");
  await page.click("#events-toggle");
  await page.focus("#event-list");
  await page.keyboard.press("Escape");
  assert.ok(await page.isHidden("#events"));
  assert.equal(await page.evaluate(() => document.activeElement.id), "events-toggle");
});

test("keeps the last 500, whether it is open or not", async () => {
  for (const openFirst of [false, true]) {
    view = await pages.open({ query: "?pace=0" });
    const { page, play, settled } = view;
    if (openFirst) await page.click("#events-toggle");
    for (let turn = 0; turn < 6; turn++) {
      await play("reasoning");
      await settled();
    }
    if (!openFirst) await page.click("#events-toggle");
    await page.waitForFunction(() => document.querySelector("#event-list").children.length === 500);
    assert.equal((await types()).at(-1), "finish");
    assert.equal(await page.innerText("#event-count"), "the last 500");
    assert.equal((await types()).filter((type) => type === "request").length, 5);
    if (!openFirst) await view.close();
  }
});

test("is copied as JSON lines, without the bytes of images, and cleared", async () => {
  view = await pages.open({ context: { permissions: ["clipboard-read", "clipboard-write"] } });
  const { page, play, settled } = view;
  await play("image");
  await settled();
  await page.click("#events-toggle");
  await page.click("#events-copy");
  await page.waitForFunction(() => document.querySelector("#events-copy").textContent === "Copied");
  const text = await page.evaluate(() => navigator.clipboard.readText());
  const events = text.split("\n").map((line) => JSON.parse(line));
  const image = events.find((event) => event.type === "image");
  assert.match(image.data, /^\([\d,]+ bytes\)$/);
  assert.match(image.url, /^data:image\/jpeg;base64,.+… \([\d,]+ characters\)$/);
  assert.ok(text.length < 40_000);
  await page.click("#events-clear");
  assert.deepEqual(await types(), []);
  assert.equal(await page.innerText("#event-count"), "0");
});

test("raw events are told on demand", async () => {
  view = await pages.open();
  const { page, play, settled } = view;
  await page.click("#events-toggle");
  await page.check("#raw-events");
  await play("refusal");
  await settled();
  await page.waitForSelector('#event-list [data-type="finish"]');
  assert.ok((await types()).includes("raw"));
});
