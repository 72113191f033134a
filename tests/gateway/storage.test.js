// What every storage of a gateway must do, over memory and over Cloudflare's (miniflare). A third one is one line in STORAGES.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { cloudflareStorage, createSimulator, KEY, memoryStorage, serve } from "./support.js";
import { startGateway } from "./workerd.js";

const NOW = Date.UTC(2026, 10, 29, 12, 0, 30);
const USD = 10n ** 12n;
/** @param {number | bigint} usd */
const pico = (usd) => String(BigInt(Math.round(Number(usd) * 1e6)) * 10n ** 6n);

/** @type {Record<string, () => Promise<{ storage: any, close: () => Promise<void> }>>} */
const STORAGES = {
  memory: async () => ({ storage: memoryStorage(), close: async () => {} }),
  cloudflare: async () => {
    const upstream = await serve({ port: 0, simulator: createSimulator({ apiKeys: [KEY] }) });
    const worker = await startGateway({ OPENROUTER_API_KEY: KEY, OPENROUTER_BASE_URL: `${upstream.url}/api/v1` });
    const { miniflare } = worker;
    const env = Object.fromEntries(await Promise.all([
      ...["GATEWAY_CALLERS", "GATEWAY_STREAMS", "GATEWAY_VIDEOS"].map(async (name) => [name, await miniflare.getDurableObjectNamespace(name)]),
      (async () => ["GATEWAY_MEDIA", await miniflare.getR2Bucket("GATEWAY_MEDIA")])(), (async () => ["GATEWAY_CATALOG", await miniflare.getKVNamespace("GATEWAY_CATALOG")])(),
    ]));
    return { storage: cloudflareStorage(env), close: async () => { await worker.close(); await upstream.close(); } };
  },
};

