// Calls that may have a key of their own: settings of media that name another base and its key.

/** @import { Access } from "./call.js" */

export class KeyedCall {
  access;
  #ownKey;

  /** @param {Access} access @param {() => string | undefined} ownKey  the key that is for this call alone */
  constructor(access, ownKey) {
    this.access = access;
    this.#ownKey = ownKey;
  }

  /**
   * Has the plan made by whether there is such a key; whose it is that goes out is the plan's to say.
   * @template {{ key?: import("../engine/contract.js").KeyOwner }} P
   * @param {(hasOwnKey: boolean) => Promise<P>} planned
   * @returns {Promise<{ plan: P, access: Access }>}
   */
  async plan(planned) {
    const own = this.#ownKey();
    const plan = await planned(own !== undefined);
    return { plan, access: plan.key === "own" ? { ...this.access, apiKey: async () => own } : this.access };
  }
}
