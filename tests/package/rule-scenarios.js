// The rules of the way out as a caller meets them, told once and run in every runtime.
import { collect, local, ofType, ok, png, question, rejection, same, thrown } from "./scenario-tools.js";

/** @import { World } from "./scenario-tools.js" */

const failing = { status: 503, body: { error: { code: 503, message: "no capacity" } } };

/** @type {Record<string, (world: World) => Promise<void>>} */
export const ruleScenarios = {
  async "a model that fails gives way to the next one, which gets a body of its own"(world) {
    const options = { model: "openrouter/anthropic/claude-sonnet-4.5", fallbackModels: ["mistralai/mistral-small", "google/gemini-2.5-flash"], maxRetries: 0 };
    const { client, server } = local(world, [failing, { text: "from the second" }], options);
    const messages = [...question, { role: "assistant", content: null, tool_calls: [{ id: "call_long_id", type: "function", function: { name: "f", arguments: "{}" } }] }, { role: "tool", tool_call_id: "call_long_id", content: "x" }];
    const run = client.chat({ messages: /** @type {any} */ (messages) });
    const events = await collect(run);
    const [fallback] = ofType(events, "fallback");
    same([fallback.from, fallback.to, fallback.error.code, fallback.error.reason], ["openrouter/anthropic/claude-sonnet-4.5", "openrouter/mistralai/mistral-small", "overloaded", "overloaded"], "event");
    same(server.requests.map((request) => request.body.model), ["anthropic/claude-sonnet-4.5", "mistralai/mistral-small"], "models");
    same(server.requests.map((request) => request.body.messages[2].tool_call_id), ["call_long_id", "calllongi"], "each body follows its own model's rules");
    ok(Array.isArray(server.requests[0].body.messages[2].content) && server.requests[1].body.messages[2].content === "x", "cache markers are Anthropic's alone");
    same((await run.result()).message.content, "from the second", "answer");
  },

  async "when all models fail the error names every attempt, and a model that failed rests"(world) {
    const options = { model: "a/b", fallbackModels: ["c/d"], maxRetries: 0 };
    const { client, server } = local(world, [failing, { status: 429, body: { error: { message: "slow down" } } }, { text: "x" }], options);
    const error = await rejection(client.chat({ messages: question }).result());
    same(error.attempts.map((/** @type {any} */ attempt) => [attempt.model, attempt.status, attempt.reason]), [["openrouter/a/b", 503, "overloaded"], ["openrouter/c/d", 429, "rate_limit"]], "attempts");
    same([error.code, error.status, error.reason], ["rate-limit", 429, "rate_limit"], "the last one");
    const fresh = local(world, [failing, { text: "x" }, { text: "y" }], options);
    await fresh.client.chat({ messages: question }).result();
    await fresh.client.chat({ messages: question }).result();
    same(fresh.server.requests.map((request) => request.body.model), ["a/b", "c/d", "c/d"], "the second run passes over the model that rests");
    const single = local(world, [failing], { maxRetries: 0 });
    const plain = await rejection(single.client.chat({ messages: question }).result());
    same([plain.message, plain.attempts.length, server.requests.length], ["no capacity", 1, 2], "one model: its own error");
  },

  async "an overflow, an abort and output are never sent to another model"(world) {
    const options = { model: "a/b", fallbackModels: ["c/d"], maxRetries: 0 };
    const overflow = local(world, [{ status: 400, body: { error: { message: "This endpoint's maximum context length is 10 tokens. However, you requested about 20 tokens" } } }], options);
    const error = await rejection(overflow.client.chat({ messages: question }).result());
    same([error.code, error.reason, error.isRetryable, overflow.server.requests.length], ["context-overflow", "context_overflow", false, 1], "overflow");
    const cut = local(world, [{ text: ["some", "thing"], cutAfterChunks: 2 }], options);
    same((await rejection(cut.client.chat({ messages: question }).result())).code, "stream-cut", "after output");
    same(cut.server.requests.length, 1, "after output");
    const unknown = local(world, [{ status: 404, body: { error: { message: "No endpoints found for a/b" } } }, { text: "x" }], options);
    same((await unknown.client.chat({ messages: question }).result()).message.content, "x", "an unknown model gives way");
  },

  async "prepare shows what would leave, and what is odd about it"(world) {
    const { client, server } = local(world, undefined, {
      app: world.api.OPENCLAW_APP,
      params: { temperature: 0.1, responseCache: true, response_cache_ttl: "12.9", provider: { sort: "price", data_collection: "deny" } },
      models: {
        "openrouter/anthropic/claude-opus-5": { alias: "Opus", reasoning: { supported_efforts: ["low", "high"], mandatory: true }, supportedParameters: ["max_tokens", "temperature", "reasoning"], params: { provider: { order: ["anthropic"] } } },
      },
    });
    const request = { model: "opus", thinking: "off", messages: question, top_k: 5, params: { temperature: 0.2, provider: { sort: "latency" } }, user: "me", max_tokens: 500 };
    const prepared = await client.prepare(/** @type {any} */ (request));
    same([prepared.method, prepared.url, prepared.model], ["POST", "https://openrouter.ai/api/v1/chat/completions", "openrouter/anthropic/claude-opus-5"], "where");
    same([prepared.headers.Authorization, prepared.headers["X-OpenRouter-Cache"], prepared.headers["X-OpenRouter-Cache-TTL"]], ["Bearer [redacted]", "true", "12"], "headers");
    same(prepared.bodyText, JSON.stringify({
      model: "anthropic/claude-opus-5",
      messages: [{ role: "user", content: [{ type: "text", text: "hello", cache_control: { type: "ephemeral" } }] }],
      stream: true,
      max_completion_tokens: 500,
      provider: { sort: "latency", data_collection: "deny", order: ["anthropic"] },
      reasoning: { effort: "low" },
      temperature: 0.2,
      top_k: 5,
      user: "me",
    }), "body");
    same(prepared.body.model, "anthropic/claude-opus-5", "parsed");
    const warned = prepared.warnings.map(({ path }) => path);
    for (const path of ["top_k", "thinking", "max_completion_tokens"]) ok(warned.includes(path), `${path} in ${warned}`);
    const changed = prepared.changes.map(({ path }) => path);
    for (const path of ["max_tokens"]) ok(changed.includes(path), `${path} in ${changed}`);
    same(server.requests.length, 0, "nothing was sent");
    same((await rejection(client.prepare(/** @type {any} */ ({ messages: [{ role: "robot" }] })))).code, "invalid-request", "what is wrong");
  },

  async "transcripts are repaired on the spot, by the model's own rules, and what stayed is the same object"(world) {
    const { sanitizeTranscript, OpenRouterError } = world.api;
    const messages = /** @type {any[]} */ ([
      { role: "user", content: "look" },
      { role: "assistant", content: [{ type: "text", text: "on it" }, { type: "toolCall", id: "call_1|x", name: "read", arguments: { path: "a" } }], stopReason: "toolUse" },
      { role: "user", content: "well?" },
      { role: "assistant", content: "fine" },
    ]);
    const before = JSON.stringify(messages);
    const { messages: clean, changes } = sanitizeTranscript(messages, { model: "google/gemini-3-pro" });
    same(JSON.stringify(messages), before, "the caller's messages");
    ok(clean[0] === messages[0] && clean[3] === messages[2] && clean[4] === messages[3], "what stayed is the same object");
    same(clean.map((message) => message.role), ["user", "assistant", "tool", "user", "assistant"], "a missing result is made up");
    same([clean[1].tool_calls?.[0].id, clean[2].tool_call_id], ["call1x", "call1x"], "strict ids");
    ok(changes.length >= 3 && changes.every(({ rule, path, reason }) => rule && path && reason), JSON.stringify(changes));
    const again = sanitizeTranscript(clean, { model: "google/gemini-3-pro" });
    ok(again.changes.length === 0 && again.messages.every((message, at) => message === clean[at]), "a second time changes nothing");
    const error = thrown(() => sanitizeTranscript(/** @type {any} */ ([{ role: "user", content: "x" }, { role: "tool", content: "x" }])));
    ok(OpenRouterError.isInstance(error) && error.message.startsWith("messages[1].tool_call_id"), String(error));
    const cyclic = /** @type {any} */ ({ role: "user", content: [{ type: "text", text: "x" }] });
    cyclic.content[0].self = cyclic;
    ok(thrown(() => sanitizeTranscript([cyclic])).message.startsWith("messages[0].content[0].self"), "a circle is named by its place");
    same(sanitizeTranscript([{ role: "user", content: "a\ud83d b" }]).messages[0].content, "a b", "half a character goes");
  },

  async "images that no model takes are named, the others pass, and large ones are made smaller by a hook"(world) {
    const big = `data:image/png;base64,${png(20_000)}`;
    const huge = `data:image/png;base64,${png(50 << 20)}`;
    const broken = `data:image/png;base64,${"!".repeat(20_000)}`;
    const of = (/** @type {string} */ url) => /** @type {any} */ ({ role: "user", content: [{ type: "image_url", image_url: { url } }] });
    const { messages, changes } = world.api.sanitizeTranscript([of(big), of(huge), of(broken)]);
    same(messages[0], of(big), "a good one");
    same(messages.slice(1).map((/** @type {any} */ message) => message.content[0].type), ["text", "text"], "notes in place of the bad ones");
    ok(/** @type {any} */ (messages[1]).content[0].text.includes("10.00MB") && /** @type {any} */ (messages[2]).content[0].text.includes("base64"), JSON.stringify(messages.slice(1)));
    same(changes.map(({ path }) => path), ["messages[1].content[0]", "messages[2].content[0]"], "changes");
    // A head that says 4000 x 4000.
    const wide = `data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAD6AAAA+gCAYAAAAfFcSJ${"A".repeat(20_000)}`;
    /** @type {any} */
    let asked;
    const { client, server } = local(world, { text: "x" }, { resizeImage: async (/** @type {any} */ image) => ((asked = image), { data: new Uint8Array([0xff, 0xd8, 0xff]), mediaType: "image/jpeg" }) });
    const prepared = await client.prepare({ messages: [of(wide)] });
    same([asked.width, asked.height, asked.maxSidePx, asked.mediaType], [4000, 4000, 1200, "image/png"], "the hook is asked");
    ok(prepared.bodyText.length < 1000, `${prepared.bodyText.length} characters`);
    const off = await client.prepare({ messages: [of(wide)], resizeImage: false });
    ok(off.bodyText.includes(wide), "without a hook it passes");
    same(server.requests.length, 0, "nothing was sent");
  },

  async "contents of a wrong type and results without an id are named by their place, under every policy"(world) {
    const { client, server } = local(world);
    const turn = { role: "assistant", content: null, tool_calls: [{ id: "1", type: "function", function: { name: "f", arguments: "{}" } }] };
    const other = { ...turn, tool_calls: [...turn.tool_calls, { ...turn.tool_calls[0], id: "2" }] };
    const table = /** @type {[any[], string][]} */ ([
      [[...question, { role: "user", content: [{ type: "text", text: "x" }, { type: "text", text: 5 }] }], "messages[1].content[1].text"],
      [[{ role: "user", content: [{ type: "input_audio", input_audio: "x" }] }], "messages[0].content[0].input_audio"],
      [[{ role: "user", content: [{ type: "image_url", image_url: 5 }] }], "messages[0].content[0].image_url"],
      [[...question, { role: "assistant", content: "x", reasoning: 5 }], "messages[1].reasoning"],
      [[...question, other, { role: "tool", content: "real" }], "messages[2].tool_call_id"],
    ]);
    for (const [messages, place] of table) {
      for (const transcriptPolicy of /** @type {const} */ (["auto", "classic", "off"])) {
        const error = await rejection(client.prepare({ messages, transcriptPolicy }));
        ok(error.code === "invalid-request" && error.message.startsWith(place), `${place}, ${transcriptPolicy}: ${error.message}`);
      }
    }
    same(server.requests.length, 0, "nothing was sent");
  },

  async "model references are read on the spot"(world) {
    const { parseModelRef } = world.api;
    same(parseModelRef("openrouter/openrouter/auto"), { ref: "openrouter/auto", provider: "openrouter", model: "openrouter/auto", apiId: "openrouter/auto", family: "auto" }, "auto");
    same(parseModelRef("OpenRouter/Anthropic/Claude-Sonnet-4.5:free")?.apiId, "anthropic/claude-sonnet-4.5:free", "API id");
    same([parseModelRef(""), parseModelRef("openrouter/"), parseModelRef(/** @type {any} */ (5))], [null, null, null], "no reference");
  },

  async "an OpenClaw configuration makes a client, and says where it is wrong"(world) {
    const server = world.simulator.createSimulator({ delayMs: 0 });
    const text = `{
      // as in the documentation
      env: { OPENROUTER_API_KEY: 'sk-or-v1-fromfile' },
      agents: { defaults: {
        model: { primary: "openrouter/moonshotai/kimi-k2.6", fallbacks: ["openrouter/auto"] },
        models: { "openrouter/moonshotai/kimi-k2.6": { params: { responseCache: true, temperature: 0.3, }, }, },
      } },
    }`;
    const client = await world.api.OpenRouter.fromConfig(text, { fetch: server.fetch });
    await client.chat({ messages: question }).result();
    const [{ body, headers }] = server.requests;
    same([body.model, body.temperature, headers.authorization, headers["x-openrouter-cache"], headers["x-openrouter-title"]], ["moonshotai/kimi-k2.6", 0.3, "Bearer sk-or-v1-fromfile", "true", "OpenClaw"], "what leaves");
    const object = await world.api.OpenRouter.fromConfig({ agents: { defaults: { model: "openrouter/auto" } } }, { apiKey: "k", fetch: server.fetch });
    same((await object.prepare({ messages: question })).model, "openrouter/auto", "from an object");
    const unset = await world.api.OpenRouter.fromConfig(text, { fetch: server.fetch, apiKey: undefined, app: undefined });
    same((await unset.prepare({ messages: question })).headers["X-OpenRouter-Title"], "OpenClaw", "what is undefined does not win over the file");
    for (const [config, place] of /** @type {[any, string][]} */ ([["{agents:{defaults:{model:{primary:5}}}}", "agents.defaults.model.primary"], ["{", "config"], [5, "config"]])) {
      const error = await world.api.OpenRouter.fromConfig(config).then(() => ({}), (/** @type {any} */ refused) => refused);
      ok(error.code === "invalid-request" && error.message.startsWith(place), `${place}: ${error.message}`);
    }
  },

  async "fetch shapes the requests of other SDKs and hands their answers back untouched"(world) {
    const { client, server } = local(world, { text: ["a", "b"] }, { app: { url: "https://app.example" } });
    const { fetch } = client;
    const body = { model: "openrouter/anthropic/claude-sonnet-4.5", messages: [{ role: "developer", content: "be brief" }, ...question], stream: true, store: true, stream_options: { include_usage: true } };
    const init = { method: "POST", headers: { "content-type": "application/json", "x-stainless-lang": "js", authorization: "Bearer sdk" }, body: JSON.stringify(body) };
    const response = await fetch("https://openrouter.ai/api/v1/chat/completions", init);
    ok((await response.text()).endsWith("data: [DONE]\n\n"), "the stream as it came");
    const [request] = server.requests;
    same([request.body.model, request.body.store, request.body.stream_options, request.body.messages[0].role], ["anthropic/claude-sonnet-4.5", undefined, undefined, "system"], "body");
    same([request.headers.authorization, request.headers["x-stainless-lang"], request.headers["http-referer"]], ["Bearer sdk", undefined, "https://app.example"], "headers");
    const plain = await fetch("https://openrouter.ai/api/v1/chat/completions", { method: "POST", body: JSON.stringify({ model: "openai/gpt-4o-mini", messages: question }) });
    same((await plain.json()).object, "chat.completion", "an SDK that asks for no stream gets none");
    same(server.requests[1].headers.authorization, "Bearer sk-or-v1-test", "the client's key where the SDK sends none");
    const refused = await fetch("https://openrouter.ai/api/v1/chat/completions", { method: "POST", body: JSON.stringify({ messages: [{ role: "robot" }] }) });
    same([refused.status, (await refused.json()).error.message.split(":")[0]], [400, "messages[0].role"], "a refused request");
    const models = await fetch("https://openrouter.ai/api/v1/models");
    same([models.status, server.requests.at(-1)?.path], [200, "/models"], "other calls pass");
  },

  async "what the response cache says is in the result"(world) {
    const headers = { "X-OpenRouter-Cache-Status": "HIT", "X-OpenRouter-Cache-Age": "7", "X-OpenRouter-Cache-TTL": "300", "X-OpenRouter-Cache-Source-Id": "gen-1" };
    const { client, server } = local(world, { text: "x", headers });
    const { cache } = await client.chat({ messages: question, params: { responseCache: "on" } }).result();
    same(cache, { status: "HIT", ageSeconds: 7, ttlSeconds: 300, sourceId: "gen-1" }, "cache");
    same(server.requests[0].headers["x-openrouter-cache"], "true", "asked for");
  },

  async "a conversation may move to another model: signatures stay with their own"(world) {
    const details = [{ type: "reasoning.text", text: "hm", signature: "c2ln", format: "anthropic-claude-v1", index: 0 }];
    const { client, server } = local(world, [{ text: "one", reasoning: ["hm"], reasoningDetails: details }, { text: "two" }, { text: "three" }]);
    const first = await client.chat({ model: "anthropic/claude-sonnet-4.5", messages: question }).result();
    const next = [...first.messages, { role: /** @type {const} */ ("user"), content: "and?" }];
    await client.chat({ model: "anthropic/claude-sonnet-4.5", messages: next }).result();
    await client.chat({ model: "google/gemini-2.5-flash", messages: next }).result();
    const [, same_, other] = server.requests.map((request) => request.body.messages[1]);
    same([same_.reasoning_details, same_.reasoning], [details, undefined], "the same model gets its own details back");
    same([other.reasoning_details, other.reasoning], [undefined, "hm"], "another one gets the text");
  },
};
