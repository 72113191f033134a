// www/serve.js: the command, its chat in the terminal, and what it serves.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { request as httpRequest } from "node:http";
import { connect, createServer } from "node:net";
import { networkInterfaces } from "node:os";
import { after, before, test } from "node:test";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { createSimulator } from "../../pkg/simulator.js";
import { OpenRouter } from "../../pkg/index.js";
import { startDemo } from "../../www/serve/demo-server.js";
import { chatInTerminal } from "../../www/serve/terminal-chat.js";
import { serveCommand, until } from "./support.js";

const KEY = "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";

test("--once streams one chat to the terminal and ends with 0", async () => {
  const { output, pieces, exit } = serveCommand(["--once", "--port", "0"]);
  assert.equal(await exit, 0);
  assert.equal(output.errors, "");
  assert.match(output.text, /^One chat with the simulator:\n\n> What happens [^]+They ask how[^]+\n\nThe answer comes in pieces[^]+at the end there is one verdict/i);
  assert.match(output.text, /\n\nanthropic\/claude-sonnet-4\.5 · Anthropic · \d+ tokens in, \d+ out \(\d+ of them reasoning\) · \$0\.\d+ · complete\n$/);
  assert.ok(!output.text.includes("\x1b"), "no colours where there is no terminal");
  // A busy machine reads some of them together.
  assert.ok(pieces.length > 1, `${pieces.length} piece`);
});

test("prints the address and stays until Ctrl-C", async () => {
  const { child, output, exit } = serveCommand(["--port", "0"]);
  await until(() => /Ctrl-C/.test(output.text), "the address is printed");
  const [url] = /http:\/\/127\.0\.0\.1:\d+/.exec(output.text);
  assert.match(await (await fetch(`${url}/`)).text(), /<title>openrouter-wasm<\/title>/);
  const { OpenRouter } = await import("../../pkg/index.js");
  const { verdict } = await new OpenRouter({ apiKey: "any", baseURL: `${url}/api/v1` }).chat({ messages: [{ role: "user", content: "Hello" }], simulator: { text: "Hi" } }).result();
  assert.equal(verdict, "complete");
  // An answer that is on its way does not hold it.
  const hanging = fetch(`${url}/api/v1/chat/completions`, { method: "POST", headers: { Authorization: "Bearer k" }, body: JSON.stringify({ messages: [{ role: "user", content: "Hello" }], stream: true, simulator: { stallAfterChunks: 1 } }) });
  await hanging;
  child.kill("SIGINT");
  assert.equal(await exit, 0);
  assert.equal(output.errors, "");
});

test("Ctrl-C during the chat in the terminal ends it, too", async () => {
  const { child, output, exit } = serveCommand(["--port", "0"]);
  await until(() => output.text.includes("They ask"), "the chat has begun");
  child.kill("SIGINT");
  assert.equal(await exit, 0);
  assert.match(output.text, /\nstopped\n$/);
  assert.equal(output.errors, "");
});

test("a port that is taken is said, with a way out", async () => {
  const other = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => other.once("listening", resolve));
  const { port } = other.address();
  const { output, exit } = serveCommand(["--port", String(port)]);
  assert.equal(await exit, 1);
  assert.equal(output.errors, `Port ${port} is taken. Choose another one with --port, for example --port ${port + 1}; --port 0 takes a free one.\n`);
  assert.equal(output.text, "");
  other.close();
});

for (const args of [["--prot", "1"], ["--port", "http"], ["--port", "70000"], ["--port"], ["there"]]) {
  test(`"${args.join(" ")}" shows the usage and ends with 2`, async () => {
    const { output, exit } = serveCommand(args);
    assert.equal(await exit, 2);
    assert.match(output.errors, /usage: node www\/serve\.js \[--port N\] \[--once\]/);
    assert.equal(output.text, "");
  });
}

test("--help shows the usage and ends with 0", async () => {
  const { output, exit } = serveCommand(["--help"]);
  assert.equal(await exit, 0);
  assert.match(output.text, /^usage: /);
});

