// What runs cost and where they stop, told once and run in every runtime.
import { collect, eventually, local, ofType, ok, question, rejection, same, thrown } from "./scenario-tools.js";

/** @import { World } from "./scenario-tools.js" */

const MODEL = "openai/gpt-4o-mini";
/** A dollar a thousand tokens, which makes the sums readable. */
const PRICED = { models: { [MODEL]: { pricing: { prompt: "0.001", completion: "0.001" } } } };
const ask = { messages: question, model: MODEL };

/** @param {number} inputTokens @param {number} outputTokens @param {object} [more] */
const usage = (inputTokens, outputTokens, more) => ({ prompt_tokens: inputTokens, completion_tokens: outputTokens, total_tokens: inputTokens + outputTokens, ...more });

/** @param {any} meter */
const brief = ({ total, input, output, source }) => [total, input, output, source];

/** Answers by path; what no path matches is a network error. @param {Record<string, () => Response | Promise<Response>>} answers */
function paths(answers) {
  /** @type {any[]} */
  const sent = [];
  const fetch = /** @type {any} */ (async (/** @type {string} */ url, /** @type {any} */ init) => {
    sent.push({ url, ...init });
    const path = Object.keys(answers).find((candidate) => new URL(url).pathname.endsWith(candidate));
    if (!path) throw new TypeError("fetch failed");
    return answers[path]();
  });
  return { sent, fetch };
}

/** The chats that went out; prices may have been asked for, too. @param {any} server @returns {any[]} */
const chats = (server) => server.requests.filter((/** @type {any} */ { path }) => path === "/chat/completions");

/** @param {unknown} data @param {ResponseInit} [init] */
const answer = (data, init) => () => new Response(typeof data === "string" ? data : JSON.stringify(data), init);

