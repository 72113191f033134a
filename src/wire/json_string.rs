//! JSON strings: decoded piece by piece, since a streamed text may be cut between the two halves of a character, and written.

use crate::text::{between, tail};

/// A JSON string without its quotes, escapes not yet resolved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RawString<'a>(&'a [u8]);

impl<'a> RawString<'a> {
    /// What a [`crate::json::Reader`] found between two quotes.
    pub fn of(between_quotes: &'a [u8]) -> Self {
        Self(between_quotes)
    }

    /// What is between the quotes, escapes still in it.
    pub fn bytes(self) -> &'a [u8] {
        self.0
    }

    /// Whether anything is escaped.
    pub fn has_escape(self) -> bool {
        memchr::memchr(b'\\', self.0).is_some()
    }

    /// The text, copied only where an escape is resolved.
    pub fn to_text(self) -> std::borrow::Cow<'a, str> {
        if self.has_escape() { self.decode().into() } else { text_of(self.0) }
    }

    /// Whether this reads `text`. Nothing is decoded but what might.
    pub fn is(self, text: &str) -> bool {
        let same = self.0.iter().zip(text.as_bytes()).position(|(held, other)| held != other).unwrap_or(self.0.len().min(text.len()));
        // An escape may stand in front of the first difference, and where bytes are the same: `\\\\` is one backslash.
        if !self.0[..self.0.len().min(same + 1)].contains(&b'\\') {
            return same == self.0.len() && same == text.len();
        }
        // No escape is longer than six bytes.
        self.0.len() <= text.len() * 6 && self.decode() == text
    }

    /// Whether there is nothing between the quotes.
    pub fn is_empty(self) -> bool {
        self.0.is_empty()
    }

    /// Appends the decoded text. `pending` carries a high surrogate from one piece of a streamed text to the next: models cut
    /// deltas between the two halves of a character, and only both together are one.
    pub fn decode_into(self, out: &mut String, pending: &mut Option<u16>) {
        if pending.is_none() && memchr::memchr(b'\\', self.0).is_none() {
            push_utf8(out, self.0);
            return;
        }
        self.decode_escaped(out, pending);
    }

    /// The decoded text; a lone surrogate becomes U+FFFD.
    pub fn decode(self) -> String {
        let mut out = String::with_capacity(self.0.len());
        let mut pending = None;
        self.decode_into(&mut out, &mut pending);
        flush_surrogate(&mut out, &mut pending);
        out
    }

    /// The text as bytes, for a reader that takes any: a text would be checked piece by piece for being one.
    pub fn to_bytes(self) -> std::borrow::Cow<'a, [u8]> {
        if !self.has_escape() {
            return self.0.into();
        }
        let mut out = Vec::with_capacity(self.0.len());
        let mut rest = self.0;
        while let Some(plain) = memchr::memchr(b'\\', rest) {
            out.extend_from_slice(&rest[..plain]);
            let (byte, length) = match rest[plain + 1] {
                b'n' => (b'\n', 2),
                b't' => (b'\t', 2),
                b'r' => (b'\r', 2),
                b'b' => (8, 2),
                b'f' => (12, 2),
                b'u' => match hex4(&rest[plain + 2..plain + 6]) {
                    unit @ ..128 => (unit as u8, 6),
                    // Two halves may be one character: the slower way knows.
                    _ => return self.decode().into_bytes().into(),
                },
                other => (other, 2),
            };
            out.push(byte);
            rest = &rest[plain + length..];
        }
        out.extend_from_slice(rest);
        out.into()
    }

    fn decode_escaped(self, out: &mut String, pending: &mut Option<u16>) {
        let mut rest = self.0;
        while !rest.is_empty() {
            let plain = memchr::memchr(b'\\', rest).unwrap_or(rest.len());
            if plain > 0 {
                flush_surrogate(out, pending);
                push_utf8(out, &rest[..plain]);
                rest = &rest[plain..];
                continue;
            }
            // The reader saw that a backslash is followed by a whole escape.
            let (unit, length) = match rest[1] {
                b'u' => (hex4(&rest[2..6]), 6),
                b'n' => (0x0a, 2),
                b't' => (0x09, 2),
                b'r' => (0x0d, 2),
                b'b' => (0x08, 2),
                b'f' => (0x0c, 2),
                other => (u16::from(other), 2),
            };
            rest = &rest[length..];
            push_unit(out, pending, unit);
        }
    }
}

