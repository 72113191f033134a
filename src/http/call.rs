//! A call that is no chat, as data: what is sent, and within which bounds the answer is read.

use crate::config::{ClientConfig, DEFAULT_BASE_URL};
use crate::error::{Code, Error};
use crate::http::{CallHeaders, RequestPlan};
use crate::record::Writes;
use crate::route::{Route, checked_base};
use crate::unread_error::HeaderHints;
use crate::upstream_error::{Now, read_http_error};

openrouter_wire::worded! {
    /// Whether the key goes along.
    pub enum KeyNeed {
        /// No request without one.
        Required = "required",
        /// When there is one.
        Optional = "optional",
        /// Never: the target is not the API's own origin, or asks for none.
        Never = "never",
    }
}

impl KeyNeed {
    /// OpenRouter itself asks for a key; a proxy of the caller's may add its own.
    pub fn of(config: &ClientConfig) -> Self {
        if Route::of(config.base_url.as_deref()).is_openrouter() { Self::Required } else { Self::Optional }
    }
}

/// One call.
#[derive(Debug, Clone)]
pub struct Call {
    /// Method, URL, headers.
    pub plan: RequestPlan,
    /// The body's JSON text; media stand in it as the facade's placeholders.
    pub body: Option<String>,
    /// What failed, in the words of its errors: `OpenRouter image generation failed`.
    pub label: &'static str,
    /// Bytes of an answer that are read at most.
    pub max_bytes: u64,
    /// Of the whole call, all attempts together.
    pub timeout_ms: f64,
    /// 1 for what is billed by being sent; reads may be tried twice.
    pub attempts: u32,
    /// Whether the key goes along.
    pub key: KeyNeed,
}

impl Call {
    /// A `POST` of JSON to a path below the base URL (`/images`), tried once.
    pub fn post(config: &ClientConfig, path: &str, headers: &CallHeaders, body: String, label: &'static str) -> Result<Self, Error> {
        let plan = RequestPlan::new(config, ("POST", url_of(config, path)?), (Some("application/json"), "application/json"), headers, &[])?;
        Ok(Self { plan, body: Some(body), label, max_bytes: 16 << 20, timeout_ms: 180_000.0, attempts: 1, key: KeyNeed::of(config) })
    }

    /// A `GET` of a path below the base URL (`/models?limit=5`), tried twice.
    pub fn get(config: &ClientConfig, path: &str, label: &'static str) -> Result<Self, Error> {
        let plan = RequestPlan::new(config, ("GET", url_of(config, path)?), (None, "application/json"), &[], &[])?;
        Ok(Self { plan, body: None, label, max_bytes: 16 << 20, timeout_ms: 60_000.0, attempts: 2, key: KeyNeed::of(config) })
    }
}

openrouter_wire::record! {
    /// A call that is no chat: what is sent, and within which bounds the answer is read.
    pub struct CallPlan<'a>: writes {
        method: &'a str as "\"GET\" | \"POST\"",
        /// Absolute.
        url: &'a str,
        headers: &'a [(String, String)],
        key: KeyNeed,
        /// Begins every error.
        label: &'a str,
        /// Of the answer.
        max_bytes: u64,
        /// Of the whole call; 0 for no limit.
        timeout_ms: u64,
        attempts: u32,
        body: Option<&'a str>,
    }
}

impl Call {
    /// The record that crosses.
    pub fn record(&self) -> CallPlan<'_> {
        let Self { plan, label, body, .. } = self;
        CallPlan {
            method: plan.method,
            url: &plan.url,
            headers: &plan.headers,
            key: if plan.needs_key() { self.key } else { KeyNeed::Never },
            label,
            max_bytes: self.max_bytes,
            timeout_ms: self.timeout_ms.max(0.0) as u64,
            attempts: self.attempts,
            body: body.as_deref(),
        }
    }
}

impl Writes for Call {
    fn write(&self, out: &mut String) {
        self.record().write(out);
    }
}

