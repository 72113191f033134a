// The tabs: one of them is in the tab order, the arrow keys go to the others. The address holds the open one, so that a reload comes back to it.

export class Tabs {
  /** @type {HTMLElement[]} */
  #tabs;

  /**
   * @param {HTMLElement} list
   * @param {(name: string) => void} onOpen
   */
  constructor(list, onOpen) {
    this.onOpen = onOpen;
    this.#tabs = [...list.querySelectorAll("[role=tab]")].map((node) => /** @type {HTMLElement} */ (node));
    list.addEventListener("click", (event) => {
      const tab = /** @type {Element} */ (event.target).closest("[role=tab]");
      if (tab) this.open(nameOf(tab));
    });
    list.addEventListener("keydown", (event) => {
      const at = this.#tabs.findIndex((tab) => tab === document.activeElement);
      const count = this.#tabs.length;
      const next = { ArrowRight: (at + 1) % count, ArrowLeft: (at - 1 + count) % count, Home: 0, End: count - 1 }[event.key];
      const tab = next === undefined || at < 0 ? undefined : this.#tabs[next];
      if (!tab) return;
      event.preventDefault();
      tab.focus();
      this.open(nameOf(tab));
    });
    addEventListener("hashchange", () => this.open(this.inAddress()));
  }

  /** The name of the open tab. */
  get current() {
    return nameOf(this.#tabs.find((tab) => tab.ariaSelected === "true") ?? /** @type {Element} */ (this.#tabs[0]));
  }

  /** What the address asks for. */
  inAddress() {
    return location.hash.slice(1) || "chat";
  }

  /** @param {string} name an unknown one is the first */
  open(name) {
    const wanted = this.#tabs.find((tab) => nameOf(tab) === name) ?? this.#tabs[0];
    for (const tab of this.#tabs) {
      const isOpen = tab === wanted;
      tab.ariaSelected = String(isOpen);
      tab.tabIndex = isOpen ? 0 : -1;
      const panel = document.getElementById(tab.getAttribute("aria-controls") ?? "");
      if (panel) panel.hidden = !isOpen;
    }
    // On a narrow screen the row is longer than what is seen of it.
    wanted?.scrollIntoView({ block: "nearest", inline: "center" });
    const opened = this.current;
    const address = opened === "chat" ? `${location.pathname}${location.search}` : `#${opened}`;
    if (this.inAddress() !== opened) history.replaceState(history.state, "", address);
    document.body.dataset.tab = opened;
    this.onOpen(opened);
  }
}

/** @param {Element} tab */
function nameOf(tab) {
  return tab.id.slice("tab-".length);
}
