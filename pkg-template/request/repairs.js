// The repairs of one run, by the engine that is loaded for them.
import { transcriptEngine } from "../engine/transcript.js";

/** @import { TranscriptRepairs } from "../engine/wasm/transcript-glue.js" */

export class Repairs {
  /** @type {import("../engine/engine-life.js").Instance<any> | undefined} */
  #engine;
  /** @type {TranscriptRepairs | undefined} */
  #repairs;

  /**
   * The answer to a session's `repairRequest()`.
   * @param {Uint8Array} request @param {import("../engine/contract.js").Json<import("../engine/contract.js").OutsideMedia> | ""} media  what is kept outside, as the placeholders describes it
   * @returns {Promise<Uint8Array>}
   */
  async repair(request, media) {
    const engine = await transcriptEngine.start();
    if (this.#engine !== engine) {
      // After the end of an instance the ids of earlier messages are drawn anew, by the same rule.
      this.#engine = engine;
      this.#repairs = new engine.glue.TranscriptRepairs();
    }
    const repairs = /** @type {TranscriptRepairs} */ (this.#repairs);
    return transcriptEngine.call(() => repairs.repair(request, media));
  }

  free() {
    if (this.#engine && transcriptEngine.isRunning(this.#engine)) this.#repairs?.free();
    this.#repairs = this.#engine = undefined;
  }
}
