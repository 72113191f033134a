//! Debian's package of Rust's source, from the mirror that the system's apt already uses.
//!
//! apt fetches and verifies, with a list file and folders of its own: nothing of the system's is changed. No mirror
//! is named here, so a machine whose apt is pointed at a mirror of its own gets the source from there.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::process;

/// Both come from the same source; the second is what Debian's old releases get for their browsers.
const PACKAGES: [&str; 2] = ["rust-src", "rust-web-src"];

/// Suites to look in, small lists first. The aliases outlive a Debian release.
const SUITES: [&str; 7] =
    ["stable-backports", "oldstable-backports", "stable-security", "oldstable-security", "testing", "unstable", "stable"];

/// Debian's own keys. Where they are missing, apt decides by the keys that the system trusts.
const KEYRING: &str = "/usr/share/keyrings/debian-archive-keyring.gpg";

/// Fetches the source of exactly that release of Rust and unpacks it below `scratch`. Returns its folder.
pub(crate) fn rust_src(release: &str, scratch: &Path) -> Result<PathBuf> {
    for tool in ["apt-get", "apt-cache", "dpkg-deb"] {
        if process::find(tool).is_none() {
            bail!("there is no Rust source in the toolchain and no {tool} to fetch Debian's");
        }
    }
    let apt = Apt::new(scratch)?;
    let mirrors = mirrors(&process::read(Command::new("apt-get").args(["update", "--print-uris"]))?);
    let mut seen = Vec::new();
    for suite in SUITES {
        for mirror in mirrors.iter().filter(|mirror| mirror.contains("security") == suite.contains("security")) {
            let Ok(rows) = apt.versions(mirror, suite) else {
                continue;
            };
            if let Some((package, version)) = rows.iter().find(|(_, version)| upstream(version) == release) {
                println!("setup: its source is Debian's {package} {version}, from {suite}");
                return apt.unpack(package, version, scratch);
            }
            seen.extend(rows.into_iter().map(|(_, version)| version));
        }
    }
    bail!("no Debian suite on this system's mirror has the source of Rust {release} (it has: {})", seen.join(", "))
}

/// apt with a state of its own.
struct Apt {
    /// The folder for that state.
    folder: PathBuf,
}

impl Apt {
    /// Creates the folders that apt wants to find.
    fn new(scratch: &Path) -> Result<Self> {
        let folder = scratch.join("apt");
        for path in ["lists/partial", "cache/archives/partial"] {
            fs::create_dir_all(folder.join(path)).with_context(|| format!("creating {}", folder.display()))?;
        }
        Ok(Self { folder })
    }

    /// A command of apt that sees nothing but the one list file.
    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        let option = |name: &str, path: &str| format!("{name}={}", self.folder.join(path).display());
        for option in [
            option("Dir::Etc::SourceList", "sources.list"),
            "Dir::Etc::SourceParts=-".into(),
            option("Dir::State::Lists", "lists"),
            option("Dir::Cache", "cache"),
            // apt's own user may not enter the folder.
            "APT::Sandbox::User=root".into(),
            "Acquire::Languages=none".into(),
            "Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false".into(),
        ] {
            command.arg("-o").arg(option);
        }
        command
    }

    /// The packages and versions that a suite has.
    fn versions(&self, mirror: &str, suite: &str) -> Result<Vec<(String, String)>> {
        let signed_by = if Path::new(KEYRING).exists() { format!("[signed-by={KEYRING}] ") } else { String::new() };
        fs::write(self.folder.join("sources.list"), format!("deb {signed_by}{mirror} {suite} main\n"))?;
        process::read(self.command("apt-get").args(["-qq", "update"]))?;
        Ok(parse_madison(&process::read(self.command("apt-cache").arg("madison").args(PACKAGES))?))
    }

    /// Downloads a package and unpacks it.
    fn unpack(&self, package: &str, version: &str, scratch: &Path) -> Result<PathBuf> {
        let download = format!("{package}={version}");
        process::read(self.command("apt-get").args(["-qq", "download", &download]).current_dir(&self.folder))?;
        let deb = only_entry(&self.folder, ".deb")?;
        process::read(Command::new("dpkg-deb").arg("-x").args([&deb, &scratch.join("source")]))?;
        only_entry(&scratch.join("source").join("usr").join("src"), "")
    }
}

/// The one entry of a folder whose name ends like that.
fn only_entry(folder: &Path, ending: &str) -> Result<PathBuf> {
    let mut entries = fs::read_dir(folder)
        .with_context(|| format!("reading {}", folder.display()))?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.to_string_lossy().ends_with(ending));
    entries.next().with_context(|| format!("{} is not what was expected: nothing in it", folder.display()))
}

/// The archives that apt would update from, out of lines such as `'<archive>/dists/bookworm/InRelease' name 0`.
fn mirrors(print_uris: &str) -> Vec<String> {
    let mut mirrors = Vec::new();
    for line in print_uris.lines() {
        let archive = line.strip_prefix('\'').and_then(|uri| uri.split_once("/dists/"));
        if let Some((mirror, _)) = archive
            && !mirrors.iter().any(|known| known == mirror)
        {
            mirrors.push(mirror.to_owned());
        }
    }
    mirrors
}

/// Package and version of lines such as `rust-src | 1.95.0+dfsg1-2 | <archive> stable/main amd64 Packages`.
fn parse_madison(text: &str) -> Vec<(String, String)> {
    text.lines()
        .filter_map(|line| {
            let mut fields = line.split('|').map(str::trim);
            Some((fields.next()?.to_owned(), fields.next()?.to_owned()))
        })
        .collect()
}

/// The version of Rust in a version of Debian's. A `~` in it is a beta's, which is another compiler.
fn upstream(version: &str) -> &str {
    version.split(['+', '-']).next().unwrap_or(version)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_exact_release_in_a_madison_table() {
        let rows = parse_madison(
            "  rust-src | 1.96.1+dfsg1-2~bpo13+1 | mirror stable-backports/main amd64 Packages\n\
             rust-web-src | 1.95.0+dfsg1-1~deb12u2 | mirror oldstable-security/main amd64 Packages\n\
             \n",
        );
        let found: Vec<_> = rows.iter().map(|(package, version)| (package.as_str(), upstream(version))).collect();
        assert_eq!(found, [("rust-src", "1.96.1"), ("rust-web-src", "1.95.0")]);
        assert_eq!(upstream("1.88.0-1"), "1.88.0");
        assert_ne!(upstream("1.88.0~beta.3+dfsg1-1"), "1.88.0");
    }

    #[test]
    fn names_each_mirror_once() {
        let uris = "'mirror:/debian/dists/bookworm/InRelease' a_InRelease 0 \n\
                    'mirror:/debian/dists/bookworm-updates/InRelease' b_InRelease 0 \n\
                    'mirror:/debian-security/dists/bookworm-security/InRelease' c_InRelease 0 \n\
                    'mirror:/flat/./InRelease' d_InRelease 0 \n";
        assert_eq!(mirrors(uris), ["mirror:/debian", "mirror:/debian-security"]);
    }
}
