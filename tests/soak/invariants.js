// What holds of every answer, whatever the server sends and however the network cuts it.
import { inspect } from "node:util";

/** @typedef {{ bytes: Uint8Array, contentType: string, status: number, isBroken: boolean, random: (below: number) => number }} Input */

const LIMIT_MS = 10_000;
const messages = [{ role: "user", content: "hi" }];
const tools = ["weather", "clock", "f"].map((name) => ({ name, description: name, parameters: { type: "object", properties: {} } }));

/** An answer in these pieces; one that is broken ends with an error. No `Response`: its streams take ten times as long as what is tried here. @param {Omit<Input, "random">} input @param {readonly Uint8Array[]} pieces */
function answerOf({ status, contentType, isBroken }, pieces) {
  let next = 0;
  const reader = {
    read: async () => {
      if (next < pieces.length) return { done: false, value: pieces[next++] };
      if (isBroken) throw new TypeError("terminated");
      return { done: true, value: undefined };
    },
    cancel: async () => {},
  };
  return { status, headers: new Headers({ "content-type": contentType }), body: { getReader: () => reader, cancel: async () => {} } };
}

/**
 * One run to its end.
 * @param {any} api @param {Omit<Input, "random">} input @param {readonly Uint8Array[]} pieces
 */
export async function runOnce(api, input, pieces) {
  let sends = 0;
  const fetch = async () => {
    sends += 1;
    return answerOf(input, pieces);
  };
  const client = new api.OpenRouter({ apiKey: "sk-or-v1-soak-0123456789", fetch, maxRetries: 0 });
  const run = client.chat({ model: "m/x", messages, tools });
  /** @type {string[]} */
  const problems = [];
  let text = "", reasoning = "", finishes = 0;
  /** @type {any[]} */
  const calls = [];
  /** @type {any} */
  let error;
  /** @type {any} */
  let result;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const limit = new Promise((_, reject) => (timer = setTimeout(() => reject(new Error("hangs")), LIMIT_MS)));
  const read = async () => {
    for await (const event of run) {
      if (event.type === "text-delta") text += event.text;
      else if (event.type === "reasoning-delta") reasoning += event.text;
      else if (event.type === "tool-call") calls.push({ id: event.id, name: event.name, input: event.input, truncated: event.truncated });
      else if (event.type === "finish") finishes += 1;
    }
    return run.result();
  };
  try {
    result = await Promise.race([read(), limit]);
  } catch (thrown) {
    error = thrown;
  } finally {
    clearTimeout(timer);
  }
  if (sends !== 1) problems.push(`${sends} sends`);
  if (error) {
    if (!api.OpenRouterError.isInstance(error)) problems.push(`not ours: ${inspect(error).slice(0, 300)}`);
    else if (error.code === "engine") problems.push(`the engine failed: ${error.message}`);
    if (error.verdict !== run.verdict || run.verdict === "complete") problems.push(`verdicts ${error.verdict} and ${run.verdict}`);
    if (`${error.message}${inspect(error)}`.includes("soak-0123456789")) problems.push("the key is in the error");
    if (finishes > 0) problems.push("a finish before the error");
  } else if (result) {
    if (finishes !== 1) problems.push(`${finishes} finishes`);
    if (result.verdict !== run.verdict || !["complete", "length", "content-filter"].includes(result.verdict)) problems.push(`verdict ${result.verdict}`);
    if (typeof result.message.content === "string" && result.message.content !== text && !result.message.refusal) problems.push("the message is not what was streamed");
    const runnable = calls.filter(({ truncated }) => !truncated);
    if ((result.message.tool_calls ?? []).length > runnable.length) problems.push("a call in the message that no event has told");
    for (const { input } of runnable) if (typeof input !== "object" || input === null || Array.isArray(input)) problems.push("an input that is no object");
    for (const { function: { arguments: text } } of result.message.tool_calls ?? []) {
      try {
        JSON.parse(text);
      } catch {
        problems.push(`arguments that are no JSON: ${text}`);
      }
    }
    problems.push(...(await answerProblems(api, client, result)));
  }
  const { total } = run.cost;
  if (!(total >= 0) || !Number.isFinite(total)) problems.push(`it cost ${total}`);
  const end = error ? `${error.code ?? "?"}` : result ? result.verdict : "nothing";
  return { end, problems, seen: JSON.stringify([end, text, reasoning, calls, error?.message, error?.status, result?.message, result?.usage, result?.reason, run.partial]) };
}

/** The answer as part of the next request. @param {any} api @param {any} client @param {any} result */
async function answerProblems(api, client, { messages: next, usage }) {
  const problems = [];
  for (const [name, value] of Object.entries(usage ?? {})) {
    if (name !== "raw" && value !== undefined && !(Number.isFinite(value) && value >= 0)) problems.push(`usage.${name} is ${value}`);
  }
  try {
    const once = api.sanitizeTranscript(next, { model: "anthropic/claude-sonnet-4.5" }).messages;
    const twice = api.sanitizeTranscript(once, { model: "anthropic/claude-sonnet-4.5" }).messages;
    if (JSON.stringify(once) !== JSON.stringify(twice)) problems.push("sanitizing twice is not sanitizing once");
    await client.prepare({ model: "m/x", messages: [...next, { role: "user", content: "go on" }], tools });
  } catch (error) {
    problems.push(`it cannot be sent again: ${inspect(error).slice(0, 300)}`);
  }
  return problems;
}

/**
 * The same stream in three cuts: whole, byte by byte (or small where it is long), in pieces of any size.
 * @param {any} api @param {Input} input
 */
export async function check(api, { random, ...input }) {
  const { bytes } = input;
  const small = Math.ceil(bytes.length / 2000) || 1;
  const cuts = [
    [bytes],
    Array.from({ length: Math.ceil(bytes.length / small) }, (_, at) => bytes.subarray(at * small, (at + 1) * small)),
    pieces(bytes, random),
  ];
  const outcomes = [];
  for (const cut of cuts) outcomes.push(await runOnce(api, input, cut));
  const problems = outcomes.flatMap((outcome) => outcome.problems);
  for (const [at, { seen }] of outcomes.entries()) if (seen !== outcomes[0].seen) problems.push(`cut ${at} differs: ${difference(outcomes[0].seen, seen)}`);
  return { outcomes, problems: [...new Set(problems)] };
}

/** @param {Uint8Array} bytes @param {(below: number) => number} random */
function pieces(bytes, random) {
  const all = [];
  for (let from = 0; from < bytes.length; ) {
    const length = 1 + random(random(3) === 0 ? 4000 : 60);
    all.push(bytes.subarray(from, from + length));
    from += length;
  }
  return all;
}

/** @param {string} one @param {string} other */
function difference(one, other) {
  let at = 0;
  while (at < one.length && one[at] === other[at]) at += 1;
  const from = Math.max(0, at - 60);
  return `${one.slice(from, at + 80)} | ${other.slice(from, at + 80)}`;
}
