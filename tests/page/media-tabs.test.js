// Images, videos, speech, transcripts and music on the page, against the simulator behind it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { OPENROUTER_MISSED, says, until, withoutOpenRouter } from "./support.js";
import { download, openTab, tabPages } from "./tab-pages.js";

const tabs = tabPages();
const button = (panel, name) => panel.getByRole("button", { name });
const sent = (path) => tabs.simulator.requests.filter((request) => request.path === path && request.method === "POST").at(-1);

test("images: as many as asked for, shown and to be saved", async () => {
  const { page, panel } = await tabs.open("images");
  await panel.getByLabel("Prompt").fill("Two boats");
  await panel.getByLabel("How many").selectOption("2");
  await panel.getByLabel("Aspect ratio").selectOption("16:9");
  await button(panel, "Generate").click();
  await panel.locator(".gallery img").nth(1).waitFor();
  const widths = await panel.locator(".gallery img").evaluateAll((images) => Promise.all(images.map((image) => image.decode().then(() => image.naturalWidth))));
  assert.ok(widths.length === 2 && widths.every((width) => width > 0), `${widths}`);
  assert.match(await panel.locator(".made").innerText(), /2 images · google\/\S+ · \$/);
  assert.match(JSON.stringify(sent("/images").body), /Two boats.*16:9|16:9.*Two boats/);
  const { name, bytes } = await download(page, panel);
  assert.equal(name, "image-1.png");
  assert.deepEqual([...bytes.subarray(0, 4)], [0x89, 0x50, 0x4e, 0x47]);
  await says(page, "#status", "The image is there.");

  await button(panel, "Generate").click();
  await until(async () => (await panel.locator(".made").count()) === 2, "the second one stands beside the first");
});

test("images: drafts are shown on the way, and give way to the image", async () => {
  const { panel } = await tabs.open("images");
  await panel.getByLabel("Show drafts").check();
  await panel.locator(".results").evaluate((output) => {
    globalThis.drafts = [];
    new MutationObserver(() => output.querySelectorAll(".drafts img").forEach((image) => drafts.push(image.src))).observe(output, { childList: true, subtree: true, attributes: true });
  });
  await button(panel, "Generate").click();
  await panel.locator(".made img").waitFor();
  assert.equal(sent("/images").body.stream, true);
  const seen = await panel.evaluate(() => new Set(globalThis.drafts).size);
  assert.ok(seen >= 1, `${seen} drafts`);
  assert.equal(await panel.locator(".drafts").count(), 0);
});

test("on a phone what has come is in view: below a form it would be off the screen", async () => {
  const { page, panel } = await tabs.open("images", { context: { viewport: { width: 360, height: 640 } } });
  await button(panel, "Generate").click();
  await panel.locator(".made img").waitFor();
  const inView = (locator) => locator.evaluate((node) => node.getBoundingClientRect().top >= 0 && node.getBoundingClientRect().top < innerHeight - 40);
  await until(() => inView(panel.locator(".made")), "the image is in view");
  const videos = await openTab(page, "videos");
  await button(videos, "Submit").click();
  // Its card was low when it came; it has grown since.
  await videos.locator("video").waitFor();
  const player = () => videos.locator("video").evaluate((node) => node.readyState > 0 && node.getBoundingClientRect().top >= 0 && node.getBoundingClientRect().bottom <= innerHeight);
  await until(player, "the whole player is in view");
  const head = () => page.locator(".top").evaluate((node) => node.getBoundingClientRect().top);
  assert.equal(await head(), 0);
  const models = await openTab(page, "models");
  await models.locator("summary").first().click();
  await models.locator(".scan form button[type=submit]").click();
  await models.locator(".ranking").waitFor();
  await until(() => inView(models.locator(".ranking")), "the ranking is in view");
  assert.equal(await head(), 0, "the head of the page stays");
  tabs.forgive(/status of 404/);
  await openTab(page, "videos");
  await until(() => videos.locator(".video").count().then((count) => count > 0 && inView(videos.locator(".video").first())), "the video is in view");
});

