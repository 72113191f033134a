// A run that waits for its caller, as plain JSON: written, sealed, read again, taken up.
import { describe, invalidRequest, json, OpenRouterError, reading } from "../first-part.js";

/** @import { ChatMessage, PendingCall, RunState, StepResult } from "../index.js" */
/** @import { PlannedCall } from "./tool-round.js" */

/**
 * A run as another one goes on with it.
 * @typedef {object} EarlierRun
 * @property {ChatMessage[]} messages  before the answer whose calls wait
 * @property {ChatMessage[]} added  that answer, and the results that are there
 * @property {StepResult[]} steps
 * @property {any[]} money
 * @property {PlannedCall[]} calls
 * @property {Map<string, any>} inputs
 * @property {any} finished  as the engine said it
 */
/**
 * What is decided about the calls that wait.
 * @typedef {object} Decisions
 * @property {Record<string, boolean | { deny: string } | { approved: boolean, reason?: string }>} [approvals]  by call id
 * @property {Record<string, unknown>} [results]  by call id
 * @property {string} [secret]
 * @property {(id: string) => boolean | Promise<boolean>} [claim]  whether this state may be used: false when it was before
 */

const KIND = "openrouter-wasm/run", VERSION = 1;
/** The engine's. */
const DEFAULT_MAX_STEPS = 20;
/** Fields of a request that are no data, or that may hold a key. */
const LEFT_OUT = new Set(["messages", "signal", "headers", "stopWhen", "approve", "prepareStep", "resizeImage"]);

/** States that were used in this process, the newest last. @type {Set<string>} */
const used = new Set();
const MAX_REMEMBERED = 10_000;

const encoder = new TextEncoder();

/**
 * The state of a run that waits.
 * @param {any} request @param {{ messages: ChatMessage[], steps: StepResult[], pending: PendingCall[], money: any[], answer: any }} run
 * @param {{ secret?: string }} options
 * @returns {Promise<RunState>}
 */
export async function sealRun(request, { messages, steps, pending, money, answer }, options) {
  const secret = reading("options", () => secretIn(options));
  if (pending.length === 0) throw invalidRequest("state: nothing is pending: the run ended by itself, and result.messages is all that the next one needs");
  // By their places: each message is in the state once.
  const places = new Map(messages.map((message, number) => [message, number]));
  const place = (/** @type {ChatMessage} */ message) => places.get(message) ?? -1;
  const state = {
    kind: KIND,
    version: VERSION,
    id: crypto.randomUUID(),
    createdAtMs: Date.now(),
    request: await dataOf(request),
    messages,
    steps: steps.map(({ message, toolResults, ...step }) => ({ ...step, message: place(message), ...(toolResults && { toolResults: toolResults.map(place) }) })),
    answer,
    pending,
    money,
  };
  // The state is signed as JSON has it.
  const plain = JSON.parse(JSON.stringify(state));
  return { ...plain, seal: await sealOf(plain, secret) };
}

/** The fields of a request that can be written down: schemas as JSON Schema, tools without what runs them. @param {any} request */
async function dataOf(request) {
  const { readSchema } = await import("../tools-part.js");
  /** @type {Record<string, unknown>} */
  const data = {};
  for (const [name, value] of Object.entries(request)) {
    if (LEFT_OUT.has(name) || typeof value === "function") continue;
    if (name === "schema") data.schema = readSchema(value, "schema").json;
    else if (name === "tools" && Array.isArray(value)) data.tools = value.map((tool, number) => toolData(tool, number, readSchema));
    else data[name] = value;
  }
  return data;
}

/** @param {any} tool @param {number} number @param {typeof import("../tools/schema.js").readSchema} readSchema */
function toolData(tool, number, readSchema) {
  const { execute, ...rest } = tool;
  const written = (/** @type {any} */ holder) => (holder?.parameters ? { ...holder, parameters: readSchema(holder.parameters, `tools[${number}].parameters`).json } : holder);
  const { function: inner } = rest;
  return inner ? { ...rest, function: written(inner) } : written(rest);
}

