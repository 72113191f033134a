//! An HTTP request as data, and the head of its answer.

pub mod failover;
pub mod retry;
pub mod upstream_error;

pub mod call;

use crate::config::{ClientConfig, DEFAULT_BASE_URL};
use crate::error::{Code, Error};
use crate::json_string::write_string;
use crate::params::is_hostile_key;
use crate::redact::redact;
use crate::route::{Route, checked_base};
use crate::upstream_error::HeaderHints;

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
    /// Appends `,"cache":{status, ageSeconds, ttlSeconds, sourceId}` when there was anything.
    pub fn write(&self, out: &mut String) {
        let Some(status) = &self.status else { return };
        out.push_str(",\"cache\":{\"status\":");
        write_string(out, status);
        for (name, value) in [("ageSeconds", &self.age), ("ttlSeconds", &self.ttl)] {
            // Digits only: they go out as a number.
            if let Some(value) = value
                .as_deref()
                .map(str::trim_ascii)
                .filter(|value| (1..=15).contains(&value.len()) && value.bytes().all(|byte| byte.is_ascii_digit()))
            {
                out.push_str(",\"");
                out.push_str(name);
                out.push_str("\":");
                let digits = value.trim_start_matches('0');
                out.push_str(if digits.is_empty() { "0" } else { digits });
            }
        }
        if let Some(source) = &self.source_id {
            out.push_str(",\"sourceId\":");
            write_string(out, source);
        }
        out.push('}');
    }
}

/// How a body is to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BodyKind {
    /// `text/event-stream`.
    Events,
    /// One JSON answer.
    Json,
    /// The first bytes have to tell: no content type, or one that test doubles send.
    Sniff,
    /// The body of an error.
    Error,
}

impl Head {
    /// What kind of body follows; an answer that cannot be one is an error now.
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
        let content_type = self.content_type.as_deref().unwrap_or("");
        let essence = content_type.split(';').next().unwrap_or("").trim_ascii().to_ascii_lowercase();
        match essence.as_str() {
            "text/event-stream" => Ok(BodyKind::Events),
            "application/json" => Ok(BodyKind::Json),
            "" | "text/plain" | "application/octet-stream" => Ok(BodyKind::Sniff),
            essence if essence.ends_with("+json") => Ok(BodyKind::Json),
            _ => {
                let mut error =
                    Error::new(Code::BadResponse, format!("the server answered with the content type {essence}, not with a chat answer"));
                error.status = Some(self.status);
                Err(error)
            }
        }
    }
}

const BOM: &[u8] = b"\xef\xbb\xbf";

/// A JSON body without the mark that some servers put before it.
pub fn without_bom(body: &[u8]) -> &[u8] {
    body.strip_prefix(BOM).unwrap_or(body)
}

/// What the first bytes of a body say; `None` while only white space came.
pub fn sniff(body: &[u8]) -> Option<Result<BodyKind, Error>> {
    if BOM.starts_with(body) {
        return None;
    }
    let body = without_bom(body);
    match body.iter().find(|byte| !byte.is_ascii_whitespace())? {
        b'{' | b'[' => Some(Ok(BodyKind::Json)),
        b'<' => Some(Err(Error::new(Code::BadResponse, "the server answered with an HTML page, not with a chat answer"))),
        _ => Some(Ok(BodyKind::Events)),
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
        return Err(Error::invalid(&format!("headers[\"{name}\"]"), "has a character that a header cannot hold"));
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
    fn the_content_type_decides_how_a_body_is_read() {
        let kind = |status, content_type: Option<&str>| {
            Head { status, content_type: content_type.map(str::to_owned), ..Head::default() }.body_kind()
        };
        let table = [
            (200, Some("text/event-stream; charset=utf-8"), BodyKind::Events),
            (200, Some("Application/JSON"), BodyKind::Json),
            (201, Some("application/problem+json"), BodyKind::Json),
            (200, None, BodyKind::Sniff),
            (200, Some("text/plain;charset=UTF-8"), BodyKind::Sniff),
            (429, Some("text/html"), BodyKind::Error),
        ];
        for (status, content_type, expected) in table {
            assert_eq!(kind(status, content_type), Ok(expected), "{content_type:?}");
        }
        for (status, content_type) in [(200, Some("text/html")), (200, Some("image/png")), (302, None), (0, None)] {
            assert_eq!(kind(status, content_type).unwrap_err().code, Code::BadResponse, "{status} {content_type:?}");
        }
        assert_eq!(sniff(b"\xef\xbb\xbf {"), Some(Ok(BodyKind::Json)));
        assert_eq!(sniff(b": x"), Some(Ok(BodyKind::Events)));
        assert!(sniff(b" <html>").is_some_and(|kind| kind.is_err()));
        assert_eq!(sniff(b" \n"), None);
    }
}