test("images: a failure is told, with what can be known of it, and the next try takes it away", async () => {
  const { panel } = await tabs.open("images");
  const remove = tabs.simulator.onRequest("POST /images", { status: 402 });
  await button(panel, "Generate").click();
  assert.match(await panel.locator(".card.error").innerText(), /The credits are used up[^]*payment-required · 402/);
  remove();
  tabs.forgive(/status of 402/);
  await button(panel, "Generate").click();
  await panel.locator(".gallery img").waitFor();
  assert.equal(await panel.locator(".card.error").count(), 0);
});

test("images: Cancel ends the request, and says so", async () => {
  const { page, panel } = await tabs.open("images");
  const remove = tabs.simulator.onRequest("POST /images", { delayMs: 30_000 });
  await button(panel, "Generate").click();
  await button(panel, "Cancel").waitFor();
  assert.match(await panel.locator(".going").innerText(), /Generating · \d+ s/);
  assert.ok(await button(panel, "Generate").isDisabled());
  await until(() => sent("/images") && !sent("/images").finished, "the request has left");
  await button(panel, "Cancel").click();
  await panel.getByText("Cancelled.").waitFor();
  assert.ok(await button(panel, "Generate").isEnabled());
  await says(page, "#status", "Cancelled.");
  await until(() => sent("/images").aborted, "the simulator has noticed");
  remove();
});

