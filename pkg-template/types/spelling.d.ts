// Names in the wire's spelling and in JavaScript's.

/** `maxTokens` of `max_tokens`. */
export type CamelCase<Name extends string> = Name extends `${infer Head}_${infer Tail}` ? `${Head}${Capitalize<CamelCase<Tail>>}` : Name;

/** Every field in both spellings. Where both are given the wire's counts, and a warning says so. */
export type BothSpellings<Fields> = Fields extends unknown ? Fields & { [Name in keyof Fields as CamelCase<Name & string>]?: Fields[Name] } : never;
