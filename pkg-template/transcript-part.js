// What loads the engine of repairs and told errors, in one file with it: later parts import it from here and from nowhere else.
export { readError } from "./chat/read-error.js";
export { judgeImages } from "./request/placeholder-images.js";
export { Repairs } from "./request/repairs.js";