for (const [name, open] of Object.entries(STORAGES)) {
  describe(`storage: ${name}`, () => {
    /** @type {any} */
    let storage, close, number = 0;
    before(async () => ({ storage, close } = await open()));
    after(() => close());
    const account = () => storage.account(`caller ${(number += 1)} of ${process.pid}`);
    const hold = (more) => ({ id: `r${(number += 1)}`, nowMs: NOW, wantedPico: pico(1), leastPico: pico(0), tokens: 10, ttlMs: 60_000, allowance: {}, ...more });

    test("what is held is settled by the bill, or released", async () => {
      const books = account(), first = hold(), second = hold();
      assert.deepEqual([(await books.reserve(first)).ok, (await books.reserve(second)).heldPico], [true, pico(1)]);
      assert.deepEqual(await books.usage(NOW).then(({ heldPico, running, spentPico }) => [heldPico, running, spentPico]), [pico(2), 2, "0"]);
      await books.settle({ id: first.id, nowMs: NOW, pico: "123", tokens: 77 });
      await books.release({ id: second.id, nowMs: NOW });
      // Both are told again by somebody who did not hear the answer.
      await books.settle({ id: first.id, nowMs: NOW, pico: "123", tokens: 77 });
      await books.settle({ id: second.id, nowMs: NOW, pico: "5", tokens: 1 });
      const { spentPico, heldPico, requests, tokens } = await books.usage(NOW);
      assert.deepEqual([spentPico, heldPico, requests, tokens], ["123", "0", 1, 77]);
    });

    test("a reservation of the same name is the same one", async () => {
      const books = account(), request = hold();
      await Promise.all([books.reserve(request), books.reserve(request)]);
      assert.equal((await books.usage(NOW)).heldPico, pico(1));
    });

    test("no more is held than is left, and nothing where nothing is; of many at once as many go as there is money for", async () => {
      const books = account(), allowance = { maxPico: pico(2.5) };
      const outcomes = await Promise.all(Array.from({ length: 20 }, () => books.reserve(hold({ allowance, leastPico: pico(0.5) }))));
      assert.deepEqual(outcomes.filter(({ ok }) => ok).map(({ heldPico }) => heldPico), [pico(1), pico(1), pico(0.5)]);
      assert.ok(outcomes.filter(({ ok }) => !ok).every(({ reason }) => reason === "budget"));
      assert.equal((await account().reserve(hold({ allowance: { maxPico: pico(0.4) }, leastPico: pico(0.5) }))).reason, "budget");
      assert.equal((await account().reserve(hold({ allowance: { maxPico: "0" }, wantedPico: "0" }))).reason, "budget");
    });

    test("days and months end; the whole does not", async () => {
      const books = account(), allowance = { maxPico: pico(10), dayPico: pico(1), monthPico: pico(3) };
      const spend = async (nowMs) => {
        const request = hold({ nowMs, allowance });
        const { ok } = await books.reserve(request);
        if (ok) await books.settle({ id: request.id, nowMs, pico: pico(1), tokens: 1 });
        return ok;
      };
      const day = 86_400_000;
      assert.deepEqual([await spend(NOW), await spend(NOW), await spend(NOW + day), await spend(NOW + 2 * day)], [true, false, true, true]);
      const { spentPico, dayPico, monthPico, usedPercent } = await books.usage(NOW + 2 * day, allowance);
      // 1 December: the month is a new one.
      assert.deepEqual([spentPico, dayPico, monthPico, usedPercent], [pico(3), pico(1), pico(1), 100]);
    });

    test("a request whose clock is behind counts where the others are: no day, month or minute begins twice", async () => {
      const books = account(), allowance = { dayPico: pico(1), monthPico: pico(1) }, border = Date.UTC(2026, 11, 1);
      const spend = async (nowMs) => {
        const request = hold({ nowMs, allowance });
        const { ok } = await books.reserve(request);
        if (ok) await books.settle({ id: request.id, nowMs, pico: pico(1), tokens: 1 });
        return ok;
      };
      assert.deepEqual([await spend(border - 20), await spend(border + 5), await spend(border - 5), await spend(border + 10), await spend(border - 1), await spend(border + 20)], [true, true, false, false, false, false]);
      const rated = account(), rate = { requestsPerMinute: 3 };
      for (const behind of [0, 2000, 1000]) assert.ok((await rated.reserve(hold({ allowance: rate, nowMs: NOW - behind }))).ok);
      assert.equal((await rated.reserve(hold({ allowance: rate, nowMs: NOW + 59_500 }))).retryAfterMs, 1500);
    });

    test("requests, tokens and requests at a time, with the wait", async () => {
      const books = account(), allowance = { requestsPerMinute: 2 };
      for (let at = 0; at < 2; at += 1) assert.ok((await books.reserve(hold({ allowance, nowMs: NOW + at * 10_000 }))).ok);
      const refused = await books.reserve(hold({ allowance, nowMs: NOW + 20_000 }));
      assert.deepEqual([refused.reason, refused.retryAfterMs], ["requests", 41_000]);
      assert.ok((await books.reserve(hold({ allowance, nowMs: NOW + 61_001 }))).ok);
      const byTokens = account(), tokens = { tokensPerMinute: 100 };
      const first = hold({ allowance: tokens, tokens: 500 });
      assert.ok((await byTokens.reserve(first)).ok, "one that is larger than the limit may go alone");
      assert.equal((await byTokens.reserve(hold({ allowance: tokens, tokens: 1 }))).reason, "tokens");
      const atATime = account();
      assert.ok((await atATime.reserve(hold({ allowance: { maxConcurrent: 1 } }))).ok);
      assert.equal((await atATime.reserve(hold({ allowance: { maxConcurrent: 1 } }))).reason, "concurrency");
    });

    test("what its holder never settled counts as spent when its time is over, unless he says that he is at work", async () => {
      const books = account(), dead = hold({ wantedPico: "7" }), alive = hold({ wantedPico: "9" });
      await books.reserve(dead);
      await books.reserve(alive);
      await books.extend({ id: alive.id, nowMs: NOW + 50_000, ttlMs: 60_000 });
      const { spentPico, heldPico } = await books.usage(NOW + 70_000);
      assert.deepEqual([spentPico, heldPico], ["7", "9"]);
      await books.settle({ id: alive.id, nowMs: NOW + 200_000, pico: "1", tokens: 0 });
      assert.equal((await books.usage(NOW + 200_000)).spentPico, "8", "who is late and settles was alive");
    });

    test("amounts beyond what a double holds are exact", async () => {
      const books = account(), request = hold({ wantedPico: String(20_000n * USD + 1n) });
      await books.reserve(request);
      await books.settle({ id: request.id, nowMs: NOW, pico: String(20_000n * USD + 1n), tokens: 1 });
      assert.equal((await books.usage(NOW)).spentPico, "20000000000000001");
    });

    test("files, whole and in part; the catalog", async () => {
      const bytes = Uint8Array.from({ length: 1000 }, (_, at) => at % 251);
      assert.equal(await storage.media.put("videos/a/1", bytes, "video/mp4", bytes.length), 1000);
      const held = await storage.media.get("videos/a/1");
      assert.deepEqual([held.size, held.contentType, new Uint8Array(await new Response(held.body).arrayBuffer())], [1000, "video/mp4", bytes]);
      const part = await storage.media.get("videos/a/1", { offset: 990, length: 5 });
      assert.deepEqual(new Uint8Array(await new Response(part.body).arrayBuffer()), bytes.slice(990, 995));
      assert.ok(!(await storage.media.get("videos/a/2")));
      await storage.catalog.write("models", { text: '{"data":[]}', storedAtMs: NOW });
      assert.deepEqual(await storage.catalog.read("models"), { text: '{"data":[]}', storedAtMs: NOW });
      assert.equal(await storage.catalog.read("others"), undefined);
    });

    test("a run or job that is none, and one of another caller", async () => {
      const work = { start: async () => assert.fail(), settleLost: async () => assert.fail() };
      assert.equal(await storage.run("a", "run-never-was", work).read(0), undefined);
      assert.equal(await storage.run("a", "run-never-was", work).stop("x"), false);
      assert.equal(await storage.jobs.get("a", "video_0123456789"), undefined);
      const job = { id: "video_0123456789", callerId: "a", status: "failed", createdAtMs: NOW, polls: 0, failedPolls: 0, asked: {}, ticket: {}, reservation: "x" };
      await storage.jobs.put(job, { step: async () => assert.fail() });
      assert.deepEqual(await storage.jobs.get("a", job.id), job);
      assert.equal(await storage.jobs.get("b", job.id), undefined);
    });
  });
}
