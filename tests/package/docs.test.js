// README.md and docs/: every snippet runs as it stands, against the simulator, and is right under strict TypeScript; every link leads somewhere.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, normalize } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build } from "esbuild";
import { launchChromium, servePage } from "./browser.js";
import { PAGES, snippetsOf, textOf } from "./doc-snippets.js";
import { installPackage } from "./install.js";

/** @import { Snippet } from "./doc-snippets.js" */

const run = promisify(execFile);
const root = fileURLToPath(new URL("../..", import.meta.url));
const require = createRequire(import.meta.url);

/** What snippets stand beside: other packages, and files that they read. */
const NEIGHBOURS = ["openai", "@openrouter/sdk", "@openrouter/ai-sdk-provider", "ai", "@ai-sdk", "hono", "react", "react-dom", "@types", "csstype", "scheduler", "zod"];
const FILES = fileURLToPath(new URL("doc-files", import.meta.url));

/** @type {Snippet[]} */
const snippets = PAGES.flatMap(snippetsOf);
const nameOf = (/** @type {Snippet} */ { page, line, kind }) => `${page.replace(/\W/g, "-")}-${line}.${kind === "jsx" ? "jsx" : "mjs"}`;

/** @type {ReturnType<typeof installPackage>} */
let app;
before(() => {
  app = installPackage();
  cpSync(FILES, app.folder, { recursive: true });
  for (const name of NEIGHBOURS) {
    const from = join(root, "node_modules", name);
    if (existsSync(from)) (mkdirSync(dirname(join(app.folder, "node_modules", name)), { recursive: true }), symlinkSync(from, join(app.folder, "node_modules", name)));
  }
  for (const snippet of snippets) if (snippet.kind !== "html") writeFileSync(join(app.folder, nameOf(snippet)), snippet.source);
});
after(() => app?.remove());

test("there is a README that one reads: at most 250 lines, and its snippets are found", () => {
  assert.ok(textOf("README.md").split("\n").length <= 251);
  for (const kind of ["node", "worker", "html", "jsx"]) assert.ok(snippets.some((snippet) => snippet.page === "README.md" && snippet.kind === kind), kind);
  // A fence that says more than the extraction knows would be left out in silence. ```typescript is a declaration.
  for (const page of PAGES) assert.equal(snippetsOf(page).length, (textOf(page).match(/^```(js|html|jsx|ts|tsx|javascript)\b/gm) ?? []).length, page);
});

test("every link between the pages leads to a file and a heading that are there", () => {
  for (const page of PAGES) {
    for (const [, target] of textOf(page).matchAll(/\]\((?!https?:)([^)\s]+)\)/g)) {
      const [path, anchor] = target.split("#");
      const file = path === "" ? page : normalize(join(dirname(page), path));
      assert.ok(existsSync(join(root, file)), `${page}: ${target}`);
      if (anchor) assert.ok(headingsOf(textOf(file)).includes(anchor), `${page}: ${target}`);
    }
  }
});

test("docs/command-line.md names every command, and every variable of the environment that is read", async () => {
  const page = textOf("docs/command-line.md");
  const { stdout } = await run(process.execPath, [join(app.package, "bin/openrouter-wasm.js"), "--help"]);
  const commands = [.../Commands:\n([\s\S]*?)\n\n/.exec(stdout)?.[1].matchAll(/^  (\S+(?: \S+)?)  /gm) ?? []].map(([, name]) => name);
  assert.ok(commands.length > 10, stdout);
  const folder = join(app.package, "bin/cli");
  const source = readdirSync(folder).map((name) => readFileSync(join(folder, name), "utf8")).join("\n");
  const variables = [...source.matchAll(/\benv\.([A-Z_]+)\b/g)].map(([, name]) => name);
  assert.ok(variables.length > 4);
  for (const name of [...commands, ...variables]) assert.ok(page.includes(`\`${name}\``), name);
});

/** As GitHub names them. @param {string} text */
function headingsOf(text) {
  /** @type {Map<string, number>} */
  const taken = new Map();
  return [...text.replace(/^```[\s\S]*?^```$/gm, "").matchAll(/^#+ (.*)$/gm)].map(([, heading]) => {
    const anchor = heading.toLowerCase().replace(/[^\p{L}\p{N} _-]/gu, "").replace(/ /g, "-");
    const count = taken.get(anchor) ?? 0;
    taken.set(anchor, count + 1);
    return count === 0 ? anchor : `${anchor}-${count}`;
  });
}

describe("snippets in Node, as modules of Workers and routes, and as servers", { concurrency: 2 }, () => {
  for (const page of PAGES) {
    const mine = snippets.filter((snippet) => snippet.page === page && ["node", "worker", "route", "server"].includes(snippet.kind));
    if (mine.length === 0) continue;
    test(page, async (context) => {
      const list = join(app.folder, `${page.replace(/\W/g, "-")}.json`);
      writeFileSync(list, JSON.stringify(mine.map((snippet) => ({ ...snippet, file: join(app.folder, nameOf(snippet)) }))));
      const runner = fileURLToPath(new URL("doc-runner.js", import.meta.url));
      const env = { ...process.env, OPENROUTER_API_KEY: "sk-or-v1-0123456789abcdef", APPROVAL_SECRET: "a-secret-of-32-characters-or-more" };
      const { stdout } = await run(process.execPath, [runner, list, join(app.package, "simulator.js")], { cwd: app.folder, env, maxBuffer: 1 << 26 });
      const reports = JSON.parse(stdout);
      assert.equal(reports.length, mine.length);
      for (const [number, { output, requests, error }] of reports.entries()) {
        const { line, wanted } = mine[number];
        await context.test(`line ${line}`, () => {
          assert.equal(error, undefined, `${page}:${line}\n${error}\n${output}`);
          assert.ok(requests > 0 || output !== "", "it does something");
          if (wanted.prints) assert.ok(output.includes(wanted.prints), `${page}:${line} prints:\n${output}`);
        });
      }
    });
  }
});

test("snippets in a page", async (context) => {
  const { createSimulator } = await app.load("openrouter-wasm/simulator");
  const browser = await launchChromium();
  try {
    for (const snippet of snippets.filter(({ kind }) => kind === "page" || kind === "html" || kind === "jsx")) {
      await context.test(`${snippet.page}:${snippet.line}`, async () => {
        const simulator = createSimulator({ delayMs: 0 });
        for (const script of snippet.wanted.scripts ?? []) simulator.enqueue(script);
        const site = await servePage(await siteOf(snippet));
        const tab = await browser.newPage();
        /** @type {unknown[]} */
        const errors = [];
        try {
          tab.on("pageerror", (error) => errors.push(error));
          tab.on("dialog", (dialog) => void dialog.accept("sk-or-v1-of-the-visitor"));
          // A gateway of the snippet's is played, too.
          await tab.route(/^https:\/\/(openrouter\.ai|ai\.site\.example)\//, async (route) => {
            const request = route.request();
            const body = request.postDataBuffer();
            const response = await simulator.fetch(request.url().replace("ai.site.example", "openrouter.ai/api"), { method: request.method(), headers: request.headers(), ...(body && { body }) });
            const headers = { ...Object.fromEntries(response.headers), "access-control-allow-origin": "*", "access-control-allow-headers": "*" };
            await route.fulfill({ status: response.status, headers, body: Buffer.from(await response.arrayBuffer()) });
          });
          await tab.goto(`${site.url}/`);
          await tab.waitForFunction(() => /** @type {any} */ (globalThis).isDone || document.querySelector("button")?.dataset.go, undefined, { timeout: 60_000 });
          if (snippet.kind !== "page") {
            if (snippet.kind === "jsx") await tab.click("button");
            await tab.waitForFunction((least) => document.body.innerText.trim().length > least, 40, { timeout: 60_000 });
          }
          assert.deepEqual(errors, []);
        } finally {
          await tab.close();
          site.close();
        }
      });
    }
  } finally {
    await browser.close();
  }
});

