// What the gateway tells of each request: one record, without contents and keys.

/** @import { GatewayLog, GatewayRecord } from "../types/gateway.js" */

/** @param {GatewayLog | undefined} log @returns {(record: GatewayRecord) => void} */
export function recorder(log) {
  if (!log) return () => {};
  if (typeof log === "function") return guarded(log);
  // Analytics Engine: twenty numbers and texts a point.
  const { writeDataPoint } = /** @type {any} */ (log);
  if (typeof writeDataPoint === "function") return guarded((record) => /** @type {any} */ (log).writeDataPoint(dataPoint(record)));
  const { write } = /** @type {any} */ (log);
  return guarded((record) => write.call(log, record));
}

/** @param {(record: GatewayRecord) => unknown} write @returns {(record: GatewayRecord) => void} */
function guarded(write) {
  return (record) => {
    try {
      Promise.resolve(write(record)).catch(() => {});
    } catch {
      // To tell of a request must not change how it goes.
    }
  };
}

/** @param {GatewayRecord} record */
function dataPoint({ callerId, path, model, provider, verdict, errorCode, generationId, status, attempts, inputTokens, outputTokens, costUsd, durationMs, firstTokenMs, isCacheHit }) {
  return {
    indexes: [callerId.slice(0, 96)],
    blobs: [path, model ?? "", provider ?? "", verdict ?? "", errorCode ?? "", generationId ?? ""],
    doubles: [status, attempts ?? 0, inputTokens ?? 0, outputTokens ?? 0, costUsd ?? 0, durationMs, firstTokenMs ?? 0, isCacheHit ? 1 : 0],
  };
}

/**
 * The same as a span of OpenTelemetry, by its conventions for generative AI.
 * @param {any} tracer @param {GatewayRecord} record
 */
export function traced(tracer, record) {
  const endMs = Date.now();
  const span = tracer.startSpan(`${record.operation} ${record.model ?? ""}`.trim(), { kind: 1, startTime: endMs - record.durationMs });
  const attributes = {
    "gen_ai.operation.name": record.operation, "gen_ai.provider.name": "openrouter", "gen_ai.request.model": record.requestedModel, "gen_ai.response.model": record.model,
    "gen_ai.response.id": record.generationId, "gen_ai.usage.input_tokens": record.inputTokens, "gen_ai.usage.output_tokens": record.outputTokens,
    "openrouter.cost_usd": record.costUsd, "openrouter.provider": record.provider, "openrouter.verdict": record.verdict, "openrouter.attempts": record.attempts,
    "gateway.caller": record.callerId, "gateway.implausible_usage": record.implausible, "http.response.status_code": record.status, "error.type": record.errorCode,
  };
  for (const [name, value] of Object.entries(attributes)) if (value !== undefined) span.setAttribute(name, value);
  if (record.errorCode !== undefined) span.setStatus({ code: 2 });
  span.end(endMs);
}
