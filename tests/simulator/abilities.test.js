/** What a probe finds out honestly: tools, structured answers, eyes; and an answer with sources. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { deflateSync } from "node:zlib";
import Ajv from "ajv/dist/2020.js";
import { chat, quickServer, quickSimulator, streamedChunks } from "./support.js";
import { call, json } from "./media-support.js";

// What it imports is made by the build.
const PACKAGE = process.env.OPENROUTER_WASM_PKG ?? fileURLToPath(new URL("../../pkg", import.meta.url));
/** @type {{ imageOf(number: number): string }} */
const { imageOf } = await import(`${pathToFileURL(PACKAGE)}/models/probe-image.js`);

const answerTo = async (body, simulator = quickSimulator()) => (await json(await chat(simulator, { stream: false, ...body }))).choices[0].message;

const SCHEMAS = {
  "nothing": { type: "object", properties: {} },
  "simple": { type: "object", properties: { city: { type: "string" }, days: { type: "integer", minimum: 1, maximum: 3 } }, required: ["city", "days"], additionalProperties: false },
  "nested": {
    type: "object",
    properties: {
      rows: { type: "array", minItems: 2, items: { type: "object", properties: { on: { type: "boolean" }, kind: { enum: ["a", "b"] } }, required: ["on", "kind"] } },
      when: { type: "string", format: "date" },
      limit: { anyOf: [{ type: "number", exclusiveMinimum: 2 }, { type: "null" }] },
    },
    required: ["rows", "when", "limit"],
  },
  "referenced": { $defs: { name: { type: "string", minLength: 3, maxLength: 5 } }, type: "object", properties: { a: { $ref: "#/$defs/name" } }, required: ["a"] },
  "in parts": {
    allOf: [
      { type: "object", properties: { a: { type: "string" } }, required: ["a"] },
      { type: "object", properties: { b: { type: "integer" } }, required: ["b"] },
    ],
  },
  "stepped": { type: "object", properties: { n: { type: "number", multipleOf: 5, minimum: 7 }, below: { type: "number", exclusiveMaximum: 0 } }, required: ["n", "below"] },
  "a tuple": { type: "object", properties: { pair: { type: "array", prefixItems: [{ type: "string" }, { type: "number" }], minItems: 2 } }, required: ["pair"] },
  "lists of itself": { type: "object", properties: { name: { type: "string" }, kids: { type: "array", items: { $ref: "#" } } }, required: ["name", "kids"] },
  "distinct": { type: "object", properties: { tags: { type: "array", minItems: 2, uniqueItems: true, items: { enum: ["x", "y", "z"] } } }, required: ["tags"] },
};

describe("arguments and structured answers fit their schema", () => {
  const ajv = new Ajv({ strict: false, validateFormats: false });
  for (const [name, schema] of Object.entries(SCHEMAS)) {
    const fits = (text) => {
      const validate = ajv.compile(schema);
      assert.ok(validate(JSON.parse(text)), `${text}: ${JSON.stringify(validate.errors)}`);
    };
    for (const choice of ["required", { type: "function", function: { name: "probe" } }]) {
      test(`${name}, tool_choice ${JSON.stringify(choice)}`, async () => {
        const tools = [{ type: "function", function: { name: "probe", parameters: schema } }];
        const messages = [{ role: "user", content: "Do as you like with 42 things in Lisbon." }];
        const { tool_calls: calls } = await answerTo({ messages, tools, tool_choice: choice });
        assert.equal(calls.length, 1);
        fits(calls[0].function.arguments);
      });
    }
    test(`${name}, json_schema`, async () => {
      const { content } = await answerTo({ response_format: { type: "json_schema", json_schema: { name: "x", schema } } });
      fits(content);
    });
  }
});

function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  return Buffer.concat([length, body, Buffer.alloc(4)]);
}