#[cfg(not(target_arch = "wasm32"))]
impl openrouter_wire::interface::Typed for Call {
    fn typescript() -> String {
        CallPlan::typescript()
    }
}

/// The base URL, checked, and a path behind it.
pub fn url_of(config: &ClientConfig, path: &str) -> Result<String, Error> {
    Ok([&checked_base(config.base_url.as_deref().unwrap_or(DEFAULT_BASE_URL))?, path].concat())
}

/// An answer whose status says that the call failed; `label` says which one (media 0).
pub fn read_call_error(label: &str, status: u16, body: &[u8], secret: &str, now: Now, hints: &HeaderHints) -> Error {
    let mut error = read_http_error(status, body, secret, now, hints);
    // No conversation was sent that could be too long.
    if status == 413 && error.code == Code::ContextOverflow {
        error.code = Code::InvalidRequest;
        error.reason = None;
    }
    // The words for a body that says nothing name the status already.
    error.message = match error.message.strip_prefix("HTTP ") {
        Some(_) => [label, ": ", &error.message].concat(),
        None => [label, " (HTTP ", &status.to_string(), "): ", &error.message].concat(),
    };
    error
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_says_all_that_is_needed_to_send_it_and_to_bound_its_answer() {
        let config = ClientConfig::parse(r#"{"app":{"url":"https://a.example"},"headers":{"X-Mine":"1"}}"#).unwrap();
        let call = Call::post(&config, "/images", &vec![("x-mine".to_owned(), None)], "{\"n\":1}".to_owned(), "It failed").unwrap();
        assert_eq!(
            call.to_json(),
            concat!(
                r#"{"method":"POST","url":"https://openrouter.ai/api/v1/images","headers":[["Content-Type","application/json"],"#,
                r#"["Accept","application/json"],["HTTP-Referer","https://a.example"]],"key":"required","label":"It failed","#,
                r#""maxBytes":16777216,"timeoutMs":180000,"attempts":1,"body":"{\"n\":1}"}"#
            )
        );
        let get = Call::get(&config, "/models", "x").unwrap();
        assert_eq!((get.plan.method, get.attempts, get.body.is_none()), ("GET", 2, true));
        assert!(!get.plan.headers.iter().any(|(name, _)| name == "Content-Type"));
        for (options, expected) in [
            (r#"{"baseURL":"https://proxy.example/v1"}"#, "optional"),
            (r#"{"headers":{"Authorization":"Bearer x"}}"#, "never"),
            ("{}", "required"),
        ] {
            let call = Call::get(&ClientConfig::parse(options).unwrap(), "/key", "x").unwrap();
            assert!(call.to_json().contains(&format!("\"key\":\"{expected}\"")), "{options}");
        }
    }

    #[test]
    fn an_error_names_the_call_and_the_status_once() {
        let now = Now { epoch_ms: || 0.0, parse_date: |_| None };
        for (body, expected) in [
            (r#"{"error":{"code":400,"message":"no such model"}}"#, "It failed (HTTP 400): no such model"),
            ("", "It failed: HTTP 400 with an empty body"),
            ("<html><title>Bad</title>", "It failed: HTTP 400 with an HTML page: Bad"),
        ] {
            let error = read_call_error("It failed", 400, body.as_bytes(), "", now, &HeaderHints::default());
            assert_eq!((error.message.as_str(), error.code), (expected, Code::InvalidRequest));
        }
        let overflow = r#"{"error":{"code":400,"message":"maximum context length is 5 tokens"}}"#;
        let overflow = read_call_error("It failed", 400, overflow.as_bytes(), "", now, &HeaderHints::default());
        assert_eq!((overflow.code, overflow.reason), (Code::ContextOverflow, Some(crate::error::Reason::ContextOverflow)), "of a text");
        let too_large = read_call_error("It failed", 413, b"", "", now, &HeaderHints::default());
        assert_eq!((too_large.code, too_large.reason), (Code::InvalidRequest, None));
    }
}
