// Faults over real sockets. The first assertion is how many requests have arrived: each of them may be paid.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { DONE, FAULTS, faultyServer, OK, SSE, STREAMS } from "./faults.js";
import { installPackage } from "./install.js";

const messages = [{ role: /** @type {const} */ ("user"), content: "hello" }];
/** For a machine that has other things to do. Stalls have a server of their own, so that a table of stalls takes as long as one of them. */
const LIMITS = { idleTimeoutMs: 3000, firstTokenTimeoutMs: 3000, progressTimeoutMs: 3000, timeoutMs: 20_000 };
/** Where nothing stalls. */
const PATIENT = { idleTimeoutMs: 60_000, firstTokenTimeoutMs: 60_000, progressTimeoutMs: 60_000, timeoutMs: 60_000 };

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

// Many at a time.
describe("a chat that is not tried again: one request, and this end", { concurrency: 16 }, () => {
  for (const [name, fault, end] of FAULTS) {
    test(name, async () => {
      const own = await faultyServer(fault);
      try {
        const isStalled = [end].flat().includes("timeout");
        const got = await endOf(client({ baseURL: own.url, ...(!isStalled && PATIENT) }).chat({ messages }));
        assert.equal(own.state.arrived, 1);
        assert.ok([end].flat().includes(got.end), `${got.end}: ${got.error?.message}`);
        if (got.end === "complete") assert.equal(got.message.content, "Grüße 🙂");
      } finally {
        await own.close();
      }
    });
  }
});

/**
 * Cuts a body at every byte, a request each that says where. Nothing stalls here, so a machine that has other things to do may take its time.
 * @param {Buffer} bytes @param {(socket: import("./faults.js").Socket, cut: Buffer) => void} respond
 * @param {(at: number, got: Awaited<ReturnType<typeof endOf>>) => void} check
 */
async function cutEverywhere(bytes, respond, check) {
  const own = await faultyServer((socket, _, head) => respond(socket, bytes.subarray(0, Number(/x-cut: (\d+)/i.exec(head)?.[1]))));
  let next = 0;
  // Several at a time: most of the time is the way through the socket.
  await Promise.all(Array.from({ length: 8 }, async () => {
    while (next <= bytes.length) {
      const at = next++;
      check(at, await endOf(client({ baseURL: own.url, headers: { "X-Cut": String(at) }, ...PATIENT }).chat({ messages })));
    }
  }));
  const { arrived } = own.state;
  await own.close();
  assert.equal(arrived, bytes.length + 1, "one request each");
}

describe("a stream that is cut never looks finished", () => {
  for (const [name, { body, ending, verdict }] of Object.entries(STREAMS)) {
    test(`${name}: at every byte, politely and not`, async () => {
      const bytes = Buffer.from(body);
      // Behind the line that says how it ended, or with all of it.
      const told = ending === undefined ? bytes.length : bytes.indexOf("\n", bytes.indexOf(ending)) + 1;
      const head = ending === undefined ? OK.replace(SSE, "Content-Type: application/json") : OK;
      // In one chunk of which the rest never comes.
      const rude = `${head.replace("Connection: close", "Transfer-Encoding: chunked")}${(bytes.length + 9).toString(16)}\r\n`;
      /** @type {string[]} */
      const wrong = [];
      for (const isPolite of [true, false]) {
        await cutEverywhere(bytes, (socket, cut) => {
          if (isPolite) socket.end(Buffer.concat([Buffer.from(head), cut]));
          else socket.write(Buffer.concat([Buffer.from(rude), cut]), () => socket.destroy());
        }, (at, { end }) => {
          // The last event counts when it is whole, with the line break behind it or without.
          if (at < told - 1 && end === verdict) wrong.push(`${at} of ${told}, ${isPolite}: ${end}`);
          if (isPolite && at === bytes.length && end !== verdict) wrong.push(`whole: ${end}`);
        });
      }
      assert.deepEqual(wrong, []);
    });
  }
});

