// Calls that are no chat, of clients that know no price yet: estimated before they are sent. Told once and run in every runtime.
import { eventually, local, ok, question, rejection, same } from "./scenario-tools.js";

/** @import { World } from "./scenario-tools.js" */

const EMBEDDER = "openai/text-embedding-3-small";
/** Bytes of sound: four seconds of it. */
const sound = new Uint8Array(64_000);

/** Every call that may cost something, and what it costs at least by the simulator's prices. @type {[name: string, call: (client: any) => Promise<any>, leastUsd: number][]} */
const CALLS = [
  ["embeddings", (client) => client.embeddings.create({ model: EMBEDDER, input: "x".repeat(8000) }), 0.00003],
  ["rerank", (client) => client.rerank({ model: "cohere/rerank-v3.5", query: "q", documents: ["a", "b"] }), 0.0009],
  ["decide", (client) => client.decide({ model: "typesafe/jev-1.14", state: "s".repeat(4000), questions: { q: { type: "boolean", instructions: "?" } } }), 0.00003],
  ["images", (client) => client.images.generate({ prompt: "x" }), 0.07],
  ["music", (client) => client.music.generate({ prompt: "x" }), 0.07],
  ["speech", (client) => client.speech.create({ input: "a text that is spoken" }), 0.00001],
  ["transcriptions", (client) => client.transcriptions.create({ audio: sound, mediaType: "audio/wav" }), 0.00004],
  ["videos", (client) => client.videos.submit({ prompt: "x" }), 1],
  ["describe a video", (client) => client.videos.describe({ video: new Uint8Array(100_000), mediaType: "video/mp4" }), 0.00005],
  ["describe an image", (client) => client.images.describe({ image: new Uint8Array(900), mediaType: "image/png" }), 0.0003],
  ["describe a sound", (client) => client.transcriptions.describe({ audio: sound, mediaType: "audio/wav" }), 0.00004],
  ["search", (client) => client.search("who", { cacheTtlMs: 0 }), 0.000002],
];
const LISTS = ["/models", "/videos/models"];

/** @param {any} server @param {string[]} [paths] */
const countOf = (server, paths = LISTS) => server.requests.filter((/** @type {any} */ { path }) => paths.includes(path)).length;
/** What was sent that may be billed. @param {any} server */
const billedOf = (server) => server.requests.filter((/** @type {any} */ { method }) => method === "POST").length;

/** @param {Promise<any>} promise */
const codeOf = (promise) => promise.then(() => "ok", (error) => error.code);

