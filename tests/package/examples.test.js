// examples/: each as a user runs it, with the package as it ships and a simulator behind a port. Those that need a framework's own
// tools run without them here, as far as they can; `cargo xtask matrix example` installs the tools.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { createServer } from "node:http";
import { text } from "node:stream/consumers";
import { extname, join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";
import { Miniflare } from "miniflare";
import { launchChromium } from "./browser.js";
import { wasmModules } from "./bundle.js";
import { installPackage } from "./install.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const examples = join(root, "examples");
const FOLDERS = readdirSync(examples, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map(({ name }) => name).sort();
const QUESTION = JSON.stringify({ messages: [{ role: "user", content: "Hello!" }] });
const TYPES = /** @type {Record<string, string>} */ ({ ".html": "text/html", ".js": "text/javascript" });
/** What examples stand beside. */
const NEIGHBOURS = ["express", "hono", "react", "react-dom", "scheduler"];

/** @type {ReturnType<typeof installPackage>} */
let app;
/** @type {{ url: string, simulator: any, close(): Promise<void> }} */
let openrouter;
/** @type {{ OPENROUTER_API_KEY: string, OPENROUTER_BASE_URL: string }} */
let env;

before(async () => {
  app = installPackage();
  cpSync(examples, app.folder, { recursive: true });
  for (const name of NEIGHBOURS) symlinkSync(join(root, "node_modules", name), join(app.folder, "node_modules", name));
  openrouter = await (await app.load("openrouter-wasm/simulator/serve")).serve({ delayMs: 0 });
  env = { OPENROUTER_API_KEY: "any", OPENROUTER_BASE_URL: openrouter.url };
});
after(async () => {
  await openrouter?.close();
  app?.remove();
});

/** @param {string} url */
const post = (url, body = QUESTION) => new Request(url, { method: "POST", body, headers: { "Content-Type": "application/json" } });

/** A handler streams an answer as text, and its status is earned. @param {(request: Request) => Promise<Response>} handle */
async function answersChats(handle) {
  const response = await handle(post("https://site.example/"));
  const text = await response.text();
  assert.equal(response.status, 200, text);
  assert.ok(text.length > 20, text);
  const refused = await handle(post("https://site.example/", '{"messages":[]}'));
  assert.equal(refused.status, 400);
  assert.match((await refused.json()).error.message, /messages/);
}

test("each folder can be copied: a package.json with exact versions, a README, and a row that says what runs it", () => {
  assert.deepEqual(FOLDERS, ["bun", "deno", "express", "hono-workers", "html", "next", "node", "service-worker", "sveltekit", "vite-react"]);
  const { devDependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const { version } = JSON.parse(readFileSync(join(app.package, "package.json"), "utf8"));
  const table = readFileSync(join(examples, "README.md"), "utf8");
  const matrix = readFileSync(join(root, "tests/matrix/examples.js"), "utf8");
  for (const folder of FOLDERS) {
    const manifest = JSON.parse(readFileSync(join(examples, folder, "package.json"), "utf8"));
    assert.equal(manifest.private, true, folder);
    const { "openrouter-wasm": own, ...others } = { ...manifest.dependencies, ...manifest.devDependencies };
    assert.equal(own, `^${version}`, folder);
    for (const [name, range] of Object.entries(others)) {
      assert.match(range, /^\d+\.\d+\.\d+$/, `${folder}: ${name}`);
      if (devDependencies[name]) assert.equal(range, devDependencies[name], `${folder}: ${name} is tested at that version`);
    }
    assert.match(readFileSync(join(examples, folder, "README.md"), "utf8"), /openrouter-simulator/, folder);
    const row = new RegExp(`^\\| \`${folder}\` \\|.*$`, "m").exec(table)?.[0] ?? "";
    assert.match(row, /cargo xtask test package/, folder);
    assert.equal(row.includes("cargo xtask matrix"), matrix.includes(`"example ${folder}`), `${folder}: the matrix has it, as the table says`);
  }
});

test("node: a conversation, each turn with those before it", async () => {
  const chat = spawn(process.execPath, ["chat.mjs"], { cwd: join(app.folder, "node"), env: { ...process.env, ...env }, stdio: ["pipe", "pipe", "inherit"] });
  let output = "";
  chat.stdout.on("data", (data) => (output += data));
  chat.stdin.end("Hello!\nAnd again.\n");
  assert.deepEqual(await once(chat, "exit"), [0, null]);
  assert.equal(output.match(/\(\$[\d.e-]+\)/g)?.length, 2, output);
  assert.deepEqual(openrouter.simulator.requests.at(-1).body.messages.map((/** @type {any} */ { role }) => role), ["user", "assistant", "user"]);
});

test("express: a page's chat is streamed, and a reader who leaves ends it", async () => {
  const server = spawn(process.execPath, ["server.js"], { cwd: join(app.folder, "express"), env: { ...process.env, ...env, PORT: "0" }, stdio: ["ignore", "pipe", "inherit"] });
  try {
    const [line] = await once(server.stdout, "data");
    const url = `${String(line).trim()}/chat`;
    await answersChats((request) => fetch(new Request(url, request)));
    openrouter.simulator.enqueue({ text: ["One ", "two ", "three"], stallAfterChunks: 2 });
    const leaving = new AbortController();
    const response = await fetch(url, { method: "POST", body: QUESTION, headers: { "Content-Type": "application/json" }, signal: leaving.signal });
    await response.body?.getReader().read();
    leaving.abort();
    const asked = openrouter.simulator.requests.at(-1);
    for (let waited = 0; !asked.aborted && waited < 10_000; waited += 20) await new Promise((done) => setTimeout(done, 20));
    assert.equal(asked.aborted, true, "the request to OpenRouter has ended too");
  } finally {
    server.kill();
  }
});

test("deno, bun, next, sveltekit: the handler answers a page's chat, with the key of the server", async () => {
  const own = { ...process.env };
  Object.assign(process.env, env);
  Object.assign(globalThis, { Deno: { env: { get: (/** @type {keyof typeof env} */ name) => env[name] } } });
  try {
    for (const folder of ["deno", "bun"]) {
      const server = (await import(pathToFileURL(join(app.folder, folder, "server.js")).href)).default;
      await answersChats((request) => server.fetch(request));
      assert.equal((await server.fetch(new Request("https://site.example/"))).status, 405);
    }
    const next = await import(pathToFileURL(join(app.folder, "next/app/api/chat/route.js")).href);
    await answersChats((request) => next.POST(request));
    const outfile = join(app.folder, "sveltekit/endpoint.js");
    await build({ entryPoints: [join(app.folder, "sveltekit/src/routes/api/chat/+server.js")], outfile, bundle: true, format: "esm", platform: "node", external: ["openrouter-wasm"], plugins: [privateEnv] });
    const sveltekit = await import(pathToFileURL(outfile).href);
    await answersChats((request) => sveltekit.POST({ request }));
  } finally {
    Reflect.deleteProperty(globalThis, "Deno");
    process.env = own;
  }
});

/** What SvelteKit makes of `$app/env/private`. @type {import("esbuild").Plugin} */
const privateEnv = {
  name: "private-env",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^\$app\/env\/private$/ }, ({ path }) => ({ path, namespace: "env" }));
    onLoad({ filter: /.*/, namespace: "env" }, () => ({ contents: "export const { OPENROUTER_API_KEY, OPENROUTER_BASE_URL } = process.env;" }));
  },
};

