// The public types, read from their declarations: declarations, their sentences, and members without one.
import { readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
// The compiler whose interface can be called from JavaScript: the newest one cannot.
import ts from "typescript-5.9";

/** @import { Declaration, JSDoc, Node, SourceFile, TypeElement, ClassElement } from "typescript-5.9" */

/**
 * @typedef {object} Declared
 * @property {string} name
 * @property {string} file  relative to the package
 * @property {Declaration[]} nodes  several of a name that is overloaded, or a class and an interface
 */

/** The files of an entry point: itself, and those whose types it exports. @param {string} folder @param {string} entry @returns {string[]} */
export function filesOf(folder, entry) {
  const exported = sourceOf(folder, entry).statements.flatMap((statement) =>
    ts.isExportDeclaration(statement) && statement.moduleSpecifier && ts.isStringLiteral(statement.moduleSpecifier) ? [statement.moduleSpecifier.text] : [],
  );
  const files = exported.map((path) => relative(folder, join(folder, dirname(entry), path.replace(/\.js$/, ".d.ts"))));
  return [...new Set([entry, ...files])];
}

/** @type {Map<string, SourceFile>} */
const sources = new Map();

/** @param {string} folder @param {string} file @returns {SourceFile} */
export function sourceOf(folder, file) {
  const path = join(folder, file);
  const known = sources.get(path);
  if (known) return known;
  const source = ts.createSourceFile(path, readFileSync(path, "utf8"), ts.ScriptTarget.Latest, true);
  sources.set(path, source);
  return source;
}

/** Declarations of a file, in its order. @param {string} folder @param {string} file @param {boolean} onlyExported @returns {Declared[]} */
export function declarationsOf(folder, file, onlyExported) {
  /** @type {Map<string, Declared>} */
  const found = new Map();
  for (const statement of sourceOf(folder, file).statements) {
    const nodes = ts.isVariableStatement(statement) ? [...statement.declarationList.declarations] : [statement];
    const isExported = ts.canHaveModifiers(statement) && ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);
    for (const node of nodes) {
      if (!isDeclared(node) || !node.name || (onlyExported && !isExported)) continue;
      const name = node.name.getText();
      const known = found.get(name);
      if (known) known.nodes.push(node);
      else found.set(name, { name, file, nodes: [node] });
    }
  }
  return [...found.values()];
}

/** @param {Node} node @returns {node is import("typescript-5.9").NamedDeclaration & { name: Node }} */
function isDeclared(node) {
  return ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node) || ts.isClassDeclaration(node) || ts.isFunctionDeclaration(node) || ts.isVariableDeclaration(node) || (ts.isModuleDeclaration(node) && ts.isIdentifier(node.name) && node.name.text !== "global");
}

/** Members of a declaration, without those that nobody can write: private constructors, members that are never there. @param {Node} node @returns {(TypeElement | ClassElement)[]} */
export function membersOf(node) {
  const literals = ts.isTypeAliasDeclaration(node) ? (ts.isIntersectionTypeNode(node.type) ? [...node.type.types] : [node.type]).filter(ts.isTypeLiteralNode).filter((literal) => literal.getText().includes("\n")) : [];
  const members = ts.isInterfaceDeclaration(node) || ts.isClassDeclaration(node) ? [...node.members] : literals.flatMap(({ members }) => [...members]);
  return members.filter((member) => {
    const isPrivate = ts.canHaveModifiers(member) && ts.getModifiers(member)?.some(({ kind }) => kind === ts.SyntaxKind.PrivateKeyword);
    return !isPrivate && !("type" in member && /** @type {Node | undefined} */ (member.type)?.kind === ts.SyntaxKind.UndefinedKeyword);
  });
}

/** The members of a literal that is written on several lines. @param {Node} member @returns {TypeElement[]} */
export function innerMembersOf(member) {
  const type = "type" in member ? /** @type {Node | undefined} */ (member.type) : undefined;
  return type && ts.isTypeLiteralNode(type) && type.getText().includes("\n") ? [...type.members] : [];
}

/** @param {Node} node @returns {string} `chat`, or what stands for a name */
export function nameOf(node) {
  if (ts.isConstructorDeclaration(node)) return "constructor";
  if (ts.isIndexSignatureDeclaration(node)) return node.getText().replace(/\]:.*$/s, "]");
  const name = "name" in node ? /** @type {Node | undefined} */ (node.name) : undefined;
  return name?.getText() ?? "()";
}

/**
 * @typedef {object} Doc
 * @property {string} text
 * @property {string[]} examples
 * @property {string} [byDefault]
 * @property {string} [deprecated]
 */

/** The sentence of a node. @param {Node} node @returns {Doc | undefined} */
export function docOf(node) {
  const carrier = ts.isVariableDeclaration(node) ? node.parent.parent : node;
  const doc = /** @type {JSDoc | undefined} */ (ts.getJSDocCommentsAndTags(carrier).filter(ts.isJSDoc).pop());
  if (!doc) return undefined;
  const of = (/** @type {string} */ tag) => (doc.tags ?? []).filter(({ tagName }) => tagName.text === tag).map(({ comment }) => (ts.getTextOfJSDocComment(comment) ?? "").trim());
  const [byDefault] = of("default");
  const [deprecated] = of("deprecated");
  const text = (ts.getTextOfJSDocComment(doc.comment) ?? "").replace(/\{@link (\S+?)\}/g, "`$1`").trim();
  return { text, examples: of("example"), ...(byDefault !== undefined && { byDefault }), ...(deprecated !== undefined && { deprecated }) };
}

/** Places of what has no sentence. @param {string} folder @param {readonly string[]} files @returns {string[]} */
export function withoutSentence(folder, files) {
  /** @type {string[]} */
  const missing = [];
  const check = (/** @type {Node} */ node, /** @type {string} */ place) => {
    const doc = docOf(node);
    if (!doc?.text && doc?.byDefault === undefined && doc?.deprecated === undefined) missing.push(place);
  };
  for (const file of files) {
    for (const { name, nodes } of declarationsOf(folder, file, true)) {
      // A class that an interface adds to has its sentence in one of the two.
      if (!nodes.some((node) => docOf(node)?.text)) missing.push(`${file}: ${name}`);
      for (const node of nodes) {
        if (ts.isFunctionDeclaration(node)) check(node, `${file}: ${name}`);
        if (ts.isModuleDeclaration(node) && node.body && ts.isModuleBlock(node.body)) for (const part of node.body.statements) check(part, `${file}: ${name}.${nameOf(part)}`);
        for (const member of membersOf(node)) {
          check(member, `${file}: ${name}.${nameOf(member)}`);
          for (const inner of innerMembersOf(member)) check(inner, `${file}: ${name}.${nameOf(member)}.${nameOf(inner)}`);
        }
      }
    }
  }
  return missing;
}
