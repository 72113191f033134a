//! The project's own commands, run as `cargo xtask <command>`.
//!
//! The tools that do the work (cargo, wasm-bindgen, wasm-opt, esbuild, tsc, node's test runner) are called, not
//! rewritten. wasm-bindgen's command line and test runner are linked in as a library, so that the version that made
//! the macros and the version that makes the glue come from the same `Cargo.lock`.

mod checks;
mod chromium;
mod debian;
mod deny;
mod engine;
mod engine_alphabet;
mod engine_text;
mod function_order;
mod fuzz;
mod licences;
mod node;
mod package;
mod process;
mod release;
mod std_source;
mod test;
mod toolchain;
mod wasm_target;
mod workspace;

use std::ffi::OsString;
use std::process::ExitCode;

use anyhow::{Result, bail};
use workspace::Workspace;

/// The help, printed for no command, or one that does not exist.
const USAGE: &str = "\
usage: cargo xtask <command>

  build            compile the engine and assemble the npm package in pkg/
  demo [args]      build, then serve the demo page and the simulator (--port N, --once)
  test [group...]  run every check, or those of: lint, rust, web, package
  docs             write docs/api.md from the types
  alphabet         learn which characters the engines' texts are made of, after the engines have changed much: minutes
  size             build, then print what each part of the package weighs
  bench [args]     build, then run tests/bench/bench.js
  soak [args]      build, then send bent recordings through the package (--seconds N, --seed N, --one N), or one
                   answer of a size (--mebibytes N)
  fuzz [target...] compare the engine's readers with others over inputs that libFuzzer makes up (--seconds N each, 60)
  matrix [words]   build, then install the package into every runtime, browser, bundler, framework and example (rows by a word of
                   their names); takes the newest of each from the registry, and tens of minutes
  fmt              format the Rust code
  release          refuse a dirty tree, run every check, tell how to publish the tarball that was tested

Each command sets up what it needs first: the wasm32 standard library, the npm development
dependencies and, for the tests, a Chromium.";

fn main() -> ExitCode {
    run().unwrap_or_else(|error| {
        // Not `{error:?}`, which would print a backtrace of xtask where the user has asked for one of something else.
        eprintln!("xtask: {error:#}");
        ExitCode::FAILURE
    })
}

/// Runs the command that the arguments name.
fn run() -> Result<ExitCode> {
    let mut args = std::env::args_os().skip(1);
    let command = args.next().unwrap_or_default();
    let args: Vec<OsString> = args.collect();
    match command.to_str().unwrap_or_default() {
        "build" => {
            package::build(&Workspace::find()?)?;
            Ok(ExitCode::SUCCESS)
        }
        "alphabet" => {
            let workspace = Workspace::find()?;
            wasm_target::ensure(&workspace)?;
            package::learn_alphabets(&workspace)?;
            Ok(ExitCode::SUCCESS)
        }
        "demo" => build_and_run("www/serve.js", &args),
        "bench" => build_and_run("tests/bench/bench.js", &args),
        "soak" => build_and_run("tests/soak/soak.js", &args),
        "docs" => {
            let workspace = Workspace::find()?;
            node::ensure(&workspace)?;
            process::replace(process::node().arg(workspace.root.join("xtask/docs.js")))
        }
        "fuzz" => fuzz::run(&Workspace::find()?, &args),
        "size" => build_and_run("xtask/size.js", &args),
        "test" => test::run(Workspace::find()?, &args),
        "release" => release::run(&Workspace::find()?),
        "matrix" => test::matrix(Workspace::find()?, &args),
        "fmt" => {
            process::run(process::cargo().args(["fmt", "--all"]))?;
            Ok(ExitCode::SUCCESS)
        }
        // The two below are called by xtask itself and by `cargo test`.
        "bindgen" => {
            let args = [OsString::from("wasm-bindgen")].into_iter().chain(args);
            wasm_bindgen_cli::wasm_bindgen::run_cli_with_args(args)?;
            Ok(ExitCode::SUCCESS)
        }
        "test-runner" => {
            let args = [OsString::from("wasm-bindgen-test-runner")].into_iter().chain(args);
            wasm_bindgen_cli::wasm_bindgen_test_runner::run_cli_with_args(args)?;
            Ok(ExitCode::SUCCESS)
        }
        "help" | "--help" | "-h" => {
            println!("{USAGE}");
            Ok(ExitCode::SUCCESS)
        }
        "" => bail!("no command given\n\n{USAGE}"),
        other => bail!("there is no command `{other}`\n\n{USAGE}"),
    }
}

/// Builds the package and then becomes `node <script> <args>`.
fn build_and_run(script: &str, args: &[OsString]) -> Result<ExitCode> {
    let workspace = Workspace::find()?;
    package::build(&workspace)?;
    let mut node = process::node();
    process::replace(node.arg(workspace.root.join(script)).args(args).current_dir(&workspace.root))
}
