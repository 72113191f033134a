// Recorded answers through the packed package: what the native tests say of the engine holds on this side of the boundary too.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { installPackage } from "./install.js";

const folder = new URL("../../../shared/recordings/", import.meta.url);
const skip = existsSync(fileURLToPath(new URL("index.json", folder))) ? false : "../shared/recordings is not there: the recorded exchanges were not tested";

/** @type {ReturnType<typeof installPackage>} */
let app;
/** @type {any} */
let OpenRouter;
before(async () => {
  app = installPackage();
  ({ OpenRouter } = await app.load("openrouter-wasm"));
});
after(() => app?.remove());

/** @param {string} name */
const read = (name) => readFileSync(fileURLToPath(new URL(name, folder)));

/** @param {Uint8Array} bytes @param {string} contentType @param {() => number} size */
async function answer(bytes, contentType, size) {
  let at = 0;
  const body = new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) return controller.close();
      const end = at + size();
      controller.enqueue(bytes.subarray(at, end));
      at = end;
    },
  });
  const client = new OpenRouter({ apiKey: "k", maxRetries: 0, fetch: async () => new Response(body, { headers: { "Content-Type": contentType } }) });
  const run = client.chat({ messages: [{ role: "user", content: "x" }] });
  const texts = { "text-delta": "", "reasoning-delta": "", "refusal-delta": "" };
  const calls = [];
  let images = 0;
  let failure;
  try {
    for await (const event of run) {
      if (event.type in texts) texts[/** @type {keyof typeof texts} */ (event.type)] += event.text;
      if (event.type === "tool-call") calls.push({ id: event.id, name: event.name, input: event.input, truncated: event.truncated });
      if (event.type === "image") images++;
    }
  } catch (error) {
    failure = /** @type {any} */ (error);
  }
  const { message, usage, nativeReason } = failure ? failure.partial : { ...(await run.result()), ...(await run.result()).steps[0] };
  return { texts, calls, images, message, usage, nativeReason, verdict: run.verdict, error: failure && { code: failure.code, message: failure.message } };
}

/** Sizes of pieces, the same ones at every run. @param {number} seed */
function pieces(seed) {
  let state = seed;
  return () => 1 + ((state = (state * 48271) % 2147483647) % 97);
}

for (const kind of ["chat-stream", "chat-json"]) {
  test(`recorded answers of kind ${kind} give what a correct client must get, in any pieces`, { skip }, async () => {
    const rows = JSON.parse(read("index.json").toString()).filter((/** @type {any} */ row) => row.kind === kind && row.expected_file);
    assert.ok(rows.length > 50);
    for (const row of rows) {
      const bytes = new Uint8Array(read(row.file));
      const expected = JSON.parse(read(row.expected_file).toString());
      const whole = await answer(bytes, row.content_type, () => bytes.length);
      assert.equal(whole.texts["text-delta"], expected.text ?? "", row.file);
      assert.equal(whole.texts["reasoning-delta"], expected.reasoning ?? "", row.file);
      assert.equal(whole.texts["refusal-delta"], expected.refusal ?? "", row.file);
      assert.equal(whole.images, expected.images, row.file);
      if (expected.usage) assert.deepEqual(whole.usage.raw, expected.usage, row.file);
      if (kind === "chat-stream") assert.deepEqual(whole.message.reasoning_details ?? [], expected.reasoning_details_merged, row.file);
      if (!whole.error) assert.deepEqual(whole.calls.map(({ id, name }) => [id, name]), expected.tool_calls.map((/** @type {any} */ call) => [call.id, call.name]), row.file);
      assert.equal(Boolean(whole.error), Boolean(expected.error ?? expected.choice_error ?? expected.cut), row.file);
      for (const size of [() => 1, pieces(11), pieces(4711)]) assert.deepEqual(await answer(bytes, row.content_type, size), whole, row.file);
    }
  });
}
