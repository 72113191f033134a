//! The head of an answer, and how its body is to be read: the first bytes have the last word.

use crate::body_values::{BLANKS, without_blanks};
use crate::error::{Code, Error};
use crate::record::Verbatim;
use crate::redact::redact;
use crate::unread_error::HeaderHints;

/// The head of an answer, as far as anybody reads it.
#[derive(Debug, Clone, Default)]
pub struct Head {
    /// HTTP status; 0 for an opaque redirect.
    pub status: u16,
    /// `Content-Type`, as sent.
    pub content_type: Option<String>,
    /// `X-Generation-Id`.
    pub generation_id: Option<String>,
    /// `X-Request-Id`, else `cf-ray`.
    pub request_id: Option<String>,
    /// The waits that headers tell.
    pub hints: HeaderHints,
    /// What OpenRouter's response cache says; pages cannot read it (CORS).
    pub cache: CacheHead,
}

impl Head {
    /// Ids are what a server likes to call them, and it has seen the key.
    pub fn mask_ids(&mut self, secret: &str) {
        for id in [&mut self.generation_id, &mut self.request_id].into_iter().flatten() {
            *id = redact(id, secret);
        }
    }
}

/// The response cache in an answer's headers.
#[derive(Debug, Clone, Default)]
pub struct CacheHead {
    /// `HIT` or `MISS`.
    pub status: Option<String>,
    /// Seconds since the answer was stored.
    pub age: Option<String>,
    /// Seconds that it is kept.
    pub ttl: Option<String>,
    /// The generation that was stored.
    pub source_id: Option<String>,
}

impl CacheHead {
    /// What crosses, when there was anything.
    pub fn note(&self) -> Option<CacheNote<'_>> {
        fn seconds(value: &Option<String>) -> Option<Verbatim<'_>> {
            let digits = value.as_deref()?.trim_ascii();
            // Digits only: they go out as a number.
            if !(1..=15).contains(&digits.len()) || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
                return None;
            }
            let digits = digits.trim_start_matches('0');
            Some(Verbatim(if digits.is_empty() { "0" } else { digits }))
        }
        let Self { status, age, ttl, source_id } = self;
        Some(CacheNote { status: status.as_deref()?, age_seconds: seconds(age), ttl_seconds: seconds(ttl), source_id })
    }
}

openrouter_wire::record! {
    /// What OpenRouter's response cache says of an answer.
    pub struct CacheNote<'a>: writes {
        /// `HIT` or `MISS`.
        status: &'a str,
        /// Since it was stored.
        age_seconds: Option<Verbatim<'a>> as "number",
        /// That it is kept.
        ttl_seconds: Option<Verbatim<'a>> as "number",
        /// The generation that was stored.
        source_id: &'a Option<String>,
    }
}

/// In front of its first event a body may have so many bytes that are no comment.
pub const MAX_SNIFFED_BYTES: usize = 64 << 10;

/// How a body is to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BodyKind {
    /// `text/event-stream`.
    Events,
    /// One JSON answer.
    Json,
    /// The first bytes have to tell.
    Sniff,
    /// The body of an error.
    Error,
}

impl Head {
    /// How the body is begun with; an answer that cannot be one is an error now.
    pub fn body_kind(&self) -> Result<BodyKind, Error> {
        match self.status {
            200..=299 => {}
            0 | 300..=399 => {
                let mut error = Error::new(
                    Code::BadResponse,
                    "the server answered with a redirect, which is not followed: the key goes to the configured base URL alone",
                );
                error.status = (self.status > 0).then_some(self.status);
                return Err(error);
            }
            _ => return Ok(BodyKind::Error),
        }
        Ok(BodyKind::Sniff)
    }

    /// What the server says that the body is.
    pub fn label(&self) -> Label {
        let content_type = self.content_type.as_deref().unwrap_or("");
        let essence = content_type.split(';').next().unwrap_or("").trim_ascii().to_ascii_lowercase();
        match essence.as_str() {
            "text/event-stream" => Label::Events,
            "" | "text/plain" | "application/octet-stream" => Label::Any,
            essence if essence.ends_with("/json") || essence.ends_with("+json") => Label::Json,
            _ => Label::Other(essence),
        }
    }

