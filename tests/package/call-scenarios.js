// Embeddings, ranking, decisions, descriptions and lists as a caller meets them, told once and run in every runtime.
import { local, ok, rejection, same } from "./scenario-tools.js";

/** @import { World } from "./scenario-tools.js" */

const EMBEDDER = "openai/text-embedding-3-small", RERANKER = "cohere/rerank-v3.5", DECIDER = "typesafe/jev-1.14";

/** Answers every request, and keeps it. @param {World} world @param {(body: any, number: number) => unknown} answer @param {object} [options] */
function desk({ api }, answer, options = {}) {
  /** @type {any[]} */
  const sent = [];
  const fetch = /** @type {any} */ (async (/** @type {any} */ url, /** @type {any} */ init) => {
    const text = typeof init.body === "string" ? init.body : init.body && await new Response(init.body).text();
    sent.push({ url: String(url), headers: Object.fromEntries(new Headers(init.headers)), body: text && JSON.parse(text) });
    const given = await answer(sent.at(-1).body, sent.length - 1);
    return given instanceof Response ? given : new Response(JSON.stringify(given));
  });
  return { sent, client: new api.OpenRouter({ apiKey: "sk-or-v1-test", fetch, ...options }) };
}

/** @param {number[]} numbers */
const base64 = (numbers) => btoa(String.fromCharCode(...new Uint8Array(new Float32Array(numbers).buffer)));
/** A vector that says which text it is of. @param {any[]} inputs */
const numbered = (inputs) => ({ object: "list", model: "m", data: inputs.map((text, index) => ({ index, embedding: base64([Number(String(text).slice(0, 3)), 1]) })), usage: { prompt_tokens: inputs.length, total_tokens: inputs.length, cost: 0.1 } });
/** @param {ArrayLike<number>} left @param {ArrayLike<number>} right */
const nearness = (left, right) => Array.from(left).reduce((sum, value, at) => sum + value * right[at], 0);

/** @param {import("openrouter-wasm").Drift[]} rows */
const inOrder = (rows) => rows.map(({ kind, value, count }) => `${kind} ${value} ${count}`).sort();

