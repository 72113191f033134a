//! Checks of `cargo xtask test`, one method a check.

use std::cell::OnceCell;
use std::env;
use std::ffi::OsString;
use std::fs;
use std::num::NonZero;
use std::path::PathBuf;
use std::process::ExitCode;
use std::thread;

use anyhow::{Context, Result, bail};

use crate::chromium::{self, Browser};
use crate::engine::ENGINES;
use crate::toolchain::TARGET;
use crate::wasm_target;
use crate::workspace::Workspace;
use crate::{deny, fuzz, node, package, process};

/// For each target: the time of all of them is what the tests have room for.
const FUZZ_SECONDS: u64 = 2;

/// The files of JavaScript tests that take longest.
const LONGEST: [&str; 5] = ["runtimes.test.js", "faults.test.js", "examples.test.js", "docs.test.js", "compilers.test.js"];

/// State that the checks share.
pub(crate) struct Checks {
    /// Paths of the workspace.
    pub(crate) workspace: Workspace,
    /// Whether one of those asked for runs in a browser.
    pub(crate) needs_browser: bool,
    /// Found by the set-up.
    pub(crate) browser: OnceCell<Browser>,
}

/// A check that is nothing but a call of cargo.
fn cargo(args: &[&str]) -> Result<()> {
    process::run(process::cargo().args(args))?;
    Ok(())
}

impl Checks {
    /// Gets all that the steps need, so that what is missing is found out first.
    pub(crate) fn set_up(&self) -> Result<()> {
        node::ensure(&self.workspace)?;
        wasm_target::ensure(&self.workspace)?;
        if self.needs_browser {
            let browser = chromium::ensure()?;
            println!("setup: the browser is {}", browser.chromium.display());
            self.browser.get_or_init(|| browser);
        }
        Ok(())
    }

    /// The browser that the set-up has found.
    fn browser(&self) -> Result<&Browser> {
        self.browser.get().context("the set-up has found no browser")
    }

    /// Checks the formatting.
    pub(crate) fn rustfmt(&self) -> Result<()> {
        cargo(&["fmt", "--all", "--check"])
    }

    /// The engine is for runtimes that have an event loop of their own.
    pub(crate) fn no_tokio(&self) -> Result<()> {
        let engines = ENGINES.map(|engine| format!("--package={}", engine.package));
        let args = ["tree", "--edges=normal", "--prefix=none", "--target", TARGET];
        let tree = process::read(process::cargo().args(args).args(engines))?;
        match tree.lines().find(|line| line.starts_with("tokio")) {
            Some(line) => bail!("the engine depends on {line}"),
            None => Ok(()),
        }
    }

    /// Every crate, those of the tools too: licences, sources, bans, advisories.
    pub(crate) fn deny(&self) -> Result<()> {
        deny::check(&self.workspace)?;
        Ok(())
    }

    /// Lints the code that exists on the host.
    pub(crate) fn clippy(&self) -> Result<()> {
        cargo(&["clippy", "--workspace", "--all-targets", "--", "--deny=warnings"])
    }

    /// Builds the documentation: a link that leads nowhere is a comment that became false.
    pub(crate) fn docs(&self) -> Result<()> {
        let args = ["doc", "--no-deps", "--document-private-items", "--workspace", "--exclude=xtask"];
        process::run(process::cargo().args(args).env("RUSTDOCFLAGS", "--deny=warnings"))?;
        Ok(())
    }

    /// Compares docs/api.md with what the types give, and looks for members of the types without a sentence.
    pub(crate) fn api_page(&self) -> Result<()> {
        process::run(process::node().args(["xtask/docs.js", "--check"]).current_dir(&self.workspace.root))?;
        Ok(())
    }

    /// Lints the code that exists on the target only.
    pub(crate) fn clippy_for_wasm(&self) -> Result<()> {
        let engines = ENGINES.map(|engine| engine.package);
        let mut what = vec!["clippy", "--package=openrouter-web", "--lib", "--test=web", "--target", TARGET];
        what.extend(engines.iter().flat_map(|package| ["--package", package]));
        cargo(&[&what[..], &["--", "--deny=warnings"]].concat())
    }

