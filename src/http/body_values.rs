//! The JSON values of a body, whatever stands around them: what a body is, its label does not tell.

use crate::json::{Malformed, Raw, Reader};

/// What servers have put before a body, beside ASCII's blanks: the byte order mark, the blank that breaks no line, NUL.
pub const BLANKS: [&[u8]; 3] = [b"\xef\xbb\xbf", b"\xc2\xa0", b"\0"];

/// No spelling of the end is longer.
const MAX_DONE_BYTES: usize = 24;

/// Whether event data is the end: `[DONE]`, whatever stands around the word, and in whatever letters.
pub fn is_done(data: &[u8]) -> bool {
    if data.len() > MAX_DONE_BYTES {
        return false;
    }
    // A ninth letter pushes out the first: no longer word is a shorter one.
    let letters = data.iter().filter(|byte| byte.is_ascii_alphanumeric());
    let word = letters.fold(0u64, |word, byte| word << 8 | u64::from(byte.to_ascii_lowercase()));
    [u64::from_be_bytes(*b"\0\0\0\0done"), u64::from_be_bytes(*b"\0\0\0\0\0end")].contains(&word)
}

/// Whether what is left of a body begins with it.
pub fn begins_done(rest: &[u8]) -> bool {
    let head = rest.get(..MAX_DONE_BYTES + 1).unwrap_or(rest);
    let line = memchr::memchr2(b'\n', b'\r', head).map_or(head, |end| &head[..end]);
    is_done(line) || rest.get(..6).is_some_and(|word| word.eq_ignore_ascii_case(b"[DONE]"))
}

/// A body without them.
pub fn without_blanks(body: &[u8]) -> &[u8] {
    let mut rest = body.trim_ascii_start();
    while let Some(behind) = BLANKS.iter().find_map(|blank| rest.strip_prefix(*blank)) {
        rest = behind.trim_ascii_start();
    }
    rest
}

/// One behind the other: bare, in lines, or in the `data` of events.
#[derive(Debug)]
pub struct BodyValues<'a> {
    rest: &'a [u8],
    length: usize,
    /// Where the last one began.
    pub at: usize,
    /// Whether `[DONE]` stood between them.
    pub is_done: bool,
    /// Whether none of them broke off.
    pub is_whole: bool,
}

impl<'a> BodyValues<'a> {
    /// Before the first.
    pub fn new(body: &'a [u8]) -> Self {
        Self { rest: body, length: body.len(), at: 0, is_done: false, is_whole: true }
    }
}

impl<'a> Iterator for BodyValues<'a> {
    type Item = Result<Raw<'a>, Malformed>;

    /// The next one; what is none is passed over.
    fn next(&mut self) -> Option<Self::Item> {
        loop {
            self.rest = without_blanks(self.rest);
            let field = [&b"data:"[..], b"error:"].into_iter().find_map(|field| self.rest.strip_prefix(field));
            let first = *self.rest.first()?;
            let is_done = begins_done(field.unwrap_or(self.rest));
            match first {
                b'{' | b'[' if !is_done => {
                    let mut reader = Reader::new(self.rest);
                    self.at = self.length - self.rest.len();
                    let value = reader.value().map_err(|malformed| Malformed { at: self.at + malformed.at });
                    self.is_whole &= value.is_ok();
                    self.rest = value.map_or(&[][..], |value| self.rest.get(value.bytes().len()..).unwrap_or_default());
                    return Some(value);
                }
                _ => {}
            }
            self.is_done |= is_done;
            self.rest = field.filter(|_| !self.is_done).unwrap_or_else(|| {
                let end = memchr::memchr2(b'\n', b'\r', self.rest).unwrap_or(self.rest.len());
                self.rest.get(end..).unwrap_or_default()
            });
        }
    }
}

/// The first value of a body that is an object, or the first object in it when it is a list.
pub fn first_object(body: &[u8]) -> Option<Raw<'_>> {
    let mut values = BodyValues::new(body);
    loop {
        let value = values.next()?.ok()?;
        let mut object = None;
        value.each(|item| object = object.or(Some(item).filter(|item| item.is_object())));
        if object.is_some() {
            return object;
        }
    }
}

