//! A text that grows by deltas, one of which may end in half a character.

use crate::event::{Batch, Kind};
use crate::json_string::{RawString, flush_surrogate};

/// Where `needle` is first found. What is searched here is short; the search of the standard library is 2 KB of code.
pub fn find(text: &str, needle: &str) -> Option<usize> {
    text.as_bytes().windows(needle.len().max(1)).position(|window| window == needle.as_bytes())
}

/// What stands from `from` on; nothing if that is in the middle of a character. `[from..]` would need 4 KB to say why it panics.
pub fn tail(text: &str, from: usize) -> &str {
    text.get(from..).unwrap_or_default()
}

/// What stands between the two, as [`tail`].
pub fn between(text: &str, from: usize, to: usize) -> &str {
    text.get(from..to).unwrap_or_default()
}

/// The text so far.
#[derive(Debug, Default)]
pub struct GrowingText {
    text: String,
    surrogate: Option<u16>,
}

impl GrowingText {
    /// All of it, but for half a character at the end.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Adds a piece and emits it; nothing is emitted for an empty one. Whether something was.
    pub fn add(&mut self, piece: RawString<'_>, kind: Kind, out: &mut Batch) -> bool {
        let start = out.text.len();
        piece.decode_into(&mut out.text, &mut self.surrogate);
        self.keep(start, kind, out)
    }

    /// Gives up waiting for the other half of a character.
    pub fn flush(&mut self, kind: Kind, out: &mut Batch) {
        let start = out.text.len();
        flush_surrogate(&mut out.text, &mut self.surrogate);
        self.keep(start, kind, out);
    }

    fn keep(&mut self, start: usize, kind: Kind, out: &mut Batch) -> bool {
        let grown = out.text.len() > start;
        if grown {
            self.text.push_str(tail(&out.text, start));
            out.close_record(kind, 0, start);
        }
        grown
    }
}
