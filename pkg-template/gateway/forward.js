// Calls that go through as they are: their fields picked, their key ours, their answers metered by what they say themselves.
import { joined, Relay } from "../chat/relay.js";
import { untilLeft } from "../chat/until-left.js";
import { redact } from "../index.js";
import { isOpenStatus } from "../media/billed-statuses.js";
import { picoOfUsd, usdOf } from "../money/amounts.js";
import { claimOf } from "./claims.js";
import { estimateOf } from "./estimate.js";
import { fault, isNeverSent } from "./faults.js";
import { refused, Refusal } from "./refusal.js";
import { readForm, readJson } from "./request-body.js";

/** @import { Exchange } from "./services.js" */
/** @import { GatewayRecord } from "../types/gateway.js" */

/**
 * @typedef {object} Route
 * @property {GatewayRecord["operation"]} operation
 * @property {string} path  at OpenRouter
 * @property {readonly string[]} fields  of the body that go through
 * @property {readonly string[]} [headers]  of the caller that go through
 * @property {import("./options.js").MediaKind} [media]
 * @property {boolean} [isForm]  takes a form with files
 * @property {[name: string, value: string][]} [unstreamed]  what asks for events where there are none
 * @property {[name: string, values: readonly string[]][]} [takes]  the values of fields that do not go through
 * @property {(body: any) => any} [adapt]
 * @property {(body: any) => number} [holdUsd]  where tokens do not tell what it costs
 * @property {string} [model]  where none is asked
 */

/** Of one image, of a character that is spoken, of a recording: dear ones. */
const IMAGE_USD = 0.25, SPOKEN_CHARACTER_USD = 0.0001, RECORDING_USD = 0.1;
const MOST_ERROR_BYTES = 16_384, MOST_BEGINNING_BYTES = 8192, SPACE = 32;
/** Of an answer in one piece; of a longer one both ends. */
const MOST_JSON_BYTES = 4 << 20;
/** Of an answer; what else OpenRouter's servers say of themselves is nobody's business. */
const PASSED_ON = ["content-type", "x-generation-id", "retry-after", "content-disposition"];

/** @type {Record<string, Route>} */
export const ROUTES = {
  "/embeddings": { operation: "embeddings", path: "/embeddings", fields: ["model", "input", "dimensions", "encoding_format", "input_type"] },
  "/images/generations": {
    operation: "image_generation", path: "/images", media: "images", model: "google/gemini-2.5-flash-image",
    fields: ["model", "prompt", "n", "size", "quality", "background", "output_format", "output_compression", "aspect_ratio", "resolution", "seed", "input_references", "stream"],
    // OpenRouter keeps no files: an image has no address, and who asks for one would find `url` missing.
    takes: [["response_format", ["b64_json"]]],
    holdUsd: ({ n }) => IMAGE_USD * (Number.isInteger(n) && n > 0 ? n : 1),
  },
  "/audio/speech": {
    operation: "text_to_speech", path: "/audio/speech", media: "speech", model: "hexgrad/kokoro-82m", fields: ["model", "input", "voice", "response_format", "speed", "instructions"],
    unstreamed: [["stream_format", "sse"]],
    // OpenAI's default, where OpenRouter's is pcm.
    adapt: (body) => ({ response_format: "mp3", ...body }),
    holdUsd: ({ input }) => JSON.stringify(input ?? "").length * SPOKEN_CHARACTER_USD,
  },
  "/audio/transcriptions": {
    operation: "transcription", path: "/audio/transcriptions", media: "transcriptions", model: "openai/whisper-large-v3-turbo", isForm: true,
    fields: ["model", "file", "input_audio", "language", "temperature", "response_format", "timestamp_granularities", "diarize"], holdUsd: () => RECORDING_USD, unstreamed: [["stream", "true"]],
  },
  "/responses": {
    operation: "responses", path: "/responses",
    fields: ["model", "input", "instructions", "tools", "tool_choice", "parallel_tool_calls", "stream", "max_output_tokens", "temperature", "top_p", "reasoning", "text", "truncation", "include"],
    adapt: ownTools,
  },
  "/messages": {
    operation: "messages", path: "/messages", headers: ["anthropic-version", "anthropic-beta"],
    fields: ["model", "messages", "system", "max_tokens", "stream", "temperature", "top_p", "top_k", "stop_sequences", "tools", "tool_choice", "thinking"],
    adapt: ownTools,
  },
};

