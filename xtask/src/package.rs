//! The npm package: the template, the engine and the bundles, put together in `pkg/`.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use openrouter_wasm::contract;

use crate::engine::ENGINES;
use crate::engine_text::{self, Alphabet};
use crate::process;
use crate::workspace::Workspace;
use crate::{engine, engine_alphabet, licences, node, wasm_target};

/// Parts of the template that are not shipped as they are: the sources of the bundles, what only the type check reads, what only one tree has.
const NOT_COPIED: [&str; 7] =
    ["simulator", "gateway", "bin/serve.js", "request/config-text.js", "tools/json-schema.js", WARM_UP, NATIVE_BODY];

/// Of the edge tree alone.
const WARM_UP: &str = "edge/warm-up.js";

/// Of the trees that run in Workers.
const NATIVE_BODY: &str = "edge/native-body.js";

/// The version in the template, which `Cargo.toml`'s takes the place of.
const NO_VERSION: &str = "\"version\": \"0.0.0\"";

/// Files that `bin` of the package's `package.json` names.
const COMMANDS: [&str; 2] = ["openrouter-wasm.js", "simulator.js"];

/// Files of the repository that belong into the package when they are there.
const DOCUMENTS: [&str; 6] = ["README.md", "CHANGELOG.md", "SECURITY.md", "LICENSE-MIT", "LICENSE-APACHE", "docs"];

/// The file of notices, which the licences of the crates in the wasm ask for.
const NOTICES: &str = "NOTICES.txt";

/// Sets up what a build needs, builds, and returns the path of the package.
pub(crate) fn build(workspace: &Workspace) -> Result<PathBuf> {
    node::ensure(workspace)?;
    wasm_target::ensure(workspace)?;
    assemble(workspace, &engine::build(workspace)?)
}

/// Learns the alphabets of the engines' texts from the engines as they are (`engine_alphabet.rs`).
pub(crate) fn learn_alphabets(workspace: &Workspace) -> Result<()> {
    let engines = engine::build(workspace)?;
    let mut lines = String::new();
    for engine in &ENGINES {
        println!("alphabet: {}", engine.name);
        let module = fs::read(engines.join(format!("{}.wasm", engine.name)))?;
        lines.push_str(&engine_alphabet::learn(&module, engine_alphabet::TRIES)?.line(engine.name));
    }
    write(&workspace.root.join("xtask").join("engine-alphabets.txt"), &lines)
}

/// Puts the package together beside the old one and swaps the two.
fn assemble(workspace: &Workspace, engines: &Path) -> Result<PathBuf> {
    println!("build: assembling pkg/");
    let template = workspace.root.join("pkg-template");
    let temporary = workspace.temporary()?;
    let new = temporary.path().join("new");
    copy(&template, &new, &NOT_COPIED.map(|path| template.join(path)))?;
    let wasm = new.join("engine").join("wasm");
    for engine in &ENGINES {
        for end in ["glue.js", "glue.d.ts"] {
            let file = format!("{}-{end}", engine.name);
            copy(&engines.join(&file), &wasm.join(&file), &[])?;
        }
        // At the root under the name of its export: Parcel knows no `exports`.
        let file = format!("{}.wasm", engine.name);
        copy(&engines.join(&file), &new.join(&file), &[])?;
        let text = engine_text::encode(&fs::read(new.join(&file))?, &Alphabet::learned(engine.name)?)?;
        write(&wasm.join(format!("{}-text.js", engine.name)), &format!("export default \"{text}\";\n"))?;
    }
    for (name, text) in [
        ("contract.js", contract::javascript()),
        ("contract.d.ts", contract::typescript()),
        ("services-contract.js", contract::services_javascript()),
        ("services-contract.d.ts", contract::services_typescript()),
    ] {
        write(&new.join("engine").join(name), &text)?;
    }
    stamp_version(&new.join("package.json"))?;
    for name in DOCUMENTS {
        let document = workspace.root.join(name);
        if document.exists() {
            copy(&document, &new.join(name), &[])?;
        }
    }
    fs::write(new.join(NOTICES), licences::notices(&workspace.root)?).with_context(|| format!("writing {NOTICES}"))?;

    let script = workspace.root.join("xtask").join("bundle.js");
    process::run(process::node().arg(script).args([&template, &new]).current_dir(&workspace.root))?;
    write_trees(&new)?;
    copy(&template.join(WARM_UP), &new.join("edge").join("engine").join("warm-up.js"), &[])?;
    for (tree, _) in TREES {
        copy(&template.join(NATIVE_BODY), &new.join(tree).join("chat").join("native-body.js"), &[])?;
    }
    for command in COMMANDS {
        make_executable(&new.join("bin").join(command))?;
    }

    let pkg = workspace.root.join("pkg");
    // In a container, a folder of the image cannot be renamed, but it can be removed.
    if pkg.exists() && fs::rename(&pkg, temporary.path().join("old")).is_err() {
        fs::remove_dir_all(&pkg).with_context(|| format!("removing {}", pkg.display()))?;
    }
    fs::rename(&new, &pkg).with_context(|| format!("moving the new package to {}", pkg.display()))?;
    Ok(pkg)
}

