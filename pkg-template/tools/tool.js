// A tool with its types; at run time it is what it was.

/** @template T @param {T} definition @returns {T} */
export function tool(definition) {
  return definition;
}
