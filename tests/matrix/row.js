// What the rows share: a folder with the package in it, commands that end in time, a page in Chromium.
import { spawn } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { delimiter, dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { launchChromium } from "../package/browser.js";

const TYPES = { ".html": "text/html", ".js": "text/javascript", ".mjs": "text/javascript", ".wasm": "application/wasm", ".css": "text/css" };
/** npm has each Node as a package with its program in it. */
export const NODE_PACKAGE = `node-${process.platform}-${process.arch}`;
/** What scenario.js gives. */
export const EXPECTED = "It is sunny. 2 true handed on payment-required";
/** What gateway-scenario.js gives. */
export const EXPECTED_OF_GATEWAY = "handed on; auth; read again; true";
/** The end of what a command said: its first lines are banners. */
const SHOWN_CHARS = 1500;

/** A folder of its own with the tarball and what a row names, installed as its users would. */
export class Row {
  /** @param {string} tarball @param {number} timeoutMs of the whole row */
  constructor(tarball, timeoutMs) {
    this.tarball = tarball;
    this.path = process.env.PATH ?? "";
    this.folder = mkdtempSync(join(tmpdir(), "openrouter-wasm-matrix-"));
    this.deadline = Date.now() + timeoutMs;
    /** @type {(() => unknown)[]} */
    this.closers = [];
  }

  /** @param {string} name @param {string} text */
  write(name, text) {
    const path = join(this.folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }

  /** @param {string[]} packages @param {string} [node] the range of a Node of its own, for who does not run on the one at hand */
  async install(packages, node) {
    this.write("package.json", JSON.stringify({ name: "app", private: true, type: "module" }));
    const install = ["install", "--no-audit", "--no-fund", "--loglevel=error"];
    if (node !== undefined) {
      // First, since npm takes the newest of everything that the Node it runs on can use.
      await this.run("npm", [...install, `${NODE_PACKAGE}@${node}`]);
      this.path = `${join(this.folder, "node_modules", NODE_PACKAGE, "bin")}${delimiter}${this.path}`;
    }
    await this.run("npm", [...install, this.tarball, ...packages]);
    this.scenario();
    return packages.map((name) => this.version(name)).join(", ");
  }

  /** @param {string} [folder] */
  scenario(folder = ".") {
    mkdirSync(join(this.folder, folder), { recursive: true });
    for (const name of ["scenario.js", "gateway-scenario.js"]) copyFileSync(fileURLToPath(new URL(name, import.meta.url)), join(this.folder, folder, name));
  }

  /** @param {string} name as it was installed: with a range, perhaps under an alias */
  version(name) {
    const bare = name.replace(/(?<=.)@.*$/, "");
    return `${bare} ${JSON.parse(readFileSync(join(this.folder, "node_modules", bare, "package.json"), "utf8")).version}`;
  }

  /** @param {string} command @param {string[]} args @param {{ cwd?: string, env?: Record<string, string> }} [options] @returns {Promise<string>} what it printed */
  run(command, args, options = {}) {
    return new Promise((resolve, reject) => {
      const child = this.spawn(command, args, options);
      let said = "";
      for (const stream of [child.stdout, child.stderr]) stream.on("data", (piece) => (said += piece));
      const timer = setTimeout(() => this.end(child), Math.max(0, this.deadline - Date.now()));
      child.on("error", reject);
      child.on("close", (code, signal) => {
        clearTimeout(timer);
        if (code === 0) resolve(said);
        else reject(new Error(`${command} ${args.join(" ")} ended with ${signal ?? code}:\n${said.slice(-SHOWN_CHARS)}`));
      });
    });
  }

  /** In a group of its own: what it starts ends with it. @param {string} command @param {string[]} args @param {{ cwd?: string, env?: Record<string, string> }} options */
  spawn(command, args, { cwd = this.folder, env = {} } = {}) {
    const quiet = { CI: "1", NEXT_TELEMETRY_DISABLED: "1", NUXT_TELEMETRY_DISABLED: "1", ASTRO_TELEMETRY_DISABLED: "1", WRANGLER_SEND_METRICS: "false", DO_NOT_TRACK: "1" };
    return spawn(command, args, { cwd, detached: true, stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, PATH: this.path, ...quiet, ...env } });
  }

  /** @param {import("node:child_process").ChildProcess} child */
  end(child) {
    try {
      if (child.pid) process.kill(-child.pid, "SIGKILL");
    } catch (error) {
      // It has ended by itself.
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== "ESRCH") throw error;
    }
  }

  /** A server that says where it listens. @param {string} command @param {string[]} args @param {{ env?: Record<string, string> }} [options] @returns {Promise<string>} its address */
  listening(command, args, options) {
    return new Promise((resolve, reject) => {
      const child = this.spawn(command, args, options ?? {});
      this.closers.push(() => this.end(child));
      let said = "";
      const timer = setTimeout(() => reject(new Error(`${command} did not listen in time:\n${said.slice(-SHOWN_CHARS)}`)), Math.max(0, this.deadline - Date.now()));
      child.on("error", reject);
      child.on("close", (code) => reject(new Error(`${command} ended with ${code}:\n${said.slice(-SHOWN_CHARS)}`)));
      for (const stream of [child.stdout, child.stderr]) {
        stream.on("data", (piece) => {
          said += String(piece).replace(/\u001b\[[\d;]*m/g, "");
          const url = /http:\/\/(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1?\]):(\d+)/.exec(said);
          if (!url) return;
          clearTimeout(timer);
          resolve(`http://127.0.0.1:${url[1]}`);
        });
      }
    });
  }

  /** What an address answers, asked until it does. @param {string} url */
  async answers(url) {
    /** @type {unknown} */
    let last;
    while (Date.now() < this.deadline) {
      try {
        const response = await fetch(url, { signal: AbortSignal.timeout(60_000) });
        const text = (await response.text()).trim();
        if (response.status < 500 && text.includes(EXPECTED)) return;
        throw new Error(`${url} answered ${response.status}: ${text.slice(0, SHOWN_CHARS)}`);
      } catch (error) {
        last = error;
        // It listens before it can answer.
        if (error instanceof TypeError) await new Promise((resolve) => setTimeout(resolve, 300));
        else throw error;
      }
    }
    throw last;
  }

  /** What a page puts into `globalThis.answer`. @param {string} url */
  async page(url) {
    const browser = await launchChromium();
    try {
      const tab = await browser.newPage();
      /** @type {string[]} */
      const problems = [];
      tab.on("pageerror", (error) => problems.push(error.message));
      tab.on("console", (message) => void (message.type() === "error" && problems.push(message.text())));
      await tab.goto(url);
      try {
        await tab.waitForFunction(() => "answer" in globalThis, undefined, { timeout: 30_000 });
      } catch (error) {
        throw new Error(`the page gave no answer: ${problems.join("; ") || error}`);
      }
      same(await tab.evaluate(() => /** @type {any} */ (globalThis).answer));
    } finally {
      await browser.close();
    }
  }

  /** Serves a folder. @param {string} folder @param {Record<string, string>} [policies] Content Security Policies, by path @returns {Promise<string>} */
  async serve(folder, policies = {}) {
    const server = createServer((request, response) => {
      const path = new URL(request.url ?? "/", "http://a").pathname;
      try {
        const body = readFileSync(join(this.folder, folder, path === "/" ? "index.html" : path));
        const policy = policies[path];
        response.writeHead(200, { "Content-Type": TYPES[/** @type {keyof typeof TYPES} */ (extname(path) || ".html")] ?? "application/octet-stream", ...(policy && { "Content-Security-Policy": policy }) }).end(body);
      } catch {
        response.writeHead(404).end();
      }
    });
    await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
    this.closers.push(() => (server.closeAllConnections(), server.close()));
    return `http://127.0.0.1:${/** @type {import("node:net").AddressInfo} */ (server.address()).port}`;
  }

  async close() {
    for (const close of this.closers) await close();
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** @param {unknown} answer @param {string} [expected] */
export function same(answer, expected = EXPECTED) {
  if (String(answer).trim() !== expected) throw new Error(`gave ${JSON.stringify(String(answer).trim().slice(0, SHOWN_CHARS))} instead of ${JSON.stringify(expected)}`);
}
