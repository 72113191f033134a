/** `onRequest`: faults for requests of any path. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { chat, quickSimulator, readWrites, byteCount } from "./support.js";
import { call, json } from "./media-support.js";

describe("which requests", () => {
  for (const [match, hits] of [
    ["/models", ["/models"]],
    ["GET /models", ["/models"]],
    ["POST /models", []],
    ["/model/:author/:slug", ["/model/openai/gpt-5-mini"]],
    ["/model*", ["/models", "/models/count", "/model/openai/gpt-5-mini"]],
    [/^GET \/models\/count$/, ["/models/count"]],
    [({ headers }) => headers["x-hit"] === "1", ["/models", "/models/count", "/model/openai/gpt-5-mini"]],
  ]) {
    test(String(match), async () => {
      const simulator = quickSimulator();
      const remove = simulator.onRequest(match, { status: 418 });
      const hit = [];
      const ask = (path) => call(simulator, path, undefined, { headers: { "X-Hit": "1" } });
      for (const path of ["/models", "/models/count", "/model/openai/gpt-5-mini"]) if ((await ask(path)).status === 418) hit.push(path);
      assert.deepEqual(hit, hits);
      remove();
      assert.equal((await ask("/models")).status, 200);
    });
  }

  test("the newest rule wins while its times last, and preflights are spared", async () => {
    const simulator = quickSimulator();
    simulator.onRequest("/key", { status: 500 });
    simulator.onRequest("/key", { status: 503, times: 1 });
    const statuses = [];
    for (let at = 0; at < 3; at++) statuses.push((await call(simulator, "/key")).status);
    assert.deepEqual(statuses, [503, 500, 500]);
    assert.equal((await call(simulator, "/key", undefined, { method: "OPTIONS" })).status, 204);
    simulator.reset();
    assert.equal((await call(simulator, "/key")).status, 200);
  });

  test("chat requests too, before the scripts of chat", async () => {
    const simulator = quickSimulator();
    simulator.enqueue({ text: "later" });
    simulator.onRequest("/chat/completions", { status: 503, times: 1 });
    assert.equal((await chat(simulator)).status, 503);
    assert.match(await (await chat(simulator)).text(), /later/);
  });
});

describe("faults", () => {
  test("status, headers and body replace the answer; below 300 the route's own gets them", async () => {
    const simulator = quickSimulator();
    simulator.onRequest("/models", { status: 429, headers: { "Retry-After": "7" } });
    const refused = await call(simulator, "/models");
    assert.deepEqual([refused.status, refused.headers.get("Retry-After"), (await json(refused)).error.code], [429, "7", 429]);
    simulator.onRequest("/models", { status: 203, contentType: "text/plain", headers: { "X-A": "b" } });
    const own = await call(simulator, "/models");
    assert.deepEqual([own.status, own.headers.get("Content-Type"), own.headers.get("X-A")], [203, "text/plain", "b"]);
    assert.ok((await json(own)).data.length > 1);
    simulator.onRequest("/models", { body: "<!doctype html>" });
    assert.match((await call(simulator, "/models")).headers.get("Content-Type"), /^text\/html/);
  });

  test("cut, ended and slow bodies", async () => {
    const simulator = quickSimulator();
    simulator.onRequest("/models", { cutAfterBytes: 100, chunkBytes: 30 });
    const { writes, error } = await readWrites(await call(simulator, "/models"));
    assert.deepEqual([writes.map((write) => write.length), error.message], [[30, 30, 30, 10], "terminated"]);
    simulator.onRequest("/models", { endAfterBytes: 100 });
    assert.equal((await (await call(simulator, "/models")).text()).length, 100);
    simulator.onRequest("/models", { stallAfterBytes: 100 });
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 30);
    await assert.rejects(call(simulator, "/models", undefined, { signal: controller.signal }).then((response) => response.text()), { name: "AbortError" });
    simulator.onRequest("/models", { delayMs: 30 });
    const start = Date.now();
    await call(simulator, "/models");
    assert.ok(Date.now() - start >= 25);
  });

  test("a hundred megabytes of JSON are made while they are read, and stay JSON", async () => {
    const simulator = quickSimulator();
    simulator.onRequest("/models", { padToBytes: 100e6 });
    const before = process.memoryUsage().arrayBuffers;
    const reader = (await call(simulator, "/models")).body.getReader();
    let count = 0;
    let largest = 0;
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      count += value.length;
      largest = Math.max(largest, value.length);
    }
    assert.equal(count, 100e6);
    assert.ok(largest < 1e6 && process.memoryUsage().arrayBuffers - before < 90e6);
    simulator.onRequest("/models", { padToBytes: 200_000 });
    const text = await (await call(simulator, "/models")).text();
    assert.equal(byteCount([Buffer.from(text)]), 200_000);
    assert.ok(JSON.parse(text).data.length > 1);
  });
});

describe("bad scripts are refused by name", () => {
  for (const [script, message] of [
    [{ statsu: 500 }, /script\.statsu is not a field of a script/],
    [{ status: 700 }, /script\.status must be/],
    [{ times: 0 }, /script\.times must be a whole number, 1 or more/],
    [{ video: { statuses: [5] } }, /script\.video\.statuses\[0\] must be/],
    [{ video: { statuses: [{ status: "x" }] } }, /script\.video\.statuses\[0\]\.status must be/],
    [{ images: { format: "bmp" } }, /script\.images\.format must be/],
    [{ cutAfterBytes: 1, padToBytes: 2 }, /exclude each other/],
    [{ carriedOut: true }, /script\.carriedOut needs/],
    ["x", /a script must be an object/],
  ]) {
    test(JSON.stringify(script), () => assert.throws(() => quickSimulator().onRequest("/models", script), { name: "TypeError", message }));
  }
  test("a match that is no path", () => assert.throws(() => quickSimulator().onRequest("models", {}), /match must be a path/));
});
