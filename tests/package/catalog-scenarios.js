// The catalog as a caller meets it, told once and run in every runtime.
import { eventually, local, ok, question, rejection, same, thrown } from "./scenario-tools.js";

/** @import { World } from "./scenario-tools.js" */

const BASE = "https://openrouter.ai/api/v1";

/** @param {string} id @param {object} [more] */
const row = (id, more) => ({
  id, canonical_slug: `${id}-20260101`, name: id.toUpperCase(), created: 1_780_000_000, description: "line\n\"two\" 😀", context_length: 64_000,
  architecture: { modality: "text+image->text", input_modalities: ["text", "image"], output_modalities: ["text"], tokenizer: "X", instruct_type: null },
  pricing: { prompt: "0.0000025", completion: "0.00001", web_search: "0.01", input_cache_write_1h: "0.000005" },
  top_provider: { context_length: 65_536, max_completion_tokens: 4096, is_moderated: false },
  per_request_limits: null, supported_parameters: ["tools", "max_tokens", "temperature"], supported_voices: null, expiration_date: null, ...more,
});

/**
 * A server of catalogs: what it answers and what it was asked.
 * @param {World} world
 * @param {((url: string, number: number, init: any) => unknown) | object} answer  rows, a Response, or what gives them
 * @param {object} [options]
 */
function shop({ api }, answer, options) {
  /** @type {{ url: string, authorization: string | null }[]} */
  const asked = [];
  const fetch = /** @type {any} */ (async (/** @type {string} */ url, /** @type {any} */ init) => {
    asked.push({ url, authorization: new Headers(init.headers).get("authorization") });
    const given = typeof answer === "function" ? await answer(url, asked.length, init) : answer;
    if (given instanceof Error) throw given;
    return given instanceof Response ? given : new Response(JSON.stringify(Array.isArray(given) ? { data: given } : given));
  });
  return { asked, fetch, client: new api.OpenRouter({ fetch, ...options }) };
}

/** A promise to be kept from outside. */
function gate() {
  /** @type {() => void} */
  let open = () => {};
  const opened = new Promise((resolve) => {
    open = () => resolve(undefined);
  });
  return { open, opened };
}

