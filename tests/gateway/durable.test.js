// Durable runs cut at every place: by number and by Last-Event-ID, while they go on and long after, in every tab exactly once, and nobody else's.
import assert from "node:assert/strict";
import { test } from "node:test";
import { chunksOf, contentOf, HELLO, MODEL, OpenRouter, standing, until } from "./support.js";

const chunk = (/** @type {any} */ delta, /** @type {any} */ more = {}) => `data: ${JSON.stringify({ id: "gen-1-d", object: "chat.completion.chunk", created: 1, model: MODEL, provider: "OpenAI", choices: [{ index: 0, delta, finish_reason: null }], ...more })}\n\n`;
const call = (/** @type {any} */ more) => ({ tool_calls: [{ index: 0, ...more }] });
const END = [chunk({}, { choices: [{ index: 0, delta: {}, finish_reason: "stop" }], usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3, cost: 0.25 } }), "data: [DONE]\n\n"];
/** What an answer may have: thoughts, words of every width, what looks like an event's number, an event that is longer than a row of the log, comments between. */
const ANSWER = [
  chunk({ role: "assistant", content: "" }), ...["Let me ", "see."].map((reasoning) => chunk({ reasoning })), ": OPENROUTER PROCESSING\n\n", ...["Grüße ", "🙂 ", "\n\nid: 3\ndata: [DONE]\n\n", "x".repeat(450_000), " \"error\":{} ", "the end"].map((content) => chunk({ content })), ...END,
];
/** And one that ends in calls. */
const CALLS = [
  chunk({ content: "So: " }), chunk(call({ id: "call_1", type: "function", function: { name: "weather", arguments: "" } })), ...['{"ci', 'ty":"R', 'ome"}'].map((text) => chunk(call({ function: { arguments: text } }))),
  chunk({}, { choices: [{ index: 0, delta: {}, finish_reason: "tool_calls" }], usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3, cost: 0.25 } }), "data: [DONE]\n\n",
];
const events = (/** @type {string[]} */ answer) => answer.filter((text) => text.startsWith("data: "));

/**
 * A gateway whose upstream writes as far as it is let.
 * @param {string[]} answer
 */
function paced(answer) {
  let isAllowed = 0, asked = 0;
  /** @type {(() => void)[]} */
  const waiting = [];
  const encoder = new TextEncoder();
  const behind = standing({ budget: { maxUsd: 10 }, fetch: async (/** @type {any} */ url) => {
    if (!String(url).endsWith("/chat/completions")) return Response.json({ data: [] });
    asked += 1;
    let written = 0;
    return new Response(new ReadableStream({ async pull(controller) {
      while (written >= isAllowed) await new Promise((resolve) => void waiting.push(() => resolve(undefined)));
      controller.enqueue(encoder.encode(answer[written++]));
      if (written === answer.length) controller.close();
    } }, { highWaterMark: 0 }), { headers: { "content-type": "text/event-stream" } });
  } });
  const allow = (/** @type {number} */ count) => {
    isAllowed = count;
    for (const go of waiting.splice(0)) go();
  };
  const clientOf = (token = "alice") => new OpenRouter({ apiKey: token, baseURL: "https://gateway.example/v1", model: MODEL, maxRetries: 0, fetch: (/** @type {any} */ url, /** @type {any} */ init) => behind.gateway.fetch(new Request(url, init)) });
  return { ...behind, allow, clientOf, client: clientOf(), asked: () => asked };
}
const id = "a-run-0001", begin = { headers: { "x-run-id": id } };
/** @param {Response} response @param {(text: string) => boolean} isEnough @returns {Promise<string>} */
async function readUntil(response, isEnough) {
  const reader = /** @type {ReadableStream} */ (response.body).getReader(), decoder = new TextDecoder();
  let text = "";
  while (!isEnough(text)) {
    const { done, value } = await reader.read();
    if (done) break;
    text += decoder.decode(value, { stream: true });
  }
  await reader.cancel();
  return text;
}
const numbered = (/** @type {string[]} */ answer) => events(answer).map((event, at) => `id: ${at + 1}\n${event}`);

