//! Paths of the workspace.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::process;

/// The folders that the commands work in.
pub(crate) struct Workspace {
    /// The repository.
    pub(crate) root: PathBuf,
    /// The folder of cargo's builds: `target/`, or what the user's configuration says.
    pub(crate) cargo_target: PathBuf,
    /// The folder of xtask's builds. Always inside the repository, so that `pkg/` can be swapped in by a rename.
    pub(crate) scratch: PathBuf,
}

impl Workspace {
    /// Finds the folders and creates the scratch folder.
    pub(crate) fn find() -> Result<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("xtask is not inside a workspace")?.to_path_buf();
        let metadata = process::read(
            process::cargo().args(["metadata", "--no-deps", "--format-version=1", "--manifest-path"]).arg(root.join("Cargo.toml")),
        )?;
        let metadata: serde_json::Value = serde_json::from_str(&metadata).context("reading the output of cargo metadata")?;
        let cargo_target = metadata["target_directory"].as_str().context("cargo metadata names no target directory")?;
        let scratch = root.join("target").join("xtask");
        std::fs::create_dir_all(&scratch).with_context(|| format!("creating {}", scratch.display()))?;
        Ok(Self { cargo_target: cargo_target.into(), root, scratch })
    }

    /// A temporary folder that is gone when the value is dropped, on the same file system as `pkg/`.
    pub(crate) fn temporary(&self) -> Result<tempfile::TempDir> {
        tempfile::Builder::new()
            .prefix("tmp-")
            .tempdir_in(&self.scratch)
            .with_context(|| format!("creating a temporary folder in {}", self.scratch.display()))
    }

    /// A program of the npm development dependencies.
    pub(crate) fn npm_bin(&self, name: &str) -> std::process::Command {
        let name = if cfg!(windows) { format!("{name}.cmd") } else { name.to_owned() };
        let mut command = std::process::Command::new(self.root.join("node_modules").join(".bin").join(name));
        command.current_dir(&self.root);
        command
    }
}