/** Tools that OpenRouter runs are billed beside the tokens. @param {any} body */
function ownTools(body) {
  if (!Array.isArray(body.tools)) return body;
  const tools = body.tools.filter((/** @type {any} */ tool) => tool?.type === undefined || tool.type === "function" || tool.type === "custom");
  return { ...body, tools };
}

/** @param {Exchange} exchange @param {Route} route @returns {Promise<Response>} */
export async function forward(exchange, route) {
  const { request, rights, services, caller } = exchange;
  if (route.media && !services.settings.media(route.media)) throw new Refusal(404, "not_offered", "This gateway does not offer this");
  const given = route.isForm ? await readForm(request, rights.form) : await readJson(request, rights.body);
  // An SDK that waits for events would wait for ever, and say nothing.
  for (const [name, value] of route.unstreamed ?? []) if (String(given[name]) === value) throw new Refusal(400, "not_streamed", `${name}: this path gives its answer whole: leave it out`);
  for (const [name, values] of route.takes ?? []) {
    if (given[name] !== undefined && given[name] !== null && !values.includes(given[name])) throw new Refusal(400, `invalid_${name}`, `${name}: this path gives ${values.join(" or ")} alone: leave it out`);
  }
  const picked = Object.fromEntries(route.fields.filter((name) => Object.hasOwn(given, name) && given[name] !== null).map((name) => [name, given[name]]));
  const model = services.modelOf(picked.model, caller, route.model);
  const body = (route.adapt ?? ((/** @type {any} */ same) => same))({ ...picked, ...(model !== undefined && { model }) });
  const { maxOutputTokens } = rights;
  if (maxOutputTokens !== undefined) for (const name of ["max_output_tokens", "max_tokens"]) if (route.fields.includes(name)) body[name] = body[name] > 0 ? Math.min(body[name], maxOutputTokens) : maxOutputTokens;
  const known = rights.isBudgeted ? await services.known(model) : undefined;
  const estimate = estimateOf(body, { pricing: known?.pricing, maxOutputTokens });
  const isByTokens = route.holdUsd === undefined;
  const wantedPico = !rights.isBudgeted ? 0n : isByTokens ? estimate.promptPico + (route.operation === "embeddings" ? 0n : estimate.outputPico) : picoOfUsd(/** @type {Function} */ (route.holdUsd)(body));
  const { heldPico } = await services.reserve(exchange, { id: exchange.requestId, wantedPico, leastPico: rights.isBudgeted && isByTokens ? estimate.promptPico : 0n, tokens: estimate.promptTokens });
  const books = new Account(exchange, route, heldPico, model);
  try {
    return await send(exchange, route, body, books);
  } catch (error) {
    await books.release(0, "network");
    throw error;
  }
}

