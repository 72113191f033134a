// What servers send and callers write, by kinds, through the public client: each answer in one piece and byte by byte.
import assert from "node:assert/strict";
import { test } from "node:test";
import { api } from "./support.js";

const DONE = "data: [DONE]\n\n", SSE = "text/event-stream", JSON_TYPE = "application/json";
const J = JSON.stringify;
const event = (/** @type {unknown} */ value) => `data: ${J(value)}\n\n`;
const chunk = (/** @type {unknown} */ delta, /** @type {unknown} */ finish_reason = null, more = {}) => ({ id: "gen-1", choices: [{ index: 0, delta, finish_reason, ...more }] });
const d = (/** @type {unknown} */ delta, /** @type {unknown} */ finish = null, more = {}) => event(chunk(delta, finish, more));
const whole = (/** @type {object} */ message, finish_reason = "stop") => ({ id: "gen-1", choices: [{ index: 0, message, finish_reason }] });
const hi = d({ content: "Hi" }), end = d({}, "stop");
const said = (/** @type {object[]} */ ...deltas) => deltas.map((delta) => d(delta)).join("") + end + DONE;

/** @param {{ body: string, type?: string | null, status?: number, bytes?: number, request?: any }} answer */
async function ask({ body, type = SSE, status = 200, bytes = Infinity, request = {} }) {
  /** @type {any} */
  let sent;
  const client = new api.OpenRouter({
    apiKey: "sk-or-v1-test",
    maxRetries: 0,
    fetch: async (_, init) => {
      sent = JSON.parse(String(init?.body));
      const all = new TextEncoder().encode(body);
      const stream = new ReadableStream({ start(to) {
        for (let at = 0; at < all.length; at += bytes) to.enqueue(all.subarray(at, Math.min(all.length, at + bytes)));
        to.close();
      } });
      return new Response(stream, { status, headers: type ? { "content-type": type } : {} });
    },
  });
  const asked = { model: "m/x", messages: [{ role: "user", content: "hi" }], ...request };
  const run = client.chat(asked);
  let text = "", reasoning = "";
  const calls = [];
  /** @type {any} */
  let error;
  try {
    for await (const part of run) {
      if (part.type === "text-delta") text += part.text;
      if (part.type === "reasoning-delta") reasoning += part.text;
      if (part.type === "tool-call" && !part.truncated) calls.push([part.id, part.name, part.input]);
    }
  } catch (thrown) {
    error = thrown;
  }
  const result = error ? undefined : await run.result();
  return { text, reasoning, calls, error, sent, verdict: result?.verdict ?? error?.verdict, ending: error?.code ?? result?.verdict, warnings: result?.warnings ?? [] };
}

/** @param {string} name @param {Parameters<typeof ask>[0]} answer @param {Record<string, unknown>} expected */
async function check(name, answer, expected) {
  for (const bytes of [Infinity, 1]) {
    const seen = /** @type {any} */ (await ask({ ...answer, bytes }));
    for (const [field, value] of Object.entries(expected)) assert.deepEqual(seen[field], value, `${name} (${bytes === 1 ? "byte by byte" : "in one piece"}): ${field}`);
  }
}

