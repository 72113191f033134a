// The engine that a chat loads.
import { Exchange } from "./batch.js";
import { EngineLife } from "./engine-life.js";
import * as glue from "./wasm/chat-glue.js";
import * as source from "./wasm/chat-module.js";

/** @typedef {import("./engine-life.js").Instance<typeof glue> & { exchange: Exchange }} ChatEngine */

/** @type {EngineLife<typeof glue, ChatEngine>} */
export const chatEngine = /* @__PURE__ */ new EngineLife(glue, source, ({ memory }) => ({ memory, glue, exchange: new Exchange(memory, glue) }));

// Where the module comes compiled, as in Workers, what a first request would pay for is done while the isolate starts, which is charged to none.
if (source.isCompiled) warmUp();

function warmUp() {
  try {
    const { glue } = chatEngine.startNow();
    const session = new glue.ChatSession("{}", "[]", '{"messages":[{"role":"user","content":"hi"}]}', "", 0, 0);
    session.nextSend();
    session.notes();
    session.free();
  } catch {
    // Whoever makes the first call hears of it.
  }
}
