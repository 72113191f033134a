// Fetching videos, keeping tickets, hearing from OpenRouter. Told once and run in every runtime.
import { ok, rejection, same, thrown } from "./scenario-tools.js";
import { answering, jsonAnswer, studio, ticketOf } from "./video-scenarios.js";

/** @import { World } from "./scenario-tools.js" */

const BASE = "https://openrouter.ai/api/v1";
const FAST = { intervalMs: 2 };
const encoder = new TextEncoder();
/** @param {string} head */
const bytesOf = (head, length = 64) => Uint8Array.from({ length }, (_, at) => (at < head.length ? head.charCodeAt(at) : 7));
const MP4 = bytesOf("\u0000\u0000\u0000\u0018ftypmp42");
const WEBM = bytesOf("\u001aE\u00df\u00a3\u0001\u0000webm");

/** @param {any} body @param {Record<string, string>} headers */
const video = (body = MP4, headers = { "content-type": "video/mp4" }, status = 200) => new Response(body, { status, headers });

const HOOK_BODY = JSON.stringify({ type: "video.generation.completed", created_at: 1795249000, data: { id: "gen-vid-1", status: "completed", generation_id: "gen-1", model: "google/veo-3.1-fast", unsigned_urls: ["https://x/0"], usage: { cost: 1 }, extra: "é" } });
const NOW_SECONDS = 1_795_249_196;