test("a stream is read whatever its lines, its label and what stands around it", async () => {
  const all = hi + end + DONE;
  const lines = [chunk({ content: "Hi" }), chunk({}, "stop")].map((value) => J(value));
  const body = J(whole({ content: "Hi" }));
  const own = /** @type {[string, string, (string | null)?][]} */ ([
    ["carriage returns", all.replace(/\n/g, "\r")], ["mixed line ends", hi.replace(/\n/g, "\r\n") + end.replace(/\n/g, "\r") + DONE], ["no blank lines", all.replace(/\n\n/g, "\n")], ["no blank behind the field", all.replace(/data: /g, "data:")],
    ["blanks behind the field", all.replace(/data: /g, "data: \t ")], ["blanks before the field", all.replace(/data: /g, "  data: ")], ["the field twice", all.replace(/data: /g, "data: data: ")], ["names of events", `event: message\n${hi}event: chunk\n${end}event: done\n${DONE}`],
    ["id and retry", `retry: 3000\nid: 1\n${hi}retry: 1\n\n${end}${DONE}`], ["empty data", `data:\n\ndata\n\n${all}`], ["the end twice", all + DONE], ["text behind the end", all + hi], ["no end", hi + end], ["no reason", hi + DONE], ["an end without its line's", `${hi}${end}data: [DONE]`],
    ["lines of JSON as a stream", lines.join("\n")], ["lines of JSON", lines.join("\n"), "application/x-ndjson"], ["lines called one", lines.join("\n"), JSON_TYPE], ["a list of chunks", `[${lines}]`, JSON_TYPE], ["a list called a stream", `[${lines}]`],
    ["no label", all, null], ["plain text", all, "text/plain"], ["bytes", all, "application/octet-stream"], ["a page", all, "text/html"], ["in other letters", all, "Text/Event-Stream; charset=UTF-8"], ["NULs", `\0${hi}\0${end}${DONE}`],
    ["pings", `event: ping\ndata: {"type":"ping"}\n\n${hi}data: ping\n\n${end}${DONE}`], ["values that are no chunks", `data: null\n\n${hi}data: 0\n\ndata: ""\n\ndata: []\n\ndata: {}\n\n${end}${DONE}`], ["blanks before JSON", `\n \n ${body}\n`, JSON_TYPE],
    ["comments before JSON", `: OPENROUTER PROCESSING\n\n${body}`, JSON_TYPE], ["an answer as an event", event(whole({ content: "Hi" })) + DONE], ["an answer in an answer", J({ id: null, choices: null, provider: whole({ content: "Hi" }) }), JSON_TYPE],
    ["an envelope", J({ code: 0, data: whole({ content: "Hi" }) }), JSON_TYPE], ["Cloudflare's", J({ result: whole({ content: "Hi" }), success: true, errors: [] }), JSON_TYPE], ["a choice that is no list", event({ choices: { delta: { content: "Hi" }, finish_reason: "stop" } }) + DONE],
    ["no choices first", event({ choices: [], prompt_filter_results: [{}] }) + event({ choices: null }) + event({ choices: [null] }) + all], ["an index in letters", event({ choices: [{ index: "0", delta: { content: "Hi" }, finish_reason: "stop" }] }) + DONE], ["two chunks in one event", `data: ${lines.join("")}\n\n${DONE}`],
    ["reasons that are empty", d({ content: "H" }, "") + d({ content: "i" }, "") + all.replace(hi, "")], ["text behind the reason", d({ content: "H" }, "stop") + d({ content: "i" }, "stop") + DONE], ["a completion's text", event({ choices: [{ text: "Hi", finish_reason: "stop" }] }) + DONE],
    ["a message that grows", event({ choices: [{ message: { content: "H" } }] }) + event({ choices: [{ message: { content: "Hi" }, finish_reason: "stop" }] }) + DONE], ["errors that are none", J({ ...whole({ content: "Hi" }), error: {} }), JSON_TYPE],
  ]);
  for (const [name, body, type = SSE] of own) await check(name, { body, type }, { text: "Hi", ending: "complete" });
  for (const reason of ["STOP", "end_turn", "stop_sequence", "eos", "COMPLETE"]) await check(reason, { body: hi + d({}, reason) + DONE }, { text: "Hi", ending: "complete" });
  for (const reason of ["length", "max_tokens", "MAX_TOKENS", "model_length", "model_context_window_exceeded"]) await check(reason, { body: hi + d({}, reason) + DONE }, { text: "Hi", ending: "length" });
  for (const native of ["SAFETY", "RECITATION", "PROHIBITED_CONTENT", "BLOCKLIST", "SPII", "LANGUAGE", "IMAGE_SAFETY", "content_filter", "refusal", "guardrail_intervened", "sensitive"]) {
    await check(native, { body: d({ content: "" }) + d({}, "stop", { native_finish_reason: native }) + DONE }, { ending: "content-filter" });
  }
  for (const [name, behind] of [["bare", '{"error":{"message":"boom","code":502}}'], ["in a field", 'error: {"message":"boom","code":502}\n\n'], ["in an event", 'event: error\ndata: {"message":"boom","code":"502"}\n\n'], ["in a choice", d({}, "error", { error: { code: 502, message: "boom" } })], ["as words", event({ error: "boom" })]]) {
    const seen = await ask({ body: hi + behind });
    assert.deepEqual([seen.text, seen.ending, seen.error.message], ["Hi", "stream-error", "boom"], `an error ${name}`);
  }
  for (const body of [hi, `${hi}data: {"choices":[{"delta":{"con`]) await check("cut", { body }, { text: "Hi", ending: "stream-cut" });
});

