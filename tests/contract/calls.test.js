// Bodies of embeddings, rankings, decisions and descriptions against OpenRouter's own document, the simulator's answers too, and real answers read.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { before, describe, test } from "node:test";
import { Ajv2020 } from "ajv/dist/2020.js";
import { api, shared, simulate } from "./support.js";

const { url: DOCUMENT, missing } = shared("data/openrouter-openapi.json");
const { url: FOLDER, missing: noRecordings } = shared("recordings/");
const EMBEDDER = "openai/text-embedding-3-small", RERANKER = "cohere/rerank-v3.5", DECIDER = "typesafe/jev-1.14";

/** @typedef {import("openrouter-wasm").OpenRouter} Client */
/** A path and calls of it. @type {Record<string, ((client: Client) => Promise<unknown>)[]>} */
const CALLS = {
  "/embeddings": [
    (client) => client.embeddings.create({ model: EMBEDDER, input: "a" }),
    (client) => client.embeddings.create({ model: EMBEDDER, input: ["a", "b"], dimensions: 8, inputType: "search_query", encodingFormat: "float", user: "u", provider: { only: ["openai"], data_collection: "deny" } }),
    (client) => client.embeddings.create({ model: EMBEDDER, input: [[1, 2], [3]] }),
    (client) => client.embeddings.create({ model: EMBEDDER, input: [1, 2, 3] }),
    (client) => client.embeddings.create({ model: EMBEDDER, input: { content: [{ type: "text", text: "a" }, { type: "image_url", image_url: { url: "https://a.example/b.png" } }] } }),
  ],
  "/rerank": [
    (client) => client.rerank({ model: RERANKER, query: "q", documents: ["a"] }),
    (client) => client.rerank({ model: RERANKER, query: "q", documents: ["a", { text: "b" }, { image: "https://a.example/b.png" }], topN: 2, user: "u", sessionId: "s", provider: { zdr: true } }),
  ],
  "/systemone": [
    (client) => client.decide({
      model: DECIDER, state: [{ type: "image_url", image_url: { url: "https://a.example/b.png" } }, "state"], provider: { only: ["typesafe"] }, user: "u", sessionId: "s", trace: { trace_id: "t" },
      questions: {
        a: { type: "boolean", instructions: "?" }, b: { type: "boolean", instructions: "?", criteria: { true: "yes", false: { no: 1 } } }, c: { type: "choice", instructions: ["?"], criteria: { x: null, y: "Y" } },
        d: { type: "score", instructions: "?", criteria: ["low", { high: true }] }, e: { type: "box", instructions: "?" },
      },
    }),
  ],
  "/chat/completions": [
    (client) => client.videos.describe({ video: new Uint8Array(9) }),
    (client) => client.images.describe({ image: new Uint8Array(9), mediaType: "image/png", prompt: "?" }),
    (client) => client.transcriptions.describe({ audio: new Uint8Array(9), mediaType: "audio/wav" }),
  ],
};

describe("OpenRouter's OpenAPI document", { skip: missing }, () => {
  /** @type {(pointer: string) => import("ajv").ValidateFunction} */
  let at;
  before(() => {
    const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });
    ajv.addSchema(JSON.parse(readFileSync(DOCUMENT, "utf8")), "openrouter");
    at = (pointer) => ajv.compile({ $ref: `openrouter#/paths/${pointer}` });
  });
  const pointer = (/** @type {string} */ path, /** @type {string} */ method, /** @type {string} */ rest) => `${path.replaceAll("/", "~1")}/${method}/${rest}/content/application~1json/schema`;
  const errorsOf = (/** @type {import("ajv").ValidateFunction} */ validate) => JSON.stringify(validate.errors?.slice(0, 4));

  for (const [path, calls] of Object.entries(CALLS)) {
    test(`allows every body of ${path}, and the simulator's answers are as it says`, async () => {
      const [takes, gives] = [at(pointer(path, "post", "requestBody")), at(pointer(path, "post", "responses/200"))];
      for (const call of calls) {
        const simulator = simulate();
        /** @type {unknown[]} */
        const answers = [];
        const fetch = async (/** @type {any} */ url, /** @type {any} */ init) => {
          const response = await simulator.fetch(url, init);
          answers.push(await response.clone().json());
          return response;
        };
        await call(new api.OpenRouter({ apiKey: "k", fetch: /** @type {any} */ (fetch) }));
        const { body } = simulator.requests[0];
        assert.ok(takes(body), `${errorsOf(takes)}\n${JSON.stringify(body).slice(0, 800)}`);
        assert.ok(gives(answers[0]), `${errorsOf(gives)}\n${JSON.stringify(answers[0]).slice(0, 800)}`);
      }
    });
  }

  test("forbids bodies that are wrong", () => {
    for (const [path, body] of /** @type {[string, object][]} */ ([
      ["/embeddings", { model: "m" }], ["/embeddings", { model: "m", input: "a", dimensions: 0 }], ["/rerank", { model: "m", query: "q", documents: [] }], ["/systemone", { model: "m", state: "s", questions: { q: { type: "boolean", instructions: "?" } } }],
    ])) assert.equal(at(pointer(path, "post", "requestBody"))(body), false, JSON.stringify(body));
  });

  test("describes the simulator's lists", async () => {
    const simulator = simulate();
    for (const [path, url] of [["/providers", "/providers"], ["/embeddings/models", "/embeddings/models"], ["/images/models", "/images/models"], ["/models/{author}/{slug}/endpoints", "/models/openai/gpt-4o-mini/endpoints"]]) {
      const gives = at(pointer(path.replaceAll("{", "%7B").replaceAll("}", "%7D"), "get", "responses/200"));
      const answer = await (await simulator.fetch(`https://openrouter.ai/api/v1${url}`)).json();
      assert.ok(gives(answer), `${path}: ${errorsOf(gives)}\n${JSON.stringify(answer).slice(0, 600)}`);
    }
  });
});

