//! Node and the npm development dependencies.

use std::fs;

use anyhow::{Context, Result, bail};

use crate::process;
use crate::workspace::Workspace;

/// The oldest Node that loads the package's `require(esm)` and that the development dependencies run on.
const OLDEST: (u32, u32) = (20, 19);

/// Checks Node and installs the development dependencies if the lock file is not the one they were installed from.
pub(crate) fn ensure(workspace: &Workspace) -> Result<()> {
    check_version()?;
    let lock_path = workspace.root.join("package-lock.json");
    let lock = fs::read(&lock_path).with_context(|| format!("reading {}", lock_path.display()))?;
    // In node_modules, because whoever removes that folder has to lose the stamp too.
    let stamp = workspace.root.join("node_modules").join(".installed-by-xtask");
    if fs::read(&stamp).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    println!("setup: installing the npm development dependencies");
    process::run(
        process::npm().args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]).current_dir(&workspace.root),
    )
    .context("the npm development dependencies could not be installed (npm comes with Node; it needs a registry)")?;
    fs::write(&stamp, lock).with_context(|| format!("writing {}", stamp.display()))
}

/// Fails for a Node that is missing or too old.
fn check_version() -> Result<()> {
    let (major, minor) = OLDEST;
    let version = process::read(process::node().arg("--version"))
        .with_context(|| format!("Node is not there: install Node {major}.{minor} or newer, with npm"))?;
    if parse_version(&version).is_none_or(|found| found < OLDEST) {
        bail!("Node {} is too old: install Node {major}.{minor} or newer, with npm", version.trim());
    }
    Ok(())
}

/// Major and minor of `v20.19.1`.
fn parse_version(text: &str) -> Option<(u32, u32)> {
    let mut parts = text.trim().strip_prefix('v')?.split('.');
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_compare_as_numbers() {
        assert_eq!(parse_version("v20.19.0\n"), Some((20, 19)));
        assert!(parse_version("v20.9.0") < Some(OLDEST));
        assert!(parse_version("v18.20.8") < Some(OLDEST));
        assert!(parse_version("v22.1.0") > Some(OLDEST));
        assert_eq!(parse_version("v26.0.0-nightly2026"), Some((26, 0)));
        assert_eq!(parse_version("20.19"), None);
    }
}
