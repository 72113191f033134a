/** Signing in: the authorize page and the exchange, in process and behind the port. */

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, mock, test } from "node:test";
import { BASE, chat, quickServer, quickSimulator } from "./support.js";

const AUTH = "https://openrouter.ai/auth";
const VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE = createHash("sha256").update(VERIFIER).digest("base64url");
const CALLBACK = "https://app.test/back?state=abc&x=1#here";
const ASKED = { callback_url: CALLBACK, code_challenge: CHALLENGE, code_challenge_method: "S256" };

const authorize = (simulator, query = ASKED, base = AUTH) => simulator.fetch(`${base}?${new URLSearchParams(query)}`, { redirect: "manual" });
const exchange = (simulator, body, base = BASE) =>
  simulator.fetch(`${base}/auth/keys`, { method: "POST", headers: { "Content-Type": "application/json" }, body: typeof body === "string" ? body : JSON.stringify(body) });
const codeOf = (response) => new URL(response.headers.get("location")).searchParams.get("code");
const granted = async (simulator, query) => codeOf(await authorize(simulator, query));
const proof = (code, more) => ({ code, code_verifier: VERIFIER, code_challenge_method: "S256", ...more });

describe("the authorize page", () => {
  test("sends the visitor back with a code, and leaves the callback as it is", async () => {
    const response = await authorize(quickSimulator());
    assert.equal(response.status, 302);
    const back = new URL(response.headers.get("location"));
    assert.match(back.searchParams.get("code"), /^auth_code_\w{24}$/);
    back.searchParams.delete("code");
    assert.equal(back.href, CALLBACK);
  });

  test("denies when told so, by option or in the address", async () => {
    for (const response of [await authorize(quickSimulator({ signIn: "deny" })), await authorize(quickSimulator(), { ...ASKED, decision: "deny" })]) {
      const { searchParams } = new URL(response.headers.get("location"));
      assert.deepEqual([searchParams.get("error"), searchParams.get("code"), searchParams.get("state")], ["access_denied", null, "abc"]);
    }
  });

  test("asks when told so: a page whose links decide", async () => {
    const simulator = quickSimulator({ signIn: "ask" });
    const response = await authorize(simulator);
    assert.deepEqual([response.status, response.headers.get("content-type")], [200, "text/html; charset=utf-8"]);
    const links = [...(await response.text()).matchAll(/href="([^"]+)"/g)].map(([, href]) => new URL(href.replaceAll("&amp;", "&"), AUTH));
    const answers = await Promise.all(links.map(async (link) => new URL((await simulator.fetch(link, { redirect: "manual" })).headers.get("location")).searchParams));
    assert.deepEqual(answers.map((query) => [query.has("code"), query.get("error")]), [[true, null], [false, "access_denied"]]);
  });

  test("shows the code when there is no callback", async () => {
    const simulator = quickSimulator();
    const [code] = /auth_code_\w+/.exec(await (await authorize(simulator, { code_challenge: CHALLENGE, code_challenge_method: "S256" })).text());
    assert.equal((await exchange(simulator, proof(code))).status, 200);
  });

  for (const [name, query] of [
    ["neither callback nor challenge", {}],
    ["a callback that is no URL", { ...ASKED, callback_url: "back" }],
    ["a callback in the clear", { ...ASKED, callback_url: "http://app.test/" }],
    ["another scheme", { ...ASKED, callback_url: "javascript:alert(1)" }],
    ["another method", { ...ASKED, code_challenge_method: "S512" }],
  ]) {
    test(`refuses ${name}`, async () => assert.equal((await authorize(quickSimulator(), query)).status, 400));
  }

  test("takes localhost on any port", async () => {
    for (const callback_url of ["http://localhost:3000/a", "http://127.0.0.1:1/"]) assert.equal((await authorize(quickSimulator(), { ...ASKED, callback_url })).status, 302);
  });
});

describe("the exchange", () => {
  test("gives a key for code and verifier, without a key of its own, and the key is good", async () => {
    const simulator = quickSimulator({ apiKeys: ["other"] });
    const response = await exchange(simulator, proof(await granted(simulator)));
    const { key, user_id } = await response.json();
    assert.deepEqual([response.status, user_id], [200, "user_simulator"]);
    assert.match(key, /^sk-or-v1-[0-9a-f]{64}$/);
    assert.equal((await chat(simulator, {}, { headers: { Authorization: `Bearer ${key}` } })).status, 200);
    assert.equal((await chat(simulator)).status, 401);
    simulator.reset();
    assert.equal((await chat(simulator, {}, { headers: { Authorization: `Bearer ${key}` } })).status, 401);
  });

  test("a code is good once, also for two at once", async () => {
    const simulator = quickSimulator();
    const code = await granted(simulator);
    const answers = await Promise.all([exchange(simulator, proof(code)), exchange(simulator, proof(code))]);
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 403]);
    assert.equal((await exchange(simulator, proof(code))).status, 403);
  });

  test("a code is good for ten minutes", async () => {
    mock.timers.enable({ apis: ["Date"], now: 0 });
    try {
      const simulator = quickSimulator();
      const [early, late] = [await granted(simulator), await granted(simulator)];
      mock.timers.tick(599_999);
      assert.equal((await exchange(simulator, proof(early))).status, 200);
      mock.timers.tick(1);
      assert.equal((await exchange(simulator, proof(late))).status, 403);
    } finally {
      mock.timers.reset();
    }
  });

  test("a plain challenge, and none", async () => {
    const simulator = quickSimulator();
    const plain = await granted(simulator, { callback_url: CALLBACK, code_challenge: VERIFIER, code_challenge_method: "plain" });
    assert.equal((await exchange(simulator, proof(plain, { code_challenge_method: "plain" }))).status, 200);
    assert.equal((await exchange(simulator, { code: await granted(simulator, { callback_url: CALLBACK }) })).status, 200);
  });

  for (const [name, bodyOf, status] of [
    ["a wrong verifier", (code) => proof(code, { code_verifier: "x" }), 403],
    ["no verifier", (code) => ({ code }), 403],
    ["an unknown code", () => proof("auth_code_x"), 403],
    ["another method than was asked with", (code) => proof(code, { code_challenge_method: "plain" }), 400],
    ["an unknown method", (code) => proof(code, { code_challenge_method: "S512" }), 400],
    ["no code", () => proof(undefined), 400],
    ["no JSON", () => "code=x", 400],
  ]) {
    test(`${name}: ${status}`, async () => {
      const simulator = quickSimulator();
      const response = await exchange(simulator, bodyOf(await granted(simulator)));
      assert.deepEqual([response.status, (await response.json()).error.code], [status, status]);
    });
  }

  test("GET is 405", async () => assert.equal((await quickSimulator().fetch(`${BASE}/auth/keys`)).status, 405));
});

test("options: anything else is named", () => assert.throws(() => quickSimulator({ signIn: "maybe" }), { message: /options\.signIn must be "allow", "deny" or "ask"/ }));

test("behind the port, redirect and exchange", async () => {
  const { url } = await quickServer();
  const response = await authorize({ fetch }, ASKED, `${url}/auth`);
  assert.equal(response.status, 302);
  assert.equal((await exchange({ fetch }, proof(codeOf(response)), `${url}/api/v1`)).status, 200);
});
