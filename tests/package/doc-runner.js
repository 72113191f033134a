// Runs the snippets of one page in a process of its own, one after the other, each with a simulator of its own behind the global `fetch`.
// argv: a JSON file `[{ file, line, kind, wanted }]`. Prints one JSON array of what came of them.
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { pathToFileURL } from "node:url";

const LIMIT_MS = 60_000;
// And what speaks as it does: a simulator behind a port, a gateway.
const OPENROUTER = /^(https:\/\/(openrouter\.ai|api\.perplexity\.ai|storage\.simulator\.test|ai\.site\.example)|http:\/\/127\.0\.0\.1:8123)\//;

const { createSimulator } = await import(/** @type {string} */ (process.argv[3]));
const work = JSON.parse(readFileSync(/** @type {string} */ (process.argv[2]), "utf8"));
const realFetch = globalThis.fetch;
const PORT = await freePort();
process.env.PORT = String(PORT);
const write = process.stdout.write.bind(process.stdout);
const reports = [];
for (const snippet of work) reports.push(await run(snippet));
write(JSON.stringify(reports), () => process.exit());

/** @param {any} snippet */
async function run({ file, line, kind, wanted }) {
  const simulator = createSimulator({ delayMs: 0 });
  for (const script of wanted.scripts ?? []) simulator.enqueue(script);
  let output = "";
  let requests = 0;
  process.stdout.write = /** @type {any} */ ((/** @type {any} */ text) => ((output += text), true));
  globalThis.fetch = async (input, init) => {
    const request = new Request(/** @type {any} */ (input), init);
    requests++;
    if (OPENROUTER.test(request.url)) return simulator.fetch(input, init);
    // What a snippet asks beside OpenRouter: names that are nobody's.
    if (new URL(request.url).hostname.endsWith(".example")) return Response.json({ sky: "clear" });
    throw new TypeError(`a snippet asks ${request.url}`);
  };
  const late = new Promise((_, reject) => setTimeout(() => reject(new Error(`not done after ${LIMIT_MS} ms`)), LIMIT_MS).unref());
  try {
    const module = await Promise.race([import(pathToFileURL(file).href), late]);
    const answering = {
      worker: () => answerOf(module.default, wanted),
      route: () => answerOf({ fetch: module.POST }, wanted),
      server: () => answerOf({ fetch: overPort }, wanted),
    }[/** @type {string} */ (kind)];
    if (answering) output += await Promise.race([answering(), late]);
    return { line, output, requests };
  } catch (error) {
    return { line, output, requests, error: /** @type {any} */ (error)?.stack ?? String(error) };
  } finally {
    process.stdout.write = write;
  }
}

/** @param {{ fetch: Function }} worker @param {{ messages?: object[] }} wanted */
async function answerOf(worker, { messages = [{ role: "user", content: "Hello!" }] }) {
  const body = JSON.stringify({ messages });
  const headers = { "Content-Type": "application/json", Authorization: "Bearer anna-token" };
  const request = new Request("https://site.example/v1/chat/completions", { method: "POST", body, headers });
  const env = { OPENROUTER_API_KEY: process.env.OPENROUTER_API_KEY };
  // A route of SvelteKit takes what holds the request, one of Next the request.
  const response = await worker.fetch(Object.assign(request, { request }), env, { waitUntil() {}, passThroughOnException() {} });
  const text = await response.text();
  // A stream has begun with 200 when it fails: it says so inside.
  if (response.status !== 200 || text === "" || /"error"|"errorText"/.test(text)) throw new Error(`${response.status} ${text}`);
  return text;
}

/** @param {Request} request */
async function overPort(request) {
  return realFetch(`http://127.0.0.1:${PORT}/`, { method: "POST", headers: request.headers, body: await request.text() });
}

/** @returns {Promise<number>} */
function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().once("error", reject).listen(0, "127.0.0.1", () => {
      const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
      server.close(() => resolve(port));
    });
  });
}
