// Masking, cleaning and holding back, row by row.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, mock, test } from "node:test";
import { inspect } from "node:util";
import { installPackage } from "./install.js";

const KEY = "sk-or-v1-0123456789abcdef";
const LONG = "abcdefghijklmnopqrstuvwxyz";

/** @type {ReturnType<typeof installPackage>} */
let app;
/** @type {typeof import("openrouter-wasm")} */
let api;
before(async () => {
  app = installPackage();
  api = await app.load("openrouter-wasm");
});
after(() => app?.remove());

describe("redact", () => {
  /** @type {Record<string, [text: string, expected: string][]>} */
  const tables = {
    "what is no secret stays": [
      ["", ""],
      ["sk-short", "sk-short"],
      ["risk-assessment-of-everything and task-12345678", "risk-assessment-of-everything and task-12345678"],
      ["prompt_tokens: 12, max_tokens=100, tokenizer: bpe", "prompt_tokens: 12, max_tokens=100, tokenizer: bpe"],
      ['{"token":null,"secret":true,"password":""}', '{"token":null,"secret":true,"password":""}'],
      ["Authorization: Bearer [redacted]", "Authorization: Bearer [redacted]"],
      ["apiKey: is no option of a client; password: must be a string; token=is", "apiKey: is no option of a client; password: must be a string; token=is"],
      ["the Bearer of bad news; a token, a secret.", "the Bearer of bad news; a token, a secret."],
      ["mail me@example.org about https://example.org/a@b?keyboard=1", "mail me@example.org about https://example.org/a@b?keyboard=1"],
    ],
    headers: [
      [`Authorization: Bearer ${KEY}`, "Authorization: Bearer sk-or-…cdef"],
      ["authorization: basic dXNlcjpwYXNz", "authorization: basic ***"],
      ["Authorization: Bot abc", "Authorization: Bot ***"],
      ["Proxy-Authorization: abc", "Proxy-Authorization: ***"],
      [`{"Authorization":"Bearer ${KEY}"}`, '{"Authorization":"Bearer sk-or-…cdef"}'],
      [`{\\"authorization\\":\\"Bearer ${KEY}\\"}`, '{\\"authorization\\":\\"Bearer sk-or-…cdef\\"}'],
      [`-H 'X-Api-Key: ${LONG}'`, "-H 'X-Api-Key: abcdef…wxyz'"],
      ["x-goog-api-key: abc", "x-goog-api-key: ***"],
      ["Set-Cookie: sid=1; Path=/\r\nDate: now", "Set-Cookie: ***\r\nDate: now"],
    ],
    "variables, fields, flags": [
      ["OPENROUTER_API_KEY=abc,def;ghi next", "OPENROUTER_API_KEY=*** next"],
      ['export DB_PASSWORD="a b"; X=1', 'export DB_PASSWORD="***"; X=1'],
      [`AWS_SECRET_ACCESS_KEY=${LONG}`, "AWS_SECRET_ACCESS_KEY=abcdef…wxyz"],
      [`{"apiKey": "${KEY}", "n": 1}`, '{"apiKey": "***", "n": 1}'],
      ['{"password":"with \\"quotes\\" in it","n":1}', '{"password":"***","n":1}'],
      ['{"refresh_token":"cut off', '{"refresh_token":"***'],
      ["{ apiKey: 'abc', list: [1] }", "{ apiKey: '***', list: [1] }"],
      ["apiKey: abc\nclient_secret: 'x y'\nname: me", "apiKey: ***\nclient_secret: '***'\nname: me"],
      ["deep.config.private-key => abc", "deep.config.private-key => ***"],
      ["tool --api-key abc --token=def --verbose yes", "tool --api-key *** --token=*** --verbose yes"],
      ["tool --password 'a b' --secret --other", "tool --password '***' --secret --other"],
      ["grant_type=x&client_secret=abc&code_verifier=def&n=1", "grant_type=x&client_secret=***&code_verifier=***&n=1"],
    ],
    addresses: [
      ["https://user:pa:ss@host/x", "https://user:***@host/x"],
      ["git+ssh://token@host", "git+ssh://***@host"],
      ["https://h/?key=abc&n=1&sig=d#f", "https://h/?key=***&n=1&sig=***#f"],
      ["see https://h/?access_token=abc.", "see https://h/?access_token=***"],
    ],
    "tokens by themselves": [
      [`"${KEY}"`, '"sk-or-…cdef"'],
      ["a\\nsk-12345678 b%3Dsk-12345678", "a\\n*** b%3D***"],
      [`xsk-or-v1-${LONG}`, "xsk-or-…wxyz"],
      ["pplx-1234567890", "***"],
      [`ghp_${LONG}, github_pat_${LONG}, gsk_${LONG}`, "ghp_ab…wxyz, github…wxyz, gsk_ab…wxyz"],
      [`AIza${LONG}0123 ya29.${LONG} hf_${LONG} r8_${LONG} xai-${LONG}`, "AIzaab…0123 ya29.a…wxyz hf_abc…wxyz r8_abc…wxyz xai-ab…wxyz"],
      [`xoxb-1-${LONG} npm_${LONG} AKIAABCDEFGHIJKLMNOP`, "xoxb-1…wxyz npm_ab…wxyz AKIAAB…MNOP"],
      [`eyJ${LONG}.${LONG}.${LONG}`, "eyJabc…wxyz"],
      [`bearer ${LONG}`, "bearer abcdef…wxyz"],
    ],
    "PEM": [
      ["a\n-----BEGIN RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY-----\nb", "a\n-----BEGIN RSA PRIVATE KEY-----***-----END RSA PRIVATE KEY-----\nb"],
      ["-----BEGIN PRIVATE KEY-----\\nabc\\n-----END PRIVATE KEY-----", "-----BEGIN PRIVATE KEY-----***-----END PRIVATE KEY-----"],
      ["x -----BEGIN OPENSSH PRIVATE KEY-----\nabc", "x -----BEGIN OPENSSH PRIVATE KEY-----***"],
      ["-----BEGIN CERTIFICATE-----\nabc", "-----BEGIN CERTIFICATE-----\nabc"],
    ],
  };
  for (const [name, rows] of Object.entries(tables)) {
    test(name, () => {
      for (const [text, expected] of rows) {
        assert.equal(api.redact(text), expected);
        assert.equal(api.redact(expected), expected, "a second time");
      }
    });
  }

  test("values that were named, in every spelling, the longest first", () => {
    const secrets = ["hunter2", "hunter2 & friends/über?", 'a"b\\c/d', "short", "xxxxxx"];
    for (const [text, expected] of [
      ["x hunter2y", "x ***y"],
      ["hunter2 & friends/über?", "hunter…ber?"],
      ["q=hunter2%20%26%20friends%2F%C3%BCber%3F", "q=hunter…r%3F"],
      ["q=hunter2%20%26%20friends%2f%c3%bcber%3f", "q=hunter…r%3f"],
      ["q=hunter2+%26+friends%2F%C3%BCber%3F", "q=hunter…r%3F"],
      [JSON.stringify('a"b\\c/d'), '"***"'],
      ['"a\\"b\\\\c\\/d"', '"***"'],
      ["short xxxxx", "short xxxxx"],
      ["xxxxxxxxxxxxx", "******x"],
    ]) {
      const once = api.redact(text, { secrets });
      assert.equal(once, expected);
      assert.equal(api.redact(once, { secrets }), once);
    }
    assert.equal(api.redact("\ud800hunter2", { secrets: ["\ud800hunter2"] }), "***");
    assert.equal(api.redact(5), "5");
    assert.equal(api.redact("a b", { secrets: [] }), "a b");
  });

  const PIECES = [
    "a", "-", "_", "sk-", "sk-or-", "token", "=", ":", '"', "\\", "'", " ", "\n", "api_key", "Bearer ", "eyJ", ".", "--token ", "https://", "@", "?key=",
    "cookie:", "authorization:", "-----BEGIN PRIVATE KEY-----", "%3D", "AIza", "{", "}", ",", "&", "x".repeat(30), "***", "…", "é", "😀", "[redacted]",
  ];

  test("takes time in proportion to the text, whatever stands in it", () => {
    for (const first of PIECES) {
      for (const second of PIECES) {
        const text = (first + second).repeat(Math.ceil(20_000 / (first + second).length));
        const start = performance.now();
        api.redact(text);
        const ms = performance.now() - start;
        // Thirty times what it takes; a pattern that goes over the text for every letter takes minutes.
        assert.ok(ms < 1000, `${JSON.stringify(first + second)}: ${ms} ms`);
      }
    }
    for (const text of ["a".repeat(5e6), `token="${"a\\".repeat(2e6)}`, `authorization:${" ".repeat(2e6)}`, `eyJ${"a".repeat(2e6)}`, `https://${"a".repeat(2e6)}`]) {
      const start = performance.now();
      api.redact(text);
      assert.ok(performance.now() - start < 20_000, text.slice(0, 30));
    }
  });

  test("a second time changes nothing", () => {
    let seed = 7;
    const random = (/** @type {number} */ below) => (seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff) % below;
    const secrets = ["aaaaaaaa", "sk-or-v1-zzzzzzzzzzzzzz", "***key", "xxxxxx", "token="];
    for (let turn = 0; turn < 20_000; turn++) {
      const text = Array.from({ length: 1 + random(9) }, () => PIECES[random(PIECES.length)]).join("");
      const once = api.redact(text, { secrets });
      assert.equal(api.redact(once, { secrets }), once, JSON.stringify(text));
    }
  });

  test("knows the last 512 keys, also when a key is used again", () => {
    const first = "first-key-of-many-0001";
    const make = (/** @type {number} */ from, /** @type {number} */ to) => {
      for (let number = from; number < to; number++) new api.SecretKey(`other-key-of-many-${number}`);
    };
    new api.SecretKey(first);
    make(0, 511);
    assert.equal(api.redact(first), "first-…0001");
    new api.SecretKey(first);
    make(511, 1022);
    assert.equal(api.redact(first), "first-…0001");
    make(1022, 1024);
    assert.equal(api.redact(first), first);
    const text = "other-key-of-many-1000 and words ".repeat(3000);
    const start = performance.now();
    assert.ok(!api.redact(text).includes("many-1000"));
    assert.ok(performance.now() - start < 20_000, `${performance.now() - start} ms`);
  });
});

