//! The arguments of a tool call while they stream: every piece costs what it adds, never the whole prefix.
//!
//! The scanner walks the text once and turns it into steps (open an object, this key, go on with this string); JavaScript follows
//! them on a live object. At the end it knows without a second look whether the text was one complete JSON object, by the grammar of
//! `JSON.parse` but for control characters in strings, which [`crate::finished_call::with_escapes`] then mends. Refused: parsing the repaired prefix at every delta, which other clients do (3 ms a delta at 128 KB).

use crate::event::{Batch, Kind};
use crate::json_string::{flush_surrogate, hex4, push_unit};
use crate::text::between;

/// One step of the partial view.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Op<'a> {
    /// `{`
    OpenObject,
    /// `[`
    OpenArray,
    /// `}` or `]`
    Close,
    /// A whole key.
    Key(&'a str),
    /// A string value begins, empty.
    OpenString,
    /// More of that string.
    AppendString(&'a str),
    /// A whole number, `true`, `false` or `null`, as its JSON text.
    Scalar(&'a str),
}

impl<'a> Op<'a> {
    /// The step as a record of a batch, and its text.
    pub fn record(self) -> (Kind, &'a str) {
        match self {
            Self::OpenObject => (Kind::OpenObject, ""),
            Self::OpenArray => (Kind::OpenArray, ""),
            Self::Close => (Kind::Close, ""),
            Self::Key(key) => (Kind::Key, key),
            Self::OpenString => (Kind::OpenString, ""),
            Self::AppendString(text) => (Kind::AppendString, text),
            Self::Scalar(text) => (Kind::Scalar, text),
        }
    }
}

/// Nesting beyond this makes the arguments invalid.
const MAX_DEPTH: usize = 128;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Before the first byte of the document.
    Start,
    /// A value must follow.
    Value,
    /// A value, or `]` of an empty array.
    ValueOrClose,
    /// A key, or `}` of an empty object.
    KeyOrClose,
    /// A key must follow a comma.
    Key,
    Colon,
    CommaOrClose,
    InString {
        key: bool,
    },
    Escape {
        key: bool,
    },
    Unicode {
        key: bool,
        digits: u8,
    },
    /// In a number or a word.
    InScalar,
    Done,
    Invalid,
}

/// The state between two pieces of one call's arguments.
#[derive(Debug)]
pub struct PartialJson {
    state: State,
    /// Open containers, true for an object.
    stack: Vec<bool>,
    /// A key, number or word that is not finished.
    token: String,
    unicode: [u8; 4],
    pending_surrogate: Option<u16>,
    has_unsafe_integer: bool,
}

impl Default for PartialJson {
    fn default() -> Self {
        Self {
            state: State::Start,
            stack: Vec::new(),
            token: String::new(),
            unicode: [0; 4],
            pending_surrogate: None,
            has_unsafe_integer: false,
        }
    }
}

impl PartialJson {
    /// Whether the text so far is exactly one JSON object, white space around it allowed.
    pub fn is_complete_object(&self) -> bool {
        self.state == State::Done
    }

    /// Whether the text so far is the beginning of a JSON object and not all of it.
    pub fn is_unfinished(&self) -> bool {
        !matches!(self.state, State::Done | State::Invalid)
    }

    /// Whether an integer beyond 2^53 - 1 was seen, which a JavaScript number would change.
    pub fn has_unsafe_integer(&self) -> bool {
        self.has_unsafe_integer
    }

    /// Reads one more piece; its steps become records of a batch under this number. For all who show one, or each would have a reader of its own.
    #[inline(never)]
    pub fn show(&mut self, piece: &str, number: u32, out: &mut Batch) {
        self.feed(piece, &mut |op| {
            let (kind, text) = op.record();
            out.push(kind, number, |out| out.push_str(text));
        });
    }

    /// Reads one more piece. After text that is no JSON object nothing more comes out.
    pub fn feed(&mut self, piece: &str, emit: &mut impl FnMut(Op<'_>)) {
        let bytes = piece.as_bytes();
        let mut at = 0;
        while at < bytes.len() {
            if self.state == State::Invalid {
                return;
            }
            if let State::InString { key } = self.state {
                at = self.string_run(piece, at, key, emit);
                continue;
            }
            if self.state == State::InScalar {
                if matches!(bytes[at], b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' | b'+' | b'-' | b'.') && self.token.len() < 1024 {
                    self.token.push(bytes[at] as char);
                    at += 1;
                } else {
                    self.end_scalar(emit);
                }
                continue;
            }
            self.step(bytes[at], emit);
            at += 1;
        }
    }

    /// Takes as much of a string as `piece` holds and returns where it stopped.
    fn string_run(&mut self, piece: &str, start: usize, key: bool, emit: &mut impl FnMut(Op<'_>)) -> usize {
        let bytes = piece.as_bytes();
        let end = memchr::memchr2(b'"', b'\\', &bytes[start..]).map_or(bytes.len(), |found| start + found);
        if end > start {
            self.add_text(between(piece, start, end), key, emit);
        }
        match bytes.get(end) {
            None => return end,
            Some(b'"') => self.end_string(key, emit),
            Some(_) => self.state = State::Escape { key },
        }
        end + 1
    }

    fn step(&mut self, byte: u8, emit: &mut impl FnMut(Op<'_>)) {
        let is_space = matches!(byte, b' ' | b'\n' | b'\r' | b'\t');
        self.state = match (self.state, byte) {
            (State::Escape { key }, _) => return self.escape(byte, key, emit),
            (State::Unicode { key, digits }, _) => return self.unicode_digit(byte, key, digits, emit),
            (_, _) if is_space => return,
            (State::Start, b'{') => return self.open(true, emit),
            (State::Value | State::ValueOrClose, b'{') => return self.open(true, emit),
            (State::Value | State::ValueOrClose, b'[') => return self.open(false, emit),
            (State::Value | State::ValueOrClose, b'"') => {
                emit(Op::OpenString);
                State::InString { key: false }
            }
            (State::Value | State::ValueOrClose, b'-' | b'0'..=b'9' | b't' | b'f' | b'n') => {
                self.token.clear();
                self.token.push(byte as char);
                State::InScalar
            }
            (State::KeyOrClose | State::Key, b'"') => {
                self.token.clear();
                State::InString { key: true }
            }
            (State::Colon, b':') => State::Value,
            (State::CommaOrClose, b',') => {
                if self.stack.last() == Some(&true) {
                    State::Key
                } else {
                    State::Value
                }
            }
            (State::KeyOrClose, b'}') | (State::ValueOrClose, b']') => return self.close(emit),
            (State::CommaOrClose, b'}') if self.stack.last() == Some(&true) => return self.close(emit),
            (State::CommaOrClose, b']') if self.stack.last() == Some(&false) => return self.close(emit),
            _ => State::Invalid,
        };
    }

    fn open(&mut self, object: bool, emit: &mut impl FnMut(Op<'_>)) {
        if self.stack.len() == MAX_DEPTH {
            self.state = State::Invalid;
            return;
        }
        self.stack.push(object);
        emit(if object { Op::OpenObject } else { Op::OpenArray });
        self.state = if object { State::KeyOrClose } else { State::ValueOrClose };
    }

    fn close(&mut self, emit: &mut impl FnMut(Op<'_>)) {
        self.stack.pop();
        emit(Op::Close);
        self.state = if self.stack.is_empty() { State::Done } else { State::CommaOrClose };
    }

    fn add_text(&mut self, text: &str, key: bool, emit: &mut impl FnMut(Op<'_>)) {
        if key {
            flush_surrogate(&mut self.token, &mut self.pending_surrogate);
            self.token.push_str(text);
        } else {
            if self.pending_surrogate.take().is_some() {
                emit(Op::AppendString("\u{fffd}"));
            }
            emit(Op::AppendString(text));
        }
    }

    fn end_string(&mut self, key: bool, emit: &mut impl FnMut(Op<'_>)) {
        if key {
            flush_surrogate(&mut self.token, &mut self.pending_surrogate);
            emit(Op::Key(&self.token));
            self.state = State::Colon;
        } else {
            if self.pending_surrogate.take().is_some() {
                emit(Op::AppendString("\u{fffd}"));
            }
            self.state = State::CommaOrClose;
        }
    }

    fn escape(&mut self, byte: u8, key: bool, emit: &mut impl FnMut(Op<'_>)) {
        let unit = match byte {
            b'"' | b'\\' | b'/' => u16::from(byte),
            b'n' => 0x0a,
            b't' => 0x09,
            b'r' => 0x0d,
            b'b' => 0x08,
            b'f' => 0x0c,
            b'u' => {
                self.state = State::Unicode { key, digits: 0 };
                return;
            }
            _ => {
                self.state = State::Invalid;
                return;
            }
        };
        self.add_unit(unit, key, emit);
    }

    fn unicode_digit(&mut self, byte: u8, key: bool, digits: u8, emit: &mut impl FnMut(Op<'_>)) {
        if !byte.is_ascii_hexdigit() {
            self.state = State::Invalid;
            return;
        }
        self.unicode[usize::from(digits)] = byte;
        if digits < 3 {
            self.state = State::Unicode { key, digits: digits + 1 };
        } else {
            self.add_unit(hex4(&self.unicode), key, emit);
        }
    }

    fn add_unit(&mut self, unit: u16, key: bool, emit: &mut impl FnMut(Op<'_>)) {
        if key {
            push_unit(&mut self.token, &mut self.pending_surrogate, unit);
        } else {
            let mut text = String::new();
            push_unit(&mut text, &mut self.pending_surrogate, unit);
            if !text.is_empty() {
                emit(Op::AppendString(&text));
            }
        }
        self.state = State::InString { key };
    }

    fn end_scalar(&mut self, emit: &mut impl FnMut(Op<'_>)) {
        if crate::json::Reader::document(self.token.as_bytes()).is_err() {
            self.state = State::Invalid;
            return;
        }
        self.has_unsafe_integer |= is_unsafe_integer(&self.token);
        emit(Op::Scalar(&self.token));
        self.state = State::CommaOrClose;
    }
}

/// Whether a JSON number is an integer that a double cannot hold.
fn is_unsafe_integer(number: &str) -> bool {
    let digits = number.strip_prefix('-').unwrap_or(number);
    let is_integer = digits.len() >= 16 && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_integer && digits.parse::<u64>().map_or(true, |value| value > 9_007_199_254_740_991)
}

/// The arguments with every integer beyond 2^53 - 1 put in quotes. `text` is a complete JSON object.
pub fn quote_unsafe_integers(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let start = at;
        match bytes[at] {
            b'"' => {
                at += 1;
                while bytes[at] != b'"' {
                    at += if bytes[at] == b'\\' { 2 } else { 1 };
                }
                at += 1;
                out.push_str(between(text, start, at));
            }
            b'-' | b'0'..=b'9' => {
                while at < bytes.len() && matches!(bytes[at], b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E') {
                    at += 1;
                }
                let number = between(text, start, at);
                if is_unsafe_integer(number) {
                    crate::json_string::write_string(&mut out, number);
                } else {
                    out.push_str(number);
                }
            }
            _ => {
                at += 1;
                out.push_str(between(text, start, at));
            }
        }
    }
    out
}