/** The files of a page with the snippet in it. @param {Snippet} snippet @returns {Promise<Record<string, [string, string | Buffer]>>} */
async function siteOf(snippet) {
  if (snippet.kind === "html") {
    const files = /** @type {Record<string, [string, string | Buffer]>} */ ({ "/": ["text/html", `<!doctype html><body>${snippet.code}<script type="module">globalThis.isDone = true</script>`] });
    for (const [, path] of snippet.code.matchAll(/from "\.\/(node_modules\/[^"]+)"/g)) {
      files[`/${path}`] = ["text/javascript", readFileSync(join(app.folder, path))];
    }
    return files;
  }
  const entry = snippet.kind === "page"
    ? `await import("./${nameOf(snippet)}"); globalThis.isDone = true;`
    : `import { createRoot } from "react-dom/client"; import { createElement } from "react"; import { Chat } from "./${nameOf(snippet)}";
       createRoot(document.getElementById("root")).render(createElement(Chat)); setTimeout(() => { globalThis.isDone = true; }, 500);`;
  const { outputFiles } = await build({
    stdin: { contents: entry, resolveDir: app.folder }, bundle: true, format: "esm", write: false, jsx: "automatic", logLevel: "silent",
    // One React, whoever imports it; what the neighbours need is where they come from.
    preserveSymlinks: true, nodePaths: [join(root, "node_modules")], define: { "process.env.NODE_ENV": '"production"' },
  });
  return {
    "/": ["text/html", '<!doctype html><meta charset="utf-8"><body><div id="root"></div><button id="button">Go</button><output id="answer"></output><script type="module" src="/page.js"></script>'],
    "/page.js": ["text/javascript", Buffer.from(outputFiles[0].contents)],
  };
}

test("snippets are right under strict TypeScript", async () => {
  const names = snippets.filter(({ kind }) => kind !== "html").map((snippet) => {
    const name = nameOf(snippet).replace(/\.(mjs|jsx)$/, (_, end) => (end === "jsx" ? ".tsx" : ".mts"));
    // A Worker's parameters have their types from the handler's own, as `satisfies ExportedHandler` gives them.
    const typed = snippet.source.replace(/\(\/\*\* @type \{(.*)\} \*\/ (\w+|\{ \w+ \})\)/g, "($2: $1)");
    const code = typed.replace("export default {", "export default <{ fetch(request: Request, env: { [name: string]: any }, context: any): any }>{");
    writeFileSync(join(app.folder, name), `${code}\nexport {};\n`);
    return name;
  });
  writeFileSync(join(app.folder, "page.d.ts"), "declare const button: HTMLButtonElement; declare const answer: HTMLOutputElement;\n");
  const compilerOptions = {
    strict: true, target: "es2022", module: "nodenext", moduleResolution: "nodenext", lib: ["es2023", "dom", "dom.iterable", "dom.asynciterable", "esnext.disposable"],
    types: ["node"], jsx: "react-jsx", noEmit: true, skipLibCheck: true, preserveSymlinks: true,
  };
  writeFileSync(join(app.folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["page.d.ts", ...names] }));
  const tsc = require.resolve("typescript/package.json").replace("package.json", "bin/tsc");
  const { stdout } = await run(process.execPath, [tsc, "--project", app.folder]).catch((error) => error);
  assert.equal(stdout, "");
});