describe("keys", () => {
  test("are cleaned as the engine cleans them", async () => {
    const { cleanKey } = await import(join(app.package, "auth/secret-key.js"));
    for (const [pasted, key] of JSON.parse(readFileSync(new URL("../pasted-keys.json", import.meta.url), "utf8"))) assert.equal(cleanKey(pasted), key, JSON.stringify(pasted));
    // By hand: a pattern of spaces at the end looks at every run of them again and again.
    const start = performance.now();
    cleanKey(`a${" ".repeat(1e6)}`.repeat(3));
    assert.ok(performance.now() - start < 20_000);
  });

  test("print as [redacted] on the console, at any depth", () => {
    const key = new api.SecretKey(KEY);
    for (const shown of [inspect(key), inspect({ a: [key] }, { depth: null, showHidden: true }), inspect(key, { customInspect: false, showHidden: true })]) {
      assert.ok(!shown.includes("0123456789"), shown);
    }
    assert.equal(inspect({ key }), "{ key: [redacted] }");
    assert.throws(() => ((/** @type {any} */ (key)).extra = 1), TypeError);
  });

  test("of another copy of the package are keys too", async () => {
    const other = installPackage();
    try {
      const { resolveKey, createKeyStore } = await other.load("openrouter-wasm");
      const key = new api.SecretKey(KEY);
      assert.equal((await resolveKey({ apiKey: key })).reveal(), KEY);
      assert.equal((await createKeyStore().save(key)).key.reveal(), KEY);
    } finally {
      other.remove();
    }
  });
});

