// What calls that are no chat spend of the client's budget, told once and run in every runtime.
import { eventually, local, ok, question, rejection, same } from "./scenario-tools.js";

/** @import { World } from "./scenario-tools.js" */

const EMBEDDER = "openai/text-embedding-3-small", CHAT = "openai/gpt-4o-mini";
/** A dollar a thousand tokens of a prompt, which makes the sums readable; answers of any length cost nothing. */
const price = { pricing: { prompt: "0.001", completion: "0" } };
const chat = { model: CHAT, messages: question };

/** Whether a chat that costs about nothing still fits, and one of so many tokens. @param {any} client @param {number} tokens */
const fits = async (client, tokens) => {
  const error = await client.chat({ ...chat, messages: [{ role: "user", content: "x".repeat(tokens * 4) }] }).result().then(() => undefined, (/** @type {any} */ thrown) => thrown);
  return error === undefined || error.code !== "budget";
};

/** A fetch that answers everything with one thing. @param {World} world @param {(url: string) => unknown} answer @param {object} options */
const answering = ({ api }, answer, options) => new api.OpenRouter({
  apiKey: "sk-or-v1-test",
  fetch: /** @type {any} */ (async (/** @type {any} */ url) => {
    const given = await answer(String(url));
    return given instanceof Response ? given : new Response(JSON.stringify(given));
  }),
  ...options,
});

const refusing = /** @type {any} */ (() => Promise.reject(new TypeError("never")));

