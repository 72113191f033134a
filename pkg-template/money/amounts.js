// Money as whole 10^-12 USD. BigInt: 2^53 of them are no more than 9,007 USD.

const PICO_DIGITS = 12;
export const PICO_PER_USD = 10n ** 12n;

/** A decimal string of USD, rounded up: what is held must not be less than what is billed. @param {unknown} price @returns {bigint | undefined} */
export function picoOfDecimal(price) {
  const match = /^(\d+)(?:\.(\d*))?$/.exec(typeof price === "number" ? plain(price) : String(price ?? "").trim());
  if (!match) return undefined;
  const [, whole, fraction = ""] = match;
  const padded = fraction.padEnd(PICO_DIGITS, "0");
  const rest = /[1-9]/.test(padded.slice(PICO_DIGITS)) ? 1n : 0n;
  return BigInt(whole) * PICO_PER_USD + BigInt(padded.slice(0, PICO_DIGITS)) + rest;
}

/** The dearest answers cost some hundred USD. */
const MOST_USD = 10_000;

/** Whether an answer can have cost that. @param {unknown} value @returns {value is number} */
export const isUsd = (value) => typeof value === "number" && value >= 0 && value <= MOST_USD;

/** A bill, as OpenRouter reports it: a JSON number. @param {number} usd @returns {bigint} */
export function picoOfUsd(usd) {
  if (!Number.isFinite(usd) || usd < 0) return 0n;
  // From 10^21 on `toFixed` has an exponent, and there is no fraction.
  if (usd >= 1e21) return BigInt(usd) * PICO_PER_USD;
  // By its digits: times 10^12 a large amount has more than a double holds.
  return picoOfDecimal(usd.toFixed(PICO_DIGITS)) ?? 0n;
}

/** For people and headers; exact up to 15 digits. @param {bigint} pico */
export function usdOf(pico) {
  const sign = pico < 0n ? "-" : "";
  const text = String(pico < 0n ? -pico : pico).padStart(PICO_DIGITS + 1, "0");
  const fraction = text.slice(-PICO_DIGITS).replace(/0+$/, "");
  return Number(`${sign}${text.slice(0, -PICO_DIGITS)}${fraction && `.${fraction}`}`);
}

/** @param {number} value */
function plain(value) {
  return Number.isFinite(value) && value >= 0 ? value.toFixed(20).replace(/0+$/, "").replace(/\.$/, "") : "";
}
