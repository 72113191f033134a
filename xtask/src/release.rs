//! `cargo xtask release`: the tarball for the registry, made of what is committed, and the one that was tested.

use std::env;
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, bail};

use crate::process;
use crate::workspace::Workspace;

/// Prints npm's own checksum of a file: the one that the registry will show.
const INTEGRITY: &str = "const { createHash } = require('node:crypto'); const { readFileSync } = require('node:fs'); \
    console.log('sha512-' + createHash('sha512').update(readFileSync(process.argv[1])).digest('base64'))";

/// Refuses a tree that differs from its commit and a version without a date, runs every test, which builds and packs, and tells how to publish.
/// It publishes nothing: that is a person's decision.
pub(crate) fn run(workspace: &Workspace) -> Result<ExitCode> {
    let version = env!("CARGO_PKG_VERSION");
    let changelog = std::fs::read_to_string(workspace.root.join("CHANGELOG.md")).context("reading CHANGELOG.md")?;
    let date = release_date(&changelog, version)
        .with_context(|| format!("CHANGELOG.md must begin with the section `## {version} (YYYY-MM-DD)`"))?;
    let commit = clean_commit(workspace, "before the tests")?;

    // As a process of its own: it ends with the table of the tests, and with their exit code.
    process::run(Command::new(env::current_exe().context("finding the program of xtask")?).arg("test").current_dir(&workspace.root))?;
    if clean_commit(workspace, "after the tests")? != commit {
        bail!("another commit was checked out while the tests ran");
    }

    let tarball = workspace.root.join("target").join("package").join(format!("openrouter-wasm-{version}.tgz"));
    let integrity = process::read(process::node().args(["--eval", INTEGRITY]).arg(&tarball))?;
    println!("\nrelease: {version} of {date}, commit {commit}");
    println!("release: {} {}", tarball.display(), integrity.trim());
    println!("release: publish the file that was tested: npm publish {} --provenance", tarball.display());
    println!("release: git tag v{version} {commit}");
    Ok(ExitCode::SUCCESS)
}

/// The commit of a tree in which nothing is changed or new.
fn clean_commit(workspace: &Workspace, when: &str) -> Result<String> {
    let git = |args: &[&str]| process::read(Command::new("git").args(args).current_dir(&workspace.root));
    let changed = git(&["status", "--porcelain"])?;
    if !changed.trim().is_empty() {
        bail!("the tree is not what is committed {when}:\n{}", changed.trim_end());
    }
    Ok(git(&["rev-parse", "HEAD"])?.trim().to_owned())
}

/// The date of the newest section, when that is the section of the version.
fn release_date<'a>(changelog: &'a str, version: &str) -> Option<&'a str> {
    let heading = changelog.lines().find_map(|line| line.strip_prefix("## "))?;
    let date = heading.strip_prefix(version)?.strip_prefix(" (")?.strip_suffix(')')?;
    let is_date = date.len() == 10
        && date.bytes().enumerate().all(|(at, byte)| if at == 4 || at == 7 { byte == b'-' } else { byte.is_ascii_digit() });
    is_date.then_some(date)
}

#[cfg(test)]
mod tests {
    use super::release_date;

    #[test]
    fn a_version_is_released_once_its_section_is_the_newest_and_has_a_date() {
        for (changelog, date) in [
            ("# Changelog\n\n## 1.2.3 (2026-11-29)\n\n* New.\n\n## 1.2.2 (2026-11-01)\n", Some("2026-11-29")),
            ("# Changelog\n\n## 1.2.3\n", None),
            ("# Changelog\n\n## 1.2.3 (soon)\n", None),
            ("# Changelog\n\n## 1.2.3 (2026/11/29)\n", None),
            ("# Changelog\n\n## 1.2.4 (2026-11-29)\n\n## 1.2.3 (2026-11-28)\n", None),
            ("# Changelog\n\n## 1.2.34 (2026-11-29)\n", None),
            ("", None),
        ] {
            assert_eq!(release_date(changelog, "1.2.3"), date, "{changelog}");
        }
    }

    #[test]
    fn the_changelog_of_this_tree_can_be_released() {
        assert!(release_date(include_str!("../../CHANGELOG.md"), env!("CARGO_PKG_VERSION")).is_some());
    }
}
