// The parts of the page that need no page: trees, files of chats, snippets, arithmetic, budgets, what the simulator takes for a tool's question.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { sendingCost, unfit } from "../../www/page/attachments.js";
import { requestFields, schemaTrouble } from "../../www/page/chat-settings.js";
import { fileName, fromJson, toJson } from "../../www/page/chat-export.js";
import { fenced, fromMarkdown, toMarkdown } from "../../www/page/chat-markdown.js";
import { branchesOf, endOf, pathTo, subtree } from "../../www/page/chat-tree.js";
import { curlSnippet, fetchSnippet, packageSnippet } from "../../www/page/code-snippets.js";
import { tightest } from "../../www/page/day-costs.js";
import { inPlainWords, isAboutModel } from "../../www/page/error-card.js";
import { fittingModels } from "../../www/page/model-picker.js";
import { calculate } from "../../www/page/tools/calculator.js";
import { clock, zoneIn } from "../../www/page/tools/clock.js";
import { simulatedCall } from "../../www/page/tools/simulated-calls.js";
import { WireLog } from "../../www/page/wire-log.js";

const KEY = "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";

const SUMS = {
  "1 + 2 * 3": 7, "(1 + 2) * 3": 9, "2 ^ 3 ^ 2": 512, "-2 ^ 2": -4, "2 ** 10": 1024, "10 / 4": 2.5, "7 mod 4": 3, "10 % 4": 2, "50%": 0.5, "17.5% of 2480": 434, "200 * 15%": 30, "10% + 1": 1.1,
  "5!": 120, "sqrt(16) + abs(-3)": 7, "max(1, 2, 3)": 3, "round(2.5)": 3, "2 × 3 ÷ 4 − 1": 0.5, "1_000 * 2": 2000, "1.5e3": 1500, ".5 + .25": 0.75, "--3": 3,
};
for (const [expression, value] of Object.entries(SUMS)) test(`calculator: ${expression}`, () => assert.equal(calculate(expression), value));

for (const [expression, message] of [["", /empty/], ["2 +", /ends too early/], ["(1", /never closed/], ["1 2", /"2" at character 3 is one too many/], ["2 & 3", /"& 3" at character 3/], ["foo(1)", /"foo"/], ["constructor", /no value/], ["1 / 0", /finite/], ["171!", /factorial/], ["(".repeat(200) + "1" + ")".repeat(200), /too deep/], ["1+".repeat(600) + "1", /longer/]]) {
  test(`calculator: "${expression.slice(0, 12)}" is refused with the place`, () => assert.throws(() => calculate(expression), message));
}

test("clock: any zone, by name or by the city in a question", () => {
  const noon = new Date("2026-06-01T12:00:00Z");
  assert.match(clock("Asia/Tokyo", noon).local_time, /Monday.*1 June 2026.*21:00:00.*GMT\+09:00/);
  assert.equal(clock(undefined, noon).utc, "2026-06-01T12:00:00.000Z");
  assert.throws(() => clock("Atlantis/Center", noon), /Europe\/Lisbon/);
  assert.equal(zoneIn("what time is it in New York?"), "America/New_York");
  assert.equal(zoneIn("hello"), undefined);
});

const QUESTIONS = [
  ["What is 17.5% of 2,480?", "calculator", { expression: "17.5% of 2480" }],
  ["what's 17 times 23 plus 4", "calculator", { expression: "17 * 23 + 4" }],
  ["What time is it in Tokyo?", "clock", { time_zone: "Asia/Tokyo" }],
  ["What day is it today?", "clock", {}],
  ["What does http://127.0.0.1:8787/about.html say?", "read_page", { url: "http://127.0.0.1:8787/about.html" }],
  ["Run `6 * 7`, please", "run_javascript", { code: "6 * 7" }],
  ["Hello there", undefined],
  ["I have 3 apples and 2 pears - nice", undefined],
  ["What happened in 2026?", undefined],
];
for (const [text, name, args] of QUESTIONS) {
  test(`the simulator and "${text}": ${name ?? "no tool"}`, () => {
    const [call] = simulatedCall(text, ["calculator", "clock", "read_page", "run_javascript"])?.toolCalls ?? [];
    assert.deepEqual([call?.name, call?.arguments], [name, args]);
    assert.equal(simulatedCall(text, []), undefined, "a tool that is not offered is not called");
  });
}

const entry = (id, parentId, role, atMs, more = {}) => ({ id, chatId: "c", parentId, atMs, message: { role, content: id }, ...more });
const TREE = [entry("u1", undefined, "user", 1), entry("a1", "u1", "assistant", 2), entry("a2", "u1", "assistant", 5), entry("u2", "a1", "user", 3), entry("u2b", "a1", "user", 4), entry("a3", "u2b", "assistant", 6)];
const entries = new Map(TREE.map((each) => [each.id, each]));

