// The same scenarios in Node, in Chromium and in workerd, against the packed tarball: at the same time, as most of it is waiting, and each against a
// server of its own.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { Miniflare } from "miniflare";
import { launchChromium, servePage } from "./browser.js";
import { bundleScenarios } from "./bundle.js";
import { ENGINE_NAMES } from "./engines.js";
import { installPackage } from "./install.js";
import { startRemote } from "./remote.js";
import { runScenarios, scenariosNamed } from "./scenarios.js";

/** @type {ReturnType<typeof installPackage>} */
let app;
before(() => {
  app = installPackage();
});

after(() => app?.remove());

/** A server for one runtime. @param {import("node:test").TestContext} context */
async function remoteFor(context) {
  const remote = await startRemote(await app.load("openrouter-wasm/simulator/serve"));
  context.after(() => remote.close());
  return remote;
}

/** Of the names of the scenarios that run: all of them, unless a developer wants to see one. */
const PART = process.env.OPENROUTER_WASM_SCENARIO ?? "";

/** One subtest a scenario. @param {import("node:test").TestContext} context @param {Awaited<ReturnType<typeof runScenarios>>} results */
async function report(context, results) {
  assert.ok(results.length > 0 && results.length === scenariosNamed(PART).length, `no scenario has "${PART}" in its name`);
  for (const { name, error } of results) await context.test(name, () => assert.equal(error, undefined, error));
}

describe("every scenario holds", { concurrency: true }, () => {
  test("in Node", async (context) => {
    const remote = await remoteFor(context);
    const [api, simulator] = await Promise.all([app.load("openrouter-wasm"), app.load("openrouter-wasm/simulator")]);
    await report(context, await runScenarios({ api, simulator, remote: remote.url, remoteRequests: async () => (await fetch(remote.controlUrl)).json() }, PART));
  });

  test("in headless Chromium", async (context) => {
    const remote = await remoteFor(context);
    const { outdir, files } = await bundleScenarios(app.folder, "page");
    const scripts = files.map((name) => /** @type {const} */ ([`/${name}`, ["text/javascript", readFileSync(join(outdir, name))]]));
    const page = await servePage({ "/": ["text/html", '<!doctype html><script type="module" src="/page-entry.js"></script>'], ...Object.fromEntries(scripts) });
    const browser = await launchChromium();
    try {
      const tab = await browser.newPage();
      await tab.goto(page.url);
      await report(context, await tab.evaluate(([url, control, part]) => /** @type {any} */ (globalThis).run(url, control, part), [remote.url, remote.controlUrl, PART]));
    } finally {
      await browser.close();
      page.close();
    }
  });

  test("in workerd", async (context) => {
    const remote = await remoteFor(context);
    const { outdir, files } = await bundleScenarios(app.folder, "workerd");
    const wasm = files.filter((name) => name.endsWith(".wasm"));
    assert.deepEqual(wasm.sort(), ENGINE_NAMES.map((name) => `${name}.wasm`).sort(), "modules, compiled by the runtime");
    const worker = new Miniflare({
      host: "127.0.0.1",
      modulesRoot: outdir,
      modules: [{ type: "ESModule", path: join(outdir, "workerd-entry.js") }, ...wasm.map((name) => /** @type {const} */ ({ type: "CompiledWasm", path: join(outdir, name) }))],
      compatibilityDate: "2026-03-01",
      bindings: { REMOTE: remote.url, CONTROL: remote.controlUrl, PART },
    });
    try {
      await worker.ready;
      const response = await worker.dispatchFetch("http://worker.local/");
      const text = await response.text();
      assert.equal(response.status, 200, text);
      await report(context, JSON.parse(text));
    } finally {
      await worker.dispose();
    }
  });
});
