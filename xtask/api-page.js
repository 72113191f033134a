// docs/api.md: every public declaration with its sentence, its members with theirs, and links between them.
import { basename } from "node:path";
import ts from "typescript-5.9";
import { declarationsOf, docOf, filesOf, innerMembersOf, membersOf, nameOf, sourceOf } from "./public-types.js";

/** @import { Node } from "typescript-5.9" */
/** @import { Declared, Doc } from "./public-types.js" */

/** Entries of the package, and the declarations behind them. */
export const ENTRIES = /** @type {const} */ ([
  ["openrouter-wasm", "index.d.ts", "the client, with all types; `openrouter-wasm/standalone` and `/standalone-chat` export the same for pages without a bundler"],
  ["openrouter-wasm/slim", "slim.d.ts", "the same without its engines, which you bring"],
  ["openrouter-wasm/ai-sdk", "ai-sdk.d.ts", "the AI SDK and `useChat`"],
  ["openrouter-wasm/gateway", "types/gateway.d.ts", "a server that keeps your key"],
  ["openrouter-wasm/simulator", "simulator.d.ts", "an OpenRouter in process"],
  ["openrouter-wasm/simulator/serve", "bin/serve.d.ts", "the same on a port, in Node"],
]);
/** Not exported: the types of the platform's own classes. */
const PLATFORM = "types/platform.d.ts";

/** @param {string} folder  the package's */
export function apiPage(folder) {
  const page = new Page(folder);
  page.heading(1, "API");
  page.say("Made from the types by `cargo xtask docs`: your editor shows the same. Times are milliseconds, sizes bytes, amounts USD, unless a name or sentence says otherwise.");
  page.say(["| import | |", "|---|---|", ...ENTRIES.map(([name, , what]) => `| [\`${name}\`](#${page.anchorLater(name)}) | ${what} |`)].join("\n"));
  /** @type {Set<string>} */
  const done = new Set();
  for (const [name, entry] of ENTRIES) {
    page.heading(2, name, name);
    const isShell = declarationsOf(folder, entry, true).length === 0;
    for (const file of filesOf(folder, entry)) {
      // The slim package has everything of the main one.
      if (done.has(file)) continue;
      done.add(file);
      const declared = declarationsOf(folder, file, true);
      if (declared.length === 0) continue;
      if (file !== entry && !isShell) page.heading(3, `Types: ${titleOf(file)}`);
      page.say(openingOf(folder, file));
      for (const one of [0, 1, 2].flatMap((rank) => declared.filter((one) => rankOf(one) === rank))) page.declaration(one);
    }
  }
  page.heading(2, "Names of the platform");
  page.say(openingOf(folder, PLATFORM));
  for (const one of declarationsOf(folder, PLATFORM, true)) page.declaration(one);
  return page.text();
}

/** @param {string} file */
const titleOf = (file) => basename(file, ".d.ts").replaceAll("-", " ");

/** Classes come first, functions and values next, then the types that they take and give. @param {Declared} declared */
const rankOf = ({ nodes }) => (nodes.some(ts.isClassDeclaration) ? 0 : nodes.some((node) => !ts.isInterfaceDeclaration(node) && !ts.isTypeAliasDeclaration(node)) ? 1 : 2);

/** The comment that a file begins with. @param {string} folder @param {string} file */
function openingOf(folder, file) {
  const lines = sourceOf(folder, file).text.split("\n");
  const end = lines.findIndex((line) => !line.startsWith("//"));
  return lines.slice(0, end).map((line) => line.replace(/^\/\/ ?/, "")).join(" ");
}

class Page {
  /** @param {string} folder */
  constructor(folder) {
    this.folder = folder;
    /** @type {(string | (() => string))[]} a function is a text whose links are known at the end */
    this.pieces = [];
    /** How often an anchor was taken: the second gets a number, as on GitHub. @type {Map<string, number>} */
    this.taken = new Map();
    /** @type {Map<string, string>} anchors by file and name */
    this.anchors = new Map();
  }

  text() {
    return `${this.pieces.map((piece) => (typeof piece === "string" ? piece : piece())).filter((piece) => piece !== "").join("\n\n")}\n`;
  }

  /** @param {string | (() => string)} piece */
  say(piece) {
    this.pieces.push(piece);
  }

  /** @param {string} name */
  anchorLater(name) {
    return name.toLowerCase().replace(/[^\p{L}\p{N} _-]/gu, "").replace(/ /g, "-");
  }

  /** @param {number} level @param {string} text @param {string} [key] */
  heading(level, text, key) {
    const bare = this.anchorLater(text);
    const count = this.taken.get(bare) ?? 0;
    this.taken.set(bare, count + 1);
    if (key !== undefined) this.anchors.set(key, count === 0 ? bare : `${bare}-${count}`);
    this.say(`${"#".repeat(level)} ${text}`);
  }

