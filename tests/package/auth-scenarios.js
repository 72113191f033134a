// Keys and signing in as a caller meets them, told once and run in every runtime.
import { local, ok, question, rejection, same, thrown } from "./scenario-tools.js";

/** @import { World } from "./scenario-tools.js" */

const KEY = "sk-or-v1-0123456789abcdef0123456789abcdef";
const CALLBACK = "https://app.test/back?page=2";

/** What OpenRouter and the visitor do with an address: gives the one that the visitor comes back to. @param {any} server @param {string} url */
async function visit(server, url, decision = "allow") {
  const response = await server.fetch(`${url}&decision=${decision}`, { redirect: "manual" });
  return /** @type {string} */ (response.headers.get("location"));
}

/** A server, a storage and what was sent where. @param {World} world @param {object} [options] */
function desk({ simulator }, options) {
  const server = simulator.createSimulator({ delayMs: 0, ...options });
  const storage = new Map();
  /** @type {any[]} */
  const sent = [];
  const fetch = /** @type {any} */ (async (/** @type {any} */ url, /** @type {any} */ init) => (sent.push({ url, ...init }), server.fetch(url, init)));
  return { server, storage, sent, options: { storage, fetch } };
}

/** A fetch that answers this. @param {unknown} body @param {ResponseInit} [init] */
const answering = (body, init) => /** @type {any} */ (async () => new Response(typeof body === "string" ? body : JSON.stringify(body), init));

/** Something that could be a window. */
const fakeWindow = () => ({ location: { href: "about:blank" }, closed: false, close() { this.closed = true; } });

