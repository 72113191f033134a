//! Keys never reach an error message.

use crate::json::Raw;
use crate::json_string::{RawString, write_string};
use crate::text::{between, find, tail};

const MASK: &str = "[redacted]";

/// As much of a key's beginning gives it away. Servers echo keys that they have cut, or broken into lines.
const TELLING_CHARS: usize = 12;

/// Masks every occurrence of `secret`, plain or percent-encoded, whole or from its beginning on, and of anything that looks like an OpenRouter key.
pub fn redact(text: &str, secret: &str) -> String {
    let encoded = percent_encoded(secret);
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    loop {
        let own = |needle: &str| place_of(rest, needle);
        let key = find(rest, "sk-or-").map(|at| {
            let behind = tail(rest, at).trim_start_matches(|c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'));
            (at, rest.len() - behind.len())
        });
        // Of those that begin first the longest.
        let first = [own(secret), own(&encoded), key].into_iter().flatten().min_by_key(|(from, to)| (*from, usize::MAX - to));
        let Some((from, to)) = first else { break };
        out.push_str(between(rest, 0, from));
        out.push_str(MASK);
        rest = tail(rest, to);
    }
    out.push_str(rest);
    out
}

/// From where to where a key stands, whatever blanks break it behind its first letters: all of it, or enough to tell.
fn place_of(text: &str, secret: &str) -> Option<(usize, usize)> {
    let head = secret.char_indices().nth(3).map(|(at, last)| between(secret, 0, at + last.len_utf8()))?;
    let mut start = 0;
    while let Some(at) = find(tail(text, start), head) {
        start += at;
        let (mut key, mut count, mut end) = (secret, 0, start);
        for (at, c) in tail(text, start).char_indices() {
            if let Some(rest) = key.strip_prefix(c) {
                (key, count, end) = (rest, count + 1, start + at + c.len_utf8());
            } else if key.is_empty() || !c.is_ascii_whitespace() {
                break;
            }
        }
        if key.is_empty() || count >= TELLING_CHARS {
            return Some((start, end));
        }
        // Behind what was looked at but for its own letters, which may begin a key.
        start += head.chars().next().map_or(1, char::len_utf8);
    }
    None
}

/// Appends a JSON value, every string in it masked. Strings are masked decoded: an escape must not hide half a key.
pub fn write_redacted(value: Raw<'_>, secret: &str, out: &mut String) {
    if let Some(text) = value.string() {
        return write_string(out, &redact(&text.decode(), secret));
    }
    let (open, close) = if value.is_object() {
        ('{', '}')
    } else if value.is_array() {
        ('[', ']')
    } else {
        return out.push_str(&value.json());
    };
    out.push(open);
    let start = out.len();
    value.each_item(|item| {
        separate(out, start);
        write_redacted(item, secret, out);
    });
    value.each_field(|key, field| {
        separate(out, start);
        write_string(out, &redact(&RawString::of(key).decode(), secret));
        out.push(':');
        write_redacted(field, secret, out);
    });
    out.push(close);
}

fn separate(out: &mut String, start: usize) {
    if out.len() > start {
        out.push(',');
    }
}

/// As `encodeURIComponent` writes it.
fn percent_encoded(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.!~*'()".contains(&byte) {
            out.push(byte as char);
        } else {
            out.push('%');
            for digit in [byte >> 4, byte & 15] {
                out.push(b"0123456789ABCDEF"[usize::from(digit)] as char);
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_the_key_and_what_looks_like_one() {
        let table = [
            ("nothing here", "k-secret", "nothing here"),
            ("bad key k-secret!", "k-secret", "bad key [redacted]!"),
            ("sk-or-v1-abc_9, then sk-or-v1-def", "", "[redacted], then [redacted]"),
            ("sk-or-v1-abc", "sk-or-v1-abc", "[redacted]"),
            ("abc", "abc", "abc"),
            ("key my-own-key-of-32-l", "my-own-key-of-32-letters", "key [redacted]"),
            ("key my-own-key-\n of-32-\r\nletters!", "my-own-key-of-32-letters", "key [redacted]!"),
            ("my-own-key is no key, my-o neither", "my-own-key-of-32-letters", "my-own-key is no key, my-o neither"),
            ("my-my-own-key-of-32-letters", "my-own-key-of-32-letters", "my-[redacted]"),
            ("?key=aB3%2F%2Bx y", "aB3/+x", "?key=[redacted] y"),
        ];
        for (text, secret, expected) in table {
            assert_eq!(redact(text, secret), expected);
        }
    }

    #[test]
    fn an_escape_hides_no_key_in_what_is_handed_on_as_json() {
        let text = r#"{"a":["aB3\/xyz!",{"b":"sk\u002dor-v1-abc"}],"n":1.50,"t":true,"aB3\/xyz":null}"#;
        let mut out = String::new();
        write_redacted(crate::json::Reader::document(text.as_bytes()).unwrap(), "aB3/xyz", &mut out);
        assert_eq!(out, r#"{"a":["[redacted]!",{"b":"[redacted]"}],"n":1.50,"t":true,"[redacted]":null}"#);
    }
}
