// One JSON value in the browser's storage, for all tabs of this page.

/**
 * @template Value
 * @param {string} name
 * @param {Value} otherwise
 * @returns {Value} what was stored, where it is of the same kind
 */
export function readLocal(name, otherwise) {
  try {
    const value = JSON.parse(localStorage.getItem(PREFIX + name) ?? "null");
    return value !== null && typeof value === typeof otherwise && Array.isArray(value) === Array.isArray(otherwise) ? value : otherwise;
  } catch {
    return otherwise;
  }
}

/** @param {string} name @param {unknown} value */
export function writeLocal(name, value) {
  try {
    localStorage.setItem(PREFIX + name, JSON.stringify(value));
  } catch {
    // No storage, or none left: it holds until the page is closed, and that is all a setting can ask for.
  }
}

const PREFIX = "openrouter-demo.";