test("with a key the chat is with OpenRouter, and a failed one ends with 1", async () => {
  const openrouter = await startDemo({ simulator: { apiKeys: [KEY], delayMs: 0 } });
  try {
    const env = { OPENROUTER_API_KEY: KEY, OPENROUTER_BASE_URL: `${openrouter.url}/api/v1`, OPENROUTER_MODEL: "openai/gpt-5-mini" };
    const good = serveCommand(["--once", "--port", "0"], env);
    assert.equal(await good.exit, 0);
    assert.match(good.output.text, /^One chat with OpenRouter:[^]+openai\/gpt-5-mini · OpenAI · [^]+ · complete\n$/);
    assert.equal(openrouter.simulator.requests[0].headers.authorization, `Bearer ${KEY}`);
    assert.ok(!good.output.text.includes(KEY));

    const bad = serveCommand(["--once", "--port", "0"], { ...env, OPENROUTER_API_KEY: `${KEY}x` });
    assert.equal(await bad.exit, 1);
    assert.match(bad.output.text, /\n\nauth: [^\n]+\n$/);
    assert.ok(!(bad.output.text + bad.output.errors).includes(KEY));
  } finally {
    await openrouter.close();
  }
});

test("in a terminal the reasoning is dimmed, and waits are told", async () => {
  const simulator = createSimulator({ delayMs: 0 });
  simulator.enqueue({ status: 429, headers: { "Retry-After": "0.01" } });
  simulator.enqueue({ reasoning: ["Hm", "."], text: "Yes." });
  let written = "";
  const client = new OpenRouter({ apiKey: "k", fetch: simulator.fetch });
  const complete = await chatInTerminal({ client, request: { messages: [{ role: "user", content: "Well?" }] }, out: { write: (text) => (written += text) }, colours: true, partner: "somebody" });
  assert.ok(complete);
  assert.ok(written.includes("\x1b[2mHm\x1b[22m\x1b[2m.\x1b[22m\n\nYes."));
  assert.match(written, /rate-limit: Rate limit exceeded; trying again in 0\.01 s/);
});

// What it serves

let demo;
before(async () => (demo = await startDemo()));
after(() => demo.close());

/** As it is: `fetch` would take the dots out of a path. */
function get(path, method = "GET", headers = {}) {
  return new Promise((resolve, reject) => {
    const request = httpRequest(`${demo.url}/`, { path, method, headers }, (response) => {
      const pieces = [];
      response.on("data", (piece) => pieces.push(piece)).on("end", () => {
        const bytes = Buffer.concat(pieces);
        resolve({ status: response.statusCode, headers: response.headers, bytes, body: bytes.toString() });
      });
    });
    request.on("error", reject).end();
  });
}

test("each kind of file comes as what it is, under the policy", async () => {
  for (const [path, type] of [["/", "text/html"], ["/app.js", "text/javascript"], ["/style.css", "text/css"], ["/mark.svg", "image/svg+xml"], ["/about.html", "text/html"], ["/service-worker.js", "text/javascript"], ["/manifest.webmanifest", "application/manifest+json"], ["/pkg/standalone.js", "text/javascript"], ["/pkg/chat.wasm", "application/wasm"]]) {
    const { status, headers } = await get(path);
    assert.equal(status, 200, path);
    assert.ok(headers["content-type"].startsWith(type), `${path}: ${headers["content-type"]}`);
    assert.equal(headers["cache-control"], "no-store");
    assert.equal(headers["x-content-type-options"], "nosniff");
    const policy = Object.fromEntries(headers["content-security-policy"].split("; ").map((line) => [line.split(" ")[0], line.split(" ").slice(1).join(" ")]));
    assert.equal(policy["default-src"], "'none'");
    assert.equal(policy["script-src"], "'self' 'wasm-unsafe-eval'");
    assert.equal(policy["connect-src"], "'self' https://openrouter.ai");
    assert.equal(policy["img-src"], "'self' data: blob:");
    assert.equal(policy["media-src"], "'self' blob:");
  }
});

test("files travel packed, to those who take that, and are the same", async () => {
  const unpack = { br: brotliDecompressSync, gzip: gunzipSync, undefined: (bytes) => bytes };
  for (const path of ["/", "/app.js", "/pkg/chat.wasm"]) {
    const bodies = [];
    for (const [asked, encoding] of [["gzip, deflate, br, zstd", "br"], ["gzip", "gzip"], ["br;q=0, gzip;q=0.5", "gzip"], ["", undefined], ["br;q=0", undefined]]) {
      const { headers, bytes } = await get(path, "GET", { "Accept-Encoding": asked });
      assert.equal(headers["content-encoding"], encoding, `${path}: ${asked}`);
      assert.equal(headers.vary, "Accept-Encoding");
      bodies.push(unpack[encoding](bytes));
    }
    assert.ok(bodies.every((body) => body.length > 100 && body.equals(bodies[0])), path);
  }
});

