// What a page downloads, and when: bundled by esbuild with splitting, watched in Chromium.
import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { build } from "esbuild";
import { launchChromium, servePage } from "./browser.js";
import { installPackage } from "./install.js";

/** @type {ReturnType<typeof installPackage>} */
let app;
/** @type {Awaited<ReturnType<typeof launchChromium>>} */
let browser;
before(async () => {
  app = installPackage();
  browser = await launchChromium();
});
after(async () => {
  await browser?.close();
  app?.remove();
});

/** Marks of the parts, found in what a file holds. */
const PARTS = { chat: "chatsession_push", transcript: "transcriptrepairs_repair", services: "signInSecrets", simulator: "createSimulator" };

const PAGE = `
import { OpenRouter, OpenRouterError } from "openrouter-wasm";
import { createSimulator } from "openrouter-wasm/simulator";
const simulator = createSimulator({ delayMs: 0 });
const client = new OpenRouter({ apiKey: "k", fetch: simulator.fetch });
globalThis.steps = {
  async chat() {
    simulator.enqueue({ text: "plain" });
    return (await client.chat({ messages: [{ role: "user", content: "hi" }] }).result()).message.content;
  },
  async tools() {
    simulator.enqueue({ toolCalls: [{ id: "a", name: "now", arguments: {} }] });
    simulator.enqueue({ text: "noon" });
    const tools = [{ name: "now", parameters: { type: "object", properties: {} }, execute: () => "12:00" }];
    return (await client.chat({ model: "openai/gpt-4o-mini", tools, messages: [{ role: "user", content: "when?" }] }).result()).message.content;
  },
  async repair() {
    simulator.enqueue({ text: "repaired" });
    return (await client.chat({ messages: [{ role: "user", content: "hi" }, { role: "tool", tool_call_id: "x", content: "lost" }] }).result()).message.content;
  },
  async refused() {
    simulator.enqueue({ status: 400, body: { error: { message: "prompt is too long: 5 tokens > 4 maximum" } } });
    return (await client.chat({ messages: [{ role: "user", content: "hi" }] }).result().catch((error) => error)).code;
  },
  async prepare() {
    return (await client.prepare({ messages: [{ role: "user", content: "hi" }] })).body.messages[0].content;
  },
  async dropIn() {
    simulator.enqueue({ text: "as asked" });
    const body = JSON.stringify({ model: "openai/gpt-4o-mini", messages: [{ role: "user", content: "hi" }] });
    const answer = await client.fetch("https://openrouter.ai/api/v1/chat/completions", { method: "POST", body, headers: { "Content-Type": "application/json" } });
    return (await answer.json()).choices[0].message.content;
  },
  models: async () => (await client.models.list()).length > 0,
};
`;

/** @param {string} outdir @returns {Promise<{ requested: string[], run: (step: string) => Promise<unknown>, parts: () => string[], close: () => Promise<void> }>} */
async function openPage(outdir) {
  const files = readdirSync(outdir);
  const scripts = files.map((name) => /** @type {const} */ ([`/${name}`, ["text/javascript", readFileSync(join(outdir, name))]]));
  const page = await servePage({ "/": ["text/html", '<!doctype html><script type="module" src="/page.js"></script>'], ...Object.fromEntries(scripts) });
  const tab = await browser.newPage();
  /** @type {string[]} */
  const requested = [];
  tab.on("request", (request) => requested.push(new URL(request.url()).pathname.slice(1)));
  await tab.goto(page.url);
  await tab.waitForFunction(() => "steps" in globalThis);
  return {
    requested,
    run: (step) => tab.evaluate((name) => /** @type {any} */ (globalThis).steps[name](), step),
    parts: () => {
      const text = requested.filter((name) => name.endsWith(".js")).map((name) => readFileSync(join(outdir, name), "latin1")).join("");
      return Object.entries(PARTS).filter(([name, mark]) => name !== "simulator" && text.includes(mark)).map(([name]) => name);
    },
    async close() {
      await tab.close();
      page.close();
    },
  };
}

