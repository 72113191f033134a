//! An HTTP request as data, and the head of its answer.

pub mod body_values;
pub mod described;
mod error_words;
pub mod failover;
pub mod reported_amounts;
mod reported_wait;
pub mod retry;
pub mod unread_error;
pub mod upstream_error;

pub mod call;

use crate::body_values::{BLANKS, without_blanks};
use crate::config::{ClientConfig, DEFAULT_BASE_URL};
use crate::error::{Code, Error};
use crate::params::is_hostile_key;
use crate::record::{Verbatim, Writes, write_field};
use crate::redact::redact;
use crate::route::{Route, checked_base};
use crate::unread_error::HeaderHints;

/// Everything that is sent but the key, which is added last.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RequestPlan {
    /// `POST`, `GET`.
    pub method: &'static str,
    /// Absolute URL.
    pub url: String,
    /// Names as written, values checked; `Authorization` is only here when the caller set it.
    pub headers: Vec<(String, String)>,
    /// Whether a stream was asked for.
    pub streaming: bool,
}

const TITLES: [&str; 2] = ["X-OpenRouter-Title", "X-Title"];

/// Headers as a caller gives them; `None` takes one away.
pub type CallHeaders = Vec<(String, Option<String>)>;

/// Each is looked for among those before it.
const MOST_HEADERS: usize = 500;

