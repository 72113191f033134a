// The transcript doctor: a conversation that a provider would refuse goes in; what is repaired, and why, comes out.
import { sanitizeTranscript } from "openrouter-wasm/sanitize-transcript";
import { button, copyFrom, element } from "./dom.js";
import { choiceField, field, modelField, textOf } from "./fields.js";
import { plural } from "./format.js";
import { codeBlock } from "./markdown.js";
import { Mistake, sheetHead, taskForm, workbench } from "./task.js";

/** @import { Change, ChatMessage } from "openrouter-wasm" */
/** @import { TabContext } from "./tab-loader.js" */

const DEFAULT_MODEL = "anthropic/claude-sonnet-4.5";

/** A call that nobody answered, an answer to no call, two turns of the user in a row, a call id that one provider refuses. */
const BROKEN = JSON.stringify(
  [
    { role: "user", content: "What is the weather in Lisbon?" },
    { role: "assistant", content: null, tool_calls: [{ id: "call:lisbon/1", type: "function", function: { name: "get_weather", arguments: '{"city":"Lisbon"}' } }, { id: "call_2", type: "function", function: { name: "get_time", arguments: '{"zone":' } }] },
    { role: "tool", tool_call_id: "call_of_nobody", content: "21 °C" },
    { role: "user", content: "Well?" },
    { role: "user", content: "And tomorrow?" },
  ],
  null,
  2,
);

/** @param {HTMLElement} host @param {TabContext} context */
export function fill(host, context) {
  const text = field("Transcript", element("textarea", { class: "input area code-area", rows: 10, placeholder: "[{ \"role\": \"user\", … }]", spellcheck: "false", required: true }), { wide: true, note: "A list of messages, or a request with one, in OpenAI's form or in OpenClaw's." });
  const model = modelField({ placeholder: DEFAULT_MODEL, wide: true, load: async () => context.client.models.list() });
  const policy = choiceField("Policy", [["auto", "as the model needs"], ["classic", "classic"], ["off", "off: the least"]]);
  const sample = button("Put a broken one there", "plain", () => {
    text.control.value = BROKEN;
    text.control.focus();
  });
  const output = element("div", { class: "results" });
  const { form } = taskForm({
    context,
    label: "Examine",
    doing: "Examining",
    done: "The transcript is examined.",
    isLocal: true,
    fields: [text.node, model.node, policy.node, element("p", { class: "row" }, sample)],
    output,
    replaces: true,
    code: () => ({ method: "chat", options: { model: textOf(model) ?? DEFAULT_MODEL, messages: messagesIn(text.control.value), transcriptPolicy: policy.control.value } }),
    async work() {
      // Findings of another transcript are not those of this one.
      output.replaceChildren();
      const messages = messagesIn(text.control.value);
      const { messages: repaired, changes } = await sanitizeTranscript(messages, { model: textOf(model) ?? DEFAULT_MODEL, policy: /** @type {"auto"} */ (policy.control.value) });
      return report(messages, repaired, changes);
    },
  });
  host.append(sheetHead("Transcript doctor", "Providers refuse transcripts for reasons that they seldom name. Paste one, choose who is to read it, and see each repair and its reason. Nothing leaves this page."), workbench(form, output));
}

/** @param {string} text @returns {ChatMessage[]} */
function messagesIn(text) {
  let value;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Mistake(`This is no JSON: ${/** @type {Error} */ (error).message}`);
  }
  const messages = Array.isArray(value) ? value : value?.messages;
  if (!Array.isArray(messages)) throw new Mistake("This is neither a list of messages nor an object with one under \"messages\".");
  if (messages.length === 0) throw new Mistake("There is no message in it.");
  return messages;
}

/** @param {ChatMessage[]} before @param {ChatMessage[]} after @param {Change[]} changes */
function report(before, after, changes) {
  const json = JSON.stringify(after, null, 2);
  const copy = button("Copy the repaired transcript", "plain", () => copyFrom(copy, json));
  return element(
    "article",
    { class: "card made doctor" },
    element("header", {}, element("strong", {}, changes.length === 0 ? "It is in order" : plural(changes.length, "repair")), element("span", { class: "badge", "data-tone": changes.length === 0 ? "good" : "warn" }, `${plural(before.length, "message")} in, ${after.length} out`)),
    changes.length === 0
      ? element("p", {}, "This model takes it as it is.")
      : element(
          "ol",
          { class: "repairs" },
          ...changes.map(({ rule, path, reason }) => element("li", {}, element("p", { class: "row" }, element("code", {}, path || "messages"), element("span", { class: "badge" }, rule.replaceAll(/[-_]/g, " "))), element("p", {}, reason))),
        ),
    ...(after.length === 0 ? [element("p", {}, "Nothing of it is left that could be sent.")] : []),
    element("details", { open: changes.length > 0 }, element("summary", {}, "The repaired transcript"), codeBlock(json, "json")),
    element("footer", { class: "row" }, copy),
  );
}
