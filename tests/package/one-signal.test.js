// One signal for many: a server that ends, a page that is left. Node warns of the eleventh listener, and each is memory that is held.
import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { test } from "node:test";
import { installedParts } from "./install.js";

const messages = [{ role: /** @type {const} */ ("user"), content: "hello" }];
const TICKET = {
  kind: "openrouter-video", version: 1, id: "job-1", pollingUrl: "https://openrouter.ai/api/v1/videos/job-1", baseURL: "https://openrouter.ai/api/v1", model: "m/x",
  submittedAtMs: 1, request: {}, status: "pending",
};

const parts = installedParts();

/** @type {[string, (client: any, signal: AbortSignal) => Promise<unknown>][]} */
const CALLS = [
  ["chats", (client, signal) => client.chat({ messages, signal }).result()],
  ["lists", (client, signal) => client.models.list({ signal })],
  ["images", (client, signal) => client.images.generate({ prompt: "p", signal })],
  ["speech", (client, signal) => client.speech.create({ input: "Hi", signal })],
  ["transcripts", (client, signal) => client.transcriptions.create({ audio: new Uint8Array([1]), mediaType: "audio/wav", signal })],
  ["music", (client, signal) => client.music.generate({ prompt: "p", signal })],
  ["orders", (client, signal) => client.videos.submit({ prompt: "p", signal })],
  ["waits", (client, signal) => client.videos.wait(TICKET, { signal, intervalMs: 5 })],
  ["downloads", (client, signal) => client.videos.download({ ...TICKET, status: "completed" }, { signal })],
  ["bills", (client, signal) => client.generation("gen-1", { signal })],
  ["searches", (client, signal) => client.search("otters", { signal })],
  ["accounts", (client, signal) => client.usage({ signal })],
];

for (const [name, make] of CALLS) {
  test(`one signal over a hundred ${name}: one listener, and none is left`, async () => {
    /** @type {string[]} */
    const warnings = [];
    const onWarning = (/** @type {Error} */ warning) => void warnings.push(`${warning.name}: ${warning.message}`);
    process.on("warning", onWarning);
    try {
      for (const isAborted of [true, false]) {
        const controller = new AbortController();
        const never = new parts.api.OpenRouter({ apiKey: "k", fetch: () => new Promise(() => {}) });
        const failing = new parts.api.OpenRouter({ apiKey: "k", fetch: async () => new Response('{"error":{"message":"no"}}', { status: 400 }), maxRetries: 0 });
        const all = Array.from({ length: 100 }, () => make(isAborted ? never : failing, controller.signal).then(() => undefined, (error) => error));
        await new Promise((resolve) => setTimeout(resolve, 30));
        assert.ok(getEventListeners(controller.signal, "abort").length <= 1, `${getEventListeners(controller.signal, "abort").length} listeners`);
        if (isAborted) controller.abort(new Error("enough"));
        for (const error of await Promise.all(all)) if (isAborted) assert.equal(error.message, "enough");
        assert.equal(getEventListeners(controller.signal, "abort").length, 0);
      }
      await new Promise((resolve) => setImmediate(resolve));
      assert.deepEqual(warnings, []);
    } finally {
      process.off("warning", onWarning);
    }
  });
}

test("an abort ends every run that waits for it, and one that is over hears nothing", async () => {
  const controller = new AbortController();
  const server = parts.createSimulator({ delayMs: 0 });
  server.enqueue({ text: "done" });
  for (let run = 0; run < 30; run++) server.enqueue({ text: ["a"], stallAfterChunks: 1 });
  const client = new parts.api.OpenRouter({ apiKey: "k", fetch: server.fetch });
  const first = client.chat({ messages, signal: controller.signal });
  assert.equal((await first.result()).verdict, "complete");
  const runs = Array.from({ length: 30 }, () => client.chat({ messages, signal: controller.signal }));
  const outcomes = runs.map((run) => run.result().catch((/** @type {unknown} */ error) => error));
  await new Promise((resolve) => setTimeout(resolve, 50));
  const reason = new Error("left");
  controller.abort(reason);
  assert.deepEqual(new Set(await Promise.all(outcomes)), new Set([reason]));
  assert.deepEqual([first.verdict, ...new Set(runs.map(({ verdict }) => verdict))], ["complete", "aborted"]);
});

for (const [name, make] of CALLS) {
  test(`a signal as browsers had it before throwIfAborted stops ${name} too`, async () => {
    for (const isAborted of [true, false]) {
      const controller = new AbortController();
      Object.defineProperty(controller.signal, "throwIfAborted", { value: undefined });
      if (isAborted) controller.abort();
      const client = new parts.api.OpenRouter({ apiKey: "k", fetch: () => new Promise(() => void setTimeout(() => controller.abort(), 20)) });
      await assert.rejects(make(client, controller.signal), (error) => /** @type {Error} */ (error).name === "AbortError" || /** @type {any} */ (error).code === "aborted");
    }
  });
}
