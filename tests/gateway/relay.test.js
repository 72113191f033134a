// What is handed on in workerd: byte for byte, each event when it came, and the end known all the same. An upstream of our own says what was written, and when.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, beforeEach, test } from "node:test";
import { fileURLToPath } from "node:url";
import { contentOf, until } from "./support.js";
import { fetchOnce, startGateway } from "./workerd.js";

const WAYS = ["gateway", "response", "toResponse"];
/** Longer than a busy machine keeps an event, shorter than any pause of the meter or of these answers. */
const AT_ONCE_MS = 400, PAUSE_MS = 1500;

const chunk = (/** @type {object} */ choice, more = {}) => `data: ${JSON.stringify({ id: "gen-1-abc", object: "chat.completion.chunk", created: 1, model: "openai/gpt-4o-mini", provider: "OpenAI", choices: [{ index: 0, ...choice }], ...more })}\n\n`;
const words = (/** @type {number} */ count, from = 0) => Array.from({ length: count }, (_, at) => chunk({ delta: { content: `wörd${from + at} ` }, finish_reason: null }));
const END = [chunk({ delta: {}, finish_reason: "stop" }, { usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3, cost: 0.0024 } }), "data: [DONE]\n\n"];

/** @type {(response: import("node:http").ServerResponse) => Promise<void>} */
let answer;
let left = 0;
/** @type {import("node:http").Server} */
let upstream;
/** @type {Awaited<ReturnType<typeof startGateway>>} */
let worker;
before(async () => {
  upstream = createServer((request, response) => {
    // What is asked for an answer that was given up.
    if (request.url?.startsWith("/generation")) {
      response.writeHead(200, { "content-type": "application/json" }).end('{"data":{"id":"gen-1-abc","total_cost":0.0011}}');
      return;
    }
    request.resume().on("end", () => void answer(response));
    response.on("close", () => void (response.writableFinished || (left += 1)));
  });
  await new Promise((resolve) => upstream.listen(0, "127.0.0.1", () => resolve(undefined)));
  worker = await startGateway({ UPSTREAM: `http://127.0.0.1:${/** @type {any} */ (upstream.address()).port}` }, { entry: fileURLToPath(new URL("relay-entry.js", import.meta.url)), objects: false });
});
after(async () => {
  await worker?.close();
  upstream?.closeAllConnections();
  upstream?.close();
});
beforeEach(() => void (left = 0));

const sleep = (/** @type {number} */ ms) => new Promise((resolve) => setTimeout(resolve, ms));
const streamed = (/** @type {import("node:http").ServerResponse} */ response) => response.writeHead(200, { "content-type": "text/event-stream" });
const write = (/** @type {import("node:http").ServerResponse} */ response, /** @type {string} */ text) => new Promise((resolve) => response.write(text, () => setImmediate(resolve)));
/** Told by the place where they part: whole answers fill a screen. @param {string} got @param {string} wanted */
function sameBytes(got, wanted) {
  if (got === wanted) return;
  let at = 0;
  while (got[at] === wanted[at]) at += 1;
  assert.fail(`${got.length} characters instead of ${wanted.length}; at ${at}: ${JSON.stringify(got.slice(at - 40, at + 200))} instead of ${JSON.stringify(wanted.slice(at - 40, at + 200))}`);
}

/** How the last run of a way ended, once it has. @param {string} way @returns {Promise<{ verdict: string, cost: number, content?: string }>} */
async function endOf(way) {
  /** @type {any} */
  let end;
  await until(async () => (end = (await (await fetchOnce(`${worker.url}/ended`)).json())[way]), `the run of ${way} has ended`);
  return end;
}