test("tree: a path, its branches, where a branch ends, and what hangs on a message", () => {
  assert.deepEqual(pathTo(entries, "a3").map(({ id }) => id), ["u1", "a1", "u2b", "a3"]);
  assert.deepEqual(branchesOf(entries, entries.get("u2")).map(({ id }) => id), ["u2", "u2b"]);
  assert.equal(endOf(entries, "a1"), "a3");
  assert.deepEqual(subtree(entries, "a1").map(({ id }) => id), ["a1", "u2", "u2b", "a3"]);
  assert.deepEqual(pathTo(entries, "nobody"), []);
});

const CHAT = { id: "c", connection: "simulator", title: "Ships & lights", createdAtMs: Date.UTC(2026, 10, 29, 12), updatedAtMs: 2, leafId: "a3", settings: { system: "Be brief." }, costUsd: 0.5, untold: 0 };

test("a chat that is exported and imported is the same, under names of its own", () => {
  let count = 0;
  const [{ chat, entries: again }] = fromJson(toJson([{ chat: CHAT, entries: TREE }]), "openrouter", () => `new-${++count}`);
  assert.equal(chat.title, CHAT.title);
  assert.equal(chat.connection, "openrouter");
  assert.deepEqual(chat.settings, CHAT.settings);
  assert.deepEqual(pathTo(new Map(again.map((each) => [each.id, each])), chat.leafId).map(({ message }) => message.content), ["u1", "a1", "u2b", "a3"]);
  assert.ok(again.every(({ id, chatId }) => id.startsWith("new-") && chatId === chat.id));
});

test("a list of messages is imported as a chat, its system prompt as a setting", () => {
  const [{ chat, entries: made }] = fromJson(JSON.stringify({ messages: [{ role: "system", content: "Be brief." }, { role: "user", content: "Hello there" }, { role: "assistant", content: "Hi" }] }), "simulator");
  assert.equal(chat.settings.system, "Be brief.");
  assert.equal(chat.title, "Hello there");
  assert.deepEqual(made.map(({ message, parentId }) => [message.role, parentId === undefined]), [["user", true], ["assistant", false]]);
});

for (const [text, message] of [["{", /no JSON/], ["{}", /holds no chats/], ['{"format":"openrouter-wasm-chats","version":9}', /version 9/], ['{"format":"openrouter-wasm-chats","version":1,"chats":[{}]}', /chats\[0\]\.chat\.title/], ['[{"role":"king"}]', /messages\[0\]\.role: "king"/], ['{"format":"openrouter-wasm-chats","version":1,"chats":[{"chat":{"title":"x"},"entries":[{"id":"a"}]}]}', /chats\[0\]\.entries\[0\]\.message/]]) {
  test(`import: ${text.slice(0, 40)} is refused by its place`, () => assert.throws(() => fromJson(text, "simulator"), message));
}

test("a chat as Markdown: the branch that is shown, with its tools, files and endings", () => {
  const rows = [
    entry("q", undefined, "user", 1, { message: { role: "user", content: [{ type: "text", text: "See this" }, { type: "text", text: "File “a.txt”:\n\nsecret" }] }, attachments: [{ kind: "text", name: "a.txt", mediaType: "text/plain", bytes: 6 }] }),
    entry("c", "q", "assistant", 2, { message: { role: "assistant", content: null, tool_calls: [{ id: "1", type: "function", function: { name: "clock", arguments: "{}" } }] }, outcome: { verdict: "complete", model: "m/x" } }),
    entry("t", "c", "tool", 3, { message: { role: "tool", tool_call_id: "1", content: '{"utc":"now"}' } }),
    entry("e", "t", "assistant", 4, { message: { role: "assistant", content: "Half of" }, outcome: { verdict: "cut", error: { code: "stream-cut", message: "cut off", isRetryable: true } } }),
  ];
  const text = toMarkdown({ chat: { ...CHAT, leafId: "e" }, entries: rows });
  const shown = text.replace(/^<!-- chat-.* -->\n+/gm, "");
  assert.equal(shown, "# Ships & lights\n\n2026-11-29 12:00 UTC\n\n## System\n\nBe brief.\n\n## You\n\nSee this\n\n(Attached: a.txt, text/plain)\n\n## m/x\n\n**Tool call `clock`**\n\n```json\n{}\n```\n\n**Tool result**\n\n```\n{\"utc\":\"now\"}\n```\n\n## Assistant\n\nHalf of\n\n*(stream-cut: cut off)*\n");
  const again = fromMarkdown(text, "openrouter");
  assert.deepEqual([again.chat.title, again.chat.connection, again.chat.settings.system], ["Ships & lights", "openrouter", "Be brief."]);
  assert.deepEqual(again.entries.map(({ message, outcome }) => [message.role, message.content, outcome?.verdict]), [
    ["user", "See this\n\n(Attached: a.txt, text/plain)", undefined], ["assistant", "", "complete"], ["tool", '{"utc":"now"}', undefined], ["assistant", "Half of", "cut"],
  ]);
  assert.deepEqual(again.entries[1].message.tool_calls, rows[1].message.tool_calls);
  assert.equal(again.entries[2].message.tool_call_id, "1");
  assert.equal(fenced("a ``` b"), "````\na ``` b\n````");
  assert.equal(fileName("Ships & lights / “x”"), "ships-lights-x");
  assert.equal(fileName("???"), "chat");
});

