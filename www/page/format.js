// Numbers in words.

const COUNT = new Intl.NumberFormat("en");

/** @param {number} count */
export function amount(count) {
  return COUNT.format(count);
}

/** @param {number} dollars */
export function dollars(dollars) {
  if (dollars === 0) return "$0";
  // An account may owe.
  if (dollars < 0) return `-${dollarsOf(-dollars)}`;
  return dollarsOf(dollars);
}

/** @param {number} dollars above 0 */
function dollarsOf(dollars) {
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

/** @param {number} bytes */
export function byteCount(bytes) {
  if (bytes < 1024) return plural(bytes, "byte");
  return bytes < 1 << 20 ? `${amount(Math.round(bytes / 1024))} KiB` : `${(bytes / (1 << 20)).toFixed(1)} MiB`;
}

/**
 * USD a million, of a decimal string a unit. The point is moved: arithmetic would make 0.1499999 of 0.15.
 * @param {string | undefined} price
 * @returns {string | undefined} undefined: there is none, or it is no plain number
 */
export function perMillion(price) {
  const [, whole, part = ""] = /^(\d+)(?:\.(\d*))?$/.exec(price ?? "") ?? [];
  if (whole === undefined) {
    // `3e-8`, as some rows have it.
    const number = Number(price);
    return price !== undefined && Number.isFinite(number) && number >= 0 ? String(Number((number * 1e6).toPrecision(6))) : undefined;
  }
  const digits = part.padEnd(6, "0");
  const front = (whole + digits.slice(0, 6)).replace(/^0+(?=\d)/, "");
  const rest = digits.slice(6).replace(/0+$/, "");
  return rest === "" ? front : `${front}.${rest}`;
}