for (const [name, answer] of Object.entries({ "thoughts and words": ANSWER, calls: CALLS })) {
  test(`${name}: read again from every place, by number and by Last-Event-ID, the rest is what is missing, byte for byte`, async () => {
    const { chat, ask, allow, asked } = paced(answer);
    allow(answer.length);
    const all = numbered(answer);
    assert.equal(await (await chat({}, begin)).text(), all.join(""));
    for (let at = 0; at <= all.length; at += 1) {
      for (const response of [await ask(`/v1/runs/${id}?after=${at}`), await ask(`/v1/runs/${id}`, { headers: { "last-event-id": String(at) } }), await chat({}, { headers: { "x-run-id": id, "last-event-id": String(at) } })]) {
        assert.equal(response.status, 200);
        assert.ok((await response.text()) === all.slice(at).join(""), `from ${at} on`);
      }
    }
    assert.equal((await ask(`/v1/runs/${id}?after=${all.length + 1}`)).status, 400);
    assert.equal(asked(), 1);
  });

  test(`${name}: a reader who leaves behind any event, while the answer goes on, gets the rest exactly once, in two tabs at a time`, async () => {
    const all = numbered(answer);
    // A status is earned by the first output.
    const begins = events(answer).findIndex((event) => /"(?:content|reasoning)":"[^"]/.test(event)) + 1;
    for (let at = begins; at < all.length; at += 1) {
      const { chat, ask, allow, asked, usage, settled } = paced(answer);
      // So much has come, and no more comes until the reader has gone and come again.
      const inAnswer = answer.indexOf(events(answer)[at - 1]) + 1;
      allow(inAnswer);
      const seen = await readUntil(await chat({}, begin), (text) => text.length >= all.slice(0, at).join("").length);
      assert.ok(seen === all.slice(0, at).join(""), `${at}: what was seen`);
      const tabs = await Promise.all([ask(`/v1/runs/${id}?after=${at}`), ask(`/v1/runs/${id}`, { headers: { "last-event-id": String(at) } }), ask(`/v1/runs/${id}`)]);
      allow(answer.length);
      const [one, two, whole] = await Promise.all(tabs.map((response) => response.text()));
      assert.ok(one === all.slice(at).join("") && two === one && whole === seen + one, `${at}: the rest`);
      await settled();
      await until(async () => (await usage()).heldUsd === 0, "it is settled");
      assert.deepEqual([asked(), (await usage()).spentUsd], [1, 0.25]);
    }
  });
}

test("a checkpoint says at every event what had arrived of the numbered ones, in pieces of any size", async () => {
  const lengthOf = (/** @type {string} */ text) => contentOf(text).length;
  for (const size of [1, 3, 100]) {
    const grouped = [];
    for (let at = 0; at < ANSWER.length; at += size) grouped.push(ANSWER.slice(at, at + size).join(""));
    const { client, allow } = paced(grouped);
    allow(grouped.length);
    const run = client.chat({ messages: HELLO, durable: true });
    let looks = 0;
    const look = () => {
      const { after = 0, message } = run.checkpoint;
      looks += 1;
      assert.equal(message.content?.length ?? 0, lengthOf(events(ANSWER).slice(0, after).join("")), `behind ${after} events, ${size} a piece`);
    };
    // Also between the events, at any turn of the loop.
    let isOver = false;
    const turns = (async () => {
      for (; !isOver; await new Promise((resolve) => setImmediate(resolve))) look();
    })();
    const ticks = (async () => {
      for (let at = 0; at < 5000 && !isOver; at += 1, await undefined) look();
    })();
    for await (const _ of run) look();
    isOver = true;
    await Promise.all([turns, ticks]);
    assert.ok(looks > 8);
  }
});

