// Images and sounds on their way to files: checked before anything is paid for, and never lost after.
import { dirname, extname, join, resolve } from "node:path";
import { CliError, lineOf, usageError } from "./failures.js";
import { isMisnamed } from "./input-file.js";
import { megabytes } from "./style.js";
import { checkTarget, freePath, writeWhole } from "./whole-file.js";

/** @import { Option } from "./arguments.js" */
/** @import { Given } from "./command.js" */

/** @type {Record<string, Option>} */
export const OUTPUT_OPTIONS = {
  output: { short: "o", value: "FILE", help: "where to write it; - is standard output" },
  force: { short: "f", help: "overwrite a file that is there" },
};

/** Before the request. @param {Given} given @param {number} [count] */
export async function checkOutput({ values, out }, count = 1) {
  const { output, force = false } = values;
  if (output === undefined) return;
  if (output === "-") {
    if (count > 1) throw usageError("-o - takes one file: leave -n out");
    if (out.isTerminal) throw usageError("-o - would write bytes to the terminal: pipe them somewhere");
    return;
  }
  for (const path of pathsOf(output, count)) await checkTarget(path, force);
}

/** `otter.png` for three: `otter-1.png`, `otter-2.png`, `otter-3.png`. @param {string} output @param {number} count */
export function pathsOf(output, count) {
  if (count === 1) return [output];
  const extension = extname(output);
  const stem = output.slice(0, output.length - extension.length);
  return Array.from({ length: count }, (_, at) => `${stem}-${at + 1}${extension}`);
}

/**
 * Writes what has come, and says where. What was paid for is never thrown away: a name that is taken by now gets a number.
 * @param {readonly { data: Uint8Array | AsyncIterable<Uint8Array>, name: string, mediaType?: string }[]} files
 * @param {Given} given
 * @param {object} [more]  beside the files in `--json`
 * @param {number} [asked]  how many files were asked for: the names that were checked
 * @returns {Promise<string[]>}
 */
export async function save(files, { values, out, note }, more = {}, asked = files.length) {
  const { output, force = false } = values;
  if (output === "-") {
    for (const { data } of files) {
      for await (const piece of data instanceof Uint8Array ? [data] : data) await out.data(piece);
    }
    return [];
  }
  const wanted = output === undefined ? files.map(({ name }) => name) : pathsOf(output, Math.max(asked, files.length));
  const saved = [];
  for (const [at, { data }] of files.entries()) saved.push(await saveOne(wanted[at], data, output !== undefined && force));
  if (values.json) await out.json({ files: saved.map(({ path, bytes }) => ({ path, bytes })), ...more });
  for (const [at, { path, bytes }] of saved.entries()) {
    const { mediaType } = files[at];
    const facts = `${megabytes(bytes)}${isMisnamed(path, mediaType) ? `; it is ${mediaType}, whatever its name says` : ""}`;
    if (!values.json) await out.data(`${path}\n`);
    // Where standard output is the same screen the name stands there already; where it is a pipe, nobody has seen it.
    await note(out.isTerminal ? facts : `${path} (${facts})`);
  }
  return saved.map(({ path }) => path);
}

/** @param {string} wanted @param {Uint8Array | AsyncIterable<Uint8Array>} data @param {boolean} force */
async function saveOne(wanted, data, force) {
  if (!(data instanceof Uint8Array)) {
    const path = force ? wanted : await freePath(wanted);
    return { path, bytes: await writeWhole(path, data, { force }) };
  }
  try {
    const path = force ? wanted : await freePath(wanted);
    return { path, bytes: await writeWhole(path, data, { force }) };
  } catch (error) {
    // The place became unusable while the model worked: beside the caller is better than nowhere.
    const path = await freePath(join(process.cwd(), `openrouter-${Date.now()}${extname(wanted)}`));
    if (dirname(path) === dirname(resolve(wanted))) throw error;
    const bytes = await writeWhole(path, data).catch(() => {
      throw error;
    });
    throw new CliError(`${lineOf(error)}; what had come (${megabytes(bytes)}) was saved as ${path}`);
  }
}
