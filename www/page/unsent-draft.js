// What was written and not sent, for a page that is loaded again: in this tab, and no longer than it.
import { tabStorage } from "./tab-storage.js";

/** @import { Message } from "./composer.js" */

const DRAFT = "openrouter-demo.unsent";

/** @param {Message | undefined} draft */
export function keepUnsent(draft) {
  const storage = tabStorage();
  storage?.removeItem(DRAFT);
  if (!draft) return;
  try {
    storage?.setItem(DRAFT, JSON.stringify(draft));
  } catch {
    // The files have no room there: the words have.
    try {
      storage?.setItem(DRAFT, JSON.stringify({ text: draft.text, attached: [] }));
    } catch {
      // Nor have they.
    }
  }
}

/** @returns {Message | undefined} once */
export function takeUnsent() {
  const storage = tabStorage();
  const kept = storage?.getItem(DRAFT);
  storage?.removeItem(DRAFT);
  return kept ? JSON.parse(kept) : undefined;
}
