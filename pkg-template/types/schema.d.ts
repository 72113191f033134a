// Schemas, and what values of them are: JSON Schema as a literal, and the Standard Schema of any library.

/** A Standard Schema that gives JSON Schema: zod 4.2 and newer, ArkType 2.1.28 and newer, Valibot by `toStandardJsonSchema`. */
export interface StandardJsonSchema<Input = unknown, Output = Input> {
  /** The schema, by the Standard Schema's own shape. */
  readonly "~standard": {
    /** The version of the Standard Schema. */
    readonly version: 1;
    /** The library's name. */
    readonly vendor: string;
    /** Checks a value, and gives what the library makes of it. */
    readonly validate?: (value: unknown, ...rest: any[]) => unknown;
    /** Only in types. */
    readonly types?: { readonly input: Input; readonly output: Output } | undefined;
    /** Gives the JSON Schema. */
    readonly jsonSchema: { readonly input: (options: any) => Record<string, unknown>; readonly output?: (options: any) => Record<string, unknown> };
  };
}

/** JSON Schema (drafts 4 to 2020-12; without `$schema` it is read as 2020-12), or a Standard Schema that gives it. */
export type Schema = StandardJsonSchema<any, any> | { readonly [keyword: string]: unknown; readonly "~standard"?: undefined };

/** Value that a schema's own `validate` gives; of JSON Schema the value that it describes, `any` where that is not known. */
export type OutputOf<S> = S extends { readonly "~standard": { readonly types?: infer Types } } ? Side<Types, "output"> : JsonValueOf<S>;

/** Value that the model writes: before the schema's own defaults and transforms. */
export type InputOf<S> = S extends { readonly "~standard": { readonly types?: infer Types } } ? Side<Types, "input"> : JsonValueOf<S>;

type Side<Types, Name extends "input" | "output"> = NonNullable<Types> extends { readonly [K in Name]: infer Value } ? Value : any;

/** The values of a JSON Schema that is written out as a literal. */
export type JsonValueOf<S> =
  S extends { readonly const: infer Value } ? Value
  : S extends { readonly enum: readonly (infer Value)[] } ? Value
  : S extends { readonly anyOf: readonly (infer Option)[] } ? JsonValueOf<Option>
  : S extends { readonly oneOf: readonly (infer Option)[] } ? JsonValueOf<Option>
  : S extends { readonly type: infer Kind } ? (Kind extends readonly (infer One)[] ? OfKind<S, One> : OfKind<S, Kind>)
  : any;

type OfKind<S, Kind> =
  string extends Kind ? any
  : Kind extends "string" ? string
  : Kind extends "number" | "integer" ? number
  : Kind extends "boolean" ? boolean
  : Kind extends "null" ? null
  : Kind extends "array" ? (S extends { readonly items: infer Item } ? JsonValueOf<Item>[] : any[])
  : Kind extends "object" ? ObjectOf<S>
  : any;

type ObjectOf<S> = S extends { readonly properties: infer Properties }
  ? Flat<
      & { -readonly [Name in keyof Properties as Name extends RequiredOf<S> ? Name : never]: JsonValueOf<Properties[Name]> }
      & { -readonly [Name in keyof Properties as Name extends RequiredOf<S> ? never : Name]?: JsonValueOf<Properties[Name]> }
    >
  : Record<string, any>;

type RequiredOf<S> = S extends { readonly required: readonly (infer Name)[] } ? Name : never;

type Flat<T> = { [Name in keyof T]: T[Name] };

/** A value that does not fit, and where: `items[0].name`; `""` is the value itself. */
export interface Issue {
  /** Path in the value: `items[0].price`; `""` is the value itself. */
  path: string;
  /** Message about the fault: `is required`, ... */
  message: string;
}
