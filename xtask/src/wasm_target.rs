//! The standard library of the wasm32 target, in the toolchain that runs xtask.

use std::env;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::process;
use crate::std_source;
use crate::toolchain::{MARKER, TARGET, Toolchain};
use crate::workspace::Workspace;

/// Set (to anything) it keeps xtask from asking rustup, as if there were none.
const NO_RUSTUP: &str = "OPENROUTER_WASM_NO_RUSTUP";

/// A rustup that cannot reach its server may take minutes to say so.
const RUSTUP_LIMIT: Duration = Duration::from_secs(60);

/// Makes sure that crates compile for the target: at once if they do, else by rustup, else from source.
pub(crate) fn ensure(workspace: &Workspace) -> Result<()> {
    let Err(reason) = probe(workspace) else {
        return Ok(());
    };
    let toolchain = Toolchain::read()?;
    let folder = toolchain.target_folder();
    clear(&toolchain, &folder).with_context(|| format!("nothing compiles for {TARGET}: {reason}"))?;
    if !by_rustup(workspace, &folder)? {
        println!("setup: building the standard library of {TARGET} from source (one or two minutes)");
        std_source::install(workspace, &toolchain).with_context(|| {
            format!(
                "the standard library of {TARGET} is missing and could not be built; \
                 `rustup target add {TARGET}`, or your distribution's package of it, does as well"
            )
        })?;
        probe(workspace).context("the standard library was built, but nothing compiles with it")?;
    }
    // Cargo does not notice that the standard library is another one.
    let stale = workspace.cargo_target.join(TARGET);
    if stale.exists() {
        fs::remove_dir_all(&stale).with_context(|| format!("removing {}", stale.display()))?;
    }
    Ok(())
}

/// Compiles what needs the whole standard library, with the LTO that the package is built with, and looks for
/// the crate `test`, without which nothing can be tested.
fn probe(workspace: &Workspace) -> Result<()> {
    let folder = workspace.temporary()?;
    let source = folder.path().join("probe.rs");
    fs::write(
        &source,
        "#[unsafe(no_mangle)] pub extern \"C\" fn probe(n: u32) -> usize {\n\
         (0..n).map(|i| (i, format!(\"{i}\"))).collect::<std::collections::HashMap<_, _>>().len() }\n",
    )?;
    let rustc = |args: &[&str]| {
        let mut command = process::rustc();
        command.args(["--edition=2024", "--target", TARGET]).args(args).arg(&source).current_dir(folder.path());
        process::read(&mut command)
    };
    rustc(&["--crate-type=cdylib", "-O", "-Clto=fat", "-Cpanic=abort", "-o", "probe.wasm"])?;
    rustc(&["--test", "--emit=metadata", "-o", "probe.rmeta"])?;
    Ok(())
}

/// Takes away a standard library of ours that no longer works (rustup has updated the compiler, or has put its own
/// beside it), because two in one folder are worse than none. Anybody else's is left alone.
fn clear(toolchain: &Toolchain, folder: &Path) -> Result<()> {
    if !folder.exists() {
        return Ok(());
    }
    if !folder.join(MARKER).exists() {
        bail!("{} was not put there by xtask: repair or remove it, then run this again", folder.display());
    }
    println!("setup: removing the standard library of {TARGET} that no longer fits this rustc");
    let components = fs::read_to_string(toolchain.sysroot.join("lib").join("rustlib").join("components"));
    if components.is_ok_and(|list| list.lines().any(|line| line == format!("rust-std-{TARGET}"))) {
        // For rustup to forget it. In a toolchain that is not rustup's own, it cannot, and there is nothing to forget.
        let _ = process::run(rustup().args(["target", "remove", TARGET]));
    }
    if folder.exists() {
        fs::remove_dir_all(folder).with_context(|| format!("removing {}", folder.display()))?;
    }
    Ok(())
}

/// rustup, brief in failure.
fn rustup() -> Command {
    let mut rustup = Command::new("rustup");
    rustup.env("RUSTUP_MAX_RETRIES", "1").env("RUST_BACKTRACE", "0");
    rustup
}

/// Asks rustup for the target; says whether crates compile for it afterwards.
fn by_rustup(workspace: &Workspace, folder: &Path) -> Result<bool> {
    let is_done = asks_rustup(&["target", "add", TARGET]);
    match (is_done, folder.exists()) {
        (true, true) => probe(workspace).map(|()| true),
        // Ended half-way.
        (false, true) => fs::remove_dir_all(folder).with_context(|| format!("removing {}", folder.display())).map(|()| false),
        // There is no rustup, or it has another toolchain in mind than the one in use.
        _ => Ok(false),
    }
}

/// Has rustup do that; says whether it did. One that fails says why.
pub(crate) fn asks_rustup(args: &[&str]) -> bool {
    if env::var_os(NO_RUSTUP).is_some() || process::find("rustup").is_none() {
        return false;
    }
    println!("setup: rustup {}", args.join(" "));
    match process::run_for(rustup().args(args), RUSTUP_LIMIT) {
        Ok(()) => true,
        Err(error) => {
            println!("setup: {error}");
            false
        }
    }
}
