// Signed reasoning on its way through the AI SDK: in the metadata of this provider, whole, on one part of each step.
import { PROVIDER } from "../chat/ui-message.js";

export { metadataOf, PROVIDER } from "../chat/ui-message.js";

/** The details in the metadata of a part or message. @param {any} metadata @returns {any[]} */
export function detailsIn(metadata) {
  const details = metadata?.[PROVIDER]?.reasoning_details;
  return Array.isArray(details) ? details.filter((detail) => typeof detail === "object" && detail !== null) : [];
}

/** What a detail says; it grows while it streams. @param {any} detail */
const saidBy = (detail) => String(detail.text ?? detail.summary ?? detail.data ?? "");

/** Whether both are one detail, `later` at least as far. @param {any} earlier @param {any} later */
function isSame(earlier, later) {
  if (earlier.type !== later.type || (earlier.id ?? later.id) !== (later.id ?? earlier.id) || (earlier.index ?? later.index) !== (later.index ?? earlier.index)) return false;
  return saidBy(later).startsWith(saidBy(earlier));
}

/**
 * The details of one step from all of its parts: other providers write a copy on each part, cut where the part ended.
 * @param {any[][]} lists
 */
export function mergedDetails(lists) {
  /** @type {any[]} */
  const merged = [];
  for (const list of lists) {
    // A detail that stands twice in one list is meant twice.
    const known = merged.length;
    for (const detail of list) {
      const at = merged.slice(0, known).findIndex((earlier) => isSame(earlier, detail) || isSame(detail, earlier));
      if (at < 0) merged.push(detail);
      else if (isSame(merged[at], detail)) merged[at] = { ...merged[at], ...detail };
    }
  }
  return merged;
}

/** The reasoning as text, where the message has its details alone. @param {any} message */
export function reasoningText({ reasoning, reasoning_details: details }) {
  if (typeof reasoning === "string" && reasoning !== "") return reasoning;
  return Array.isArray(details) ? details.map((detail) => detail?.text ?? detail?.summary ?? "").join("") : "";
}
