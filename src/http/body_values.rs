//! The JSON values of a body, whatever stands around them: what a body is, its label does not tell.

use crate::json::{Malformed, Raw, Reader};

const BOM: &[u8] = b"\xef\xbb\xbf";

/// One behind the other: bare, in lines, or in the `data` of events.
#[derive(Debug)]
pub struct BodyValues<'a> {
    rest: &'a [u8],
    length: usize,
    /// Whether `[DONE]` stood between them.
    pub is_done: bool,
}

impl<'a> BodyValues<'a> {
    /// Before the first.
    pub fn new(body: &'a [u8]) -> Self {
        Self { rest: body, length: body.len(), is_done: false }
    }
}

impl<'a> Iterator for BodyValues<'a> {
    type Item = Result<Raw<'a>, Malformed>;

    /// The next one; what is none is passed over.
    fn next(&mut self) -> Option<Self::Item> {
        loop {
            self.rest = self.rest.strip_prefix(BOM).unwrap_or(self.rest).trim_ascii_start();
            match self.rest.first()? {
                b'{' | b'[' if !self.rest.starts_with(b"[DONE]") => {
                    let mut reader = Reader::new(self.rest);
                    let before = self.length - self.rest.len();
                    let value = reader.value().map_err(|malformed| Malformed { at: before + malformed.at });
                    self.rest = value.map_or(&[][..], |value| self.rest.get(value.bytes().len()..).unwrap_or_default());
                    return Some(value);
                }
                _ => {}
            }
            let field = [&b"data:"[..], b"error:"].into_iter().find_map(|field| self.rest.strip_prefix(field));
            self.is_done |= field.unwrap_or(self.rest).trim_ascii_start().starts_with(b"[DONE]");
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
        let mut object = Some(value).filter(|value| value.is_object());
        value.each_item(|item| object = object.or(Some(item).filter(|item| item.is_object())));
        if object.is_some() {
            return object;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
        assert!(BodyValues::new(b"data: {\"a\":").next().is_some_and(|value| value.is_err()));
        for (body, expected) in [("[[1],{\"a\":1}]", Some("{\"a\":1}")), ("data: 5\n\ndata: {}", Some("{}")), ("[]", None), ("x", None)] {
            assert_eq!(first_object(body.as_bytes()).map(|value| value.text().into_owned()).as_deref(), expected);
        }
    }
}
