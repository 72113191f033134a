// examples/: each as a user runs it, with the package as it ships and a simulator behind a port.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { launchChromium } from "./browser.js";
import { installPackage } from "./install.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const QUESTION = JSON.stringify({ messages: [{ role: "user", content: "Hello!" }] });
const TYPES = /** @type {Record<string, string>} */ ({ ".html": "text/html", ".js": "text/javascript" });

/** @type {ReturnType<typeof installPackage>} */
let app;
/** @type {{ url: string, simulator: any, close(): Promise<void> }} */
let openrouter;
/** @type {NodeJS.ProcessEnv} */
let env;

before(async () => {
  app = installPackage();
  cpSync(join(root, "examples"), app.folder, { recursive: true });
  symlinkSync(join(root, "node_modules/hono"), join(app.folder, "node_modules/hono"));
  openrouter = await (await app.load("openrouter-wasm/simulator/serve")).serve({ delayMs: 0 });
  env = { OPENROUTER_API_KEY: "any", OPENROUTER_BASE_URL: openrouter.url };
});
after(async () => {
  await openrouter?.close();
  app?.remove();
});

test("each folder is run by a test below, and named in the table", () => {
  const folders = readdirSync(join(root, "examples"), { withFileTypes: true }).filter((entry) => entry.isDirectory()).map(({ name }) => name);
  const table = readFileSync(join(root, "examples/README.md"), "utf8");
  assert.deepEqual(folders.sort(), ["hono-worker", "node", "page", "server", "service-worker"]);
  for (const folder of folders) assert.ok(table.includes(`| \`${folder}\` |`), folder);
});

test("node: a conversation, each turn with those before it", async () => {
  const chat = spawn(process.execPath, ["node/chat.mjs"], { cwd: app.folder, env: { ...process.env, ...env }, stdio: ["pipe", "pipe", "inherit"] });
  let output = "";
  chat.stdout.on("data", (data) => (output += data));
  chat.stdin.end("Hello!\nAnd again.\n");
  assert.deepEqual(await once(chat, "exit"), [0, null]);
  assert.equal(output.match(/\(\$[\d.e-]+\)/g)?.length, 2, output);
  assert.deepEqual(openrouter.simulator.requests.at(-1).body.messages.map((/** @type {any} */ { role }) => role), ["user", "assistant", "user"]);
});

test("server, hono-worker: a page's chat is answered, with the key of the server", async () => {
  const server = (await import(pathToFileURL(join(app.folder, "server/server.js")).href)).default;
  assert.equal((await server.fetch(new Request("https://site.example/"), env)).status, 405);
  const text = await (await server.fetch(new Request("https://site.example/", { method: "POST", body: QUESTION }), env)).text();
  assert.ok(text.length > 20, text);

  const hono = (await import(pathToFileURL(join(app.folder, "hono-worker/worker.js")).href)).default;
  const ask = (/** @type {string} */ body) => hono.fetch(new Request("https://site.example/chat", { method: "POST", body, headers: { "Content-Type": "application/json" } }), env);
  const answer = await (await ask(QUESTION)).json();
  assert.ok(answer.text.length > 20 && answer.tokens > 0 && answer.usd >= 0, JSON.stringify(answer));
  const refused = await ask('{"messages":[]}');
  assert.equal(refused.status, 400);
  assert.equal((await refused.json()).error.code, "invalid-request");
});

test("page, service-worker: a visitor asks and reads", async () => {
  const site = await serveFolder(app.folder);
  const browser = await launchChromium();
  try {
    for (const example of ["page", "service-worker"]) {
      mkdirSync(join(app.folder, example, "node_modules"), { recursive: true });
      const link = join(app.folder, example, "node_modules/openrouter-wasm");
      if (!existsSync(link)) symlinkSync(app.package, link);
      const tab = await browser.newPage();
      /** @type {unknown[]} */
      const errors = [];
      tab.on("pageerror", (error) => errors.push(error));
      tab.on("dialog", (dialog) => void dialog.accept("any"));
      await tab.goto(`${site.url}/${example}/index.html?base=${encodeURIComponent(openrouter.url)}`);
      if (example === "page") await tab.fill("[name=key]", "any");
      await tab.fill("[name=text]", "Hello!");
      await tab.click("button:not([disabled]):not([name])");
      await tab.waitForFunction(() => (document.querySelector("output")?.textContent ?? "").length > 20, undefined, { timeout: 60_000 });
      if (example === "page") await tab.waitForFunction(() => document.querySelector("[role=status]")?.textContent?.startsWith("complete"));
      assert.deepEqual(errors, [], example);
      await tab.close();
    }
  } finally {
    await browser.close();
    site.close();
  }
});

/** Static files, as any server has them. @param {string} folder */
async function serveFolder(folder) {
  const server = createServer((request, response) => {
    const path = join(folder, new URL(request.url ?? "/", "http://127.0.0.1").pathname);
    const isThere = path.startsWith(folder) && existsSync(path);
    response.writeHead(isThere ? 200 : 404, { "Content-Type": TYPES[extname(path)] ?? "application/octet-stream" });
    response.end(isThere ? readFileSync(path) : "");
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", () => done(undefined)));
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  return { url: `http://127.0.0.1:${port}`, close: () => void (server.closeAllConnections(), server.close()) };
}
