//! The engine: cargo, wasm-bindgen and wasm-opt, one after the other.

use std::ffi::OsString;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::process;
use crate::std_source::cargo_home;
use crate::toolchain::TARGET;
use crate::workspace::Workspace;

/// An engine: what it is called in the package, and the crate that it is compiled from.
pub(crate) struct Engine {
    /// `<name>.wasm`, `engine/wasm/<name>-glue.js`.
    pub(crate) name: &'static str,
    /// The crate.
    pub(crate) package: &'static str,
}

/// Every engine of the package.
pub(crate) const ENGINES: [Engine; 3] = [
    Engine { name: "chat", package: "openrouter-chat" },
    Engine { name: "transcript", package: "openrouter-repairs" },
    Engine { name: "services", package: "openrouter-services" },
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

/// What is changed in the glue, in this order.
const GLUE_CHANGES: [(&str, &str); 6] = [
    // A module of another realm, as Next's edge runtime hands over, is no `instanceof`.
    ("!(module instanceof WebAssembly.Module)", "Object.prototype.toString.call(module) !== \"[object WebAssembly.Module]\""),
    // jest's jsdom has neither of the two: whoever imports the package there and calls nothing of it needs none.
    ("let cachedTextDecoder = new TextDecoder('utf-8', { ignoreBOM: true });\ncachedTextDecoder.decode();\n", "let cachedTextDecoder;\n"),
    (
        "    return cachedTextDecoder.decode(bytes);",
        "    return (cachedTextDecoder ??= new TextDecoder('utf-8', { ignoreBOM: true })).decode(bytes);",
    ),
    // Every platform of ours has `encodeInto`.
    (
        "const cachedTextEncoder = new TextEncoder();

if (!('encodeInto' in cachedTextEncoder)) {
    cachedTextEncoder.encodeInto = function (arg, view) {
        const buf = cachedTextEncoder.encode(arg);
        view.set(buf);
        return {
            read: arg.length,
            written: buf.length
        };
    };
}
",
        "let cachedTextEncoder;\n",
    ),
    ("cachedTextEncoder.encode(arg)", "(cachedTextEncoder ??= new TextEncoder()).encode(arg)"),
    ("cachedTextEncoder.encodeInto(", "(cachedTextEncoder ??= new TextEncoder()).encodeInto("),
];

/// `-Os` crosses the network 0.3 % smaller than `-Oz`, whose module has fewer bytes before it is compressed, and 0.4 % than `-O2`.
/// `--low-memory-unused` saves 0.5 % and is a promise: no data lies in the first KiB of the memory. There is the far end of the stack,
/// which the linker puts before all data.
const WASM_OPT: [&str; 5] = ["-Os", "--converge", "--low-memory-unused", "--strip-target-features", "-o"];

/// Builds the engines and returns a folder with `<name>.wasm`, `<name>-glue.js` and `<name>-glue.d.ts` of each.
pub(crate) fn build(workspace: &Workspace) -> Result<PathBuf> {
    let cache = workspace.scratch.join("engine");
    let mut compiled = Vec::new();
    for engine in &ENGINES {
        compiled.push(compile(workspace, engine)?);
    }
    let finished = cache.join(key(workspace, &compiled)?);
    if finished.exists() {
        return Ok(finished);
    }
    println!("build: wasm-bindgen and wasm-opt");
    let folder = workspace.temporary()?;
    let folder = folder.path();
    for (engine, compiled) in ENGINES.iter().zip(&compiled) {
        bind(workspace, engine, compiled, folder)?;
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
fn bind(workspace: &Workspace, engine: &Engine, compiled: &Path, folder: &Path) -> Result<()> {
    let name = format!("{}-glue", engine.name);
    let args = [OsString::from("wasm-bindgen"), compiled.into()];
    let out = ["--out-name", &name, "--out-dir"].map(OsString::from);
    let args = args.into_iter().chain(BINDGEN.map(OsString::from)).chain(out).chain([folder.into()]);
    wasm_bindgen_cli::wasm_bindgen::run_cli_with_args(args).context("wasm-bindgen failed")?;
    let (bound, module) = (folder.join(format!("{name}_bg.wasm")), folder.join(format!("{}.wasm", engine.name)));
    process::run(workspace.npm_bin("wasm-opt").arg(&bound).args(WASM_OPT).arg(&module))?;
    fs::remove_file(&bound)?;
    refuse_local_paths(workspace, &module)?;
    let glue = folder.join(format!("{name}.js"));
    let mut text = fs::read_to_string(&glue)?;
    for (before, after) in GLUE_CHANGES {
        if !text.contains(before) {
            bail!("the glue of {} has no `{before}`: does wasm-bindgen write it differently?", engine.name);
        }
        text = text.replace(before, after);
    }
    fs::write(&glue, text).with_context(|| format!("writing {}", glue.display()))
}

/// Compiles an engine and returns the path of the module.
fn compile(workspace: &Workspace, engine: &Engine) -> Result<PathBuf> {
    println!("build: compiling the engine {}", engine.name);
    let mut remap = Vec::new();
    for (from, to) in local_paths(workspace)? {
        remap.push(format!("--remap-path-prefix={from}={to}"));
    }
    // On top of the flags of .cargo/config.toml, which RUSTFLAGS would replace.
    let config = format!("target.{TARGET}.rustflags={}", serde_json::to_string(&remap)?);
    process::run(
        process::cargo()
            // With an rlib beside the cdylib cargo would drop `lto` without a word.
            .args(["rustc", "--package", engine.package, "--release", "--lib", "--crate-type=cdylib", "--target", TARGET])
            .args(["--config", &config])
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
    (BINDGEN, WASM_OPT, GLUE_CHANGES).hash(&mut hasher);
    let binaryen = workspace.root.join("node_modules/binaryen/package.json");
    for path in compiled.iter().chain([&binaryen]) {
        fs::read(path).with_context(|| format!("reading {}", path.display()))?.hash(&mut hasher);
    }
    Ok(format!("{:016x}", hasher.finish()))
}