/** @type {Record<string, (world: World) => Promise<void>>} */
export const authScenarios = {
  async "signing in: an address to go to, an address that comes back, a key"(world) {
    const { auth, OpenRouter } = world.api;
    const { server, storage, sent, options } = desk(world, { apiKeys: [] });
    const { url } = await auth.beginSignIn({ callbackUrl: `${CALLBACK}&code=old&state=old#top`, ...options });
    const asked = new URL(url);
    same([asked.origin + asked.pathname, [...asked.searchParams.keys()]], ["https://openrouter.ai/auth", ["callback_url", "code_challenge", "code_challenge_method"]], "address");
    ok(/^[\w-]{43}$/.test(asked.searchParams.get("code_challenge") ?? "") && asked.searchParams.get("code_challenge_method") === "S256", url);
    const callback = new URL(asked.searchParams.get("callback_url") ?? "");
    const state = callback.searchParams.get("state") ?? "";
    ok(/^[0-9a-f]{64}$/.test(state), state);
    same(callback.href, `${CALLBACK}&state=${state}#top`, "callback");
    const [[name, entry]] = storage;
    const { verifier } = JSON.parse(entry);
    ok(storage.size === 1 && name.endsWith(state) && /^[\w-]{43}$/.test(verifier) && !url.includes(verifier), "the verifier stays");
    const signedIn = await auth.completeSignIn(await visit(server, url), options);
    same([signedIn.userId, Object.keys(signedIn)], ["user_simulator", ["key", "userId"]], "result");
    same(storage.size, 0, "the verifier is gone");
    const [{ method, headers, body, redirect, url: target }] = sent;
    same([sent.length, target, method, redirect], [1, "https://openrouter.ai/api/v1/auth/keys", "POST", "manual"], "one request");
    same(headers, { "Content-Type": "application/json", Accept: "application/json" }, "headers");
    const { code, ...rest } = JSON.parse(body);
    same([typeof code, rest], ["string", { code_verifier: verifier, code_challenge_method: "S256" }], "body");
    const { message } = await new OpenRouter({ apiKey: signedIn.key, fetch: /** @type {any} */ (server.fetch) }).chat({ messages: question }).result();
    ok(message.content, "the key is good");
  },

  async "every sign-in has secrets of its own, and two at once do not disturb each other"(world) {
    const { auth } = world.api;
    const { server, storage, options } = desk(world);
    const begun = await Promise.all(Array.from({ length: 20 }, () => auth.beginSignIn({ callbackUrl: CALLBACK, ...options })));
    same([storage.size, new Set(begun.map(({ url }) => url)).size, new Set([...storage.values()].map((text) => JSON.parse(text).verifier)).size], [20, 20, 20], "all different");
    const [first, second] = [await visit(server, begun[0].url), await visit(server, begun[1].url)];
    const keys = [(await auth.completeSignIn(second, options)).key, (await auth.completeSignIn(first, options)).key];
    ok(keys[0] !== keys[1], "two keys");
    same(storage.size, 18, "what is left");
  },

  async "an answer is used once, also by two calls at once, and a failed exchange is begun anew"(world) {
    const { auth } = world.api;
    const { server, sent, options } = desk(world);
    const back = await visit(server, (await auth.beginSignIn({ callbackUrl: CALLBACK, ...options })).url);
    const outcomes = await Promise.allSettled([auth.completeSignIn(back, options), auth.completeSignIn(back, options), auth.completeSignIn(new URL(back), options)]);
    same(outcomes.map(({ status }) => status).sort(), ["fulfilled", "rejected", "rejected"], "at once");
    const error = await rejection(auth.completeSignIn(back, options));
    same([error.code, error.message, sent.length], ["auth", "sign-in failed: this answer was used already; begin a new one", 1], "later");
    const other = await visit(server, (await auth.beginSignIn({ callbackUrl: CALLBACK, ...options })).url);
    same((await rejection(auth.completeSignIn(other, { ...options, fetch: answering({}, { status: 500 }) }))).code, "server", "failed");
    same((await rejection(auth.completeSignIn(other, options))).code, "auth", "and used");
  },

  async "what comes back wrong is told: state first, then the error, then the code"(world) {
    const { auth, OpenRouterError } = world.api;
    const { sent, storage, options } = desk(world);
    const { url } = await auth.beginSignIn({ callbackUrl: CALLBACK, ...options });
    const state = new URL(new URL(url).searchParams.get("callback_url") ?? "").searchParams.get("state");
    const foreign = "f".repeat(64);
    for (const [back, code, message] of /** @type {[any, string, string][]} */ ([
      ["", "invalid-request", "url: must be the address that OpenRouter redirected to"],
      [undefined, "invalid-request", "url: must be the address that OpenRouter redirected to"],
      ["  ", "invalid-request", "url: must be the address that OpenRouter redirected to"],
      [`https://app.test/?code=${"x".repeat(20_000)}`, "invalid-request", "url: must be the address that OpenRouter redirected to"],
      ["auth_code_123", "invalid-request", "url: the whole address is needed that OpenRouter redirected to, not the code alone"],
      ["https://", "invalid-request", "url: the whole address is needed that OpenRouter redirected to, not the code alone"],
      ["https://app.test/?code=x", "invalid-request", "url: has no state; the whole address is needed that OpenRouter redirected to"],
      ["https://app.test/?error=access_denied", "invalid-request", "url: has no state; the whole address is needed that OpenRouter redirected to"],
      [`https://app.test/?state=${foreign}&code=x`, "auth", "sign-in failed: the state matches no sign-in that was begun here; begin a new one"],
      [`https://app.test/?state=${foreign}&error=access_denied`, "auth", "sign-in failed: the state matches no sign-in that was begun here; begin a new one"],
      ["https://app.test/?state=__proto__&code=x", "auth", "sign-in failed: the state matches no sign-in that was begun here; begin a new one"],
      [`https://app.test/?state=${state}`, "invalid-request", "url: has no code; the whole address is needed that OpenRouter redirected to"],
      [`state=${state}&code=`, "invalid-request", "url: has no code; the whole address is needed that OpenRouter redirected to"],
      [`?state=${state}&error=access_denied&error_description=No+thanks&code=x`, "auth", "sign-in failed: OpenRouter says access_denied: No thanks"],
      [`?state=${state}&code=x`, "auth", "sign-in failed: this answer was used already; begin a new one"],
    ])) {
      const error = await rejection(auth.completeSignIn(back, options));
      same([OpenRouterError.isInstance(error), error.code, error.message], [true, code, message], String(back).slice(0, 80));
    }
    same([sent.length, storage.size], [0, 0], "nothing was sent, nothing is left");
    const { server, ...again } = desk(world);
    const denied = await visit(server, (await auth.beginSignIn({ callbackUrl: CALLBACK, ...again.options })).url, "deny");
    same((await rejection(auth.completeSignIn(denied, again.options))).message, "sign-in failed: OpenRouter says access_denied: The user denied the request", "denied");
  },

  async "the query of the answer is enough"(world) {
    const { auth } = world.api;
    for (const part of /** @type {((back: URL) => string)[]} */ ([(back) => back.search, (back) => back.search.slice(1), (back) => ` ${back.pathname}${back.search}\n`])) {
      const { server, options } = desk(world);
      const back = await visit(server, (await auth.beginSignIn({ callbackUrl: "https://app.test/back", ...options })).url);
      ok((await auth.completeSignIn(part(new URL(back)), options)).key.startsWith("sk-or-"), back);
    }
  },

  async "an exchange that fails says how, without code and verifier"(world) {
    const { auth } = world.api;
    const refused = (/** @type {unknown} */ body, status = 403) => answering(body, { status });
    const hanging = () => new Promise(() => {});
    for (const [fetch, code, status, message] of /** @type {[any, string, number | undefined, string][]} */ ([
      [refused({ error: { code: 403, message: "Invalid code" } }), "auth", 403, "the key exchange was answered with 403: Invalid code"],
      [refused({ error: { code: 403 } }), "auth", 403, "the key exchange was answered with 403: 403"],
      [refused({ error: "invalid_grant", error_description: "too late" }, 400), "auth", 400, "the key exchange was answered with 400: too late"],
      [refused({ error: "invalid_grant" }, 400), "auth", 400, "the key exchange was answered with 400: invalid_grant"],
      [refused({ message: "slow down" }, 429), "rate-limit", 429, "the key exchange was answered with 429: slow down"],
      [refused('"a string"', 409), "auth", 409, "the key exchange was answered with 409: a string"],
      [refused("plain words", 409), "auth", 409, "the key exchange was answered with 409: plain words"],
      [refused("<html>Bad gateway</html>", 502), "server", 502, "the key exchange was answered with 502"],
      [refused("", 504), "timeout", 504, "the key exchange was answered with 504"],
      [refused(`{"message":"${"x".repeat(20_000)}`, 500), "server", 500, `the key exchange was answered with 500: ${`{"message":"${"x".repeat(20_000)}`.slice(0, 256)}`],
      [answering("", { status: 302, headers: { Location: "https://evil.test/" } }), "bad-response", 302, "the key exchange was answered with 302"],
      [answering("not JSON"), "bad-response", 200, "the answer to the key exchange is no JSON object"],
      [answering([]), "bad-response", 200, "the answer to the key exchange is no JSON object"],
      [answering({ user_id: "u" }), "bad-response", 200, "the answer to the key exchange has no key"],
      [answering({ key: " \n" }), "bad-response", 200, "the answer to the key exchange has no key"],
      [answering({ key: 5 }), "bad-response", 200, "the answer to the key exchange has no key"],
      [async (/** @type {any} */ _, /** @type {any} */ init) => new Response(JSON.stringify({ message: init.body }), { status: 400 }), "auth", 400, "*"],
      [async (/** @type {any} */ _, /** @type {any} */ init) => { throw new TypeError(`failed: ${init.body}`); }, "network", undefined, "*"],
      [() => { throw "a string"; }, "network", undefined, "no answer from openrouter.ai: a string"],
      [async () => undefined, "network", undefined, "*"],
    ])) {
      const { server, storage, options } = desk(world);
      const { url } = await auth.beginSignIn({ callbackUrl: CALLBACK, ...options });
      const { verifier } = JSON.parse([...storage.values()][0]);
      const back = await visit(server, url);
      const error = await rejection(auth.completeSignIn(back, { ...options, fetch }));
      same([error.code, error.status, error.isRetryable], [code, status, false], error.message);
      if (message !== "*") same(error.message, `sign-in failed: ${message}`, "message");
      for (const secret of [verifier, new URL(back).searchParams.get("code")]) ok(!error.message.includes(secret), error.message);
    }
    const { server, options } = desk(world);
    const back = await visit(server, (await auth.beginSignIn({ callbackUrl: CALLBACK, ...options })).url);
    const controller = new AbortController();
    const completing = auth.completeSignIn(back, { ...options, fetch: /** @type {any} */ (hanging), signal: controller.signal });
    setTimeout(() => controller.abort("enough"), 10);
    same(await rejection(completing), "enough", "a signal ends it, even if fetch does not mind it");
  },

  async "answers to the exchange are bounded, and another user's spelling is read"(world) {
    const { auth } = world.api;
    const begin = async () => {
      const { server, options } = desk(world);
      return { options, back: await visit(server, (await auth.beginSignIn({ callbackUrl: CALLBACK, ...options })).url) };
    };
    const first = await begin();
    same(await auth.completeSignIn(first.back, { ...first.options, fetch: answering({ key: ` ${KEY}\n`, userId: "u", user_id: null }) }), { key: KEY, userId: "u" }, "userId");
    const second = await begin();
    same(await auth.completeSignIn(second.back, { ...second.options, fetch: answering({ key: KEY, user_id: null }) }), { key: KEY }, "no user");
    const third = await begin();
    let [pulled, cancelled] = [0, false];
    const endless = new ReadableStream({
      pull: (controller) => controller.enqueue(new Uint8Array(1 << 20).fill(32, 0, (pulled += 1) && 1 << 20)),
      cancel: () => void (cancelled = true),
    });
    const error = await rejection(auth.completeSignIn(third.back, { ...third.options, fetch: /** @type {any} */ (async () => new Response(endless)) }));
    same([error.code, pulled < 30, cancelled], ["limit", true, true], error.message);
  },

  async "a sign-in begins only with addresses that make sense"(world) {
    const { auth } = world.api;
    for (const [options, place] of /** @type {[any, string][]} */ ([
      [undefined, "callbackUrl"], [{}, "callbackUrl"], [{ callbackUrl: "/back" }, "callbackUrl"], [{ callbackUrl: "javascript:alert(1)" }, "callbackUrl"],
      [{ callbackUrl: CALLBACK, authorizeUrl: "auth" }, "authorizeUrl"], [{ callbackUrl: CALLBACK, storage: {} }, "storage"], [{ callbackUrl: CALLBACK, storage: 5 }, "storage"],
    ])) {
      const error = await rejection(auth.beginSignIn(options));
      same([error.code, error.message.startsWith(`${place}: `)], ["invalid-request", true], error.message);
    }
    for (const baseURL of ["http://openrouter.ai/api/v1", "ftp://x", "nonsense", "https://u:p@openrouter.ai/api/v1", "https://openrouter.ai/api/v1?x=1"]) {
      const { server, sent, options } = desk(world);
      const back = await visit(server, (await auth.beginSignIn({ callbackUrl: CALLBACK, ...options })).url);
      const error = await rejection(auth.completeSignIn(back, { ...options, baseURL }));
      same([error.code, error.message.startsWith("baseURL: "), sent.length], ["invalid-request", true, 0], error.message);
    }
  },

  async "the verifier waits in any storage, and entries that were forgotten go"(world) {
    const { auth } = world.api;
    const texts = new Map();
    const web = {
      getItem: (/** @type {string} */ name) => texts.get(name) ?? null,
      setItem: (/** @type {string} */ name, /** @type {string} */ text) => void texts.set(name, text),
      removeItem: (/** @type {string} */ name) => void texts.delete(name),
      key: (/** @type {number} */ at) => [...texts.keys()][at] ?? null,
      get length() {
        return texts.size;
      },
    };
    /** @type {unknown} */
    let life;
    const kv = {
      get: async (/** @type {string} */ name) => texts.get(name) ?? null,
      put: async (/** @type {string} */ name, /** @type {string} */ text, /** @type {any} */ options) => void (texts.set(name, text), (life = options)),
      delete: async (/** @type {string} */ name) => void texts.delete(name),
    };
    texts.set("mine", "stays").set("openrouter-wasm.sign-in.old", JSON.stringify({ verifier: "v", begunAtMs: Date.now() - 3_600_001 })).set("openrouter-wasm.sign-in.broken", "{");
    for (const storage of [web, kv, undefined]) {
      const { server, options } = desk(world);
      const back = await visit(server, (await auth.beginSignIn({ callbackUrl: CALLBACK, ...options, storage })).url);
      ok((await auth.completeSignIn(back, { ...options, storage })).key, "key");
      same([...texts.keys()], ["mine"], "what is left");
    }
    same(life, { expirationTtl: 3600 }, "a KV forgets by itself");
  },

  async "signing in over a real connection"(world) {
    const { auth } = world.api;
    const storage = new Map();
    const { url } = await auth.beginSignIn({ callbackUrl: CALLBACK, storage });
    const asked = new URL(url).searchParams;
    // Without a callback the page shows the code: no page can read where a redirect leads.
    const shown = await (await fetch(`${world.remote}/auth?code_challenge=${asked.get("code_challenge")}&code_challenge_method=S256`)).text();
    const [code] = /auth_code_\w+/.exec(shown) ?? [];
    const back = `${asked.get("callback_url")}&code=${code}`;
    ok((await auth.completeSignIn(back, { storage, baseURL: `${world.remote}/` })).key.startsWith("sk-or-v1-"), "key");
  },

  async "a window: its address is read when it is back, and it closes"(world) {
    const { auth } = world.api;
    const { server, storage, sent, options } = desk(world);
    const popup = /** @type {any} */ (fakeWindow());
    const signing = auth.beginSignIn({ callbackUrl: CALLBACK, popup, ...options });
    for (let tries = 0; tries < 4000 && popup.location.href === "about:blank"; tries++) await new Promise((resolve) => setTimeout(resolve, 5));
    const url = popup.location.href;
    popup.location = { get href() { throw new Error("another origin"); } };
    await new Promise((resolve) => setTimeout(resolve, 250));
    popup.location = { href: await visit(server, url) };
    const { key, url: told } = await signing;
    same([key.startsWith("sk-or-v1-"), told, popup.closed, storage.size, sent.length], [true, url, true, 0, 1], "signed in");
    const denied = /** @type {any} */ (fakeWindow());
    const refused = rejection(auth.beginSignIn({ callbackUrl: CALLBACK, popup: denied, ...options }));
    for (let tries = 0; tries < 4000 && denied.location.href === "about:blank"; tries++) await new Promise((resolve) => setTimeout(resolve, 5));
    denied.location = { href: await visit(server, denied.location.href, "deny") };
    same([(await refused).code, denied.closed], ["auth", true], "denied");
    const controller = new AbortController();
    const left = /** @type {any} */ (fakeWindow());
    const aborted = rejection(auth.beginSignIn({ callbackUrl: CALLBACK, popup: left, signal: controller.signal, ...options }));
    setTimeout(() => controller.abort("gone"), 20);
    same([await aborted, left.closed], ["gone", true], "aborted");
  },

  async "a key object says nothing of itself"(world) {
    const { SecretKey, redact, detectKey } = world.api;
    const key = new SecretKey(` ${KEY}\r\n`);
    const shown = [String(key), `${key}`, `a${/** @type {any} */ (key)}`, JSON.stringify({ key }), JSON.stringify(structuredClone({ ...key })), Object.values(key), Object.getOwnPropertyNames(key)];
    ok(!JSON.stringify(shown).includes("0123456789"), JSON.stringify(shown));
    same([shown[0], shown[3], key.reveal(), detectKey(key)], ["[redacted]", '{"key":"[redacted]"}', KEY, "openrouter"], "words");
    same(redact(`x${KEY.slice(9)}${KEY}y`), `x${KEY.slice(9)}sk-or-…cdefy`, "the whole key is known from then on, with letters right behind it");
    for (const bad of ["", " \n", "漢字", undefined, 5, {}]) same(thrown(() => new SecretKey(/** @type {any} */ (bad))).code, "invalid-request", String(bad));
  },

  async "a key is taken from where it is found first"(world) {
    const { resolveKey, createKeyStore, SecretKey } = world.api;
    const store = createKeyStore();
    await store.save("stored");
    const env = { OPENROUTER_API_KEY: " env\n" };
    const secret = new SecretKey("secret");
    for (const [sources, expected] of /** @type {[any, string | undefined][]} */ ([
      [{ apiKey: "explicit", store, env }, "explicit"], [{ apiKey: secret, store, env }, "secret"], [{ apiKey: () => "function", store, env }, "function"],
      [{ apiKey: async () => secret, store, env }, "secret"], [{ apiKey: " \n", store, env }, "stored"], [{ apiKey: () => undefined, store, env }, "stored"],
      [{ apiKey: null, store, env }, "stored"], [{ store, env }, "stored"], [{ store: createKeyStore(), env }, "env"], [{ env }, "env"],
      [{ env: { OPENROUTER_API_KEY: { get: async () => "bound" } } }, "bound"], [{ env: { get: (/** @type {string} */ name) => name === "OPENROUTER_API_KEY" ? "deno" : "" } }, "deno"],
      [{ env: { OPENROUTER_API_KEY: "" } }, undefined], [{ env: {} }, undefined], [{}, undefined], [undefined, undefined],
    ])) {
      same((await resolveKey(sources))?.reveal(), expected, JSON.stringify(Object.keys(sources ?? {})));
    }
    const error = await rejection(resolveKey({ apiKey: () => { throw new Error(`no key for ${KEY}`); }, env }));
    same([error.code, error.message], ["auth", "apiKey() failed: no key for sk-or-…cdef"], "a function that fails is not passed over");
    ok(!`${error.cause.message}${error.cause.stack}`.includes(KEY), "nor is its key in the cause");
    const { client, server } = local(world, { text: "x" }, { apiKey: async () => (await resolveKey({ store }))?.reveal() });
    await client.chat({ messages: question }).result();
    same(server.requests[0].headers.authorization, "Bearer stored", "as the key of a client");
  },

  async "a key is kept as a profile, in any storage"(world) {
    const { auth, createKeyStore } = world.api;
    const { server, options } = desk(world);
    const back = await visit(server, (await auth.beginSignIn({ callbackUrl: CALLBACK, ...options })).url);
    const storage = new Map();
    const store = createKeyStore({ storage });
    same(await store.load(), undefined, "nothing yet");
    const signedIn = await auth.completeSignIn(back, options);
    const saved = await store.save(signedIn);
    same([...storage.keys(), JSON.parse(storage.get("openrouter:default"))], ["openrouter:default", { type: "api_key", key: signedIn.key, metadata: { authFlow: "oauth-pkce", userId: "user_simulator" } }], "text");
    const loaded = await createKeyStore({ storage }).load();
    same([loaded, loaded?.key.reveal(), store.profile], [saved, signedIn.key, "openrouter:default"], "entry");
    same(await createKeyStore({ storage, profile: "openrouter:work" }).load(), undefined, "another profile");
    await store.remove();
    same([await store.load(), storage.size], [undefined, 0], "removed");
    for (const text of ["", "{", "null", "5", "[]", '{"type":"oauth","key":"x"}', '{"type":"api_key"}', '{"type":"api_key","key":" "}']) {
      same(await createKeyStore({ storage: new Map([["openrouter:default", text]]) }).load(), undefined, text);
    }
    for (const bad of ["", "\n", undefined, { key: "" }, {}]) same((await rejection(store.save(/** @type {any} */ (bad)))).code, "invalid-request", JSON.stringify(bad));
    same([thrown(() => createKeyStore({ storage: /** @type {any} */ ({}) })).code, thrown(() => createKeyStore({ profile: "" })).code], ["invalid-request", "invalid-request"], "options");
    const full = { getItem: () => null, setItem() { throw new TypeError("full"); }, removeItem() {} };
    const failed = await rejection(createKeyStore({ storage: full }).save("k"));
    same([failed.code, failed.message, failed.cause.message], ["invalid-request", "storage: could not be written: full", "full"], "what a storage throws");
  },

  async "secrets are masked and variables held back in every runtime"(world) {
    const { redact, sanitizeEnv, detectKey } = world.api;
    same(redact(`Authorization: Bearer ${KEY}\nurl https://u:pw@host/?key=abc sk-short`), "Authorization: Bearer sk-or-…cdef\nurl https://u:***@host/?key=*** sk-short", "redact");
    const { allowed, blocked, warnings } = sanitizeEnv({ HOME: "/h", OPENAI_API_KEY: "x", AWS_REGION: "eu", BIG: "a".repeat(80) });
    same([allowed, blocked, warnings], [{ HOME: "/h", AWS_REGION: "eu", BIG: "a".repeat(80) }, ["OPENAI_API_KEY"], ["BIG: Value looks like base64-encoded credential data"]], "variables");
    same([detectKey("SK-OR-v1-x"), detectKey(" pplx-1"), detectKey("sk-1"), detectKey(/** @type {any} */ (undefined))], ["openrouter", "perplexity", undefined, undefined], "kinds");
  },
};
