//! What must hold of whatever bytes come: no panic, one verdict, the same in any pieces, and the same as what somebody else's reader says.
//! `cargo xtask fuzz` searches for bytes of which it does not; those found are in `fixtures/<target>`.
#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, reason = "a check that cannot go on has found something")]

mod seeds;
#[path = "../support/mod.rs"]
mod support;
#[path = "../transcript/support.rs"]
mod transcript_support;
mod targets {
    pub(crate) mod answer;
    pub(crate) mod catalog;
    pub(crate) mod chunk;
    pub(crate) mod config;
    pub(crate) mod data_url;
    pub(crate) mod json;
    pub(crate) mod media;
    pub(crate) mod partial_json;
    pub(crate) mod sse;
    pub(crate) mod transcript;
}
#[path = "../support/arguments_view.rs"]
mod arguments_view;

use std::path::{Path, PathBuf};

use serde::de::IgnoredAny;
use serde_json::Value;

/// What can be fuzzed.
#[derive(Debug, Clone, Copy)]
pub struct Target {
    /// What `cargo xtask fuzz` calls it, and its folder of fixtures.
    pub name: &'static str,
    /// Panics where something does not hold.
    pub check: fn(&[u8]),
}

/// All of them, the readers first.
pub const TARGETS: [Target; 10] = [
    Target { name: "sse", check: targets::sse::check },
    Target { name: "json", check: targets::json::check },
    Target { name: "partial-json", check: targets::partial_json::check },
    Target { name: "chunk", check: targets::chunk::check },
    Target { name: "answer", check: targets::answer::check },
    Target { name: "transcript", check: targets::transcript::check },
    Target { name: "config", check: targets::config::check },
    Target { name: "catalog", check: targets::catalog::check },
    Target { name: "media", check: targets::media::check },
    Target { name: "data-url", check: targets::data_url::check },
];

/// Names the target to libFuzzer's program.
pub const TARGET_VARIABLE: &str = "OPENROUTER_WASM_FUZZ_TARGET";
/// Names the folder that its seeds are written into before it begins.
pub const SEEDS_VARIABLE: &str = "OPENROUTER_WASM_FUZZ_SEEDS";

/// The target that the environment names, its seeds laid out.
pub fn begin() -> Target {
    let name = std::env::var(TARGET_VARIABLE).unwrap_or_default();
    let target = TARGETS.into_iter().find(|target| target.name == name).unwrap_or_else(|| panic!("there is no target called {name:?}"));
    if let Some(folder) = std::env::var_os(SEEDS_VARIABLE).map(PathBuf::from) {
        for (name, bytes) in seeds(target.name, true) {
            std::fs::write(folder.join(&name), bytes).unwrap_or_else(|error| panic!("writing the seed {name}: {error}"));
        }
    }
    target
}

/// Where this crate lies.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// What a target begins with: what was found before, its own examples and, if wanted, what was recorded, where that is.
pub fn seeds(target: &str, with_recordings: bool) -> Vec<(String, Vec<u8>)> {
    let mut all: Vec<_> = fixtures(target).into_iter().map(|(name, bytes)| (format!("fixture-{name}"), bytes)).collect();
    all.extend(seeds::of(target, with_recordings));
    all
}

/// What was found, by the name of its file.
pub fn fixtures(target: &str) -> Vec<(String, Vec<u8>)> {
    let Ok(entries) = std::fs::read_dir(root().join("fixtures").join(target)) else { return Vec::new() };
    let mut all: Vec<_> = entries
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read(&path).unwrap()))
        .collect();
    all.sort();
    all
}

/// Pieces of one to nineteen bytes, the same ones for the same bytes.
fn pieces(bytes: &[u8]) -> Vec<&[u8]> {
    let mut state =
        bytes.iter().fold(0x9e37_79b9_7f4a_7c15_u64, |state, byte| (state ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)) | 1;
    let mut rest = bytes;
    let mut pieces = Vec::new();
    while !rest.is_empty() {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let (piece, behind) = rest.split_at((state % 19 + 1).min(rest.len() as u64) as usize);
        pieces.push(piece);
        rest = behind;
    }
    pieces
}

/// Pieces of a text, cut between characters.
fn text_pieces(text: &str) -> Vec<&str> {
    let (mut from, mut at) = (0, 0);
    let mut all = Vec::new();
    for piece in pieces(text.as_bytes()) {
        at += piece.len();
        if text.is_char_boundary(at) {
            all.push(&text[from..at]);
            from = at;
        }
    }
    all
}

/// Whether a text is JSON by somebody else's rules; numbers of any size are, and halves of characters.
fn is_json(text: &str) -> bool {
    serde_json::from_str::<IgnoredAny>(text).is_ok()
}

/// What JavaScript will parse has to be JSON.
#[track_caller]
fn parsed(text: &str) -> Value {
    assert!(is_json(text), "no JSON: {text}");
    // A number of a size that serde's values do not hold, or half a character: JSON all the same.
    serde_json::from_str(text).unwrap_or(Value::Null)
}

/// How deep the brackets of a text go, those in strings counted too.
fn depth(bytes: &[u8]) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    for byte in bytes {
        match byte {
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    deepest
}

/// Deeper than this the readers differ in where they stop.
const DEEP: usize = 100;

/// The first byte, which chooses, and the rest as text.
fn choice_and_text(bytes: &[u8]) -> Option<(usize, &str)> {
    let (first, rest) = bytes.split_first()?;
    Some((usize::from(*first), std::str::from_utf8(rest).ok()?))
}
