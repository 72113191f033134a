// Puts the page where the Worker serves it from: `public/` (or another folder: `node build.js <folder>`) gets the files of the demo,
// with the package in their bundles, and the headers.
import { mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { buildSite, headersFile } from "../serve/site.js";

const out = process.argv[2] ? resolve(process.argv[2]) : fileURLToPath(new URL("public", import.meta.url));

await rm(out, { recursive: true, force: true });
const files = await buildSite();
for (const [path, { bytes }] of files) {
  await mkdir(dirname(out + path), { recursive: true });
  await writeFile(out + path, bytes);
}
// Cloudflare's name for the headers of static files.
await writeFile(`${out}/_headers`, headersFile(files));
