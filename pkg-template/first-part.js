// What is there before any later part loads, for the later parts: they import it from here and from nowhere else.
//
// esbuild makes a file of what the same set of parts shares. With imports of the files themselves the first part of a page falls into twenty, each
// compressed by itself, 4 KB more in all; by way of one file every later part shares the same. `tests/package/loading.test.js` counts them.
export { SECRET_NAME, isMaskable, knownSecrets, knownSecretsVersion, registerSecret } from "./auth/known-secrets.js";
export { SecretKey, cleanKey, detectKey, keyText } from "./auth/secret-key.js";
export { reading } from "./caller-objects.js";
export { answerReader, bytesOf, headOf, letGo } from "./calls/body.js";
export { checkCallOptions, checkNames } from "./calls/call-options.js";
export { SEARCH_OPTIONS } from "./calls/search-tool.js";
export { OPENCLAW_APP } from "./client.js";
export { ChatRun } from "./chat/run.js";
export { formatStream, responseHeaders } from "./chat/sinks.js";
export { Alarm } from "./chat/stopwatch.js";
export { BatchReader } from "./engine/batch-reader.js";
export { chatEngine } from "./engine/chat.js";
export { ACTION_END, ACTION_READ, ACTION_REPAIR, ACTION_SEND } from "./engine/contract.js";
export { EngineLife } from "./engine/engine-life.js";
export { EventQueue } from "./engine/event-queue.js";
export { OpenRouterError, describe, fromEngine, hostOf, invalidRequest, isTrap, withoutKey } from "./errors.js";
export { load } from "./lazily.js";
export { jsonFault, maskedCause } from "./masked-cause.js";
export { offAbort, onAbort, stopIfAborted } from "./media/abort-listeners.js";
export { openTabChannel } from "./models/tab-channel.js";
export { engineBudget } from "./money/budget-options.js";
export { oddWords } from "./money/odd-usage.js";
export { MessagePlaceholders } from "./request/message-placeholders.js";
export { changesOf } from "./request/changes.js";
export { parseModelRef } from "./request/model-ref.js";
export { hasInnerNames, hasParts, headerPairs, json } from "./request/request-options.js";
export { WIRE_NAME } from "./tools/is-steered.js";
