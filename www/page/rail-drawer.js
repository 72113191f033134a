// On a narrow screen the rail is a drawer: opened by its button, closed by Escape, by a click beside it, or by a choice in it.

export class RailDrawer {
  /** @param {{ rail: HTMLElement, toggle: HTMLButtonElement, scrim: HTMLElement }} parts */
  constructor(parts) {
    this.parts = parts;
    const { rail, toggle, scrim } = parts;
    toggle.addEventListener("click", () => (this.isOpen ? this.close() : this.open()));
    scrim.addEventListener("click", () => this.close());
    rail.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || event.defaultPrevented || !this.isOpen) return;
      event.preventDefault();
      this.close();
      toggle.focus();
    });
  }

  get isOpen() {
    return this.parts.rail.hasAttribute("data-open");
  }

  open() {
    const { rail, toggle, scrim } = this.parts;
    rail.dataset.open = "";
    toggle.ariaExpanded = "true";
    scrim.hidden = false;
    if (getComputedStyle(toggle).display !== "none") rail.querySelector("button")?.focus();
  }

  close() {
    const { rail, toggle, scrim } = this.parts;
    delete rail.dataset.open;
    toggle.ariaExpanded = "false";
    scrim.hidden = true;
  }
}
