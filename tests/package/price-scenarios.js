// Budgets on clients that know no price yet, told once and run in every runtime.
import { ok, question, rejection, same } from "./scenario-tools.js";

/** @import { World } from "./scenario-tools.js" */

/** @param {string} id @param {string} price */
const row = (id, price) => ({ id, pricing: { prompt: price, completion: price } });
const ROWS = [row("m/x", "0.001"), row("cheap/one", "0.0001"), row("dear/one", "0.01"), row("free/one:free", "0"), row("openrouter/auto", "-1")];

/** A client whose chats say `usage`, and how often it sent what. @param {World} world @param {object} options @param {{ usage?: any, model?: string, rows?: () => Response, chat?: () => Response }} [answers] */
function fresh({ api }, options, { usage = {}, model = "m/x", rows = () => Response.json({ data: ROWS }), chat } = {}) {
  const sent = { models: 0, chats: 0 };
  const fetch = /** @type {any} */ (async (/** @type {string} */ url) => {
    if (new URL(url).pathname.endsWith("/models")) {
      sent.models += 1;
      await new Promise((resolve) => setTimeout(resolve, 5));
      return rows();
    }
    sent.chats += 1;
    if (chat) return chat();
    return Response.json({ id: "gen-1", model, choices: [{ message: { role: "assistant", content: "x".repeat(400) }, finish_reason: "stop" }], usage });
  });
  return { sent, client: new api.OpenRouter({ apiKey: "k", fetch, maxRetries: 0, ...options }) };
}

/** @param {Promise<any>} promise */
const codeOf = (promise) => promise.then(() => "ok", (error) => error.code);

