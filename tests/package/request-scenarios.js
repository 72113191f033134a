// What a caller writes and what he meant by it, told once and run in every runtime.
import { local, ok, question, rejection, same, thrown } from "./scenario-tools.js";

/** @import { World } from "./scenario-tools.js" */

/** @param {any[]} notes */
const places = (notes) => notes.filter(({ rule }) => rule === "names").map(({ path }) => path);
/** @param {any[]} messages @param {object} [more] @returns {any} */
const asking = (messages, more) => ({ messages, ...more });

/** @type {Record<string, (world: World) => Promise<void>>} */
export const requestScenarios = {
  async "a request in JavaScript's spelling is the request on the wire"(world) {
    const { client, server } = local(world, { text: "x" });
    await client.chat({
      messages: question, model: "openai/gpt-4o-mini", maxTokens: 100, topP: 0.5, serviceTier: "flex", user: "u",
      responseFormat: { type: "json_object" }, provider: { dataCollection: "deny", requireParameters: true }, reasoning: { maxTokens: 50 },
    }).result();
    same(server.requests[0].body, {
      model: "openai/gpt-4o-mini", messages: question, stream: true, max_completion_tokens: 100, provider: { data_collection: "deny", require_parameters: true },
      reasoning: { max_tokens: 50 }, response_format: { type: "json_object" }, service_tier: "flex", top_p: 0.5, user: "u",
    }, "body");
  },

  async "a name that is none is told with the one that was meant, or refused"(world) {
    const odd = asking(question, { temprature: 0.2, provider: { avoid: ["azure"] } });
    const { client, server } = local(world, [{ text: "x" }, { text: "x" }]);
    const { warnings } = await client.chat(odd).result();
    same(places(warnings), ["temprature", "provider.avoid"], "told by the result");
    ok(/temperature/.test(warnings[0].reason) && /ignore/.test(warnings[1].reason), JSON.stringify(warnings));
    same(places((await client.prepare(odd)).warnings), ["temprature", "provider.avoid"], "and by prepare");
    same([server.requests[0].body.temprature, server.requests[0].body.provider], [0.2, { avoid: ["azure"] }], "it goes out all the same");
    const strict = local(world, [], { strict: true });
    for (const [request, place] of [[odd, "temprature: "], [asking(question, { params: { tempature: 1 } }), "params.tempature: "], [asking(question, { provider: { avoid: [] } }), "provider.avoid: "]]) {
      const error = await rejection(strict.client.chat(request).result());
      ok(error.code === "invalid-request" && error.message.startsWith(place), error.message);
    }
    same(strict.server.requests.length, 0, "nothing was sent");
    await strict.client.prepare({ messages: question, extraBody: { safe_prompt: true } });
  },

  async "names inside messages, tools, plugins and the smaller objects are told with their places, those in JavaScript's spelling are the wire's"(world) {
    const { client, server } = local(world, Array.from({ length: 12 }, () => ({ text: "x" })));
    const image = { type: "image_url", image_url: { url: "https://a.example/b.png", detial: "low" } };
    for (const [request, place, meant] of /** @type {[any, string, string][]} */ ([
      [{ messages: [{ role: "user", content: [{ type: "text", text: "look" }, image] }] }, "messages[0].content[1].image_url.detial", "detail"],
      [{ messages: [{ role: "user", content: "x", cache_contol: {} }] }, "messages[0].cache_contol", "cache_control"],
      [{ tools: [{ name: "f" }, { name: "g", inputSchema: {} }] }, "tools[1].inputSchema", "parameters"],
      [{ tools: [{ type: "function", function: { name: "f", descripton: "d" } }] }, "tools[0].function.descripton", "description"],
      [{ tools: [{ type: "openrouter:web_serach" }] }, "tools[0].type", "openrouter:web_search"],
      [{ tools: [{ type: "openrouter:web_search", parameters: { user_location: { city: "Bern", contry: "CH" } } }] }, "tools[0].parameters.user_location.contry", "country"],
      [{ plugins: [{ id: "wep" }] }, "plugins[0].id", "web"],
      [{ plugins: [{ id: "web", max_result: 3 }] }, "plugins[0].max_result", "max_results"],
      [{ tools: [{ name: "f" }], toolChoice: { type: "function", function: { nmae: "f" } } }, "toolChoice.function.nmae", "name"],
      [{ stop_server_tools_when: [{ type: "max_costs", max_cost_in_dollars: 1 }] }, "stop_server_tools_when[0].type", "max_cost"],
      [{ provider: { max_price: { promt: 1 } } }, "provider.max_price.promt", "prompt"],
    ])) {
      const { warnings } = await client.chat(asking(question, request)).result();
      const told = warnings.filter(({ rule }) => rule === "names");
      ok(told.length === 1 && told[0].path === place && told[0].reason.includes(meant), `${place}: ${JSON.stringify(told)}`);
      const error = await rejection(local(world, [], { strict: true }).client.chat(asking(question, request)).result());
      ok(error.code === "invalid-request" && error.message.startsWith(`${place}: `), error.message);
    }
    const camel = asking(question, {
      tools: [{ name: "f", parameters: { type: "object", properties: {} }, cacheControl: { type: "ephemeral" } }, { type: "openrouter:web_search", parameters: { maxUses: 2, userLocation: { city: "Bern" } } }], plugins: [{ id: "web", maxResults: 3 }],
      stopServerToolsWhen: [{ type: "max_cost", maxCostInDollars: 1 }], toolChoice: { type: "function", function: { name: "f" } },
    });
    const { warnings } = await local(world, { text: "x" }, { strict: true, fetch: server.fetch }).client.chat(camel).result();
    const { tools, plugins, stop_server_tools_when: stop, tool_choice: choice } = server.requests.at(-1)?.body ?? {};
    same([places(warnings), plugins, stop, choice], [[], [{ id: "web", max_results: 3 }], [{ type: "max_cost", max_cost_in_dollars: 1 }], { type: "function", function: { name: "f" } }], "objects");
    same(tools, [{ type: "function", function: { name: "f", parameters: { type: "object", properties: {} } }, cache_control: { type: "ephemeral" } }, { type: "openrouter:web_search", parameters: { max_uses: 2, user_location: { city: "Bern" } } }], "tools");
    same(camel.tools[0].cacheControl, { type: "ephemeral" }, "the caller's own stay as they are");
  },

  async "a number out of its range and fields that contradict each other are told with what was written, or refused"(world) {
    const tool = { name: "f", parameters: { type: "object", properties: {} } };
    for (const [request, path, words] of /** @type {[any, string, string][]} */ ([
      [{ temperature: 99 }, "temperature", "is 99: OpenRouter takes numbers from 0 to 2"],
      [{ temperature: -0.5 }, "temperature", "is -0.5: "],
      [{ topP: 2 }, "topP", "is 2: OpenRouter takes numbers from 0 to 1"],
      [{ min_p: 1.1 }, "min_p", "from 0 to 1"],
      [{ top_a: -1 }, "top_a", "from 0 to 1"],
      [{ top_k: -1 }, "top_k", "is -1: OpenRouter takes whole numbers from 0"],
      [{ top_k: 0.5 }, "top_k", "is 0.5: "],
      [{ frequencyPenalty: 2.5 }, "frequencyPenalty", "from -2 to 2"],
      [{ presence_penalty: -3 }, "presence_penalty", "is -3: OpenRouter takes numbers from -2 to 2"],
      [{ repetition_penalty: 3 }, "repetition_penalty", "from 0 to 2"],
      [{ logprobs: true, top_logprobs: 50 }, "top_logprobs", "is 50: OpenRouter takes whole numbers from 0 to 20"],
      [{ top_logprobs: 3 }, "top_logprobs", "says nothing without logprobs: true"],
      [{ seed: 1.5 }, "seed", "is 1.5: OpenRouter takes whole numbers"],
      [{ maxTokens: 16.5 }, "maxTokens", "is 16.5: OpenRouter takes whole numbers from 1"],
      [{ max_tokens: 20, max_completion_tokens: 30 }, "max_tokens", "counts for nothing beside max_completion_tokens"],
      [{ stop: ["a", "b", "c", "d", "e"] }, "stop", "has 5 entries: OpenRouter takes at most 4"],
      [{ logitBias: { 5: 101 } }, "logitBias.5", "from -100 to 100"],
      [{ metadata: { order: 7 } }, "metadata.order", "is no string"],
      [{ metadata: { text: "x".repeat(513) } }, "metadata.text", "has 513 characters: OpenRouter takes at most 512"],
      [{ reasoning: { effort: "high", maxTokens: 2000 } }, "reasoning.maxTokens", 'is 2000 beside reasoning.effort "high": OpenRouter takes one of them'],
      [{ reasoning: { max_tokens: -1 } }, "reasoning.max_tokens", "is -1: OpenRouter takes whole numbers from 1"],
      [{ reasoning: { effort: "low", enabled: false } }, "reasoning.enabled", "is false, and reasoning.effort asks for reasoning"],
      [{ reasoning: { effort: "low" }, reasoning_effort: "high" }, "reasoning_effort", "counts for nothing beside reasoning.effort"],
      [{ toolChoice: "required" }, "toolChoice", "the request has no tools"],
      [{ tools: [], tool_choice: { type: "function", function: { name: "f" } } }, "tool_choice", "the request has no tools"],
      [{ parallel_tool_calls: true }, "parallel_tool_calls", "says nothing without tools"],
      [{ provider: { only: ["azure"], ignore: ["azure"] } }, "provider.ignore", "no provider is in both"],
      [{ provider: { order: ["azure", "openai"], only: ["openai"] } }, "provider.order", "has azure, which the rest of provider leaves out"],
      [{ provider: { order: ["azure"], sort: "price" } }, "provider.sort", "counts where no order is given"],
      [{ provider: { max_price: { prompt: -1 } } }, "provider.max_price.prompt", "is -1: OpenRouter takes numbers from 0"],
      [{ plugins: [{ id: "auto-router", cost_quality_tradeoff: 11 }] }, "plugins[0].cost_quality_tradeoff", "from 0 to 10"],
      [{ plugins: [{ id: "fusion", max_tool_calls: 17 }] }, "plugins[0].max_tool_calls", "from 1 to 16"],
      [{ tools: [{ type: "openrouter:web_search", parameters: { allowed_domains: ["a.example"], excluded_domains: ["b.example"] } }] }, "tools[0].parameters.excluded_domains", "cannot be used with allowed_domains"],
      [{ tools: [tool], stop_server_tools_when: [{ type: "max_cost", max_cost_in_dollars: -1 }] }, "stop_server_tools_when[0].max_cost_in_dollars", "is -1: "],
      [{ modalities: ["text"], audio: { voice: "alloy", format: "mp3" } }, "audio", "modalities asks for no audio"],
      [{ schema: { type: "object", properties: {} }, response_format: { type: "json_object" } }, "response_format", "counts for nothing beside schema"],
      [{ params: { temperature: 3 } }, "params.temperature", "is 3: OpenRouter takes numbers from 0 to 2"],
    ])) {
      const { warnings } = await local(world).client.prepare(asking(question, request));
      const told = warnings.filter(({ rule }) => rule === "values");
      ok(told.length === 1 && told[0].path === path && told[0].reason.includes(words), `${JSON.stringify(request)}: ${JSON.stringify(warnings)}`);
      const strict = local(world, [], { strict: true });
      const error = await rejection(strict.client.chat(asking(question, request)).result());
      ok(error.code === "invalid-request" && error.message.startsWith(`${path}: `) && strict.server.requests.length === 0, `${JSON.stringify(request)}: ${error.message}`);
    }
    // What is set for every request, and what a model has of its own.
    for (const [options, path] of /** @type {[any, string][]} */ ([[{ params: { top_p: 5 } }, "params.top_p"], [{ models: { "a/b": { params: { temperature: 5 } } } }, 'models["a/b"].params.temperature']])) {
      same((await local(world, [], options).client.prepare({ messages: question, model: "a/b" })).warnings.map(({ rule, path: place }) => [rule, place]), [["values", path]], path);
    }
    // JSON has no infinity: it would be left out in silence.
    for (const request of [{ seed: Infinity }, { max_tokens: -Infinity }, { temperature: NaN }]) {
      ok((await rejection(local(world).client.prepare(asking(question, request)))).message.includes(": must be a number, and is "), JSON.stringify(request));
    }
    const fine = asking(question, {
      temperature: 2, top_p: 1, top_k: 40, min_p: 0, frequency_penalty: -2, presence_penalty: 2, repetition_penalty: 1.1, seed: -7, logprobs: true, top_logprobs: 20, max_tokens: 16, stop: ["a", "b"], timeoutMs: Infinity,
      reasoning: { effort: "none", enabled: false }, provider: { only: ["deepinfra"], order: ["deepinfra/turbo"], ignore: ["azure"] }, tools: [tool], tool_choice: "required", parallel_tool_calls: false, metadata: { a: "b" },
    });
    same((await local(world, [], { strict: true }).client.prepare(fine)).warnings.filter(({ rule }) => rule !== "parameters"), [], "within the bounds");
    const { client, server } = local(world, { text: "x" });
    same([(await client.chat(asking(question, { temperature: 99 })).result()).warnings[0].path, server.requests[0].body.temperature], ["temperature", 99], "it goes out all the same");
  },

  async "an option that is none is told with every request, or refused at once"(world) {
    const { api, simulator } = world;
    const server = simulator.createSimulator({ delayMs: 0 });
    const options = /** @type {any} */ ({ key: "sk-or-v1-test", apiKey: "sk-or-v1-test", fetch: server.fetch, timeout: 5, model: undefined, whatever: undefined });
    const { warnings } = await new api.OpenRouter(options).chat({ messages: question }).result();
    same(places(warnings), ["key", "timeout"], "what is undefined was not given");
    ok(/apiKey/.test(warnings[0].reason) && /timeoutMs/.test(warnings[1].reason), JSON.stringify(warnings));
    const error = thrown(() => new api.OpenRouter({ ...options, strict: true }));
    ok(error.code === "invalid-request" && error.message.startsWith("key: ") && error.message.includes("apiKey"), error.message);
    ok(thrown(() => new api.OpenRouter(/** @type {any} */ ({ strict: "yes" }))).message.startsWith("strict: "), "strict is a flag");
    const media = await new api.OpenRouter(options).models.list();
    ok(media.length > 0, "calls that are no chats go on");
  },

  async "a session is sent as a hash, its name never, and to OpenRouter alone"(world) {
    const { client, server } = local(world, [{ text: "x" }, { text: "x" }, { text: "x" }]);
    await client.chat({ messages: question, sessionId: "conversation 7" }).result();
    await client.chat({ messages: question, sessionId: "conversation 7", session_id: "mine" }).result();
    await client.chat({ messages: question }).result();
    // SHA-256, as sha256sum has it.
    same(server.requests.map(({ body }) => body.session_id), ["87874620d78de4ace143db1748b6b20addebf9fa62d8822bb887ef2d14bc48d2", "mine", undefined], "ids");
    ok(!JSON.stringify(server.requests).includes("conversation 7"), "the name stays here");
    const proxy = await local(world, [], { baseURL: "https://proxy.example/v1" }).client.prepare({ messages: question, sessionId: "a" });
    same([proxy.body.session_id, proxy.warnings.map(({ path }) => path)], [undefined, ["sessionId"]], "elsewhere");
    for (const sessionId of ["", " ", 5, {}]) {
      const error = await rejection(client.chat(asking(question, { sessionId })).result());
      ok(error.code === "invalid-request" && error.message.startsWith("sessionId: "), error.message);
    }
  },

  async "what keeps a client's prompts private outlives a request's own routing"(world) {
    const { client } = local(world, [], { params: { provider: { data_collection: "deny", zdr: true } } });
    const routing = async (/** @type {any} */ provider) => (await client.prepare({ messages: question, provider })).body.provider;
    same(await routing(undefined), { data_collection: "deny", zdr: true }, "none of its own");
    same(await routing({ sort: "price" }), { data_collection: "deny", zdr: true, sort: "price" }, "merged");
    same(await routing({ zdr: false, dataCollection: null }), { zdr: false }, "field by field");
    same(await routing(null), undefined, "null says none");
    const { body, warnings } = await client.prepare({ messages: question, extraBody: { provider: { sort: "price" } } });
    same([body.provider, warnings.map(({ path }) => path)], [{ sort: "price" }, ["extraBody.provider"]], "whoever takes it away by extraBody is told");
  },

  async "what asks nothing, or is no message, is refused with its place before anything is sent"(world) {
    const { client, server } = local(world);
    for (const [messages, place, words] of /** @type {[any[], string, RegExp][]} */ ([
      [[{ role: "system", content: "S" }, { role: "user", content: " " }], "messages[1].content: ", /blank/],
      [[{ role: "user", content: [{ type: "imag_url", image_url: { url: "https://a.example/b.png" } }] }], "messages[0].content[0].type: ", /image_url/],
      [[{ role: "user", content: [{ type: "image", image: new Uint8Array(3) }] }], "messages[0].content[0].type: ", /fromModelMessages/],
      [[{ role: "tool", content: [{ type: "tool-result", toolCallId: "1", toolName: "f", output: { type: "text", value: "x" } }] }], "messages[0].content[0].type: ", /fromModelMessages/],
      [[{ id: "1", role: "user", parts: [{ type: "text", text: "hi" }] }], "messages[0].parts: ", /fromUIMessages/],
      [[{ role: "user", text: "hi" }], "messages[0].content: ", /string/],
    ])) {
      const error = await rejection(client.chat({ messages }).result());
      ok(error.code === "invalid-request" && error.message.startsWith(place) && words.test(error.message), `${JSON.stringify(messages)}: ${error.message}`);
    }
    for (const [request, place] of /** @type {[any, string][]} */ ([[{ max_tokens: 0 }, "max_tokens: "], [{ maxTokens: "5" }, "maxTokens: "], [{ params: { maxTokens: 0 } }, "params.maxTokens: "]])) {
      const error = await rejection(client.chat({ messages: question, ...request }).result());
      ok(error.message.startsWith(place), error.message);
    }
    same(server.requests.length, 0, "nothing was sent");
  },

  async "a value of a kind that no provider takes is refused with its place, before anything is sent"(world) {
    const { client, server } = local(world);
    /** @type {[request: object, message: string][]} */
    const table = [
      [{ temperature: "hot" }, "temperature: must be a number"], [{ topP: "0.5" }, "topP: must be a number"], [{ temperature: NaN }, "temperature: must be a number, and is NaN"],
      [{ provider: "openai" }, "provider: must be an object"], [{ provider: { order: "openai" } }, "provider.order: must be an array"], [{ provider: { allowFallbacks: "no" } }, "provider.allowFallbacks: must be true or false"],
      [{ response_format: "json" }, "response_format: must be an object"], [{ responseFormat: { type: 5 } }, "responseFormat.type: must be a string"], [{ response_format: { "~standard": {} } }, "response_format: is a schema; `schema` takes one, and gives the object that fits it"],
      [{ responseFormat: { type: "json_schema", schema: {} } }, "responseFormat.json_schema: must be { name, schema }; or leave it to the request's own `schema`"],
      [{ plugins: { id: "web" } }, "plugins: must be an array"], [{ plugins: ["web"] }, "plugins[0]: must be an object with an id"], [{ stop: ["a", 5] }, "stop: must be a string or an array of strings"],
      [{ models: "a/b" }, "models: must be an array"], [{ modalities: "text" }, "modalities: must be an array"], [{ metadata: "m" }, "metadata: must be an object"], [{ user: {} }, "user: must be a string"], [{ toolChoice: ["a"] }, "toolChoice: must be a word or an object"],
      // As deep as they stand.
      [{ plugins: [{ id: "web", maxResults: "3" }] }, "plugins[0].maxResults: must be a number"], [{ plugins: [{ id: "web", enabled: "yes" }] }, "plugins[0].enabled: must be true or false"],
      [{ plugins: [{ id: "web", includeDomains: "a.example" }] }, "plugins[0].includeDomains: must be an array"], [{ plugins: [{ id: "auto-router", allowed_models: ["a/b", 5] }] }, "plugins[0].allowed_models[1]: must be a string"],
      [{ plugins: [{ id: "web", x_search: { from_date: 5 } }] }, "plugins[0].x_search.from_date: must be a string"], [{ tools: [{ type: "openrouter:web_search", parameters: "exa" }] }, "tools[0].parameters: must be an object"],
      [{ tools: [{ type: "openrouter:bash", parameters: { environment: { type: "container_auto", fileIds: [1] } } }] }, "tools[0].parameters.environment.fileIds[0]: must be a string"],
      [{ provider: { order: ["a", 5] } }, "provider.order[1]: must be a string"], [{ provider: { preferredMaxLatency: "fast" } }, "provider.preferredMaxLatency: must be a number or an object"], [{ provider: { sort: { by: 5 } } }, "provider.sort.by: must be a string"],
      [{ responseFormat: { type: "json_schema", jsonSchema: { name: "x", strict: "yes" } } }, "responseFormat.jsonSchema.strict: must be true or false"], [{ responseFormat: { type: "json_schema", jsonSchema: { name: "x", schema: "s" } } }, "responseFormat.jsonSchema.schema: must be an object"],
      [{ stopServerToolsWhen: ["now"] }, "stopServerToolsWhen[0]: must be an object with a type"], [{ stopServerToolsWhen: [{ type: "max_cost", maxCostInDollars: "1" }] }, "stopServerToolsWhen[0].maxCostInDollars: must be a number"],
      [{ modalities: ["text", 5] }, "modalities[1]: must be a string"], [{ cacheControl: "ephemeral" }, "cacheControl: must be an object"], [{ session_id: 5 }, "session_id: must be a string"], [{ trace: { traceId: 5 } }, "trace.traceId: must be a string"],
      [{ chatTemplateKwargs: 5 }, "chatTemplateKwargs: must be an object"], [{ reasoning: { maxTokens: "100" } }, "reasoning.maxTokens: must be a number"], [{ toolChoice: { type: "function", function: "f" }, tools: [{ name: "f" }] }, "toolChoice.function: must be an object"],
      [{ thinking: { type: "enabled", budget_tokens: 1024 } }, "thinking: must be a level"], [{ thinking: [] }, "thinking: must be a level"], [{ deferredTools: { search: "regex" } }, "deferredTools.search: must be an object"],
    ];
    for (const [request, message] of table) {
      const asked = /** @type {any} */ ({ model: "m/x", messages: question, ...request });
      for (const call of [() => client.chat(asked).result(), () => client.prepare(asked)]) {
        const error = await rejection(call());
        ok(error.code === "invalid-request" && error.message === message, `${JSON.stringify(request)}: ${error.message}`);
      }
    }
    same(server.requests.length, 0, "nothing was sent");
  },

  async "a word that nobody documents goes out and is told with the one that was meant; strict refuses it"(world) {
    /** @type {[request: object, place: string, near?: string][]} */
    const table = [
      [{ tool_choice: "requierd", tools: [{ name: "a" }] }, "tool_choice", "required"], [{ toolChoice: "a", tools: [{ name: "a" }] }, "toolChoice"], [{ provider: { sort: "cheap" } }, "provider.sort"],
      [{ provider: { dataCollection: "denny" } }, "provider.dataCollection", "deny"], [{ provider: { quantizations: ["fp8", "fp88"] } }, "provider.quantizations[1]", "fp8"], [{ reasoning: { effort: "meduim" } }, "reasoning.effort", "medium"],
      [{ responseFormat: { type: "json_schma" } }, "responseFormat.type", "json_schema"], [{ modalities: ["txt"] }, "modalities[0]", "text"], [{ service_tier: "flexx" }, "service_tier", "flex"], [{ verbosity: "higgh" }, "verbosity", "high"],
      [{ webSearchOptions: { searchContextSise: "low" } }, "webSearchOptions.searchContextSise", "search_context_size"],
      // As deep as they stand.
      [{ provider: { sort: { by: "prise" } } }, "provider.sort.by", "price"], [{ provider: { preferredMinThroughput: { p51: 2 } } }, "provider.preferredMinThroughput.p51"], [{ plugins: [{ id: "web", engine: "exxa" }] }, "plugins[0].engine", "exa"],
      [{ tools: [{ type: "openrouter:web_search", parameters: { mode: "depp" } }] }, "tools[0].parameters.mode", "deep"], [{ cacheControl: { type: "ephemeral", ttl: "2h" } }, "cacheControl.ttl"], [{ plugins: [{ id: "file-parser", pdf: { engine: "mistral-ocrr" } }] }, "plugins[0].pdf.engine", "mistral-ocr"],
      [{ transforms: ["middle-uot"] }, "transforms[0]", "middle-out"], [{ plugins: [{ id: "alignment", rules: [{ rule: "r", watch: ["contnet"] }] }] }, "plugins[0].rules[0].watch[0]", "content"],
    ];
    for (const [request, place, near] of table) {
      const asked = /** @type {any} */ ({ messages: question, ...request });
      const { client, server } = local(world, { text: "x" });
      const { warnings } = await client.chat(asked).result();
      const told = warnings.find(({ rule, path }) => rule === "names" && path === place);
      ok(told !== undefined && (near === undefined || told.reason.endsWith(`did you mean ${near}?`)), `${JSON.stringify(request)}: ${JSON.stringify(warnings)}`);
      same(server.requests.length, 1, "sent");
      const strict = local(world, undefined, { strict: true });
      same([(await rejection(strict.client.chat(asked).result())).code, strict.server.requests.length], ["invalid-request", 0], `strict: ${JSON.stringify(request)}`);
    }
    const { client } = local(world);
    const right = await client.prepare(asking(question, { model: "m/x", toolChoice: "auto", provider: { sort: "price", dataCollection: "deny", quantizations: ["fp8"] }, reasoning: { effort: "low" }, webSearchOptions: { searchContextSize: "low" }, stop: "END", serviceTier: "flex", verbosity: "low", route: "fallback" }));
    same([right.warnings, right.body.web_search_options], [[], { search_context_size: "low" }], "what is right is not told");
  },

  async "what is missing, and what says something elsewhere alone, is told"(world) {
    /** @type {[request: object, path: string, reason: RegExp, isSent?: boolean][]} */
    const table = [
      [{ response_format: { type: "grammar" } }, "response_format.grammar", /missing/], [{ responseFormat: { type: "json_schema", json_schema: { schema: {} } } }, "responseFormat.json_schema.name", /missing/], [{ prediction: { type: "content" } }, "prediction.content", /missing/],
      [{ stop_server_tools_when: [{ type: "max_cost" }] }, "stop_server_tools_when[0].max_cost_in_dollars", /missing/], [{ plugins: [{ id: "alignment" }] }, "plugins[0].rules", /missing/], [{ tool_choice: { type: "function" }, tools: [{ name: "f" }] }, "tool_choice.function", /missing/],
      [{ cacheRetention: "long" }, "cacheRetention", /params\.cacheRetention/], [{ responseCache: true }, "responseCache", /params\.responseCache/], [{ apiKey: "sk-or-v1-0123456789" }, "apiKey", /option of the client/], [{ telemetry: { tracer: {} } }, "telemetry", /option of the client/],
      [{ strict: true }, "strict", /option of the client/], [{ format: "sse" }, "format", /toResponse/], [{ maxRepairs: 2 }, "maxRepairs", /without schema/], [{ session_id: "x".repeat(300) }, "session_id", /300 characters/], [{ logit_bias: { cat: 1 } }, "logit_bias.cat", /no token/],
      [{ tools: [{ name: "f", parameters: { type: "object", properties: { a: { type: "sting" } } } }] }, "tools[0].parameters.properties.a.type", /no type of JSON Schema/], [{ tools: [{ name: "f", parameters: { type: "object", properties: {}, required: "a" } }] }, "tools[0].parameters.required", /list of names/],
      [{ tools: [{ name: "f", parameters: { type: "object", propertys: { a: { type: "string" } } } }] }, "tools[0].parameters.propertys", /did you mean properties\?/], [{ tools: [{ name: "f", parameters: { type: "object", properties: { a: { tpye: "string" } } } }] }, "tools[0].parameters.properties.a.tpye", /did you mean type\?/],
      [{ schema: { type: "object", properties: { a: { descripton: "x" } } } }, "schema.properties.a.descripton", /did you mean description\?/],
      [{ tools: [{ name: "f", execute: () => 1, parameters: { type: "object", properties: { a: "string" } } }] }, "tools[0].parameters.properties", /object of schemas/], [{ provider: { data_collection: "deny", dataCollection: "allow" } }, "provider.dataCollection", /counts for nothing beside data_collection/],
    ];
    for (const [request, path, reason] of table) {
      const { client, server } = local(world, { text: "{}" });
      const { warnings } = await client.chat(/** @type {any} */ ({ messages: question, ...request })).result();
      ok(warnings.some((told) => told.path === path && reason.test(told.reason)), `${JSON.stringify(request)}: ${JSON.stringify(warnings)}`);
      ok(!/sk-or-v1|telemetry|cacheRetention|responseCache|"strict":true|"format":"sse"/.test(server.requests[0].bodyText), server.requests[0].bodyText);
    }
    const { client } = local(world);
    const { warnings, body } = await client.prepare(asking(question, { model: "m/x", imageConfig: { aspectRatio: "16:9", imageSize: "2K", ownName: 1 }, trace: { traceId: "t", ownName: "x" } }));
    same([warnings, body.image_config, body.trace], [[], { ownName: 1, aspect_ratio: "16:9", image_size: "2K" }, { ownName: "x", trace_id: "t" }], "names that are known become the wire's, others stay");
  },

  async "names inside the client's options are told, too"(world) {
    for (const [options, path, near] of /** @type {[any, string, string][]} */ ([[{ app: { titel: "Mine" } }, "app.titel", "title"], [{ limits: { maxBodyByte: 5 } }, "limits.maxBodyByte", "maxBodyBytes"]])) {
      const { client } = local(world, { text: "x" }, options);
      const { warnings } = await client.chat({ messages: question }).result();
      ok(warnings.some(({ rule, path: at, reason }) => rule === "names" && at === path && reason.includes(near)), JSON.stringify(warnings));
    }
    const tracer = { startSpan: () => ({ setAttributes() {}, setStatus() {}, addEvent() {}, end() {} }) };
    for (const [options, path] of /** @type {[any, string][]} */ ([[{ telemetry: { tracer, recordContents: true } }, "telemetry.recordContents"], [{ models: { "a/b": { alais: "x" } } }, 'models["a/b"].alais'], [{ models: { "a/b": { supports_tools: true } } }, 'models["a/b"].supports_tools']])) {
      const { warnings } = await local(world, { text: "x" }, options).client.chat({ messages: question }).result();
      same(places(warnings), [path], path);
      same((await rejection(local(world, { text: "x" }, { ...options, strict: true }).client.chat({ messages: question }).result())).code, "invalid-request", `${path}: strict`);
    }
    const { client } = local(world, { text: "x" }, { app: { title: "Mine", url: "https://a.example", categories: ["cli-agent"] }, limits: { maxBodyBytes: 5_000_000 } });
    same((await client.chat({ messages: question }).result()).warnings, [], "what is right is not");
    const media = local(world, undefined, { media: { videos: { model: "m" } } });
    const { warnings } = await media.client.images.generate({ prompt: "x" });
    same(warnings, ["media.videos: is not sent, there is no such option; video is one"], "settings of media");
    for (const [options, told] of /** @type {[any, string][]} */ ([[{ media: { speech: { voise: "x" } } }, "media.speech.voise: is not sent, there is no such option; voice is one"], [{ media: { image: "x" } }, "media.image: counts for nothing, it must be an object"]])) {
      same((await local(world, undefined, options).client.images.generate({ prompt: "x" })).warnings, [told], told);
    }
    const search = await local(world, undefined, { search: { modle: "x" } }).client.search("otters");
    same("warnings" in search && search.warnings, ["search.modle: is not sent, there is no such option; model is one"], "settings of search");
  },

  async "an odd word in a part of a message, in its cache marker or its configuration is told with its place, or refused"(world) {
    const url = "https://site.example/a.png", video = "https://site.example/a.mp4";
    for (const [message, place, told] of /** @type {[any, string, RegExp][]} */ ([
      [[{ type: "image_url", image_url: { url, detail: "hihg" } }], ".content[0].image_url.detail", /high/],
      [[{ type: "image_url", imageUrl: { url, detail: "hihg" } }], ".content[0].imageUrl.detail", /high/],
      [[{ type: "text", text: "a" }, { type: "text", text: "b", cache_control: { type: "ephemerl" } }], ".content[1].cache_control.type", /did you mean ephemeral/],
      [[{ type: "text", text: "b", cacheControl: { type: "ephemeral", ttl: "2h" } }], ".content[0].cacheControl.ttl", /5m, 1h/],
      [[{ type: "text", text: "b", cache_control: { type: "ephemeral", tttl: "1h" } }], ".content[0].cache_control.tttl", /did you mean ttl/],
      [[{ type: "text", text: "b", prompt_cache_breakpoint: { mode: "explict" } }], ".content[0].prompt_cache_breakpoint.mode", /did you mean explicit/],
      [[{ type: "input_audio", input_audio: { data: "SGVsbG8=", format: "mp33" } }], ".content[0].input_audio.format", /did you mean mp3/],
      [[{ type: "input_audio", input_audio: { data: "data:audio/mp3;base64,SGVsbG8=", format: "mp3" } }], ".content[0].input_audio.data", /the base64 alone/],
      [[{ type: "video_url", video_url: { url: video, processing: "agentc" } }], ".content[0].video_url.processing", /did you mean agentic/],
      [[{ type: "video_url", video_url: { url: "./a.mp4" } }], ".content[0].video_url.url", /neither an address/],
      [[{ type: "file", file: { filename: "a.pdf", file_data: "a.pdf" } }], ".content[0].file.file_data", /neither an address/],
      [[{ type: "text" }, { type: "text", text: "a" }], ".content[0].text", /is missing/],
      [{ role: "system", content: "", configuration_update: { reasoning: { effort: "lwo" } } }, ".configuration_update.reasoning.effort", /low/],
    ])) {
      const messages = [Array.isArray(message) ? { role: "user", content: message } : message, ...question];
      const { warnings } = await local(world).client.prepare({ messages });
      ok(warnings.some(({ path, reason }) => path === `messages[0]${place}` && told.test(reason)), `${place}: ${JSON.stringify(warnings)}`);
      ok((await rejection(local(world, undefined, { strict: true }).client.prepare({ messages }))).message.startsWith(`messages[0]${place}: `), `${place}: strict`);
    }
    for (const part of [{ type: "image_url", image_url: { url, detail: 5 } }, { type: "text", text: "a", cache_control: "ephemeral" }, { type: "file", file: { filename: 5, file_data: "https://site.example/a.pdf" } }]) {
      same((await rejection(local(world).client.prepare(asking([{ role: "user", content: [part] }])))).code, "invalid-request", JSON.stringify(part));
    }
    const right = [
      { type: "text", text: "a", cache_control: { type: "ephemeral", ttl: "1h" } }, { type: "image_url", image_url: { url, detail: "original" } }, { type: "image_url", image_url: url },
      { type: "input_audio", input_audio: { data: "SGVsbG8=", format: "pcm16" } }, { type: "file", file: { filename: "a.pdf", file_data: "data:application/pdf;base64,JVBERg==" } },
    ];
    same((await local(world).client.prepare(asking([{ role: "user", content: right }]))).warnings, [], "what is right is not");
  },

  async "what is odd in a body of another SDK is told to the logger, or refused as OpenRouter refuses"(world) {
    const url = "https://openrouter.ai/api/v1/chat/completions", body = { model: "openai/gpt-4o-mini", messages: question };
    for (const [odd, told] of /** @type {[any, string][]} */ ([
      [{ temprature: 1 }, "temprature: "], [{ temperature: 9 }, "temperature: is 9"], [{ provider: { sort: "pricee" } }, "provider.sort: "], [{ plugins: [{ id: "webb" }] }, "plugins[0].id: "],
      [{ messages: [{ role: "user", content: [{ type: "image_url", image_url: { url: "https://site.example/a.png", detail: "hihg" } }] }] }, "messages[0].content[0].image_url.detail: "],
      [{ apiKey: "sk-or-v1-other" }, "apiKey: is an option of the client"],
    ])) {
      /** @type {string[]} */
      const lines = [];
      const init = { method: "POST", body: JSON.stringify({ ...body, ...odd }) };
      const { client, server } = local(world, { text: "x" }, { logger: { warn: (/** @type {string} */ line) => lines.push(line) } });
      same((await client.fetch(url, init)).status, 200, told);
      ok(lines.some((line) => line.includes(told)), `${told}: ${lines}`);
      ok(!JSON.stringify(server.requests[0].body).includes("sk-or-v1-other"), "a key stays here");
      const refused = await local(world, undefined, { strict: true }).client.fetch(url, init);
      same(refused.status, 400, `${told} strict`);
      ok((await refused.json()).error.message.startsWith(told), `${told} strict`);
    }
    /** @type {any[]} */
    const kept = [];
    const fetch = /** @type {any} */ (async (/** @type {unknown} */ _, /** @type {any} */ init) => (kept.push(JSON.parse(init.body)), new Response("{}")));
    await local(world, undefined, { fetch }).client.fetch("https://other.example/v1/chat/completions", { method: "POST", body: JSON.stringify({ ...body, format: "json", temperature: "hot" }) });
    same(kept.map(({ format, temperature }) => [format, temperature]), [["json", "hot"]], "another API has names of its own");
    const wrong = await local(world).client.fetch(url, { method: "POST", body: JSON.stringify({ ...body, temperature: "hot" }) });
    same((await wrong.json()).error.message, "temperature: must be a number", "a value of another kind");
    ok((await rejection(local(world).client.fetch(url, { method: "POST", body: /** @type {any} */ (body) }))).message.startsWith("init.body: is an object"), "a body that was not written");
  },

  async "a choice of a tool that is not there is told, a tool without a name refused"(world) {
    const tools = [{ name: "a.b", parameters: { type: "object" } }], choice = (/** @type {string} */ name) => ({ type: /** @type {const} */ ("function"), function: { name } });
    const { warnings } = await local(world).client.prepare({ messages: question, tools, toolChoice: choice("c") });
    same(warnings.map(({ path, reason }) => `${path} ${reason}`), ["toolChoice.function.name is the name of no tool of the request"], "told");
    same((await local(world).client.prepare({ messages: question, tools, toolChoice: choice("a.b") })).warnings, [], "what is there is not");
    for (const name of ["", "  "]) for (const more of [{}, { execute: () => 1 }]) {
      const { code, message } = await rejection(local(world).client.prepare({ messages: question, tools: [...tools, { name, parameters: { type: "object" }, ...more }], toolChoice: choice(name) }));
      same([code, message.startsWith("tools[1].name: must be")], ["invalid-request", true], message);
    }
  },

  async "a plain object that is thrown is told by what it says"(world) {
    const key = "sk-or-v1-0123456789abcdef";
    const { client } = local(world, undefined, { apiKey: () => { throw { reason: "locked", key }; } });
    const { message } = await rejection(client.chat({ messages: question }).result());
    same([message.includes('"reason":"locked"'), message.includes(key)], [true, false], message);
  },
};
