// JSON of answers that are paid for. Servers put raw control characters into their texts, which the engine reads as blanks too.

/** @param {string} text @returns {any} */
export function lenientJson(text) {
  const bare = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
  try {
    return JSON.parse(bare);
  } catch {
    // Between values they are blanks anyway.
    return JSON.parse(bare.replace(/[\0-\x1f]/g, " "));
  }
}
