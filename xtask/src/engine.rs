//! The engine: cargo, wasm-bindgen and wasm-opt, one after the other.

use std::ffi::OsString;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::function_order;
use crate::process;
use crate::std_source::{self, cargo_home};
use crate::toolchain::TARGET;
use crate::workspace::Workspace;

/// An engine: its name in the package, and the crate that it is compiled from.
pub(crate) struct Engine {
    /// `<name>.wasm`, `engine/wasm/<name>-glue.js`.
    pub(crate) name: &'static str,
    /// The crate.
    pub(crate) package: &'static str,
    /// How the crate that reads JSON (`src/wire`) is optimised in it: by a number for speed, by a letter for size.
    pub(crate) reader_opt_level: &'static str,
}

/// Every engine of the package.
pub(crate) const ENGINES: [Engine; 3] = [
    Engine { name: "chat", package: "openrouter-chat", reader_opt_level: "3" },
    Engine { name: "transcript", package: "openrouter-repairs", reader_opt_level: "3" },
    Engine { name: "services", package: "openrouter-services", reader_opt_level: "\"z\"" },
];

/// One glue serves every runtime, since the package itself says where the module comes from.
const BINDGEN: [&str; 5] = [
    "--target=web",
    "--omit-default-module-path",
    // A fresh instance after a panic (pkg-template/engine/engine-life.js).
    "--experimental-reset-state-function",
    "--remove-name-section",
    "--remove-producers-section",
];

/// A change in the glue: the text there, from its first character up to the text behind it (`until`, which stays) or to its own end.
#[derive(Hash)]
struct GlueChange {
    /// As wasm-bindgen writes it.
    what: &'static str,
    /// The text behind it, which stays.
    until: Option<&'static str>,
    /// The text that takes its place.
    by: &'static str,
}

/// All of it, wherever it stands.
const fn replaced(what: &'static str, by: &'static str) -> GlueChange {
    GlueChange { what, until: None, by }
}

/// Away with it.
const fn cut(what: &'static str, until: &'static str) -> GlueChange {
    GlueChange { what, until: Some(until), by: "" }
}

/// Changes in the glue, in this order: everything in it is in the first load of a page.
const GLUE_CHANGES: [GlueChange; 17] = [
    // A module is handed over compiled (pkg-template/engine/engine-life.js), and by its own realm or another: Next's edge runtime has one
    // that is no `instanceof`.
    cut("async function __wbg_load(", "function initSync("),
    cut("let __wbg_init_promise;", "export { initSync"),
    replaced("export { initSync, __wbg_init as default };", "export { initSync };"),
    replaced("function initSync(module) {", "function initSync({ module } = {}) {"),
    cut("    if (module !== undefined) {\n", "    const imports = __wbg_get_imports();\n"),
    cut("    if (!(module instanceof WebAssembly.Module)) {\n", "    const instance = new WebAssembly.Instance(module, imports);\n"),
    // Written for a flag that nothing sets.
    replaced(
        "function __wbg_call_guard() {\n    if (__wbg_reinit_scheduled) {\n        __wbg_reset_state();\n        return;\n    }\n}\n",
        "",
    ),
    replaced("    __wbg_reinit_scheduled = false;\n", ""),
    replaced("let __wbg_reinit_scheduled = false;\n", ""),
    replaced("    __wbg_call_guard();\n", ""),
    // The same in each method.
    replaced(STALE_12, "__wbg_check(this);\n"),
    replaced(STALE_8, "__wbg_check(this);\n"),
    // Every string is written by the faster way, which has all it needs.
    cut("    if (realloc === undefined) {\n", "    let len = arg.length;\n"),
    // jest's jsdom has neither of the two: whoever imports the package there and calls nothing of it needs none.
    replaced(
        "let cachedTextDecoder = new TextDecoder('utf-8', { ignoreBOM: true });\ncachedTextDecoder.decode();\n",
        "let cachedTextDecoder;\n",
    ),
    replaced(
        "    return cachedTextDecoder.decode(bytes);",
        "    return (cachedTextDecoder ??= new TextDecoder('utf-8', { ignoreBOM: true })).decode(bytes);",
    ),
    // Every platform of ours has `encodeInto`.
    GlueChange {
        what: "const cachedTextEncoder = new TextEncoder();\n",
        until: Some("let WASM_VECTOR_LEN"),
        by: "let cachedTextEncoder;\n\n",
    },
    replaced("cachedTextEncoder.encodeInto(", "(cachedTextEncoder ??= new TextEncoder()).encodeInto("),
];

/// wasm-bindgen's check in every method, by how far it is indented.
const STALE_8: &str = "if (this.__wbg_inst !== undefined && this.__wbg_inst !== __wbg_instance_id) {
            throw new Error('Invalid stale object from previous Wasm instance');
        }
