// Twice as much takes about twice as long. Each input is so large that to go through a list for each of its items, or through a text for each of
// its places, would take more than a minute; as it should be it is done in a second or so. The limit lies ten times above that, in time of the processor.
import assert from "node:assert/strict";
import { test } from "node:test";
import { installedParts } from "./install.js";

const LIMIT_MS = 20_000;
const parts = installedParts();
const HELLO = [{ role: "user", content: "hi" }];
const JSON_TYPE = { headers: { "content-type": "application/json" } };
/** @param {number} count @param {(at: number) => any} make */
const list = (count, make) => Array.from({ length: count }, (_, at) => make(at));
/** A client that is answered so. @param {string} text @param {any} [options] @param {any} [init] */
const client = (text, options, init = JSON_TYPE) => new parts.api.OpenRouter({ apiKey: "k", maxRetries: 0, fetch: async () => new Response(text, init), ...options });
const chunk = (/** @type {any} */ delta, /** @type {string | null} */ reason = null) => `data: ${JSON.stringify({ id: "gen-1", choices: [{ index: 0, delta, finish_reason: reason }] })}\n\n`;
const SSE = { headers: { "content-type": "text/event-stream" } };
const called = (/** @type {string} */ id) => ({ id, type: "function", function: { name: "f", arguments: "{}" } });
const asked = (/** @type {string[]} */ ids) => ({ role: "assistant", content: "so:", tool_calls: ids.map(called) });
const result = (/** @type {string} */ id) => ({ role: "tool", tool_call_id: id, content: "r" });
const aliased = (/** @type {number} */ count) => Object.fromEntries(list(count, (at) => [`a/m${at}`, { alias: `alias-${at}` }]));
const reversed = (/** @type {number} */ count) => {
  const ids = list(count, (at) => `call-${at}`);
  return [...HELLO, asked(ids), ...[...ids].reverse().map(result), ...HELLO];
};

