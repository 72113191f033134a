// What is handed on in workerd: byte for byte, each event when it came, and the end known all the same. An upstream of our own says what was written, and when.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, beforeEach, test } from "node:test";
import { fileURLToPath } from "node:url";
import { contentOf, until } from "./support.js";
import { fetchOnce, startGateway } from "./workerd.js";

const WAYS = ["gateway", "response", "toResponse"];
/** Of one answer whose events are waited for one by one: on a machine that is idle it takes some milliseconds an event. */
const HANDSHAKES_MS = 60_000;

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

/** How the last run of a way ended, once it has. @param {string} way @returns {Promise<{ verdict: string, cost: number, content?: string, code?: string }>} */
async function endOf(way) {
  /** @type {any} */
  let end;
  await until(async () => (end = (await (await fetchOnce(`${worker.url}/ended`)).json())[way]), `the run of ${way} has ended`);
  return end;
}

/** A reader who leaves behind the first piece. @param {string} path @param {string} way  whose end is asked for */
async function leaves(path, way) {
  answer = async (response) => {
    streamed(response);
    for (let at = 0; !response.destroyed; at += 1) {
      await write(response, words(1, at)[0]);
      await sleep(5);
    }
  };
  const leaving = new AbortController();
  const response = await fetchOnce(`${worker.url}/${path}`, { signal: leaving.signal });
  await response.body?.getReader().read();
  leaving.abort();
  await until(() => left === 1, "the upstream has noticed");
  assert.equal((await endOf(way)).verdict, "aborted");
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

  test(`${way}: what is written reaches the reader before anything else is written: the first event, a burst, a comment, single events, the end`, { timeout: HANDSHAKES_MS }, async () => {
    const parts = [words(1)[0], words(700, 1).join(""), ": OPENROUTER PROCESSING\n\n", ...words(60, 701), END.join("")];
    let got = "", sent = "", isThere = () => {};
    answer = async (response) => {
      streamed(response);
      for (const text of parts) {
        sent += text;
        const there = new Promise((resolve) => void (isThere = () => resolve(undefined)));
        await write(response, text);
        // Nothing comes behind it, and the answer does not end, until its reader has it.
        await there;
      }
      response.end();
    };
    const response = await fetchOnce(`${worker.url}/${way}`);
    const decoder = new TextDecoder();
    for await (const piece of /** @type {any} */ (response.body)) {
      got += decoder.decode(piece, { stream: true });
      if (got.length >= sent.length) isThere();
    }
    sameBytes(got, parts.join(""));
  });

  test(`${way}: a reader who leaves ends the request`, () => leaves(way, way));
}

/** What a page shows of a UI message stream. @param {string} text */
const shownOf = (text) => text.split("\n").filter((line) => line.startsWith("data: {")).map((line) => JSON.parse(line.slice(6))).filter(({ type }) => type === "text-delta").map(({ delta }) => delta).join("");

test("uiMessage: what is written reaches the reader before anything else is written", { timeout: HANDSHAKES_MS }, async () => {
  const parts = [words(1)[0], words(700, 1).join(""), ...words(60, 701), words(90, 761).join("")];
  let got = "", sent = "", isThere = () => {};
  answer = async (response) => {
    streamed(response);
    for (const text of parts) {
      sent += contentOf(text);
      const there = new Promise((resolve) => void (isThere = () => resolve(undefined)));
      await write(response, text);
      await there;
    }
    response.end(END.join(""));
  };
  const decoder = new TextDecoder();
  for await (const piece of /** @type {any} */ ((await fetchOnce(`${worker.url}/uiMessage`)).body)) {
    got += decoder.decode(piece, { stream: true });
    if (shownOf(got.slice(0, got.lastIndexOf("\n") + 1)) === sent) isThere();
  }
  assert.equal(shownOf(got), contentOf(parts.join("")));
});

