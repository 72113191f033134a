// The package without the text of its engines: for whoever has a bundler or a server hand them over.
export * from "./index.js";
export { useEngines } from "./engine/own-engines.js";