test("thoughts are told from the text wherever they stand", async () => {
  const content = (/** @type {unknown[]} */ ...pieces) => pieces.map((piece) => ({ content: piece }));
  const detail = (/** @type {string} */ text) => ({ reasoning_details: [{ type: "reasoning.text", text, index: 0 }] });
  const table = /** @type {[string, object[], string, string][]} */ ([
    ["cut", content("<", "th", "ink>", "a</", "think", ">", "b"), "b", "a"], ["with an attribute", content('<think type="x">a</think>b'), "b", "a"], ["in capitals", content("<THINK>a</THINK>b"), "b", "a"], ["never closed", content("<think>a"), "", "a"], ["two", content("<think>a</think>b<think>c</think>d"), "bd", "ac"],
    ["by other names", content("<thinking>a</thinking><reasoning>b</reasoning><thought>c</thought><mm:think>d</mm:think><seed:think>e</seed:think>f"), "f", "abcde"], ["in a span", content("use `<think>` so"), "use `<think>` so", ""], ["in a fence", content("~~~\n<think>a</think>\n~~~\nb"), "~~~\n<think>a</think>\n~~~\nb", ""],
    ["mirrored", [{ content: "<think>a</think>b", reasoning: "a" }], "b", "a"], ["an end begins the text", [{ reasoning_content: "a" }, ...content("\n</th", "ink>", "\n\nb")], "b", "a"], ["an end in code", content("`</think>` closes"), "`</think>` closes", ""],
    ["three ways at once", [{ reasoning: "a", reasoning_content: "a", ...detail("a") }, { reasoning: "b", reasoning_content: "b", ...detail("b") }, { content: "x" }], "x", "ab"], ["again as details", [{ reasoning: "The " }, { reasoning: "cat" }, detail("The cat"), { content: "x" }], "x", "The cat"],
    ["parts", content([{ type: "thinking", thinking: [{ type: "text", text: "a" }] }, { type: "text", text: "b" }], [null, "c", { text: "d" }]), "bcd", "a"], ["of LiteLLM", [{ reasoning_content: "a", thinking_blocks: [{ type: "thinking", thinking: "a" }] }, { content: "x" }], "x", "a"],
  ]);
  for (const [name, deltas, text, reasoning] of table) await check(name, { body: said(...deltas) }, { text, reasoning, ending: "complete" });
});

