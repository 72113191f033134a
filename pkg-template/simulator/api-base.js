/** Where the simulator is seen from outside: the base of a request, and an origin that is not its own. */

/** Hosts of other people, played in process. */
export const STORAGE_HOST = "storage.simulator.test";
export const FOREIGN_PATH = "/__foreign__";

/**
 * Whatever stands before the API: `/api/v1`, a gateway's `/v1/account/gateway/openrouter/v1`, or nothing.
 * @param {string} url
 * @returns {{ origin: string, prefix: string, path: string }}
 */
export function splitUrl(url) {
  const { origin, pathname, hostname } = new URL(url);
  if (hostname === STORAGE_HOST) return { origin, prefix: "", path: FOREIGN_PATH + pathname };
  const prefix = /^.*\/v1(?=\/|$)/.exec(pathname)?.[0] ?? "";
  return { origin, prefix, path: pathname.slice(prefix.length) || "/" };
}

/**
 * A base of another origin that leads here all the same. Behind a port it is the other name of this machine, which is another origin to every client.
 * @param {string} url of a request to the API
 */
export function foreignBase(url) {
  const { protocol, hostname, port } = new URL(url);
  const otherName = { "127.0.0.1": "localhost", localhost: "127.0.0.1" }[hostname];
  return otherName === undefined ? `https://${STORAGE_HOST}` : `${protocol}//${otherName}:${port}${FOREIGN_PATH}`;
}
