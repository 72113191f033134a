// Several tabs of one site in Chromium: one fetch of the catalog, one memory of models that rest, one wait for a rate limit.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { writeFileSync } from "node:fs";
import { build } from "esbuild";
import { launchChromium } from "./browser.js";
import { installPackage } from "./install.js";

/** @type {ReturnType<typeof installPackage>} */
let app;
/** @type {Awaited<ReturnType<typeof launchChromium>>} */
let browser;
/** @type {Awaited<ReturnType<typeof site>>} */
let served;

before(async () => {
  app = installPackage();
  [browser, served] = await Promise.all([launchChromium(), site(app.folder)]);
});
after(async () => {
  await browser?.close();
  served?.close();
  app?.remove();
});

/** A page with a client, and an API that counts what it is asked. @param {string} folder */
async function site(folder) {
  const entry = join(folder, "tab.js");
  writeFileSync(entry, 'import { OpenRouter } from "openrouter-wasm"; globalThis.client = (more) => new OpenRouter({ apiKey: "k", baseURL: `${location.origin}/api/v1`, maxRetries: 0, ...more });\n');
  const { outputFiles } = await build({ entryPoints: [entry], bundle: true, format: "esm", target: "es2022", write: false, logLevel: "warning" });
  const state = { catalogs: 0, models: /** @type {string[]} */ ([]), askedAtMs: /** @type {number[]} */ ([]), delayMs: 100, isDown: false };
  const server = createServer(async (request, response) => {
    const json = (/** @type {number} */ status, /** @type {object} */ body) => response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(body));
    if (request.url === "/tab.js") return response.writeHead(200, { "Content-Type": "text/javascript" }).end(outputFiles[0].text);
    if (request.url?.startsWith("/api/v1/models")) {
      state.catalogs += 1;
      await new Promise((resolve) => setTimeout(resolve, state.delayMs));
      return state.isDown ? json(503, {}) : json(200, { data: [{ id: `a/fetch-${state.catalogs}` }] });
    }
    if (request.url === "/api/v1/chat/completions") {
      let text = "";
      for await (const piece of request) text += piece;
      const { model } = JSON.parse(text);
      state.models.push(model);
      state.askedAtMs.push(performance.now());
      if (model === "a/busy" && state.models.length === 1) return json(429, { error: { code: 429, message: "Rate limited", metadata: { retry_after_seconds: 5 } } });
      if (model === "a/limited") return json(429, { error: { code: 429, message: "Rate limited" } });
      return json(200, { choices: [{ message: { role: "assistant", content: "hi" }, finish_reason: "stop" }] });
    }
    response.writeHead(200, { "Content-Type": "text/html" }).end('<!doctype html><script type="module" src="/tab.js"></script>');
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  return { url: `http://127.0.0.1:${port}`, state, close: () => void (server.closeAllConnections(), server.close()) };
}

/** Tabs of one browser profile. @param {number} count */
async function tabs(count) {
  const context = await browser.newContext();
  const pages = await Promise.all(Array.from({ length: count }, () => context.newPage()));
  for (const page of pages) {
    await page.goto(served.url);
    await page.waitForFunction(() => "client" in globalThis);
  }
  Object.assign(served.state, { catalogs: 0, models: [], askedAtMs: [], isDown: false });
  return pages;
}

const firstId = () => /** @type {any} */ (globalThis).client().models.list().then((/** @type {any[]} */ list) => list[0].id, (/** @type {any} */ error) => error.code);

test("tabs that ask at the same time, and one that comes later, share one fetch", async () => {
  const [first, second, third, late] = await tabs(4);
  assert.deepEqual(await Promise.all([first, second, third].map((page) => page.evaluate(firstId))), ["a/fetch-1", "a/fetch-1", "a/fetch-1"]);
  assert.equal(await late.evaluate(firstId), "a/fetch-1");
  assert.equal(served.state.catalogs, 1);
});

test("a fetch that fails in one tab is tried by the other, and a refresh asks the server", async () => {
  const [first, second] = await tabs(2);
  served.state.isDown = true;
  assert.deepEqual(await Promise.all([first, second].map((page) => page.evaluate(firstId))), ["overloaded", "overloaded"]);
  served.state.isDown = false;
  assert.match(await second.evaluate(firstId), /^a\/fetch-/);
  const { catalogs } = served.state;
  await first.evaluate(() => /** @type {any} */ (globalThis).client().models.list({ refresh: true }));
  assert.equal(served.state.catalogs, catalogs + 1);
});

test("a model that was rate limited in one tab rests in the others", async () => {
  const [first, second] = await tabs(2);
  const chat = () => {
    const { client } = /** @type {any} */ (globalThis);
    /** @type {any} */ (globalThis).mine ??= client({ fallbackModels: ["a/other"] });
    return /** @type {any} */ (globalThis).mine.chat({ model: "a/limited", messages: [{ role: "user", content: "hi" }] }).result().then((/** @type {any} */ result) => result.message.content);
  };
  // The second tab listens from its first request on.
  await second.evaluate(() => {
    const { client } = /** @type {any} */ (globalThis);
    /** @type {any} */ (globalThis).mine = client({ fallbackModels: ["a/other"] });
    return /** @type {any} */ (globalThis).mine.prepare({ model: "a/limited", messages: [{ role: "user", content: "hi" }] });
  });
  assert.equal(await first.evaluate(chat), "hi");
  assert.deepEqual(served.state.models, ["a/limited", "a/other"]);
  assert.equal(await second.evaluate(chat), "hi");
  assert.deepEqual(served.state.models, ["a/limited", "a/other", "a/other"], "the second tab does not ask the model that rests");
});

test("a rate limit that one tab waits for is waited for by the others", async () => {
  const [first, second] = await tabs(2);
  const chat = (/** @type {string} */ model) => {
    const { client } = /** @type {any} */ (globalThis);
    /** @type {any} */ (globalThis).waiting ??= client({ maxRetries: 2 });
    return /** @type {any} */ (globalThis).waiting.chat({ model, messages: [{ role: "user", content: "hi" }] }).result().then((/** @type {any} */ result) => result.message.content, (/** @type {any} */ error) => error.message);
  };
  // The second tab listens from its first request on.
  await second.evaluate(() => {
    const { client } = /** @type {any} */ (globalThis);
    /** @type {any} */ (globalThis).waiting = client({ maxRetries: 2 });
    return /** @type {any} */ (globalThis).waiting.prepare({ messages: [{ role: "user", content: "hi" }] });
  });
  const waits = first.evaluate(chat, "a/busy");
  while (served.state.models.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  await new Promise((resolve) => setTimeout(resolve, 150));
  assert.deepEqual(await Promise.all([waits, second.evaluate(chat, "a/busy"), second.evaluate(chat, "a/free")]), ["hi", "hi", "hi"]);
  const { models, askedAtMs } = served.state;
  assert.deepEqual(models, ["a/busy", "a/free", "a/busy", "a/busy"], "the second tab does not run into the limit, and asks other models meanwhile");
  for (const at of [2, 3]) assert.ok(askedAtMs[at] - askedAtMs[0] >= 4990, `${at}: ${askedAtMs[at] - askedAtMs[0]} ms`);
});