describe("sanitizeEnv", () => {
  const NAMES = [
    "ANTHROPIC_API_KEY", "OPENAI_API_KEY", "GEMINI_API_KEY", "OPENROUTER_API_KEY", "MINIMAX_API_KEY", "ELEVENLABS_API_KEY", "SYNTHETIC_API_KEY", "TELEGRAM_BOT_TOKEN",
    "DISCORD_BOT_TOKEN", "SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "LINE_CHANNEL_SECRET", "LINE_CHANNEL_ACCESS_TOKEN", "OPENCLAW_GATEWAY_TOKEN", "OPENCLAW_GATEWAY_PASSWORD",
    "AWS_SECRET_ACCESS_KEY", "AWS_SECRET_KEY", "AWS_SESSION_TOKEN", "GH_TOKEN", "GITHUB_TOKEN", "AZURE_API_KEY", "AZURE_OPENAI_API_KEY", "COHERE_API_KEY",
    "AI_GATEWAY_API_KEY", "MY_ADMIN_KEY", "MY_API_KEY", "X_TOKEN", "TOKEN", "XTOKEN", "DB_PASSWORD", "PRIVATE_KEY", "secret", "Openai_Api_Key",
  ];
  const PASS = ["AWS_REGION", "AWS_ACCESS_KEY_ID", "APIKEY", "HOME", "LANG", "TOKENS", "ADMIN_KEY", "KEY", "SECRET_NAME", "__proto__", "constructor"];

  test("by name", () => {
    for (const name of NAMES) assert.deepEqual(api.sanitizeEnv({ [name]: "x" }), { allowed: {}, blocked: [name], warnings: [] });
    for (const name of PASS) assert.deepEqual(Object.entries(api.sanitizeEnv({ [name]: "x" }).allowed), [[name, "x"]]);
    assert.deepEqual(api.sanitizeEnv({ "  HOME ": "x", " X_TOKEN": "y", "  ": "z", UNSET: undefined, EMPTY: "" }), { allowed: { HOME: "x", EMPTY: "" }, blocked: ["X_TOKEN"], warnings: [] });
  });

  test("strict", () => {
    const passing = ["LANG", "LC_ALL", "lc_x", "PATH", "path", "HOME", "USER", "SHELL", "TERM", "TZ", "NODE_ENV"];
    const record = Object.fromEntries([...passing, "lang", "PATHS", "AWS_REGION", "MINE", "YOURS", "MY_TOKEN"].map((name) => [name, "x"]));
    const { allowed, blocked } = api.sanitizeEnv(record, { strict: true, allow: ["mine", /^YO/g, /TOKEN/] });
    assert.deepEqual([Object.keys(allowed), blocked], [[...passing, "MINE", "YOURS"], ["lang", "PATHS", "AWS_REGION", "MY_TOKEN"]]);
  });

  test("further names", () => {
    const block = ["mine", /^YO/g];
    for (let turn = 0; turn < 2; turn++) assert.deepEqual(api.sanitizeEnv({ MINE: "1", YOURS: "2", MINES: "3" }, { block }).blocked, ["MINE", "YOURS"]);
    for (const options of [{ block: "MINE" }, { block: [5] }, { allow: [null] }]) {
      assert.throws(() => api.sanitizeEnv({}, /** @type {any} */ (options)), { code: "invalid-request", message: /^(block|allow): must be an array/ });
    }
    assert.throws(() => api.sanitizeEnv(/** @type {any} */ (null)), { code: "invalid-request" });
  });

  test("by value", () => {
    for (const [value, blocked, warning] of /** @type {[any, boolean, string?][]} */ ([
      ["a\0b", true],
      ["x ".repeat(16_384), false],
      [`${"x ".repeat(16_384)}y`, false, "Value exceeds maximum length"],
      ["é".repeat(16_385), false, "Value exceeds maximum length"],
      ["é".repeat(16_384), false],
      ["a".repeat(79), false],
      ["a+/=".repeat(20), false, "Value looks like base64-encoded credential data"],
      [`${"a".repeat(80)}-`, false],
      ["a".repeat(40_000), false, "Value exceeds maximum length"],
      [{ get() {} }, true],
      [5, true],
    ])) {
      const result = api.sanitizeEnv({ V: value });
      assert.deepEqual([result.blocked, result.warnings, "V" in result.allowed], [blocked ? ["V"] : [], warning ? [`V: ${warning}`] : [], !blocked], String(value).slice(0, 20));
    }
  });
});

