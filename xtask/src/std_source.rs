//! The standard library of the wasm32 target, built from source: for size, beside the toolchain, for the engines; as the Rust project builds
//! it, in the toolchain, for machines that reach package mirrors only.

use std::env;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::debian;
use crate::process;
use crate::toolchain::{MARKER, TARGET, Toolchain};
use crate::wasm_target;
use crate::workspace::Workspace;

/// Settings of a standard library's build.
#[derive(Hash)]
struct Flavour {
    /// Features of the crate `sysroot`.
    features: &'static str,
    /// The level of optimisation; the Rust project's own if none is named.
    opt_level: Option<&'static str>,
}

/// As the Rust project does.
const STANDARD: Flavour = Flavour { features: "compiler-builtins-mem", opt_level: None };

/// Each engine crosses the network 1.5 % smaller with it (chat 94.7 KB to 93.5) and runs as fast. At "z" it would be 0.3 % smaller and repair
/// transcripts 5 % slower. `panic=immediate-abort` would save 3 % more and is refused: it takes a nightly flag in every crate of ours, and an
/// engine that fails could not say where.
const FOR_SIZE: Flavour = Flavour { features: "compiler-builtins-mem,optimize_for_size", opt_level: Some("s") };

/// Builds the standard library and puts it into the toolchain by one rename.
pub(crate) fn install(workspace: &Workspace, toolchain: &Toolchain) -> Result<()> {
    let rustlib = toolchain.sysroot.join("lib").join("rustlib");
    // First, because a toolchain that cannot be written to should be found out before the build.
    let stage = tempfile::Builder::new()
        .prefix(".new-")
        .tempdir_in(&rustlib)
        .with_context(|| format!("{} cannot be written to: run this once as the owner of the toolchain", rustlib.display()))?;
    let scratch = workspace.temporary()?;
    let library = source(toolchain, scratch.path())?;
    // The stage itself is readable by its owner only; the folder that is moved into place is not.
    let new = stage.path().join(TARGET);
    build(&library, scratch.path(), &STANDARD, &new.join("lib"))?;
    fs::write(new.join(MARKER), &toolchain.release)?;
    let folder = toolchain.target_folder();
    if folder.exists() {
        bail!("{} has appeared meanwhile: run this again", folder.display());
    }
    fs::rename(&new, &folder).with_context(|| format!("moving the standard library to {}", folder.display()))
}

/// The folder for `--sysroot` that has the standard library for size; built when it is not there yet. The toolchain is left as it is.
pub(crate) fn for_size(workspace: &Workspace) -> Result<PathBuf> {
    let toolchain = Toolchain::read()?;
    let mut hasher = DefaultHasher::new();
    FOR_SIZE.hash(&mut hasher);
    let all = workspace.scratch.join("std");
    let finished = all.join(format!("{}-{:016x}", toolchain.release, hasher.finish()));
    if finished.exists() {
        return Ok(finished);
    }
    println!("setup: building the standard library of {TARGET} for size (half a minute)");
    let scratch = workspace.temporary()?;
    let stage = scratch.path().join("sysroot");
    let library = source(&toolchain, scratch.path())?;
    build(&library, scratch.path(), &FOR_SIZE, &stage.join("lib").join("rustlib").join(TARGET).join("lib"))?;
    fs::create_dir_all(&all).with_context(|| format!("creating {}", all.display()))?;
    // Only the newest is of use.
    for entry in fs::read_dir(&all)? {
        fs::remove_dir_all(entry?.path())?;
    }
    fs::rename(&stage, &finished).with_context(|| format!("moving the standard library to {}", finished.display()))?;
    Ok(finished)
}

/// The folder `library` of this very release: of the toolchain, by rustup, or Debian's, which is unpacked below `scratch`.
fn source(toolchain: &Toolchain, scratch: &Path) -> Result<PathBuf> {
    let component = toolchain.sysroot.join("lib").join("rustlib").join("src").join("rust").join("library");
    let is_there = || component.join("sysroot").join("Cargo.toml").exists();
    if is_there() || (wasm_target::asks_rustup(&["component", "add", "rust-src"]) && is_there()) {
        println!("setup: its source is in the toolchain");
        return Ok(component);
    }
    Ok(debian::rust_src(&toolchain.release, scratch)?.join("library"))
}

/// Compiles the workspace that the standard library is, the way the Rust project does: its own lock file and the
/// profile that it keeps for this purpose. Puts the libraries into the folder `lib`.
fn build(library: &Path, scratch: &Path, flavour: &Flavour, lib: &Path) -> Result<()> {
    let target_dir = scratch.join("target");
    let mut rustflags = vec!["-Zforce-unstable-if-unmarked".to_owned()];
    // Each `panic!` keeps the name of its file; flags of the crates that use the library come too late for these.
    if let Some(home) = cargo_home() {
        rustflags.push(format!("--remap-path-prefix={}=cargo", home.display()));
    }
    let mut cargo = process::cargo();
    cargo
        .args(["build", "--locked", "--profile=dist", "--features", flavour.features, "--target", TARGET])
        .arg("--manifest-path")
        .arg(library.join("sysroot").join("Cargo.toml"))
        .arg("--target-dir")
        .arg(&target_dir)
        .current_dir(scratch)
        // The standard library is full of what a stable compiler refuses.
        .env("RUSTC_BOOTSTRAP", "1")
        .env("CARGO_PROFILE_DIST_DEBUG", "false")
        .env("CARGO_ENCODED_RUSTFLAGS", rustflags.join("\x1f"));
    if let Some(opt_level) = flavour.opt_level {
        cargo.env("CARGO_PROFILE_DIST_OPT_LEVEL", opt_level);
    }
    process::run(&mut cargo)?;
    let built = target_dir.join(TARGET).join("dist").join("deps");
    fs::create_dir_all(lib).with_context(|| format!("creating {}", lib.display()))?;
    for entry in fs::read_dir(&built).with_context(|| format!("reading {}", built.display()))? {
        let path = entry?.path();
        if let (Some(name), true) = (path.file_name(), path.extension().is_some_and(|extension| extension == "rlib")) {
            fs::copy(&path, lib.join(name)).with_context(|| format!("copying {}", path.display()))?;
        }
    }
    Ok(())
}

/// The folder that cargo keeps downloaded crates in.
pub(crate) fn cargo_home() -> Option<PathBuf> {
    env::var_os("CARGO_HOME").map(PathBuf::from).or_else(|| Some(env::home_dir()?.join(".cargo")))
}