test("a page that is reloaded behind any event has all of the text and the thoughts, once; the run read from its start has the calls, too", async () => {
  for (const answer of [ANSWER, CALLS]) {
    const { client, allow } = paced(answer);
    allow(answer.length);
    const whole = await client.chat({ messages: HELLO, durable: true }).result();
    for (let cut = 0; ; cut += 1) {
      const { client: own, allow: go } = paced(answer);
      go(answer.length);
      const run = own.chat({ messages: HELLO, durable: true });
      let count = 0, isWhole = true;
      for await (const _ of run) if ((count += 1) > cut) {
        isWhole = false;
        break;
      }
      const { id: runId, after, message } = JSON.parse(JSON.stringify(run.checkpoint));
      const rest = await own.resumeRun(runId, { after }).result();
      assert.ok((message.content ?? "") + (rest.message.content ?? "") === whole.message.content, `content, cut ${cut}`);
      assert.equal((message.reasoning ?? "") + (rest.message.reasoning ?? ""), whole.message.reasoning ?? "", `reasoning, cut ${cut}`);
      const again = await own.resumeRun(runId).result();
      assert.deepEqual(again.message, whole.message);
      assert.equal(again.usage?.cost, 0.25);
      if (isWhole) break;
    }
  }
});

test("a run that failed is told as failed to whoever comes behind its last event, at once", async () => {
  const { client, allow, ask } = paced(ANSWER.slice(0, 5));
  allow(5);
  const run = client.chat({ messages: HELLO, durable: true });
  const failed = await run.result().catch((/** @type {any} */ error) => error);
  const last = Number(/** @type {any} */ (/^id: (\d+)\n[^\n]*"error"/m.exec(await (await ask(`/v1/runs/${run.id}`)).text()))[1]);
  assert.equal(failed.code, "stream-error");
  assert.equal(run.checkpoint.after, last);
  for (const after of [last, last - 1, 0]) assert.equal((await client.resumeRun(run.id, { after }).result().catch((/** @type {any} */ error) => error)).code, "stream-error", String(after));
});

test("nobody reads, stops, or takes the place of another caller's run; an unknown one is none", async () => {
  const { ask, chat, allow, asked, client, clientOf, usage } = paced(ANSWER);
  allow(4);
  const first = await chat({}, begin);
  const reader = first.body.getReader();
  await reader.read();
  for (const token of ["bob", "nobody", null]) {
    const status = token === "bob" ? 404 : 401;
    for (const path of [`/v1/runs/${id}`, `/v1/runs/${id}?after=1`, `/v1/runs/${id}?after=999999`]) assert.equal((await ask(path, { token })).status, status);
    assert.equal((await ask(`/v1/runs/${id}`, { token, method: "DELETE" })).status, status);
  }
  const foreign = await clientOf("bob").resumeRun(id).result().catch((/** @type {any} */ error) => error);
  assert.deepEqual([foreign.code, foreign.status], ["not-found", 404]);
  // The same name of another caller is another run.
  const own = await ask("/v1/chat/completions", { token: "bob", body: { model: MODEL, messages: HELLO }, headers: begin.headers });
  await own.body.cancel();
  assert.equal(asked(), 2);
  const unknown = await client.resumeRun("never-was-01").result().catch((/** @type {any} */ error) => error);
  assert.deepEqual([unknown.code, unknown.status], ["not-found", 404]);
  await reader.cancel();
  // Runs that nobody reads go on, and would keep this process alive.
  allow(ANSWER.length);
  for (const token of ["alice", "bob"]) await until(async () => (await usage(token)).heldUsd === 0, "it is settled");
});

test("a run is kept for ten minutes behind its end, and is no run after them", async (context) => {
  const { ask, chat, allow, client } = paced(ANSWER);
  allow(ANSWER.length);
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const text = await (await chat({}, begin)).text();
  // Behind its end it is settled before the time begins.
  for (let turn = 0; turn < 50; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  context.mock.timers.tick(9 * 60_000);
  assert.equal(await (await ask(`/v1/runs/${id}`)).text(), text);
  context.mock.timers.tick(2 * 60_000);
  assert.equal((await ask(`/v1/runs/${id}`)).status, 404);
  assert.equal((await ask(`/v1/runs/${id}?format=ui-message`)).status, 204);
  context.mock.timers.reset();
  const expired = await client.resumeRun(id).result().catch((/** @type {any} */ error) => error);
  assert.deepEqual([expired.code, expired.status], ["not-found", 404]);
});
