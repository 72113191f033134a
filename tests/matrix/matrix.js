// Where the package runs, by real installs of its tarball: `cargo xtask matrix [words...]` prints a table and fails when a row does.
// It takes the newest of everything from the registry, needs minutes, and is no part of the tests. Words pick the rows whose names hold one of them.
import { resolve } from "node:path";
import { BUNDLERS } from "./bundlers.js";
import { COMPILERS } from "./compilers.js";
import { EXAMPLES } from "./examples.js";
import { FRAMEWORKS } from "./frameworks.js";
import { PAGES } from "./pages.js";
import { Row } from "./row.js";
import { RUNTIMES } from "./runtimes.js";

const ROW_TIMEOUT_MS = Number(process.env.OPENROUTER_WASM_MATRIX_ROW_MS ?? 480_000);
const words = process.argv.slice(2).map((word) => word.toLowerCase());
const tarball = process.env.OPENROUTER_WASM_TARBALL;
if (!tarball) throw new Error("OPENROUTER_WASM_TARBALL must name the tarball: cargo xtask matrix does it");

const rows = Object.entries({ ...RUNTIMES, ...COMPILERS, ...PAGES, ...BUNDLERS, ...FRAMEWORKS, ...EXAMPLES }).filter(([name]) => words.length === 0 || words.some((word) => name.toLowerCase().includes(word)));
if (rows.length === 0) throw new Error(`no row is named like ${words.join(" or ")}`);

/** @type {{ name: string, versions: string, seconds: number, problem?: string }[]} */
const table = [];
for (const [name, work] of rows) {
  const row = new Row(resolve(tarball), ROW_TIMEOUT_MS);
  const start = Date.now();
  const seconds = () => Math.round((Date.now() - start) / 1000);
  try {
    const versions = await work(row);
    table.push({ name, versions, seconds: seconds() });
    console.log(`ok      ${name} (${versions}), ${seconds()} s`);
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    table.push({ name, versions: "", seconds: seconds(), problem });
    console.log(`FAILED  ${name}, ${seconds()} s\n${problem.replace(/^/gm, "        ")}`);
  } finally {
    await row.close();
  }
}

console.log("\n| where | versions | runs |\n|---|---|---|");
for (const { name, versions, problem } of table) console.log(`| ${name} | ${versions} | ${problem === undefined ? "yes" : `no: ${problem.split("\n")[0].replaceAll("|", "\\|")}`} |`);
const failed = table.filter(({ problem }) => problem !== undefined).length;
console.log(`\n${table.length - failed} of ${table.length} rows`);
process.exitCode = failed > 0 ? 1 : 0;
