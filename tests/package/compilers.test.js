// The declarations as apps compile them: old and new compilers, with and without the DOM's types, strict in every way, libraries checked too.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { copyFileSync, mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
import { installPackage } from "./install.js";

const MODULES = fileURLToPath(new URL("../../node_modules", import.meta.url));

/** Values that may be undefined, in every option: what `process.env` gives. */
const APP = `
import { OpenRouter, OpenRouterError, createJobStore, createKeyStore, type ChatEvent, type ChatResult, type ClientOptions } from "openrouter-wasm";
import { createChatTransport, createOpenRouterProvider, fromUIMessages, toUIMessages, toUIMessageStream, answerUIMessages } from "openrouter-wasm/ai-sdk";
import { createSimulator } from "openrouter-wasm/simulator";

declare const maybe: { text: string | undefined; number: number | undefined; flag: boolean | undefined };
const options: ClientOptions = { apiKey: maybe.text, baseURL: maybe.text, model: maybe.text, maxRetries: maybe.number, timeoutMs: maybe.number, strictToolCalls: maybe.flag, headers: { "X-A": "1", "X-B": null } };
const client = new OpenRouter(options);
export const run = client.chat({ messages: [{ role: "user", content: "hi" }], model: maybe.text, maxSteps: maybe.number, tools: [{ name: "t", execute: (input: any) => input }] });
export async function read(): Promise<ChatResult> {
  for await (const event of run) {
    const one: ChatEvent = event;
    if (one.type === "image" && one.data) one.data.length.toFixed();
  }
  return run.result();
}
export const store = createJobStore({ storage: new Map<string, string>() });
export const keys = createKeyStore({ profile: maybe.text });
export const isOwn = (error: unknown): boolean => OpenRouterError.isInstance(error) && error.code === "auth";
export const list = client.models.list({ q: maybe.text, maxPrice: maybe.number, zdr: maybe.flag });
export const provider = createOpenRouterProvider(client)("m", { thinking: "high" });
export const messages = toUIMessages(fromUIMessages([{ role: "user", parts: [{ type: "text" }] }], { onWarning: undefined }));
export const chunks = toUIMessageStream(run, { dataOf: undefined });
export const transport = createChatTransport(client, { instructions: maybe.text, approvalSecret: maybe.text });
export const answer = answerUIMessages(client, { messages: [] });
export const simulator = createSimulator({ delayMs: 0 });
`;

/** What compiles, and the mistakes that are found: no compiler may give any of it up. */
const TYPES = fileURLToPath(new URL("../types", import.meta.url));

const COMPILERS = ["typescript-5.2", "typescript-5.5", "typescript-5.9", "typescript"];
/** @type {Record<string, { lib: string[], types: string[] }>} */
const PLATFORMS = {
  "DOM types": { lib: ["es2022", "dom", "dom.iterable"], types: [] },
  "neither DOM nor Node types": { lib: ["es2022"], types: [] },
  "ESNext alone": { lib: ["esnext"], types: [] },
  "Node types": { lib: ["es2023"], types: ["node"] },
};
const RESOLUTIONS = { node16: "node16", bundler: "esnext" };

/** @type {ReturnType<typeof installPackage>} */
let app;
const files = readdirSync(TYPES).filter((name) => name.endsWith(".ts"));
before(() => {
  app = installPackage();
  for (const name of ["@types/node", "undici-types", "zod", "arktype", "valibot", "@valibot/to-json-schema", "ai"]) {
    const link = join(app.folder, "node_modules", name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(MODULES, name), link);
  }
  mkdirSync(join(app.folder, "types"));
  for (const name of files) copyFileSync(join(TYPES, name), join(app.folder, "types", name));
  writeFileSync(join(app.folder, "app.ts"), APP);
});
after(() => app?.remove());

/** @param {string} compiler @param {string} config @returns {Promise<string>} */
const compiled = (compiler, config) =>
  new Promise((resolve) => {
    // The words decide, with any exit status.
    execFile(process.execPath, [join(MODULES, compiler, "bin/tsc"), "--project", config], { cwd: app.folder }, (_, stdout, stderr) => resolve(stdout + stderr));
  });

for (const compiler of COMPILERS) {
  describe(compiler === "typescript" ? "typescript, newest" : compiler, () => {
    for (const exactOptionalPropertyTypes of [true, false]) {
      test(`everything is typed as it is said, and every mistake is found${exactOptionalPropertyTypes ? ", also where undefined is a value" : ""}`, async () => {
        const name = `${compiler}-types-${exactOptionalPropertyTypes}.json`;
        const compilerOptions = { target: "es2022", lib: ["es2022", "dom"], types: ["node"], module: "node16", moduleResolution: "node16", strict: true, exactOptionalPropertyTypes, skipLibCheck: true, noEmit: true };
        writeFileSync(join(app.folder, name), JSON.stringify({ compilerOptions, files: files.map((file) => `types/${file}`) }));
        assert.equal(await compiled(compiler, name), "");
      });
    }
    for (const [platform, { lib, types }] of Object.entries(PLATFORMS)) {
      for (const [moduleResolution, module] of Object.entries(RESOLUTIONS)) {
        test(`${platform}, ${moduleResolution}`, async () => {
          const name = `${compiler}-${Object.keys(PLATFORMS).indexOf(platform)}-${moduleResolution}.json`;
          const compilerOptions = { target: "es2022", lib, types, module, moduleResolution, strict: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true, skipLibCheck: false, noEmit: true };
          writeFileSync(join(app.folder, name), JSON.stringify({ compilerOptions, files: ["app.ts"] }));
          const said = (await compiled(compiler, name)).split("\n");
          // Node's types are younger than the oldest compiler; their faults are not this package's.
          const own = said.filter((line) => /error TS/.test(line) && !/^[^(]*node_modules\/(@types|undici-types|typescript)/.test(line));
          assert.deepEqual(own.slice(0, 10), []);
        });
      }
    }
  });
}

test("attw finds nothing: the declarations are those of what is loaded", async () => {
  const tarball = process.env.OPENROUTER_WASM_TARBALL;
  assert.ok(tarball, "OPENROUTER_WASM_TARBALL names the tarball");
  const { problems } = /** @type {{ problems: any[] }} */ (await checkPackage(createPackageFromTarballData(readFileSync(tarball)), { excludeEntrypoints: [/\.wasm$/] }));
  // The package is ESM alone: `require` of it takes a Node that can do that, and resolutions that know no exports are not for it.
  const own = problems.filter(({ resolutionKind }) => resolutionKind !== "node10" && resolutionKind !== "node16-cjs");
  assert.deepEqual(own.map(({ kind, entrypoint, resolutionKind }) => [kind, entrypoint, resolutionKind]), []);
});
