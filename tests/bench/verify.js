// Whether a contender read what there was to read.
import { USAGE } from "./answers.js";

/** @import { Answer } from "./answers.js" */
/** @import { Contender, Outcome } from "./contenders.js" */

/**
 * Throws unless the whole answer was read. A contender that gets something wrong has no time.
 * @param {Contender} contender
 * @param {Outcome} outcome
 * @param {Answer} answer
 * @param {import("./measure.js").Scenario["kind"]} kind
 */
export function verify({ name, readsNothing }, { pieces, text, completionTokens, input, partial }, answer, kind) {
  const expect = (/** @type {string} */ what, /** @type {unknown} */ is, /** @type {unknown} */ should) => {
    if (is !== should) throw new Error(`${name}: ${what}: ${String(is).slice(0, 80)} instead of ${String(should).slice(0, 80)}`);
  };
  if (readsNothing) return expect("bytes", pieces, answer.bytes);
  expect("usage", completionTokens, USAGE.completion);
  if (kind === "object" || kind === "long-object") {
    // A view that shows nothing new may be left out; whoever shows the whole alone streams nothing.
    if (pieces < answer.pieces / 4) throw new Error(`${name}: ${pieces} views of ${answer.pieces} deltas`);
    expect("object", JSON.stringify(input), answer.text);
    expect("last view", JSON.stringify(partial), answer.text);
    return;
  }
  expect("deltas", pieces, answer.pieces);
  expect("text", text, answer.text);
  if (kind !== "tool") return;
  expect("parsed arguments", JSON.stringify(input), answer.text);
  if (partial !== undefined) expect("partial view", JSON.stringify(partial), answer.text);
}
