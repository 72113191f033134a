/** Pages that a search would have found: addresses under example.com, which leads nowhere, and words about what was asked. */

/** @typedef {{ title: string, url: string, snippet: string, date: string }} WebSource */

const KINDS = ["guide", "report", "news", "reference", "forum", "study", "archive", "interview", "faq", "review"];

/**
 * @param {string} query
 * @param {number} count
 * @returns {WebSource[]}
 */
export function sourcesFor(query, count) {
  const subject = query.replace(/\s+/g, " ").trim().slice(0, 80) || "nothing in particular";
  const slug = subject.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/g, "") || "page";
  return Array.from({ length: count }, (_, at) => {
    const kind = KINDS[at % KINDS.length] ?? "page";
    const round = at < KINDS.length ? "" : `-${Math.floor(at / KINDS.length) + 1}`;
    return {
      title: `${subject}: ${kind}${round.replace("-", " ")}`,
      url: `https://${kind}.example.com/${encodeURIComponent(slug)}${round}`,
      snippet: `A simulated ${kind} about ${subject}. Nothing was looked up.`,
      date: `2026-0${(at % 9) + 1}-15`,
    };
  });
}
