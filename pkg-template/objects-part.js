// A typed object, in one file: what asks for it and checks it, and how it grows.
export { ObjectGoal } from "./objects/object-goal.js";
export { growingObjects } from "./objects/object-stream.js";
