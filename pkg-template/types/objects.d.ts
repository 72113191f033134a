// An object out of a chat.
import type { Schema } from "./schema.js";

/** Form of a run's answer: an object (or any other JSON value). */
export interface SchemaOptions<S = Schema | object | undefined> {
  /**
   * Schema of the answer: JSON Schema, or a Standard Schema that gives it. `result.object` is the checked value, `run.objectStream` the
   * growing one. It is asked for by `response_format` where the model is known to take that (the loaded catalog, `models[ref].supportedParameters`),
   * else by a forced tool call, else by instruction; `result.changes` says which (rule `object`). A value that is no object itself travels as `{"value": ...}`.
   *
   * Faults that leave one reading alone are healed and told in `result.warnings`: fences, text around, brackets that are missing at the end, commas
   * and quotes of JavaScript, unescaped line breaks. An answer that broke off is never closed.
   */
  schema?: S | undefined;
}

/** Options of a run whose answer is to be an object. */
export interface ObjectOptions {
  /** How often an answer that does not fit is asked for again, with what is wrong. Default 1. Then the run fails with `invalid-output`, `issues` and `partial`. */
  maxRepairs?: number | undefined;
}