    /// What the first bytes of a body say, whatever its label; `None` while only blanks and comments came, which are taken out, or what may
    /// still become `[DONE]`; whole comments are told.
    pub fn sniff(&self, held: &mut Vec<u8>, told: &mut dyn FnMut(&[u8])) -> Option<Result<BodyKind, Error>> {
        let mut gone = 0;
        let first = loop {
            let rest = without_blanks(held.get(gone..).unwrap_or_default());
            if !rest.is_empty() && BLANKS.iter().any(|blank| blank.starts_with(rest)) {
                held.drain(..gone);
                return None;
            }
            gone = held.len() - rest.len();
            let first = rest.first().copied();
            if first != Some(b':') {
                break first;
            }
            let Some(end) = memchr::memchr2(b'\n', b'\r', rest) else {
                // Of a comment that goes on its colon stays.
                held.clear();
                held.push(b':');
                return None;
            };
            told(rest.get(1..end).unwrap_or_default());
            gone += end;
        };
        held.drain(..gone);
        match first? {
            b'{' => Some(Ok(BodyKind::Json)),
            // A list, or `[DONE]`, whose next byte tells.
            b'[' if b"[DONE]".starts_with(held) && held.len() < 6 => None,
            b'[' if !held.starts_with(b"[DONE]") => Some(Ok(BodyKind::Json)),
            first => self.no_json(first, held),
        }
    }

    fn no_json(&self, first: u8, held: &[u8]) -> Option<Result<BodyKind, Error>> {
        let label = self.label();
        const FIELDS: [&[u8]; 5] = [b"data:", b"event:", b"error:", b"id:", b"retry:"];
        let is_field = |line: &[u8]| FIELDS.iter().any(|field| line.starts_with(field));
        let may_be_field = || FIELDS.iter().any(|field| field.starts_with(held));
        // Above the first event may stand what is none, unless its first byte is enough to refuse it: more of it may have come or not.
        let lines = if first == b'<' || matches!(label, Label::Other(_)) { 1 } else { usize::MAX };
        let looked_at = held.get(..MAX_SNIFFED_BYTES).unwrap_or(held);
        if looked_at.split(|byte| matches!(byte, b'\n' | b'\r')).take(lines).any(is_field) {
            return Some(Ok(BodyKind::Events));
        }
        let message = match label {
            Label::Other(_) if !may_be_field() => label.refusal(),
            _ if first == b'<' => "the server answered with HTML or XML, not with a chat answer".to_owned(),
            _ => return None,
        };
        let mut error = Error::new(Code::BadResponse, message);
        error.status = Some(self.status);
        Some(Err(error))
    }
}

/// What a server says that a body is. The first bytes of the body have the last word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Label {
    /// `text/event-stream`.
    Events,
    /// JSON.
    Json,
    /// Nothing, or what says nothing.
    Any,
    /// What no answer is.
    Other(String),
}

