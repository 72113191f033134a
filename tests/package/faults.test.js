// Faults over real sockets. What is asserted first is how many requests have arrived: each of them may be paid.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { DONE, FAULTS, faultyServer, OK, SSE, STREAMS } from "./faults.js";
import { installPackage } from "./install.js";

const messages = [{ role: /** @type {const} */ ("user"), content: "hello" }];
/** Short, and long enough for a machine that has other things to do. */
const LIMITS = { idleTimeoutMs: 400, firstTokenTimeoutMs: 400, progressTimeoutMs: 400, timeoutMs: 20_000 };

/** @type {ReturnType<typeof installPackage>} */
let app;
/** @type {any} */
let api;
/** @type {Awaited<ReturnType<typeof faultyServer>>} */
let server;
before(async () => {
  app = installPackage();
  api = await app.load("openrouter-wasm");
  server = await faultyServer(() => {});
});
after(async () => {
  await server?.close();
  app?.remove();
});

/** @param {import("./faults.js").Fault} fault */
function arm(fault) {
  server.state.fault = fault;
  server.state.arrived = 0;
}

/** @param {object} [options] */
const client = (options) => new api.OpenRouter({ apiKey: "k", baseURL: server.url, maxRetries: 0, ...LIMITS, ...options });

/** How a run ends, in one word. @param {any} run */
async function endOf(run) {
  try {
    const { verdict, message } = await run.result();
    return { end: verdict, message };
  } catch (thrown) {
    const error = /** @type {any} */ (thrown);
    assert.ok(api.OpenRouterError.isInstance(error), `${error?.stack ?? error}`);
    assert.equal(error.verdict, run.verdict);
    assert.notEqual(run.verdict, "complete");
    return { end: error.code, error };
  }
}

describe("a chat that is not tried again: one request, and this end", () => {
  for (const [name, fault, end] of FAULTS) {
    test(name, async () => {
      arm(fault);
      const got = await endOf(client().chat({ messages }));
      assert.equal(server.state.arrived, 1);
      assert.ok([end].flat().includes(got.end), `${got.end}: ${got.error?.message}`);
      if (got.end === "complete") assert.equal(got.message.content, "Grüße 🙂");
    });
  }
});

describe("a stream that is cut never looks finished", () => {
  for (const [name, { body, ending, verdict }] of Object.entries(STREAMS)) {
    test(`${name}: at every byte, politely and not`, async () => {
      const bytes = Buffer.from(body);
      // Behind the line that says how it ended, or with all of it.
      const told = ending === undefined ? bytes.length : bytes.indexOf("\n", bytes.indexOf(ending)) + 1;
      const head = ending === undefined ? OK.replace(SSE, "Content-Type: application/json") : OK;
      /** @type {string[]} */
      const wrong = [];
      for (const isPolite of [true, false]) {
        arm((socket) => {
          socket.once("drain", () => {});
          const cut = bytes.subarray(0, queue.shift());
          if (isPolite) socket.end(Buffer.concat([Buffer.from(head), cut]));
          // In one chunk of which the rest never comes.
          else socket.write(Buffer.concat([Buffer.from(head.replace("Connection: close", "Transfer-Encoding: chunked")), Buffer.from(`${(bytes.length + 9).toString(16)}\r\n`), cut]), () => socket.destroy());
        });
        /** @type {number[]} */
        const queue = [];
        for (let at = 0; at <= bytes.length; at += 1) {
          queue.push(at);
          const before = server.state.arrived;
          const { end } = await endOf(client().chat({ messages }));
          if (server.state.arrived - before !== 1) wrong.push(`${at}: ${server.state.arrived - before} requests`);
          // The last event counts when it is whole, with the line break behind it or without.
          const isTold = at >= told - 1;
          if (!isTold && end === verdict) wrong.push(`${at} of ${told}, ${isPolite}: ${end}`);
          if (isPolite && at === bytes.length && end !== verdict) wrong.push(`whole: ${end}`);
        }
      }
      assert.deepEqual(wrong, []);
    });
  }
});

describe("what is tried again, and what is not", () => {
  const half = `${OK}${STREAMS.text.body.slice(0, 200)}`, good = OK + STREAMS.text.body;
  const refusal = (/** @type {number} */ status) => `HTTP/1.1 ${status} No\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n{"error":{"message":"m","code":${status}}}`;
  /** @type {[string, string, number][]} */
  const table = [
    ["503 once", refusal(503), 2], ["429 once", refusal(429), 2], ["502 once", refusal(502), 2], ["closed at once", "", 2], ["closed behind the head", OK, 2],
    ["400", refusal(400), 1], ["401", refusal(401), 1], ["402", refusal(402), 1], ["403", refusal(403), 1], ["closed behind the first word", half, 1],
  ];
  for (const [name, first, requests] of table) {
    test(`${name}: ${requests}`, async () => {
      arm((socket, number) => void socket.end(number === 1 ? first : good));
      await endOf(client({ maxRetries: 2 }).chat({ messages }));
      assert.equal(server.state.arrived, requests);
    });
  }
});

