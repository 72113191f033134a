//! The toolchain that runs xtask, and the target it has to compile for.

use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::process;

/// The only target of the engine.
pub(crate) const TARGET: &str = "wasm32-unknown-unknown";

/// Marks a standard library as one that xtask has put there and may take away.
pub(crate) const MARKER: &str = ".built-by-xtask";

/// Facts about the toolchain.
pub(crate) struct Toolchain {
    /// The folder that `lib/rustlib` is in.
    pub(crate) sysroot: PathBuf,
    /// rustc's version, such as `1.95.0`.
    pub(crate) release: String,
}

impl Toolchain {
    /// Asks rustc.
    pub(crate) fn read() -> Result<Self> {
        let version = process::read(process::rustc().arg("--version"))?;
        let release = version.split_whitespace().nth(1).with_context(|| format!("rustc says no version: {version}"))?;
        Ok(Self { sysroot: process::read(process::rustc().args(["--print", "sysroot"]))?.trim_end().into(), release: release.to_owned() })
    }

    /// The folder in which rustc looks for the standard library of the target.
    pub(crate) fn target_folder(&self) -> PathBuf {
        self.sysroot.join("lib").join("rustlib").join(TARGET)
    }
}
