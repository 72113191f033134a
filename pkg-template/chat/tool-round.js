// The tools of one step: run side by side, their results in the order of the calls. The engine decides which ones run.
import { describe, OpenRouterError } from "../first-part.js";

/** @import { ChatMessage, ToolApproval, ToolCallInfo } from "../index.js" */

/** As much of broken arguments goes back to the model, which no longer sees them in its own message. */
const SHOWN_CHARS = 2000;

/**
 * A call as the engine decided about it.
 * @typedef {Omit<import("../engine/contract.js").PlannedCall, "verdict"> & { verdict: import("../engine/contract.js").CallVerdict | "given", output?: unknown, isApproved?: boolean }} PlannedCall
 *   `given`: the caller brings the output; `isApproved`: somebody said yes already
 */

/**
 * @typedef {object} ToolRoundPlan
 * @property {PlannedCall[]} calls
 * @property {Map<string, any>} inputs  parsed arguments by call id
 * @property {Map<string, string>} broken  arguments that were no JSON object
 * @property {Map<string, (input: any, context: { signal: AbortSignal, toolCallId: string }) => unknown>} executables  by name
 * @property {((call: ToolCallInfo, context: { signal: AbortSignal }) => ToolApproval | Promise<ToolApproval>) | undefined} approve
 * @property {((name: string, input: any) => Promise<{ input: any } | { problem: string }>) | undefined} check  of the arguments
 * @property {AbortSignal} signal
 * @property {(text: string) => string} masked  without the client's key
 * @property {(cause: unknown) => unknown} maskedCause
 * @property {(id: string) => void} onLater  a call that somebody will decide about later
 * @property {(event: { id: string, name: string, output: unknown }) => void} onProgress
 * @property {(event: { id: string, name: string, output?: unknown, error?: OpenRouterError }) => void} onResult  as each one is there
 */

/**
 * Runs the tools. Resolves to the messages that answer the calls, but for those that wait; rejects only when the caller's own `approve` fails.
 * @param {ToolRoundPlan} plan
 * @returns {Promise<ChatMessage[]>}
 */
export async function runTools(plan) {
  const answered = plan.calls.filter((call) => call.verdict !== "leave");
  const messages = await Promise.all(answered.map((call) => answer(call, plan)));
  return messages.filter((message) => message !== undefined);
}

/** @param {PlannedCall} call @param {ToolRoundPlan} plan @returns {Promise<ChatMessage | undefined>} */
async function answer({ id, name, error, verdict: planned, output: given, isApproved }, plan) {
  /** @param {string} problem @param {unknown} [cause] */
  const failed = (problem, cause) => {
    problem = plan.masked(problem);
    plan.onResult({ id, name, error: new OpenRouterError({ code: "tool", message: `${name}: ${problem}` }, cause === undefined ? {} : { cause: plan.maskedCause(cause) }) });
    return toolMessage(id, `Error: ${problem}`);
  };
  if (error !== undefined) {
    const broken = plan.broken.get(id);
    return failed(broken === undefined ? error : `${error}. They were: ${broken.slice(0, SHOWN_CHARS)}`);
  }
  const { signal, approve } = plan;
  const execute = /** @type {(input: any, context: { signal: AbortSignal, toolCallId: string }) => unknown} */ (plan.executables.get(name));
  let input = plan.inputs.get(id);
  if (planned === "run") {
    // Before anybody is asked about it: wrong arguments are the model's to mend.
    const checked = await plan.check?.(name, input);
    if (checked && "problem" in checked) return failed(checked.problem);
    if (checked) input = checked.input;
    if (signal.aborted) return failed("the run was over before the call could start");
  }
  if (approve && !isApproved && planned === "run") {
    const verdict = await approve({ id, name, input }, { signal });
    // A yes to a chat that is over should not start anything.
    if (signal.aborted) return failed("the run was over before the call was approved");
    if (verdict === "later") {
      plan.onLater(id);
      return undefined;
    }
    if (!isVerdict(verdict)) throw new TypeError('it must give true, false, "later", { approved, reason } or { deny }');
    const isYes = typeof verdict === "object" && verdict !== null ? verdict.approved === true : verdict === true;
    if (!isYes) return failed((typeof verdict === "object" && (verdict?.reason || verdict?.deny)) || "the call was not approved");
  }
  let output, content;
  try {
    output = planned === "given" ? given : await execute(input, { signal, toolCallId: id });
    if (isGenerator(output)) output = await lastOf(output, signal, (progress) => plan.onProgress({ id, name, output: progress }));
    content = contentOf(output);
  } catch (cause) {
    return failed(describe(cause), cause);
  }
  plan.onResult({ id, name, output });
  return toolMessage(id, content);
}

/** @param {any} verdict */
function isVerdict(verdict) {
  return typeof verdict === "boolean" || typeof verdict?.approved === "boolean" || typeof verdict?.deny === "string";
}

/** Of a generator function, async or not: what it yields are words on the way. A value that is only iterable is an output like any other. @param {any} output @returns {output is AsyncGenerator} */
function isGenerator(output) {
  const isIterable = typeof output?.[Symbol.asyncIterator] === "function" || typeof output?.[Symbol.iterator] === "function";
  return isIterable && typeof output.next === "function" && typeof output.return === "function";
}

/** What a generator returns. @param {AsyncGenerator} generator @param {AbortSignal} signal @param {(yielded: unknown) => void} onYield */
async function lastOf(generator, signal, onYield) {
  for (;;) {
    const { value, done } = await generator.next();
    if (done) return value;
    if (signal.aborted) {
      // Its `finally` runs; what it gives up for may take its time.
      Promise.resolve(generator.return(undefined)).catch(() => {});
      throw signal.reason;
    }
    onYield(value);
  }
}

/** @param {string} id @param {any} content @returns {ChatMessage} */
function toolMessage(id, content) {
  return { role: "tool", tool_call_id: id, content };
}

/** What a model is given of an output: texts and content parts as they are, anything else as JSON. @param {unknown} output */
function contentOf(output) {
  if (output === undefined || output === null) return "";
  if (typeof output === "string") return output;
  const isParts = Array.isArray(output) && output.length > 0 && output.every((part) => part?.type === "text" || part?.type === "image_url");
  // Also what goes as it is has to go as JSON: a circle in it is the tool's error and not the run's.
  const json = JSON.stringify(output, written);
  if (json === undefined) throw nothingToRead(`a ${typeof output}`);
  return isParts ? output : json;
}

/** What JSON would make `{}` or `null` of without a word. @param {string} _ @param {any} value */
function written(_, value) {
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  const tag = Object.prototype.toString.call(value).slice(8, -1);
  if (tag === "Map") return [...value.keys()].every((key) => typeof key === "string") ? Object.fromEntries(value) : [...value];
  if (tag === "Set") return [...value];
  if (value instanceof Error || tag === "Error") return { name: value.name, message: describe(value), ...value };
  const isOpaque = ArrayBuffer.isView(value) || (tag !== "Object" && Object.keys(value).length === 0);
  if (isOpaque) throw nothingToRead(`a ${tag}`);
  return value;
}

/** @param {string} what */
const nothingToRead = (what) => new TypeError(`the tool gave ${what}, which a model cannot read: text, plain data and content parts are outputs`);
