// Which tab gets an answer: it holds a lock for as long, so that no other takes the answer for one that was left.

/** @import { ChatEntry } from "./chat-tree.js" */

/** @param {ChatEntry} entry */
export function lockOf({ id }) {
  return `openrouter-demo.answer.${id}`;
}

/** Where the browser has no locks there is one tab, as far as we know. @param {string} name @param {() => Promise<void>} work */
export function holding(name, work) {
  return navigator.locks ? navigator.locks.request(name, work) : work();
}
