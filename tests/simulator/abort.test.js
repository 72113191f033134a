/** The simulator notices when its client goes away, in process and behind a port, and leaves nothing running. */

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { request as httpRequest } from "node:http";
import { describe, test } from "node:test";
import { promisify } from "node:util";
import { HELLO, byteCount, chat, chunksOf, joined, quickServer, quickSimulator, readWrites, textOfWrites, until } from "./support.js";

const SLOW = { text: Array.from({ length: 1000 }, () => "word "), chunkDelayMs: 5 };

describe("in process", () => {
  test("before headers: fetch rejects at once with the signal's reason", { timeout: 60_000 }, async () => {
    const simulator = quickSimulator();
    simulator.enqueue({ delayMs: 3_600_000 });
    const controller = new AbortController();
    const reason = new Error("changed my mind");
    setTimeout(() => controller.abort(reason), 15);
    await assert.rejects(chat(simulator, {}, { signal: controller.signal }), (error) => error === reason);
    assert.deepEqual([simulator.requests[0].aborted, simulator.requests[0].finished], [true, false]);
  });

  test("a reason that is no Error is passed on as it is", async () => {
    const simulator = quickSimulator();
    simulator.enqueue({ delayMs: 10_000 });
    const controller = new AbortController();
    setTimeout(() => controller.abort("because"), 5);
    await assert.rejects(chat(simulator, {}, { signal: controller.signal }), (error) => error === "because");
  });

  test("a signal that has aborted already sends nothing", async () => {
    const simulator = quickSimulator();
    await assert.rejects(chat(simulator, {}, { signal: AbortSignal.abort() }), { name: "AbortError" });
    assert.equal(simulator.requests.length, 0);
  });

  test("in mid-stream: the body fails with the reason, and nothing more is made", async () => {
    const simulator = quickSimulator();
    simulator.enqueue(SLOW);
    const controller = new AbortController();
    const response = await chat(simulator, {}, { signal: controller.signal });
    const reader = response.body.getReader();
    for (let count = 0; count < 3; count++) await reader.read();
    controller.abort();
    await assert.rejects(reader.read(), { name: "AbortError" });
    const { bytesSent } = simulator.requests[0];
    await new Promise((resolve) => setTimeout(resolve, 30));
    assert.deepEqual([simulator.requests[0].bytesSent, simulator.requests[0].aborted, simulator.requests[0].finished], [bytesSent, true, false]);
  });

  test("while nobody reads", async () => {
    const simulator = quickSimulator();
    const controller = new AbortController();
    const response = await chat(simulator, {}, { signal: controller.signal });
    controller.abort();
    assert.equal(simulator.requests[0].aborted, true);
    await assert.rejects(response.text(), { name: "AbortError" });
  });

  test("leaving a loop over the body", async () => {
    const simulator = quickSimulator();
    simulator.enqueue(SLOW);
    for await (const _ of (await chat(simulator)).body) break;
    assert.deepEqual([simulator.requests[0].aborted, simulator.requests[0].finished], [true, false]);
  });

  test("after the end it changes nothing", async () => {
    const simulator = quickSimulator();
    const controller = new AbortController();
    await (await chat(simulator, {}, { signal: controller.signal })).text();
    controller.abort();
    assert.deepEqual([simulator.requests[0].aborted, simulator.requests[0].finished], [false, true]);
  });

  test("stopping at the end token counts as finished", async () => {
    const simulator = quickSimulator();
    const reader = (await chat(simulator)).body.getReader();
    for (;;) if (Buffer.from((await reader.read()).value).includes("[DONE]")) break;
    await reader.cancel();
    assert.deepEqual([simulator.requests[0].aborted, simulator.requests[0].finished], [false, true]);
  });

  test("no timer keeps a process alive, neither of an aborted answer nor of a stalled one that was forgotten", async () => {
    const source = `
      import { createSimulator } from ${JSON.stringify(new URL("../../pkg-template/simulator/index.js", import.meta.url).href)};
      const simulator = createSimulator();
      const ask = (signal) => simulator.fetch("http://x/chat/completions", { method: "POST", headers: { authorization: "Bearer k" }, signal,
        body: JSON.stringify({ messages: [{ role: "user", content: "hi" }], stream: true }) });
      simulator.enqueue({ delayMs: 600000 });
      simulator.enqueue({ chunkDelayMs: 600000 });
      simulator.enqueue({ stallAfterChunks: 1 });
      const controller = new AbortController();
      const before = ask(controller.signal).catch(() => {});
      const during = (await ask(controller.signal)).text().catch(() => {});
      (await ask()).text();
      setTimeout(() => controller.abort(), 20);
      await before; await during;`;
    await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", source], { timeout: 60_000 });
  });
});

