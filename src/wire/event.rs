//! What one push makes: a batch of events, laid out so that it crosses to JavaScript in one piece.
//!
//! A batch is a row of records (32-bit words) beside one text. Text deltas are records that only tell how long their piece of the
//! text is; JavaScript decodes the text once and slices it. Everything rarer than a delta is one JSON object in the same text.
//! Refused: an event object made across the boundary for each delta (an async crossing costs about 6 us, a JSON round trip 4).

use crate::text::tail;

crate::numbered! {
    /// What a record stands for; its number is the record's low byte. `engine/contract.js` of the package has the same numbers.
    pub enum Kind {
        /// `text-delta`.
        Text = 0,
        /// `reasoning-delta`.
        Reasoning = 1,
        /// `refusal-delta`.
        Refusal = 2,
        /// `tool-call-delta`; the high bits are the call's number.
        ToolCallDelta = 3,
        /// An event whose JSON is the text.
        Json = 4,
        /// The end of the step: JSON of a the step; `step-finish` and `finish` are made of it.
        Finish = 5,
        /// The end of the run by a failure: JSON with `error` and `partial`.
        Failure = 6,
        /// `raw`: the data of an event as it came.
        RawData = 7,
        /// A chunk for `client.drift()`: the data of an event whose shape was new. No event is made of it.
        Sample = 8,
        /// A step in the partial view of a call's arguments: an operation on it; the high bits are the call's number.
        OpenObject = 16,
        /// An array begins.
        OpenArray = 17,
        /// The innermost object or array ends.
        Close = 18,
        /// The key of the next value.
        Key = 19,
        /// A string begins.
        OpenString = 20,
        /// The innermost string goes on.
        AppendString = 21,
        /// A whole number, `true`, `false` or `null`, as JSON.
        Scalar = 22,
    }
}

/// The events of one push.
#[derive(Debug, Default)]
pub struct Batch {
    /// Two words a record: `kind | number << 8`, and the length of its text in UTF-16 units.
    pub records: Vec<u32>,
    /// The text of all records, one after another.
    pub text: String,
}

impl Batch {
    /// Forgets the last push, keeps the memory.
    pub fn clear(&mut self) {
        self.records.clear();
        self.text.clear();
    }

    /// Whether nothing happened.
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// Adds a record whose text is what `write` appends. Without text a record is only added when `even_empty`.
    pub fn push(&mut self, kind: Kind, number: u32, write: impl FnOnce(&mut String)) {
        let start = self.text.len();
        write(&mut self.text);
        self.close_record(kind, number, start);
    }

    /// Adds a record for the text that was appended from `start` on.
    pub fn close_record(&mut self, kind: Kind, number: u32, start: usize) {
        let units = utf16_len(tail(&self.text, start));
        self.records.extend_from_slice(&[kind as u32 | number << 8, units]);
    }
}

/// The length in UTF-16 units, which is what JavaScript slices by.
fn utf16_len(text: &str) -> u32 {
    // Every byte that starts a character counts one unit, those of four bytes two.
    let units = if text.is_ascii() {
        text.len()
    } else {
        text.bytes().map(|byte| usize::from(byte & 0xc0 != 0x80) + usize::from(byte >= 0xf0)).sum()
    };
    units as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_counted_as_javascript_counts_them() {
        for text in ["", "abc", "é", "漢字", "a😀b", "\u{10ffff}\u{ffff}"] {
            assert_eq!(utf16_len(text) as usize, text.encode_utf16().count(), "{text:?}");
        }
    }
}
