// The recipe of www/use-chat as its users run it: the real `useChat` in Chromium, a Hono Worker in workerd, the installed package in both.
import assert from "node:assert/strict";
import { copyFileSync, readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { basename, join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { Miniflare } from "miniflare";
import { launchChromium } from "../package/browser.js";
import { wasmModules } from "../package/bundle.js";
import { installPackage } from "../package/install.js";
import { ASKS, THOUGHT } from "./ai-sdk-support.js";
import { simulate, TIMED, until } from "./support.js";

const RECIPE = fileURLToPath(new URL("../../www/use-chat/", import.meta.url));
const MODULES = fileURLToPath(new URL("../../node_modules", import.meta.url));
const KEY = "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";
const SLOW = { timeout: 120_000 };

const simulator = simulate();
/** @type {ReturnType<typeof installPackage>} */
let app;
/** @type {import("playwright-core").Browser} */
let browser;
/** @type {Miniflare} */
let worker;
/** @type {{ url: string, close(): void }} */
let upstream;
/** @type {{ url: string, close(): void }} */
let site;

/** The simulator behind a port. */
async function listen() {
  const { serve } = await app.load("openrouter-wasm/simulator/serve");
  const server = await serve({ port: 0, simulator });
  return { url: server.url, close: () => void server.close() };
}

/** @param {string} name @param {Record<string, any>} options */
async function bundled(name, options) {
  copyFileSync(join(RECIPE, `${name}.js`), join(app.folder, `${name}.js`));
  const outdir = join(app.folder, `dist-${name}`);
  await build({ entryPoints: [join(app.folder, `${name}.js`)], outdir, bundle: true, format: "esm", target: "es2022", nodePaths: [MODULES], define: { "process.env.NODE_ENV": '"production"' }, logLevel: "error", ...options });
  return outdir;
}

before(async () => {
  app = installPackage();
  upstream = await listen();
  const folder = await bundled("worker", { conditions: ["workerd", "worker", "browser"], loader: { ".wasm": "copy" }, assetNames: "[name]", plugins: [wasmModules] });
  const modules = readdirSync(folder).filter((name) => name.endsWith(".wasm")).map((name) => ({ type: /** @type {const} */ ("CompiledWasm"), path: join(folder, name) }));
  const bindings = { OPENROUTER_API_KEY: KEY, OPENROUTER_BASE_URL: `${upstream.url}/api/v1`, APPROVAL_SECRET: "s3cret" };
  worker = new Miniflare({
    host: "127.0.0.1", port: 0, compatibilityDate: "2026-03-01", compatibilityFlags: ["enable_request_signal"], bindings, modulesRoot: folder,
    modules: [{ type: "ESModule", path: join(folder, "worker.js") }, ...modules],
  });
  const page = join(await bundled("page", { minify: true }), "page.js");
  site = await behindOneOrigin((await worker.ready).href, page);
  browser = await launchChromium();
}, SLOW);
after(async () => {
  await browser?.close();
  site?.close();
  await worker?.dispose();
  upstream?.close();
  app?.remove();
});

/** The page's files, and the Worker behind the same origin. @param {string} workerUrl @param {string} script */
async function behindOneOrigin(workerUrl, script) {
  const html = (/** @type {string} */ more) => `<!doctype html><link rel="icon" href="data:,"><div id="root"></div>${more}<script type="module" src="/${basename(script)}"></script>`;
  const server = createServer(async (request, response) => {
    if (request.url?.startsWith("/api/")) {
      const left = new AbortController();
      response.on("close", () => left.abort());
      try {
        const body = /** @type {any} */ (request);
        const answer = await fetch(new URL(request.url, workerUrl), /** @type {any} */ ({ method: request.method, headers: { "content-type": "application/json", "accept-encoding": "identity" }, body, duplex: "half", signal: left.signal }));
        response.writeHead(answer.status, Object.fromEntries(answer.headers));
        for await (const piece of answer.body ?? []) response.write(piece);
        response.end();
      } catch (error) {
        // The page has left, which is what one of the tests does.
        response.destroy();
        if (!left.signal.aborted) throw error;
      }
      return;
    }
    const isScript = request.url === `/${basename(script)}`;
    response.writeHead(200, { "Content-Type": isScript ? "text/javascript" : "text/html" });
    response.end(isScript ? readFileSync(script) : html(request.url === "/own" ? `<script>OWN_KEY = { apiKey: "${KEY}", baseURL: "${upstream.url}/api/v1" }</script>` : ""));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  return { url: `http://127.0.0.1:${port}`, close: () => void (server.closeAllConnections(), server.close()) };
}

/** @param {string} path */
async function open(path) {
  const page = await browser.newPage();
  page.setDefaultTimeout(15_000);
  /** @type {string[]} */
  const problems = [];
  page.on("pageerror", (error) => problems.push(error.message));
  await page.goto(site.url + path);
  const settled = async () => void (await page.waitForSelector('main[data-status="ready"], main[data-status="error"]'));
  return {
    page,
    problems,
    settled,
    async say(/** @type {string} */ text) {
      await page.fill("input", text);
      await page.press("input", "Enter");
      await page.waitForSelector("article.user");
    },
    texts: () => page.locator("article.assistant .text").allInnerTexts(),
    tools: () => page.locator(".tool").evaluateAll((all) => all.map((one) => one.getAttribute("data-state"))),
  };
}

/** The chats since a moment, without what a browser asks before. @param {number} from */
const chats = (from) => simulator.requests.slice(from).filter(({ method }) => method === "POST");
/** @param {number} from */
const bodies = (from) => chats(from).map(({ body }) => body);

for (const [way, path] of [["behind a Worker", "/"], ["from the page alone", "/own"]]) {
  describe(way, SLOW, () => {
    test("it streams, and the second turn has the first", async () => {
      const from = simulator.requests.length;
      const view = await open(path);
      simulator.enqueue({ text: ["Hello", " there"], reasoning: ["Hm."], reasoningDetails: [{ ...THOUGHT, text: "Hm." }] });
      await view.say("Hi");
      await until(async () => (await view.texts()).join() === "Hello there", "the answer is there");
      await view.settled();
      simulator.enqueue({ text: "Again" });
      await view.say("And?");
      await until(async () => (await view.texts()).length === 2, "the second answer is there");
      const [, second] = bodies(from);
      const turn = second.messages.find((/** @type {any} */ message) => message.role === "assistant");
      assert.deepEqual(turn.reasoning_details, [{ ...THOUGHT, text: "Hm." }], "signed as it was");
      assert.deepEqual(view.problems, []);
      await view.page.close();
    });

    test("an error is shown, and the visitor can ask again", async () => {
      const view = await open(path);
      simulator.enqueue({ status: 402 });
      await view.say("Hi");
      await view.page.waitForSelector("[role=alert]");
      simulator.enqueue({ text: "Now it works" });
      await view.page.click("[role=alert] button");
      await until(async () => (await view.texts()).join() === "Now it works", "the answer is there");
      await view.page.close();
    });

    test("stop ends the request to OpenRouter", TIMED, async () => {
      const from = simulator.requests.length;
      const view = await open(path);
      // It goes on: a Worker notices that a page has left when it writes.
      simulator.enqueue({ text: "word ".repeat(200), chunkDelayMs: 50 });
      await view.say("Talk");
      await until(async () => (await view.texts()).join().startsWith("word"), "the first word is there");
      await view.page.click("#stop");
      await view.settled();
      await until(() => chats(from)[0].aborted, "the connection is closed");
      assert.ok((await view.texts()).join().length < 900);
      await view.page.close();
    });
  });
}

describe("behind a Worker, tools", SLOW, () => {
  test("run on the server, in the page, and after a yes; signed reasoning goes along all the way", async () => {
    const from = simulator.requests.length;
    const view = await open("/");
    simulator.enqueue(ASKS);
    simulator.enqueue({ toolCalls: [{ id: "t2", name: "local_time", arguments: {} }] });
    simulator.enqueue({ toolCalls: [{ id: "t3", name: "book_train", arguments: { city: "Lisbon" } }] });
    simulator.enqueue({ text: "Booked." });
    await view.say("Book me a train to Lisbon");
    await view.page.waitForSelector('.tool[data-state="approval-requested"]');
    await view.settled();
    assert.equal(chats(from).length, 3);
    assert.deepEqual(await view.tools(), ["output-available", "output-available", "approval-requested"]);
    await view.page.click("button:has-text('Yes')");
    await until(async () => (await view.texts()).join() === "Booked.", "the model has gone on");
    assert.deepEqual(await view.tools(), ["output-available", "output-available", "output-available"]);
    const last = bodies(from).at(-1);
    assert.deepEqual(last.messages.map((/** @type {any} */ message) => message.role), ["system", "user", "assistant", "tool", "assistant", "tool", "assistant", "tool"]);
    assert.deepEqual(last.messages[2].reasoning_details, [THOUGHT]);
    assert.match(JSON.stringify(last.messages), /sunny in Lisbon[^]*twelve o'clock[^]*booked/);
    assert.equal(chats(from).length, 4, "nothing is sent that nobody asked for");
    assert.deepEqual(view.problems, []);
    await view.page.close();
  });

  test("that are denied do not run, and the model hears of it", async () => {
    const from = simulator.requests.length;
    const view = await open("/");
    simulator.enqueue({ toolCalls: [{ id: "t4", name: "book_train", arguments: { city: "Rome" } }] });
    simulator.enqueue({ text: "As you wish." });
    await view.say("Book me a train to Rome");
    await view.page.waitForSelector('.tool[data-state="approval-requested"]');
    await view.settled();
    await view.page.click("button:has-text('No')");
    await until(async () => (await view.texts()).join() === "As you wish.", "the model has gone on");
    assert.deepEqual(await view.tools(), ["output-denied"]);
    assert.match(JSON.stringify(bodies(from).at(-1).messages.at(-1)), /not approved/);
    await view.page.close();
  });

  test("a body that is none is a 400 that names the place", async () => {
    const answer = await fetch(`${site.url}/api/chat`, { method: "POST", body: '{"messages":[{"role":"user"}]}' });
    assert.deepEqual([answer.status, (await answer.json()).error], [400, "messages[0].parts: must be an array"]);
  });
});
