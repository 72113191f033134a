// What steers a run and walks its steps, in one file with what it has to know of the model.
export { StepLoop } from "./chat/step-loop.js";
export { factsOf } from "./objects/model-facts.js";
export { Steering } from "./tools/steering.js";
export { readSchema } from "./schema-part.js";
