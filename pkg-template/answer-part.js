// An answer that is handed on, in one file: in another format, as a response, as one that can be taken up again, as events once it is over.
export { writingOf } from "./chat/formats.js";
export { eventsOf } from "./chat/replay.js";
export { relayInto, relaying } from "./chat/relayed-stream.js";
export { respond } from "./chat/response.js";
export { Durable } from "./chat/resumable.js";
