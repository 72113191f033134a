// Colours for code. `lowlight` gives a tree and not HTML, so that code stays text.
import { createLowlight } from "lowlight";
import bash from "highlight.js/lib/languages/bash";
import c from "highlight.js/lib/languages/c";
import cpp from "highlight.js/lib/languages/cpp";
import csharp from "highlight.js/lib/languages/csharp";
import css from "highlight.js/lib/languages/css";
import diff from "highlight.js/lib/languages/diff";
import go from "highlight.js/lib/languages/go";
import ini from "highlight.js/lib/languages/ini";
import java from "highlight.js/lib/languages/java";
import javascript from "highlight.js/lib/languages/javascript";
import json from "highlight.js/lib/languages/json";
import kotlin from "highlight.js/lib/languages/kotlin";
import markdown from "highlight.js/lib/languages/markdown";
import php from "highlight.js/lib/languages/php";
import python from "highlight.js/lib/languages/python";
import ruby from "highlight.js/lib/languages/ruby";
import rust from "highlight.js/lib/languages/rust";
import sql from "highlight.js/lib/languages/sql";
import swift from "highlight.js/lib/languages/swift";
import typescript from "highlight.js/lib/languages/typescript";
import xml from "highlight.js/lib/languages/xml";
import yaml from "highlight.js/lib/languages/yaml";
import { element } from "./dom.js";

/** @import { ElementContent, RootContent } from "hast" */

const colours = createLowlight({ bash, c, cpp, csharp, css, diff, go, ini, java, javascript, json, kotlin, markdown, php, python, ruby, rust, sql, swift, typescript, xml, yaml });

/** Longer code is left as it is: reading it would hold up the page. */
const MOST_CHARACTERS = 60_000;

/**
 * @param {HTMLElement} node that shows the code
 * @param {string} code
 * @param {string} language as it was named; an unknown one changes nothing
 */
export function highlight(node, code, language) {
  const name = language.toLowerCase();
  if (code.length > MOST_CHARACTERS || !colours.registered(name)) return;
  node.replaceChildren(...colours.highlight(name, code).children.map(nodeOf));
}

/** @param {RootContent | ElementContent} part @returns {Node | string} */
function nodeOf(part) {
  if (part.type === "text") return part.value;
  if (part.type !== "element") return "";
  const classes = part.properties.className;
  return element("span", { class: Array.isArray(classes) ? classes.join(" ") : undefined }, ...part.children.map((child) => /** @type {Node} */ (nodeOf(child))));
}
