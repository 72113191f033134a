// Each scenario of the page ends as its title says.
import assert from "node:assert/strict";
import { test } from "node:test";
import { demoPages } from "./demo-pages.js";
import { openPage, watchStates } from "./support.js";

const pages = demoPages();
let view;

const WRITING = '.tool[data-state="writing"] dd', COUNTDOWN = ".notice[data-live] b";
/** @typedef {Awaited<ReturnType<typeof openPage>> & { passed: Awaited<ReturnType<typeof watchStates>> }} View  and what passed since it was played */
/** @type {Record<string, (view: View) => Promise<void>>} */
const OUTCOMES = {
  async plain({ last, settled, verdict }) {
    await settled();
    assert.equal(await verdict(), "complete");
    assert.equal(await last.locator("li").count(), 3);
    assert.match(await last.locator(".code code").innerText(), /^const run = client\.chat/);
    assert.match(await last.locator(".prose").innerText(), /looks like one that is complete\.$/);
  },
  async reasoning({ last, settled, verdict, numbers }) {
    await settled();
    assert.equal(await verdict(), "complete");
    assert.match(await last.locator(".thoughts").textContent(), /0\.05 \+ 1\.05 = 1\.10/);
    assert.match(await last.locator(".prose").innerText(), /^Five cents\./);
    assert.ok(Number((await numbers()).reasoning) > 20);
  },
  async "tool-call"({ page, last, settled, verdict, passed }) {
    await settled();
    assert.deepEqual(await passed.seen(), [WRITING], "the arguments were shown while they came");
    assert.equal(await verdict(), "complete");
    assert.match(await last.locator(".ending").innerText(), /tool-calls/);
    const card = page.locator(".tool");
    assert.deepEqual(await card.locator("dt").allInnerTexts(), ["code"]);
    assert.equal(await card.locator(".badge").innerText(), "waits for you");
    assert.equal(await last.locator(".verdict").innerText(), "waits for you", "it is not complete: somebody has to decide");
    await card.getByRole("button", { name: "Allow", exact: true }).click();
    await page.waitForSelector(".answer:nth-of-type(3)");
    await settled();
    assert.equal(await card.locator(".badge").innerText(), "run in this page");
    assert.equal(await card.locator(".tool-result dd").innerText(), "1229");
    assert.match(await last.locator(".prose").innerText(), /^There are 1,229 of them\./);
    assert.equal(await page.locator(".approval:visible").count(), 0);
    assert.equal(await page.locator(".answer").first().locator(".verdict").innerText(), "complete");
  },
  async truncated({ page, last, settled, verdict }) {
    await settled();
    assert.equal(await verdict(), "length");
    assert.equal(await last.locator(".tool .badge").innerText(), "truncated – not run");
    assert.match(await last.locator(".tool pre").innerText(), /Please bring$/);
    assert.equal(await page.locator(".actions").count(), 0);
  },
  async image({ last, settled, verdict }) {
    await settled();
    assert.equal(await verdict(), "complete");
    const size = await last.locator(".image img").evaluate((image) => image.decode().then(() => [image.naturalWidth, image.naturalHeight]));
    assert.deepEqual(size, [720, 420]);
    assert.match(await last.locator(".ending").innerText(), /google\/gemini-2\.5-flash-image/);
  },
  async bytes({ last, settled, verdict }) {
    await settled();
    assert.equal(await verdict(), "complete");
    assert.match(await last.locator(".prose").innerText(), /grüß dich · Olá, manhã · Привет · Γειά σου · 你好 · こんにちは · 안녕하세요 · שלום · नमस्ते · 👋🏽 🧑‍🚀 🇵🇹/);
  },
  async "rate-limit"({ last, settled, verdict, passed }) {
    await settled();
    const counted = (await passed.texts()).map(Number.parseFloat);
    assert.ok(counted.length > 1 && counted[0] <= 2 && counted.every((seconds, at) => at === 0 || seconds < counted[at - 1]), `counts down: ${counted}`);
    assert.match(await last.locator(".notice").innerText(), /^rate-limit 429\s*Attempt 1 was turned away; sent again after 2\.0 s\.$/);
    assert.equal(await verdict(), "complete");
  },
  async refusal({ last, settled, verdict }) {
    await settled();
    assert.match(await last.locator(".card.refusal").innerText(), /The model refuses\s+I can't help/);
    assert.equal(await last.locator(".prose").count(), 0);
    assert.equal(await verdict(), "complete");
  },
  async "stream-error"({ page, last, settled, verdict }) {
    await settled();
    assert.equal(await verdict(), "error");
    const card = await last.locator(".card.error").innerText();
    assert.match(card, /Provider disconnected unexpectedly/);
    assert.match(card, /stream-error · 502/);
    assert.match(card, /received\s+\d+ characters of text/);
    assert.match(await last.locator(".prose").innerText(), /^The lighthouse keeper/);
    await last.locator(".card.error summary").click();
    assert.match(await last.locator(".card.error pre").innerText(), /"provider_name": "Anthropic"/);
    await page.getByRole("button", { name: "Retry" }).click();
    await last.getByText("2 / 2").waitFor();
    await settled();
    assert.equal(await verdict(), "complete");
    assert.equal(await page.getByRole("button", { name: "Retry" }).count(), 0);
    assert.equal(await page.locator(".question").count(), 1);
  },
  async cut({ last, settled, verdict }) {
    await settled();
    assert.equal(await verdict(), "cut");
    assert.match(await last.locator(".card.error").innerText(), /The connection broke before the end[^]*stream-cut[^]*worth retrying\s+yes/);
    assert.ok((await last.locator(".prose").innerText()).length > 100);
  },
  async stall({ last, settled, verdict }) {
    await settled();
    assert.equal(await verdict(), "timeout");
    assert.match(await last.locator(".card.error").innerText(), /It took too long\s+No byte came within 2\.5 s/);
    assert.ok((await last.locator(".prose").innerText()).length > 50);
  },
};

for (const [id, outcome] of Object.entries(OUTCOMES)) {
  test(id, async () => {
    // Arguments that all came between two frames are written at once.
    view = await pages.open({ query: id === "tool-call" ? "?pace=20" : "?pace=4" });
    const passed = await watchStates(view.page, [WRITING], COUNTDOWN);
    await view.play(id);
    await outcome({ ...view, passed });
  });
}

test("there is no scenario without a test", async () => {
  view = await pages.open();
  const ids = await view.page.locator("[data-scenario]").evaluateAll((nodes) => nodes.map((node) => node.dataset.scenario));
  assert.deepEqual(ids.toSorted(), Object.keys(OUTCOMES).toSorted());
});

test("a scenario that begins while another runs takes its place", async () => {
  view = await pages.open({ query: "?pace=30" });
  const { page, play, settled, verdict } = view;
  await play("rate-limit");
  await page.waitForSelector(".notice[data-live]");
  await play("refusal");
  await page.waitForSelector(".card.refusal");
  await settled();
  assert.equal(await page.locator(".answer").first().locator(".verdict").getAttribute("data-verdict"), "aborted");
  assert.equal(await verdict(), "complete");
});
