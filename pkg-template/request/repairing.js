// The repairs of one transcript, by an engine that is loaded for those that need it.
import { load } from "../lazily.js";

/** @import { MessagePlaceholders } from "./message-placeholders.js" */

export class Repairing {
  /** @type {import("../transcript-part.js").Repairs | undefined} */
  #repairs;

  /** @param {Uint8Array} request  of a session's `repairRequest()` @param {MessagePlaceholders} placeholders @returns {Promise<Uint8Array>} */
  async answer(request, placeholders) {
    const { Repairs } = await load(import("../transcript-part.js"));
    this.#repairs ??= new Repairs();
    return this.#repairs.repair(request, placeholders.describe());
  }

  /** Those of one transcript know nothing of another. */
  end() {
    this.#repairs?.free();
    this.#repairs = undefined;
  }
}
