// What ends with the tab.

/** Undefined where the visitor's settings forbid it. */
export function tabStorage() {
  try {
    return sessionStorage;
  } catch {
    return undefined;
  }
}
