//! A text that grows by deltas, one of which may end in half a character.

use crate::event::{Batch, Kind};
use crate::json_string::{RawString, flush_surrogate};

/// Where `needle` is first found. The texts are short; the search of the standard library is 2 KB of code.
pub fn find(text: &str, needle: &str) -> Option<usize> {
    text.as_bytes().windows(needle.len().max(1)).position(|window| window == needle.as_bytes())
}

/// The text from `from` on; nothing if that is in the middle of a character. `[from..]` would need 4 KB to say why it panics.
pub fn tail(text: &str, from: usize) -> &str {
    text.get(from..).unwrap_or_default()
}

/// The text between the two, as [`tail`].
pub fn between(text: &str, from: usize, to: usize) -> &str {
    text.get(from..to).unwrap_or_default()
}

/// What stands before the last of these marks, and behind it. The library's own is 1 KB.
#[inline(never)]
pub fn split_last(text: &str, mark: u8) -> Option<(&str, &str)> {
    let at = text.bytes().rposition(|byte| byte == mark)?;
    Some((between(text, 0, at), tail(text, at + 1)))
}

/// Without the marks that it ends with.
#[inline(never)]
pub fn without_last(mut text: &str, mark: u8) -> &str {
    while text.as_bytes().last() == Some(&mark) {
        text = between(text, 0, text.len() - 1);
    }
    text
}

/// Texts in a row. The library's own is half a KB for each kind of text.
pub fn joined(texts: &[String], separator: &str) -> String {
    let mut out = String::new();
    for (number, text) in texts.iter().enumerate() {
        out.push_str(if number > 0 { separator } else { "" });
        out.push_str(text);
    }
    out
}

/// Whether two texts are the same but for their blanks.
pub fn same_letters(one: &str, other: &str) -> bool {
    fn letters(text: &str) -> impl Iterator<Item = u8> {
        text.bytes().filter(|byte| !byte.is_ascii_whitespace())
    }
    letters(one).eq(letters(other))
}

/// How much of a text there is. The text itself is not kept: the memory of an engine never shrinks, and whoever reads the batches has it.
#[derive(Debug, Default)]
pub struct GrowingText {
    bytes: usize,
    surrogate: Option<u16>,
}

impl GrowingText {
    /// How long it is.
    pub fn len(&self) -> usize {
        self.bytes
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.bytes == 0
    }

    /// Appends a piece to the batch's text, in no record yet.
    #[inline]
    pub fn decode(&mut self, piece: RawString<'_>, out: &mut Batch) {
        piece.decode_into(&mut out.text, &mut self.surrogate);
    }

    /// Gives up waiting for the other half of a character: appends what stands for it, in no record yet.
    pub fn flush(&mut self, out: &mut Batch) {
        flush_surrogate(&mut out.text, &mut self.surrogate);
    }

    /// Makes a record of what was appended from `start` on, if anything was. Whether it was.
    #[inline]
    pub fn keep(&mut self, start: usize, kind: Kind, out: &mut Batch) -> bool {
        let grown = out.text.len() - start;
        if grown > 0 {
            self.bytes += grown;
            out.close_record(kind, 0, start);
        }
        grown > 0
    }
}
