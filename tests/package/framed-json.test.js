// JSON that is no longer alone in its body: what was paid for is read all the same.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { installPackage } from "./install.js";

/** @type {ReturnType<typeof installPackage>} */
let app;
/** @type {any} */
let api;
before(async () => {
  app = installPackage();
  api = await app.load("openrouter-wasm");
});
after(() => app?.remove());

const DONE = "\n\ndata: [DONE]\n\n";
const LIFE = ": OPENROUTER PROCESSING\n\n";
/** @type {[string, (json: string) => string][]} */
const FRAMES = [
  ["alone", (json) => json],
  ["behind a byte order mark", (json) => `\ufeff${json}`],
  ["behind a comment", (json) => LIFE + json],
  ["behind comments and blanks", (json) => `\r\n${":\r\n\r\n".repeat(3)}${LIFE.repeat(2000)}  ${json}`],
  ["as one event", (json) => `data: ${json}${DONE}`],
  ["in front of [DONE]", (json) => json + DONE],
  ["as an event of a name and a number", (json) => `id: 1\nevent: message\nretry: 5\ndata: ${json}${DONE}`],
  ["in front of comments", (json) => `${json}\n\n${LIFE.repeat(3)}`],
  ["as an event between comments", (json) => `${LIFE}data: ${json}\n\n${LIFE}data: [DONE]\n\n${LIFE}`],
  ["in several lines of an event", (json) => `data: ${json.replaceAll(",", ",\r\ndata: ")}\r\n\r\n`],
  ["indented", (json) => `${LIFE}${JSON.stringify(JSON.parse(json), undefined, 2)}\n`],
];
const PNG = "iVBORw0KGgo=";
/** @type {[string, object, (client: any) => Promise<any>][]} */
const CALLS = [
  ["embeddings", { data: [{ index: 0, embedding: [1] }] }, (client) => client.embeddings.create({ model: "m/x", input: "x" })],
  ["rerank", { results: [{ index: 0, relevance_score: 0.5 }] }, (client) => client.rerank({ model: "m/x", query: "x", documents: ["y"] })],
  ["images", { data: [{ b64_json: PNG, media_type: "image/png" }], usage: { cost: 0.1 } }, (client) => client.images.generate({ prompt: "x" })],
  ["videos.submit", { id: "j", polling_url: "/x", status: "pending" }, (client) => client.videos.submit({ prompt: "x" })],
];

for (const [name, answer, call] of CALLS) {
  test(`${name}: the answer is read, whatever stands around it, and sent for once`, async () => {
    for (const [frame, framed] of FRAMES) {
      let sends = 0;
      const fetch = async (/** @type {any} */ _, /** @type {any} */ init) => {
        if (init?.method !== "POST") return Response.json({ data: [] });
        sends++;
        return new Response(framed(JSON.stringify(answer)), { headers: { "content-type": "application/json" } });
      };
      await assert.doesNotReject(call(new api.OpenRouter({ apiKey: "k", maxRetries: 0, fetch })), frame);
      assert.equal(sends, 1, frame);
    }
    const broken = async (/** @type {any} */ _, /** @type {any} */ init) => new Response(init?.method === "POST" ? `${LIFE}${JSON.stringify(answer).slice(0, -1)}` : '{"data":[]}');
    await assert.rejects(call(new api.OpenRouter({ apiKey: "k", maxRetries: 0, fetch: broken })), frameless, "JSON that breaks off is none");
  });
}

/** @param {any} error */
function frameless(error) {
  return api.OpenRouterError.isInstance(error) && error.code === "bad-response";
}

test("lines in a text of the answer's own are its own", async () => {
  const failed = JSON.stringify({ id: "j", status: "failed", error: "first\nid: 5\n: no comment\ndata: x" }).replaceAll("\\n", "\n");
  const submitted = JSON.stringify({ id: "j", polling_url: "/x", status: "pending" });
  const fetch = async (/** @type {any} */ _, /** @type {any} */ init) => new Response(init?.method === "POST" ? submitted : failed);
  const { videos } = new api.OpenRouter({ apiKey: "k", maxRetries: 0, fetch });
  const state = await videos.poll(await videos.submit({ prompt: "x" }));
  assert.match(JSON.stringify(state), /first(\s|\\n)+id: 5(\s|\\n)+: no comment(\s|\\n)+data: x/);
});

test("blanks and comments of any length cost no time of their own", async () => {
  const start = process.cpuUsage().user;
  await Promise.all(["\n".repeat(200_000), ":\n".repeat(100_000), " ".repeat(200_000), "data: ".repeat(50_000)].map(async (text) => {
    const fetch = async (/** @type {any} */ _, /** @type {any} */ init) => new Response(init?.method === "POST" ? `${text}x${text}` : '{"data":[]}');
    await assert.rejects(new api.OpenRouter({ apiKey: "k", maxRetries: 0, fetch }).embeddings.create({ model: "m/x", input: "x" }));
    assert.ok(process.cpuUsage().user - start < 20_000_000, text.slice(0, 6));
  }));
});