test("a call is found once, by whatever tells it apart", async () => {
  const f = (/** @type {unknown} */ name, /** @type {unknown} */ args, more = {}) => ({ type: "function", function: { name, arguments: args }, ...more });
  const one = [["c", "read", { p: 2 }]], two = [...one, ["d", "write", {}]];
  const table = /** @type {[string, object[], unknown[][]][]} */ ([
    ["no index", [f("read", '{"p"', { id: "c" }), f(undefined, ":2}")], one], ["its id in each piece", [f("read", "", { index: 0, id: "c" }), f(undefined, '{"p":', { index: 0, id: "c" }), f(undefined, "2}", { index: 0, id: "c" })], one], ["its name in each piece", [f("read", '{"p":', { index: 0, id: "c" }), f("read", "2}", { index: 0, id: "c" })], one],
    ["names that are empty", [f("read", '{"p":', { index: 0, id: "c" }), f("", "2}", { index: 0, id: "" })], one], ["names that are null", [f("read", '{"p":', { index: null, id: "c" }), f(null, "2}", { index: null, id: null })], one], ["a name in pieces", [f("re", "", { index: 0, id: "c" }), f("ad", '{"p":2}', { index: 0 })], one],
    ["a name among blanks", [f(" read\n", '{"p":2}', { index: 0, id: "c" })], one], ["another id at the same index", [f("read", '{"p":2}', { index: 0, id: "c" }), f("write", "", { index: 0, id: "d" })], two], ["two ids", [f("read", '{"p":2}', { id: "c" }), f("write", null, { id: "d" })], two],
    ["an index in letters", [f("read", '{"p":', { index: "0", id: "c" }), f(undefined, "2}", { index: "0" })], one], ["an object", [f("read", { p: 2 }, { index: 0, id: "c" })], one], ["encoded twice", [f("read", '"{\\"p\\":2}"', { index: 0, id: "c" })], one], ["an empty object first", [f("read", "{}", { index: 0, id: "c" }), f(undefined, '{"p":2}', { index: 0 })], one],
    ["all of it again", [f("read", '{"p":', { index: 0, id: "c" }), f(undefined, "2}", { index: 0 }), f("read", '{"p":2}', { index: 0, id: "c" })], one], ["a late id", [f("read", '{"p"', { index: 0 }), f(undefined, ":2}", { index: 0, id: "c" })], one], ["flat", [{ index: 0, id: "c", name: "read", arguments: '{"p":2}' }], one], ["by other names", [{ index: 0, id: "c", function: { name: "read", parameters: { p: 2 } } }], one],
  ]);
  const tools = [{ name: "read" }, { name: "write" }];
  for (const [name, pieces, calls] of table) {
    for (const reason of ["tool_calls", "stop", "function_call", null]) {
      const body = pieces.map((piece) => d({ tool_calls: [piece] })).join("") + d({}, reason) + DONE;
      await check(`${name}, ${reason}`, { body, request: { tools, maxSteps: 1 } }, { calls, ending: "complete" });
    }
    await check(`${name}, cut`, { body: pieces.map((piece) => d({ tool_calls: [piece] })).join(""), request: { tools, maxSteps: 1 } }, { calls: [], ending: "stream-cut" });
  }
});

test("nothing blank goes out, and no half of a call", async () => {
  const body = hi + end + DONE;
  const call = { id: "call_1", type: "function", function: { name: "f", arguments: "{}" } };
  for (const model of ["m/x", "anthropic/claude-opus-4.8", "google/gemini-3-pro", "openai/gpt-5", "mistralai/mistral-large", "deepseek/deepseek-v4-pro"]) {
    for (const blank of ["", " \n", "\u00a0", [], [{ type: "text", text: " " }], null]) {
      for (const before of [[], [{ role: "system", content: "S" }], [{ role: "user", content: "a" }, { role: "assistant", content: "b" }]]) {
        const { error, sent } = await ask({ body, request: { model, messages: [...before, { role: "user", content: blank }] } });
        assert.deepEqual([error?.code, sent, error?.message.startsWith(`messages[${before.length}]`)], ["invalid-request", undefined, true], `${model}: ${J(blank)}`);
      }
      const talk = [{ role: "system", content: blank ?? "" }, { role: "user", content: "a" }, { role: "assistant", content: blank, tool_calls: [call] }, { role: "tool", tool_call_id: "call_1", content: blank }, { role: "user", content: "d" }];
      const { sent } = await ask({ body, request: { model, messages: talk, tools: [{ name: "f" }] } });
      assert.deepEqual(sent.messages.map((/** @type {any} */ { role }) => role), ["user", "assistant", "tool", "user"], `${model}: ${J(blank)}`);
      const texts = sent.messages.flatMap((/** @type {any} */ { content }) => (typeof content === "string" ? content : (content ?? []).map((/** @type {any} */ part) => part.text)));
      assert.ok(texts.length === 3 && texts.every((/** @type {string} */ text) => text.trim() !== ""), `${model}: ${J(blank)}: ${J(texts)}`);
    }
  }
});

