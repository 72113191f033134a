// Real answers of the image API, and streams with sound, read by the client.
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { api, shared } from "./support.js";

const { url: FOLDER, missing } = shared("recordings/");

/** @param {string} start */
function recording(start) {
  const names = readdirSync(FOLDER).filter((name) => name.startsWith(start));
  const file = names.find((name) => /(?<!expected|request)\.(json|sse)$/.test(name)) ?? assert.fail(start);
  const request = names.find((name) => name.endsWith(".request.json"));
  const read = (/** @type {string} */ name) => readFileSync(new URL(name, FOLDER));
  const expected = JSON.parse(read(names.find((name) => name.endsWith(".expected.json")) ?? "").toString());
  return { bytes: read(file), type: file.endsWith(".sse") ? "text/event-stream" : "application/json", expected, request: request && JSON.parse(read(request).toString()) };
}

/** A client before one answer, cut at the given byte. @param {{ bytes: Buffer, type: string }} answer @param {{ status?: number, cut?: number }} [how] */
function client({ bytes, type }, { status = 200, cut = 0 } = {}) {
  /** @type {any[]} */
  const sent = [];
  const fetch = async (/** @type {any} */ _, /** @type {any} */ init) => {
    sent.push(JSON.parse(await new Response(init.body).text()));
    const body = new ReadableStream({
      start(controller) {
        for (const piece of [bytes.subarray(0, cut), bytes.subarray(cut)]) if (piece.length > 0) controller.enqueue(new Uint8Array(piece));
        controller.close();
      },
    });
    return new Response(body, { status, headers: { "content-type": type } });
  };
  return { sent, client: new api.OpenRouter({ apiKey: "k", fetch: /** @type {any} */ (fetch) }) };
}

describe("recorded media", { skip: missing || !existsSync(FOLDER) }, () => {
  test("an image of Gemini", async () => {
    const answer = recording("rubyllm--image_basic_functionality");
    const { client: own, sent } = client(answer);
    const { images, usage } = await own.images.generate({ model: answer.request.model, prompt: answer.request.prompt });
    assert.deepEqual(sent, [{ ...answer.request, n: 1 }]);
    assert.deepEqual(images.map(({ mediaType }) => mediaType), answer.expected.media_types);
    assert.equal(Buffer.from(images[0].data).toString("base64").length, answer.expected.b64_chars[0]);
    assert.deepEqual([images[0].name, usage?.cost, usage?.raw], ["image-1.jpg", answer.expected.usage.cost, answer.expected.usage]);
  });

  test("an image that came to nothing", async () => {
    const { client: own } = client(recording("doc--image-api-502"), { status: 502 });
    await assert.rejects(own.images.generate({ prompt: "x" }), { status: 502, message: "OpenRouter image generation failed (HTTP 502): Image generation did not complete" });
  });

  test("streams of images, cut at every byte", async () => {
    const good = recording("doc--image-api-stream--"), bad = recording("doc--image-api-stream-error");
    for (let cut = 0; cut <= good.bytes.length; cut++) {
      let partials = 0;
      const { images, usage, text } = await client(good, { cut }).client.images.generate({ prompt: "x", stream: true, onPartial: () => void (partials += 1) });
      assert.deepEqual([images.length, images[0].data.length, usage?.raw, text, partials], [1, 70, good.expected.usage, "thinking", 1], `at ${cut}`);
    }
    for (let cut = 0; cut <= bad.bytes.length; cut++) {
      await assert.rejects(client(bad, { cut }).client.images.generate({ prompt: "x", stream: true }), { code: "stream-error", message: "OpenRouter image generation failed: Generation failed" }, `at ${cut}`);
    }
  });

  test("sound whose base64 is cut inside a group, cut at every byte", async () => {
    const answer = recording("doc--audio-delta-split-quantum");
    for (let cut = 0; cut <= answer.bytes.length; cut++) {
      const { data, usage } = await client(answer, { cut }).client.music.generate({ prompt: "x" });
      assert.deepEqual([Buffer.from(data).toString(), usage?.cost], ["abcdefghij", 3.3e-5], `at ${cut}`);
    }
  });
});
