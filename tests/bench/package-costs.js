// What this package costs beside the streams: a long transcript, and a step of a tool loop. No other client does the like.
import { transcriptOf } from "./transcript.js";
import { collectGarbage, spread } from "./measure.js";

/** @import { Message } from "./transcript.js" */
/** @import { Results } from "./report.js" */

/** A build of this package. @typedef {{ name: string, exports: typeof import("../../pkg/index.js") }} Build */
/** @typedef {{ quick: boolean, onProgress?: (text: string) => void }} Options */

export const COPY = "JSON.parse(JSON.stringify())";
/** The strictest of the policies that `auto` means. */
const STRICT_MODEL = "google/gemini-3-pro";
export const KINDS = /** @type {const} */ (["clean", "mixed", "ids"]);
export const LENGTHS = /** @type {const} */ ([10, 1000]);
export const LOOP_MODELS = [["plain", "openai/gpt-5"], ["Anthropic, moving cache marker", "anthropic/claude-sonnet-4.5"], ["Gemini, tool ids", STRICT_MODEL]];

/** The row of a call in a build: the package's own has no other name. @param {string} call @param {string} build */
const rowOf = (call, build) => (build === "openrouter-wasm" ? call : `${call}, ${build}`);

/** Microseconds of CPU, all threads. */
function cpu() {
  const { user, system } = process.cpuUsage();
  return user + system;
}

/**
 * Microseconds for a transcript, by `transcript-clean`, `transcript-mixed` and `transcript-ids`.
 * @param {Build[]} builds
 * @param {Options} options
 * @returns {Promise<Results>}
 */
export async function measureTranscripts(builds, { quick, onProgress }) {
  const [rounds, warmUps] = quick ? [5, 3] : [41, 15];
  /** @type {{ key: string, row: string, work: () => unknown, samples: number[] }[]} */
  const entries = [];
  for (const kind of KINDS) {
    const messages = transcriptOf(2000, kind);
    const add = (/** @type {string} */ row, /** @type {() => unknown} */ work) => entries.push({ key: `transcript-${kind}`, row, work, samples: [] });
    for (const { name, exports } of builds) {
      const { OpenRouter, sanitizeTranscript } = exports;
      const client = new OpenRouter({ apiKey: "k" });
      const request = { model: STRICT_MODEL, messages: /** @type {any} */ (messages) };
      const options = { model: STRICT_MODEL };
      verifyTranscript(kind, messages, sanitizeTranscript(request.messages, options));
      const { body, changes } = await client.prepare(request);
      verifyTranscript(kind, messages, { messages: body.messages, changes });
      add(rowOf("sanitizeTranscript", name), () => sanitizeTranscript(request.messages, options));
      add(rowOf("client.prepare", name), () => client.prepare(request));
    }
    add(COPY, () => JSON.parse(JSON.stringify(messages)));
  }
  // Side by side, so that a busy minute of the machine hits all alike.
  for (let round = 0; round < warmUps + rounds; round++) {
    onProgress?.(`transcripts, round ${round + 1} of ${warmUps + rounds}`);
    for (const { work, samples } of entries) {
      collectGarbage({ type: "minor" });
      const start = cpu();
      await work();
      const spent = cpu() - start;
      if (round >= warmUps) samples.push(spent);
    }
  }
  return resultsOf(entries);
}

/** @param {string} kind @param {Message[]} before @param {{ messages: Message[], changes: object[] }} after */
function verifyTranscript(kind, before, { messages, changes }) {
  const expect = (/** @type {string} */ what, /** @type {boolean} */ holds) => {
    if (!holds) throw new Error(`transcript, ${kind}: ${what}`);
  };
  const calls = messages.flatMap((message) => message.tool_calls ?? []).map(({ id }) => id);
  const answered = new Set(messages.filter(({ role }) => role === "tool").map((message) => message.tool_call_id));
  expect("ids of letters and digits, each once", calls.every((id) => /^[a-zA-Z0-9]{1,40}$/.test(id)) && new Set(calls).size === calls.length);
  expect("every call has its result", calls.every((id) => answered.has(id)) && answered.size === calls.length);
  if (kind === "clean") expect("nothing changes", changes.length === 0 && JSON.stringify(messages) === JSON.stringify(before));
  else expect("much changes", changes.length > before.length / 2 && (kind === "ids" ? messages.length === before.length : messages.length > before.length));
}