    /// Tests the engine on the host.
    pub(crate) fn engine(&self) -> Result<()> {
        // Said here: the output of a test that passes is not shown.
        if !self.workspace.root.join("../shared/recordings").is_dir() {
            println!("rust: ../shared/recordings is not there: the recorded exchanges are not tested");
        }
        cargo(&["test", "--package=openrouter-wasm", "--package=openrouter-transcript", "--package=openrouter-wire"])
    }

    /// Inputs that were once found, and a few seconds of looking for more.
    pub(crate) fn fuzz(&self) -> Result<()> {
        cargo(&["test", "--package=openrouter-fuzz"])?;
        fuzz::briefly(&self.workspace, FUZZ_SECONDS)?;
        Ok(())
    }

    /// Tests xtask.
    pub(crate) fn xtask(&self) -> Result<()> {
        cargo(&["test", "--package=xtask"])
    }

    /// Tests the code that exists on the target only.
    pub(crate) fn bindings_in_node(&self) -> Result<()> {
        self.bindings(&[])
    }

    /// Runs `tests/web.rs` with wasm-bindgen's test runner, in Node unless `variables` say otherwise.
    fn bindings(&self, variables: &[(&str, OsString)]) -> Result<()> {
        let exe = env::current_exe().context("finding the program of xtask")?;
        // Not the environment variable, which is cut at each space.
        let runner = serde_json::to_string(&[&exe.to_string_lossy(), "test-runner"])?;
        process::run(
            process::cargo()
                .args(["test", "--package=openrouter-chat", "--test=web", "--target", TARGET])
                .args(["--config", &format!("target.{TARGET}.runner={runner}")])
                // Its own limits are for idle machines.
                .env("WASM_BINDGEN_TEST_TIMEOUT", "120")
                .env("WASM_BINDGEN_TEST_DRIVER_TIMEOUT", "60")
                .envs(variables.iter().cloned()),
        )?;
        Ok(())
    }

    /// The same in Chromium.
    pub(crate) fn bindings_in_chromium(&self) -> Result<()> {
        let browser = self.browser()?;
        // The sandbox does not start as root, which is what containers run as.
        let capabilities = serde_json::json!({ "goog:chromeOptions": {
            "binary": browser.chromium,
            "args": ["headless=new", "no-sandbox", "disable-gpu", "disable-dev-shm-usage", "disable-quic", "no-first-run",
                "disable-background-networking", "disable-component-update", "disable-sync"],
        } });
        let path = self.workspace.scratch.join("webdriver.json");
        fs::write(&path, capabilities.to_string()).with_context(|| format!("writing {}", path.display()))?;
        self.bindings(&[
            ("WASM_BINDGEN_USE_BROWSER", "1".into()),
            ("WASM_BINDGEN_TEST_WEBDRIVER_JSON", path.into()),
            (chromium::DRIVER, browser.driver.clone().into()),
        ])
    }

    /// Builds the package.
    pub(crate) fn build(&self) -> Result<()> {
        package::build(&self.workspace).map(drop)
    }

    /// Type-checks every folder that has a configuration for it: declarations as their users see them, JavaScript by its
    /// JSDoc comments.
    pub(crate) fn types(&self) -> Result<()> {
        let tests = self.workspace.root.join("tests");
        let mut folders = vec![self.workspace.root.join("pkg-template")];
        for entry in fs::read_dir(&tests).with_context(|| format!("reading {}", tests.display()))? {
            folders.push(entry?.path());
        }
        folders.sort();
        let projects: Vec<_> = folders.iter().filter(|folder| folder.join("tsconfig.json").exists()).collect();
        if projects.is_empty() {
            bail!("there is no tsconfig.json in any folder of {}", tests.display());
        }
        // Not the program of npm's `.bin`: older compilers, which the types are checked with too, bring one of the same name.
        let tsc = self.workspace.root.join("node_modules").join("typescript").join("bin").join("tsc");
        for project in projects {
            process::run(process::node().arg(&tsc).args(["--noEmit", "--project"]).arg(project))?;
        }
        Ok(())
    }

