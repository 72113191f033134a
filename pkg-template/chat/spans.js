// Spans of OpenTelemetry for runs, attempts, tool calls and other calls, by the GenAI conventions. The tracer is the caller's; nothing of the
// library is in here, only the shape of its API.
import { describe, OpenRouterError, withoutKey } from "../first-part.js";

/** @import { Telemetry, TelemetrySpan } from "../index.js" */

/** Of the API: kinds and status codes. */
const INTERNAL = 0, CLIENT = 2, ERROR = 2;
/** Where the API keeps the span of a context; `createContextKey` is `Symbol.for`. */
const SPAN_KEY = Symbol.for("OpenTelemetry Context Key SPAN");
const API_KEY = Symbol.for("opentelemetry.js.api.1");
const PROVIDER = { "gen_ai.provider.name": "openrouter" };

/** A context with a span in it, above whatever context is active. @param {Span} span @param {any} parent @returns {any} */
function contextOf({ own }, parent) {
  if (!own) return parent;
  /** @param {Map<symbol, unknown>} values @returns {any} */
  const make = (values) => ({
    getValue: (/** @type {symbol} */ key) => (values.has(key) ? values.get(key) : parent?.getValue(key)),
    setValue: (/** @type {symbol} */ key, /** @type {unknown} */ value) => make(new Map(values).set(key, value)),
    deleteValue: (/** @type {symbol} */ key) => make(new Map(values).set(key, undefined)),
  });
  return make(new Map([[SPAN_KEY, own]]));
}

/** What the application is in the middle of, where it has a manager of contexts. @returns {any} */
function activeContext() {
  return /** @type {any} */ (globalThis)[API_KEY]?.context?.active?.();
}

/**
 * A span that changes nothing about what it watches: of a tracer that throws or gives none there is nobody to tell but its owner, who sees no span.
 * @typedef {Pick<TelemetrySpan, "setAttributes" | "setStatus" | "end"> & { own: TelemetrySpan | undefined }} Span
 */

/** @param {Telemetry} telemetry @param {string} name @param {object} options @param {any} context @returns {Span} */
function startSpan({ tracer }, name, options, context) {
  const quietly = (/** @type {() => any} */ act) => {
    try {
      return act();
    } catch {
      return undefined;
    }
  };
  /** @type {TelemetrySpan | undefined} */
  const own = quietly(() => tracer.startSpan(name, options, context));
  return {
    own,
    setAttributes: (attributes) => quietly(() => own?.setAttributes(attributes)),
    setStatus: (status) => quietly(() => own?.setStatus(status)),
    end: () => quietly(() => own?.end()),
  };
}

/** Everything that is defined. @param {Record<string, unknown>} attributes */
function defined(attributes) {
  return Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== undefined && value !== null));
}

/** @param {Span} span @param {unknown} error @param {string} [type] */
function fail(span, error, type) {
  const isOurs = OpenRouterError.isInstance(error);
  const message = withoutKey(error instanceof Error ? error.message : describe(error), "");
  span.setAttributes(defined({ "error.type": type ?? (isOurs ? error.code : error instanceof Error ? error.name : "error"), "http.response.status_code": isOurs ? error.status : undefined }));
  span.setStatus({ code: ERROR, message });
}

/** What an answer used, as it is told everywhere. @param {any} usage */
function usageOf(usage) {
  if (!usage) return {};
  const { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens, cost } = usage;
  return {
    "gen_ai.usage.input_tokens": inputTokens === undefined ? undefined : inputTokens + (cacheReadTokens ?? 0) + (cacheWriteTokens ?? 0),
    "gen_ai.usage.output_tokens": outputTokens,
    "gen_ai.usage.cache_read.input_tokens": cacheReadTokens || undefined,
    "openrouter.cost_usd": cost,
  };
}

/** The spans of one run. */
export class RunSpans {
  #telemetry;
  #run;
  #context;
  /** Of the request that is on its way. @type {Span | undefined} */
  #attempt;
  #step = 0;