/** @param {string} secret @param {string} text */
async function hmac(secret, text) {
  const key = await crypto.subtle.importKey("raw", encoder.encode(secret), { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  return [...new Uint8Array(await crypto.subtle.sign("HMAC", key, encoder.encode(text)))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** @type {Record<string, (world: World) => Promise<void>>} */
export const videoFileScenarios = {
  async "a video is fetched from where the job says, by type, with progress"(world) {
    const table = [
      [video(), "video/mp4", "video-1.mp4"], [video(WEBM, { "content-type": "Video/WebM; codecs=vp9" }), "video/webm", "video-1.webm"], [video(MP4, { "content-type": "application/octet-stream" }), "video/mp4", "video-1.mp4"],
      [video(WEBM, { "content-type": "binary/octet-stream" }), "video/webm", "video-1.webm"], [video(bytesOf("\u0000\u0000\u0000\u0014ftypqt  "), {}), "video/quicktime", "video-1.mov"], [video(bytesOf("????"), {}), "video/mp4", "video-1.mp4"],
      [video(encoder.encode("mp4-bytes")), "video/mp4", "video-1.mp4"],
    ];
    for (const [answer, mediaType, name] of /** @type {any[]} */ (table)) {
      const expected = new Uint8Array(await answer.clone().arrayBuffer());
      /** @type {any[]} */
      const told = [];
      const file = await answering(() => answer, world).videos.download(ticketOf({ status: "completed", urls: [`${BASE}/videos/job-1/content?index=0`] }), { onProgress: (progress) => void told.push(progress) });
      same([[...(file.data ?? [])], file.mediaType, file.name], [[...expected], mediaType, name], name);
      same(told.at(-1)?.receivedBytes, expected.length, "progress");
    }
  },

  async "which of the addresses, and what goes along"(world) {
    const content = `${BASE}/videos/job-1/content?index=`;
    const table = [
      [{}, 0, [[`${content}0`, true]]], [{}, 2, [[`${content}2`, true]]], [{ urls: [" ", "https://a.example/f"] }, 0, [["https://a.example/f", false]]],
      [{ urls: ["videos/job-1/content?index=0"] }, 0, [[`${content}0`, true]]], [{ urls: ["/f"] }, 0, [["https://openrouter.ai/f", true]]], [{ urls: ["https://openrouter.ai:8443/f"] }, 0, [["https://openrouter.ai:8443/f", false]]],
      [{ urls: ["http://openrouter.ai/f"] }, 0, [["http://openrouter.ai/f", false]]], [{ urls: ["https://a.example/0", "https://a.example/1"] }, 1, [["https://a.example/1", false]]],
      // A signed address is its own permission, even at home.
      [{ signedUrls: ["https://openrouter.ai/signed?s=1"] }, 0, [["https://openrouter.ai/signed?s=1", false]]],
    ];
    for (const [more, index, expected] of /** @type {any[]} */ (table)) {
      /** @type {any[]} */
      const asked = [];
      const { videos } = answering((url, init) => (asked.push([url, new Headers(init.headers).has("authorization")]), video()), world);
      same((await videos.download(ticketOf(more), { index })).name, `video-${index + 1}.mp4`, "name");
      same(asked, expected, JSON.stringify(more));
    }
    // The next address may do where one is broken; the first one's words are the ones that are said.
    const broken = (/** @type {string} */ url) => (url.includes("content") ? video() : jsonAnswer({ error: { message: "no" } }, { status: 404 }));
    ok((await answering(broken, world).videos.download(ticketOf({ urls: ["https://a.example/f"] }))).data, "the content route");
    const gone = (/** @type {string} */ url) => jsonAnswer({ error: { message: url.includes("content") ? "content" : "first" } }, { status: 404 });
    same((await rejection(answering(gone, world).videos.download(ticketOf({ urls: ["https://a.example/f"] })))).message, "OpenRouter generated video download failed (HTTP 404): first", "the first one's");
    const inside = await rejection(answering(() => jsonAnswer({}, { status: 404 }), world).videos.download(ticketOf({ urls: ["https://10.0.0.7/f"] })));
    same([inside.code, inside.message], ["invalid-request", "ticket.urls[0]: Blocked hostname or private/internal/special-use IP address"], "a private address");
  },

  async "what is no video is no video, whatever its status says"(world) {
    const table = [
      jsonAnswer({ error: "x" }), jsonAnswer({}, { headers: { "content-type": "application/problem+json" } }), video("<html>", { "content-type": "text/html" }), video("text", { "content-type": "text/plain" }), video("", { "content-type": "video/mp4" }),
      video('{"error":{"message":"not ready yet, please come back later"}}', { "content-type": "application/octet-stream" }), video("\n <!doctype html>", { "content-type": "video/mp4" }), video(null, {}, 204),
    ];
    for (const answer of table) {
      const error = await rejection(answering(() => answer.clone(), world).videos.download(ticketOf({ status: "completed" })));
      same([error.code, error.message, error.ticket.id], ["bad-response", "OpenRouter generated video download: malformed video response", "job-1"], answer.headers.get("content-type") ?? "none");
    }
  },

  async "over the cap comes the address, not the bytes, and half a video is none"(world) {
    let pulled = 0;
    const endless = (/** @type {Record<string, string>} */ headers = {}) => video(new ReadableStream({ pull: (controller) => (pulled++, controller.enqueue(new Uint8Array(1000).fill(1))) }, { highWaterMark: 0 }), { "content-type": "video/webm", ...headers });
    const url = "https://a.example/f.webm";
    same(await answering(() => endless(), world).videos.download(ticketOf({ urls: [url] }), { maxBytes: 5000 }), { url, mediaType: "video/webm", name: "video-1.webm" }, "the address");
    ok(pulled <= 7, `read ${pulled} pieces`);
    pulled = 0;
    const signed = "https://b.example/f?signature=1";
    same((await answering(() => endless({ "content-length": "90000" }), world).videos.download(ticketOf({ urls: [`${BASE}/f`], signedUrls: [signed] }), { maxBytes: 5000 })).url, signed, "the one that needs no key");
    ok(pulled <= 1, `read ${pulled} pieces of what was told to be too long`);
    for (const more of [{}, { urls: ["/relative"] }]) {
      const error = await rejection(answering(() => endless(), world, { media: { maxBytes: 3000 } }).videos.download(ticketOf(more)));
      same([error.code, error.message, error.ticket.id], ["limit", "OpenRouter generated video download exceeds 3000 bytes", "job-1"], JSON.stringify(more));
    }
    same((await rejection(answering(() => endless(), world, { media: { maxBytes: 3000 } }).videos.download(ticketOf(), { maxBytes: undefined }))).code, "limit", "undefined is not given");
    same((await answering(() => video(), world).videos.download(ticketOf(), { maxBytes: MP4.length })).data?.length, MP4.length, "exactly the cap");
    for (const [options, words] of /** @type {any[]} */ ([[{ maxBytes: 0 }, "maxBytes"], [{ index: -1 }, "index"], [{ index: 0.5 }, "index"], [{ onProgress: 1 }, "onProgress"]])) {
      ok((await rejection(answering(() => video(), world).videos.download(ticketOf(), options))).message.startsWith(words), words);
    }
    // Cut once: asked again. Cut again: said.
    for (const cuts of [1, 2]) {
      let asked = 0;
      const cutting = () => (asked++ < cuts ? video(new ReadableStream({ start: (controller) => controller.error(new TypeError("cut")) })) : video());
      const outcome = answering(cutting, world).videos.download(ticketOf());
      if (cuts === 1) same((await outcome).data?.length, MP4.length, "second attempt");
      else same([(await rejection(outcome)).code, asked], ["network", 2], "two attempts");
    }
    const { client } = studio(world, { statuses: ["completed"], content: { status: 410, body: { error: { code: 410, message: "The output is gone" } } } });
    const done = await client.videos.wait(await client.videos.submit({ prompt: "p" }), FAST);
    const error = await rejection(client.videos.download(done));
    same([error.code, error.status, error.message, error.ticket], ["not-found", 410, "OpenRouter generated video download failed (HTTP 410): The output is gone", done], "gone");
  },

  async "redirects: three at most, the key at home alone, nothing private"(world) {
    const to = (/** @type {string} */ location) => new Response(null, { status: 302, headers: { location } });
    const chain = (/** @type {string[]} */ places) => {
      /** @type {any[]} */
      const asked = [];
      const fetch = (/** @type {string} */ url, /** @type {any} */ init) => {
        asked.push([url, new Headers(init.headers).has("authorization")]);
        return asked.length <= places.length ? to(places[asked.length - 1]) : video();
      };
      return { asked, run: () => answering(fetch, world).videos.download(ticketOf()) };
    };
    const home = `${BASE}/videos/job-1/content?index=0`;
    const three = chain(["/a", "https://a.example/b", "https://openrouter.ai/c"]);
    ok((await three.run()).data, "the video");
    same(three.asked, [[home, true], ["https://openrouter.ai/a", true], ["https://a.example/b", false], ["https://openrouter.ai/c", false]], "once away the key stays away");
    for (const places of [["/a", "/b", "/c", "/d"], ["http://127.0.0.1/x"], ["https://a.example/x", "https://[::1]/x"], ["https://169.254.169.254/"], ["file:///etc/passwd"], ["http://"]]) {
      const { asked, run } = chain(places);
      const error = await rejection(run());
      same([error.code, error.message.startsWith("OpenRouter generated video download failed: the server answered with a redirect that is not followed: "), error.ticket.id], ["bad-response", true, "job-1"], error.message);
      ok(asked.length <= 4, `${asked.length} requests`);
    }
    const poll = await rejection(answering(() => to("https://192.168.0.1/"), world).videos.poll(ticketOf()));
    ok(poll.message.includes("Blocked hostname") && poll.ticket, poll.message);
    // As a page sees one: it is not shown where to.
    const opaque = /** @type {any} */ ({ status: 0, type: "opaqueredirect", headers: new Headers(), body: null });
    const withKey = await rejection(answering(() => opaque, world).videos.download(ticketOf()));
    ok(withKey.message.includes("a page cannot follow one with the key"), withKey.message);
    /** @type {any[]} */
    const modes = [];
    const page = (/** @type {string} */ url, /** @type {any} */ init) => (modes.push(init.redirect), init.redirect === "manual" ? opaque : Object.assign(video(), { redirectedTo: url }));
    ok((await answering(page, world).videos.download(ticketOf({ urls: ["https://a.example/f"] }))).data, "followed without the key");
    same(modes, ["manual", "follow"], "modes");
  },

  async "behind a port: a video that moved to another origin comes without the key, or in a page not at all"({ api, remote, remoteRequests }) {
    const client = new api.OpenRouter({ apiKey: "sk-or-v1-test", baseURL: remote });
    const id = `moved-${Math.random().toString(36).slice(2)}`;
    const elsewhere = remote.replace("127.0.0.1", "localhost").replace(/\/api\/v1$/, "");
    const video = { id, statuses: ["completed"], content: { status: 302, body: "", headers: { Location: `${elsewhere}/__foreign__/videos/${id}/0` } } };
    const ticket = await client.videos.submit({ prompt: "p", extraBody: { simulator: { video } } });
    const moved = client.videos.download(await client.videos.wait(ticket, FAST));
    // A document is what makes a fetch a page's.
    if ("document" in globalThis) ok((await rejection(moved)).message.includes("a page cannot follow one with the key"), "a page");
    else {
      // The video's own route sends the visitor on again and again: three times it is followed, each time without the key.
      const error = await rejection(moved);
      ok(error.message.includes("redirect that is not followed: more than 3"), error.message);
    }
    const there = (await remoteRequests()).filter(({ url }) => url.includes(`/__foreign__/videos/${id}/`));
    same(there.every(({ headers, url }) => headers.authorization === undefined && new URL(url).hostname === "localhost"), true, "no key there");
    same(there.length, "document" in globalThis ? 0 : 3, "asked there");
  },

  async "tickets outlive a reload in every storage"(world) {
    const { createJobStore } = world.api;
    const pages = new Map();
    const kv = {
      get: async (/** @type {string} */ name) => pages.get(name) ?? null, put: async (/** @type {string} */ name, /** @type {string} */ text) => void pages.set(name, text), delete: async (/** @type {string} */ name) => void pages.delete(name),
      list: async (/** @type {any} */ { prefix, cursor = "0" }) => {
        const names = [...pages.keys()].filter((name) => name.startsWith(prefix)), at = Number(cursor);
        return { keys: names.slice(at, at + 1).map((name) => ({ name })), list_complete: at + 1 >= names.length, cursor: String(at + 1) };
      },
    };
    const texts = new Map();
    const web = { getItem: (/** @type {string} */ name) => texts.get(name) ?? null, setItem: (/** @type {string} */ name, /** @type {string} */ text) => void texts.set(name, text), removeItem: (/** @type {string} */ name) => void texts.delete(name), key: (/** @type {number} */ at) => [...texts.keys()][at] ?? null, get length() { return texts.size; } };
    const phone = { getItem: async (/** @type {string} */ name) => web.getItem(name), setItem: async (/** @type {string} */ name, /** @type {string} */ text) => web.setItem(name, text), removeItem: async (/** @type {string} */ name) => web.removeItem(name), getAllKeys: async () => [...texts.keys()] };
    /** @type {any[]} */
    const storages = [new Map(), kv, web, phone, ...(globalThis.indexedDB ? [indexedDB, undefined] : [])];
    for (const [number, storage] of storages.entries()) {
      const options = { storage, name: `jobs-${number}-${Math.random()}` };
      const [second, first] = [ticketOf({ id: "b", submittedAtMs: 9 }), ticketOf({ id: "a", submittedAtMs: 3, usage: { cost: 1 } })];
      await createJobStore(options).save(second);
      await createJobStore(options).save(first);
      const store = createJobStore(options);
      same(await store.list(), [first, second], `storage ${number}`);
      await store.save({ ...first, status: "completed" });
      same((await store.list()).map(({ id, status }) => [id, status]), [["a", "completed"], ["b", "pending"]], "newer");
      same(await createJobStore({ ...options, name: "another" }).list().then((list) => list.length), 0, "another name");
      await store.remove("a");
      await store.remove("none");
      same((await store.list()).map(({ id }) => id), ["b"], "removed");
      for (const bad of [undefined, {}, ticketOf({ version: 2 })]) same((await rejection(store.save(/** @type {any} */ (bad)))).code, "invalid-request", "bad");
      if (globalThis.indexedDB && (storage === indexedDB || storage === undefined)) await new Promise((resolve) => (indexedDB.deleteDatabase(options.name).onsuccess = resolve));
    }
    texts.set("jobs:odd", "{");
    texts.set("jobs:other", '{"kind":"else"}');
    same(await createJobStore({ storage: web, name: "jobs" }).list(), [], "what is no ticket is none");
    for (const options of [{ storage: {} }, { storage: { get() {}, put() {}, delete() {} } }, { name: "" }]) same(thrown(() => createJobStore(/** @type {any} */ (options))).code, "invalid-request", JSON.stringify(options));
  },

  async "one tab at a time looks after a job, where there are locks"(world) {
    const store = world.api.createJobStore({ storage: new Map(), name: `jobs-${Math.random()}` });
    const release = await store.claim("job-1");
    ok(release, "the first");
    const second = await store.claim("job-1");
    same(second === undefined, typeof globalThis.navigator?.locks?.request === "function", "the second");
    ok(await store.claim("job-2"), "another job");
    release?.();
    second?.();
    await new Promise((resolve) => setTimeout(resolve, 20));
    ok(await store.claim("job-1"), "after the first");
    same((await rejection(store.claim(""))).code, "invalid-request", "no id");
  },

  async "a webhook is believed when it is signed and fresh"({ api }) {
    const secret = "whsec-é";
    const v1 = await hmac(secret, `${NOW_SECONDS},${HOOK_BODY}`);
    const options = { nowMs: NOW_SECONDS * 1000 };
    const request = (/** @type {string | null} */ signature, /** @type {any} */ body = HOOK_BODY) => new Request("https://a.example/hook", { method: "POST", body, headers: { ...(signature !== null && { "X-OpenRouter-Signature": signature }), "X-OpenRouter-Idempotency-Key": "forged" } });
    const good = `t=${NOW_SECONDS},v1=${v1}`;
    const event = await api.verifyVideoWebhook(request(good), secret, options);
    const { raw, ...rest } = event;
    same(rest, { type: "video.generation.completed", createdAt: 1795249000, idempotencyKey: "gen-vid-1-completed", id: "gen-vid-1", status: "completed", generationId: "gen-1", model: "google/veo-3.1-fast", urls: ["https://x/0"] }, "event");
    same(JSON.stringify(raw), HOOK_BODY, "raw");
    for (const [body, signature, key] of /** @type {any[]} */ ([
      [HOOK_BODY, good, secret], [encoder.encode(HOOK_BODY), good, new api.SecretKey("whsec-é")], [HOOK_BODY, `v1=${"0".repeat(64)}, t=${NOW_SECONDS}, v1=${v1.toUpperCase()}, v0=x`, secret],
    ])) same((await api.verifyVideoWebhook({ body, signature }, key, options)).id, "gen-vid-1", signature);
    for (const seconds of [-300, 300]) ok(await api.verifyVideoWebhook({ body: HOOK_BODY, signature: good }, secret, { nowMs: (NOW_SECONDS + seconds) * 1000 }), `${seconds} s`);
    const signed = async (/** @type {string} */ body) => ({ body, signature: `t=${NOW_SECONDS},v1=${await hmac(secret, `${NOW_SECONDS},${body}`)}` });
    const table = [
      [request(null), secret, options, "signature: the request has no"], [{ body: HOOK_BODY, signature: "" }, secret, options, "signature: must be"], [{ body: HOOK_BODY, signature: "x" }, secret, options, "signature: must read"],
      [{ body: HOOK_BODY, signature: `t=x,v1=${v1}` }, secret, options, "signature: must read"], [{ body: HOOK_BODY, signature: `t=1,t=${NOW_SECONDS},v1=${v1}` }, secret, options, "signature: must read"], [{ body: HOOK_BODY, signature: `t=${NOW_SECONDS}` }, secret, options, "signature: must read"],
      [{ body: HOOK_BODY, signature: `t=${NOW_SECONDS},v1=${v1.slice(2)}` }, secret, options, "signature: must read"], [{ body: `${HOOK_BODY} `, signature: good }, secret, options, "signature: does not fit"], [{ body: HOOK_BODY, signature: `t=${NOW_SECONDS + 1},v1=${v1}` }, secret, options, "signature: does not fit"],
      [{ body: HOOK_BODY, signature: good }, "other", options, "signature: does not fit"], [{ body: HOOK_BODY, signature: good }, "", options, "secret: "], [{ body: JSON.parse(HOOK_BODY), signature: good }, secret, options, "body: "], [5, secret, options, "request: "],
      [{ body: HOOK_BODY, signature: good }, secret, { nowMs: (NOW_SECONDS + 301) * 1000 }, "signature: is 301 seconds old"], [{ body: HOOK_BODY, signature: good }, secret, { nowMs: (NOW_SECONDS - 301) * 1000 }, "signature: is 301 seconds in the future"],
      [{ body: HOOK_BODY, signature: good }, secret, {}, "signature: is"], [{ body: HOOK_BODY, signature: good }, secret, { ...options, toleranceSeconds: -1 }, "toleranceSeconds: "], [{ body: HOOK_BODY, signature: good }, secret, { nowMs: NaN }, "nowMs: "],
      [await signed("{"), secret, options, "body: must be JSON"], [await signed("null"), secret, options, "body.type: "], [await signed('{"type":"t"}'), secret, options, "body.data: "], [await signed('{"type":"t","data":{"id":"j"}}'), secret, options, "body.data.status: "],
    ];
    for (const [given, key, more, words] of /** @type {any[]} */ (table)) {
      const error = await rejection(api.verifyVideoWebhook(given, key, more));
      same([error.code, error.message.startsWith(words)], ["invalid-request", true], `${words}: ${error.message}`);
      ok(!error.message.includes(secret), "no secret");
    }
    const read = request(good);
    await read.text();
    ok((await rejection(api.verifyVideoWebhook(read, secret, options))).message.startsWith("body: cannot be read"), "read before");
  },
};
