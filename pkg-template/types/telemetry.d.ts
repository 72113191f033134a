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

/** Tracer, which makes the spans. */
export interface TelemetryTracer {
  /** Begins a span. */
  startSpan(name: string, options?: any, context?: any): TelemetrySpan;
}

/** Tracer for the spans, and what they may hold. */
export interface Telemetry {
  /** `trace.getTracer("my-app")`. */
  tracer: TelemetryTracer;
  /** Also messages, arguments and answers. Default false. A key is never in a span. */
  recordContent?: boolean | undefined;
}

/** Names and words in answers that this version does not know: how often, by kind. */
export interface Drift {
  /** `finish_reason`, `usage` (a field of it), `answer` (any other field), `value` (a word where only certain ones stand). */
  kind: "finish_reason" | "usage" | "answer" | "value";
  /**
   * The word, or the name with its place: `prompt_tokens_details.new_tokens`, `choices.delta.new`, `choices.delta.reasoning_details.type=reasoning.new`;
   * of what is no chat with the call in front: `rerank: results.new`.
   */
  value: string;
  /** The answers that had it. */
  count: number;
}
