// The engine that a chat loads.
import { describe } from "../errors.js";
import { Exchange } from "./batch.js";
import { EngineLife } from "./engine-life.js";
import * as glue from "./wasm/chat-glue.js";
import * as source from "./wasm/chat-module.js";

/** @typedef {import("./engine-life.js").Instance<typeof glue> & { exchange: Exchange }} ChatEngine */

/** @type {EngineLife<typeof glue, ChatEngine>} */
export const chatEngine = /* @__PURE__ */ new EngineLife(glue, source, ({ memory }) => ({ memory, glue, exchange: new Exchange(memory, glue) }));

/**
 * Frees a session: the bytes of its answer, unless the engine breaks in this last call, which then has told all there was.
 * @param {import("./wasm/chat-glue.js").ChatSession | undefined} session
 */
export function endSession(session) {
  try {
    const bytes = session?.outputBytes();
    session?.free();
    return bytes;
  } catch (thrown) {
    chatEngine.retire(describe(thrown));
  }
}
