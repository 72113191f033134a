// Chats that stay: kept in the browser, branched, edited, deleted and put back, found, renamed, exported, imported; and a reload in mid-stream.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { demoPages } from "./demo-pages.js";
import { newChat, says } from "./support.js";

const pages = demoPages();
const { open } = pages;
const titles = (page) => page.locator("#history .history-open .title").allInnerTexts();
const toast = (page) => page.locator(".toast").last();
/** A tool of the message under the pointer. */
async function use(article, action) {
  await article.hover();
  await article.locator(`[data-action=${action}]`).click();
}
const ready = (page) => page.waitForSelector("body[data-ready]");

test("a reload comes back to the chat: messages, receipt and cost", async () => {
  const { page, say, settled, last, verdict, numbers } = await open();
  await say("Hello there");
  await settled();
  const before = [await last.locator(".prose").innerText(), (await numbers()).cost, await page.innerText("#spent")];
  assert.match(before[2], /^This chat \$0\.00\d+ · today \$0\.00\d+$/);
  await page.reload();
  await ready(page);
  await page.waitForSelector(".verdict");
  assert.equal(await page.locator(".question p").innerText(), "Hello there");
  assert.deepEqual([await last.locator(".prose").innerText(), (await numbers()).cost, await page.innerText("#spent")], before);
  assert.equal(await verdict(), "complete");
  assert.deepEqual(await titles(page), ["Hello there"]);
});

test("a reload in mid-stream loses nothing that had arrived, and says that it was left", async () => {
  const { page, say, last, settled, verdict } = await open({ query: "?pace=25" });
  await say("Write a loop in code that prints a stream");
  await page.waitForFunction(() => (document.querySelector(".prose")?.textContent?.length ?? 0) > 60);
  // Read in the same turn in which the page is told to go: what stands there then is what has to be there afterwards.
  const seen = await page.evaluate(() => {
    const text = document.querySelector(".prose").textContent;
    location.reload();
    return text;
  });
  await page.waitForFunction(() => !document.querySelector(".prose[data-live]") && document.body.dataset.ready !== undefined && document.querySelector(".verdict"));
  assert.equal(await verdict(), "left");
  const kept = await last.locator(".prose").evaluate((node) => node.textContent);
  assert.ok(kept.startsWith(seen.slice(0, -2)), `${kept}\n--- should begin with\n${seen}`);
  assert.match(await last.innerText(), /The page was left while this was being written/);
  await last.getByRole("button", { name: "Answer again", exact: true }).click();
  await last.getByText("2 / 2").waitFor();
  await settled();
  assert.equal(await verdict(), "complete");
});

test("a reload in mid-stream keeps the thoughts, an image at once, and what was written and waits", async () => {
  const { page, play, last } = await open({ query: "?pace=200" });
  await play("image");
  await page.waitForFunction(() => (document.querySelector(".answer .prose")?.textContent ?? "").length > 2);
  await page.fill("#prompt", "And the next question");
  await page.press("#prompt", "Enter");
  await page.waitForSelector("#waiting-message:visible");
  await page.fill("#prompt", "half a senten");
  // No draft has room for an image: it is kept when it comes, before the next piece (200 ms).
  await page.evaluate(() => new MutationObserver(() => document.querySelector(".answer img") && setTimeout(() => location.reload(), 100)).observe(document.querySelector("#feed"), { subtree: true, childList: true }));
  await page.waitForEvent("load");
  await page.waitForFunction(() => document.body.dataset.ready !== undefined && document.querySelector(".verdict"));
  assert.equal(await last.locator("img").count(), 1);
  assert.equal(await page.inputValue("#prompt"), "And the next question\n\nhalf a senten");
  await page.reload();
  await ready(page);
  assert.equal(await page.inputValue("#prompt"), "And the next question\n\nhalf a senten", "as often as one likes");
  await page.fill("#prompt", "");
  await page.reload();
  await ready(page);
  assert.equal(await page.inputValue("#prompt"), "");

  await newChat(page);
  await play("reasoning");
  await page.waitForFunction(() => (document.querySelector(".thoughts")?.textContent ?? "").length > 60);
  const thoughts = await page.evaluate(() => {
    const text = document.querySelector(".thoughts").textContent;
    location.reload();
    return text;
  });
  await page.waitForFunction(() => document.body.dataset.ready !== undefined && document.querySelector(".verdict"));
  const kept = await last.locator(".thoughts").evaluate((node) => node.textContent);
  assert.ok(kept.startsWith(thoughts.trim()), `${kept}\n--- should begin with\n${thoughts}`);
});