const encoder = new TextEncoder();
const STEPS = 12;
const RESULT = "src/reader/stream.js:41:    if (event.type === \"text-delta\") process.stdout.write(event.text);\n".repeat(6);

/** The answer of a step, in one piece: a call, or at the end a text. @param {number} step */
function stepAnswer(step) {
  const event = (/** @type {object} */ delta, /** @type {string | null} */ reason = null) =>
    `data: ${JSON.stringify({ id: `gen-${step}`, object: "chat.completion.chunk", created: 1786718673, model: "m", choices: [{ index: 0, delta, finish_reason: reason }] })}\n\n`;
  const call = { index: 0, id: `call_${String(step).padStart(24, "a1B2")}`, type: "function", function: { name: "read_file", arguments: JSON.stringify({ path: `src/reader/${step}.js` }) } };
  const events = step < STEPS - 1 ? [event({ role: "assistant", content: "" }), event({ tool_calls: [call] }), event({}, "tool_calls")] : [event({ content: "Done." }), event({}, "stop")];
  return encoder.encode(`${events.join("")}data: [DONE]\n\n`);
}
const ANSWERS = Array.from({ length: STEPS }, (_, step) => stepAnswer(step));

/**
 * Microseconds from the answer of a step to the request of the next one, by `loop-10` and `loop-1000`: how many messages were there before
 * the loop. The step that prepares these is not counted.
 * @param {Build[]} builds
 * @param {Options} options
 * @returns {Promise<Results>}
 */
export async function measureLoops(builds, { quick, onProgress }) {
  const [rounds, warmUps] = quick ? [6, 4] : [60, 25];
  const entries = builds.flatMap(({ name, exports }) =>
    LOOP_MODELS.flatMap(([title, model]) =>
      LENGTHS.map((length) => ({ key: `loop-${length}`, row: rowOf(title, name), exports, model, messages: transcriptOf(length, "mixed"), samples: /** @type {number[]} */ ([]) })),
    ),
  );
  for (let round = 0; round < warmUps + rounds; round++) {
    onProgress?.(`tool loop, round ${round + 1} of ${warmUps + rounds}`);
    for (const { exports, model, messages, samples } of entries) {
      collectGarbage({ type: "minor" });
      const steps = await runLoop(exports, model, messages);
      if (round >= warmUps) samples.push(spread(steps).median);
    }
  }
  return resultsOf(entries);
}

/** @param {Build["exports"]} exports @param {string} model @param {Message[]} messages @returns {Promise<number[]>} microseconds of the steps */
async function runLoop({ OpenRouter }, model, messages) {
  /** @type {number[]} */
  const steps = [];
  let step = 0, answered = 0;
  const fetch = async () => {
    if (step > 0) steps.push(cpu() - answered);
    const answer = ANSWERS[step++];
    let isSent = false;
    const stream = new ReadableStream({
      pull(controller) {
        if (isSent) return controller.close();
        isSent = true;
        answered = cpu();
        controller.enqueue(answer);
      },
    }, { highWaterMark: 0 });
    return new Response(stream, { headers: { "content-type": "text/event-stream" } });
  };
  const tools = [{ name: "read_file", parameters: { type: "object", properties: { path: { type: "string" } }, required: ["path"] }, execute: () => RESULT }];
  const result = await new OpenRouter({ apiKey: "k", fetch }).chat({ model, messages: /** @type {any} */ (messages), tools }).result();
  if (steps.length !== STEPS - 1 || result.message.content !== "Done." || result.messages.length !== messages.length + 2 * STEPS - 1) {
    throw new Error(`tool loop, ${model}: ${steps.length} steps, ${result.messages.length} messages`);
  }
  return steps;
}

/** @param {{ key: string, row: string, samples: number[] }[]} entries @returns {Results} */
function resultsOf(entries) {
  /** @type {Results} */
  const results = new Map();
  for (const { key, row, samples } of entries) {
    const rows = results.get(key) ?? new Map();
    results.set(key, rows.set(row, spread(samples)));
  }
  return results;
}
