// The repairs of one transcript, by an engine that is loaded for those that need it.
import { load } from "../lazily.js";

/** @import { Carrier } from "./carried-media.js" */

export class Repairing {
  /** @type {import("./repairs.js").Repairs | undefined} */
  #repairs;

  /** @param {string} request  of a session's `repairRequest()` @param {Carrier} carrier @returns {Promise<string>} */
  async answer(request, carrier) {
    const { Repairs } = await load(import("./repairs.js"));
    this.#repairs ??= new Repairs();
    return this.#repairs.repair(request, carrier.describe());
  }

  /** Those of one transcript know nothing of another. */
  end() {
    this.#repairs?.free();
    this.#repairs = undefined;
  }
}