test("files that were attached and not sent are there after a reload", async () => {
  const { page } = await open();
  await page.setInputFiles("#attach-file", [{ name: "notes.txt", mimeType: "text/plain", buffer: Buffer.from("words") }]);
  await page.locator(".tray .attachment", { hasText: "notes.txt" }).waitFor();
  await page.fill("#prompt", "What is in it?");
  await page.reload();
  await ready(page);
  await page.locator(".tray .attachment", { hasText: "notes.txt" }).waitFor();
  assert.equal(await page.inputValue("#prompt"), "What is in it?");
});

test("an answer made again is a branch; the first one is a press away, also after a reload", async () => {
  const { page, say, settled, last } = await open();
  await say("One");
  await settled();
  await use(last, "retry");
  await last.getByText("2 / 2").waitFor();
  await settled();
  assert.equal(await page.locator(".answer").count(), 1);
  await use(last, "before");
  await last.getByText("1 / 2").waitFor();
  await says(page, "#status", "Version 1 of 2.");
  assert.equal(await page.evaluate(() => document.activeElement.dataset.action), "after", "the focus stays on the switch");
  await page.reload();
  await ready(page);
  await last.getByText("1 / 2").waitFor();
});

test("a message is edited as a branch, with what followed it kept", async () => {
  const { page, say, settled } = await open();
  await say("First question");
  await settled();
  await say("Second question");
  await settled();
  const first = page.locator(".question").first();
  await use(first, "edit");
  const field = page.getByLabel("The message, edited");
  assert.equal(await field.inputValue(), "First question");
  await field.fill("Another question");
  await field.press("Enter");
  await first.getByText("2 / 2").waitFor();
  await settled();
  assert.deepEqual(await page.locator(".question p").allInnerTexts(), ["Another question"]);
  await use(first, "before");
  await first.getByText("1 / 2").waitFor();
  assert.deepEqual(await page.locator(".question p").allInnerTexts(), ["First question", "Second question"]);
});

test("Escape leaves an edit as it was", async () => {
  const { page, say, settled } = await open();
  await say("First question");
  await settled();
  await use(page.locator(".question"), "edit");
  await page.keyboard.type(" and more");
  await page.keyboard.press("Escape");
  assert.equal(await page.locator(".question p").innerText(), "First question");
  assert.equal(await page.evaluate(() => document.activeElement.dataset.action), "edit");
});

test("what is deleted goes with what follows it, and Undo brings it back", async () => {
  const { page, say, settled } = await open();
  await say("One");
  await settled();
  await say("Two");
  await settled();
  await use(page.locator(".question").first(), "remove");
  await page.waitForSelector("#welcome:visible");
  assert.equal(await page.locator(".question").count(), 0);
  await toast(page).getByRole("button", { name: "Undo" }).click();
  await page.waitForSelector(".answer:nth-of-type(4)");
  assert.deepEqual(await page.locator(".question p").allInnerTexts(), ["One", "Two"]);
});

test("a message is copied, an answer with its Markdown", async () => {
  const { page, say, settled, last } = await open({ context: { permissions: ["clipboard-read", "clipboard-write"] } });
  await say("Compare the simulated with the real thing");
  await settled();
  const clipboard = () => page.evaluate(() => navigator.clipboard.readText());
  await use(page.locator(".question"), "copy");
  assert.equal(await clipboard(), "Compare the simulated with the real thing");
  await use(last, "copy");
  assert.match(await clipboard(), /\| streams \| yes \| yes \|/);
  assert.equal(await last.locator("[data-action=copy]").innerText(), "Copied");
});

