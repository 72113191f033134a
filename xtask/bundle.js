// The modules of the package that are bundles: node xtask/bundle.js <template> <package>
import { readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { build } from "esbuild";

const [template, pkg] = process.argv.slice(2);
const common = { bundle: true, format: "esm", target: "es2022", legalComments: "inline", logLevel: "warning" };

// Files that the build has written stand in the package alone. None of them is in these bundles, which pass them on the way through `first-part.js`.
const written = {
  name: "written-files",
  setup({ onResolve }) {
    onResolve({ filter: /^\.{1,2}\/(engine\/)?((?:services-)?contract|wasm\/\w+-glue|\w+-text)\.js$/ }, ({ path, importer }) => {
      const place = relative(template, join(dirname(importer), path));
      return place.startsWith("..") ? undefined : { path: join(pkg, place), sideEffects: false };
    });
  },
};

/** The notice that a library's licence asks for where a copy of it goes out. */
function notice(library, file = "LICENSE") {
  const licence = readFileSync(new URL(`../node_modules/${library}/${file}`, import.meta.url), "utf8");
  return { js: `/*! Contains ${library}:\n\n${licence.trim()}\n*/` };
}

// With the libraries that it uses inside, so that the package depends on none.
await build({
  ...common,
  platform: "neutral",
  stdin: {
    contents: `export * from "./index.js"; export { SimulatedNetworkError } from "./errors.js";`,
    resolveDir: `${template}/simulator`,
  },
  outfile: `${pkg}/simulator.js`,
  banner: notice("hono"),
  plugins: [written],
});

// The same errors as the rest of the package throws.
const sameErrors = {
  name: "same-errors",
  setup({ onResolve }) {
    onResolve({ filter: /^\.\.\/first-part\.js$/ }, () => ({ path: "../first-part.js", external: true }));
  },
};
// The library's tables of Unicode are 16 KB; every runtime of today has the same classes in its regular expressions.
const unicodeClasses = {
  name: "unicode-classes",
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]json5[\\/]lib[\\/]unicode\.js$/ }, () => ({
      contents: "module.exports = { Space_Separator: /\\p{Zs}/u, ID_Start: /\\p{ID_Start}/u, ID_Continue: /\\p{ID_Continue}/u };",
    }));
  },
};
const { js: licence } = notice("json5", "LICENSE.md");
await build({
  ...common,
  minify: true,
  platform: "neutral",
  entryPoints: [`${template}/request/config-text.js`],
  outfile: `${pkg}/request/config-text.js`,
  banner: { js: `// @ts-nocheck\n${licence}` },
  plugins: [sameErrors, unicodeClasses],
});

// It names its licence and its author, and brings no text of it along.
const { author, license } = JSON.parse(readFileSync(new URL("../node_modules/@cfworker/json-schema/package.json", import.meta.url), "utf8"));
if (license !== "MIT") throw new Error(`@cfworker/json-schema is ${license} by now: its notice has to change`);
const mit = readFileSync(new URL("../LICENSE-MIT", import.meta.url), "utf8").replace(/^[^]*?(?=Permission is hereby granted)/, "").trim();
const validatorLicence = `/*! Contains @cfworker/json-schema:\n\nMIT License\n\nCopyright (c) ${author.replace(/ <.*/, "")}\n\n${mit}\n*/`;
await build({
  ...common,
  minify: true,
  platform: "neutral",
  mainFields: ["module", "main"],
  entryPoints: [`${template}/tools/json-schema.js`],
  outfile: `${pkg}/tools/json-schema.js`,
  banner: { js: `// @ts-nocheck\n${validatorLicence}` },
});

// The server takes a simulator that its caller has made and knows its errors by their class: it must be the same class.
const sameSimulator = {
  name: "same-simulator",
  setup({ onResolve }) {
    onResolve({ filter: /^\.\.\/simulator\// }, () => ({ path: "../simulator.js", external: true }));
  },
};
await build({
  ...common,
  platform: "node",
  entryPoints: [`${template}/bin/serve.js`],
  outfile: `${pkg}/bin/serve.js`,
  banner: notice("@hono/node-server"),
  plugins: [sameSimulator, written],
});

// The engine and the errors are those of the package itself, by its name: `exports` gives each runtime its own entry.
const samePackage = {
  name: "same-package",
  setup({ onResolve }) {
    // The names that a later part takes of the first one are part of the package's entry, as far as they are used here.
    onResolve({ filter: /^\.\.\/(?:index|first-part)\.js$/ }, () => ({ path: "openrouter-wasm", external: true }));
    // In Workers it works with their streams, elsewhere these ask for none.
    onResolve({ filter: /^\.\/native-body\.js$/ }, () => ({ path: `${template}/edge/native-body.js` }));
    // JSON Web Tokens are read by whoever has them.
    onResolve({ filter: /^\.\/jwt\.js$/ }, ({ kind }) => (kind === "dynamic-import" ? { path: "./gateway-jwt.js", external: true } : undefined));
  },
};
for (const [entry, outfile, library, file] of [["index", "gateway", "hono"], ["jwt", "gateway-jwt", "jose", "LICENSE.md"]]) {
  await build({
    ...common,
    platform: "neutral",
    entryPoints: [`${template}/gateway/${entry}.js`],
    outfile: `${pkg}/${outfile}.js`,
    banner: notice(library, file),
    conditions: ["workerd", "worker"],
    plugins: [samePackage, written],
  });
}

// For a page that has no bundler, and for service workers, which have no import(): everything in one file.
await build({ ...common, minify: true, entryPoints: [`${pkg}/index.js`], outfile: `${pkg}/standalone.js` });

// For a page that has no bundler and wants a chat at first: the rest are files beside it that load when they are called.
await build({
  ...common,
  minify: true,
  splitting: true,
  entryPoints: { "standalone-chat": `${pkg}/index.js` },
  outdir: pkg,
  chunkNames: "chunks/[name]-[hash]",
});
