// What a runtime does with a body by itself, without JavaScript: here nothing. Workers have streams of their own (edge/native-body.js).

/** @import * as Native from "../edge/native-body.js" */

/** Whether JavaScript is so dear here that it should see few chunks. @type {boolean} */
export const isPaced = false;

/** Whether an answer came from the network, by a stream of the runtime's. @type {typeof Native.isFetched} */
export const isFetched = () => false;

/** @type {typeof Native.liveBody} */
export const liveBody = () => undefined;

/** @type {typeof Native.gathering} */
export const gathering = (send) => send;
