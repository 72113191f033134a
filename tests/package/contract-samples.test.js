// What crosses from the engine, a sample of each record: the half that reads. `tests/run/contract_samples.rs` reads the same file.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { installPackage } from "./install.js";

const SAMPLES = JSON.parse(readFileSync(new URL("../contract-samples.json", import.meta.url), "utf8"));
/** Where the engine says things lie: the buffer for input, the header, the records, the text. */
const INPUT = 64, HEADER = 128, RECORDS = 256, TEXT = 4096, DEADLINE = 1234.5;

/** @type {ReturnType<typeof installPackage>} */
let app;
/** @type {any} */
let batch;
/** @type {any} */
let changes;
before(async () => {
  app = installPackage();
  const load = (/** @type {string} */ name) => import(pathToFileURL(join(app.package, name)).href);
  batch = Object.assign({}, ...(await Promise.all(["engine/batch.js", "engine/batch-reader.js", "engine/event-queue.js"].map(load))));
  changes = await load("request/changes.js");
});
after(() => app?.remove());

/** An exchange over a memory in which a batch lies. @param {{ words: number[], text: string }} sample */
function exchangeOver({ words, text }) {
  const memory = new WebAssembly.Memory({ initial: 1 });
  const bytes = new TextEncoder().encode(text);
  new Float64Array(memory.buffer)[HEADER / 8] = DEADLINE;
  new Uint32Array(memory.buffer).set([RECORDS, words.length, TEXT, bytes.length], HEADER / 4 + 2);
  new Uint32Array(memory.buffer).set(words, RECORDS / 4);
  new Uint8Array(memory.buffer).set(bytes, TEXT);
  return new batch.Exchange(memory, { inputPointer: () => INPUT, inputCapacity: () => 64, headerPointer: () => HEADER });
}

/** As JSON has it: errors by their `toJSON`, bytes as an object of numbers. @param {unknown} value */
const plain = (value) => JSON.parse(JSON.stringify(value));

for (const sample of SAMPLES.batches) {
  test(`a batch: ${sample.name}`, () => {
    const exchange = exchangeOver(sample);
    const reader = new batch.BatchReader(), queue = new batch.EventQueue();
    exchange.read(reader, queue);
    const { finished, failed, plannedCalls, coolDowns, retried } = reader;
    const known = { finished, failed, coolDowns, plannedCalls, retryDelayMs: retried?.delayMs };
    assert.deepEqual(plain(queue.takeAll()), sample.events);
    assert.deepEqual(plain(known), sample.known);
    assert.equal(exchange.deadline, DEADLINE);
  });
}

for (const sample of SAMPLES.sends) {
  test(`what is sent next: ${sample.name}`, () => {
    const [record, head, stable, volatile, tail] = exchangeOver(sample).texts;
    assert.deepEqual(JSON.parse(record), sample.asked);
    assert.deepEqual(JSON.parse(head + stable + volatile + tail), sample.sent);
  });
}

for (const { name, changes: changed, warnings, listed } of SAMPLES.changes) {
  test(`changes: ${name}`, () => {
    assert.deepEqual({ changes: changes.changesOf(JSON.parse(changed)), warnings: changes.changesOf(JSON.parse(warnings)) }, listed);
  });
}

/** Arguments that cross as bytes, by the function and their number. @type {Record<string, number>} */
const BYTES = { catalogModels: 0, catalogModel: 0, scanCandidates: 0, readSpeechHead: 2 };

test("a record: what the engine gives is what is drawn", async () => {
  /** @param {string} name */
  const engine = (name) => import(pathToFileURL(join(app.package, "engine", `${name}.js`)).href);
  const [{ servicesEngine }, { chatEngine }, { transcriptEngine }] = await Promise.all(["services", "chat", "transcript"].map(engine));
  const glues = (await Promise.all([servicesEngine, chatEngine, transcriptEngine].map((life) => life.start()))).map(({ glue }) => glue);
  for (const { record, call, arguments: given, text } of SAMPLES.records) {
    const values = given.map((/** @type {unknown} */ value, /** @type {number} */ at) => (BYTES[call] === at ? new TextEncoder().encode(String(value)) : value));
    const glue = glues.find((one) => call in one);
    assert.ok(glue, `${call}: no engine has it`);
    assert.equal(glue[call](...values), text, `${record} of ${call}`);
  }
});
