// JSON of answers that are paid for. Servers put raw control characters into their texts, which the engine reads as blanks too; proxies put comments
// that keep a connection alive in front of it, or make an event of it.

/** @param {string} text @returns {any} */
export function lenientJson(text) {
  const bare = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
  try {
    return JSON.parse(bare);
  } catch {
    // Between values they are blanks anyway.
    return JSON.parse(unframed(bare).replace(/[\0-\x1f]/g, " "));
  }
}

/** Without the lines of an event stream that stand around it. @param {string} text */
export function unframed(text) {
  const bare = text.trim();
  // What is whole already may have such lines in a text of its own.
  return bare.startsWith("{") && bare.endsWith("}") ? text : bare.replace(/^(?:(?:event|id|retry)?:.*|data: ?(?:\[DONE\])?|\[DONE\]$)/gm, "");
}
