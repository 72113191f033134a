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