describe("a stream that stalls behind any of its events ends by the time limit, with what had come", () => {
  for (const [name, { body, ending, verdict }] of Object.entries(STREAMS).filter(([, { ending }]) => ending !== undefined)) {
    test(name, async () => {
      const events = body.split("\n\n").slice(0, -1).map((event) => `${event}\n\n`);
      const told = events.findIndex((event) => event.includes(/** @type {string} */ (ending)));
      await Promise.all(events.map(async (_, last) => {
        const own = await faultyServer((socket) => void socket.write(OK + events.slice(0, last + 1).join("")));
        try {
          const run = client({ baseURL: own.url }).chat({ messages });
          const { end, error } = await endOf(run);
          // Behind the event that says how it ended the bill alone is missing.
          assert.equal(end, last < told ? "timeout" : verdict, `event ${last + 1}`);
          assert.equal(own.state.arrived, 1);
          if (error) assert.equal(typeof error.partial.message.content, "string", `event ${last + 1}`);
        } finally {
          await own.close();
        }
      }));
    });
  }
});

test("a process that was busy longer than a time limit reads what came meanwhile before it gives up", async () => {
  const own = await faultyServer((socket) => {
    const half = STREAMS.text.body.length >> 1;
    socket.write(OK + STREAMS.text.body.slice(0, half));
    setTimeout(() => socket.end(STREAMS.text.body.slice(half)), 100);
  });
  try {
    const run = client({ baseURL: own.url, idleTimeoutMs: 300, progressTimeoutMs: 300 }).chat({ messages });
    const result = run.result();
    while (!run.partial.message.content) await new Promise((resolve) => setTimeout(resolve));
    for (const until = performance.now() + 800; performance.now() < until; );
    assert.equal((await result).verdict, "complete");
  } finally {
    await own.close();
  }
});

