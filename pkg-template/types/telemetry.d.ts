// OpenTelemetry, by the shape of its API: pass a tracer of `@opentelemetry/api` or anything that has these methods.

export interface TelemetrySpan {
  setAttributes(attributes: Record<string, any>): unknown;
  setStatus(status: { code: number; message?: string }): unknown;
  end(): void;
}

export interface TelemetryTracer {
  startSpan(name: string, options?: any, context?: any): TelemetrySpan;
}

export interface Telemetry {
  /** `trace.getTracer("my-app")`. */
  tracer: TelemetryTracer;
  /** Also messages, arguments and answers. Default false. A key is never in a span. */
  recordContent?: boolean | undefined;
}

/** What answers had that this version does not know: how often, by kind. */
export interface Drift {
  /** `finish_reason`, `usage` (a field of it), `answer` (a field beside those that are read). */
  kind: "finish_reason" | "usage" | "answer";
  /** The value, or the name with its place: `prompt_tokens_details.new_tokens`. */
  value: string;
  count: number;
}
