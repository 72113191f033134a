// Which names and words an object may have, written down as a tree.

/**
 * What is known below a place: fields by name, `*` for any. Lists are looked through as their items are. `kinds`: of the value, of its items; see below.
 * @typedef {{ fields: Map<string, Known>, words?: Set<string>, kinds?: string, isNeeded?: boolean }} Known
 */

/** @type {Map<string, Known>} */
const read = new Map();

/**
 * `{name name=word|word name{...}}`. Behind a name `!` where the wire asks for it, `:` and what it may be: `s` a string, `n` a number, `b` true or false, `o` an object,
 * `l` a list, of what is said behind it (`ls`, `lo`); two with a comma between.
 * @param {string} text @returns {Known}
 */
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
      const [, name, needed, kinds, words] = /** @type {RegExpExecArray} */ (/^([^!:=]+)(!?)(?::([^=]+))?(?:=(.*))?$/.exec(token));
      last = { fields: new Map(), ...(words && { words: new Set(words.split("|")) }), ...((kinds || words) && { kinds: kinds ?? "s" }), ...(needed && { isNeeded: true }) };
      above[above.length - 1].fields.set(name, last);
    }
  }
  return root;
}