const recordings = new URL("../../../shared/recordings/", import.meta.url);
/** Small ones, of several providers and endings. */
const RECORDED = [
  "pydantic--test_cache-test_openrouter_cache_streaming_e2e--0-72db1d", "rig--streaming_logprobs_matrix-streaming_gpt_4o_mini_length_top_two--0-9f03d9",
  "fantasy--TestOpenRouterCommon-gemini-simple_streaming--0-97c8f7", "rig--tool_lifecycle_matrix-streaming_gpt41_zero_model--0-66adb8",
  "fantasy--TestOpenRouterCommon-anthropic-simple_streaming--0-659cd9",
];
describe("a recorded stream, cut at every byte: one request each, and finished only where it said so", { skip: existsSync(recordings) ? false : "../shared/recordings is not there: no recording was cut" }, () => {
  for (const name of RECORDED) {
    test(name, async () => {
      const bytes = readFileSync(new URL(`${name}.sse`, recordings));
      const finish = /"finish_reason":\s*"\w+"/.exec(bytes.toString("latin1"));
      const told = bytes.indexOf("\n", finish?.index);
      assert.ok(finish && told > 0);
      /** @type {string[]} */
      const ends = [];
      await cutEverywhere(bytes, (socket, cut) => void socket.end(Buffer.concat([Buffer.from(OK), cut])), (at, { end }) => void (ends[at] = end));
      const whole = ends[bytes.length];
      assert.ok(["complete", "length"].includes(whole), whole);
      assert.deepEqual(ends.flatMap((end, at) => (at < told && end === whole ? [`${at} of ${told}: ${end}`] : [])), []);
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

/** Makes the call against a server of its own: a table of stalls then takes as long as one of them. @param {import("./faults.js").Fault} fault @param {(one: any) => Promise<unknown>} call */
async function alone(fault, call) {
  const own = await faultyServer(fault);
  try {
    const error = await call(client({ baseURL: own.url })).then(() => undefined, (/** @type {unknown} */ thrown) => thrown);
    return { error: /** @type {any} */ (error), arrived: own.state.arrived };
  } finally {
    await own.close();
  }
}

/** Short, and long enough for whatever is late but comes. */
const timeoutMs = 3000;
const QUESTIONS = { late: { type: "boolean", instructions: "Is it late?" } };
/** What is billed by being sent. @type {[string, (client: any) => Promise<unknown>][]} */
const BILLED = [
  ["images", (one) => one.images.generate({ prompt: "p", timeoutMs })],
  ["images by chat", (one) => one.images.generate({ prompt: "p", model: "google/gemini-2.5-flash-image", timeoutMs })],
  ["images in a stream", (one) => one.images.generate({ prompt: "p", stream: true, timeoutMs })],
  ["speech", async (one) => (await one.speech.create({ input: "Hi", timeoutMs })).bytes()],
  ["transcription", (one) => one.transcriptions.create({ audio: new Uint8Array([1]), mediaType: "audio/wav", timeoutMs })],
  ["music", (one) => one.music.generate({ prompt: "p", timeoutMs })],
  ["video", (one) => one.videos.submit({ prompt: "p", timeoutMs })],
  ["search", (one) => one.search("otters", { timeoutMs })],
  ["embeddings", (one) => one.embeddings.create({ model: "e/e", input: ["a"], timeoutMs })],
  ["ranking", (one) => one.rerank({ model: "r/r", query: "q", documents: ["a", "b"], timeoutMs })],
  ["decisions", (one) => one.decide({ model: "d/d", state: "s", questions: QUESTIONS, timeoutMs })],
];

describe("a call that is billed by being sent: one request under every fault", () => {
  for (const [call, make] of BILLED) {
    test(call, async () => {
      /** @type {string[]} */
      const wrong = [];
      await Promise.all(FAULTS.map(async ([name, fault]) => {
        const { error, arrived } = await alone(fault, make);
        // What the API refused in so many words was not paid, and may be sent again.
        const isRefused = [429, 503].includes(error?.status);
        if (arrived !== 1 && !(isRefused && arrived > 1)) wrong.push(`${name}: ${arrived} requests`);
        if (error !== undefined && !api.OpenRouterError.isInstance(error)) wrong.push(`${name}: ${error}`);
        if (error?.isRetryable && !isRefused) wrong.push(`${name}: ${error.code} ${error.status} is called retryable`);
      }));
      assert.deepEqual(wrong, []);
    });
  }
});

describe("a billed call that is given up: its one request, the caller's reason, and the connection let go", () => {
  /** @type {[string, import("./faults.js").Fault, number][]} */
  const states = [
    ["before anything", () => {}, -1],
    ["while the head is waited for", () => {}, 100],
    ["behind the head", (socket) => void socket.write(OK), 100],
    ["within the body", (socket) => void socket.write(`${OK.replace(SSE, "Content-Type: application/json")}{"data":[`), 100],
    ["within an error", (socket) => void socket.write('HTTP/1.1 500 No\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{"err'), 100],
  ];
  /** @type {[string, (one: any, signal: AbortSignal) => Promise<unknown>][]} */
  const calls = [
    ["images", (one, signal) => one.images.generate({ prompt: "p", signal })],
    ["speech", async (one, signal) => (await one.speech.create({ input: "Hi", signal })).bytes()],
    ["transcription", (one, signal) => one.transcriptions.create({ audio: new Uint8Array([1]), mediaType: "audio/wav", signal })],
    ["music", (one, signal) => one.music.generate({ prompt: "p", signal })],
    ["video", (one, signal) => one.videos.submit({ prompt: "p", signal })],
    ["search", (one, signal) => one.search("otters", { signal })],
    ["embeddings", (one, signal) => one.embeddings.create({ model: "e/e", input: ["a"], signal })],
    ["ranking", (one, signal) => one.rerank({ model: "r/r", query: "q", documents: ["a", "b"], signal })],
    ["decisions", (one, signal) => one.decide({ model: "d/d", state: "s", questions: QUESTIONS, signal })],
  ];
  for (const [call, make] of calls) {
    test(call, async () => {
      await Promise.all(states.map(async ([state, fault, afterMs]) => {
        const controller = new AbortController();
        const reason = new Error("left");
        /** @type {() => void} */
        let closed = () => {};
        const isClosed = new Promise((resolve) => (closed = () => resolve(undefined)));
        const own = await faultyServer((socket, number, head) => {
          socket.on("close", closed);
          fault(socket, number, head);
          setTimeout(() => controller.abort(reason), afterMs);
        });
        try {
          if (afterMs < 0) controller.abort(reason);
          await assert.rejects(make(client({ baseURL: own.url }), controller.signal), (error) => error === reason, state);
          if (afterMs > 0) await isClosed;
          assert.equal(own.state.arrived, afterMs < 0 ? 0 : 1, state);
        } finally {
          await own.close();
        }
      }));
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
    ["while it waits to try again", (socket) => void socket.end("HTTP/1.1 503 No\r\nRetry-After: 5\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"), { requests: 1, afterMs: 100, maxRetries: 2 }],
    ["while a tool runs", (socket) => void socket.end(calls), { requests: 1, afterMs: 100, tools: [{ name: "f", description: "f", execute: () => new Promise(() => {}) }] }],
    ["in the second step", (socket, number) => void (number === 1 ? socket.end(calls) : socket.write(OK)), { requests: 2, afterMs: 100, tools: [{ name: "f", description: "f", execute: () => 1 }] }],
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
        while (server.state.arrived < requests) await wait(5);
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
