// What those who watch read of runs, in one file: logs, spans, and the words of answers that nobody knows.
export { countUnknown } from "./chat/known-answers.js";
export { RunLog } from "./chat/run-log.js";
export { RunSpans, tracedCall } from "./chat/spans.js";
