// Of another version of the package, for relay.js.
export { worker as default } from "./relay-runs.js";