";
/// The same, where the method catches what its arguments throw.
const STALE_12: &str = "if (this.__wbg_inst !== undefined && this.__wbg_inst !== __wbg_instance_id) {
                throw new Error('Invalid stale object from previous Wasm instance');
            }
";
/// One check for all of them.
const STALE_CHECK: &str = "
function __wbg_check({ __wbg_inst }) {
    if (__wbg_inst !== __wbg_instance_id) throw new Error('Invalid stale object from previous Wasm instance');
}
";

/// The beginning of the glue's types: the signatures name what `engine/contract.d.ts` declares.
const GLUE_TYPES: &str = "import type * as contract from \"../contract.js\";\n\n";

/// `-Os` crosses the network 0.3 % smaller than `-Oz`, whose module has fewer bytes before it is compressed, and 0.4 % than `-O2`.
/// `--low-memory-unused` saves 0.5 % and is a promise: no data lies in the first KiB of the memory. There is the far end of the stack,
/// which the linker puts before all data. The control flow made anew of flat code, and twice over it, is 0.7 % less of each engine, at the same
/// speed.
const WASM_OPT: [&str; 8] = ["-Os", "--converge", "--flatten", "--rereloop", "-Os", "-Os", "--low-memory-unused", "-o"];
/// Behind that, once the functions have names to be sorted by. The section that says what a module may use is stripped here: the second run
/// reads it, too.
const WASM_OPT_ORDER: [&str; 3] = ["--reorder-functions-by-name", "--strip-target-features", "-o"];

/// Builds the engines and returns a folder with `<name>.wasm`, `<name>-glue.js` and `<name>-glue.d.ts` of each.
pub(crate) fn build(workspace: &Workspace) -> Result<PathBuf> {
    let cache = workspace.scratch.join("engine");
    let sysroot = match std_source::for_size(workspace) {
        Ok(sysroot) => Some(sysroot),
        Err(error) => {
            println!("build: the engines take the toolchain's standard library and are 1.5 % larger: {error:#}");
            None
        }
    };
    let mut compiled = Vec::new();
    for engine in &ENGINES {
        compiled.push(compile(workspace, engine, sysroot.as_deref())?);
    }
    let finished = cache.join(key(workspace, &compiled)?);
    if finished.exists() {
        return Ok(finished);
    }
    println!("build: wasm-bindgen and wasm-opt");
    let folder = workspace.temporary()?;
    let folder = folder.path();
    let mut is_found = [false; GLUE_CHANGES.len()];
    for (engine, compiled) in ENGINES.iter().zip(&compiled) {
        bind(workspace, engine, compiled, folder, &mut is_found)?;
    }
    if let Some(at) = is_found.iter().position(|is_found| !is_found) {
        bail!("no glue has `{}`: does wasm-bindgen write it differently?", GLUE_CHANGES[at].what);
    }
    fs::create_dir_all(&cache).with_context(|| format!("creating {}", cache.display()))?;
    // Only the newest is of use.
    for entry in fs::read_dir(&cache)? {
        fs::remove_dir_all(entry?.path())?;
    }
    fs::rename(folder, &finished).with_context(|| format!("moving the engines to {}", finished.display()))?;
    Ok(finished)
}

/// Makes the glue of an engine and optimises its module.
fn bind(workspace: &Workspace, engine: &Engine, compiled: &Path, folder: &Path, is_found: &mut [bool]) -> Result<()> {
    let name = format!("{}-glue", engine.name);
    let args = [OsString::from("wasm-bindgen"), compiled.into()];
    let out = ["--out-name", &name, "--out-dir"].map(OsString::from);
    let args = args.into_iter().chain(BINDGEN.map(OsString::from)).chain(out).chain([folder.into()]);
    wasm_bindgen_cli::wasm_bindgen::run_cli_with_args(args).context("wasm-bindgen failed")?;
    let (bound, module) = (folder.join(format!("{name}_bg.wasm")), folder.join(format!("{}.wasm", engine.name)));
    process::run(workspace.npm_bin("wasm-opt").arg(&bound).args(WASM_OPT).arg(&module))?;
    let named = fs::read(&module).with_context(|| format!("reading {}", module.display()))?;
    fs::write(&bound, function_order::name_by_likeness(&named)?).with_context(|| format!("writing {}", bound.display()))?;
    process::run(workspace.npm_bin("wasm-opt").arg(&bound).args(WASM_OPT_ORDER).arg(&module))?;
    fs::remove_file(&bound)?;
    refuse_local_paths(workspace, &module)?;
    let glue = folder.join(format!("{name}.js"));
    let mut text = fs::read_to_string(&glue)?;
    for (change, is_found) in GLUE_CHANGES.iter().zip(is_found) {
        *is_found |= text.contains(change.what);
        text = changed(&text, change)?;
    }
    if text.contains("__wbg_check(this)") {
        text.push_str(STALE_CHECK);
    }
    fs::write(&glue, text).with_context(|| format!("writing {}", glue.display()))?;
    let types = folder.join(format!("{name}.d.ts"));
    let text = fs::read_to_string(&types)?;
    let (kept, _) = text.split_once("/**\n * If `module_or_path`").context("the types of the glue have no default export any more")?;
    fs::write(&types, [GLUE_TYPES, kept].concat()).with_context(|| format!("writing {}", types.display()))
}

