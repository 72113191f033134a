// What users stumbled over in the tabs: results out of sight, words of the API, files of another kind; and the code of each request.
import assert from "node:assert/strict";
import { test } from "node:test";
import { openTab, tabPages } from "./tab-pages.js";

const tabs = tabPages();
const button = (panel, name) => panel.getByRole("button", { name, exact: true });

const STARTS = { images: "Generate", speech: "Generate", music: "Generate", search: "Search", videos: "Submit" };

test("at 1280 px what has come is in sight at once, without scrolling", async () => {
  const { page } = await tabs.open("images", { context: { viewport: { width: 1280, height: 800 } } });
  for (const [name, start] of Object.entries(STARTS)) {
    const panel = await openTab(page, name);
    await button(panel, start).click();
    const result = panel.locator(".results > *").first();
    await result.waitFor();
    await page.waitForFunction((id) => !document.querySelector(`#panel-${id} form[aria-busy=true]`), name);
    const { top, bottom } = await result.evaluate((node) => ({ top: node.getBoundingClientRect().top, bottom: Math.min(node.getBoundingClientRect().bottom, node.getBoundingClientRect().top + 200) }));
    assert.ok(top >= 90 && bottom <= 800, `${name}: ${top} to ${bottom}`);
  }
});

test("the sources of a search are told once", async () => {
  const { panel } = await tabs.open("search");
  await button(panel, "Search").click();
  await panel.locator(".results article").waitFor();
  const addresses = await panel.locator(".results a").evaluateAll((links) => links.map(({ href }) => href));
  assert.ok(addresses.length > 0);
  assert.deepEqual(addresses, [...new Set(addresses)]);
});