  /** @param {Telemetry} telemetry @param {{ model?: unknown, messages?: unknown }} request */
  constructor(telemetry, { model, messages }) {
    this.#telemetry = telemetry;
    const parent = activeContext();
    const content = telemetry.recordContent === true && messages !== undefined ? { "gen_ai.input.messages": JSON.stringify(messages) } : {};
    const attributes = defined({ ...PROVIDER, "gen_ai.operation.name": "invoke_agent", "gen_ai.request.model": typeof model === "string" ? model : undefined, ...content });
    this.#run = startSpan(telemetry, "invoke_agent", { kind: INTERNAL, attributes }, parent);
    this.#context = contextOf(this.#run, parent);
  }

  /** A request goes out. @param {string} model */
  attempt(model) {
    const attributes = { ...PROVIDER, "gen_ai.operation.name": "chat", "gen_ai.request.model": model, "openrouter.step": this.#step };
    this.#attempt = startSpan(this.#telemetry, `chat ${model}`, { kind: CLIENT, attributes }, this.#context);
  }

  /** It came to nothing, and another goes out. @param {any} event  `retry` or `fallback`, or none */
  again(event) {
    const span = this.#attempt;
    this.#attempt = undefined;
    if (!span) return;
    if (event?.error) fail(span, event.error);
    span.end();
  }

  /** Its answer is whole. @param {any} finished */
  answered({ reason, nativeReason, usage, message, model, provider, id }) {
    const span = this.#attempt;
    this.#attempt = undefined;
    this.#step += 1;
    const told = { "gen_ai.response.model": model, "gen_ai.response.id": id, "gen_ai.response.finish_reasons": [reason], "openrouter.finish_reason.native": nativeReason, "openrouter.provider": provider };
    const content = this.#telemetry.recordContent === true ? { "gen_ai.output.messages": JSON.stringify([message]) } : {};
    span?.setAttributes(defined({ ...told, ...usageOf(usage), ...content }));
    span?.end();
  }

  /** A tool whose calls are spans. @template {(input: any, context: any) => unknown} F @param {string} name @param {F} execute @returns {F} */
  tool(name, execute) {
    const traced = async (/** @type {any} */ input, /** @type {any} */ context) => {
      const content = this.#telemetry.recordContent === true ? { "gen_ai.tool.call.arguments": JSON.stringify(input) } : {};
      const attributes = defined({ "gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": name, "gen_ai.tool.call.id": context?.toolCallId, "gen_ai.tool.type": "function", ...content });
      const span = startSpan(this.#telemetry, `execute_tool ${name}`, { kind: INTERNAL, attributes }, this.#context);
      try {
        return await execute(input, context);
      } catch (error) {
        fail(span, error);
        throw error;
      } finally {
        span.end();
      }
    };
    return /** @type {any} */ (traced);
  }

  /** @param {string} verdict @param {unknown} error @param {any} result @param {any} partial */
  ended(verdict, error, result, partial) {
    const { model, provider, id, usage } = result ?? partial ?? {};
    for (const span of [this.#attempt, this.#run]) {
      if (!span) continue;
      if (verdict === "aborted") span.setAttributes({ "error.type": "aborted" });
      else if (!result) fail(span, error);
    }
    this.#attempt?.end();
    this.#attempt = undefined;
    this.#run.setAttributes(defined({ "gen_ai.response.model": model, "gen_ai.response.id": id, "openrouter.provider": provider, "openrouter.verdict": verdict, ...usageOf(usage), "openrouter.cost_usd": result?.cost?.total ?? usage?.cost }));
    this.#run.end();
  }
}

/**
 * A call that is no chat, as one span.
 * @template T
 * @param {Telemetry} telemetry @param {string} operation @param {string} model @param {() => Promise<T>} send
 * @returns {Promise<T>}
 */
export async function tracedCall(telemetry, operation, model, send) {
  const attributes = { ...PROVIDER, "gen_ai.operation.name": operation, "gen_ai.request.model": model };
  const span = startSpan(telemetry, `${operation} ${model}`, { kind: CLIENT, attributes }, activeContext());
  try {
    const answer = /** @type {any} */ (await send());
    const { usage, id, provider, model: answered } = answer ?? {};
    span.setAttributes(defined({ "gen_ai.response.model": answered, "gen_ai.response.id": id, "openrouter.provider": provider, ...usageOf(usage) }));
    return answer;
  } catch (error) {
    fail(span, error);
    throw error;
  } finally {
    span.end();
  }
}