test("the exchange of a sign-in takes thirty seconds at most, its window five minutes", async () => {
  mock.timers.enable({ apis: ["setTimeout", "setInterval"] });
  try {
    const storage = new Map();
    /** @type {any} */
    let signal;
    const fetch = /** @type {any} */ ((/** @type {any} */ _, /** @type {any} */ init) => ((signal = init.signal), new Promise(() => {})));
    const { url } = await api.auth.beginSignIn({ callbackUrl: "https://app.test/", storage });
    const completing = assert.rejects(api.auth.completeSignIn(`${new URL(url).searchParams.get("callback_url")}&code=x`, { storage, fetch }), { code: "timeout", message: /30 s/ });
    for (let turn = 0; turn < 20; turn++) await null;
    mock.timers.tick(29_999);
    assert.equal(signal.aborted, false);
    mock.timers.tick(1);
    await completing;
    assert.equal(signal.aborted, true);
    let closed = false;
    const popup = /** @type {any} */ ({ location: { href: "about:blank" }, close: () => void (closed = true) });
    const waiting = assert.rejects(api.auth.beginSignIn({ callbackUrl: "https://app.test/", popup }), { code: "timeout", message: /300 s/ });
    for (let turn = 0; turn < 20; turn++) await null;
    mock.timers.tick(300_000);
    await waiting;
    assert.equal(closed, true);
  } finally {
    mock.timers.reset();
  }
});
