// What a chat has cost, and what it may still cost.
import { tightest } from "./day-costs.js";
import { dollars } from "./format.js";

/** @import { Bill } from "./chat.js" */
/** @import { ChatState } from "./chat-state.js" */
/** @import { ChatEntry } from "./chat-tree.js" */
/** @import { Connection } from "./connections.js" */
/** @import { DayCosts } from "./day-costs.js" */
/** @import { SessionCosts } from "./session-costs.js" */

export class ChatMoney {
  #state;
  #around;

  /** @param {ChatState} state @param {{ connection: () => Connection, costs: SessionCosts, day: DayCosts }} around */
  constructor(state, around) {
    this.#state = state;
    this.#around = around;
  }

  /** The tightest of the limits, for the engine, which keeps it while the answer streams. @returns {{ budget?: { maxUsd: number } }} */
  budget() {
    const left = this.#left();
    return left ? { budget: { maxUsd: Math.max(0, left.leftUsd) } } : {};
  }

  /** Why nothing may be sent any more. @returns {string | undefined} */
  refusal() {
    const left = this.#left();
    if (!left || left.leftUsd > 0) return undefined;
    return `The budget ${left.what} is used up${left.leftUsd < 0 ? `, by ${dollars(-left.leftUsd)} too much` : ""}: nothing was sent.`;
  }

  /** An answer has come. @param {number | undefined} usd undefined: it did not say @param {Connection} connection */
  add(usd, connection) {
    this.#around.costs.add("Chats", usd);
    this.#spend(usd ?? 0, connection, this.#state.chat);
  }

  /**
   * An answer that was stopped or cut is billed all the same, as far as it had come.
   * @param {ChatEntry} entry
   * @param {Connection} connection
   * @param {() => Promise<Bill>} [bill] of a run of this page; left out: by the number of the generation
   */
  async findBill(entry, connection, bill) {
    const { chat } = this.#state;
    const ask = bill ?? (async () => (entry.generationId === undefined ? {} : connection.client.generation(entry.generationId)));
    // A Worker answers chats alone. Where nobody can tell, the receipt says so.
    /** @type {Bill} */
    const told = connection.api ? await ask().catch(() => ({})) : {};
    if (!entry.outcome) return;
    entry.outcome = { ...entry.outcome, bill: { cost: told.cost, inputTokens: told.inputTokens, outputTokens: told.outputTokens } };
    if (told.cost !== undefined) {
      this.#around.costs.correct("Chats", told.cost);
      this.#spend(told.cost, connection, chat);
    }
    // It may have been deleted meanwhile.
    if (this.#state.chat !== chat || this.#state.entries.has(entry.id)) await this.#state.store.saveEntries([entry]);
  }

  /** @param {number} usd @param {Connection} connection @param {ChatState["chat"]} chat that it was for, which may be closed by now */
  #spend(usd, connection, chat) {
    if (usd === 0) return;
    this.#around.day.add(connection.id, usd);
    if (!chat) return;
    chat.costUsd += usd;
    // A chat that was deleted stays so.
    void this.#state.store.chat(chat.id).then((known) => known && this.#state.store.saveChat(chat));
  }

  #left() {
    const { settings, chat } = this.#state;
    const { day, connection } = this.#around;
    return tightest([
      { limitUsd: settings.budgetUsd, spentUsd: chat?.costUsd ?? 0, what: "of this chat" },
      { limitUsd: day.limitUsd, spentUsd: day.of(connection().id), what: "of the day" },
    ]);
  }
}
