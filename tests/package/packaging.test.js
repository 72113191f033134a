// The package as an artefact: what is in it, and what may not be.
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, relative } from "node:path";
import { after, before, test } from "node:test";
import { build } from "esbuild";
import { publint } from "publint";
import { launchChromium, servePage } from "./browser.js";
import { ENGINE_NAMES } from "./engines.js";
import { installPackage } from "./install.js";
import { MINIFIERS } from "./minifiers.js";

/** @type {ReturnType<typeof installPackage>} */
let app;
before(() => {
  app = installPackage();
});
after(() => app?.remove());

/** @param {string} folder @returns {string[]} */
const filesBelow = (folder) => readdirSync(folder, { recursive: true }).map(String).filter((name) => statSync(join(folder, name)).isFile());

test("holds exactly the files that are meant to ship", () => {
  // A line each: whoever adds a file sees it here.
  // Chunks are named by what is in them; the trees are the package again (below).
  // The pages of docs/ are linked from README.md, which docs.test.js looks after.
  const files = filesBelow(app.package).filter((name) => !/^(chunks|docs|edge|slim)\//.test(name));
  assert.deepEqual(files.sort(), [
    "CHANGELOG.md",
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "NOTICES.txt",
    "README.md",
    "SECURITY.md",
    "ai-sdk.d.ts",
    "ai-sdk.js",
    "ai-sdk/answer-metadata.js",
    "ai-sdk/answer-note.js",
    "ai-sdk/api-call-error.js",
    "ai-sdk/approval-signature.js",
    "ai-sdk/assistant-turn.js",
    "ai-sdk/call-options.js",
    "ai-sdk/call-request.js",
    "ai-sdk/chat-transport.js",
    "ai-sdk/client-model.js",
    "ai-sdk/file-parts.js",
    "ai-sdk/from-ui-messages.js",
    "ai-sdk/language-model.js",
    "ai-sdk/media-models.js",
    "ai-sdk/model-messages.js",
    "ai-sdk/places.js",
    "ai-sdk/provider.js",
    "ai-sdk/reasoning-details.js",
    "ai-sdk/stream-parts.js",
    "ai-sdk/to-ui-messages.js",
    "ai-sdk/tool-messages.js",
    "ai-sdk/ui-answer.js",
    "ai-sdk/ui-message-stream.js",
    "ai-sdk/vector-models.js",
    "answer-part.js",
    "auth/key-store.js",
    "auth/keys.js",
    "auth/known-secrets.js",
    "auth/redact.js",
    "auth/sanitize-env.js",
    "auth/secret-key.js",
    "auth/sign-in-exchange.js",
    "auth/sign-in-popup.js",
    "auth/sign-in-redirect.js",
    "auth/sign-in.js",
    "auth/text-storage.js",
    "bin/cli/answer-printer.js",
    "bin/cli/arguments.js",
    "bin/cli/attachments.js",
    "bin/cli/budget-prices.js",
    "bin/cli/chat-settings.js",
    "bin/cli/chat.js",
    "bin/cli/chats.js",
    "bin/cli/command.js",
    "bin/cli/completion.js",
    "bin/cli/config-check.js",
    "bin/cli/config-values.js",
    "bin/cli/conversation.js",
    "bin/cli/decide.js",
    "bin/cli/embed.js",
    "bin/cli/failures.js",
    "bin/cli/help.js",
    "bin/cli/image.js",
    "bin/cli/input-file.js",
    "bin/cli/input.js",
    "bin/cli/line-editor.js",
    "bin/cli/lines-given.js",
    "bin/cli/loopback.js",
    "bin/cli/main.js",
    "bin/cli/markdown.js",
    "bin/cli/model-suggestion.js",
    "bin/cli/models-list.js",
    "bin/cli/models-scan.js",
    "bin/cli/models-set.js",
    "bin/cli/models-show.js",
    "bin/cli/music.js",
    "bin/cli/onboard.js",
    "bin/cli/output.js",
    "bin/cli/piped-prompt.js",
    "bin/cli/plain-words.js",
    "bin/cli/progress.js",
    "bin/cli/prompt-size.js", "bin/cli/read-keys.js",
    "bin/cli/rerank.js",
    "bin/cli/saved-media.js",
    "bin/cli/search.js",
    "bin/cli/session.js",
    "bin/cli/sign-in-command.js",
    "bin/cli/speak.js",
    "bin/cli/stored-chats.js",
    "bin/cli/style.js",
    "bin/cli/transcribe.js",
    "bin/cli/usage.js",
    "bin/cli/user-folder.js",
    "bin/cli/usual-time.js",
    "bin/cli/video-ticket.js",
    "bin/cli/video.js",
    "bin/cli/whole-file.js",
    "bin/openrouter-wasm.js",
    "bin/serve.d.ts",
    "bin/serve.js",
    "bin/simulator.js",
    "caller-objects.js",
    "calls-part.js",
    "calls/body.js",
    "calls/call-options.js",
    "calls/call.js",
    "calls/decide.js",
    "calls/embedding-inputs.js",
    "calls/embedding-vectors.js",
    "calls/embeddings.js",
    "calls/lenient-json.js",
    "calls/named-options.js",
    "calls/next-piece.js",
    "calls/options.js",
    "calls/own-key.js",
    "calls/rerank.js",
    "calls/search-options.js",
    "calls/search-tool.js",
    "calls/search.js",
    "calls/service-call.js",
    "chat.wasm",
    "chat/answer-body.js",
    "chat/completion.js",
    "chat/continue-from.js",
    "chat/cool-downs.js",
    "chat/delivery.js",
    "chat/drift.js",
    "chat/driver.js",
    "chat/durable-ref.js",
    "chat/error-status.js",
    "chat/formats.js",
    "chat/gathered-body.js",
    "chat/known-answers.js",
    "chat/live-body.js",
    "chat/may-repeat.js",
    "chat/native-body.js",
    "chat/outgoing.js",
    "chat/pace.js",
    "chat/paced-body.js",
    "chat/paused-reader.js",
    "chat/pending-calls.js",
    "chat/read-error.js",
    "chat/record.js",
    "chat/relay.js",
    "chat/relayed-stream.js",
    "chat/replay.js",
    "chat/reported-usage.js",
    "chat/response.js",
    "chat/result-of.js",
    "chat/resumable.js",
    "chat/run-log.js",
    "chat/run-state.js",
    "chat/run.js",
    "chat/sending.js",
    "chat/shared-body.js",
    "chat/sinks.js",
    "chat/spans.js",
    "chat/step-loop.js",
    "chat/stopwatch.js",
    "chat/tool-round.js",
    "chat/ui-message.js",
    "chat/until-left.js",
    "chat/usage.js",
    "chat/written-stream.js",
    "client.js",
    "engine/batch-reader.js",
    "engine/batch.js",
    "engine/chat.js",
    "engine/contract.d.ts",
    "engine/contract.js",
    "engine/engine-life.js",
    "engine/event-queue.js",
    "engine/growing-text.js",
    "engine/own-engines.js",
    "engine/partial-view.js",
    "engine/services-contract.d.ts",
    "engine/services-contract.js",
    "engine/services.js",
    "engine/transcript.js",
    "engine/warm-up.js",
    "engine/wasm/chat-glue.d.ts",
    "engine/wasm/chat-glue.js",
    "engine/wasm/chat-module.js",
    "engine/wasm/chat-text.js",
    "engine/wasm/services-glue.d.ts",
    "engine/wasm/services-glue.js",
    "engine/wasm/services-module.js",
    "engine/wasm/services-text.js",
    "engine/wasm/text-bytes.js",
    "engine/wasm/transcript-glue.d.ts",
    "engine/wasm/transcript-glue.js",
    "engine/wasm/transcript-module.js",
    "engine/wasm/transcript-text.js",
    "errors.js",
    "files-part.js",
    "first-part.js",
    "gateway-jwt.js",
    "gateway.js",
    "index.d.ts",
    "index.js",
    "lazily.js",
    "masked-cause.js",
    "media-part.js",
    "media/abort-listeners.js",
    "media/billed-statuses.js",
    "media/billed.js",
    "media/describe.js",
    "media/event-lines.js",
    "media/frame-images.js",
    "media/guarded-get.js",
    "media/held-call.js",
    "media/image-events.js",
    "media/images.js",
    "media/input-files.js",
    "media/job-store.js",
    "media/music.js",
    "media/placeholders.js",
    "media/poll-deadline.js",
    "media/speech.js",
    "media/submit.js",
    "media/transcriptions.js",
    "media/video-download.js",
    "media/video-estimate.js",
    "media/video-job.js",
    "media/video-origin.js",
    "media/video-ticket.js",
    "media/videos.js",
    "media/webhook.js",
    "models/catalog-cache.js",
    "models/catalog.js",
    "models/knowledge.js",
    "models/list-filters.js",
    "models/lists.js",
    "models/models.js",
    "models/probe-image.js",
    "models/probes.js",
    "models/scan.js",
    "models/tab-channel.js",
    "models/tab-share.js",
    "money/account.js",
    "money/amounts.js",
    "money/budget-options.js",
    "money/call-money.js",
    "money/generation.js",
    "money/hold.js",
    "money/ledger.js",
    "money/metered-response.js",
    "money/odd-usage.js",
    "money/price-book.js",
    "money/recovered-bills.js",
    "money/run-budget.js",
    "money/run-money.js",
    "money/utf8-length.js",
    "name-tree.js",
    "objects-part.js",
    "objects/answer-format.js",
    "objects/healing.js",
    "objects/model-facts.js",
    "objects/object-goal.js",
    "objects/object-stream.js",
    "package.json",
    "request/base64.js",
    "request/changes.js",
    "request/config-file.js",
    "request/config-text.js",
    "request/drop-in.js",
    "request/field-values.js",
    "request/inner-names.js",
    "request/message-placeholders.js",
    "request/message-values.js",
    "request/model-ref.js",
    "request/odd-values.js",
    "request/pick-request.js",
    "request/placeholder-images.js",
    "request/preparation.js",
    "request/prepare.js",
    "request/repairing.js",
    "request/repairs.js",
    "request/request-options.js",
    "request/resize-image.js",
    "request/sanitize-transcript.js",
    "request/session-id.js",
    "request/tool-values.js",
    "schema-part.js",
    "services-part.js",
    "services.wasm",
    "simulator.d.ts",
    "simulator.js",
    "slim.d.ts",
    "slim.js",
    "standalone-chat.js",
    "standalone.js",
    "state-part.js",
    "telemetry-part.js",
    "terminal-text.js",
    "tools-part.js",
    "tools/is-steered.js",
    "tools/json-schema.js",
    "tools/leniency.js",
    "tools/names.js",
    "tools/schema-check.js",
    "tools/schema.js",
    "tools/steering.js",
    "tools/stop-when.js",
    "tools/tool.js",
    "transcript-part.js",
    "transcript.wasm",
    "types/account.d.ts",
    "types/ai-sdk.d.ts",
    "types/calls.d.ts",
    "types/chat-run.d.ts",
    "types/chat.d.ts",
    "types/errors.d.ts",
    "types/events.d.ts",
    "types/gateway.d.ts",
    "types/inline-tools.d.ts",
    "types/keys.d.ts",
    "types/media.d.ts",
    "types/messages.d.ts",
    "types/models.d.ts",
    "types/objects.d.ts",
    "types/options.d.ts",
    "types/params.d.ts",
    "types/platform.d.ts",
    "types/plugins.d.ts",
    "types/request.d.ts",
    "types/run-state.d.ts",
    "types/runs.d.ts",
    "types/schema.d.ts",
    "types/search.d.ts",
    "types/server-tools.d.ts",
    "types/sign-in.d.ts",
    "types/simulator-scripts.d.ts",
    "types/simulator-wire.d.ts",
    "types/spelling.d.ts",
    "types/stores.d.ts",
    "types/telemetry.d.ts",
    "types/tools.d.ts",
    "types/transcripts.d.ts",
  ]);
});

test("no file outside bin imports from node, awaits at the top level, or guesses at its own URL", async () => {
  for (const name of filesBelow(app.package).filter((name) => name.endsWith(".js") && !name.startsWith("bin/") && !name.endsWith("-text.js"))) {
    const text = readFileSync(join(app.package, name), "utf8");
    for (const pattern of [/from\s*["']node:/, /import\(["']node:/, /\brequire\(/, /import\.meta\.url/, /\beval\(/, /new Function\(/]) {
      assert.ok(!pattern.test(text), `${name}: ${pattern}`);
    }
  }
  // As a classic script a bundle cannot wait at its top level: esbuild refuses.
  for (const entry of ["index.js", "simulator.js", "standalone.js"]) {
    await build({ entryPoints: [join(app.package, entry)], bundle: true, format: "iife", write: false, logLevel: "silent" });
  }
});

test("no module carries a path of the machine that built it", () => {
  for (const name of ENGINE_NAMES) {
    const text = readFileSync(join(app.package, `${name}.wasm`), "latin1");
    for (const pattern of [/\/home\/\w+/, /\/root\//, /registry\/src/, /rustlib\/src/]) assert.ok(!pattern.test(text), `${name}: ${pattern}`);
  }
});

test("the text of each engine is its module, whatever minifier it went through", async () => {
  const { bytesOf } = await import(join(app.package, "engine/wasm/text-bytes.js"));
  for (const name of ENGINE_NAMES) {
    const module = readFileSync(join(app.package, `${name}.wasm`));
    const source = readFileSync(join(app.package, `engine/wasm/${name}-text.js`), "utf8");
    for (const [minifier, minify] of MINIFIERS) {
      const code = await minify(source);
      const url = `data:text/javascript;base64,${Buffer.from(code).toString("base64")}`;
      assert.ok(Buffer.from(bytesOf((await import(url)).default)).equals(module), `${name}, ${minifier}`);
      assert.ok(/^[\n -~]*$/.test(code), `${name}, ${minifier}: every charset reads it alike`);
    }
  }
});

test("the trees for edge runtimes and for engines brought along are the package but for the engines' modules, a Worker's own streams and what an isolate does when it starts", () => {
  const isCopied = (/** @type {string} */ name) =>
    name.endsWith(".js") && !/^(bin|edge|slim|chunks)\/|^(standalone|simulator|gateway)|engine\/wasm\/[a-z]+-text\.js$|text-bytes\.js$|-module\.js$/.test(name);
  const files = filesBelow(app.package);
  const own = files.filter(isCopied).sort();
  for (const tree of ["edge", "slim"]) {
    const inTree = files.filter((name) => name.startsWith(`${tree}/`) && !name.endsWith("-module.js")).map((name) => name.slice(tree.length + 1)).sort();
    assert.deepEqual(inTree, own, tree);
    for (const name of own) if (name !== "chat/native-body.js" && (tree !== "edge" || name !== "engine/warm-up.js")) assert.ok(readFileSync(join(app.package, name)).equals(readFileSync(join(app.package, tree, name))), `${tree}/${name}`);
  }
});

test("no bundle brings an engine of its own where it works by the package's: a Worker would load and hold each twice", () => {
  for (const name of ["gateway.js", "gateway-jwt.js", "simulator.js", "bin/serve.js"]) {
    const text = readFileSync(join(app.package, name), "utf8");
    assert.ok(!/class ChatSession|WebAssembly\.(?:Module|compile)/.test(text) && text.length < 300_000, `${name}: ${text.length} characters`);
  }
});

test("publint finds nothing", async () => {
  const { messages } = await publint({ pkgDir: app.package, pack: false });
  assert.deepEqual(messages.filter((message) => message.type !== "suggestion").map((message) => `${message.code} ${message.path}`), []);
});

test("loads by import and by require, and does nothing while loading", async () => {
  const { OpenRouter } = await app.load("openrouter-wasm");
  const required = createRequire(join(app.folder, "load.mjs"))("openrouter-wasm");
  assert.equal(required.OpenRouter, OpenRouter, "one copy");
  new OpenRouter();
});

test("errors are recognised across two copies of the package", async () => {
  const { OpenRouterError } = await app.load("openrouter-wasm");
  const other = installPackage();
  try {
    const { OpenRouter } = await other.load("openrouter-wasm");
    const error = await new OpenRouter({ apiKey: "k" }).chat({ messages: [] }).result().catch((/** @type {unknown} */ thrown) => thrown);
    assert.ok(!(error instanceof OpenRouterError) && OpenRouterError.isInstance(error));
  } finally {
    other.remove();
  }
});

test("the command serves the simulator until it is told to stop", async () => {
  assert.match(execFileSync(process.execPath, [join(app.package, "bin/simulator.js"), "--help"], { encoding: "utf8" }), /--port/);
  const command = spawn(process.execPath, [join(app.package, "bin/simulator.js"), "--port", "0"], { stdio: ["ignore", "pipe", "inherit"] });
  const exited = once(command, "exit");
  try {
    const [line] = await once(command.stdout, "data");
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(String(line))?.[0];
    assert.ok(url, String(line));
    assert.equal((await (await fetch(`${url}/api/v1/models`)).json()).data.length > 0, true);
  } finally {
    command.kill("SIGINT");
  }
  const [code, signal] = await exited;
  assert.ok(code === 0 || signal === "SIGINT", `${code} ${signal}`);
});

test("the single-file build works from a plain script tag under a strict policy", async () => {
  const page = await servePage({
    "/": ["text/html", `<!doctype html><script type="module" src="/page.js"></script>`],
    "/standalone.js": ["text/javascript", readFileSync(join(app.package, "standalone.js"))],
    "/simulator.js": ["text/javascript", readFileSync(join(app.package, "simulator.js"))],
    "/page.js": ["text/javascript", `
      import { OpenRouter, parseModelRef } from "/standalone.js";
      import { createSimulator } from "/simulator.js";
      // Before anything else has started the engine: it is compiled on the page's own thread.
      globalThis.apiId = parseModelRef("openrouter/openrouter/auto").apiId;
      const simulator = createSimulator({ delayMs: 0 });
      simulator.enqueue({ text: "from one file" });
      const client = new OpenRouter({ apiKey: "k", fetch: simulator.fetch });
      globalThis.answer = client.chat({ messages: [{ role: "user", content: "hi" }] }).result().then((result) => result.message.content);`],
  }, { "Content-Security-Policy": "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'" });
  const browser = await launchChromium();
  try {
    const tab = await browser.newPage();
    await tab.goto(page.url);
    await tab.waitForFunction(() => "answer" in globalThis);
    assert.equal(await tab.evaluate(() => /** @type {any} */ (globalThis).answer), "from one file");
    assert.equal(await tab.evaluate(() => /** @type {any} */ (globalThis).apiId), "openrouter/auto");
  } finally {
    await browser.close();
    page.close();
  }
});

test("an app that uses one thing of it does not bundle the simulator", async () => {
  writeFileSync(join(app.folder, "small.js"), 'import { OpenRouter } from "openrouter-wasm"; console.log(new OpenRouter());\n');
  const result = await build({ entryPoints: [join(app.folder, "small.js")], bundle: true, format: "esm", minify: true, write: false, metafile: true, logLevel: "silent" });
  const inputs = Object.keys(result.metafile.inputs).map((path) => relative("node_modules/openrouter-wasm", path));
  assert.ok(!inputs.some((path) => path.includes("simulator")), inputs.join(" "));
});
