//! Every way a call can fail, as one type with one table of codes.

use serde::Serialize;

/// What kind of failure it was; the strings are public.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Code {
    /// The request is wrong: 400, 409, 412, 413, 422, or refused before it was sent.
    InvalidRequest,
    /// No key, a wrong one or a revoked one: 401.
    Auth,
    /// Credits or a budget are used up: 402.
    PaymentRequired,
    /// Permission, moderation, guardrail or region: 403.
    Forbidden,
    /// No such model, endpoint or resource: 404, 410.
    NotFound,
    /// The conversation is longer than the model's context.
    ContextOverflow,
    /// 429.
    RateLimit,
    /// No capacity: 503, 529.
    Overloaded,
    /// Any other 5xx.
    Server,
    /// The connection could not be made or broke before an answer.
    Network,
    /// One of the client's own time limits passed, or 408, 504, 522, 524.
    Timeout,
    /// An answer that is no chat answer: wrong content type, malformed JSON, a redirect.
    BadResponse,
    /// The answer ended without `[DONE]`, finish reason or error.
    StreamCut,
    /// The provider reported an error inside the stream.
    StreamError,
    /// A limit on what is kept in memory was passed.
    Limit,
}

/// One failure. JavaScript makes an `OpenRouterError` of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Error {
    /// The kind.
    pub code: Code,
    /// One or two sentences; secrets masked.
    pub message: String,
    /// The HTTP status, or the numeric code of an error inside the stream.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// `X-Generation-Id`, else `X-Request-Id` or `cf-ray`, of the answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// How long to wait before the next try, as far as the answer tells.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry_after_ms: Option<u64>,
    /// Whether the same request may succeed later.
    pub is_retryable: bool,
    /// OpenRouter's `error_type`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_type: Option<String>,
    /// The upstream `error` object as JSON text, bounded, secrets masked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub upstream: Option<String>,
}

impl Error {
    /// A failure with nothing known but its kind.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            status: None,
            request_id: None,
            retry_after_ms: None,
            is_retryable: false,
            error_type: None,
            upstream: None,
        }
    }

    /// Shorthand for a request that is refused before it is sent; `place` names the field.
    #[cold]
    pub fn invalid(place: &str, problem: &str) -> Self {
        Self::new(Code::InvalidRequest, [place, ": ", problem].concat())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_in_the_packages_own_table_and_types() {
        let files = [("errors.js", include_str!("../pkg-template/errors.js")), ("index.d.ts", include_str!("../pkg-template/index.d.ts"))];
        let codes = [
            Code::InvalidRequest,
            Code::Auth,
            Code::PaymentRequired,
            Code::Forbidden,
            Code::NotFound,
            Code::ContextOverflow,
            Code::RateLimit,
            Code::Overloaded,
            Code::Server,
            Code::Network,
            Code::Timeout,
            Code::BadResponse,
            Code::StreamCut,
            Code::StreamError,
            Code::Limit,
        ];
        for code in codes {
            let quoted = serde_json::to_string(&code).unwrap();
            for (name, text) in files {
                assert!(text.contains(&quoted), "{quoted} is missing in {name}");
            }
        }
    }
}
