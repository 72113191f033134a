//! `cargo xtask fuzz`: libFuzzer over the targets of `tests/fuzz`, one after the other, and a table of what each has done.
//!
//! No `cargo fuzz`: it wants a nightly compiler for the sanitizers, which have nothing to watch in code without `unsafe`. What libFuzzer needs
//! besides is in the stable compiler.

use std::ffi::OsString;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::process;
use crate::workspace::Workspace;

/// As in `tests/fuzz/lib.rs`: a test holds the two together.
pub(crate) const TARGETS: [&str; 10] =
    ["sse", "json", "partial-json", "chunk", "answer", "transcript", "config", "catalog", "media", "data-url"];
/// Counts what runs and what is compared with what, so that the search sees where it has not been.
const INSTRUMENTATION: [&str; 6] = [
    "--cfg=fuzzing",
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
];
/// Seconds for one input; a longer one is a finding.
const SLOW_SECONDS: u64 = 30;

/// How a target went.
struct Row {
    /// Its name.
    target: &'static str,
    /// How often it was run.
    executions: u64,
    /// For how long, in seconds.
    seconds: f32,
    /// Inputs that reached something new, those it began with among them.
    corpus: usize,
    /// The file of the input that it failed for.
    finding: Option<PathBuf>,
}

/// Which targets, and for how long each.
struct Options {
    /// All of them if none is named.
    targets: Vec<&'static str>,
    /// For each.
    seconds: u64,
}

impl Options {
    /// `[target...] [--seconds N]`.
    fn read(args: &[OsString]) -> Result<Self> {
        let mut options = Self { targets: Vec::new(), seconds: 60 };
        let mut args = args.iter().map(|arg| arg.to_string_lossy());
        while let Some(arg) = args.next() {
            if arg == "--seconds" {
                let seconds = args.next().and_then(|text| text.parse().ok()).filter(|seconds| *seconds > 0);
                options.seconds = seconds.context("--seconds takes a whole number above 0")?;
            } else if let Some(target) = TARGETS.into_iter().find(|target| *target == arg) {
                options.targets.push(target);
            } else {
                bail!("there is no target called {arg:?}: there are {}", TARGETS.join(", "));
            }
        }
        if options.targets.is_empty() {
            options.targets = TARGETS.to_vec();
        }
        Ok(options)
    }
}