const CALLS = { images: /client\.images\.generate\(\{[^]*prompt:/, speech: /client\.speech\.create\(\{[^]*input:/, music: /client\.music\.generate\(/, search: /client\.search\("How do lighthouses/, videos: /client\.videos\.submit\(/ };

test("each tab shows the code of its request: first the call, then, once it was sent, the wire", async () => {
  const { page } = await tabs.open("images");
  for (const [name, call] of Object.entries(CALLS)) {
    const panel = await openTab(page, name);
    await button(panel, "Show the code").click();
    const dialog = page.getByRole("dialog", { name: "The code of this request" });
    assert.match(await dialog.locator("pre").innerText(), call, name);
    assert.equal(await dialog.getByRole("tab").count(), 1, "nothing was sent yet");
    await page.keyboard.press("Escape");
  }
  const panel = await openTab(page, "images");
  await button(panel, "Generate").click();
  await panel.locator(".gallery img").waitFor();
  await page.waitForFunction(() => !document.querySelector("#panel-images form[aria-busy=true]"));
  await button(panel, "Show the code").click();
  await page.getByRole("tab", { name: "curl" }).click();
  assert.match(await page.getByRole("dialog").locator("pre").innerText(), /^curl -N 'https:\/\/openrouter\.ai\/api\/v1\/images' \\\n[^]*\$OPENROUTER_API_KEY[^]*A harbour at dusk/);
});

test("what no form asks for has its code, too: the catalog, the account", async () => {
  const { page } = await tabs.open("models");
  for (const [name, call, address] of [["models", /client\.models\.list\(\)/, /\/api\/v1\/models'/], ["usage", /client\.usage\(\)/, /\/api\/v1\/key'/]]) {
    const panel = await openTab(page, name);
    await page.waitForFunction((id) => document.querySelector(`#panel-${id} :is(tbody tr, .tile)`), name);
    await button(panel, "Show the code").last().click();
    const dialog = page.getByRole("dialog", { name: "The code of this request" });
    assert.match(await dialog.locator("pre").innerText(), call, name);
    await dialog.getByRole("tab", { name: "curl" }).click();
    assert.match(await dialog.locator("pre").innerText(), address, name);
    await page.keyboard.press("Escape");
  }
  tabs.forgive(/status of 403/);
});

test("a file of another kind is named, before anything is sent", async () => {
  const { page, panel } = await tabs.open("images");
  const text = { name: "notes.txt", mimeType: "text/plain", buffer: Buffer.from("words") };
  const before = tabs.simulator.requests.length;
  await panel.getByLabel("Input images").setInputFiles(text);
  await button(panel, "Generate").click();
  await panel.getByText("notes.txt is no image: choose a PNG, JPEG or WebP file.").waitFor();
  const videos = await openTab(page, "videos");
  await videos.getByLabel("First frame").setInputFiles(text);
  await button(videos, "Submit").click();
  await videos.getByText("notes.txt is no image").waitFor();
  const transcribe = await openTab(page, "transcribe");
  await transcribe.getByLabel("Recording").setInputFiles(text);
  await button(transcribe, "Transcribe").click();
  await transcribe.getByText("notes.txt is no recording").waitFor();
  assert.deepEqual(tabs.simulator.requests.slice(before).filter(({ method }) => method === "POST"), []);
});

test("a scan speaks to people: no options of the API, times once, numbers with separators; and its rows can be chatted with", async () => {
  const { page, panel } = await tabs.open("models");
  await panel.getByText("Scan for models that work").click();
  await button(panel, "Scan").click();
  await panel.locator(".ranking").waitFor();
  const text = await panel.locator(".ranking").innerText();
  assert.ok(!/probePaid|: true|sees images: \d|calls tools: \d/.test(text), text);
  assert.match(text, /\d{2,3},\d{3} tokens of context/);
  assert.ok(!/\d{5,}/.test(text), text);
  const row = panel.locator(".ranking li").first();
  const id = await row.locator("code").innerText();
  await row.getByRole("button", { name: `Chat with it: ${id}` }).click();
  assert.equal(await page.getAttribute("#tab-chat", "aria-selected"), "true");
  assert.equal(await page.getAttribute("#model", "data-model"), id);
  await page.click("#model");
  await page.locator(".pick").first().getByText("in use").waitFor();
});

test("doctor: each repair with its place and reason, the repaired transcript, and what is no transcript told as that", async () => {
  const { page, panel } = await tabs.open("doctor", { context: { permissions: ["clipboard-read", "clipboard-write"] } });
  await button(panel, "Put a broken one there").click();
  await button(panel, "Examine").click();
  const report = panel.locator(".doctor");
  await report.waitFor();
  const repairs = await report.locator(".repairs li").allInnerTexts();
  assert.ok(repairs.length >= 3 && repairs.every((text) => /messages/.test(text) && text.split("\n").length >= 2), repairs.join("\n"));
  await button(report, "Copy the repaired transcript").click();
  const repaired = JSON.parse(await page.evaluate(() => navigator.clipboard.readText()));
  const calls = new Set(repaired.flatMap(({ tool_calls: made = [] }) => made.map(({ id }) => id)));
  assert.ok(repaired.filter(({ role }) => role === "tool").every(({ tool_call_id: id }) => calls.has(id)));

  await panel.getByLabel("Transcript").fill(JSON.stringify({ messages: [{ role: "user", content: "Hello" }] }));
  await button(panel, "Examine").click();
  await panel.getByText("It is in order").waitFor();
  for (const [text, told] of [["{", /This is no JSON/], ["{}", /neither a list of messages/], ["[]", /There is no message in it/], ['[{"role":"usr","content":"hi"}]', /^messages\[0\]\.role: must be system/]]) {
    await panel.getByLabel("Transcript").fill(text);
    await button(panel, "Examine").click();
    await panel.getByText(told).waitFor();
    assert.equal(await panel.getByText("It is in order").count(), 0, "what was said of another transcript is gone");
  }
  await panel.getByLabel("Transcript").fill('[{"role":"assistant","content":null,"tool_calls":[{"id":"x","type":"function","function":{"name":"f","arguments":"{bad"}}]}]');
  await button(panel, "Examine").click();
  await panel.getByText("Nothing of it is left that could be sent.").waitFor();
  for (let times = 0; times < 2; times++) {
    await panel.getByLabel("Transcript").fill("{");
    await button(panel, "Show the code").click();
  }
  assert.equal(await panel.locator(".results > .error").count(), 1, "told once");
});

test("what the tabs cost is part of the day", async () => {
  const { page, panel } = await tabs.open("images");
  await button(panel, "Generate").click();
  await panel.locator(".gallery img").waitFor();
  await page.click("#tab-chat");
  await page.fill("#prompt", "Hello");
  await page.press("#prompt", "Enter");
  await page.waitForFunction(() => /today \$0\.0[1-9]/.test(document.querySelector("#spent").textContent));
});
