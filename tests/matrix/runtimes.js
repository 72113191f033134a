// Runtimes: the scenario as a script, the package from node_modules.
import { join } from "node:path";
import { EXPECTED, EXPECTED_OF_GATEWAY, NODE_PACKAGE, same } from "./row.js";

/** @import { Row } from "./row.js" */
/** @typedef {(row: Row) => Promise<string>} Work  gives the versions */

const SCRIPT = `import { scenario } from "./scenario.js";\nconsole.log(await scenario());\n`;

/** A gateway behind a runtime's own server. @param {string} serve  its lines, with `handle`, which return the address */
const gatewayScript = (serve) => `import { gatewayScenario } from "./gateway-scenario.js";\nconsole.log(await gatewayScenario(async (handle) => {\n${serve}\n}));\nglobalThis.process.exit();\n`;
const NODE_GATEWAY = gatewayScript(`  const { createServer } = await import("node:http"), { Readable } = await import("node:stream");
  const server = createServer(async (incoming, answer) => {
    const body = incoming.method === "GET" ? undefined : Readable.toWeb(incoming);
    const response = await handle(new Request("http://127.0.0.1" + incoming.url, { method: incoming.method, headers: incoming.headers, body, duplex: "half" }));
    answer.writeHead(response.status, Object.fromEntries(response.headers));
    if (response.body) Readable.fromWeb(response.body).pipe(answer);
    else answer.end();
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return "http://127.0.0.1:" + server.address().port;`);
const DENO_GATEWAY = gatewayScript(`  const { addr } = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, handle);
  return "http://127.0.0.1:" + addr.port;`);
const BUN_GATEWAY = gatewayScript(`  return "http://127.0.0.1:" + Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: handle }).port;`);

/** @param {string} range @returns {Work} */
const node = (range) => async (row) => {
  await row.install([`${NODE_PACKAGE}@${range}`]);
  row.write("main.js", SCRIPT);
  const program = join(row.folder, "node_modules", NODE_PACKAGE, "bin/node");
  same(await row.run(program, ["main.js"]));
  row.write("gateway.js", NODE_GATEWAY);
  same(await row.run(program, ["gateway.js"]), EXPECTED_OF_GATEWAY);
  // By require, too, which these versions can.
  row.write("main.cjs", `const { OpenRouter } = require("openrouter-wasm"); new OpenRouter(); console.log(typeof OpenRouter);\n`);
  const said = await row.run(program, ["--no-warnings", "main.cjs"]);
  if (said.trim() !== "function") throw new Error(`require: ${said}`);
  return row.version(NODE_PACKAGE);
};

/** @type {Record<string, Work>} */
export const RUNTIMES = {
  "Node 20.19": node("20.19.0"),
  "Node 22": node("22"),
  "Node 24": node("24"),
  "Node, newest": node("latest"),
  "Deno, net alone": async (row) => {
    const version = await row.install(["deno"]);
    row.write("main.js", SCRIPT);
    const program = join(row.folder, "node_modules/.bin/deno");
    const run = ["run", "--no-prompt", "--allow-net", "--node-modules-dir=manual"];
    same(await row.run(program, [...run, "main.js"]));
    row.write("gateway.js", DENO_GATEWAY);
    // Before its answer Deno says what it does with signals.
    same((await row.run(program, [...run, "gateway.js"])).replace(/^Deno\.serve: .*\n/, ""), EXPECTED_OF_GATEWAY);
    return version;
  },
  Bun: async (row) => {
    const version = await row.install(["bun"]);
    row.write("main.js", SCRIPT);
    same(await row.run(join(row.folder, "node_modules/.bin/bun"), ["main.js"]));
    row.write("gateway.js", BUN_GATEWAY);
    same(await row.run(join(row.folder, "node_modules/.bin/bun"), ["gateway.js"]), EXPECTED_OF_GATEWAY);
    return version;
  },
  "wrangler dev (workerd)": async (row) => {
    const version = await row.install(["wrangler"], "24");
    row.write("worker.js", `import { scenario } from "./scenario.js";\nexport default { fetch: async () => new Response(await scenario()) };\n`);
    row.write("wrangler.json", JSON.stringify({ name: "app", main: "worker.js", compatibility_date: "2026-03-01" }));
    await row.answers(await row.listening(join(row.folder, "node_modules/.bin/wrangler"), ["dev", "--port=0", "--ip=127.0.0.1", "--inspector-port=0"]));
    return version;
  },
  "jest with jsdom": async (row) => {
    const version = await row.install(["jest", "jest-environment-jsdom"]);
    // jsdom lacks what a chat needs and hides Node's: the import alone must work, the rest by the usual setup.
    row.write("missing.cjs", `module.exports = class extends require("jest-environment-jsdom").TestEnvironment {
  async setup() {
    await super.setup();
    for (const name of ["TextEncoder", "TextDecoder", "ReadableStream", "fetch", "Headers", "Request", "Response", "WebAssembly", "structuredClone"]) this.global["node" + name] = globalThis[name];
  }
};\n`);
    row.write("chat.test.js", `import { expect, test } from "@jest/globals";
import { OpenRouter } from "openrouter-wasm";
test("a client is made where there is no TextEncoder", () => {
  expect(typeof TextEncoder).toBe("undefined");
  expect(new OpenRouter({ apiKey: "k" })).toBeInstanceOf(OpenRouter);
});
test("the scenario", async () => {
  for (const name of Object.keys(globalThis)) if (name.startsWith("node") && name.length > 4) globalThis[name.slice(4)] ??= globalThis[name];
  const { scenario } = await import("./scenario.js");
  expect(await scenario()).toBe("${EXPECTED}");
});\n`);
    await row.run("node", ["--experimental-vm-modules", "node_modules/jest/bin/jest.js", "--env=./missing.cjs"]);
    return version;
  },
  "publint and attw": async (row) => {
    const version = await row.install(["publint", "@arethetypeswrong/cli"]);
    await row.run(join(row.folder, "node_modules/.bin/publint"), ["--strict", row.tarball]);
    await row.run(join(row.folder, "node_modules/.bin/attw"), ["--profile", "esm-only", "--exclude-entrypoints", "chat.wasm", "transcript.wasm", "services.wasm", "--", row.tarball]);
    return version;
  },
};