/** @type {Record<string, (world: World) => Promise<void>>} */
export const priceScenarios = {
  async "a budget stops a fresh client: the prices are waited for once, and what a usage leaves out is estimated"(world) {
    const halves = [{ total_tokens: 105 }, { prompt_tokens: 5 }, { prompt_tokens: 5, completion_tokens: 0, total_tokens: 5 }];
    for (const usage of [{}, null, { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 }, ...halves]) {
      const { client, sent } = fresh(world, { budget: 0.3 }, { usage });
      const codes = await Promise.all(Array.from({ length: 3 }, () => codeOf(client.chat({ model: "m/x", messages: question }).result())));
      while (codes.length < 20) codes.push(await codeOf(client.chat({ model: "m/x", messages: question }).result()));
      same([sent.models, codes.includes("ok"), codes.at(-1), sent.chats < 6], [1, true, "budget", true], `${JSON.stringify(usage)}: ${codes}`);
    }
    const { client, sent } = fresh(world, {});
    const { cost } = await client.chat({ model: "m/x", messages: question }).result();
    same([sent.models, cost.source], [0, "unknown"], "nobody waits without a budget");
    const run = client.chat({ model: "m/x", messages: question, budget: 1 });
    const priced = (await run.result()).cost;
    ok(sent.models === 1 && priced.source === "computed" && priced.output === 0.1, `the text is counted: ${JSON.stringify(priced)}`);
  },

  async "prices that do not come are told with the reason, and requirePrice decides"(world) {
    const rows = () => new Response("{}", { status: 404 });
    const { client, sent } = fresh(world, { budget: 1 }, { rows });
    const { warnings } = await client.chat({ model: "m/x", messages: question }).result();
    const told = warnings.filter(({ rule }) => rule === "budget");
    ok(told.length === 1 && /the price of m\/x is not known \(.*404/.test(told[0].reason), JSON.stringify(told));
    await client.chat({ model: "m/x", messages: question }).result();
    same([sent.models, sent.chats], [1, 2], "not asked for again at once");
    const error = await rejection(client.chat({ model: "m/x", messages: question, budget: { requirePrice: true } }).result());
    ok(error.code === "budget" && /404.*requirePrice/.test(error.message), error.message);
    same(sent.chats, 2, "refused");
    const strict = fresh(world, { budget: { requirePrice: true } });
    same([await codeOf(strict.client.chat({ model: "m/x", messages: question }).result()), strict.sent.models], ["ok", 1], "a fresh client has a price to go by");
  },

  async "what a router costs is bounded by the dearest model that it may choose"(world) {
    const chat = (/** @type {object} */ request, /** @type {any} */ answers = {}) => {
      const { client, sent } = fresh(world, {}, { model: "cheap/one", usage: { prompt_tokens: 1000, completion_tokens: 10 }, ...answers });
      const run = client.chat({ model: "openrouter/auto", messages: [{ role: "user", content: "x".repeat(4000) }], ...request });
      return run.result().then((result) => ({ code: "ok", cost: result.cost, sent }), (error) => ({ code: error.code, message: error.message, cost: run.cost, sent }));
    };
    const dear = await chat({ budget: 5 });
    same([dear.code, dear.sent.chats], ["budget", 0], "a thousand tokens at a cent each");
    same((await chat({ budget: 20 })).cost.total, 0.101, "in the end the model that answered counts");
    same((await chat({ budget: 5, plugins: [{ id: "auto-router", allowed_models: ["cheap/*", "m/*"] }] })).code, "ok", "of those that it may choose");
    same((await chat({ budget: 5, plugins: [{ id: "auto-router", excluded_models: ["dear/*"] }] })).code, "ok", "and not of the others");
    same((await chat({ budget: 5, model: "m/x", models: ["m/x", "dear/one"] })).code, "budget", "a list of models is a choice, too");
    same((await chat({ budget: { requirePrice: true } })).code, "ok", "a bound is a price");
    // While the answer goes on the model that answers counts: two thousand tokens would cost $20 at the dearest price.
    const long = (/** @type {string} */ model) => () => {
      const event = (/** @type {any} */ choice) => `data: ${JSON.stringify({ id: "gen-1", model, choices: [choice] })}\n\n`;
      const pieces = [...Array.from({ length: 20 }, () => event({ delta: { content: "x".repeat(400) } })), `${event({ delta: {}, finish_reason: "stop" })}data: [DONE]\n\n`];
      const body = new ReadableStream({ pull: (controller) => (pieces.length > 0 ? controller.enqueue(new TextEncoder().encode(pieces.shift())) : controller.close()) }, { highWaterMark: 0 });
      return new Response(body, { headers: { "content-type": "text/event-stream" } });
    };
    same((await chat({ budget: 15 }, { chat: long("cheap/one") })).code, "ok", "the cheap one may go on");
    same((await chat({ budget: 15 }, { chat: long("dear/one") })).code, "budget", "the dear one is stopped");
  },

  async "a budget goes by the dearest model of the body as it goes out, whatever put it there"(world) {
    const long = [{ role: "user", content: "x".repeat(4000) }];
    /** @type {[request: object, options: object, code: string][]} */
    const table = [
      [{}, {}, "ok"],
      [{ extraBody: { model: "dear/one" } }, {}, "budget"],
      [{ extraBody: { models: ["dear/one"] } }, {}, "budget"],
      [{ extra_body: { models: ["cheap/one", "dear/one"] } }, {}, "budget"],
      [{ params: { extraBody: { model: "dear/one" } } }, {}, "budget"],
      [{}, { params: { extraBody: { model: "dear/one" } } }, "budget"],
      [{}, { models: { "m/x": { params: { extra_body: { model: "dear/one" } } } } }, "budget"],
      [{ models: ["dear/one"] }, {}, "budget"],
      [{ model: "dear/one", extraBody: { model: "cheap/one" } }, {}, "ok"],
      [{ extraBody: { model: "openrouter/auto" } }, {}, "budget"],
      [{ extraBody: { model: "openrouter/auto", plugins: [{ id: "auto-router", allowed_models: ["cheap/*"] }] } }, {}, "ok"],
      // The client's own prices are prices, too.
      [{ models: ["own/one"] }, { models: { "own/one": { pricing: { prompt: "1", completion: "1" } }, "m/x": { pricing: { prompt: "0.001", completion: "0" } } } }, "budget"],
    ];
    for (const [request, options, code] of table) {
      const { client, sent } = fresh(world, { ...options });
      const asked = /** @type {any} */ ({ model: "m/x", messages: long, budget: 5, ...request });
      same([await codeOf(client.chat(asked).result()), sent.chats], [code, code === "ok" ? 1 : 0], JSON.stringify([request, options]));
      const foreign = fresh(world, { ...options, budget: 5 });
      const { extraBody, extra_body, ...flat } = asked;
      delete flat.budget;
      if (flat.params) continue;
      const { status } = await foreign.client.fetch("https://openrouter.ai/api/v1/chat/completions", { method: "POST", body: JSON.stringify({ ...flat, ...extraBody, ...extra_body }) });
      same([status, foreign.sent.chats], code === "ok" ? [200, 1] : [402, 0], `fetch: ${JSON.stringify([request, options])}`);
    }
  },

  async "a budget of nothing says that it is used up"(world) {
    for (const budget of [0, { maxUsd: 0 }]) {
      for (const model of ["m/x", "nobody/knows"]) {
        const { client, sent } = fresh(world, {});
        const error = await rejection(client.chat({ model, messages: question, budget }).result());
        ok(error.code === "budget" && error.message.includes("is used up") && sent.chats === 0, error.message);
      }
    }
    const { client } = fresh(world, {});
    same(await codeOf(client.chat({ model: "free/one:free", messages: question, budget: 0 }).result()), "ok", "what costs nothing may go on");
  },

  async "an attempt that reported a cost is paid: it is counted, and nothing is sent again by itself"(world) {
    const usage = { prompt_tokens: 10, completion_tokens: 5, cost: 0.4 };
    const stream = (/** @type {any[]} */ ...chunks) => () => new Response(chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`).join(""), { headers: { "content-type": "text/event-stream" } });
    for (const chat of [
      stream({ id: "gen-1", choices: [], usage }, { error: { code: 502, message: "gone" } }),
      stream({ id: "gen-1", choices: [{ delta: {}, finish_reason: "error" }], usage }),
      stream({ id: "gen-1", choices: [], usage }),
    ]) {
      const { client, sent } = fresh(world, { budget: 1, maxRetries: 3, fallbackModels: ["cheap/one"] }, { chat });
      const run = client.chat({ model: "m/x", messages: question });
      const error = await rejection(run.result());
      same([sent.chats, error.isRetryable, error.attempts?.length, run.cost.total, run.cost.source], [1, true, 1, 0.4, "reported"], error.message);
      await rejection(client.chat({ model: "m/x", messages: question }).result());
      same([await codeOf(client.chat({ model: "m/x", messages: [{ role: "user", content: "x".repeat(1200) }] }).result()), sent.chats], ["budget", 2], "both are in the client's budget");
    }
  },
};
