//! The standard library of the wasm32 target, built from source, for machines that reach package mirrors only.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::debian;
use crate::process;
use crate::toolchain::{MARKER, TARGET, Toolchain};
use crate::workspace::Workspace;

/// Builds the standard library and puts it into the toolchain by one rename.
pub(crate) fn install(workspace: &Workspace, toolchain: &Toolchain) -> Result<()> {
    let rustlib = toolchain.sysroot.join("lib").join("rustlib");
    // First, because a toolchain that cannot be written to should be found out before the build.
    let stage = tempfile::Builder::new()
        .prefix(".new-")
        .tempdir_in(&rustlib)
        .with_context(|| format!("{} cannot be written to: run this once as the owner of the toolchain", rustlib.display()))?;
    let scratch = workspace.temporary()?;
    let component = rustlib.join("src").join("rust").join("library");
    let library = if component.join("sysroot").join("Cargo.toml").exists() {
        println!("setup: its source is in the toolchain");
        component
    } else {
        debian::rust_src(&toolchain.release, scratch.path())?.join("library")
    };
    let built = build(&library, scratch.path())?;

    // The stage itself is readable by its owner only; what is moved into place is not.
    let new = stage.path().join(TARGET);
    fs::create_dir_all(new.join("lib"))?;
    for entry in fs::read_dir(&built).with_context(|| format!("reading {}", built.display()))? {
        let path = entry?.path();
        if let (Some(name), true) = (path.file_name(), path.extension().is_some_and(|extension| extension == "rlib")) {
            fs::copy(&path, new.join("lib").join(name)).with_context(|| format!("copying {}", path.display()))?;
        }
    }
    fs::write(new.join(MARKER), &toolchain.release)?;
    let folder = toolchain.target_folder();
    if folder.exists() {
        bail!("{} has appeared meanwhile: run this again", folder.display());
    }
    fs::rename(&new, &folder).with_context(|| format!("moving the standard library to {}", folder.display()))
}

/// Compiles the workspace that the standard library is, the way the Rust project does: its own lock file and the
/// profile that it keeps for this purpose. Returns the folder with the libraries.
fn build(library: &Path, scratch: &Path) -> Result<PathBuf> {
    let target_dir = scratch.join("target");
    let mut rustflags = vec!["-Zforce-unstable-if-unmarked".to_owned()];
    // Each `panic!` keeps the name of its file; flags of the crates that use the library come too late for these.
    if let Some(home) = cargo_home() {
        rustflags.push(format!("--remap-path-prefix={}=cargo", home.display()));
    }
    process::run(
        process::cargo()
            .args(["build", "--locked", "--profile=dist", "--features=compiler-builtins-mem", "--target", TARGET])
            .arg("--manifest-path")
            .arg(library.join("sysroot").join("Cargo.toml"))
            .arg("--target-dir")
            .arg(&target_dir)
            .current_dir(scratch)
            // The standard library is full of what a stable compiler refuses.
            .env("RUSTC_BOOTSTRAP", "1")
            .env("CARGO_PROFILE_DIST_DEBUG", "false")
            .env("CARGO_ENCODED_RUSTFLAGS", rustflags.join("\x1f")),
    )?;
    Ok(target_dir.join(TARGET).join("dist").join("deps"))
}

/// The folder that cargo keeps downloaded crates in.
pub(crate) fn cargo_home() -> Option<PathBuf> {
    env::var_os("CARGO_HOME").map(PathBuf::from).or_else(|| Some(env::home_dir()?.join(".cargo")))
}
