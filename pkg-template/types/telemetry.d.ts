// OpenTelemetry, by the shape of its API: pass a tracer of `@opentelemetry/api` or anything that has these methods.

/** One span of a trace. */
export interface TelemetrySpan {
  /** Adds attributes. */
  setAttributes(attributes: Record<string, any>): unknown;
  /** Says how it ended. */
  setStatus(status: { code: number; message?: string }): unknown;
  /** Ends it. */
  end(): void;
}

/** What makes spans. */
export interface TelemetryTracer {
  /** Begins a span. */
  startSpan(name: string, options?: any, context?: any): TelemetrySpan;
}

/** Where spans go. */
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
  /** How often it was seen. */
  count: number;
}