/** A PNG as an encoder would write it: compressed, every line with the filter given. */
function png({ width = 8, height = 8, type = 2, depth = 8, filter = 0, pixel, palette }) {
  const step = Math.max(1, (pixel.length * depth) >> 3);
  const line = depth === 8 ? Buffer.concat(Array.from({ length: width }, () => Buffer.from(pixel))) : Buffer.alloc(Math.ceil((width * depth) / 8), pixel[0]);
  const lines = Array.from({ length: height }, (_, row) => {
    const filtered = Buffer.from(line.map((value, at) => {
      const left = at >= step ? line[at - step] : 0;
      const up = row > 0 ? line[at] : 0;
      const corner = row > 0 && at >= step ? line[at - step] : 0;
      const p = left + up - corner;
      const [a, b, c] = [Math.abs(p - left), Math.abs(p - up), Math.abs(p - corner)];
      const paeth = a <= b && a <= c ? left : b <= c ? up : corner;
      return value - [0, left, up, (left + up) >> 1, paeth][filter];
    }));
    return Buffer.concat([Buffer.from([filter]), filtered]);
  });
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([depth, type], 8);
  const parts = [chunk("IHDR", header), ...(palette ? [chunk("PLTE", Buffer.from(palette))] : []), chunk("IDAT", deflateSync(Buffer.concat(lines))), chunk("IEND", Buffer.alloc(0))];
  return `data:image/png;base64,${Buffer.concat([Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10]), ...parts]).toString("base64")}`;
}

const ask = (text, ...urls) => [{ role: "user", content: [{ type: "text", text }, ...urls.map((url) => ({ type: "image_url", image_url: { url } }))] }];
const ONE_WORD = "Which colour is this square? Answer with one word.";

describe("eyes", () => {
  for (const [colour, pixel] of [
    ["Red", [255, 0, 0]], ["Green", [0, 160, 0]], ["Blue", [20, 30, 230]], ["Yellow", [250, 230, 10]], ["Orange", [255, 140, 0]], ["Purple", [128, 0, 128]],
    ["Pink", [255, 105, 180]], ["Brown", [120, 70, 20]], ["Black", [0, 0, 0]], ["White", [255, 255, 255]], ["Gray", [128, 128, 128]], ["Cyan", [0, 200, 220]],
  ]) {
    test(colour, async () => assert.equal((await answerTo({ messages: ask(ONE_WORD, png({ pixel })) })).content, colour));
  }
  for (const filter of [0, 1, 2, 3, 4]) {
    test(`filter ${filter}, with transparency`, async () => {
      assert.equal((await answerTo({ messages: ask(ONE_WORD, png({ type: 6, pixel: [255, 0, 0, 255], filter })) })).content, "Red");
    });
  }
  test("palettes and few bits", async () => {
    assert.equal((await answerTo({ messages: ask(ONE_WORD, png({ type: 3, pixel: [1], palette: [0, 0, 0, 0, 0, 255] })) })).content, "Blue");
    assert.equal((await answerTo({ messages: ask(ONE_WORD, png({ type: 3, depth: 1, pixel: [0xff], palette: [0, 0, 0, 0, 160, 0] })) })).content, "Green");
    assert.equal((await answerTo({ messages: ask(ONE_WORD, png({ type: 0, depth: 1, pixel: [0xff] })) })).content, "White");
  });
  test("in a sentence, and the size", async () => {
    assert.equal((await answerTo({ messages: ask("What color is it?", png({ pixel: [255, 0, 0] })) })).content, "The image is mostly red.");
    assert.match((await answerTo({ messages: ask("How many pixels wide?", png({ width: 9, height: 5, pixel: [255, 0, 0] })) })).content, /9 pixels wide and 5 /);
  });
  test("read the number that a scan shows them", async () => {
    const question = "Which number does the image show? Reply with its digits alone.";
    for (let number = 10; number < 100; number++) assert.equal((await answerTo({ messages: ask(question, imageOf(number)) })).content, String(number));
    assert.equal((await answerTo({ messages: ask("Which number is it?", imageOf(17)) })).content, "The image shows the number 17.");
    for (const pixel of [[255, 255, 255], [0, 0, 0]]) assert.match((await answerTo({ messages: ask(question, png({ pixel })) })).content, /1 image/);
  });
  test("say nothing of what they cannot read", async () => {
    for (const url of ["data:image/png;base64,!!", "data:image/png;base64,AAAA", "data:image/jpeg;base64,/9j/", "https://example.com/a.png", `${png({ pixel: [1, 2, 3] }).slice(0, -40)}`]) {
      assert.match((await answerTo({ messages: ask(ONE_WORD, url) })).content, /1 image/, url.slice(0, 40));
    }
  });
  test("an image of the simulator's own is read back", async () => {
    const { images } = await answerTo({ model: "google/gemini-2.5-flash-image", modalities: ["image", "text"] });
    assert.match((await answerTo({ messages: ask("Which color is this?", images[0].image_url.url) })).content, /^The image is mostly \w+\.$/);
  });
  test("a model without them is not found", async () => {
    const response = await chat(quickSimulator(), { model: "meta-llama/llama-3.3-70b-instruct:free", messages: ask(ONE_WORD, png({ pixel: [255, 0, 0] })) });
    assert.equal(response.status, 404);
    assert.equal((await json(response)).error.message, "No endpoints found that support image input");
  });
});

