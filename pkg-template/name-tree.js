// Which names and words an object may have, written down as a tree.

/**
 * What is known below a place: fields by name, `*` for any. Lists are looked through as their items are.
 * @typedef {{ fields: Map<string, Known>, words?: Set<string> }} Known
 */

/** @type {Map<string, Known>} */
const read = new Map();

/** `{name name=word|word name{...}}`. @param {string} text @returns {Known} */
export function nameTree(text) {
  let known = read.get(text);
  if (!known) read.set(text, (known = parsed(text)));
  return known;
}

/** @param {string} text @returns {Known} */
function parsed(text) {
  /** @type {Known} */
  const root = { fields: new Map() };
  const above = [root];
  let last = root;
  for (const [token] of text.matchAll(/[{}]|[^\s{}]+/g)) {
    if (token === "{") above.push(last);
    else if (token === "}") last = /** @type {Known} */ (above.pop());
    else {
      const [name, words] = token.split("=");
      last = { fields: new Map(), ...(words && { words: new Set(words.split("|")) }) };
      above[above.length - 1].fields.set(name, last);
    }
  }
  return root;
}