test("each call has an id of its own, in a run and in a transcript, and null says nothing", async () => {
  const f = (/** @type {string | null} */ id, p = 0) => ({ ...(id === null ? {} : { id }), type: "function", function: { name: "f", arguments: J({ p }) } });
  const tools = [{ name: "f", description: "f", parameters: { type: "object" } }];
  for (const [before, wire, expected] of /** @type {[string[], (string | null)[], string[]][]} */ ([
    [[], ["call_0", "call_0", "call_0"], ["call_0", "call_0_1", "call_0_2"]], [[], ["f:0", "g:0", "f:0"], ["f:0", "g:0", "f:0_2"]], [[], ["", null, ""], ["call_0", "call_1", "call_2"]],
    [["call_0"], ["call_0", "", "c"], ["call_0_1", "call_2", "c"]], [["call_1"], ["", ""], ["call_2", "call_3"]],
  ])) {
    for (const isWhole of [false, true]) {
      let step = 0;
      const ran = /** @type {unknown[]} */ ([]), sent = /** @type {any[]} */ ([]);
      const client = new api.OpenRouter({ apiKey: "k", fetch: async (_, init) => {
        sent.push(JSON.parse(String(init?.body)));
        const id = wire[step++];
        if (id === undefined) return new Response(hi + end + DONE, { headers: { "content-type": SSE } });
        const body = isWhole ? J(whole({ content: null, tool_calls: [f(id, step)] }, "tool_calls")) : d({ tool_calls: [{ index: 0, ...f(id, step) }] }) + d({}, "tool_calls") + DONE;
        return new Response(body, { headers: { "content-type": isWhole ? JSON_TYPE : SSE } });
      } });
      const history = before.flatMap((id) => [{ role: "assistant", content: null, tool_calls: [f(id)] }, { role: "tool", tool_call_id: id, content: "r" }]);
      const run = client.chat(/** @type {any} */ ({ model: "m/x", messages: [{ role: "user", content: "q" }, ...history, { role: "user", content: "hi" }], tools: tools.map((tool) => ({ ...tool, execute: (/** @type {any} */ { p }) => ran.push(p) })) }));
      const ids = [];
      for await (const part of run) if (part.type === "tool-call") ids.push(part.id);
      const all = [...before, ...ids];
      assert.deepEqual(ids, expected, J([before, wire, isWhole]));
      assert.deepEqual([new Set(all).size, ran], [all.length, wire.map((_, at) => at + 1)], J(ids));
      const last = sent.at(-1).messages;
      assert.deepEqual(last.flatMap((/** @type {any} */ { tool_calls }) => (tool_calls ?? []).map((/** @type {any} */ { id }) => id)), all);
      assert.deepEqual(last.flatMap((/** @type {any} */ { tool_call_id }) => tool_call_id ?? []), all);
    }
  }
  const turns = ["c", "d", "c"].flatMap((id, at) => [{ role: "assistant", content: null, tool_calls: [f(id, at)], refusal: null, audio: null, function_call: null }, { role: "tool", tool_call_id: id, content: `r${at}`, name: null }]);
  for (const model of ["m/x", "anthropic/claude-opus-4.8", "google/gemini-3-pro", "openai/gpt-5", "mistralai/mistral-large", "moonshotai/kimi-k3"]) {
    const messages = [{ role: "user", content: "q", name: null }, ...turns, { role: "assistant", content: "x", tool_calls: null, reasoning: null }, { role: "user", content: "more" }];
    const { sent } = await ask({ body: hi + end + DONE, request: { model, messages, tools } });
    const calls = sent.messages.flatMap((/** @type {any} */ { tool_calls }) => tool_calls ?? []);
    assert.deepEqual([calls.length, new Set(calls.map((/** @type {any} */ { id }) => id)).size], [3, 3], model);
    const results = sent.messages.filter((/** @type {any} */ { role }) => role === "tool");
    assert.deepEqual(results.map((/** @type {any} */ { tool_call_id }) => tool_call_id), calls.map((/** @type {any} */ { id }) => id), model);
    for (const message of sent.messages) for (const [name, value] of Object.entries(message)) assert.ok(value !== null || name === "content", `${model}: ${name}`);
  }
});