/** @param {Exchange} exchange @param {Route} route @param {any} body @param {Account} books */
async function send({ request, rights, services, headers: own, waitUntil }, route, body, books) {
  const key = await services.apiKey();
  const reader = new AbortController(), late = AbortSignal.timeout(rights.timeoutMs);
  const leaving = AbortSignal.any([request.signal, reader.signal, late].filter(Boolean));
  const isForm = Object.values(body).some((value) => value instanceof Blob);
  const headers = new Headers({ Authorization: `Bearer ${key}`, Accept: request.headers.get("accept") ?? "*/*" });
  for (const name of route.headers ?? []) {
    const value = request.headers.get(name);
    if (value !== null) headers.set(name, value);
  }
  if (!isForm) headers.set("Content-Type", "application/json");
  const relay = new Relay({ isKept: false, idleMs: 0 });
  const fetchIt = relay.around(services.fetch);
  let response;
  try {
    response = await fetchIt(`${services.baseURL}${route.path}`, { method: "POST", headers, body: isForm ? formOf(body) : JSON.stringify(body), redirect: "manual", signal: leaving });
  } catch (cause) {
    const isLate = leaving.aborted && !request.signal?.aborted;
    throw fault({ code: isLate ? "timeout" : "network", message: isLate ? `OpenRouter did not answer within ${rights.timeoutMs} ms` : "OpenRouter could not be reached", isRetryable: !isLate && isNeverSent(cause) }, { cause });
  }
  // A page of some proxy is no answer of OpenRouter's, and would be one of this origin.
  if (/^text\/html\b/i.test(response.headers.get("content-type") ?? "") && response.ok) {
    response.body?.cancel().catch(() => {});
    await books.release(response.status, "bad-response");
    return refused(502, "bad_response", "OpenRouter answered with a page of HTML", ownRetries(route.media !== undefined));
  }
  if (response.status < 200 || response.status >= 300) return failed(response, route, key, books);
  const passed = { ...own };
  for (const name of PASSED_ON) {
    const value = response.headers.get(name);
    if (value !== null) passed[name] = value;
  }
  books.begun(response);
  const { copy } = relay;
  if (!copy) {
    // Sound: it says nothing of its cost, its bill does.
    waitUntil(books.settle(undefined, "complete"));
    return new Response(response.body, { status: response.status, headers: passed });
  }
  // Before it is handed over: its first events have the id of its bill.
  const reading = /** @type {any} */ (response.body).getReader();
  const begun = await beginningOf(reading, copy.isStream, leaving);
  const wrong = begun.isBroken ? brokenOff(leaving, request, rights) : faultIn(begun, copy.isStream);
  if (wrong) {
    for (const branch of [reading, copy.body]) branch?.cancel().catch(() => {});
    reader.abort();
    const said = begun.isBroken ? undefined : usageIn(begun.text, copy.isStream);
    // What was billed, or may have been, is asked for.
    if (begun.isBroken || said.usage || wrong.isUnreadable) waitUntil(books.settle(said, "cut"));
    else await books.release(wrong.status, "upstream");
    const retryAfter = wrong.retryAfter ?? response.headers.get("retry-after");
    const isOpen = begun.isBroken || wrong.isUnreadable || isPaid(route, wrong.status, objectIn(begun.text) ?? {}, said?.usage);
    return refused(wrong.status, wrong.code, redact(wrong.message, { secrets: [key] }), { ...(retryAfter != null && { "Retry-After": String(retryAfter) }), ...ownRetries(isOpen) });
  }
  const metering = endsOf(reading, copy.isStream, leaving, begun.pieces);
  relay.handOver();
  const onLeave = (/** @type {unknown} */ reason) => reader.abort(reason);
  if (!copy.isStream) copy.onLeave(onLeave);
  const handed = copy.isStream ? untilLeft(copy, { cancel: onLeave }, relay) : copy.body;
  waitUntil(metering.then(({ text, isWhole }) => books.settle(usageIn(text, copy.isStream), isWhole ? "complete" : late.aborted ? "timeout" : leaving.aborted ? "aborted" : "cut")));
  return new Response(handed, { status: response.status, headers: passed });
}

/** The SDKs of OpenAI and Anthropic send again by the status alone, unless they are told not to. @param {boolean | undefined} isOpen  it was, or may have been billed @returns {Record<string, string>} */
const ownRetries = (isOpen) => (isOpen ? { "X-Should-Retry": "false" } : {});

/**
 * Whether a failure was paid by what it says, or may have been: media are billed by being sent.
 * @param {Route} route @param {number} status @param {any} upstream @param {any} usage
 */
function isPaid(route, status, upstream, usage) {
  const { usd, outputTokens, implausible } = claimOf(usage);
  return implausible !== undefined || (usd ?? outputTokens ?? 0) > 0 || (route.media !== undefined && isOpenStatus(status, typeof upstream === "object"));
}

/** @param {Response} response @param {Route} route @param {string} key @param {Account} books */
async function failed(response, route, key, books) {
  const reader = response.body?.getReader();
  const { text } = reader ? await beginningOf(reader, false) : { text: "" };
  reader?.cancel().catch(() => {});
  // HTML, or nothing: the status says enough.
  const said = objectIn(text.slice(0, MOST_ERROR_BYTES));
  const { status } = response;
  await books.release(status, "upstream");
  const isRedirect = status < 400;
  const retryAfter = response.headers.get("retry-after");
  const { message, code } = wordsOf(said?.error, `OpenRouter answered with ${status}`);
  const own = ownRetries(isPaid(route, status, said, said?.usage));
  return refused(isRedirect ? 502 : status, code, redact(message, { secrets: [key] }), { ...(retryAfter !== null && { "Retry-After": retryAfter }), ...own });
}

