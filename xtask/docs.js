// `cargo xtask docs`: writes docs/api.md. With --check it compares, and says what has no sentence.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { apiPage, ENTRIES } from "./api-page.js";
import { filesOf, withoutSentence } from "./public-types.js";

const folder = fileURLToPath(new URL("../pkg-template", import.meta.url));
const path = fileURLToPath(new URL("../docs/api.md", import.meta.url));
const page = apiPage(folder);

if (!process.argv.includes("--check")) {
  writeFileSync(path, page);
  console.log(`docs/api.md: ${page.split("\n").length} lines`);
} else {
  const files = [...new Set(ENTRIES.flatMap(([, entry]) => filesOf(folder, entry)))];
  const problems = withoutSentence(folder, files).map((place) => `pkg-template/${place} has no sentence`);
  if (!existsSync(path) || readFileSync(path, "utf8") !== page) problems.push("docs/api.md is not what the types give: run `cargo xtask docs`");
  for (const problem of problems) console.error(`lint: ${problem}`);
  process.exitCode = problems.length > 0 ? 1 : 0;
}
