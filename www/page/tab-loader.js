// Fills a tab when it is first opened, and anew when another side answers. A tab's code is fetched with it.
import { accountBox } from "./account-box.js";
import { element, icon } from "./dom.js";

/** @import { OpenRouter } from "openrouter-wasm" */
/** @import { Account } from "./account.js" */
/** @import { Connection } from "./connections.js" */
/** @import { VideoJobs } from "./video-jobs.js" */
/** @import { SessionCosts } from "./session-costs.js" */
/** @import { Sound } from "./sound.js" */

/**
 * What a tab gets.
 * @typedef {object} TabContext
 * @property {OpenRouter} client
 * @property {Connection} connection
 * @property {SessionCosts} costs
 * @property {() => Promise<VideoJobs>} videoJobs of this connection
 * @property {{ sound?: Sound }} desk what one tab has made and another may take
 * @property {(text: string) => void} say to those who listen
 * @property {() => Promise<boolean>} maySend false, and said, while a key is missing
 * @property {(model: string) => void} chatWith
 * @property {(account: Account, signal: AbortSignal) => HTMLElement} account
 * @property {(update: () => void) => void} onShown whenever the tab is gone to again
 * @property {AbortSignal} signal ends with the tab
 */

/** @type {Record<string, () => Promise<{ fill: (host: HTMLElement, context: TabContext) => void }>>} */
const TABS = {
  models: () => import("./models-tab.js"),
  images: () => import("./images-tab.js"),
  videos: () => import("./videos-tab.js"),
  speech: () => import("./speech-tab.js"),
  transcribe: () => import("./transcribe-tab.js"),
  music: () => import("./music-tab.js"),
  search: () => import("./search-tab.js"),
  doctor: () => import("./doctor-tab.js"),
  usage: () => import("./usage-tab.js"),
};

export class TabLoader {
  /** @type {Map<string, AbortController>} */
  #filled = new Map();
  #around;

  /** @param {{ connection: () => Connection, tab: () => string, service: (connection: Connection) => string } & Pick<TabContext, "costs" | "desk" | "say" | "chatWith"> & { videoJobs: (connection: Connection) => Promise<VideoJobs> }} around */
  constructor(around) {
    this.#around = around;
  }

  /** The side that answers has changed: what the tabs show is the other's. */
  forget() {
    for (const controller of this.#filled.values()) controller.abort();
    this.#filled.clear();
  }

  /** @param {string} name */
  async open(name) {
    const load = TABS[name];
    const host = document.getElementById(`panel-${name}`);
    if (!load || !host) return;
    if (this.#filled.has(name)) return void host.dispatchEvent(new Event("shown"));
    const controller = new AbortController();
    this.#filled.set(name, controller);
    const { signal } = controller;
    const { connection: current, costs, desk, say, chatWith } = this.#around;
    const connection = current();
    const column = element("div", { class: "sheet-column", "aria-busy": true });
    host.replaceChildren(column);
    const { api } = connection;
    if (!api) {
      column.removeAttribute("aria-busy");
      column.append(element("section", { class: "card" }, element("header", {}, icon("hand"), element("strong", {}, "The Worker answers chats alone")), element("p", {}, "For this tab choose the simulator or your own account above.")));
      return;
    }
    const gate = this.#gate(connection, signal);
    if (gate) column.append(gate);
    const { fill } = await load();
    if (signal.aborted) return;
    fill(column, {
      client: api,
      connection,
      costs,
      desk,
      say,
      chatWith,
      signal,
      onShown: (update) => host.addEventListener("shown", update, { signal }),
      videoJobs: () => this.#around.videoJobs(connection),
      account: (account, until) => this.#account(connection, account, until),
      maySend: async () => {
        if (!connection.needsKey || (await connection.hasKey())) return true;
        say("Sign in first.");
        /** @type {HTMLElement | null} */ (column.querySelector(".gate button, .account button"))?.focus();
        column.querySelector(".gate, .account")?.scrollIntoView({ block: "center" });
        return false;
      },
    });
    column.removeAttribute("aria-busy");
  }

  /**
   * In front of a tab that nothing can be done in without a key; it goes when there is one.
   * @param {Connection} connection
   * @param {AbortSignal} signal
   */
  #gate(connection, signal) {
    const { account } = connection;
    // The tab of the account shows it anyway.
    if (!account || !connection.needsKey || this.#around.tab() === "usage") return undefined;
    const gate = element("section", { class: "card gate", "aria-label": "Sign in" }, element("p", {}, "This is sent to OpenRouter, and your account pays for it."), this.#account(connection, account, signal));
    const update = async () => (gate.hidden = await connection.hasKey());
    signal.addEventListener("abort", account.subscribe(update), { once: true });
    // A pasted key comes without a word from the account.
    document.getElementById("key")?.addEventListener("input", update, { signal });
    return gate;
  }

  /** @param {Connection} connection @param {Account} account @param {AbortSignal} signal */
  #account(connection, account, signal) {
    return accountBox(account, { service: this.#around.service(connection), tab: this.#around.tab, signal });
  }
}
