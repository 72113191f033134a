// The page with a key that the visitor pastes (sign-in.test.js: without one). OpenRouter is a simulator that the browser reaches under OpenRouter's name.
import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { startDemo } from "../../www/serve/demo-server.js";
import { launchChromium, openPage } from "./support.js";

const KEY = "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";
const OPENROUTER = "https://openrouter.ai/";

let demo, openrouter, browser, view;
before(async () => {
  [demo, openrouter, browser] = await Promise.all([startDemo(), startDemo({ simulator: { delayMs: 0, apiKeys: [KEY] } }), launchChromium()]);
});
after(async () => {
  await browser?.close();
  await openrouter?.close();
  await demo?.close();
});
beforeEach(() => openrouter.simulator.reset());
afterEach(() => view.close());

/** Whole answers only, since that is what a test can put in the place of a network; streaming is tested elsewhere. */
async function stand(page) {
  await page.route(`${OPENROUTER}**`, async (route) => {
    const request = route.request();
    const response = await fetch(request.url().replace(OPENROUTER, `${openrouter.url}/`), { method: request.method(), headers: request.headers(), body: request.postData() ?? undefined });
    await route.fulfill({ status: response.status, headers: Object.fromEntries(response.headers), body: Buffer.from(await response.arrayBuffer()) });
  });
}

async function open(options) {
  view = await openPage(browser, demo.url, { route: stand, ...options });
  await view.page.check("input[value=openrouter]", { force: true });
  await view.page.click("#paste > summary");
  return view;
}

const stored = (page) => page.evaluate(() => JSON.stringify([{ ...sessionStorage }, { ...localStorage }, document.cookie]));

test("asks for a key, takes a pasted one, sends it to OpenRouter and nowhere else, and keeps it in the field alone", async () => {
  const { page, last, say, settled, verdict, model } = await open();
  assert.equal(await model(), "openrouter/auto");
  await page.click("#model");
  await page.waitForFunction(() => document.querySelectorAll(".picker .pick").length > 3);
  await page.keyboard.press("Escape");
  await say("Hello");
  assert.ok(await page.isVisible("#key-missing"));
  assert.equal(await page.evaluate(() => document.activeElement.textContent), "Sign in with OpenRouter");
  assert.equal(await page.getAttribute("#key", "type"), "password");

  const carriers = [];
  page.on("request", (request) => {
    if (JSON.stringify([request.url(), request.headers(), request.postData()]).includes(KEY)) carriers.push(request.url());
  });
  await page.fill("#key", KEY);
  assert.ok(await page.isHidden("#key-missing"));
  await say("Hello");
  await settled();
  assert.equal(await verdict(), "complete");
  assert.deepEqual(carriers, [`${OPENROUTER}api/v1/chat/completions`]);
  const sent = openrouter.simulator.requests.find(({ path }) => path === "/chat/completions");
  assert.equal(sent.headers.authorization, `Bearer ${KEY}`);
  assert.ok(!(await stored(page)).includes(KEY));
  await page.click("#events-toggle");
  await page.locator('[data-type="request"] summary').click();
  assert.ok(!(await page.content()).includes(KEY));
  assert.match(await last.innerText(), /anthropic\/claude-sonnet-4\.5/);
});

test("remembers the key for the tab if that is wished, and forgets it again", async () => {
  const { page } = await open();
  await page.check("#remember");
  await page.fill("#key", KEY);
  assert.match(await stored(page), new RegExp(`^\\[{"openrouter-key":"${KEY}"},{},""\\]$`));
  await page.reload();
  await page.waitForSelector("body[data-ready]");
  assert.equal(await page.inputValue("#key"), KEY);
  await page.check("input[value=openrouter]", { force: true });
  await page.uncheck("#remember");
  assert.equal(await stored(page), '[{},{},""]');
});

test("a wrong key is told as such, and the key is not in what is told", async () => {
  const { page, last, say, settled, verdict } = await open();
  await page.fill("#key", `${KEY}wrong`);
  await say("Hello");
  await settled();
  assert.equal(await verdict(), "error");
  assert.match(await last.locator(".card.error").innerText(), /The key was not accepted[^]*auth · 401/);
  assert.ok(!(await last.innerText()).includes(KEY));
});

test("without a list of models any id may be typed, and the page says so", async () => {
  const { page, say, settled } = await open({ route: (page) => page.route(`${OPENROUTER}**`, (route) => route.abort()) });
  await page.waitForFunction(() => /could not be loaded/.test(document.querySelector("#model-hint").textContent));
  await page.fill("#key", KEY);
  await page.click("#model");
  await page.getByLabel("Search models").fill("some/model");
  await page.getByRole("button", { name: "Use some/model" }).click();
  await say("Hello");
  // Before output a failed connection is tried again; this visitor does not wait for that.
  await page.waitForSelector(".notice");
  await page.click("#stop");
  await settled();
  await page.click("#events-toggle");
  assert.match(await page.locator('[data-type="request"]').innerText(), /"model":"some\/model"/);
});

test("who answers is chosen with the arrow keys too, and a choice begins a new chat", async () => {
  const { page, say, settled } = await open();
  await page.check("input[value=simulator]", { force: true });
  await say("Hello");
  await settled();
  await page.focus("input[value=simulator]");
  await page.keyboard.press("ArrowRight");
  await page.waitForSelector("#key:visible");
  assert.equal(await page.locator(".answer").count(), 0);
  assert.equal(await page.evaluate(() => document.activeElement.value), "openrouter");
  await page.keyboard.press("ArrowLeft");
  await page.waitForSelector("#scenarios:visible");
});