test("a page downloads the engine of what it calls, when it calls it, and nothing else", async () => {
  writeFileSync(join(app.folder, "page.js"), PAGE);
  const outdir = join(app.folder, "dist-loading");
  await build({ entryPoints: [join(app.folder, "page.js")], outdir, bundle: true, splitting: true, minify: true, format: "esm", target: "es2022", logLevel: "silent" });
  const page = await openPage(outdir);
  try {
    assert.deepEqual(page.parts(), ["chat"], "at first");
    assert.equal(await page.run("chat"), "plain");
    assert.equal(await page.run("tools"), "noon");
    assert.deepEqual(page.parts(), ["chat"], "a plain conversation and a whole tool loop need no repair");
    assert.equal(await page.run("prepare"), "hi");
    assert.equal(await page.run("dropIn"), "as asked");
    assert.deepEqual(page.parts(), ["chat"], "a request that is only prepared, and another SDK's, need what a conversation needs");
    assert.equal(await page.run("refused"), "context-overflow");
    assert.deepEqual(page.parts(), ["chat", "transcript"], "the words of an error are read where they are known");
    assert.equal(await page.run("repair"), "repaired");
    assert.deepEqual(page.parts(), ["chat", "transcript"]);
    assert.equal(await page.run("models"), true);
    assert.deepEqual(page.parts(), ["chat", "transcript", "services"]);
    const unused = readdirSync(outdir).filter((name) => name.endsWith(".js") && !page.requested.includes(name));
    assert.ok(unused.some((name) => name.startsWith("videos")), `never called, never fetched: ${unused}`);
  } finally {
    await page.close();
  }
});

test("a page's first load is few files: what later parts share of it is in one", async () => {
  writeFileSync(join(app.folder, "plain.js"), `
import { OpenRouter } from "openrouter-wasm";
const client = new OpenRouter({ apiKey: "k" });
for await (const event of client.chat({ messages: [{ role: "user", content: "hi" }] })) document.body.append(event.type);`);
  const outdir = join(app.folder, "dist-plain");
  const options = /** @type {const} */ ({ bundle: true, splitting: true, format: "esm", target: "es2022", logLevel: "silent", write: false, metafile: true, absWorkingDir: app.folder });
  for (const [runtime, conditions, most] of /** @type {[string, string[], number][]} */ ([["a page", [], 4], ["a Worker", ["workerd"], 3]])) {
    const { metafile } = await build({ ...options, entryPoints: ["plain.js"], outdir, conditions, external: ["*.wasm", "*.wasm?module"] });
    const { outputs } = metafile;
    assert.ok(Object.keys(outputs).length <= 40, `${Object.keys(outputs).length} files: does a part import what another shares past its \`-part.js\`?`);
    const first = new Set();
    const follow = (/** @type {string} */ name) => {
      if (first.has(name)) return;
      first.add(name);
      for (const { path, kind } of outputs[name].imports) if (kind === "import-statement" && outputs[path]) follow(path);
    };
    follow("dist-plain/plain.js");
    const all = [...first].map((name) => `${name}: ${Object.keys(outputs[name].inputs).map((path) => path.split("openrouter-wasm/").pop()).join(", ")}`);
    assert.ok(first.size <= most, `${runtime} loads ${first.size} files at first; does a later part import one of them past first-part.js?\n${all.join("\n")}`);
    const inputs = all.join(" ");
    for (const later of ["chat/step-loop.js", "chat/run-log.js", "money/run-budget.js", "chat/relay.js"]) assert.ok(!inputs.includes(later), `${runtime} loads ${later} at first`);
  }
});

test("the chat's single file loads the rest from beside it", async () => {
  const chunks = readdirSync(join(app.package, "chunks"));
  const page = await servePage({
    "/": ["text/html", '<!doctype html><script type="module" src="/page.js"></script>'],
    "/standalone-chat.js": ["text/javascript", readFileSync(join(app.package, "standalone-chat.js"))],
    ...Object.fromEntries(chunks.map((name) => [`/chunks/${name}`, ["text/javascript", readFileSync(join(app.package, "chunks", name))]])),
    "/simulator.js": ["text/javascript", readFileSync(join(app.package, "simulator.js"))],
    "/page.js": ["text/javascript", PAGE.replace('"openrouter-wasm"', '"/standalone-chat.js"').replace('"openrouter-wasm/simulator"', '"/simulator.js"')],
  });
  const tab = await browser.newPage();
  try {
    await tab.goto(page.url);
    await tab.waitForFunction(() => "steps" in globalThis);
    for (const [step, expected] of [["chat", "plain"], ["repair", "repaired"], ["models", true]]) {
      assert.equal(await tab.evaluate((name) => /** @type {any} */ (globalThis).steps[name](), /** @type {string} */ (step)), expected);
    }
  } finally {
    await tab.close();
    page.close();
  }
});