/** @type {Record<string, (world: World) => Promise<void>>} */
export const catalogScenarios = {
  async "a filter that is none is told with the one that was meant, in lists and scans; the wire's spelling is taken"(world) {
    const { client, server } = local(world);
    const list = await client.models.list(/** @type {any} */ ({ maxPrise: 5, max_price: 5 }));
    same([list.warnings.map(({ rule, path }) => `${rule} ${path}`), list.filters.server], [["names maxPrise"], ["maxPrice"]], "list");
    ok(list.warnings[0].reason.includes("maxPrice") && server.requests[0].path.includes("models"), list.warnings[0].reason);
    const { warnings } = await client.models.scan(/** @type {any} */ ({ minParam: 7, probe: false }));
    ok(warnings.some((/** @type {string} */ line) => line.startsWith("minParam: ") && line.includes("minParams")), warnings.join());
  },

  async "the catalog gives every documented field by name, and the row as it came"(world) {
    const full = row("b/full", {
      reasoning: { mandatory: true, supported_efforts: ["high", "low"], default_effort: "high" }, expiration_date: "2098-12-31", supported_voices: ["alloy"], news: { from: "tomorrow" },
      pricing: { prompt: "0.000002", completion: "0.000012", discount: 0.25, image: "0", overrides: [{ min_prompt_tokens: 200000, prompt: "0.000004" }, { utc_start: "1630", utc_end: "0030", utc_days: [1, "sat"], completion: "0.1" }] },
    });
    const { client, asked } = shop(world, [row("c/plain"), full, row("d/image", { architecture: { modality: "text->image" } })]);
    const list = await client.models.list();
    same(list.map(({ id }) => id), ["b/full", "c/plain", "moonshotai/kimi-k2.5", "moonshotai/kimi-k2.6", "openrouter/auto"], "sorted, with what is bundled, without what gives no text");
    same(asked, [{ url: `${BASE}/models`, authorization: null }], "one request, no key");
    const [{ raw, ...model }] = list;
    same(raw, full, "raw");
    same(model, {
      id: "b/full", name: "B/FULL", created: 1_780_000_000, description: "line\n\"two\" 😀", canonicalSlug: "b/full-20260101", contextWindow: 65_536, maxTokens: 4096,
      input: ["text", "image"], output: ["text"], reasoning: true, supportsTools: true, supportedParameters: ["tools", "max_tokens", "temperature"],
      thinking: { levels: ["low", "high"], default: "high", mandatory: true },
      pricing: { prompt: "0.000002", completion: "0.000012", image: "0", discount: 0.25, overrides: [{ minPromptTokens: 200000, prompt: "0.000004" }, { utcStart: "1630", utcEnd: "0030", utcDays: [1, "sat"], completion: "0.1" }] },
      expirationDate: "2098-12-31", supportedVoices: ["alloy"], isFree: false,
    }, "model");
    same([list.warnings, Math.abs(list.fetchedAtMs - Date.now()) < 10_000, Array.isArray(list)], [[], true, true], "beside the rows");
    const everything = await client.models.list({ all: true });
    same([everything.some(({ id }) => id === "d/image"), asked[1].url], [true, `${BASE}/models?output_modalities=all`], "all");
  },

  async "rows of the older shape are read, and no price drifts"(world) {
    const text = `{"data":[{"id":"a/old","created_at":1700000000000,"modality":"text+image->text","context_length":"8192","max_output_tokens":512,
      "pricing":{"prompt":2.5e-7,"completion":0.00000123456789012345678,"request":"0","image":null,"odd":"free","discount":"0.5"}},
      {"id":"b/bare"},{"id":"c/router","pricing":{"prompt":"-1","completion":"-1"}},{"id":"d/zero","pricing":{"prompt":0,"completion":"0.000"}}]}`;
    const { client } = shop(world, () => new Response(text));
    const list = await client.models.list();
    const [old, bare, router, zero] = list;
    same([old.created, old.input, old.contextWindow, old.maxTokens, old.assumed, old.supportsTools], [1_700_000_000, ["text", "image"], 8192, 512, undefined, undefined], "old");
    same(old.pricing, { prompt: "0.00000025", completion: "0.00000123456789012345678", request: "0", discount: 0.5 }, "prices");
    same(list.warnings, [{ rule: "catalog", path: "data[0].pricing.odd", reason: "is no decimal number: the price was left out" }], "told");
    same([bare.name, bare.contextWindow, bare.maxTokens, bare.assumed, bare.input, bare.output, bare.reasoning], ["b/bare", 200_000, 8192, ["contextWindow", "maxTokens"], ["text"], ["text"], false], "bare");
    same([router.pricing, router.isFree, zero.isFree, zero.pricing], [{ isUnknown: true }, false, true, { prompt: "0", completion: "0.000" }], "routers and zeros");
  },

  async "a model is found by every name it has"(world) {
    const target = row("author/family-5", { supported_parameters: ["tools", "reasoning"], top_provider: { context_length: 9000, max_completion_tokens: 90 } });
    const alias = row("~author/family-latest", { alias_target: { name: "Family 5", slug: "author/family-5" }, supported_parameters: [], top_provider: {}, context_length: 1 });
    const { client, asked } = shop(world, [target, alias, row("author/family-5:free"), row("x/same"), row("y/same")], { models: { "author/family-5": { alias: "Five" } } });
    for (const [name, id] of /** @type {[string, string | undefined][]} */ ([
      ["author/family-5", "author/family-5"], ["openrouter/author/family-5", "author/family-5"], ["Author/Family-5", "author/family-5"], ["five", "author/family-5"],
      ["author/family-5-20260101", "author/family-5"], ["author/family-5:nitro", "author/family-5"], ["author/family-5:free", "author/family-5:free"],
      ["author/family-5:free:online", "author/family-5:free"], ["author/family-5@preset/mine", "author/family-5"], ["family-5", "author/family-5"],
      ["~author/family-latest", "~author/family-latest"], ["openrouter/~author/family-latest", "~author/family-latest"], ["auto", "openrouter/auto"], ["openrouter:auto", "openrouter/auto"],
      ["author/family-5:batch", undefined], ["same", undefined], ["nobody/nothing", undefined],
    ])) same((await client.models.get(name))?.id, id, name);
    const latest = await client.models.get("~author/family-latest");
    same([latest?.aliasTarget, latest?.contextWindow, latest?.maxTokens, latest?.supportsTools, latest?.reasoning], ["author/family-5", 9000, 90, true, true], "the alias can what its target can");
    for (let again = 0; again < 5; again++) await client.models.get("nobody/nothing");
    same(asked.map(({ url }) => url), [`${BASE}/models`, `${BASE}/models?output_modalities=all`], "what is missing is not asked for again");
    const mine = await client.models.get("five");
    /** @type {any} */ (mine).input.push("changed");
    same((await client.models.get("five"))?.input, ["text", "image"], "what is given is the caller's own");
    same([(await rejection(client.models.get(" "))).code, thrown(() => new world.api.OpenRouter({ catalogTtlMs: -1 })).code, (await rejection(client.models.list(/** @type {any} */ ({ refresh: 1 })))).message], ["invalid-request", "invalid-request", "refresh: must be true or false"], "bad input");
  },

  async "one fetch serves all who ask, and who leaves takes nobody along"(world) {
    const { open, opened } = gate();
    const { client, asked } = shop(world, async () => (await opened, [row("a/b")]));
    const controller = new AbortController();
    const leaving = client.models.list({ signal: controller.signal });
    const others = [client.models.list(), client.models.get("a/b"), client.models.list({ refresh: true })];
    await eventually(async () => asked.length > 0, "the fetch");
    controller.abort(new Error("left"));
    same((await rejection(leaving)).message, "left", "the one that left");
    open();
    await Promise.all(others);
    same(asked.length, 1, "fetches");
    same((await rejection(client.models.list({ signal: AbortSignal.abort(new Error("before")) }))).message, "before", "aborted before");
  },

  async "a fetch that nobody waits for ends, and the next one is new"(world) {
    /** @type {AbortSignal[]} */
    const signals = [];
    const { client } = shop(world, (/** @type {string} */ _, /** @type {number} */ number, /** @type {any} */ { signal }) => (signals.push(signal), number === 1 ? new Promise(() => {}) : [row("a/b")]));
    const controller = new AbortController();
    const leaving = client.models.list({ signal: controller.signal });
    await eventually(async () => signals.length === 1, "the fetch");
    controller.abort(new Error("left"));
    const [error, list] = await Promise.all([rejection(leaving), client.models.list()]);
    same([error.message, list.length, signals.map(({ aborted }) => aborted)], ["left", 4, [true, false]], "ends");
  },

  async "stale rows come at once, a refresh that fails is told and leaves them"(world) {
    const { open, opened } = gate();
    const { client, asked } = shop(world, async (/** @type {string} */ _, /** @type {number} */ number) => {
      if (number === 1) return [row("a/one")];
      await opened;
      return number === 2 ? new Response("no", { status: 403 }) : [row("a/two")];
    }, { catalogTtlMs: 0 });
    await client.models.list();
    await new Promise((resolve) => setTimeout(resolve, 2));
    const stale = await client.models.list();
    same([stale[0].id, stale.warnings], ["a/one", []], "stale, while the refresh hangs");
    open();
    const told = async () => (await client.models.list()).warnings[0];
    await eventually(async () => Boolean(await told()), "the failure is told");
    const warning = await told();
    ok(warning?.path === "refresh" && /OpenRouter \/models failed.*403/.test(warning.reason), JSON.stringify(warning));
    same([asked.length, (await client.models.list())[0].id], [2, "a/one"], "not tried with every list");
    const fresh = await client.models.list({ refresh: true });
    same([fresh[0].id, fresh.warnings], ["a/two", []], "refreshed");
  },

  async "the catalog is kept in whatever can keep it"(world) {
    const { createCatalogCache } = world.api;
    const values = new Map();
    const kv = { get: async (/** @type {string} */ name) => values.get(name) ?? null, put: async (/** @type {string} */ name, /** @type {string} */ text) => void values.set(name, text), delete: async () => {} };
    const web = { getItem: (/** @type {string} */ name) => values.get(name) ?? null, setItem: (/** @type {string} */ name, /** @type {string} */ text) => void values.set(name, text), removeItem() {} };
    const storages = [new Map(), kv, web, ...(typeof caches === "undefined" ? [] : [await caches.open(`test-${Math.random()}`)])];
    for (const storage of storages) {
      values.clear();
      const first = shop(world, [row("a/ä漢")], { catalogCache: createCatalogCache(/** @type {any} */ (storage)) });
      const { fetchedAtMs } = await first.client.models.list();
      const second = shop(world, [row("a/never")], { catalogCache: createCatalogCache(/** @type {any} */ (storage)) });
      const list = await second.client.models.list();
      same([list[0].id, list.fetchedAtMs, second.asked.length, list.warnings], ["a/ä漢", fetchedAtMs, 0, []], "from the cache");
      const elsewhere = shop(world, [row("a/other")], { baseURL: "https://proxy.test/v1", catalogCache: createCatalogCache(/** @type {any} */ (storage)) });
      same([(await elsewhere.client.models.list())[0].id, elsewhere.asked[0].url], ["a/other", "https://proxy.test/v1/models"], "another base");
    }
    for (const broken of [
      { read: async () => { throw new Error("disk on fire"); }, write: async () => { throw new Error("full"); } },
      { read: async () => ({ text: "<html>", storedAtMs: Date.now() }), write: async () => { throw new Error("full"); } },
    ]) {
      const { client } = shop(world, [row("a/b")], { catalogCache: broken });
      const { length, warnings } = await client.models.list();
      same([length, warnings.map(({ reason }) => reason.split(": ")[0])], [4, ["could not be read", "could not be written"]], JSON.stringify(warnings));
    }
    const hanging = shop(world, [row("a/b")], { catalogCache: { read: () => new Promise(() => {}), write: () => new Promise(() => {}) } });
    const late = await hanging.client.models.list(/** @type {any} */ ({ timeoutMs: 500 }));
    same([late.length, late.warnings.map(({ reason }) => reason)], [4, ["could not be read: it did not answer within 500 ms", "could not be written: it did not answer within 500 ms"]], "a cache that hangs");
    for (const wrong of [{}, 5, null, { get() {} }]) same(thrown(() => createCatalogCache(/** @type {any} */ (wrong))).code, "invalid-request", "no storage");
  },

  async "broken rows are lost and said, the others stay"(world) {
    const { client } = shop(world, () => new Response(`{"data":[{"id":"a/b"},5,{"name":"no id"},{"id":""},{"id":7},{"id":"a/b","name":"again"},null,{"id":"c/d","pricing":"?"}]}`));
    const list = await client.models.list();
    same(list.map(({ id }) => id).slice(0, 2), ["a/b", "c/d"], "rows");
    same(list.warnings.map(({ path }) => path), ["data[1]", "data[2].id", "data[3].id", "data[4].id", "data[6]", "data[5].id"], "places");
    same([...(await shop(world, []).client.models.list())], [], "an empty catalog is empty");
  },

  async "an answer that is no catalog is an error that says what it is"(world) {
    for (const [body, status, code, message] of /** @type {[string, number, string, RegExp][]} */ ([
      ["<!doctype html><title>Sorry</title>", 200, "bad-response", /HTML page/],
      ["", 200, "bad-response", /empty body/],
      ['{"data":[{"id":"a/b"},', 200, "bad-response", /malformed JSON/],
      ['{"error":{"message":"x"}}', 200, "bad-response", /no list of models/],
      ['{"data":[],"links":{"next":"https://evil.test/page"}}', 200, "bad-response", /links\.next/],
      ['{"error":{"code":401,"message":"No auth"}}', 401, "auth", /No auth/],
      ['{"error":{"code":403,"message":"Not here"}}', 403, "forbidden", /HTTP 403/],
    ])) {
      const { client } = shop(world, () => new Response(body, { status }), { apiKey: "sk-or-v1-0123456789abcdef" });
      const error = await rejection(client.models.list());
      ok(error.code === code && message.test(error.message) && error.message.startsWith("OpenRouter /models failed"), `${body}: ${error.code} ${error.message}`);
    }
    const { asked, client } = shop(world, [row("a/b")], { apiKey: "sk-or-v1-0123456789abcdef" });
    await client.models.list();
    same(asked[0].authorization, "Bearer sk-or-v1-0123456789abcdef", "a key goes along where there is one");
  },

  async "a body without end and one that stalls are left"(world) {
    let pulled = 0, isCancelled = false;
    const endless = () => new Response(new ReadableStream({
      pull(controller) {
        pulled += 1 << 20;
        controller.enqueue(new Uint8Array(1 << 20).fill(32));
      },
      cancel() {
        isCancelled = true;
      },
    }));
    const error = await rejection(shop(world, endless).client.models.list());
    ok(error.code === "limit" && pulled < 20 << 20 && isCancelled, `${error.code} ${error.message} ${pulled}`);
    same((await rejection(shop(world, endless, { limits: { maxJsonBytes: 3 << 20 } }).client.models.list())).message, "OpenRouter /models failed: the answer is longer than 3145728 bytes", "its own limit");
    const stalled = () => new Response(new ReadableStream({ start: (controller) => controller.enqueue(new TextEncoder().encode('{"data":[')) }));
    const late = await rejection(shop(world, stalled).client.models.list(/** @type {any} */ ({ timeoutMs: 60 })));
    same([late.code, late.message], ["timeout", "OpenRouter /models failed: no whole answer within 60 ms"], "stalled");
  },

  async "what a fetch gives that is no answer is an error of the package's"(world) {
    for (const given of [undefined, null, 5, {}, { status: 200 }, { headers: new Headers() }, { status: 500, headers: {} }]) {
      const client = new world.api.OpenRouter({ fetch: /** @type {any} */ (async () => given) });
      const error = await rejection(client.models.list());
      same([error.code, error.message], ["network", "OpenRouter /models failed: fetch resolved to something that is no Response"], JSON.stringify(given) ?? "undefined");
    }
  },

  async "pages are followed to the last, by their query alone"(world) {
    const pages = (/** @type {string} */ url) => {
      const offset = Number(new URL(url).searchParams.get("offset") ?? 0);
      return { data: [row(`a/m${offset}`), row(`a/n${offset}`)], links: { next: offset < 4 ? `https://evil.test/steal?offset=${offset + 2}` : null } };
    };
    const { client, asked } = shop(world, pages, { apiKey: "sk-or-v1-0123456789abcdef" });
    const list = await client.models.list();
    same(list.filter(({ id }) => id.startsWith("a/")).map(({ id }) => id), ["a/m0", "a/m2", "a/m4", "a/n0", "a/n2", "a/n4"], "rows of three pages");
    same(asked.map(({ url }) => url), [`${BASE}/models`, `${BASE}/models?offset=2`, `${BASE}/models?offset=4`], "the key goes to the base alone");
    const circle = shop(world, { data: [row("a/b")], links: { next: "?offset=1" } });
    ok((await rejection(circle.client.models.list())).message.includes("circle") && circle.asked.length === 2, "a circle");
    const endless = shop(world, (/** @type {string} */ url) => ({ data: [row(`a/m${asked.length}`)], links: { next: `?offset=${Number(new URL(url).searchParams.get("offset") ?? 0) + 1}` } }));
    const { warnings } = await endless.client.models.list();
    same([endless.asked.length, warnings.some(({ path }) => path === "links.next")], [50, true], "fifty pages");
  },

  async "requests go by the catalog once it is loaded, and never wait for it"(world) {
    const models = [
      row("a/text", { architecture: { input_modalities: ["text"], output_modalities: ["text"] }, supported_parameters: ["temperature"], reasoning: { mandatory: true, supported_efforts: ["low", "high"] } }),
    ];
    const { client, asked, fetch } = shop(world, models);
    const request = { model: "a/text", messages: [{ role: /** @type {const} */ ("user"), content: [{ type: "text", text: "hi" }, { type: "image_url", image_url: { url: "https://x.test/a.png" } }] }], tools: [{ name: "f", parameters: {} }], top_p: 1, thinking: "off" };
    const before = await client.prepare(/** @type {any} */ (request));
    same([asked.length, before.body.tools.length, before.body.reasoning], [0, 1, undefined], "nothing is known");
    await client.models.list();
    const after = await client.prepare(/** @type {any} */ (request));
    same([after.body.tools, after.body.reasoning, after.body.max_completion_tokens], [undefined, { effort: "low" }, undefined], "known");
    ok(!JSON.stringify(after.body.messages).includes("a.png"), "no image for a model that sees none");
    ok(after.warnings.some(({ path }) => path === "top_p"), JSON.stringify(after.warnings));
    const most = await client.prepare({ model: "a/text", messages: question, max_tokens: 1e6 });
    same(most.body.max_completion_tokens, 4096, "a limit is capped");
    const own = new world.api.OpenRouter({ fetch, models: { "a/text": { supportsTools: true } } });
    await own.models.list();
    same((await own.prepare(/** @type {any} */ (request))).body.tools.length, 1, "what the caller says wins");
    const map = new Map();
    const seller = shop(world, models, { catalogCache: world.api.createCatalogCache(map) });
    await seller.client.models.list();
    const stored = shop(world, models, { catalogCache: world.api.createCatalogCache(map) });
    same([(await stored.client.prepare(/** @type {any} */ (request))).body.tools, stored.asked.length], [undefined, 0], "from a cache, without a fetch");
    const hanging = shop(world, models, { catalogCache: { read: () => new Promise(() => {}), write: async () => {} } });
    same((await hanging.client.prepare(/** @type {any} */ (request))).body.tools.length, 1, "a cache that hangs");
  },

  async "client.fetch goes by the catalog as chat does, once it is loaded"(world) {
    const rows = [row("a/text", { supported_parameters: ["temperature"], reasoning: { mandatory: true, supported_efforts: ["low", "high"] } })];
    /** @type {any[]} */
    const sent = [];
    const { client } = shop(world, (/** @type {string} */ url, /** @type {number} */ _, /** @type {any} */ init) => (url.endsWith("/models") ? rows : (sent.push(JSON.parse(init.body)), { choices: [] })), { apiKey: "k" });
    const body = JSON.stringify({ model: "a/text", messages: question, max_tokens: 1e6, tools: [{ type: "function", function: { name: "f", parameters: {} } }] });
    const ask = () => client.fetch(`${BASE}/chat/completions`, { method: "POST", body });
    await ask();
    same(sent[0].tools.length, 1, "nothing is known");
    await client.models.list();
    await ask();
    same([sent[1].tools, sent[1].max_completion_tokens], [undefined, 4096], "no tools for a model that takes none, a limit that is capped");
    same((await client.fetch(`${BASE}/chat/completions`, { method: "POST", body: "{" })).status, 400, "what is no JSON is refused as before");
  },
};