  /** @param {Declared} declared */
  declaration({ name, file, nodes }) {
    this.heading(4, `\`${name}\``, `${file}:${name}`);
    const doc = nodes.map(docOf).find((one) => one?.text);
    // Overloads, each with its own sentence.
    const isFunction = nodes.every(ts.isFunctionDeclaration);
    if (isFunction) for (const node of nodes) this.signature(node, file, docOf(node));
    else this.doc(doc);
    for (const node of nodes) {
      if (isFunction) continue;
      const members = membersOf(node);
      this.heritage(node, file);
      if (ts.isClassDeclaration(node)) for (const member of members) this.member(member, file, name);
      else if (ts.isModuleDeclaration(node) && node.body && ts.isModuleBlock(node.body)) for (const part of node.body.statements) this.member(part, file, name);
      else if (members.length > 0 && ts.isInterfaceDeclaration(node)) this.list([...this.inherited(node, file), ...members], file, 0);
      else if (!ts.isInterfaceDeclaration(node)) this.signature(node, file);
    }
  }

  /** The bases of a class or interface, whose members it has too. @param {Node} node @param {string} file */
  heritage(node, file) {
    if (!ts.isInterfaceDeclaration(node) && !ts.isClassDeclaration(node)) return;
    const types = (node.heritageClauses ?? []).flatMap(({ types }) => [...types]).filter((type) => this.linkable(file, type.expression.getText()) || type.typeArguments);
    if (types.length > 0) this.say(() => `It has, too, what is in ${types.map((type) => `\`${type.getText()}\`${this.links(type, file)}`).join(", ")}.`);
  }

  /** The members of what an interface extends and a project cannot name. @param {import("typescript-5.9").InterfaceDeclaration} node @param {string} file */
  inherited(node, file) {
    const names = (node.heritageClauses ?? []).flatMap(({ types }) => types.map(({ expression }) => expression.getText()));
    const hidden = declarationsOf(this.folder, file, false).filter(({ name }) => names.includes(name) && !this.anchors.has(`${file}:${name}`) && !declarationsOf(this.folder, file, true).some((one) => one.name === name));
    return hidden.flatMap(({ nodes }) => nodes.flatMap(membersOf));
  }

  /** A member with a heading of its own. @param {Node} member @param {string} file @param {string} owner */
  member(member, file, owner) {
    const isCall = ts.isMethodDeclaration(member) || ts.isFunctionDeclaration(member) || ts.isConstructorDeclaration(member);
    const name = nameOf(member);
    this.heading(5, ts.isConstructorDeclaration(member) ? `\`new ${owner}()\`` : name.startsWith("[") ? `\`${owner}${name}\`` : `\`${owner}.${name}${isCall ? "()" : ""}\``);
    const inner = innerMembersOf(member);
    if (inner.length === 0) return this.signature(member, file, docOf(member));
    this.doc(docOf(member));
    this.list(inner, file, 0);
  }

  /** @param {Node} node @param {string} file @param {Doc | undefined} [doc] */
  signature(node, file, doc) {
    const text = spelled(node).replace(/^export /, "").replace(/^declare /, "");
    this.say("```typescript\n" + text + "\n```");
    this.doc(doc);
    this.say(() => this.links(node, file, "See "));
  }

  /** @param {Doc | undefined} doc @param {string} [indent] */
  doc(doc, indent = "") {
    if (!doc) return;
    const text = sentenceOf(doc);
    if (text) this.say(text.replace(/^(?=.)/gm, indent));
    // At the margin: a snippet is one wherever it stands.
    for (const example of doc.examples) this.say(example);
  }

  /** @param {readonly Node[]} members @param {string} file @param {number} depth */
  list(members, file, depth) {
    /** @type {(string | (() => string))[]} */
    let lines = [];
    const flush = () => {
      const mine = lines;
      lines = [];
      if (mine.length > 0) this.say(() => mine.map((line) => (typeof line === "string" ? line : line())).join("\n"));
    };
    const add = (/** @type {Node} */ member, /** @type {string} */ indent) => {
      const doc = docOf(member);
      const inner = innerMembersOf(member);
      const shown = inner.length > 0 ? `${spelled(member).replace(/\{[\s\S]*\}/, "{ ... }").replace(/;$/, "")}` : spelled(member).replace(/;$/, "");
      const sentence = doc ? sentenceOf(doc).replace(/(?<=\n)(?=.)/g, `${indent}  `) : "";
      lines.push(() => `${indent}- ${coded(shown.replace(/\s+/g, " "))}${inner.length > 0 ? "" : this.links(member, file)}: ${sentence}`);
      for (const one of inner) add(one, `${indent}  `);
      if (doc?.examples.length) {
        flush();
        for (const example of doc.examples) this.say(example);
      }
    };
    for (const member of members) add(member, "  ".repeat(depth));
    flush();
  }

  /** @param {string} file @param {string} name @returns {string | undefined} where a name leads, from a file */
  linkable(file, name) {
    const own = this.anchors.get(`${file}:${name}`);
    if (own !== undefined) return own;
    for (const statement of sourceOf(this.folder, file).statements) {
      if (!ts.isImportDeclaration(statement) || !statement.importClause?.namedBindings || !ts.isNamedImports(statement.importClause.namedBindings)) continue;
      if (!statement.importClause.namedBindings.elements.some((element) => element.name.text === name)) continue;
      const target = /** @type {import("typescript-5.9").StringLiteral} */ (statement.moduleSpecifier).text.replace(/^(\.\.?\/)+/, "").replace(/\.js$/, ".d.ts");
      for (const path of [target, `types/${target}`]) {
        const anchor = this.anchors.get(`${path}:${name}`) ?? this.throughMain(path, name);
        if (anchor !== undefined) return anchor;
      }
    }
    return undefined;
  }

  /** The anchor of a name that the main file exports from another. @param {string} path @param {string} name */
  throughMain(path, name) {
    if (path !== "index.d.ts") return undefined;
    for (const file of filesOf(this.folder, "index.d.ts")) {
      const anchor = this.anchors.get(`${file}:${name}`);
      if (anchor !== undefined) return anchor;
    }
    return undefined;
  }

  /** Links to the types that a node names. @param {Node} node @param {string} file @param {string} [opening] */
  links(node, file, opening = "") {
    /** @type {Map<string, string>} */
    const found = new Map();
    const visit = (/** @type {Node} */ part) => {
      const name = ts.isTypeReferenceNode(part) ? part.typeName.getText() : ts.isExpressionWithTypeArguments(part) ? part.expression.getText() : undefined;
      const anchor = name === undefined ? undefined : this.linkable(file, name);
      if (name !== undefined && anchor !== undefined) found.set(name, anchor);
      ts.forEachChild(part, visit);
    };
    visit(node);
    const links = [...found].map(([name, anchor]) => `[${name}](#${anchor})`).join(", ");
    if (links === "") return "";
    return opening ? `${opening}${links}.` : ` (${links})`;
  }
}

