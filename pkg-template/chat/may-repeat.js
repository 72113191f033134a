// Whether the same request may be sent again without asking: an attempt that was paid, or that had begun to answer, would be paid twice.

/** The engine's rule for its own retries. @param {{ isRetryable: boolean, partial?: any }} error */
export function mayRepeat({ isRetryable, partial: { usage, message, steps, images } = {} }) {
  if ((usage?.cost ?? usage?.outputTokens) > 0 || steps || images) return false;
  return isRetryable && Object.entries(message ?? {}).every(([name, value]) => name === "role" || JSON.stringify(value ?? "").length < 3);
}