describe("a call that is billed by being sent: one request under every fault", () => {
  /** @type {[string, (client: any) => Promise<unknown>][]} */
  const calls = [
    ["images", (one) => one.images.generate({ prompt: "p", timeoutMs: 700 })],
    ["speech", async (one) => (await one.speech.create({ input: "Hi", timeoutMs: 700 })).bytes()],
    ["transcription", (one) => one.transcriptions.create({ audio: new Uint8Array([1]), mediaType: "audio/wav", timeoutMs: 700 })],
    ["music", (one) => one.music.generate({ prompt: "p", timeoutMs: 700 })],
    ["video", (one) => one.videos.submit({ prompt: "p", timeoutMs: 700 })],
    ["search", (one) => one.search("otters", { timeoutMs: 700 })],
  ];
  for (const [call, make] of calls) {
    test(call, async () => {
      /** @type {string[]} */
      const wrong = [];
      for (const [name, fault] of FAULTS) {
        arm(fault);
        const error = await make(client()).then(() => undefined, (thrown) => thrown);
        if (server.state.arrived !== 1) wrong.push(`${name}: ${server.state.arrived} requests`);
        if (error !== undefined && !api.OpenRouterError.isInstance(error)) wrong.push(`${name}: ${error}`);
        // All of these have arrived: what the API did not refuse in so many words may be paid.
        if (error?.isRetryable && ![429, 503].includes(error.status)) wrong.push(`${name}: ${error.code} ${error.status} is called retryable`);
      }
      assert.deepEqual(wrong, []);
    });
  }
});

describe("an abort in every state lets the connection go", () => {
  const good = OK + STREAMS.text.body;
  const wait = (/** @type {number} */ ms) => new Promise((resolve) => setTimeout(resolve, ms));
  const calls = `${OK}${STREAMS.calls.body}`;
  /** @type {[string, import("./faults.js").Fault, { requests: number, afterMs: number, tools?: object[], maxRetries?: number }][]} */
  const table = [
    ["before anything", (socket) => void socket.end(good), { requests: 0, afterMs: -1 }],
    ["while the head is waited for", () => {}, { requests: 1, afterMs: 100 }],
    ["behind the head", (socket) => void socket.write(OK), { requests: 1, afterMs: 100 }],
    ["within the body", (socket) => void socket.write(good.slice(0, -120)), { requests: 1, afterMs: 100 }],
    ["while it waits to try again", (socket) => void socket.end("HTTP/1.1 503 No\r\nRetry-After: 5\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"), { requests: 1, afterMs: 150, maxRetries: 2 }],
    ["while a tool runs", (socket) => void socket.end(calls), { requests: 1, afterMs: 150, tools: [{ name: "f", description: "f", execute: () => new Promise(() => {}) }] }],
    ["in the second step", (socket, number) => void (number === 1 ? socket.end(calls) : socket.write(OK)), { requests: 2, afterMs: 200, tools: [{ name: "f", description: "f", execute: () => 1 }] }],
  ];
  for (const [name, fault, { requests, afterMs, tools, maxRetries = 0 }] of table) {
    test(name, async () => {
      arm(fault);
      const controller = new AbortController();
      const reason = new Error("left");
      if (afterMs < 0) controller.abort(reason);
      const run = client({ maxRetries, idleTimeoutMs: 0, firstTokenTimeoutMs: 0, progressTimeoutMs: 0 }).chat({ messages, tools, signal: controller.signal });
      const outcome = run.result().catch((/** @type {unknown} */ error) => error);
      if (afterMs > 0) {
        await wait(afterMs);
        controller.abort(reason);
      }
      assert.equal(await outcome, reason);
      assert.equal(run.verdict, "aborted");
      await wait(30);
      assert.equal(server.state.arrived, requests);
    });
  }

  test("and the server sees that the socket is closed", async () => {
    const closed = new Promise((resolve) => arm((socket) => {
      socket.write(good.slice(0, -120));
      socket.on("close", resolve);
    }));
    const run = client().chat({ messages });
    for await (const event of run) if (event.type === "text-delta") break;
    await closed;
    assert.ok(!good.slice(0, -120).includes(DONE));
  });
});
