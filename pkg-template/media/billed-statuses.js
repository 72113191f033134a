// The one table of what a status leaves open, for the client and the gateway.

/** The platforms' codes and words for a connection that was never made: nothing was sent. */
export const NEVER_SENT =
  /ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ENETUNREACH|EHOSTUNREACH|UND_ERR_CONNECT_TIMEOUT|ERR_INVALID_URL|CERT_|_CERT\b|UNABLE_TO_VERIFY|ERR_TLS_|ConnectionRefused|connection refused|FailedToOpenSocket|dns error|name not resolved/i;

/**
 * By status, first match: whether it leaves open if the work was done and paid. `isReported`: the API itself answered, in JSON.
 * @type {readonly (readonly [from: number, to: number, isOpen: (isReported: boolean) => boolean])[]}
 */
const STATUSES = [
  // The answer came, and cannot be used.
  [200, 299, () => true],
  [300, 399, () => false],
  // The server gave up waiting for somebody who may go on with it.
  [408, 408, () => true],
  [400, 499, () => false],
  [501, 501, () => false],
  // Nobody took it, says the API; from a gateway the same number hides whatever is behind it.
  [503, 503, (isReported) => !isReported],
  [529, 529, (isReported) => !isReported],
  [500, 599, () => true],
];

/** @param {number} status @param {boolean} isReported */
export const isOpenStatus = (status, isReported) => STATUSES.find(([from, to]) => status >= from && status <= to)?.[2](isReported) ?? true;