for (const way of WAYS) {
  for (const perWrite of [1, 30]) {
    test(`${way}: an answer of 3,000 events, ${perWrite} a write, goes on byte for byte, and how it ended is known`, async () => {
      const events = [": OPENROUTER PROCESSING\n\n", ...words(3000), ...END];
      answer = async (response) => {
        streamed(response);
        for (let at = 0; at < events.length; at += perWrite) await write(response, events.slice(at, at + perWrite).join(""));
        response.end();
      };
      const response = await fetchOnce(`${worker.url}/${way}`);
      assert.deepEqual([response.status, /^text\/event-stream/.test(response.headers.get("content-type") ?? "")], [200, true]);
      sameBytes(await response.text(), events.join(""));
      const end = await endOf(way);
      assert.deepEqual([end.verdict, end.cost], ["complete", 0.0024]);
      if (way !== "gateway") assert.equal(end.content, contentOf(events.join("")));
    });
  }

  test(`${way}: what is written reaches the reader at once: the first event, a burst before a silence, a comment, single events, the end`, async () => {
    /** @type {{ text: string, atMs: number }[]} */
    const sent = [];
    answer = async (response) => {
      streamed(response);
      for (const text of [words(1)[0], words(700, 1).join(""), ": OPENROUTER PROCESSING\n\n", ...words(2, 701), END.join("")]) {
        sent.push({ text, atMs: performance.now() });
        await write(response, text);
        await sleep(PAUSE_MS);
      }
      response.end();
    };
    const response = await fetchOnce(`${worker.url}/${way}`);
    let got = "";
    /** @type {number[]} */
    const delaysMs = [];
    const decoder = new TextDecoder();
    for await (const piece of /** @type {any} */ (response.body)) {
      got += decoder.decode(piece, { stream: true });
      while (delaysMs.length < sent.length && got.length >= sent.slice(0, delaysMs.length + 1).reduce((sum, { text }) => sum + text.length, 0)) delaysMs.push(performance.now() - sent[delaysMs.length].atMs);
    }
    sameBytes(got, sent.map(({ text }) => text).join(""));
    // The first one starts engine and Worker.
    assert.deepEqual(delaysMs.slice(1).filter((ms) => ms > AT_ONCE_MS), [], delaysMs.map(Math.round).join(" "));
  });

  test(`${way}: a reader who leaves ends the request`, async () => {
    answer = async (response) => {
      streamed(response);
      for (let at = 0; !response.destroyed; at += 1) {
        await write(response, words(1, at)[0]);
        await sleep(5);
      }
    };
    const leaving = new AbortController();
    const response = await fetchOnce(`${worker.url}/${way}`, { signal: leaving.signal });
    await response.body?.getReader().read();
    leaving.abort();
    await until(() => left === 1, "the upstream has noticed");
    assert.equal((await endOf(way)).verdict, "aborted");
  });
}

/** What a page shows of a UI message stream. @param {string} text */
const shownOf = (text) => text.split("\n").filter((line) => line.startsWith("data: {")).map((line) => JSON.parse(line.slice(6))).filter(({ type }) => type === "text-delta").map(({ delta }) => delta).join("");

for (const [kind, perWrite, pauseMs, count] of /** @type {const} */ ([["fast", 1, 0, 3000], ["in large chunks", 30, 0, 3000], ["slow", 1, 12, 100], ["fast after slow", 1, -1, 1500]])) {
  for (const way of [...WAYS, "uiMessage"]) {
    test(`${way}: an answer that comes ${kind} is whole, in its order, and its end is known`, async () => {
      const events = [...words(count), ...END];
      answer = async (response) => {
        streamed(response);
        for (let at = 0; at < events.length; at += perWrite) {
          await write(response, events.slice(at, at + perWrite).join(""));
          if (pauseMs > 0 || (pauseMs < 0 && at < 30)) await sleep(12);
        }
        response.end();
      };
      const text = await (await fetchOnce(`${worker.url}/${way}`)).text();
      if (way === "uiMessage") assert.equal(shownOf(text), contentOf(events.join("")));
      else sameBytes(text, events.join(""));
      const { verdict, cost } = await endOf(way);
      assert.deepEqual([verdict, cost], ["complete", 0.0024]);
    });
  }
}