describe("Perplexity", () => {
  const QUESTION = { model: "perplexity/sonar-pro", messages: [{ role: "user", content: "Who won the race?" }] };
  test("answers over OpenRouter with citations and annotations, whole and streamed", async () => {
    const simulator = quickSimulator();
    const whole = await json(await chat(simulator, { ...QUESTION, stream: false }));
    assert.equal(whole.citations.length, 3);
    assert.deepEqual(whole.choices[0].message.annotations.map(({ type, url_citation: { url } }) => [type, url]), whole.citations.map((url) => ["url_citation", url]));
    assert.match(whole.choices[0].message.content, /race.*\[3\]/);
    for (const piece of await streamedChunks(await chat(simulator, QUESTION))) assert.deepEqual(piece.citations, whole.citations);
  });

  test("answers at its own host, where models have no author", async () => {
    const simulator = quickSimulator();
    const direct = await json(await call(simulator, "https://api.perplexity.ai/chat/completions", { ...QUESTION, model: "sonar-pro" }));
    assert.equal(direct.citations.length, 3);
    assert.equal(simulator.requests.at(-1).body.model, "sonar-pro");
    assert.equal((await call(simulator, "/chat/completions", { ...QUESTION, model: "sonar-pro" })).status, 400);
    simulator.enqueue({ text: "The red car.", citations: ["https://a.example/"] });
    assert.deepEqual((await json(await call(simulator, "/chat/completions", QUESTION))).citations, ["https://a.example/"]);
  });

  test("searches", async () => {
    const simulator = quickSimulator();
    const { results } = await json(await call(simulator, "https://api.perplexity.ai/search", { query: "fast cars", max_results: 4 }));
    assert.equal(results.length, 4);
    for (const result of results) assert.deepEqual(Object.keys(result), ["title", "url", "snippet", "date", "last_updated"]);
    assert.equal(new Set(results.map(({ url }) => url)).size, 4);
    const server = await quickServer();
    assert.equal((await json(await call({ fetch }, "/search", { query: "cars" }, { base: server.url }))).results.length, 10);
  });

  for (const [field, wrong] of [
    ["query", { query: "" }],
    ["max_results", { max_results: 21 }],
    ["country", { country: "Germany" }],
    ["search_recency_filter", { search_recency_filter: "decade" }],
    ["search_after_date_filter", { search_after_date_filter: "2026-01-01" }],
    ["search_domain_filter", { search_domain_filter: Array(21).fill("a.example") }],
  ]) {
    test(`refuses ${JSON.stringify(wrong).slice(0, 60)}`, async () => {
      const response = await call(quickSimulator(), "https://api.perplexity.ai/search", { query: "x", ...wrong });
      assert.equal(response.status, 400);
      assert.ok((await json(response)).error.message.includes(field));
    });
  }
  test("refuses to search without a key", async () => {
    assert.equal((await call(quickSimulator(), "https://api.perplexity.ai/search", { query: "x" }, { headers: { Authorization: "" } })).status, 401);
  });
});