test("a long message is folded, and unfolds", async () => {
  const { page, say, settled } = await open();
  await say(Array.from({ length: 40 }, (_, at) => `Line ${at}`).join("\n"));
  await settled();
  const paragraph = page.locator(".question p.folded");
  const folded = await paragraph.evaluate((node) => [node.clientHeight, node.scrollHeight]);
  assert.ok(folded[0] < folded[1] / 2, `${folded}`);
  const toggle = page.getByRole("button", { name: /^Show all \d+ characters$/ });
  assert.equal(await toggle.getAttribute("aria-expanded"), "false");
  await toggle.click();
  assert.equal(await page.locator(".question p.folded").count(), 0);
});

test("chats are listed, searched by what was said in them, renamed, opened and deleted", async () => {
  const { page, say, settled } = await open();
  await say("Tell me of lighthouses");
  await settled();
  await newChat(page);
  assert.equal(await page.evaluate(() => document.activeElement.id), "prompt");
  await say("Tell me of harbours");
  await settled();
  assert.deepEqual(await titles(page), ["Tell me of harbours", "Tell me of lighthouses"]);
  await page.fill("#history-search", "LIGHTHOUSES");
  await page.waitForFunction(() => document.querySelectorAll("#history .history-open").length === 1);
  await page.fill("#history-search", "nothing of the kind");
  await page.getByText("No chat has these words.").waitFor();
  await page.fill("#history-search", "");
  await page.waitForFunction(() => document.querySelectorAll("#history .history-open").length === 2);

  await page.getByRole("button", { name: "Tell me of lighthouses" }).first().click();
  await page.locator(".question p").getByText("Tell me of lighthouses").waitFor();
  const row = page.locator(".history-row", { hasText: "lighthouses" });
  await row.hover();
  await row.getByRole("button", { name: "What to do with Tell me of lighthouses" }).click();
  await row.getByRole("button", { name: "Rename" }).click();
  await page.getByLabel("The name of the chat").fill("Lights");
  await page.keyboard.press("Enter");
  await page.locator("#history").getByText("Lights", { exact: true }).waitFor();

  const renamed = page.locator(".history-row", { hasText: "Lights" });
  await renamed.hover();
  await renamed.getByRole("button", { name: "What to do with Lights" }).click();
  await renamed.getByRole("button", { name: "Delete" }).click();
  await page.waitForFunction(() => document.querySelectorAll("#history .history-open").length === 1);
  // The chat that was open is gone.
  await page.waitForSelector("#welcome:visible");
  await toast(page).getByRole("button", { name: "Undo" }).click();
  await page.locator("#history").getByText("Lights", { exact: true }).waitFor();
});

