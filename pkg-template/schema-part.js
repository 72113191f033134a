// Schemas, in one file: how they are read, what is odd in them, what checks by them and what forgives. Later parts import them from here and from nowhere else.
export * as leniency from "./tools/leniency.js";
export { nearKeywords, schemaFault, strayName } from "./tools/schema-check.js";
export { checkerOf, issuesText, readSchema } from "./tools/schema.js";
