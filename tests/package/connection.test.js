// A connection that cannot be made: whatever was asked, the error says of which host.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { installPackage } from "./install.js";

/** @type {ReturnType<typeof installPackage>} */
let app;
/** Where nobody listens. */
let host = "";
before(async () => {
  app = installPackage();
  const server = createServer();
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  host = `127.0.0.1:${/** @type {import("node:net").AddressInfo} */ (server.address()).port}`;
  await new Promise((resolve) => server.close(resolve));
});
after(() => app?.remove());

const ticket = () => ({ kind: "openrouter-video", version: 1, id: "v", pollingUrl: `http://${host}/api/v1/videos/v`, baseURL: `http://${host}/api/v1`, model: "m", submittedAtMs: 1, request: {}, status: "completed", urls: [`http://${host}/api/v1/videos/v/content`] });

/** @type {[string, (client: any) => Promise<unknown>][]} */
const CALLS = [
  ["chat", (client) => client.chat({ messages: [{ role: "user", content: "hi" }] }).result()],
  ["models.list", (client) => client.models.list()],
  ["images", (client) => client.images.generate({ prompt: "a cat" })],
  ["videos.submit", (client) => client.videos.submit({ prompt: "a cat" })],
  ["videos.poll", (client) => client.videos.poll(ticket(), { timeoutMs: 1500 })],
  ["videos.download", (client) => client.videos.download(ticket(), { timeoutMs: 1500 })],
  ["speech", (client) => client.speech.create({ input: "hi" })],
  ["transcriptions", (client) => client.transcriptions.create({ audio: new Uint8Array(10), mediaType: "audio/wav" })],
  ["music", (client) => client.music.generate({ prompt: "a song" })],
  ["generation", (client) => client.generation("gen-1", { timeoutMs: 1500 })],
  ["usage", (client) => client.usage({ timeoutMs: 1500 })],
];

for (const [name, call] of CALLS) {
  test(`${name}: the error names the host`, { timeout: 60_000 }, async () => {
    const { OpenRouter, OpenRouterError } = await app.load("openrouter-wasm");
    const client = new OpenRouter({ apiKey: "sk-or-v1-0123456789", baseURL: `http://${host}/api/v1`, maxRetries: 0 });
    await assert.rejects(call(client), (error) => {
      assert.ok(OpenRouterError.isInstance(error), String(error));
      const { code, message } = /** @type {any} */ (error);
      assert.ok(message.includes(host), `${code}: ${message}`);
      return true;
    });
  });
}