describe("a service worker, which has no import()", () => {
  /** What a worker of this script answers. @param {string} entry @param {string} script */
  async function answerOf(entry, script) {
    const outdir = join(app.folder, `dist-${entry.replace(/\W/g, "-")}`);
    writeFileSync(join(app.folder, "worker.js"), `import { OpenRouter } from "${entry}"; import { createSimulator } from "openrouter-wasm/simulator";\n${script}`);
    await build({ entryPoints: [join(app.folder, "worker.js")], outdir, bundle: true, splitting: true, format: "esm", target: "es2022", logLevel: "silent" });
    const scripts = readdirSync(outdir).map((name) => /** @type {const} */ ([`/${name}`, ["text/javascript", readFileSync(join(outdir, name))]]));
    const page = await servePage({ "/": ["text/html", "<!doctype html>"], ...Object.fromEntries(scripts) });
    const tab = await browser.newPage();
    try {
      await tab.goto(page.url);
      return await tab.evaluate(async () => {
        const registration = await navigator.serviceWorker.register("/worker.js", { type: "module" });
        await navigator.serviceWorker.ready;
        const channel = new MessageChannel();
        const answer = new Promise((resolve) => (channel.port1.onmessage = (event) => resolve(event.data)));
        /** @type {ServiceWorker} */ (registration.active).postMessage("go", [channel.port2]);
        return answer;
      });
    } finally {
      await tab.close();
      page.close();
    }
  }

  const WORKER = (/** @type {string} */ steps) => `
const simulator = createSimulator({ delayMs: 0 });
const client = new OpenRouter({ apiKey: "k", fetch: simulator.fetch });
addEventListener("message", async (event) => {
  try { event.ports[0].postMessage(await (async () => { ${steps} })()); }
  catch (error) { event.ports[0].postMessage({ code: error.code, message: error.message }); }
});`;

  test("has everything of openrouter-wasm/standalone", async () => {
    const steps = `
      simulator.enqueue({ text: "one" });
      const first = await client.chat({ messages: [{ role: "user", content: "hi" }] }).result();
      simulator.enqueue({ text: "two" });
      const second = await client.chat({ messages: [{ role: "user", content: "hi" }, { role: "tool", tool_call_id: "x", content: "lost" }] }).result();
      return [first.message.content, second.message.content, (await client.models.list()).length > 0];`;
    assert.deepEqual(await answerOf("openrouter-wasm/standalone", WORKER(steps)), ["one", "two", true]);
  });

  test("is told to take it when it calls what loads later", async () => {
    const answer = await answerOf("openrouter-wasm", WORKER("await client.models.list(); return 'loaded';"));
    assert.deepEqual([answer.code, /openrouter-wasm\/standalone/.test(answer.message)], ["engine", true], JSON.stringify(answer));
  });
});

test("openrouter-wasm/slim takes its engines by URL and tells of one that nobody brought", async () => {
  writeFileSync(join(app.folder, "slim-page.js"), `
import { OpenRouter, useEngines } from "openrouter-wasm/slim";
import { createSimulator } from "openrouter-wasm/simulator";
useEngines({ chat: "/chat.wasm" });
const simulator = createSimulator({ delayMs: 0 });
const client = new OpenRouter({ apiKey: "k", fetch: simulator.fetch });
globalThis.steps = {
  async chat() {
    simulator.enqueue({ text: "slim" });
    return (await client.chat({ messages: [{ role: "user", content: "hi" }] }).result()).message.content;
  },
  async refused() {
    simulator.enqueue({ status: 429, body: { error: { message: "slow down" } } });
    const error = await client.chat({ messages: [{ role: "user", content: "hi" }], maxRetries: 0 }).result().catch((error) => error);
    return [error.code, error.status, error.reason, error.isRetryable, error.message].join(" ");
  },
  missing: () => client.models.list().then(() => "loaded", (error) => error.code + " " + error.message),
};`);
  const outdir = join(app.folder, "dist-slim");
  await build({ entryPoints: { page: join(app.folder, "slim-page.js") }, outdir, bundle: true, splitting: true, minify: true, format: "esm", target: "es2022", logLevel: "silent" });
  const scripts = readdirSync(outdir).map((name) => /** @type {const} */ ([`/${name}`, ["text/javascript", readFileSync(join(outdir, name))]]));
  const page = await servePage({
    "/": ["text/html", '<!doctype html><script type="module" src="/page.js"></script>'],
    "/chat.wasm": ["application/wasm", readFileSync(join(app.package, "chat.wasm"))],
    ...Object.fromEntries(scripts),
  });
  const tab = await browser.newPage();
  try {
    await tab.goto(page.url);
    await tab.waitForFunction(() => "steps" in globalThis);
    assert.equal(await tab.evaluate(() => /** @type {any} */ (globalThis).steps.chat()), "slim");
    assert.match(
      await tab.evaluate(() => /** @type {any} */ (globalThis).steps.refused()), /^rate-limit 429 rate_limit true .*the engine that reads them did not load/,
      "an error whose words cannot be read is known by its status",
    );
    assert.match(await tab.evaluate(() => /** @type {any} */ (globalThis).steps.missing()), /^engine .*useEngines\(\{ services/);
    assert.ok(!scripts.some(([, [, body]]) => body.includes(PARTS.chat) && body.length > 200_000), "no text of an engine");
  } finally {
    await tab.close();
    page.close();
  }
});
