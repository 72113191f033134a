// A run that goes on from an earlier one, in one file: from its state, or from an answer that was cut off.
export { continuationOf } from "./chat/continue-from.js";
export { mergedTools, sealRun, takeUpRun } from "./chat/run-state.js";