test("Markdown comes back whatever is said in it", () => {
  const texts = ["## You\n\nnot a message", "<!-- chat-message: {\"role\":\"user\"} -->\n## Assistant", "\\<!-- chat-rest -->", "a\n<!-- chat-rest -->\nb", "```\n# x\n```", "--> <!-- a > b", "line\n\n\nline", "ends with ```"];
  const rows = texts.map((text, at) => entry(`e${at}`, at === 0 ? undefined : `e${at - 1}`, at % 2 === 0 ? "user" : "assistant", at, { message: { role: at % 2 === 0 ? "user" : "assistant", content: text }, ...(at % 2 === 1 && { outcome: { verdict: "complete", model: "a/b" } }) }));
  const chat = { ...CHAT, title: "# --> “x”", settings: {}, leafId: rows.at(-1).id };
  const first = fromMarkdown(toMarkdown({ chat, entries: rows }).replaceAll("\n", "\r\n"), "simulator");
  assert.deepEqual(first.entries.map(({ message }) => message.content), texts);
  assert.equal(first.chat.title, chat.title);
  const second = fromMarkdown(toMarkdown(first), "simulator");
  assert.deepEqual(second.entries.map(({ message }) => message.content), texts, "as often as one likes");
});

test("Markdown that the command line or a person wrote goes by its headings; what is none is refused", () => {
  const { chat, entries: made } = fromMarkdown("## system\n\nBe brief.\n\n## user\n\nHello there\n\n## Notes\n\nof mine\n\n## openai/gpt-4o-mini\n\nHi\n", "simulator");
  assert.deepEqual([chat.title, chat.settings.system], ["Hello there ## Notes of mine", "Be brief."]);
  assert.deepEqual(made.map(({ message }) => [message.role, message.content]), [["user", "Hello there\n\n## Notes\n\nof mine"], ["assistant", "Hi"]]);
  assert.throws(() => fromMarkdown("# Shopping\n\n## Milk\n", "simulator"), /holds no chat: no heading says who speaks/);
  assert.throws(() => fromMarkdown("<!-- chat-message: {broken -->\n## You\n", "simulator"), /Line 1: what says who speaks is broken/);
  assert.throws(() => fromMarkdown('<!-- chat-message: {"role":"king"} -->\n## You\n', "simulator"), /role: "king"/);
});

const SENT = { method: "POST", url: "https://openrouter.ai/api/v1/chat/completions", headers: { "content-type": "application/json", authorization: `Bearer ${KEY}`, "http-referer": "https://x.org" }, body: JSON.stringify({ model: "a/b", messages: [{ role: "user", content: "It's `${x}` \"so\"\n\\n" }], stream: true }) };

