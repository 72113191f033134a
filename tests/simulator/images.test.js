/** Images from `/images` and from chat. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { chat, chunksOf, quickSimulator } from "./support.js";
import { call, json } from "./media-support.js";

const ORDER = { model: "google/gemini-3.1-flash-image-preview", prompt: "A boat at sea" };
const paint = async (simulator, body) => json(await call(simulator, "/images", { ...ORDER, ...body }));

/** What the bytes themselves say. */
function inside(base64) {
  const bytes = Buffer.from(base64, "base64");
  const text = bytes.toString("latin1");
  if (text.startsWith("\x89PNG") && text.endsWith("IEND\xae\x42\x60\x82")) return { format: "png", width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) };
  if (text.startsWith("\xff\xd8\xff") && text.endsWith("\xff\xd9")) return { format: "jpeg" };
  if (text.startsWith("RIFF") && text.slice(8, 12) === "WEBP" && bytes.readUInt32LE(4) + 8 === bytes.length) return { format: "webp" };
  if (text.startsWith("GIF89a") && text.endsWith(";")) return { format: "gif" };
  return { format: "none of these" };
}

describe("images", () => {
  test("are real, as many as asked for, all different, and paid", async () => {
    const simulator = quickSimulator();
    const answer = await paint(simulator, { n: 3 });
    assert.equal(answer.data.length, 3);
    assert.equal(new Set(answer.data.map(({ b64_json: data }) => data)).size, 3);
    for (const { b64_json: data, media_type: type } of answer.data) {
      assert.equal(type, "image/png");
      const { format, width, height } = inside(data);
      assert.deepEqual([format, width, height], ["png", 64, 64]);
    }
    assert.equal(answer.usage.completion_tokens, 3870);
    assert.equal((await json(await call(simulator, "/key"))).data.usage, answer.usage.cost);
    assert.ok(answer.usage.cost > 0.2);
  });

  test("depend on the prompt alone, and take its shape", async () => {
    const simulator = quickSimulator();
    const [one, same, other] = [await paint(simulator, {}), await paint(simulator, {}), await paint(simulator, { prompt: "A car" })];
    assert.equal(one.data[0].b64_json, same.data[0].b64_json);
    assert.notEqual(one.data[0].b64_json, other.data[0].b64_json);
    const wide = inside((await paint(simulator, { aspect_ratio: "16:9" })).data[0].b64_json);
    assert.deepEqual([wide.width, wide.height], [64, 36]);
  });

  test("have a generation under the id of the header", async () => {
    const simulator = quickSimulator();
    const response = await call(simulator, "/images", ORDER);
    const { usage } = await json(response);
    const { data } = await json(await call(simulator, `/generation?id=${response.headers.get("X-Generation-Id")}`));
    assert.deepEqual([data.api_type, data.total_cost], ["image", usage.cost]);
  });

  for (const format of ["jpeg", "webp", "gif", "png"]) {
    test(`${format}, said and unsaid`, async () => {
      const simulator = quickSimulator();
      simulator.onRequest("/images", { images: { format } });
      const [{ b64_json: data, media_type: type }] = (await paint(simulator, {})).data;
      assert.equal((inside(data)).format, format);
      assert.equal(type, `image/${format}`);
      simulator.onRequest("/images", { images: { format, mediaType: null } });
      assert.deepEqual((await paint(simulator, {})).data, [{ b64_json: data }]);
    });
  }

  for (const [name, images, expected] of [
    ["no b64_json", { data: [{ media_type: "image/png" }] }, [{ media_type: "image/png" }]],
    ["bad base64", { data: [{ b64_json: "!!" }] }, [{ b64_json: "!!" }]],
    ["no images", { data: [] }, []],
    ["no data", { data: null }, undefined],
  ]) {
    test(`scripted: ${name}`, async () => {
      const simulator = quickSimulator();
      simulator.onRequest("/images", { images });
      assert.deepEqual((await paint(simulator, {})).data, expected);
    });
  }
});

describe("streamed images", () => {
  test("come in parts, then whole, with usage at the end", async () => {
    const text = await (await call(quickSimulator(), "/images", { ...ORDER, stream: true, n: 2 })).text();
    const events = chunksOf(text);
    const one = ["image_generation.partial_image", "image_generation.partial_image", "image_generation.completed"];
    assert.deepEqual(events.map(({ type }) => type), [...one, ...one]);
    assert.deepEqual(events.map(({ usage }) => Boolean(usage)), [false, false, false, false, false, true]);
    assert.equal((inside(events[2].b64_json)).format, "png");
    assert.ok(text.startsWith(": OPENROUTER PROCESSING") && text.endsWith("data: [DONE]\n\n"));
  });

  test("may end with an error, which is not paid", async () => {
    const simulator = quickSimulator();
    simulator.onRequest("/images", { images: { error: { message: "Refused" }, partials: 1 } });
    const events = chunksOf(await (await call(simulator, "/images", { ...ORDER, stream: true })).text());
    assert.deepEqual(events.map(({ type }) => type), ["image_generation.partial_image", "error"]);
    assert.equal((await json(await call(simulator, "/key"))).data.usage, 0);
  });

  test("cost nothing when nobody waits for them", async () => {
    const simulator = quickSimulator();
    const reader = (await call(simulator, "/images", { ...ORDER, stream: true })).body.getReader();
    await reader.read();
    await reader.cancel();
    assert.equal((await json(await call(simulator, "/key"))).data.usage, 0);
  });
});

describe("orders that OpenRouter refuses", () => {
  for (const [field, wrong, status = 400] of [
    ["model", { model: null }],
    ["no/such", { model: "no/such" }],
    ["output modalities", { model: "openai/gpt-4o-mini" }, 404],
    ["prompt", { prompt: "" }],
    ["n", { n: 11 }],
    ["n", { n: 0 }],
    ["resolution", { resolution: "8K" }],
    ["aspect_ratio", { aspect_ratio: "17:9" }],
    ["size", { size: "large" }],
    ["input_references.1", { input_references: [{ type: "image_url", image_url: { url: "data:," } }, {}] }],
    ["input_references", { input_references: Array(17).fill({ type: "image_url", image_url: { url: "data:," } }) }],
    ["output_format", { output_format: "bmp" }],
    ["stream", { stream: "yes" }],
  ]) {
    test(JSON.stringify(wrong).slice(0, 80), async () => {
      const response = await call(quickSimulator(), "/images", { ...ORDER, ...wrong });
      assert.equal(response.status, status);
      const { error } = await json(response);
      assert.ok(error.message.includes(field), error.message);
    });
  }
});

test("chat honours n and the shape", async () => {
  const messages = [{ role: "user", content: "A boat" }];
  const response = await chat(quickSimulator(), {
    model: "google/gemini-3.1-flash-image-preview", messages, modalities: ["image", "text"], stream: false, n: 2, image_config: { aspect_ratio: "9:16" },
  });
  const { images } = (await response.json()).choices[0].message;
  assert.equal(new Set(images.map(({ image_url: { url } }) => url)).size, 2);
  const { width, height } = inside(images[0].image_url.url.split(",")[1]);
  assert.deepEqual([width, height], [36, 64]);
});
