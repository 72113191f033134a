//! The shape that the chunks of one answer share.
//!
//! An answer of a thousand deltas is a thousand times the same 300 bytes around a word: id, model, provider, `finish_reason: null`.
//! Once a chunk has been read and was nothing but a text delta, the next one is compared with it, and where everything before and
//! behind the text is the same to the byte, its text is all there is to read. That costs a seventh of reading it.

use crate::json::{Raw, Reader};
use crate::json_string::RawString;

/// Longer chunks are not worth keeping a copy of.
const MAX_BYTES: usize = 4096;

/// The last delta of a kind, as bytes around a hole.
#[derive(Debug, Default)]
pub struct Template {
    /// Up to and with the quote that opens the text.
    before: Vec<u8>,
    /// From the quote that closes it.
    behind: Vec<u8>,
}

impl Template {
    /// The text of a chunk of the known shape.
    pub fn text_of<'a>(&self, data: &'a [u8]) -> Option<RawString<'a>> {
        let open = self.before.len();
        if open == 0 || !same(data.get(..open)?, &self.before) {
            return None;
        }
        let text = Reader::starting_at(data, open - 1).string().ok()?;
        same(&data[open + text.len()..], &self.behind).then(|| RawString::of(text))
    }

    /// Remembers the shape of a chunk that added `text`, which is a slice of `data`, and said nothing else.
    pub fn learn(&mut self, data: &[u8], text: Raw<'_>) {
        if data.len() > MAX_BYTES {
            return;
        }
        let open = text.bytes().as_ptr() as usize - data.as_ptr() as usize + 1;
        let close = open + text.bytes().len() - 2;
        self.before.clear();
        self.before.extend_from_slice(&data[..open]);
        self.behind.clear();
        self.behind.extend_from_slice(&data[close..]);
    }
}

/// Eight bytes at a time: the compiler's own comparison on wasm32 takes one.
fn same(left: &[u8], right: &[u8]) -> bool {
    if left.len() != right.len() {
        return false;
    }
    let (left, left_rest) = left.as_chunks::<8>();
    let (right, right_rest) = right.as_chunks::<8>();
    left_rest == right_rest && left.iter().zip(right).all(|(left, right)| u64::from_ne_bytes(*left) == u64::from_ne_bytes(*right))
}
