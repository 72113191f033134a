// The scan as a caller meets it, told once and run in every runtime.
import { ok, rejection, same } from "./scenario-tools.js";

/** @import { World } from "./scenario-tools.js" */

const KEY = "sk-or-v1-0123456789abcdef0123456789abcdef";
const DAY_S = 86_400;

/** @param {string} id @param {object} [more] */
const row = (id, more) => ({
  id, name: id, created: Math.floor(Date.now() / 1000) - 10 * DAY_S, context_length: 32_000,
  architecture: { modality: "text+image->text", input_modalities: ["text", "image"], output_modalities: ["text"] },
  pricing: { prompt: "0", completion: "0" }, top_provider: {}, supported_parameters: ["tools", "tool_choice", "structured_outputs", "response_format", "reasoning"], ...more,
});

/** What the simulated models cannot do, by the end of their names. */
const BLIND = { architecture: { modality: "text->text", input_modalities: ["text"], output_modalities: ["text"] } };

/**
 * Models that do what they are asked: each reads its request as a model would, the image too.
 * @param {World} world
 * @param {object[]} rows
 * @param {(body: any, number: number) => Response | Promise<any> | object | undefined} [answer]  a Response, or what is else in the message
 * @param {{ options?: object }} [more]
 */
function market({ api }, rows, answer = () => undefined, { options } = {}) {
  /** @type {any[]} */
  const asked = [];
  const state = { running: 0, most: 0 };
  const fetch = /** @type {any} */ (async (/** @type {string} */ url, /** @type {any} */ init) => {
    if (url.includes("/models")) return new Response(JSON.stringify({ data: rows }));
    const body = JSON.parse(init.body);
    asked.push(body);
    state.running += 1;
    state.most = Math.max(state.most, state.running);
    try {
      const own = await answer(body, asked.length);
      if (own instanceof Response) return own;
      const message = { role: "assistant", content: "", ...rightAnswer(body), ...own };
      const usage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 };
      return Response.json({ id: "gen-1", model: body.model, choices: [{ index: 0, message, finish_reason: message.tool_calls ? "tool_calls" : "stop" }], usage });
    } finally {
      state.running -= 1;
    }
  });
  return { asked, state, client: new api.OpenRouter({ apiKey: KEY, fetch, ...options }) };
}

/** @param {any} body */
function rightAnswer(body) {
  const [{ content }] = body.messages;
  if (body.tools) return { tool_calls: [{ id: "call_1", type: "function", function: { name: "ping", arguments: JSON.stringify({ word: /"(\w+)"/.exec(content)?.[1] }) } }] };
  if (body.response_format) return { content: JSON.stringify({ word: /"(\w+)"/.exec(content)?.[1], number: Number(/number (\d+)/.exec(content)?.[1]) }) };
  if (Array.isArray(content)) return { content: `It shows ${numberIn(content[1].image_url.url)}.` };
  return { content: "42", reasoning: "hm" };
}

const DIGITS = "01110100011001110101110011000101110 00100011000010000100001000010001110 01110100010000100010001000100011111 11111000100010000010000011000101110 00010001100101010010111110001000010 11111100001111000001000011000101110 00110010001000011110100011000101110 11111000010001000100010000100001000 01110100011000101110100011000101110 01110100011000101111000010001001100".split(" ");

/** @type {Map<string, string>} */
const seen = new Map();

/** Once for each image: what the simulated models cost is not what the scan costs. @param {string} dataUri */
function numberIn(dataUri) {
  const known = seen.get(dataUri) ?? readNumber(dataUri);
  seen.set(dataUri, known);
  return known;
}

/** Reads the digits of a grey PNG that is stored without compression: the first dark dots say where the raster stands. @param {string} dataUri */
function readNumber(dataUri) {
  const bytes = Uint8Array.from(atob(dataUri.split(",")[1]), (letter) => letter.charCodeAt(0));
  const word = (/** @type {number} */ at) => new DataView(bytes.buffer).getUint32(at);
  const [width, height] = [word(16), word(20)];
  // Behind the chunk's head, zlib's and that of the only block.
  const pixels = bytes.subarray(41 + 2 + 5);
  const isDark = (/** @type {number} */ x, /** @type {number} */ y) => pixels[y * (width + 1) + 1 + x] < 128;
  let top = 0;
  while (!Array.from({ length: width }, (_, x) => isDark(x, top)).some(Boolean)) top++;
  const dot = (height - 2 * top) / 7;
  const digit = (/** @type {number} */ at) => {
    const bits = Array.from({ length: 35 }, (_, cell) => Number(isDark(top + (at * 6 + (cell % 5)) * dot + dot / 2, top + Math.floor(cell / 5) * dot + dot / 2)));
    return DIGITS.indexOf(bits.join(""));
  };
  return `${digit(0)}${digit(1)}`;
}

