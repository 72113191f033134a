// Puts the page where the Worker serves it from: `public/` (or another folder: `node build.js <folder>`) gets the files of the demo,
// those of the package that they use, and the headers.
import { cp, mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { SECURITY_HEADERS } from "../serve/security-headers.js";

const www = new URL("../", import.meta.url);
const pkg = new URL("../../pkg/", import.meta.url);
const out = process.argv[2] ? pathToFileURL(`${resolve(process.argv[2])}/`) : new URL("public/", import.meta.url);

await rm(out, { recursive: true, force: true });
await mkdir(new URL("pkg/", out), { recursive: true });
for (const name of ["index.html", "app.js", "style.css", "mark.svg", "page"]) await cp(new URL(name, www), new URL(name, out), { recursive: true });
// The simulator may come in parts.
const parts = (await readdir(pkg)).filter((name) => name === "standalone.js" || /^simulator[\w-]*\.js$/.test(name));
for (const name of parts) await cp(new URL(name, pkg), new URL(`pkg/${name}`, out));
// Cloudflare's name for the headers of static files.
await writeFile(new URL("_headers", out), ["/*", ...Object.entries(SECURITY_HEADERS).map(([name, value]) => `  ${name}: ${value}`), ""].join("\n"));
