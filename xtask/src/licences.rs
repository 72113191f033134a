//! Notices of other people's crates: their licences ask that they go out with the wasm. That the licences are accepted is `deny.rs`'s part.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::process;
use crate::toolchain::TARGET;

/// The terms of MIT, for those who name it and bring no copy.
const MIT: &str = "Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated \
documentation files (the \"Software\"), to deal in the Software without restriction, including without limitation the rights to use, copy, \
modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the Software is furnished \
to do so, subject to the following conditions:\n\nThe above copyright notice and this permission notice shall be included in all copies or \
substantial portions of the Software.\n\nTHE SOFTWARE IS PROVIDED \"AS IS\", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT \
NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR \
COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, \
OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.";

/// A crate, as far as its licence goes.
struct Crate {
    /// `name version`.
    name: String,
    /// An SPDX expression, or the older form with slashes.
    licence: String,
    /// Its authors.
    authors: Vec<String>,
    /// The folder that it was unpacked in.
    folder: PathBuf,
    /// Its source, as cargo names it; nothing for one of ours.
    source: Option<String>,
}

impl Crate {
    /// Of a row of `packages`.
    fn of(package: &Value) -> Result<Self> {
        let text = |name: &str| package[name].as_str().unwrap_or_default().to_owned();
        let manifest = PathBuf::from(text("manifest_path"));
        Ok(Self {
            name: format!("{} {}", text("name"), text("version")),
            licence: text("license"),
            authors: package["authors"].as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect(),
            folder: manifest.parent().context("a manifest without a folder")?.to_owned(),
            source: package["source"].as_str().map(str::to_owned),
        })
    }

    /// The text that has to go out with a copy of it.
    fn notice(&self) -> Result<String> {
        let mut files: Vec<(String, PathBuf)> = Vec::new();
        for entry in fs::read_dir(&self.folder).with_context(|| format!("reading {}", self.folder.display()))? {
            let path = entry?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().to_ascii_uppercase();
            if ["LICENSE", "LICENCE", "COPYING", "NOTICE"].iter().any(|start| name.starts_with(start)) && path.is_file() {
                files.push((name, path));
            }
        }
        files.sort();
        // Of those that may be chosen from MIT is the shortest.
        if !self.licence.contains(" AND ") && self.licence.contains("MIT") && files.iter().any(|(name, _)| name.contains("MIT")) {
            files.retain(|(name, _)| name.contains("MIT") || name.starts_with("NOTICE"));
        }
        if files.is_empty() {
            if !self.licence.contains("MIT") {
                bail!("{} ({}) brings no copy of its licence", self.name, self.licence);
            }
            return Ok(format!("Copyright (c) {}\n\n{MIT}", self.authors.join(", ")));
        }
        let texts: Result<Vec<_>> =
            files.iter().map(|(_, path)| Ok(fs::read_to_string(path)?.replace('\r', "").trim().to_owned())).collect();
        Ok(texts?.join("\n\n"))
    }
}

/// `cargo metadata` of everything that a build for this target takes, or of everything there is.
fn metadata(root: &Path, target: Option<&str>) -> Result<Value> {
    let mut cargo = process::cargo();
    cargo.args(["metadata", "--format-version=1", "--locked"]).current_dir(root);
    if let Some(target) = target {
        cargo.args(["--filter-platform", target]);
    }
    Ok(serde_json::from_str(&process::read(&mut cargo)?)?)
}

/// The crates that are compiled into the engine: no build scripts, no macros, nothing that only tests need.
fn compiled_in(metadata: &Value) -> Result<Vec<Crate>> {
    let rows = |list: &'static [&'static str]| {
        let list = list.iter().fold(metadata, |value, name| &value[*name]);
        list.as_array().into_iter().flatten()
    };
    let packages: BTreeMap<_, _> = rows(&["packages"]).map(|package| (package["id"].as_str(), package)).collect();
    let nodes: BTreeMap<_, _> = rows(&["resolve", "nodes"]).map(|node| (node["id"].as_str(), node)).collect();
    // Ours but the tools: each of them is in one of the engines.
    let is_tool = |package: &Value| package["name"] == "xtask" || package["name"] == "openrouter-fuzz";
    let ours = rows(&["packages"]).filter(|package| package["source"].is_null() && !is_tool(package));
    let mut waiting: Vec<_> = ours.map(|package| package["id"].as_str()).collect();
    let mut seen = BTreeSet::new();
    while let Some(id) = waiting.pop() {
        if !seen.insert(id) {
            continue;
        }
        for dependency in nodes[&id]["deps"].as_array().into_iter().flatten() {
            let is_normal = dependency["dep_kinds"].as_array().into_iter().flatten().any(|kind| kind["kind"].is_null());
            let package = packages[&dependency["pkg"].as_str()];
            let is_macro = package["targets"].as_array().into_iter().flatten().any(|target| target["kind"][0] == "proc-macro");
            if is_normal && !is_macro {
                waiting.push(dependency["pkg"].as_str());
            }
        }
    }
    let mut crates: Vec<_> = seen.iter().map(|id| Crate::of(packages[id])).collect::<Result<_>>()?;
    crates.retain(|one| one.source.is_some());
    crates.sort_by(|left, right| left.name.cmp(&right.name));
    Ok(crates)
}

/// The notices of everything in the wasm, those with the same words together.
pub(crate) fn notices(root: &Path) -> Result<String> {
    let mut by_text: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let crates = compiled_in(&metadata(root, Some(TARGET))?)?;
    for one in &crates {
        by_text.entry(one.notice()?).or_default().push(format!("{} ({})", one.name, one.licence));
    }
    let std = format!("Copyright (c) The Rust Project contributors\n\n{MIT}");
    by_text.entry(std).or_default().push("the Rust standard library (MIT OR Apache-2.0)".to_owned());
    let mut sections: Vec<_> = by_text.into_iter().map(|(text, names)| (names, text)).collect();
    sections.sort();
    let mut out = String::from(
        "The engines of this package (*.wasm, and their text in engine/) contain code of the crates below, each under the terms that follow its name.\n",
    );
    for (names, text) in sections {
        let line = "-".repeat(80);
        out.push_str(&format!("\n{line}\n{}\n{line}\n\n{text}\n", names.join("\n")));
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_crate_is_in_the_wasm_in_two_versions() -> Result<()> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("xtask is in no repository")?;
        let crates = compiled_in(&metadata(root, Some(TARGET))?)?;
        let names: Vec<_> = crates.iter().filter_map(|one| one.name.split(' ').next()).collect();
        let unique: BTreeSet<_> = names.iter().collect();
        assert!(names.len() > 5 && unique.len() == names.len(), "{names:?}");
        Ok(())
    }

    #[test]
    fn the_notices_name_what_is_in_the_wasm_and_nothing_else() -> Result<()> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("xtask is in no repository")?;
        let text = notices(root)?;
        for name in ["memchr ", "wasm-bindgen ", "unicode-ident ", "rlsf ", "the Rust standard library"] {
            assert!(text.contains(&format!("\n{name}")), "{name}");
        }
        for name in ["tokio", "serde ", "serde_json", "syn ", "wasm-bindgen-cli", "proc-macro2", "openrouter-wire", "sse-stream"] {
            assert!(!text.contains(&format!("\n{name}")), "{name}");
        }
        assert!(text.contains("UNICODE LICENSE V3"));
        Ok(())
    }
}