for (const [kind, perWrite, pauseMs, count] of /** @type {const} */ ([["fast", 1, 0, 3000], ["in large chunks", 30, 0, 3000], ["slow", 1, 12, 100], ["fast after slow", 1, -1, 1500], ["in chunks of every size", 0, 0, 3000]])) {
  for (const way of [...WAYS, "uiMessage"]) {
    test(`${way}: an answer that comes ${kind} is whole, in its order, and its end is known`, async () => {
      const events = [...words(count), ...END];
      answer = async (response) => {
        streamed(response);
        for (let at = 0, count = 0; at < events.length; at += count) {
          // Small ones, large ones and small ones again.
          count = perWrite || (at < 40 || (at > 1000 && at < 1100) ? 1 : 1 + (at % 40));
          await write(response, events.slice(at, at + count).join(""));
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

/** All of a body, as text; `onText` hears of each piece, with what there is. @param {Response} response @param {(text: string) => void} onText */
async function readTo(response, onText) {
  const decoder = new TextDecoder();
  let text = "";
  try {
    for await (const piece of /** @type {any} */ (response.body)) onText((text += decoder.decode(piece, { stream: true })));
  } catch {
    // It broke: what came is what is asked about.
  }
  return text;
}

test("ui-message: what came before a fast answer broke is shown, and told to be cut", async () => {
  const told = words(300);
  let breakOff = () => {};
  const isRead = new Promise((resolve) => void (breakOff = () => resolve(undefined)));
  answer = async (response) => {
    streamed(response);
    for (const event of told) await write(response, event);
    // Not before all of it has come: what a connection that breaks has not handed over is lost with it.
    await isRead;
    response.destroy();
  };
  const text = await readTo(await fetchOnce(`${worker.url}/uiMessage`), (so) => shownOf(so.slice(0, so.lastIndexOf("\n") + 1)) === contentOf(told.join("")) && breakOff());
  assert.equal(shownOf(text), contentOf(told.join("")));
  assert.match(text, /"type":"error"/);
  assert.equal((await endOf("uiMessage")).verdict, "cut");
});

const INVALID = { "no UTF-8": [0xc3, 0x28, 0xed, 0xa0, 0x80, 0xfe, 0xc0, 0x80], "0xff before an odd byte": [0xff, 0xc3, 0x28], "0xff before an even byte": [0xff] };
const broken = (/** @type {number[]} */ bytes) => Buffer.concat([Buffer.from('data: {"choices":[{"index":0,"delta":{"content":"'), Buffer.from(bytes), Buffer.from('"}}]}\n\n')]);
for (const [name, bytes] of Object.entries(INVALID)) {
  for (const perWrite of [1, 30]) {
    for (const way of [...WAYS, "responses", "uiMessage"]) {
      // The one byte that a fast answer of small chunks cannot be gathered with: there it ends, and that is told. On a busy machine none may be fast, and all of it goes on.
      const mayBeCut = bytes[0] === 0xff && perWrite === 1;
      test(`${way}: bytes that are ${name} ${mayBeCut ? "end a fast answer in front of them, which is told" : "go on as they came"}, ${perWrite} a write`, async () => {
        const events = [...words(60), broken(bytes), ...words(60, 60), ...END].map((event) => Buffer.from(event)), whole = Buffer.concat(events);
        answer = async (response) => {
          streamed(response);
          for (let at = 0; at < events.length; at += perWrite) await new Promise((resolve) => void response.write(Buffer.concat(events.slice(at, at + perWrite)), () => setImmediate(resolve)));
          response.end();
        };
        const got = Buffer.from(await (await fetchOnce(`${worker.url}/${way}`)).arrayBuffer());
        const shown = way === "uiMessage" ? shownOf(got.toString()) : "", told = got.indexOf("\n\n\n\ndata: ");
        const isCut = mayBeCut && (way === "uiMessage" ? !shown.endsWith(contentOf(words(60, 60).join(""))) : !got.equals(whole));
        if (way === "uiMessage") assert.ok(isCut ? contentOf(words(60).join("")).startsWith(shown) : shown.startsWith(contentOf(words(60).join(""))) && shown.endsWith(contentOf(words(60, 60).join(""))), shown);
        else if (!isCut) assert.ok(got.equals(whole), `${got.length} bytes, ${whole.length} were sent`);
        else assert.ok(whole.subarray(0, whole.indexOf(0xff)).indexOf(told < 0 ? got : got.subarray(0, told)) === 0, "nothing but what came");
        const { verdict, cost } = await endOf(way === "responses" ? "gateway" : way);
        // What a gateway does not know it asks for.
        if (isCut) assert.deepEqual([verdict, cost > 0], ["cut", way === "gateway" || way === "responses"]);
        else assert.deepEqual([verdict, cost], ["complete", 0.0024]);
      });
    }
  }
}

for (const way of WAYS) {
  test(`${way}: an answer that broke is no reader who left`, async () => {
    const told = words(500).join("");
    let breakOff = () => {};
    const isRead = new Promise((resolve) => void (breakOff = () => resolve(undefined)));
    answer = async (response) => {
      streamed(response);
      await write(response, told);
      await isRead;
      response.destroy();
    };
    // How its reader hears of it is the platform's business, as with a body of `fetch` that is handed on.
    const text = await readTo(await fetchOnce(`${worker.url}/${way}`), (so) => so.length >= told.length && breakOff());
    sameBytes(text.slice(0, told.length), told);
    assert.equal((await endOf(way)).verdict, "cut");
  });
}

for (const way of ["responses", "messages"]) {
  for (const perWrite of [1, 30]) {
    test(`the gateway's /${way}: an answer of 3,000 events, ${perWrite} a write, goes on byte for byte, and is metered`, async () => {
      const usage = `{"input_tokens":1,"output_tokens":2,"cost":0.0024}`;
      const events = [...Array.from({ length: 3000 }, (_, at) => `event: delta\ndata: {"type":"delta","delta":"wörd${at}"}\n\n`), way === "responses" ? `event: response.completed\ndata: {"type":"response.completed","response":{"id":"resp_1","model":"m","output":"${"x".repeat(300_000)}","usage":${usage}}}\n\n` : `event: message_delta\ndata: {"type":"message_delta","usage":${usage}}\n\n`];
      answer = async (response) => {
        streamed(response);
        for (let at = 0; at < events.length; at += perWrite) await write(response, events.slice(at, at + perWrite).join(""));
        response.end();
      };
      sameBytes(await (await fetchOnce(`${worker.url}/${way}`)).text(), events.join(""));
      const { verdict, cost } = await endOf("gateway");
      assert.deepEqual([verdict, cost], ["complete", 0.0024]);
    });
  }

  test(`the gateway's /${way}: a reader who leaves ends the request`, () => leaves(way, "gateway"));
}

/** More than sockets and streams hold between a server and a reader who does not read; and a silence, shorter than which every chunk would be looked at. */
const MUCH = 24_000_000, IDLE_MS = 10_000;
test("readers who read nothing for longer than an answer may be silent get all of it, and how it ended is known", { timeout: 300_000 }, async () => {
  const event = chunk({ delta: { content: "w".repeat(1000) }, finish_reason: null }), count = MUCH / event.length;
  answer = async (response) => {
    streamed(response);
    for (let at = 0; at < count; at += 1) {
      await write(response, event);
      if (response.writableNeedDrain) await new Promise((resolve) => response.once("drain", resolve));
    }
    response.end(END.join(""));
  };
  const whole = event.repeat(Math.ceil(count)) + END.join(""), ways = ["response", "toResponse", "uiMessage"];
  const responses = await Promise.all(ways.map((way) => fetchOnce(`${worker.url}/${way}?idle=${IDLE_MS}`)));
  await sleep(IDLE_MS * 1.3);
  for (const [at, way] of ways.entries()) {
    const text = await responses[at].text();
    if (way === "uiMessage") assert.ok(shownOf(text) === contentOf(whole));
    else sameBytes(text, whole);
    const { verdict, cost } = await endOf(way);
    assert.deepEqual([verdict, cost], ["complete", 0.0024], way);
  }
});

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

for (const perWrite of [1, 30]) {
  for (const way of ["response", "toResponse", "uiMessage"]) {
    test(`${way}: a budget stops an answer in its middle, ${perWrite} events a write, and says so where it can`, async () => {
      // It has no end of its own, and costs a cent a word or more.
      answer = async (response) => {
        streamed(response);
        for (let at = 0; !response.destroyed; at += perWrite) {
          await write(response, words(perWrite, at).join(""));
          await sleep(2);
        }
      };
      const response = await fetchOnce(`${worker.url}/${way}?budget=5`);
      assert.equal(response.status, 200);
      const text = await response.text().catch(() => "broken");
      await until(() => left === 1, "the upstream has noticed", 60_000);
      const { verdict, cost, code } = await endOf(way);
      assert.deepEqual([verdict, code], ["error", "budget"]);
      assert.ok(cost >= 5, String(cost));
      // Through the proxy of miniflare a body that breaks just ends.
      if (way === "response") assert.ok(!text.includes("[DONE]"));
      else assert.match(text, way === "uiMessage" ? /"type":"error"/ : /"code":"budget"[^\n]*\n\n(?:data: \[DONE\]\n\n)?$/);
    });
  }
}

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