/** The tools of the first run, those that are given again in their place, and the new ones. @param {unknown} before @param {any[]} given */
export function mergedTools(before, given) {
  const nameOf = (/** @type {any} */ tool) => tool?.name ?? tool?.function?.name ?? tool?.type;
  const names = new Map(given.map((tool) => [nameOf(tool), tool]));
  const kept = (Array.isArray(before) ? before : []).map((tool) => {
    const again = names.get(nameOf(tool));
    names.delete(nameOf(tool));
    return again ?? tool;
  });
  return [...kept, ...names.values()];
}

/**
 * Reads a state and takes it up: refuses what is none, is of another version, was tampered with or used before, and decisions that leave a call
 * open or are about none.
 * @param {any} state @param {Decisions} decisions @param {any} request  as the new run has it
 * @returns {Promise<EarlierRun>}
 */
export async function takeUpRun(state, decisions, request) {
  const { seal, ...sealed } = state;
  if (state.kind !== KIND) throw invalidRequest("state: must be what run.state() gave");
  if (state.version !== VERSION) throw invalidRequest(`state.version: is ${JSON.stringify(state.version)}, and this version of the package reads ${VERSION}`);
  if (decisions.claim !== undefined && typeof decisions.claim !== "function") throw invalidRequest("claim: must be a function");
  await checkSeal(sealed, seal, decisions.secret);
  const { id, messages, pending, steps, money, answer } = structuredClone(sealed);
  for (const [name, value] of Object.entries({ messages, pending, steps, money })) {
    if (!Array.isArray(value)) throw invalidRequest(`state.${name}: must be a list`);
  }
  if (steps.length === 0 || !messages[steps.at(-1).message]) throw invalidRequest("state.steps: names no answer");
  const calls = decided(pending, decisions, request);
  if (steps.length >= (request.maxSteps ?? DEFAULT_MAX_STEPS) && request.onMaxSteps !== "answer") {
    throw new OpenRouterError({ code: "max-steps", message: `the run has sent ${steps.length} requests, and no more are allowed (maxSteps)` });
  }
  if (used.has(id)) throw alreadyUsed();
  // Before the first wait: of two that come at once one has it.
  used.add(id);
  for (const oldest of used) {
    if (used.size <= MAX_REMEMBERED) break;
    used.delete(oldest);
  }
  let isFree = true;
  try {
    isFree = decisions.claim === undefined || (await decisions.claim(id)) !== false;
  } catch (cause) {
    used.delete(id);
    throw new OpenRouterError({ code: "tool", message: `claim() failed: ${describe(cause)}` }, { cause });
  }
  if (!isFree) throw alreadyUsed();
  const read = steps.map((/** @type {any} */ { message, toolResults, ...step }) => ({
    ...step,
    message: messages[message],
    ...(toolResults && { toolResults: toolResults.map((/** @type {number} */ number) => messages[number]) }),
  }));
  const last = steps.at(-1).message;
  return {
    messages: messages.slice(0, last),
    added: messages.slice(last),
    steps: read,
    money,
    calls,
    inputs: new Map(pending.map((/** @type {PendingCall} */ call) => [call.id, call.input])),
    finished: { ...answer, message: messages[last] },
  };
}

function alreadyUsed() {
  return new OpenRouterError({ code: "already-consumed", message: "state: was used before: each state goes on once" });
}

