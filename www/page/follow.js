// Keeps the end of a growing column in sight, until the reader scrolls away from it.

const NEAR = 60;

/**
 * @param {HTMLElement} scroller
 * @param {HTMLElement} column what grows inside it
 * @param {HTMLButtonElement} jump back to the end; shown while the reader is elsewhere
 * @returns {() => void} goes to the end and stays there
 */
export function followEnd(scroller, column, jump) {
  let following = true;
  const toEnd = () => {
    following = true;
    jump.hidden = true;
    scroller.scrollTop = scroller.scrollHeight;
  };
  let last = 0;
  scroller.addEventListener("scroll", () => {
    const distance = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight;
    // A scroll event that comes from growth looks like one of the reader's, but for its direction.
    if (scroller.scrollTop < last - 1) following = distance < NEAR && following;
    if (distance < 8) following = true;
    last = scroller.scrollTop;
    jump.hidden = following || distance < NEAR;
  }, { passive: true });
  const observer = new ResizeObserver(() => {
    // Text that stands there before the conversation is read from its beginning.
    if (following && column.hasChildNodes()) scroller.scrollTop = scroller.scrollHeight;
  });
  // The window onto the column shrinks too, when the message field grows.
  observer.observe(column);
  observer.observe(scroller);
  jump.addEventListener("click", toEnd);
  return toEnd;
}