/// Appends one UTF-16 unit, joining the halves of a surrogate pair.
pub fn push_unit(out: &mut String, pending: &mut Option<u16>, unit: u16) {
    match unit {
        0xd800..=0xdbff => {
            flush_surrogate(out, pending);
            *pending = Some(unit);
        }
        0xdc00..=0xdfff => match pending.take() {
            Some(high) => {
                let code = 0x10000 + ((u32::from(high) - 0xd800) << 10) + (u32::from(unit) - 0xdc00);
                out.push(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
            }
            None => out.push(char::REPLACEMENT_CHARACTER),
        },
        _ => {
            flush_surrogate(out, pending);
            out.push(char::from_u32(u32::from(unit)).unwrap_or(char::REPLACEMENT_CHARACTER));
        }
    }
}

/// A high surrogate whose other half never came becomes U+FFFD.
pub fn flush_surrogate(out: &mut String, pending: &mut Option<u16>) {
    if pending.take().is_some() {
        out.push(char::REPLACEMENT_CHARACTER);
    }
}

fn push_utf8(out: &mut String, bytes: &[u8]) {
    out.push_str(&text_of(bytes));
}

/// Bytes as text; invalid UTF-8 becomes U+FFFD. Valid UTF-8 is read several times as fast as the library's lossy reading.
pub fn text_of(bytes: &[u8]) -> std::borrow::Cow<'_, str> {
    match core::str::from_utf8(bytes) {
        Ok(text) => text.into(),
        Err(_) => String::from_utf8_lossy(bytes),
    }
}

/// JSON text as every parser takes it: the reader of this crate lets control characters stand in strings, since models send them and a
/// text may hold them. Where they are handed on as JSON they become spaces, which is what they are outside of strings.
#[inline(never)]
pub fn json_of(bytes: &[u8]) -> std::borrow::Cow<'_, str> {
    let text = text_of(bytes);
    // No early end: the compiler then looks at sixteen bytes at once.
    if bytes.iter().fold(false, |any, byte| any | (*byte < b' ')) { with_spaces(&text).into() } else { text }
}

/// Appends JSON text; see [`json_of`].
#[inline(never)]
pub fn push_json(out: &mut String, bytes: &[u8]) {
    out.push_str(&json_of(bytes));
}

#[cold]
fn with_spaces(text: &str) -> String {
    let mut bytes = text.as_bytes().to_vec();
    bytes.iter_mut().for_each(|byte| *byte = (*byte).max(b' '));
    // A character of one byte in place of another of one.
    String::from_utf8(bytes).unwrap_or_default()
}

/// The value of four hexadecimal digits.
pub fn hex4(digits: &[u8]) -> u16 {
    digits.iter().fold(0, |value, digit| (value << 4) | (*digit as char).to_digit(16).unwrap_or(0) as u16)
}

/// Whether there are only letters, digits, `+` and `/`.
pub fn is_plain_base64(text: &str) -> bool {
    let is_digit = |byte: &u8| byte.is_ascii_alphanumeric() | (*byte == b'+') | (*byte == b'/');
    // No early end within a piece: the compiler then looks at sixteen bytes at once.
    text.as_bytes().chunks(64).all(|piece| piece.iter().fold(true, |all, byte| all & is_digit(byte)))
}

/// Appends `text` as a JSON string, quotes included.
pub fn write_string(out: &mut String, text: &str) {
    out.push('"');
    write_escaped(out, text);
    out.push('"');
}

/// How long a text is between quotes, where every escape but those of rare control characters counts.
pub fn escaped_len(text: &str) -> usize {
    text.len() + text.bytes().filter(|byte| *byte < b' ' || matches!(byte, b'"' | b'\\')).count()
}

/// Appends what stands between the quotes.
#[inline(never)]
pub fn write_escaped(out: &mut String, text: &str) {
    let mut plain = 0;
    for (at, byte) in text.bytes().enumerate() {
        let escape = match byte {
            b'"' => "\\\"",
            b'\\' => "\\\\",
            b'\n' => "\\n",
            b'\r' => "\\r",
            b'\t' => "\\t",
            0..=0x1f => "",
            _ => continue,
        };
        out.push_str(between(text, plain, at));
        plain = at + 1;
        if escape.is_empty() {
            const HEX: &[u8; 16] = b"0123456789abcdef";
            out.push_str("\\u00");
            out.push(HEX[usize::from(byte >> 4)] as char);
            out.push(HEX[usize::from(byte & 15)] as char);
        } else {
            out.push_str(escape);
        }
    }
    out.push_str(tail(text, plain));
}

