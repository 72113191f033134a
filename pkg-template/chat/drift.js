// Samples of what answers consist of, as they came. Which of their names and words are known is looked up by a part that loads when somebody
// asks: a chat has no use for the lists.
import { load } from "../lazily.js";

/** @import { Drift as DriftRow } from "../index.js" */

/** Then they are looked through, so that they do not grow. */
const MOST_ANSWERS = 32;
/** A longer answer is kept up to a fourth of it. */
const MOST_BYTES = 64 << 10;

export class Drift {
  /** @type {{ of: string, pieces: unknown[] }[]} */
  #answers = [];
  /** @type {Map<string, DriftRow>} */
  #rows = new Map();

  /**
   * One answer, in pieces: JSON as text or bytes, or read.
   * @param {string} of  `chat`, or the URL that was asked @param {unknown[]} pieces
   */
  add(of, pieces) {
    if (pieces.length === 0) return;
    const held = pieces.map((piece) => (piece instanceof Uint8Array && piece.length > MOST_BYTES ? piece.slice(0, MOST_BYTES / 4) : piece));
    this.#answers.push({ of, pieces: held });
    // Once for so many, however many come while the part is loaded. The caller that asks is told that it could not be; a run has nothing to do with it.
    if (this.#answers.length % MOST_ANSWERS === 0) this.list().catch(() => this.#answers.splice(MOST_ANSWERS - 1));
  }

  /** @returns {Promise<DriftRow[]>} */
  async list() {
    const { countUnknown } = await load(import("../telemetry-part.js"));
    for (const answer of this.#answers.splice(0)) countUnknown(answer, this.#rows);
    return [...this.#rows.values()].map((row) => ({ ...row }));
  }
}