describe("behind a port", () => {
  const post = (server, body, init = {}) =>
    fetch(`${server.url}/api/v1/chat/completions`, {
      method: "POST",
      headers: { Authorization: "Bearer k", "Content-Type": "application/json" },
      body: JSON.stringify({ messages: HELLO, stream: true, ...body }),
      ...init,
    });

  test("answers like in process, to any page", async () => {
    const server = await quickServer();
    const response = await post(server);
    assert.equal(response.headers.get("content-type"), "text/event-stream");
    assert.equal(response.headers.get("access-control-allow-origin"), "*");
    assert.match(joined(chunksOf(await response.text())), /Hello there/);
    assert.equal((await fetch(`${server.url}/models`)).status, 200);
    assert.equal((await fetch(`${server.url}/api/v1/chat/completions`, { method: "OPTIONS" })).status, 204);
    assert.equal(server.port, Number(new URL(server.url).port));
  });

  test("obeys scripts in requests", async () => {
    const response = await post(await quickServer(), { simulator: { status: 429, headers: { "Retry-After": "3" } } });
    assert.deepEqual([response.status, response.headers.get("retry-after")], [429, "3"]);
  });

  test("leaves the process's own Request and Response alone", async () => {
    const before = [globalThis.Request, globalThis.Response];
    await quickServer();
    assert.deepEqual([globalThis.Request, globalThis.Response], before);
  });

  test("writes the bytes of an event apart, as they are paced", async () => {
    const server = await quickServer();
    const { writes } = await readWrites(await post(server, { simulator: { chunks: ["a", "b", "c"], chunkDelayMs: 250 } }));
    assert.deepEqual(writes.map((write) => Buffer.from(write).toString()), ["a", "b", "c"]);
  });

  test("sends the headers before a body that waits", async () => {
    const server = await quickServer();
    const controller = new AbortController();
    const response = await post(server, { simulator: { text: "x", stallAfterBytes: 0 } }, { signal: controller.signal });
    assert.equal(response.status, 200);
    controller.abort();
  });

  for (const [name, script] of [["stalled", { stallAfterChunks: 1 }], ["streaming", SLOW], ["waiting before headers", { delayMs: 10_000 }]]) {
    test(`a socket that closes while ${name} is seen`, async () => {
      const server = await quickServer();
      const controller = new AbortController();
      const answer = post(server, { simulator: script }, { signal: controller.signal }).then(readWrites).catch((error) => ({ error }));
      await until(() => server.simulator.requests.length === 1, "the request arrives");
      setTimeout(() => controller.abort(), 20);
      assert.equal((await answer).error.name, "AbortError");
      await until(() => server.simulator.requests[0].aborted, "the abort is seen");
      const { bytesSent } = server.simulator.requests[0];
      await new Promise((resolve) => setTimeout(resolve, 30));
      assert.equal(server.simulator.requests[0].bytesSent, bytesSent);
    });
  }

  test("cutAfterBytes: exactly so many bytes, then a broken connection", async () => {
    const server = await quickServer();
    for (const cutAfterBytes of [0, 1, 300]) {
      const { writes, error } = await readWrites(await post(server, { simulator: { text: "some words", cutAfterBytes } }));
      assert.equal(byteCount(writes), cutAfterBytes);
      assert.ok(error instanceof TypeError);
      assert.doesNotMatch(textOfWrites(writes), /Error/);
    }
  });

  test("endAfterBytes: a clean end", async () => {
    const { writes, error } = await readWrites(await post(await quickServer(), { simulator: { text: "some words", endAfterBytes: 100 } }));
    assert.deepEqual([byteCount(writes), error], [100, undefined]);
  });

  test("networkError: a closed socket and no answer", async () => {
    await assert.rejects(post(await quickServer(), { simulator: { networkError: true } }), TypeError);
  });

  test("back-pressure is real: a client that reads nothing is not sent everything", async () => {
    const server = await quickServer();
    server.simulator.enqueue({ chunks: Array.from({ length: 400 }, () => "x".repeat(100_000)) });
    const client = httpRequest(`${server.url}/chat/completions`, { method: "POST", headers: { Authorization: "Bearer k" } });
    client.end(JSON.stringify({ messages: HELLO, stream: true }));
    await new Promise((resolve) => client.once("response", (response) => resolve(response.pause())));
    await new Promise((resolve) => setTimeout(resolve, 150));
    const { bytesSent } = server.simulator.requests[0];
    assert.ok(bytesSent < 20_000_000, `${bytesSent} bytes were sent to nobody`);
    client.destroy();
    await until(() => server.simulator.requests[0].aborted, "the abort is seen");
  });

  test("close breaks off what is being answered", async () => {
    const server = await quickServer();
    const answer = post(server, { simulator: { stallAfterChunks: 1 } }).then(readWrites);
    await until(() => server.simulator.requests[0]?.bytesSent > 0, "bytes flow");
    const second = await quickServer({ simulator: server.simulator });
    await server.close();
    assert.ok((await answer).error);
    assert.equal((await post(second)).status, 200, "the same simulator can be served again");
    server.close = async () => {};
  });

  test("a port that is taken rejects", async () => {
    const server = await quickServer();
    await assert.rejects(quickServer({ port: server.port }), { code: "EADDRINUSE" });
  });
});

