// What goes along with a message: files, settings, budgets, tools, the choice of a model; and the code of what was sent.
import assert from "node:assert/strict";
import { test } from "node:test";
import { demoPages } from "./demo-pages.js";
import { newChat, says } from "./support.js";

const pages = demoPages();
const { open } = pages;
const PNG = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==", "base64");
const file = (name, mimeType, buffer) => ({ name, mimeType, buffer: Buffer.from(buffer) });

/** The request of the last answer, as the event log has it. */
async function request(page) {
  if (await page.isHidden("#events")) await page.click("#events-toggle");
  const row = page.locator('#event-list [data-type="request"]').last();
  await row.locator("summary").click();
  return JSON.parse(await row.locator("pre").innerText());
}

/** @param {import("playwright-core").Page} page @param {(dialog: import("playwright-core").Locator) => Promise<void>} fill */
async function settings(page, fill) {
  await page.click("#settings");
  const dialog = page.getByRole("dialog", { name: "Settings of this chat" });
  await fill(dialog);
  await dialog.getByRole("button", { name: "Save" }).click();
  await dialog.waitFor({ state: "detached" });
}

test("files by the button: image, PDF, audio and text, with size and cost, shown in the message and sent as parts", async () => {
  const { page, say, settled, last } = await open();
  const wav = Buffer.alloc(44 + 8000);
  wav.write("RIFF", 0), wav.writeUInt32LE(36 + 8000, 4), wav.write("WAVEfmt ", 8), wav.writeUInt32LE(16, 16), wav.writeUInt16LE(1, 20), wav.writeUInt16LE(1, 22), wav.writeUInt32LE(8000, 24), wav.writeUInt32LE(8000, 28), wav.writeUInt16LE(1, 32), wav.writeUInt16LE(8, 34), wav.write("data", 36), wav.writeUInt32LE(8000, 40);
  await page.setInputFiles("#attach-file", [file("dot.png", "image/png", PNG), file("paper.pdf", "application/pdf", "%PDF-1.4 x"), file("tone.wav", "audio/wav", wav), file("notes.md", "text/markdown", "word ".repeat(400))]);
  await page.waitForSelector(".tray .attachment:nth-child(4):not(.reading)");
  const chips = await page.locator(".tray .attachment").allInnerTexts();
  assert.match(chips[0], /dot\.png\s+70 bytes · ≈ 1 tokens · ≈ \$0\.0000030/);
  assert.match(chips[1], /paper\.pdf\s+10 bytes · tokens known after the answer/);
  assert.match(chips[2], /tone\.wav\s+8 KiB · 1\.0 s · ≈ 32 tokens[^]*does not hear audio/);
  assert.match(chips[3], /notes\.md\s+2 KiB · ≈ \d+ tokens · ≈ \$0\.00/);
  await page.getByRole("button", { name: "Remove tone.wav" }).click();
  await say("What is this?");
  await settled();
  assert.equal(await page.locator(".tray .attachment").count(), 0);
  assert.equal(await page.locator(".question .sent-files li").count(), 3);
  assert.equal(await page.locator(".question img").evaluate((image) => image.decode().then(() => image.naturalWidth)), 1);
  assert.match(await last.locator(".prose").innerText(), /1 image and 1 file|I can see/);
  const { messages } = await request(page);
  assert.deepEqual(messages[0].content.map(({ type }) => type), ["text", "image_url", "file", "text"]);
  assert.equal(messages[0].content[2].file.filename, "paper.pdf");
  await page.reload();
  await page.waitForSelector(".question img");
});

