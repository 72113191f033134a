//! A one-pass reader over JSON text that hands out slices instead of values.
//!
//! A derived serde struct spent more time on a chunk than everything else together, mostly on fields nobody asks for. This
//! reader finds the end of a value (string ends by `memchr`), checks its grammar on the way and leaves it where it lies.

use memchr::memchr2;

use crate::decimal::parse_decimal;
use crate::json_string::{RawString, json_of, text_of};

/// Where and why a text stopped being JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Malformed {
    /// Offset of the first byte that does not fit.
    pub at: usize,
}

type Result<T> = core::result::Result<T, Malformed>;

/// Nesting beyond this is refused: the reader recurses, and wasm has one megabyte of stack.
const MAX_DEPTH: u16 = 128;

/// The text of one complete JSON value, without surrounding white space.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Raw<'a>(&'a [u8]);

impl<'a> Raw<'a> {
    /// The value's own bytes.
    pub fn bytes(self) -> &'a [u8] {
        self.0
    }

    /// The value's text as it came, which no other parser need take: see [`Raw::json`]. Bytes that are not UTF-8 become U+FFFD.
    pub fn text(self) -> std::borrow::Cow<'a, str> {
        text_of(self.0)
    }

    /// The value's text as every JSON parser takes it: for whatever is handed on as JSON. See [`json_of`].
    pub fn json(self) -> std::borrow::Cow<'a, str> {
        json_of(self.0)
    }

    /// `None` for `null`, which the contract reads as "not set".
    pub fn present(self) -> Option<Self> {
        (self.0 != b"null").then_some(self)
    }

    /// Whether this is an object.
    pub fn is_object(self) -> bool {
        self.0[0] == b'{'
    }

    /// Whether this is an array.
    pub fn is_array(self) -> bool {
        self.0[0] == b'['
    }

    /// The string between the quotes, escapes still in it.
    pub fn string(self) -> Option<RawString<'a>> {
        (self.0[0] == b'"').then(|| RawString::of(&self.0[1..self.0.len() - 1]))
    }

    /// A number, or a string that holds one.
    pub fn number(self) -> Option<f64> {
        let text = match self.string() {
            Some(inner) => inner.bytes(),
            None => self.0,
        };
        parse_decimal(text.trim_ascii())
    }

    /// Calls `visit` with every key and value. Not an object: no call.
    pub fn each_field(self, mut visit: impl FnMut(&'a [u8], Raw<'a>)) {
        self.each_field_of(&mut visit);
    }

    /// One copy for all callers: a dozen of them, none of them run for plain text deltas.
    fn each_field_of(self, visit: &mut dyn FnMut(&'a [u8], Raw<'a>)) {
        if self.is_object() {
            // The slice was checked when it was cut out, so reading it again cannot fail.
            let _ = Reader::new(self.0).object_of(&mut |key, reader| {
                visit(key, reader.value()?);
                Ok(())
            });
        }
    }

    /// Calls `visit` with every element. Not an array: no call.
    pub fn each_item(self, mut visit: impl FnMut(Raw<'a>)) {
        self.each_item_of(&mut visit);
    }

    /// Calls `visit` with every element of a list; what is no list is one alone.
    pub fn each(self, mut visit: impl FnMut(Raw<'a>)) {
        match self.is_array() {
            true => self.each_item_of(&mut visit),
            false => visit(self),
        }
    }

    fn each_item_of(self, visit: &mut dyn FnMut(Raw<'a>)) {
        if self.is_array() {
            let _ = Reader::new(self.0).array(&mut |reader: &mut Reader<'a>| {
                let value = reader.value()?;
                visit(value);
                Ok(())
            });
        }
    }

    /// The field `name`, unless it is missing or `null`; of several, the last, as `JSON.parse` has it.
    pub fn field(self, name: &str) -> Option<Raw<'a>> {
        let mut found = None;
        self.each_field(|key, value| {
            if key == name.as_bytes() {
                found = value.present();
            }
        });
        found
    }
}

/// Reads a JSON text from front to back, once.
pub struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    depth: u16,
}