/**
 * What an answer begins with: of a stream up to its first event, of anything else as much as an error may have.
 * @param {{ read(): Promise<{ done: boolean, value?: Uint8Array }> }} reader @param {boolean} isStream @param {AbortSignal} [leaving]
 */
async function beginningOf(reader, isStream, leaving) {
  /** @type {Uint8Array[]} */
  const pieces = [];
  let text = "", isWhole = false, isBroken = false;
  const decoder = new TextDecoder();
  const stopped = leaving && new Promise((_, reject) => leaving.addEventListener("abort", () => reject(leaving.reason), { once: true }));
  try {
    // Padding keeps a connection alive, and says nothing.
    while (text.length < MOST_ERROR_BYTES && !(isStream && firstEventIn(text) !== undefined)) {
      if (leaving?.aborted) throw leaving.reason;
      const { done, value } = /** @type {{ done: boolean, value?: Uint8Array }} */ (await (stopped ? Promise.race([reader.read(), stopped]) : reader.read()));
      isWhole = done;
      if (done) break;
      if (!value) continue;
      pieces.push(value.slice());
      const from = text === "" ? value.findIndex((byte) => byte > SPACE) : 0;
      if (from >= 0) text += decoder.decode(value.subarray(from, from + 2 * MOST_ERROR_BYTES), { stream: true });
    }
  } catch {
    // What has come says how it is told; behind a beginning the rest of it breaks in its reader's hands.
    isBroken = (leaving?.aborted ?? false) || text === "";
  }
  return { pieces, text, isWhole, isBroken };
}

/** The data of the first event, comments and events without any left out; nothing while it is not whole. @param {string} text */
function firstEventIn(text) {
  for (const event of text.split(/\r?\n\r?\n/).slice(0, -1)) {
    const data = event.split(/\r?\n/).flatMap((line) => (line.startsWith("data:") ? [line.slice(5).trimStart()] : [])).join("\n");
    if (data !== "") return data;
  }
  return undefined;
}

