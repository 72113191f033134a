/** Limits, books, and what an answer costs that nobody stayed for. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { HELLO, chat, chunksOf, quickServer, quickSimulator, until } from "./support.js";
import { KEY, call, json } from "./media-support.js";

const keyOf = async (simulator) => (await json(await call(simulator, "/key"))).data;

describe("/key", () => {
  const budget = {
    scope: "workspace", budget_id: "b1", guardrail_id: null, include_byok: false, limit_usd: 10, spend_usd: 4, remaining_usd: 6, reset_interval: "monthly",
    resets_at: "2026-12-01T00:00:00Z",
  };
  for (const [name, key, expected] of [
    ["no limit", undefined, { limit: null, limit_remaining: null }],
    ["a limit", { limit: 5, limit_reset: "monthly", include_byok_in_limit: true }, { limit: 5, limit_remaining: 5, limit_reset: "monthly", include_byok_in_limit: true }],
    ["a limit of nothing", { limit: 0 }, { limit: 0, limit_remaining: 0 }],
    ["numbers as text", { limit: "5.50", limit_remaining: "1.25", usage: "4.25" }, { limit: "5.50", limit_remaining: "1.25", usage: "4.25" }],
    ["budgets", { budgets: [budget], effective_budget: budget }, { budgets: [budget], effective_budget: budget }],
    ["a remainder that is over", { limit: 5, limit_remaining: -1 }, { limit_remaining: -1 }],
  ]) {
    test(name, async () => {
      const data = await keyOf(quickSimulator({ key }));
      for (const [field, value] of Object.entries(expected)) assert.deepEqual(data[field], value, field);
    });
  }

  test("what is left shrinks, and a limit that is spent stops paid answers", async () => {
    const simulator = quickSimulator({ key: { limit: 0.5 } });
    const order = { model: "google/veo-3.1-fast", prompt: "A boat", duration: 4 };
    const { id } = await json(await call(simulator, "/videos", order));
    for (let poll = 0; poll < 3; poll++) await call(simulator, `/videos/${id}`);
    const { usage, limit_remaining: left } = await keyOf(simulator);
    assert.deepEqual([usage, left], [0.6, 0]);
    for (const [path, body] of [["/videos", order], ["/chat/completions", { messages: HELLO }], ["/images", { model: "bytedance-seed/seedream-4.5", prompt: "x" }]]) {
      const response = await call(simulator, path, body);
      assert.equal(response.status, 403, path);
      assert.equal((await json(response)).error.metadata.limit_source, "openrouter_key_limit");
    }
  });
});

test("/credits: scripted, and for management keys alone", async () => {
  const simulator = quickSimulator({ managementKeys: ["test-key"], credits: { total_credits: "12.5" } });
  assert.deepEqual((await json(await call(simulator, "/credits"))).data, { total_credits: "12.5", total_usage: 0 });
  assert.equal((await call(simulator, "/credits", undefined, { headers: { Authorization: "Bearer other" } })).status, 403);
});

test("a generation is unknown for as many polls as it should be", async () => {
  const simulator = quickSimulator({ generationDelayPolls: 2 });
  const { id } = await (await chat(simulator, { stream: false })).json();
  const statuses = [];
  for (let poll = 0; poll < 4; poll++) statuses.push((await call(simulator, `/generation?id=${id}`)).status);
  assert.deepEqual(statuses, [404, 404, 200, 200]);
});

describe("an answer that nobody stayed for", () => {
  const QUESTION = { model: "anthropic/claude-sonnet-4.5", messages: [{ role: "user", content: "Tell me a long story" }], stream: true };

  /** Leaves after some chunks; returns the generation and what all of it would have cost. */
  async function leave(ask, generationOf, chunks) {
    const whole = chunksOf(await (await ask()).text()).at(-1).usage;
    const controller = new AbortController();
    const response = await ask(controller.signal);
    const reader = response.body.getReader();
    let text = "";
    while (chunksOf(text.slice(0, text.lastIndexOf("\n\n") + 2)).length < chunks) text += new TextDecoder().decode((await reader.read()).value);
    controller.abort();
    const id = response.headers.get("X-Generation-Id");
    let data;
    await until(() => data?.cancelled || void generationOf(id).then((found) => (data = found)), "the generation is known as cancelled");
    return { whole, data };
  }

  test("is in the books as cancelled, with the tokens made by then and their price", async () => {
    const simulator = quickSimulator();
    const ask = (signal) => chat(simulator, QUESTION, { signal });
    const generationOf = async (id) => (await json(await call(simulator, `/generation?id=${id}`))).data;
    const { whole, data } = await leave(ask, generationOf, 5);
    assert.ok(data.native_tokens_completion > 0 && data.native_tokens_completion < whole.completion_tokens / 2);
    assert.ok(data.total_cost > 0 && data.total_cost < whole.cost);
    assert.equal(data.finish_reason, null);
    assert.ok(Math.abs((await keyOf(simulator)).usage - whole.cost - data.total_cost) < 1e-9);
  });

  test("behind a port as well", async () => {
    const server = await quickServer({ delayMs: 5 });
    const ask = (signal) => fetch(`${server.url}/api/v1/chat/completions`, { method: "POST", headers: KEY, body: JSON.stringify(QUESTION), signal });
    const generationOf = async (id) => (await json(await call({ fetch }, `/generation?id=${id}`, undefined, { base: server.url }))).data;
    const { whole, data } = await leave(ask, generationOf, 3);
    assert.ok(data.native_tokens_completion < whole.completion_tokens);
  });

  test("without a stream is paid in full", async () => {
    const simulator = quickSimulator();
    const response = await chat(simulator, { ...QUESTION, stream: false });
    await response.body.cancel();
    const { data } = await json(await call(simulator, `/generation?id=${response.headers.get("X-Generation-Id")}`));
    assert.ok(data.cancelled && data.native_tokens_completion > 50);
  });
});
