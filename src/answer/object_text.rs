//! The object that the text of an answer is or holds, while it streams: as steps of a partial view, like the arguments of a call.

use crate::event::{Batch, Kind};
use crate::partial_json::PartialJson;
use crate::text::{between, find, tail};

/// The numbers of its records begin here: no message has as many calls. Each further one begins another view.
pub const OBJECT_VIEW: u32 = 0x80_0000;

/// Words with more braces in them hold no object that is worth the search.
const MAX_CANDIDATES: u32 = 64;

/// The text as far as it was read.
#[derive(Debug, Default)]
pub struct ObjectText {
    /// The text so far: where an object does not end as one the search begins again behind its first brace.
    text: String,
    seen: usize,
    candidates: u32,
    /// Behind which brace the object at hand begins.
    start: usize,
    scanner: Option<PartialJson>,
}

impl ObjectText {
    /// Reads on in what a batch says, from its record `record` and its text from `start` on.
    pub fn read(&mut self, record: usize, start: usize, out: &mut Batch) {
        let mut text = core::mem::take(&mut self.text);
        let mut rest = tail(&out.text, start);
        for pair in out.records.get(record..).unwrap_or_default().chunks(2) {
            let [kind, units] = pair else { break };
            let end = bytes_of(rest, *units);
            if kind & 0xff == Kind::Text as u32 {
                text.push_str(between(rest, 0, end));
            }
            rest = tail(rest, end);
        }
        self.feed(&text, out);
        self.text = text;
    }

    /// Reads on in the text of an answer, whose beginning is known.
    fn feed(&mut self, text: &str, out: &mut Batch) {
        let mut at = self.seen;
        self.seen = text.len();
        loop {
            if self.scanner.is_none() {
                let Some(brace) = find(tail(text, at), "{").filter(|_| self.candidates < MAX_CANDIDATES) else { return };
                self.candidates += 1;
                self.start = at + brace + 1;
                at += brace;
                self.scanner = Some(PartialJson::default());
            }
            let number = OBJECT_VIEW + self.candidates;
            let Some(scanner) = self.scanner.as_mut().filter(|scanner| !scanner.is_complete_object()) else { return };
            // Text behind the object is no part of it, and does not make it none.
            while at < text.len() {
                let rest = tail(text, at);
                let piece = between(rest, 0, find(rest, "}").map_or(rest.len(), |brace| brace + 1));
                scanner.show(piece, number, out);
                if scanner.is_complete_object() {
                    return;
                }
                at += piece.len();
            }
            if scanner.is_unfinished() {
                return;
            }
            self.scanner = None;
            at = self.start;
        }
    }
}

/// How many bytes of a text so many UTF-16 units are.
fn bytes_of(text: &str, units: u32) -> usize {
    let mut left = units as usize;
    for (at, letter) in text.char_indices() {
        if left == 0 {
            return at;
        }
        left = left.saturating_sub(letter.len_utf16());
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The views by their numbers: what their steps say, one after another.
    fn views(pieces: &[&str]) -> Vec<(u32, String)> {
        let mut text = String::new();
        let (mut object, mut out) = (ObjectText::default(), Batch::default());
        for piece in pieces {
            text.push_str(piece);
            object.feed(&text, &mut out);
        }
        let mut views: Vec<(u32, String)> = Vec::new();
        let mut rest = out.text.as_str();
        for record in out.records.chunks(2) {
            let (said, behind) = rest.split_at(record[1] as usize);
            rest = behind;
            let number = (record[0] >> 8) - OBJECT_VIEW;
            let shown = match record[0] & 0xff {
                kind if kind == Kind::OpenObject as u32 => "{",
                kind if kind == Kind::OpenArray as u32 => "[",
                kind if kind == Kind::Close as u32 => ")",
                kind if kind == Kind::OpenString as u32 => "'",
                _ => said,
            };
            match views.last_mut() {
                Some((last, text)) if *last == number => text.push_str(shown),
                _ => views.push((number, shown.to_owned())),
            }
        }
        views
    }

    #[test]
    fn an_object_is_found_behind_words_and_read_to_its_end_wherever_the_text_is_cut() {
        let whole = "Use {x} or: {\"a\":[1,\"}{\"],\"b\":{}} and {\"no\":1}";
        let expected = vec![(1, "{".to_owned()), (2, "{a[1'}{)b{))".to_owned())];
        assert_eq!(views(&[whole]), expected);
        for cut in 1..whole.len() {
            assert_eq!(views(&[&whole[..cut], &whole[cut..]]), expected, "cut at {cut}");
        }
        let bytes: Vec<&str> = (0..whole.len()).map(|at| &whole[at..=at]).collect();
        assert_eq!(views(&bytes), expected);
        assert_eq!(views(&["no object", " at all }"]), vec![]);
        assert_eq!(
            views(&["{\"a\": tru", "th {\"b\":2}"]),
            vec![(1, "{a".to_owned()), (2, "{b2)".to_owned())],
            "a broken one gives way to the next"
        );
        assert!(views(&["{x".repeat(500).as_str()]).len() <= 64);
    }
}
