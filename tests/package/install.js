// The package as a user gets it: the packed tarball, installed into an empty folder.
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { after, before } from "node:test";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Installs without a network, as the package has no dependencies. @param {string} folder @param {string} tarball */
function npmInstall(folder, tarball) {
  writeFileSync(join(folder, "package.json"), '{"name":"app","private":true,"type":"module"}\n');
  execFileSync("npm", ["install", "--offline", "--ignore-scripts", "--no-audit", "--no-fund", tarball], { cwd: folder, stdio: ["ignore", "ignore", "inherit"] });
}

/**
 * The folder in which npm has installed the tarball of `cargo xtask test`: once for all files of tests, beside it. npm takes as long as many of them.
 * @param {string} tarball
 */
function installedOnce(tarball) {
  const installed = join(dirname(tarball), `installed-${Math.floor(statSync(tarball).mtimeMs)}`);
  if (existsSync(installed)) return installed;
  const own = mkdtempSync(`${installed}-`);
  npmInstall(own, tarball);
  try {
    renameSync(own, installed);
  } catch (error) {
    // Another file was quicker.
    rmSync(own, { recursive: true });
    if (!existsSync(installed)) throw error;
  }
  return installed;
}

/**
 * A folder of its own for each caller, who may write there.
 * @returns {{ folder: string, package: string, load: (specifier: string) => Promise<any>, remove: () => void }}
 */
export function installPackage() {
  const folder = mkdtempSync(join(tmpdir(), "openrouter-wasm-"));
  const tested = process.env.OPENROUTER_WASM_TARBALL;
  if (tested) cpSync(installedOnce(resolve(tested)), folder, { recursive: true, verbatimSymlinks: true });
  else {
    execFileSync("npm", ["pack", join(root, "pkg"), "--pack-destination", folder], { stdio: ["ignore", "ignore", "inherit"] });
    npmInstall(folder, join(folder, /** @type {string} */ (readdirSync(folder).find((name) => name.endsWith(".tgz")))));
  }
  const loader = join(folder, "load.mjs");
  // By its name, from inside the folder: so `exports` and `imports` are tested too.
  writeFileSync(loader, "export const load = (specifier) => import(specifier);\n");
  const load = async (/** @type {string} */ specifier) => (await import(pathToFileURL(loader).href)).load(specifier);
  return { folder, package: join(folder, "node_modules/openrouter-wasm"), load, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/**
 * The same for a file of tests, with its parts: there when the first test runs, gone behind the last.
 * @returns {{ api: any, createSimulator: any }}
 */
export function installedParts() {
  const parts = { api: /** @type {any} */ (undefined), createSimulator: /** @type {any} */ (undefined) };
  /** @type {ReturnType<typeof installPackage> | undefined} */
  let app;
  before(async () => {
    app = installPackage();
    parts.api = await app.load("openrouter-wasm");
    parts.createSimulator = (await app.load("openrouter-wasm/simulator")).createSimulator;
  });
  after(() => app?.remove());
  return parts;
}
