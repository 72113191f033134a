// The one tool of this page. It makes its answer up, in this page, so that running it costs and reveals nothing.

/** @import { Tool } from "openrouter-wasm" */

/** @type {Tool} */
export const WEATHER_TOOL = {
  name: "get_weather",
  description: "The weather forecast for a city",
  parameters: {
    type: "object",
    properties: {
      city: { type: "string", description: "The city, with its country if the name is not unique" },
      days: { type: "integer", minimum: 1, maximum: 7 },
    },
    required: ["city", "days"],
  },
};

/**
 * @param {string} name
 * @param {Record<string, unknown>} input
 * @returns {Record<string, unknown>}
 */
export function runTool(name, input) {
  if (name !== WEATHER_TOOL.name) return { error: `this page has no tool ${name}` };
  const days = Math.min(7, Math.max(1, Number(input.days) || 3));
  const forecast = Array.from({ length: days }, (_, day) => (day % 3 === 1 ? "rain, 11 mm, 17 °C" : "dry, 21 °C"));
  return { city: String(input.city), forecast, note: "made up by the demo" };
}
