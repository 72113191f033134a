// What steers a run, in one file with what it has to know of the model.
export { factsOf } from "./objects/model-facts.js";
export { Steering } from "./tools/steering.js";
export { readSchema } from "./tools/schema.js";