test("hono-workers: in workerd a chat is answered, and errors are JSON", async () => {
  const folder = join(app.folder, "hono-workers");
  const outdir = join(folder, "dist");
  const { metafile } = await build({
    entryPoints: [join(folder, "worker.js")], outdir, bundle: true, format: "esm", target: "es2022", metafile: true, conditions: ["workerd"],
    loader: { ".wasm": "copy" }, assetNames: "[name]", plugins: [wasmModules],
  });
  const wasm = Object.keys(metafile.outputs).filter((path) => path.endsWith(".wasm")).map((path) => join(process.cwd(), path));
  const worker = new Miniflare({
    host: "127.0.0.1", modulesRoot: outdir, compatibilityDate: "2026-03-01", bindings: env,
    modules: [{ type: "ESModule", path: join(outdir, "worker.js") }, ...wasm.map((path) => /** @type {const} */ ({ type: "CompiledWasm", path }))],
  });
  try {
    await worker.ready;
    const ask = async (/** @type {string} */ body) => {
      const response = await worker.dispatchFetch("http://site.example/chat", { method: "POST", body, headers: { "Content-Type": "application/json" } });
      return { status: response.status, answer: /** @type {any} */ (await response.json()) };
    };
    const { status, answer } = await ask(QUESTION);
    assert.equal(status, 200, JSON.stringify(answer));
    assert.ok(answer.text.length > 20 && answer.tokens > 0 && answer.usd >= 0, JSON.stringify(answer));
    const refused = await ask('{"messages":[]}');
    assert.deepEqual([refused.status, refused.answer.error.code], [400, "invalid-request"]);
  } finally {
    await worker.dispose();
  }
});