impl Label {
    /// What is to be said of a body that is none.
    pub fn refusal(&self) -> String {
        let named = if let Self::Other(essence) = self { essence } else { "" };
        ["the server answered with the content type ", named, ", not with a chat answer"].concat()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Writes;

    #[test]
    fn the_first_byte_decides_how_a_body_is_read_whatever_its_label() {
        let head = |content_type: &str| Head { status: 200, content_type: Some(content_type.to_owned()), ..Head::default() };
        let labels = [
            "text/event-stream; charset=utf-8",
            "Application/JSON",
            "application/problem+json",
            "",
            "text/plain;charset=UTF-8",
            "text/html",
        ];
        let table = [
            (&b"{"[..], Some(Ok(BodyKind::Json))),
            (b"\xef\xbb\xbf \n[{", Some(Ok(BodyKind::Json))),
            (b"[D[", Some(Ok(BodyKind::Json))),
            (b"[DON", None),
            (b": x\r\n\r\n:\n\n  {", Some(Ok(BodyKind::Json))),
            (b"data: x", Some(Ok(BodyKind::Events))),
            (b": x\n\nevent: y", Some(Ok(BodyKind::Events))),
            (b"error: y", Some(Ok(BodyKind::Events))),
            (b" \n", None),
            (b"\xef\xbb", None),
            (b": {", None),
            (b":", None),
            (b"", None),
            (b" <html>", Some(Err(Code::BadResponse))),
            (b"<p>\n\ndata: x", Some(Err(Code::BadResponse))),
        ];
        for label in labels {
            let head = head(label);
            assert_eq!(head.body_kind(), Ok(BodyKind::Sniff), "{label}");
            for (body, expected) in &table {
                for cut in 0..=body.len() {
                    let mut held = body[..cut].to_vec();
                    let first = head.sniff(&mut held, &mut |_| {});
                    held.extend_from_slice(&body[cut..]);
                    let found = first.or_else(|| head.sniff(&mut held, &mut |_| {})).map(|kind| kind.map_err(|error| error.code));
                    assert_eq!(found, *expected, "{label}: {body:?} cut at {cut}");
                }
            }
        }
        for (label, body, is_answer) in [
            ("text/plain", "words\n\ndata: x", Some(true)),
            ("text/plain", "words", None),
            ("text/plain", "[DONE]{}", None),
            ("image/png", "words", Some(false)),
            ("image/png", "words\n\ndata: x", Some(false)),
            ("image/png", "data: x", Some(true)),
            ("image/png", "dat", None),
            ("image/png", "date:", Some(false)),
            ("image/png", "[DONE", None),
            ("image/png", "[DONE]", Some(false)),
        ] {
            let kind = head(label).sniff(&mut body.as_bytes().to_vec(), &mut |_| {});
            assert_eq!(kind.as_ref().map(Result::is_ok), is_answer, "{label}: {body}");
            let refusal = kind.and_then(Result::err).map(|error| (error.message.clone(), error.status));
            let expected = "the server answered with the content type image/png, not with a chat answer".to_owned();
            assert!(refusal.is_none_or(|refusal| refusal == (expected, Some(200))), "{body}");
        }
        for (status, told) in [(302, Some(302)), (0, None)] {
            let answer = Head { status, ..Head::default() };
            let error = answer.body_kind().unwrap_err();
            assert_eq!((error.code, error.status), (Code::BadResponse, told));
        }
        assert_eq!(Head { status: 429, ..Head::default() }.body_kind(), Ok(BodyKind::Error));
    }
    #[test]
    fn a_comment_in_front_of_a_body_is_told_whole() {
        let (mut held, mut told) = (b" \n: one\n\n:two\r\n  {".to_vec(), Vec::new());
        let kind = Head { status: 200, ..Head::default() }.sniff(&mut held, &mut |comment| told.push(comment.to_vec()));
        assert_eq!((kind, held.as_slice(), told), (Some(Ok(BodyKind::Json)), &b"{"[..], vec![b" one".to_vec(), b"two".to_vec()]));
    }

    #[test]
    fn what_headers_tell_is_read_and_holds_no_key() {
        let text = |text: &str| Some(text.to_owned());
        for (age, ttl, expected) in [
            (text("12"), text(" 0300 "), r#"{"status":"HIT","ageSeconds":12,"ttlSeconds":300,"sourceId":"gen-1"}"#),
            (text("000"), text("1.5"), r#"{"status":"HIT","ageSeconds":0,"sourceId":"gen-1"}"#),
            (text("123456789012345"), text("1234567890123456"), r#"{"status":"HIT","ageSeconds":123456789012345,"sourceId":"gen-1"}"#),
            (text(""), text("-1"), r#"{"status":"HIT","sourceId":"gen-1"}"#),
            (None, None, r#"{"status":"HIT","sourceId":"gen-1"}"#),
        ] {
            let head = CacheHead { status: text("HIT"), age, ttl, source_id: text("gen-1") };
            assert_eq!(head.note().map(|note| note.to_json()).as_deref(), Some(expected));
        }
        assert!(CacheHead { age: text("12"), ..CacheHead::default() }.note().is_none(), "nothing is said without the word for it");
        let mut head = Head { generation_id: text("gen-sk-secret"), request_id: text("sk-secret"), ..Head::default() };
        head.mask_ids("sk-secret");
        assert_eq!((head.generation_id.as_deref(), head.request_id.as_deref()), (Some("gen-[redacted]"), Some("[redacted]")));
    }
}