/// Copies a file or a folder, but none of `except`.
fn copy(from: &Path, to: &Path, except: &[PathBuf]) -> Result<()> {
    if except.iter().any(|path| path == from) {
        return Ok(());
    }
    if from.is_dir() {
        fs::create_dir_all(to)?;
        for entry in fs::read_dir(from)? {
            let name = entry?.file_name();
            copy(&from.join(&name), &to.join(&name), except)?;
        }
        return Ok(());
    }
    fs::copy(from, to).map(|_| ()).with_context(|| format!("copying {} to {}", from.display(), to.display()))
}

/// Writes a file of the package.
fn write(path: &Path, text: &str) -> Result<()> {
    fs::write(path, text).with_context(|| format!("writing {}", path.display()))
}

/// The trees beside the package's own: the same files, but for where the modules of the engines come from.
const TREES: [(&str, &str); 2] = [
    // Runtimes that may not compile bytes (Workers, Vercel's edge) and have their bundler hand the file over, compiled. The query is Vercel's and
    // Nitro's spelling; wrangler and Vite's plug-in take it, too.
    (
        "edge",
        "import module from \"../../../NAME.wasm?module\";\n\nexport const compile = () => module;\nexport const compileNow = () => module;\n",
    ),
    // The app brings the module along: no text of an engine is in here.
    (
        "slim",
        "import { missing } from \"../own-engines.js\";\n\nexport const compile = () => missing(\"NAME\");\nexport const compileNow = compile;\n",
    ),
];

/// Makes them out of the finished package. Only modules go along that somebody imports: no command, no bundle.
fn write_trees(new: &Path) -> Result<()> {
    for (tree, source) in TREES {
        let folder = new.join(tree);
        fs::create_dir_all(&folder)?;
        for entry in fs::read_dir(new)? {
            let path = entry?.path();
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            let is_module = path.is_dir() || name.ends_with(".js");
            let is_bundle = ["standalone", "simulator", "gateway"].iter().any(|bundle| name.starts_with(bundle));
            if is_module && !is_bundle && !["bin", "types", "docs", "edge", "slim", "chunks"].contains(&name.as_str()) {
                copy(&path, &folder.join(&name), &[])?;
            }
        }
        let wasm = folder.join("engine").join("wasm");
        for engine in &ENGINES {
            fs::remove_file(wasm.join(format!("{}-text.js", engine.name)))?;
            fs::remove_file(wasm.join(format!("{}-glue.d.ts", engine.name)))?;
            write(&wasm.join(format!("{}-module.js", engine.name)), &source.replace("NAME", engine.name))?;
        }
        fs::remove_file(wasm.join("text-bytes.js"))?;
        for name in ["contract.d.ts", "services-contract.d.ts"] {
            fs::remove_file(folder.join("engine").join(name))?;
        }
    }
    Ok(())
}

/// Gives the package the version of the crate.
fn stamp_version(path: &Path) -> Result<()> {
    let text = fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
    if text.matches(NO_VERSION).count() != 1 {
        bail!("pkg-template/package.json must have {NO_VERSION} once, for the version of Cargo.toml to take its place");
    }
    let version = format!("\"version\": \"{}\"", env!("CARGO_PKG_VERSION"));
    fs::write(path, text.replace(NO_VERSION, &version)).with_context(|| format!("writing {}", path.display()))
}

/// Lets the file be run.
#[cfg(unix)]
fn make_executable(path: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).with_context(|| format!("making {} executable", path.display()))
}

/// npm does what is needed on systems without such a permission.
#[cfg(not(unix))]
fn make_executable(_: &Path) -> Result<()> {
    Ok(())
}
