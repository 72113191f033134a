// What a runtime does with a body by itself, without JavaScript. `chat/native-body.js` of the trees that run in Workers.
import { LiveBody } from "../chat/live-body.js";
import { isFetched, isPaced } from "../chat/paced-body.js";

export { gathering } from "../chat/gathered-body.js";
export { isFetched, isPaced };

/** A streamed answer that goes on as it came, where it is the runtime's own. @param {Response} response @param {(isWaiting: boolean) => void} onWait @param {() => boolean} isGuarded  whether a budget may stop it @returns {LiveBody | undefined} */
export const liveBody = (response, onWait, isGuarded) => (isPaced && isFetched(response) ? new LiveBody(/** @type {any} */ (response.body), onWait, isGuarded) : undefined);