/// Fuzzes what the arguments name, each time on from what was reached before.
pub(crate) fn run(workspace: &Workspace, args: &[OsString]) -> Result<ExitCode> {
    let options = Options::read(args)?;
    let program = build(workspace)?;
    let mut rows = Vec::new();
    for target in options.targets {
        println!("fuzz: {target} for {} s", options.seconds);
        rows.push(fuzz(workspace, &program, target, options.seconds, None)?);
    }
    print_table(&rows);
    let has_found = rows.iter().any(|row| row.finding.is_some());
    Ok(if has_found { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// A few seconds of each for the tests: from the seeds alone and by one row of dice, so that two runs try the same.
pub(crate) fn briefly(workspace: &Workspace, seconds: u64) -> Result<()> {
    let program = build(workspace)?;
    let rows: Result<Vec<Row>> = TARGETS.into_iter().map(|target| fuzz(workspace, &program, target, seconds, Some(20_261_130))).collect();
    let rows = rows?;
    print_table(&rows);
    if !workspace.root.join("../shared/recordings").is_dir() {
        println!("fuzz: ../shared/recordings is not there: the search began with the project's own examples alone");
    }
    match rows.iter().find(|row| row.finding.is_some()) {
        Some(row) => bail!("{} does not hold for every input", row.target),
        None => Ok(()),
    }
}

/// One line a target.
fn print_table(rows: &[Row]) {
    println!("\ntarget         executions        /s  seconds  corpus  finding");
    for Row { target, executions, seconds, corpus, finding } in rows {
        let rate = *executions as f32 / seconds.max(0.001);
        let finding = finding.as_ref().map_or("none".into(), |path| path.to_string_lossy());
        println!("{target:13} {executions:11} {rate:9.0} {seconds:8.1} {corpus:7}  {finding}");
    }
    if rows.iter().any(|row| row.finding.is_some()) {
        println!("\nOnce it is understood, a finding becomes a file of tests/fuzz/fixtures/<target>, named for what is wrong.");
    }
}

/// Compiles the targets with their instrumentation, beside the other builds and not over them.
fn build(workspace: &Workspace) -> Result<PathBuf> {
    // libFuzzer is C++.
    if process::find("c++").is_none() && std::env::var_os("CXX").is_none() {
        crate::chromium::install(&["g++"]).context("fuzzing needs a C++ compiler: install one, or set CXX to the path of its program")?;
    }
    let host = process::read(process::rustc().args(["--print", "host-tuple"]))?.trim().to_owned();
    let target = workspace.scratch.join("fuzz");
    process::run(
        process::cargo()
            .args(["build", "--package=openrouter-fuzz", "--bin=fuzz", "--features=libfuzzer", "--profile=fuzz", "--locked"])
            // With a target named, the programs that only build something are not instrumented.
            .args(["--target", &host])
            .arg("--target-dir")
            .arg(&target)
            .env("CARGO_ENCODED_RUSTFLAGS", INSTRUMENTATION.join("\u{1f}"))
            .current_dir(&workspace.root),
    )?;
    Ok(target.join(&host).join("fuzz").join(format!("fuzz{}", std::env::consts::EXE_SUFFIX)))
}

/// An empty folder of that name, or the one that is there.
fn folder(path: PathBuf, is_fresh: bool) -> Result<PathBuf> {
    if is_fresh && path.exists() {
        fs::remove_dir_all(&path).with_context(|| format!("emptying {}", path.display()))?;
    }
    fs::create_dir_all(&path).with_context(|| format!("creating {}", path.display()))?;
    Ok(path)
}

/// Runs one target. With `dice` the search begins anew and is the same every time.
fn fuzz(workspace: &Workspace, program: &Path, target: &'static str, seconds: u64, dice: Option<u32>) -> Result<Row> {
    let home = workspace.scratch.join("fuzz");
    let corpus = folder(home.join(if dice.is_some() { "brief-corpus" } else { "corpus" }).join(target), dice.is_some())?;
    let seeds = folder(home.join("seeds").join(target), true)?;
    let findings = folder(home.join("findings").join(target), false)?;
    let log = home.join(format!("{target}.log"));
    let start = std::time::Instant::now();
    let output = File::create(&log).with_context(|| format!("creating {}", log.display()))?;
    let mut command = Command::new(program);
    command
        .arg(&corpus)
        .arg(&seeds)
        .arg(format!("-max_total_time={seconds}"))
        .arg(format!("-timeout={SLOW_SECONDS}"))
        .args(["-max_len=8192", "-rss_limit_mb=2048", "-print_final_stats=1", "-use_value_profile=1"])
        .arg(format!("-seed={}", dice.unwrap_or(0)))
        .arg(format!("-artifact_prefix={}/", findings.display()))
        .env("OPENROUTER_WASM_FUZZ_TARGET", target)
        .env("OPENROUTER_WASM_FUZZ_SEEDS", &seeds)
        .env("RUST_BACKTRACE", "0")
        .stdout(output.try_clone()?)
        .stderr(output);
    // Reading the seeds counts too, and stops for no clock.
    let outcome = process::run_for(&mut command, Duration::from_secs(seconds + 120));
    let said = String::from_utf8_lossy(&fs::read(&log)?).into_owned();
    let number = |name: &str| said.lines().find_map(|line| line.strip_prefix(name)?.trim().parse().ok());
    let finding = finding(&said);
    if let Err(error) = outcome {
        let why = said.lines().skip_while(|line| !line.contains("panicked at")).take(12).collect::<Vec<_>>().join("\n");
        if finding.is_none() {
            return Err(error).with_context(|| format!("{target} ended without a finding, see {}\n{why}", log.display()));
        }
        eprintln!("fuzz: {target}: {}", if why.is_empty() { said.lines().rev().take(12).collect::<Vec<_>>().join("\n") } else { why });
    }
    Ok(Row {
        target,
        executions: number("stat::number_of_executed_units:").or_else(|| last_count(&said)).unwrap_or(0),
        seconds: start.elapsed().as_secs_f32(),
        corpus: files_in(&corpus)?.len(),
        finding,
    })
}

/// The file that an input was written to, be it there since another run or not.
fn finding(said: &str) -> Option<PathBuf> {
    said.lines().find_map(|line| line.split_once("Test unit written to ")).map(|(_, path)| PathBuf::from(path.trim()))
}

/// The number in front of the last line that has one, `#1234 NEW ...`: a run that has found something prints no statistics.
fn last_count(said: &str) -> Option<u64> {
    said.lines().rev().find_map(|line| line.strip_prefix('#')?.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok())
}

/// Paths in a folder, in order.
fn files_in(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).with_context(|| format!("reading {}", folder.display()))?;
    let mut paths: Vec<PathBuf> = entries.map(|entry| Ok(entry?.path())).collect::<Result<_>>()?;
    paths.sort();
    Ok(paths)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(args: &[&str]) -> Result<(Vec<&'static str>, u64)> {
        let args: Vec<OsString> = args.iter().map(OsString::from).collect();
        Options::read(&args).map(|options| (options.targets, options.seconds))
    }

    #[test]
    fn the_command_takes_targets_and_seconds_and_nothing_else() {
        assert_eq!(read(&[]).ok(), Some((TARGETS.to_vec(), 60)));
        assert_eq!(read(&["sse", "--seconds", "5", "json"]).ok(), Some((vec!["sse", "json"], 5)));
        for wrong in [&["nothing"][..], &["--seconds"], &["--seconds", "0"], &["--seconds", "x"], &["--second", "5"]] {
            assert!(read(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn a_search_that_was_broken_off_is_counted_by_its_last_line() {
        assert_eq!(last_count("INFO: x\n#2\tINITED cov: 3\n#40961\tREDUCE cov: 4\n==1== ERROR: libFuzzer"), Some(40961));
        assert_eq!(last_count("nothing"), None);
    }

    #[test]
    fn what_was_found_is_told_when_it_is_found_again_too() {
        let said = "SUMMARY: libFuzzer: deadly signal\nartifact_prefix='/a b/'; Test unit written to /a b/crash-1\nstat::x: 1\n";
        assert_eq!(finding(said), Some(PathBuf::from("/a b/crash-1")));
        assert_eq!(finding("Done 5 runs in 2 second(s)"), None);
    }

    #[test]
    fn the_targets_are_those_of_the_crate() -> Result<()> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("xtask is in no repository")?;
        let source = fs::read_to_string(root.join("tests/fuzz/lib.rs"))?;
        let names: Vec<_> = source.split("Target { name: \"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        assert_eq!(names, TARGETS);
        Ok(())
    }
}