/** React's pages, bundled. @param {string} folder @param {string} code */
async function bundle(folder, code) {
  await build({
    stdin: { contents: code, resolveDir: join(app.folder, folder), loader: "jsx" }, outfile: join(app.folder, folder, "bundle.js"),
    bundle: true, format: "esm", jsx: "automatic", define: { "process.env.NODE_ENV": '"production"' }, logLevel: "silent",
    // One React, whoever imports it.
    preserveSymlinks: true, nodePaths: [join(root, "node_modules")],
  });
}

test("html, service-worker, vite-react, next: a visitor asks and reads", async (context) => {
  await bundle("vite-react", 'import "./src/main.jsx";');
  await bundle("next", 'import { createRoot } from "react-dom/client"; import Page from "./app/page.jsx"; createRoot(document.getElementById("root")).render(<Page />);');
  for (const folder of ["html", "service-worker"]) {
    mkdirSync(join(app.folder, folder, "node_modules"), { recursive: true });
    symlinkSync(app.package, join(app.folder, folder, "node_modules/openrouter-wasm"));
  }
  const own = { ...process.env };
  Object.assign(process.env, env);
  const { POST } = await import(pathToFileURL(join(app.folder, "next/app/api/chat/route.js")).href);
  const site = await serveFolder(app.folder, {
    "/vite-react/index.html": readFileSync(join(app.folder, "vite-react/index.html"), "utf8").replace("/src/main.jsx", "bundle.js"),
    "/next/index.html": '<!doctype html><div id="root"></div><script type="module" src="bundle.js"></script>',
  }, POST);
  const browser = await launchChromium();
  try {
    for (const example of ["html", "service-worker", "vite-react", "next"]) {
      await context.test(example, async () => {
        const tab = await browser.newPage();
        /** @type {unknown[]} */
        const errors = [];
        tab.on("pageerror", (error) => errors.push(error));
        tab.on("dialog", (dialog) => void dialog.accept("any"));
        await tab.goto(`${site.url}/${example}/index.html?base=${encodeURIComponent(openrouter.url)}`);
        const hasKey = example === "html" || example === "vite-react";
        if (hasKey) await tab.fill("[name=key]", "any");
        await tab.fill("[name=text]", "Hello!");
        await tab.getByRole("button", { name: /send/i, disabled: false }).click();
        // An answer that React has shown is a turn of the list at the end.
        await tab.waitForFunction(() => (document.querySelector("output")?.textContent || document.querySelector("li:nth-child(2)")?.textContent || "").length > 20, undefined, { timeout: 60_000 });
        if (hasKey) await tab.waitForFunction(() => document.querySelector("[role=status]")?.textContent?.startsWith("complete"));
        assert.deepEqual(errors, [], example);
        await tab.close();
      });
    }
  } finally {
    process.env = own;
    await browser.close();
    site.close();
  }
});

/**
 * Static files, as any server has them, and `POST /api/chat`.
 * @param {string} folder @param {Record<string, string>} pages @param {(request: Request) => Promise<Response>} chat
 */
async function serveFolder(folder, pages, chat) {
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://127.0.0.1");
    if (request.method === "POST" && pathname === "/api/chat") {
      const answer = await chat(post("https://site.example/api/chat", await text(request)));
      response.writeHead(answer.status).end(await answer.text());
      return;
    }
    const path = join(folder, pathname);
    const body = pages[pathname] ?? (path.startsWith(folder) && existsSync(path) ? readFileSync(path) : undefined);
    response.writeHead(body === undefined ? 404 : 200, { "Content-Type": TYPES[extname(path)] ?? "application/octet-stream" }).end(body ?? "");
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", () => done(undefined)));
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  return { url: `http://127.0.0.1:${port}`, close: () => void (server.closeAllConnections(), server.close()) };
}
