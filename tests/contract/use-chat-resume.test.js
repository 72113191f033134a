// An answer that survives a reload of its page: the real `useChat({resume: true})` in Chromium, a durable run of a gateway behind it.
import assert from "node:assert/strict";
import { copyFileSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { launchChromium } from "../package/browser.js";
import { installPackage } from "../package/install.js";
import { createGateway, simulate, until } from "./support.js";

const MODULES = fileURLToPath(new URL("../../node_modules", import.meta.url));
const PAGES = { recipe: new URL("../../www/use-chat/page.js", import.meta.url), stock: new URL("use-chat-gateway-page.js", import.meta.url) };
const SLOW = { timeout: 120_000 };
const WORDS = Array.from({ length: 60 }, (_, at) => `w${at} `);

const simulator = simulate();
/** @type {ReturnType<typeof installPackage>} */
let app;
/** @type {import("playwright-core").Browser} */
let browser;
/** @type {{ url: string, close(): Promise<void> }} */
let behind;
/** @type {{ url: string, close(): void }} */
let site;

before(async () => {
  app = installPackage();
  /** @type {Record<string, string>} */
  const scripts = {};
  for (const [name, from] of Object.entries(PAGES)) {
    copyFileSync(from, join(app.folder, `${name}.js`));
    await build({ entryPoints: [join(app.folder, `${name}.js`)], outdir: join(app.folder, "dist"), bundle: true, format: "esm", target: "es2022", nodePaths: [MODULES], define: { "process.env.NODE_ENV": '"development"' }, logLevel: "error" });
    scripts[`/${name}.js`] = join(app.folder, "dist", `${name}.js`);
  }
  const server = createServer(({ url = "" }, response) => {
    const script = scripts[url];
    response.writeHead(200, { "Content-Type": script ? "text/javascript" : "text/html" });
    response.end(script ? readFileSync(script) : `<!doctype html><link rel="icon" href="data:,"><div id="root"></div><script>OWN_KEY = ${JSON.stringify({ apiKey: "anna-token", baseURL: `${behind.url}/v1`, durable: true })}</script><script type="module" src="${url}.js"></script>`);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  site = { url: `http://127.0.0.1:${/** @type {import("node:net").AddressInfo} */ (server.address()).port}`, close: () => void (server.closeAllConnections(), server.close()) };
  const gateway = createGateway({ apiKey: "sk-own", callers: { tokens: { "anna-token": { id: "anna" } } }, cors: [site.url], fetch: simulator.fetch, log: () => {} });
  const { serve } = await app.load("openrouter-wasm/simulator/serve");
  behind = await serve({ port: 0, simulator: { ...simulator, handler: (/** @type {Request} */ request) => gateway.fetch(request) } });
  browser = await launchChromium();
}, SLOW);
after(async () => {
  await browser?.close();
  site?.close();
  await behind?.close();
  app?.remove();
});

/** @param {string} name */
async function open(name) {
  simulator.reset();
  const page = await (await browser.newContext()).newPage();
  page.setDefaultTimeout(15_000);
  /** @type {string[]} */
  const problems = [];
  page.on("pageerror", (error) => problems.push(error.message));
  const texts = () => page.locator("article.assistant .text").allInnerTexts();
  await page.goto(`${site.url}/${name}`);
  return {
    page, problems, texts,
    all: async () => (await texts()).join("|"),
    say: async (/** @type {string} */ text) => {
      await page.fill("input", text);
      await page.press("input", "Enter");
    },
    reload: async () => {
      await page.reload();
      await page.waitForSelector("article.user");
    },
    settled: () => page.waitForSelector('main[data-status="ready"]'),
  };
}

const chats = () => simulator.requests.filter(({ method }) => method === "POST");
const WHOLE = WORDS.join("").trim();

for (const name of Object.keys(PAGES)) describe(`useChat({resume: true}), ${name === "stock" ? "the AI SDK's own transport" : "createChatTransport"}`, SLOW, () => {
  test("a reload in mid-answer, twice: the rest comes, everything once", async () => {
    const view = await open(name);
    simulator.enqueue({ text: WORDS, chunkDelayMs: 60 });
    await view.say("Talk");
    for (const word of ["w5 ", "w20 "]) {
      await until(async () => (await view.all()).includes(word), `${word} is there`, 15_000);
      await view.reload();
    }
    await until(async () => (await view.all()).includes("w22"), "it goes on", 15_000);
    await view.settled();
    assert.deepEqual(await view.texts(), [WHOLE]);
    assert.equal(chats().length, 1);
    // And nothing comes again once it is over.
    await view.reload();
    await view.settled();
    assert.deepEqual(await view.texts(), [WHOLE]);
    simulator.enqueue({ text: "second" });
    await view.say("And?");
    await until(async () => (await view.all()).endsWith("|second"), "the next turn is there", 15_000);
    assert.deepEqual(chats()[1].body.messages.map((/** @type {any} */ { role, content }) => [role, typeof content === "string" ? content : content[0].text]), [["user", "Talk"], ["assistant", WORDS.join("")], ["user", "And?"]]);
    assert.deepEqual(view.problems, []);
    await view.page.context().close();
  });

  test("an answer that ended while its page was away is there", async () => {
    const view = await open(name);
    simulator.enqueue({ text: WORDS, chunkDelayMs: 10 });
    await view.say("Talk");
    await until(async () => (await view.all()).includes("w3"), "it has begun", 15_000);
    await view.page.goto("about:blank");
    await new Promise((resolve) => setTimeout(resolve, 1500));
    await view.page.goto(`${site.url}/${name}`);
    await until(async () => (await view.all()) === WHOLE, "all of it is there", 15_000);
    assert.deepEqual([(await view.texts()).length, chats().length, view.problems], [1, 1, []]);
    await view.page.context().close();
  });

  test("with nothing to resume a chat is ready, and nothing is sent", async () => {
    const view = await open(name);
    await view.settled();
    assert.deepEqual([await view.texts(), simulator.requests.length, view.problems], [[], 0, []]);
    await view.page.context().close();
  });
});

describe("createChatTransport", SLOW, () => {
  test("stop ends a resumed answer for everybody", async () => {
    const view = await open("recipe");
    simulator.enqueue({ text: "word ".repeat(300), chunkDelayMs: 40 });
    await view.say("Talk");
    await until(async () => (await view.all()).startsWith("word"), "it has begun", 15_000);
    await view.reload();
    await until(async () => (await view.all()).startsWith("word"), "it goes on", 15_000);
    await view.page.click("#stop");
    await view.settled();
    await until(() => chats()[0].aborted, "the connection to OpenRouter is closed", 15_000);
    await view.page.context().close();
  });

  test("tools in the page: a reload between their answers loses nothing", async () => {
    const view = await open("recipe");
    simulator.enqueue({ text: "First. ", toolCalls: [{ id: "t1", name: "local_time", arguments: {} }] });
    simulator.enqueue({ text: WORDS, chunkDelayMs: 40 });
    await view.say("What time is it?");
    await until(async () => (await view.all()).includes("w4 "), "the second answer has begun", 15_000);
    await view.reload();
    await view.settled();
    assert.deepEqual((await view.texts()).map((text) => text.trim()), ["First.", WHOLE]);
    assert.deepEqual([chats().length, view.problems], [2, []]);
    await view.page.context().close();
  });
});
