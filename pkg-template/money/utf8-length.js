// How long a text is as it is sent.

/** Without encoding it: a body is encoded once, by whoever sends it. @param {string} text  without halves of characters */
export function utf8Length(text) {
  let length = text.length;
  // Runs of what is beyond ASCII: most texts have none, and are looked through at the speed of the expression.
  for (const [run] of text.matchAll(/[^\0-\x7f]+/g)) {
    for (let at = 0; at < run.length; at++) {
      const unit = run.charCodeAt(at);
      // Two units of a pair have four bytes, any other from U+0800 on has three.
      length += unit >= 0xd800 && unit < 0xe000 ? 1 : unit >= 0x800 ? 2 : 1;
    }
  }
  return length;
}