/** @type {Record<string, () => unknown>} */
const INPUTS = {
  "fallback models, and as many models with an alias": async () => {
    const models = aliased(16_000);
    const run = client(`${chunk({ content: "x" }, "stop")}data: [DONE]\n\n`, { models, fallbackModels: list(16_000, (at) => `alias-${at}`) }, SSE).chat({ messages: HELLO, model: "alias-1" });
    assert.equal((await run.result()).message.content, "x");
  },
  "models of a request, and as many with an alias": async () => {
    const { body } = await client("{}", { models: aliased(16_000) }).prepare({ messages: HELLO, models: list(16_000, (at) => `ALIAS-${at}`) });
    assert.equal(body.models[15_999], "a/m15999");
  },
  "providers in an order, and as many that are left out": async () => {
    const { warnings } = await client("{}").prepare({ messages: HELLO, provider: { order: list(60_000, (at) => `p${at}`), ignore: list(60_000, (at) => `q${at}`), only: list(60_000, (at) => `p${at}/x`) } });
    assert.deepEqual(warnings.filter((/** @type {any} */ { path }) => path.startsWith("provider")), []);
  },
  "rows of video models": async () => assert.equal((await client(JSON.stringify({ data: list(200_000, (at) => ({ id: `v/m${100_000 + at}` })) }), { limits: { maxJsonBytes: 2 ** 27 } }).videos.models()).length, 200_000),
  "prices of one video model": async () => {
    const [row] = await client(JSON.stringify({ data: [{ id: "v/m", pricing_skus: Object.fromEntries(list(200_000, (at) => [`sku-${100_000 + at}`, "1"])) }] })).videos.models();
    assert.equal(Object.keys(row.pricingSkus).length, 200_000);
  },
  "rows that stand for others": async () => {
    const rows = list(40_000, (at) => ({ id: `~a/m${100_000 + at}`, name: "M", canonical_slug: `a/slug-${100_000 + at}`, alias_target: { slug: `a/slug-${139_999 - at}` } }));
    assert.ok((await client(JSON.stringify({ data: rows })).models.list()).length >= 40_000);
  },
  "results of one turn in the other order": () => {
    for (const options of [{}, { policy: "off" }, { policy: { repairToolUseResultPairing: false } }]) assert.equal(parts.api.sanitizeTranscript(reversed(40_000), options).messages.length, 40_003);
  },
  "calls that are left out": () => {
    const ids = list(40_000, (at) => `call-${at}`);
    const policy = { repairToolUseResultPairing: false, validateAnthropicTurns: true };
    // The half has results; the other half has its behind the next turn, with which they go.
    const messages = [...HELLO, asked(ids), ...ids.slice(0, 20_000).map(result), { role: "assistant", content: "and" }, ...ids.slice(20_000).map(result), ...HELLO];
    assert.ok(parts.api.sanitizeTranscript(messages, { policy, model: "anthropic/claude-opus-5" }).messages.length < 25_000);
  },
  "calls of a turn that failed": () => {
    const ids = list(40_000, (at) => `call-${at}`);
    const turn = { role: "assistant", content: ids.map((id) => ({ type: "toolCall", id, name: "f", arguments: {} })), stopReason: "error" };
    assert.equal(parts.api.sanitizeTranscript([...HELLO, turn, ...ids.map((id) => ({ role: "toolResult", toolCallId: id, content: "r" })), ...HELLO]).messages.length, 2);
  },
  "ids that come to the same form": () => {
    const ids = list(4000, (at) => `call-${"|".repeat(1 + (at % 60))}${"/".repeat(at / 60)}`);
    const turns = ids.flatMap((id) => [{ role: "assistant", provider: "other", api: "openai-completions", model: "other/model", content: [{ type: "toolCall", id, name: "f", arguments: {} }], stopReason: "toolUse" }, { role: "toolResult", toolCallId: id, content: "r" }]);
    assert.equal(parts.api.sanitizeTranscript([...HELLO, ...turns, ...HELLO]).messages.length, 8002);
  },
  "beginnings of images that are none": async () => {
    const answer = JSON.stringify({ choices: [{ message: { content: "data:image/".repeat(400_000) } }] });
    await assert.rejects(async () => client(answer, { baseURL: "http://127.0.0.1:1/v1" }).images.generate({ prompt: "p", model: "a/m" }), (/** @type {any} */ error) => parts.api.OpenRouterError.isInstance(error) && error.code !== "engine");
  },
  "blanks in a fence that is left open": async () => {
    const text = `\`\`\`json\n${" ".repeat(400_000)}x`;
    const run = client(`${chunk({ content: text }, "stop")}data: [DONE]\n\n`, {}, SSE).chat({ messages: HELLO, schema: { type: "object" }, maxRepairs: 0 });
    await assert.rejects(run.result(), { code: "invalid-output" });
  },
  "faults of one answer": async () => {
    const run = client(`${chunk({ content: JSON.stringify({ a: list(40_000, String) }) }, "stop")}data: [DONE]\n\n`, {}, SSE).chat({ messages: HELLO, schema: { type: "object", properties: { a: { type: "array", items: { type: "number" } } } }, maxRepairs: 0 });
    await assert.rejects(run.result(), { code: "invalid-output" });
  },
  "calls that wait for the caller": async () => {
    const calls = list(30_000, (at) => ({ index: at, ...called(`call-${at}`) }));
    const answers = [chunk({ tool_calls: calls }, "tool_calls"), chunk({ content: "x" }, "stop")];
    const tools = [{ name: "f" }];
    const asking = new parts.api.OpenRouter({ apiKey: "k", limits: { maxToolCalls: 100_000 }, fetch: async () => new Response(`${answers.shift()}data: [DONE]\n\n`, SSE) });
    const run = asking.chat({ messages: HELLO, tools });
    const { pending } = await run.result();
    assert.equal(pending.length, 30_000);
    const results = Object.fromEntries(pending.map((/** @type {any} */ { id }) => [id, "r"]));
    assert.equal((await asking.resume(await run.state(), { tools, results }).result()).message.content, "x");
  },
};

for (const [name, work] of Object.entries(INPUTS)) {
  test(name, async (context) => {
    const { user, system } = process.cpuUsage();
    await work();
    const spent = process.cpuUsage();
    const ms = (spent.user + spent.system - user - system) / 1000;
    context.diagnostic(`${Math.round(ms)} ms`);
    assert.ok(ms < LIMIT_MS, `${Math.round(ms)} ms`);
  });
}

test("models that failed are forgotten, the oldest first: a run is told of a thousand", async () => {
  let sent = 0;
  const failing = new parts.api.OpenRouter({ apiKey: "k", maxRetries: 0, fetch: async () => new Response(`{"error":{"message":"m${(sent += 1)}"}}`, { ...JSON_TYPE, status: 503 }) });
  const ask = (/** @type {string} */ model, /** @type {string} */ next) => failing.chat({ messages: HELLO, model, fallbackModels: [next] }).result().catch(() => {});
  for (let at = 0; at < 1100; at++) await ask(`a/m${at}`, "b/rest");
  // The last one rests: the other is asked before it. The first is known no more, and is asked first.
  const first = async (/** @type {string} */ model) => {
    const run = failing.chat({ messages: HELLO, model, fallbackModels: ["b/new"] });
    const error = await run.result().catch((/** @type {any} */ error) => error);
    return error.attempts?.[0]?.model ?? error.message;
  };
  assert.match(await first("a/m0"), /m0/);
  assert.ok(sent > 1100);
});
