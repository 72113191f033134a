// What the calls that are no chat share, and the engine that each of them loads, for those calls: they import it from here and from nowhere else.
//
// esbuild makes one file of it, as of `first-part.js`. By itself each of these files would be a download of its own: eighteen, 4 KB more in all.
export { CallDeadline, callJson, callStream, callText, overLimit, readBounded, retryWait } from "./calls/call.js";
export { lenientJson, unframed } from "./calls/lenient-json.js";
export { namedOptions, strayOptions } from "./calls/named-options.js";
export { nextPiece } from "./calls/next-piece.js";
export { readOptions } from "./calls/options.js";
export { KeyedCall } from "./calls/own-key.js";
export { callService, costOf, jsonAnswer, Placeholder } from "./calls/service-call.js";
export { servicesEngine } from "./engine/services.js";
export { billable } from "./media/billed.js";
export { heldCall, holdAll, IMAGE_TOKENS, modelOf, SOUND_BYTES_PER_SECOND, tokensOf } from "./media/held-call.js";
export { checkRequest, parsedAnswer, requestJson } from "./media/submit.js";
export { Catalog, catalogPages } from "./models/catalog.js";
export { modelList } from "./models/lists.js";
export { picoOfUsd, usdOf } from "./money/amounts.js";
export { admitCall } from "./money/call-money.js";
export { lookUpGeneration } from "./money/generation.js";
export { recoverBills } from "./money/recovered-bills.js";
export { Hold } from "./money/hold.js";
export { PriceBook } from "./money/price-book.js";
export { Guard, RunBudget } from "./money/run-budget.js";
export { utf8Length } from "./money/utf8-length.js";
