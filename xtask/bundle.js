// The modules of the package that are bundles: node xtask/bundle.js <template> <package>
import { build } from "esbuild";

const [template, pkg] = process.argv.slice(2);
const common = { bundle: true, format: "esm", target: "es2022", legalComments: "inline", logLevel: "warning" };

// With the libraries that it uses inside, so that the package depends on none.
await build({
  ...common,
  platform: "neutral",
  stdin: {
    contents: `export * from "./index.js"; export { SimulatedNetworkError } from "./errors.js";`,
    resolveDir: `${template}/simulator`,
  },
  outfile: `${pkg}/simulator.js`,
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
  plugins: [sameSimulator],
});

// For a page that has no bundler.
await build({ ...common, minify: true, entryPoints: [`${pkg}/index.js`], outfile: `${pkg}/standalone.js` });
