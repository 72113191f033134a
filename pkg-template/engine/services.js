// The engine of all that is no chat: loaded by the first call that needs it.
import { EngineLife } from "../first-part.js";
import * as glue from "./wasm/services-glue.js";
import * as source from "./wasm/services-module.js";

/** @typedef {typeof glue} ServicesGlue */

/** @type {EngineLife<typeof glue>} */
export const servicesEngine = /* @__PURE__ */ new EngineLife(glue, source);
