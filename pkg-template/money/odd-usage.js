// What of a usage nobody can believe: it is not counted, and said.

/** Of src/wire/decimal.rs. */
const MOST_TOKENS = 2e7, MOST_USD = 1e4;

/** A warning for each count and cost that was left out. @param {any} raw  as it came @returns {{ path: string, reason: string }[]} */
export function oddUsage(raw) {
  return Object.entries(raw ?? {}).flatMap(([name, value]) => {
    const isCost = name === "cost";
    if (value === null || typeof value === "object" || !(isCost || /_tokens$|_units$/.test(name))) return [];
    const number = typeof value === "boolean" || value === "" ? NaN : Number(value);
    if (number >= 0 && number <= (isCost ? MOST_USD : MOST_TOKENS)) return [];
    return [{ path: `usage.${name}`, reason: `the answer claims ${String(value).slice(0, 40)}, which is not counted` }];
  });
}

/** The same in words, for calls that are no chat. @param {any} usage */
export function oddWords(usage) {
  return oddUsage(usage?.raw).map(({ path, reason }) => `${path}: ${reason}`);
}