test("ui-message: fast events wait for nobody who comes later, and a reader who leaves ends the request", async () => {
  const burst = words(400).join("");
  answer = async (response) => {
    streamed(response);
    for (const event of words(400)) await write(response, event);
    // A Worker hears that its reader has left when it writes.
    for (let at = 400; !response.destroyed; at += 1) {
      await sleep(50);
      await write(response, words(1, at)[0]);
    }
  };
  const leaving = new AbortController();
  const response = await fetchOnce(`${worker.url}/uiMessage`, { signal: leaving.signal });
  let got = "";
  const reader = /** @type {ReadableStream<Uint8Array>} */ (response.body).getReader(), decoder = new TextDecoder();
  // The answer never ends: what is read here is read while it goes on.
  while (!shownOf(got.slice(0, got.lastIndexOf("\n") + 1)).startsWith(contentOf(burst))) {
    const { done, value } = await reader.read();
    assert.equal(done, false, "ended early");
    got += decoder.decode(value, { stream: true });
  }
  leaving.abort();
  await reader.read().catch(() => {});
  await until(() => left === 1, "the upstream has noticed", 20_000);
});

test("ui-message: what came before a fast answer broke is shown, and told to be cut", async () => {
  answer = async (response) => {
    streamed(response);
    for (const event of words(300)) await write(response, event);
    await sleep(100);
    response.destroy();
  };
  const text = await (await fetchOnce(`${worker.url}/uiMessage`)).text();
  assert.equal(shownOf(text), contentOf(words(300).join("")));
  assert.match(text, /"type":"error"/);
  assert.equal((await endOf("uiMessage")).verdict, "cut");
});

for (const way of [...WAYS, "uiMessage"]) {
  test(`${way}: a byte that no UTF-8 has in a fast answer ends in an answer that is told to be broken, or goes through`, async () => {
    answer = async (response) => {
      streamed(response);
      for (const event of words(60)) await write(response, event);
      await new Promise((resolve) => response.write(Buffer.concat([Buffer.from('data: {"choices":[{"index":0,"delta":{"content":"'), Buffer.from([0xff]), Buffer.from('"}}]}\n\n')]), resolve));
      for (const event of [...words(60, 60), ...END]) await write(response, event);
      response.end();
    };
    const response = await fetchOnce(`${worker.url}/${way}`);
    await response.text().catch(() => "");
    assert.match((await endOf(way)).verdict, /^(?:complete|cut|error)$/);
  });
}

for (const way of WAYS) {
  test(`${way}: an answer that broke is no reader who left`, async () => {
    answer = async (response) => {
      streamed(response);
      await write(response, words(500).join(""));
      await sleep(100);
      response.destroy();
    };
    const response = await fetchOnce(`${worker.url}/${way}`);
    // How its reader hears of it is the platform's business, as with a body of `fetch` that is handed on.
    assert.ok(words(500).join("").startsWith(await response.text().catch(() => "")));
    assert.equal((await endOf(way)).verdict, "cut");
  });
}

test("toResponse: an answer that ends too early is told to be cut, behind what had come", async () => {
  const told = words(500).join("");
  answer = async (response) => {
    streamed(response);
    await write(response, told);
    await sleep(100);
    response.end();
  };
  const text = await (await fetchOnce(`${worker.url}/toResponse`)).text();
  assert.ok(text.startsWith(told));
  assert.match(text.slice(told.length), /^\n\ndata: \{.*"error":\{/);
  assert.equal((await endOf("toResponse")).verdict, "cut");
});

test("toResponse: a refused request is an error in the stream, the other ways have its status", async () => {
  answer = async (response) => void response.writeHead(401, { "content-type": "application/json" }).end('{"error":{"code":401,"message":"No auth"}}');
  const statuses = [];
  for (const way of WAYS) {
    const response = await fetchOnce(`${worker.url}/${way}`);
    const text = await response.text();
    assert.match(text, /"error":\{/, way);
    statuses.push(response.status);
  }
  assert.deepEqual(statuses, [401, 401, 200]);
});