test("a chat is exported as JSON and Markdown, and imported again", async () => {
  const { page, say, settled } = await open();
  await say("What is to be kept?");
  await settled();
  const row = page.locator(".history-row");
  const save = async (name) => {
    const [file] = await Promise.all([page.waitForEvent("download"), row.getByRole("button", { name }).click()]);
    return { name: file.suggestedFilename(), text: await readFile(await file.path(), "utf8") };
  };
  await row.hover();
  await row.getByRole("button", { name: /^What to do/ }).click();
  const json = await save("JSON"), markdown = await save("Markdown");
  assert.deepEqual([json.name, markdown.name], ["what-is-to-be-kept.json", "what-is-to-be-kept.md"]);
  assert.match(markdown.text.replace(/^<!-- chat-.* -->\n+/gm, ""), /^# What is to be kept\?\n[^]*## You\n\nWhat is to be kept\?\n\n## anthropic\/claude-sonnet-4\.5\n/);
  await page.setInputFiles("#history-file", { name: "chat.json", mimeType: "application/json", buffer: Buffer.from(json.text) });
  await page.waitForFunction(() => document.querySelectorAll("#history .history-open").length === 2);
  assert.match(await toast(page).innerText(), /The chat is here/);
  const answer = await page.locator(".answer .prose").innerText();
  await page.setInputFiles("#history-file", { name: "chat.md", mimeType: "text/markdown", buffer: Buffer.from(markdown.text) });
  await page.waitForFunction(() => document.querySelectorAll("#history .history-open").length === 3);
  await page.waitForSelector(".answer .prose");
  assert.deepEqual([await page.locator(".question p").allInnerTexts(), await page.locator(".answer .prose").innerText()], [["What is to be kept?"], answer]);
  await page.setInputFiles("#history-file", { name: "list.md", mimeType: "text/markdown", buffer: Buffer.from("# Milk") });
  await toast(page).getByText("list.md: This file holds no chat").waitFor();
  await page.setInputFiles("#history-file", { name: "no.json", mimeType: "application/json", buffer: Buffer.from("{}") });
  await toast(page).getByText("no.json: This file holds no chats").waitFor();
});

test("Enter while an answer is on its way: the message waits, is shown, and is sent at the end", async () => {
  const { page, say, settled } = await open({ query: "?pace=60" });
  await say("First");
  await page.waitForSelector(".prose[data-live]");
  await say("Second");
  await page.locator("#waiting-message").getByText("Second").waitFor();
  await says(page, "#status", /Your message waits/);
  assert.equal(await page.locator(".question").count(), 1);
  await page.waitForSelector(".question:nth-of-type(3)");
  assert.ok(await page.isHidden("#waiting-message"));
  await settled();
  assert.deepEqual(await page.locator(".question p").allInnerTexts(), ["First", "Second"]);
  assert.equal(await page.locator(".verdict").first().getAttribute("data-verdict"), "complete");
});

test("who stops the answer gets a waiting message back", async () => {
  const { page, say } = await open({ query: "?pace=100" });
  await say("First");
  await page.waitForSelector(".prose[data-live]");
  await say("Second");
  await page.keyboard.press("Escape");
  await page.waitForSelector('.answer[aria-busy="false"]');
  await page.waitForFunction(() => document.querySelector("#prompt").value === "Second");
  assert.equal(await page.locator(".question").count(), 1);
});

test("a stopped answer gets its tokens and its cost once the bill is there", async () => {
  const { page, say, settled, numbers, verdict } = await open({ query: "?pace=100" });
  await say("Hello");
  await page.waitForFunction(() => (document.querySelector(".prose")?.textContent?.length ?? 0) > 20);
  await page.click("#stop");
  await settled();
  assert.equal(await verdict(), "aborted");
  await page.waitForFunction(() => /\$0\.0/.test(document.querySelector(".numbers").textContent));
  const { in: read, out, cost } = await numbers();
  assert.ok(Number(read) > 0 && Number(out) > 0, `${read} ${out}`);
  assert.match(cost, /^\$0\.00\d+$/);
  await page.waitForFunction(() => /^This chat \$0\.00\d/.test(document.querySelector("#spent").textContent));
});

test("where the browser keeps nothing, the page says so and chats all the same", async () => {
  const route = (page) => page.addInitScript(() => (IDBFactory.prototype.open = () => { throw new DOMException("not in this mode", "SecurityError"); }));
  const { page, say, settled, verdict } = await open({ route });
  await toast(page).getByText("Your chats cannot be kept in this browser: not in this mode").waitFor();
  await say("Hello");
  await settled();
  assert.equal(await verdict(), "complete");
  await newChat(page);
  await page.getByRole("button", { name: "Hello" }).first().click();
  await page.locator(".question p").getByText("Hello").waitFor();
});

test("a storage that is full is told once, and the conversation goes on", async () => {
  const { page, say, settled, verdict } = await open();
  await page.evaluate(() => (IDBObjectStore.prototype.put = () => { throw new DOMException("no room left", "QuotaExceededError"); }));
  await say("Hello");
  await settled();
  assert.equal(await verdict(), "complete");
  await say("Again");
  await page.waitForSelector(".question:nth-of-type(3)");
  await settled();
  assert.equal(await page.locator(".toast", { hasText: "no room left" }).count(), 1);
});