/** @type {Record<string, (world: World) => Promise<void>>} */
export const scanScenarios = {
  async "a scan filters, probes and ranks, and says why"(world) {
    const rows = [
      row("a/all-70b:free"), row("a/blind-8b", BLIND), row("b/paid", { pricing: { prompt: "0.001", completion: "0" } }), row("b/no-tools:free", { ...BLIND, supported_parameters: [] }),
      row("a/lies:free"), row("b/old:free", { created: 1_600_000_000 }),
    ];
    /** @type {any[]} */
    const told = [];
    const { client, asked } = market(world, rows, (body) => (body.model === "a/lies:free" ? { content: "Sure!", tool_calls: undefined } : undefined));
    const result = await client.models.scan({ maxAgeDays: 30, probe: ["tool", "json", "image", "reasoning"], onProgress: (progress) => told.push(structuredClone(progress)) });
    same(result.rows.map(({ model }) => model), ["a/all-70b:free", "a/blind-8b", "a/lies:free", "b/no-tools:free"], "order");
    const [best, blind, lies, toolless] = result.rows;
    ok([best.tool, best.json, best.image, best.reasoning].every(({ ok: isOk, latencyMs, error }) => isOk && typeof latencyMs === "number" && error === undefined), JSON.stringify(best));
    same([best.paramsB, best.isFree, best.modality, best.contextWindow, best.supportsTools, best.supportsImages, best.supportedParametersCount, best.pricing], [70, true, "text+image->text", 32_000, true, true, 5, { prompt: "0", completion: "0" }], "facts");
    ok(/^sees images: \d+ ms$/.test(best.reasons[0]) && best.reasons.includes("70 billion parameters"), best.reasons.join("; "));
    same([blind.image, toolless.tool.skipped], [{ ok: false, latencyMs: null, skipped: true }, true], "not tried");
    same([lies.tool.error, lies.json.error], ["No tool call returned", "the answer is no JSON object: Sure!"], "lies");
    ok(/^the image shows \d\d, the answer says: Sure!$/.test(lies.image.error ?? ""), lies.image.error ?? "");
    same([result.selected, result.selectedImages, result.probed], [["a/all-70b:free", "a/blind-8b"], ["a/all-70b:free"], true], "selected");
    same(result.counts, { tested: 3, toolOk: 2, imageOk: 1, toolAndImageOk: 1, imageOnly: 0 }, "counts");
    same([told[0], told.length, told.at(-1)], [{ phase: "catalog", completed: 0, total: 4 }, 6, { phase: "done", completed: 4, total: 4 }], "progress");
    ok(told.slice(1, -1).every(({ phase, row: one }, at) => phase === "probe" && told[at + 1].completed === at + 1 && one.model && !("claims" in one)), JSON.stringify(told[1]));
    for (const body of asked) {
      ok(body.temperature === 0 && body.max_completion_tokens <= 1024 && body.models === undefined && rows.some(({ id }) => id === body.model), JSON.stringify(body).slice(0, 300));
      ok(body.reasoning === undefined || !(body.tools || body.response_format), "no reasoning that nobody asked for");
    }
  },

  async "filters of a scan"(world) {
    const rows = [row("a/x-7b:free"), row("b/y-70b:free", { supported_parameters: ["seed"] }), row("~a/latest", BLIND), row("b/paid-9b", { pricing: { prompt: "0.1", completion: "0.1" } }), row("c/audio:free", { architecture: { modality: "text+audio->text" }, created: 1_500_000_000 })];
    const { client } = market(world, rows);
    for (const [options, expected] of /** @type {[any, string[]][]} */ ([
      [{}, ["a/x-7b:free", "b/y-70b:free", "c/audio:free", "~a/latest"]],
      [{ free: false }, ["a/x-7b:free", "b/paid-9b", "b/y-70b:free", "c/audio:free", "~a/latest"]],
      [{ provider: " A/ " }, ["a/x-7b:free", "~a/latest"]],
      [{ minParams: 7 }, ["a/x-7b:free", "b/y-70b:free"]],
      [{ maxAgeDays: 30 }, ["a/x-7b:free", "b/y-70b:free", "~a/latest"]],
      [{ capabilities: ["tools", "image"] }, ["a/x-7b:free"]],
      [{ capabilities: ["seed"] }, ["b/y-70b:free"]],
      [{ capabilities: ["audio"] }, ["c/audio:free"]],
      [{ capabilities: ["json", "reasoning"] }, ["a/x-7b:free", "c/audio:free", "~a/latest"]],
    ])) {
      const { rows: found, probed } = await client.models.scan({ probe: false, ...options });
      same([found.map(({ model }) => model).sort(), probed], [expected, false], JSON.stringify(options));
    }
    for (const [options, message] of /** @type {[any, string][]} */ ([
      [{ minParams: -1 }, "minParams: must be a number >= 0"], [{ maxAgeDays: "7" }, "maxAgeDays: must be a number >= 0"], [{ maxCandidates: 0 }, "maxCandidates: must be a positive integer"],
      [{ concurrency: 1.5 }, "concurrency: must be a positive integer"], [{ capabilities: "tools" }, "capabilities: must be an array of strings"], [{ probe: ["smell"] }, "probe: must be true, false or an array of tool, json, image and reasoning"],
      [{ timeoutMs: 0 }, "timeoutMs: must be > 0"], [{ provider: 5 }, "provider: must be a string"], [{ free: "yes" }, "free: must be true or false"], [{ probePaid: 1 }, "probePaid: must be true or false"], [{ onProgress: 1 }, "onProgress: must be a function"],
    ])) {
      const error = await rejection(client.models.scan(options));
      same([error.code, error.message], ["invalid-request", message], JSON.stringify(options));
    }
  },

  async "without a key a scan says what the catalog says, unless probes were asked for"(world) {
    const { client, asked } = market(world, [row("a/b:free")], undefined, { options: { apiKey: undefined } });
    const { rows, probed, warnings, selected } = await client.models.scan();
    same([rows.length, probed, selected, asked.length], [1, false, [], 0], "metadata");
    ok(warnings[0].startsWith("Missing OpenRouter API key"), warnings.join());
    for (const probe of [true, ["tool"]]) {
      const error = await rejection(client.models.scan(/** @type {any} */ ({ probe })));
      ok(error.code === "auth" && error.message.startsWith("Missing OpenRouter API key."), error.message);
    }
  },

  async "what costs something is probed when that is said"(world) {
    const rows = [row("a/paid", { pricing: { prompt: "0.000001", completion: "0.000002" } }), row("a/router", { pricing: { prompt: "-1", completion: "-1" } }), row("b/free:free")];
    const { client, asked } = market(world, rows);
    const careful = await client.models.scan({ free: false });
    const pieces = [
      row("a/by-request:free", { pricing: { prompt: "0", completion: "0", request: "0.08" } }), row("a/by-image", { pricing: { prompt: "0", completion: "0", image: "0.001" } }),
      row("a/songs", { architecture: { modality: "text+image->text+audio" } }), row("a/search:free", { pricing: { prompt: "0", completion: "0", request: "0", web_search: "0.01" } }),
    ];
    const piecewise = market(world, pieces);
    const free = await piecewise.client.models.scan();
    same([free.rows.length, [...new Set(piecewise.asked.map(({ model }) => model))]], [4, ["a/search:free"]], "free by the token is not free by the piece");
    ok(free.warnings.some((text) => text.startsWith("3 models cost something, or may,")), free.warnings.join());
    await piecewise.client.models.scan({ probePaid: true });
    same(new Set(piecewise.asked.map(({ model }) => model)).size, 4, "unless that is said");
    same([careful.rows.length, new Set(asked.map(({ model }) => model)).size, asked[0].model, careful.counts.tested], [3, 1, "b/free:free", 1], "free alone");
    ok(careful.warnings.some((text) => text.startsWith("2 models cost something")), careful.warnings.join());
    await client.models.scan({ free: false, probePaid: true });
    same(new Set(asked.map(({ model }) => model)).size, 3, "all");
  },

  async "a model that fails is reported, and the scan goes on"(world) {
    const rows = ["busy", "gone", "html", "slow", "wrong", "fine"].map((name) => row(`a/${name}:free`));
    const failure = (/** @type {number} */ status, /** @type {string} */ message, /** @type {object} */ metadata = {}) => Response.json({ error: { code: status, message, metadata } }, { status });
    const { client, asked } = market(world, rows, (body) => {
      if (body.model === "a/busy:free") return failure(429, "Rate limited", { retry_after_seconds: 33 });
      if (body.model === "a/gone:free") return failure(404, "No endpoints found");
      if (body.model === "a/html:free") return new Response("<html>", { headers: { "content-type": "text/html" } });
      if (body.model === "a/slow:free") return new Promise(() => {});
      if (body.model === "a/wrong:free") return { tool_calls: body.tools && [{ id: "1", type: "function", function: { name: "ping", arguments: "{}" } }] };
      return undefined;
    }, { options: { fallbackModels: ["a/fine:free"], model: "a/fine:free", maxRetries: 5 } });
    const { rows: found, selected } = await client.models.scan({ probe: ["tool"], timeoutMs: 2000 });
    const error = (/** @type {string} */ name) => found.find(({ model }) => model === `a/${name}:free`)?.tool.error ?? "";
    ok(/^rate-limit: .*Rate limited.*; try again in 33 s$/.test(error("busy")), error("busy"));
    ok(error("gone").startsWith("not-found: ") && error("html").startsWith("bad-response: ") && error("slow").startsWith("timeout: "), [error("gone"), error("html"), error("slow")].join(" | "));
    same([error("wrong"), selected], ["the tool was called with other arguments: {}", ["a/fine:free"]], "wrong arguments");
    same(asked.length, 6, "each was asked once, and no other model in its place");
    // A model that failed a probe is not avoided by the client's chats.
    same((await client.chat({ model: "a/gone:free", messages: [{ role: "user", content: "x" }], fallbackModels: ["a/fine:free"] }).result()).message.content, "42", "a chat goes on");
  },

  async "a key that is refused, and no credits, end the scan"(world) {
    for (const [status, code] of /** @type {[number, string][]} */ ([[401, "auth"], [402, "payment-required"]])) {
      const { client, asked } = market(world, Array.from({ length: 20 }, (_, at) => row(`a/m${at}:free`)), () => Response.json({ error: { code: status, message: "no" } }, { status }));
      same((await rejection(client.models.scan({ probe: ["tool"], concurrency: 1 }))).code, code, `${status}`);
      same(asked.length, 1, "the others were not asked");
    }
    const { client } = market(world, [row("a/b:free")]);
    same((await rejection(client.models.scan({ onProgress: ({ phase }) => { if (phase === "probe") throw new Error("mine"); } }))).message, "mine", "what onProgress throws");
  },

  async "an abort ends a scan at once, wherever it is"(world) {
    const rows = Array.from({ length: 10 }, (_, at) => row(`a/m${at}:free`));
    const controller = new AbortController();
    const { client, asked } = market(world, rows, () => {
      queueMicrotask(() => controller.abort(new Error("enough")));
      return new Promise(() => {});
    });
    same((await rejection(client.models.scan({ signal: controller.signal }))).message, "enough", "while probing");
    ok(asked.length <= 6, `${asked.length} requests`);
    same((await rejection(client.models.scan({ signal: AbortSignal.abort(new Error("before")) }))).message, "before", "before it began");
  },

  async "sixty models with two probes each take six rounds of waiting, not a hundred and twenty"(world) {
    // Nobody is answered before twenty wait: ten models, two probes each.
    /** @type {(() => void)[]} */
    const waiting = [];
    let rounds = 0;
    const together = () =>
      new Promise((resolve) => {
        waiting.push(() => resolve(undefined));
        if (waiting.length < 20) return;
        rounds += 1;
        for (const answer of waiting.splice(0)) answer();
      });
    const { client, state, asked } = market(world, Array.from({ length: 60 }, (_, at) => row(`a/m${at}:free`)), together);
    const { counts } = await client.models.scan({ concurrency: 10 });
    same([counts.toolAndImageOk, asked.length, state.most, rounds], [60, 120, 20, 6], "probed");
  },
};