/// `JSON.stringify` writes a lone surrogate as its escape, which no JSON parser outside JavaScript takes: such escapes are removed.
pub fn without_lone_surrogates(text: &str) -> std::borrow::Cow<'_, str> {
    let bytes = text.as_bytes();
    let mut out = String::new();
    let (mut at, mut plain) = (0, 0);
    while let Some(found) = memchr::memchr(b'\\', &bytes[at..]) {
        at += found;
        let length = match escaped_unit(bytes, at) {
            0xd800..=0xdbff if matches!(escaped_unit(bytes, at + 6), 0xdc00..=0xdfff) => 12,
            0xd800..=0xdfff => {
                out.push_str(between(text, plain, at));
                plain = at + 6;
                6
            }
            _ => 2,
        };
        at = (at + length).min(bytes.len());
    }
    if plain == 0 {
        return text.into();
    }
    out.push_str(tail(text, plain));
    out.into()
}

/// The unit of an escape at this place; 0 where there is none.
#[inline(never)]
fn escaped_unit(bytes: &[u8], at: usize) -> u16 {
    match bytes.get(at..at + 6) {
        Some([b'\\', b'u', digits @ ..]) if digits.iter().all(u8::is_ascii_hexdigit) => hex4(digits),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::Reader;

    #[test]
    fn strings_decode_as_serde_json_decodes_them() {
        for text in [r#""plain""#, r#""a\nb\t\"\\\/\b\f\r""#, r#""\u00e9\ud83d\ude00x""#, "\"é😀\""] {
            let expected: String = serde_json::from_str(text).unwrap();
            let raw = Reader::document(text.as_bytes()).unwrap();
            assert_eq!(raw.string().unwrap().decode(), expected, "{text}");
        }
    }

    #[test]
    fn a_string_is_what_it_decodes_to_and_nothing_else() {
        let texts = ["", "a", "a/", "ab", "/", "\\", "/\\", "\\\\", "a\\", "\\a", "a\nb", "\n", "\\n", "\\u005c", "é", "\u{fffd}"];
        let held = [
            r#""""#,
            r#""a""#,
            r#""\u0061\/""#,
            r#""/\\""#,
            r#""\\""#,
            r#""\\\\""#,
            r#""\u005c""#,
            r#""\\u005c""#,
            r#""\n""#,
            r#""\\n""#,
            r#""a\\""#,
            r#""\\a""#,
            r#""a\u000ab""#,
            r#""\u00e9""#,
            r#""\ud83d""#,
        ];
        for held in held {
            let string = Reader::document(held.as_bytes()).unwrap().string().unwrap();
            let decoded = string.decode();
            for text in texts {
                assert_eq!(string.is(text), decoded == text, "{held} and {text:?}");
            }
            assert!(string.is(&decoded), "{held}");
        }
    }

    #[test]
    fn a_lone_surrogate_becomes_a_replacement_character() {
        for (text, expected) in [
            (r#""a\ud83d""#, "a\u{fffd}"),
            (r#""\ude00b""#, "\u{fffd}b"),
            (r#""\ud83dx""#, "\u{fffd}x"),
            (r#""\ud83d\ud83d\ude00""#, "\u{fffd}😀"),
        ] {
            assert_eq!(Reader::document(text.as_bytes()).unwrap().string().unwrap().decode(), expected, "{text}");
        }
    }

    #[test]
    fn written_strings_read_back() {
        let text: String = (0u8..128).map(char::from).chain("é😀\u{2028}".chars()).collect();
        let mut out = String::new();
        write_string(&mut out, &text);
        assert_eq!(serde_json::from_str::<String>(&out).unwrap(), text);
    }

    #[test]
    fn lone_surrogates_are_removed_and_nothing_else() {
        let table = [
            (r#""a\ud83db""#, r#""ab""#),
            (r#""a\ude00b\ud83d""#, r#""ab""#),
            (r#""\ud83d\ude00""#, r#""\ud83d\ude00""#),
            (r#""\ud83d\ud83d\ude00""#, r#""\ud83d\ude00""#),
            (r#""\\ud83d""#, r#""\\ud83d""#),
            (r#""\\\ud83d\\""#, r#""\\\\""#),
            (r#""\u0041\n""#, r#""\u0041\n""#),
        ];
        for (text, expected) in table {
            assert_eq!(without_lone_surrogates(text), expected);
        }
    }
}
