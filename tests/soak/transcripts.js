// Transcripts as no client should keep them, made up from one number: turns and results in any order and form, under any policy.
import { inspect } from "node:util";
import { randomOf } from "./mutations.js";

/** @typedef {import("./mutations.js").Random} Random */

const MODELS = ["openai/gpt-5", "openai/gpt-5.6", "google/gemini-3-pro", "mistralai/mistral-small", "anthropic/claude-opus-5", "deepseek/deepseek-v4-pro", "x-ai/grok-5", "moonshotai/kimi-k2.6", "openrouter/auto"];
const POLICIES = [
  "auto", "auto", "classic", "off",
  { sanitizeToolCallIds: "strict9", validateAnthropicTurns: true, assistantFirstBootstrap: true },
  { dropThinkingBlocks: true, validateGeminiTurns: true, allowSyntheticToolResults: false },
  { sanitizeToolCallIds: "strict", repairToolUseResultPairing: false },
  { repairToolUseResultPairing: false, validateAnthropicTurns: true },
  { dropReasoningFromHistory: true, appendOnlyRuntimeContext: true, sanitizeMode: "images-only" },
  { sanitizeThoughtSignatures: true, sanitizeToolCallIds: false, allowSyntheticToolResults: true },
];
// Some are the same once they are brought into a form that every provider takes.
const IDS = ["c1", "c2", "c1|fc_9", "c1/fc", "call_é", "", "toolu_01", "x".repeat(70), "x".repeat(71), "a.b", "a_b", "123456789", "c1_2"];
const TEXTS = ["hi", "", " \n", "<think>a</think>b", "x  ", "é🙂", "[result of the tool call]", "\ud83d", "NO_REPLY", "null", "{}"];
const NAMES = ["f", "g", " f ", "F", "odd name!", "", "n".repeat(80)];
const ARGUMENTS = ["{}", '{"a":1}', "{", "", "null", "[]", " ", '"{}"', '{"a":"\\ud83d"}'];
const PNG = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

/** @param {Random} random @param {readonly any[]} list */
const of = (random, list) => list[random(list.length)];
/** @param {Random} random @param {number} most @param {(at: number) => any} make */
const some = (random, most, make) => Array.from({ length: random(most + 1) }, (_, at) => make(at));

/** @param {Random} random */
function part(random) {
  return [
    () => ({ type: "text", text: of(random, TEXTS) }),
    () => ({ type: "text", text: of(random, TEXTS), cache_control: { type: "ephemeral" } }),
    () => ({ type: "image_url", image_url: { url: of(random, [PNG, "https://a.example/x.png", "data:image/png;base64,@@", "data:,", ""]) } }),
    () => ({ type: "refusal", refusal: of(random, TEXTS) }),
    () => (random(4) ? { type: "text", text: "more" } : null),
    () => ({ type: "text" }),
    () => ({ type: "thinking", thinking: of(random, TEXTS), thinkingSignature: of(random, [undefined, "reasoning_content", "c2ln", "msg_1"]) }),
    () => ({ type: "redacted_thinking", data: "AA==" }),
    () => ({ type: of(random, ["toolCall", "tool_use", "functionCall"]), id: of(random, IDS), name: of(random, NAMES), [of(random, ["arguments", "input"])]: of(random, [{}, { a: 1 }, "{}", undefined]), ...(random(6) === 0 && { partialJson: of(random, ["{", "{}"]) }) }),
    () => ({ type: "tool_result", tool_use_id: of(random, IDS), content: of(random, ["r", [{ type: "text", text: "r" }]]) }),
    () => ({ type: "image", data: "iVBORw0KGgo=", mimeType: "image/png" }),
  ][random(11)]();
}

/** @param {Random} random */
function detail(random) {
  return { type: of(random, ["reasoning.text", "reasoning.summary", "reasoning.encrypted", "reasoning.new"]), ...(random(2) && { text: of(random, TEXTS) }), ...(random(3) === 0 && { signature: of(random, ["c2ln", "", "msg_1"]) }), ...(random(3) === 0 && { data: "AA==" }), ...(random(2) && { index: random(3) }), ...(random(3) === 0 && { id: of(random, IDS) }), ...(random(2) && { format: of(random, ["anthropic-claude-v1", "google-gemini-v1", "unknown", "openai-responses-v1"]) }) };
}

/** @param {Random} random */
function call(random) {
  return {
    ...(random(20) && { id: of(random, IDS) }), ...(random(8) && { type: "function" }),
    function: { ...(random(10) && { name: of(random, NAMES) }), ...(random(10) && { arguments: of(random, ARGUMENTS) }) },
    ...(random(6) === 0 && { extra_content: { google: { thought_signature: of(random, ["c2ln", "not base64!", "msg_1"]) } } }),
  };
}

