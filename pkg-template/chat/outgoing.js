// The request that is next: put together from what the engine has written of it and what was kept outside.
import { MessagePlaceholders } from "../request/message-placeholders.js";

/** @import { NextSend } from "../engine/contract.js" */

export class Outgoing {
  placeholders = new MessagePlaceholders();
  /** Who is asked. @type {NextSend} */
  asked = { model: "", needsKey: true, isFresh: true };
  /** As it is sent. */
  body = "";
  /** The same without messages. */
  frame = "";
  /** The messages that will not change any more. JavaScript joins texts without copying them. */
  #stable = "";

  /** Pieces that were written before are not written again. @param {string[]} texts  of `nextSend` @param {(apiId: string) => object | undefined} priceOf */
  take([record, head, stable, volatile, tail], priceOf) {
    const { placeholders } = this;
    /** @type {NextSend} */
    const asked = (this.asked = JSON.parse(record));
    asked.pricing ??= /** @type {NextSend["pricing"]} */ (priceOf(asked.model));
    if (asked.isFresh) this.#stable = "";
    this.#stable += placeholders.putBack(stable);
    this.frame = head + tail;
    this.body = head + this.#stable + placeholders.putBack(volatile) + tail;
  }
}
