// The options of one call, by either spelling; what nobody reads is told with the name that was meant.

/**
 * The request in the names of this package: a field of the wire (`top_n`) is its other spelling (`topN`). Any other name is left out and told.
 * @param {Record<string, any>} request @param {readonly string[]} names @param {string} [remedy]  what is said of a name that is none
 * @param {(name: string) => string} [spelled]  how the names are spelled
 * @param {string} [fate]  of a name that is none
 * @returns {{ options: Record<string, any>, warnings: string[] }}
 */
export function readOptions(request, names, remedy = " (extraBody sends any field)", spelled = camelOf, fate = "is not sent") {
  /** @type {Record<string, any>} */
  const options = {};
  /** @type {string[]} */
  const warnings = [];
  for (const [name, value] of Object.entries(request)) {
    if (value === undefined || value === null) continue;
    const own = names.includes(name) ? name : spelled(name);
    if (!names.includes(own)) {
      const near = nearest(own, names);
      warnings.push(`${name}: ${fate}, there is no such option${near ? `; ${near} is one` : ""}${remedy}`);
    } else if (own === name || request[own] === undefined || request[own] === null) options[own] = value;
    else warnings.push(`${name}: is not sent, ${own} says it already`);
  }
  return { options, warnings };
}

/** @param {string} name */
function camelOf(name) {
  return name.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase());
}

/** Other APIs' words, and what they are here: the first that a call has. @type {Record<string, readonly string[]>} */
const OTHER_WORDS = {
  file: ["audio", "image", "video"], content: ["input"], text: ["input", "prompt"], texts: ["input", "documents"], inputs: ["input"], duration: ["durationSeconds"], count: ["n"], numImages: ["n"],
  images: ["inputs"], image: ["inputs"], firstFrame: ["inputs"], lastFrame: ["inputs"], format: ["responseFormat", "outputFormat"], interval: ["intervalMs"], limit: ["topN", "count"],
  timeout: ["timeoutMs"], abortSignal: ["signal"], docs: ["documents"],
};

/** The name that is at most two letters away, the same but for its case, or longer or shorter at its end. @param {string} wrong @param {readonly string[]} names */
function nearest(wrong, names) {
  const other = Object.hasOwn(OTHER_WORDS, wrong) && OTHER_WORDS[wrong].find((name) => names.includes(name));
  if (other) return other;
  const lower = wrong.toLowerCase();
  const found = names.map((name) => ({ name, apart: distance(lower, name.toLowerCase()) })).sort((left, right) => left.apart - right.apart)[0];
  if (found && found.apart <= Math.min(2, Math.floor(wrong.length / 3))) return found.name;
  // `duration` of `durationSeconds`.
  return wrong.length < 4 ? undefined : names.find((name) => name.toLowerCase().startsWith(lower) || (name.length > 3 && lower.startsWith(name.toLowerCase())));
}

/** Letters to change, to add, to take away, or to swap with the next. @param {string} left @param {string} right */
function distance(left, right) {
  /** @type {number[]} */
  let before = [];
  let above = Array.from({ length: right.length + 1 }, (_, at) => at);
  for (let row = 1; row <= left.length; row++) {
    const line = [row];
    for (let at = 1; at <= right.length; at++) {
      const isSwapped = left[row - 1] === right[at - 2] && left[row - 2] === right[at - 1];
      line.push(Math.min(isSwapped ? before[at - 2] + 1 : Infinity, above[at] + 1, line[at - 1] + 1, above[at - 1] + (left[row - 1] === right[at - 1] ? 0 : 1)));
    }
    [before, above] = [above, line];
  }
  return above[right.length];
}