test("files by paste and by drop; what cannot be sent is told", async () => {
  const { page } = await open();
  const give = (selector, kind) =>
    page.locator(selector).evaluate((node, kind) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File(["some words"], "pasted.txt", { type: "text/plain" }));
      if (kind === "paste") node.dispatchEvent(new ClipboardEvent("paste", { clipboardData: transfer, bubbles: true, cancelable: true }));
      else for (const type of ["dragover", "drop"]) node.dispatchEvent(new DragEvent(type, { dataTransfer: transfer, bubbles: true, cancelable: true }));
    }, kind);
  await give("#prompt", "paste");
  await page.waitForSelector(".tray .attachment:nth-child(1):not(.reading)");
  await give("#conversation", "drop");
  await page.waitForSelector(".tray .attachment:nth-child(2):not(.reading)");
  assert.ok(await page.isEnabled("#send"), "files alone can be sent");
  await page.setInputFiles("#attach-file", [file("archive.zip", "application/zip", [0x50, 0x4b, 0, 0xff])]);
  await page.locator("#composer-trouble").getByText("archive.zip cannot be sent: images (PNG, JPEG, WebP, GIF), PDF, audio and text can.").waitFor();
  await page.setInputFiles("#attach-file", [file("broken.png", "image/png", "no image")]);
  await page.locator("#composer-trouble").getByText("broken.png is no image").waitFor();
  assert.equal(await page.locator(".tray .attachment").count(), 2);
});

test("system prompt, temperature and output limit are sent, counted on the button and kept with the chat", async () => {
  const { page, say, settled, verdict } = await open();
  await settings(page, async (dialog) => {
    await dialog.getByLabel("System prompt").fill("Answer in one word.");
    await dialog.getByLabel("Temperature").fill("0.2");
    await dialog.getByLabel("Longest answer, tokens").fill("5");
  });
  assert.equal(await page.innerText("#settings-count"), "3");
  await say("Hello");
  await settled();
  assert.equal(await verdict(), "length");
  const sent = await request(page);
  assert.deepEqual([sent.messages[0], sent.temperature, sent.max_completion_tokens], [{ role: "system", content: "Answer in one word." }, 0.2, 5]);
  await page.reload();
  await page.waitForSelector(".verdict");
  assert.equal(await page.innerText("#settings-count"), "3");
  await newChat(page);
  assert.ok(await page.isHidden("#settings-count"), "a new chat begins without them");
});

