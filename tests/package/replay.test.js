// A caller that asks for the result first can still hand the answer on: it is told again, the same one.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { installPackage } from "./install.js";

/** @type {ReturnType<typeof installPackage>} */
let app;
/** @type {typeof import("openrouter-wasm")} */
let api;
/** @type {typeof import("openrouter-wasm/simulator")} */
let simulation;
before(async () => {
  app = installPackage();
  [api, simulation] = await Promise.all([app.load("openrouter-wasm"), app.load("openrouter-wasm/simulator")]);
});
after(() => app?.remove());

const PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
const weather = { name: "weather", execute: (/** @type {any} */ { city }) => ({ sky: `sunny in ${city}` }) };
const fails = { name: "fails", execute: () => { throw new Error("no such place"); } };
const scripts = () => [
  { reasoning: ["Hm.", " So."], toolCalls: [{ id: "a", name: "weather", arguments: { city: "Bern" } }, { id: "b", name: "fails", arguments: {} }] },
  { text: ["It is ", "sunny."], images: [`data:image/png;base64,${PNG}`], annotations: [{ type: "url_citation", url_citation: { url: "https://a.example", title: "A" } }] },
];

/** @param {any[]} [all] */
function ask(all = scripts()) {
  const simulator = simulation.createSimulator({ delayMs: 0 });
  for (const script of all) simulator.enqueue(script);
  const client = new api.OpenRouter({ apiKey: "k", fetch: simulator.fetch, maxRetries: 0 });
  return { simulator, run: client.chat({ messages: [{ role: "user", content: "hi" }], tools: [weather, fails] }) };
}

/** What of an event does not depend on how the answer was cut. @param {any[]} events */
function gist(events) {
  /** @type {any[]} */
  const joined = [];
  for (const event of events) {
    const { type, step, text, id, name, input, url, reason, output, error } = event;
    const last = joined.at(-1);
    if (text !== undefined && last?.type === type && last.id === id && last.step === step) last.text += text;
    else joined.push({ type, step, text, ...(type !== "response-start" && { id }), name, input, url, reason, output, failed: error && error.message.replace(/^\w+: /, "") });
  }
  // Results of tools come as they are there.
  const isResult = ({ type = "" }) => type === "tool-result";
  return [...joined.filter((one) => !isResult(one)), ...joined.filter(isResult).sort((one, other) => (one.id < other.id ? -1 : 1))];
}

/** @param {AsyncIterable<any>} run */
async function collect(run) {
  const all = [];
  for await (const event of run) all.push(event);
  return all;
}

test("as events: the same ones, in whole pieces, and nothing is asked again", async () => {
  const whole = gist(await collect(ask().run));
  const { run, simulator } = ask();
  const { message } = await run.result();
  assert.equal(message.content, "It is sunny.");
  assert.deepEqual(gist(await collect(run)), whole);
  assert.equal(simulator.requests.length, 2);
});

test("in every format, also when the result is not waited for", async () => {
  for (const format of /** @type {const} */ (["text", "events", "sse", "ui-message"])) {
    const first = await ask().run.toResponse({ format }).text();
    const { run } = ask();
    const result = run.result();
    const again = await run.toResponse({ format }).text();
    assert.equal((await result).message.content, "It is sunny.");
    const words = (/** @type {string} */ text) => (format === "text" ? text : [...text.matchAll(/"(?:content|delta|text)":"([^"]*)"/g)].map(([, word]) => word).join(""));
    assert.equal(words(again).replaceAll(" ", ""), words(first).replaceAll(" ", ""), format);
    assert.ok(again.includes(format === "text" ? "sunny." : "https://"), format);
  }
});

test("a run that failed fails again, in the words of the format", async () => {
  const failing = () => ask([{ text: ["Half"], error: { afterChunks: 1, error: { code: 502, message: "Provider disconnected" } } }]).run;
  const run = failing();
  await assert.rejects(run.result(), /Provider disconnected/);
  assert.match(await run.toResponse({ format: "sse" }).text(), /Provider disconnected/);
  const other = failing();
  await assert.rejects(other.result(), /Provider disconnected/);
  await assert.rejects(collect(other), /Provider disconnected/);
});

test("it is told again once, and to nobody who has read it", async () => {
  const { run } = ask();
  await run.result();
  await collect(run);
  assert.throws(() => run.toResponse(), { code: "already-consumed" });
  const { run: read } = ask();
  await collect(read);
  await read.result();
  assert.throws(() => read.toResponse(), { code: "already-consumed" });
});
