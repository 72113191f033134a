// Compiles projects one after the other with the TypeScript that the first argument names, as its `tsc` would: a folder of libraries is read
// once, and the compiler is warm from the second project on. Each argument behind it is a project; what it prints is a JSON object of their words.
const { dirname } = require("node:path");
const ts = require(process.argv[2]);

/** @type {Map<string, any>} */
const parsed = new Map();

/** @param {string} project */
function wordsOf(project) {
  const { config, error } = ts.readConfigFile(project, ts.sys.readFile);
  const { fileNames, options, errors } = ts.parseJsonConfigFileContent(config, ts.sys, dirname(project), undefined, project);
  const host = ts.createCompilerHost(options);
  const read = host.getSourceFile;
  host.getSourceFile = (/** @type {string} */ name, /** @type {any} */ how, /** @type {any} */ ...rest) => {
    // The same text is another tree for another target, or where it is a module of another kind. Files of the project itself are read anew.
    const key = JSON.stringify([name, how]);
    const file = parsed.get(key) ?? read.call(host, name, how, ...rest);
    parsed.set(key, file);
    return file;
  };
  const program = ts.createProgram({ rootNames: fileNames, options, host });
  const found = [...(error ? [error] : []), ...errors, ...ts.getPreEmitDiagnostics(program)];
  return ts.formatDiagnostics(found, { getCurrentDirectory: () => process.cwd(), getCanonicalFileName: (/** @type {string} */ name) => name, getNewLine: () => "\n" });
}

process.stdout.write(JSON.stringify(Object.fromEntries(process.argv.slice(3).map((project) => [project, wordsOf(project)]))));
