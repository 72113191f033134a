// TypeScript as applications call it: `tsc` over a project of its own, strict, with libraries checked.
import { join } from "node:path";

/** @typedef {import("./runtimes.js").Work} Work */

/** With values that may be undefined, as `process.env` gives them. */
const APP = `import { OpenRouter, OpenRouterError, type ChatResult, type ClientOptions } from "openrouter-wasm";
import { createOpenRouterProvider } from "openrouter-wasm/ai-sdk";
import { createGateway, memoryStorage } from "openrouter-wasm/gateway";
import { createSimulator } from "openrouter-wasm/simulator";
import { useEngines } from "openrouter-wasm/slim";
import { scenario } from "./scenario.js";

declare const maybe: { text: string | undefined; number: number | undefined };
const options: ClientOptions = { apiKey: maybe.text, baseURL: maybe.text, maxRetries: maybe.number };
const client = new OpenRouter(options);
export const result: Promise<ChatResult> = client.chat({ messages: [{ role: "user", content: "hi" }], model: maybe.text }).result();
export const isOwn = (error: unknown): boolean => OpenRouterError.isInstance(error) && error.code === "auth";
export const model = createOpenRouterProvider(client)("m");
export const gateway = createGateway({ apiKey: "k", callers: () => ({ id: "anna" }), storage: memoryStorage() });
export const simulator = createSimulator({ delayMs: 0 });
useEngines({ chat: new Uint8Array() });
export const answer: Promise<string> = scenario();
// @ts-expect-error -- a mistake is found
client.chat({ messages: "hi" });
`;
const PLATFORMS = { dom: { lib: ["es2022", "dom", "dom.iterable"], types: [] }, bare: { lib: ["es2022"], types: [] }, node: { lib: ["es2023"], types: ["node"] } };
const RESOLUTIONS = { node16: "node16", bundler: "esnext" };

/** @param {string} range @returns {Work} */
const typescript = (range) => async (row) => {
  await row.install([`typescript@${range}`, "@types/node@20"]);
  row.write("app.ts", APP);
  const compiler = join(row.folder, "node_modules/.bin/tsc");
  for (const [platform, { lib, types }] of Object.entries(PLATFORMS)) {
    for (const [moduleResolution, module] of Object.entries(RESOLUTIONS)) {
      const compilerOptions = { target: "es2022", lib, types, module, moduleResolution, strict: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true, allowJs: true, checkJs: true, noEmit: true };
      const project = `${platform}-${moduleResolution}.json`;
      row.write(project, JSON.stringify({ compilerOptions, files: ["app.ts"] }));
      await row.run(compiler, ["--project", project]);
    }
  }
  return row.version("typescript");
};

/** @type {Record<string, Work>} */
export const COMPILERS = { "TypeScript 5": typescript("5"), "TypeScript 6": typescript("6"), "TypeScript, newest": typescript("latest") };
