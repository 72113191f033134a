// What is told of a run while it goes, in one file: its log and its spans.
export { RunLog } from "./chat/run-log.js";
export { RunSpans, tracedCall } from "./chat/spans.js";
