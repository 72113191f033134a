// Bundlers: the scenario as a page, built without configuration beyond what each asks of everybody, loaded in Chromium.
import { join } from "node:path";

/** @import { Row } from "./row.js" */
/** @typedef {import("./runtimes.js").Work} Work */

const MAIN = `import { scenario } from "./scenario.js";\nscenario().then((answer) => (globalThis.answer = answer), (error) => (globalThis.answer = String(error?.stack ?? error)));\n`;
/** @param {string} script */
const html = (script) => `<!doctype html><link rel="icon" href="data:,"><script type="module" src="${script}"></script>`;

/**
 * @param {string[]} packages
 * @param {(row: Row, bin: (name: string) => string) => Promise<string>} build  gives the folder to serve
 * @returns {Work}
 */
const page = (packages, build) => async (row) => {
  const versions = await row.install(packages);
  row.write("main.js", MAIN);
  const folder = await build(row, (name) => join(row.folder, "node_modules/.bin", name));
  await row.page(await row.serve(folder));
  return versions;
};

/** @type {Record<string, Work>} */
export const BUNDLERS = {
  "esbuild": page(["esbuild"], async (row, bin) => {
    await row.run(bin("esbuild"), ["main.js", "--bundle", "--format=esm", "--outfile=dist/main.js"]);
    row.write("dist/index.html", html("/main.js"));
    return "dist";
  }),
  "esbuild --splitting --minify": page(["esbuild"], async (row, bin) => {
    await row.run(bin("esbuild"), ["main.js", "--bundle", "--format=esm", "--splitting", "--minify", "--outdir=dist"]);
    row.write("dist/index.html", html("/main.js"));
    return "dist";
  }),
  "webpack 5": page(["webpack", "webpack-cli"], async (row, bin) => {
    await row.run(bin("webpack"), ["--mode=production", "--entry=./main.js"]);
    row.write("dist/index.html", html("/main.js"));
    return "dist";
  }),
  "Rspack": page(["@rspack/core", "@rspack/cli"], async (row, bin) => {
    row.write("rspack.config.js", `export default { mode: "production", entry: "./main.js" };\n`);
    await row.run(bin("rspack"), ["build"]);
    row.write("dist/index.html", html("/main.js"));
    return "dist";
  }),
  "rollup": page(["rollup", "@rollup/plugin-node-resolve"], async (row, bin) => {
    await row.run(bin("rollup"), ["main.js", "--plugin", "node-resolve", "--format", "es", "--dir", "dist"]);
    row.write("dist/index.html", html("/main.js"));
    return "dist";
  }),
  "rolldown": page(["rolldown"], async (row, bin) => {
    await row.run(bin("rolldown"), ["main.js", "--format", "esm", "--dir", "dist"]);
    row.write("dist/index.html", html("/main.js"));
    return "dist";
  }),
  "Parcel": page(["parcel"], async (row, bin) => {
    row.write("index.html", html("./main.js"));
    await row.run(bin("parcel"), ["build", "index.html", "--no-cache"]);
    return "dist";
  }),
  "bun build": page(["bun"], async (row, bin) => {
    await row.run(bin("bun"), ["build", "main.js", "--outdir=dist", "--target=browser"]);
    row.write("dist/index.html", html("/main.js"));
    return "dist";
  }),
  "Vite build": page(["vite"], async (row, bin) => {
    row.write("index.html", html("/main.js"));
    await row.run(bin("vite"), ["build"]);
    return "dist";
  }),
  "Vite dev": async (row) => {
    const versions = await row.install(["vite"]);
    row.write("main.js", MAIN);
    row.write("index.html", html("/main.js"));
    await row.page(await row.listening(join(row.folder, "node_modules/.bin/vite"), ["--host=127.0.0.1", "--port=0"]));
    return versions;
  },
};