/** @param {Random} random @returns {any} */
function message(random) {
  const content = of(random, [() => of(random, TEXTS), () => some(random, 3, () => part(random)), () => null, () => of(random, TEXTS)])();
  switch (random(10)) {
    case 0: return { role: of(random, ["system", "developer"]), content };
    case 1: case 2: return { role: "user", content };
    case 3: case 4: return {
      role: "assistant", content, ...(random(2) && { tool_calls: some(random, 3, () => call(random)) }), ...(random(4) === 0 && { reasoning: of(random, TEXTS) }), ...(random(4) === 0 && { reasoning_details: some(random, 3, () => detail(random)) }),
      ...(random(4) === 0 && { thinking_blocks: some(random, 2, () => of(random, [{ type: "thinking", thinking: "t", signature: "c2ln" }, { type: "thinking", thinking: "" }, { type: "redacted_thinking", data: "AA==" }, null])) }), ...(random(8) === 0 && { refusal: of(random, TEXTS) }), ...(random(8) === 0 && { annotations: [{ type: "url_citation", url_citation: { url: "https://a.example" } }] }),
    };
    case 5: return { role: "assistant", content: some(random, 3, () => part(random)), stopReason: of(random, ["stop", "toolUse", "error", "aborted", "length"]), ...(random(2) && { model: of(random, MODELS), provider: "openrouter", api: of(random, ["openai-completions", "openai-responses", "anthropic-messages"]) }) };
    case 6: case 7: return { role: "tool", ...(random(30) && { tool_call_id: of(random, IDS) }), content };
    case 8: return { role: "toolResult", ...(random(30) && { toolCallId: of(random, IDS) }), ...(random(2) && { toolName: of(random, NAMES) }), content, isError: random(2) === 0 };
    default: return random(12) ? { role: "user", content: "and then?" } : of(random, [null, {}, { role: "critic", content: "x" }, "text", { role: "function", name: "f", content: "r" }]);
  }
}

/** One transcript and what it is repaired for. @param {number} number */
export function transcript(number) {
  const random = randomOf(number);
  let messages = some(random, 9, () => message(random));
  // Pairs, whose results stand behind later turns, are many, reversed, or renamed.
  if (random(2)) {
    const ids = some(random, 6, () => of(random, IDS));
    const results = ids.map((id) => ({ role: "tool", tool_call_id: random(6) ? id : `${id}|again`, content: of(random, TEXTS) }));
    if (random(2)) results.reverse();
    const turn = { role: "assistant", content: of(random, [null, ...TEXTS]), tool_calls: ids.map((id) => ({ id, type: "function", function: { name: "f", arguments: "{}" } })) };
    const at = random(messages.length + 1), later = at + random(messages.length - at + 1);
    messages = [...messages.slice(0, at), turn, ...messages.slice(at, later), ...results, ...messages.slice(later)];
  }
  if (random(3)) messages.push({ role: "user", content: "go on" });
  const options = { model: of(random, MODELS), policy: of(random, POLICIES), ...(random(4) === 0 && { input: ["text"] }), ...(random(5) === 0 && { supportsTools: false }), ...(random(5) === 0 && { allowedToolNames: ["f"] }) };
  return { messages, options };
}

/** Each call has one result behind its turn, in order, and there is no other. @param {any[]} messages */
function isPaired(messages) {
  /** @type {string[]} */
  let open = [];
  for (const { role, tool_call_id, tool_calls } of messages) {
    if (role === "tool") {
      if (open.shift() !== tool_call_id) return false;
    } else if (open.length > 0) return false;
    else if (role === "assistant") open = (tool_calls ?? []).map((/** @type {any} */ { id }) => id);
  }
  return open.length === 0;
}

/** Repaired once and for all, told, with nothing of the caller's changed; or refused by its place. @param {any} api @param {any} client @param {number} number */
export async function checkTranscript(api, client, number) {
  const { messages, options } = transcript(number);
  const given = JSON.stringify(messages);
  /** @type {string[]} */
  const problems = [];
  let end = "repaired";
  const refused = (/** @type {any} */ error, /** @type {string} */ call) => {
    if (!api.OpenRouterError.isInstance(error) || error.code !== "invalid-request" || !/^messages/.test(error.message)) problems.push(`${call}: ${inspect(error).slice(0, 300)}`);
    end = "refused";
  };
  try {
    const once = api.sanitizeTranscript(messages, options);
    const twice = api.sanitizeTranscript(once.messages, options);
    if (JSON.stringify(twice.messages) !== JSON.stringify(once.messages)) problems.push("sanitizing twice is not sanitizing once");
    if (once.changes.length === 0) end = "clean";
    if (options.policy === "auto" && options.supportsTools !== false && !isPaired(once.messages)) problems.push("calls and results are not paired");
  } catch (error) {
    refused(error, "sanitizeTranscript");
  }
  try {
    const { body } = await client.prepare({ model: options.model, messages, transcriptPolicy: options.policy });
    if (!Array.isArray(body.messages)) problems.push("a body without messages");
  } catch (error) {
    refused(error, "prepare");
  }
  if (JSON.stringify(messages) !== given) problems.push("the caller's messages were changed");
  return { end, problems };
}
