// The page as the Worker serves it, in Chromium: the engine in workerd and the engine in the page, one behind the other.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { startDemo } from "../../www/serve/demo-server.js";
import { launchChromium, newChat, openPage, until } from "./support.js";
import { startWorker } from "./worker-runtime.js";

const KEY = "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";
const BUILD = fileURLToPath(new URL("../../www/worker/build.js", import.meta.url));

let upstream, worker, browser, folder;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "openrouter-wasm-page-"));
  await promisify(execFile)(process.execPath, [BUILD, folder]);
  [upstream, browser] = await Promise.all([startDemo({ simulator: { apiKeys: [KEY] } }), launchChromium()]);
  worker = await startWorker({ OPENROUTER_API_KEY: KEY, OPENROUTER_BASE_URL: `${upstream.url}/api/v1`, MODELS: "anthropic/claude-sonnet-4.5,openai/gpt-4o-mini", VISITOR_USD_A_DAY: "1" }, folder);
});
after(async () => {
  await browser?.close();
  await worker?.close();
  await upstream?.close();
  await rm(folder, { recursive: true, force: true });
});

test("a chat through the Worker streams, goes on, and shows no key", async () => {
  const answers = [];
  const view = await openPage(browser, worker.url, { route: async (page) => page.on("response", (response) => answers.push(response)) });
  const { page, last, problems, say, settled, verdict, numbers } = view;
  assert.ok(await page.isChecked("input[value=worker]"), "it is there, so it is taken");
  assert.match((await page.request.get(worker.url)).headers()["content-security-policy"], /wasm-unsafe-eval/);
  await page.click("#model");
  await page.locator(".picker .pick").nth(1).waitFor();
  assert.deepEqual(await page.locator(".picker .pick").allInnerTexts(), ["anthropic/claude-sonnet-4.5\nin use", "openai/gpt-4o-mini"]);
  await page.keyboard.press("Escape");
  assert.ok(await page.isHidden("#attach"), "a Worker takes text alone");

  upstream.simulator.enqueue({ reasoning: "First this.", text: "One two three **four** five six seven eight nine ten", chunkDelayMs: 200 });
  await say("Count");
  await page.waitForSelector(".prose[data-live]");
  await settled();
  assert.equal(await verdict(), "complete");
  assert.equal(await last.locator(".prose").innerText(), "One two three four five six seven eight nine ten");
  assert.equal(await last.locator(".thoughts").textContent(), "First this.");
  assert.match((await numbers()).cost, /^\$/);

  // Before the answer begins nothing is busy.
  const begun = (/** @type {number} */ count) => page.waitForFunction((least) => document.querySelectorAll(".answer").length >= least, count);
  await say("Go on");
  await begun(2);
  await settled();
  assert.deepEqual(upstream.simulator.requests.findLast(({ path }) => path === "/chat/completions").body.messages.map(({ role }) => role), ["user", "assistant", "user"]);

  upstream.simulator.enqueue({ status: 402 });
  await say("And now?");
  await begun(3);
  await settled();
  assert.match(await last.locator(".card.error").innerText(), /The credits are used up[^]*payment-required · 402/);

  const seen = await Promise.all(answers.map((response) => response.text().catch(() => "")));
  assert.ok(!seen.join().includes(KEY.slice(9)));
  // A refusal has its status now, which a browser tells its console.
  assert.deepEqual(problems.filter((problem) => !/status of 402/.test(problem)), []);
  await view.close();
});

test("an answer goes on when its page is reloaded, and is whole in the end; it was asked for once", async () => {
  const view = await openPage(browser, worker.url);
  const { page, last, say, settled, verdict } = view;
  const asked = () => upstream.simulator.requests.filter(({ path }) => path === "/chat/completions").length;
  const before = asked(), words = Array.from({ length: 60 }, (_, at) => `w${at}`);
  upstream.simulator.enqueue({ text: words.map((word) => `${word} `), chunkDelayMs: 100 });
  await say("A long one");
  for (const least of [" w4 ", " w12 "]) {
    await page.waitForFunction((text) => document.querySelector(".answer:last-of-type .prose")?.textContent?.includes(text), least);
    await page.reload();
  }
  const shown = async () => (await last.locator(".prose").innerText()).trim().split(/\s+/);
  await page.waitForFunction((text) => document.querySelector(".answer:last-of-type .prose")?.textContent?.includes(text), words.at(-1));
  await settled();
  assert.deepEqual([await verdict(), await shown(), asked() - before], ["complete", words, 1]);
  // Whole, it is a message like any other.
  await page.reload();
  await settled();
  assert.deepEqual(await shown(), words);
  assert.deepEqual(view.problems, []);
  await view.close();
});

test("an answer whose run is kept no more is told as one that was left, with what had arrived", async () => {
  const view = await openPage(browser, worker.url);
  const { page, last, say, settled } = view;
  upstream.simulator.enqueue({ text: Array.from({ length: 100 }, (_, at) => `w${at} `), stallAfterChunks: 8 });
  await say("A long one");
  await page.waitForFunction(() => document.querySelector(".answer:last-of-type .prose")?.textContent?.includes(" w4 "));
  await page.route("**/v1/runs/**", (route) => route.fulfill({ status: 404, contentType: "application/json", body: '{"error":{"message":"There is no such run","type":"not_found_error","code":"run_not_found"}}' }));
  await page.reload();
  await page.locator(".aside.stopped").waitFor();
  await settled();
  assert.match(await last.innerText(), /w0 w1 w2 w3 w4[^]*The page was left while this was being written/);
  await view.close();
});

test("the Worker answers chats alone, and the other tabs say so; there is no sign-in where nobody plays it", async () => {
  const view = await openPage(browser, worker.url);
  const { page } = view;
  await page.click("#tab-images");
  assert.match(await page.innerText("#panel-images"), /The Worker answers chats alone/);
  assert.equal(await page.locator("#rehearsal").count(), 0);
  await page.check("input[value=simulator]", { force: true });
  await page.locator("#panel-images").getByLabel("Prompt").waitFor();
  assert.deepEqual(view.problems, []);
  await view.close();
});

test("the frames of the tools have their own rules there, too", async () => {
  const view = await openPage(browser, worker.url);
  const { page, say, settled } = view;
  await page.check("input[value=simulator]", { force: true });
  for (const [question, result] of [["Run `6 * 7` for me", /42/], [`What does ${worker.url}/about.html say?`, /About this page/]]) {
    await newChat(page);
    await say(question);
    await settled();
    await page.locator(".tool").getByRole("button", { name: "Allow", exact: true }).click();
    await page.locator(".tool-result").waitFor();
    assert.match(await page.locator(".tool-result").innerText(), result);
    await settled();
  }
  assert.deepEqual(view.problems, []);
  await view.close();
});

test("a visitor who presses stop ends the request to OpenRouter", async () => {
  const view = await openPage(browser, worker.url);
  const { page, say, settled, verdict } = view;
  upstream.simulator.enqueue({ text: "word ".repeat(200), chunkDelayMs: 100 });
  await say("Talk");
  await page.waitForSelector(".prose[data-live]");
  await page.click("#stop");
  await settled();
  assert.equal(await verdict(), "aborted");
  const request = upstream.simulator.requests.findLast(({ path }) => path === "/chat/completions");
  await until(() => request.aborted, "the simulator has noticed");
  assert.equal(request.finished, false);
  assert.deepEqual(view.problems, []);
  await view.close();
});
