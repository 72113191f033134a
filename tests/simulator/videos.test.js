/** Videos: submitted, polled, fetched; and what goes wrong on the way. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { BASE, quickServer, quickSimulator } from "./support.js";
import { KEY, bytesOf, call, json, startsWith } from "./media-support.js";

const WEBM_MAGIC = [0x1a, 0x45, 0xdf, 0xa3];
const ORDER = { model: "google/veo-3.1-fast", prompt: "A boat at sea", duration: 4 };

async function submit(simulator, video, body = {}) {
  if (video) simulator.onRequest("POST /videos", { video });
  return json(await call(simulator, "/videos", { ...ORDER, ...body }));
}

async function polls(simulator, url, count) {
  const states = [];
  for (let at = 0; at < count; at++) states.push(await json(await call(simulator, url)));
  return states;
}

describe("a job", () => {
  test("is accepted with 202, advances with each poll, and leads to a video that needs the key", async () => {
    const simulator = quickSimulator();
    const accepted = await call(simulator, "/videos", ORDER);
    assert.equal(accepted.status, 202);
    const job = await json(accepted);
    assert.deepEqual(job, { id: job.id, polling_url: `${BASE}/videos/${job.id}`, status: "pending" });
    assert.match(job.id, /^gen-vid-\d+-[0-9A-Za-z]{20}$/);
    assert.equal((await call(simulator, `/videos/${job.id}/content`)).status, 409);

    const states = await polls(simulator, job.polling_url, 4);
    assert.deepEqual(states.map(({ status }) => status), ["pending", "in_progress", "completed", "completed"]);
    assert.deepEqual(states[0], { ...job, status: "pending" });
    assert.deepEqual(states[2].usage, { cost: 0.6, is_byok: false });
    assert.equal(states[2].generation_id, job.id);
    assert.deepEqual(states[2].unsigned_urls, [`${BASE}/videos/${job.id}/content?index=0`]);

    assert.equal((await simulator.fetch(states[2].unsigned_urls[0])).status, 401);
    const video = await call(simulator, states[2].unsigned_urls[0]);
    const bytes = await bytesOf(video);
    assert.equal(video.headers.get("Content-Type"), "video/webm");
    assert.equal(Number(video.headers.get("Content-Length")), bytes.length);
    assert.ok(startsWith(bytes, ...WEBM_MAGIC) && bytes.length < 12_288);
    assert.equal((await call(simulator, `/videos/${job.id}/content?index=1`)).status, 404);
    assert.equal((await call(simulator, `/videos/${job.id}/content?index=x`)).status, 400);
  });

  test("is paid once, and has a generation", async () => {
    const simulator = quickSimulator();
    const job = await submit(simulator);
    assert.equal((await call(simulator, `/generation?id=${job.id}`)).status, 404);
    await polls(simulator, job.polling_url, 5);
    assert.equal((await json(await call(simulator, "/key"))).data.usage, 0.6);
    const { data } = await json(await call(simulator, `/generation?id=${job.id}`));
    assert.deepEqual([data.total_cost, data.api_type, data.model], [0.6, "video", ORDER.model]);
  });

  test("belongs to its key", async () => {
    const simulator = quickSimulator();
    const job = await submit(simulator);
    for (const path of ["", "/content"]) {
      assert.equal((await call(simulator, `/videos/${job.id}${path}`, undefined, { headers: { Authorization: "Bearer other" } })).status, 404);
      assert.equal((await call(simulator, `/videos/${job.id}${path}`, undefined, { headers: { Authorization: "" } })).status, 401);
    }
    assert.equal((await call(simulator, "/videos/gen-vid-1-none")).status, 404);
    assert.equal((await call(simulator, `/videos/${job.id}`, undefined, { method: "DELETE" })).status, 404);
  });
});

describe("requests that OpenRouter refuses", () => {
  for (const [field, wrong] of [
    ["model", { model: undefined }],
    ["model", { model: 5 }],
    ["no/such", { model: "no/such" }],
    ["prompt", { prompt: undefined }],
    ["prompt", { prompt: 1 }],
    ["duration", { duration: 0 }],
    ["duration", { duration: 4.5 }],
    ["duration", { duration: 5 }],
    ["resolution", { resolution: "720P" }],
    ["resolution", { resolution: "4K" }],
    ["aspect_ratio", { aspect_ratio: "1:1" }],
    ["size", { size: "big" }],
    ["frame_images.0", { frame_images: [{ type: "image_url", image_url: { url: "data:," } }] }],
    ["frame_images", { frame_images: {} }],
    ["frame_images", { model: "alibaba/wan-2.6", duration: 5, frame_images: [{ type: "image_url", image_url: { url: "data:," }, frame_type: "last_frame" }] }],
    ["input_references.0", { input_references: [{ type: "image_url" }] }],
    ["generate_audio", { generate_audio: "yes" }],
    ["seed", { seed: 1.5 }],
    ["callback_url", { callback_url: "http://example.com" }],
    ["session_id", { session_id: "x".repeat(257) }],
    ["previous_job_id", { previous_job_id: "job-1" }],
  ]) {
    test(JSON.stringify(wrong).slice(0, 80), async () => {
      const simulator = quickSimulator();
      const response = await call(simulator, "/videos", { ...ORDER, ...wrong });
      assert.equal(response.status, 400);
      const { error } = await json(response);
      assert.equal(error.code, 400);
      assert.ok(error.message.includes(field), error.message);
    });
  }
  for (const body of ["", "[]", "{", '"text"']) {
    test(`the body ${JSON.stringify(body)}`, async () => assert.equal((await call(quickSimulator(), "/videos", body)).status, 400));
  }
  test("an image without a prompt is fine", async () => {
    const frame_images = [{ type: "image_url", image_url: { url: "data:image/png;base64,AA==" }, frame_type: "first_frame" }];
    assert.equal((await call(quickSimulator(), "/videos", { ...ORDER, prompt: undefined, frame_images })).status, 202);
  });
});

describe("scripted jobs", () => {
  test("take their time, speak unknown words, leave the status out, and fail a poll now and then", async () => {
    const simulator = quickSimulator();
    const job = await submit(simulator, { statuses: ["queued", "dreaming", null, { status: 503 }, { networkError: true }, { body: "<html>" }, "completed"] });
    const seen = [];
    for (let at = 0; at < 7; at++) {
      const response = await call(simulator, job.polling_url).catch((error) => error.name);
      seen.push(typeof response === "string" ? response : response.status === 200 ? (await response.text()).slice(0, 6) && response.headers.get("Content-Type") : response.status);
    }
    assert.deepEqual(seen, ["application/json", "application/json", "application/json", 503, "TypeError", "text/html; charset=UTF-8", "application/json"]);
  });

  for (const status of ["failed", "cancelled", "expired"]) {
    test(`${status}: an error text, no video and nothing to pay`, async () => {
      const simulator = quickSimulator();
      const job = await submit(simulator, { statuses: [status], ...(status === "failed" && { error: "Content was refused" }) });
      const [state] = await polls(simulator, job.polling_url, 1);
      assert.equal(state.status, status);
      assert.ok(status === "failed" ? state.error === "Content was refused" : state.error.includes(status));
      assert.equal(state.unsigned_urls, undefined);
      assert.equal(state.usage.cost, 0);
      assert.equal((await call(simulator, `/videos/${job.id}/content`)).status, 410);
      assert.equal((await json(await call(simulator, "/key"))).data.usage, 0);
    });
  }

  test("polls fail twice and go on", async () => {
    const simulator = quickSimulator();
    const job = await submit(simulator);
    simulator.onRequest("GET /videos/:id", { status: 502, times: 2 });
    const statuses = [];
    for (let at = 0; at < 3; at++) statuses.push((await call(simulator, job.polling_url)).status);
    assert.deepEqual(statuses, [502, 502, 200]);
  });

  test("a request whose answer is lost has been taken all the same", async () => {
    const simulator = quickSimulator();
    simulator.onRequest("POST /videos", { networkError: true, carriedOut: true, times: 1, video: { id: "gen-vid-1-lost", statuses: ["completed"] } });
    await assert.rejects(call(simulator, "/videos", ORDER), TypeError);
    assert.deepEqual((await json(await call(simulator, "/videos/gen-vid-1-lost"))).status, "completed");
    simulator.onRequest("POST /videos", { networkError: true, times: 1, video: { id: "gen-vid-1-never" } });
    await assert.rejects(call(simulator, "/videos", ORDER), TypeError);
    assert.equal((await call(simulator, "/videos/gen-vid-1-never")).status, 404);
  });

  for (const [way, expected] of [
    ["absolute", (id) => `${BASE}/videos/${id}`],
    ["root-relative", (id) => `/api/v1/videos/${id}`],
    ["relative", (id) => `videos/${id}`],
    ["foreign", (id) => `https://storage.simulator.test/jobs/${id}`],
    ["https://elsewhere.example/x", () => "https://elsewhere.example/x"],
  ]) {
    test(`polling_url: ${way}`, async () => {
      const simulator = quickSimulator();
      const job = await submit(simulator, { pollingUrl: way });
      assert.equal(job.polling_url, expected(job.id));
      if (way.startsWith("https:")) return;
      const target = new URL(job.polling_url, `${BASE}/`);
      assert.equal((await json(await simulator.fetch(target, { headers: way === "foreign" ? {} : KEY }))).status, "pending");
    });
  }

  test("videos of another origin ask for no key, and show in the log whether one came", async () => {
    const simulator = quickSimulator();
    const job = await submit(simulator, { statuses: ["completed"], unsignedUrls: "foreign", signedUrls: true, videos: 2 });
    const [state] = await polls(simulator, job.polling_url, 1);
    assert.equal(state.unsigned_urls.length, 2);
    assert.ok(state.expires_at > Date.now() / 1000);
    for (const url of [...state.unsigned_urls, ...state.urls]) {
      assert.equal(new URL(url).host, "storage.simulator.test");
      assert.ok(startsWith(await bytesOf(await simulator.fetch(url)), ...WEBM_MAGIC));
      const { headers, path } = simulator.requests.at(-1);
      assert.equal(headers.authorization, undefined);
      assert.match(path, /^\/__foreign__\/videos\//);
    }
    await call(simulator, state.urls[0]);
    assert.equal(simulator.requests.at(-1).headers.authorization, "Bearer test-key");
  });

  test("a signed URL ends when it says so", async () => {
    const simulator = quickSimulator();
    const job = await submit(simulator, { statuses: ["completed"], unsignedUrls: null, signedUrls: true, expiresAt: 1 });
    const [state] = await polls(simulator, job.polling_url, 1);
    assert.equal(state.unsigned_urls, undefined);
    assert.equal((await simulator.fetch(state.urls[0])).status, 403);
  });

  for (const [name, content, check] of [
    ["gone", { status: 410 }, async (response) => assert.equal(response.status, 410)],
    ["JSON", { body: { error: { message: "no" } } }, async (response) => assert.equal(response.headers.get("Content-Type"), "application/json")],
    ["HTML", { body: "<html></html>" }, async (response) => assert.match(response.headers.get("Content-Type"), /^text\/html/)],
    ["nothing", { body: "", contentType: "video/mp4" }, async (response) => assert.equal((await bytesOf(response)).length, 0)],
    ["other bytes", { body: new Uint8Array([1, 2, 3]), contentType: "video/mp4" }, async (response) => assert.deepEqual([...(await bytesOf(response))], [1, 2, 3])],
    ["another name", { contentType: "application/octet-stream" }, async (response) => assert.ok(startsWith(await bytesOf(response), ...WEBM_MAGIC))],
    ["more than was said", { headers: { "Content-Length": "10" } }, async (response) => assert.ok((await bytesOf(response)).length > Number(response.headers.get("Content-Length")))],
    ["twenty megabytes", { padToBytes: 20e6 }, async (response) => assert.equal((await bytesOf(response)).length, 20e6)],
    ["half of it", { cutAfterBytes: 1000 }, async (response) => void (await assert.rejects(response.arrayBuffer()))],
    ["no answer", { networkError: true }, async () => assert.fail("there is an answer")],
  ]) {
    test(`content: ${name}`, async () => {
      const simulator = quickSimulator();
      const job = await submit(simulator, { statuses: ["completed"], content });
      await polls(simulator, job.polling_url, 1);
      const response = call(simulator, `/videos/${job.id}/content?index=0`);
      if (content.networkError) await assert.rejects(response, TypeError);
      else await check(await response);
    });
  }
});

describe("behind a port", () => {
  test("a script travels in the request, and the other name of the machine is the other origin", async () => {
    const server = await quickServer();
    const base = `${server.url}/api/v1`;
    const ask = (path, body) => call({ fetch }, path, body, { base });
    const video = { statuses: ["pending", { networkError: true }, "completed"], signedUrls: true, content: { headers: { "X-Video": "1" } } };
    const job = await json(await ask("/videos", { ...ORDER, simulator: { video } }));
    assert.equal(job.polling_url, `${base}/videos/${job.id}`);
    assert.equal((await json(await ask(job.polling_url))).status, "pending");
    await assert.rejects(ask(job.polling_url), TypeError);
    const state = await json(await ask(job.polling_url));
    const own = await ask(state.unsigned_urls[0]);
    assert.equal(own.headers.get("X-Video"), "1");
    assert.ok(startsWith(await bytesOf(own), ...WEBM_MAGIC));
    assert.equal(new URL(state.urls[0]).hostname, "localhost");
    assert.ok(startsWith(await bytesOf(await fetch(state.urls[0].replace("localhost", "127.0.0.1"))), ...WEBM_MAGIC));
    assert.equal(server.simulator.requests.at(-1).headers.authorization, undefined);
  });

  test("a request whose answer is lost has been taken all the same", async () => {
    const server = await quickServer();
    const simulator = { networkError: true, carriedOut: true, video: { id: "gen-vid-1-lost", statuses: ["completed"] } };
    await assert.rejects(call({ fetch }, "/videos", { ...ORDER, simulator }, { base: server.url }), TypeError);
    assert.equal((await json(await call({ fetch }, "/videos/gen-vid-1-lost", undefined, { base: server.url }))).status, "completed");
  });

  test("a bad script in a request is refused by name", async () => {
    const server = await quickServer();
    const response = await call({ fetch }, "/videos", { ...ORDER, simulator: { vidoe: {} } }, { base: server.url });
    assert.equal(response.status, 400);
    assert.match((await json(response)).error.message, /script\.vidoe is not a field/);
    const header = await call({ fetch }, "/videos/models", undefined, { base: server.url, headers: { "x-simulator-script": '{"status":529}' } });
    assert.equal(header.status, 529);
  });
});
