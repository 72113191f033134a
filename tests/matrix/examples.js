// examples/ with the tools that they are made for, as their READMEs say, against a simulator behind a port.
import { cpSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { launchChromium } from "../package/browser.js";
import { NODE_PACKAGE } from "./row.js";

/** @import { Row } from "./row.js" */
/** @typedef {import("./runtimes.js").Work} Work */

const root = fileURLToPath(new URL("../..", import.meta.url));

/**
 * Copies an example, installs what it names, and starts a simulator.
 * @param {Row} row @param {string} name @param {string[]} [tools] installed beside: runtimes, a Node of its own
 */
async function installed(row, name, tools = []) {
  cpSync(join(root, "examples", name), row.folder, { recursive: true });
  const manifest = JSON.parse(readFileSync(join(row.folder, "package.json"), "utf8"));
  manifest.dependencies["openrouter-wasm"] = `file:${row.tarball}`;
  row.write("package.json", JSON.stringify(manifest));
  await row.run("npm", ["install", "--no-audit", "--no-fund", "--loglevel=error", ...tools]);
  row.path = `${join(row.folder, "node_modules", NODE_PACKAGE, "bin")}:${join(row.folder, "node_modules/.bin")}:${row.path}`;
  const simulator = await row.listening(process.execPath, ["node_modules/openrouter-wasm/bin/simulator.js", "--port", "0"]);
  const env = { OPENROUTER_API_KEY: "any", OPENROUTER_BASE_URL: simulator, PORT: String(20_000 + Math.floor(Math.random() * 20_000)) };
  const versions = Object.keys({ ...manifest.dependencies, ...manifest.devDependencies }).filter((one) => one !== "openrouter-wasm");
  return { env, simulator, versions: [...versions, ...tools.filter((tool) => !tool.startsWith(NODE_PACKAGE))].map((one) => row.version(one)).join(", ") };
}

/** @param {string} url @param {string} [path] */
async function chats(url, path = "") {
  const ask = (/** @type {object[]} */ messages) => fetch(`${url}${path}`, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ messages }), signal: AbortSignal.timeout(60_000) });
  const response = await ask([{ role: "user", content: "Hello!" }]);
  const text = await response.text();
  if (response.status !== 200 || text.length < 20) throw new Error(`${url}${path} answered ${response.status}: ${text.slice(0, 500)}`);
  const refused = await ask([]);
  if (refused.status !== 400) throw new Error(`${url}${path} answered ${refused.status} to no messages`);
}

/** A visitor asks and reads. @param {string} url @param {{ hasKey?: boolean }} [options] */
async function visit(url, { hasKey = false } = {}) {
  const browser = await launchChromium();
  try {
    const tab = await browser.newPage();
    /** @type {string[]} */
    const problems = [];
    tab.on("pageerror", (error) => problems.push(error.message));
    await tab.goto(url, { waitUntil: "networkidle" });
    if (hasKey) await tab.fill("[name=key]", "any");
    await tab.fill("[name=text]", "Hello!");
    await tab.getByRole("button", { name: /send/i }).click();
    await tab.waitForFunction(() => (document.querySelector("output")?.textContent || document.querySelector("li:nth-child(2)")?.textContent || "").length > 20, undefined, { timeout: 60_000 });
    if (problems.length > 0) throw new Error(problems.join("; "));
  } finally {
    await browser.close();
  }
}

const NODE = `${NODE_PACKAGE}@24`;

/** @type {Record<string, Work>} */
export const EXAMPLES = {
  "example deno": async (row) => {
    const { env, versions } = await installed(row, "deno", ["deno"]);
    const { port } = new URL(`http://127.0.0.1:${env.PORT}`);
    await chats(await row.listening("deno", ["serve", "--no-prompt", "--allow-env", "--allow-net", "--node-modules-dir=manual", "--host", "127.0.0.1", "--port", port, "server.js"], { env }));
    return versions;
  },
  "example bun": async (row) => {
    const { env, versions } = await installed(row, "bun", ["bun"]);
    await chats(await row.listening("bun", ["server.js"], { env }));
    return versions;
  },
  "example hono-workers": async (row) => {
    const { env, versions } = await installed(row, "hono-workers", [NODE]);
    row.write(".dev.vars", Object.entries(env).map(([name, value]) => `${name}=${value}\n`).join(""));
    await chats(await row.listening("wrangler", ["dev", "--port=0", "--ip=127.0.0.1", "--inspector-port=0"]), "/chat");
    return versions;
  },
  "example vite-react": async (row) => {
    const { env, simulator, versions } = await installed(row, "vite-react", [NODE]);
    await row.run("npm", ["run", "build"]);
    const url = await row.listening("npm", ["run", "preview", "--", "--host=127.0.0.1", `--port=${env.PORT}`]);
    await visit(`${url}/?base=${encodeURIComponent(simulator)}`, { hasKey: true });
    return versions;
  },
  "example next": async (row) => {
    const { env, versions } = await installed(row, "next", [NODE]);
    await row.run("npm", ["run", "build"], { env });
    const url = await row.listening("npm", ["start", "--", "--hostname=127.0.0.1", `--port=${env.PORT}`], { env });
    await chats(url, "/api/chat");
    await visit(url);
    return versions;
  },
  "example sveltekit": async (row) => {
    const { env, versions } = await installed(row, "sveltekit", [NODE]);
    await row.run("npm", ["run", "build"], { env });
    const url = await row.listening("npm", ["run", "preview", "--", "--host=127.0.0.1", `--port=${env.PORT}`], { env });
    await chats(url, "/api/chat");
    await visit(url);
    return versions;
  },
};
