// Whether videos were submitted here that nobody has taken off the list: who never submitted one loads nothing for it.

const MARKER = "openrouter-demo.videos.";

/** @param {string} connection */
export function hasVideos(connection) {
  return storage()?.getItem(MARKER + connection) === "yes";
}

/** @param {string} connection @param {boolean} has */
export function markVideos(connection, has) {
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