impl RequestPlan {
    /// The plan of `POST /chat/completions`. Later headers win over earlier ones of the same name; `None` takes one away.
    pub fn chat(
        config: &ClientConfig,
        call_headers: &[(String, Option<String>)],
        cache_headers: &[(&'static str, String)],
        streaming: bool,
    ) -> Result<Self, Error> {
        let url = [&checked_base(config.base_url.as_deref().unwrap_or(DEFAULT_BASE_URL))?, "/chat/completions"].concat();
        let accept = if streaming { "text/event-stream, application/json" } else { "application/json" };
        let mut plan = Self::new(config, ("POST", url), (Some("application/json"), accept), call_headers, cache_headers)?;
        plan.streaming = streaming;
        Ok(plan)
    }

    /// A plan of any call: method and URL, the content type of its body and what it accepts. Headers as in [`RequestPlan::chat`].
    pub fn new(
        config: &ClientConfig,
        (method, url): (&'static str, String),
        (content_type, accept): (Option<&str>, &str),
        call_headers: &[(String, Option<String>)],
        cache_headers: &[(&'static str, String)],
    ) -> Result<Self, Error> {
        let categories = config.app.as_ref().map(|app| app.categories.join(",")).filter(|categories| !categories.is_empty());
        for (place, value) in [
            ("app.url", config.app.as_ref().and_then(|app| app.url.as_deref())),
            ("app.title", config.app.as_ref().and_then(|app| app.title.as_deref())),
            ("app.categories", categories.as_deref()),
        ] {
            if !value.is_none_or(is_header_value) {
                return Err(Error::invalid(place, "has a character that a header cannot hold"));
            }
        }
        let own = || config.headers.iter().chain(call_headers).filter(|(name, _)| !is_hostile_key(name));
        if own().count() > MOST_HEADERS {
            return Err(Error::invalid("headers", "are more than 500: no server takes as many"));
        }
        let mut headers: Vec<(String, String)> = Vec::new();
        let mut set = |name: &str, value: Option<&str>| {
            headers.retain(|(held, _)| !held.eq_ignore_ascii_case(name));
            if let Some(value) = value {
                headers.push((name.to_owned(), value.to_owned()));
            }
        };
        set("Content-Type", content_type);
        set("Accept", Some(accept));
        if Route::of(config.base_url.as_deref()).is_openrouter() {
            match &config.app {
                Some(app) => {
                    set("HTTP-Referer", app.url.as_deref());
                    // One title under two names: the caller's own, under either, is not to meet the app's under the other.
                    let is_title = |name: &str| TITLES.iter().any(|title| title.eq_ignore_ascii_case(name));
                    let has_own = own().any(|(name, value)| value.is_some() && is_title(name));
                    for name in TITLES {
                        set(name, app.title.as_deref().filter(|_| !has_own));
                    }
                    set("X-OpenRouter-Categories", categories.as_deref());
                }
                None => set("HTTP-Referer", config.origin.as_deref()),
            }
        }
        for (name, value) in cache_headers {
            set(name, Some(value));
        }
        for (name, value) in own() {
            set(name, value.as_deref());
        }
        for (name, value) in &headers {
            check_header(name, value)?;
        }
        Ok(Self { method, url, headers, streaming: false })
    }

    /// The key that the caller's own header carries, so that it can be masked too.
    pub fn own_key(&self) -> &str {
        let own = self.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("authorization"));
        own.map_or("", |(_, value)| value.rsplit(' ').next().unwrap_or(""))
    }

    /// Whether a key has to be added.
    pub fn needs_key(&self) -> bool {
        !self.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("authorization"))
    }
}

/// Headers as an object.
pub struct HeaderFields<'a>(pub &'a [(String, String)]);

impl Writes for HeaderFields<'_> {
    fn write(&self, out: &mut String) {
        out.push('{');
        for (name, value) in self.0 {
            // Their names are tokens, with nothing to escape.
            write_field(out, name, value);
        }
        out.push('}');
    }
}

#[cfg(not(target_arch = "wasm32"))]
impl openrouter_wire::interface::Typed for HeaderFields<'_> {
    fn typescript() -> String {
        "Record<string, string>".to_owned()
    }
}

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

    /// What the first bytes of a body say, whatever its label; `None` while only blanks and comments came, which are taken out; whole
    /// comments are told.
    pub fn sniff(&self, held: &mut Vec<u8>, told: &mut dyn FnMut(&[u8])) -> Option<Result<BodyKind, Error>> {
        loop {
            let rest = without_blanks(held);
            if !rest.is_empty() && BLANKS.iter().any(|blank| blank.starts_with(rest)) {
                return None;
            }
            let first = rest.first().copied();
            let rest_len = rest.len();
            let mut gone = held.len() - rest_len;
            if first == Some(b':') {
                // Of a comment that goes on its colon stays.
                gone += memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len()).max(1);
                let goes_on = gone >= held.len();
                if !goes_on {
                    told(held.get(held.len() - rest_len + 1..gone).unwrap_or_default());
                }
                held.drain(..gone);
                if goes_on {
                    held.push(b':');
                    return None;
                }
                continue;
            }
            held.drain(..gone);
            return match first? {
                b'{' | b'[' if !held.starts_with(b"[DONE]") => Some(Ok(BodyKind::Json)),
                first => self.no_json(first, held),
            };
        }
    }

    fn no_json(&self, first: u8, held: &[u8]) -> Option<Result<BodyKind, Error>> {
        let label = self.label();
        const FIELDS: [&[u8]; 5] = [b"data:", b"event:", b"error:", b"id:", b"retry:"];
        let is_field = |line: &[u8]| FIELDS.iter().any(|field| line.starts_with(field));
        let may_be_field = || FIELDS.iter().any(|field| field.starts_with(held));
        // Above the first event may stand what is none, unless its first byte is enough to refuse it: more of it may have come or not.
        let lines = if first == b'<' || matches!(label, Label::Other(_)) { 1 } else { usize::MAX };
        if held.split(|byte| matches!(byte, b'\n' | b'\r')).take(lines).any(is_field) {
            return Some(Ok(BodyKind::Events));
        }
        let message = match label {
            Label::Other(_) if !may_be_field() => label.refusal(),
            _ if first == b'<' => "the server answered with an HTML page, not with a chat answer".to_owned(),
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

fn is_header_value(value: &str) -> bool {
    !value.chars().any(|c| (c < ' ' && c != '\t') || c == '\u{7f}' || c as u32 > 0xff)
}

/// A name that is a token, a value that fetch takes; checked here because a refusal inside `fetch` names no header.
pub fn check_header(name: &str, value: &str) -> Result<(), Error> {
    let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    if name.is_empty() || !name.bytes().all(is_token) {
        return Err(Error::invalid("headers", &["\"", name, "\" is no header name"].concat()));
    }
    if !is_header_value(value) {
        return Err(Error::invalid(&["headers[\"", name, "\"]"].concat(), "has a character that a header cannot hold"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(config: &str, call: &[(&str, Option<&str>)]) -> Result<RequestPlan, Error> {
        let config = ClientConfig::parse(config).unwrap();
        let call: Vec<_> = call.iter().map(|(name, value)| ((*name).to_owned(), value.map(str::to_owned))).collect();
        RequestPlan::chat(&config, &call, &[], true)
    }

    #[test]
    fn attribution_goes_to_openrouter_only_and_the_callers_headers_win() {
        let header = |plan: &RequestPlan, name: &str| {
            plan.headers.iter().find(|(held, _)| held.eq_ignore_ascii_case(name)).map(|(_, value)| value.clone())
        };
        let app = r#"{"app":{"url":"https://a.example","title":"A","categories":["cli-agent","game"]}}"#;
        let plan_of_app = plan(app, &[]).unwrap();
        for (name, value) in [
            ("HTTP-Referer", "https://a.example"),
            ("X-Title", "A"),
            ("X-OpenRouter-Title", "A"),
            ("X-OpenRouter-Categories", "cli-agent,game"),
        ] {
            assert_eq!(header(&plan_of_app, name).as_deref(), Some(value));
        }
        let elsewhere = plan(&app.replace("{\"app\"", "{\"baseURL\":\"https://evilopenrouter.ai\",\"app\""), &[]).unwrap();
        assert_eq!(header(&elsewhere, "HTTP-Referer"), None);
        let page = plan(r#"{"origin":"https://page.example"}"#, &[]).unwrap();
        assert_eq!((header(&page, "HTTP-Referer").as_deref(), header(&page, "X-Title")), (Some("https://page.example"), None));
        let mine = plan(app, &[("http-referer", Some("https://mine")), ("x-title", None), ("__proto__", Some("x"))]).unwrap();
        assert_eq!(
            (header(&mine, "HTTP-Referer").as_deref(), header(&mine, "X-Title"), header(&mine, "__proto__")),
            (Some("https://mine"), None, None)
        );
    }

    #[test]
    fn header_names_and_values_are_checked_before_any_request() {
        for (name, value) in [("", "x"), ("a b", "x"), ("ä", "x"), ("x", "a\nb"), ("x", "a\r"), ("x", "\u{0}"), ("x", "漢")] {
            let error = plan("{}", &[(name, Some(value))]).unwrap_err();
            assert!(error.code == Code::InvalidRequest && error.message.starts_with("headers"), "{error:?}");
        }
        assert!(plan("{}", &[("x", Some("Grüße\t1"))]).is_ok());
        let error = plan(r#"{"app":{"title":"a — b"}}"#, &[]).unwrap_err();
        assert!(error.message.starts_with("app.title"), "{error:?}");
    }

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
            (b"\xef\xbb\xbf \n[", Some(Ok(BodyKind::Json))),
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
            ("text/plain", "words\n\ndata: x", true),
            ("text/plain", "words", false),
            ("image/png", "words", false),
            ("image/png", "words\n\ndata: x", false),
            ("image/png", "data: x", true),
            ("image/png", "date:", false),
        ] {
            assert_eq!(
                head(label).sniff(&mut body.as_bytes().to_vec(), &mut |_| {}).is_some_and(|kind| kind.is_ok()),
                is_answer,
                "{label}: {body}"
            );
        }
        for status in [302, 0] {
            let answer = Head { status, ..Head::default() };
            assert_eq!(answer.body_kind().unwrap_err().code, Code::BadResponse, "{status}");
        }
        assert_eq!(Head { status: 429, ..Head::default() }.body_kind(), Ok(BodyKind::Error));
    }
}
