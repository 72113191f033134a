//! The imports of the core go one way: what stands in a folder uses what stands before it.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Each folder of `src` and those that it may use beside itself, `wire` and `transcript` (whose crates cannot import the rest).
const MAY_USE: [(&str, &[&str]); 9] = [
    ("config", &[]),
    ("http", &["config"]),
    ("request", &["config"]),
    ("answer", &["config", "http"]),
    ("money", &["config", "http", "request"]),
    ("models", &["config", "http", "request"]),
    ("media", &["config", "http", "request"]),
    ("calls", &["config", "http", "request", "models", "media"]),
    ("run", &["config", "http", "request", "answer", "money"]),
];

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(files_below(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files
}

#[test]
fn a_folder_uses_what_stands_before_it() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    // Which folder a module is in: `lib.rs` gives every module one name, wherever it stands.
    let mut folder_of: BTreeMap<String, &str> = BTreeMap::new();
    for (folder, _) in MAY_USE {
        folder_of.insert(folder.to_owned(), folder);
        for file in files_below(&root.join(folder)) {
            folder_of.insert(file.file_stem().unwrap().to_string_lossy().into_owned(), folder);
        }
    }
    let mut wrong = Vec::new();
    for (folder, may_use) in MAY_USE {
        for file in files_below(&root.join(folder)) {
            // A test at the end of a file may use what it likes.
            let text = fs::read_to_string(&file).unwrap();
            let code = text.split("#[cfg(test)]").next().unwrap();
            for (at, _) in code.match_indices("crate::") {
                let name: String = code[at + 7..].chars().take_while(|c| c.is_ascii_lowercase() || *c == '_').collect();
                let used = folder_of.get(&name).copied();
                if used.is_some_and(|used| used != folder && !may_use.contains(&used)) {
                    wrong.push(format!("{}: crate::{name}", file.strip_prefix(&root).unwrap().display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