describe("recorded embeddings and rankings", { skip: noRecordings || !existsSync(FOLDER) }, () => {
  /** @type {any[]} */
  const index = existsSync(FOLDER) ? JSON.parse(readFileSync(new URL("index.json", FOLDER), "utf8")) : [];
  const read = (/** @type {string} */ name) => readFileSync(new URL(name, FOLDER), "utf8");
  /** A client before one answer, in pieces of any size. @param {string} text @param {number} piece */
  const client = (text, piece) => {
    const bytes = new TextEncoder().encode(text);
    const fetch = async () => {
      let at = 0;
      const body = new ReadableStream({ pull: (controller) => (at < bytes.length ? controller.enqueue(bytes.slice(at, (at += piece))) : controller.close()) });
      return new Response(body, { headers: { "content-type": "application/json" } });
    };
    return new api.OpenRouter({ apiKey: "k", fetch: /** @type {any} */ (fetch) });
  };

  test("every vector comes out as it was recorded", async () => {
    const rows = index.filter(({ kind }) => kind === "embeddings");
    assert.ok(rows.length >= 10, `${rows.length} recordings`);
    for (const { file } of rows) {
      const text = read(file);
      const answer = JSON.parse(text);
      for (const piece of [text.length, 997]) {
        const { embeddings, usage, cost, model, id } = await client(text, piece).embeddings.create({ model: "m", input: answer.data.map(() => "x") });
        const ordered = [...answer.data].sort((left, right) => (left.index ?? 0) - (right.index ?? 0));
        embeddings.forEach((vector, at) => assert.deepEqual([...vector], ordered[at].embedding.map(Math.fround), `${file} ${at}`));
        assert.deepEqual([usage?.inputTokens, cost, model, id], [answer.usage.prompt_tokens, answer.usage.cost, answer.model, answer.id], file);
      }
    }
  });

  test("every ranking comes out as it was recorded", async () => {
    const rows = index.filter(({ kind }) => kind === "rerank");
    assert.ok(rows.length >= 2, `${rows.length} recordings`);
    for (const { file, request_file } of rows) {
      const answer = JSON.parse(read(file)), request = JSON.parse(read(request_file));
      const { results, usage, cost, provider } = await client(read(file), 13).rerank({ model: request.model, query: request.query, documents: request.documents, topN: request.top_n });
      assert.deepEqual(results, answer.results.map((/** @type {any} */ { index: at, relevance_score: score, document }) => ({ index: at, score, document })), file);
      assert.deepEqual([usage?.raw, cost, provider], [answer.usage, answer.usage.cost, answer.provider], file);
    }
  });

  test("endpoints of a model come out as they were recorded", async () => {
    const rows = index.filter(({ kind }) => kind === "endpoints");
    assert.ok(rows.length >= 1);
    for (const { file } of rows) {
      const { data } = JSON.parse(read(file));
      const endpoints = await client(read(file), 101).models.endpoints(data.id);
      assert.deepEqual(endpoints.map(({ provider, pricing, raw }) => [provider, pricing.prompt, raw]), data.endpoints.map((/** @type {any} */ row) => [row.provider_name, String(row.pricing.prompt), row]), file);
    }
  });
});
