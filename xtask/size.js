// What each part of the package weighs: `cargo xtask size`.
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { build } from "esbuild";

// Bytes after brotli: a page downloads the engine before its first answer. 47 KB were chat streaming alone; the rules of the way out
// (transcripts 32 KB, 13 of them for speed, request shaping 14, OpenClaw's configuration 6, failover 4, the rest values, messages and
// texts) made it 134; web search is 6 more, films 9, money 11, the catalog and its scan 13, pictures, speech, transcripts and music 13;
// how all of it is compiled and compressed took 2 off again. What is refused is a percent more, which the next compiler may write of
// the same source: the next rule has to be weighed.
const ENGINE_LIMIT = 187_400;

const pkg = fileURLToPath(new URL("../pkg", import.meta.url));

const APP = `import { OpenRouter } from "openrouter-wasm";
const client = new OpenRouter({ apiKey: "key" });
for await (const event of client.chat({ messages: [{ role: "user", content: "Hello" }] })) {
  if (event.type === "text-delta") document.body.append(event.text);
}`;

async function bundle(options) {
  const common = { bundle: true, minify: true, format: "esm", target: "es2022", write: false, logLevel: "warning" };
  const { outputFiles } = await build({ ...common, ...options });
  return outputFiles[0].contents;
}

const entryPoints = [`${pkg}/index.js`];
const app = { stdin: { contents: APP, resolveDir: pkg }, alias: { "openrouter-wasm": pkg } };
const parts = {
  "engine (wasm/engine.wasm)": await readFile(`${pkg}/wasm/engine.wasm`),
  "glue (wasm/glue.js, as generated)": await readFile(`${pkg}/wasm/glue.js`),
  "facade (index.js and what it imports, minified, without glue and engine)":
    await bundle({ entryPoints, external: ["#wasm", "*/glue.js"] }),
  "standalone.js (everything, engine as base64)": await readFile(`${pkg}/standalone.js`),
  "an app of five lines, bundled (engine as base64)": await bundle(app),
  "the same app where the engine is a module of its own (workerd)":
    await bundle({ ...app, conditions: ["workerd"], external: ["*.wasm"] }),
  "simulator.js": await readFile(`${pkg}/simulator.js`),
};

const brotli = (bytes) => brotliCompressSync(bytes, {
  params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
}).length;
const column = (value) => String(value).padStart(9);

console.log(`${column("raw")}${column("gzip -9")}${column("brotli 11")}`);
let engine;
for (const [name, bytes] of Object.entries(parts)) {
  const compressed = brotli(bytes);
  engine ??= compressed;
  console.log(`${column(bytes.length)}${column(gzipSync(bytes, { level: 9 }).length)}${column(compressed)}  ${name}`);
}
if (engine > ENGINE_LIMIT) {
  console.error(`the engine has ${engine} bytes after brotli; ${ENGINE_LIMIT} are allowed`);
  process.exitCode = 1;
}
