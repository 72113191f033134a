// Recorded exchanges and list filters, told once and run in every runtime.
import { local, ok, question, rejection, same } from "./scenario-tools.js";

/** @import { World } from "./scenario-tools.js" */

const KEY = "sk-or-v1-0123456789abcdef0123456789abcdef", USER = "user_2abCdEf3GhIjKlMnOp4qRsTuVwX";
const AWS = `AKIA${"IOSFODNN7EXAMPLE"}`, MODEL = "openai/gpt-4o-mini";

/** @type {Record<string, (world: World) => Promise<void>>} */
export const replayScenarios = {
  async "what was recorded is played again, in pieces of any size, and holds no secret"({ api, simulator }) {
    const server = simulator.createSimulator({ delayMs: 0 });
    server.enqueue({ text: ["Hel", "lo ", "wörld 😀"], headers: { "Set-Cookie": "session=abcdefgh12345", "X-Account": USER } });
    server.onRequest("/key", { body: { data: { label: "sk-or-v1-012...def", creator_user_id: USER, hash: "f00dfeedf00dfeed", email: "me@home.example", usage: 1, note: `${AWS} npm_abcdefghij0123456789`, access_token: "tok-17-of-mine", client_secret: "quoted \"thing\"", token: "Hel" } }, times: 1 });
    const recorder = simulator.createRecorder({ fetch: server.fetch, secrets: ["my-own-name"] });
    const request = { model: MODEL, messages: [{ role: /** @type {const} */ ("user"), content: `my-own-name, ${KEY}, wrote user_message` }], user: "customer-17" };
    const client = new api.OpenRouter({ apiKey: KEY, fetch: recorder.fetch, headers: { Cookie: "a=secretcookie99", "X-Api-Key": "another-secret-1" } });
    const first = await client.chat(request).result();
    const usage = await client.usage().catch((error) => error.message);
    const vectors = await client.embeddings.create({ model: "openai/text-embedding-3-small", input: ["a", "b"], dimensions: 4 });
    const speech = await (await client.speech.create({ input: "hi" })).bytes();
    await (await recorder.fetch("https://openrouter.ai/api/v1/models?q=x&api_key=in-the-query")).text();
    const fixtures = recorder.fixtures();
    const text = JSON.stringify(fixtures);
    for (const secret of [KEY, KEY.slice(9), "sk-or-v1-012", USER, "abcdefgh12345", "secretcookie99", "another-secret-1", "my-own-name", "customer-17", "f00dfeedf00dfeed", "me@home.example", AWS, "npm_abc", "tok-17", "thing", "in-the-query"]) ok(!text.includes(secret), `${secret} is in the fixtures: ${text.slice(Math.max(0, text.indexOf(secret) - 80), text.indexOf(secret) + 80)}`);
    ok(text.includes("user_message") && text.includes("wörld") && text.includes("Hel"), "what is no secret stays");
    same(JSON.parse(text), fixtures, "plain JSON");
    for (const chunkBytes of [undefined, 1, [7, 1, 130]]) {
      const replay = simulator.createSimulator({ delayMs: 0, replay: { fixtures: JSON.parse(text), chunkBytes } });
      const again = new api.OpenRouter({ apiKey: "sk-or-v1-anotherkey0123456789", fetch: replay.fetch });
      // The secrets are no longer in it, so that whoever asks again has them or not.
      const content = `[redacted], [redacted], wrote user_message`;
      const result = await again.chat({ ...request, messages: [{ role: "user", content }] }).result();
      same([result.message, result.usage, result.id], [first.message, first.usage, first.id], `chat in pieces of ${chunkBytes}`);
      same((await again.embeddings.create({ model: "openai/text-embedding-3-small", input: ["a", "b"], dimensions: 4 })).embeddings.map((vector) => [...vector]), vectors.embeddings.map((vector) => [...vector]), "vectors");
      same([...(await (await again.speech.create({ input: "hi" })).bytes())], [...speech], "bytes");
      const missing = await rejection(again.chat({ model: MODEL, messages: question }).result());
      ok(missing.status === 404 && missing.message.includes("No recorded exchange fits POST /chat/completions"), missing.message);
      if (typeof usage === "object") same((await again.usage()).budget, usage.budget, "usage");
    }
  },

  async "a secret that one text names is one in all of them, and so is the piece of one that a delta holds"({ simulator }) {
    const key = "sk-or-v1-aaaa1111bbbb2222cccc";
    const lines = [{ user_id: "user_abcdef123456", deep: { token: "hunter2hunter2", list: ["tok-of-mine-17"] } }, { choices: [{ delta: { content: key.slice(0, 14) } }] }, { choices: [{ delta: { content: key.slice(14) } }] }];
    const answer = () => new Response(lines.map((line) => `data: ${JSON.stringify(line)}\n\n`).join(""), { headers: { "content-type": "text/event-stream", "set-cookie": "sid=cookie-4711; path=/" } });
    const recorder = simulator.createRecorder({ fetch: async () => answer() });
    const body = JSON.stringify({ messages: [{ role: "user", content: `mine is ${key}, its schema {"password":"string"}` }], metadata: { password: "hunter2hunter2", access_token: "tok-of-mine-17" }, type: "string" });
    await (await recorder.fetch("https://openrouter.ai/api/v1/auth/keys?code=c0de-of-sign-in&state=st4te-1", { method: "POST", headers: { authorization: `Bearer ${key}` }, body })).text();
    const text = JSON.stringify(recorder.fixtures());
    for (const secret of [key, key.slice(0, 14), key.slice(14), "hunter2", "tok-of-mine", "c0de-of", "st4te", "cookie-4711", "user_abcdef"]) ok(!text.includes(secret), `${secret}: ${text}`);
    ok(text.includes('\\"type\\":\\"string\\"') && text.includes("auth/keys"), text);
  },

  async "an answer that broke is recorded as far as it came, and breaks again"({ api, simulator }) {
    const server = simulator.createSimulator({ delayMs: 0 });
    server.enqueue({ text: ["a", "b", "c", "d", "e", "f"], cutAfterChunks: 4 });
    const recorder = simulator.createRecorder({ fetch: server.fetch });
    const ask = { model: MODEL, messages: question };
    const first = await rejection(new api.OpenRouter({ apiKey: KEY, fetch: recorder.fetch, maxRetries: 0 }).chat(ask).result());
    same(first.code, "stream-cut", "recorded");
    const fixtures = recorder.fixtures();
    same(fixtures[0].response.isCut, true, "is told");
    const again = new api.OpenRouter({ apiKey: KEY, fetch: simulator.createSimulator({ delayMs: 0, replay: fixtures }).fetch, maxRetries: 0 });
    const error = await rejection(again.chat(ask).result());
    same([error.code, error.partial.message.content], ["stream-cut", first.partial.message.content], "replayed");
    let words = "";
    try {
      simulator.createSimulator({ replay: /** @type {any} */ ([{}]) });
    } catch (thrown) {
      words = /** @type {Error} */ (thrown).message;
    }
    same(words, "options.replay must be an array of fixtures, or { fixtures, chunkBytes }", "what is none");
  },

  async "what OpenRouter filters itself is asked of it, elsewhere the rows tell, and which is said"(world) {
    const { client, server } = local(world);
    const list = await client.models.list({ q: "gpt", maxPrice: 0.5, supportedParameters: ["tools"], zdr: true, maxAgeDays: 100_000 });
    same(new URL(server.requests[0].url).search, "?q=gpt&max_price=0.5&supported_parameters=tools&max_age_days=100000&zdr=true", "asked");
    same(list.filters, { server: ["q", "maxPrice", "supportedParameters", "maxAgeDays", "zdr"], local: [] }, "by whom");
    ok(list.length > 0 && list.every(({ id, supportsTools }) => id.includes("gpt") && supportsTools), list.map(({ id }) => id).join());
    const all = await client.models.list();
    same([all.filters, all.length > list.length, server.requests.length], [{ server: [], local: [] }, true, 2], "the catalog is another list");
    const proxy = new world.api.OpenRouter({ apiKey: "k", baseURL: "https://proxy.example/v1", fetch: server.fetch });
    const own = await proxy.models.list({ q: "gpt", maxPrice: 0.5, supportedParameters: ["tools"], maxAgeDays: 100_000 });
    // A proxy does not tell who keeps data.
    same([own.map(({ id }) => id).filter((id) => !id.endsWith(":free")), own.filters], [list.map(({ id }) => id), { server: [], local: ["q", "maxPrice", "supportedParameters", "maxAgeDays"] }], "by the rows");
    same(new URL(server.requests[2].url).search, "", "a proxy is asked for everything");
    const blind = await rejection(proxy.models.list({ zdr: true }));
    ok(blind.code === "invalid-request" && blind.message.startsWith("zdr:"), blind.message);
    for (const [options, place] of /** @type {[any, string][]} */ ([[{ q: " " }, "q:"], [{ maxPrice: -1 }, "maxPrice:"], [{ supportedParameters: "tools" }, "supportedParameters:"], [{ supportedParameters: ["a,b"] }, "supportedParameters:"], [{ zdr: "yes" }, "zdr:"], [{ region: "mars" }, "region:"]])) {
      const error = await rejection(client.models.list(options));
      ok(error.code === "invalid-request" && error.message.startsWith(place), error.message);
    }
    const scan = await client.models.scan({ probe: false, free: false, q: "gpt", capabilities: ["tools"], maxAgeDays: 100_000 });
    same(scan.filters, { server: ["q", "supportedParameters", "maxAgeDays"], local: ["maxAgeDays", "capabilities"] }, "a scan");
    ok(scan.rows.length > 0 && scan.rows.every(({ model }) => model.includes("gpt")), scan.rows.map(({ model }) => model).join());
    const scanned = await proxy.models.scan({ probe: false, free: false, q: "gpt", capabilities: ["tools"] });
    same([scanned.rows.map(({ model }) => model).sort(), scanned.filters], [scan.rows.map(({ model }) => model).sort(), { server: [], local: ["capabilities", "q"] }], "elsewhere");
  },
};
