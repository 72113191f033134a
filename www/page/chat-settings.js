// What a chat is told beside its messages: system prompt, temperature, limits, the schema of its answers, tools and budget.
import { dialog } from "./dialog.js";
import { button, element } from "./dom.js";
import { choiceField, field, lineField, numberOf, textOf } from "./fields.js";
import { dollars } from "./format.js";
import { modeOf, PAGE_TOOLS } from "./tools/tools.js";

/** @import { ChatRequest } from "openrouter-wasm" */
/** @import { ToolMode } from "./tools/tools.js" */

/**
 * @typedef {object} ChatSettings
 * @property {string} [system]
 * @property {number} [temperature]
 * @property {number} [maxTokens] of an answer
 * @property {string} [schema] JSON Schema as text
 * @property {Record<string, ToolMode>} [tools]
 * @property {number} [budgetUsd] of this chat
 */

const EXAMPLE_SCHEMA = JSON.stringify({ type: "object", properties: { city: { type: "string" }, population: { type: "integer" } }, required: ["city", "population"], additionalProperties: false }, null, 2);

/**
 * The fields of a request that the settings set.
 * @param {ChatSettings} settings
 * @returns {Partial<ChatRequest>}
 */
export function requestFields({ temperature, maxTokens, schema }) {
  return {
    ...(temperature !== undefined && { temperature }),
    ...(maxTokens !== undefined && { max_completion_tokens: maxTokens }),
    ...(schema !== undefined && { response_format: { type: "json_schema", json_schema: { name: "answer", strict: true, schema: JSON.parse(schema) } } }),
  };
}

/**
 * Why a text is no schema of an object, for the visitor.
 * @param {string} text
 * @returns {string | undefined} undefined: it is one
 */
export function schemaTrouble(text) {
  let schema;
  try {
    schema = JSON.parse(text);
  } catch (error) {
    return `This is no JSON: ${/** @type {Error} */ (error).message}`;
  }
  if (!schema || typeof schema !== "object" || Array.isArray(schema)) return "A schema is a JSON object.";
  return schema.type === "object" ? undefined : "The schema has to describe an object: \"type\": \"object\".";
}

/** How many of the settings are set, for a badge. @param {ChatSettings} settings */
export function settingsCount({ system, temperature, maxTokens, schema, budgetUsd }) {
  return [system, temperature, maxTokens, schema, budgetUsd].filter((value) => value !== undefined).length;
}

/**
 * @param {object} opened
 * @param {ChatSettings} opened.settings
 * @param {number | undefined} opened.dayLimitUsd
 * @param {{ chatUsd: number, dayUsd: number }} opened.spent
 * @param {boolean} opened.takesTextOnly
 * @param {(settings: ChatSettings, dayLimitUsd: number | undefined) => void} opened.save
 */
export function openSettings({ settings, dayLimitUsd, spent, takesTextOnly, save }) {
  const { body, open, close } = dialog("Settings of this chat", { className: "settings-dialog" });
  const system = field("System prompt", element("textarea", { class: "input area", rows: 4, placeholder: "What the model should always keep in mind" }), { wide: true });
  system.control.value = settings.system ?? "";
  const temperature = lineField("Temperature", { type: "number", min: 0, max: 2, step: 0.1, placeholder: "the model's own", value: settings.temperature }, "0 is steady, 2 is wild.");
  const maxTokens = lineField("Longest answer, tokens", { type: "number", min: 1, step: 1, placeholder: "no limit", value: settings.maxTokens }, "The answer is cut there.");
  const budget = lineField("Budget of this chat, USD", { type: "number", min: 0, step: "any", placeholder: "no limit", value: settings.budgetUsd }, `${dollars(spent.chatUsd)} spent so far.`);
  const day = lineField("Budget of a day, USD", { type: "number", min: 0, step: "any", placeholder: "no limit", value: dayLimitUsd }, `${dollars(spent.dayUsd)} spent today.`);
  const schema = field("Schema of the answer", element("textarea", { class: "input area code-area", rows: 6, placeholder: "None: the answer is text", spellcheck: "false" }), { wide: true, note: "JSON Schema. With one, every answer is an object that fits it, where the model can." });
  schema.control.value = settings.schema ?? "";
  const trouble = element("p", { class: "missing", role: "alert", hidden: true });
  schema.node.append(trouble);
  const example = button("Put an example there", "plain small", () => {
    schema.control.value = EXAMPLE_SCHEMA;
    check();
  });
  schema.node.append(element("p", { class: "row" }, example));
  const check = () => {
    const text = textOf(schema);
    const wrong = text === undefined ? undefined : schemaTrouble(text);
    trouble.hidden = wrong === undefined;
    trouble.textContent = wrong ?? "";
    schema.control.setAttribute("aria-invalid", String(wrong !== undefined));
    return wrong === undefined;
  };
  schema.control.addEventListener("change", check);
  const tools = PAGE_TOOLS.map((tool) => {
    const made = choiceField(tool.title, [["ask", "ask me first"], ["run", "run by itself"], ["off", "not offered"]]);
    made.control.value = modeOf(settings.tools, tool.name);
    return { tool, made };
  });
  const form = element(
    "form",
    { class: "task", "aria-label": "Settings" },
    element(
      "div",
      { class: "fields-grid pairs" },
      system.node,
      ...(takesTextOnly ? [] : [temperature.node, maxTokens.node]),
      budget.node,
      day.node,
      ...(takesTextOnly ? [] : [element("h3", { class: "wide" }, "Tools, when they are on"), ...tools.map(({ made }) => made.node), schema.node]),
    ),
    element("p", { class: "row end" }, button("Cancel", "plain", close), element("button", { type: "submit", class: "primary strong" }, "Save")),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!check()) return schema.control.focus();
    save(
      {
        system: textOf(system),
        temperature: numberOf(temperature),
        maxTokens: numberOf(maxTokens),
        schema: textOf(schema),
        budgetUsd: numberOf(budget),
        tools: Object.fromEntries(tools.map(({ tool, made }) => [tool.name, /** @type {ToolMode} */ (made.control.value)])),
      },
      numberOf(day),
    );
    close();
  });
  body.append(form);
  open();
  system.control.focus();
}