/// The glue behind one change.
fn changed(text: &str, GlueChange { what, until, by }: &GlueChange) -> Result<String> {
    let Some(until) = until else { return Ok(text.replace(what, by)) };
    let Some((before, rest)) = text.split_once(what) else { return Ok(text.to_owned()) };
    let end = rest.find(until).with_context(|| format!("the glue has nothing like `{until}` behind `{what}`"))?;
    Ok([before, by, &rest[end..]].concat())
}

/// Compiles an engine, with the standard library of a sysroot if one is given, and returns the path of the module.
fn compile(workspace: &Workspace, engine: &Engine, sysroot: Option<&Path>) -> Result<PathBuf> {
    println!("build: compiling the engine {}", engine.name);
    let mut flags = Vec::new();
    for (from, to) in local_paths(workspace)? {
        flags.push(format!("--remap-path-prefix={from}={to}"));
    }
    flags.extend(sysroot.map(|sysroot| format!("--sysroot={}", sysroot.display())));
    // On top of the flags of .cargo/config.toml, which RUSTFLAGS would replace.
    let config = format!("target.{TARGET}.rustflags={}", serde_json::to_string(&flags)?);
    let reader = format!("profile.release.package.openrouter-wire.opt-level={}", engine.reader_opt_level);
    process::run(
        process::cargo()
            // With an rlib beside the cdylib cargo would drop `lto` without a word.
            .args(["rustc", "--package", engine.package, "--release", "--lib", "--crate-type=cdylib", "--target", TARGET])
            .args(["--config", &config])
            .args(["--config", &reader])
            .env_remove("RUSTFLAGS")
            .env_remove("CARGO_ENCODED_RUSTFLAGS")
            .current_dir(&workspace.root),
    )?;
    Ok(workspace.cargo_target.join(TARGET).join("release").join(format!("{}.wasm", engine.package.replace('-', "_"))))
}

/// The folders of this machine whose names get into a module (every `panic!` keeps the name of its file), and what
/// they are called there.
fn local_paths(workspace: &Workspace) -> Result<Vec<(String, &'static str)>> {
    let sysroot = process::read(process::rustc().args(["--print", "sysroot"]))?;
    // Not the sysroot itself, which a distribution's Rust has at `/usr`.
    let rustlib = Path::new(sysroot.trim_end()).join("lib").join("rustlib");
    let mut paths = vec![(rustlib.display().to_string(), "rust"), (workspace.root.display().to_string(), "openrouter-wasm")];
    if let Some(home) = cargo_home() {
        paths.push((home.display().to_string(), "cargo"));
        // The folder of each registry is named after its host. Of several prefixes rustc takes the last that fits.
        for registry in fs::read_dir(home.join("registry").join("src")).into_iter().flatten() {
            paths.push((registry?.path().display().to_string(), "crates"));
        }
    }
    Ok(paths)
}

/// Fails if one of those names is in the module all the same.
fn refuse_local_paths(workspace: &Workspace, module: &Path) -> Result<()> {
    let bytes = fs::read(module).with_context(|| format!("reading {}", module.display()))?;
    for (path, _) in local_paths(workspace)? {
        if bytes.windows(path.len()).any(|window| window == path.as_bytes()) {
            bail!("the engine names a folder of this machine, {path}: which compiler flag has not come through?");
        }
    }
    Ok(())
}

/// Names what wasm-bindgen and wasm-opt make of these modules.
fn key(workspace: &Workspace, compiled: &[PathBuf]) -> Result<String> {
    let mut hasher = DefaultHasher::new();
    // wasm-bindgen's own version is in the module.
    (BINDGEN, WASM_OPT, WASM_OPT_ORDER, GLUE_CHANGES, STALE_CHECK, GLUE_TYPES, include_str!("function_order.rs")).hash(&mut hasher);
    let binaryen = workspace.root.join("node_modules/binaryen/package.json");
    for path in compiled.iter().chain([&binaryen]) {
        fs::read(path).with_context(|| format!("reading {}", path.display()))?.hash(&mut hasher);
    }
    Ok(format!("{:016x}", hasher.finish()))
}
