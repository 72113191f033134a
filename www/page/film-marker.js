// Whether films were ordered here that nobody has taken off the list: who never ordered one loads nothing for it.

const MARKER = "openrouter-demo.films.";

/** @param {string} connection */
export function hasFilms(connection) {
  return storage()?.getItem(MARKER + connection) === "yes";
}

/** @param {string} connection @param {boolean} has */
export function markFilms(connection, has) {
  if (has) storage()?.setItem(MARKER + connection, "yes");
  else storage()?.removeItem(MARKER + connection);
}

/** Undefined where the visitor's settings forbid it. */
function storage() {
  try {
    return localStorage;
  } catch {
    return undefined;
  }
}