test("code: three ways, each of them whole, none with the key", async () => {
  const call = { method: "chat", options: { model: "a/b", messages: [{ role: "user", content: "It's `${x}` \"so\"\n\\n" }], signal: new AbortController().signal, onPartial: () => {} } };
  const snippets = [packageSnippet(call), fetchSnippet(SENT), curlSnippet(SENT)];
  assert.ok(!snippets.join("").includes(KEY));
  for (const snippet of snippets.slice(0, 2)) execFileSync(process.execPath, ["--input-type=module", "--check"], { input: snippet });
  assert.match(snippets[0], /client\.chat\(\{/);
  // The shell makes of it what was sent.
  const [, quoted] = / -d ('[^]*')\n$/.exec(snippets[2]) ?? [];
  const printed = execFileSync("sh", ["-c", `printf %s ${quoted}`], { encoding: "utf8" });
  assert.deepEqual(JSON.parse(printed), JSON.parse(SENT.body));
  // And what the script sends, too.
  const sent = await new Promise((resolve) => {
    const run = new Function("fetch", "process", `return (async () => { ${fetchSnippet({ ...SENT, body: SENT.body.replace("true", "false") })} })()`);
    void run(async (url, init) => (resolve({ url, ...init }), new Response("{}")), { env: { OPENROUTER_API_KEY: "from-the-environment" } });
  });
  assert.deepEqual([sent.url, sent.method, sent.headers.Authorization, JSON.parse(sent.body).messages], [SENT.url, "POST", "Bearer from-the-environment", JSON.parse(SENT.body).messages]);
});

test("code: long data is shortened, text is not", () => {
  const data = `data:image/png;base64,${"A".repeat(5000)}`;
  const text = "word ".repeat(100);
  const snippet = packageSnippet({ method: "images.generate", options: { prompt: text, inputs: [{ data: new Blob(["xx"], { type: "image/png" }) }, { url: data }] } });
  assert.ok(snippet.includes(JSON.stringify(text)) && !snippet.includes("A".repeat(100)));
  assert.match(snippet, /\(image\/png, 2 bytes\)/);
});

test("the wire is heard as it leaves, without what is secret", async () => {
  const wire = new WireLog();
  const send = wire.through(async () => new Response());
  await send("https://x.org/before");
  const { heard, stop } = wire.listen();
  await send("https://x.org/a", { method: "post", headers: { Authorization: `Bearer ${KEY}`, "X-Title": "t" }, body: new TextEncoder().encode("{}") });
  stop();
  await send("https://x.org/after");
  assert.deepEqual(heard, [{ method: "POST", url: "https://x.org/a", headers: { "x-title": "t" }, body: "{}" }]);
});

test("settings become the fields of a request, and a schema is read before it is kept", () => {
  assert.deepEqual(requestFields({ temperature: 0, maxTokens: 9, system: "x" }), { temperature: 0, max_completion_tokens: 9 });
  assert.deepEqual(requestFields({ schema: '{"type":"object"}' }).response_format, { type: "json_schema", json_schema: { name: "answer", strict: true, schema: { type: "object" } } });
  for (const [text, expected] of [["{", /no JSON/], ["[]", /JSON object/], ['{"type":"string"}', /"type": "object"/], ['{"type":"object"}', undefined]]) {
    if (expected) assert.match(schemaTrouble(text), expected);
    else assert.equal(schemaTrouble(text), undefined);
  }
});

test("of several limits the tightest holds", () => {
  assert.equal(tightest([{ limitUsd: undefined, spentUsd: 5, what: "a" }]), undefined);
  assert.deepEqual(tightest([{ limitUsd: 1, spentUsd: 0.25, what: "a" }, { limitUsd: 2, spentUsd: 1.75, what: "b" }]), { leftUsd: 0.25, what: "b" });
});

test("the price of a file, and whether the model takes it", () => {
  const model = { name: "M", input: ["text", "image"], pricing: { prompt: "0.000003" } };
  assert.equal(sendingCost(1000, model), 0.003);
  assert.equal(sendingCost(undefined, model), undefined);
  assert.equal(sendingCost(1000, { ...model, pricing: { isUnknown: true } }), undefined);
  assert.equal(unfit({ kind: "image" }, model), undefined);
  assert.match(unfit({ kind: "audio" }, model), /M does not hear audio/);
});

test("models: words, filters, and an order with what is in use and liked first", () => {
  const models = [{ id: "a/one", name: "One", isFree: true }, { id: "b/two", name: "Two", supportsTools: true }, { id: "c/three", name: "Three", isFree: true }, { id: "d/four", name: "Four" }];
  const found = (wanted) => fittingModels(models, { words: "", filters: new Set(), kept: new Set(["c/three"]), last: ["b/two"], current: "d/four", ...wanted }).map(({ id }) => id);
  assert.deepEqual(found({}), ["d/four", "c/three", "b/two", "a/one"]);
  assert.deepEqual(found({ words: "T o" }), ["b/two"]);
  assert.deepEqual(found({ filters: new Set(["free"]) }), ["c/three", "a/one"]);
  assert.deepEqual(found({ filters: new Set(["free", "favourites"]) }), ["c/three"]);
});

test("another model is offered where a retry cannot help", () => {
  for (const error of [{ code: "not-found", message: "" }, { code: "invalid-request", message: "foo/bar is not a valid model ID" }, { code: "invalid-request", message: "model: no such thing" }, { code: "not-found", message: "No endpoints found for foo/bar" }]) assert.ok(isAboutModel(error), error.message);
  for (const error of [{ code: "invalid-request", message: "messages[0].content: too long" }, { code: "rate-limit", message: "the model is busy" }]) assert.ok(!isAboutModel(error), error.message);
});

test("messages for programmers are told in plain words", () => {
  for (const [message, words] of [["no byte came within idleTimeoutMs (2500 ms)", "No byte came within 2.5 s"], ["no answer within timeoutMs (120000 ms)", "No answer within 120 s"], ["the prompt has 1048577 tokens", "The prompt has 1,048,577 tokens"], ["gen-1234567 is unknown", "Gen-1234567 is unknown"]]) assert.equal(inPlainWords(message), words);
});