impl<'a> Reader<'a> {
    /// Starts before the first byte.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0, depth: 0 }
    }

    /// Starts in the middle, where the caller knows what to expect.
    pub fn starting_at(bytes: &'a [u8], at: usize) -> Self {
        Self { bytes, at, depth: 0 }
    }

    /// The one value that the whole text is.
    pub fn document(bytes: &'a [u8]) -> Result<Raw<'a>> {
        let mut reader = Self::new(bytes);
        let value = reader.value()?;
        reader.finish()?;
        Ok(value)
    }

    /// Nothing but white space may be left.
    pub fn finish(&mut self) -> Result<()> {
        match self.peek() {
            None => Ok(()),
            Some(_) => Err(self.malformed()),
        }
    }

    /// The next byte that is not white space, not consumed.
    #[inline]
    pub fn peek(&mut self) -> Option<u8> {
        while let Some(&byte) = self.bytes.get(self.at) {
            if byte > b' ' || !matches!(byte, b' ' | b'\n' | b'\r' | b'\t') {
                return Some(byte);
            }
            self.at += 1;
        }
        None
    }

    fn malformed(&self) -> Malformed {
        Malformed { at: self.at }
    }

    #[inline]
    fn expect(&mut self, byte: u8) -> Result<()> {
        if self.peek() == Some(byte) {
            self.at += 1;
            Ok(())
        } else {
            Err(self.malformed())
        }
    }

    /// Skips one value, checking it, and returns where it lies.
    pub fn value(&mut self) -> Result<Raw<'a>> {
        let first = self.peek().ok_or(self.malformed())?;
        let start = self.at;
        match first {
            b'"' => {
                self.string()?;
            }
            b'{' => self.object(|_, reader| reader.value().map(drop))?,
            b'[' => self.array(|reader| reader.value().map(drop))?,
            b't' => self.literal(b"true")?,
            b'f' => self.literal(b"false")?,
            b'n' => self.literal(b"null")?,
            _ => self.number()?,
        }
        Ok(Raw(&self.bytes[start..self.at]))
    }

    /// Reads an object; `visit` gets each key (its raw bytes: a key with an escape matches no name) and must consume the value.
    pub fn object(&mut self, mut visit: impl FnMut(&'a [u8], &mut Self) -> Result<()>) -> Result<()> {
        self.open(b'{')?;
        if self.peek() == Some(b'}') {
            self.at += 1;
        } else {
            loop {
                if self.peek() != Some(b'"') {
                    return Err(self.malformed());
                }
                let key = self.string()?;
                self.expect(b':')?;
                visit(key, self)?;
                if self.peek() == Some(b',') {
                    self.at += 1;
                    continue;
                }
                self.expect(b'}')?;
                break;
            }
        }
        self.depth -= 1;
        Ok(())
    }

    /// Reads an array; `visit` must consume each element.
    pub fn array(&mut self, mut visit: impl FnMut(&mut Self) -> Result<()>) -> Result<()> {
        self.open(b'[')?;
        if self.peek() == Some(b']') {
            self.at += 1;
        } else {
            loop {
                visit(self)?;
                if self.peek() == Some(b',') {
                    self.at += 1;
                    continue;
                }
                self.expect(b']')?;
                break;
            }
        }
        self.depth -= 1;
        Ok(())
    }

    /// [`Reader::object`], and the object's own text. One copy for all callers.
    pub fn object_of(&mut self, visit: &mut dyn FnMut(&'a [u8], &mut Self) -> Result<()>) -> Result<Raw<'a>> {
        self.peek();
        let start = self.at;
        self.object(visit)?;
        Ok(Raw(&self.bytes[start..self.at]))
    }

    fn open(&mut self, bracket: u8) -> Result<()> {
        self.expect(bracket)?;
        self.depth += 1;
        if self.depth > MAX_DEPTH { Err(self.malformed()) } else { Ok(()) }
    }

    /// Consumes a string and returns what is between its quotes.
    #[inline]
    pub fn string(&mut self) -> Result<&'a [u8]> {
        let start = self.at + 1;
        let mut from = start;
        loop {
            let Some(found) = memchr2(b'"', b'\\', &self.bytes[from..]) else {
                self.at = self.bytes.len();
                return Err(self.malformed());
            };
            let end = from + found;
            if self.bytes[end] == b'"' {
                self.at = end + 1;
                return Ok(&self.bytes[start..end]);
            }
            let escape = self.bytes.get(end + 1).copied().unwrap_or(0);
            let length = match escape {
                b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => 2,
                b'u' if self.bytes.get(end + 2..end + 6).is_some_and(|d| d.iter().all(u8::is_ascii_hexdigit)) => 6,
                _ => {
                    self.at = end;
                    return Err(self.malformed());
                }
            };
            from = end + length;
        }
    }

    fn literal(&mut self, word: &[u8]) -> Result<()> {
        if self.bytes[self.at..].starts_with(word) {
            self.at += word.len();
            Ok(())
        } else {
            Err(self.malformed())
        }
    }

    fn number(&mut self) -> Result<()> {
        if self.bytes.get(self.at) == Some(&b'-') {
            self.at += 1;
        }
        match self.bytes.get(self.at) {
            Some(b'0') => self.at += 1,
            _ => self.digits()?,
        }
        if self.bytes.get(self.at) == Some(&b'.') {
            self.at += 1;
            self.digits()?;
        }
        if matches!(self.bytes.get(self.at), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.bytes.get(self.at), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.digits()?;
        }
        Ok(())
    }

    fn digits(&mut self) -> Result<()> {
        let start = self.at;
        while self.bytes.get(self.at).is_some_and(u8::is_ascii_digit) {
            self.at += 1;
        }
        if self.at == start { Err(self.malformed()) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_and_refuses_what_serde_json_does() {
        for text in [
            "{}",
            "[]",
            "[1,2]",
            "{\"a\":1}",
            "{\"a\":1,}",
            "[1,]",
            "[,]",
            "{\"a\"}",
            "{a:1}",
            "tru",
            "true",
            "nul",
            "\"",
            "\"\\",
            "\"\\x\"",
            "\"\\u12\"",
            "\"\\u1234\"",
            "01",
            "-",
            "-0",
            "1.",
            "1.5e",
            "1.5e+3",
            ".5",
            "+1",
            "1 2",
            " 1 ",
            "[[[]]",
            "{\"a\":{\"b\":[null,false]}}",
            "\"\u{e9}\"",
            "NaN",
            "Infinity",
            "",
            "  ",
            "\u{feff}{}",
        ] {
            let ours = Reader::document(text.as_bytes()).is_ok();
            let theirs = serde_json::from_str::<serde_json::Value>(text).is_ok();
            assert_eq!(ours, theirs, "{text:?}");
        }
    }

    #[test]
    fn a_deep_nest_is_refused_and_does_not_overflow_the_stack() {
        let deep = "[".repeat(100_000);
        assert!(Reader::document(deep.as_bytes()).is_err());
    }
}