test("with a schema the answer is an object, shown as one; a schema that is none is not kept", async () => {
  const { page, say, settled, last } = await open();
  await page.click("#settings");
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Schema of the answer").fill("{ nonsense");
  await dialog.getByRole("button", { name: "Save" }).click();
  assert.match(await dialog.getByRole("alert").innerText(), /This is no JSON/);
  await dialog.getByRole("button", { name: "Put an example there" }).click();
  await dialog.getByRole("button", { name: "Save" }).click();
  await say("The largest city of Portugal is Lisbon, with 545000 people");
  await settled();
  assert.equal(await last.locator(".object-verdict").innerText(), "valid JSON");
  const value = JSON.parse(await last.locator(".code code").innerText());
  assert.equal(typeof value.city, "string");
  assert.equal(value.population, 545000);
});

test("a budget stops: nothing is sent once it is used up, and the way out is offered", async () => {
  const { page, say, settled } = await open();
  await say("Hello");
  await settled();
  await settings(page, (dialog) => dialog.getByLabel("Budget of this chat, USD").fill("0.0001"));
  await says(page, "#spent", /This chat \$0\.00\d+ of \$0\.00010/);
  await say("And more");
  await page.locator(".toast").getByText("The budget of this chat is used up").waitFor();
  assert.equal(await page.inputValue("#prompt"), "And more", "the message is not lost");
  assert.equal(await page.locator(".question").count(), 1);
  await page.locator(".toast").getByRole("button", { name: "Change it" }).click();
  await page.getByRole("dialog").getByLabel("Budget of this chat, USD").fill("1");
  await page.getByRole("dialog").getByRole("button", { name: "Save" }).click();
  await page.press("#prompt", "Enter");
  await page.waitForSelector(".question:nth-of-type(3)");
  await settled();
});

test("a budget that the answer would break ends it in the engine, told as that", async () => {
  const { page, say, settled, last, verdict } = await open();
  await settings(page, (dialog) => dialog.getByLabel("Budget of a day, USD").fill("0.0000001"));
  await say("Hello");
  await settled();
  assert.equal(await verdict(), "error");
  assert.match(await last.locator(".card.error").innerText(), /The budget is used up/);
  await last.getByRole("button", { name: "Change the budget" }).click();
  await page.getByRole("dialog").getByLabel("Budget of a day, USD").fill("");
  await page.getByRole("dialog").getByRole("button", { name: "Save" }).click();
  await last.getByRole("button", { name: "Retry" }).click();
  await last.getByText("2 / 2").waitFor();
  await settled();
  assert.equal(await verdict(), "complete");
});

const TOOLS = [
  ["What is 17.5% of 2,480?", "calculator", "434"],
  ["Run `let n = 0; for (let i = 1; i <= 10; i++) n += i; return n` for me", "run_javascript", "55"],
  ["Run `while (true) {}` for me", "run_javascript", "stopped: it had not ended after 3 s"],
  ["Run `fetch('https://example.com').then(() => 'reached', () => 'refused')` for me", "run_javascript", "refused"],
  ["Run `typeof document + typeof parent + self.origin` for me", "run_javascript", "undefinedundefinednull"],
  ["What time is it in Tokyo?", "clock", /GMT\+09:00/],
];
for (const [question, tool, result] of TOOLS) {
  test(`tools: "${question}" waits, runs when it is allowed, and goes back to the model`, async () => {
    const { page, say, settled, last, problems } = await open();
    await say(question);
    await settled();
    const card = page.locator(".tool");
    assert.equal(await card.locator("header code").innerText(), tool);
    assert.equal(await last.locator(".verdict").innerText(), "waits for you");
    await card.getByRole("button", { name: "Allow", exact: true }).click();
    await page.waitForSelector(".answer:nth-of-type(3)");
    await settled();
    const shown = await card.locator(".tool-result dd").allInnerTexts();
    assert.ok(shown.some((text) => (result instanceof RegExp ? result.test(text) : text === result)), shown.join("\n"));
    assert.match(await last.locator(".prose").innerText(), new RegExp(`${tool} said`));
    assert.equal(await page.locator("iframe").count(), 0, "the frame is gone");
    // The policy that refused the request has said so.
    if (/fetch/.test(question)) problems.splice(0);
  });
}

test("tools: the text of a page is read, without its scripts; a page that cannot be had is told to the model", async () => {
  const { page, say, settled, problems } = await open();
  await say(`What does ${pages.demo.url}/about.html say?`);
  await settled();
  await page.getByRole("button", { name: "Allow", exact: true }).click();
  await page.waitForSelector(".answer:nth-of-type(3)");
  await settled();
  assert.match(await page.locator(".tool .tool-result").innerText(), /About this page[^]*The simulator|About this page[^]*Simulator/i);
  await say(`What does ${pages.demo.url}/app.css say?`);
  await settled();
  await page.getByRole("button", { name: "Allow", exact: true }).click();
  await page.waitForSelector(".answer:nth-of-type(6)");
  await settled();
  assert.match(await page.locator(".tool").last().innerText(), /failed[^]*app\.css/);
  problems.splice(0, Infinity, ...problems.filter((problem) => !/404|CORS|Access-Control|ERR_FAILED/.test(problem)));
});

test("tools: denied is denied; always is for the chat; a new message answers an open call with a no", async () => {
  const { page, say, settled, last } = await open();
  await say("What is 2 + 3?");
  await settled();
  await page.getByRole("button", { name: "Deny" }).click();
  await page.waitForSelector(".answer:nth-of-type(3)");
  await settled();
  assert.equal(await page.locator(".tool .badge").first().innerText(), "denied");
  assert.match(await last.locator(".prose").innerText(), /did not allow/);

  await say("What is 4 + 5?");
  await settled();
  await page.getByRole("button", { name: "Always in this chat" }).click();
  await page.waitForSelector(".answer:nth-of-type(6)");
  await settled();
  await say("What is 6 + 7?");
  await page.waitForSelector(".answer:nth-of-type(9)");
  await settled();
  assert.equal(await page.locator(".tool").last().locator(".tool-result dd").innerText(), "13");

  await say("What time is it?");
  await settled();
  // Told when it is stored.
  await page.waitForFunction(() => /wants to use a tool/.test(document.querySelector("#status").textContent));
  await page.reload();
  await page.locator(".tool").last().getByRole("button", { name: "Allow", exact: true }).waitFor();
  await say("Never mind");
  await settled();
  assert.equal(await page.locator(".tool").last().locator(".badge").innerText(), "denied");
});

test("the choice of a model: by words, free alone, favourites, the keyboard, and any id", async () => {
  const { page, model } = await open();
  await page.click("#model");
  const dialog = page.getByRole("dialog", { name: "Choose a model" });
  await dialog.locator(".pick").nth(3).waitFor();
  assert.match(await dialog.locator(".pick").first().innerText(), /Claude Sonnet 4\.5\s*in use/);
  await dialog.getByRole("button", { name: "Free", exact: true }).click();
  assert.ok((await dialog.locator(".pick small").allInnerTexts()).every((text) => text.startsWith("free")));
  await dialog.getByRole("button", { name: /^Favourite: / }).first().click();
  const liked = await dialog.locator(".pick code").first().innerText();
  await dialog.getByRole("button", { name: "Free", exact: true }).click();
  await dialog.getByRole("button", { name: "Favourites" }).click();
  assert.deepEqual(await dialog.locator(".pick code").allInnerTexts(), [liked]);
  await dialog.getByRole("button", { name: "Favourites" }).click();
  await dialog.getByLabel("Search models").fill("gpt-5 mini");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await dialog.waitFor({ state: "detached" });
  assert.match(await model(), /^openai\/gpt-5-mini/);
  await page.click("#model");
  await dialog.getByLabel("Search models").fill("some/new-model");
  await page.keyboard.press("Enter");
  assert.equal(await model(), "some/new-model");
  assert.equal(await page.evaluate(() => document.activeElement.id), "model", "the focus comes back");
});

test("a model that does not exist is told as that, with another one offered in place of a retry", async () => {
  const { page, say, settled, last } = await open();
  await page.click("#model");
  await page.getByLabel("Search models").fill("nobody/nothing-9");
  await page.getByRole("button", { name: "Use nobody/nothing-9" }).click();
  await say("Hello");
  await settled();
  assert.match(await last.locator(".card.error").innerText(), /There is no such model/);
  assert.equal(await last.getByRole("button", { name: "Retry" }).count(), 0);
  await last.getByRole("button", { name: "Choose another model" }).click();
  await page.getByRole("dialog", { name: "Choose a model" }).waitFor();
});

test("show the code: our package, fetch and curl, as it was sent", async () => {
  const { page, say, settled, last } = await open();
  await say("It's me");
  await settled();
  await last.locator("[data-action=code]").click();
  const dialog = page.getByRole("dialog", { name: "The code of this request" });
  assert.match(await dialog.locator("pre").innerText(), /import \{ OpenRouter \} from "openrouter-wasm";[^]*client\.chat\([^]*It's me/);
  await page.getByRole("tab", { name: "openrouter-wasm" }).focus();
  await page.keyboard.press("ArrowRight");
  assert.match(await dialog.locator("pre").innerText(), /fetch\("https:\/\/openrouter\.ai\/api\/v1\/chat\/completions"[^]*Bearer \$\{process\.env\.OPENROUTER_API_KEY\}[^]*stream: true/);
  await page.keyboard.press("ArrowRight");
  assert.match(await dialog.locator("pre").innerText(), /^curl -N 'https:\/\/openrouter\.ai[^]*Bearer \$OPENROUTER_API_KEY[^]*It'\\''s me/);
  assert.ok(!(await dialog.innerText()).includes("any-key-will-do"));
});
