// The commands of embeddings, ranking, decisions and one model, as they are installed, against the simulator's routes.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { freshFolder, installed, KEY, run } from "./cli-tools.js";

const { base, command, simulator } = await installed();
const withKey = { env: { OPENROUTER_API_KEY: KEY } };
const EMBEDDER = ["-m", "openai/text-embedding-3-small"], RERANKER = ["-m", "cohere/rerank-v3.5"], DECIDER = ["-m", "typesafe/jev-1.14"];

test("embed prints a vector a line, of words, of a file's lines and of what is piped in", async (context) => {
  const folder = freshFolder(context);
  const words = await run(command, ["embed", ...EMBEDDER, "--dimensions", "8", ...base(), "a text", "another"], { folder, ...withKey });
  assert.equal(words.code, 0, words.stderr);
  const lines = words.stdout.trim().split("\n").map((line) => JSON.parse(line));
  assert.deepEqual(lines.map((vector) => vector.length), [8, 8]);
  assert.match(words.stderr, /^2 vectors of 8 dimensions by text-embedding-3-small · \$0\.0/);
  writeFileSync(join(folder, "texts.txt"), "a text\n\nanother\n");
  const file = await run(command, ["embed", ...EMBEDDER, "--dimensions", "8", "--file", "texts.txt", ...base()], { folder, ...withKey });
  const piped = await run(command, ["embed", ...EMBEDDER, "--dimensions", "8", "--float", "--input-type", "search_query", ...base()], { folder, ...withKey, input: "a text\r\nanother" });
  assert.deepEqual([file.stdout, piped.stdout], [words.stdout, words.stdout]);
  const { body } = simulator.requests.at(-1);
  assert.deepEqual([body.encoding_format, body.input_type, body.input], ["float", "search_query", ["a text", "another"]]);
  const whole = JSON.parse((await run(command, ["embed", ...EMBEDDER, "--json", "--dimensions", "8", ...base(), "a text"], { folder, ...withKey })).stdout);
  assert.deepEqual([whole.embeddings, whole.model], [[lines[0]], "text-embedding-3-small"]);
});

test("rerank prints score, number and document, best first", async (context) => {
  const folder = freshFolder(context);
  const { code, stdout, stderr } = await run(command, ["rerank", ...RERANKER, "--query", "the capital of Peru", "--top", "1", ...base(), "Paris", "Lima is the capital of Peru"], { folder, ...withKey });
  assert.equal(code, 0, stderr);
  assert.match(stdout, /^0\.\d{4} {4}2 {2}Lima is the capital of Peru\n$/);
  assert.match(stderr, /^1 of 2 by rerank-v3\.5 · \$0\.00/);
  const whole = JSON.parse((await run(command, ["rerank", ...RERANKER, "--query", "Peru", "--json", ...base()], { folder, ...withKey, input: "a\nb\n" })).stdout);
  assert.equal(whole.results.length, 2);
});

test("decide answers questions of words and of a file", async (context) => {
  const folder = freshFolder(context);
  const asked = await run(command, ["decide", ...DECIDER, "--ask", "Is it spam?", ...base(), "Dear", "friend"], { folder, ...withKey });
  assert.equal(asked.code, 0, asked.stderr);
  assert.match(asked.stdout, /^Is it spam\?: [01](\.\d+)?\n$/);
  assert.equal(simulator.requests.at(-1).body.state, "Dear friend");
  writeFileSync(join(folder, "q.json"), JSON.stringify({ kind: { type: "choice", instructions: "Which?", criteria: { letter: "a letter", bill: "a bill" } } }));
  writeFileSync(join(folder, "s.json"), JSON.stringify({ text: "x" }));
  const read = await run(command, ["decide", ...DECIDER, "--questions", "q.json", "--state", "s.json", ...base()], { folder, ...withKey });
  assert.match(read.stdout, /^kind: (letter|bill) \(confidence /);
  assert.deepEqual(simulator.requests.at(-1).body.state, { text: "x" });
});

test("models show tells what a model takes and who serves it", async (context) => {
  const folder = freshFolder(context);
  const { code, stdout, stderr } = await run(command, ["models", "show", "openai/gpt-4o-mini", ...base()], { folder });
  assert.equal(code, 0, stderr);
  assert.match(stdout, /^openai\/gpt-4o-mini {2}/);
  assert.match(stdout, /\nProvider +Tag +Quant +Ctx/);
  assert.match(stdout, /\nOpenAI +openai +- +128k/);
  // As OpenRouter's own pages write it, and not 1049k.
  assert.match((await run(command, ["models", "show", "google/gemini-3-flash-preview", ...base()], { folder })).stdout, /context 1\.05M, answer 66k/);
  const whole = JSON.parse((await run(command, ["models", "show", "openai/gpt-4o-mini", "--json", ...base()], { folder })).stdout);
  assert.deepEqual([whole.id, whole.endpoints[0].provider], ["openai/gpt-4o-mini", "OpenAI"]);
});

test("what is missing or wrong is usage, and nothing is sent", async (context) => {
  const folder = freshFolder(context);
  writeFileSync(join(folder, "bad.json"), "{");
  writeFileSync(join(folder, "p.png"), Buffer.from("89504e470d0a1a0a0000", "hex"));
  /** @type {[string[], number, RegExp][]} */
  const table = [
    [["embed", ...EMBEDDER], 2, /TEXT is missing/], [["embed", ...EMBEDDER, "--file", "none.txt"], 2, /--file none\.txt/], [["embed", ...EMBEDDER, "--file", "bad.json", "a"], 2, /not both/],
    [["embed", ...EMBEDDER, "--dimensions", "0", "a"], 2, /--dimensions/], [["rerank", "--query", "q", "a"], 2, /--model is missing/], [["rerank", ...RERANKER, "a"], 2, /--query is missing/],
    [["embed", ...base(), "a"], 2, /--model is missing: openrouter-wasm models list --all/], [["decide", "state"], 2, /--model is missing, such as/],
    [["transcribe", "p.png"], 2, /FILE p\.png: is image\/png, no recording/], [["transcribe", "--temperature", "2", "p.png"], 2, /--temperature must be from 0 to 1/],
    [["decide", ...DECIDER, "state"], 2, /a question is missing/], [["decide", ...DECIDER, "--questions", "bad.json", "s"], 2, /--questions bad\.json: is no JSON/], [["models", "show"], 2, /MODEL is missing/],
    [["models", "show", "no/such", ...base()], 1, /the catalog has no such model/],
  ];
  for (const [words, code, pattern] of table) {
    const ended = await run(command, words, { folder, ...withKey });
    assert.deepEqual([ended.code, pattern.test(ended.stderr)], [code, true], `${words}: ${ended.stderr}`);
  }
  assert.equal(simulator.requests.filter((/** @type {any} */ { method }) => method === "POST").length, 0);
});
