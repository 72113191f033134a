// Chat requests that other clients sent to OpenRouter, recorded with the answers they got: through `client.fetch` they come out as they were but
// for the changes that are written down here.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { api, BASE, EPHEMERAL, shared } from "./support.js";

const { url: FOLDER, missing } = shared("recordings/");

/** @type {[string, any][]} */
const REQUESTS = missing ? [] : readdirSync(FOLDER)
  .filter((name) => name.endsWith(".request.json"))
  .map((name) => /** @type {[string, any]} */ ([name, JSON.parse(readFileSync(new URL(name, FOLDER), "utf8"))]))
  .filter(([, body]) => Array.isArray(body?.messages));

const HEADERS = { accept: "application/json", authorization: "Bearer sk-theirs", "content-type": "application/json", "http-referer": "https://their.app" };

/** What leaves of a body, and where it goes. @param {any} body */
async function through(body) {
  /** @type {{ url: string, headers: Headers, body: any }[]} */
  const sent = [];
  const client = new api.OpenRouter({
    fetch: async (input, init) => {
      sent.push({ url: String(input), headers: new Headers(init?.headers), body: JSON.parse(String(init?.body)) });
      return Response.json({});
    },
  });
  const response = await client.fetch(`${BASE}/chat/completions`, { method: "POST", headers: HEADERS, body: JSON.stringify(body) });
  assert.equal(response.status, 200, await response.text());
  assert.equal(sent.length, 1);
  return sent[0];
}

/** Models that the same conversations go on with. */
const FAMILIES = ["anthropic/claude-opus-4.6", "google/gemini-3-pro", "mistralai/mistral-small", "x-ai/grok-4", "openai/gpt-5"];
/** Names of OpenRouter's own schema are not among them. */
const OPENAI_ONLY = ["store", "stream_options", "usage", "prompt_cache_retention", "text"];

/** Rows that the package brings along: known to reason, and how much they answer at most. @type {Record<string, number>} */
const BUNDLED = { "moonshotai/kimi-k2.5": 262_144, "moonshotai/kimi-k2.6": 262_144 };
/** What the recordings must have shown in the end; `asDocumented` says what each of them is. */
const CHANGES = [
  "blank beside calls", "developer", "effort of a model known to reason", "ids", "images of a result", "include_reasoning", "markers", "markers of its own", "max_tokens", "no base64", "order of results",
  "plain thoughts", "stream_options", "thoughts of another family", "tool_choice", "tools by name", "usage",
];
/** @type {Set<string>} */
const acted = new Set();
/** Notes that a rule has changed something. @param {string} rule */
const note = (rule) => acted.add(rule);

/** The documented changes (provider-rules 5 to 8), and nothing else. @param {any} original */
function asDocumented(original) {
  const body = structuredClone(original);
  const model = body.model.toLowerCase();
  body.model = model;
  for (const name of OPENAI_ONLY) if (remove(body, name)) note(name);
  if (body.max_tokens !== undefined) {
    body.max_completion_tokens ??= body.max_tokens;
    remove(body, "max_tokens");
    note("max_tokens");
  }
  fitReasoning(body, model);
  fitTools(body);
  inOrderOfCalls(body.messages);
  for (const message of body.messages) {
    if (message.role === "developer") {
      message.role = "system";
      note("developer");
    }
    if (model.includes("gemini") && message.reasoning_details?.length > 0) {
      message.reasoning_details = message.reasoning_details.filter(isReadable);
      // An empty list would say that there were none.
      if (message.reasoning_details.length === 0) delete message.reasoning_details;
    }
    if (message.role === "assistant") fitThoughts(message, model);
    if (message.tool_calls?.length > 0 && message.content === "") {
      message.content = null;
      note("blank beside calls");
    }
  }
  if (model.includes("gemini")) renameIds(body.messages, lettersAndDigits);
  if (model.startsWith("mistralai/")) renameIds(body.messages, nineCharacters());
  body.messages = imagesBehindResults(body.messages);
  if (model.startsWith("anthropic/")) markForCache(body);
  return body;
}

/** @param {any} object @param {string} name */
function remove(object, name) {
  const had = Object.hasOwn(object, name);
  delete object[name];
  return had;
}

