// What tabs of one site tell each other, where there are tabs.

/**
 * A channel that hears everything but what it says itself; nothing outside of pages and their workers, and where the platform refuses.
 * @param {string} name @param {(data: any) => void} onMessage
 * @returns {BroadcastChannel | undefined}
 */
export function openTabChannel(name, onMessage) {
  // Node has the class too, and an open channel would keep its process alive.
  if (typeof location === "undefined" || typeof BroadcastChannel === "undefined") return undefined;
  try {
    const channel = new BroadcastChannel(name);
    channel.onmessage = ({ data }) => onMessage(data);
    return channel;
  } catch {
    // An opaque origin: there is nobody to talk to.
    return undefined;
  }
}
