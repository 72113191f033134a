// docs/api.md: what xtask makes of declarations. That the page is current, and so the same each time for the package, is a check of lint.
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, test } from "node:test";
import { apiPage, ENTRIES } from "../../xtask/api-page.js";
import { withoutSentence } from "../../xtask/public-types.js";

const folders = /** @type {string[]} */ ([]);
after(() => folders.forEach((folder) => rmSync(folder, { recursive: true })));

/** A package with these declarations. @param {Record<string, string>} files */
function packageOf(files) {
  const folder = mkdtempSync(join(tmpdir(), "openrouter-wasm-api-page-"));
  folders.push(folder);
  const all = { "types/platform.d.ts": "// The platform's.\n", ...Object.fromEntries(ENTRIES.map(([, entry]) => [entry, ""])), ...files };
  for (const [name, text] of Object.entries(all)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

const MAIN = `// What it is.
import type { Part } from "./types/parts.js";
export type * from "./types/parts.js";
/** Not exported. */
interface Base {
  /** From the base. */
  step: number;
}
/** One thing. */
export interface Thing extends Base {
  /**
   * Its part.
   * In two lines.
   * @default "none"
   */
  part?: Part | undefined;
  /** Never told. */
  other?: undefined;
}
/**
 * Makes one.
 *
 * @example
 * \`\`\`js
 * make("a");
 * \`\`\`
 */
export declare function make(name: string): Thing;
/** The class. */
export declare class Maker {
  private constructor();
  /** Makes a part. */
  part(): Part;
}
`;
const PARTS = "// Of parts.\n/** A part. */\nexport type Part = \"none\" | \"all\";\n/** The same word in lower case. */\nexport declare function part(): void;\n";

test("a page has each declaration with its sentence, members, examples and links, what is called first", () => {
  const page = apiPage(packageOf({ "index.d.ts": MAIN, "types/parts.d.ts": PARTS }));
  assert.match(page, /^## openrouter-wasm\n\nWhat it is\.\n\n#### `Maker`\n\nThe class\./m);
  assert.match(page, /- `part\?: Part` \(\[Part\]\(#part-1\)\): Its part\. In two lines\. Default `"none"`\.\n/, "of two anchors alike the second has a number");
  assert.match(page, /- `step: number`: From the base\./, "what cannot be named is told where it is used");
  assert.match(page, /```js\nmake\("a"\);\n```/);
  assert.doesNotMatch(page, /`other|private constructor|Never told/);
  assert.ok(page.indexOf("`make`") < page.indexOf("`Thing`"));
});

test("it is the same each time", () => {
  const folder = packageOf({ "index.d.ts": MAIN, "types/parts.d.ts": PARTS });
  assert.equal(apiPage(folder), apiPage(folder));
});

for (const [what, text, wanted] of /** @type {const} */ ([
  ["an interface", "export interface A {\n  /** b */\n  b: 1;\n}\n", ["A"]],
  ["a member", "/** A. */\nexport interface A {\n  b: 1;\n}\n", ["A.b"]],
  ["a method", "/** A. */\nexport declare class A {\n  b(): void;\n}\n", ["A.b"]],
  ["a member of a literal of several lines", "/** A. */\nexport interface A {\n  /** b */\n  b: {\n    c: 1;\n  };\n}\n", ["A.b.c"]],
  ["a type of an object", "/** A. */\nexport type A = {\n  b: 1;\n};\n", ["A.b"]],
  ["a function's overload", "/** a */\nexport declare function a(): void;\nexport declare function a(b: 1): void;\n", ["a"]],
  ["a constant", "export declare const A: 1;\n", ["A"]],
  ["a function of a namespace", "/** A. */\nexport declare namespace a {\n  function b(): void;\n}\n", ["a.b"]],
  ["nothing", "/** A. */\nexport interface A {\n  /** b */\n  b: { c: 1 };\n  never?: undefined;\n}\ninterface Own { d: 1 }\n", []],
])) {
  test(`what has no sentence is found: ${what}`, () => {
    assert.deepEqual(withoutSentence(packageOf({ "index.d.ts": text }), ["index.d.ts"]), wanted.map((name) => `index.d.ts: ${name}`));
  });
}