/** A declaration as it is spelled, without comments before it and without the `undefined` that a question mark says already. @param {Node} node */
function spelled(node) {
  const shown = ts.isVariableDeclaration(node) ? node.parent.parent : node;
  const indent = /[^\n]*$/.exec(shown.getSourceFile().text.slice(0, shown.getStart()))?.[0] ?? "";
  return elided(shown).replaceAll(`\n${indent}`, "\n").replace(/ \| undefined(?=;| \}|$)/gm, "");
}

/** The types that the compiler infers by are long at times, and say nothing to a reader. */
const LONGEST_CHARS = 400;

/** @param {Node} node  without type parameters and types of parameters that are too long */
function elided(node) {
  const text = node.getText();
  if (text.length <= LONGEST_CHARS || !(ts.isMethodDeclaration(node) || ts.isFunctionDeclaration(node) || ts.isMethodSignature(node))) return text;
  const generic = node.typeParameters && { pos: node.typeParameters.pos, end: node.typeParameters.end };
  const parts = [generic, ...node.parameters.map(({ type }) => type), node.type];
  const long = parts.flatMap((part) => (part && part.end - part.pos > LONGEST_CHARS / 2 ? [part] : []));
  const start = node.getStart();
  // Of a type the name that it begins with stays.
  const short = (/** @type {string} */ part) => part.replace(/^( ?\w*)(<|.?)[^]*$/, (_, name, next) => (name.trim() === "" ? `${name}...` : `${name}${next === "<" ? "<...>" : " & ..."}`));
  return long.reverse().reduce((shown, { pos, end }) => `${shown.slice(0, pos - start)}${pos === generic?.pos ? "..." : short(shown.slice(pos - start, end - start))}${shown.slice(end - start)}`, text);
}

/** @param {string} text */
const coded = (text) => (text.includes("`") ? `\`\` ${text} \`\`` : `\`${text}\``);

/** @param {Doc} doc */
function sentenceOf({ text, byDefault, deprecated }) {
  const paragraphs = text.split(/\n\s*\n/).map((paragraph) => (/^[-*] /m.test(paragraph) ? paragraph : paragraph.replace(/\s*\n\s*/g, " ")));
  if (byDefault !== undefined) paragraphs[paragraphs.length - 1] += ` Default ${/^["\d\[a-z]/.test(byDefault) && !byDefault.includes(",") ? `\`${byDefault}\`` : byDefault}.`;
  if (deprecated !== undefined) paragraphs[paragraphs.length - 1] += ` Deprecated${deprecated ? `: ${deprecated}` : "."}`;
  return paragraphs.map((paragraph) => paragraph.trim()).filter((paragraph) => paragraph !== "").join("\n\n");
}
