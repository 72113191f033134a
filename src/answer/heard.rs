//! Reasoning comes in more ways than one, and some servers say in one what they have said in another: it is told once.

use crate::text::{between, same_letters, tail};

/// A way in which reasoning comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// `reasoning` and its other names.
    Field,
    /// `reasoning_details`.
    Details,
    /// Parts and tags of the content.
    Content,
}

/// Where in the answer a piece stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Before the text.
    Before,
    /// Behind some of it.
    BehindText,
    /// In the chunk that ends the answer.
    Last,
}

/// A shorter piece may begin like the text by chance.
const TELLING_BYTES: usize = 12;

/// Whether a piece that is the same as what came was hardly written twice.
pub fn is_telling(piece: &str) -> bool {
    piece.len() >= TELLING_BYTES
}

/// Nobody repeats a thought of this length, and it is not kept.
const MAX_BYTES: usize = 256 << 10;

/// What was told so far.
#[derive(Debug, Default)]
pub struct Heard {
    text: String,
    /// How much of the text each way has said, or was passed over.
    told: [usize; 3],
    /// How much of it a way has repeated by now in pieces. Less than [`TELLING_BYTES`] may be chance: it is told after all when something else follows.
    repeated: [usize; 3],
    /// In how many pieces it came.
    pieces: u32,
    /// A piece behind the text was all of it once more, and nothing else has followed.
    is_held: bool,
    has_fields: bool,
    is_deaf: bool,
}

impl Heard {
    /// Whether something was told that this way has not said.
    pub fn is_ahead_of(&self, way: Way) -> bool {
        self.told[way as usize] < self.text.len()
    }

    /// Whether `piece` is all of the text once more, as some end: in the last chunk, of several pieces, or behind the answer's text, where it is told after all
    /// when something else follows. The same piece twice before is no repetition.
    pub fn is_again(&self, piece: &str, place: Place) -> bool {
        let may_be = place == Place::Last || self.pieces > 1 || (place == Place::BehindText && !self.is_held);
        may_be && is_telling(piece) && same_letters(piece, &self.text)
    }

    /// Whether `piece`, which comes this way, was told already.
    pub fn repeats(&mut self, way: Way, piece: &str, place: Place) -> bool {
        // A stream that has fields for its thoughts has no others in its text.
        if way == Way::Content && self.has_fields {
            return true;
        }
        if self.is_again(piece, place) {
            self.is_held = place != Place::Last && self.pieces == 1;
            self.told[way as usize] = self.text.len();
            return true;
        }
        if self.is_ahead_of(way) {
            let rest = tail(&self.text, self.told[way as usize]);
            // A line's end more or less is no other thought.
            let is_all = rest.trim_ascii_end() == piece.trim_ascii_end();
            if is_all || rest.starts_with(piece) {
                self.told[way as usize] = if is_all { self.text.len() } else { self.told[way as usize] + piece.len() };
                self.repeated[way as usize] += if is_all { TELLING_BYTES } else { piece.len() };
                return true;
            }
        }
        false
    }

    /// What was taken for a repetition and was none, since something else follows.
    pub fn taken_back(&mut self, way: Way) -> String {
        if core::mem::take(&mut self.is_held) {
            return self.text.clone();
        }
        let told = self.told[way as usize];
        match core::mem::take(&mut self.repeated[way as usize]) {
            length @ ..TELLING_BYTES => between(&self.text, told - length, told).to_owned(),
            _ => String::new(),
        }
    }

    /// `piece` is told now.
    pub fn add(&mut self, way: Way, piece: &str) {
        self.has_fields |= way != Way::Content;
        if self.is_deaf {
            return;
        }
        if self.text.len() + piece.len() > MAX_BYTES {
            self.is_deaf = true;
            self.text = String::new();
            (self.told, self.repeated) = Default::default();
            return;
        }
        self.pieces += 1;
        self.text.push_str(piece);
        self.told[way as usize] = self.text.len();
    }

    /// A chunk said it both ways.
    pub fn level(&mut self) {
        self.told[..2].fill(self.text.len());
        self.repeated = [0; 3];
    }
}
