// What was changed, as it crosses and as it is handed out.

/** @import { Change } from "../index.js" */

/** The engine says each kind of change once: `{kinds: [[rule, reason]], places: [kind, path, kind, path, ...]}`. @param {{ kinds: [string, string][], places: (number | string)[] }} crossed @returns {Change[]} */
export function changesOf({ kinds, places }) {
  const changes = [];
  for (let at = 0; at < places.length; at += 2) {
    const [rule, reason] = kinds[/** @type {number} */ (places[at])];
    changes.push({ rule, path: /** @type {string} */ (places[at + 1]), reason });
  }
  return changes;
}
