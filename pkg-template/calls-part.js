// The calls that answer at once and carry no files, in one file: each is small beside the engine that all of them load.
export { Decisions } from "./calls/decide.js";
export { Embeddings } from "./calls/embeddings.js";
export { rerank } from "./calls/rerank.js";
export { accountUsage } from "./money/account.js";
