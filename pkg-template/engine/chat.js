// The engine that a chat loads.
import { Exchange } from "./batch.js";
import { EngineLife } from "./engine-life.js";
import * as glue from "./wasm/chat-glue.js";
import * as source from "./wasm/chat-module.js";

/** @typedef {import("./engine-life.js").Instance<typeof glue> & { exchange: Exchange }} ChatEngine */

/** @type {EngineLife<typeof glue, ChatEngine>} */
export const chatEngine = /* @__PURE__ */ new EngineLife(glue, source, ({ memory }) => ({ memory, glue, exchange: new Exchange(memory, glue) }));
