/** Catalogs as they are, and as they can go wrong. */

import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { quickSimulator } from "./support.js";
import { call, json } from "./media-support.js";

const OLD = new URL("../../../shared/data/models-2025-05-28-old-shape.json", import.meta.url);
const list = async (simulator, query = "") => json(await call(simulator, `/models${query}`));

describe("the built-in rows", () => {
  test("are of every kind a scanner meets", async () => {
    const { data } = await list(quickSimulator(), "?output_modalities=all");
    const has = (check) => data.filter(check).length;
    assert.ok(has(({ id }) => id.endsWith(":free")) >= 8);
    assert.ok(has(({ id, architecture }) => id.endsWith(":free") && architecture.input_modalities.includes("image")) >= 2);
    assert.ok(has(({ id, supported_parameters: names }) => id.endsWith(":free") && !names.includes("tools")) >= 2);
    for (const size of ["235b-a22b", "70b", "31b", "30b-a3b", "e4b", "12b"]) assert.ok(has(({ id }) => id.includes(size)), size);
    assert.ok(has(({ id, alias_target: target }) => id.startsWith("~") && target));
    assert.ok(has(({ pricing }) => pricing.prompt === "-1"));
    assert.ok(has(({ pricing }) => pricing.discount > 0));
    assert.ok(has(({ pricing }) => pricing.overrides?.[0].min_prompt_tokens) && has(({ pricing }) => pricing.overrides?.[0].utc_start));
    assert.ok(has(({ supported_voices: voices }) => voices?.length));
    for (const kind of ["image", "audio", "speech", "transcription", "embeddings", "video"]) {
      assert.ok(has(({ architecture }) => architecture.output_modalities.includes(kind)), kind);
    }
    assert.equal(new Set(data.map(({ id }) => id)).size, data.length);
  });

  test("do not all talk", async () => {
    const simulator = quickSimulator();
    for (const model of ["hexgrad/kokoro-82m", "openai/whisper-large-v3-turbo", "openai/text-embedding-3-small", "google/veo-3.1-fast"]) {
      const response = await call(simulator, "/chat/completions", { model, messages: [{ role: "user", content: "Hi" }] });
      assert.equal(response.status, 404, model);
    }
  });
});

describe("scripted catalogs", () => {
  test("broken rows stand before the good ones", async () => {
    const simulator = quickSimulator();
    const rows = [{ name: "no id" }, { id: 5 }, null, "text", { id: "a/b", pricing: null, architecture: "x" }];
    simulator.onRequest("/models", { models: { rows } });
    const { data, total_count: count } = await list(simulator);
    assert.deepEqual(data.slice(0, 5), rows);
    assert.ok(data.length > 20 && data.length === count);
  });

  test("pages that nobody asked for lead to every row once", async () => {
    const simulator = quickSimulator();
    const all = (await list(simulator)).data.map(({ id }) => id);
    simulator.onRequest("/models", { models: { pageSize: 7 } });
    const met = [];
    let next = "/models";
    for (let page = 0; next; page++) {
      assert.ok(page < 50);
      const answer = await json(await simulator.fetch(new URL(next, page === 0 ? "https://openrouter.ai/api/v1/models" : "https://openrouter.ai").href.replace("ai/models", "ai/api/v1/models")));
      met.push(...answer.data.map(({ id }) => id));
      next = answer.links.next;
    }
    assert.deepEqual(met, all);
  });

  test("the next page may be this one again", async () => {
    const simulator = quickSimulator();
    simulator.onRequest("/models", { models: { next: "/api/v1/models?offset=0" } });
    assert.equal((await list(simulator, "?offset=0")).links.next, "/api/v1/models?offset=0");
  });

  test("rows of May 2025 have the fields of then", { skip: existsSync(OLD) ? false : "the old catalog is not there" }, async () => {
    const simulator = quickSimulator();
    simulator.onRequest("/models", { models: { shape: "2025-05" } });
    const answer = await list(simulator);
    const [old] = JSON.parse(readFileSync(OLD, "utf8")).data ?? JSON.parse(readFileSync(OLD, "utf8"));
    assert.deepEqual(Object.keys(answer), ["data"]);
    for (const row of answer.data) assert.deepEqual(Object.keys(row).sort(), Object.keys(old).sort());
  });

  test("a rejected key, where OpenRouter would not look", async () => {
    const simulator = quickSimulator({ apiKeys: ["good"] });
    assert.equal((await call(simulator, "/models")).status, 200);
    simulator.onRequest(({ path, headers }) => path === "/models" && headers.authorization !== "Bearer good", { status: 401 });
    assert.equal((await call(simulator, "/models")).status, 401);
    assert.equal((await call(simulator, "/models", undefined, { headers: { Authorization: "Bearer good" } })).status, 200);
  });
});

test("video models may be others", async () => {
  const simulator = quickSimulator({ videoModels: ["a/video", { id: "b/video", supported_durations: null }] });
  const { data } = await json(await call(simulator, "/videos/models"));
  assert.deepEqual(data.map(({ id, supported_durations: lengths }) => [id, lengths]), [["a/video", [4, 6, 8]], ["b/video", null]]);
  assert.throws(() => quickSimulator({ videoModels: [5] }), /options\.videoModels must be/);
});
