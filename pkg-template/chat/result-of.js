// What a run has come to, for its caller.
import { oddUsage } from "../money/odd-usage.js";
import { pendingCalls } from "./pending-calls.js";

/** @import { Change, ChatResult } from "../index.js" */
/** @import { Driver } from "./driver.js" */

/** @param {Driver} run  whose last step is whole @param {{ changes: Change[], warnings: Change[] }} notes @returns {ChatResult} */
export function resultOf(run, { changes, warnings }) {
  const { loop, money, record } = run;
  const { added, continuation, messages, reader, steps } = record;
  const { reason, verdict, usage, message, id, model, provider, metadata, cache } = reader.finished;
  if (continuation) {
    changes.push(continuation.change(messages.length));
    if (added.length > 0) added[0] = continuation.whole(added[0]);
  }
  for (const step of steps) for (const odd of oddUsage(step.usage?.raw)) warnings.push({ rule: "usage", ...odd });
  const object = loop?.object;
  return {
    message: continuation && added.length === 1 ? added[0] : message,
    messages: [...messages, ...added],
    usage: loop ? loop.usage : usage,
    steps, reason, verdict,
    // Reckoned when it is asked for: most look at nothing but the message.
    get cost() {
      return money.meter(undefined);
    },
    model, provider, id, changes, warnings,
    pending: reason === "tool-calls" ? pendingCalls(message, added, reader.inputs, loop?.later) : [],
    ...(cache && { cache }),
    ...(metadata && { metadata }),
    ...(object && { object: object.value }),
  };
}
