// Errors of the package's own class: whoever catches them knows them by it.
import { OpenRouterError } from "../index.js";

/** Its constructor is no part of the public types. @type {new (fields: import("../errors.js").ErrorFields, more?: { cause?: unknown }) => OpenRouterError} */
const Fault = /** @type {any} */ (OpenRouterError);

/** What is wrong with an option. @param {string} message */
export const invalid = (message) => new Fault({ code: "invalid-request", message });

/** @param {import("../errors.js").ErrorFields} fields @param {{ cause?: unknown }} [more] */
export const fault = (fields, more) => new Fault(fields, more);
