// What was changed, as it crosses and as it is handed out.

/** @import { Change } from "../index.js" */

/** The engine says each kind of change once. @param {import("../engine/contract.js").CrossedChanges} crossed @returns {Change[]} */
export function changesOf({ kinds, runs }) {
  return runs.flatMap(({ kind, places }) => places.map((path) => ({ rule: kinds[kind].rule, path, reason: kinds[kind].reason })));
}
