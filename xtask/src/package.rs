//! The npm package: the template, the engine and the bundles, put together in `pkg/`.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

use crate::process;
use crate::workspace::Workspace;
use crate::{engine, node, wasm_target};

/// What of the template is not shipped as it is: the sources of the bundles, and what only the type check reads.
const NOT_COPIED: [&str; 5] = ["simulator", "gateway", "bin/serve.js", "config-text.js", "tsconfig.json"];

/// The version in the template, which `Cargo.toml`'s takes the place of.
const NO_VERSION: &str = "\"version\": \"0.0.0\"";

/// What `bin` of the package's `package.json` names.
const COMMANDS: [&str; 2] = ["openrouter-wasm.js", "simulator.js"];

/// Files of the repository that belong into the package when they are there.
const DOCUMENTS: [&str; 4] = ["README.md", "CHANGELOG.md", "LICENSE-MIT", "LICENSE-APACHE"];

/// Sets up what a build needs, builds, and returns the path of the package.
pub(crate) fn build(workspace: &Workspace) -> Result<PathBuf> {
    node::ensure(workspace)?;
    wasm_target::ensure(workspace)?;
    assemble(workspace, &engine::build(workspace)?)
}

/// Puts the package together beside the old one and swaps the two.
fn assemble(workspace: &Workspace, engine: &Path) -> Result<PathBuf> {
    println!("build: assembling pkg/");
    let template = workspace.root.join("pkg-template");
    let temporary = workspace.temporary()?;
    let new = temporary.path().join("new");
    copy(&template, &new, &NOT_COPIED.map(|path| template.join(path)))?;
    for file in ["glue.js", "glue.d.ts", "engine.wasm"] {
        copy(&engine.join(file), &new.join("wasm").join(file), &[])?;
    }
    inline_engine(&new.join("wasm"))?;
    stamp_version(&new.join("package.json"))?;
    for name in DOCUMENTS {
        let document = workspace.root.join(name);
        if document.exists() {
            copy(&document, &new.join(name), &[])?;
        }
    }

    let script = workspace.root.join("xtask").join("bundle.js");
    process::run(process::node().arg(script).args([&template, &new]).current_dir(&workspace.root))?;
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

/// Writes the engine as a JavaScript module, for the runtimes that cannot import a `.wasm` file.
fn inline_engine(folder: &Path) -> Result<()> {
    let bytes = fs::read(folder.join("engine.wasm"))?;
    let text = format!("export default \"{}\";\n", BASE64_STANDARD.encode(bytes));
    fs::write(folder.join("inline-bytes.js"), text).context("writing inline-bytes.js")
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