/** @type {Record<string, (world: World) => Promise<void>>} */
export const callBudgetScenarios = {
  async "an estimate is held before, the bill counts after"(world) {
    const vectors = (/** @type {number} */ cost) => ({ data: [{ index: 0, embedding: [1] }], usage: { prompt_tokens: 1, total_tokens: 1, cost } });
    let release = () => {}, leave = () => {};
    const gate = new Promise((resolve) => {
      release = () => resolve(undefined);
    });
    const onItsWay = new Promise((resolve) => {
      leave = () => resolve(undefined);
    });
    const answerOf = async (/** @type {string} */ url) => {
      if (!url.endsWith("/embeddings")) return new Response("{}", { status: 400 });
      leave();
      return gate.then(() => vectors(0.1));
    };
    const client = answering(world, answerOf, { budget: 1, maxRetries: 0, models: { [EMBEDDER]: price, [CHAT]: price } });
    // 900 tokens: 0.90 USD are held while it is on its way.
    const first = client.embeddings.create({ model: EMBEDDER, input: "x".repeat(3600) });
    await onItsWay;
    const refused = await rejection(client.embeddings.create({ model: EMBEDDER, input: "x".repeat(800) }));
    same(refused.code, "budget", "no room beside it");
    ok(refused.message.startsWith("the budget of the client is $1.00: $0.90 is spent, and the next call, to openai/text-embedding-3-small, costs about $0.20"), refused.message);
    ok(!(await fits(client, 200)), "nor for a chat");
    release();
    same((await first).cost, 0.1, "bill");
    ok(await fits(client, 200), "0.10 were spent");
    ok(!(await fits(client, 1000)), "and they are spent for chats, too");
  },

  async "what is refused costs nothing, what broke goes on being held"(world) {
    let answer = /** @type {() => unknown} */ (() => new Response("{}", { status: 400 }));
    const client = answering(world, () => answer(), { budget: 1, maxRetries: 0, models: { [EMBEDDER]: price, [CHAT]: price } });
    const half = { model: EMBEDDER, input: "x".repeat(2400) };
    for (const [code, next] of /** @type {[string, () => unknown][]} */ ([
      ["invalid-request", () => new Response("{}", { status: 400 })], ["network", () => Promise.reject(Object.assign(new TypeError("fetch failed"), { cause: { code: "ECONNREFUSED" } }))],
      ["bad-response", () => "no vectors"], ["budget", () => "never sent"],
    ])) {
      answer = next;
      same((await rejection(client.embeddings.create(half))).code, code, code);
    }
  },

  async "where no price is known that is told, and with requirePrice it is refused"(world) {
    const { client, server } = local(world, undefined, { budget: 1 });
    const { warnings, cost } = await client.embeddings.create({ model: EMBEDDER, input: "a" });
    same([warnings, Number(cost) > 0], [[], true], "the bill said it");
    const silent = answering(world, () => ({ data: [{ index: 0, embedding: [1] }] }), { budget: 1 });
    const told = await silent.embeddings.create({ model: "m", input: "a" });
    same([told.cost, told.warnings], [undefined, ["budget: the price of m is not known: only what OpenRouter reports counts, and the answer told no cost: unknown, it does not count"]], "unknown");
    const strict = local(world, undefined, { budget: { maxUsd: 1, requirePrice: true }, maxRetries: 0 });
    for (const path of ["/models", "/videos/models"]) strict.server.onRequest(path, { status: 503 });
    for (const call of [
      () => strict.client.embeddings.create({ model: EMBEDDER, input: "a" }), () => strict.client.rerank({ model: "cohere/rerank-v3.5", query: "q", documents: ["a"] }), () => strict.client.images.generate({ prompt: "x" }),
      () => strict.client.speech.create({ input: "x" }), () => strict.client.music.generate({ prompt: "x" }), () => strict.client.videos.submit({ prompt: "x" }), () => strict.client.transcriptions.create({ audio: new Uint8Array(9), mediaType: "audio/wav" }),
      () => strict.client.decide({ model: "typesafe/jev-1.14", state: "s", questions: { q: { type: "boolean", instructions: "?" } } }), () => strict.client.videos.describe({ video: new Uint8Array(9) }),
    ]) {
      const error = await rejection(call());
      ok(error.code === "budget" && error.message.includes("requirePrice"), `${error.message}`);
    }
    const sends = (/** @type {any} */ { requests }) => requests.filter((/** @type {any} */ { method }) => method === "POST").length;
    same([sends(strict.server), sends(server)], [0, 1], "nothing was sent");
  },

  async "images, songs, speech, transcripts and videos count, by their bills"(world) {
    const { client, server } = local(world, undefined, { budget: 100, models: { [CHAT]: price } });
    const spent = () => server.requests.length;
    await client.images.generate({ prompt: "x", n: 2 });
    await client.music.generate({ prompt: "x" });
    const speech = await client.speech.create({ input: "a text" });
    await speech.bytes();
    await client.transcriptions.create({ audio: new Uint8Array(44_100), mediaType: "audio/wav" });
    const ticket = await client.videos.submit({ prompt: "x" });
    const done = await client.videos.wait(ticket, { intervalMs: 1 });
    await eventually(async () => server.requests.some(({ path }) => path === "/generation"), "the bill of the speech is asked for");
    ok(spent() > 5 && Number(done.usage?.cost) > 0, "all of them went out");
    const account = await (await server.fetch("https://openrouter.ai/api/v1/key", { headers: { authorization: "Bearer sk-or-v1-test" } })).json();
    const { usage } = account.data;
    ok(usage > 0, "the simulator's own sum");
    // The same sum is what the client's budget has left: what is dearer than the rest does not fit, what is cheaper does.
    const left = 100 - usage;
    await eventually(async () => !(await fits(client, Math.ceil((left + 0.02) * 1000))), "a little too dear");
    ok(await fits(client, Math.floor((left - 0.05) * 1000)), "a little cheaper");
  },

  async "what an SDK spends through client.fetch counts, streamed or not, and its answer comes as it was"(world) {
    for (const stream of [true, false]) {
      const { client, server } = local(world, { text: ["one ", "two"], usage: { prompt_tokens: 5, completion_tokens: 3, total_tokens: 8, cost: 0.6 } }, { budget: 1, models: { [CHAT]: price } });
      const response = await client.fetch("https://openrouter.ai/api/v1/chat/completions", { method: "POST", body: JSON.stringify({ ...chat, stream }) });
      same([response.status, response.url, response.headers.get("content-type")?.split(";")[0]], [200, "https://openrouter.ai/api/v1/chat/completions", stream ? "text/event-stream" : "application/json"], "head");
      const text = await response.text();
      ok(stream ? text.trimEnd().endsWith("data: [DONE]") && text.includes("one ") : JSON.parse(text).choices[0].message.content === "one two", text);
      same([await fits(client, 300), await fits(client, 600)], [true, false], `0.60 are spent (stream: ${stream})`);
      same(server.requests.length, 2, "sends");
    }
    const sdk = local(world, undefined, { budget: 1, models: { [EMBEDDER]: price, [CHAT]: price } });
    const embed = (/** @type {string} */ input) => sdk.client.fetch("https://openrouter.ai/api/v1/embeddings", { method: "POST", headers: { authorization: "Bearer k" }, body: JSON.stringify({ model: EMBEDDER, input }) });
    const vectors = await (await embed("a")).json();
    same([vectors.data.length, (await embed("x".repeat(4400))).status, sdk.server.requests.length], [1, 402, 1], "what is no chat, too");
    const keyless = new world.api.OpenRouter({ apiKey: () => Promise.reject(new Error("no key today")), fetch: refusing, budget: 1, models: { [CHAT]: price } });
    const ask = (/** @type {number} */ tokens) => keyless.fetch("https://openrouter.ai/api/v1/chat/completions", { method: "POST", body: JSON.stringify({ ...chat, messages: [{ role: "user", content: "x".repeat(tokens * 4) }] }) });
    for (let times = 0; times < 3; times++) same((await rejection(ask(700))).code, "auth", "what was never sent is not held");
    const refused = local(world, { status: 400 }, { budget: 1, models: { [CHAT]: price } });
    const bad = await refused.client.fetch("https://openrouter.ai/api/v1/chat/completions", { method: "POST", body: JSON.stringify({ ...chat, messages: [{ role: "user", content: "x".repeat(3200) }] }) });
    same([bad.status, await fits(refused.client, 700)], [400, true], "what was refused costs nothing");
    const left = local(world, { text: Array.from({ length: 50 }, () => "word "), chunkDelayMs: 5, usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2, cost: 0.9 } }, { budget: 1, models: { [CHAT]: price } });
    const cut = await left.client.fetch("https://openrouter.ai/api/v1/chat/completions", { method: "POST", body: JSON.stringify({ ...chat, stream: true }) });
    const reader = /** @type {ReadableStream} */ (cut.body).getReader();
    await reader.read();
    await reader.cancel();
    await eventually(async () => left.server.requests.some(({ path }) => path === "/generation"), "the bill is asked for");
    await eventually(async () => left.server.requests[0].aborted, "the connection closes");
  },
};