/** @type {Record<string, (world: World) => Promise<void>>} */
export const moneyScenarios = {
  async "the meter adds up the steps of a run, kind by kind"(world) {
    const details = { cost_details: { upstream_inference_prompt_cost: 0.1, upstream_inference_completions_cost: 0.2 } };
    const { client } = local(world, [
      { toolCalls: [{ name: "add", arguments: { a: 1 } }], usage: usage(10, 4, { cost: 0.3, ...details, completion_tokens_details: { reasoning_tokens: 2 } }) },
      { text: "two", usage: usage(20, 5, { cost: 0.1 }) },
    ], PRICED);
    const run = client.chat({ ...ask, tools: [{ name: "add", parameters: { type: "object" }, execute: () => 2 }] });
    same([run.cost.total, run.cost.steps, run.cost.source], [0, [], "computed"], "before the first step");
    const totals = [];
    for await (const event of run) if (event.type === "step-finish") totals.push(run.cost.total);
    const { cost } = await run.result();
    same([cost.total, run.cost.total, cost.source], [0.4, 0.4, "reported"], "total");
    same(totals[0], 0.3, "after the first step");
    same(cost.steps.map((step) => [step.total, step.input, step.output, step.reasoning, step.source]), [[0.3, 0.1, 0.2, 0.1, "reported"], [0.1, 0.08, 0.02, 0, "reported"]], "steps");
    same(JSON.parse(JSON.stringify(await run.result())).cost, JSON.parse(JSON.stringify(cost)), "it is part of the result's JSON");
  },

  async "without a bill the known price counts, without a price nothing is made up"(world) {
    const script = { text: "hi", usage: usage(100, 50) };
    const computed = await local(world, script, PRICED).client.chat(ask).result();
    same(brief(computed.cost), [0.15, 0.1, 0.05, "computed"], "computed");
    const unknown = await local(world, script).client.chat(ask).result();
    same(brief(unknown.cost), [0, 0, 0, "unknown"], "unknown");
    const none = await local(world, { text: "hi", usage: null }, PRICED).client.chat(ask).result();
    ok(none.cost.total > 0 && none.cost.source === "computed", `estimated: ${JSON.stringify(none.cost)}`);
    const mixed = local(world, [{ toolCalls: [{ name: "f", arguments: {} }], usage: usage(1, 1, { cost: 0.1 }) }, script], PRICED);
    const { cost } = await mixed.client.chat({ ...ask, tools: [{ name: "f", execute: () => "" }] }).result();
    same([cost.total, cost.source], [0.25, "mixed"], "mixed");
  },

  async "with a key of one's own the bill is the fee, and the cache costs nothing"(world) {
    const byok = { is_byok: true, cost_details: { upstream_inference_cost: 3, upstream_inference_prompt_cost: 2, upstream_inference_completions_cost: 1 } };
    const { client } = local(world, { text: "hi", usage: usage(10, 10, { cost: 0.15, ...byok }) });
    const { cost, usage: reported } = await client.chat(ask).result();
    same(brief(cost), [0.15, 0.1, 0.05, "reported"], "the fee");
    same(/** @type {any} */ (reported?.raw).cost_details.upstream_inference_cost, 3, "the provider's part is in raw");
    const cached = local(world, { text: "hi", headers: { "X-OpenRouter-Cache-Status": "HIT" }, usage: usage(0, 0, { cost: 0 }) }, PRICED);
    same(brief((await cached.client.chat({ ...ask, budget: 0.1 }).result()).cost), [0, 0, 0, "reported"], "from the response cache");
  },

  async "a run that fails before its first token costs nothing"(world) {
    const { client } = local(world, [{ status: 500 }, { status: 500 }, { status: 500 }], { ...PRICED, budget: 10, maxRetries: 0 });
    const run = client.chat(ask);
    same((await rejection(run.result())).code, "server", "code");
    same([run.cost.total, run.cost.steps.length], [0, 0], "cost");
  },

  async "an abort is billed: the estimate stands until the bill is there"(world) {
    const server = world.simulator.createSimulator({ delayMs: 0, generationDelayPolls: 1 });
    server.enqueue({ text: Array.from({ length: 50 }, () => "word "), chunkDelayMs: 20, usage: usage(30, 70, { cost: 0.25 }) });
    const client = new world.api.OpenRouter({ apiKey: "k", fetch: server.fetch, ...PRICED });
    const run = client.chat(ask);
    for await (const event of run) if (event.type === "text-delta") break;
    same([run.verdict, run.cost.steps.length, run.cost.source], ["aborted", 1, "computed"], "the estimate");
    ok(run.cost.total > 0, "something");
    const before = performance.now();
    const cost = await run.recoverCost();
    const id = run.partial.id ?? "";
    const bill = await client.generation(id);
    same([cost.source, cost.total, run.cost.total], ["recovered", bill.cost, bill.cost], "the bill");
    const looks = server.requests.filter(({ path }) => path === "/generation");
    same(looks.length, 3, "it was not there at first");
    ok(performance.now() - before >= 350, "it waited in between");
    same([bill.id, bill.cancelled, typeof bill.raw], [id, true, "object"], "generation");
    same((await run.recoverCost()).total, bill.cost, "asked once");
    same(server.requests.filter(({ path }) => path === "/generation").length, 3, "no further look");
  },

  async "a cut is billed, too, and what stays unknown is an error that changes nothing"(world) {
    const server = world.simulator.createSimulator({ delayMs: 0, generationDelayPolls: 1000 });
    server.enqueue({ text: ["a", "b", "c", "d", "e", "f"], cutAfterChunks: 4 });
    const client = new world.api.OpenRouter({ apiKey: "k", fetch: server.fetch, ...PRICED });
    const run = client.chat(ask);
    same((await rejection(run.result())).code, "stream-cut", "cut");
    const estimate = run.cost.total;
    const error = await rejection(run.recoverCost({ timeoutMs: 1000 }));
    same([error.code, error.status], ["not-found", 404], "never found");
    same([run.cost.total, run.cost.source], [estimate, "computed"], "the estimate stands");
    const controller = new AbortController();
    const waiting = rejection(run.recoverCost({ signal: controller.signal }));
    controller.abort("enough");
    same(await waiting, "enough", "a signal ends the wait");
  },

  async "another generation's bill is refused, and changes nothing"(world) {
    const server = world.simulator.createSimulator({ delayMs: 0 });
    server.enqueue({ id: "gen-mine", text: ["a", "b", "c"], cutAfterChunks: 3 });
    const bills = { id: "gen-yours", total_cost: 99, tokens_prompt: 1 };
    const fetch = /** @type {any} */ ((/** @type {any} */ url, /** @type {any} */ init) => (String(url).includes("/generation") ? Promise.resolve(new Response(JSON.stringify({ data: bills }))) : server.fetch(url, init)));
    const client = new world.api.OpenRouter({ apiKey: "k", fetch, ...PRICED });
    const run = client.chat(ask);
    await rejection(run.result());
    const estimate = run.cost.total;
    for (const error of [await rejection(run.recoverCost()), await rejection(client.generation("gen-mine"))]) {
      same([error.code, error.isRetryable, error.message.includes("gen-yours")], ["bad-response", false, true], error.message);
    }
    same([run.cost.total, run.cost.source], [estimate, "computed"], "the estimate stands");
    bills.id = "gen-mine";
    same((await run.recoverCost()).total, 99, "its own");
  },

  async "ids that are none are refused before anything is sent"(world) {
    const { server, client } = local(world);
    for (const id of ["", "gen-", "chatcmpl-1", "gen-1&x=2", /** @type {any} */ (5)]) {
      const error = await rejection(client.generation(id));
      same([error.code, error.message.startsWith("id:")], ["invalid-request", true], String(id));
    }
    same((await rejection(client.generation("gen-1", { timeoutMs: -1 }))).code, "invalid-request", "options");
    same(server.requests.length, 0, "sent");
  },

  async "a prompt that does not fit into the budget is not sent, nor to another model"(world) {
    const { server, client } = local(world, undefined, { ...PRICED, fallbackModels: ["meta-llama/llama-3.3-70b-instruct:free"] });
    const run = client.chat({ ...ask, messages: [{ role: "user", content: "x".repeat(4000) }], budget: 0.5 });
    const error = await rejection(run.result());
    same([error.code, error.isRetryable, error.verdict, run.verdict, chats(server).length], ["budget", false, "error", "error", 0], "error");
    ok(error.message.startsWith("the budget of this run is $0.50: $0.00 is spent, and the next prompt"), error.message);
    same(run.cost.total, 0, "cost");
  },

  async "the next step is not sent when the money is spent; what was received is in the error"(world) {
    const { server, client } = local(world, [{ toolCalls: [{ name: "f", arguments: {} }], usage: usage(10, 10, { cost: 0.9 }) }, { text: "never" }], PRICED);
    const run = client.chat({ ...ask, tools: [{ name: "f", execute: () => "x".repeat(2000) }], budget: { maxUsd: 1 } });
    const error = await rejection(collect(run));
    same([error.code, server.requests.length, error.partial.steps.length, error.partial.messages.length], ["budget", 1, 1, 3], "error");
    ok(error.message.includes("$0.90 is spent"), error.message);
    same([run.cost.total, run.cost.steps.length], [0.9, 1], "cost");
  },

  async "an answer that grows too dear is stopped, and its connection closed"(world) {
    const server = world.simulator.createSimulator({ delayMs: 0 });
    server.enqueue({ text: Array.from({ length: 400 }, () => "four"), reasoning: Array.from({ length: 20 }, () => "four"), chunkDelayMs: 1 });
    const client = new world.api.OpenRouter({ apiKey: "k", fetch: server.fetch, models: { [MODEL]: { pricing: { prompt: "0", completion: "0.01" } } } });
    const run = client.chat({ ...ask, budget: 0.5 });
    /** @type {any[]} */
    const events = [];
    const error = await (async () => {
      try {
        for await (const event of run) events.push(event);
      } catch (thrown) {
        return /** @type {any} */ (thrown);
      }
    })();
    same([error?.code, error?.verdict], ["budget", "error"], "error");
    ok(/^the budget of this run is \$0\.50: \$0\.00 was spent before this answer, which was stopped at about \$0\.5/.test(error.message), error.message);
    const { reasoning, content } = error.partial.message;
    same([reasoning.length, content.length >= 120 && content.length <= 200], [80, true], `thoughts count: ${content.length}`);
    same(ofType(events, "text-delta").map((event) => event.text).join("").length <= content.length, true, "events");
    await eventually(async () => server.requests[0].aborted, "the connection closes");
    ok(run.cost.total >= 0.5 && run.cost.total < 0.7, `cost ${run.cost.total}`);
  },

  async "runs that go on at once share the client's budget"(world) {
    const { server, client } = local(world, undefined, { ...PRICED, budget: 1, maxRetries: 0 });
    const script = { text: "ok", delayMs: 30, usage: usage(300, 1, { cost: 0.3 }) };
    server.on(() => true, script);
    // About 250 tokens of prompt: three of them fit at once, not four.
    const message = { ...ask, messages: [{ role: /** @type {const} */ ("user"), content: "x".repeat(1000) }] };
    const outcomes = await Promise.allSettled(Array.from({ length: 6 }, () => client.chat(message).result()));
    const failed = outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason] : []));
    same([outcomes.length - failed.length, server.requests.length], [3, 3], "what fits");
    for (const error of failed) ok(error.code === "budget" && error.message.startsWith("the budget of the client is $1.00"), error.message);
    same((await rejection(client.chat(message).result())).code, "budget", "0.90 are spent");
    ok((await client.chat({ ...ask, messages: question }).result()).message.content === "ok", "a short one fits");
  },

  async "a retry counts its prompt once, and what was refused is free for others"(world) {
    const { server, client } = local(world, [{ status: 503, headers: { "Retry-After": "0" } }, { text: "ok", usage: usage(250, 1, { cost: 0.25 }) }, { text: "ok", usage: usage(250, 1, { cost: 0.25 }) }, { status: 400 }, { text: "ok" }], { ...PRICED, budget: 0.85 });
    const long = { ...ask, messages: [{ role: /** @type {const} */ ("user"), content: "x".repeat(1000) }] };
    same([(await client.chat(long).result()).cost.total, (await client.chat(long).result()).cost.steps.length], [0.25, 1], "one step, one bill");
    for (const code of ["invalid-request", undefined]) {
      const outcome = await client.chat(long).result().then(() => undefined, (error) => error.code);
      same(outcome, code, "0.50 are spent, one more fits: the refused one cost nothing");
    }
    same(server.requests.length, 5, "sends");
  },

  async "what an abort has cost is asked for by itself and corrects the client's budget"(world) {
    const server = world.simulator.createSimulator({ delayMs: 0 });
    server.enqueue({ id: "gen-1", text: Array.from({ length: 50 }, () => "word "), chunkDelayMs: 10, usage: usage(30, 70, { cost: 0.9 }) });
    const bills = { total_cost: 0.9, id: "gen-1" };
    const fetch = /** @type {any} */ ((/** @type {any} */ url, /** @type {any} */ init) => (String(url).includes("/generation") ? Promise.resolve(new Response(JSON.stringify({ data: bills }))) : server.fetch(url, init)));
    const client = new world.api.OpenRouter({ apiKey: "k", fetch, ...PRICED, budget: 1 });
    const run = client.chat(ask);
    for await (const event of run) if (event.type === "text-delta") break;
    await eventually(async () => run.cost.source === "recovered", "the bill comes by itself");
    same(run.cost.total, 0.9, "bill");
    const error = await rejection(client.chat({ ...ask, messages: [{ role: "user", content: "x".repeat(1000) }] }).result());
    ok(error.code === "budget" && error.message.includes("$0.90 is spent"), error.message);
  },

  async "a model without a price is warned of, or refused where a price is asked for"(world) {
    const model = "nobody/knows";
    const ask = { messages: question, model };
    const { server, client } = local(world, { text: "ok" });
    const { warnings } = await client.chat({ ...ask, budget: 1 }).result();
    const told = warnings.filter(({ rule }) => rule === "budget");
    ok(told.length === 1 && told[0].reason.includes(model), JSON.stringify(warnings));
    const error = await rejection(client.chat({ ...ask, budget: { requirePrice: true } }).result());
    same([error.code, chats(server).length], ["budget", 1], "refused");
    ok(error.message.includes("requirePrice"), error.message);
    const router = local(world, undefined, { budget: { requirePrice: true }, models: { "openrouter/auto": { pricing: { prompt: "-1", completion: "-1" } } } });
    same((await rejection(router.client.chat({ messages: question }).result())).code, "budget", "a price that is none");
    const quiet = await local(world, { text: "ok" }).client.chat(ask).result();
    same(quiet.warnings.filter(({ rule }) => rule === "budget"), [], "no budget, no word");
  },

  async "prepare tells that the longest answer would cost more than there is"(world) {
    const { server, client } = local(world, undefined, PRICED);
    const warned = async (/** @type {any} */ more) => (await client.prepare({ ...ask, ...more })).warnings.filter(({ rule }) => rule === "budget").length;
    same([await warned({ budget: 1, max_tokens: 5000 }), await warned({ budget: 1, max_tokens: 100 }), await warned({ max_tokens: 5000 })], [1, 0, 0], "warnings");
    const { body } = await client.prepare({ ...ask, budget: 1, max_tokens: 5000 });
    same([body.max_completion_tokens, body.budget], [5000, undefined], "the request stays as it was asked for");
    same(server.requests.length, 0, "nothing is sent");
  },

  async "a budget that is none is refused by name"(world) {
    const { client } = local(world);
    for (const [budget, place] of /** @type {[any, string][]} */ ([["1", "budget:"], [-1, "budget:"], [NaN, "budget:"], [[], "budget:"], [{ maxUsd: "1" }, "budget.maxUsd:"], [{ max: 1 }, "budget.max:"], [{ requirePrice: 1 }, "budget.requirePrice:"]])) {
      const ofClient = thrown(() => new world.api.OpenRouter({ budget }));
      const ofRun = await rejection(client.chat({ ...ask, budget }).result());
      for (const error of [ofClient, ofRun]) ok(error.code === "invalid-request" && error.message.startsWith(place), `${JSON.stringify(budget)}: ${error.message}`);
    }
    same((await local(world, { text: "ok" }, { budget: Infinity }).client.chat({ ...ask, budget: undefined }).result()).message.content, "ok", "no limit");
  },

  async "client.fetch asks the client's budget first: a 402 in OpenRouter's words, and nothing is sent"(world) {
    const { server, client } = local(world, { text: "hi", usage: usage(10, 10, { cost: 0.9 }) }, { ...PRICED, budget: 1 });
    const send = (/** @type {object} */ body) => client.fetch("https://openrouter.ai/api/v1/chat/completions", { method: "POST", body: JSON.stringify({ model: MODEL, messages: question, ...body }) });
    await client.chat(ask).result();
    same((await send({})).status, 200, "what fits goes out");
    const refused = await send({ messages: [{ role: "user", content: "x".repeat(2000) }] });
    const { error } = await refused.json();
    same([refused.status, error.code, error.metadata, server.requests.length], [402, 402, { error_type: "payment_required" }, 2], "what does not fit is refused");
    // What the one before may come to is held until its answer was read.
    ok(error.message.startsWith("the budget of the client is $1.00: $0.92 is spent, and the next prompt"), error.message);
    const unknown = { method: "POST", body: JSON.stringify({ model: "nobody/knows", messages: question }) };
    const spent = local(world, { text: "hi", usage: usage(1, 1, { cost: 2 }) }, { budget: 1 });
    await spent.client.chat(ask).result();
    const unpriced = await spent.client.fetch("https://openrouter.ai/api/v1/chat/completions", unknown);
    same([unpriced.status, chats(spent.server).length], [402, 1], "nor without a price, once it is used up");
    const strict = local(world, undefined, { budget: { requirePrice: true } });
    same((await strict.client.fetch("https://openrouter.ai/api/v1/chat/completions", unknown)).status, 402, "requirePrice");
    same(chats(strict.server).length, 0, "sent");
  },

  async "the model that answered is the one whose price counts, for the meter and for the budget"(world) {
    const row = (/** @type {string} */ id, /** @type {string} */ price, /** @type {object} */ more = {}) => ({ id, pricing: { prompt: price, completion: price }, ...more });
    const rows = [row("openrouter/auto", "-1"), row("a/one", "0.001", { canonical_slug: "a/one-20260101" }), row("b/two", "0.01"), row("~a/latest", "0.001", { alias_target: { slug: "a/one", name: "One" } })];
    const seller = async (/** @type {string} */ model, /** @type {object} */ options = {}) => {
      let sent = 0;
      const fetch = /** @type {any} */ (async (/** @type {string} */ url, /** @type {any} */ init) => {
        if (url.endsWith("/models")) return Response.json({ data: rows });
        sent += 1;
        if (JSON.parse(init.body).model === "gone/gone") return Response.json({ error: { code: 404, message: "gone" } }, { status: 404 });
        return Response.json({ id: "gen-1", model, choices: [{ message: { role: "assistant", content: "hi" }, finish_reason: "stop" }], usage: usage(90, 10) });
      });
      const client = new world.api.OpenRouter({ apiKey: "k", fetch, ...options });
      await client.models.list();
      return { client, sent: () => sent };
    };
    const own = { models: { "openrouter/b/two": { pricing: { prompt: "1", completion: "1" } } } };
    for (const [answered, request, options, expected] of /** @type {[string, any, any, [number, string]][]} */ ([
      ["a/one", { model: "openrouter/auto" }, {}, [0.1, "computed"]],
      ["a/one-20260101", { model: "openrouter/auto" }, {}, [0.1, "computed"]],
      ["b/two", { model: "a/one", models: ["a/one", "b/two"] }, {}, [1, "computed"]],
      ["b/two", { model: "gone/gone", fallbackModels: ["b/two"] }, {}, [1, "computed"]],
      ["a/one-20260101", { model: "~a/latest" }, {}, [0.1, "computed"]],
      ["b/two", { model: "b/two:nitro" }, {}, [1, "computed"]],
      ["b/two", { model: "openrouter/auto" }, own, [100, "computed"]],
      ["nobody/knows", { model: "openrouter/auto" }, {}, [0, "unknown"]],
    ])) {
      const { client } = await seller(answered, options);
      const { cost } = await client.chat({ messages: question, ...request }).result();
      same([cost.total, cost.source], expected, `${JSON.stringify(request)} answered by ${answered}`);
    }
    const guarded = await seller("b/two", { budget: 1.5 });
    const ask = () => guarded.client.chat({ messages: question, model: "openrouter/auto" }).result();
    await ask();
    await ask();
    same([(await rejection(ask())).code, guarded.sent()], ["budget", 2], "the client's budget is used up");
  },

  async "a model of any name is asked"(world) {
    const { server, client } = local(world, { text: "hi", usage: usage(1, 1) });
    const model = 'a/b\0"c';
    await client.prepare({ ...ask, model, budget: 1 });
    same([(await client.chat({ ...ask, model }).result()).message.content, chats(server)[0].body.model], ["hi", model], "as it is");
  },

  async "usage: a normal key tells its own, a management key the balance, too"(world) {
    const server = world.simulator.createSimulator({ delayMs: 0, managementKeys: ["sk-or-v1-manager"], key: { limit: "5.00", limit_reset: "monthly", limit_remaining: 4, label: "mine" } });
    const client = (/** @type {string} */ apiKey) => new world.api.OpenRouter({ apiKey, fetch: server.fetch });
    const own = await client("sk-or-v1-normal").usage();
    same([own.balance, own.plan, own.budget?.used, own.budget?.label, own.budget?.usedPercent], [undefined, "mine", 1, "Monthly key budget", 20], "a normal key");
    same([own.warnings.length, /management keys alone/.test(own.warnings[0]), own.summary, own.free?.used], [1, true, "$0.00 today · $0.00 this week · $0.00 this month", 0], "its words");
    const all = await client("sk-or-v1-manager").usage();
    same([all.balance, all.spend, all.warnings], [25, 0, []], "a management key");
    same(server.requests.map(({ path }) => path).sort(), ["/credits", "/credits", "/key", "/key"], "both, once each");
  },

  async "usage: one endpoint that fails is told, two are an error with the first status"(world) {
    const key = { data: { usage: 2, usage_daily: 0.5, limit: null } };
    for (const credits of [answer("busy", { status: 503 }), answer("<html>"), () => Promise.reject(new TypeError("fetch failed"))]) {
      const { fetch } = paths({ "/credits": credits, "/key": answer(key) });
      const found = await new world.api.OpenRouter({ apiKey: "k", fetch }).usage();
      same([found.spend, found.summary, found.warnings.length], [2, "$0.50 today", 1], "the other answer stands");
    }
    const failing = async (/** @type {any} */ answers, /** @type {any} */ options = {}) => rejection(new world.api.OpenRouter({ apiKey: "sk-or-v1-secret-key", fetch: paths(answers).fetch }).usage(options));
    const both = await failing({ "/credits": answer({ error: { code: 401, message: "No auth sk-or-v1-secret-key" } }, { status: 401 }), "/key": answer("", { status: 500 }) });
    same([both.code, both.status, both.message.startsWith("HTTP 401:"), both.message.includes("secret")], ["auth", 401, true, false], "credits' status first");
    const second = await failing({ "/key": answer("", { status: 500 }) });
    same([second.status, second.message.startsWith("HTTP 500:")], [500, true], "the status there is");
    const neither = await failing({});
    same([neither.code, neither.message.startsWith("Usage unavailable")], ["network", true], "transport");
    const malformed = await failing({ "/credits": answer("{}"), "/key": answer("[") });
    same([malformed.code, malformed.message], ["bad-response", "Malformed usage response"], "malformed");
    const large = await failing({ "/credits": answer("x".repeat((1 << 20) + 1)), "/key": answer("x".repeat((1 << 20) + 1)) });
    same(large.code, "limit", "no answer of more than a mebibyte");
    const controller = new AbortController();
    const aborted = failing({ "/credits": () => new Promise(() => {}), "/key": () => new Promise(() => {}) }, { signal: controller.signal });
    setTimeout(() => controller.abort("enough"), 20);
    same(await aborted, "enough", "aborted");
    const late = await failing({ "/credits": () => new Promise(() => {}), "/key": () => new Promise(() => {}) }, { timeoutMs: 20 });
    same(late.code, "timeout", "late");
    same((await rejection(new world.api.OpenRouter({ fetch: paths({}).fetch }).usage())).code, "auth", "no key");
  },
};
