// The engine that repairs transcripts: a plain conversation never loads it.
import { EngineLife } from "../first-part.js";
import * as glue from "./wasm/transcript-glue.js";
import * as source from "./wasm/transcript-module.js";

/** @typedef {typeof glue} TranscriptGlue */

/** @type {EngineLife<typeof glue>} */
export const transcriptEngine = /* @__PURE__ */ new EngineLife(glue, source);
