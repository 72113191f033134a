// What a runtime does with a body by itself, without JavaScript: here nothing. Workers have streams of their own (edge/native-body.js).

/** @import { LiveBody } from "./live-body.js" */

/** Whether JavaScript is so dear here that it should see few chunks. @type {boolean} */
export const isPaced = false;

/** Whether an answer came from the network, by a stream of the runtime's. @type {(response: any) => boolean} */
export const isFetched = () => false;

/** A streamed answer that goes on as it came, where it is the runtime's own. @type {(response: Response, onWait: (isWaiting: boolean) => void, isGuarded: () => boolean) => LiveBody | undefined} */
export const liveBody = () => undefined;

/** `fetch` whose streamed answers come in pieces of several chunks. @type {(send: typeof fetch) => typeof fetch} */
export const gathering = (send) => send;