/// Closes JSON that breaks off, without what nobody knows the end of: a number, a name, half a character. Of a text what came is kept.
pub fn close(cut: &mut Vec<u8>) {
    let (mut open, mut whole) = (Vec::new(), 0);
    let (mut is_text, mut is_value) = (false, true);
    // Bytes of an escape that are still to come.
    let mut escape = 0;
    for (at, byte) in cut.iter().enumerate() {
        let is_kept = match byte {
            b'u' if is_text && escape == 1 => {
                escape = 4;
                false
            }
            _ if is_text && escape > 0 => {
                escape -= 1;
                is_value
            }
            b'\\' if is_text => {
                escape = 1;
                false
            }
            b'"' => {
                is_text = !is_text;
                is_value
            }
            _ if is_text => is_value,
            b'{' | b'[' => {
                open.push(byte + 2);
                is_value = *byte == b'[';
                true
            }
            b'}' | b']' => open.pop().is_some(),
            b',' => {
                whole = at;
                is_value = open.last() == Some(&b']');
                false
            }
            _ => {
                is_value |= *byte == b':';
                false
            }
        };
        if is_kept && escape == 0 {
            whole = at + 1;
        }
    }
    cut.truncate(whole);
    if is_text && is_value {
        let half = core::str::from_utf8(cut).err().filter(|error| error.error_len().is_none());
        half.inspect(|half| cut.truncate(half.valid_up_to()));
        cut.push(b'"');
    }
    cut.extend(open.into_iter().rev());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_has_a_longest_spelling() {
        for (length, expected) in [(MAX_DONE_BYTES - 1, true), (MAX_DONE_BYTES, true), (MAX_DONE_BYTES + 1, false), (100, false)] {
            assert_eq!(is_done(["-".repeat(length - 4).as_str(), "done"].concat().as_bytes()), expected, "{length}");
        }
    }

    #[test]
    fn what_breaks_off_is_closed_wherever_it_does() {
        for (cut, expected) in [
            ("{\"a\":\"b", "{\"a\":\"b\"}"),
            ("{\"a\":\"b\\", "{\"a\":\"b\"}"),
            ("{\"a\":\"you\",\"b\":\"u", "{\"a\":\"you\",\"b\":\"u\"}"),
            ("{\"a\":\"b\\u00e", "{\"a\":\"b\"}"),
            ("{\"a\":\"b\\\"c", "{\"a\":\"b\\\"c\"}"),
            ("{\"a\":1.2", "{}"),
            ("{\"a\":1.2,", "{\"a\":1.2}"),
            ("{\"a\":1.2,\"b", "{\"a\":1.2}"),
            ("{\"a\":1.2,\"b\":tr", "{\"a\":1.2}"),
            ("{\"a\":{\"b,{\":[1,\"x\", {\"c\":\"[", "{\"a\":{\"b,{\":[1,\"x\", {\"c\":\"[\"}]}}"),
            ("[[1],[2", "[[1],[]]"),
            ("{", "{}"),
        ] {
            let mut closed = cut.as_bytes().to_vec();
            close(&mut closed);
            assert_eq!(String::from_utf8(closed).as_deref(), Ok(expected), "{cut}");
        }
        let whole = "{\"a\":[true,\"é😀\\ud83d\\ude00\",{\"b\":null,\"c\":-1.5e3}],\"d\":{\"e\":\"f\"}}";
        for end in 1..=whole.len() {
            let mut closed = whole.as_bytes()[..end].to_vec();
            close(&mut closed);
            assert!(Reader::document(&closed).is_ok(), "{}", String::from_utf8_lossy(&closed));
        }
    }

    #[test]
    fn values_are_found_in_every_framing() {
        for (body, expected, is_done) in [
            ("{\"a\":1}", "{\"a\":1}", false),
            ("\u{feff} {\"a\":1}\n\ndata: [DONE]\n\n", "{\"a\":1}", true),
            ("{\"a\":1}{\"b\":2}\n[3]", "{\"a\":1}|{\"b\":2}|[3]", false),
            (": x\n\ndata: {\"a\":\n1}\r\n\r\nevent: y\ndata:{\"b\":2}\n\ndata: [DONE]", "{\"a\":\n1}|{\"b\":2}", true),
            ("error: {\"a\":1}", "{\"a\":1}", false),
            ("event: error\ndata: words\n\n", "", false),
            ("[DONE]", "", true),
            ("[done]{\"a\":1}", "", true),
            ("[Done] {\"a\":1}\n{\"b\":2}", "{\"b\":2}", true),
            ("[\"done\"                    ,1]", "[\"done\"                    ,1]", false),
            ("words {\"a\":1}", "", false),
            ("", "", false),
        ] {
            let mut values = BodyValues::new(body.as_bytes());
            let mut found = Vec::new();
            for value in values.by_ref() {
                found.push(value.unwrap().text().into_owned());
            }
            assert_eq!((found.join("|").as_str(), values.is_done), (expected, is_done), "{body:?}");
        }
        let mut cut = BodyValues::new(b"{}\ndata: {\"a\":");
        assert!(cut.next().is_some_and(|value| value.is_ok()) && cut.is_whole);
        assert!(cut.next().is_some_and(|value| value.is_err()) && !cut.is_whole);
        for (body, expected) in [("[[1],{\"a\":1}]", Some("{\"a\":1}")), ("data: 5\n\ndata: {}", Some("{}")), ("[]", None), ("x", None)] {
            assert_eq!(first_object(body.as_bytes()).map(|value| value.text().into_owned()).as_deref(), expected);
        }
    }
}