test("the page's own styles are the only ones that its policy lets through", async () => {
  const { headers, body } = await get("/");
  const [, css] = /<style>([^]*)<\/style>/.exec(body);
  assert.ok(css.length > 10_000);
  assert.ok(headers["content-security-policy"].includes(`style-src 'self' 'sha256-${createHash("sha256").update(css).digest("base64")}';`));
  assert.match((await get("/about.html")).headers["content-security-policy"], /style-src 'self';/);
});

test("what runs for a tool has rules of its own: an origin apart, and no more reach than it needs", async () => {
  const policyOf = async (path) => (await get(path)).headers["content-security-policy"].split("; ");
  const code = await policyOf("/code-frame.html"), page = await policyOf("/page-frame.html");
  for (const policy of [code, page]) assert.ok(policy.includes("sandbox allow-scripts") && policy.includes("default-src 'none'") && policy.includes("frame-ancestors 'self'"));
  assert.ok(!code.some((line) => line.startsWith("connect-src")), "code reaches nothing");
  assert.ok(!page.some((line) => line.includes("unsafe")), "what reaches the web runs nothing but ours");
  for (const path of ["/", "/app.js", "/service-worker.js"]) assert.ok((await policyOf(path)).includes("require-trusted-types-for 'script'"));
});

test("the sources of the page are no part of what is served", async () => {
  for (const path of ["/page/chat.js", "/serve/site.js", "/serve.js", "/worker/worker.js", "/package.json"]) assert.equal((await get(path)).status, 404, path);
  const { body } = await get("/app.js");
  assert.ok(!body.includes(process.cwd()), "no path of this machine");
});

test("nothing outside of the two folders is served", async () => {
  for (const path of ["/../package.json", "/pkg/../package.json", "/%2e%2e/Cargo.toml", "/pkg/%2e%2e/%2e%2e/package.json", "/pkg/..%2f..%2fxtask/size.js", "/..%5cxtask%5csize.js", "/pkg//../../xtask/size.js", "//xtask/size.js", "/%", "/pkg/%00.js", "/worker/.gitignore", "/worker/package.json", "/pkg/package.json", "/pkg", "/page/", "/none.js"]) {
    const { status, body } = await get(path);
    assert.ok(status === 404 || status === 400, `${path}: ${status}`);
    assert.ok(body.length < 100, path);
  }
  assert.equal((await get("/app.js", "POST")).status, 405);
});

test("the simulator is under /api/v1, for pages of other origins too", async () => {
  const response = await fetch(`${demo.url}/api/v1/models`, { headers: { Origin: "http://localhost:3000" } });
  assert.equal(response.headers.get("Access-Control-Allow-Origin"), "*");
  assert.ok((await response.json()).data.length > 3);
});

test("under OpenRouter's name the simulator gives OpenRouter's addresses", async () => {
  const response = await fetch(`${demo.url}/openrouter.ai/api/v1/videos`, { method: "POST", headers: { Authorization: "Bearer k", "Content-Type": "application/json" }, body: JSON.stringify({ model: "google/veo-3.1-fast", prompt: "Waves" }) });
  assert.equal(response.status, 202);
  assert.match((await response.json()).polling_url, /^https:\/\/openrouter\.ai\/api\/v1\/videos\//);
});

test("the simulator's sign-in is there: a page that asks, and the way back", async () => {
  const query = "callback_url=http%3A%2F%2F127.0.0.1%3A1%2F&code_challenge=x&code_challenge_method=S256";
  const page = await get(`/auth?${query}`);
  assert.equal(page.status, 200);
  assert.match(page.body, /id="allow"[^]*id="deny"/);
  const back = await get(`/auth?${query}&decision=allow`);
  assert.equal(back.status, 302);
  assert.match(back.headers.location, /^http:\/\/127\.0\.0\.1:1\/\?code=auth_code_/);
  assert.equal((await get("/auth/keys")).status, 404, "the exchange is the API's");
});

test("only this machine can reach it", async (t) => {
  const outside = Object.values(networkInterfaces()).flat().find(({ family, internal }) => family === "IPv4" && !internal);
  if (!outside) return t.diagnostic("this machine has no other address");
  const failure = await new Promise((resolve) => {
    const socket = connect(Number(new URL(demo.url).port), outside.address, () => resolve(socket.destroy()));
    socket.on("error", resolve);
  });
  assert.equal(failure?.code, "ECONNREFUSED");
});
