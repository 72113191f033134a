// The command as a user's shell starts it, and its commands with a stand-in for the client.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { after, beforeEach } from "node:test";
import { installPackage } from "./install.js";

/** Looks like a key of OpenRouter's, so that everything that masks one is tried. */
export const KEY = "sk-or-v1-0123456789abcdef0123456789abcdef";

/**
 * The package, installed, and a simulator behind a port, for a whole file of tests.
 * @param {object} [options]  of the simulator
 */
export async function installed(options = {}) {
  const app = installPackage();
  const { serve } = await app.load("openrouter-wasm/simulator/serve");
  const server = await serve({ delayMs: 0, apiKeys: [KEY], ...options });
  after(async () => {
    await server.close();
    app.remove();
  });
  beforeEach(() => server.simulator.reset());
  // As npm links it: that it can be run is tested too.
  const command = join(app.folder, "node_modules/.bin/openrouter-wasm");
  return { app, server, simulator: server.simulator, command, base: () => ["--base-url", server.url] };
}

/** A folder of its own for each test. @param {import("node:test").TestContext} context */
export function freshFolder(context) {
  const folder = mkdtempSync(join(tmpdir(), "openrouter-cli-"));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** @param {string} folder */
export const namesIn = (folder) => readdirSync(folder).sort();

/**
 * @typedef {object} Surroundings
 * @property {string} folder  its configuration, and where it runs
 * @property {Record<string, string | undefined>} [env]
 * @property {string | Buffer} [input]  piped in; left out: no standard input at all
 * @property {boolean} [keepsInput]  the pipe stays open, for the test to write to
 */

/** @param {string} command @param {readonly string[]} words @param {Surroundings} surroundings */
export function start(command, words, { folder, env = {}, input, keepsInput = false }) {
  const { NO_COLOR: _, FORCE_COLOR: __, OPENROUTER_API_KEY: ___, OPENROUTER_BASE_URL: ____, ...inherited } = process.env;
  const child = spawn(process.execPath, [command, ...words], {
    cwd: folder,
    env: { ...inherited, XDG_CONFIG_HOME: join(folder, "xdg"), APPDATA: join(folder, "xdg"), ...env },
    stdio: [input === undefined && !keepsInput ? "ignore" : "pipe", "pipe", "pipe"],
  });
  const [stdout, stderr] = [/** @type {import("node:stream").Readable} */ (child.stdout), /** @type {import("node:stream").Readable} */ (child.stderr)];
  let [out, err] = ["", ""];
  stdout.setEncoding("utf8").on("data", (text) => (out += text));
  stderr.setEncoding("utf8").on("data", (text) => (err += text));
  if (input !== undefined) child.stdin?.end(input);
  const ended = once(child, "close").then(([code, signal]) => ({ code, signal, stdout: out, stderr: err }));
  /** Until the text has come. @param {"stdout" | "stderr"} name @param {RegExp} pattern */
  const until = async (name, pattern) => {
    const stream = name === "stdout" ? stdout : stderr;
    const text = () => (name === "stdout" ? out : err);
    while (!pattern.test(text())) await Promise.race([once(stream, "data"), ended.then(() => Promise.reject(new Error(`ended without ${pattern}: ${out}${err}`)))]);
    return /** @type {RegExpExecArray} */ (pattern.exec(text()));
  };
  return { child, ended, until };
}

/** @param {string} command @param {readonly string[]} words @param {Surroundings} surroundings */
export const run = (command, words, surroundings) => start(command, words, surroundings).ended;

/**
 * One command in this process, with a client of the test's making.
 * @param {string} folderOfCli  `bin/cli` of the package
 * @param {string} name  "models scan"
 * @param {readonly string[]} words
 * @param {{ client?: any, folder: string, isTerminal?: boolean, stdin?: any, env?: Record<string, string>, signal?: AbortSignal, columns?: number }} options
 */
export async function call(folderOfCli, name, words, { client = {}, folder, isTerminal = false, stdin, env = {}, signal, columns = 100 }) {
  const [{ COMMANDS }, { COMMON_OPTIONS, readArguments }, { Output }, { Progress }, { exitCodeOf, lineOf }] = await Promise.all(
    ["main.js", "arguments.js", "output.js", "progress.js", "failures.js"].map((file) => import(join(folderOfCli, file))),
  );
  const command = COMMANDS.find((/** @type {{ name: string }} */ one) => one.name === name);
  /** @type {{ stdout: Buffer[], stderr: Buffer[] }} */
  const written = { stdout: [], stderr: [] };
  const output = (/** @type {"stdout" | "stderr"} */ to) => {
    const stream = Object.assign(new PassThrough(), { isTTY: isTerminal, columns });
    stream.on("data", (/** @type {Buffer} */ bytes) => written[to].push(bytes));
    return new Output(stream, env);
  };
  const [out, err] = [output("stdout"), output("stderr")];
  let code, error;
  try {
    const { values, positionals } = readArguments(words, { ...command.options, ...COMMON_OPTIONS });
    const note = async (/** @type {string} */ text) => void (values.quiet || (await err.line(text)));
    code = (await command.run({
      values, positionals, out, err, stdin: stdin ?? { isTTY: false, fd: -1 }, progress: new Progress(err, false), note,
      client: async () => client, signal: signal ?? new AbortController().signal, interrupts: {}, env, platform: process.platform, folder: join(folder, "user"),
    })) ?? 0;
  } catch (thrown) {
    error = thrown;
    code = exitCodeOf(thrown);
    await err.line(lineOf(thrown));
  }
  await Promise.all([out.flush(), err.flush()]);
  return { code, error, stdout: Buffer.concat(written.stdout).toString(), bytes: Buffer.concat(written.stdout), stderr: Buffer.concat(written.stderr).toString() };
}

const startFolder = process.cwd();

/** A fresh folder that relative paths begin in. @param {import("node:test").TestContext} context */
export function standIn(context) {
  const folder = freshFolder(context);
  process.chdir(folder);
  context.after(() => process.chdir(startFolder));
  return folder;
}

/** @param {string} text */
export const bytes = (text) => new TextEncoder().encode(text);

/** @param {string} path */
export const readJson = (path) => JSON.parse(readFileSync(path, "utf8"));
