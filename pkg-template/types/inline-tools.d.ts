// Tools written out in a request: the types of their inputs and of their events, without a call of `tool`.
import type { CacheControl } from "./messages.js";
import type { OutputOf, InputOf } from "./schema.js";
import type { ServerTool } from "./server-tools.js";
import type { ToolContext, TypedTool } from "./tools.js";

/** Input of a tool without a schema, or with one that the compiler cannot read. */
type Free = Record<string, unknown>;
type IsAny<T> = 0 extends 1 & T ? true : false;
type Known<T> = IsAny<T> extends true ? Free : unknown extends T ? Free : T;

/** Input of `execute`. */
export type ExecuteInput<Parameters> = [Parameters] extends [undefined] ? Free : Known<OutputOf<Parameters>>;

/** A method's type: an `execute` whose input is annotated by the caller may ask for less than the schema gives. As a property it may be undefined. */
type Executed<Parameters, Output> = { of(input: ExecuteInput<Parameters>, context: ToolContext): Output }["of"];

/**
 * A tool in a request's list: `Name`, `Parameters` and `Output` are inferred from what is written there, `Types` from what {@link tool} made.
 * `execute` gets what the schema's own validation gives (a Standard Schema), what a JSON Schema literal says, else `Record<string, unknown>`.
 */
export type InlineTool<Name extends string | undefined, Parameters, Output, Types> =
  | { readonly name: Name; readonly type?: undefined; readonly description?: string | undefined; readonly parameters?: Parameters | undefined; readonly strict?: boolean | undefined; readonly cache_control?: CacheControl | undefined; execute?: Executed<Parameters, Output> | undefined; readonly "~types"?: Types }
  | { readonly name?: undefined; readonly type: "function"; readonly function: { readonly name: Name; readonly description?: string | undefined; readonly parameters?: Parameters | undefined; readonly strict?: boolean | null | undefined; readonly defer_loading?: boolean | undefined }; readonly cache_control?: CacheControl | undefined; readonly defer_loading?: boolean | undefined; execute?: Executed<Parameters, Output> | undefined }
  | (ServerTool & { readonly name?: undefined });

/** A tool behind the twelfth of a list. */
export type FreeTool = InlineTool<string, unknown, unknown, unknown>;

/** Type of one tool in a run's list: `never` for a tool without a name, which is not called here. */
export type KnownTool<Name, Parameters, Output, Types> = [Name] extends [undefined]
  ? never
  : [Types] extends [undefined]
    ? TypedTool<Name & string, [Parameters] extends [undefined] ? Record<string, any> : InputOf<Parameters>, Output>
    : { readonly name: Name & string; readonly "~types"?: Types };

/** The tools of a run; of a list with more than twelve nothing is known but that it has names. */
export type KnownTools<Tools extends readonly unknown[], More> = [More] extends [never] ? Tools : readonly { readonly name: string }[];

/**
 * A request whose tools are a list that was made elsewhere. Tools that are written out in the request are read one by one. No part of the type of
 * `tools` itself: compilers before 5.3 see no `const` parameter through it, and would take a list that is written out for one of any length.
 */
export type OfAnyLength<Tools extends readonly unknown[]> = number extends Tools["length"] ? unknown : { tools?: never };