/** @type {Record<string, (world: World) => Promise<void>>} */
export const callPriceScenarios = {
  async "a fresh client estimates every call before it is sent: one list of prices, and nothing that is billed where the budget is too small"(world) {
    for (const [name, call, leastUsd] of CALLS) {
      const { client, server } = local(world, undefined, { budget: leastUsd / 2 });
      const error = await rejection(call(client));
      ok(error.code === "budget" && /the next call, to \S+, costs about \$/.test(error.message), `${name}: ${error.message}`);
      same([countOf(server), billedOf(server)], [1, 0], `${name}: lists, sends`);
      same([(await rejection(call(client))).code, countOf(server), billedOf(server)], ["budget", 1, 0], `${name}: the list is kept`);
    }
  },

  async "what fits is sent, and the list of prices is asked for once, however many calls there are at a time"(world) {
    for (const [name, call] of CALLS) {
      const { client, server } = local(world, undefined, { budget: 100 });
      await Promise.all([call(client), call(client)]);
      await call(client);
      same([countOf(server), billedOf(server)], [1, 3], `${name}: lists, sends`);
      const free = local(world);
      await call(free.client);
      same(countOf(free.server), 0, `${name}: without a budget nobody asks for prices`);
    }
    const { client, server } = local(world, undefined, { budget: 100 });
    for (const [name, call] of CALLS) if (name !== "videos") await call(client);
    await client.chat({ model: "openai/gpt-4o-mini", messages: question }).result();
    same(countOf(server), 1, "one list for all of them, chats too");
  },

  async "a budget of nothing is used up, for every call"(world) {
    for (const budget of [0, { maxUsd: 0 }]) {
      for (const [name, call] of CALLS) {
        const { client, server } = local(world, undefined, { budget });
        const error = await rejection(call(client));
        ok(error.code === "budget" && error.message.includes("is used up"), `${name}: ${error.message}`);
        same(billedOf(server), 0, name);
      }
    }
  },

  async "a list of prices that cannot be had is told, and requirePrice decides"(world) {
    // All at a time: a list that fails is waited for.
    await Promise.all([{ status: 500 }, { status: 404 }, { networkError: true }].flatMap((script) => CALLS.map(async ([name, call]) => {
      /** @type {string[]} */
      const said = [];
      const { client, server } = local(world, undefined, { budget: 1, maxRetries: 0, logger: { warn: (/** @type {string} */ line) => said.push(line) } });
      for (const path of LISTS) server.onRequest(path, /** @type {any} */ (script));
      const result = await call(client);
      // Each bill tells itself, so that only what has none is told to be unknown.
      if (name === "speech") ok(result.warnings?.some((/** @type {string} */ line) => /the price of .* is not known \(.+\): only/.test(line)), `${name}: ${result.warnings}`);
      if (name === "videos") ok(said.some((line) => /the price of .* is not known \(.+\): only/.test(line)), `${name}: ${said}`);
      const lists = countOf(server);
      await call(client);
      if (name !== "videos") same(countOf(server), lists, `${name}: not asked for again at once`);
      same(billedOf(server), 2, `${name}: sent`);
      const strict = local(world, undefined, { budget: { requirePrice: true }, maxRetries: 0 });
      for (const path of LISTS) strict.server.onRequest(path, /** @type {any} */ (script));
      const error = await rejection(call(strict.client));
      ok(error.code === "budget" && /is not known \(.+\), and budget\.requirePrice refuses/.test(error.message), `${name}: ${error.message}`);
      same(billedOf(strict.server), 0, `${name}: refused`);
    })));
  },

  async "with requirePrice a fresh client has a price to go by, and refuses a model that has none"(world) {
    for (const [name, call] of CALLS) {
      const { client } = local(world, undefined, { budget: { requirePrice: true } });
      same(await codeOf(call(client)), "ok", name);
    }
    const { client, server } = local(world, undefined, { budget: { requirePrice: true } });
    for (const call of [() => client.embeddings.create({ model: "nobody/knows", input: "a" }), () => client.videos.submit({ model: "nobody/knows", prompt: "x" }), () => client.music.generate({ model: "nobody/knows", prompt: "x" })]) {
      const error = await rejection(call());
      ok(error.code === "budget" && error.message.includes("nobody/knows is not known, and budget.requirePrice"), error.message);
    }
    same(billedOf(server), 0, "nothing was sent");
  },

  async "of a call that takes several requests all fit, or none is sent"(world) {
    const many = Array.from({ length: 10 }, () => "x".repeat(8000));
    // Each of two thousand tokens comes to 0.00004 USD.
    const texts = local(world, undefined, { budget: 0.0003 });
    same([await codeOf(texts.client.embeddings.create({ model: EMBEDDER, input: many, maxBatchInputs: 1 })), billedOf(texts.server)], ["budget", 0], "ten batches");
    same([await codeOf(texts.client.embeddings.create({ model: EMBEDDER, input: many.slice(0, 7), maxBatchInputs: 1 })), billedOf(texts.server)], ["ok", 7], "nothing of it is held any more");
    const images = local(world, undefined, { budget: 0.2 });
    same([await codeOf(images.client.images.generate({ prompt: "x", n: 3 })), billedOf(images.server)], ["budget", 0], "three images at 0.077");
    same(await codeOf(images.client.images.generate({ prompt: "x", n: 2 })), "ok", "two of them");
    const failing = local(world, undefined, { budget: 0.0003 });
    failing.server.onRequest("POST /embeddings", { status: 400, times: 1 });
    same(await codeOf(failing.client.embeddings.create({ model: EMBEDDER, input: many.slice(0, 7), maxBatchInputs: 1, concurrency: 1 })), "invalid-request", "the first one fails");
    same(await codeOf(failing.client.embeddings.create({ model: EMBEDDER, input: many.slice(0, 7), maxBatchInputs: 1 })), "ok", "what was not sent is not held");
  },

  async "what is wrong with a request is told before prices are asked for; a wait for them ends with the call's signal and its time limit"(world) {
    const { client, server } = local(world, undefined, { budget: 1 });
    for (const call of [
      () => client.embeddings.create({ model: EMBEDDER, input: /** @type {any} */ ([1, "a"]) }), () => client.rerank({ model: "m", query: "q", documents: [] }), () => client.images.generate({ prompt: "" }),
      () => client.decide({ model: "m", state: "s", questions: {} }), () => client.speech.create({ input: "" }), () => client.music.generate({ prompt: "" }), () => client.videos.submit({ prompt: "" }),
      () => client.transcriptions.create({ audio: new Uint8Array(0) }), () => client.videos.describe({ video: /** @type {any} */ (5) }),
    ]) same((await rejection(call())).code, "invalid-request", String(call));
    same(server.requests.length, 0, "nothing was asked for");
    const waiting = (/** @type {(client: any, more: object) => Promise<any>} */ call, /** @type {object} */ more) => {
      const slow = local(world, undefined, { budget: 1 });
      for (const path of LISTS) slow.server.onRequest(path, { delayMs: 4000 });
      return { ...slow, ended: rejection(call(slow.client, more)) };
    };
    const embed = (/** @type {any} */ one, /** @type {object} */ more) => one.embeddings.create({ model: EMBEDDER, input: "a", ...more });
    const video = (/** @type {any} */ one, /** @type {object} */ more) => one.videos.submit({ prompt: "x", ...more });
    for (const call of [embed, video]) {
      const controller = new AbortController();
      const left = waiting(call, { signal: controller.signal });
      await eventually(async () => countOf(left.server) === 1, "prices are asked for");
      controller.abort("enough");
      same([await left.ended, billedOf(left.server)], ["enough", 0], "the caller's reason");
      const late = waiting(call, { timeoutMs: 60 });
      same([(await late.ended).code, billedOf(late.server)], ["timeout", 0], "its time limit");
    }
  },

  async "a model that extraBody puts into a call is the one that is priced"(world) {
    const price = (/** @type {string} */ prompt) => ({ pricing: { prompt, completion: "0" } });
    const options = { budget: 1, models: { "cheap/one": price("0.000001"), "dear/one": price("1") } };
    const { client, server } = local(world, undefined, options);
    for (const call of [
      () => client.embeddings.create({ model: "cheap/one", input: "a text of some length", extraBody: { model: "dear/one" } }),
      () => client.rerank({ model: "cheap/one", query: "query", documents: ["a document"], extraBody: { models: ["dear/one"] } }),
      () => client.music.generate({ model: "cheap/one", prompt: "a song of some length", extraBody: { model: "dear/one" } }),
    ]) {
      const error = await rejection(call());
      ok(error.code === "budget", `${call}: ${error.message}`);
    }
    same(server.requests.length, 0, "prices of the client's own need no list");
  },

  async "what an SDK sends through client.fetch is estimated, too, however its body is written"(world) {
    const BASE = "https://openrouter.ai/api/v1";
    const text = JSON.stringify({ model: EMBEDDER, input: "x".repeat(8000) });
    const form = new FormData();
    form.set("model", "openai/whisper-large-v3-turbo");
    form.set("file", new Blob([sound]), "a.wav");
    /** @type {[name: string, args: () => [any, any?], budget: number][]} */
    const table = [
      ["text", () => [`${BASE}/embeddings`, { method: "POST", body: text }], 0.00001],
      ["bytes", () => [`${BASE}/embeddings`, { method: "POST", body: new TextEncoder().encode(text) }], 0.00001],
      ["a Request", () => [new Request(`${BASE}/embeddings`, { method: "POST", body: text })], 0.00001],
      ["a form", () => [`${BASE}/audio/transcriptions`, { method: "POST", body: form }], 0.00001],
      ["images", () => [`${BASE}/images`, { method: "POST", body: JSON.stringify({ model: "google/gemini-3.1-flash-image-preview", prompt: "x", n: 2 }) }], 0.1],
      ["speech", () => [`${BASE}/audio/speech`, { method: "POST", body: JSON.stringify({ model: "hexgrad/kokoro-82m", input: "x".repeat(100), voice: "af_bella" }) }], 0.00003],
      ["a video", () => [`${BASE}/videos`, { method: "POST", body: JSON.stringify({ model: "google/veo-3.1-fast", prompt: "x", duration: 8 }) }], 1],
    ];
    for (const [name, args, budget] of table) {
      const small = local(world, undefined, { budget });
      const response = await small.client.fetch(...args());
      const { error } = await response.json();
      ok(response.status === 402 && error.message.includes("costs about"), `${name}: ${response.status} ${error?.message}`);
      same([countOf(small.server), billedOf(small.server)], [1, 0], `${name}: lists, sends`);
      const enough = local(world, undefined, { budget: 10 });
      const [input, init] = args();
      const answer = await enough.client.fetch(input, input instanceof Request ? { headers: { authorization: "Bearer sk-or-v1-test" } } : { ...init, headers: { authorization: "Bearer sk-or-v1-test" } });
      await answer.arrayBuffer();
      ok(answer.status !== 402, `${name}: ${answer.status}`);
      same([countOf(enough.server), billedOf(enough.server)], [1, 1], `${name}: lists, sends`);
    }
    const { client, server } = local(world, undefined, { budget: 1 });
    await client.fetch(`${BASE}/auth/keys/code`, { method: "POST", body: JSON.stringify({ callback_url: "https://a.example" }) });
    same(countOf(server), 0, "what names no model has no price to look for");
  },
};