/** @param {any} body @param {string} model */
function fitReasoning(body, model) {
  // True is what it is without the word.
  if (remove(body, "include_reasoning")) note("include_reasoning");
  const limit = BUNDLED[model];
  if (limit && body.reasoning === undefined) {
    body.reasoning = { effort: "high" };
    note("effort of a model known to reason");
  }
  assert.ok(!limit || body.max_completion_tokens < limit, "a limit of its own");
}

/** @param {any} body */
function fitTools(body) {
  if (!body.tools) return;
  const nameOf = (/** @type {any} */ tool) => tool.function?.name ?? tool.type;
  const names = body.tools.map(nameOf).join();
  body.tools.sort((/** @type {any} */ a, /** @type {any} */ b) => (nameOf(a) < nameOf(b) ? -1 : nameOf(a) > nameOf(b) ? 1 : 0));
  if (body.tools.map(nameOf).join() !== names) note("tools by name");
  if (body.tool_choice === undefined) note("tool_choice");
  body.tool_choice ??= "auto";
}

/** The results of a turn stand in the order of its calls. @param {any[]} messages */
function inOrderOfCalls(messages) {
  for (const [at, { tool_calls: calls }] of messages.entries()) {
    if (!calls) continue;
    const results = messages.slice(at + 1, at + 1 + calls.length);
    const order = calls.map((/** @type {any} */ call) => results.find(({ tool_call_id: id }) => id === call.id) ?? assert.fail(`${call.id} has no result`));
    if (order.some((/** @type {any} */ result, /** @type {number} */ number) => result !== results[number])) note("order of results");
    messages.splice(at + 1, calls.length, ...order);
  }
}

/** The word in `format` by which a family knows its own details. */
const FORMATS = { "anthropic/": "anthropic", "google/": "google", "openai/": "openai", "x-ai/": "xai" };

