//! An HTTP request as data; what its answer says of itself is in [`head`].

pub mod body_values;
pub mod described;
mod error_words;
pub mod failover;
mod other_words;
pub mod reported_amounts;
mod reported_wait;
pub mod retry;
pub mod unread_error;
pub mod upstream_error;

pub mod call;
pub mod head;

use crate::config::{ClientConfig, DEFAULT_BASE_URL};
use crate::error::Error;
use crate::params::is_hostile_key;
use crate::record::{Writes, write_field};
use crate::route::{Route, checked_base};
use crate::text::{joined, split_last};
pub use head::{BodyKind, CacheHead, CacheNote, Head, Label, MAX_SNIFFED_BYTES};

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
        let categories = config.app.as_ref().map(|app| joined(&app.categories, ",")).filter(|categories| !categories.is_empty());
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
        own.map_or("", |(_, value)| split_last(value, b' ').map_or(value, |(_, key)| key))
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
    use crate::error::Code;

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
        for (name, value) in
            [("", "x"), ("a b", "x"), ("ä", "x"), ("x", "a\nb"), ("x", "a\r"), ("x", "\u{0}"), ("x", "\u{7f}"), ("x", "Ā"), ("x", "漢")]
        {
            let error = plan("{}", &[(name, Some(value))]).unwrap_err();
            assert!(error.code == Code::InvalidRequest && error.message.starts_with("headers"), "{error:?}");
        }
        assert!(plan("{}", &[("x", Some("Grüße\t1 ÿ"))]).is_ok());
        let error = plan(r#"{"app":{"title":"a — b"}}"#, &[]).unwrap_err();
        assert!(error.message.starts_with("app.title"), "{error:?}");
    }
}
