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
import { cloudflareStorage, createGateway, hashToken, memoryStorage } from "openrouter-wasm/gateway";
import { createSimulator } from "openrouter-wasm/simulator";
import { serve, type ServeOptions } from "openrouter-wasm/simulator/serve";
import { useEngines } from "openrouter-wasm/slim";

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
export const gateway = createGateway((env: any) => ({
  apiKey: env.OPENROUTER_API_KEY, callers: async (request) => ({ id: request.url, budget: { perDay: 1 } }), baseURL: maybe.text, storage: env.GATEWAY_CALLERS ? cloudflareStorage(env) : memoryStorage(),
}));
export const handled: Promise<{ readonly status: number }> = hashToken("t").then(() => gateway.fetch(null as any, {}, { waitUntil() {} }));
export const simulator = createSimulator({ delayMs: 0 });
export const served = (serveOptions: ServeOptions): Promise<{ url: string }> => serve(serveOptions);
useEngines({ chat: new Uint8Array(), services: () => "services.wasm" });
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

const COMPILE = fileURLToPath(new URL("compile.cjs", import.meta.url));

/** @param {string} program @param {string[]} args @returns {Promise<string>} what it prints: its words decide, with any exit status */
const printed = (program, args) =>
  new Promise((resolve) => {
    execFile(process.execPath, [program, ...args], { cwd: app.folder, maxBuffer: 2 ** 26 }, (_, stdout, stderr) => resolve(stdout + stderr));
  });

/**
 * What a compiler says of each project, by its name. One process of it compiles them all where the compiler is a library.
 * @param {string} compiler @param {string[]} projects @returns {Promise<Record<string, string>>}
 */
async function compiled(compiler, projects) {
  if (compiler !== "typescript") return JSON.parse(await printed(COMPILE, [join(MODULES, compiler), ...projects]));
  /** @type {Record<string, string>} */
  const said = {};
  for (const project of projects) said[project] = await printed(join(MODULES, compiler, "bin/tsc"), ["--project", project]);
  return said;
}

/** @type {[title: string, skipLibCheck: boolean, options: object][]} */
const PROJECTS = [
  ...[true, false].map((exactOptionalPropertyTypes) => /** @type {[string, boolean, object]} */ ([
    `everything is typed as it is said, and every mistake is found${exactOptionalPropertyTypes ? ", also where undefined is a value" : ""}`,
    true,
    { lib: ["es2022", "dom"], types: ["node"], module: "node16", moduleResolution: "node16", exactOptionalPropertyTypes },
  ])),
  ...Object.entries(PLATFORMS).flatMap(([platform, { lib, types }]) =>
    Object.entries(RESOLUTIONS).map(([moduleResolution, module]) => /** @type {[string, boolean, object]} */ ([
      `${platform}, ${moduleResolution}`,
      false,
      { lib, types, module, moduleResolution, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true },
    ])),
  ),
];

for (const compiler of COMPILERS) {
  describe(compiler === "typescript" ? "typescript, newest" : compiler, () => {
    const nameOf = (/** @type {number} */ index) => join(app.folder, `${compiler}-${index}.json`);
    /** @type {Record<string, string>} */
    let said;
    before(async () => {
      for (const [index, [, skipLibCheck, options]] of PROJECTS.entries()) {
        const compilerOptions = { target: "es2022", ...options, strict: true, skipLibCheck, noEmit: true };
        writeFileSync(nameOf(index), JSON.stringify({ compilerOptions, files: skipLibCheck ? files.map((file) => `types/${file}`) : ["app.ts"] }));
      }
      said = await compiled(compiler, PROJECTS.map((_, index) => nameOf(index)));
    });
    for (const [index, [title, skipLibCheck]] of PROJECTS.entries()) {
      test(title, () => {
        const words = said[nameOf(index)];
        assert.equal(typeof words, "string");
        if (skipLibCheck) return assert.equal(words, "");
        // Node's types are younger than the oldest compiler; their faults are not this package's.
        const own = words.split("\n").filter((line) => /error TS/.test(line) && !/^[^(]*node_modules\/(@types|undici-types|typescript)/.test(line));
        assert.deepEqual(own.slice(0, 10), []);
      });
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