    /// The package as the registry would get it.
    fn tarball(&self) -> PathBuf {
        let name = concat!("openrouter-wasm-", env!("CARGO_PKG_VERSION"), ".tgz");
        self.workspace.root.join("target").join("package").join(name)
    }

    /// Makes the tarball, so that the package that is tested is the package that ships.
    pub(crate) fn pack(&self) -> Result<()> {
        let tarball = self.tarball();
        let folder = tarball.parent().context("the tarball is in no folder")?;
        // With what the tests had installed from the last one.
        if folder.exists() {
            fs::remove_dir_all(folder).with_context(|| format!("removing {}", folder.display()))?;
        }
        fs::create_dir_all(folder).with_context(|| format!("creating {}", folder.display()))?;
        let mut npm = process::npm();
        npm.args(["pack", "--ignore-scripts", "--loglevel=error", "--pack-destination"]).arg(folder);
        process::run(npm.current_dir(self.workspace.root.join("pkg")))?;
        if !tarball.exists() {
            bail!("npm pack has not made {}: has the package another name?", tarball.display());
        }
        Ok(())
    }

    /// Tests the simulator.
    pub(crate) fn simulator(&self) -> Result<()> {
        self.javascript("tests/simulator")
    }

    /// Tests the package.
    pub(crate) fn package(&self) -> Result<()> {
        self.javascript("tests/package")
    }

    /// Tests what leaves the package against the SDKs that use it and the schemas of those who take it.
    pub(crate) fn contract(&self) -> Result<()> {
        self.javascript("tests/contract")
    }

    /// Tests the gateway: in one process, and in workerd with its Durable Objects.
    pub(crate) fn gateway(&self) -> Result<()> {
        self.javascript("tests/gateway")
    }

    /// Tests the demo page, the script that serves it and the Worker.
    pub(crate) fn page(&self) -> Result<()> {
        self.javascript("tests/page")
    }

    /// Weighs the package and fails where it is too heavy.
    pub(crate) fn sizes(&self) -> Result<()> {
        process::run(process::node().arg("xtask/size.js").current_dir(&self.workspace.root))?;
        Ok(())
    }

    /// Becomes the script that installs the package wherever it has to run.
    pub(crate) fn matrix(&self, words: &[OsString]) -> Result<ExitCode> {
        process::replace(
            process::node()
                .arg("tests/matrix/matrix.js")
                .args(words)
                .env(chromium::CHROMIUM, &self.browser()?.chromium)
                .env("OPENROUTER_WASM_TARBALL", self.tarball())
                .current_dir(&self.workspace.root),
        )
    }

    /// Runs the `*.test.js` files of a folder.
    fn javascript(&self, folder: &str) -> Result<()> {
        let folder = self.workspace.root.join(folder);
        // By name: the patterns that Node's test runner takes are newer than the oldest Node.
        let mut files: Vec<PathBuf> = fs::read_dir(&folder)
            .with_context(|| format!("reading {}", folder.display()))?
            .filter_map(|entry| Some(entry.ok()?.path()))
            .filter(|path| path.to_string_lossy().ends_with(".test.js"))
            .collect();
        if files.is_empty() {
            bail!("there is no *.test.js in {}", folder.display());
        }
        // The files that take longest come first: behind the last of the others nothing else would run beside them.
        files.sort_by_cached_key(|path| (!LONGEST.iter().any(|name| path.ends_with(name)), path.clone()));
        // One more than there are cores: much of a test is waiting.
        let at_a_time = thread::available_parallelism().map_or(2, NonZero::get) + 1;
        process::run(
            process::node()
                .args(["--test", "--test-reporter=spec"])
                .arg(format!("--test-concurrency={at_a_time}"))
                .args(files)
                .env(chromium::CHROMIUM, &self.browser()?.chromium)
                .env("OPENROUTER_WASM_PKG", self.workspace.root.join("pkg"))
                .env("OPENROUTER_WASM_TARBALL", self.tarball())
                .current_dir(&self.workspace.root),
        )?;
        Ok(())
    }
}
