//! The Chromium that the tests run in, and its driver.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::process;

/// Names the browser; also what the JavaScript tests read.
pub(crate) const CHROMIUM: &str = "OPENROUTER_WASM_CHROMIUM";

/// Names the driver; wasm-bindgen's test runner reads the same variable.
pub(crate) const DRIVER: &str = "CHROMEDRIVER";

/// A browser and its driver, as they were found.
pub(crate) struct Browser {
    /// Chromium, or Chrome.
    pub(crate) chromium: PathBuf,
    /// The driver of the same version.
    pub(crate) driver: PathBuf,
}

/// Finds a Chromium and its driver; on Debian and its kin installs what there is not.
pub(crate) fn ensure() -> Result<Browser> {
    let chromium = match find_chromium()? {
        Some(chromium) => chromium,
        None => {
            install(&["chromium", "chromium-driver"])
                .with_context(|| format!("the tests need a Chromium: install one, or set {CHROMIUM} to the path of its program"))?;
            find_chromium()?.context("chromium was installed, but is not on PATH")?
        }
    };
    // No test is left out for want of one: a browser that nobody drives proves nothing.
    let driver = find_driver(&chromium).or_else(|missing| {
        // One that somebody names is theirs to get right.
        if env::var_os(DRIVER).is_some() {
            return Err(missing);
        }
        // Debian's wants the browser of its own version, and gets it.
        install(&["chromium-driver"]).with_context(|| format!("{missing:#}"))?;
        find_driver(&chromium)
    })?;
    Ok(Browser { chromium, driver })
}

/// The browser that the environment names, or the first on `PATH`.
fn find_chromium() -> Result<Option<PathBuf>> {
    if let Some(path) = env::var_os(CHROMIUM) {
        let path = PathBuf::from(path);
        if !path.is_file() {
            bail!("{CHROMIUM} names {}, which is not there", path.display());
        }
        return Ok(Some(path));
    }
    Ok(["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"].into_iter().find_map(process::find))
}

/// The driver that the environment names, or the one on `PATH`, if it is of the browser's major version: it refuses
/// any other.
fn find_driver(chromium: &Path) -> Result<PathBuf> {
    let driver = env::var_os(DRIVER)
        .map(PathBuf::from)
        .or_else(|| process::find("chromedriver"))
        .with_context(|| format!("there is no chromedriver on PATH ({DRIVER} can name one)"))?;
    let (wanted, found) = (major_version(chromium)?, major_version(&driver)?);
    if wanted != found {
        bail!("{} is of version {found}, the browser of {wanted} ({DRIVER} can name another)", driver.display());
    }
    Ok(driver)
}

/// The first number in what a program says of its version.
fn major_version(program: &Path) -> Result<u32> {
    let text = process::read(Command::new(program).arg("--version"))?;
    parse_major(&text).with_context(|| format!("{} says no version: {text}", program.display()))
}

/// The first number in a text.
fn parse_major(text: &str) -> Option<u32> {
    text.split(|c: char| !c.is_ascii_digit()).find(|part| !part.is_empty())?.parse().ok()
}

/// Installs packages of the distribution, where that can be done without asking anybody.
pub(crate) fn install(packages: &[&str]) -> Result<()> {
    let os = fs::read_to_string("/etc/os-release").unwrap_or_default();
    let debian = os.lines().any(|line| {
        line.strip_prefix("ID=").or(line.strip_prefix("ID_LIKE=")).is_some_and(|id| id.contains("debian") || id.contains("ubuntu"))
    });
    let root = process::read(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0");
    if !debian || !root {
        bail!("{} can be installed for you on Debian and its kin, as root", packages.join(" and "));
    }
    println!("setup: installing {}", packages.join(" and "));
    let apt = |args: &[&str]| process::run(Command::new("apt-get").arg("-qq").args(args).env("DEBIAN_FRONTEND", "noninteractive"));
    apt(&["update"])
        .and_then(|()| apt(&[&["install", "--yes", "--no-install-recommends"], packages].concat()))
        .with_context(|| format!("{} could not be installed", packages.join(" and ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_major_version() {
        assert_eq!(parse_major("Chromium 156.0.8078.79 built on Debian"), Some(156));
        assert_eq!(parse_major("ChromeDriver 156.0.8078.79 (abc-refs/branch-heads/8078@{#1})"), Some(156));
        assert_eq!(parse_major("no version"), None);
    }
}
