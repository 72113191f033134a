// Numbers in words.

const COUNT = new Intl.NumberFormat("en");

/** @param {number} count */
export function amount(count) {
  return COUNT.format(count);
}

/** @param {number} dollars */
export function dollars(dollars) {
  if (dollars === 0) return "$0";
  if (dollars >= 0.01) return `$${dollars.toFixed(4)}`;
  // Two digits that say something, however small the amount.
  return `$${dollars.toFixed(Math.min(12, 1 - Math.floor(Math.log10(dollars))))}`;
}

/** @param {number} ms */
export function duration(ms) {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(ms < 10_000 ? 1 : 0)} s`;
}

/**
 * @param {number} count
 * @param {string} noun
 */
export function plural(count, noun) {
  return `${amount(count)} ${noun}${count === 1 ? "" : "s"}`;
}
