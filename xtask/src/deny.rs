//! `cargo deny`: licences, sources, bans and, where its database can be had, advisories. `deny.toml` says what is accepted.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::process;
use crate::workspace::Workspace;

/// Compiled where it is missing, once: a minute on two cores, where a build for speed takes more than two and wins a second.
const VERSION: &str = "0.20.2";

/// The program: one on `PATH`, or ours.
fn program(workspace: &Workspace) -> Result<PathBuf> {
    if let Some(found) = process::find("cargo-deny") {
        return Ok(found);
    }
    let tools = workspace.scratch.join("tools");
    let program = tools.join("bin").join(format!("cargo-deny{}", std::env::consts::EXE_SUFFIX));
    if !program.is_file() {
        println!("setup: compiling cargo-deny {VERSION}");
        process::run(
            process::cargo()
                .args(["install", "--quiet", "--locked", "--debug", "--version", VERSION, "cargo-deny", "--root"])
                .arg(&tools)
                .env("CARGO_PROFILE_DEV_DEBUG", "0"),
        )
        .context("cargo-deny could not be installed (it needs a registry; one on PATH is taken too)")?;
    }
    Ok(program)
}

/// Fails on what `deny.toml` does not accept, and on an advisory. Says so where advisories could not be looked up.
pub(crate) fn check(workspace: &Workspace) -> Result<()> {
    let program = program(workspace)?;
    let deny = |what: &[&str]| {
        let mut command = Command::new(&program);
        command.args(["--workspace", "check"]).args(what).current_dir(&workspace.root);
        command
    };
    process::run(&mut deny(&["bans", "licenses", "sources"]))?;
    let output = deny(&["advisories"]).output().with_context(|| format!("cannot start {}", program.display()))?;
    let said = String::from_utf8_lossy(&output.stderr);
    match advisories(output.status.success(), &said) {
        Advisories::None => println!("lint: no advisory is known against a crate"),
        Advisories::NotFetched => println!("lint: advisories were NOT checked: their database could not be fetched"),
        Advisories::Found => bail!("cargo deny check advisories failed ({})\n{}", output.status, said.trim_end()),
    }
    Ok(())
}

/// Result of the look-up.
#[derive(Debug, PartialEq, Eq)]
enum Advisories {
    /// All is well.
    None,
    /// Nobody knows: no network, or none to there.
    NotFetched,
    /// One, or something else is wrong.
    Found,
}

/// By cargo-deny's own words: its exit code is one for everything.
fn advisories(is_success: bool, said: &str) -> Advisories {
    match is_success {
        true => Advisories::None,
        false if said.contains("failed to fetch advisory database") => Advisories::NotFetched,
        false => Advisories::Found,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_that_cannot_be_fetched_is_no_advisory() {
        let offline = "2026-11-30 00:13:10 [ERROR] failed to fetch advisory database https://example.org/db with cli: failed to clone";
        assert_eq!(advisories(false, offline), Advisories::NotFetched);
        assert_eq!(advisories(false, "error[vulnerability]: A crate"), Advisories::Found);
        assert_eq!(advisories(true, "advisories ok"), Advisories::None);
    }
}
