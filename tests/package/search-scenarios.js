// Web search as a caller meets it, told once and run in every runtime.
import { collect, local, ofType, ok, question, rejection, same } from "./scenario-tools.js";

/** @import { World } from "./scenario-tools.js" */

const PERPLEXITY_KEY = "pplx-0123456789abcdef0123456789abcdef";
const OPENROUTER_KEY = "sk-or-v1-0123456789abcdef0123456789abcdef";

/** A fetch that answers in turn and keeps what it was asked. @param {...unknown} answers */
function answering(...answers) {
  /** @type {any[]} */
  const sent = [];
  const fetch = /** @type {any} */ (async (/** @type {any} */ url, /** @type {any} */ init) => {
    sent.push({ url: String(url), headers: Object.fromEntries(init.headers), body: JSON.parse(init.body) });
    const answer = answers[Math.min(sent.length, answers.length) - 1];
    return answer instanceof Response ? answer.clone() : new Response(JSON.stringify(answer));
  });
  return { sent, fetch };
}

const chatAnswer = { choices: [{ message: { role: "assistant", content: "Found [1]" } }], citations: ["https://a.example"] };

/** @type {Record<string, (world: World) => Promise<void>>} */
export const searchScenarios = {
  async "a search goes where its key belongs, and the key nowhere else"({ api: { OpenRouter } }) {
    const table = /** @type {[object, object, string, string][]} */ ([
      [{ apiKey: OPENROUTER_KEY }, {}, "https://openrouter.ai/api/v1/chat/completions", OPENROUTER_KEY],
      [{ apiKey: OPENROUTER_KEY }, { apiKey: PERPLEXITY_KEY }, "https://api.perplexity.ai/search", PERPLEXITY_KEY],
      [{ apiKey: "mine" }, { env: { PERPLEXITY_API_KEY: "any", OPENROUTER_API_KEY: OPENROUTER_KEY } }, "https://api.perplexity.ai/search", "any"],
      [{ apiKey: "mine" }, { env: { OPENROUTER_API_KEY: OPENROUTER_KEY } }, "https://openrouter.ai/api/v1/chat/completions", OPENROUTER_KEY],
      [{ apiKey: "mine", baseURL: "https://proxy.example/v1" }, {}, "https://proxy.example/v1/chat/completions", "mine"],
      [{ apiKey: "mine", search: { perplexityApiKey: "p", model: "sonar" } }, {}, "https://api.perplexity.ai/chat/completions", "p"],
    ]);
    for (const [client, options, url, key] of table) {
      const { sent, fetch } = answering({ results: [], ...chatAnswer });
      const found = await new OpenRouter({ ...client, fetch }).search("news", options);
      same(found.error, undefined, url);
      same([sent[0].url, sent[0].headers.authorization], [url, `Bearer ${key}`], url);
    }
    const { sent, fetch } = answering(chatAnswer);
    const refused = await new OpenRouter({ apiKey: "mine", fetch }).search("news", { baseURL: "https://other.example/v1" });
    same([refused.error, sent.length], ["missing_perplexity_api_key", 0], "the client's key stays at home");
    same((await new OpenRouter({ fetch }).search("news")).error, "missing_perplexity_api_key", "no key at all");
  },

  async "an answer is remembered for a while, a failure is not"({ api: { OpenRouter } }) {
    const { sent, fetch } = answering(new Response("{}", { status: 502 }), chatAnswer);
    const client = new OpenRouter({ apiKey: OPENROUTER_KEY, fetch });
    const error = await rejection(client.search("news"));
    ok(error.message.startsWith("Perplexity API error (HTTP 502)") && !error.message.includes(OPENROUTER_KEY), error.message);
    const first = /** @type {any} */ (await client.search("news"));
    ok(first.content.includes("Found [1]") && first.content.startsWith("<<<EXTERNAL_UNTRUSTED_CONTENT>>>"), first.content);
    same([first.cached, first.citations, first.model], [false, ["https://a.example"], "perplexity/sonar-pro"], "asked");
    first.citations.push("spoiled");
    const second = /** @type {any} */ (await client.search("news"));
    same([second.cached, second.citations, sent.length], [true, ["https://a.example"], 2], "remembered");
    same(/** @type {any} */ (await client.search("news", { freshness: "day" })).cached, false, "another question");
    same(/** @type {any} */ (await client.search("news", { cacheTtlMs: 0 })).cached, false, "switched off");
    for (const cacheTtlMs of [-1, NaN]) same((await rejection(client.search("news", { cacheTtlMs }))).message, "cacheTtlMs: must be 0 or more milliseconds", `${cacheTtlMs}`);
    same(sent.length, 4, "requests");
  },

  async "a search says what is wrong with it, ends when it is aborted, and keeps the key out of errors"({ api: { OpenRouter } }) {
    const { sent, fetch } = answering(new Response(`bad key ${OPENROUTER_KEY}`, { status: 401 }));
    const client = new OpenRouter({ apiKey: OPENROUTER_KEY, fetch });
    for (const [query, options, place] of /** @type {[any, any, string][]} */ ([
      ["", {}, "query:"], [5, {}, "query:"], ["x", { count: "5" }, "count:"], ["x", { domainFilter: "a" }, "domainFilter:"], ["x", { signal: 1 }, "signal:"],
    ])) {
      const error = await rejection(client.search(query, options));
      ok(error.code === "invalid-request" && error.message.startsWith(place), `${place} ${error.message}`);
    }
    same(sent.length, 0, "nothing was sent");
    const refused = await rejection(client.search("x"));
    ok(refused.code === "auth" && !JSON.stringify([refused, refused.message]).includes(OPENROUTER_KEY), refused.message);
    const silent = new OpenRouter({ apiKey: "k", fetch: /** @type {any} */ (() => new Promise(() => {})) });
    const controller = new AbortController();
    const waiting = rejection(silent.search("x", { signal: controller.signal }));
    setTimeout(() => controller.abort(new Error("enough")), 10);
    same((await waiting).message, "enough", "aborted");
    same((await rejection(silent.search("x", { timeoutMs: 20 }))).code, "timeout", "too slow");
  },

  async "a model searches by itself"(world) {
    const scripts = [{ toolCalls: [{ name: "web_search", arguments: { query: "rust", count: 2 } }] }, { text: "Found it." }];
    const { server, client } = local(world, scripts);
    const searched = answering({ ...chatAnswer, results: [{ title: "T", url: "https://a.example/x", snippet: "S" }] });
    const searcher = new world.api.OpenRouter({ apiKey: "k", fetch: searched.fetch, search: { apiKey: PERPLEXITY_KEY } });
    const events = await collect(client.chat({ messages: question, tools: [searcher.searchTool()] }));
    same(searched.sent[0].body, { query: "rust", max_results: 2 }, "what was looked for");
    const [{ output }] = ofType(events, "tool-result");
    same([output.results[0].siteName, output.results.length], ["a.example", 1], "what came");
    const told = server.requests[1].body.messages.at(-1);
    ok(told.role === "tool" && told.content.includes("EXTERNAL_UNTRUSTED_CONTENT"), told.content);
  },

  async "a model is told of sources inside the marks alone"(world) {
    const { server, client } = local(world, [{ toolCalls: [{ name: "web_search", arguments: { query: "rust" } }] }, { text: "Found it." }]);
    const searched = answering({ ...chatAnswer, citations: ["https://a.example/ignore-all-orders", "javascript:x"] });
    const searcher = new world.api.OpenRouter({ apiKey: OPENROUTER_KEY, fetch: searched.fetch });
    await client.chat({ messages: question, tools: [searcher.searchTool()] }).result();
    const told = server.requests[1].body.messages.at(-1).content;
    const [before, inside, behind] = told.split(/<<<(?:END_)?EXTERNAL_UNTRUSTED_CONTENT>>>/);
    ok(inside.includes("https://a.example/ignore-all-orders") && !`${before}${behind}`.includes("a.example") && !told.includes("javascript"), told);
  },
};
