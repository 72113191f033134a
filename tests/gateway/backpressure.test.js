// A reader who stops reading: what he has not taken waits at OpenRouter, and not in the memory of the gateway.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { createGateway, HELLO, KEY, MODEL, OpenRouter, until } from "./support.js";

const MB = 1 << 20, SIZE_BYTES = 48 * MB, MOST_BYTES = 24 * MB;
const EVENT = `data: ${JSON.stringify({ id: "gen-1-a", choices: [{ index: 0, delta: { content: "x".repeat(3800) } }] })}\n\n`;
const END = `data: ${JSON.stringify({ id: "gen-1-a", choices: [{ index: 0, delta: {}, finish_reason: "stop" }], usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3, cost: 0.5 } })}\n\ndata: [DONE]\n\n`;

let sentBytes = 0, isClosed = false;
const upstream = createServer((request, response) => {
  request.resume().on("end", () => {
    const isStream = !request.url?.endsWith("/embeddings");
    const piece = Buffer.from(isStream ? EVENT.repeat(4) : "1,".repeat(8192));
    [sentBytes, isClosed] = [0, false];
    response.on("close", () => (isClosed = true));
    response.writeHead(200, { "content-type": isStream ? "text/event-stream" : "application/json" });
    if (!isStream) response.write('{"data":[');
    const next = () => {
      while (sentBytes < SIZE_BYTES) {
        sentBytes += piece.length;
        if (!response.write(piece)) return void response.once("drain", next);
      }
      response.end(isStream ? END : '1],"usage":{"prompt_tokens":1,"total_tokens":1,"cost":0.5}}');
    };
    next();
  });
});
let baseURL = "";
before(async () => {
  await new Promise((resolve) => upstream.listen(0, "127.0.0.1", () => resolve(undefined)));
  baseURL = `http://127.0.0.1:${/** @type {any} */ (upstream.address()).port}`;
});
after(() => {
  upstream.closeAllConnections();
  upstream.close();
});

/** Until nothing more is sent. */
async function stands() {
  let last = -1;
  await until(async () => {
    if (sentBytes === last) return true;
    last = sentBytes;
    await new Promise((resolve) => setTimeout(resolve, 300));
    return false;
  }, "the upstream waits", 60_000);
}

const PATHS = /** @type {[string, any][]} */ ([["/v1/chat/completions", { model: MODEL, messages: HELLO, stream: true }], ["/v1/responses", { model: MODEL, input: "x", stream: true }], ["/v1/embeddings", { model: "m/x", input: "x" }]]);
function gatewayOf() {
  /** @type {any[]} */
  const records = [];
  const gateway = createGateway({ apiKey: KEY, callers: () => ({ id: "x" }), baseURL, log: (/** @type {any} */ record) => records.push(record) });
  const post = (/** @type {string} */ path, /** @type {any} */ body) => gateway.fetch(new Request(`http://gateway.example${path}`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) }));
  return { records, post };
}

for (const [path, body] of PATHS) {
  test(`the gateway's ${path}: an answer of 48 MB is fetched as its reader takes it, and metered all the same`, async () => {
    const { records, post } = gatewayOf();
    const reader = (await post(path, body)).body.getReader();
    let got = (await reader.read()).value.length;
    await stands();
    assert.ok(sentBytes < MOST_BYTES, `${sentBytes} bytes were fetched for a reader who took ${got}`);
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) got += piece.value.length;
    assert.ok(got > SIZE_BYTES);
    await until(() => records.length === 1, "it is settled");
    assert.deepEqual([records[0].verdict, records[0].costUsd, records[0].costSource], ["complete", 0.5, "reported"]);
  });

  test(`the gateway's ${path}: a reader who leaves such an answer ends the request`, async () => {
    const { records, post } = gatewayOf();
    const reader = (await post(path, body)).body.getReader();
    await reader.read();
    await stands();
    await reader.cancel();
    await until(() => isClosed, "the connection closes");
    await until(() => records.length === 1, "it is settled", 60_000);
    assert.equal(records[0].verdict, "aborted");
  });
}

test("toResponse: an answer of 48 MB is fetched as its reader takes it; a pause of its reader is no silence of the answer's", async () => {
  const client = new OpenRouter({ apiKey: KEY, baseURL, model: MODEL, idleTimeoutMs: 10_000 });
  const run = client.chat({ messages: HELLO });
  const reader = run.toResponse().body.getReader();
  let got = (await reader.read()).value.length;
  await stands();
  assert.ok(sentBytes < MOST_BYTES, `${sentBytes} bytes`);
  await new Promise((resolve) => setTimeout(resolve, 12_000));
  for (let piece = await reader.read(); !piece.done; piece = await reader.read()) got += piece.value.length;
  const { usage, verdict } = await run.result();
  assert.deepEqual([got > SIZE_BYTES, usage.cost, verdict], [true, 0.5, "complete"]);
});