test("images: an image goes along to be edited", async () => {
  const { panel } = await tabs.open("images");
  await panel.getByLabel("Input images").setInputFiles({ name: "dot.png", mimeType: "image/png", buffer: Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==", "base64") });
  await button(panel, "Generate").click();
  await panel.locator(".gallery img").waitFor();
  assert.match(sent("/images").bodyText, /data:image\/png;base64,iVBORw0KGgo/);
});

test("videos: options of the model, then the video in a player, to be saved", async () => {
  const { page, panel } = await tabs.open("videos");
  await page.waitForFunction(() => document.querySelectorAll("#panel-videos select")[0].options.length > 1);
  const model = panel.getByLabel("Model");
  const id = await model.locator("option").nth(1).getAttribute("value");
  await model.selectOption(id);
  const lengths = await panel.getByLabel("Length").locator("option").allInnerTexts();
  assert.ok(lengths.length > 1 && lengths.slice(1).every((text) => /^\d+ s$/.test(text)), lengths.join());
  await panel.getByLabel("Length").selectOption({ index: 1 });
  await panel.getByLabel("Aspect ratio").selectOption({ index: 1 });
  assert.match(await panel.locator(".task").innerText(), /Prices: /);
  await button(panel, "Submit").click();

  const card = panel.locator(".video");
  await card.locator("video").waitFor();
  await card.locator(".badge", { hasText: /^ready$/ }).waitFor();
  const width = await card.locator("video").evaluate((video) => (video.readyState > 0 ? video.videoWidth : new Promise((resolve) => video.addEventListener("loadedmetadata", () => resolve(video.videoWidth)))));
  assert.ok(width > 0);
  assert.equal(sent("/videos").body.model, id);
  assert.equal(sent("/videos").body.duration, Number.parseInt(lengths[1], 10));
  const { name, bytes } = await download(page, panel);
  assert.match(name, /^video-1\.(mp4|webm)$/);
  assert.ok(bytes.readUInt32BE(0) === 0x1a45dfa3 || bytes.subarray(4, 8).toString() === "ftyp", "a video by its first bytes");

  await button(card, "Take off the list").click();
  await card.waitFor({ state: "detached" });
  await page.reload();
  await page.waitForSelector("body[data-ready]");
  assert.equal(await page.locator(".video").count(), 0);
});

test("videos: a reload loses none, it is taken up again at page start and ends as a video", async () => {
  const id = "gen-vid-1700000000-AfterTheReloadItGoes";
  const submitted = tabs.simulator.onRequest("POST /videos", { video: { id } });
  const held = tabs.simulator.onRequest(`GET /videos/${id}`, { body: { id, polling_url: `https://openrouter.ai/api/v1/videos/${id}`, status: "in_progress" } });
  const { page, panel } = await tabs.open("videos");
  await panel.getByLabel("Prompt").fill("A long video");
  await button(panel, "Submit").click();
  await panel.locator(".video .badge").getByText("in progress").waitFor();
  await says(page, "#videos-count", "1");

  await page.goto(`${tabs.url}/?pace=2`);
  await page.waitForSelector("body[data-ready]");
  assert.equal(await page.getAttribute("#tab-chat", "aria-selected"), "true");
  // Before its tab was opened.
  await page.getByRole("tab", { name: /Videos/ }).getByText("1").waitFor();
  const before = tabs.simulator.requests.length;
  await until(() => tabs.simulator.requests.slice(before).some(({ path }) => path === `/videos/${id}`), "it is looked after");
  const again = await openTab(page, "videos");
  assert.match(await again.locator(".video").innerText(), /A long video[^]*in progress[^]*Submitted \d+ s ago/);

  held();
  submitted();
  await again.locator(".video video").waitFor();
  await page.waitForSelector("#videos-count", { state: "hidden" });
  assert.equal(tabs.simulator.requests.filter(({ path, method }) => path === "/videos" && method === "POST").filter(({ body }) => body.prompt === "A long video").length, 1, "submitted once");
});

test("videos: who does not wait may poll again; a job that failed says why", async () => {
  const id = "gen-vid-1700000001-NobodyWaitsForThisOne";
  const submitted = tabs.simulator.onRequest("POST /videos", { video: { id, statuses: ["failed"], error: "The provider refused the prompt" } });
  const held = tabs.simulator.onRequest(`GET /videos/${id}`, { body: { id, polling_url: `https://openrouter.ai/api/v1/videos/${id}`, status: "pending" } });
  const { panel } = await tabs.open("videos");
  await button(panel, "Submit").click();
  const card = panel.locator(".video");
  await button(card, "Stop waiting").click();
  await card.locator(".badge").getByText("not waited for").waitFor();
  held();
  submitted();
  await button(card, "Poll again").click();
  await card.locator(".card.error").waitFor();
  assert.match(await card.innerText(), /The provider refused the prompt/);
});

test("speech: read aloud in a player, to be saved, with what it cost once the bill is there", async () => {
  const { page, panel } = await tabs.open("speech");
  await panel.getByLabel("Text").fill("Lamps are lit.");
  await button(panel, "Generate").click();
  const audio = panel.locator("audio");
  await audio.waitFor();
  const seconds = await audio.evaluate((node) => (node.readyState > 0 ? node.duration : new Promise((resolve) => node.addEventListener("loadedmetadata", () => resolve(node.duration)))));
  assert.ok(seconds > 0);
  assert.equal(sent("/audio/speech").body.input, "Lamps are lit.");
  const { name, bytes } = await download(page, panel);
  assert.equal(name, "speech.mp3");
  assert.ok(bytes.length > 500);
  await panel.getByText(/^\$0\.\d+$/).waitFor();
});

test("transcribe: the sound just made, a tone, a file; and a file must be chosen", async () => {
  const { page, panel: speech } = await tabs.open("speech");
  const panel = await openTab(page, "transcribe");
  assert.ok(await panel.getByLabel(/The sound just made/).isDisabled());
  await button(panel, "Transcribe").click();
  await panel.getByText("Choose a file first.").waitFor();

  await openTab(page, "speech");
  await button(speech, "Generate").click();
  await speech.locator("audio").waitFor();
  await openTab(page, "transcribe");
  await panel.getByLabel(/The sound just made \(speech\.mp3\)/).check();
  await button(panel, "Transcribe").click();
  await panel.locator(".transcript").waitFor();
  assert.equal(await panel.getByText("Choose a file first.").count(), 0);
  assert.equal(sent("/audio/transcriptions").body.input_audio.format, "mp3");

  await panel.getByLabel("A test tone").check();
  await button(panel, "Transcribe").click();
  await until(async () => (await panel.locator(".transcript").count()) === 2, "there are two");
  const { data, format } = sent("/audio/transcriptions").body.input_audio;
  assert.equal(format, "wav");
  const wav = Buffer.from(data, "base64");
  assert.equal(wav.subarray(0, 4).toString() + wav.subarray(8, 12).toString(), "RIFFWAVE");

  await panel.getByLabel("A file").check();
  await panel.getByLabel("Recording").setInputFiles({ name: "own.wav", mimeType: "audio/wav", buffer: wav });
  await button(panel, "Transcribe").click();
  await panel.getByText(/own\.wav · 38 KiB/).waitFor();
  const saved = await download(page, panel);
  assert.equal(saved.name, "transcript.txt");
  assert.equal(saved.bytes.toString(), await panel.locator(".transcript").first().innerText());
});

test("music: a track with its words, in a player, to be saved and transcribed", async () => {
  const { page, panel } = await tabs.open("music");
  await panel.getByLabel("Prompt").fill("Rain");
  await panel.getByLabel("Instrumental").check();
  assert.ok(await panel.getByLabel("Lyrics").isDisabled());
  await button(panel, "Generate").click();
  await panel.locator("audio").waitFor();
  assert.match(await panel.locator(".made").innerText(), /Rain[^]*track-1\.wav · audio\/wav · \d+ KiB · \$/);
  const { name, bytes } = await download(page, panel);
  assert.equal(name, "track-1.wav");
  assert.equal(bytes.subarray(0, 4).toString(), "RIFF");
  const transcribe = await openTab(page, "transcribe");
  await transcribe.getByLabel(/The sound just made \(track-1\.wav\)/).waitFor();
});

test("what another side answers is not mixed: with OpenRouter and no key a tab asks to sign in", async () => {
  const { page, panel } = await tabs.open("images", { route: withoutOpenRouter });
  await button(panel, "Generate").click();
  await panel.locator(".gallery img").waitFor();
  await page.check("input[value=openrouter]", { force: true });
  await panel.locator(".gate").waitFor();
  assert.equal(await panel.locator(".gallery img").count(), 0);
  await button(panel, "Generate").click();
  await says(page, "#status", "Sign in first.");
  assert.equal(await page.evaluate(() => document.activeElement.textContent), "Sign in with OpenRouter");
  tabs.forgive(OPENROUTER_MISSED);
});

test("videos: a ticket outlives the tab, the key does not; with a key it goes on", async () => {
  const openrouter = "https://openrouter.ai";
  const route = (page) =>
    page.route(`${openrouter}/**`, async (route) => {
      const request = route.request();
      const answer = await fetch(request.url().replace("https://", `${tabs.url}/`), { method: request.method(), headers: request.headers(), body: request.postData() ?? undefined });
      await route.fulfill({ status: answer.status, headers: Object.fromEntries(answer.headers), body: Buffer.from(await answer.arrayBuffer()) });
    });
  const id = "gen-vid-1700000002-TheKeyIsGoneWithTheTab";
  const submitted = tabs.simulator.onRequest("POST /videos", { video: { id } });
  const held = tabs.simulator.onRequest(`GET /videos/${id}`, { body: { id, polling_url: `${openrouter}/api/v1/videos/${id}`, status: "in_progress" } });
  const { page, panel } = await tabs.open("videos", { route });
  const paste = async () => {
    await page.click("#tab-chat");
    await page.click("#paste > summary");
    await page.fill("#key", "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");
    await openTab(page, "videos");
  };
  await page.check("input[value=openrouter]", { force: true });
  await paste();
  await button(panel, "Submit").click();
  await panel.locator(".video .badge").waitFor();
  await page.reload();
  await page.waitForSelector("body[data-ready]");
  held();
  submitted();
  await page.check("input[value=openrouter]", { force: true });
  await panel.locator(".video .badge").getByText("sign in to go on").waitFor();
  await paste();
  await button(panel.locator(".video"), "Poll again").click();
  await panel.locator(".video video").waitFor({ timeout: 30_000 });
  tabs.forgive(OPENROUTER_MISSED);
});