/** @type {Record<string, (world: World) => Promise<void>>} */
export const callScenarios = {
  async "texts become vectors, near where they share words, and the bill comes along"(world) {
    const { client, server } = local(world);
    const { embeddings, model, usage, cost, warnings } = await client.embeddings.create({ model: `openrouter/${EMBEDDER}`, input: ["the cat sat", "a cat sat there", "taxes are due"], dimensions: 64 });
    ok(embeddings.every((vector) => vector instanceof Float32Array && vector.length === 64), "Float32Array of 64");
    ok(nearness(embeddings[0], embeddings[1]) > nearness(embeddings[0], embeddings[2]), "nearness");
    same([model, warnings, usage?.inputTokens === usage?.totalTokens, cost === usage?.cost, Number(cost) > 0], ["text-embedding-3-small", [], true, true, true], "result");
    const [{ body, path, headers }] = server.requests;
    same([path, body, headers.authorization, headers.accept], ["/embeddings", { model: EMBEDDER, input: ["the cat sat", "a cat sat there", "taxes are due"], dimensions: 64, encoding_format: "base64" }, "Bearer sk-or-v1-test", "application/json"], "request");
    const floats = await client.embeddings.create({ model: EMBEDDER, input: "the cat sat", dimensions: 64, encodingFormat: "float" });
    same([...floats.embeddings[0]], [...embeddings[0]], "in either form the same");
    same((await client.embeddings.create({ model: EMBEDDER, input: [] })).embeddings, [], "none");
    same(server.requests.length, 2, "none is not sent");
    same((await client.embeddings.models()).map(({ id }) => id), [EMBEDDER], "models");
  },

  async "many texts go in batches, come back in their order, and are billed as one"(world) {
    const input = Array.from({ length: 300 }, (_, at) => String(at));
    const { client, sent } = desk(world, async (body, number) => {
      // The later batch answers first.
      await new Promise((resolve) => setTimeout(resolve, number === 0 ? 40 : 1));
      const answer = numbered(body.input);
      answer.data.reverse();
      return answer;
    });
    const { embeddings, usage, cost } = await client.embeddings.create({ model: "e", input });
    same(embeddings.map(([first]) => first), input.map(Number), "order");
    same([sent.map(({ body }) => body.input.length).sort(), usage?.inputTokens, cost, usage?.cost], [[128, 128, 44], 300, 0.3, 0.3], "batches");
    sent.length = 0;
    await client.embeddings.create({ model: "e", input: ["1".repeat(50), "2".repeat(50), "3".repeat(10)], maxBatchChars: 60, concurrency: 1 });
    same(sent.map(({ body }) => body.input.length), [1, 2], "by length");
    await client.embeddings.create({ model: "e", input: [[1, 2], [3]] }).catch(() => {});
    same(sent.at(-1).body.input, [[1, 2], [3]], "tokens");
    await client.embeddings.create({ model: "e", input: [7, 8, 9] }).catch(() => {});
    same(sent.at(-1).body.input, [[7, 8, 9]], "one list of tokens");
    const parts = { content: [{ type: "text", text: "a" }, { type: "image_url", image_url: { url: "https://a.example/b.png" } }] };
    await client.embeddings.create({ model: "e", input: parts }).catch(() => {});
    same(sent.at(-1).body.input, [parts], "parts");
  },

  async "when a batch fails the others are kept, and the error says which"(world) {
    const input = Array.from({ length: 6 }, (_, at) => String(at));
    const { client, sent } = desk(world, (body) => (body.input.includes("2") ? new Response(JSON.stringify({ error: { code: 400, message: "no" } }), { status: 400 }) : numbered(body.input)));
    const error = await rejection(client.embeddings.create({ model: "e", input, maxBatchInputs: 2, concurrency: 1 }));
    same([error.code, error.status, error.partial.missing, error.partial.embeddings.map((/** @type {any} */ vector) => vector?.[0] ?? null)], ["invalid-request", 400, [2, 3, 4, 5], [0, 1, null, null, null, null]], "partial");
    ok(error.message.includes("4 of 6 inputs have no vector, the first is input[2]"), error.message);
    same([sent.length, error.partial.usage.cost], [2, 0.1], "nothing is sent after it");
    let calls = 0;
    const slow = desk(world, (body) => (calls++ === 0 ? new Response("{}", { status: 429 }) : numbered(body.input)));
    same((await slow.client.embeddings.create({ model: "e", input: "7" })).embeddings[0][0], 7, "what is refused for a moment is sent again");
    const cut = desk(world, () => Promise.reject(new TypeError("fetch failed")));
    same([(await rejection(cut.client.embeddings.create({ model: "e", input: "7" }))).code, cut.sent.length], ["network", 1], "what may have arrived is not");
  },

  async "an answer that has not one good vector for each input is refused"(world) {
    const good = { index: 0, embedding: base64([1]) };
    /** @type {[any, string][]} */
    const table = [
      [{}, "no list"], [{ data: [good] }, "1 rows for 2"], [{ data: [good, good] }, "index is 0, as another's"], [{ data: [good, { embedding: [1] }] }, "some rows"],
      [{ data: [good, { index: 2, embedding: [1] }] }, "index is 2"], [{ data: [good, { index: 0.5, embedding: [1] }] }, "index is 0.5"], [{ data: [good, { index: 1, embedding: [] }] }, "data[1].embedding"],
      [{ data: [good, { index: 1, embedding: ["1"] }] }, "data[1].embedding"], [{ data: [good, { index: 1, embedding: [null] }] }, "data[1].embedding"], [{ data: [good, { index: 1, embedding: "AAA=" }] }, "data[1].embedding"],
      [{ data: [good, { index: 1, embedding: base64([NaN]) }] }, "data[1].embedding"], [{ data: [good, { index: 1, embedding: base64([Infinity]) }] }, "data[1].embedding"], [{ data: [good, 5] }, "data[1] is no object"],
    ];
    for (const [answer, words] of table) {
      const error = await rejection(desk(world, () => answer).client.embeddings.create({ model: "e", input: ["a", "b"] }));
      ok(error.code === "bad-response" && error.message.includes(words), `${words}: ${error.message}`);
    }
    const without = desk(world, () => ({ data: [{ embedding: [1] }, { embedding: [2] }] }));
    const { embeddings, model } = await without.client.embeddings.create({ model: "e", input: ["a", "b"] });
    same([embeddings.map(([first]) => first), model], [[1, 2], "e"], "no index on any row is their order");
    same((await rejection(desk(world, () => new Response("<html>")).client.embeddings.create({ model: "e", input: "a" }))).message, "OpenRouter embeddings failed: the server answered with an HTML page", "a page");
  },

  async "what is wrong with a call is told by its place, and what nobody reads by the name that was meant"(world) {
    const { client, server } = local(world);
    const long = "é".repeat(4097);
    /** @type {[() => Promise<unknown>, string][]} */
    const table = [
      [() => client.embeddings.create(/** @type {any} */ (undefined)), "request:"], [() => client.embeddings.create(/** @type {any} */ ({ model: "e" })), "input:"], [() => client.embeddings.create({ input: "a" }), "model:"],
      [() => client.embeddings.create({ model: "e", input: ["a", ""] }), "input[1]:"], [() => client.embeddings.create({ model: "e", input: long }), "input: has 8194 bytes"], [() => client.embeddings.create({ model: "e", input: ["a", long] }), "input[1]: has 8194"],
      [() => client.embeddings.create({ model: "e", input: /** @type {any} */ (["a", [1]]) }), "input: must be of one kind"], [() => client.embeddings.create({ model: "e", input: /** @type {any} */ ([{}]) }), "input[0]:"],
      [() => client.embeddings.create({ model: "e", input: { content: [] } }), "input.content:"], [() => client.embeddings.create({ model: "e", input: "a", maxBatchInputs: 0 }), "maxBatchInputs:"], [() => client.embeddings.create({ model: "e", input: "a", dimensions: 1.5 }), "dimensions:"],
      [() => client.rerank(/** @type {any} */ ({ model: "r", query: "q" })), "documents:"], [() => client.rerank({ model: "r", query: "q", documents: [] }), "documents:"], [() => client.rerank({ model: "r", query: "", documents: ["a"] }), "query:"],
      [() => client.rerank({ model: "r", query: "q", documents: ["a", /** @type {any} */ ({ txt: "b" })] }), "documents[1]:"], [() => client.rerank({ model: "r", query: "q", documents: ["a"], topN: 0 }), "topN:"],
      [() => client.decide(/** @type {any} */ ({ model: "d", state: "s", questions: { q: { type: "maybe" } } })), "questions.q.type:"], [() => client.decide(/** @type {any} */ ({ model: "d", state: "s", questions: {}, temperature: 1 })), "temperature:"],
      [() => client.videos.describe(/** @type {any} */ ({})), "video:"], [() => client.images.describe({ image: new Uint8Array(9), maxBytes: 8 }), "image: has 9 bytes"], [() => client.transcriptions.describe({ audio: "https://a.example/b.mp3" }), "mediaType:"],
      [() => client.models.endpoints(/** @type {any} */ (5)), "id:"], [() => client.models.endpoints("a/../b"), "id:"], [() => client.models.providers(/** @type {any} */ ({ timeoutMs: -1 })), "timeoutMs:"],
    ];
    for (const [call, place] of table) {
      const error = await rejection(call());
      ok(error?.code === "invalid-request" && error.message.startsWith(place), `${place} ${error?.message}`);
    }
    same(server.requests.length, 0, "nothing was sent");
    const { warnings } = await client.embeddings.create(/** @type {any} */ ({ model: EMBEDDER, input: "a", input_type: "query", dimension: 3 }));
    same([warnings.length, warnings[0].startsWith("dimension: is not sent, there is no such option; dimensions is one")], [1, true], String(warnings));
    same(server.requests[0].body.input_type, "query", "the wire's spelling");
    ok((await client.embeddings.create({ model: EMBEDDER, input: long, maxInputBytes: Infinity })).embeddings.length === 1, "a longer text where it is allowed");
  },

  async "documents are ranked, each with its number and its text"(world) {
    const { client, server } = local(world);
    const documents = ["Paris is in France", { text: "Lima is in Peru" }, "Which one?"];
    const { results, usage, cost, model, id } = await client.rerank({ model: RERANKER, query: "What is in Peru", documents, topN: 2 });
    same([results.length, results[0].index, results[0].document, results[0].score > results[1].score], [2, 1, { text: "Lima is in Peru" }, true], "results");
    same([model, usage?.searchUnits, cost, id?.startsWith("gen-rerank-")], ["rerank-v3.5", 1, 0.001, true], "bill");
    same(server.requests[0].body, { model: RERANKER, query: "What is in Peru", documents, top_n: 2 }, "request");
    const bare = desk(world, () => ({ model: "m", results: [{ index: 1, relevance_score: 0.5 }, { index: 0, relevance_score: 0.1, document: "as text" }] }));
    same((await bare.client.rerank({ model: "r", query: "q", documents: ["a", "b"] })).results, [{ index: 1, score: 0.5, document: { text: "b" } }, { index: 0, score: 0.1, document: { text: "as text" } }], "without documents");
    const odd = await rejection(desk(world, () => ({ results: [{ index: 2, relevance_score: 1 }] })).client.rerank({ model: "r", query: "q", documents: ["a", "b"] }));
    ok(odd.code === "bad-response" && odd.message.includes("results[0]"), odd.message);
  },

  async "a decision answers each question in its own form"(world) {
    const { client, server } = local(world);
    const questions = /** @type {const} */ ({
      spam: { type: "boolean", instructions: "Is it spam?", criteria: { true: "sells", false: "does not" } }, kind: { type: "choice", instructions: "What?", criteria: { letter: "a letter", bill: null } },
      tone: { type: "score", instructions: "How kind?", criteria: ["rude", "plain", "kind"] }, face: { type: "box", instructions: "Where?" },
    });
    const { answers, usage, cost, id, provider } = await client.decide({ model: DECIDER, state: ["Dear friend"], questions });
    ok(answers.spam.probability >= 0 && answers.spam.probability <= 1, "probability");
    ok(["letter", "bill"].includes(answers.kind.choice) && Object.keys(answers.tone.probabilities ?? {}).length === 3 && answers.face.box.right > answers.face.box.left, JSON.stringify(answers));
    ok(usage.inputTokens > 0 && usage.cost === cost && id && provider, "identity");
    same([server.requests[0].path, server.requests[0].body.questions.spam.type], ["/systemone", "noul"], "on the wire");
    for (const [model, isTold] of /** @type {[string, boolean][]} */ ([[DECIDER, true], ["~typesafe/jev-latest", true], ["openai/gpt-6-luna-decisions:free", true], ["openai/gpt-4o-mini", false]])) {
      const { warnings } = await client.prepare({ model, messages: [{ role: "user", content: "?" }] });
      same(warnings.some(({ rule }) => rule === "decisions"), isTold, `a chat with ${model}`);
    }
  },

  async "a decision is sent once, four go at once, and its errors are of four kinds"(world) {
    const request = /** @type {const} */ ({ model: DECIDER, state: "s", questions: { q: { type: "boolean", instructions: "?" } } });
    let running = 0, most = 0;
    const answer = { model: "m", answers: { q: { noul: 0.5 } }, usage: { input_tokens: 1, output_tokens: 1 } };
    const { client, sent } = desk(world, async () => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setTimeout(resolve, 100));
      running -= 1;
      return answer;
    });
    const all = await Promise.all(Array.from({ length: 10 }, () => client.decide(request)));
    same([most, all.length, all[9].answers.q, sent.length], [4, 10, { probability: 0.5 }, 10], "at once");
    for (const [status, code] of /** @type {[number, string][]} */ ([[401, "auth"], [403, "auth"], [429, "rate-limit"], [529, "rate-limit"], [400, "invalid-request"], [413, "invalid-request"], [422, "invalid-request"], [500, "server"]])) {
      const failing = desk(world, () => new Response(JSON.stringify({ error: { message: "x", code: status } }), { status }));
      same([(await rejection(failing.client.decide(request))).code, failing.sent.length], [code, 1], String(status));
    }
    const waiting = desk(world, () => new Promise(() => {}));
    const busy = Array.from({ length: 4 }, () => rejection(waiting.client.decide({ ...request, timeoutMs: 60 })));
    const controller = new AbortController();
    const fifth = rejection(waiting.client.decide({ ...request, signal: controller.signal }));
    setTimeout(() => controller.abort("enough"), 10);
    same([await fifth, (await busy[0]).code], ["enough", "timeout"], "one that waits for its turn can be aborted");
    const wrong = await rejection(desk(world, () => ({ ...answer, answers: { q: { noul: 2 } } })).client.decide(request));
    ok(wrong.code === "bad-response" && wrong.message.endsWith("answers.q"), wrong.message);
  },

  async "a video, an image and a sound are described, and their bytes go around the engine"(world) {
    const answer = { model: "m", choices: [{ message: { content: " A cat. " } }], usage: { prompt_tokens: 9, completion_tokens: 2, total_tokens: 11, cost: 0.002 } };
    const { client, sent } = desk(world, () => answer);
    const bytes = new Uint8Array(200_000).fill(7);
    const video = await client.videos.describe({ video: bytes });
    same([video.text, video.model, video.usage?.outputTokens, video.cost], ["A cat.", "m", 2, 0.002], "result");
    const { model, messages, ...rest } = sent[0].body;
    const [{ role, content: [text, part] }] = messages;
    same([model, rest, role, text, part.video_url.url.slice(0, 30), part.video_url.url.length], ["google/gemini-3.8-flash", {}, "user", { type: "text", text: "Describe the video." }, "data:video/mp4;base64,BwcHBwcH", 22 + 266_668], "body");
    await client.images.describe({ image: { url: "https://a.example/b.png" }, prompt: "What is it?", model: "a/b" });
    same(sent[1].body, { model: "a/b", messages: [{ role: "user", content: [{ type: "text", text: "What is it?" }, { type: "image_url", image_url: { url: "https://a.example/b.png" } }] }] }, "by its address");
    await client.transcriptions.describe({ audio: new Blob(["abc"], { type: "audio/mpeg" }) });
    same(sent[2].body.messages[0].content[1], { type: "input_audio", input_audio: { data: "YWJj", format: "mp3" } }, "sound");
    const silent = desk(world, () => ({ choices: [{ message: { content: "" } }] }));
    same((await rejection(silent.client.videos.describe({ video: bytes }))).message, "OpenRouter video description failed: the answer has no text", "no text");
    const { client: simulated } = local(world);
    ok((await simulated.videos.describe({ video: bytes })).text.length > 0, "against the simulator");
  },

  async "what answers have that nobody knows is counted, and kept"(world) {
    const usage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2, cost: 0.1, moon_tokens: 3, prompt_tokens_details: { cached_tokens: 0, star_tokens: 1 } };
    const { client } = local(world, [{ text: "a", finishReason: "eclipse", usage }, { text: "b", usage: { ...usage, moon_tokens: undefined } }]);
    same(await client.drift(), [], "nothing yet");
    for (let times = 0; times < 2; times++) await client.chat({ messages: [{ role: "user", content: "?" }] }).result();
    const odd = desk(world, () => ({ data: [{ index: 0, embedding: [1] }], usage: { prompt_tokens: 1, total_tokens: 1, sun_tokens: 1 } }));
    await odd.client.embeddings.create({ model: "m", input: "a" });
    same(inOrder(await client.drift()), ["finish_reason eclipse 1", "usage moon_tokens 1", "usage prompt_tokens_details.star_tokens 2"], "chats");
    same(await odd.client.drift(), [{ kind: "usage", value: "sun_tokens", count: 1 }], "other calls");
    same(await odd.client.drift(), [{ kind: "usage", value: "sun_tokens", count: 1 }], "asked twice, counted once");
  },

  async "a chat's new fields and words are counted once an answer, wherever they stand, in a stream and in one piece"(world) {
    const detail = { type: "reasoning.dream", text: "z", index: 0, format: "moon-responses-v1", depth: 2 };
    const delta = { content: "a", mood: "calm", reasoning_details: [detail], annotations: [{ type: "dream_citation", url_citation: { url: "https://a.example/", title: "t", author: "x" } }] };
    const chunks = [
      { id: "g", object: "chat.completion.chunk", created: 1, model: "m", provider: "p", choices: [{ index: 0, delta: { role: "assistant", content: "b" }, finish_reason: null, native_finish_reason: null }] },
      ...Array.from({ length: 40 }, (_, number) => ({ id: "g", weather: "fog", choices: [{ index: 0, delta: { ...delta, content: `a${number}` }, tide: 1 }] })),
      { id: "g", choices: [{ index: 0, delta: { content: "" }, finish_reason: "eclipse", native_finish_reason: "ECLIPSE" }], usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2, moon_tokens: 1, server_tool_use_details: { web_search_requests: 1 } } },
    ];
    const stream = `${chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`).join("")}data: [DONE]\n\n`;
    const whole = { id: "g", object: "chat.dream", choices: [{ index: 0, message: { role: "assistant", content: "a", mood: "calm" }, finish_reason: "stop", tide: 1 }], weather: "fog", usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 } };
    const failed = { error: { code: 400, message: "no", metadata: { error_type: "moonlit", phase: 3 } } };
    const answers = [new Response(stream, { headers: { "content-type": "text/event-stream" } }), new Response(stream, { headers: { "content-type": "text/event-stream" } }), whole, Response.json(failed, { status: 400 })];
    const { client } = desk(world, (_, number) => answers[number]);
    const messages = /** @type {any} */ ([{ role: "user", content: "?" }]);
    const first = await client.chat({ messages, rawEvents: true }).result();
    same([first.reason, first.message.reasoning_details?.[0].type, /** @type {any} */ (first.message.annotations)?.[0].type], ["eclipse", "reasoning.dream", "dream_citation"], "and kept");
    await client.chat({ messages }).result();
    await client.chat({ messages, stream: false }).result();
    await rejection(client.chat({ messages }).result());
    same(
      inOrder(await client.drift()),
      ["answer choices.delta.annotations.url_citation.author 2", "answer choices.delta.mood 2", "answer choices.delta.reasoning_details.depth 2", "answer choices.message.mood 1", "answer choices.tide 3", "answer error.metadata.phase 1", "answer weather 3",
        "finish_reason eclipse 2", "usage moon_tokens 2", "value choices.delta.annotations.type=dream_citation 2", "value choices.delta.reasoning_details.format=moon-responses-v1 2", "value choices.delta.reasoning_details.type=reasoning.dream 2",
        "value error.metadata.error_type=moonlit 1", "value object=chat.dream 1"],
      "all of it",
    );
  },

  async "what the simulator answers is known, and a client that nobody asks keeps little"(world) {
    const { client } = local(world, [{ text: "a" }, { reasoning: "hm", text: "b" }, { toolCalls: [{ name: "f", arguments: {} }] }, { status: 429 }]);
    for (let times = 0; times < 3; times++) await client.chat({ messages: [{ role: "user", content: "?" }], tools: [{ name: "f" }] }).result();
    await rejection(client.chat({ messages: [{ role: "user", content: "?" }], maxRetries: 0 }).result());
    await client.embeddings.create({ model: EMBEDDER, input: ["a", "b"] });
    await client.rerank({ model: RERANKER, query: "q", documents: ["a", "b"] });
    await client.models.list();
    await client.images.generate({ prompt: "a cat", model: "google/gemini-3.1-flash-image-preview" });
    same(await client.drift(), [], "nothing is new");
    let number = 0;
    const busy = desk(world, () => ({ choices: [{ message: { content: "a" }, finish_reason: "stop" }], [`field${(number += 1)}`]: 1 }));
    for (let times = 0; times < 300; times++) await busy.client.chat({ messages: [{ role: "user", content: "?" }], stream: false }).result();
    same((await busy.client.drift()).length, 200, "kinds at most");
  },

  async "rows of lists and rankings, too"(world) {
    const row = { id: "a/b", name: "A", architecture: { input_modalities: ["text", "smell"], output_modalities: ["text"] }, pricing: { prompt: "1", completion: "1" }, context_length: 5, sweetness: 3 };
    const models = desk(world, () => ({ data: Array.from({ length: 3000 }, (_, number) => ({ ...row, id: `a/b${number}` })) }));
    await models.client.models.list();
    same(inOrder(await models.client.drift()), ["answer models: data.sweetness 1", "value models: data.architecture.input_modalities=smell 1"], "the first row of a long list");
    const ranked = desk(world, () => ({ model: "m", results: [{ index: 0, relevance_score: 0.5, certainty: 1 }] }));
    await ranked.client.rerank({ model: "m", query: "q", documents: ["a"] });
    same(inOrder(await ranked.client.drift()), ["answer rerank: results.certainty 1"], "a ranking");
  },

  async "endpoints, providers and the models that paint are listed with their prices as they are written"(world) {
    const { client } = local(world);
    const endpoints = await client.models.endpoints("openrouter/openai/gpt-4o-mini");
    same([endpoints.length, endpoints[0].provider, typeof endpoints[0].pricing.prompt, endpoints[0].uptime.last1d, endpoints.warnings], [1, "OpenAI", "string", 100, []], "endpoints");
    const providers = await client.models.providers();
    ok(providers.some(({ slug, privacyPolicyUrl }) => slug === "openai" && privacyPolicyUrl?.startsWith("https://")), "providers");
    const painters = await client.images.models();
    ok(painters.some(({ id, parameters }) => id === "google/gemini-3.1-flash-image-preview" && parameters?.n), JSON.stringify(painters[0]));
    same([(await rejection(client.models.endpoints("no/such"))).code], ["not-found"], "no such model");
  },

  async "a name that is none is told by every call with the one that was meant, the wire's spelling is taken; a strict client refuses it"(world) {
    /** @type {[name: string, call: (client: any, more: object) => Promise<any>, wrong: string, meant: string][]} */
    const table = [
      ["embeddings", (client, more) => client.embeddings.create({ model: EMBEDDER, input: "a", ...more }), "dimension", "dimensions"],
      ["rerank", (client, more) => client.rerank({ model: "cohere/rerank-v3.5", query: "q", documents: ["a"], ...more }), "topM", "topN"],
      ["images", (client, more) => client.images.generate({ prompt: "x", ...more }), "aspectRation", "aspectRatio"],
      ["speech", (client, more) => client.speech.create({ input: "x", ...more }), "voic", "voice"],
      ["music", (client, more) => client.music.generate({ prompt: "x", ...more }), "duration", "durationSeconds"],
      ["videos", (client, more) => client.videos.submit({ prompt: "x", ...more }), "duration", "durationSeconds"],
      ["transcriptions", (client, more) => client.transcriptions.create({ audio: new Uint8Array(900), mediaType: "audio/wav", ...more }), "langage", "language"],
      ["describe", (client, more) => client.videos.describe({ video: new Uint8Array(9), ...more }), "promt", "prompt"],
      ["search", (client, more) => client.search("who", more), "cont", "count"],
    ];
    for (const [name, call, wrong, meant] of table) {
      /** @type {string[]} */
      const said = [];
      const { client } = local(world, undefined, { key: "k", logger: { warn: (/** @type {string} */ line) => said.push(line) } });
      const { warnings = [] } = await call(client, { [wrong]: "x" });
      const lines = [...warnings, ...said.map((line) => line.replace("openrouter-wasm: ", ""))];
      ok(lines.some((line) => line.startsWith(`${wrong}: is not sent, there is no such option; ${meant} is one`)), `${name}: ${lines}`);
      ok(warnings.includes("key: is no option of the client"), `${name}: an option of the client that is none, in the result: ${warnings}`);
      ok(warnings.some((/** @type {string} */ line) => line.startsWith(`${wrong}: `)), `${name}: in the result: ${warnings}`);
      const strict = local(world, undefined, { strict: true });
      const error = await rejection(call(strict.client, { [wrong]: "x" }));
      ok(error.code === "invalid-request" && error.message.startsWith(`${wrong}: `) && strict.server.requests.length === 0, `${name}: ${error.message}`);
    }
    const { client, server } = local(world);
    await client.images.generate(/** @type {any} */ ({ prompt: "x", aspect_ratio: "1:1" }));
    await client.videos.submit(/** @type {any} */ ({ prompt: "x", aspect_ratio: "16:9", generate_audio: false }));
    same(server.requests.filter(({ method }) => method === "POST").map(({ body }) => body.aspect_ratio), ["1:1", "16:9"], "the wire's spelling");
    const asked = await client.decide({ model: "typesafe/jev-1.14", state: "s", questions: { q: /** @type {any} */ ({ type: "boolean", instructions: "?", criterea: {} }) } });
    same(asked.warnings, ["questions.q.criterea: is not sent, there is no such option; criteria is one"], "a question");
    same((await rejection(client.embeddings.create({ model: EMBEDDER, input: [{ content: [/** @type {any} */ ({ type: "txt", text: "a" })] }] }))).message, "input[0].content[0].type: must be text, image_url, input_audio, input_video, input_file", "a part");
  },

  async "values that a call holds to its bounds, or that contradict each other, are told in its result, or refused"(world) {
    for (const [call, warning] of /** @type {[(client: any) => Promise<any>, string][]} */ ([
      [(client) => client.images.generate({ prompt: "x", n: 50 }), "n: is 50: OpenRouter takes whole numbers from 1 to 10, and 10 is asked for"],
      [(client) => client.search("who", { count: 99 }), "count: is 99: a search takes whole numbers from 1 to 10, and 10 is asked for"],
      [(client) => client.music.generate({ prompt: "x", instrumental: true, lyrics: "la" }), "lyrics: says what is sung, and instrumental asks for no voice"],
      [(client) => client.rerank({ model: "cohere/rerank-v3.5", query: "q", documents: ["a"], topN: 3 }), "topN: is 3, and there are 1 documents"],
      [(client) => client.speech.create({ input: "x", provider: { sort: "pric" } }), "provider.sort: pric is no word that is known here; these are: price, throughput, latency, exacto"],
      [(client) => client.embeddings.create({ model: EMBEDDER, input: "a", provider: { only: ["a"], ignore: ["a"] } }), "provider.ignore: has a, which provider.only has too: no provider is in both"],
      [(client) => client.speech.create({ input: "x", speed: 99 }), "speed: is 99: models take numbers from 0.25 to 4"],
      [(client) => client.images.generate({ prompt: "x", inputs: [{ data: new TextEncoder().encode("%PDF-1.7 ...") }] }), "inputs[0].data: begins as a PDF does, and goes out as an image"],
      [(client) => client.videos.submit({ prompt: "x", inputs: [{ data: new TextEncoder().encode("<!doctype html><p>"), mediaType: "image/png", role: "first_frame" }] }), "inputs[0].data: begins as text does, and goes out as an image"],
      [(client) => client.images.describe({ image: new TextEncoder().encode('{"error":"no such image"}') }), "image: begins as text does, and goes out as an image"],
      [(client) => client.music.generate({ prompt: "x", format: "ogg7" }), "format: ogg7 is no format that is known here; these are: mp3, wav, flac, opus, aac, ogg, pcm16"],
    ])) {
      same((await call(local(world).client)).warnings, [warning], warning);
      const strict = local(world, undefined, { strict: true });
      const error = await rejection(call(strict.client));
      same([error.code, error.message, strict.server.requests.length], ["invalid-request", warning, 0], "strict");
    }
    const { client } = local(world);
    same((await client.videos.submit({ prompt: "x", durationSeconds: 7 })).warnings, ["durationSeconds: is 7: 8, the nearest that the model offers, is asked for"], "a ticket");
    same((await client.videos.submit({ prompt: "x", durationSeconds: 8 })).warnings, undefined, "nothing odd");
    const warn = () => {
      throw new Error("the disk is full");
    };
    same((await local(world, undefined, { logger: { warn } }).client.videos.submit({ prompt: "x", durationSeconds: 7 })).warnings?.length, 1, "a logger that throws changes nothing");
  },

  async "filters that let no model through, or all of them, are told, or refused"(world) {
    for (const [filters, place] of /** @type {[any, string][]} */ ([
      [{ supportedParameters: ["tools", "tolls"] }, "supportedParameters: lets no model through"], [{ inputModalities: ["imag"] }, "inputModalities: lets no model through"], [{ authors: ["opnai"], minContext: 1 }, "minContext: lets no model through, together with authors"],
      [{ minPrice: 3, maxPrice: 1 }, "minPrice: is 3, and maxPrice is 1: nothing is between them"], [{ minAgeDays: 9, maxAgeDays: 1 }, "minAgeDays: is 9, and maxAgeDays is 1"],
    ])) {
      const { warnings } = await local(world).client.models.list(filters);
      ok(warnings.some(({ rule, path, reason }) => rule === "values" && `${path}: ${reason}`.startsWith(place)), JSON.stringify(warnings));
      if (/nothing is between|is 9/.test(place)) ok((await rejection(local(world, undefined, { strict: true }).client.models.list(filters))).message.startsWith(place), place);
    }
    const scanned = await local(world).client.models.scan({ probe: false, capabilities: ["vison"] });
    ok(scanned.warnings[0].startsWith("capabilities: lets no model through"), JSON.stringify(scanned.warnings));
    same((await local(world).client.models.list({ supportedParameters: ["tools", "max_tokens"], inputModalities: ["text"], minPrice: 0, maxPrice: 0 })).warnings, [], "what is right is not");
  },

  async "options of calls that send none of them are told, or refused"(world) {
    const wrong = { timeout: 5 }, told = "timeout: counts for nothing, there is no such option; timeoutMs is one";
    const ticketOf = (/** @type {any} */ client) => client.videos.submit({ prompt: "x" });
    for (const [name, call] of /** @type {[string, (client: any, options: object) => Promise<any>][]} */ ([
      ["poll", async (client, options) => (await client.videos.poll(await ticketOf(client), options)).ticket.warnings],
      ["wait", async (client, options) => (await client.videos.wait(await ticketOf(client), { intervalMs: 1, ...options })).warnings],
      ["download", async (client, options) => (await client.videos.download(await client.videos.wait(await ticketOf(client), { intervalMs: 1 }), options)).warnings],
      ["usage", async (client, options) => (await client.usage(options)).warnings.filter((/** @type {string} */ line) => line.startsWith("timeout"))],
      ["lists", async (client, options) => (await client.embeddings.models(options)).warnings.map((/** @type {any} */ { path, reason }) => `${path}: ${reason}`)],
    ])) {
      same(await call(local(world).client, wrong), [told], name);
      same((await rejection(call(local(world, undefined, { strict: true }).client, wrong))).message, told, `${name}: strict`);
    }
    const mine = new Error("mine"), plain = local(world).client;
    const done = await plain.videos.wait(await ticketOf(plain), { intervalMs: 1 });
    const onProgress = () => {
      throw mine;
    };
    same(await plain.videos.download(done, { onProgress }).catch((error) => error === mine), true, "what a function of the caller's throws is no fault of the connection");
    const { client } = local(world, undefined, { strict: true });
    for (const call of [client.models.list(/** @type {any} */ ({ fre: true })), client.models.scan(/** @type {any} */ ({ prob: false }))]) same((await rejection(call)).code, "invalid-request", "models");
  },

  async "an option that is none is refused where a result has no place to tell of it"(world) {
    const { api } = world, { client } = local(world, { text: "x" });
    const run = () => client.chat({ messages: [{ role: "user", content: "Hello" }] });
    const jobs = (/** @type {any} */ options) => api.createJobStore({ storage: new Map(), ...options });
    for (const [name, call] of /** @type {[string, (wrong: any) => unknown][]} */ ([
      ["models.get", (wrong) => client.models.get("openai/gpt-4o-mini", wrong)], ["videos.models", (wrong) => client.videos.models(wrong)], ["generation", (wrong) => client.generation("gen-1", wrong)],
      ["recoverCost", (wrong) => run().recoverCost(wrong)], ["toReadableStream", (wrong) => run().toReadableStream(wrong)], ["toResponse", (wrong) => run().toResponse(wrong)], ["response", (wrong) => run().response(wrong)],
      ["searchTool", (wrong) => client.searchTool(wrong)], ["sanitizeTranscript", (wrong) => api.sanitizeTranscript([], wrong)], ["pickRequest", (wrong) => api.pickRequest({ messages: [{ role: "user", content: "a" }] }, wrong)],
      ["createJobStore", jobs], ["createKeyStore", (wrong) => api.createKeyStore(wrong)], ["resolveKey", (wrong) => api.resolveKey(wrong)], ["redact", (wrong) => api.redact("text", wrong)], ["sanitizeEnv", (wrong) => api.sanitizeEnv({}, wrong)],
      ["beginSignIn", (wrong) => api.auth.beginSignIn({ callbackUrl: "https://site.example/back", ...wrong })], ["completeSignIn", (wrong) => api.auth.completeSignIn("https://site.example/back?code=a&state=b", wrong)],
      ["verifyVideoWebhook", (wrong) => api.verifyVideoWebhook({ body: "{}", signature: "t=1,v1=a" }, "secret", wrong)],
    ])) {
      const { code, message } = await rejection((async () => call({ timoutMs: 5 }))());
      same([code, message.startsWith("timoutMs: there is no such option here; these are: ")], ["invalid-request", true], `${name}: ${message}`);
    }
    for (const [name, call] of /** @type {[string, () => unknown][]} */ ([
      ["chat", () => client.chat(/** @type {any} */ ({ messages: [], signal: 5 }))], ["prepare", () => client.prepare(/** @type {any} */ ({ messages: [], signal: 5 }))],
      ["resume", () => client.resume(/** @type {any} */ ({}), /** @type {any} */ ({ signal: 5 }))], ["resumeRun", () => client.resumeRun("run-12345678", /** @type {any} */ ({ signal: 5 }))],
    ])) same((await rejection((async () => call())())).message, "signal: must be an AbortSignal", name);
  },

  async "routing is the wire's in every call: what is to stay private is not lost by its spelling"(world) {
    const provider = { dataCollection: "deny", zdr: true, allow_fallbacks: false, ingore: ["a"] };
    for (const call of [
      (/** @type {any} */ client) => client.embeddings.create({ model: EMBEDDER, input: "a", provider }), (/** @type {any} */ client) => client.rerank({ model: "cohere/rerank-v3.5", query: "q", documents: ["a"], provider }),
      (/** @type {any} */ client) => client.decide({ model: "typesafe/jev-1.14", state: "s", questions: { q: { type: "boolean", instructions: "?" } }, provider }), (/** @type {any} */ client) => client.speech.create({ input: "x", provider }),
    ]) {
      const { client, server } = local(world);
      const { warnings } = await call(client);
      same(server.requests[0].body.provider, { data_collection: "deny", zdr: true, allow_fallbacks: false }, String(call));
      same(warnings, ["provider.ingore: is not sent, there is no such option; ignore is one"], "told");
    }
  },
};
