//! `cargo xtask test`: the checks in their order, and a table of how they went.

use std::cell::OnceCell;
use std::ffi::OsString;
use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Result, bail};

use crate::checks::Checks;
use crate::workspace::Workspace;

/// One check.
struct Step {
    /// The group that it can be asked for by; the set-up has none and is always done.
    group: &'static str,
    /// Its name in the table.
    name: &'static str,
    /// Does it.
    run: fn(&Checks) -> Result<()>,
}

/// One row of the list below.
const fn step(group: &'static str, name: &'static str, run: fn(&Checks) -> Result<()>) -> Step {
    Step { group, name, run }
}

/// In the order in which they run.
const STEPS: [Step; 22] = [
    step("", "set-up", Checks::set_up),
    step("lint", "rustfmt", Checks::rustfmt),
    step("lint", "no tokio in the engine", Checks::no_tokio),
    step("lint", "licences, sources, advisories", Checks::deny),
    step("lint", "clippy", Checks::clippy),
    step("lint", "clippy for wasm32", Checks::clippy_for_wasm),
    step("lint", "documentation", Checks::docs),
    step("lint", "docs/api.md and the sentences of the types", Checks::api_page),
    step("rust", "engine", Checks::engine),
    step("rust", "fuzzed", Checks::fuzz),
    step("rust", "xtask", Checks::xtask),
    step("web", "bindings in Node", Checks::bindings_in_node),
    step("web", "bindings in Chromium", Checks::bindings_in_chromium),
    step("package", "build", Checks::build),
    step("package", "types", Checks::types),
    step("package", "npm pack", Checks::pack),
    step("package", "simulator tests", Checks::simulator),
    step("package", "package tests", Checks::package),
    step("package", "contract tests", Checks::contract),
    step("package", "gateway tests", Checks::gateway),
    step("package", "page tests", Checks::page),
    step("package", "sizes", Checks::sizes),
];

/// Runs the rows of tests/matrix whose names hold one of the words (all of them if none is given).
pub(crate) fn matrix(workspace: Workspace, words: &[OsString]) -> Result<ExitCode> {
    let checks = Checks { workspace, needs_browser: true, browser: OnceCell::new() };
    for prepare in [Checks::set_up, Checks::build, Checks::pack] {
        prepare(&checks)?;
    }
    checks.matrix(words)
}

/// Runs the steps of the groups (all of them if none is named) up to the first that fails, and ends with a table.
pub(crate) fn run(workspace: Workspace, groups: &[OsString]) -> Result<ExitCode> {
    if let Some(unknown) = groups.iter().find(|group| !STEPS.iter().any(|step| group.as_os_str() == step.group)) {
        bail!("there is no group of tests called {unknown:?}: there are lint, rust, web and package");
    }
    let wanted = |group: &str| group.is_empty() || groups.is_empty() || groups.iter().any(|wanted| wanted == group);
    let needs_browser = wanted("web") || wanted("package");
    let checks = Checks { workspace, needs_browser, browser: OnceCell::new() };
    let (mut rows, mut passed, mut failed) = (Vec::new(), 0, 0);
    for step in STEPS.iter().filter(|step| wanted(step.group)) {
        if failed > 0 {
            rows.push(format!("not run            {}", step.name));
            continue;
        }
        println!("\ntest: {}", step.name);
        let start = Instant::now();
        let word = match (step.run)(&checks) {
            Ok(()) => {
                passed += 1;
                "passed"
            }
            Err(error) => {
                failed += 1;
                eprintln!("test: {} failed: {error:#}", step.name);
                "FAILED"
            }
        };
        rows.push(format!("{word:7}  {:6.1} s  {}", start.elapsed().as_secs_f32(), step.name));
    }
    println!("\n{}\n{passed} passed, {failed} failed", rows.join("\n"));
    Ok(if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
