// The scenarios and the suggestions, as buttons.
import { button, element } from "./dom.js";
import { SCENARIOS, SUGGESTIONS } from "./scenarios.js";

/** @import { Scenario } from "./scenarios.js" */

/**
 * @param {HTMLElement} host
 * @param {(scenario: Scenario) => void} play
 */
export function fillScenarios(host, play) {
  for (const { title, scenarios } of SCENARIOS) {
    const list = element("ul", { "aria-label": title });
    for (const scenario of scenarios) {
      const node = button("", "scenario", () => play(scenario), element("span", { class: "title" }, scenario.title), element("span", { class: "shows" }, scenario.shows));
      node.dataset.scenario = scenario.id;
      node.dataset.tone = scenario.ends;
      list.append(element("li", {}, node));
    }
    host.append(element("h3", {}, title), list);
  }
}

/**
 * @param {HTMLElement} host
 * @param {(prompt: string) => void} send
 */
export function fillSuggestions(host, send) {
  for (const { title, prompt, shown = prompt } of SUGGESTIONS) {
    host.append(button("", "suggestion", () => send(prompt), element("span", { class: "title" }, title), element("span", { class: "shows" }, shown)));
  }
}