/** @param {string} text @returns {any} */
function objectIn(text) {
  try {
    const value = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

/** @typedef {{ status: number, code: string, message: string, retryAfter?: unknown, isUnreadable?: boolean }} Fault */

/** The statuses that the words of OpenAI's and Anthropic's errors stand for. @type {[RegExp, number][]} */
const STATUS_WORDS = [
  [/authentication|invalid_api_key|unauthorized/, 401], [/quota|billing|payment|credit/, 402], [/permission|forbidden/, 403], [/not_found/, 404], [/too_large/, 413], [/rate_limit/, 429],
  [/overloaded|unavailable/, 503], [/timeout/, 504], [/api_error|server_error|internal/, 500], [/invalid|bad_request|context_length/, 400],
];

/** An error inside an answer whose status says that all is well. @param {{ text: string, isWhole: boolean }} begun @param {boolean} isStream @returns {Fault | undefined} */
function faultIn({ text, isWhole }, isStream) {
  if (!isStream && !isWhole) return undefined;
  const data = isStream ? (firstEventIn(isWhole ? `${text}\n\n` : text) ?? (isWhole ? text : undefined)) : text;
  if (data === undefined) return undefined;
  const said = objectIn(data);
  if (!said) return isStream ? undefined : { status: 502, code: "bad_response", message: "OpenRouter answered with something that is no JSON", isUnreadable: true };
  // The events and objects of the Responses API that tell of a failure are answers in its own form.
  if (said.object === "response" || said.response) return undefined;
  const error = said.error ?? (said.type === "error" ? said : undefined);
  if ((typeof error !== "object" && typeof error !== "string") || error === null || error === "") return undefined;
  const { message, code, words } = wordsOf(error, "OpenRouter answered with an error");
  const told = [error.code, error.status, error.status_code, said.code].map(Number).find((status) => status >= 400 && status <= 599);
  return { status: told ?? STATUS_WORDS.find(([pattern]) => pattern.test(words))?.[1] ?? 502, message, code, retryAfter: error.metadata?.retry_after_seconds ?? error.metadata?.headers?.["Retry-After"] };
}

/** @param {any} error @param {string} otherwise */
function wordsOf(error, otherwise) {
  const { message, metadata, code, type } = typeof error === "string" ? { message: error } : /** @type {any} */ (error ?? {});
  const names = [metadata?.error_type, code, type].filter((name) => typeof name === "string" && !/^\d+$/.test(name) && name !== "error");
  return { message: typeof message === "string" && message !== "" ? message : otherwise, code: names[0] ?? "upstream_error", words: names.join(" ").toLowerCase() };
}

/** No more came before anything was handed on. @param {AbortSignal} leaving @param {Request} request @param {import("./options.js").Rights} rights @returns {Fault} */
function brokenOff(leaving, request, rights) {
  if (leaving.aborted && !request.signal?.aborted) return { status: 504, code: "timeout", message: `OpenRouter did not answer within ${rights.timeoutMs} ms` };
  return { status: request.signal?.aborted ? 499 : 502, code: request.signal?.aborted ? "aborted" : "network", message: "The answer of OpenRouter broke off before it began" };
}

/**
 * The beginning and the end of an answer, as far as they are kept, and whether it came whole.
 * @param {{ read(): Promise<{ done: boolean, value?: Uint8Array }>, cancel(reason?: unknown): Promise<unknown> }} reader @param {boolean} isStream @param {AbortSignal} leaving @param {Uint8Array[]} begun  what was read of it before
 */
async function endsOf(reader, isStream, leaving, begun) {
  const MOST = isStream ? 65_536 : MOST_JSON_BYTES, decoder = new TextDecoder();
  let length = begun.reduce((sum, piece) => sum + piece.length, 0), isWhole = false, beginning = "";
  const pieces = begun;
  /** @type {(reason: unknown) => void} */
  let leave = () => {};
  const left = new Promise((_, reject) => void (leave = reject));
  const onLeave = () => leave(leaving.reason);
  leaving.addEventListener("abort", onLeave, { once: true });
  if (leaving.aborted) onLeave();
  try {
    for (;;) {
      // Of an answer that nobody takes no more may come.
      const { done, value } = /** @type {{ done: boolean, value?: Uint8Array }} */ (await Promise.race([reader.read(), left]));
      if (done) break;
      if (!value) continue;
      pieces.push(value);
      length += value.length;
      while (length - pieces[0].length >= MOST) {
        const piece = /** @type {Uint8Array} */ (pieces.shift());
        length -= piece.length;
        beginning ||= `${decoder.decode(piece.subarray(0, MOST_BEGINNING_BYTES))}\n`;
      }
    }
    isWhole = true;
  } catch (reason) {
    reader.cancel(reason).catch(() => {});
  } finally {
    leaving.removeEventListener("abort", onLeave);
  }
  return { isWhole, text: beginning + (pieces.length === 0 ? "" : decoder.decode(joined(pieces))) };
}

/** What an answer says of itself: usage, id, model. @param {string} text @param {boolean} isStream @returns {any} */
function usageIn(text, isStream) {
  /** @type {any} */
  const found = {};
  const take = (/** @type {any} */ event) => {
    for (const place of [event, event?.response, event?.message]) {
      if (typeof place !== "object" || place === null) continue;
      if (typeof place.id === "string" && place.id.startsWith("gen-")) found.id = place.id;
      if (typeof place.model === "string") found.model = place.model;
      // An object of the Responses API says itself what has become of it.
      if (place.object === "response" && typeof place.status === "string") [found.state, found.errorCode] = [place.status, place.error?.code];
      if (typeof place.usage === "object" && place.usage !== null) found.usage = { ...found.usage, ...place.usage };
    }
  };
  const whole = isStream ? undefined : objectIn(text);
  if (whole) take(whole);
  else if (!isStream) {
    // The ends of a long one. Inside a text of JSON there is no such name: its quotes are escaped there.
    const [last] = [...text.matchAll(/"usage"\s*:\s*(\{(?:[^{}]|\{[^{}]*\})*\})/g)].slice(-1);
    take({ usage: last && objectIn(last[1]), id: /"id"\s*:\s*"(gen-[^"]*)"/.exec(text)?.[1], model: /"model"\s*:\s*"([^"]*)"/.exec(text)?.[1] });
  }
  const texts = isStream ? text.split(/\r?\n/).flatMap((line) => (line.startsWith("data:") ? [line.slice(5)] : [])) : [];
  for (const data of texts) {
    if (!data.includes('"usage"') && !data.includes("gen-") && !data.includes('"response"')) continue;
    try {
      take(JSON.parse(data));
    } catch {
      // The first line of a tail may be the end of an event.
    }
  }
  return found;
}

/** @param {any} body */
function formOf(body) {
  const form = new FormData();
  for (const [name, value] of Object.entries(body)) {
    if (value instanceof Blob) form.append(name, value, /** @type {any} */ (value).name ?? "file");
    else if (Array.isArray(value)) for (const item of value) form.append(`${name}[]`, typeof item === "string" ? item : JSON.stringify(item));
    else form.append(name, typeof value === "string" ? value : JSON.stringify(value));
  }
  return form;
}

/** The money of one call, and its record. */
class Account {
  #exchange;
  #route;
  #heldPico;
  #model;
  #firstTokenMs = 0;
  #status = 0;
  /** @type {string | undefined} */
  #generationId;

  /** @param {Exchange} exchange @param {Route} route @param {bigint} heldPico @param {string | undefined} model */
  constructor(exchange, route, heldPico, model) {
    this.#exchange = exchange;
    this.#route = route;
    this.#heldPico = heldPico;
    this.#model = model;
  }

  /** @param {Response} response */
  begun({ status, headers }) {
    this.#status = status;
    this.#generationId = headers.get("x-generation-id") ?? undefined;
    this.#firstTokenMs = Date.now() - this.#exchange.startedAtMs;
  }

  /** @param {number} status @param {string} errorCode */
  async release(status, errorCode) {
    const { services, caller, requestId } = this.#exchange;
    await services.release(caller.id, requestId);
    services.report(this.#exchange, { operation: this.#route.operation, status, requestedModel: this.#model, attempts: 1, costUsd: 0, costSource: "none", errorCode, verdict: "error" });
  }

  /** @param {any} said @param {"complete" | "cut" | "aborted" | "timeout"} verdict */
  async settle(said, verdict) {
    const { services, caller, requestId } = this.#exchange;
    const { implausible, ...claim } = claimOf(said?.usage);
    const generationId = said?.id ?? this.#generationId;
    let { usd, inputTokens, outputTokens } = claim, source = "reported";
    if (usd === undefined) {
      const bill = await services.bill(generationId);
      [usd, source] = [bill?.cost, "recovered"];
      inputTokens ??= bill?.inputTokens;
      outputTokens ??= bill?.outputTokens;
    }
    let pico = usd === undefined ? undefined : picoOfUsd(usd);
    const hasFailed = said?.state === "failed";
    // Of an answer that failed nothing is billed unless it, or its bill, says so.
    if (pico === undefined && hasFailed && implausible === undefined) [pico, source] = [0n, "none"];
    if (pico === undefined && inputTokens !== undefined && implausible === undefined && verdict === "complete") {
      const known = await services.known(said?.model ?? this.#model);
      const { promptPico, tokenPico } = estimateOf({ input: "" }, { pricing: known?.pricing });
      const perToken = estimateOf({ input: "xxxx" }, { pricing: known?.pricing }).promptPico - promptPico;
      if (known?.pricing) [pico, source] = [BigInt(inputTokens) * perToken + BigInt(outputTokens ?? 0) * tokenPico, "computed"];
    }
    if (pico === undefined) [pico, source] = [this.#heldPico, "held"];
    await services.settle(caller.id, requestId, pico, (inputTokens ?? 0) + (outputTokens ?? 0));
    const what = { status: this.#status, requestedModel: this.#model, model: said?.model, generationId, verdict: hasFailed ? "error" : verdict, ...(hasFailed && { errorCode: typeof said.errorCode === "string" ? said.errorCode : "response-failed" }), attempts: 1, inputTokens, outputTokens, costUsd: usdOf(pico), costSource: source, implausible, firstTokenMs: this.#firstTokenMs };
    services.report(this.#exchange, { operation: this.#route.operation, ...what });
  }
}
