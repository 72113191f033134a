// The declarations as apps compile them: old and new compilers, with and without the DOM's types, strict in every way, libraries checked too.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
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

/** What no compiler may give up: a tool written out in a request knows its input, and its events know their tool. */
const INLINE = `
import { OpenRouter } from "openrouter-wasm";
import { z } from "zod";

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const same = <A, B>(..._: Same<A, B> extends true ? [] : ["the types differ", A, B]): void => {};
const run = new OpenRouter().chat({
  messages: [{ role: "user", content: "hi" }],
  tools: [
    { name: "standard", parameters: z.object({ city: z.string(), days: z.number().default(1) }), execute: (input) => { same<typeof input, { city: string; days: number }>(); return input.days; } },
    { name: "json", parameters: { type: "object", properties: { kind: { enum: ["a", "b"] } }, required: ["kind"] }, execute: (input) => { same<typeof input, { kind: "a" | "b" }>(); } },
    { name: "none", execute: (input) => { same<typeof input, Record<string, unknown>>(); } },
  ],
});
export async function read(): Promise<void> {
  for await (const event of run) {
    if (event.type === "tool-call" && !event.truncated && event.name === "standard") same<typeof event.input, { city: string; days?: number | undefined }>();
    if (event.type === "tool-result" && event.name === "standard") same<typeof event.output, number | undefined>();
  }
}
`;

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
before(() => {
  app = installPackage();
  mkdirSync(join(app.folder, "node_modules/@types"), { recursive: true });
  for (const name of ["@types/node", "undici-types", "zod"]) symlinkSync(join(MODULES, name), join(app.folder, "node_modules", name));
  writeFileSync(join(app.folder, "app.ts"), APP);
  writeFileSync(join(app.folder, "inline.ts"), INLINE);
});
after(() => app?.remove());

/** @param {string} compiler @param {string} config @returns {Promise<string>} */
const compiled = (compiler, config) =>
  new Promise((resolve) => {
    // Whatever the exit status: what is said decides.
    execFile(process.execPath, [join(MODULES, compiler, "bin/tsc"), "--project", config], { cwd: app.folder }, (_, stdout, stderr) => resolve(stdout + stderr));
  });

for (const compiler of COMPILERS) {
  describe(compiler === "typescript" ? "typescript, newest" : compiler, () => {
    test("tools written out in a request are typed", async () => {
      const name = `${compiler}-inline.json`;
      const compilerOptions = { target: "es2022", lib: ["es2022"], types: [], module: "node16", moduleResolution: "node16", strict: true, exactOptionalPropertyTypes: true, skipLibCheck: true, noEmit: true };
      writeFileSync(join(app.folder, name), JSON.stringify({ compilerOptions, files: ["inline.ts"] }));
      assert.equal(await compiled(compiler, name), "");
    });
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
