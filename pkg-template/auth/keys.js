// What is public of keys. Functions of this file's own: esbuild takes what an entry hands on straight into the first part of a page as soon as
// any later part uses it, wherever it is handed on from.
import * as store from "./key-store.js";
import * as redaction from "./redact.js";

/** @type {typeof store.createKeyStore} */
export const createKeyStore = (options) => store.createKeyStore(options);

/** @type {typeof store.resolveKey} */
export const resolveKey = (sources) => store.resolveKey(sources);

/** @type {typeof redaction.redact} */
export const redact = (text, options) => redaction.redact(text, options);
