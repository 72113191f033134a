// The package as a user gets it: the packed tarball, installed into an empty folder.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { after, before } from "node:test";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** The tarball that `cargo xtask test` made, or one made now of pkg/. @param {string} folder */
function tarball(folder) {
  if (process.env.OPENROUTER_WASM_TARBALL) return resolve(process.env.OPENROUTER_WASM_TARBALL);
  execFileSync("npm", ["pack", join(root, "pkg"), "--pack-destination", folder], { stdio: ["ignore", "ignore", "inherit"] });
  return join(folder, /** @type {string} */ (readdirSync(folder).find((name) => name.endsWith(".tgz"))));
}

/**
 * Installs without a network: the package has no dependencies.
 * @returns {{ folder: string, package: string, load: (specifier: string) => Promise<any>, remove: () => void }}
 */
export function installPackage() {
  const folder = mkdtempSync(join(tmpdir(), "openrouter-wasm-"));
  writeFileSync(join(folder, "package.json"), '{"name":"app","private":true,"type":"module"}\n');
  execFileSync("npm", ["install", "--offline", "--ignore-scripts", "--no-audit", "--no-fund", tarball(folder)], { cwd: folder, stdio: ["ignore", "ignore", "inherit"] });
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
