//! The shape that the chunks of one answer share.
//!
//! An answer of a thousand deltas is a thousand times the same 300 bytes around a word: id, model, provider, `finish_reason: null`.
//! Once a chunk has been read, the next one is compared with it, and where everything around its texts is the same to the byte,
//! these texts are all there is to read. That costs a tenth of reading it.

use crate::json::Reader;
use crate::json_string::RawString;

/// Longer chunks are not worth keeping a copy of.
const MAX_BYTES: usize = 4096;

/// The last chunk, as bytes around one hole or two: reasoning comes twice in a chunk, nothing more often.
#[derive(Debug, Default)]
pub struct Template {
    /// Up to and with the quote that opens the first text; empty when nothing is known.
    before: Vec<u8>,
    /// From the quote that closes it to the quote that opens the second; empty when there is no second.
    between: Vec<u8>,
    /// From the quote that closes the last.
    behind: Vec<u8>,
}

impl Template {
    /// The texts of a chunk of the known shape; the second is empty when there is one.
    pub fn texts_of<'a>(&self, data: &'a [u8]) -> Option<[RawString<'a>; 2]> {
        if self.before.is_empty() {
            return None;
        }
        let (first, rest) = text_behind(&self.before, data)?;
        let (second, rest) = if self.between.is_empty() { (&rest[..0], rest) } else { text_behind(&self.between, rest)? };
        same(rest, &self.behind).then(|| [RawString::of(first), RawString::of(second)])
    }

    /// Remembers the shape of a chunk that said these texts, which are slices of `data` in this order, and nothing else.
    pub fn learn(&mut self, data: &[u8], first: RawString<'_>, second: Option<RawString<'_>>) {
        self.forget();
        if data.len() > MAX_BYTES {
            return;
        }
        let place = |text: RawString<'_>| {
            let start = text.bytes().as_ptr() as usize - data.as_ptr() as usize;
            (start, start + text.bytes().len())
        };
        let (open, close) = place(first);
        let (next, end) = second.map_or((close, close), place);
        // The other way round they are not remembered.
        let Some(between) = data.get(close..next) else { return };
        self.before.extend_from_slice(&data[..open]);
        self.between.extend_from_slice(between);
        self.behind.extend_from_slice(&data[end..]);
    }

    /// No chunk is of the known shape any more.
    pub fn forget(&mut self) {
        self.before.clear();
        self.between.clear();
        self.behind.clear();
    }
}

/// The string behind `known`, which ends with the string's opening quote, and what follows from the closing quote on.
fn text_behind<'a>(known: &[u8], data: &'a [u8]) -> Option<(&'a [u8], &'a [u8])> {
    let open = known.len();
    if !same(data.get(..open)?, known) {
        return None;
    }
    let text = Reader::starting_at(data, open - 1).string().ok()?;
    Some((text, &data[open + text.len()..]))
}

/// Eight bytes at a time: the compiler's own comparison on wasm32 takes one.
fn same(left: &[u8], right: &[u8]) -> bool {
    if left.len() != right.len() {
        return false;
    }
    let is_same = |(left, right): (&[u8; 8], &[u8; 8])| u64::from_ne_bytes(*left) == u64::from_ne_bytes(*right);
    // The last eight overlap with those before them.
    match (left.last_chunk::<8>(), right.last_chunk::<8>()) {
        (Some(left_end), Some(right_end)) => {
            is_same((left_end, right_end)) && left.as_chunks::<8>().0.iter().zip(right.as_chunks::<8>().0).all(is_same)
        }
        _ => left == right,
    }
}