/** What becomes of each call. @param {PendingCall[]} pending @param {Decisions} decisions @param {any} request @returns {PlannedCall[]} */
function decided(pending, { approvals = {}, results = {} }, { tools }) {
  const ids = new Set(pending.map(({ id }) => id));
  for (const [name, all] of Object.entries({ approvals, results })) {
    if (typeof all !== "object" || all === null || Array.isArray(all)) throw invalidRequest(`${name}: must be an object by call id`);
    const unknown = Object.keys(all).find((id) => !ids.has(id));
    if (unknown !== undefined) throw invalidRequest(`${name}.${unknown}: no such call is pending; there are ${pending.map(({ id }) => id).join(", ")}`);
  }
  const running = (Array.isArray(tools) ? tools : []).filter((tool) => typeof tool?.execute === "function").map((tool) => tool.name ?? tool.function?.name);
  const names = new Set(running);
  const runs = (/** @type {string} */ name) => names.has(name);
  return pending.map(({ id, name }) => {
    if (Object.hasOwn(results, id)) {
      if (results[id] === undefined) throw invalidRequest(`results.${id}: is undefined`);
      // Told before anything is sent: a tool's own output that cannot be written is the model's to hear of, this is the caller's.
      json(`results.${id}`, results[id]);
      return { id, name, verdict: "given", output: results[id] };
    }
    if (!Object.hasOwn(approvals, id)) throw invalidRequest(`approvals.${id}: nothing is said about this call of ${name}: approve it, deny it or give its result`);
    const approval = /** @type {any} */ (approvals)[id];
    const isYes = approval === true || approval?.approved === true;
    if (!isYes && approval !== false && (typeof approval !== "object" || approval === null)) throw invalidRequest(`approvals.${id}: must be true, false or { deny: reason }`);
    if (!isYes) return { id, name, verdict: "answer", error: approval?.deny || approval?.reason || "the call was not approved" };
    if (!runs(name)) throw invalidRequest(`approvals.${id}: ${name} has no execute here: pass it in tools, or give results.${id}`);
    return { id, name, verdict: "run", isApproved: true };
  });
}

/** A name that is none would leave the state without a signature, and nobody would know. @param {any} options @returns {string | undefined} */
function secretIn(options) {
  if (typeof options !== "object" || options === null) throw invalidRequest("options: must be an object");
  const { secret, ...others } = options, [stray] = Object.keys(others);
  if (stray !== undefined) throw invalidRequest(`${stray}: is no option of state(), which takes secret alone`);
  checkSecret(secret);
  return secret;
}

/** @param {unknown} secret */
function checkSecret(secret) {
  if (secret !== undefined && !(typeof secret === "string" && secret !== "")) throw invalidRequest("secret: must be a string that is not empty");
}

/** Without a secret a digest: it tells of accidents, not of ill will. @param {object} state @param {string | undefined} secret */
async function sealOf(state, secret) {
  const bytes = encoder.encode(canonical(state));
  if (secret === undefined) return { algorithm: "SHA-256", value: hex(await crypto.subtle.digest("SHA-256", bytes)) };
  return { algorithm: "HMAC-SHA-256", value: hex(await crypto.subtle.sign("HMAC", await hmacKey(secret), bytes)) };
}

/** @param {object} state @param {any} seal @param {string | undefined} secret */
async function checkSeal(state, seal, secret) {
  checkSecret(secret);
  const algorithm = secret === undefined ? "SHA-256" : "HMAC-SHA-256";
  if (typeof seal?.value !== "string") throw invalidRequest("state.seal: is missing");
  if (seal.algorithm !== algorithm) throw invalidRequest(`state.seal: ${secret === undefined ? "the state was signed: pass its secret" : "the state was not signed with a secret"}`);
  const bytes = encoder.encode(canonical(state));
  const isRight = secret === undefined
    ? seal.value === hex(await crypto.subtle.digest("SHA-256", bytes))
    : await crypto.subtle.verify("HMAC", await hmacKey(secret), unhex(seal.value), bytes);
  if (!isRight) throw invalidRequest(`state.seal: does not fit: the state was changed${secret === undefined ? "" : ", or the secret is another"}`);
}

/** @param {string} secret */
function hmacKey(secret) {
  return crypto.subtle.importKey("raw", encoder.encode(secret), { name: "HMAC", hash: "SHA-256" }, false, ["sign", "verify"]);
}

/** The same text whatever order a store gives the fields back in. @param {any} value @returns {string} */
function canonical(value) {
  if (Array.isArray(value)) return `[${value.map((item) => canonical(item ?? null)).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const names = Object.keys(value).filter((name) => value[name] !== undefined).sort();
  return `{${names.map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join(",")}}`;
}

/** @param {ArrayBuffer} buffer */
function hex(buffer) {
  return Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** @param {string} text */
function unhex(text) {
  return Uint8Array.from(text.match(/[\da-f]{2}/g) ?? [], (pair) => Number.parseInt(pair, 16));
}