/** Signed thoughts go back to the family that had them; any other gets their text, or nothing where it takes no text back. @param {any} message @param {string} model */
function fitThoughts(message, model) {
  const own = Object.entries(FORMATS).find(([start]) => model.startsWith(start))?.[1] ?? "unknown";
  /** @type {any[] | undefined} */
  const details = message.reasoning_details;
  const isForeign = details?.some(({ format }) => /-v\d/.test(format ?? "") && !format.includes(own));
  const isUnsigned = details?.length && !details.some(({ signature, data }) => signature !== undefined || data !== undefined);
  if (isForeign || (own === "anthropic" && isUnsigned)) {
    const text = details?.map(({ text, summary }) => text ?? summary ?? "").join("");
    remove(message, "reasoning_details");
    if (text) message.reasoning ??= text;
    note("thoughts of another family");
  }
  if (/^(anthropic|x-ai)\//.test(model) && remove(message, "reasoning")) note("plain thoughts");
}

/** Gemini refuses encrypted thoughts that are no base64; those that the recorder has made unreadable are none. @param {any} detail */
function isReadable({ data }) {
  if (data === undefined) return true;
  const isBase64 = [/** @type {const} */ ("base64"), /** @type {const} */ ("base64url")].some((form) => Buffer.from(data, form).toString(form).replace(/=+$/, "") === data.replace(/=+$/, ""));
  if (!isBase64) note("no base64");
  return isBase64;
}

/** The same id in a call, its result and its signature. @param {any[]} messages @param {(id: string) => string} rename */
function renameIds(messages, rename) {
  for (const message of messages) {
    const ids = new Map(message.tool_calls?.map((/** @type {any} */ call) => [call.id, rename(call.id)]));
    if ([...ids].some(([id, renamed]) => id !== renamed)) note("ids");
    for (const holder of [...(message.tool_calls ?? []), ...(message.reasoning_details ?? [])]) if (ids.has(holder.id)) holder.id = ids.get(holder.id);
    if (message.tool_call_id) message.tool_call_id = rename(message.tool_call_id);
  }
}

/** Gemini's ids: letters and digits, but for Kimi's own, which Kimi reads again. @param {string} id */
const lettersAndDigits = (id) => (/^functions\..+:\d+$/.test(id) ? id : id.replace(/[^a-zA-Z0-9]/g, "").slice(0, 40));

/** Mistral's ids: nine letters and digits, and a hash of the id where there are fewer or another id has them. */
function nineCharacters() {
  /** @type {Map<string, string>} */
  const known = new Map();
  const hash = (/** @type {string} */ text) => createHash("sha256").update(text).digest("hex").slice(0, 9);
  return (/** @type {string} */ id) => {
    const base = id.replace(/[^a-zA-Z0-9]/g, "");
    let short = base.length < 9 ? hash(base) : base.slice(0, 9);
    for (let tries = 0; !known.has(id) && [...known.values()].includes(short); tries++) short = hash(`${id}:${tries}`);
    if (!known.has(id)) known.set(id, short);
    return known.get(id) ?? short;
  };
}

/** Images of a tool result follow its run in a user message. @param {any[]} messages */
function imagesBehindResults(messages) {
  const isImage = (/** @type {any} */ part) => part.type === "image_url";
  const out = [];
  /** @type {any[]} */
  let images = [];
  let number = 0;
  const end = () => {
    if (images.length > 0) out.push({ role: "user", content: images });
    [images, number] = [[], 0];
  };
  for (const message of messages) {
    if (message.role !== "tool") end();
    else number++;
    if (message.role === "tool" && Array.isArray(message.content) && message.content.some(isImage)) {
      const calls = messages.flatMap(({ tool_calls: calls = [] }) => calls);
      const { name } = calls.find(({ id }) => id === message.tool_call_id).function;
      images.push({ type: "text", text: `Image(s) from tool result #${number} (${name}):` }, ...message.content.filter(isImage));
      const rest = message.content.filter((/** @type {any} */ part) => !isImage(part));
      message.content = rest.length > 0 ? rest : "(see attached image)";
      note("images of a result");
    }
    out.push(message);
  }
  end();
  return out;
}

/** Anthropic's markers: the last function, the system message, the last text of the last turn that is not the model's. @param {any} body */
function markForCache({ messages, tools }) {
  const parts = messages.flatMap((/** @type {any} */ { content }) => (Array.isArray(content) ? content : []));
  for (const holder of [...messages, ...parts, ...(tools ?? [])]) if (remove(holder, "cache_control")) note("markers of its own");
  const mark = (/** @type {any} */ message, /** @type {(part: any) => boolean} */ isWanted) => {
    if (typeof message.content === "string") message.content = [{ type: "text", text: message.content }];
    const part = message.content.findLast(isWanted);
    if (part) part.cache_control = EPHEMERAL;
  };
  const tool = tools?.findLast((/** @type {any} */ { type }) => type === "function");
  if (tool) tool.cache_control = EPHEMERAL;
  const system = messages.find((/** @type {any} */ { role }) => role === "system");
  if (system) mark(system, () => true);
  const last = messages.findLast((/** @type {any} */ { role }) => role === "user" || role === "tool");
  if (last) mark(last, (part) => part.type === "text" && part.text);
  note("markers");
}

describe("recorded requests", { skip: missing }, () => {
  for (const recorder of new Set(REQUESTS.map(([name]) => name.split("--")[0]))) {
    test(`of ${recorder} leave with the documented changes and no other`, async () => {
      for (const [name, body] of REQUESTS.filter(([name]) => name.startsWith(`${recorder}--`))) {
        const sent = await through(body);
        assert.deepEqual(sent.body, asDocumented(body), name);
        assert.equal(sent.url, `${BASE}/chat/completions`);
        assert.deepEqual(Object.fromEntries(sent.headers), HEADERS, name);
      }
    });
  }

  for (const model of FAMILIES) {
    test(`leave for ${model} with the changes that are documented for it`, async () => {
      for (const [name, body] of REQUESTS) {
        const moved = { ...body, model };
        assert.deepEqual((await through(moved)).body, asDocumented(moved), name);
      }
    });
  }

  test("are not changed again when they come by a second time", async () => {
    for (const model of [undefined, ...FAMILIES.slice(0, 3)]) {
      for (const [name, body] of REQUESTS) {
        const { body: once } = await through(model ? { ...body, model } : body);
        assert.deepEqual((await through(once)).body, once, name);
      }
    }
  });

  test("are many, and gave every change something to do", () => {
    assert.ok(REQUESTS.length > 200, String(REQUESTS.length));
    assert.deepEqual([...acted.keys()].sort(), CHANGES);
  });
});
